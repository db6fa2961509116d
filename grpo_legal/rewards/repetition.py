"""`no_repetition`: does the text go on saying new things, or does it loop?

A loop is the cheapest way to a long text. Three measures are taken and the worst one counts: rows of words that
stood in the text before, lines that did, and how far a compressor shrinks it (a loop with one word changed each
time has new rows, but is still a loop).
"""

from __future__ import annotations

import itertools
import re
import zlib
from collections.abc import Sequence
from typing import Any

from grpo_legal.schema import completion_text

ROW = 4  # words in a row; a shorter text is one row
# From the first share on less is paid, from the second on nothing. The gold arguments of all families of problems,
# with their repeated citations, reach .33 repeated rows, no repeated line and .41 of their size.
ROWS = (0.4, 0.6)
LINES = (0.15, 0.4)
SHRUNK = (0.33, 0.18)  # compressed size over size
MIN_COMPRESSED = 400  # bytes; on a shorter text the compressor has learned nothing yet
LONG_WORD = 40  # characters; a longer one is cut in pieces, so that "aaaa…" and "ha!ha!…" repeat themselves too

_PIECE = re.compile(r"\w{1,20}|[^\w\s]")


def no_repetition(completions: Sequence[Any], **columns: Any) -> list[float]:
    """1.0 for a text that does not repeat itself more than honest prose does, falling to 0.0 for a loop.

    In [0, 1]; 0.0 for an empty text. Bounds in this file. Source: the n-gram repetition penalty of
    Demystifying Long Chain-of-Thought (arXiv 2502.03373), as a bonus, with lines and compression beside it.

    >>> no_repetition(["The offer was open until March. It was accepted in time.", "the offer " * 40, ""])
    [1.0, 0.0, 0.0]
    """
    return [_freshness(completion_text(c)) for c in completions]


def _freshness(text: str) -> float:
    words = text.lower().split()
    if not words:
        return 0.0
    if max(map(len, words)) > LONG_WORD:
        words = _PIECE.findall(text.lower())
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    worst = min(_falling(_repeated_rows(words), *ROWS), _falling(_repeated(lines), *LINES))
    return worst and min(worst, _compressed(text))


def _repeated_rows(words: Sequence[str]) -> float:
    """The share of rows of words that stood before; 0.0 where that share is sure to cost nothing.

    A row is new at least where the two words that it opens with are.
    """
    n = max(1, len(words) - ROW + 1)
    if n - len(set(itertools.pairwise(words[: n + 1]))) < ROWS[0] * n:
        return 0.0
    return _repeated(list(zip(*(words[i:] for i in range(min(ROW, len(words)))), strict=False)))


def _repeated(items: Sequence[Any]) -> float:
    """The share of items that stood before."""
    return 1 - len(set(items)) / len(items)


def _compressed(text: str) -> float:
    data = text.encode("utf-8", "surrogatepass")
    if len(data) < MIN_COMPRESSED:
        return 1.0
    return _falling(-len(zlib.compress(data, 1)) / len(data), -SHRUNK[0], -SHRUNK[1])


def _falling(share: float, full: float, none: float) -> float:
    """1.0 up to `full`, 0.0 from `none` on, linear between."""
    return min(1.0, max(0.0, (none - share) / (none - full)))
