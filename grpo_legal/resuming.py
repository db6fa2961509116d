"""Going on with a run that was stopped: with the same settings and the same data, from the newest whole checkpoint.

    settings, folder = resuming.settings("train", line, checks)          what differs is named, and refused
    point = resuming.point(folder, settings, "grpo", data, print)        where to go on: checkpoint, step

With --force settings may change that leave what was learned as it is, and what is still to be learned well defined
(`SAFE`): they hold from the step on at which the run goes on, are written to config.yaml, and to changes.jsonl. All
others, and the data, make it another run. Imports no torch.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from grpo_legal import checkpoints, cli, config, guards, run_folder
from grpo_legal.errors import UserError
from grpo_legal.run_folder import RunFolder

NOT_OF_THE_RUN = (
    "run.name",
    "run.output-dir",
    "run.view",
    "run.trackers",
    "reward.audit",
    "grpo.preflight",
    "guards.*",
)  # may be another on every call
SAFE = (
    "*.max-steps",  # a schedule that falls to the last step falls to the new last step
    "*.learning-rate",  # times the schedule, from here on
    "*.save-steps",
    "*.keep-checkpoints",
    "*.keep-best",
    "*.gradient-checkpointing",  # the same gradient for less memory
    "run.usd-per-hour",
    "run.sample-every",
    "reward.timeout-s",
    "reward.max-failed",
    "reward.audit-every",
    "eval.probe-every",
    "grpo.vllm-gpu-memory-utilization",
    "grpo.vllm-server-*",
    "pipeline.*",
)


@dataclass(frozen=True)
class Point:
    """Where a run begins or goes on: its checkpoint (None: at step 0), step, and the sha256 of its data."""

    checkpoint: Path | None
    step: int
    data: str


def settings(command: str, line: cli.CommandLine, checks: Sequence[config.Check]) -> tuple[config.Settings, RunFolder]:
    """Settings of the run to go on with. Raises UserError where the command line asks for ones that it cannot have."""
    asked = line.overrides.get("run", {})
    folder = run_folder.find(asked.get("output_dir", config.Run().output_dir), asked.get("name"))
    made_by = run_folder.made_by(folder)
    if made_by != command:
        raise UserError(f"run {folder.path.name!r} is one of python -m grpo_legal.{made_by}: go on with it by that")
    kept = config.read_file(folder.config)
    before = config.resolve(kept, faults=line.faults, checks=checks)
    layers = [config.read_file(line.config)] if line.config else []
    wanted = config.resolve(kept, *layers, line.overrides, checks=checks)
    _check_changes(folder, _changed(before, wanted), line)
    _check_budget(wanted, folder)
    return wanted, folder


def _check_budget(wanted: config.Settings, folder: RunFolder) -> None:
    """Raise UserError where a run with steps left has nothing left to spend on them."""
    last: dict[str, Any] = next(iter(deque(run_folder.read_lines(folder.metrics), maxlen=1)), {})
    limits = wanted.guards
    spent = guards.budget([last], usd=limits.max_usd, hours=limits.max_hours) if limits.budget == "stop" else None
    if spent and last["step"] < last["max_steps"]:
        raise UserError(f"run {folder.path.name!r} cannot go on: {spent}; raise it")


def _check_changes(folder: RunFolder, changed: Sequence[tuple[str, Any, Any]], line: cli.CommandLine) -> None:
    """Raise UserError for settings that must not change, and for those that may where that was not asked for."""
    never = [change for change in changed if not _safe(change[0])]
    told = ["preset"] if line.preset is not None else []
    if never or told:
        raise UserError(
            f"run {folder.path.name!r} cannot be resumed with other settings: {'; '.join([*_told(never), *told])}"
            + (" (--force does not change these)" if line.force else "")
        )
    if changed and not line.force:
        raise UserError(
            f"run {folder.path.name!r} cannot be resumed with other settings: {'; '.join(_told(changed))} (add --force: "
            "they may change from here on)"
        )


def point(
    folder: RunFolder,
    wanted: config.Settings,
    section: str,
    data: checkpoints.Fingerprint,
    tell: Callable[[str], None],
) -> Point:
    """Where the run begins or goes on. `section` is the one with its max_steps: sft or grpo.

    Sets damaged checkpoints aside, each told in a line. Raises UserError, before anything is changed, where the data
    are not those that the run began with; where the checkpoint was made with other settings than config.yaml has; where
    fewer steps are asked for than were made.
    """
    digest, begun = checkpoints.digest(data), folder.data.is_file()
    if begun:
        _check_data(folder, checkpoints.changes(run_folder.read_json(folder.data), data))
    checkpoint = checkpoints.recover(folder.checkpoints, tell)
    made = (checkpoint and checkpoints.read_manifest(checkpoint)) or {}
    step = made.get("step", 0)
    if made:
        _check_made(checkpoint, made, stored(wanted), digest, folder)
    max_steps = getattr(wanted, section).max_steps
    if max_steps < step:
        raise UserError(f"{section}.max-steps {max_steps} is below {step}, the steps that were made: {step} or more")
    if not begun:
        run_folder.write_json(folder.data, data)
    else:
        tell(f"going on from step {step}" + (f", {checkpoint.name}" if checkpoint else ": there is no checkpoint"))
        if step == max_steps:
            tell(
                f"nothing is left to train: step {step} of {max_steps} was made (more: --{section}.max-steps N --force)"
            )
    _write_changes(folder, wanted, step)
    return Point(checkpoint, step, digest)


def stored(wanted: config.Settings) -> dict[str, Any]:
    """The settings that a checkpoint's manifest holds, by name."""
    return {name: value for name, value in config.values(wanted).items() if not _matches(name, NOT_OF_THE_RUN)}


def _check_data(folder: RunFolder, changes: Sequence[str]) -> None:
    if changes:
        raise UserError(
            f"run {folder.path.name!r} cannot be resumed with other data (nor by --force): {'; '.join(changes[:6])}"
            + (f" and {len(changes) - 6} more" if len(changes) > 6 else "")
        )


def _check_made(checkpoint: Path, made: dict[str, Any], now: dict[str, Any], digest: str, folder: RunFolder) -> None:
    changed = config.changed(made.get("settings", {}), now)
    never = [change for change in changed if not _safe(change[0])]  # safe ones were asked for when config.yaml changed
    if never:
        raise UserError(
            f"{checkpoint.name} of run {folder.path.name!r} was made with other settings than config.yaml has: "
            f"{'; '.join(_told(never))}"
        )
    if made.get("data") != digest:
        raise UserError(f"{checkpoint.name} of run {folder.path.name!r} was made from other data")


def _write_changes(folder: RunFolder, wanted: config.Settings, step: int) -> None:
    """Make the settings those of the run, where --force changed some."""
    before = config.resolve(config.read_file(folder.config))
    changed = _changed(before, wanted)
    if not changed:
        return
    line = {"step": step, "settings": {name: [was, now] for name, was, now in changed}}
    run_folder.append_lines(folder.changes, [line])
    unnamed = wanted.model_copy(update={"run": wanted.run.model_copy(update={"name": None})})
    run_folder.write_settings(folder, run_folder.made_by(folder), config.dump(unnamed))


def _changed(before: config.Settings, wanted: config.Settings) -> list[tuple[str, Any, Any]]:
    return config.changed(stored(before), stored(wanted))


def _told(changed: Sequence[tuple[str, Any, Any]]) -> list[str]:
    return [f"{name} {was} -> {now}" for name, was, now in changed]


def _safe(name: str) -> bool:
    return _matches(name, SAFE)


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
