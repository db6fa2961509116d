"""Regulation D against hand-worked cases and a second engine that rules exemptions out one by one."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from family_series import series

from grpo_legal.problems import regulation_d as r
from grpo_legal.problems.regulation_d_notice import Notice

FAMILY = r.FAMILY
drawn = series(FAMILY)


def offerings(n):
    return [(facts, problem) for facts, problem in drawn(n) if not isinstance(facts, Notice)]


# ---- cases worked by hand ------------------------------------------------------------------------------

BASE = r.Offering(
    issuer="Alpha Corporation",
    trade="toy designer",
    reporting=False,
    amount=12_000_000,
    solicited=False,
    registered=False,
    accredited=10,
    others=35,
    sophisticated=True,
    informed=True,
    verified="none",
    spouses=0,
    earlier_sale=None,
    earlier_buyers=None,
    borderline=None,
    convicted=None,
    asides=(),
    difficulty=3,
)


def case(**changes):
    """$12 million sold quietly to 10 accredited investors and 35 sophisticated, informed others, but for …"""
    return replace(BASE, **changes)


SMALL = {"amount": 10_000_000, "others": 36}
OPEN = {"solicited": True, "others": 0, "verified": "letters"}
CASES = [
    ("506(b)(2)(i): 35 others are allowed", case(), "Rule 506(b)"),
    ("506(b)(2)(i): 36 are not", case(others=36), "None"),
    ("506(b)(2)(i): but Rule 504 has no such limit", case(**SMALL), "Rule 504"),
    ("506(b)(2)(ii): not sophisticated", case(others=1, sophisticated=False), "None"),
    ("502(b): no information", case(others=1, informed=False), "None"),
    ("506(b): accredited buyers need neither", case(others=0, sophisticated=False, informed=False), "Rule 506(b)"),
    ("501(e)(1)(i): spouses in one home", case(others=37, spouses=2), "Rule 506(b)"),
    ("506(b)(2)(i): buyers of 60 days ago count", case(others=30, earlier_buyers=(6, 60)), "None"),
    ("506(b)(2)(i): buyers of 100 days ago do not", case(others=30, earlier_buyers=(6, 100)), "Rule 506(b)"),
    ("504(b)(2): one dollar too much", case(**SMALL | {"amount": 10_000_001}), "None"),
    ("504(b)(2): sold under it 11 months before", case(**SMALL, earlier_sale=("504", 1, 11)), "None"),
    ("504(b)(2): 13 months before", case(**SMALL, earlier_sale=("504", 1, 13)), "Rule 504"),
    ("504(b)(2): under § 4(a)(2), not § 3(b)", case(**SMALL, earlier_sale=("506(b)", 1, 11)), "Rule 504"),
    ("504(a)(1): a reporting issuer", case(**SMALL, reporting=True), "None"),
    ("502(c): no solicitation under 504", case(**SMALL, solicited=True), "None"),
    ("504(b)(1)(i): unless States registered it", case(**SMALL, solicited=True, registered=True), "Rule 504"),
    ("506(c): all accredited and verified", case(**OPEN), "Rule 506(c)"),
    ("506(c)(2)(ii): a box is no verification", case(**OPEN | {"verified": "box"}), "None"),
    ("506(c)(1): one who is not accredited", case(**OPEN | {"others": 1}), "None"),
    ("501(a)(5): the home does not count", case(**OPEN, borderline=("Ann Lee", "worth", 1_200_000, 200_000)), "None"),
    ("501(a)(5): above $1,000,000 without it",
     case(**OPEN, borderline=("Ann Lee", "worth", 1_200_001, 200_000)), "Rule 506(c)"),
    ("501(a)(6): $200,000 is not in excess of it",
     case(**OPEN, borderline=("Ann Lee", "income", 250_000, 200_000)), "None"),
    ("501(a)(6): more in each of two years",
     case(**OPEN, borderline=("Ann Lee", "income", 200_001, 250_000)), "Rule 506(c)"),
    ("506(d)(1)(i): convicted five years before", case(convicted=("Bob Ray", 5)), "None"),
    ("506(d)(1)(i): fifteen years before", case(convicted=("Bob Ray", 15)), "Rule 506(b)"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "answer"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_hand_worked_cases(facts, answer):
    assert r.decide(facts)[0] == answer


@pytest.mark.parametrize(
    "facts",
    [
        case(amount=9_000_000),
        case(**OPEN | {"solicited": False}),
        case(earlier_sale=("504", 1, 12)),
        case(earlier_buyers=(1, 90)),
        case(earlier_buyers=(1, 20)),
        case(convicted=("Bob Ray", 10)),
    ],
    ids=["504 and 506(b)", "506(b) and (c)", "twelve months", "ninety days", "integration", "ten years"],
)
def test_contested_facts_are_refused_and_so_never_drawn(facts):
    with pytest.raises(ValueError):
        r.decide(facts)


NOTICES = [  # (what, first sale, last day)
    ("503(a)(1): the fifteenth day", "2026-03-02", "2026-03-17"),
    ("503(a)(1): a Saturday", "2026-03-06", "2026-03-23"),
    ("503(a)(1): a Sunday", "2025-08-09", "2025-08-25"),
    ("503(a)(1): Labor Day", "2026-08-23", "2026-09-08"),
    ("503(a)(1): the weekend before Labor Day", "2026-08-21", "2026-09-08"),
    ("503(a)(1): Juneteenth, a Friday", "2026-06-04", "2026-06-22"),
]
NOTICE = Notice("Alpha Corporation", "Ann Lee", "signed", date(2026, 3, 2), (), "506(b)", 1_000_000, (), 3)


@pytest.mark.parametrize(("sold", "last"), [row[1:] for row in NOTICES], ids=[row[0] for row in NOTICES])
def test_hand_worked_deadlines(sold, last):
    assert r.decide(replace(NOTICE, sold=date.fromisoformat(sold)))[0] == last


def test_a_deadline_that_turns_on_a_day_off_without_a_statute_is_refused():
    with pytest.raises(ValueError):
        r.decide(replace(NOTICE, sold=date(2026, 7, 3) - timedelta(15)))
    with pytest.raises(ValueError):
        r.decide(replace(NOTICE, told="paid"))


# ---- a second engine --------------------------------------------------------------------------------------


def second_opinion(facts):
    """None if more than one exemption is left."""
    left = {"Rule 504", "Rule 506(b)", "Rule 506(c)"}
    outsiders, sold = facts.others, facts.amount
    if facts.borderline:
        _, test, x, y = facts.borderline
        outsiders += (x - y <= 1_000_000) if test == "worth" else not (x > 200_000 < y)
    if outsiders or facts.verified != "letters":
        left.discard("Rule 506(c)")
    if facts.earlier_sale and facts.earlier_sale[0] == "504" and facts.earlier_sale[2] <= 12:
        sold += facts.earlier_sale[1]
    if facts.reporting or sold > 10_000_000 or (facts.solicited and not facts.registered):
        left.discard("Rule 504")
    counted = outsiders - facts.spouses
    if facts.earlier_buyers and facts.earlier_buyers[1] <= 90:
        counted += facts.earlier_buyers[0]
    if facts.solicited or counted > 35 or (counted and not (facts.sophisticated and facts.informed)):
        left.discard("Rule 506(b)")
    if facts.convicted and facts.convicted[1] <= 10:
        left.clear()
    return min(left, default="None") if len(left) < 2 else None


OFF = {(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)}


def second_deadline(sold):
    day = sold + timedelta(days=15)
    while True:
        week = (day.day - 1) // 7 + 1
        last_monday = day.weekday() == 0 and (day + timedelta(7)).month != day.month
        floating = (day.month, day.weekday(), week) in {(1, 0, 3), (2, 0, 3), (9, 0, 1), (10, 0, 2), (11, 3, 4)}
        floating = floating or (day.month == 5 and last_monday)
        if day.isoweekday() < 6 and not floating and (day.month, day.day) not in OFF:
            return day.isoformat()
        day += timedelta(days=1)


def test_a_second_engine_agrees_on_2000_problems():
    for facts, problem in drawn(2_000):
        expected = second_deadline(facts.sold) if isinstance(facts, Notice) else second_opinion(facts)
        assert expected == problem.answer, problem.facts


def scramble(rng, facts):
    return replace(
        facts,
        reporting=rng.random() < 0.4,
        accredited=7,
        amount=rng.choice((9_000_000, 10_000_000, 10_000_001)),
        solicited=(solicited := rng.random() < 0.5),
        registered=solicited and rng.random() < 0.4,
        others=rng.choice((0, 0, 6, 35, 36, 40)),
        spouses=rng.choice((0, 1, 2)),
        sophisticated=rng.random() < 0.8,
        informed=rng.random() < 0.8,
        verified=rng.choice(("letters", "box", "none")),
    )


def test_the_engines_agree_on_facts_that_no_sampler_would_make():
    rng, compared = random.Random(1), Counter()
    for facts, _ in offerings(2_000):
        scrambled = scramble(rng, facts)
        expected = second_opinion(scrambled)
        if scrambled.spouses > scrambled.others / 2 or expected is None:
            with pytest.raises(ValueError):
                r.decide(scrambled)
            continue
        assert r.decide(scrambled)[0] == expected, scrambled
        compared[expected] += 1
    assert min(compared[label] for label in r.LABELS) > 20, compared


# ---- properties -----------------------------------------------------------------------------------------


def test_what_does_not_matter_changes_nothing():
    for facts, problem in drawn(600):
        changes = [replace(facts, asides=()), replace(facts, issuer="Xerxes Corporation")]
        if isinstance(facts, Notice):
            changes += [replace(facts, others=(), investor="Y Z"), replace(facts, rule="504", dollars=1)]
        else:
            changes += [replace(facts, accredited=facts.accredited + 5), replace(facts, trade="another")]
        assert {r.decide(changed)[0] for changed in changes} == {problem.answer}, problem.facts


def test_every_event_told_beside_the_first_sale_has_another_day_and_none_decides():
    for facts, problem in drawn(900):
        if isinstance(facts, Notice):
            assert facts.sold not in dict(facts.others).values()
            assert (problem.kind, problem.labels) == ("date", ())
            assert len(facts.others) >= facts.difficulty - 1
        else:
            assert (problem.kind, problem.labels) == ("label", r.LABELS)


def test_each_outcome_comes_equally_often_and_distractors_always_from_level_two_on():
    for level in (1, 2, 3):
        kinds = Counter(p.answer if p.kind == "label" else "date" for _, p in drawn(600, level))
        assert kinds == {"date": 200} | dict.fromkeys(r.LABELS, 100)
    assert all(facts.asides for facts, _ in drawn(600) if facts.difficulty > 1)
    cited = Counter(rule for _, problem in drawn(1_200) for rule in problem.authorities)
    assert set(cited) == set(FAMILY.rules) and min(cited.values()) >= 20, cited
