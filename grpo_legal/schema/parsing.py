"""The canonical answer in one line, by kind."""

from __future__ import annotations

from collections.abc import Sequence

from grpo_legal.schema.kinds import KINDS, YES_NO, AnswerKind, longest_line
from grpo_legal.schema.lists import parse_list, parse_text
from grpo_legal.schema.values import parse_amount, parse_date, parse_datetime
from grpo_legal.schema.words import fold, label_spans, stands_open


def parse_answer(line: str, kind: AnswerKind, labels: Sequence[str] = ()) -> str | None:
    """Canonical form of the one answer in `line`, or None. ValueError for an unknown kind.

    The answer opens the line and is followed by nothing, by punctuation or by a reason, and no other answer
    of its kind stands in the line. A list without labels and a text are the whole line.

        >>> parse_answer("De facto merger and mere continuation.", "list", ("mere continuation", "de facto merger"))
        'mere continuation; de facto merger'
    """
    if kind not in KINDS:
        raise ValueError(f"answer kind {kind!r} is none of {', '.join(KINDS)}")
    if len(line) > longest_line(kind):
        return None
    if kind == "list":
        return parse_list(line, labels)
    if kind in _PARSERS:
        return _PARSERS[kind](line)
    return _parse_label(line, labels or YES_NO)


_PARSERS = {"amount": parse_amount, "date": parse_date, "datetime": parse_datetime, "text": parse_text}


def _parse_label(line: str, labels: Sequence[str]) -> str | None:
    """The label that opens the line, provided that no other label stands in it."""
    text = fold(line)
    spans = label_spans(text, labels)
    if len({label for _, _, label in spans}) != 1:
        return None
    start, end, label = spans[0]
    return label if stands_open(text, start, end) else None
