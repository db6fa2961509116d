"""LegalBench's scores as they are meant, on whole completions: what a model answers, not how it happens to write it.

| task | upstream | here |
| --- | --- | --- |
| all with labels | "The answer is Yes" and "Option A" are wrong | the final answer line is read |
| successor_liability | its F1 is never reached; "a, b" is wrong for "a,b" | F1 over the exceptions |
| ssla_* | a perfect answer to two names scores .8; an empty gold cell takes anything | F1 over whole names |
| ssla_plaintiff | gold "['Not named']" is a name | it is the empty list, "none" |
| sara_numeric | "$100.00" is 10000; "section 1" is $1; a gold of 0 is never right | one amount in dollars, within 10% |
| citation_prediction_open | rows over are cut off; any text that holds the name is right | the name alone, or with its reporter |
| definition_extraction | one of many candidates is enough; "authority" is "authorize" | one term, or a regular inflection of it |

A row is scored as the reward `correct_answer` scores it: both go through schema.read_answer and schema.score_answer.

    >>> corrected_score("hearsay", ["Yes", "It was said in court.\\nAnswer: No"], ["Yes", "No"])
    1.0
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from grpo_legal.errors import UserError
from grpo_legal.legalbench.gold import Gold, read_gold
from grpo_legal.legalbench.official import scored_task
from grpo_legal.legalbench.table import Task
from grpo_legal.schema import completion_text, list_counts, read_answer, score_answer


def corrected_score(task: str, generations: Sequence[Any], answers: Sequence[str]) -> float:
    """Balanced accuracy, micro-F1 (lists) or accuracy (amounts, texts) of these completions, in [0, 1].

    `generations` are texts or lists of chat messages, `answers` gold cells of LegalBench's files or the canonical
    answers of Problems. A list without an item counts as the one item "none", so that it can be right or wrong.
    UserError for an unknown task, for rule_qa, where the two differ in number or are none, and for a gold answer that
    is none of the task's.

        >>> corrected_score("sara_numeric", ["Answer: $0.00", "Answer: $100.00"], ["$0", "$99"])
        1.0
    """
    found = scored_task(task)
    if not generations or len(generations) != len(answers):
        raise UserError(
            f"legalbench {task}: {len(generations)} generations and {len(answers)} answers; as many are legal, one at least"
        )
    golds = [_gold(found, answer) for answer in answers]
    given = [read_answer(completion_text(g), found.kind, found.labels) for g in generations]
    if found.kind == "list":
        return _micro_f1(given, golds)
    scores = [
        score_answer(answer, gold.answer, found.kind, found.tolerance, gold.alternatives)
        for answer, gold in zip(given, golds, strict=True)
    ]
    classes: dict[str, list[float]] = defaultdict(list)
    for score, gold in zip(scores, golds, strict=True):
        classes[gold.answer if found.labels else ""].append(score)
    return sum(sum(of_class) / len(of_class) for of_class in classes.values()) / len(classes)


def _gold(task: Task, answer: str) -> Gold:
    gold = read_gold(task, str(answer))
    if gold is None:
        legal = ", ".join(task.labels) or f"answers of kind {task.kind}"
        raise UserError(f"legalbench {task.name}: gold answer {str(answer)[:60]!r} is none of: {legal}")
    return gold


def _micro_f1(given: Sequence[str | None], golds: Sequence[Gold]) -> float:
    counts = [list_counts(answer, gold.answer) for answer, gold in zip(given, golds, strict=True)]
    shared, n_given, n_gold = (sum(column) for column in zip(*counts, strict=True))
    return 2 * shared / (n_given + n_gold)
