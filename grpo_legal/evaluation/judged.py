"""The rubric's answers judged by a language model on the same scale, beside the scorer that needs none.

No training reward: the judge gets every answer, right or wrong, with the perfect answer as its reference, and its model
should be another than one that rewarded the training.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy import stats

from grpo_legal.evaluation.items import Item
from grpo_legal.judge_settings import JudgeSettings
from grpo_legal.rewards.judge import JudgeItem, judge_scores

Record = dict[str, Any]


def judge(answers: Mapping[str, Sequence[Record]], items: Sequence[Item], settings: JudgeSettings) -> list[Record]:
    """One record for each answer of the suite rubric: model, id, sample, points and judged (both of 20, or None), status.

    Raises UserError where the judge cannot be asked at all.
    """
    asked = {item.id: item.subject for item in items if item.suite == "rubric"}
    records = [r for found in answers.values() for r in found if r["suite"] == "rubric"]
    cases = [
        JudgeItem(
            r["text"],
            question=asked[r["id"]].question,
            reference=asked[r["id"]].gold,
            authorities=tuple(a.citation for a in asked[r["id"]].authorities),
        )
        for r in records
    ]
    verdicts = judge_scores(cases, settings)
    return [
        {
            "model": r["model"],
            "id": r["id"],
            "sample": r["sample"],
            "points": round(20 * r["score"], 4),
            "judged": v.total,
            "criteria": None if v.criteria is None else dict(v.criteria),
            "status": v.status,
        }
        for r, v in zip(records, verdicts, strict=True)
    ]


def agreement(judged: Sequence[Record]) -> dict[str, Any]:
    """How far judge and scorer agree: rank correlation (None below three pairs or without spread), means by model."""
    pairs = [(r["points"], r["judged"]) for r in judged if r["judged"] is not None]
    points, given = np.array(pairs, dtype=float).reshape(-1, 2).T
    spread = len(pairs) > 2 and np.ptp(points) > 0 and np.ptp(given) > 0
    models = {}
    for model in dict.fromkeys(r["model"] for r in judged):
        own = [r for r in judged if r["model"] == model and r["judged"] is not None]
        models[model] = {
            "judged": round(float(np.mean([r["judged"] for r in own])), 4) if own else None,
            "points": round(float(np.mean([r["points"] for r in own])), 4) if own else None,
            "n": len(own),
        }
    return {
        "n": len(pairs),
        "without_verdict": len(judged) - len(pairs),
        "spearman": round(float(stats.spearmanr(points, given).statistic), 4) if spread else None,
        "mean_difference": round(float((given - points).mean()), 4) if pairs else None,
        "models": models,
    }
