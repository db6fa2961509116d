"""`correct_answer`: is the final answer the right one? The only reward that every other one hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grpo_legal.schema import AnswerKind, completion_text, is_correct, read_answer


def correct_answer(
    completions: Sequence[Any],
    *,
    kind: Sequence[AnswerKind],
    labels: Sequence[Sequence[str]],
    answer: Sequence[str],
    **columns: Any,
) -> list[float]:
    """1.0 where the answer read from the final answer line equals the gold answer, else 0.0.

    Source: the verifiable reward of DeepSeek-R1 (arXiv 2501.12948), with schema.read_answer as its only reader,
    so that reward and evaluation agree. Whatever stands in the reasoning is not read.

    >>> told = ["It was offered for its truth.\\nAnswer: Yes", "Yes and No", ""]
    >>> correct_answer(told, kind=["yes_no"] * 3, labels=[["Yes", "No"]] * 3, answer=["Yes"] * 3)
    [1.0, 0.0, 0.0]
    """
    return [
        float(is_correct(read_answer(completion_text(c), k, names), gold, k))
        for c, k, names, gold in zip(completions, kind, labels, answer, strict=True)
    ]
