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
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from grpo_legal import cli, config, run_folder
from grpo_legal.errors import UserError
from grpo_legal.judge_settings import JudgeSettings, judge_faults

if TYPE_CHECKING:
    from grpo_legal.evaluation import Item
    from grpo_legal.policy import Policy

SHORTEST = 32  # tokens of policy.max-seq-length
TAKEN = ("before", "after", "results", "evaluation", "judge")  # files that runs and this command write themselves


def main(argv: Sequence[str]) -> int:
    """The command. Returns its exit status, 0."""
    parser = _parser()
    typed = parser.parse_args(argv)
    adapters = _adapters(typed.models)
    path, defaults = _as_trained(adapters, typed.suite)
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


def _parser() -> argparse.ArgumentParser:
    shape = argparse.RawDescriptionHelpFormatter
    parser = cli.Parser("python -m grpo_legal.evaluate", description=__doc__, formatter_class=shape)
    add = parser.add_argument
    add("--models", nargs="+", required=True, metavar="NAME=ADAPTER", help="LoRA folders; NAME= is the base alone")
    add("--model", default=config.EMBEDDED, help=f"the base: Hub name, folder, or {config.EMBEDDED} (default)")
    add("--engine", choices=("auto", "unsloth", "transformers"), default="auto", help="default auto, by hardware")
    add("--load-in-4bit", action=argparse.BooleanOptionalAction, default=False, help="hold the base in 4-bit NF4")
    add(
        "--dtype",
        choices=("auto", "float32", "bfloat16"),
        default="auto",
        help="as policy.dtype of train (default auto)",
    )
    add("--max-seq-length", type=_length, default=4096, help="longest prompt + answer in tokens (default 4096)")
    add(
        "--long-prompts",
        choices=("error", "drop"),
        default="error",
        help="stop at one, or leave it out (default error)",
    )
    add("--suite", nargs="+", default=["families"], help="families, legalbench, own, rubric (default families)")
    add("-n", type=cli.positive, default=500, help="most questions of each suite but the rubric (default 500)")
    add("--families", nargs="+", default=["*"], help="families by name or glob (default all)")
    add("--difficulty", type=int, choices=(1, 2, 3), help="of the families' questions; by default all")
    add(
        "--source", choices=("dir", "hub", "file"), default="dir", help="LegalBench from a folder or the Hub; own: file"
    )
    add("--path", help="folder with LegalBench files; JSONL, CSV or TSV file of the suite own")
    add("--columns", nargs="+", default={}, metavar="NAME=COLUMN", help="own: what is in which column, as data.columns")
    add("--tasks", nargs="+", default=["*"], help="LegalBench tasks by name or glob (default all)")
    add("--licence", choices=("any", "commercial"), default="any", help="commercial leaves 30 tasks out")
    add("--domains", nargs="+", default=["*"], help="domains of the rubric by name or glob (default all)")
    add("--prompt", choices=("short", "reasoned", "few_shot"), default="reasoned", help="as data.prompt of train")
    add("--max-new-tokens", type=cli.positive, default=768, help="tokens after which an answer is cut (default 768)")
    add("--samples", type=cli.positive, default=1, help="answers per question (default 1)")
    add("--temperature", type=_temperature, default=0.0, help="0 is greedy (default); above 0 for several samples")
    add("--batch-size", type=cli.positive, default=32, help="questions answered at once (default 32)")
    add("--seed", type=int, default=0, help="of sampling and of the intervals (default 0)")
    add("--judge-model", metavar="NAME", help="a language model that judges the rubric's answers too (default none)")
    add("--judge-base-url", default=JudgeSettings().base_url, metavar="URL", help="its OpenAI-compatible endpoint")
    add("--judge-api-key-env", metavar="NAME", help="environment variable that holds its key")
    add("--judge-usd-per-million-in", type=float, default=0.0, metavar="USD", help="price of a million prompt tokens")
    add(
        "--judge-usd-per-million-out",
        type=float,
        default=0.0,
        metavar="USD",
        help="price of a million generated tokens",
    )
    add("--judge-budget-usd", type=float, default=5.0, metavar="USD", help="what it may cost (default 5)")
    add("--judge-cache", metavar="PATH", help="file of its verdicts (default in the user's cache folder)")
    add("--output", default="outputs/evaluation", help="a run folder, or a new one (default outputs/evaluation)")
    add("--json", metavar="PATH", help="write scores and contrasts here too")
    return parser


def _temperature(word: str) -> float:
    """The number of a word. What is no number of 0 or more, also "nan", argparse tells."""
    try:
        value = float(word)
    except ValueError:
        value = -1.0
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"{word!r} is not a number of 0 or more")
    return value


def _length(word: str) -> int:
    if not word.isdigit() or int(word) < SHORTEST:
        raise argparse.ArgumentTypeError(f"{word!r} is not a whole number of {SHORTEST} or more")
    return int(word)


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
        raise UserError("suite legalbench needs --path, a folder with its files, or --source hub")
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
        source=typed.source, path=typed.path, columns=_columns(typed.columns), tasks=tuple(typed.tasks),
        licence=typed.licence, prompt=typed.prompt, domains=tuple(typed.domains),
    )  # fmt: skip


def _columns(said: Sequence[str] | dict[str, str]) -> dict[str, str]:
    """NAME=COLUMN words by name; what a run's settings said already stands."""
    if isinstance(said, dict):
        return said
    pairs = [word.partition("=") for word in said]
    if wrong := next((word for word, p in zip(said, pairs, strict=True) if not p[0] or not p[2]), None):
        raise UserError(f"--columns {wrong!r} is not NAME=COLUMN")
    return {name: column for name, _, column in pairs}


def _as_trained(adapters: dict[str, str | None], suites: Sequence[str]) -> tuple[Path | None, dict[str, Any]]:
    """The settings of the run that the last adapter of any lies in, RUN/adapter or RUN/checkpoints/checkpoint-N, and the
    options that they come to."""
    above = [Path(folder).parent for folder in adapters.values() if folder]
    runs = [folder.parent if folder.name == "checkpoints" else folder for folder in above]
    path = next((run / "config.yaml" for run in reversed(runs) if (run / "config.yaml").is_file()), None)
    if path is None:
        return None, {}
    settings = config.resolve(config.read_file(path))
    data, of = settings.data, settings.policy
    found: dict[str, Any] = {
        "model": of.model,
        "load_in_4bit": of.load_in_4bit,
        "dtype": of.dtype,
        "prompt": data.prompt,
    }
    found["suite"] = data.suites()
    if "rubric" not in suites:  # whose answers are long
        found |= {"max_new_tokens": settings.grpo.max_completion_length, "max_seq_length": of.max_seq_length}
        found["long_prompts"] = "error" if data.long_prompts == "error" else "drop"
    if data.source in ("dir", "hub"):
        found |= {"source": data.source, "path": data.path, "tasks": data.tasks, "licence": data.licence}
    if data.source == "file":
        found |= {"source": "file", "path": data.path, "columns": data.columns}
    if data.source == "families" or data.families_share > 0:
        found |= {"families": data.families, "difficulty": data.difficulty}
    return path, found


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
