"""What the guards of a run did, as its metrics tell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grpo_legal import guards
from grpo_legal.reporting.words import number, printable

SHOWN = 40


@dataclass(frozen=True)
class Act:
    """One thing that a guard did: what it saw and did at step `first`, and the `last` step on which the sign lasted."""

    guard: str
    says: str
    did: str
    first: float | None
    last: float | None


def guarded(metrics: Sequence[Mapping[str, Any]]) -> list[Act]:
    """The acts in their order, at most `SHOWN`. An entry without an act is of a sign that was acted on before."""
    found: list[Act] = []
    for record in metrics:
        step = number(record.get("step"))
        for entry in guards.acts(record):
            name = printable(str(entry.get("guard", "")).replace("_", "-"))
            if entry.get("act"):
                says, did = (printable(entry.get(key, "")) for key in ("says", "did"))
                found.append(Act(name, says, did, step, step))
                continue
            at = next((i for i in reversed(range(len(found))) if found[i].guard == name), None)
            if at is not None:
                found[at] = replace(found[at], last=step)
    return found[:SHOWN]
