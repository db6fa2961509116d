"""Periods of days against hand-worked cases, the committee notes' examples, and a walk over a written-out calendar."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from family_series import series

from grpo_legal.problems import computing_time as c
from grpo_legal.problems import court_days
from grpo_legal.problems.computing_time_rules import AFTER, BEFORE, DISCOVERY, PAPERS
from grpo_legal.problems.vocabulary import long_date

FAMILY = c.FAMILY
# The holidays that Rule 6(a)(6)(A) names, from the calendars of the Office of Personnel Management.
_HOLIDAYS = """
2024-01-01 2024-01-15 2024-02-19 2024-05-27 2024-06-19 2024-07-04 2024-09-02 2024-10-14 2024-11-11 2024-11-28 2024-12-25
2025-01-01 2025-01-20 2025-02-17 2025-05-26 2025-06-19 2025-07-04 2025-09-01 2025-10-13 2025-11-11 2025-11-27 2025-12-25
2026-01-01 2026-01-19 2026-02-16 2026-05-25 2026-06-19 2026-07-04 2026-09-07 2026-10-12 2026-11-11 2026-11-26 2026-12-25
"""
HOLIDAYS = {date.fromisoformat(day) for day in _HOLIDAYS.split()}
LEVELS = (1, 2, 3)
drawn = series(FAMILY)


# ---- cases worked by hand ------------------------------------------------------------------------------

PERIODS = {"served": PAPERS[1], "after": AFTER[2], "before": BEFORE[3]}
BY_RULE = {period.rule: period for period in (*DISCOVERY, *PAPERS, *AFTER, *BEFORE) if period.rule}


def case(what, days, day, how="", state="", **changes):
    """An order's period of so many days "served", "after" or "before", or a rule's by its number."""
    period = PERIODS.get(what) or BY_RULE[f"Fed. R. Civ. P. {what}"]
    if state:
        name, court = state.split(" in ")
        holiday = next(h for h in court_days.STATE_HOLIDAYS if h.name == name and h.day.year == int(day[:4]))
        changes |= {"holiday": holiday, "court": court}
    return c.Facts("Ann Lee", "Bob Ray", period, days, date.fromisoformat(day), how, **changes)


PATRIOTS = "Patriots' Day in Massachusetts"
CASES = [
    ("6(a)(1)(A)-(B): day of the event out, weekends in", case("after", 10, "2026-03-03"), "2026-03-13"),
    ("6(a)(1)(C): Sunday to Monday", case("after", 10, "2026-03-05"), "2026-03-16"),
    ("note of 2009: 10 days after, Saturday, then Labor Day", case("after", 10, "2025-08-20"), "2025-09-02"),
    ("note of 2009: 10 days before, Saturday, back to Friday", case("before", 10, "2025-09-09"), "2025-08-29"),
    ("6(a)(5): Labor Day itself, back over the weekend", case("before", 10, "2025-09-11"), "2025-08-29"),
    ("note of 2009: 14 days after, Patriots' Day", case("after", 14, "2026-04-06", state=PATRIOTS), "2026-04-21"),
    ("note of 2009: 14 days before, Patriots' Day", case("before", 14, "2026-05-04", state=PATRIOTS), "2026-04-20"),
    (
        "6(a)(6)(C): the holiday of a State where the court does not sit",
        case("after", 14, "2026-04-06", state="Patriots' Day in Ohio"),
        "2026-04-20",
    ),
    (
        "6(a)(6)(C): Sunday, back to a State's Friday",
        case("before", 30, "2026-12-01", state="Nevada Day in Nevada"),
        "2026-10-30",
    ),
    ("6(a)(6)(A): Juneteenth 2026 is a Friday", case("59(e)", 28, "2026-05-22"), "2026-06-22"),
    ("59(e): 28 days after entry", case("59(e)", 28, "2026-05-06"), "2026-06-03"),
    ("6(c)(1): exactly 14 days before is in time", case("6(c)(1)", 14, "2026-03-19"), "2026-03-05"),
    ("6(c)(2): 7 days before, Thanksgiving", case("6(c)(2)", 7, "2026-12-03"), "2026-11-25"),
    ("6(d): mail, 30 and then 3 days", case("33(b)(2)", 30, "2026-03-03", "mail"), "2026-04-06"),
    (
        "note of 2005: the three days follow the period as extended",
        case("served", 10, "2026-03-05", "mail"),
        "2026-03-19",
    ),
    ("note of 2005: the third day is a Sunday", case("served", 10, "2026-03-10", "mail"), "2026-03-23"),
    ("6(d): left with the court clerk", case("served", 10, "2026-03-03", "clerk"), "2026-03-16"),
    ("6(d): other means consented to", case("served", 10, "2026-03-03", "courier"), "2026-03-16"),
    ("6(d): not after e-filing", case("served", 10, "2026-03-03", "e-filing"), "2026-03-13"),
    ("6(d): not after agreed e-mail", case("36(a)(3)", 30, "2026-03-02", "e-mail"), "2026-04-01"),
    ("6(d): not after service by hand", case("34(b)(2)(A)", 30, "2026-03-02", "hand"), "2026-04-01"),
    ("6(d): not where time runs from entry", case("54(d)(2)(B)", 14, "2026-03-03", "copy"), "2026-03-17"),
    (
        "6(d), 6(a)(6)(C): the three days end on the State's holiday",
        case("served", 10, "2026-04-07", "mail", PATRIOTS),
        "2026-04-21",
    ),
]


@pytest.mark.parametrize(("facts", "answer"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_hand_worked_cases(facts, answer):
    assert c.decide(facts)[0] == answer


@pytest.mark.parametrize(
    "facts",
    [
        case("after", 10, "2026-06-23"),
        case("before", 10, "2024-12-09"),
        case("served", 10, "2025-12-11", "mail"),
        case("after", 10, "2024-12-30"),
    ],
    ids=["observed Friday", "day after Thanksgiving", "day after Christmas by mail", "day of mourning"],
)
def test_unsettled_days_are_refused(facts):
    with pytest.raises(ValueError):
        c.decide(facts)


# ---- a second engine: one day at a time, on the written-out calendar ---------------------------------------


def walk(start, days, step, off):
    """The last day, one step at a time, stopping only where the period may end."""
    day, left = start, days
    while left > 0 or day.isoweekday() > 5 or day in off:
        day, left = day + timedelta(step), left - 1
    return day


def second_opinion(facts):
    off = set(HOLIDAYS)
    if facts.period in BEFORE:
        return walk(facts.day, facts.days, -1, off).isoformat()
    if facts.holiday is not None and facts.court == facts.holiday.state:
        off.add(facts.holiday.day)
    end = walk(facts.day, facts.days, 1, off)
    if facts.period not in AFTER and facts.how in {"mail", "clerk", "courier"}:
        end = walk(end, 3, 1, off)
    return end.isoformat()


def test_a_second_engine_agrees_on_2000_problems():
    for facts, problem in drawn(2_000):
        assert second_opinion(facts) == problem.answer, problem.facts


def test_the_engines_agree_on_facts_that_no_sampler_would_make():
    rng, compared = random.Random(1), Counter()
    for facts, _ in drawn(1_500):
        period = rng.choice((*DISCOVERY, *PAPERS, *AFTER, *BEFORE))
        scrambled = replace(
            facts,
            period=period,
            days=rng.randrange(1, 100),
            day=date(2024, 4, 15) + timedelta(rng.randrange(850)),
            how=rng.choice(tuple(c.SERVICE)) if period.kind == "served" else "",
            holiday=rng.choice((None, *court_days.STATE_HOLIDAYS)),
            court=rng.choice(("Ohio", "Massachusetts", "Utah", "Nevada")),
        )
        try:
            answer = c.decide(scrambled)[0]
        except ValueError:
            continue
        assert second_opinion(scrambled) == answer, scrambled
        compared[period.kind] += 1
    assert all(compared[kind] > 250 for kind in ("served", "after", "before")), compared


# ---- properties -----------------------------------------------------------------------------------------


def test_what_does_not_matter_changes_nothing():
    for facts, problem in drawn(600):
        changes = {
            "no distractors": replace(facts, asides=(), events=(), first_set=None),
            "more of them": replace(facts, asides=c.ASIDES, events=(("talks", facts.day),)),
            "renamed": replace(facts, actor="X Y", other="Z W"),
            "told backwards": replace(facts, events=facts.events[::-1]),
            "by hand instead of electronically": replace(
                facts, how="hand" if facts.how in ("e-mail", "e-filing") else facts.how
            ),
        }
        for what, changed in changes.items():
            assert c.decide(changed)[0] == problem.answer, (what, problem.facts)


def test_the_text_tells_all_that_decides_and_never_the_answer():
    for facts, problem in drawn(900):
        assert long_date(facts.day) in problem.facts and f"{facts.days} days" in problem.facts
        told = {long_date(day) for _, day in facts.events} | {long_date(facts.first_set or facts.day)}
        assert all(day in problem.facts for day in told), problem.facts
        assert (facts.holiday is None) == ("State holiday" not in problem.facts)
        assert long_date(date.fromisoformat(problem.answer)) not in problem.question


@pytest.mark.parametrize("level", LEVELS)
def test_each_outcome_comes_equally_often_with_the_same_phrasings(level):
    cases = Counter()
    for facts, _ in drawn(400, level):
        cases[facts.period.kind == "before", any(len(run) > 1 for run in c.count(facts))] += 1
    assert set(cases.values()) == {100}
    near = [c.near_boundary(facts) for facts, _ in drawn(400, level)]
    assert 100 <= near.count(True) < 400


def test_every_rule_is_met_often_and_levels_add_rules():
    rules = Counter(rule for _, problem in drawn(900, level=3) for rule in problem.authorities)
    for rule in (c.COUNTING, c.ROLL, c.DIRECTION, c.STATE_HOLIDAY, c.MAIL, c.SCOPE):
        assert rules[rule] >= 90, rules
    assert rules[c.FEDERAL_HOLIDAY] >= 30, rules
    assert all(c.MAIL not in p.authorities and c.STATE_HOLIDAY not in p.authorities for _, p in drawn(300, 1))
    assert all(facts.asides for facts, _ in drawn(300) if facts.difficulty > 1)
    ways = Counter(facts.how for facts, _ in drawn(900, level=2))
    assert all(ways[how] >= 25 for how in ("mail", "clerk", "courier", "e-mail", "e-filing", "copy")), ways


def test_nothing_starts_on_a_day_off_but_a_saturday_s_post():
    for facts, problem in drawn(900):
        assert facts.day not in HOLIDAYS and facts.day.weekday() != 6, problem.facts
        assert facts.day.weekday() != 5 or facts.period.kind == "served", problem.facts
        assert all(court_days.is_open(day) for _, day in facts.events)
        assert date(2024, 1, 1) <= facts.day and "2024-01-01" < problem.answer < "2027-01-01"


def test_state_holidays_are_on_the_days_that_the_statutes_set():
    told = {(holiday.name, str(holiday.day)) for holiday in court_days.STATE_HOLIDAYS}
    assert told == {
        *(("Patriots' Day", day) for day in ("2024-04-15", "2025-04-21", "2026-04-20")),
        *(("Seward's Day", day) for day in ("2024-03-25", "2025-03-31", "2026-03-30")),
        *(("Statehood Day", day) for day in ("2024-08-16", "2025-08-15", "2026-08-21")),
        *(("Nevada Day", day) for day in ("2024-10-25", "2025-10-31", "2026-10-30")),
        *(("Pioneer Day", day) for day in ("2024-07-24", "2025-07-24", "2026-07-24")),
        # June 20, 2026 is a Saturday; by W. Va. Code § 2-2-1(b) the Friday before is the holiday, and that is Juneteenth.
        *(("West Virginia Day", day) for day in ("2024-06-20", "2025-06-20")),
    }
