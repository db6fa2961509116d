"""Every family is checked in the same ways; family_checks.py prints what each has, this holds it to the minimum.

What cannot change an answer is tried here on all families alike: a fact more that does not matter, other names, the
same facts in another order.
"""

from __future__ import annotations

import dataclasses
import re
from random import Random

import family_checks
import pytest
from family_series import series

from grpo_legal.problems import FAMILIES
from grpo_legal.problems import vocabulary as v

EACH_FAMILY = pytest.mark.parametrize("family", FAMILIES)
N = 600


@EACH_FAMILY
def test_at_least_eight_cases_are_worked_by_hand_each_with_its_source(family):
    cases = family_checks.hand_worked(family)
    assert len(cases) == len(set(cases)) >= 8
    sources = [case.partition(": ")[0] for case in cases if ": " in case]
    assert len(sources) == len(cases) and all(re.search(r"\d|§|[A-Z]", source) for source in sources), cases


@EACH_FAMILY
def test_a_second_engine_is_compared_on_2000_problems_and_on_facts_no_sampler_makes(family):
    row = family_checks.row(family)
    assert row["second engine on"] >= 2_000 and row["facts no sampler makes"] and row["properties"] >= 3


# ---- properties of all ----------------------------------------------------------------------------------

MORE = "It rained all that week."
PERSON = re.compile(rf"(?:{'|'.join(v.FIRST_NAMES)})(?: (?:{'|'.join(v.SURNAMES)}))?")
FIRM = re.compile(rf"(?:{'|'.join(v._HOUSES)})(?: (?:{'|'.join(v._TRADES)}))?(?P<form> Corporation| LLC)?")


def walk(value, change):
    """The value with every string in it replaced by `change(string)`, through tuples and dataclasses."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        parts = [walk(part, change) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if dataclasses.is_dataclass(value):
        return dataclasses.replace(
            value, **{f.name: walk(getattr(value, f.name), change) for f in dataclasses.fields(value)}
        )
    return value


def renamed(facts):
    """The facts with another name for every person and business, and how many were renamed."""
    given: dict[str, str] = {}

    def change(text):
        n = len(given)
        if PERSON.fullmatch(text):
            return given.setdefault(text, f"Zed Zuname{n}" if " " in text else f"Zed{n}")
        if found := FIRM.fullmatch(text):
            return given.setdefault(text, f"Zefirm{n} Zirconium{found['form'] or ''}")
        return text

    return walk(facts, change), given


@EACH_FAMILY
def test_other_names_never_change_the_answer(family):
    renames = 0
    for facts, problem in series(FAMILIES[family])(N):
        changed, given = renamed(facts)
        renames += bool(given)
        answer, steps = FAMILIES[family].decide(changed)
        assert answer == problem.answer, problem.facts
        assert [rule for rule, _ in steps] == [rule for rule, _ in FAMILIES[family].decide(facts)[1]]
        names = [name for name in given if " " in name]
        assert not any(name in finding for name in names for _, finding in steps), (names, steps)
    assert renames > 0.8 * N  # sovereign immunity has firms and ministries of its own


@EACH_FAMILY
def test_one_more_fact_that_does_not_matter_never_changes_the_ruling(family):
    decide = FAMILIES[family].decide
    for facts, problem in series(FAMILIES[family])(N):
        if hasattr(facts, "asides"):
            more = dataclasses.replace(facts, asides=(*facts.asides, MORE))
        else:  # answer_deadline tells what does not matter as an event with a date
            more = dataclasses.replace(facts, events=(*facts.events, ("press", facts.events[-1][1])))
        assert decide(more) == decide(facts), problem.facts


# Facts that hold several of a kind. In other families one set of facts is told in other orders by its phrasings alone.
IN_ANY_ORDER = {
    "answer_deadline": ("events",),
    "comparative_fault": ("damages",),
    "computing_time": ("events",),
    "diversity_jurisdiction": ("defendants",),
    "intestacy": ("children", "parents"),
    "regulation_d": ("others",),
    "removal": ("defendants",),
    "sovereign_immunity": ("waivers",),
    "statute_of_frauds": ("grounds",),
}
# Tuples that are one thing with several parts, or whose places mean something.
NO_LIST = {
    "holiday", "kind", "rule", "not_sued", "period", "demands", "weeks", "parent", "held", "prior", "revocation",
    "rejection", "worth", "usual", "earlier_buyers", "borderline", "earlier_sale", "convicted", "goods", "now", "before",
    "asides", "plaintiffs", "defendants", "others",
}  # fmt: skip


@EACH_FAMILY
def test_the_order_of_the_facts_never_changes_the_answer(family):
    decide, turned = FAMILIES[family].decide, 0
    for facts, problem in series(FAMILIES[family])(N):
        for field in dataclasses.fields(facts):
            several = getattr(facts, field.name)
            if not isinstance(several, tuple) or len(several) < 2:
                continue
            if field.name in ("asides", *IN_ANY_ORDER.get(family, ())):
                kept = (
                    several[:1] if (family, field.name) == ("removal", "defendants") else ()
                )  # the remover is the first
                other = dataclasses.replace(facts, **{field.name: kept + several[len(kept) :][::-1]})
                assert decide(other)[0] == problem.answer, problem.facts
                turned += 1
            else:
                assert field.name in NO_LIST, f"{family}: does the order of {field.name} matter?"
    assert turned > (30 if family in IN_ANY_ORDER else -1)


@EACH_FAMILY
def test_the_way_of_telling_is_no_part_of_what_is_decided(family):
    """One set of facts in many phrasings, with its pieces in other orders: the law sees only the facts."""
    found = FAMILIES[family]
    for facts, problem in series(found)(40):
        before = found.decide(facts)
        told = [found.render(Random(seed), facts) for seed in range(12)]
        assert len({text.template for text in told}) > 1 and len({text.facts for text in told}) > 1
        assert found.decide(facts) == before and before[0] == problem.answer
