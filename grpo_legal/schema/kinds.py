"""The kinds of answer, and the limits that hold for each."""

from __future__ import annotations

from typing import Literal

AnswerKind = Literal["yes_no", "label", "amount", "date", "datetime", "list", "text"]
PromptStyle = Literal["short", "reasoned", "few_shot"]
KINDS: tuple[AnswerKind, ...] = ("yes_no", "label", "amount", "date", "datetime", "list", "text")
YES_NO = ("Yes", "No")
EMPTY_LIST = "none"  # the canonical list without an item

AMOUNT_TOLERANCE = 0.01  # dollars: a cent of rounding either way
MAX_ANSWER_LINE = 300  # characters; a longer "answer line" is an essay and names no answer
MAX_LIST_LINE = 2000  # of a list (some sixty names) or a text


def longest_line(kind: AnswerKind) -> int:
    """How many characters the answer line of this kind may have."""
    return MAX_LIST_LINE if kind in ("list", "text") else MAX_ANSWER_LINE
