"""What a text cites, and whether it argues or only lists.

>>> [(c.source, c.path) for c in citations_in("Under 28 USC 1332(a)(1) and Mas v. Perry, 489 F.2d 1396 (5th Cir. 1974).")]
[('28 U.S.C.', ('1332', 'a', '1')), ('F.2d', ('489', '1396'))]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain

from grpo_legal.rewards.citations.cases import decisions
from grpo_legal.rewards.citations.citation import Citation
from grpo_legal.rewards.citations.codes import state_codes
from grpo_legal.rewards.citations.grammar import MARK, items, read_items
from grpo_legal.rewards.citations.names import names_alone
from grpo_legal.rewards.citations.places import places
from grpo_legal.rewards.citations.provisions import provisions

MAX_CHARACTERS = 100_000  # about 25,000 tokens; a longer text is no brief, and is not looked at
MAX_REMEMBERED = 2_000  # texts: the completions of a few steps, read once for both rewards
MAX_CANDIDATES = 100  # citations of one kind that are looked at: far above what is spam anyway
GRAM = 4  # words in a row that count as copied
MAX_COPIED = 0.6  # share of a sentence's word rows that stand in the question or the facts
WORDS_EACH = 5  # different words of one's own for every different citation
MIN_PROSE = 0.2  # share of function words among them: English prose has about .4, a list none
MIN_NEW = 0.5  # share of their word rows that are not repetitions
MAX_DIFFERENT = 12  # different citations in a text of fewer than 240 words of its own; more in a longer one
WORDS_EACH_BEYOND = 20

_BARE = re.compile(rf"(?<![\w.]){MARK}\s?{items('any')}")
_ANSWER_LINE = re.compile(r"^[^\w\n]{0,4}answer[^\w\n]{0,2}:[^\n]*", re.I | re.M)  # says nothing of why
_SENTENCE_END = re.compile(r"(?<=[.!?;:])\s+|\n\s*")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|[0-9](?:[0-9,]*[0-9])?")
_FUNCTION_WORDS = frozenset(
    _WORD.findall(
        """a all also an and any are as at be because been before but by can could did do does either for from had has have
    he her here his if in into is it its may more must neither no nor not of on only or other out over she should since
    so such than that the their then there therefore they this those thus to under until was were what when where
    whether which while who whose will with within without would yes you"""
    )
)


@lru_cache(maxsize=MAX_REMEMBERED)
def citations_in(text: str) -> tuple[Citation, ...]:
    """Every citation of a text of at most `MAX_CHARACTERS`, in the order of their places; none overlap."""
    if len(text) > MAX_CHARACTERS:
        return ()
    taken: list[Citation] = []
    for read in (_books, _decisions, _names, _bare):
        found, end = [], 0
        for batch in sorted(read(text), key=_longest_first):
            if min(c.start for c in batch) >= end:
                found.extend(batch)
                end = max(c.end for c in batch)
        taken.extend(found)
        text = _without(text, found)  # no two readers read the same words
    return tuple(sorted(taken, key=lambda c: (c.start, c.end)))


def _longest_first(batch: list[Citation]) -> tuple[int, int]:
    """The earliest first, of those that start together the longest."""
    return min(c.start for c in batch), -max(c.end for c in batch)


def _without(text: str, cited: Iterable[Citation]) -> str:
    """The text with every citation blanked out, each character in its place."""
    pieces, end = [], 0
    for c in sorted(cited, key=lambda c: c.start):
        pieces += [text[end : c.start], "\0" * (c.end - max(c.start, end))]
        end = max(end, c.end)
    return "".join([*pieces, text[end:]])


def _books(text: str) -> Iterable[list[Citation]]:
    return chain(provisions(text), places(text), state_codes(text))


def _decisions(text: str) -> Iterable[list[Citation]]:
    return (batch for batch in decisions(text, MAX_CANDIDATES) if batch)


def _names(text: str) -> Iterable[list[Citation]]:
    return ([name] for name in names_alone(text, MAX_CANDIDATES))


def _bare(text: str) -> Iterator[list[Citation]]:
    """ "Rule 6(a)", "§ 1332(a)(1)": which book is meant, the authorities of the problem have to say."""
    for count, found in enumerate(_BARE.finditer(text)):
        if count == MAX_CANDIDATES:
            return
        offset = found.start("items")
        plural = found["mark"] == "§§" or found["mark"].rstrip(".").endswith("s")
        yield [
            Citation(
                "", (number, *below), 1, form="bare", start=offset + start if place else found.start(), end=offset + end
            )
            for place, (number, below, start, end) in enumerate(read_items(found["items"], "any", plural))
        ]


@lru_cache(maxsize=MAX_REMEMBERED)
def argued(text: str, told: str) -> tuple[Citation, ...]:
    """The citations of a text that stand in sentences of its own; none at all if it lists more than it argues.

    `told` is what the model was given (facts and question). A sentence copied from it (60% of its word rows) is not
    the text's own, nor are the citations in it. What remains must have 5 different words for every different
    citation, 20% of all its words from the hundred small ones that prose cannot do without, half of its word
    rows new, 3 words for every mention, and at most 12 different citations (one more for every 20 words beyond 240).
    """
    cited = citations_in(text)
    if not cited:
        return ()
    rows = _told_rows(told)
    own: list[str] = []
    kept: list[Citation] = []
    for start, end, words in _sentences(text, cited):
        if not _is_copied(words, rows):
            own.extend(word for word in words if word[0].isalpha())
            kept.extend(c for c in cited if start <= c.start < end)
    different = _different(kept)
    if not _is_prose(own) or len(set(own)) < WORDS_EACH * different or len(own) < 3 * len(kept):
        return ()
    return tuple(kept) if different <= max(MAX_DIFFERENT, len(own) // WORDS_EACH_BEYOND) else ()


def _is_prose(words: list[str]) -> bool:
    rows = _rows(words)
    small = sum(word in _FUNCTION_WORDS for word in words)
    return small >= MIN_PROSE * len(words) and len(set(rows)) >= MIN_NEW * len(rows)


def _different(cited: list[Citation]) -> int:
    """How many citations there are, "§ 2-205" beside "U.C.C. § 2-205" and a case's name beside its citation not counted."""
    numbers = {number for c in cited if c.form != "bare" for number in c.numbers}
    full = {(c.source, c.path) for c in cited if c.form not in ("bare", "name")}
    bare = {c.path for c in cited if c.form == "bare" and c.path[0] not in numbers}
    return len(full) + len(bare)


def _sentences(text: str, cited: tuple[Citation, ...]) -> Iterator[tuple[int, int, list[str]]]:
    """Where each sentence starts and ends, and its words without those of citations (full stops in them end none)."""
    plain = _ANSWER_LINE.sub(lambda line: "\0" * len(line.group()), _without(text, cited))
    start = 0
    for gap in chain(_SENTENCE_END.finditer(plain), [None]):
        end = gap.start() if gap else len(plain)
        yield start, end, _words(plain[start:end])
        start = gap.end() if gap else end


@lru_cache(maxsize=MAX_REMEMBERED)
def _told_rows(told: str) -> frozenset[tuple[str, ...]]:
    return frozenset(row for _, _, words in _sentences(told, citations_in(told)) for row in _rows(words))


def _is_copied(words: list[str], told: frozenset[tuple[str, ...]]) -> bool:
    rows = _rows(words)
    return bool(rows) and sum(row in told for row in rows) > MAX_COPIED * len(rows)


def _words(text: str) -> list[str]:
    return [match.group().lower().replace(",", "") for match in _WORD.finditer(text)]


def _rows(words: list[str]) -> list[tuple[str, ...]]:
    return list(zip(*(words[i:] for i in range(GRAM)), strict=False))
