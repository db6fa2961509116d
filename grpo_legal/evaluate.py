"""Ask several models the same questions, score them, and say whether they differ.

    python -m grpo_legal.evaluate --models base= grpo=outputs/run/adapter --suite families
    python -m grpo_legal.evaluate --models base= sft=checkpoint-500 grpo=outputs/run/adapter \\
        --suite legalbench rubric --path legalbench --tasks "diversity_*" --output outputs/run

One base model is loaded; every model is that base with one LoRA adapter switched on, or with none (NAME=). Answers go
to OUTPUT/eval/NAME.jsonl as they come, and a second call goes on where the first was stopped. Scores and contrasts go to
OUTPUT/eval/results.json. Of an adapter in a run folder (RUN/adapter, RUN/checkpoints/checkpoint-N) the base, the questions
and the form of the answers are those of that run's config.yaml, where not said otherwise (with several, of the last).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from grpo_legal import cli, config, evaluate_options, run_folder
from grpo_legal.errors import UserError
from grpo_legal.judge_settings import JudgeSettings, judge_faults

if TYPE_CHECKING:
    from grpo_legal.evaluation import Item
    from grpo_legal.policy import Policy

TAKEN = ("before", "after", "results", "evaluation", "judge")  # files that runs and this command write themselves


def main(argv: Sequence[str]) -> int:
    """The command. Returns its exit status, 0."""
    parser = evaluate_options.parser(__doc__)
    typed = parser.parse_args(argv)
    adapters = _adapters(typed.models)
    path, defaults = evaluate_options.as_trained(adapters, typed.suite)
    parser.set_defaults(**defaults)
    typed = parser.parse_args(argv)
    from rich.console import Console

    from grpo_legal import evaluation
    from grpo_legal.evaluation import asking, kept

    console = Console(highlight=False, soft_wrap=True)
    if path:
        console.print(
            f"asked as in {path} where not said otherwise: suite {' '.join(typed.suite)}, prompt {typed.prompt}, max new "
            f"tokens {typed.max_new_tokens}"
        )
    items = evaluation.build(_suites(typed))
    folder = run_folder.RunFolder(Path(typed.output))
    asked_with = folder.answers("evaluation").with_suffix(".json")
    settings = kept.settings(vars(typed), adapters, items, asked_with)
    how = asking.Asking(typed.max_new_tokens, typed.batch_size, typed.samples, typed.temperature, typed.seed)
    policy = _policy(typed, adapters)
    fit = asking.fitting(policy, items, how, typed.max_seq_length, drop=typed.long_prompts == "drop")
    dropped, items = len(items) - len(fit), fit
    run_folder.write_json(asked_with, settings)
    console.print(
        f"{policy.name} by the {policy.engine} engine; {len(items)} questions, {', '.join(adapters)}"
        + (f"; {dropped} left out, whose prompts are too long" if dropped else "")
    )
    answers = {
        name: asking.answers(policy, name, adapter, items, folder.answers(name), how, console)
        for name, adapter in adapters.items()
    }
    results = _results(policy, adapters, settings, answers, typed.seed)
    if typed.judge_model:
        results["judge"] = _judged(answers, items, folder, typed)
    path = folder.answers("results").with_suffix(".json")
    run_folder.write_json(path, results)
    from grpo_legal import dashboard

    for table in dashboard.evaluation_tables(results):
        console.print(table, soft_wrap=False)
    console.print(f"answers and scores: {path.parent}")
    if typed.json:
        run_folder.write_copy(typed.json, results)
    return 0


def _results(
    policy: Policy, adapters: dict[str, str | None], settings: dict[str, Any], answers: dict[str, list[dict[str, Any]]],
    seed: int,
) -> dict[str, Any]:  # fmt: skip
    """What results.json holds, the judge apart."""
    from grpo_legal import evaluation

    return {
        "model": policy.name,
        "engine": policy.engine,
        "adapters": {
            name: adapter and {"folder": adapter, "sha256": settings["adapters_sha256"][name]}
            for name, adapter in adapters.items()
        },
        "settings": settings,
        "scores": {name: evaluation.score(found) for name, found in answers.items()},
        "contrasts": evaluation.compare(answers, seed=seed),
    }


# ---- what is asked ------------------------------------------------------------------------------------


def _adapters(models: Sequence[str]) -> dict[str, str | None]:
    """Model names to adapter folders, None for the base. Raises UserError that lists every fault."""
    faults, found = [], {}
    for word in models:
        name, sign, folder = word.partition("=")
        if not sign or not name or set(name) & set("/\\.") or name in TAKEN:
            faults.append(f"--models {word!r} is not NAME=ADAPTER with a plain name other than {', '.join(TAKEN)}")
        elif name in found:
            faults.append(f"--models names {name!r} twice")
        found[name] = folder or None
    if faults:
        raise UserError("; ".join(faults))
    return found


def _suites(typed: argparse.Namespace) -> Any:
    from grpo_legal import evaluation

    if "legalbench" in typed.suite and (typed.source == "file" or (typed.source == "dir" and typed.path is None)):
        raise UserError("suite legalbench needs --path, a folder with its files (--source dir), or --source hub")
    if "own" in typed.suite and (typed.source != "file" or typed.path is None):
        raise UserError("suite own needs --source file, --path and --columns")
    if typed.judge_model and "rubric" not in typed.suite:
        raise UserError(f"--judge-model {typed.judge_model!r} judges the suite rubric, which --suite does not name")
    if typed.judge_model:
        _judge_settings(typed)
    if typed.samples > 1 and typed.temperature == 0:
        raise UserError(f"--samples {typed.samples} at --temperature 0 would be alike: set --temperature above 0")
    return evaluation.Suites(
        names=tuple(typed.suite), n=typed.n, families=tuple(typed.families), difficulty=typed.difficulty,
        source=typed.source, path=typed.path, columns=evaluate_options.columns(typed.columns), tasks=tuple(typed.tasks),
        licence=typed.licence, prompt=typed.prompt, domains=tuple(typed.domains),
    )  # fmt: skip


# ---- the judge ---------------------------------------------------------------------------------------


def _judge_settings(typed: argparse.Namespace) -> JudgeSettings:
    """Raises UserError that lists every fault."""
    given = {
        name: getattr(typed, f"judge_{name}") for name in JudgeSettings.model_fields if hasattr(typed, f"judge_{name}")
    }
    try:
        settings = JudgeSettings.model_validate(given)
    except ValidationError as error:
        told = [f"--judge-{str(e['loc'][0]).replace('_', '-')} {e['input']!r}: {e['msg']}" for e in error.errors()]
        raise UserError("; ".join(told)) from None
    if faults := judge_faults(settings):
        raise UserError("; ".join(faults))
    return settings


def _judged(
    answers: dict[str, list[dict[str, Any]]],
    items: Sequence[Item],
    folder: run_folder.RunFolder,
    typed: argparse.Namespace,
) -> dict[str, Any]:
    from grpo_legal.evaluation import judged

    found = judged.judge(answers, items, _judge_settings(typed))
    lines = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in found)
    run_folder.write_text(folder.answers("judge"), lines)
    return {"model": typed.judge_model, **judged.agreement(found)}


# ---- asking -------------------------------------------------------------------------------------------


def _policy(typed: argparse.Namespace, adapters: dict[str, str | None]) -> Policy:
    from grpo_legal import policy

    settings = config.Policy(
        engine=typed.engine,
        model=typed.model,
        load_in_4bit=typed.load_in_4bit,
        dtype=typed.dtype,
        max_seq_length=typed.max_seq_length,
    )
    loaded = policy.load(settings, seed=typed.seed, gradient_checkpointing=False)
    policy.attach(loaded, {name: folder for name, folder in adapters.items() if folder})
    loaded.model.eval()
    return loaded


if __name__ == "__main__":
    cli.run(main)
