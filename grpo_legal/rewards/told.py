"""A text of the problem (facts, question, a part of the gold argument) read once for all rewards and completions.

A problem's texts are held against every completion of its group. Each property is made when it is first asked for.

    >>> told = told_by("Ann paid $75,000 twice.")
    >>> told.words, sorted(told.stems), sorted(told.numbers)
    (['ann', 'paid', '75000', 'twice'], ['2', '75000', 'ann', 'pay'], [2.0, 75000.0])
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

from grpo_legal.rewards.figures import Figure, figures, word_numbers
from grpo_legal.rewards.words import rows_of, stems_of, words_of

KEPT = 1024  # texts: those of the problems of a few steps

_RULE = re.compile(r"^Rule:(.*?)^Application:", re.M | re.S)
_APPLICATION = re.compile(r"^Application:(.*?)^Conclusion:", re.M | re.S)


class Told:
    """What a text of the problem holds."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def words(self) -> list[str]:
        """In order, lower case."""
        return words_of(self.text)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Of the words that carry meaning."""
        return stems_of(self.words)

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Every two words in a row."""
        return frozenset(pairwise(self.words))

    @cached_property
    def rows(self) -> frozenset[tuple[str, ...]]:
        """Every `words.GRAM` words in a row."""
        return frozenset(rows_of(self.words))

    @cached_property
    def figures(self) -> list[Figure]:
        """Those written in digits."""
        return figures(self.text)

    @cached_property
    def spelled(self) -> set[float]:
        """The numbers written as words."""
        return word_numbers(self.words)

    @cached_property
    def numbers(self) -> frozenset[float]:
        """Every number, whatever its unit; days and times are none."""
        return frozenset([f.value for f in self.figures if isinstance(f.value, float)]) | self.spelled


class Argument(NamedTuple):
    """A gold argument: its Rule part and its Application, None where it has none, and all of it in pieces."""

    rule: Told | None
    application: Told | None
    pieces: tuple[Told, ...]


@lru_cache(maxsize=KEPT)
def told_by(text: str) -> Told:
    """What the text holds, the same object again for the same text."""
    return Told(text)


@lru_cache(maxsize=KEPT)
def argument(explanation: str) -> Argument:
    """The gold argument, cut where its parts start and end, so that no part is read twice."""
    found = [part.search(explanation) for part in (_RULE, _APPLICATION)]
    cuts = sorted({0, len(explanation), *[at for part in found if part for at in part.span(1)]})
    pieces = tuple(told_by(explanation[start:end]) for start, end in pairwise(cuts))
    rule, application = (told_by(part[1]) if part else None for part in found)
    return Argument(rule, application, pieces)


def problems_of(
    facts: Sequence[str],
    question: Sequence[str],
    authorities: Sequence[Sequence[str]] | None,
    explanation: Sequence[str] | None,
) -> Iterator[tuple[str, str, tuple[str, ...], str]]:
    """Of each row facts, question, authorities and gold argument, empty where there is none: what a problem is kept by."""
    n = len(facts)
    rows = zip(facts, question, authorities or [()] * n, explanation or [""] * n, strict=True)
    return ((f or "", q or "", tuple(a or ()), e or "") for f, q, a, e in rows)


def stems_in(told: Iterable[Told]) -> frozenset[str]:
    """The stems of several texts."""
    return frozenset().union(*[text.stems for text in told])


def in_small_letters(words: Iterable[str], text: str) -> set[str]:
    """Which of the words, in lower case, open a word of the text there, in small letters and up to no other letter.

    >>> in_small_letters(["Bill", "Ann"], "Ann paid the bill.")
    {'Bill'}
    """
    return {word for word in words if word.lower() in text and _opens_a_word(word.lower(), text)}


def _opens_a_word(word: str, text: str) -> bool:
    """Whether `word` stands in the text with no word before it and no small letter behind it."""
    start = text.find(word)
    while start >= 0:
        before, after = text[start - 1 : start], text[start + len(word) : start + len(word) + 1]
        if not (before.isalnum() or before in ("_", "'", "’")) and not "a" <= after <= "z":
            return True
        start = text.find(word, start + 1)
    return False
