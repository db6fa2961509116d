"""Which completions of a batch a person is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def most_different(records: Sequence[Mapping[str, Any]], group: int) -> dict[str, Any] | None:
    """Best and worst completion of the group that differs most; `records` are lines of completions.jsonl, whole groups of
    `group` one after another. None where no completion has a reward."""
    whole = [records[i : i + group] for i in range(0, len(records), group)]
    scored = [[r for r in each if r.get("reward") is not None] for each in whole]
    groups = [each for each in scored if each]
    if not groups:
        return None
    spread = [max(r["reward"] for r in g) - min(r["reward"] for r in g) for g in groups]
    chosen = groups[spread.index(max(spread))]
    best, worst = max(chosen, key=lambda r: r["reward"]), min(chosen, key=lambda r: r["reward"])
    return {
        "step": best["step"],
        "prompt": best["prompt"],
        "gold": best.get("answer", ""),
        "best": {"text": best["completion"], "reward": best["reward"]},
        "worst": {"text": worst["completion"], "reward": worst["reward"]},
    }
