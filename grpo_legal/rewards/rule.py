"""`rule_stated`: does the answer state the rules that govern the case, in its own words or in theirs?

The rules are the problem's own: the sentences of the gold argument's Rule part, each with its citation. Shared words
cannot tell a rule from its opposite, so a statement that turns the rule round (polarity.py), or that puts another
number in the place of the rule's, earns nothing for that rule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from grpo_legal.rewards.figures import figures, word_numbers
from grpo_legal.rewards.polarity import Polarity, contradicts, is_own, polarity
from grpo_legal.rewards.reading import (
    PARTS,
    Reading,
    Sentence,
    figures_of,
    is_prose,
    own_sentences,
    read,
    sentences_of,
    words_in,
)
from grpo_legal.rewards.told import argument, in_small_letters, problems_of, told_by
from grpo_legal.rewards.words import stems_of, words_of
from grpo_legal.schema import PromptStyle, completion_text

NAMED = 0.15  # for a rule of which the citation alone is given
NONE_AT, ALL_AT = 0.2, 0.38  # share of a rule's words at which it counts as not stated, and as stated
JUDGED_AT = 0.25  # share at which a sentence is held to the rule: with less it may be about something else
# Of a rule's word, and of one that facts or question hold too: the echo of a question states no rule. Whole numbers,
# so that sums are the same in any order.
WEIGHT, COMMON_WEIGHT = 5, 2
HELPS_AT = 0.14  # share from which a sentence helps to state a rule: every text of law shares a word or two with it
ANCHOR = 3  # words that one sentence must share with the rule: two of a short rule stand in many a sentence of law
MIN_SHARED = 2  # words that a sentence shares with the rule it helps to state
WITHOUT_NUMBER = 0.5  # of the pay, where the rule turns on numbers and none of them is given

_LAW_WORDS = stems_of(
    words_of("1 u.s.c c.f.r fed civ evid restatement second contracts cmt sec art guidelines rule section code stat")
)


@dataclass(frozen=True, slots=True, eq=False)
class _Rule:
    """One rule: the weight of each word, its total, its numbers with a unit, the way it turns, its citation."""

    weights: dict[str, int]
    stems: frozenset[str]
    total: int
    numbers: frozenset[float]
    units: frozenset[str]
    polarity: Polarity
    cited: str  # its citation in brackets
    citation: tuple[str, ...]  # the words of the citation


@dataclass(frozen=True, slots=True, eq=False)
class _Law:
    """The rules of a problem, and what else bears on reading a statement of them."""

    facts: str
    question: str
    rules: tuple[_Rule, ...]
    names: frozenset[str]  # capitalised words of the facts: a sentence with one applies the rule
    numbers: frozenset[float]  # every number of the problem
    cited: tuple[tuple[str, ...], ...]  # the words of each authority, where there is no gold argument


def rule_stated(
    completions: Sequence[Any],
    *,
    facts: Sequence[str],
    question: Sequence[str],
    style: Sequence[PromptStyle],
    authorities: Sequence[Sequence[str]] | None = None,
    explanation: Sequence[str] | None = None,
    **columns: Any,
) -> list[float]:
    """The share of the problem's rules that the answer states, each from 0.0 to 1.0.

    In [0, 1]; 0.0 for style "short", and where a problem has neither gold argument nor authorities. A rule counts in
    full where `ALL_AT` of its words, stemmed and weighed, stand in sentences of prose that are not copied from facts
    or question; half, where it turns on numbers (21 days, $75,000) and none of them is given; `NAMED`, where only
    its citation is; nothing, where it is turned round or another number stands in place of its own. Without a gold
    argument nothing says what the rules are: each authority named in a sentence of prose earns `NAMED`. Source: own.

    >>> row = dict(facts=["Ann sues Bob for $80,000."], question=["Is there jurisdiction?"], style=["reasoned"],
    ...     explanation=["Issue: x.\\nRule: The matter in controversy must exceed $75,000 (28 U.S.C. § 1332(a)).\\n"
    ...                  "Application: y.\\nConclusion: z."], authorities=[["28 U.S.C. § 1332(a)"]])
    >>> [rule_stated([f"Rule: {told}."], **row)[0] for told in (
    ...     "More than $75,000 must be in controversy", "The matter in controversy need not exceed $75,000",
    ...     "The matter in controversy must exceed $50,000", "The rule is in 28 U.S.C. § 1332(a)")]
    [1.0, 0.0, 0.0, 0.15]
    """
    rows = zip(completions, style, problems_of(facts, question, authorities, explanation), strict=True)
    return [0.0 if s == "short" else _stated(read(completion_text(c)), _law(*problem)) for c, s, problem in rows]


def _stated(reading: Reading | None, law: _Law) -> float:
    if reading is None or not (law.rules or law.cited):
        return 0.0
    told = own_sentences(reading, law.facts, law.question)
    if not is_prose(told):
        return 0.0
    if not law.rules:
        words = set(words_in(told))
        return NAMED * sum(words.issuperset(citation) for citation in law.cited) / len(law.cited)
    shares = [_shares(sentence, law) for sentence in told]
    turned = {
        at
        for sentence, held in zip(told, shares, strict=True)
        if max(held) >= JUDGED_AT and _states(sentence, reading, law)
        for at in _denied(sentence, held, law)
    }
    numbers: set[float] = set()
    if any(rule.numbers for rule in law.rules):
        numbers = {figure.value for figure in figures_of(told)}
        numbers.update(*[sentence.spelled for sentence in reading.sentences])
    paid = [
        0.0
        if at in turned
        else _one(rule, [s for s, held in zip(told, shares, strict=True) if held[at]], told, numbers)
        for at, rule in enumerate(law.rules)
    ]
    return sum(paid) / len(paid)


def _states(sentence: Sentence, reading: Reading, law: _Law) -> bool:
    """Whether a sentence states law rather than applies it: it stands in the rule's part or names nobody of the case."""
    if reading.headed:
        return sentence.part == PARTS.index("rule")
    return law.names.isdisjoint(sentence.words)


def _one(rule: _Rule, helping: Sequence[Sentence], told: Sequence[Sentence], numbers: set[float]) -> float:
    """What one rule is paid that is not turned round, from the sentences that share words with it."""
    shared = [sentence.stems & rule.stems for sentence in helping]
    given = frozenset().union(*shared)
    if max(map(len, shared), default=0) < min(ANCHOR, (len(rule.stems) + 1) // 2):
        given = frozenset()
    share = sum(map(rule.weights.__getitem__, given)) / rule.total
    paid = min(1.0, max(0.0, (share - NONE_AT) / (ALL_AT - NONE_AT)))
    if rule.numbers and not rule.numbers & numbers:
        paid *= WITHOUT_NUMBER
    return paid if paid >= NAMED or not set(words_in(told)).issuperset(rule.citation) else NAMED


@lru_cache(maxsize=8192)
def _shares(sentence: Sentence, law: _Law) -> list[float]:
    """Of each rule what the sentence holds of it, by `_share`."""
    return [_share(sentence, rule) for rule in law.rules]


def _share(sentence: Sentence, rule: _Rule) -> float:
    """The share of the rule's words, weighed, that the sentence holds, 0.0 if too few to help to state it."""
    shared = sentence.stems & rule.stems
    if len(shared) < MIN_SHARED:
        return 0.0
    share = sum(map(rule.weights.__getitem__, shared)) / rule.total
    return share if share >= HELPS_AT else 0.0


def _denied(sentence: Sentence, shares: Sequence[float], law: _Law) -> list[int]:
    """The rules, by place, of which the sentence says the opposite. It is held to the one that it is closest to.

    In another wording than the rule's each side of a semicolon states what it states by itself.
    """
    at = max(range(len(shares)), key=shares.__getitem__)
    if shares[at] < JUDGED_AT:
        return []
    rule, text = law.rules[at], sentence.text
    for other in law.rules:
        text = text.replace(other.cited, "")
    said = polarity(text)
    if ";" in text and not is_own(said, rule.polarity):
        sides = [told for side in text.split(";") for told in sentences_of(side)]
        return [at for told in sides for at in _denied(told, _shares(told, law), law)]
    return [at] if contradicts(said, rule.polarity) or _other_number(sentence, rule, law) else []


def _other_number(sentence: Sentence, rule: _Rule, law: _Law) -> bool:
    """Whether the sentence puts a number that is nowhere in the problem where the rule has one of its own."""
    if not rule.numbers:
        return False
    return any(
        figure.kind in ("money", "percent", "period")
        and (figure.unit or figure.kind) in rule.units
        and figure.value not in law.numbers
        for figure in figures_of([sentence])
    )


@lru_cache(maxsize=256)
def _law(facts: str, question: str, authorities: tuple[str, ...], explanation: str) -> _Law:
    gold = argument(explanation)
    given = [told_by(facts), told_by(question)]
    everything = [*given, *gold.pieces]
    case = given[0].stems | given[1].stems
    names = set(re.findall(r"[A-Z][a-z]+", facts))
    strange = names - in_small_letters(names, "\n".join([told.text for told in everything]))
    return _Law(
        facts=facts,
        question=question,
        rules=tuple(
            _rule(told, cited, case & told_by(told).stems)
            for told, cited in _told(gold.rule.text if gold.rule else "", authorities)
        ),
        names=frozenset([name.lower() for name in strange]),
        numbers=frozenset([f.value for told in everything for f in told.figures]).union(
            *[t.spelled for t in everything]
        ),
        cited=() if gold.rule else tuple(tuple(told_by(c).words) for c in authorities if told_by(c).words),
    )


def _told(part: str, authorities: Sequence[str]) -> list[tuple[str, str]]:
    """The rules of a Rule part with their citations: each ends in "(citation).", the citation being an authority."""
    found, at = [], 0
    ends = sorted((place, a) for a in set(authorities) if (place := part.find(f" ({a}).")) >= 0)
    for place, authority in ends:
        if place >= at:
            found.append((part[at:place].strip(), authority))
            at = place + len(authority) + 4
    return [(told, cited) for told, cited in found if told]


@lru_cache(maxsize=1024)
def _rule(told: str, citation: str, common: frozenset[str]) -> _Rule:
    """The rule that is `told`; of its stems those in facts or question are `common`."""
    weights = {stem: COMMON_WEIGHT if stem in common else WEIGHT for stem in told_by(told).stems - _LAW_WORDS}
    numbers = [figure for figure in figures(told) if figure.kind in ("money", "percent", "period")]
    spelled = re.findall(r"\b([a-z]+)(?:\s(?:or\s)?[a-z]+){0,2}\s(day|month|year|hour|week|employee)s?\b", told)
    counted = word_numbers([word for word, _ in spelled])
    return _Rule(
        weights=weights,
        stems=frozenset(weights),
        total=sum(weights.values()) or 1,
        numbers=frozenset(figure.value for figure in numbers) | counted,
        units=frozenset(figure.unit or figure.kind for figure in numbers) | {unit for _, unit in spelled},
        polarity=polarity(told),
        cited=f" ({citation})",
        citation=tuple(words_of(citation)),
    )
