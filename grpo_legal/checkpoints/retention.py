"""Which checkpoints are kept: the newest ones, and the best.

A checkpoint's score stands in its manifest: held-out accuracy where the run answers held-out problems on its way, else
the mean reward since the checkpoint before, in supervised runs the mean loss (turned round: higher is better). Only
checkpoints with the same kind of score are compared, held-out accuracy before all others. A tie goes to the later one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from grpo_legal.checkpoints import durable, manifest, shelf

KINDS = ("held_out_accuracy", "reward", "-loss")  # the first that a record has counts


def score(records: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The score of a checkpoint from the metrics since the one before: {"name": …, "value": …}, None without any."""
    records = list(records)
    probed = [r["held_out_accuracy"] for r in records if r.get("held_out_accuracy") is not None]
    if probed:
        return {"name": KINDS[0], "value": probed[-1]}
    for name, key, sign in ((KINDS[1], "reward", 1), (KINDS[2], "loss", -1)):
        values = [r[key] for r in records if r.get(key) is not None]
        if values:
            return {"name": name, "value": round(sign * sum(values) / len(values), 6)}
    return None


def best(folder: Path) -> tuple[Path, dict[str, Any]] | None:
    """The checkpoint with the best score and that score, None where no checkpoint has one."""
    scored = [(p, m["score"]) for _, p in shelf.steps(folder) if (m := manifest.read(p)) and m.get("score")]
    return _best(scored)


def _best(scored: Sequence[tuple[Path, dict[str, Any]]]) -> tuple[Path, dict[str, Any]] | None:
    """`scored` has the newest first, and `max` takes the first of equals."""
    for kind in KINDS:
        alike = [(path, score) for path, score in scored if score["name"] == kind]
        if alike:
            return max(alike, key=lambda one: one[1]["value"])
    return None


def outdated(folder: Path, last: int, keep_best: bool) -> list[Path]:
    """Checkpoints that are neither among the `last` newest nor, where it is to be kept, the best.

    Only those with a sound manifest count: one without is not deleted, and makes no whole one redundant.
    """
    whole = [path for _, path in shelf.steps(folder) if manifest.read(path) is not None]
    top = best(folder) if keep_best else None
    return [path for path in whole[last:] if top is None or path != top[0]]


def rotate(folder: Path, last: int, keep_best: bool) -> None:
    """Delete the outdated ones, the oldest first."""
    for path in reversed(outdated(folder, last, keep_best)):
        durable.delete(path)
