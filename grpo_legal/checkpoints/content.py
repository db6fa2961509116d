"""A fingerprint of the rows that a run learns from and is measured on, and how two of them differ.

    {"train": {"rows": 40, "sha256": "…", "groups": {"hearsay": {"rows": 40, "sha256": "…"}}}, "held_out": {…}}

The order of the rows counts: it is the order of training.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Fingerprint = dict[str, dict[str, Any]]


def fingerprint(sides: Mapping[str, Iterable[Any]], group: Callable[[Any], str]) -> Fingerprint:
    """Of the rows of each side, which must be JSON, all in all and by `group`."""
    made = {}
    for side, rows in sides.items():
        whole, parts, counts = hashlib.sha256(), defaultdict(hashlib.sha256), defaultdict(int)
        for row in rows:
            line = json.dumps(row, sort_keys=True, ensure_ascii=False).encode() + b"\n"
            name = group(row)
            whole.update(line)
            parts[name].update(line)
            counts[name] += 1
        groups = {n: {"rows": counts[n], "sha256": parts[n].hexdigest()} for n in sorted(parts)}
        made[side] = {"rows": sum(counts.values()), "sha256": whole.hexdigest(), "groups": groups}
    return made


def digest(made: Fingerprint) -> str:
    """One sha256 for a fingerprint."""
    return hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()


def changes(was: Fingerprint, now: Fingerprint) -> list[str]:
    """What differs, each as "train hearsay 40 -> 39 rows"."""
    return [f"{side} {told}" for side in {**was, **now} for told in _side(was.get(side), now.get(side))]


def _side(was: dict[str, Any] | None, now: dict[str, Any] | None) -> list[str]:
    if was is None or now is None:
        return ["has gone" if now is None else "is new"]
    if was["sha256"] == now["sha256"]:
        return []
    told = []
    for name in {**was["groups"], **now["groups"]}:
        one, other = was["groups"].get(name), now["groups"].get(name)
        if one == other:
            continue
        counts = [0 if g is None else g["rows"] for g in (one, other)]
        told.append(f"{name} {counts[0]} -> {counts[1]} rows" if counts[0] != counts[1] else f"{name} has other rows")
    return told or ["has its rows in another order"]
