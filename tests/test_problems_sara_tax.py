"""Tax under the frozen SARA text against hand-worked cases and a second engine in exact fractions."""

import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from family_series import series

from grpo_legal.problems import sara_rules as s
from grpo_legal.problems.sara_tax import FAMILY

drawn = series(FAMILY)


# ---- cases worked by hand ------------------------------------------------------------------------------

RETURN = s.Facts(
    name="Ann Lee",
    spouse="",
    year=2013,
    status="unmarried",
    died=0,
    taxable=0,
    income=50_000,
    itemized=0,
    dependents=0,
    aged=False,
    blind=False,
    spouse_itemizes=False,
    spouse_idle=False,
    asides=(),
    difficulty=3,
)


def case(**changes):
    """An unmarried person's return for 2013 with an adjusted gross income of $50,000 and nothing else, but for …"""
    return replace(RETURN, **changes)


JOINT = {"status": "joint", "spouse": "Bob Ray"}
WIDOWED = {"status": "", "dependents": 1, "income": 60_000}
CASES = [
    ("1(c)(i): 22,100 is not over 22,100", case(taxable=22_100), "3315.00"),
    ("1(c)(ii): one dollar over", case(taxable=22_101), "3315.28"),
    ("1(c)(iii): 60,000", case(taxable=60_000), "14122.00"),
    ("1(c)(v): 300,000", case(taxable=300_000), "99572.00"),
    ("1(a)(iv): joint 140,001", case(taxable=140_001, **JOINT), "35928.86"),
    ("1(b)(v): household 250,005", case(taxable=250_005, status="head of household"), "77486.98"),
    ("1(d)(iii): separate 44,576", case(taxable=44_576, status="separate"), "10082.81"),
    ("63(c), 151: 50,000 less 3,000 and 2,000", case(), "9727.00"),
    ("63(c)(7), 151(d)(5): 50,000 less 12,000 in 2018", case(year=2018), "7767.00"),
    ("63(c)(7): the year 2017 is too early", case(year=2017), "9727.00"),
    ("63(c)(2)(A): joint, 50,000 less 6,000 and 4,000", case(**JOINT), "6403.00"),
    ("63(f)(3): unmarried, 65 and blind, 1,500 more", case(aged=True, blind=True), "9307.00"),
    ("63(f)(1): separate, 65, 600 more", case(status="separate", aged=True), "10033.50"),
    ("63(c)(6)(A): the other spouse itemizes", case(status="separate", spouse_itemizes=True), "11144.25"),
    ("151(b): separate, spouse without income", case(status="separate", spouse_idle=True), "9641.50"),
    ("151(c): three dependents", case(dependents=3), "8047.00"),
    ("151(d)(3): 250,000 is not above", case(income=250_000), "77972.00"),
    ("151(d)(3): a fraction of 2,500 costs 2 points", case(income=250_100), "78022.40"),
    ("151(d)(3): separate, steps of 1,250", case(income=151_250, status="separate"), "46195.09"),
    ("151(d)(3): no more than 100 percent", case(income=400_000), "137984.00"),
    ("68(a)(1): 3 percent of 10,000", case(income=260_000, itemized=20_000), "75617.60"),
    ("68(a)(2): 80 percent at most", case(income=350_000, itemized=3_000), "118976.00"),
    ("68(f): not in 2019", case(income=260_000, itemized=20_000, year=2019), "76172.00"),
    ("2(a): widowed two years before", case(**WIDOWED, died=2011), "9203.00"),
    ("2(b): widowed three years before", case(**WIDOWED, died=2010), "10600.00"),
    ("1: no taxable income", case(income=4_000), "0.00"),
]


@pytest.mark.parametrize(("facts", "answer"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_hand_worked_cases(facts, answer):
    assert s.decide(facts)[0] == answer


@pytest.mark.parametrize(
    "facts",
    [
        case(taxable=250_001),
        case(aged=True, **JOINT),
        case(spouse_itemizes=True),
        case(status="", died=2013, dependents=1),
        case(status="", died=2011),
    ],
    ids=["fraction of a cent", "age of a joint filer", "spouse of no separate filer", "death in the year", "no child"],
)
def test_what_is_in_doubt_is_refused_and_so_never_drawn(facts):
    with pytest.raises(ValueError):
        s.decide(facts)


# ---- a second engine: marginal rates, dollars as fractions ---------------------------------------------------

EDGES = {
    "joint": (36_900, 89_150, 140_000, 250_000),
    "surviving spouse": (36_900, 89_150, 140_000, 250_000),
    "head of household": (29_600, 76_400, 127_500, 250_000),
    "unmarried": (22_100, 53_500, 115_000, 250_000),
    "separate": (18_450, 44_575, 70_000, 125_000),
}
PERCENT = [Fraction(15), Fraction(28), Fraction(31), Fraction(36), Fraction("39.6")]


def second_opinion(facts):
    status = facts.status or (
        "surviving spouse" if facts.died in (facts.year - 1, facts.year - 2) else "head of household"
    )
    taxable = Fraction(facts.taxable or taxable_income(facts, status))
    tax, below = Fraction(0), 0
    for edge, percent in zip([*EDGES[status], 10**9], PERCENT, strict=True):
        tax += max(min(taxable, edge) - below, 0) * percent / 100
        below = edge
    return tax


def taxable_income(facts, status):
    special = 2018 <= facts.year <= 2025
    double = status in ("joint", "surviving spouse")
    threshold = {"head of household": 275_000, "unmarried": 250_000, "separate": 150_000}.get(status, 300_000)
    over = max(facts.income - threshold, 0)
    if facts.itemized:
        cut = 0 if special else min(Fraction(3 * over, 100), Fraction(4 * facts.itemized, 5))
        deduction = facts.itemized - cut
    elif facts.spouse_itemizes:
        deduction = 0
    else:
        single, household = (12_000, 18_000) if special else (3_000, 4_400)
        deduction = household if status == "head of household" else single * (1 + double)
        deduction += (facts.aged + facts.blind) * (600 if double or status == "separate" else 750)
    heads = 1 + facts.dependents + (status == "joint") + (facts.spouse_idle and status == "separate")
    steps = -(-over // (1_250 if status == "separate" else 2_500))
    exemption = 0 if special else Fraction(2_000 * max(100 - 2 * steps, 0), 100)
    return max(facts.income - deduction - heads * exemption, 0)


def test_a_second_engine_agrees_on_2000_problems():
    for facts, problem in drawn(2_000):
        assert second_opinion(facts) == Fraction(problem.answer), problem.facts


def test_the_engines_agree_on_facts_that_no_sampler_would_make():
    rng, compared = random.Random(1), Counter()
    for facts, _ in drawn(1_500):
        scrambled = replace(
            facts,
            status=rng.choice(s.STATUSES),
            year=rng.randint(2010, 2026),
            income=rng.randrange(1_000, 700_000) if rng.random() < 0.5 else facts.income,
            itemized=rng.choice((0, 0, 2_500, 90_000)),
            aged=rng.random() < 0.3,
            spouse_itemizes=rng.random() < 0.2,
        )
        try:
            answer = s.decide(scrambled)[0]
        except ValueError:
            continue
        assert second_opinion(scrambled) == Fraction(answer), scrambled
        compared[scrambled.status] += 1
    assert all(compared[status] > 60 for status in s.STATUSES), compared


# ---- properties -----------------------------------------------------------------------------------------


def test_what_does_not_matter_changes_nothing():
    for facts, problem in drawn(600):
        renamed = replace(facts, name="X Y", spouse="Z W" if facts.spouse else "")
        assert s.decide(renamed)[0] == s.decide(replace(facts, asides=()))[0] == problem.answer


def test_more_income_never_means_less_tax():
    for income in range(0, 600_000, 2_500):
        for status in s.STATUSES:
            low, high = (second_opinion(case(status=status, income=x)) for x in (income, income + 2_500))
            assert low <= high


def test_statuses_and_brackets_are_all_met():
    statuses = Counter(s.filing_status(facts) for facts, _ in drawn(1_000))
    assert all(count == 200 for count in statuses.values()) and len(statuses) == 5
    rules = Counter(rule for _, problem in drawn(600, level=3) for rule in problem.authorities)
    assert min(rules[rule] for rule in s.RULES) >= 8, rules
