"""The scores of one model, by suite: families, LegalBench with both of its metrics, the rubric.

A question asked several times counts with the mean of its samples. The score of a suite is the mean over its groups
(families, tasks, domains), so that a large group buys nothing; a group with gold labels has balanced accuracy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from grpo_legal import legalbench, schema, stats

Record = dict[str, Any]
LABELLED = ("yes_no", "label")


def by_question(records: Sequence[Record]) -> list[Record]:
    """One record a question in the order of their ids, `score` and `scores` being means over its samples."""
    asked: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for r in records:
        asked[r["suite"], r["id"]].append(r)
    out = []
    for _, samples in sorted(asked.items()):
        scores = {name: float(np.mean([s["scores"][name] for s in samples])) for name in samples[0]["scores"]}
        out.append({**samples[0], "score": float(np.mean([s["score"] for s in samples])), "scores": scores})
    return out


def classes(questions: Sequence[Record]) -> list[str]:
    """The gold class of each question; open answers and the rubric have one class."""
    return [q["gold"] if q["kind"] in LABELLED else "*" for q in questions]


def score(records: Sequence[Record]) -> dict[str, Any]:
    """The scores of every suite that has records: score (0 to 1), n, unreadable (share), and by group."""
    suites = sorted({r["suite"] for r in records})
    return {suite: _suite([r for r in records if r["suite"] == suite], suite) for suite in suites}


def _suite(records: list[Record], suite: str) -> dict[str, Any]:
    groups = {name: _group(found, suite) for name, found in _split(records, "group").items()}
    made = {"score": _mean(groups), "n": len(by_question(records)), "groups": groups}
    if suite != "rubric":
        made["unreadable"] = _unreadable(records)
    if suite == "families":
        made["by_difficulty"] = {}
        for level, found in _split(records, "difficulty").items():
            by_family = {name: _group(own, suite) for name, own in _split(found, "group").items()}
            made["by_difficulty"][str(level)] = {"score": _mean(by_family), "n": len(by_question(found))}
            for name, own in by_family.items():
                kept = {key: own[key] for key in ("score", "n")}
                groups[name].setdefault("by_difficulty", {})[str(level)] = kept
    if suite == "legalbench":
        made["official"] = _mean(groups, "official")
        reasoning = {name: {r["group"] for r in found} for name, found in _split(records, "reasoning").items()}
        made["by_reasoning"] = {
            name: {key: _mean({t: groups[t] for t in tasks}, key) for key in ("score", "official")}
            | {"tasks": len(tasks)}
            for name, tasks in reasoning.items()
        }
    if suite == "rubric":
        questions = by_question(records)
        made["points"] = round(20 * made["score"], 4)
        made["criteria"] = {
            name: round(float(np.mean([q["scores"][name] for q in questions])), 4) for name in questions[0]["scores"]
        }
    return made


def _group(records: list[Record], suite: str) -> dict[str, Any]:
    questions = by_question(records)
    found = {"score": stats.balanced_accuracy([q["score"] for q in questions], classes(questions)), "n": len(questions)}
    if suite != "rubric":
        found["unreadable"] = _unreadable(records)
    if suite == "legalbench":
        texts, cells = [r["text"] for r in records], [r["gold_cell"] for r in records]
        found["official"] = legalbench.official_score(records[0]["group"], [_final(t) for t in texts], cells)
        found["score"] = legalbench.corrected_score(records[0]["group"], texts, cells)
    return {key: round(value, 6) if isinstance(value, float) else value for key, value in found.items()}


def _final(text: str) -> str:
    """What the official scorer is given: the final answer line where there is one, since it knows no reasoning."""
    line = schema.final_answer_line(text)
    return text if line is None else line


def _split(records: Sequence[Record], key: str) -> dict[Any, list[Record]]:
    found: dict[Any, list[Record]] = defaultdict(list)
    for r in records:
        found[r[key]].append(r)
    return dict(sorted(found.items()))


def _mean(groups: dict[str, dict[str, Any]], key: str = "score") -> float:
    return round(stats.macro([g[key] for g in groups.values()]), 6)


def _unreadable(records: Sequence[Record]) -> float:
    return round(sum(r["answer"] is None for r in records) / len(records), 6)
