"""How a run of a command that trains ends: the adapter saved, what changed on held-out questions, the exit status.

if not ending.is_broken(policy, record): ending.save(policy, folder)
return ending.end("train", ending.summary(...), settings, folder, console, json_path)
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from grpo_legal import checkpoints, config, guards, processes, run_folder, session
from grpo_legal.errors import UserError
from grpo_legal.run_folder import RunFolder

if TYPE_CHECKING:
    from rich.console import Console

    from grpo_legal.policy import Policy

WRITTEN = ("adapter", "summary.json", "metrics.jsonl", "completions.jsonl", "eval")


def is_broken(policy: Policy, record: dict[str, Any]) -> bool:
    """Whether a guard stopped the run with weights that are no finite numbers: nothing can be asked of such a policy."""
    from grpo_legal import guarding

    return guards.stopped(record) is not None and not guarding.finite(policy.model)


def save(policy: Policy, folder: RunFolder) -> None:
    """The trained adapter and the tokenizer, as `--policy.adapter` takes them: whole, with a manifest, or not there.

    The main process writes them. Raises UserError where the disk is full.
    """
    if not processes.is_main():
        return
    try:
        staged = checkpoints.stage(folder.path)
        for part in (policy.model, policy.tokenizer):
            part.save_pretrained(staged / folder.adapter.name)
        checkpoints.write_manifest(staged / folder.adapter.name)
        checkpoints.put(staged / folder.adapter.name, folder.adapter)
        checkpoints.delete(staged)
    except Exception as error:
        why = checkpoints.disk_fault(error, folder.path)
        if why is None:
            raise
        raise UserError(
            f"the trained adapter cannot be saved in {str(folder.path)!r}: {why}; make room, and go on by --resume"
        ) from None


def summary(
    settings: config.Settings,
    policy: Policy,
    described: dict[str, Any],
    record: dict[str, Any],
    before: Sequence[dict[str, Any]],
    after: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """What summary.json holds: the run, and how held-out answers changed."""
    from grpo_legal import heldout

    return {
        "engine": policy.engine,
        "model": policy.name,
        "model_source": policy.source,
        "data": {"source": settings.data.source, **described},
        "seed": settings.run.seed,
        "steps": record["step"],
        "seconds": record["seconds"],
        "tokens": record["tokens"],
        "cost_usd": record["cost_usd"],
        **({"stopped": stopped} if (stopped := guards.stopped(record)) else {}),
        **heldout.compare(before, after, seed=settings.run.seed),
    }


def end(
    command: str,
    summary: dict[str, Any] | None,
    settings: config.Settings,
    folder: RunFolder,
    console: Console,
    json_path: str | None,
) -> int:
    """Say how the run of `command` ended; its exit status."""
    stopped = (summary or {}).get("stopped")
    if summary and "delta" in summary:
        show(summary, folder, console, json_path)
    if status(summary):
        told = f"stopped by a guard: {stopped}" if stopped else "stopped"
        print(
            f"{told}; go on with: python -m grpo_legal.{command} {session.again(settings, folder)} --resume",
            file=sys.stderr,
        )
    return status(summary)


def status(summary: dict[str, Any] | None) -> int:
    """The exit status of a run that ended so: 0 done, 3 stopped by a guard, 130 by Ctrl-C (no summary)."""
    if summary is None:
        return 130
    return 3 if summary.get("stopped") else 0


def show(summary: dict[str, Any], folder: RunFolder, console: Console, json_path: str | None) -> None:
    """Write summary.json, print the table and the verdict, and write `json_path`."""
    from grpo_legal import dashboard, stats

    run_folder.write_json(folder.summary, summary)
    console.print(dashboard.result_table(summary), soft_wrap=False)
    console.print(stats.verdict(summary["delta"], summary["ci95"], summary["before"]["n"]))
    if (only := summary["after"].get("only_answer")) is not None:
        console.print(f"note: every answer after training is {only!r}, whatever was asked")
    there = [f"{n}/" if (folder.path / n).is_dir() else n for n in WRITTEN if (folder.path / n).exists()]
    console.print(f"run folder {folder.path}: {', '.join(there)}")
    if (best := checkpoints.best(folder.checkpoints)) and best[0] != checkpoints.newest(folder.checkpoints):
        said = f"{best[1]['name'].replace('_', ' ')} {best[1]['value']:g}"
        console.print(f"the best checkpoint on the way was {best[0].name} ({said}); adapter/ is the last step's")
    if json_path:
        run_folder.write_copy(json_path, summary)
