"""What the commands that train share: their settings, their run folder, the policy, held-out answers before and after.

    settings, folder = session.start("train", line, checks, console)     folder is None for a new run
    folder = folder or session.create(settings, "train")
    policy = session.load_policy(settings, gradient_checkpointing, console)
    before = session.answers(folder, "before", settings, policy, questions, console)

Imports torch only inside the functions that need it, so that `--help` is quick.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from grpo_legal import checkpoints, cli, config, embedded_model, processes, progress, resuming, rows, run_folder
from grpo_legal.errors import UserError
from grpo_legal.run_folder import RunFolder

if TYPE_CHECKING:
    from rich.console import Console

    from grpo_legal import saving
    from grpo_legal.policy import Policy
    from grpo_legal.recorder import StepLog
    from grpo_legal.rows import Questions
    from grpo_legal.trackers.callback import Trackers

# ---- settings -----------------------------------------------------------------------------------------


def start(
    command: str, line: cli.CommandLine, checks: Sequence[config.Check], console: Console
) -> tuple[config.Settings, RunFolder | None]:
    """The settings of `command`'s run, and its folder where it is one to go on with. Raises UserError."""
    if line.resume:
        return resuming.settings(command, line, checks)
    return _fresh(line, checks, console), None


def _fresh(line: cli.CommandLine, checks: Sequence[config.Check], console: Console) -> config.Settings:
    """Settings of a new run: preset, then file, then command line."""
    layers = [config.preset(line.preset or "cpu")]
    if line.config is not None:
        layers.append(config.read_file(line.config))
    settings = config.resolve(*layers, line.overrides, faults=line.faults, checks=checks)
    from grpo_legal import policy  # torch, from here on

    if line.preset is not None:
        policy.check_preset(line.preset)
        return settings
    chosen = policy.choose_preset()
    if chosen != "cpu":
        settings = config.resolve(config.preset(chosen), *layers[1:], line.overrides, checks=checks)
    under = f", under {line.config}" if line.config else ""
    console.print(f"preset {chosen}, chosen by hardware{under}; --preset {'|'.join(config.PRESETS)} names another")
    return settings


# ---- the folder ---------------------------------------------------------------------------------------


def create(settings: config.Settings, command: str) -> RunFolder:
    """The folder of a new run of `command`, with its settings; the main process makes it."""
    return processes.from_main(lambda: _create(settings, command))


def _create(settings: config.Settings, command: str) -> RunFolder:
    name = settings.run.name or time.strftime(f"{command}-%Y%m%d-%H%M%S")
    folder = run_folder.create(settings.run.output_dir, name)
    # The folder is the name: the file alone starts a new run, under a new name.
    unnamed = settings.model_copy(update={"run": settings.run.model_copy(update={"name": None})})
    run_folder.write_settings(folder, command, config.dump(unnamed))
    return folder


@contextmanager
def name_kept_free(folder: RunFolder, new: bool) -> Iterator[None]:
    """Take the folder of a new run away again where bad input ends it before anything was computed."""
    try:
        yield
    except UserError:
        if new and processes.is_main() and not any(folder.path.glob("*.jsonl")) and not any(folder.path.glob("*/*")):
            shutil.rmtree(folder.path)
        raise


def again(settings: config.Settings, folder: RunFolder) -> str:
    """The options that name this run on a command line."""
    where = settings.run.output_dir
    return f"--run.name {folder.path.name}" + ("" if where == config.Run().output_dir else f" --run.output-dir {where}")


# ---- policy and questions -----------------------------------------------------------------------------


def load_policy(
    settings: config.Settings, gradient_checkpointing: bool, console: Console, vllm_memory: float | None = None
) -> Policy:
    """The policy, and a line on what of it is trained; with policy.adapter one on how that took.

    `vllm_memory` is the share of GPU memory for Unsloth's fast_inference, None without it. Raises UserError where an
    adapter or the 4 bits that were asked for did not take.
    """
    from grpo_legal import policy

    if settings.policy.model == config.EMBEDDED:
        processes.from_main(embedded_model.locate)  # written once, before all of them read it
    with progress.stage(console, f"loading {settings.policy.model}"):
        loaded = policy.load(
            settings.policy,
            seed=settings.run.seed,
            gradient_checkpointing=gradient_checkpointing,
            vllm_memory=vllm_memory,
        )
    took = policy.inspect(loaded)
    console.print(
        f"policy {loaded.name} by the {loaded.engine} engine on {loaded.device}, "
        f"{took.trained / 1e6:.1f}M weights trained"
    )
    policy.check_took(took, settings.policy)
    if settings.policy.adapter:
        console.print(f"adapter {settings.policy.adapter} goes on: {took}")
    return loaded


def fit(questions: Questions, settings: config.Settings, policy: Policy) -> Questions:
    """The questions that fit into the policy's sequence, their answers into a completion. Raises UserError."""
    questions = rows.fit(questions, settings, lambda messages: len(policy.prompt_ids(messages)))
    rows.check_answers(questions, settings, lambda text: len(policy.text_ids(text)))
    return questions


def few(names: Sequence[str]) -> str:
    """At most four names, and how many more there are."""
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def answers(
    folder: RunFolder, which: str, settings: config.Settings, policy: Policy, questions: Questions, console: Console
) -> list[dict[str, Any]]:
    """Held-out answers, those already in the run folder kept. Every process answers its part and returns all."""
    from grpo_legal import heldout, progress

    path = folder.answers(which)
    asked = {p.id for p in questions.held_out}
    found = processes.from_main(lambda: [r for r in run_folder.read_lines(path) if r["problem_id"] in asked])
    have = {r["problem_id"] for r in found}
    left = [p for p in questions.held_out if p.id not in have]
    title, total = f"held-out problems {which} training", len(questions.held_out)
    with progress.counted(console, title, total=total, done=len(have)) as came_to:
        own = heldout.answer(
            policy,
            processes.mine(left),
            style=settings.data.prompt,
            max_new_tokens=settings.grpo.max_completion_length,
            batch_size=settings.eval.batch_size,
        )
        for record in processes.together(own, at_once=settings.eval.batch_size):
            if processes.is_main():
                run_folder.append_lines(path, [record])
            found.append(record)
            came_to(len(found))
    score = heldout.score(found)
    console.print(
        f"{which} training: {100 * score['balanced_accuracy']:.1f}% balanced accuracy on {score['n']} held-out problems"
    )
    return found


def point(
    folder: RunFolder, settings: config.Settings, section: str, data: checkpoints.Fingerprint, console: Console
) -> resuming.Point:
    """Where the run begins or goes on, and its records cut off there. `section` is the one with its max_steps.

    The main process looks and cuts; all get the same answer.
    """

    def cut() -> resuming.Point:
        found = resuming.point(folder, settings, section, data, console.print)
        set_aside(folder)
        for file in (folder.metrics, folder.completions):
            run_folder.drop_steps_after(file, found.step)
        return found

    return processes.from_main(cut)


def keeping(
    folder: RunFolder, settings: config.Settings, section: str, data: str, note: Callable[[str], None]
) -> saving.Keeping:
    """How the checkpoints of this run are kept, for saving.attach. `data` is the sha256 of what is learned from."""
    from grpo_legal import saving

    of = getattr(settings, section)
    return saving.Keeping(
        folder,
        settings=resuming.stored(settings),
        data=data,
        last=of.keep_checkpoints,
        keep_best=of.keep_best,
        note=note,
        rate=f"{section}.learning-rate",
    )


def trackers_of(
    settings: config.Settings, folder: RunFolder, metrics: StepLog, note: Callable[[str], None]
) -> list[Trackers]:
    """A callback for run.trackers, to stand after `metrics`, whose records they get; none where none is asked for."""
    if not settings.run.trackers:
        return []
    from grpo_legal.trackers.callback import Trackers

    given = settings.model_dump(mode="json")
    return [Trackers(settings.run.trackers, folder, lambda: metrics.last, given, note)]


def set_aside(folder: RunFolder) -> None:
    """Keep what a run said when a guard stopped it under other names: it goes on, and will say it again."""
    if not folder.summary.is_file() or "stopped" not in (said := run_folder.read_json(folder.summary)):
        return
    for path in (folder.answers("after"), folder.summary):
        if path.is_file():
            path.replace(path.with_stem(f"{path.stem}-step-{said['steps']}"))
