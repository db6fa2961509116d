"""What the judge said, read out of its reply, or nothing where the reply is not a verdict.

JSON first (the endpoint is asked for it), then lines such as "Accuracy: 4/5", then one "Total: 14/20": small local
models keep to a form poorly. A number out of its range is no number: cutting "accuracy: 50" to 5 would pay the most
for the least understood reply.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

CRITERIA = ("knowledge", "accuracy", "reasoning", "completeness")
MAX_CRITERION = 5.0
MAX_TOTAL = MAX_CRITERION * len(CRITERIA)
MAX_REPLY = 20_000  # characters of a reply that are read
MAX_OBJECTS = 16  # opening braces at which JSON is tried

Status = Literal["scored", "empty", "injected", "unreadable", "unanswered", "over_budget"]

SCHEMA = {
    "type": "object",
    "properties": {name: {"type": "integer", "enum": list(range(int(MAX_CRITERION) + 1))} for name in CRITERIA},
    "required": list(CRITERIA),
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One completion judged: `status`, the four `criteria` (0 to 5 each) and their `total` (0 to 20).

    `total` is None where there is no verdict (unreadable, unanswered, over_budget). An empty completion and one that
    tells the judge what to score have 0 throughout without being sent. `criteria` is None as well where the
    judge gave a total alone.
    """

    status: Status
    total: float | None = None
    criteria: Mapping[str, float] | None = None
    cached: bool = False

    @property
    def value(self) -> float | None:
        """The total as a reward within [0, 1]."""
        return None if self.total is None else self.total / MAX_TOTAL


def zero(status: Literal["empty", "injected"]) -> Verdict:
    """The verdict on what is not worth asking about."""
    return Verdict(status, 0.0, dict.fromkeys(CRITERIA, 0.0))


def parse_verdict(reply: str) -> Verdict | None:
    """The verdict in `reply`, or None. Never raises; every number is within its range; linear in the reply.

    >>> parse_verdict('Here: {"knowledge": 4, "accuracy": 5, "reasoning": 3, "completeness": 2}').total
    14.0
    >>> parse_verdict("Knowledge: 4/5\\nAccuracy: 5\\nReasoning: 3\\nCompleteness: 2").criteria["knowledge"]
    4.0
    >>> parse_verdict("Score: 14/20").total, parse_verdict("A fine answer."), parse_verdict("Score: 21")
    (14.0, None, None)
    """
    text = reply[:MAX_REPLY].rpartition("</think>")[2]  # a reasoning model's draft is not its verdict
    criteria = _from_json(text) or _from_lines(text)
    if criteria is not None:
        return Verdict("scored", math.fsum(criteria.values()), criteria)
    total = _total(text)
    return None if total is None else Verdict("scored", total)


# ---- JSON -------------------------------------------------------------------------------------------


def _from_json(text: str) -> dict[str, float] | None:
    """The criteria of the first JSON object that holds all four, at its top or one level down."""
    decoder = json.JSONDecoder(parse_constant=_refuse)
    at = -1
    for _ in range(MAX_OBJECTS):
        at = text.find("{", at + 1)
        if at < 0:
            return None
        try:
            found, _ = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):  # ValueError: not JSON, NaN, or an integer of 5,000 digits
            continue
        for candidate in (found, *found.values()):
            criteria = _criteria(candidate)
            if criteria is not None:
                return criteria
    return None


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def _criteria(candidate: Any) -> dict[str, float] | None:
    if not isinstance(candidate, dict):
        return None
    lowered = {key.strip().lower(): value for key, value in candidate.items()}
    values = {name: _number(lowered.get(name)) for name in CRITERIA}
    found = {name: value for name, value in values.items() if value is not None}
    return found if len(found) == len(CRITERIA) else None


def _number(value: Any) -> float | None:
    """A number within 0 to 5: 4, 4.5, "4", "4/5", or {"score": 4}; None for anything else."""
    if isinstance(value, dict):
        value = value.get("score")
    if isinstance(value, str):
        match = _FIVE.fullmatch(value.strip()[:20])
        value = float(match[1]) if match else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_CRITERION:
        return None
    return float(value) + 0.0  # no minus zero


# ---- lines ------------------------------------------------------------------------------------------
# Every repeat is bounded, so that a reply of one long line costs linear time.

_FIVE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?)(?:\s{0,2}(?:/|out of)\s{0,2}5(?:\.0)?)?")
_MARKS = r"[ \t*_\"'`]{0,6}"
_CRITERION = re.compile(
    rf"\b(?P<name>{'|'.join(CRITERIA)}){_MARKS}(?:\(?0 ?(?:-|–|to) ?5\)?)?{_MARKS}[:=]{_MARKS}"
    r"(?P<value>[0-9]{1,3}(?:\.[0-9]{1,4})?)(?!\w|\.[0-9]| ?[-–] ?[0-9]|\s?(?:/|out of)\s?(?!5\b)[0-9])",
    re.I,
)
_TOTAL = re.compile(
    rf"\b(?:total|overall|final)?{_MARKS}(?:score|total|overall|rating){_MARKS}(?::|=|\bis\b|\bof\b){_MARKS}"
    r"(?P<value>[0-9]{1,3}(?:\.[0-9]{1,4})?)(?!\w|\.[0-9]| ?[-–] ?[0-9])(?:\s?(?:/|out of)\s?(?P<of>[0-9]{1,3}))?",
    re.I,
)


def _from_lines(text: str) -> dict[str, float] | None:
    """All four criteria from "name: n" lines; a criterion given twice, differently, is not given."""
    found: dict[str, set[float]] = {name: set() for name in CRITERIA}
    for match in _CRITERION.finditer(text):
        found[match["name"].lower()].add(float(match["value"]))
    if any(len(values) != 1 or max(values) > MAX_CRITERION for values in found.values()):
        return None
    return {name: values.pop() for name, values in found.items()}


def _total(text: str) -> float | None:
    """The one total of a reply, on the scale of 20 unless it names its own ("7/10")."""
    found = set()
    for match in _TOTAL.finditer(text):
        value, scale = float(match["value"]), float(match["of"] or MAX_TOTAL)
        if scale not in (5, 10, 20, 100) or value > scale:
            return None
        found.add(value * MAX_TOTAL / scale)
    return found.pop() if len(found) == 1 else None
