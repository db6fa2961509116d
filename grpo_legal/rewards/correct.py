"""`correct_answer`: is the final answer the right one? The only reward that every other one hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from grpo_legal.schema import AnswerKind, completion_text, read_answer, score_answer

KEPT_CHARACTERS = 8_000  # of a text whose answer is kept, so that what is kept stays small


def correct_answer(
    completions: Sequence[Any],
    *,
    kind: Sequence[AnswerKind],
    labels: Sequence[Sequence[str]],
    answer: Sequence[str],
    tolerance: Sequence[float] | None = None,
    alternatives: Sequence[Sequence[str]] | None = None,
    **columns: Any,
) -> list[float]:
    """1.0 where the answer read from the final answer line is the gold answer, else 0.0; for a list, the F1 of its items.

    `tolerance` is how far off an amount may be, as a share of it (without the column: to the cent), `alternatives` the
    other right forms of a text (without: none). Bounds [0, 1].

    Source: the verifiable reward of DeepSeek-R1 (arXiv 2501.12948), with schema.read_answer as its only reader and
    schema.score_answer as its only judge, so that reward and evaluation agree. What stands in the reasoning is not read.

    >>> told = ["It was offered for its truth.\\nAnswer: Yes", "Yes and No", ""]
    >>> correct_answer(told, kind=["yes_no"] * 3, labels=[["Yes", "No"]] * 3, answer=["Yes"] * 3)
    [1.0, 0.0, 0.0]
    """
    n = len(completions)
    return [
        score_answer(answer_of(completion_text(c), k, tuple(names or ())), gold, k, allowed or 0.0, others or ())
        for c, k, names, gold, allowed, others in zip(
            completions, kind, labels, answer, tolerance or [0.0] * n, alternatives or [()] * n, strict=True
        )
    ]


def answer_of(text: str, kind: AnswerKind, labels: tuple[str, ...]) -> str | None:
    """`schema.read_answer`, kept for texts of ordinary length: the gate of every reward asks for it again."""
    return _kept(text, kind, labels) if len(text) <= KEPT_CHARACTERS else read_answer(text, kind, labels)


_kept = lru_cache(maxsize=4096)(read_answer)
