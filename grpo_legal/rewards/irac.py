"""`irac_structure`: is there an argument, in the order that lawyers give it, about the facts at hand?

Form is all that this can see: an argument with every rule inverted is well formed too. So it is paid on top of
a right answer only (combine.gated) and weighs little. What it does refuse is form without substance: headings
over nonsense, key words without sentences, the question copied, the same words again and again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any, NamedTuple

from grpo_legal.schema import PromptStyle, answer_lines, completion_text

PARTS = ("issue", "rule", "application", "conclusion")

MAX_CHARACTERS = 100_000  # about 25,000 tokens; a longer text is no brief, and is not looked at
MIN_WORDS = 5  # a part says something
MIN_PROSE = 0.2  # share of function words: English prose has about .45, a list of key words none
MIN_KNOWN = {"issue": 0.4, "rule": 0.1, "application": 0.4, "conclusion": 0.3}  # content words from the case
GRAM = 4  # words in a row that count as copied or repeated
MAX_COPIED = 0.6  # share of a part's word rows that stand in the question or in the facts
MAX_REPEATED = 0.3  # share that stands in the same part or in an earlier one already, and in the whole text

# All expressions run in linear time: every repeat is bounded or starts at a sentence's start only.
_HEADING = re.compile(
    r"[\s#*_>0-9.()IVivx-]{0,12}(?:(?P<issue>issues?|questions?(?: presented)?)"
    r"|(?P<rule>(?:governing |applicable )?(?:rules?|law)|legal standard)"
    r"|(?P<application>application|analysis|discussion)|(?P<conclusion>conclusions?|holding))"
    r"(?: (?:of|to) [\w ']{1,40})?[ \t*_]{0,6}(?::[ \t*_]{0,6}|[-–—]|$)",
    re.I | re.M,
)
_LEAD_IN = re.compile(
    r"(?P<issue>(?:the|this|one) (?:\w{1,20} )?(?:issue|question) (?:\w{1,20} )?(?:is|are)\b"
    r"|(?:at issue is )?whether\b)"
    r"|(?P<rule>under\b|pursuant to\b|according to\b|the (?:\w{1,20} )?(?:rule|law|standard|test)\b"
    r"|(?:rule|section|§) ?[0-9])"
    r"|(?P<application>here\b|in this case\b|in the present case\b|on these facts\b|applying\b|the facts\b)"
    r"|(?P<conclusion>therefore\b|thus\b|hence\b|accordingly\b|consequently\b|in conclusion\b|in sum\b)",
    re.I,
)
_SENTENCE = re.compile(r"\A\s*|\n\s*|(?<=[.!?])\s+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|[0-9](?:[0-9,]*[0-9])?")
_FUNCTION_WORDS = frozenset(
    _WORD.findall(
        """a about after all also although an and any are as at be because been before being between both but by can
        could did do does each either for from had has have he hence her here him his how if in into is it its may more
        most must neither no nor not of on only or other our out over shall she should since so some such than that the
        their them then there therefore these they this those though thus to under until upon was we were what when
        where whether which while who whom whose will with within without would yes you"""
    )
)


class _Mark(NamedTuple):
    """Where a part starts: `start` at its heading or lead-in, `body` at its text."""

    part: int
    start: int
    body: int
    heading: bool


@dataclass(frozen=True)
class _Case:
    """What the facts, the question and the authorities say, in content words and in rows of words."""

    words: frozenset[str]
    rows: frozenset[tuple[str, ...]]

    @classmethod
    def of(cls, facts: str, question: str, authorities: Sequence[str]) -> _Case:
        told = [_words(facts), _words(question)]
        cited = [word for citation in authorities for word in _words(citation)]
        return cls(
            words=frozenset(_content([*told[0], *told[1], *cited])),
            rows=frozenset(row for words in told for row in _rows(words)),
        )


def irac_structure(
    completions: Sequence[Any],
    *,
    facts: Sequence[str],
    question: Sequence[str],
    style: Sequence[PromptStyle],
    authorities: Sequence[Sequence[str]] | None = None,
    **columns: Any,
) -> list[float]:
    """A quarter for each of issue, rule, application and conclusion that stands in order and has substance.

    In [0, 1]; 0.0 for style "short", where there is nothing to structure. A part opens with a heading ("Rule:",
    "## Analysis") or a lead-in at the start of a sentence ("Under …", "Here, …", "Therefore, …"). It has substance
    if it is prose of `MIN_WORDS` words or more that takes up words of the case (parties, amounts, dates, what is
    asked), neither copies the facts or the question nor repeats itself or an earlier part; the bounds are above.
    Nothing is paid where the application is without substance: it is what ties the rule to the case.
    Source: the IRAC scheme of legal writing, as in LegalBench (arXiv 2308.11462).

    >>> told = (
    ...     "Issue: Whether the court may hear the suit of Ann against Bob.\\n"
    ...     "Rule: Section 1332 asks for citizens of different States and more than $75,000.\\n"
    ...     "Application: Ann comes from Ohio but Bob comes from Texas, and she claims $80,000.\\n"
    ...     "Conclusion: So the court has jurisdiction over the suit.\\nAnswer: Yes"
    ... )
    >>> irac_structure([told], facts=["Ann, a citizen of Ohio, sues Bob, a citizen of Texas, for $80,000."],
    ...     question=["Has the court jurisdiction under 28 U.S.C. § 1332?"], style=["reasoned"])
    [1.0]
    """
    cited = authorities if authorities is not None else [()] * len(completions)
    return [
        0.0 if s == "short" else _structure(completion_text(c), _Case.of(f or "", q or "", a or ()))
        for c, f, q, s, a in zip(completions, facts, question, style, cited, strict=True)
    ]


def _structure(text: str, case: _Case) -> float:
    if len(text) > MAX_CHARACTERS:
        return 0.0
    text = "\n".join(line for line in text.splitlines() if not answer_lines(line))
    chain = _chain(_marks(text))
    ends = [*(mark.start for mark in chain[1:]), len(text)]
    earlier: set[tuple[str, ...]] = set()
    paid = set()
    for mark, end in zip(chain, ends, strict=False):
        words = _words(text[mark.body : end])
        if _has_substance(PARTS[mark.part], words, case, earlier):
            paid.add(PARTS[mark.part])
        earlier.update(_rows(words))
    return len(paid) / len(PARTS) if "application" in paid and _repeated(_rows(_words(text))) <= MAX_REPEATED else 0.0


def _marks(text: str) -> list[_Mark]:
    """Every place where a part may start. Lead-ins count only where headings do not do the work."""
    marks = []
    for place in _SENTENCE.finditer(text):
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


def _has_substance(part: str, words: list[str], case: _Case, earlier: Set[tuple[str, ...]]) -> bool:
    content = _content(words)
    rows = _rows(words)
    if len(words) < MIN_WORDS or not content or not rows:
        return False
    known = content & case.words
    prose = sum(word in _FUNCTION_WORDS for word in words) / len(words)
    copied = sum(row in case.rows for row in rows) / len(rows)
    return (
        prose >= MIN_PROSE
        and len(known) >= 2
        and len(known) >= MIN_KNOWN[part] * len(content)
        and copied <= MAX_COPIED
        and _repeated(rows, earlier) <= MAX_REPEATED
    )


def _repeated(rows: Sequence[tuple[str, ...]], earlier: Set[tuple[str, ...]] = frozenset()) -> float:
    """The share of `rows` that is not new."""
    return 1 - len(set(rows) - earlier) / len(rows) if rows else 0.0


def _words(text: str) -> list[str]:
    """Lower-case words and whole numbers; "$75,000" is the word 75000."""
    return [match.group().lower().replace(",", "") for match in _WORD.finditer(text)]


def _content(words: Sequence[str]) -> frozenset[str]:
    """The words that carry meaning, without a plural or possessive s."""
    found = (word.removesuffix("'s").removesuffix("’s") for word in words if word not in _FUNCTION_WORDS)
    return frozenset(word.removesuffix("s") if len(word) > 3 else word for word in found if len(word) > 1)


def _rows(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Every `GRAM` words in a row."""
    return list(zip(*(words[i:] for i in range(GRAM)), strict=False))
