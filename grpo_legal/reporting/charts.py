"""Which figures a run gets: scores, differences by family and task, and the curves of its training."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from grpo_legal.reporting import figures
from grpo_legal.reporting.figures import Figure, Row
from grpo_legal.reporting.findings import Contrast, title
from grpo_legal.reporting.scores import Score
from grpo_legal.reporting.words import POINTS, number, plain

CURVES = (  # key of the metrics record, title, whether it is a share, whether it stands on few steps only
    ("completion_length", "Completion length (tokens)", False, False),
    ("truncated", "Completions cut off", True, False),
    ("zero_variance", "Groups without variance", True, False),
    ("kl", "KL divergence (nats a token)", False, False),
    ("entropy", "Entropy (nats a token)", False, False),
    ("held_out_accuracy", "Held-out accuracy while training", True, True),
    ("failed_rewards", "Rewards that failed", True, False),
)


def curves(metrics: Sequence[Mapping[str, Any]]) -> list[Figure]:
    """The total reward, each reward, and the curves of `CURVES` that have values."""
    made = [_series(metrics, "reward", "Reward, weighted sum", _at("reward"), False, False)]
    names = dict.fromkeys(name for r in metrics if isinstance(r.get("rewards"), dict) for name in r["rewards"])
    for i, name in enumerate(names):
        made.append(_series(metrics, f"reward-{i + 1}-{slug(name)}", plain(name), _part(name), False, False))
    for key, words, percent, few in CURVES:
        if key != "failed_rewards" or any(number(r.get(key)) for r in metrics):
            made.append(_series(metrics, slug(key), words, _at(key), percent, few))
    return [figure for figure in made if figure]


def _at(key: str) -> Any:
    return lambda record: number(record.get(key))


def _part(name: str) -> Any:
    return lambda record: number((record.get("rewards") or {}).get(name))


def _series(
    metrics: Sequence[Mapping[str, Any]], name: str, words: str, value: Any, percent: bool, few: bool
) -> Figure | None:
    known = [(step, v) for r in metrics if (v := value(r)) is not None and (step := number(r.get("step"))) is not None]
    if not known:
        return None
    steps, values = zip(*known, strict=True)
    return figures.curve(f"curve-{name}", words, steps, values, percent=percent, dots=few)


def score_plots(found: Sequence[Score]) -> list[Figure]:
    """A dot plot for each suite: every model with its interval."""
    made = []
    for suite in dict.fromkeys(score.suite for score in found):
        top = POINTS.get(suite, 100)
        rows = [_dot(score, top) for score in found if score.suite == suite and score.value is not None]
        if rows:
            unit = "points of 20" if suite in POINTS else "balanced accuracy, %"
            made.append(figures.dots(f"scores-{slug(suite)}", title(suite), rows, unit=unit, top=top))
    return made


def _dot(score: Score, top: float) -> Row:
    value = score.value if score.centre is None else score.centre
    return Row(plain(score.model), top * value, score.ci95 and (top * score.ci95[0], top * score.ci95[1]))


def forests(found: Sequence[Contrast]) -> list[Figure]:
    """A forest plot for each contrast: its families, tasks or domains, the worst on top."""
    made = []
    for contrast in found:
        top = POINTS.get(contrast.suite, 100)
        rows = [Row(g.name, top * g.delta, (top * g.ci95[0], top * g.ci95[1])) for g in contrast.groups]
        if rows:
            name = f"forest-{slug(contrast.suite)}-{slug(contrast.before)}-{slug(contrast.after)}"
            made += figures.forest(name, contrast.title, rows, unit="points")
    return made


def slug(name: Any) -> str:
    """A name as part of a file name: ASCII letters, digits and dashes, at most 40.

    >>> slug("my_rewards:cites §")
    'my-rewards-cites'
    """
    return re.sub(r"[^a-z0-9]+", "-", str(name).lower())[:40].strip("-") or "x"
