"""Train a policy with GRPO on legal questions, and show whether it got better.

    python -m grpo_legal.train                                  preset by hardware; SmolLM2-135M on a CPU
    python -m grpo_legal.train --preset h100                    Qwen2.5-32B-Instruct in 4 bits, one GPU
    python -m grpo_legal.train --policy.adapter checkpoint-500  go on from an SFT adapter
    python -m grpo_legal.train --data.source dir --data.path legalbench --data.tasks "diversity_*"
    python -m grpo_legal.train --run.name NAME --resume         go on with a run that was stopped

Held-out problems are answered greedily before and after; the difference is printed with its interval.
"""

from __future__ import annotations

import functools
import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grpo_legal import audit, cli, config, rewards, rows, run_folder
from grpo_legal.errors import UserError

if TYPE_CHECKING:
    from rich.console import Console

    from grpo_legal.policy import Policy
    from grpo_legal.rows import Questions
    from grpo_legal.run_folder import RunFolder

PROBED = 32  # held-out problems answered while training

CHECKS = (
    lambda s: rewards.check_names(s.reward.weights),
    lambda s: rewards.check_style(s.reward.weights),
    rows.check_families,
)


def main(argv: Sequence[str]) -> int:
    """The command. Returns its exit status: 0 done, 130 stopped by Ctrl-C with a checkpoint."""
    line = cli.parse("python -m grpo_legal.train", __doc__.splitlines()[0], argv)
    from rich.console import Console

    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    console = Console(highlight=False, soft_wrap=True)
    settings, folder = _resumed(line) if line.resume else _fresh(line, console)
    specs = rewards.build(
        settings.reward.weights, max_completion_tokens=settings.grpo.max_completion_length, judge=settings.judge
    )
    questions = rows.read(settings)
    few = rows.to_rows(questions.train[:4], settings.data.prompt)
    if "judge" in settings.reward.weights:
        rewards.try_judge(settings.judge)
    rewards.preflight(specs, few, timeout_s=settings.reward.timeout_s)
    unpaid = [spec for spec in specs if spec.name != "judge"]  # a thousand attacks would cost a thousand calls
    report = audit.before_training(
        unpaid, questions.train, style=settings.data.prompt, max_tokens=settings.grpo.max_completion_length,
        mode=settings.reward.audit, tell=console.print,
    )  # fmt: skip
    new = folder is None
    if folder is None:
        folder = _create(settings)
    if report is not None:
        run_folder.write_json(folder.audit, report)
    try:
        policy = _load_policy(settings, console)
        questions = rows.fit(questions, settings, lambda messages: len(policy.prompt_ids(messages)))
        rows.check_answers(
            questions, settings, lambda text: len(policy.tokenizer.encode(text, add_special_tokens=False))
        )
        summary = _train(settings, folder, policy, questions, specs, console)
    except UserError:
        if new and not any(folder.path.glob("*.jsonl")) and not any(folder.path.glob("*/*")):
            shutil.rmtree(folder.path)  # nothing was computed: the name stays free
        raise
    if summary is None:
        print(f"stopped; go on with: python -m grpo_legal.train {_again(settings, folder)} --resume", file=sys.stderr)
        return 130
    _show(summary, folder, console, line.json)
    return 0


# ---- settings -----------------------------------------------------------------------------------------


def _fresh(line: cli.CommandLine, console: Console) -> tuple[config.Settings, None]:
    """Settings of a new run: preset, then file, then command line."""
    layers = [config.preset(line.preset or "cpu")]
    if line.config is not None:
        layers.append(config.read_file(line.config))
    settings = config.resolve(*layers, line.overrides, faults=line.faults, checks=CHECKS)
    from grpo_legal import policy  # torch, from here on

    if line.preset is not None:
        policy.check_preset(line.preset)
        return settings, None
    chosen = policy.choose_preset()
    if chosen != "cpu":
        settings = config.resolve(config.preset(chosen), *layers[1:], line.overrides, checks=CHECKS)
    console.print(f"preset {chosen}, chosen by hardware; --preset {'|'.join(config.PRESETS)} names another")
    return settings, None


def _resumed(line: cli.CommandLine) -> tuple[config.Settings, RunFolder]:
    """Settings of the run to go on with. Raises UserError where the command line asks for other ones."""
    asked = line.overrides.get("run", {})
    folder = run_folder.find(asked.get("output_dir", config.Run().output_dir), asked.get("name"))
    stored = config.read_file(folder.config)
    settings = config.resolve(stored, faults=line.faults, checks=CHECKS)
    layers = [config.read_file(line.config)] if line.config else []
    wanted = config.resolve(stored, *layers, line.overrides, checks=CHECKS)
    changed = config.differences(settings, wanted, ignore=("run.name", "run.output-dir", "run.view", "reward.audit"))
    if line.preset is not None:
        changed.append("preset")
    if changed:
        raise UserError(f"run {folder.path.name!r} cannot be resumed with other settings: {'; '.join(changed)}")
    return wanted, folder


def _create(settings: config.Settings) -> RunFolder:
    name = settings.run.name or time.strftime("train-%Y%m%d-%H%M%S")
    folder = run_folder.create(settings.run.output_dir, name)
    # The folder is the name: the file alone starts a new run, under a new name.
    unnamed = settings.model_copy(update={"run": settings.run.model_copy(update={"name": None})})
    run_folder.write_text(folder.config, config.dump(unnamed))
    return folder


def _again(settings: config.Settings, folder: RunFolder) -> str:
    where = settings.run.output_dir
    return f"--run.name {folder.path.name}" + ("" if where == config.Run().output_dir else f" --run.output-dir {where}")


# ---- the run ------------------------------------------------------------------------------------------


def _load_policy(settings: config.Settings, console: Console) -> Policy:
    from grpo_legal import policy

    policy.check_vllm(settings)
    with console.status(f"loading {settings.policy.model}"):
        loaded = policy.load(
            settings.policy,
            seed=settings.run.seed,
            gradient_checkpointing=settings.grpo.gradient_checkpointing,
            vllm_memory=settings.grpo.vllm_gpu_memory_utilization if settings.grpo.vllm == "unsloth" else None,
        )
    trained = sum(p.numel() for p in loaded.model.parameters() if p.requires_grad)
    console.print(
        f"policy {loaded.name} by the {loaded.engine} engine on {loaded.device}, {trained / 1e6:.1f}M weights trained"
    )
    return loaded


def _train(
    settings: config.Settings,
    folder: RunFolder,
    policy: Policy,
    questions: Questions,
    specs: Sequence[rewards.RewardSpec],
    console: Console,
) -> dict[str, Any] | None:
    """Answer held-out problems, train, answer them again. None where Ctrl-C stopped it."""
    described = questions.describe()
    console.print(
        f"data {_few(list(described['families']))}: {described['train']} problems to train on, {described['held_out']} "
        f"held out; {rows.notices(described)}"
    )
    before = _answers(folder, "before", settings, policy, questions, console)
    record = _optimise(settings, folder, policy, questions, specs, before, console)
    if record is None:
        return None
    policy.model.save_pretrained(folder.adapter)
    policy.tokenizer.save_pretrained(folder.adapter)
    after = _answers(folder, "after", settings, policy, questions, console)
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
        **heldout.compare(before, after, seed=settings.run.seed),
    }


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _answers(
    folder: RunFolder, which: str, settings: config.Settings, policy: Policy, questions: Questions, console: Console
) -> list[dict[str, Any]]:
    """Held-out answers, those already in the run folder kept."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from grpo_legal import heldout

    path = folder.answers(which)
    asked = {p.id for p in questions.held_out}
    found = [r for r in run_folder.read_lines(path) if r["problem_id"] in asked]
    have = {r["problem_id"] for r in found}
    left = [p for p in questions.held_out if p.id not in have]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task(
            f"held-out problems {which} training", total=len(questions.held_out), completed=len(have)
        )
        for record in heldout.answer(
            policy,
            left,
            style=settings.data.prompt,
            max_new_tokens=settings.grpo.max_completion_length,
            batch_size=settings.eval.batch_size,
            done=lambda n: progress.update(bar, completed=len(have) + n),
        ):
            run_folder.append_lines(path, [record])
            found.append(record)
    score = heldout.score(found)
    console.print(
        f"{which} training: {100 * score['balanced_accuracy']:.1f}% balanced accuracy on {score['n']} held-out problems"
    )
    return found


def _optimise(
    settings: config.Settings,
    folder: RunFolder,
    policy: Policy,
    questions: Questions,
    specs: Sequence[rewards.RewardSpec],
    before: Sequence[dict[str, Any]],
    console: Console,
) -> dict[str, Any] | None:
    """GRPO steps up to the last. Returns the last metrics record, or None where Ctrl-C stopped it."""
    from grpo_legal import dashboard, recorder, trainer, watch

    console.print(f"groups: {trainer.path(policy, settings)[1]}")
    checkpoint = folder.newest_checkpoint()
    step = int(checkpoint.name.rpartition("-")[2]) if checkpoint else 0
    for file in (folder.metrics, folder.completions):
        run_folder.drop_steps_after(file, step)
    view = dashboard.make_view(
        console,
        title=folder.path.name,
        subtitle=f"{policy.name} · {policy.engine} · {_few(list(questions.describe()['families']))}",
        max_steps=settings.grpo.max_steps,
        weights={spec.name: spec.weight for spec in specs},
        mode=settings.run.view,
    )
    limits = {"timeout_s": settings.reward.timeout_s, "max_failed": settings.reward.max_failed}
    scored = [(rewards.Tolerant(spec, **limits, note=view.note), spec.weight) for spec in specs]
    log = recorder.CompletionLog(folder, scored, settings.grpo.num_generations)
    with view, trainer.StopOnInterrupt(view.note) as stop:
        metrics = recorder.MetricsLog(
            folder, log, view, usd_per_hour=settings.run.usd_per_hour, sample_every=settings.run.sample_every,
            more=watch.Watch(
                log, **_watch(settings, policy, questions, before), note=view.note, records=run_folder.read_lines(folder.metrics)
            ),
        )  # fmt: skip
        made = trainer.build(
            policy, rows.to_rows(questions.train, settings.data.prompt), settings,
            reward_functions=log.functions, reward_weights=list(log.weights.values()),
            callbacks=[metrics, stop], output_dir=str(folder.checkpoints),
        )  # fmt: skip
        trainer.run(made, checkpoint)
    return None if stop.asked and metrics.last["step"] < settings.grpo.max_steps else metrics.last


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


def _show(summary: dict[str, Any], folder: RunFolder, console: Console, json_path: str | None) -> None:
    from grpo_legal import dashboard, stats

    run_folder.write_json(folder.summary, summary)
    if json_path:
        run_folder.write_json(Path(json_path), summary)
    console.print(dashboard.result_table(summary), soft_wrap=False)
    console.print(stats.verdict(summary["delta"], summary["ci95"], summary["before"]["n"]))
    console.print(f"run folder {folder.path}: adapter/, summary.json, metrics.jsonl, completions.jsonl, eval/")


if __name__ == "__main__":
    cli.run(main)
