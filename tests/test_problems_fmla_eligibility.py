"""Eligibility for family and medical leave against hand-worked cases and a second engine that works from a table."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from family_series import series

from grpo_legal.problems import fmla_eligibility_law as f
from grpo_legal.problems.fmla_eligibility import FAMILY

drawn = series(FAMILY)


# ---- cases worked by hand ------------------------------------------------------------------------------

WORKER = f.Facts(
    employee="Ann Lee",
    employer="Redwood Tools",
    public=False,
    start=date(2022, 3, 1),
    leave=date(2026, 6, 1),
    notice=date(2026, 5, 1),
    earlier=0,
    gap=0,
    rehire="",
    worked=1_600,
    idle=0,
    reserve=0,
    site=80,
    part=0,
    away=0,
    laid_off=0,
    other=0,
    road=0,
    air=0,
    later=0,
    weeks=f.STEADY,
    asks_denial=False,
    asides=(),
    difficulty=3,
)
RETURNED = {"start": date(2025, 9, 15), "earlier": 8}  # eight full months since the return, eight before the break


def case(**changes):
    """A worker of four years with 1,600 hours at a worksite of 80, leave from June 1, 2026, but for …"""
    return replace(WORKER, **changes)


CASES = [  # was the worker eligible?
    ("2611(2): every condition met", case(), "Yes"),
    ("2611(2)(A)(i): a day more than 12 months", case(start=date(2025, 5, 31)), "Yes"),
    ("825.110(d): a day short of 12 months on the first day of leave", case(start=date(2025, 6, 2)), "No"),
    ("2611(2)(A)(ii): 1,250 hours", case(worked=1_250), "Yes"),
    ("2611(2)(A)(ii): 1,249 hours", case(worked=1_249), "No"),
    ("825.110(c)(1): paid for 1,300 hours, 60 of them vacation", case(worked=1_240, idle=60), "No"),
    ("825.110(c)(2): reserve duty makes up the hours", case(worked=1_050, reserve=200), "Yes"),
    ("825.110(c)(2): reserve duty does not make up the hours", case(worked=1_040, reserve=200), "No"),
    ("825.110(b)(1): a break of 6 years and 11 months", case(**RETURNED, gap=83), "Yes"),
    ("825.110(b)(1): a break of 7 years", case(**RETURNED, gap=84), "No"),
    ("825.110(b)(2)(ii): written agreement to rehire", case(**RETURNED, gap=90, rehire="written"), "Yes"),
    ("825.110(b)(2)(ii): oral promise to rehire", case(**RETURNED, gap=90, rehire="oral"), "No"),
    ("825.110(b): eight and three months are eleven", case(**RETURNED | {"earlier": 3}, gap=20), "No"),
    ("825.110(b): eight and four months are twelve", case(**RETURNED | {"earlier": 4}, gap=20), "Yes"),
    ("2611(2)(B)(ii): 50 at the worksite", case(site=50), "Yes"),
    ("2611(2)(B)(ii): 49 at the worksite", case(site=49), "No"),
    # Hackworth v. Progressive Casualty Ins. Co., 468 F.3d 722 (10th Cir. 2006): 47, and three 75.6 miles away by road
    ("Hackworth: 76 road miles, 67 in a straight line", case(site=47, other=3, road=76, air=67), "No"),
    ("825.111(b): 75 road miles", case(site=47, other=3, road=75, air=67), "Yes"),
    ("825.105(c): part-timers and those on leave count", case(site=40, part=6, away=4, laid_off=3), "Yes"),
    ("825.105(c): laid-off workers do not", case(site=40, part=6, away=3, laid_off=9), "No"),
    ("825.110(e): 50 at the notice, 40 at the leave", case(site=50, later=40), "Yes"),
    ("825.110(e): 49 at the notice, 60 at the leave", case(site=49, later=60), "No"),
    ("2611(4)(A)(i): 20 workweeks of the year before", case(weeks=(20, 5)), "Yes"),
    ("2611(4)(A)(i): 20 workweeks of this year", case(weeks=(5, 20)), "Yes"),
    ("2611(4)(A)(i): 19 and 19 are not added up", case(weeks=(19, 19)), "No"),
    ("825.108(d): a county is covered whatever its size", case(public=True, weeks=(5, 5)), "Yes"),
    ("825.108(d): but its worksite needs 50", case(public=True, site=49), "No"),
]


@pytest.mark.parametrize(("facts", "answer"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_hand_worked_cases(facts, answer):
    assert f.decide(facts)[0] == answer
    assert f.decide(replace(facts, asks_denial=True))[0] == {"Yes": "No", "No": "Yes"}[answer]


@pytest.mark.parametrize(
    "facts",
    [
        case(start=date(2025, 6, 1)),
        case(notice=date(2025, 12, 20)),
        case(notice=date(2026, 6, 2)),
    ],
    ids=["twelve months to the day", "notice in the year before", "notice after the leave began"],
)
def test_contested_facts_are_refused(facts):
    with pytest.raises(ValueError):
        f.decide(facts)


# ---- a second engine --------------------------------------------------------------------------------------


def second_opinion(x):
    """Tries every way to fail, one after the other."""
    kept = 0 if x.gap >= 84 and x.rehire != "written" else x.earlier
    needed = 12 - kept  # full months since the last start
    year, month = divmod(x.start.year * 12 + x.start.month - 1 + max(needed, 0), 12)
    days_near = [(0, x.site), (0, x.part), (0, x.away), (x.road, x.other)]
    failures = [
        x.leave < date(year, month + 1, 1) + timedelta(x.start.day - 1) if needed > 0 else False,
        x.worked + x.reserve < 1_250,
        sum(people for miles, people in days_near if miles <= 75) < 50,
        not x.public and x.weeks[0] < 20 and x.weeks[1] < 20,
    ]
    return "Yes" if any(failures) == x.asks_denial else "No"


def test_a_second_engine_agrees_on_2000_problems():
    for facts, problem in drawn(2_000):
        assert second_opinion(facts) == problem.answer, problem.facts


def test_the_engines_agree_on_facts_that_no_sampler_would_make():
    rng, compared = random.Random(1), Counter()
    for facts, _ in drawn(1_500):
        scrambled = replace(
            facts,
            start=facts.start.replace(day=rng.randint(1, 28)),
            gap=rng.choice((0, 83, 84, 85, 120)),
            earlier=rng.choice((0, 1, 2, 12)),
            rehire=rng.choice(("", "oral", "written")),
            worked=rng.choice((facts.worked, 1_249, 1_250)),
            site=rng.choice((facts.site, 44, 60)),
            part=rng.choice((0, 5, 6)),
            other=rng.choice((0, 3, 30)),
            road=rng.choice((10, 74, 75, 76, 200)),
            later=rng.choice((0, 10, 100)),
            weeks=rng.choice((f.STEADY, (19, 20), (20, 0), (19, 19))),
            public=rng.random() < 0.2,
        )
        try:
            answer = f.decide(scrambled)[0]
        except ValueError:
            continue
        assert second_opinion(scrambled) == answer, scrambled
        compared[answer] += 1
    assert compared["Yes"] > 300 and compared["No"] > 300, compared


# ---- properties -----------------------------------------------------------------------------------------


def test_what_does_not_matter_changes_nothing():
    for facts, problem in drawn(600):
        changes = {
            "no distractors": replace(facts, asides=()),
            "another distractor": replace(facts, asides=("A baby was due.",)),
            "renamed": replace(facts, employee="X Y", employer="Z Works"),
            "more or fewer people later": replace(facts, later=200 - facts.later),
            "another straight line": replace(facts, air=1),
            "more vacation": replace(facts, idle=facts.idle + 100),
            "more layoffs": replace(facts, laid_off=facts.laid_off + 50),
        }
        for what, changed in changes.items():
            assert f.decide(changed)[0] == problem.answer, (what, problem.facts)


def test_both_sides_of_the_boundary_are_met_at_every_level():
    for level in (1, 2, 3):
        sides = Counter(problem.answer for facts, problem in drawn(400, level) if FAMILY.near_boundary(facts))
        assert min(sides["Yes"], sides["No"]) >= 50, (level, sides)


def test_every_rule_is_met_often_and_distractors_always_from_level_two_on():
    cited = Counter(rule for _, problem in drawn(900, 3) for rule in problem.authorities)
    assert all(cited[rule] >= 20 for rule in f.RULES), cited
    assert all(facts.asides for facts, _ in drawn(300) if facts.difficulty > 1)


def test_no_phrasing_gives_the_answer_away():
    for level in (1, 2, 3):
        seen = Counter((problem.template, problem.answer) for _, problem in drawn(900, level))
        best = sum(max(seen[name, "Yes"], seen[name, "No"]) for name in {name for name, _ in seen})
        assert best / 900 < 0.57, level
