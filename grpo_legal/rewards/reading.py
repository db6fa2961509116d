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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from grpo_legal.schema import answer_lines

PARTS = ("issue", "rule", "application", "conclusion")
MAX_CHARACTERS = 100_000  # about 25,000 tokens; a longer text is no brief, and is not looked at
KEPT_CHARACTERS = 8_000  # longer texts are read anew each time, so that what is kept stays small
MIN_PROSE = 0.2  # share of function words: English prose has about .45, a list of key words none
GRAM = 4  # words in a row that count as copied or repeated

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
    r"|(?:rule|section|article|§) ?[0-9]|(?:the )?(?:general|basic|governing) \w{1,12} (?:is|says)\b"
    r"|[^.?!\n]{0,40}(?:§|U\.S\.C|U\.C\.C|UCC|Fed\. R\.|\bRule [0-9]|Restatement|GDPR|\bArticle [0-9]))",
    re.I,
)
_START = re.compile(r"\A\s*|\n\s*|(?<=[.!?])\s+")
# A full stop ends a sentence where what follows opens one, and no abbreviation stands before it.
_END = re.compile(r"[.!?][\"”)]?\s+(?=[A-Z0-9“\"(])|\n+")
_LAST = re.compile(r"(?<![A-Za-z])(?:[A-Z]|v|cmt|cmts|sec|art|arts|no|pt|cl|para|ed|id|e\.g|i\.e|[0-9]d)$")
_SHORT = re.compile(r"(?<![A-Za-z])[A-Z][a-z]{0,3}$")  # before a number: "619 So. 2d 1330"
_ABBREVIATED = re.compile(
    r"(?<![A-Za-z])(?:Fed|Civ|Crim|Evid|App|Inc|Corp|Co|Ltd|Mr|Mrs|Ms|Dr|St|No|Nos|Stat|Gen|Laws|Ann|Bros|Cir|Comp"
    r"|Cent|Prob|Rev|Ch|Est|Supp|Tex|Cal|Ala|Ga|Fla|Ark|Wis|Minn|Mass|Miss|Tenn|Okla|Ariz|Colo|Conn|Del|Ill|Ind|Kan"
    r"|Md|So|Bd|Educ|Dist|Mich|Mont|Neb|Nev|Pa|Va|Vt|Wash|Wyo|Art|Sec|Reg|Cmt)$"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|[0-9](?:[0-9,]*[0-9])?")
FUNCTION_WORDS = frozenset(
    _WORD.findall(
        """a about after all also although an and any are as at be because been before being between both but by can
        could did do does each either for from had has have he hence her here him his how if in into is it its may more
        most must neither no nor not of on only or other our out over shall she should since so some such than that the
        their them then there therefore these they this those though thus to under until upon was we were what when
        where whether which while who whom whose will with within without would yes you"""
    )
)
NUMBER_WORDS = {
    word: str(value)
    for value, words in {
        1: "one", 2: "two twice both", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine",
        10: "ten", 11: "eleven", 12: "twelve dozen", 13: "thirteen", 14: "fourteen", 15: "fifteen", 16: "sixteen",
        17: "seventeen", 18: "eighteen", 19: "nineteen", 20: "twenty", 21: "twenty-one", 30: "thirty", 40: "forty",
        50: "fifty", 60: "sixty", 70: "seventy", 72: "seventy-two", 80: "eighty", 90: "ninety", 100: "hundred",
    }.items()
    for word in words.split()
}  # fmt: skip
# Forms that the endings below do not bring together.
_IRREGULAR = {
    form: base
    for base, forms in {
        "pay": "paid payment payments pays paying", "sell": "sold sale sales seller sellers selling sells",
        "buy": "bought buyer buyers purchase purchased purchaser", "give": "gave given", "hold": "held holding",
        "send": "sent sender", "make": "made", "take": "took taken", "write": "wrote written writing writings writes",
        "revok": "revocable revocation revoke revoked revoking revokes withdrawal withdrawn withdraw withdrew withdraws",
        "notic": "notify notifies notified notification notifying notices notice", "run": "ran running runs",
        "begin": "began begun start starts started starting begins", "tell": "told", "lose": "lost loss losing",
        "bind": "bound binds binding", "know": "knew known knowledge aware awareness", "leav": "left leave leaves leaving",
        "state": "states stated stating", "deny": "denied denies denial", "reply": "replies replied", "fall": "fell falls",
        "lapse": "lapsed lapses expire expires expired expiry", "get": "got gotten gets", "say": "said says saying", "find": "found finds",
        "day": "days daily", "exceed": "exceeds exceeding exceeded", "silent": "silence", "die": "died dead death deceased decedent decedents dies",
    }.items()
    for form in (base, *forms.split())
}  # fmt: skip


class Sentence(NamedTuple):
    """`part` is the index in `PARTS` of what the sentence belongs to, or -1; `stems` its words that carry meaning."""

    text: str
    words: list[str]
    stems: frozenset[str]
    part: int
    prose: float  # function words as a share of them and `stems`: a list of key words has none


@dataclass(frozen=True, slots=True)
class Reading:
    """`text` is without answer lines; `parts` are the sentences' words joined, by index in `PARTS`, in order."""

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


class _Stems(dict[str, str]):
    """Word to stem, kept; emptied when a flood of made-up words has filled it."""

    def __missing__(self, word: str) -> str:
        if len(self) > 50_000:
            self.clear()
        self[word] = found = _stem(word)
        return found


_STEMS = _Stems()


def read(text: str) -> Reading | None:
    """What the prose of a completion holds, answer lines apart; None where it is too long to be looked at."""
    if len(text) > MAX_CHARACTERS:
        return None
    return _kept(text) if len(text) <= KEPT_CHARACTERS else _read(text)


def words_of(text: str) -> list[str]:
    """Lower-case words and whole numbers; "$75,000" is the word 75000.

    >>> words_of("Ann's $75,000")
    ["ann's", '75000']
    """
    found = _WORD.findall(text.lower())
    return [word.replace(",", "") for word in found] if "," in text else found


def stems_of(words: Iterable[str]) -> frozenset[str]:
    """The words that carry meaning, by a light stem: no plural, possessive, -ed or -ing, six letters at most.

    >>> sorted(stems_of(["the", "revocation", "was", "revoked", "sixty", "contracts"]))
    ['60', 'contra', 'revok']
    """
    kept = _STEMS
    return frozenset([kept[word] for word in words]) - _NO_STEM


def stem_of(word: str) -> str:
    """The stem of one lower-case word, "" where it carries no meaning."""
    return _STEMS[word]


def rows_of(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Every `GRAM` words in a row."""
    return list(zip(words, words[1:], words[2:], words[3:], strict=False))


def sentences_of(text: str, part: int = -1) -> list[Sentence]:
    """The sentences of a text, all of one part."""
    found = []
    for piece in _pieces(text):
        words = words_of(piece)
        if words:
            stems = stems_of(words)
            joining = sum(map(FUNCTION_WORDS.__contains__, words))
            found.append(Sentence(piece, words, stems, part, joining / (joining + len(stems) or 1)))
    return found


def is_prose(sentences: Sequence[Sentence]) -> bool:
    """Whether sentences taken together have function words as prose has, `MIN_PROSE` or more of all words.

    >>> is_prose(sentences_of("He was late. It is not so.")), is_prose(sentences_of("Statute, case, court, offer, goods."))
    (True, False)
    """
    return sum([s.prose for s in sentences]) >= MIN_PROSE * len(sentences) > 0


def _pieces(text: str) -> list[str]:
    """The text cut at the ends of its sentences and lines."""
    found, start = [], 0
    for end in _END.finditer(text):
        at = end.start()
        before = text[max(start, at - 8) : at]
        number = end.end() < len(text) and text[end.end()].isdigit() and _SHORT.search(before)
        if text[at] == "\n" or not (number or _LAST.search(before) or _ABBREVIATED.search(before)):
            found.append(text[start : end.end()])
            start = end.end()
    return [*found, text[start:]]


def _read(text: str) -> Reading:
    text = "\n".join([line for line in text.splitlines() if not (_MAY_ANSWER(line) and answer_lines(line))])
    chain = _chain(_marks(text))
    sentences = sentences_of(text[: chain[0].start] if chain else text)
    parts: dict[int, list[str]] = {}
    for mark, following in zip(chain, (*chain[1:], None), strict=False):
        told = sentences_of(text[mark.body : following.start if following else len(text)], mark.part)
        sentences += told
        parts[mark.part] = [word for sentence in told for word in sentence.words]
    words = [word for sentence in sentences for word in sentence.words]
    return Reading(text, tuple(sentences), parts, words, any(mark.heading for mark in chain))


_kept = lru_cache(maxsize=1024)(_read)
_MAY_ANSWER = re.compile("answer", re.I).search  # most lines are let through by this alone


def _marks(text: str) -> list[_Mark]:
    """Every place where a part may start. Lead-ins count only where headings do not do the work."""
    marks = []
    for place in _START.finditer(text):
        at = place.end()
        new_line = at == 0 or "\n" in place.group()
        heading = _HEADING.match(text, at) if new_line else None
        found = heading or _LEAD_IN.match(text, at)
        if found:
            marks.append(_Mark(PARTS.index(found.lastgroup or ""), at, heading.end() if heading else at, bool(heading)))
    headings = [mark for mark in marks if mark.heading]
    return headings if len({mark.part for mark in headings}) > 2 else marks


def _chain(marks: Sequence[_Mark]) -> tuple[_Mark, ...]:
    """The longest run of marks whose parts stand in order, the earliest of its length."""
    best: list[tuple[_Mark, ...]] = [()] * len(PARTS)  # by the part that it ends with
    for mark in marks:
        longer = (*max(best[: mark.part], key=len, default=()), mark)
        if len(longer) > len(best[mark.part]):
            best[mark.part] = longer
    return max(best, key=len)


def _stem(word: str) -> str:
    """The stem of a lower-case word, or "" of one that carries no meaning."""
    word = word.replace("’", "'").removesuffix("'s")
    if word in FUNCTION_WORDS or (len(word) < 2 and not word.isdigit()):
        return ""
    if word in NUMBER_WORDS or word[0].isdigit():
        return NUMBER_WORDS.get(word, word)
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for ending in ("ies", "ing", "ed", "es", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) > 2 and not word.endswith("ss"):
            word = word.removesuffix(ending)
            break
    return word[:6]


_NO_STEM = frozenset([""])
