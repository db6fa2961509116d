"""The questions of the rubric exam, read from `questions/<domain>.yaml`.

A file is a list of questions:

    - id: contract_firm_offer
      question: the facts and what is asked
      authorities:                     # full citation: accepted forms
        "U.C.C. § 2-205": 2-205
      facts: [tractor*, June 1]        # wordings of one fact split by "|", no sign
      points:
        - id: irrevocable
          weight: 2                    # 1 where left out
          both: [patterns that state the point, and, with every sign turned round, its opposite]
          say: [patterns that state it]
          not: [patterns that state its opposite]
      conclusion: {both: [], say: [], not: []}
      gold: a perfect answer

Patterns are those of `grpo_legal.rubric.pattern`.

    >>> len(questions("tort"))
    6
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from grpo_legal.errors import UserError, near
from grpo_legal.rubric.pattern import Pattern, Wording, compiled

DOMAINS = (
    "contract",
    "constitutional",
    "criminal",
    "tort",
    "property",
    "corporate",
    "intellectual_property",
    "international",
    "evidence",
    "ethics",
)
_POINT_KEYS = {"id", "weight", "both", "say", "not"}
_QUESTION_KEYS = {"id", "question", "authorities", "facts", "points", "conclusion", "gold"}


@dataclass(frozen=True, slots=True)
class Point:
    """Something that an answer must say. `say` are the patterns that say it, `opposite` those that invert it."""

    id: str
    weight: float
    say: tuple[Pattern, ...]
    opposite: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Authority:
    """A citation in full and the forms (alternatives of words) by which an answer may name it."""

    citation: str
    accept: Pattern


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """One question of the exam with all that its answer is scored by. Equal only to itself; `id` is unique."""

    id: str
    domain: str
    question: str
    points: tuple[Point, ...]
    authorities: tuple[Authority, ...]
    facts: tuple[Pattern, ...]
    conclusion: Point
    gold: str


def questions(domain: str | None = None) -> list[Question]:
    """All questions in a fixed order, or those of one domain. UserError for an unknown domain."""
    if domain is not None and domain not in DOMAINS:
        raise UserError(f"domain {domain!r} is none of {', '.join(DOMAINS)}{near(domain, DOMAINS)}")
    return [q for name in DOMAINS if domain in (None, name) for q in _domain(name)]


@cache
def _domain(name: str) -> tuple[Question, ...]:
    text = (files(__package__) / "questions" / f"{name}.yaml").read_text("utf-8")
    return tuple(_question(entry, name) for entry in yaml.safe_load(text))


def _question(entry: dict[str, Any], domain: str) -> Question:
    """One entry of a file. UserError where a key is missing or unknown."""
    if set(entry) != _QUESTION_KEYS:
        raise UserError(f"question {entry.get('id')!r} has keys {sorted(entry)}; legal are {sorted(_QUESTION_KEYS)}")
    return Question(
        id=entry["id"],
        domain=domain,
        question=" ".join(entry["question"].split()),
        points=tuple(_point(p, entry["id"]) for p in entry["points"]),
        authorities=tuple(Authority(k, compiled(str(v))) for k, v in entry["authorities"].items()),
        facts=tuple(compiled(str(f)) for f in entry["facts"]),
        conclusion=_point({"id": "conclusion", **entry["conclusion"]}, entry["id"]),
        gold=" ".join(entry["gold"].split()),
    )


def _point(entry: dict[str, Any], question: str) -> Point:
    both = [compiled(p) for p in entry.get("both", ())]
    say = [*both, *(compiled(p) for p in entry.get("say", ()))]
    opposite = [*map(turned, both), *(compiled(p) for p in entry.get("not", ()))]
    if not set(entry) <= _POINT_KEYS or not say:
        raise UserError(f"question {question!r}, point {entry.get('id')!r}: no wording, or a key beyond {_POINT_KEYS}")
    return Point(entry["id"], float(entry.get("weight", 1)), tuple(say), tuple(opposite))


def turned(pattern: Pattern) -> Pattern:
    """The pattern with every sign turned round. UserError where it has none: such a pattern has no opposite."""
    if not any(w.sign for slot in pattern for w in slot):
        raise UserError(
            f"pattern {pattern!r} has no signed word, so it says nothing turned round; write it under 'say'"
        )
    flip = {"+": "-", "-": "+", "": ""}
    return tuple(tuple(Wording(w.keys, flip[w.sign]) for w in slot) for slot in pattern)
