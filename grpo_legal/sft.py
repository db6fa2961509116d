"""Fine-tune a policy on gold answers, loss on the answer only: a start for GRPO.

    python -m grpo_legal.sft                                    preset by hardware; SmolLM2-135M on a CPU
    python -m grpo_legal.sft --preset h100 --run.name start     gold explanations and LegalBench's answers, one GPU
    python -m grpo_legal.sft --data.prompt reasoned --data.families "*"
    python -m grpo_legal.sft --sft.path pairs.jsonl             prompts and completions of your own
    python -m grpo_legal.sft --run.name start --resume          go on with a run that was stopped
    python -m grpo_legal.train --policy.adapter outputs/start/adapter

Learns gold explanations where the style is `reasoned` (data.prompt), bare answers where it is `short`. Held-out problems
are answered greedily before and after; the difference is printed with its interval.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from grpo_legal import checkpoints, cli, config, ending, gold, guards, processes, rows, run_folder, session, trackers
from grpo_legal.errors import UserError

if TYPE_CHECKING:
    from rich.console import Console

    from grpo_legal.policy import Policy
    from grpo_legal.resuming import Point
    from grpo_legal.rows import Questions
    from grpo_legal.run_folder import RunFolder

CHECKS = (rows.check_families, lambda s: trackers.faults(s.run.trackers))


def main(argv: Sequence[str]) -> int:
    """The command. Returns its exit status: 0 done; with a checkpoint to go on from, 3 stopped by a guard (its summary
    says which), 130 by Ctrl-C."""
    line = cli.parse("python -m grpo_legal.sft", __doc__.splitlines()[0], argv, reads=_reads)
    processes.only_one("sft")
    from rich.console import Console

    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    console = Console(highlight=False, soft_wrap=True)
    settings, folder = session.start("sft", line, CHECKS, console)
    questions = rows.read(settings)
    own = _own_examples(settings, questions)
    new = folder is None
    folder = folder or session.create(settings, "sft")
    with session.name_kept_free(folder, new):
        policy = session.load_policy(settings, settings.sft.gradient_checkpointing, console)
        questions = session.fit(questions, settings, policy)
        examples = own or [gold.of_problem(p, settings.data.prompt) for p in questions.train]
        encoded = gold.encode(
            examples, prompt_ids=policy.prompt_ids, text_ids=policy.text_ids, end=policy.end_of_turn(),
            max_tokens=settings.policy.max_seq_length, long=settings.data.long_prompts,
        )  # fmt: skip
        data = rows.fingerprint({"held_out": questions.held_out}, settings.data.prompt)
        data |= checkpoints.fingerprint({"examples": encoded.rows}, lambda _: "all")
        point = session.point(folder, settings, "sft", data, console)
        summary = _train(settings, folder, policy, questions, encoded, point, console)
    return ending.end("sft", summary, settings, folder, console, line.json)


GUARDS = ("max-usd", "max-hours", "patience", "lower-by", "max-lowered", "max-rollbacks")


def _reads(setting: str) -> bool:
    """GRPO's settings are not read, but for the length at which held-out answers are cut; of guards those of any run."""
    section, name = setting.split(".")
    if section == "guards":
        return name in GUARDS or name.replace("-", "_") in guards.SUPERVISED
    return setting == "grpo.max-completion-length" or setting.split(".")[0] not in (
        "grpo",
        "judge",
        "pipeline",
        "reward",
    )


def _own_examples(settings: config.Settings, questions: Questions) -> list[gold.Example]:
    """The examples of sft.path, none without it. Raises UserError where they give too many held-out problems away."""
    if settings.sft.path is None:
        return []
    examples = gold.read(settings.sft.path)
    leaks = gold.leaked(questions.held_out, examples)
    share = len(leaks) / len(questions.held_out)
    if share > settings.data.max_leakage:
        worst = max(leaks, key=lambda leak: leak.similarity)
        raise UserError(
            f"sft.path: {len(leaks)} of {len(questions.held_out)} held-out problems ({share:.1%}) have a near-duplicate "
            f"among its prompts, more than data.max-leakage {settings.data.max_leakage:g}; such as "
            f"{questions.held_out[worst.held_out].id} and {examples[worst.train].id}, alike by {worst.similarity:.2f}"
        )
    return examples


# ---- the run ------------------------------------------------------------------------------------------


def _train(
    settings: config.Settings,
    folder: RunFolder,
    policy: Policy,
    questions: Questions,
    encoded: gold.Encoded,
    point: Point,
    console: Console,
) -> dict[str, Any] | None:
    """Answer held-out problems, train, answer them again. None where Ctrl-C stopped it."""
    described = _described(settings, questions, encoded)
    console.print(_told(settings, described, encoded))
    before = session.answers(folder, "before", settings, policy, questions, console)
    record = _optimise(settings, folder, policy, described, encoded, point, console)
    if record is None:
        return None
    if ending.is_broken(policy, record):
        return {"stopped": guards.stopped(record)}
    ending.save(policy, folder)
    after = session.answers(folder, "after", settings, policy, questions, console)
    return ending.summary(settings, policy, described, record, before, after)


def _described(settings: config.Settings, questions: Questions, encoded: gold.Encoded) -> dict[str, Any]:
    """What is learned from and held out, for the summary. With sft.path no problem is trained on."""
    if settings.sft.path is not None:
        questions = dataclasses.replace(questions, train=[])
    own = {"sft_path": settings.sft.path} if settings.sft.path is not None else {}
    return {**questions.describe(), **own, "examples": len(encoded.rows), "examples_too_long": encoded.dropped}


def _told(settings: config.Settings, described: dict[str, Any], encoded: gold.Encoded) -> str:
    """The same in one line."""
    where = settings.sft.path or session.few(list(described["families"]))
    answered = sum(label != gold.NO_LOSS for row in encoded.rows for label in row["labels"]) / len(encoded.rows)
    told = (
        f"data {where}: {len(encoded.rows)} examples with {answered:.1f} answer tokens each, {described['held_out']} "
        f"problems held out; {rows.notices(described)}"
    )
    if encoded.dropped:
        told += f"; {encoded.dropped} examples dropped as too long"
    if encoded.longest_answer > settings.grpo.max_completion_length:
        told += (
            f"; the longest answer has {encoded.longest_answer} tokens, but held-out answers are cut at "
            f"grpo.max-completion-length {settings.grpo.max_completion_length}"
        )
    return told


def _optimise(
    settings: config.Settings,
    folder: RunFolder,
    policy: Policy,
    described: dict[str, Any],
    encoded: gold.Encoded,
    point: Point,
    console: Console,
) -> dict[str, Any] | None:
    """Optimizer steps up to the last. Returns the last metrics record, or None where Ctrl-C stopped it."""
    from grpo_legal import callbacks, dashboard, guarding, recorder, saving, supervised, trainer

    view = dashboard.make_view(
        console,
        title=folder.path.name,
        subtitle=f"{policy.name} · {policy.engine} · {session.few(list(described['families']))}",
        max_steps=settings.sft.max_steps,
        weights={},
        mode=settings.run.view,
        layout=dashboard.LOSS,
    )
    with view, callbacks.StopOnInterrupt(view.note) as stop:
        guard = guarding.Guarding(
            settings.guards, folder.checkpoints, note=view.note, records=run_folder.read_lines(folder.metrics),
            watched=guards.SUPERVISED,
        )  # fmt: skip
        metrics = recorder.LossLog(folder, view, usd_per_hour=settings.run.usd_per_hour, more=guard)
        watched = [metrics, guard, stop, callbacks.WeightsChange(view.note)]
        watched += session.trackers_of(settings, folder, metrics, view.note)
        made = supervised.build(policy, encoded.rows, settings, callbacks=watched, output_dir=str(folder.checkpoints))
        saving.attach(made, session.keeping(folder, settings, "sft", point.data, view.note))
        guard.listen(made)
        trainer.run(made, point.checkpoint)
    return None if stop.asked and metrics.last["step"] < settings.sft.max_steps else metrics.last


if __name__ == "__main__":
    cli.run(main)
