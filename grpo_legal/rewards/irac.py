"""`irac_structure`: is there an argument, in the order that lawyers give it, about the facts at hand?

Form is all that this can see: an argument with every rule inverted is well formed too. So it is paid on top of
a right answer only (combine.gated) and weighs little. What it does refuse is form without substance: headings
over nonsense, key words without sentences, the question copied, the same words again and again.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from grpo_legal.rewards.reading import MAX_CHARACTERS, MAX_COPIED, MIN_PROSE, PARTS, Reading, Sentence, read, words_in
from grpo_legal.rewards.told import argument, problems_of, stems_in, told_by
from grpo_legal.rewards.words import rows_of
from grpo_legal.schema import PromptStyle, completion_text

__all__ = ["MAX_CHARACTERS", "irac_structure"]

APPLICATION = PARTS.index("application")
MIN_WORDS = 5  # a part says something
MIN_KNOWN = {"issue": 0.4, "rule": 0.1, "application": 0.4, "conclusion": 0.3}  # content words from the case
# Words of the case that stand side by side stand so in the case as well ("Ann Lee", "$8,000 from"): of such pairs the
# gold arguments of all families have at least .33, ordinary answers .29, the words of the facts shuffled .05 (98% of
# them less than .15).
MIN_ORDERED = 0.18
MIN_PAIRS = 12  # fewer show nothing
MAX_REPEATED = 0.3  # share that stands in the same part or in an earlier one already, and in the whole text


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """The stems of facts, question, authorities and gold argument, and the rows of words of facts and question; of these
    two also the words, and the pairs of them that stand side by side."""

    stems: frozenset[str]
    rows: frozenset[tuple[str, ...]]
    words: frozenset[str]
    pairs: frozenset[tuple[str, str]]


@lru_cache(maxsize=256)
def _case(facts: str, question: str, authorities: tuple[str, ...], explanation: str) -> _Case:
    told = [told_by(facts), told_by(question)]
    return _Case(
        stems=stems_in([*told, *map(told_by, authorities), *argument(explanation).pieces]),
        rows=told[0].rows | told[1].rows,
        words=frozenset([*told[0].words, *told[1].words]),
        pairs=told[0].pairs | told[1].pairs,
    )


def irac_structure(
    completions: Sequence[Any],
    *,
    facts: Sequence[str],
    question: Sequence[str],
    style: Sequence[PromptStyle],
    authorities: Sequence[Sequence[str]] | None = None,
    explanation: Sequence[str] | None = None,
    **columns: Any,
) -> list[float]:
    """A quarter for each of issue, rule, application and conclusion that stands in order and has substance.

    In [0, 1]; 0.0 for style "short", where there is nothing to structure. A part opens with a heading ("Rule:",
    "## Analysis") or a lead-in at the start of a sentence ("Under …", "Here, …", "Therefore, …"). It has substance
    if it is prose of `MIN_WORDS` words or more that takes up words of the case (parties, amounts, dates, what is
    asked, and the law of the gold argument where there is one), neither copies the facts or the question nor repeats itself or an earlier part; the bounds are above.
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
    rows = zip(completions, style, problems_of(facts, question, authorities, explanation), strict=True)
    return [0.0 if s == "short" else _structure(read(completion_text(c)), _case(*problem)) for c, s, problem in rows]


def _structure(reading: Reading | None, case: _Case) -> float:
    if reading is None or APPLICATION not in reading.parts or _shuffled(reading.words, case):
        return 0.0
    seen: set[tuple[str, ...]] = set()  # the rows of words of this part and of those before it
    paid = total = 0
    for part, told in reading.parts.items():
        rows, before = rows_of(words_in(told)), len(seen)
        different = frozenset(rows)
        total += len(rows)
        seen |= different
        repeated = len(rows) - (len(seen) - before)
        if part >= 0 and repeated <= MAX_REPEATED * len(rows) and _has_substance(PARTS[part], told, different, case):
            paid += 1
        elif part == APPLICATION:
            return 0.0
    return paid / len(PARTS) if total - len(seen) <= MAX_REPEATED * total else 0.0


def _shuffled(words: Sequence[str], case: _Case) -> bool:
    """Whether the words of the case stand here in an order that the case does not know."""
    ordered = sum(map(case.pairs.__contains__, itertools.pairwise(words)))
    if ordered >= MIN_ORDERED * len(words):
        return False  # even if all words were of the case
    known = list(map(case.words.__contains__, words))
    beside = sum(map(operator.and_, known, known[1:]))
    return beside >= MIN_PAIRS and ordered < MIN_ORDERED * beside


def _has_substance(part: str, told: Sequence[Sentence], rows: frozenset[tuple[str, ...]], case: _Case) -> bool:
    """Whether a part with these rows of words says something about the case."""
    words = sum([len(sentence.words) for sentence in told])
    if words < MIN_WORDS or len(rows & case.rows) > MAX_COPIED * len(rows):
        return False
    content = frozenset().union(*[sentence.stems for sentence in told])
    known = len(content & case.stems)
    return (
        known >= 2
        and known >= MIN_KNOWN[part] * len(content)
        and sum([sentence.joining for sentence in told]) >= MIN_PROSE * words
    )
