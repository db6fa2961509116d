"""Do two models differ? Every pair in the order given, paired by question, Holm over the pairs of a suite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from grpo_legal import stats
from grpo_legal.evaluation.scores import Record, by_question, classes


def compare(answers: Mapping[str, Sequence[Record]], *, seed: int) -> list[dict[str, Any]]:
    """A contrast for each suite and each pair of models, over the questions that both answered.

    `delta` and `ci95` are later minus earlier, in shares (rubric: of 20 points); `p_value` is exact McNemar (by cluster
    where questions share a template) or, for the rubric, a sign-flip permutation test; `p_holm` is corrected over the
    pairs of the suite; `detectable` is the smallest true difference that so many questions would show 4 times in 5.
    """
    questions = {model: {(q["suite"], q["id"]): q for q in by_question(found)} for model, found in answers.items()}
    contrasts = []
    for suite in sorted({key[0] for found in questions.values() for key in found}):
        made = []
        for earlier, later in combinations(answers, 2):
            shared = sorted(k for k in questions[earlier] if k[0] == suite and k in questions[later])
            if shared:
                was, now = ([questions[m][k] for k in shared] for m in (earlier, later))
                made.append({"suite": suite, "before": earlier, "after": later, **_contrast(suite, was, now, seed)})
        for contrast, corrected in zip(made, stats.holm([c["p_value"] for c in made]), strict=True):
            contrast["p_holm"] = corrected
            contrast["verdict"] = _verdict(suite, contrast)
        contrasts += made
    return contrasts


def _contrast(suite: str, was: list[Record], now: list[Record], seed: int) -> dict[str, Any]:
    first, second, family = ([q["score"] for q in was], [q["score"] for q in now], [q["group"] for q in was])
    gold, cluster = classes(was), stats.trusted_clusters([q["template"] or q["id"] for q in was], family)
    if suite == "rubric":
        found = stats.mean_difference(first, second, seed=seed)
        groups = {
            name: stats.mean_difference(*(_of(name, family, column) for column in (first, second)), seed=seed)
            for name in sorted(set(family))
        }
    else:
        found = stats.paired_difference(first, second, gold, family, cluster, seed=seed)
        groups = stats.family_differences(first, second, gold, family, cluster, seed=seed)
    corrected = dict(zip(groups, stats.holm([d.p_value for d in groups.values()]), strict=True))
    return {
        **_told(found),
        "standard_error": round(stats.clustered_standard_error(first, second, cluster), 6),
        "detectable": round(stats.detectable_difference(first, second, cluster), 6),
        "groups": {name: {**_told(d), "p_holm": corrected[name]} for name, d in groups.items()},
    }


def _of(name: str, names: Sequence[str], column: Sequence[float]) -> list[float]:
    return [value for value, own in zip(column, names, strict=True) if own == name]


def _told(found: stats.Difference) -> dict[str, Any]:
    ci95 = [round(x, 6) for x in found.ci95]
    return {"delta": round(found.delta, 6), "ci95": ci95, "p_value": found.p_value, "n": found.n}


def _verdict(suite: str, contrast: Mapping[str, Any]) -> str:
    scale = 20 if suite == "rubric" else 100
    return stats.verdict(contrast["delta"], contrast["ci95"], contrast["n"], scale=scale, p_holm=contrast["p_holm"])
