"""Answer deadlines against hand-worked cases, a calendar written out by hand, and a second way of counting."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from family_series import series

from grpo_legal.problems import FAMILIES, court_days
from grpo_legal.problems import answer_deadline_law as a
from grpo_legal.problems.vocabulary import long_date

FAMILY = FAMILIES["answer_deadline"]

# The holidays that Rule 6(a)(6)(A) names, from the calendars of the Office of Personnel Management. Independence Day
# 2026 is on its own day, a Saturday.
_HOLIDAYS = """
2024-01-01 2024-01-15 2024-02-19 2024-05-27 2024-06-19 2024-07-04 2024-09-02 2024-10-14 2024-11-11 2024-11-28 2024-12-25
2025-01-01 2025-01-20 2025-02-17 2025-05-26 2025-06-19 2025-07-04 2025-09-01 2025-10-13 2025-11-11 2025-11-27 2025-12-25
2026-01-01 2026-01-19 2026-02-16 2026-05-25 2026-06-19 2026-07-04 2026-09-07 2026-10-12 2026-11-11 2026-11-26 2026-12-25
"""
HOLIDAYS = set(_HOLIDAYS.split())
drawn = series(FAMILY)


# ---- cases worked by hand ------------------------------------------------------------------------------


def case(abroad=False, court="", holiday=None, **events):
    told = sorted(
        ((what.replace("_", " "), date.fromisoformat(day)) for what, day in events.items()), key=lambda e: e[1]
    )
    return a.Facts("Ann Lee", "Bob Ray", tuple(told), abroad=abroad, court=court, holiday=holiday)


PATRIOTS = court_days.StateHoliday("Patriots' Day", "Massachusetts", date(2026, 4, 20))
CASES = [
    (
        "12(a)(1)(A)(i): 21 days after service, not after filing",
        case(filed="2026-02-20", served="2026-03-03"),
        "2026-03-24",
    ),
    ("6(a)(1)(C): Saturday to Monday", case(served="2026-04-18"), "2026-05-11"),
    ("6(a)(6)(A): Juneteenth 2026 is a Friday", case(served="2026-05-29"), "2026-06-22"),
    ("6(a)(6)(A): Columbus Day", case(denied="2026-09-28"), "2026-10-13"),
    ("6(a)(1)(B): days off inside the period count", case(served="2025-12-22"), "2026-01-12"),
    (
        "12(a)(1)(A)(ii): 60 days from sending",
        case(request="2025-12-03", received="2025-12-08", returned="2025-12-19"),
        "2026-02-02",
    ),
    ("12(a)(1)(A)(ii): 90 days if sent abroad", case(abroad=True, request="2026-03-02"), "2026-06-01"),
    (
        "12(a)(2): 60 days from the U.S. attorney",
        case(us_attorney="2025-09-12", attorney_general="2025-09-19"),
        "2025-11-12",
    ),
    ("12(a)(3): officer served first", case(officer="2026-01-06", us_attorney="2026-01-20"), "2026-03-23"),
    ("12(a)(3): officer served last", case(officer="2026-01-20", us_attorney="2026-01-06"), "2026-03-23"),
    ("12(a)(4)(A): 14 days after notice of denial", case(served="2024-09-09", denied="2024-12-11"), "2024-12-26"),
    (
        "12(a)(4)(B): 14 days after the definite statement",
        case(ordered="2026-04-06", definite="2026-04-14"),
        "2026-04-28",
    ),
    ("12(a)(1)(B), 6(d): crossclaim by e-filing, nothing added", case(crossclaim="2026-08-14"), "2026-09-04"),
    (
        "6(d), committee note of 2005: ends on a Friday, so Saturday, Sunday, Monday",
        case(mailed_crossclaim="2026-04-24"),
        "2026-05-18",
    ),
    (
        "6(d), committee note of 2005: that Monday is a holiday, so Tuesday",
        case(mailed_crossclaim="2026-08-14"),
        "2026-09-08",
    ),
    (
        "6(d), committee note of 2005: ends on a Saturday before a holiday, so Tuesday, then Friday",
        case(mailed_crossclaim="2026-08-15"),
        "2026-09-11",
    ),
    ("15(a)(3): the time left is longer", case(served="2026-03-02", amended="2026-03-05"), "2026-03-23"),
    ("15(a)(3): the 14 days are longer", case(served="2026-03-02", amended="2026-03-12"), "2026-03-26"),
    (
        "6(a)(6)(C): the court's State has a holiday",
        case(court="Massachusetts", holiday=PATRIOTS, served="2026-03-30"),
        "2026-04-21",
    ),
    ("6(a)(6)(C): another State's holiday", case(court="Ohio", holiday=PATRIOTS, served="2026-03-30"), "2026-04-20"),
    (
        "6(a)(6)(C): weekend, then the State's Monday",
        case(court="Massachusetts", holiday=PATRIOTS, served="2026-03-28"),
        "2026-04-21",
    ),
]


@pytest.mark.parametrize(("facts", "answer"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_hand_worked_cases(facts, answer):
    assert a.decide(facts)[0] == answer


@pytest.mark.parametrize("day", ["2026-06-12", "2025-12-05", "2024-12-03", "2025-11-07"])
def test_a_day_that_may_or_may_not_be_a_holiday_is_refused_and_so_never_drawn(day):
    with pytest.raises(ValueError, match="may or may not"):
        a.decide(case(served=day))


@pytest.mark.parametrize(
    ("facts", "cited"),
    [
        (case(served="2026-03-03"), [a.ORDINARY, a.COUNTING]),
        (case(served="2026-05-29"), [a.ORDINARY, a.COUNTING, a.FEDERAL_HOLIDAY]),
        (case(mailed_crossclaim="2026-08-15"), [a.CROSSCLAIM, a.COUNTING, a.FEDERAL_HOLIDAY, a.MAIL]),
        (case(served="2026-03-02", amended="2026-03-12"), [a.ORDINARY, a.COUNTING, a.AMENDED]),
        (case(court="Ohio", holiday=PATRIOTS, served="2026-03-30"), [a.ORDINARY, a.COUNTING, a.STATE_HOLIDAY]),
        (case(court="Ohio", holiday=PATRIOTS, served="2026-03-31"), [a.ORDINARY, a.COUNTING]),
    ],
    ids=["plain", "holiday", "mail over a holiday", "amended", "another State's holiday", "a holiday of no moment"],
)
def test_the_authorities_are_those_of_the_rules_used(facts, cited):
    assert [rule for rule, _ in a.decide(facts)[1]] == cited


def test_the_calendar_is_the_official_one():
    assert sorted(day.isoformat() for day in court_days.FEDERAL if day.year < 2027) == sorted(HOLIDAYS)
    assert {name for name in court_days.FEDERAL.values()} == set(court_days.federal_holidays(2026).values())
    days = {(holiday.name, holiday.day.isoformat()) for holiday in court_days.STATE_HOLIDAYS}
    assert {("Patriots' Day", "2026-04-20"), ("Nevada Day", "2025-10-31"), ("Seward's Day", "2025-03-31")} <= days
    assert {("Statehood Day", "2024-08-16"), ("Pioneer Day", "2026-07-24"), ("West Virginia Day", "2024-06-20")} <= days
    assert not days & {(name, day) for name, day in days if day in HOLIDAYS}


# ---- a second way of counting: one day at a time, on the written-out calendar ------------------------------

RULES = {  # the event that starts the period → days; the first one found governs
    "mailed crossclaim": 21,
    "crossclaim": 21,
    "denied": 14,
    "definite": 14,
    "us attorney": 60,
    "request": 60,
    "served": 21,
}


def walk(start, days, facts):
    """The last day, walking forward and stopping only where the period may end."""
    off = {date.fromisoformat(day) for day in HOLIDAYS}
    if facts.holiday and facts.court == facts.holiday.state:
        off.add(facts.holiday.day)
    day, left = start, days
    while left > 0 or day.isoweekday() in (6, 7) or day in off:
        day, left = day + timedelta(days=1), left - 1
    return day


def second_opinion(facts):
    events = dict(facts.events)
    first = next(event for event in RULES if event in events)
    days, start = RULES[first], events[first]
    if facts.abroad:
        days += 30
    if "officer" in events and events["officer"] > start:
        start = events["officer"]
    end = walk(start, days, facts)
    if first == "mailed crossclaim":
        end = walk(end, 3, facts)
    if "amended" in events:
        end = max(end, walk(events["amended"], 14, facts))
    return end.isoformat()


def test_a_second_count_agrees_on_2000_problems():
    for facts, problem in drawn(2_000):
        assert second_opinion(facts) == problem.answer, problem.facts


def test_the_counts_agree_on_facts_that_no_sampler_would_make():
    rng, moved = random.Random(1), 0
    for facts, _ in drawn(1_500):
        shift = timedelta(rng.randint(-60, 5))
        events = tuple((what, day + shift + timedelta(rng.randint(-3, 3))) for what, day in facts.events)
        if min(day for _, day in events) < date(2024, 1, 1):
            continue
        holiday = facts.holiday and facts.holiday._replace(day=facts.holiday.day + shift)
        abroad = "request" in dict(events) and rng.random() < 0.5
        court = rng.choice((holiday.state, "Ohio")) if holiday else ""
        scrambled = replace(facts, events=events, abroad=abroad, holiday=holiday, court=court)
        if not a.is_settled(a.count(scrambled)):
            continue
        assert second_opinion(scrambled) == a.decide(scrambled)[0], scrambled
        moved += a.near_boundary(scrambled)
    assert moved > 300


# ---- properties -----------------------------------------------------------------------------------------


def test_what_does_not_matter_changes_nothing():
    starters = {*RULES, "officer", "amended"}
    for facts, problem in drawn(600):
        chatter = tuple(event for event in facts.events if event[0] in starters)
        if "denied" in dict(facts.events):
            chatter = tuple(event for event in chatter if event[0] == "denied")
        changes = {
            "no decoys": replace(facts, events=chatter),
            "told backwards": replace(facts, events=facts.events[::-1]),
            "renamed": replace(facts, plaintiff="X Y", defendant="Z W", codefendant="V U", place=""),
            "a later letter": replace(facts, events=(*facts.events, ("letter", date(2027, 1, 4)))),
        }
        for what, changed in changes.items():
            assert a.decide(changed)[0] == problem.answer, (what, problem.facts)


def test_a_longer_wait_for_the_trigger_never_shortens_the_deadline():
    for facts, problem in drawn(300):
        later = replace(facts, events=tuple((what, day + timedelta(1)) for what, day in facts.events))
        assert a.last_day(a.count(later)).isoformat() >= problem.answer


def test_every_date_is_told_and_from_level_two_on_one_that_does_not_matter():
    for facts, problem in drawn(600):
        told = [long_date(day) for _, day in facts.events]
        assert all(day in problem.facts for day in told)
        assert facts.difficulty == 1 or len(told) >= 2
        assert long_date(date.fromisoformat(problem.answer)) not in problem.question
    assert 0.15 < sum(len(facts.events) > 1 for facts, _ in drawn(300, level=1)) / 300 < 0.5


@pytest.mark.parametrize("level", [1, 2, 3])
def test_each_pair_holds_one_deadline_that_moves_and_one_that_does_not(level):
    moved = [a.near_boundary(facts) for facts, _ in drawn(300, level)]
    assert all(sum(moved[i : i + 2]) == 1 for i in range(0, 300, 2))
    assert moved[::2].count(True) in range(45, 106)


def test_every_rule_and_kind_of_day_off_is_met_often():
    rules = Counter(rule for _, problem in drawn(1_200, level=3) for rule in problem.authorities)
    for rule in (a.ORDINARY, a.WAIVED, a.GOVERNMENT, a.OFFICER, a.DENIAL, a.AMENDED, a.MAIL, a.STATE_HOLIDAY):
        assert rules[rule] >= 40, (rule, rules)
    rules = Counter(rule for _, problem in drawn(900, level=2) for rule in problem.authorities)
    for rule in (a.ORDINARY, a.WAIVED, a.GOVERNMENT, a.DENIAL, a.DEFINITE, a.CROSSCLAIM, a.FEDERAL_HOLIDAY):
        assert rules[rule] >= 60, (rule, rules)


def test_no_unsettled_day_decides_and_no_period_leaves_the_years():
    for facts, problem in drawn(3_000):
        looked_at = {day for period in a.count(facts) for day in period.run}
        assert not looked_at & court_days.UNSETTLED, problem.facts
        assert date(2024, 1, 1) <= min(day for _, day in facts.events) and problem.answer < "2027-01-01"
        if "returned" in dict(facts.events):  # a timely waiver, Rule 4(d)(1)(F)
            assert dict(facts.events)["returned"] - dict(facts.events)["request"] <= timedelta(30)
        if "motion" in dict(facts.events):  # a timely motion, denied after the first period had run out
            events = dict(facts.events)
            assert events["motion"] - events["served"] <= timedelta(21) < events["denied"] - events["served"]


# ---- explanations -----------------------------------------------------------------------------------------


def test_the_argument_names_every_day_off_that_is_passed_over():
    off = {date.fromisoformat(day) for day in HOLIDAYS}
    for facts, problem in drawn(900):
        application = problem.explanation.splitlines()[2]
        passed = {day for period in a.count(facts) for day in period.run[:-1]}
        assert ("weekend" in application) == any(day.isoweekday() > 5 for day in passed), problem.explanation
        named = {name for name in set(court_days.FEDERAL.values()) if f" is {name}" in application}
        assert named == {court_days.FEDERAL[day] for day in passed & off}, problem.explanation
        assert long_date(date.fromisoformat(problem.answer)) in application
