"""What changed between two answers, word by word."""

from __future__ import annotations

import difflib
import re

Marked = list[tuple[str, str]]  # ("same" | "del" | "ins", text)
_PIECES = re.compile(r"\s+|\w+|[^\w\s]")


def marked(before: str, after: str) -> tuple[Marked, Marked]:
    """`before` with what is gone marked "del", and `after` with what is new marked "ins".

    The pieces of either side put together are that text again. Equal pieces that stand far from a match may be marked,
    as difflib looks for long common runs, not for the shortest difference.

    >>> marked("Answer: Yes", "Answer: No")
    ([('same', 'Answer: '), ('del', 'Yes')], [('same', 'Answer: '), ('ins', 'No')])
    """
    first, second = _PIECES.findall(before), _PIECES.findall(after)
    left: Marked = []
    right: Marked = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, first, second).get_opcodes():
        _add(left, "same" if tag == "equal" else "del", "".join(first[a:b]))
        _add(right, "same" if tag == "equal" else "ins", "".join(second[c:d]))
    return left, right


def _add(side: Marked, kind: str, text: str) -> None:
    """Append, joined to the last piece where that is of the same kind."""
    if side and side[-1][0] == kind:
        side[-1] = (kind, side[-1][1] + text)
    elif text:
        side.append((kind, text))
