"""LegalBench's own scores, bug for bug, to compare with published figures.

Source: evaluation.py of HazyResearch/legalbench (commit 10be1b6), the metric of all its tasks but rule_qa, which a
person marks. The values agree with it on any generations that it does not break down on; where it breaks down on one
(a run of digits longer than a float), that generation counts as wrong here. What it gets wrong is listed in
`grpo_legal.legalbench.corrected`, which has the other number to report.

    >>> official_score("hearsay", ["Yes", "The answer is No"], ["Yes", "No"])
    0.5
"""

from __future__ import annotations

import re
import string
from collections import defaultdict
from collections.abc import Callable, Sequence

from grpo_legal.errors import UserError
from grpo_legal.legalbench.stems import LONGEST_SUFFIX, stem
from grpo_legal.legalbench.table import Task, find_task

_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
_LONGEST_AMOUNT = 300  # digits; what is longer is no float


def official_score(task: str, generations: Sequence[str], answers: Sequence[str]) -> float:
    """The score of these generations as LegalBench computes it, in [0, 1].

    `answers` are gold cells as its files hold them ("$27181", "de facto merger,mere continuation"). UserError for an
    unknown task, for rule_qa, for no generations, for answers that are fewer (in exact-match tasks: fewer or more;
    elsewhere those over are ignored, as upstream), and for a gold amount that is no whole number.

        >>> official_score("ssla_plaintiff", ["Ann Lee, Bob Ruiz"], ["Ann Lee,Bob Ruiz"])    # perfect, and yet
        0.8
    """
    found = scored_task(task)
    metric = _METRICS.get(found.metric, _balanced_accuracy)
    if metric is _balanced_accuracy and len(generations) != len(answers):
        raise UserError(
            f"legalbench {task}: {len(generations)} generations and {len(answers)} answers; as many are legal"
        )
    if not generations:
        raise UserError(f"legalbench {task}: no generations to score")
    if metric is _case_contained:
        generations = generations[: len(answers)]  # upstream zips the two
    if not answers or len(answers) < len(generations):
        raise UserError(f"legalbench {task}: only {len(answers)} answers to {len(generations)} generations")
    return float(metric([str(g) for g in generations], list(answers[: len(generations)])))


def scored_task(name: str) -> Task:
    """The task of this name. UserError for one that only a person can mark."""
    task = find_task(name)
    if not task.trainable:
        raise UserError(f"legalbench task {name!r} is marked by a person; no program can score its free text")
    return task


def _normal(text: str) -> str:
    return text.translate(_NO_PUNCTUATION).strip().lower()


def _balanced_accuracy(generations: Sequence[str], answers: Sequence[str]) -> float:
    """The mean over the gold classes of the share of their rows that were given exactly, punctuation aside."""
    hits: dict[str, list[bool]] = defaultdict(list)
    for generation, answer in zip(generations, answers, strict=True):
        hits[_normal(str(answer))].append(_normal(generation) == _normal(str(answer)))
    recalls = [sum(of_class) / len(of_class) for of_class in hits.values()]
    return sum(recalls) / len(recalls)


def _within_10_percent(generations: Sequence[str], answers: Sequence[str]) -> float:
    """The first run of digits, once all commas and full stops are gone, against the gold amount and ten cents."""
    hits = 0
    for generation, answer in zip(generations, answers, strict=True):
        try:
            gold = int(answer.replace("$", ""))
        except ValueError:
            raise UserError(
                f"legalbench sara_numeric: gold answer {answer[:40]!r} is no amount such as $27181"
            ) from None
        digits = re.search(r"\d+", generation.replace(",", "").replace(".", ""))
        if digits is None or len(digits.group()) <= _LONGEST_AMOUNT:
            given = int(digits.group()) if digits else 0
            hits += abs(given / (gold + 0.1) - 1.0) < 0.1
    return hits / len(generations)


def _any_stem(generations: Sequence[str], answers: Sequence[str]) -> float:
    """Whether any of the items between commas has the stem of any of the gold ones."""
    hits = 0
    for generation, answer in zip(generations, answers, strict=True):
        gold = [_normal(item) for item in answer.split(",")]
        stems = {stem(item) for item in gold}
        longest = max(map(len, gold)) + LONGEST_SUFFIX  # a longer item has a longer stem
        items = (_normal(item) for item in generation.split(","))
        hits += any(stem(item) in stems for item in items if len(item) <= longest)
    return hits / len(generations)


def _case_contained(generations: Sequence[str], answers: Sequence[str]) -> float:
    """Whether the gold name stands anywhere in the text, punctuation aside."""
    return sum(_normal(a) in _normal(g) for g, a in zip(generations, answers, strict=True)) / len(generations)


def _names_f1(generations: Sequence[str], answers: Sequence[str]) -> float:
    """Micro-F1 over names between commas, by substring; what is left over counts as wrong anew for every gold name."""
    right = wrong = missed = 0
    for generation, answer in zip(generations, answers, strict=True):
        left = [_normal(item) for item in generation.split(",")]
        for name in map(_normal, answer.split(",")):
            at = next((i for i, item in enumerate(left) if name in item), None)
            if at is None:
                missed += 1
            else:
                right += 1
                del left[at]
            wrong += len(left)
    return 2 * right / (2 * right + wrong + missed)


# successor_liability has an F1 upstream that is never reached: the task's name stands in the list of exact matches.
_METRICS: dict[str, Callable[[Sequence[str], Sequence[str]], float]] = {
    "numeric_within_10_percent": _within_10_percent,
    "stemmed_term_match": _any_stem,
    "citation_contained": _case_contained,
    "names_micro_f1": _names_f1,
}
