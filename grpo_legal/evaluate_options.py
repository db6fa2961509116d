"""The command line of evaluate, and what the settings of a run say of it."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from grpo_legal import cli, config
from grpo_legal.errors import UserError
from grpo_legal.judge_settings import JudgeSettings

OUTPUT = "outputs/evaluation"
SHORTEST = 32  # tokens of policy.max-seq-length


def parser(description: str) -> argparse.ArgumentParser:
    """The options: models, questions, answers, and who judges them."""
    shape = argparse.RawDescriptionHelpFormatter
    made = cli.Parser("python -m grpo_legal.evaluate", description=description, formatter_class=shape)
    _models(made.add_argument)
    _questions(made.add_argument)
    _judge(made.add_argument)
    made.add_argument("--output", default=OUTPUT, help=f"a run folder, or a new one (default {OUTPUT})")
    made.add_argument("--json", metavar="PATH", help="write scores and contrasts here too")
    return made


def _models(add: Callable[..., Any]) -> None:
    floats, long = ("auto", "float32", "bfloat16"), ("error", "drop")
    add("--models", nargs="+", required=True, metavar="NAME=ADAPTER", help="LoRA folders; NAME= is the base alone")
    add("--model", default=config.EMBEDDED, help=f"the base: Hub name, folder, or {config.EMBEDDED} (default)")
    add("--engine", choices=("auto", "unsloth", "transformers"), default="auto", help="default auto, by hardware")
    add("--load-in-4bit", action=argparse.BooleanOptionalAction, default=False, help="hold the base in 4-bit NF4")
    add("--dtype", choices=floats, default="auto", help="as policy.dtype of train (default auto)")
    add("--max-seq-length", type=_length, default=4096, help="longest prompt + answer in tokens (default 4096)")
    add("--long-prompts", choices=long, default="error", help="stop at one, or leave it out (default error)")


def _questions(add: Callable[..., Any]) -> None:
    sources, prompts = ("dir", "hub", "file"), ("short", "reasoned", "few_shot")
    add("--suite", nargs="+", default=["families"], help="families, legalbench, own, rubric (default families)")
    add("-n", type=cli.positive, default=500, help="most questions of each suite but the rubric (default 500)")
    add("--families", nargs="+", default=["*"], help="families by name or glob (default all)")
    add("--difficulty", type=int, choices=(1, 2, 3), help="of the families' questions; by default all")
    add("--source", choices=sources, default="dir", help="LegalBench from a folder or the Hub; own: file")
    add("--path", help="folder with LegalBench files; JSONL, CSV or TSV file of the suite own")
    add("--columns", nargs="+", default={}, metavar="NAME=COLUMN", help="own: what is in which column, as data.columns")
    add("--tasks", nargs="+", default=["*"], help="LegalBench tasks by name or glob (default all)")
    add("--licence", choices=("any", "commercial"), default="any", help="commercial leaves 30 tasks out")
    add("--domains", nargs="+", default=["*"], help="domains of the rubric by name or glob (default all)")
    add("--prompt", choices=prompts, default="reasoned", help="as data.prompt of train")
    add("--max-new-tokens", type=cli.positive, default=768, help="tokens after which an answer is cut (default 768)")
    add("--samples", type=cli.positive, default=1, help="answers per question (default 1)")
    add("--temperature", type=_temperature, default=0.0, help="0 is greedy (default); above 0 for several samples")
    add("--batch-size", type=cli.positive, default=32, help="questions answered at once (default 32)")
    add("--seed", type=int, default=0, help="of sampling and of the intervals (default 0)")


def _judge(add: Callable[..., Any]) -> None:
    usd: dict[str, Any] = {"type": float, "metavar": "USD"}
    add("--judge-model", metavar="NAME", help="a language model that judges the rubric's answers too (default none)")
    add("--judge-base-url", default=JudgeSettings().base_url, metavar="URL", help="its OpenAI-compatible endpoint")
    add("--judge-api-key-env", metavar="NAME", help="environment variable that holds its key")
    add("--judge-usd-per-million-in", default=0.0, help="price of a million prompt tokens", **usd)
    add("--judge-usd-per-million-out", default=0.0, help="price of a million generated tokens", **usd)
    add("--judge-budget-usd", default=5.0, help="what it may cost (default 5)", **usd)
    add("--judge-cache", metavar="PATH", help="file of its verdicts (default in the user's cache folder)")


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


def columns(said: Sequence[str] | dict[str, str]) -> dict[str, str]:
    """NAME=COLUMN words by name; what a run's settings said already stands."""
    if isinstance(said, dict):
        return said
    pairs = [word.partition("=") for word in said]
    if wrong := next((word for word, p in zip(said, pairs, strict=True) if not p[0] or not p[2]), None):
        raise UserError(f"--columns {wrong!r} is not NAME=COLUMN")
    return {name: column for name, _, column in pairs}


def as_trained(adapters: dict[str, str | None], suites: Sequence[str]) -> tuple[Path | None, dict[str, Any]]:
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
