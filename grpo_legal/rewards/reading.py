"""A text read once for all rewards that look at prose: its sentences, words, stems and the parts of an argument.

In a GRPO step the same completion is scored by several rewards, and the same facts by every completion of a group,
so what was read is kept (`read`, `told_by`). Every expression runs in linear time: repeats are bounded or start at a
sentence's start only. A text longer than `MAX_CHARACTERS` is not read at all.

    >>> reading = read("Issue: Is it late?\\nRule: He has 21 days.\\nAnswer: Yes")
    >>> [(sentence.part, sentence.words) for sentence in reading.sentences]
    [(0, ['is', 'it', 'late']), (1, ['he', 'has', '21', 'days'])]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from grpo_legal.rewards.words import GRAM, NO_STEM, STEMS, rows_of, words_of
from grpo_legal.schema import answer_lines

PARTS = ("issue", "rule", "application", "conclusion")
MAX_CHARACTERS = 100_000  # about 25,000 tokens; a longer text is no brief, and is not looked at
KEPT_CHARACTERS = 8_000  # longer texts are read anew each time, so that what is kept stays small
MAX_PLACES = 5_000  # sentences and lines at which a part may start
MAX_SENTENCES = 500  # of each part; what comes after is not looked at
MAX_COPIED = 0.6  # share of a sentence's or a part's word rows that stand in the question or in the facts
LIST_BELOW = 0.12  # mean share of function words of sentences that may be a list
FEW_WORDS = 0.05  # share of function words in a sentence that counts
MIN_PROSE = 0.2  # share of function words: English prose has about .45, a list of key words none

_HEADING = re.compile(
    r"[\s#*_>0-9.()IVivx-]{0,12}(?:(?P<issue>issues?|questions?(?: presented)?)"
    r"|(?P<rule>(?:governing |applicable )?(?:rules?|law)|legal standard)"
    r"|(?P<application>application|analysis|discussion)|(?P<conclusion>conclusions?|holding))"
    r"(?: (?:of|to) [\w ']{1,40})?[ \t*_]{0,6}(?::[ \t*_]{0,6}|[-–—]|$)",
    re.I | re.M,
)
_LEAD_IN = re.compile(
    r"(?P<issue>(?:the|this|one) (?:\w{1,20} )?(?:issue|question) (?:\w{1,20} )?(?:is|are)\b"
    r"|(?:at issue is )?whether\b|(?:do|does|did|is|are|was|were|can|could|may|must|has|have|how|when|what)\b[^.?\n]{1,240}\?"
    r"|(?:the|our|my) question\b|(?:i am|i'm|we are|we're|you) ask)"
    r"|(?P<application>here\b|in (?:this|our|the present) case\b|on (?:these|our|the) facts\b|applying\b|the facts\b"
    r"|because\b|since\b|in this (?:matter|suit|dispute)\b)"
    r"|(?P<conclusion>therefore\b|thus\b|hence\b|accordingly\b|consequently\b|in conclusion\b|in (?:sum|short)\b|so\b"
    r"|as a result\b|it follows\b|for (?:these|those|that) reasons?\b|the (?:answer|result|upshot) (?:is\b|here\b))"
    r"|(?P<rule>under\b|pursuant to\b|according to\b|by statute\b|the (?:\w{1,20} )?(?:rule|law|standard|test)\b"
    r"|(?:rule|section|article|§) ?[0-9]|(?:the )?(?:general|basic|governing) \w{1,12} (?:is|says)\b)",
    re.I,
)
_CITES = re.compile(r"§|U\.S\.C|U\.C\.C|UCC|Fed\. R\.|Rule [0-9]|Restatement|GDPR|Article [0-9]")
CITED_WITHIN = 48  # characters of a sentence's start in which a citation makes it a statement of the rule
_START = re.compile(r"[.!?]\s+|\n\s*")
# A full stop ends a sentence where what follows opens one, and no abbreviation stands before it.
_END = re.compile(r"[.!?][\"”)]?\s+(?=[A-Z0-9“\"(])|\n+")
_ABBREVIATIONS = frozenset(
    """Fed Civ Crim Evid App Inc Corp Co Ltd Mr Mrs Ms Dr St No Nos no Stat Gen Laws Ann Bros Cir Comp Cent Prob Rev Ch
    Est Supp Tex Cal Ala Ga Fla Ark Wis Minn Mass Miss Tenn Okla Ariz Colo Conn Del Ill Ind Kan Md So Bd Educ Dist Mich
    Mont Neb Nev Pa Va Vt Wash Wyo Art Sec Reg Cmt v cmt cmts sec art arts pt cl para ed id 2d 3d vs""".split()  # noqa: SIM905
)
_DIGIT = re.compile("[0-9]").search


class Sentence(NamedTuple):
    """`part` is the index in `PARTS` of what the sentence belongs to, or -1; `stems` its words that carry meaning."""

    text: str
    words: list[str]
    stems: frozenset[str]
    part: int
    numbered: bool  # whether it holds a digit
    prose: float  # function words as a share of them and `stems`: a list of key words has none


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What was read of a text, equal to itself alone.

    `text` is without answer lines; `parts` are the sentences' words joined, by index in `PARTS`, in order, behind
    those that stand before any part (-1)."""

    text: str
    sentences: tuple[Sentence, ...]
    parts: Mapping[int, list[str]]
    words: list[str]
    headed: bool  # whether headings mark the parts, and not words at the start of sentences


class _Mark(NamedTuple):
    """Where a part starts: `start` at its heading or lead-in, `body` at its text."""

    part: int
    start: int
    body: int
    heading: bool


def read(text: str) -> Reading | None:
    """What the prose of a completion holds, answer lines apart; None where it is too long to be looked at."""
    if len(text) > MAX_CHARACTERS:
        return None
    return _kept(text) if len(text) <= KEPT_CHARACTERS else _read(text)


def sentences_of(text: str, part: int = -1) -> list[Sentence]:
    """The sentences of a text, all of one part; the first `MAX_SENTENCES` of them."""
    found: list[Sentence] = []
    for piece in islice(_pieces(text), MAX_SENTENCES):
        words = words_of(piece)
        if words:
            by_word = [STEMS[word] for word in words]
            stems = frozenset(by_word) - NO_STEM
            joining = by_word.count("")
            numbered = _DIGIT(piece) is not None
            found.append(Sentence(piece, words, stems, part, numbered, joining / (joining + len(stems) or 1)))
    return found


def is_prose(sentences: Sequence[Sentence]) -> bool:
    """Whether sentences taken together are no list: `LIST_BELOW` or more of function words in the mean.

    >>> is_prose(sentences_of("He was late. It is not so.")), is_prose(sentences_of("Statute, case, court, offer, goods."))
    (True, False)
    """
    return sum([s.prose for s in sentences]) >= LIST_BELOW * len(sentences) > 0


def told_rows(*texts: str) -> frozenset[tuple[str, ...]]:
    """Every `GRAM` words in a row of the texts."""
    return frozenset([row for text in texts for row in rows_of(words_of(text))])


@lru_cache(maxsize=1024)
def own_sentences(reading: Reading, facts: str, question: str) -> list[Sentence]:
    """The sentences of prose that are not copied from facts or question (`FEW_WORDS`, `MAX_COPIED`)."""
    told = _rows_kept(facts, question)
    found = []
    for sentence in reading.sentences:
        words = sentence.words
        if sentence.prose >= FEW_WORDS and sentence.stems:
            rows = zip(words, words[1:], words[2:], words[3:], strict=False)
            if sum(map(told.__contains__, rows)) <= MAX_COPIED * max(0, len(words) - GRAM + 1):
                found.append(sentence)
    return found


def _pieces(text: str) -> Iterator[str]:
    """The text cut at the ends of its sentences and lines."""
    start = 0
    for end in _END.finditer(text):
        at, after = end.span()
        if text[at] != "\n":
            last = text[max(start, at - 8) : at].split(" ")[-1].lstrip('(“"').rpartition(".")[2]
            if last in _ABBREVIATIONS or (len(last) == 1 and last.isupper()):
                continue
            if len(last) < 5 and last.istitle() and text[after : after + 1].isdigit():
                continue  # "619 So. 2d 1330"
        yield text[start:after]
        start = after
    yield text[start:]


def _read(text: str) -> Reading:
    text = "\n".join([line for line in text.splitlines() if not (_MAY_ANSWER(line) and answer_lines(line))])
    chain = _chain(_marks(text))
    sentences = sentences_of(text[: chain[0].start] if chain else text)
    parts = {-1: [word for sentence in sentences for word in sentence.words]}
    for mark, following in zip(chain, (*chain[1:], None), strict=False):
        told = sentences_of(text[mark.body : following.start if following else len(text)], mark.part)
        sentences += told
        parts[mark.part] = [word for sentence in told for word in sentence.words]
    words = [word for said in parts.values() for word in said]
    return Reading(text, tuple(sentences), parts, words, any(mark.heading for mark in chain))


_rows_kept = lru_cache(maxsize=256)(told_rows)
_kept = lru_cache(maxsize=1024)(_read)
_MAY_ANSWER = re.compile("answer", re.I).search  # most lines are let through by this alone


def _marks(text: str) -> list[_Mark]:
    """Every place where a part may start. Lead-ins count only where headings do not do the work."""
    places = [(len(text) - len(text.lstrip()), True)]
    places += [(place.end(), "\n" in place.group()) for place in islice(_START.finditer(text), MAX_PLACES)]
    headings = [
        _Mark(PARTS.index(found.lastgroup or ""), at, found.end(), True)
        for at, new_line in places
        if new_line and (found := _HEADING.match(text, at))
    ]
    if len({mark.part for mark in headings}) > 2:
        return headings
    headed = {mark.start for mark in headings}
    lead_ins = [
        _Mark(part, at, at, False) for at, _ in places if at not in headed and (part := _lead_in(text, at)) is not None
    ]
    return sorted([*headings, *lead_ins], key=lambda mark: mark.start)


def _lead_in(text: str, at: int) -> int | None:
    """The part that the sentence at `at` opens by its first words, or, for a rule, by a citation early in it."""
    if found := _LEAD_IN.match(text, at):
        return PARTS.index(found.lastgroup or "")
    cited = _CITES.search(text, at, at + CITED_WITHIN)
    return PARTS.index("rule") if cited and not _START.search(text, at, cited.start()) else None


def _chain(marks: Sequence[_Mark]) -> tuple[_Mark, ...]:
    """The longest run of marks whose parts stand in order, the earliest of its length."""
    best: list[tuple[_Mark, ...]] = [()] * len(PARTS)  # by the part that it ends with
    for mark in marks:
        longer = (*max(best[: mark.part], key=len, default=()), mark)
        if len(longer) > len(best[mark.part]):
            best[mark.part] = longer
    return max(best, key=len)
