"""The names of cases: "Hertz Corp. v. Friend" before a citation, or alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grpo_legal.rewards.citations.citation import Citation, name_words

REACH = 160  # characters of a party's name, with those before it
_VERSUS = re.compile(r"\s(?:v|vs)\.?\s")
_PART = re.compile(r"[A-Z][\w.'’&-]*,?|&|(?:of|the|and|for|in|de|du|ex|rel\.|et|al\.),?|[0-9]{1,4},?")
_ALONE = re.compile(r"(?:In\sre|Ex\sparte|Matter\sof)\s(?P<party>[A-Z][^;()]{0,80}?),?\s\Z")
_YEAR_BETWEEN = re.compile(r"\s?\([0-9]{4}\),?\s?\Z")
# Words that open a sentence, not a name.
_OPENERS = frozenset(
    re.findall(r"\w+", "in under see and but the as of for also cf per by since compare here thus so both with after")
)
_QUOTES = "(“\"'*_"
Names = tuple[frozenset[str], ...]


def names_before(text: str, end: int) -> tuple[Names, int]:
    """The parties named right before `end`, and where their names start; none and `end` if there are none.

    >>> names_before("As in Mas v. Perry, 489 F.2d 1396", 20)
    ((frozenset({'mas'}), frozenset({'perry'})), 6)
    """
    low = max(0, end - REACH)
    window = _YEAR_BETWEEN.sub(" ", text[low:end])
    marks = list(_VERSUS.finditer(window))
    if not marks:
        alone = _ALONE.search(window)
        return ((name_words(alone["party"]),), low + alone.start()) if alone else ((), end)
    versus = marks[-1]
    right = window[versus.end() :].split()
    if not right or not all(_PART.fullmatch(part) for part in right):
        return (), end
    left, start = _left(window[: versus.start()])
    return ((name_words(left), name_words(" ".join(right))), low + start) if left else ((), end)


def names_alone(text: str, most: int) -> Iterator[Citation]:
    """Every "X v. Y" in a text, up to `most`."""
    for count, versus in enumerate(_VERSUS.finditer(text)):
        if count == most:
            return
        low = max(0, versus.start() - REACH)
        left, start = _left(text[low : versus.start()])
        right = _right(text[versus.end() : versus.end() + REACH])
        if left and right:
            names = (name_words(left), name_words(right))
            end = versus.end() + len(right)
            yield Citation("", (), 0, names=names, form="name", start=low + start, end=end)


def _left(window: str) -> tuple[str, int]:
    """The words of a name that end the window, nine at most, and where they start."""
    start = end = len(window)
    for word in reversed(window.rsplit(None, 9)[-9:]):
        end = window.rindex(word, 0, end)
        if not _PART.fullmatch(word) and not _PART.fullmatch(word.lstrip(_QUOTES)):
            break
        if _opens_a_name(word):
            start = end + len(word) - len(word.lstrip(_QUOTES))
    return window[start:], start


def _opens_a_name(word: str) -> bool:
    bare = word.strip("(“\"'*_,.")
    return bare[:1].isupper() and bare.lower() not in _OPENERS


def _right(window: str) -> str:
    """The words of a name that start the window, up to a small word or a mark that ends it."""
    at = end = 0
    for word in window.split(None, 9)[:9]:
        at = window.index(word, at)
        bare = word.rstrip(".,;:!?)”\"'*_")
        if bare[:1].isupper():
            end = at + len(bare)
            if word[len(bare) :] not in ("", ".") or (word.endswith(".") and len(bare) > 5):
                break
        elif not end or word not in ("of", "&", "the", "de", "du"):
            break
        at += len(word)
    return window[:end]
