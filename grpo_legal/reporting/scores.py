"""The score of every model on every suite, with its 95% interval.

The interval is the bootstrap of `stats.paired_difference` against a model that has nothing right, over the same strata
and clusters as the differences (rubric: BCa over questions). Where all answers are right, or none, resampling shows no
spread: there the bound is the exact binomial one (Clopper and Pearson 1934, Biometrika 26:404).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grpo_legal import stats
from grpo_legal.reporting.read import Run
from grpo_legal.reporting.words import number

LABELLED = ("yes_no", "label")


@dataclass(frozen=True)
class Score:
    """One model on one suite, in shares. `centre` and `ci95` are of balanced accuracy (rubric: the mean), which is also
    `value` but for LegalBench, whose tasks have metrics of their own. None where the answers are not there."""

    suite: str
    model: str
    value: float | None
    centre: float | None
    ci95: tuple[float, float] | None
    n: float | None
    unreadable: float | None
    official: float | None
    groups: Mapping[str, float]


def scores(run: Run) -> list[Score]:
    """Evaluation first, suite by suite, then the held-out questions of the training run."""
    told = run.results.get("scores") if isinstance(run.results.get("scores"), dict) else {}
    suites = sorted({suite for found in told.values() if isinstance(found, dict) for suite in found})
    out = []
    for suite in suites:
        for model, found in told.items():
            if isinstance(found, dict) and isinstance(found.get(suite), dict):
                own = [r for r in run.models.get(model, ()) if r["suite"] == suite]
                out.append(_score(suite, model, found[suite], "score", _evaluated(own)))
    for which in ("before", "after"):
        if isinstance(found := run.summary.get(which), dict):
            out.append(_score("training", which, found, "balanced_accuracy", _held_out(run.held_out.get(which, ()))))
    return out


Columns = tuple[list[float], list[str], list[str], list[str]]  # score, class, group, cluster


def _score(suite: str, model: str, told: Mapping[str, Any], key: str, columns: Columns | None) -> Score:
    groups = told.get("groups" if suite != "training" else "families")
    centre, ci95 = measured(suite, *columns) if columns else (None, None)
    return Score(
        suite, model, number(told.get(key)), centre, ci95, number(told.get("n")), number(told.get("unreadable")),
        number(told.get("official")),
        {n: v for n, g in (groups or {}).items() if isinstance(g, dict) and (v := number(g.get(key))) is not None},
    )  # fmt: skip


def measured(
    suite: str, right: Sequence[float], gold: Sequence[str], group: Sequence[str], cluster: Sequence[str]
) -> tuple[float, tuple[float, float]]:
    """A score and its 95% interval, in shares. The columns are aligned by question.

    >>> measured("families", [1.0] * 20, ["*"] * 20, ["a"] * 20, list("abcdefghijklmnopqrst"))[1][0]  # 0.025 ** (1 / 20)
    0.8315664736...
    """
    nothing = [0.0] * len(right)
    if set(right) in ({0.0}, {1.0}):
        room = 0.025 ** (1 / len(set(cluster)))
        return right[0], (room, 1.0) if right[0] else (0.0, 1 - room)
    if suite == "rubric":
        found = stats.mean_difference(nothing, right)
    else:
        found = stats.paired_difference(nothing, right, gold, group, cluster)
    return found.delta, (max(0.0, found.ci95[0]), min(1.0, found.ci95[1]))


def _evaluated(records: Sequence[Mapping[str, Any]]) -> Columns | None:
    """By question, samples averaged; clusters are templates, as in the contrasts of the evaluation."""
    asked: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for r in records:
        asked[str(r["id"])].append(r)
    means = [sum(float(r["score"]) for r in found) / len(found) for found in asked.values()]
    first = [found[0] for found in asked.values()]
    cluster = [str(r.get("template") or r["id"]) for r in first]
    return (means, _classes(first), [str(r["group"]) for r in first], cluster) if first else None


def _held_out(records: Sequence[Mapping[str, Any]]) -> Columns | None:
    """Every question by itself, as in the difference that the training run tells."""
    if not records:
        return None
    ids = [str(r["problem_id"]) for r in records]
    return [float(r["correct"]) for r in records], _classes(records), [str(r["family"]) for r in records], ids


def _classes(records: Sequence[Mapping[str, Any]]) -> list[str]:
    return [str(r["gold"]) if r["kind"] in LABELLED else "*" for r in records]
