"""Words compared and placed: what makes two texts the same, and where an answer opens and closes a line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

EDGE = " \t*_`\"'“”‘’().,;:!\u00a0"
# The answer opens the line, after such words at most ("not", "about", "before", "over" are none of them) …
_LEAD = re.compile(
    r"(?:(?:the|it|is|was|on|by|amount|total|sum|date|deadline|last|day|option|choice"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day,?)\s+){0,8}",
    re.I,
)
# … and what follows it is nothing, punctuation or a reason: not "No doubt", "$5 million", "Yes?" or "Yes, or …".
CLOSE = re.compile(
    r"(?:\s*(?:$|[,;:.!](?![0-9])|[)—–])|\s+\(|\s+(?:because|since|as|under|given|for|-)(?=\s))(?!\W*or\b)", re.I
)
# A name is the same with and without the stops of "Patrick J. McEnany" and "Acme, Inc.", and with any dash.
_IN_NAMES = str.maketrans("–—‑", "---", ".,'\"“”‘’*_`")


def fold(text: str) -> str:
    """Case, spacing and edge punctuation removed. No look-alike is mapped: a Cyrillic "Yеs" is not "Yes".

    `lower`, not `casefold`: the latter makes "Yes" of "Yeſ".
    """
    return " ".join(unicodedata.normalize("NFC", text).lower().split()).strip(EDGE)


def is_text(text: str) -> bool:
    """Whether it can be written as UTF-8: half of a surrogate pair cannot, and no tokenizer takes it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def fold_name(text: str) -> str:
    """`fold`, and without the stops, commas and quotes inside: "Acme, Inc." is "acme inc"."""
    return " ".join(fold(text).translate(_IN_NAMES).split())


def stands_open(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` opens the text, but for lead words, and is closed off from what follows."""
    lead = _LEAD.match(text)
    return start <= (lead.end() if lead else 0) and CLOSE.match(text, end) is not None


def label_spans(text: str, labels: Sequence[str]) -> list[tuple[int, int, str]]:
    """Where labels stand in a folded text, in order: start, end, label. Longer labels are tried first."""
    unread, spans = text, []
    for label, pattern in _patterns(tuple(labels)):
        found = [(match.start(), match.end(), label) for match in pattern.finditer(unread)]
        if found:
            spans += found
            unread = pattern.sub(lambda m: "\0" * len(m.group()), unread)
    return sorted(spans)


@lru_cache(maxsize=256)
def _patterns(labels: tuple[str, ...]) -> list[tuple[str, re.Pattern[str]]]:
    """The labels that are not blank, longest first, each with what finds it whole in a folded text."""
    ordered = [(label, fold(label)) for label in sorted(labels, key=len, reverse=True)]
    return [(label, re.compile(rf"(?<!\w){re.escape(folded)}(?!\w)")) for label, folded in ordered if folded]
