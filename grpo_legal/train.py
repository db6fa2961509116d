"""Train a policy with GRPO on legal questions, and show whether it got better.

    python -m grpo_legal.train                                  preset by hardware; SmolLM2-135M on a CPU
    python -m grpo_legal.train --preset h100                    Qwen2.5-32B-Instruct in 4 bits, one GPU
    python -m grpo_legal.train --policy.adapter checkpoint-500  go on from an SFT adapter
    python -m grpo_legal.train --data.source dir --data.path legalbench --data.tasks "diversity_*"
    python -m grpo_legal.train --run.name NAME --resume         go on with a run that was stopped
    accelerate launch --num_processes 4 --multi_gpu -m grpo_legal.train …    several GPUs, batch-size on each

Held-out problems are answered greedily before and after; the difference is printed with its interval.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from grpo_legal import (
    audit,
    cli,
    config,
    ending,
    guards,
    launched,
    processes,
    rewards,
    rows,
    run_folder,
    session,
    trackers,
)

if TYPE_CHECKING:
    from rich.console import Console

    from grpo_legal.policy import Policy
    from grpo_legal.resuming import Point
    from grpo_legal.rows import Questions
    from grpo_legal.run_folder import RunFolder

LEAST_ROOM = 64  # tokens of a reasoned answer; gold arguments have some 150 to 400
PROBED = 32  # held-out problems answered while training

CHECKS = (
    lambda s: rewards.check_names(s.reward.weights),
    lambda s: rewards.check_style(s.reward.weights),
    rows.check_families,
    lambda s: trackers.faults(s.run.trackers),
)


def main(argv: Sequence[str]) -> int:
    """The command. Returns its exit status: 0 done; with a checkpoint to go on from, 3 stopped by a guard (its summary
    says which), 130 by Ctrl-C."""
    line = cli.parse("python -m grpo_legal.train", __doc__.splitlines()[0], argv, reads=_reads)
    if (wanted := launched.wanted()) > 1:
        return launched.start(wanted)
    processes.check_whole()
    from rich.console import Console

    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    console = Console(highlight=False, soft_wrap=True, quiet=not processes.is_main())
    settings, folder = session.start("train", line, CHECKS, console)
    if settings.data.prompt == "reasoned" and settings.grpo.max_completion_length < LEAST_ROOM:
        console.print(
            f"note: data.prompt reasoned asks for an argument, and grpo.max-completion-length "
            f"{settings.grpo.max_completion_length} cuts it off before its answer (an argument takes some 200 tokens)"
        )
    specs = rewards.build(
        settings.reward.weights, max_completion_tokens=settings.grpo.max_completion_length, judge=settings.judge
    )
    questions = rows.read(settings)
    few = rows.to_rows(questions.train[:4], settings.data.prompt)
    if folder:
        rewards.keep_ledger(specs, folder.judge_ledger)
    processes.from_main(lambda: rewards.try_judge(specs))
    rewards.preflight(specs, few, timeout_s=settings.reward.timeout_s)
    unpaid = [spec for spec in specs if spec.name != "judge"]  # a thousand attacks would cost a thousand calls
    report = processes.from_main(lambda: audit.before_training(
        unpaid, questions.train, style=settings.data.prompt, max_tokens=settings.grpo.max_completion_length,
        mode=settings.reward.audit, tell=console.print,
    ))  # fmt: skip
    new = folder is None
    folder = folder or session.create(settings, "train")
    if report is not None and processes.is_main():
        run_folder.write_json(folder.audit, report)
    with session.name_kept_free(folder, new):
        policy = _load_policy(settings, console)
        questions = session.fit(questions, settings, policy)
        if new:
            rewards.keep_ledger(specs, folder.judge_ledger)  # not before: a folder with a ledger in it is kept
        sides = {"train": questions.train, "held_out": questions.held_out}
        data = rows.fingerprint(sides, settings.data.prompt)
        point = session.point(folder, settings, "grpo", data, console)
        summary = _train(settings, folder, policy, questions, specs, point, console)
    # They leave together: a launcher ends the others once one has left with a status that is not 0.
    return processes.from_main(lambda: ending.end("train", summary, settings, folder, console, line.json))


def _reads(setting: str) -> bool:
    return setting.split(".")[0] not in ("sft", "pipeline")


# ---- the run ------------------------------------------------------------------------------------------


def _load_policy(settings: config.Settings, console: Console) -> Policy:
    from grpo_legal import policy

    policy.check_vllm(settings)
    memory = settings.grpo.vllm_gpu_memory_utilization if settings.grpo.vllm == "unsloth" else None
    return session.load_policy(settings, settings.grpo.gradient_checkpointing, console, memory)


def _train(
    settings: config.Settings,
    folder: RunFolder,
    policy: Policy,
    questions: Questions,
    specs: Sequence[rewards.RewardSpec],
    point: Point,
    console: Console,
) -> dict[str, Any] | None:
    """Answer held-out problems, train, answer them again. None where Ctrl-C stopped it, empty but in the main process."""
    described = questions.describe()
    console.print(
        f"data {session.few(list(described['families']))}: {described['train']} problems to train on, {described['held_out']} "
        f"held out; {rows.notices(described)}"
    )
    before = session.answers(folder, "before", settings, policy, questions, console)
    record = _optimise(settings, folder, policy, questions, specs, before, point, console)
    if record is None:
        return None
    if ending.is_broken(policy, record):
        return {"stopped": guards.stopped(record)}
    ending.save(policy, folder)
    after = session.answers(folder, "after", settings, policy, questions, console)
    return ending.summary(settings, policy, described, record, before, after) if processes.is_main() else {}


def _optimise(
    settings: config.Settings,
    folder: RunFolder,
    policy: Policy,
    questions: Questions,
    specs: Sequence[rewards.RewardSpec],
    before: Sequence[dict[str, Any]],
    point: Point,
    console: Console,
) -> dict[str, Any] | None:
    """GRPO steps up to the last. Returns the last metrics record, or None where Ctrl-C stopped it."""
    from grpo_legal import dashboard, guarding, recorder, saving, trainer, watch

    console.print(f"groups: {trainer.path(policy, settings)[1]}")
    view = dashboard.make_view(
        console,
        title=folder.path.name,
        subtitle=f"{policy.name} · {policy.engine} · {session.few(list(questions.describe()['families']))}",
        max_steps=settings.grpo.max_steps,
        weights={spec.name: spec.weight for spec in specs},
        mode=settings.run.view if processes.is_main() else "plain",  # plain, and printed nowhere
    )
    limits = {"timeout_s": settings.reward.timeout_s, "max_failed": settings.reward.max_failed}
    scored = [(rewards.Tolerant(spec, **limits, note=view.note), spec.weight) for spec in specs]
    log = recorder.CompletionLog(folder, scored, settings.grpo.num_generations)
    with view, trainer.StopOnInterrupt(view.note) as stop:
        earlier = list(run_folder.read_lines(folder.metrics))
        seen = watch.Watch(log, **_watch(settings, policy, questions, before), note=view.note, records=earlier)
        guard = guarding.Guarding(settings.guards, folder.checkpoints, note=view.note, records=earlier, more=seen)
        metrics = recorder.MetricsLog(
            folder,
            log,
            view,
            usd_per_hour=settings.run.usd_per_hour,
            sample_every=settings.run.sample_every,
            more=guard,
        )
        made = trainer.build(
            policy, rows.to_rows(questions.train, settings.data.prompt), settings,
            reward_functions=log.functions, reward_weights=list(log.weights.values()),
            callbacks=[
                metrics, guard, stop, trainer.WeightsChange(view.note), *session.trackers_of(settings, folder, metrics, view.note)
            ],
            output_dir=str(folder.checkpoints), note=view.note,
        )  # fmt: skip
        saving.attach(made, session.keeping(folder, settings, "grpo", point.data, view.note))
        guard.listen(made)
        _preflight(made, settings, policy, questions, view.note)
        trainer.run(made, point.checkpoint)
    stopped = stop.asked and made.state.global_step < settings.grpo.max_steps
    return None if stopped else processes.from_main(lambda: metrics.last)


def _preflight(
    made: Any, settings: config.Settings, policy: Policy, questions: Questions, note: Callable[[str], None]
) -> None:
    """Where it is wanted, have the trainer pass its longest prompt before the first step."""
    from grpo_legal import preflight

    if preflight.wanted(settings):
        asked = [rows.to_rows([p], settings.data.prompt)[0]["prompt"] for p in questions.train]
        preflight.first(made, preflight.longest(asked, policy.prompt_ids), note=note)


def _watch(
    settings: config.Settings, policy: Policy, questions: Questions, before: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """What watch.Watch asks for of a run: held-out problems, how to answer them, how they were answered before."""
    from grpo_legal import heldout

    probed = questions.held_out[:PROBED]
    asked = {problem.id for problem in probed}
    probe = functools.partial(
        heldout.answer, policy, probed, style=settings.data.prompt,
        max_new_tokens=settings.grpo.max_completion_length, batch_size=settings.eval.batch_size,
    )  # fmt: skip
    every = {"every": settings.reward.audit_every, "probe_every": settings.eval.probe_every}
    return {"probe": probe, "before": [a for a in before if a["problem_id"] in asked], **every}


if __name__ == "__main__":
    cli.run(main)
