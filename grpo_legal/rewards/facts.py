"""`grounded_in_facts`: does the application work with the parties, amounts and dates of this case, and no others?

What matters in the facts is taken from the problem's gold argument where there is one, so that an honest answer need
not mention what never decides. Facts copied out are no application: a sentence that stands in the question does not
count, and the others must bring in the law. A figure or a full name that nothing in the case gives costs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from grpo_legal.rewards.figures import (
    ORDINARY,
    Day,
    Figure,
    derivable,
    derivable_day,
    same_day,
)
from grpo_legal.rewards.reading import PARTS, Reading, Sentence, figures_of, is_prose, own_sentences, read
from grpo_legal.rewards.told import Told, argument, in_small_letters, stems_in, told_by
from grpo_legal.rewards.words import FUNCTION_WORDS, stems_of, words_of
from grpo_legal.schema import PromptStyle, completion_text

MIN_KNOWN = 0.3  # share of its stems that the case knows: nonsense about the parties has less
MANY = 2  # names, and figures, that make an application
LAW_STEMS = 3  # words of the law beside those of the facts that tie the two together
WEIGHTS = {"names": 0.4, "figures": 0.4, "events": 0.2}
MOST_EVENTS = 0.35  # share of the words for what happened that makes the last of these full

# Each looks behind from its capital letter, so that a search can skip to that.
_NAME = re.compile(r"[A-Z](?<![\w'’][A-Z])[^\W\d_]+")
_WITHIN = re.compile(r"[A-Z](?<=[a-z,;:(] [A-Z])[^\W\d_]+")
_FULL_NAME = re.compile(r"[A-Z](?<=[a-z,;] [A-Z])[a-z]{1,30}(?:\s[A-Z][a-z]{1,30}){1,3}")
# Proper nouns of the law and of the calendar, which no facts need give.
_COMMON = frozenset(
    words_of("""january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday federal rule rules civil criminal evidence procedure court courts supreme circuit
    district appeals act amendment article section title code united states state constitution congress restatement
    second third uniform commercial contracts new year day christmas labor memorial independence columbus veterans
    thanksgiving juneteenth martin luther king washington birthday general data protection regulation guidelines issue
    application conclusion analysis answer plaintiff defendant statute frauds international american judge justice
    european union guideline board attorney department secretary commission agency government""")
)
_NO_NAMES = _COMMON | FUNCTION_WORDS


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """What the facts hold (`names`, `numbers`, `days`, `times`), what of it matters, and what else is known."""

    facts: str
    question: str
    names: frozenset[str]  # their stems
    figures: frozenset[Figure]  # those of the facts that matter
    stems: frozenset[str]  # of the facts that matter
    law: frozenset[str]  # stems of the gold argument and the question beside those of the facts; none without one
    known: frozenset[str]  # stems of all of it
    words: frozenset[str]  # lower-case words of all of it
    held: frozenset[Figure]  # every amount, date, time, percentage and period of facts and question
    numbers: frozenset[float]  # of everything known
    days: frozenset[Day]
    times: frozenset[tuple[int, ...]]


def grounded_in_facts(
    completions: Sequence[Any],
    *,
    facts: Sequence[str],
    question: Sequence[str],
    style: Sequence[PromptStyle],
    answer: Sequence[str] | None = None,
    authorities: Sequence[Sequence[str]] | None = None,
    explanation: Sequence[str] | None = None,
    **columns: Any,
) -> list[float]:
    """How far the application uses the names, figures and events of the case, times the share of figures it may use.

    In [0, 1]; 0.0 for style "short". The application is what stands under its heading and under the conclusion's, or
    the whole text but for the issue where headings are missing. Names (a surname will do) weigh .4, amounts, dates,
    times, percentages and counts .4, what happened .2; two names and two figures are enough. A sentence counts if it
    is prose about this case and not copied from it (reading.own_sentences, `MIN_KNOWN`). An amount, date, time,
    percentage, period or full name costs if neither facts, question, gold argument and answer have it nor one step
    of arithmetic gives it from those that stand there (figures.derivable): "$75,000", "75,000 dollars" and "$75k" are
    one amount. Source: own.

    >>> told = (
    ...     "Issue: Is there jurisdiction?\\nRule: More than $75,000 must be at stake.\\n"
    ...     "Application: Ann claims $80,000 from Bob, $5,000 above the threshold, so the amount in controversy exceeds it."
    ...     "\\nConclusion: There is jurisdiction.\\nAnswer: Yes"
    ... )
    >>> row = dict(facts=["Ann sues Bob for $80,000."], style=["reasoned"],
    ...     question=["Does the amount in controversy exceed $75,000, so that the court has jurisdiction?"])
    >>> grounded_in_facts([told], **row), grounded_in_facts([told.replace("$80,000", "$91,234")], **row)[0] < 0.5
    ([1.0], True)
    """
    n = len(completions)
    columns_read = (answer or [""] * n, authorities or [()] * n, explanation or [""] * n)
    return [
        0.0
        if s == "short"
        else _grounded(read(completion_text(c)), _case(f or "", q or "", a or "", tuple(u or ()), e or ""))
        for c, f, q, s, a, u, e in zip(completions, facts, question, style, *columns_read, strict=True)
    ]


def _grounded(reading: Reading | None, case: _Case) -> float:
    if reading is None:
        return 0.0
    own = own_sentences(reading, case.facts, case.question)
    told = [sentence for sentence in _application(reading, own) if _known(sentence, case)]
    if not is_prose(told):
        return 0.0
    stems = frozenset().union(*[sentence.stems for sentence in told])
    found = figures_of(told)
    used = _used(case, stems, found, set().union(*[sentence.spelled for sentence in told]))
    if not used:
        return 0.0
    link = min(1.0, len(stems & case.law) / min(LAW_STEMS, len(case.law))) ** 0.5 if case.law else 1.0
    return used * link * _supported(case, " ".join([sentence.text for sentence in told]), found)


def _application(reading: Reading, sentences: Sequence[Sentence]) -> Sequence[Sentence]:
    if reading.headed and PARTS.index("application") in reading.parts:
        return [sentence for sentence in sentences if sentence.part >= PARTS.index("application")]
    return [sentence for sentence in sentences if sentence.part != PARTS.index("issue")]


@lru_cache(maxsize=8192)
def _known(sentence: Sentence, case: _Case) -> bool:
    """Whether enough of a sentence is about this case; less will do where it holds one of its figures."""
    known = len(sentence.stems & case.known) / len(sentence.stems)
    if known >= MIN_KNOWN:
        return True
    return known >= MIN_KNOWN / 2 and not case.held.isdisjoint(sentence.figures)


def _used(case: _Case, stems: Set[str], found: Sequence[Figure], spelled: Set[float]) -> float:
    """The share of the names, figures and events that matter. 0.0 where neither a name nor a figure is used."""
    names = len(case.names & stems)
    count = _held(case.figures, found, spelled)
    if not names and not count and (case.names or case.figures):
        return 0.0
    paid = total = 0.0
    if case.names:
        total += WEIGHTS["names"]
        paid += WEIGHTS["names"] * min(1.0, (names + (names == 1) * 0.5) / min(MANY, len(case.names)))
    if case.figures:
        total += WEIGHTS["figures"]
        paid += WEIGHTS["figures"] * min(1.0, count / min(MANY, len(case.figures)))
    if case.stems:
        total += WEIGHTS["events"]
        paid += WEIGHTS["events"] * min(1.0, len(case.stems & stems) / max(1.0, MOST_EVENTS * len(case.stems)))
    return paid / total if total else 0.0


def _held(wanted: Iterable[Figure], found: Sequence[Figure], spelled: Set[float]) -> int:
    """How many figures of the facts are among those found, whatever their units are called."""
    days = [figure.value for figure in found if figure.kind == "date"]
    times = {figure.value for figure in found if figure.kind == "time"}
    numbers = {figure.value for figure in found if figure.kind not in ("date", "time")} | spelled
    return sum(
        same_day(figure.value, days)
        if figure.kind == "date"
        else figure.value in (times if figure.kind == "time" else numbers)
        for figure in wanted
    )


def _supported(case: _Case, text: str, found: Sequence[Figure]) -> float:
    """The share of the figures and full names that the case gives, itself or by arithmetic."""
    numbers, days = case.numbers, case.days
    good = bad = 0
    for figure in found:
        if figure.kind == "number":
            continue
        if figure.kind == "date":
            right = figure.value in days or derivable_day(figure.value, days, numbers)
            days = days if figure.value in days or not right else days | {figure.value}
        elif figure.kind == "time":
            right = figure.value in case.times
        else:
            right = figure.value in numbers or derivable(figure.value, numbers | ORDINARY)
            numbers = numbers if figure.value in numbers or not right else numbers | {figure.value}
        good, bad = good + right, bad + (not right)
    for name in _FULL_NAME.findall(text):
        strange = [part for part in name.lower().split() if part not in case.words and part not in _COMMON]
        bad += len(strange) > 1
    return 1.0 if not bad else good / (good + 2 * bad)


@lru_cache(maxsize=256)
def _case(facts: str, question: str, answer: str, authorities: tuple[str, ...], explanation: str) -> _Case:
    given, whole = [told_by(facts), told_by(question)], argument(explanation)
    gold = [whole.application] if whole.application else given
    everything = [*given, *whole.pieces, *map(told_by, authorities), told_by(answer)]
    in_gold = [figure for told in gold for figure in told.figures]
    spelled = set().union(*[told.spelled for told in gold])
    fact_stems = told_by(facts or question).stems
    return _Case(
        facts=facts,
        question=question,
        names=stems_of(name.lower() for name in _names(given, whole.application, authorities, everything)),
        figures=frozenset([figure for figure in given[0].figures if _held([figure], in_gold, spelled)]),
        stems=fact_stems & stems_in(gold),
        law=stems_in([*whole.pieces, given[1]]) - fact_stems if explanation else frozenset(),
        known=stems_in(everything),
        words=frozenset().union(*[told.words for told in everything]),
        held=frozenset([figure for told in given for figure in told.figures if figure.kind != "number"]),
        numbers=frozenset().union(*[told.numbers for told in everything]),
        days=frozenset([f.value for told in everything for f in told.figures if f.kind == "date"]),
        times=frozenset([f.value for told in everything for f in told.figures if f.kind == "time"]),
    )


def _names(
    given: Sequence[Told], application: Told | None, authorities: Sequence[str], everything: Sequence[Told]
) -> set[str]:
    """The names in facts and question that matter: those of the gold Application, else those within a sentence."""
    names = {name for told in given for name in _NAME.findall(told.text) if name.lower() not in _NO_NAMES}
    if application:
        names &= set(_NAME.findall(application.text))
    else:
        names &= {name for told in given for name in _WITHIN.findall(told.text)}
    names -= {name for citation in authorities for name in _NAME.findall(citation)}
    return names - in_small_letters(names, "\n".join([told.text for told in everything]))
