"""The commands of a Markdown page, and for each a check by the command's own parser, or by running it on little.

A page names commands in code blocks (indented by four spaces, or fenced) and in `code spans`. A command that has no entry
in `CHECKS` is a fault: whoever writes about a new one says here how it is checked.
"""

from __future__ import annotations

import argparse
import re
import shlex
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from accelerate.commands.launch import launch_command_parser

from benchmarks.gpu import __main__ as gpu
from grpo_legal import __main__ as overview
from grpo_legal import (
    ask,
    cli,
    completion,
    config,
    data,
    doctor,
    evaluate,
    evaluate_options,
    evaluation,
    export,
    plan,
    report,
    rewards,
    rows,
    runs,
)
from grpo_legal.audit import __main__ as audit
from grpo_legal.audit import before_training

ROOT = Path(__file__).parents[1]
Words = list[str]

_BLOCK = re.compile(r"^(?: {4}|\t)(\S.*)$", re.M)
_FENCED = re.compile(r"^```(?:bash|sh|console|)\n(.*?)^```$", re.M | re.S)
_SPAN = re.compile(r"`((?:python -m|pip install) [^`]+)`")
_START = re.compile(r"^(?:python3? -m (?!pip\b)|pip install |accelerate launch )")


def commands(page: str) -> list[str]:
    """Every command of a page once, in order; the comment after two blanks and what `&&` joins taken apart."""
    page = re.sub(r"\s*\\\n\s*", " ", page)  # a line that goes on
    text = re.sub(r"^```python\n.*?^```$", "", page, flags=re.M | re.S)
    lines = [m[1] for m in _BLOCK.finditer(text)]
    lines += [line for m in _FENCED.finditer(text) for line in m[1].splitlines()]
    lines += [" ".join(m[1].split()) for m in _SPAN.finditer(text)]
    parts = [part.strip() for line in lines for part in re.split(r" {2,}|&&|\s#\s", line)]
    return list(dict.fromkeys(part for part in parts if _START.match(part)))


def check(command: str) -> None:
    """Raises where the command is not one that works."""
    words = shlex.split(command.partition(" >")[0])  # without where its output goes
    if words[0] == "accelerate":
        launched = launch_command_parser().parse_args(words[2:])  # accelerate's own
        assert launched.module and int(launched.num_processes) > 1, command
        words = ["python", "-m", launched.training_script, *launched.training_script_args]
    name, rest = ("pip", words[2:]) if words[0] == "pip" else (words[2], words[3:])
    assert name in CHECKS, f"{command!r}: no check for {name} in tests/commands.py"
    if rest != ["--help"]:
        CHECKS[name](rest)


def from_folder(folder: Path, my_rewards: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands then run in this folder, where a page's own rewards lie."""
    (folder / "my_rewards.py").write_text(my_rewards, "utf-8")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setitem(sys.modules, "my_rewards", None)  # so that what is imported meanwhile is forgotten afterwards
    del sys.modules["my_rewards"]
    monkeypatch.chdir(folder)


def _settings(words: Words) -> None:
    line = cli.parse("command", "about", words)
    settings = config.resolve(config.preset(line.preset or "cpu"), *_file(line), line.overrides, faults=line.faults)
    assert settings.run.name or not line.resume, f"--resume without --run.name: {words}"
    if any(":" in name for name in settings.reward.weights):
        _starts_with(settings)


def _starts_with(settings: config.Settings) -> None:
    """A page's own rewards get past what a run tries and attacks before it trains."""
    specs = rewards.build(settings.reward.weights, max_completion_tokens=settings.grpo.max_completion_length)
    drawn = rows.read(settings).train[:66]
    rewards.preflight(specs, rows.to_rows(drawn[:4], settings.data.prompt))
    before_training(
        specs,
        drawn,
        style=settings.data.prompt,
        max_tokens=settings.grpo.max_completion_length,
        mode="stop",
        tell=print,
    )


def _file(line: cli.CommandLine) -> list[dict]:
    """The settings of a file that is there; one that a run would have written need not be."""
    return [config.read_file(line.config)] if line.config and Path(line.config).exists() else []


def _ran(main: Callable[[Words], int]) -> Callable[[Words], None]:
    def checked(words: Words) -> None:
        assert main(words) == 0

    return checked


def _audit(words: Words) -> None:
    assert audit.main([*words, "-n", "22"]) == 0


def _ask(words: Words) -> None:
    assert ask._form(ask._parser().parse_args(words))


def _evaluate(words: Words) -> None:
    typed = evaluate_options.parser("").parse_args(words)
    assert evaluate._adapters(typed.models)
    assert "legalbench" in typed.suite or evaluation.build(evaluate._suites(typed))


def _plan(words: Words) -> None:
    typed, rest = plan._parser().parse_known_args(words)
    line = cli.parse("plan", "about", rest)
    settings = plan._settings(line) if not line.config else None
    home = plan.machines.named(plan.machines.PRESET_MACHINES[settings.preset if settings else "h100"])
    assert plan._machines(typed, settings, home, None)


def _parsed(parser: Callable[[], argparse.ArgumentParser]) -> Callable[[Words], None]:
    def checked(words: Words) -> None:
        parser().parse_args(words)

    return checked


def _pip(words: Words) -> None:
    """Files that are there, and extras that the project has."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    for word in words:
        if found := re.fullmatch(r"\.\[([\w,]+)\]", word):
            assert set(found[1].split(",")) <= set(extras), word
    assert "-c" not in words or (ROOT / words[words.index("-c") + 1]).is_file()


def _only(*legal: Words) -> Callable[[Words], None]:
    def checked(words: Words) -> None:
        assert words in legal, f"{words} is none of {legal}"

    return checked


def _benchmark(name: str) -> Callable[[Words], None]:
    """A benchmark's options are those that its file names: it is not imported, since most bring torch along."""

    def checked(words: Words) -> None:
        source = (ROOT / "benchmarks" / f"{name}.py").read_text("utf-8")
        unknown = [word for word in words if word.startswith("-") and f'"{word}"' not in source]
        assert not unknown, f"benchmarks.{name} has no option {unknown}"

    return checked


CHECKS: dict[str, Callable[[Words], None]] = {
    "benchmarks.gpu": _parsed(gpu._parser),
    "docs.build": _only([], ["--check"]),
    "grpo_legal": _ran(overview.main),
    "grpo_legal.ask": _ask,
    "grpo_legal.audit": _audit,
    "grpo_legal.completion": _ran(completion.main),
    "grpo_legal.data": _ran(data.main),
    "grpo_legal.doctor": _parsed(doctor._parser),
    "grpo_legal.evaluate": _evaluate,
    "grpo_legal.export": _parsed(export._parser),
    "grpo_legal.pipeline": _settings,
    "grpo_legal.plan": _plan,
    "grpo_legal.report": _parsed(report._parser),
    "grpo_legal.runs": _parsed(runs._parser),
    "grpo_legal.sft": _settings,
    "grpo_legal.train": _settings,
    "pip": _pip,
    "pytest": _only([], ["-m", "slow"]),
    **{f"benchmarks.{path.stem}": _benchmark(path.stem) for path in (ROOT / "benchmarks").glob("*.py")},
}
