"""Tolling of supplemental claims against hand-worked cases, the leading cases, and a clock that ticks day by day."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from family_series import series

from grpo_legal.problems import supplemental_tolling as s
from grpo_legal.problems.vocabulary import long_date

FAMILY = s.FAMILY
DAY = timedelta(1)
LEVELS = (1, 2, 3)
drawn = series(FAMILY)


# ---- cases worked by hand ------------------------------------------------------------------------------

CLAIM = s.Facts(
    plaintiff="Ann Lee",
    defendant="Bob Ray",
    sued="person",
    against="person",
    claim="fraud",
    other="",
    filed=date(2025, 3, 3),
    expires=date(2025, 4, 14),
    dismissed=date(2026, 3, 2),
)


def case(**changes):
    """A claim filed on March 3, 2025 with 42 days left (to April 14) and dismissed on March 2, 2026, but for …"""
    for name in ("filed", "expires", "dismissed", "withdrawn", "early"):
        if name in changes:
            changes[name] = date.fromisoformat(changes[name])
    return replace(CLAIM, **changes)


ARTIS = {"filed": "2011-12-16", "expires": "2013-11-17", "dismissed": "2014-06-27"}
OVERTIME = {"other": "overtime"}
DEPARTMENT = {"sued": "department", "against": "department"}
CASES = [
    ("Artis: 30 days and then the 42 that were left", case(), "2026-05-13"),
    ("Artis: nearly two years were left, so refiling on day 59 was in time", case(**ARTIS), "2016-06-28"),
    ("Artis: one day left", case(expires="2025-03-04"), "2026-04-02"),
    ("Artis: not a grace period that ends with the original period", case(expires="2026-03-31"), "2027-04-29"),
    ("Artis: the period by itself outlives the 30 days", case(filed="2026-01-05", expires="2026-04-28"), "2026-07-23"),
    ("1367(d): 30 days run from the dismissal of the claim", case(early="2025-11-03"), "2026-05-13"),
    ("1367(d): a longer State tolling period controls", case(state_days=60), "2026-06-12"),
    ("1367(d): a State period longer by a day", case(state_days=31), "2026-05-14"),
    ("1367(d): a shorter State period does not", case(state_days=20), "2026-05-13"),
    ("1367(d): another claim withdrawn on the same day", case(**OVERTIME, withdrawn="2026-03-02"), "2026-05-13"),
    ("1367(d): another claim withdrawn the day before", case(**OVERTIME, withdrawn="2026-02-27"), "2025-04-14"),
    ("Jinks: a claim against a county is tolled", case(sued="county", against="county"), "2026-05-13"),
    ("Raygor: a claim against a nonconsenting State is not", case(**DEPARTMENT), "2025-04-14"),
    ("Raygor: nor is it if the State is sued with a county", case(sued="both", against="department"), "2025-04-14"),
    ("Jinks: the county sued with the State", case(sued="both", against="county"), "2026-05-13"),
]


@pytest.mark.parametrize(("facts", "answer"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_hand_worked_cases(facts, answer):
    assert s.decide(facts)[0] == answer


@pytest.mark.parametrize(
    "facts",
    [
        case(expires="2025-04-15", dismissed="2026-03-04"),  # ends on a Saturday
        case(expires="2025-05-21"),
        case(**OVERTIME, withdrawn="2026-03-03"),
        case(**DEPARTMENT, state_days=60),
        case(**OVERTIME, withdrawn="2026-02-27", state_days=60),
        case(expires="2025-03-03"),
        case(early="2026-03-03"),
    ],
    ids=["Saturday", "Juneteenth", "withdrawn later", "State tolling for the State", "State tolling without "
         "§ 1367(d)", "nothing left", "out of order"],
)  # fmt: skip
def test_contested_law_and_closed_days_are_refused(facts):
    with pytest.raises(ValueError):
        s.decide(facts)


# ---- a second engine: a clock that ticks on every day on which it is not stopped ------------------------------


def second_opinion(facts):
    reached = facts.against in ("person", "county") and facts.withdrawn in (None, facts.dismissed)
    if not reached:
        return facts.expires.isoformat()
    filed, dismissed = facts.filed.toordinal(), facts.dismissed.toordinal()
    left = len(range(filed, facts.expires.toordinal()))
    grace = facts.state_days if facts.state_days > 30 else 30
    day = filed
    while left:
        day += 1
        if day > dismissed and grace > 0:
            grace -= 1
        elif day > dismissed:
            left -= 1
    return date.fromordinal(day).isoformat()


def test_a_second_engine_agrees_on_2000_problems():
    for facts, problem in drawn(2_000):
        assert second_opinion(facts) == problem.answer, problem.facts


def test_the_engines_agree_on_facts_that_no_sampler_would_make():
    rng, compared = random.Random(1), Counter()
    for facts, _ in drawn(1_500):
        against = rng.choice(("person", "person", "county", "department"))
        withdrawn = None
        if against == "person" and rng.random() < 0.4:
            withdrawn = facts.dismissed - rng.choice((0, 0, 1, 40)) * DAY
        scrambled = replace(
            facts,
            against=against,
            sued=against,
            withdrawn=withdrawn,
            other="overtime" if withdrawn else "",
            expires=facts.filed + rng.randint(1, 900) * DAY,
            dismissed=facts.dismissed if withdrawn else facts.dismissed + rng.randint(0, 60) * DAY,
            state_days=rng.choice((0, 0, 1, 29, 30, 31, 365)),
        )
        try:
            answer = s.decide(scrambled)[0]
        except ValueError:
            continue
        assert second_opinion(scrambled) == answer, scrambled
        compared[answer == scrambled.expires.isoformat()] += 1
    assert compared[True] > 50 and compared[False] > 300, compared


# ---- properties -----------------------------------------------------------------------------------------


def test_what_does_not_matter_changes_nothing():
    for facts, problem in drawn(600):
        changes = {
            "no distractors": replace(facts, asides=(), early=None),
            "more of them": replace(facts, asides=s.ASIDES, early=facts.dismissed - DAY),
            "renamed": replace(facts, plaintiff="X Y", defendant="Z W", claim="libel"),
            "told otherwise": replace(facts, tells_days=not facts.tells_days),
        }
        for what, changed in changes.items():
            assert s.decide(changed)[0] == problem.answer, (what, problem.facts)


def test_a_day_more_at_filing_is_a_day_more_at_the_end():
    for facts, problem in drawn(300):
        later = replace(facts, expires=facts.expires + DAY)
        try:
            answer = s.decide(later)[0]
        except ValueError:
            continue
        assert date.fromisoformat(answer) - date.fromisoformat(problem.answer) == DAY


def test_the_text_tells_all_that_decides():
    for facts, problem in drawn(900):
        days = {facts.filed, facts.dismissed, facts.early or facts.filed, facts.withdrawn or facts.filed}
        assert all(long_date(day) in problem.facts for day in days), problem.facts
        left = (facts.expires - facts.filed).days
        told = f"{left} day{'s' if left > 1 else ''} of its" if facts.tells_days else long_date(facts.expires)
        assert told in problem.facts, problem.facts
        assert not facts.state_days or f"{facts.state_days} days after" in problem.facts
        assert ("had not consented" in problem.facts) == (facts.sued in ("department", "both"))
        assert facts.plaintiff in problem.facts and facts.defendant.removeprefix("the ") in problem.facts


@pytest.mark.parametrize("level", LEVELS)
def test_the_period_by_itself_ends_in_each_stretch_of_time_equally_often(level):
    ends = Counter()
    for facts, _ in drawn(600, level):
        after = (facts.expires - facts.dismissed).days
        ends["pending" if after <= 0 else "30 days" if after <= 30 else "later"] += 1
    assert all(160 <= ends[name] <= 240 for name in ("pending", "30 days", "later")), ends


def test_every_rule_is_met_often_and_levels_add_rules():
    assert {rule for _, p in drawn(300, 1) for rule in p.authorities} == {s.TOLLING, s.ARTIS}
    for level in (2, 3):
        rules = Counter(rule for _, problem in drawn(900, level) for rule in problem.authorities)
        assert all(rules[rule] >= 90 for rule in (s.TOLLING, s.ARTIS, s.JINKS, s.RAYGOR)), rules
        longer = Counter((facts.state_days > 30) - (0 < facts.state_days <= 30) for facts, _ in drawn(900, level))
        assert longer[1] >= 70 and longer[-1] >= 70, longer
        assert all(facts.asides for facts, _ in drawn(300, level))


def test_no_last_day_is_one_that_some_state_moves():
    for facts, problem in drawn(2_000):
        assert s.is_clear(date.fromisoformat(problem.answer)) and s.is_clear(facts.expires), problem.facts
        assert facts.filed < facts.dismissed <= date(2026, 11, 20)
