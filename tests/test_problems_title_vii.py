"""Title VII coverage and caps against hand-worked cases and a second engine that lays out every week of both years."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from family_series import series

from grpo_legal.problems import title_vii_law as t
from grpo_legal.problems.title_vii import FAMILY

drawn = series(FAMILY)


# ---- cases worked by hand ------------------------------------------------------------------------------

SUIT = t.Facts(
    plaintiff="Ann Lee",
    employer="Redwood Tools",
    public=False,
    club="",
    year=2025,
    now=(16, 30, 9),
    before=(9, 52, 9),
    part=0,
    contractors=0,
    partial=0,
    co_plaintiff="",
    compensatory=0,
    punitive=0,
    back=0,
    front=0,
    act="fired {p} because of sex",
    asks_outside=False,
    asides=(),
    difficulty=3,
)


def case(**changes):
    """A suit for what was done in 2025, with 16 employees in 30 weeks of that year, but for …"""
    return replace(SUIT, **changes)


def award(heads, compensatory, punitive, **changes):
    """A verdict against a business with so many employees in every week of two years, or with the given payroll."""
    payroll = heads if isinstance(heads, tuple) else (heads, 52, heads)
    return case(now=payroll, before=payroll, compensatory=compensatory, punitive=punitive, **changes)


COVERAGE = [
    ("2000e(b): 16 employees in 30 weeks", case(), "Yes"),
    ("2000e(b): 15 employees in 20 weeks", case(now=(15, 20, 9)), "Yes"),
    ("2000e(b): 15 employees in 19 weeks", case(now=(15, 19, 9)), "No"),
    ("2000e(b): 14 employees all year", case(now=(14, 52, 14)), "No"),
    ("2000e(b): 20 weeks of the year before", case(now=(9, 52, 9), before=(15, 20, 9)), "Yes"),
    ("2000e(b): 19 weeks of either year", case(now=(15, 19, 9), before=(15, 19, 9)), "No"),
    ("Walters: part-time workers count on days off", case(now=(15, 20, 15), part=5), "Yes"),
    ("Walters: a fifteenth for 21 weeks, two of them in part", case(now=(15, 19, 14), partial=2), "No"),
    ("Walters: a fifteenth for 22 weeks, two of them in part", case(now=(15, 20, 14), partial=2), "Yes"),
    ("2000e(f): 13 employees and 5 contractors", case(now=(13, 52, 13), contractors=5), "No"),
    ("2000e(b)(2): an exempt private membership club", case(club="exempt"), "No"),
    ("2000e(b)(2): a club run for profit", case(club="commercial"), "Yes"),
]
DAMAGES = [
    ("1981a(b)(3)(A): 15 employees", award(15, 30_000, 30_000), "50000.00"),
    ("1981a(b)(3)(A): 100 employees", award(100, 90_000, 20_000), "50000.00"),
    ("1981a(b)(3)(B): 101 employees", award(101, 90_000, 20_000), "100000.00"),
    ("1981a(b)(3)(B): 200 employees", award(200, 90_000, 20_000), "100000.00"),
    ("1981a(b)(3)(C): 201 employees", award(201, 190_000, 20_000), "200000.00"),
    ("1981a(b)(3)(C): 500 employees", award(500, 190_000, 20_000), "200000.00"),
    ("1981a(b)(3)(D): 501 employees", award(501, 290_000, 20_000), "300000.00"),
    ("1981a(b)(3): exactly the cap", award(100, 25_000, 25_000), "50000.00"),
    ("1981a(b)(3): less than the cap", award(100, 25_000, 24_000), "49000.00"),
    ("1981a(b)(3): 101 in 19 weeks only", award((101, 19, 98), 60_000, 10_000), "50000.00"),
    ("1981a(b)(3): 101 in 33 weeks", award((101, 33, 98), 60_000, 10_000), "70000.00"),
    ("1981a(b)(3): each complaining party", award(100, 50_000, 1_000, co_plaintiff="Bo Ray"), "50000.00"),
    ("1981a(b)(2): back pay stays out", award(100, 30_000, 15_000, back=40_000), "45000.00"),
    ("Pollard: so does front pay", award(100, 30_000, 25_000, back=40_000, front=9_000), "50000.00"),
    ("1981a(b)(1): a city pays no punitive damages", award(100, 30_000, 15_000, public=True), "30000.00"),
    ("1981a(b)(1): a city, over the cap", award(100, 60_000, 15_000, public=True), "50000.00"),
]


@pytest.mark.parametrize(("facts", "answer"), [row[1:] for row in COVERAGE], ids=[row[0] for row in COVERAGE])
def test_hand_worked_coverage(facts, answer):
    assert t.decide(facts)[0] == answer
    assert t.decide(replace(facts, asks_outside=True))[0] == {"Yes": "No", "No": "Yes"}[answer]
    assert t.asks(facts) == ("yes_no", ("Yes", "No"))


@pytest.mark.parametrize(("facts", "answer"), [row[1:] for row in DAMAGES], ids=[row[0] for row in DAMAGES])
def test_hand_worked_damages(facts, answer):
    assert t.decide(facts)[0] == answer
    assert t.asks(facts) == ("amount", ())


@pytest.mark.parametrize(
    "facts",
    [
        award((101, 25, 98), 60_000, 10_000),
        replace(award(101, 60_000, 10_000), before=(90, 52, 90)),
        award(14, 60_000, 10_000),
        award(100, 60_000, 10_000, club="exempt"),
    ],
    ids=["two classes in one year", "two classes in two years", "too small to be liable", "award against a club"],
)
def test_contested_facts_are_refused(facts):
    with pytest.raises(ValueError):
        t.decide(facts)


# ---- a second engine --------------------------------------------------------------------------------------


def second_opinion(x):
    """Sorts the 52 weeks of each year by size: the twentieth largest week tells what was reached in 20 weeks."""
    reached = []
    for high, weeks, low in (x.now, x.before):
        sizes = sorted([high] * weeks + [low] * (52 - weeks), reverse=True)
        reached.append(sizes[19])
    best = max(reached)
    if x.compensatory == x.punitive == 0:
        employer = best >= 15 and x.club != "exempt"
        return {True: "Yes", False: "No"}[employer is not x.asks_outside]
    cap = 50_000 * (1 + (best >= 101) + 2 * (best >= 201) + 2 * (best >= 501))
    return f"{min(cap, x.compensatory + x.punitive * (not x.public)):.2f}"


def test_a_second_engine_agrees_on_2000_problems():
    for facts, problem in drawn(2_000):
        assert second_opinion(facts) == problem.answer, problem.facts


def test_the_engines_agree_on_facts_that_no_sampler_would_make():
    rng, compared = random.Random(1), Counter()
    for facts, _ in drawn(1_500):
        high = rng.choice((14, 15, 16, 100, 101, 200, 201, 500, 501))
        payroll = (high, rng.choice((12, 19, 20, 33, 52)), rng.choice((8, 14, high - 1, high)))
        scrambled = replace(
            facts,
            now=payroll,
            before=rng.choice((payroll, facts.before)),
            club=rng.choice(("", "", "exempt", "commercial")),
            public=rng.random() < 0.3,
            punitive=facts.punitive and rng.randrange(0, 400_000, 1_000),
        )
        try:
            answer = t.decide(scrambled)[0]
        except ValueError:
            continue
        assert second_opinion(scrambled) == answer, scrambled
        compared[answer if answer in ("Yes", "No") else "dollars"] += 1
    assert all(compared[kind] > 100 for kind in ("Yes", "No", "dollars")), compared


# ---- properties -----------------------------------------------------------------------------------------


def test_each_outcome_comes_as_often_as_the_others():
    for level in (1, 2, 3):
        got = Counter()
        for facts, problem in drawn(400, level):
            counted = facts.compensatory + (0 if facts.public else facts.punitive)
            over = "capped" if problem.kind == "amount" and float(problem.answer) < counted else "whole"
            got[problem.answer if problem.kind == "yes_no" else over] += 1
        assert got == {"Yes": 100, "No": 100, "capped": 100, "whole": 100}


def test_what_does_not_matter_changes_nothing():
    for facts, problem in drawn(600):
        changes = {
            "no distractors": replace(facts, asides=()),
            "renamed": replace(facts, plaintiff="X Y", employer="Z Works"),
            "more contractors": replace(facts, contractors=facts.contractors + 100),
            "fewer part-time workers": replace(facts, part=0),
            "more back pay": replace(facts, back=facts.back + 1_000_000, front=facts.front and 5),
            "another act": replace(facts, act="demoted {p} because of religion"),
            "a year earlier": replace(facts, year=facts.year - 1),
        }
        for what, changed in changes.items():
            assert t.decide(changed)[0] == problem.answer, (what, problem.facts)


def test_both_sides_of_the_boundary_are_met_at_every_level():
    for level in (1, 2, 3):
        sides = Counter(problem.answer for facts, problem in drawn(400, level) if FAMILY.near_boundary(facts))
        assert min(sides["Yes"], sides["No"]) >= 25, (level, sides)


def test_every_rule_is_met_often_and_distractors_always_from_level_two_on():
    cited = Counter(rule for _, problem in drawn(900, 3) for rule in problem.authorities)
    assert all(cited[rule] >= 20 for rule in t.RULES), cited
    assert all(facts.asides for facts, _ in drawn(300) if facts.difficulty > 1)
