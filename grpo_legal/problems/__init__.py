"""Legal problems whose gold answers a rules engine computes.

    >>> from grpo_legal.problems import generate
    >>> problem = generate("firm_offer", n=1, split="train", seed=42, difficulty=1)[0]
    >>> problem.id, problem.answer in problem.labels
    ('firm_offer/train/42/0', True)

A family is one file that makes a `Family` (family.py) and one line in `MODULES`; the wordier ones keep their law
and their phrasings in files beside it.
"""

from __future__ import annotations

from importlib import import_module

from grpo_legal.problems.family import DIFFICULTIES, SPLITS, Family, draw
from grpo_legal.schema import Problem

MODULES = (
    "answer_deadline",
    "battle_of_forms",
    "breach_notice",
    "comparative_fault",
    "computing_time",
    "diversity",
    "firm_offer",
    "fmla_eligibility",
    "hearsay",
    "hsr_filing",
    "intestacy",
    "mailbox_rule",
    "miranda",
    "perpetuities",
    "preferential_transfer",
    "regulation_d",
    "removal",
    "sara_tax",
    "sovereign_immunity",
    "statute_of_frauds",
    "supplemental_tolling",
    "title_vii",
)
FAMILIES: dict[str, Family] = {
    family.name: family for family in (import_module(f"{__name__}.{module}").FAMILY for module in MODULES)
}

__all__ = ["DIFFICULTIES", "FAMILIES", "SPLITS", "Family", "draw", "generate"]


def generate(
    family: str, n: int, split: str, seed: int, difficulty: int | None = None, start: int = 0
) -> list[Problem]:
    """The problems at indices `start` to `start + n - 1` of a family's endless series for this split and seed.

    Each depends on its index alone: `generate(f, 10, …)[5:] == generate(f, 5, …, start=5)`. Without a difficulty the
    levels take turns. An index has one id at every difficulty, so to mix lists of fixed difficulties give them
    different ranges of indices.
    """
    if family not in FAMILIES:
        raise ValueError(f"problem family {family!r} is none of {', '.join(FAMILIES)}")
    if split not in SPLITS:
        raise ValueError(f"split {split!r} is none of {', '.join(SPLITS)}")
    if difficulty is not None and difficulty not in DIFFICULTIES:
        raise ValueError(
            f"difficulty {difficulty!r} is none of {', '.join(map(str, DIFFICULTIES))}, or None to mix them"
        )
    if n < 0 or start < 0:
        raise ValueError(f"n={n} and start={start} must not be negative")
    return [draw(FAMILIES[family], split, seed, index, difficulty)[1] for index in range(start, start + n)]
