"""A text read once for all rewards that look at prose: its sentences, words, stems and the parts of an argument.

In a GRPO step the same completion is scored by several rewards, and its sentences stand in other completions of its
group as well, so what was read of a text and of a sentence is kept (`read`, `sentence_of`). Every expression runs in
linear time: repeats are bounded or start at a sentence's start only. A text longer than `MAX_CHARACTERS` is not read at
all.

    >>> reading = read("Issue: Is it late?\\nRule: He has 21 days.\\nAnswer: Yes")
    >>> [(sentence.part, sentence.words) for sentence in reading.sentences]
    [(0, ['is', 'it', 'late']), (1, ['he', 'has', '21', 'days'])]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice, pairwise
from typing import NamedTuple

from grpo_legal.rewards.figures import Figure, figures, word_numbers
from grpo_legal.rewards.told import told_by
from grpo_legal.rewards.words import FUNCTION_WORDS, GRAM, KEPT_WORDS, NO_STEM, STEMS, words_of
from grpo_legal.schema import without_answer_lines

PARTS = ("issue", "rule", "application", "conclusion")
MAX_CHARACTERS = 100_000  # about 25,000 tokens; a longer text is no brief, and is not looked at
KEPT_CHARACTERS = 8_000  # longer texts are read anew each time, so that what is kept stays small
KEPT_OF_SENTENCE = 1_000  # characters: a longer sentence is read anew each time
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
_LINE = re.compile(r"\n\s*")
# A full stop ends a sentence where what follows opens one, and no abbreviation stands before it.
# Its first character stands outside the alternatives, so that a search can skip to one.
_END = re.compile(r"[.!?\n](?:(?<=\n)\n*|(?<!\n)[\"”)]?\s+(?=[A-Z0-9“\"(]))")
_ABBREVIATIONS = frozenset(
    """Fed Civ Crim Evid App Inc Corp Co Ltd Mr Mrs Ms Dr St No Nos no Stat Gen Laws Ann Bros Cir Comp Cent Prob Rev Ch
    Est Supp Tex Cal Ala Ga Fla Ark Wis Minn Mass Miss Tenn Okla Ariz Colo Conn Del Ill Ind Kan Md So Bd Educ Dist Mich
    Mont Neb Nev Pa Va Vt Wash Wyo Art Sec Reg Cmt v cmt cmts sec art arts pt cl para ed id 2d 3d vs""".split()  # noqa: SIM905
)
_DIGIT = re.compile("[0-9]").search


@dataclass(slots=True, eq=False)
class Sentence:
    """`part` is the index in `PARTS` of what the sentence belongs to, or -1; `stems` its words that carry meaning.

    Equal to itself alone, so that what a reward finds of a sentence and a problem can be kept."""

    text: str
    words: list[str]
    stems: frozenset[str]
    part: int
    figures: Sequence[Figure]  # the first of its amounts, dates, times, percentages, periods and numbers
    spelled: Set[float]  # the numbers written as words
    joining: int  # how many of the words are function words
    prose: float  # function words as a share of them and `stems`: a list of key words has none


@dataclass(slots=True, eq=False)
class Reading:
    """What was read of a text, equal to itself alone.

    `text` is without answer lines; `parts` are the sentences by index in `PARTS`, in order, behind those that stand
    before any part (-1)."""

    text: str
    sentences: Sequence[Sentence]
    parts: Mapping[int, Sequence[Sentence]]
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
    found = [sentence_of(piece, part) for piece in islice(_pieces(text), MAX_SENTENCES)]
    return [sentence for sentence in found if sentence.words]


def sentence_of(text: str, part: int) -> Sentence:
    """One sentence, the same object again for the same text where that is of ordinary length."""
    return _kept_sentence(text, part) if len(text) <= KEPT_OF_SENTENCE else _sentence(text, part)


def _sentence(text: str, part: int) -> Sentence:
    words = words_of(text)
    by_word = list(map(STEMS.__getitem__, words))
    stems = frozenset(by_word) - NO_STEM
    empty = by_word.count("")
    found = figures(text) if _DIGIT(text) else ()
    joining = sum(map(FUNCTION_WORDS.__contains__, words))
    prose = empty / (empty + len(stems) or 1)
    return Sentence(text, words, stems, part, found, word_numbers(words), joining, prose)


def words_in(sentences: Iterable[Sentence]) -> list[str]:
    """The words of sentences, in order."""
    return list(chain.from_iterable([sentence.words for sentence in sentences]))


def is_prose(sentences: Sequence[Sentence]) -> bool:
    """Whether sentences taken together are no list: `LIST_BELOW` or more of function words in the mean.

    >>> is_prose(sentences_of("He was late. It is not so.")), is_prose(sentences_of("Statute, case, court, offer, goods."))
    (True, False)
    """
    return sum([s.prose for s in sentences]) >= LIST_BELOW * len(sentences) > 0


def figures_of(sentences: Iterable[Sentence], most: int = 200) -> list[Figure]:
    """The first figures of some sentences."""
    return list(islice(chain.from_iterable([sentence.figures for sentence in sentences]), most))


@lru_cache(maxsize=1024)
def own_sentences(reading: Reading, facts: str, question: str) -> list[Sentence]:
    """The sentences of prose that are not copied from facts or question (`FEW_WORDS`, `MAX_COPIED`)."""
    told = _rows_kept(facts, question)
    return [sentence for sentence in reading.sentences if _is_own(sentence, told)]


@lru_cache(maxsize=8192)
def _is_own(sentence: Sentence, told: frozenset[tuple[str, ...]]) -> bool:
    words = sentence.words
    if sentence.prose < FEW_WORDS or not sentence.stems:
        return False
    rows = zip(words, words[1:], words[2:], words[3:], strict=False)
    return sum(map(told.__contains__, rows)) <= MAX_COPIED * max(0, len(words) - GRAM + 1)


@lru_cache(maxsize=256)
def _rows_kept(facts: str, question: str) -> frozenset[tuple[str, ...]]:
    return told_by(facts).rows | told_by(question).rows


def _pieces(text: str) -> Iterator[str]:
    """The text cut at the ends of its sentences and lines."""
    start = 0
    for end in _END.finditer(text):
        at, after = end.span()
        if text[at] != "\n":
            before = text[max(start, at - 8) : at]
            shortened, in_numbers = _STOPS[before[before.rfind(" ") + 1 :]]
            if shortened or (in_numbers and text[after : after + 1].isdigit()):
                continue
        yield text[start:after]
        start = after
    yield text[start:]


class _Stops(dict[str, tuple[bool, bool]]):
    """By the end of a word before a full stop: whether it is an abbreviation, and whether it is one before a number
    ("619 So. 2d 1330"). Kept; emptied when a flood of made-up words has filled it."""

    def __missing__(self, end: str) -> tuple[bool, bool]:
        if len(self) > KEPT_WORDS:
            self.clear()
        last = end.lstrip('(“"').rpartition(".")[2]
        shortened = last in _ABBREVIATIONS or (len(last) == 1 and last.isupper())
        self[end] = found = (shortened, len(last) < 5 and last.istitle())
        return found


_STOPS = _Stops()


def _read(text: str) -> Reading:
    text = without_answer_lines(text)
    marks = _chain(_marks(text))
    sentences = sentences_of(text[: marks[0].start] if marks else text)
    parts = {-1: tuple(sentences)}
    for mark, following in zip(marks, (*marks[1:], None), strict=False):
        told = sentences_of(text[mark.body : following.start if following else len(text)], mark.part)
        sentences += told
        parts[mark.part] = tuple(told)
    return Reading(text, sentences, parts, words_in(sentences), any([mark.heading for mark in marks]))


_kept = lru_cache(maxsize=1024)(_read)
_kept_sentence = lru_cache(maxsize=8192)(_sentence)


def _marks(text: str) -> list[_Mark]:
    """Every place where a part may start. Lead-ins count only where headings do not do the work."""
    first = len(text) - len(text.lstrip())
    lines = [first, *[line.end() for line in islice(_LINE.finditer(text, first), MAX_PLACES)]]
    headings = [
        _Mark(PARTS.index(found.lastgroup or ""), at, found.end(), True)
        for at in lines
        if (found := _HEADING.match(text, at))
    ]
    if len({mark.part for mark in headings}) > 2:
        return headings
    headed = {mark.start for mark in headings}
    places = [first, *[place.end() for place in islice(_START.finditer(text), MAX_PLACES)]]
    lead_ins = [
        _Mark(part, at, at, False) for at in places if at not in headed and (part := _lead_in(text, at)) is not None
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
    if all([mark.part < following.part for mark, following in pairwise(marks)]):
        return tuple(marks)
    best: list[tuple[_Mark, ...]] = [()] * len(PARTS)  # by the part that it ends with
    for mark in marks:
        longer = (*max(best[: mark.part], key=len, default=()), mark)
        if len(longer) > len(best[mark.part]):
            best[mark.part] = longer
    return max(best, key=len)
