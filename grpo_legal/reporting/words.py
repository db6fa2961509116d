"""Numbers and texts as the page shows them. Pure functions; shares come in as 0 to 1, times in seconds."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from typing import Any

NONE = "–"
POINTS = {"rubric": 20}  # what a share of 1 is, by suite; 100 elsewhere


def number(value: Any) -> float | None:
    """The value as a float, or None for what is no finite number.

    >>> number("0.5"), number(None), number(float("nan")), number(True)
    (None, None, None, 1.0)
    """
    if not isinstance(value, int | float):
        return None
    try:
        made = float(value)
    except OverflowError:
        return None
    return made if math.isfinite(made) else None


def interval(value: Any) -> tuple[float, float] | None:
    """Low and high of a `ci95`, or None where it is no pair of numbers."""
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        return None
    low, high = map(number, value)
    return None if low is None or high is None else (low, high)


def fixed(value: float | None, digits: int = 1, *, sign: bool = False) -> str:
    """`1,234.5`, with a true minus and no minus zero.

    >>> fixed(-0.04), fixed(-3.14), fixed(2, sign=True), fixed(None)
    ('0.0', '−3.1', '+2.0', '–')
    """
    if value is None:
        return NONE
    rounded = round(value, digits) + 0.0
    return f"{rounded:{'+' if sign and rounded else ''},.{digits}f}".replace("-", "−")


def score(share: float | None, suite: str = "") -> str:
    """`81.0%`, or `12.4` of the rubric's 20 points."""
    if share is None:
        return NONE
    return fixed(20 * share) if suite in POINTS else fixed(100 * share) + "%"


def spread(bounds: tuple[float, float] | None, suite: str = "") -> str:
    """`75.1 to 86.0`, in the suite's points."""
    if bounds is None:
        return NONE
    return " to ".join(fixed(POINTS.get(suite, 100) * bound) for bound in bounds)


def difference(delta: float | None, suite: str = "") -> str:
    """`+31.0`, in the suite's points."""
    return NONE if delta is None else fixed(POINTS.get(suite, 100) * delta, sign=True)


def chance(p: float | None) -> str:
    """A p-value: `0.034`, `<0.001`."""
    return NONE if p is None else "<0.001" if p < 0.001 else f"{p:.3f}"


def count(value: float | None) -> str:
    """`40,960`."""
    return fixed(value, 0)


def duration(seconds: float | None) -> str:
    """`42 s`, `7 min 50 s`, `1 h 02 min`."""
    if seconds is None or seconds < 0:
        return NONE
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600:,} h {whole % 3600 // 60:02d} min"


def dollars(amount: float | None) -> str:
    """`$12.34`; `<$0.01` where rounding would make it nothing."""
    if amount is None:
        return NONE
    return "<$0.01" if 0 < amount < 0.005 else f"${amount:,.2f}"


def plain(name: Any) -> str:
    """A name as words: `diversity_jurisdiction` is `diversity jurisdiction`."""
    return " ".join(printable(name).replace("_", " ").split())


def printable(text: Any) -> str:
    """The text with line ends and tabs as they are; what has no shape of its own, or turns the line around, by its number.

    >>> printable("a\\x00b\\u202ec")
    'a\\\\x00b\\\\u202ec'
    """
    return "".join(c if _shown(c) else ascii(c)[1:-1] for c in str(text).replace("\r\n", "\n"))


def _shown(c: str) -> bool:
    return c.isprintable() or c in "\n\t" or unicodedata.category(c) == "Zs"


def shorten(text: str, head: int, tail: int = 0) -> str:
    """At most about `head` + `tail` characters from both ends, and in between how many were left out."""
    left_out = len(text) - head - tail
    if left_out <= 40:  # the words that tell of it are as long
        return text
    return f"{text[:head]} […{left_out:,} characters…] {text[len(text) - tail :]}".rstrip()
