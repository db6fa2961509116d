"""From a text to 0 to 20 points: what it states, what it inverts, which facts it applies, what it concludes.

Four criteria of 0 to 5 each:

- knowledge: the weight of the points stated, and the authorities named;
- accuracy: what is stated right against what is inverted; an inversion costs more than the point is worth;
- reasoning: rules, applied to the facts of this question, with reasons, up to the conclusion;
- completeness: the share of points and of facts addressed, and the conclusion drawn.

A point counts where a sentence of prose states it with the right polarity (`grpo_legal.rubric.pattern`). Below
`KNOWS_NOTHING` of the weight nothing is paid for accuracy, reasoning and completeness, from `KNOWS_ENOUGH` on in full;
reasoning and completeness are also multiplied by accuracy, so that a well-argued wrong answer earns little. All four are
multiplied by the text's coherence (`grpo_legal.rubric.coherence`), so that a salad of the right terms earns next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grpo_legal.rubric.coherence import trust
from grpo_legal.rubric.pattern import Pattern, matches
from grpo_legal.rubric.question import Point, Question
from grpo_legal.rubric.sentences import Sentence, read
from grpo_legal.rubric.wordlists import CONDITIONS, REASONS

MAX_CHARACTERS = 20_000  # of a text that are read; a long exam answer has 5,000
CRITERION = 5.0  # points per criterion
AUTHORITY_SHARE = 0.15  # of knowledge
KNOWS_NOTHING, KNOWS_ENOUGH = 0.25, 0.55  # shares of the points' weight
INVERSION_COSTS = 1.5  # times the weight of the point inverted
CONCLUSION_WEIGHT = 2.0  # of a right or wrong conclusion, where accuracy is weighed
APPLIED_ENOUGH = 3  # facts brought into a sentence of law
REASONS_ENOUGH = 2  # sentences with a reason in them
WORDS_PER_POINT = 3  # content words that a sentence needs for each point it states, beyond the first three
ECHO = 0.6  # share of a sentence's runs of four words that the question has: the sentence repeats the question


@dataclass(frozen=True, slots=True)
class Score:
    """Points of one answer; each criterion 0 to 5, `total` 0 to 20."""

    knowledge: float
    accuracy: float
    reasoning: float
    completeness: float

    @property
    def total(self) -> float:
        return round(self.knowledge + self.accuracy + self.reasoning + self.completeness, 2)


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in a text: ids of points stated and inverted, citations, facts addressed (indices), and so on.

    `trust`, 0 to 1, says how far the text hangs together."""

    stated: frozenset[str]
    inverted: frozenset[str]
    authorities: frozenset[str]
    facts: frozenset[int]
    applied: frozenset[int]
    reasons: int
    concluded: bool
    misconcluded: bool
    trust: float


def score(question: Question, text: str) -> Score:
    """The rubric's score of `text` as an answer to `question`; deterministic, never raises on a str.

    Four criteria of 0 to 5 points. Only the first `MAX_CHARACTERS` are read.

        >>> q = questions("contract")[0]
        >>> score(q, q.gold).total, score(q, "").total
        (20.0, 0.0)
    """
    found = assess(question, text)
    right = _weight(question.points, found.stated)
    wrong = _weight(question.points, found.inverted) + CONCLUSION_WEIGHT * found.misconcluded
    knows = right / sum(p.weight for p in question.points)
    gate = found.trust * min(1.0, max(0.0, (knows - KNOWS_NOTHING) / (KNOWS_ENOUGH - KNOWS_NOTHING)))
    cited = len(found.authorities) / len(question.authorities)
    affirmed = right + CONCLUSION_WEIGHT * found.concluded
    accuracy = max(0.0, 1.0 - INVERSION_COSTS * wrong / (affirmed + wrong)) if affirmed else 0.0
    return Score(
        knowledge=_points((1 - AUTHORITY_SHARE) * knows * found.trust + AUTHORITY_SHARE * cited * gate),
        accuracy=_points(gate * accuracy),
        reasoning=_points(gate * accuracy * _reasoned(question, found, knows)),
        completeness=_points(gate * accuracy * _complete(question, found, knows)),
    )


def assess(question: Question, text: str) -> Findings:
    """What `score` weighs, by name: for reports that show which points an answer lacks."""
    sentences = _own_sentences(question, read(text[:MAX_CHARACTERS]))
    facts = {i for i, fact in enumerate(question.facts) if any(matches(fact, s) for s in sentences)}
    stated: set[str] = set()
    inverted: set[str] = set()
    applied: set[int] = set()
    reasons, verdict = 0, None
    for before, sentence in zip([None, *sentences], sentences, strict=False):
        alone = _states(question, sentence, None)
        if not sentence.prose or len(alone) > max(3, len(sentence.words) // WORDS_PER_POINT):
            continue
        here = alone | _states(question, sentence, before)
        stated |= here
        inverted |= set() if alone else _inverts(question, sentence) - here
        verdict = _verdict(question, sentence, before, verdict)
        lawful = bool(here) or any(_touches(p, sentence) for p in (*question.points, question.conclusion))
        applied |= {i for i in facts if lawful and matches(question.facts[i], sentence)}
        reasons += lawful and not REASONS.isdisjoint(sentence.tokens)
    return Findings(
        stated=frozenset(stated - inverted),
        inverted=frozenset(inverted),
        authorities=frozenset(a.citation for a in question.authorities if any(matches(a.accept, s) for s in sentences)),
        facts=frozenset(facts),
        applied=frozenset(applied),
        reasons=reasons,
        concluded=verdict is True,
        misconcluded=verdict is False,
        trust=trust(question, sentences, verdict is True),
    )


def _own_sentences(question: Question, sentences: list[Sentence]) -> list[Sentence]:
    """The sentences that do not repeat the question's: its facts in runs of words, what it asks word for word."""
    asked = read(question.question)
    told = {run for s in asked if any(w.asserted for w in s.words) for run in s.shingles()}
    whole = {s.tokens for s in asked}
    return [s for s in sentences if s.words and s.tokens not in whole and not _echoes(s, told)]


def _echoes(sentence: Sentence, told: set[tuple[str, ...]]) -> bool:
    runs = sentence.shingles()
    return sum(r in told for r in runs) >= ECHO * len(runs)


def _says(patterns: Iterable[Pattern], sentence: Sentence, before: Sentence | None) -> bool:
    return any(matches(pattern, sentence, before) for pattern in patterns)


def _states(question: Question, sentence: Sentence, before: Sentence | None) -> set[str]:
    """Ids of the points that the sentence states, with help of the sentence before it where that is given."""
    return {p.id for p in question.points if _says(p.say, sentence, before)}


def _inverts(question: Question, sentence: Sentence) -> set[str]:
    """Ids of what the sentence inverts all by itself; asked only of a sentence that states nothing rightly, as rule and
    exception share many. A sentence about another case ("if …, it would …") inverts nothing."""
    if sentence.hypothetical:
        return set()
    return {p.id for p in question.points if _says(p.opposite, sentence, None)}


def _verdict(question: Question, sentence: Sentence, before: Sentence | None, so_far: bool | None) -> bool | None:
    """Whether the right (True) or the wrong (False) conclusion is drawn up to here: the last one drawn holds.

    Under a condition ("valid only if …") and in a hypothetical nothing wrong is concluded.
    """
    if _says(question.conclusion.say, sentence, before):
        return True
    supposed = sentence.hypothetical or not CONDITIONS.isdisjoint(sentence.tokens)
    return False if not supposed and _says(question.conclusion.opposite, sentence, before) else so_far


def _touches(point: Point, sentence: Sentence) -> bool:
    """Whether the sentence speaks of what the point is about: words for at least two slots of a pattern."""
    return any(
        sum(any(w.keys[0] in sentence.places for w in slot) for slot in pattern) >= 2
        for pattern in (*point.say, *point.opposite)
    )


def _weight(points: tuple[Point, ...], ids: frozenset[str]) -> float:
    return sum(p.weight for p in points if p.id in ids)


def _reasoned(question: Question, found: Findings, knows: float) -> float:
    enough = min(APPLIED_ENOUGH, len(question.facts))
    return (
        0.2 * min(1.0, knows / KNOWS_ENOUGH)
        + 0.3 * min(1.0, len(found.applied) / enough)
        + 0.3 * min(1.0, found.reasons / REASONS_ENOUGH)
        + 0.2 * found.concluded
    )


def _complete(question: Question, found: Findings, knows: float) -> float:
    return 0.5 * knows + 0.3 * len(found.facts) / len(question.facts) + 0.2 * found.concluded


def _points(share: float) -> float:
    return round(CRITERION * share, 2)
