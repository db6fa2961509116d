"""What `python -m grpo_legal.audit` takes: which rewards to attack, and on which problems."""

from __future__ import annotations

import argparse
import itertools
import math
from collections.abc import Sequence
from fnmatch import fnmatchcase

from grpo_legal import cli, legalbench, problems, rewards
from grpo_legal.audit.score import LIMIT
from grpo_legal.errors import UserError, near
from grpo_legal.schema import Problem

PROG = "python -m grpo_legal.audit"


def parser(description: str) -> argparse.ArgumentParser:
    """The command line, with its help."""
    made = cli.Parser(PROG, description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument(
        "--rewards", nargs="+", default=["irac"], metavar="NAME",
        help=f"a preset ({', '.join(rewards.presets())}), or rewards as NAME or NAME=WEIGHT, your own as module:function "
        "(default: irac)",
    )  # fmt: skip
    made.add_argument(
        "--data", nargs="+", default=["*"], metavar="NAME",
        help="families of problems, or with --path or --source hub LegalBench tasks, by name or glob (default: all)",
    )  # fmt: skip
    made.add_argument("--path", help="folder with LegalBench files")
    made.add_argument("--source", choices=("dir", "hub"), default="dir", help="where LegalBench comes from")
    made.add_argument(
        "--style", choices=("short", "reasoned"), default="reasoned", help="of the answers (default: reasoned)"
    )
    made.add_argument("-n", type=int, default=264, help="problems (default: 264, 12 of each family)")
    made.add_argument("--seed", type=int, default=1, help="of the problems drawn (default: 1)")
    made.add_argument("--max-tokens", type=int, default=768, help="longest completion of the run (default: 768)")
    made.add_argument(
        "--limit",
        type=float,
        default=LIMIT,
        help=f"share of an honest answer that an attack may earn (default: {LIMIT:g})",
    )
    made.add_argument("--json", metavar="PATH", help="write the table with all texts as JSON too")
    made.add_argument("--html", metavar="PATH", help="write it as one HTML page too")
    return made


def check(typed: argparse.Namespace) -> None:
    """Raise one UserError for all numbers that make no sense."""
    faults = [f"--{name} {value} must be {least} or more" for name, value, least in
              (("n", typed.n, 2), ("seed", typed.seed, 0), ("max-tokens", typed.max_tokens, 1)) if value < least]  # fmt: skip
    if not 0 <= typed.limit <= 1:
        faults.append(f"--limit {typed.limit:g} is no share (legal: 0 to 1)")
    if faults:
        raise UserError("; ".join(faults))


def specs(words: Sequence[str], max_tokens: int) -> list[rewards.RewardSpec]:
    """The rewards that the words name: one preset, or rewards with their weights, 1 where none is given.

    UserError for a word that names none, or a weight that is no number.
    """
    if len(words) == 1 and words[0] in rewards.presets():
        return rewards.build(rewards.preset_weights(words[0]), max_completion_tokens=max_tokens)
    weights, faults = {}, []
    for word in words:
        name, sign, weight = word.partition("=")
        if name not in rewards.REGISTRY and ":" not in name and name not in rewards.presets():
            faults.append(f"{name!r} is unknown{near(name, [*rewards.presets(), *rewards.REGISTRY])}")
        if name in rewards.presets():
            faults.append(f"{word!r} is a preset, which stands alone")
        elif name in weights:
            faults.append(f"{name!r} is named twice")
        try:
            weights[name] = float(weight) if sign else 1.0
        except ValueError:
            faults.append(f"{word!r}: {weight!r} is no number")
    if faults:
        legal = f"a preset, {', '.join(rewards.presets())}, or NAME=WEIGHT of {', '.join(rewards.REGISTRY)} or module:function"
        raise UserError(f"--rewards {'; '.join(faults)} (legal: {legal})")
    return rewards.build(weights, max_completion_tokens=max_tokens)


def chosen(typed: argparse.Namespace) -> list[Problem]:
    """About `-n` problems of what `--data` names, of every level, in turn from each family or task."""
    if typed.path is not None or typed.source == "hub":
        tasks = legalbench.match_tasks(typed.data, typed.path, source=typed.source)
        series = [legalbench.load(task, "train", source=typed.source, path=typed.path) for task in tasks]
    else:
        series = _families(typed.data, typed.n, typed.seed)
    dealt = (problem for turn in itertools.zip_longest(*series) for problem in turn if problem is not None)
    return list(itertools.islice(dealt, typed.n))


def _families(names: Sequence[str], n: int, seed: int) -> list[list[Problem]]:
    """A series of problems for each family that a name or glob means and each level."""
    for name in names:
        if not any(fnmatchcase(family, name) for family in problems.FAMILIES):
            known = f"{near(name, problems.FAMILIES)} (there are {', '.join(problems.FAMILIES)})"
            raise UserError(f"--data {name!r} is no family of problems{known}; LegalBench tasks need --path")
    found = [family for family in problems.FAMILIES if any(fnmatchcase(family, name) for name in names)]
    each = math.ceil(n / (len(found) * len(problems.DIFFICULTIES)))
    return [
        problems.generate(family, each, "train", seed, difficulty=level, start=each * place)
        for place, level in enumerate(problems.DIFFICULTIES)
        for family in found
    ]
