"""Federal suits with a deadline, invented: which event starts the period, and on what day it would end.

The law is in answer_deadline_law.py. A draw first picks the day on which the count is to end, a holiday or a weekend
if the deadline is to move, and goes back from there.
"""

from __future__ import annotations

from datetime import date
from random import Random

from grpo_legal.problems import vocabulary as v
from grpo_legal.problems.answer_deadline_law import (
    RULES,
    Facts,
    count,
    decide,
    holding,
    is_moved,
    is_settled,
    issue,
    near_boundary,
)
from grpo_legal.problems.answer_deadline_prose import render
from grpo_legal.problems.court_days import DAY, FEDERAL, OTHER_COURTS, STATE_HOLIDAYS, is_open, open_day_near
from grpo_legal.problems.family import Family, sample_until

SIMPLE = (("served", 21), ("waived", 60), ("government", 60), ("denied", 14))
CASES: dict[int, tuple[tuple[str, int], ...]] = {  # (case, days from the start to the end that is aimed at) by level
    1: SIMPLE,
    2: (*SIMPLE, ("abroad", 90), ("definite", 14), ("crossclaim", 21)),
    3: (*SIMPLE, ("abroad", 90), ("amended", 21), ("amended", 14), ("officer", 60), ("mailed", 21), ("mailed", 24)),
}
STATE_CASES = ("served", "waived", "government", "denied", "abroad")  # at level 3 these meet a State holiday
LEVEL_ONE_EVENTS = ("served", "request", "us attorney", "denied")
FIRST, LAST = date(2024, 7, 1), date(2026, 12, 20)  # of the ends aimed at; what came before is still of 2024
HOLIDAYS = tuple(day for day in FEDERAL if FIRST <= day <= LAST)
LOCAL_HOLIDAYS = tuple(holiday for holiday in STATE_HOLIDAYS if holiday.day >= FIRST)
CITIES = ("Denver", "Atlanta", "Seattle", "Boston", "Phoenix", "Omaha", "Tampa", "Memphis")
FOREIGN = ("Toronto, Canada", "Madrid, Spain", "Kyoto, Japan", "Dublin, Ireland", "Nairobi, Kenya", "Lyon, France")


def sample(rng: Random, wanted: str, difficulty: int) -> Facts:
    """Facts whose last day is "as counted" or, because the count ends on a day off, "moved"."""

    moved = wanted == "moved"

    def accept(facts: Facts | None) -> bool:
        if facts is None:
            return False
        found = count(facts)
        return is_moved(found) == moved and is_settled(found)

    return sample_until(lambda: _propose(rng, moved, difficulty), accept)


def _propose(rng: Random, moved: bool, level: int) -> Facts | None:
    case, length = rng.choice(CASES[level])
    holiday, court = None, ""
    if level == 3 and case in STATE_CASES:
        holiday = rng.choice(LOCAL_HOLIDAYS)
        court = holiday.state if moved and rng.random() < 0.7 else rng.choice(OTHER_COURTS)
        end = holiday.day
        if rng.random() < 0.3:
            court, end = holiday.state, end + rng.randint(-6, 9) * DAY  # the holiday is near, and may not matter
        elif moved and court != holiday.state:
            end -= rng.randrange(1, 3) * DAY  # the weekend before the holiday, if that is a Monday
    elif moved and rng.random() < 0.45:
        end = rng.choice(HOLIDAYS)
    else:
        end = FIRST + int(rng.random() * (LAST - FIRST).days) * DAY
        if moved:
            end += (5 - end.weekday() + rng.randrange(2)) * DAY
    start = end - length * DAY
    if not is_open(start) or (holiday is None and is_open(end) == moved):
        return None
    names = v.people(rng)
    return Facts(
        plaintiff=next(names),
        defendant="the United States" if case == "government" else next(names),
        events=_events(rng, case, start, length, level),
        place=rng.choice(FOREIGN if case == "abroad" else CITIES) if case in ("waived", "abroad") else "",
        abroad=case == "abroad",
        codefendant=next(names) if case in ("crossclaim", "mailed") else "",
        court=court,
        holiday=holiday,
        difficulty=level,
    )


def _events(rng: Random, case: str, start: date, length: int, level: int) -> tuple[tuple[str, date], ...]:
    """What happened around the day that starts the period, in order of time."""

    def near(low: int, high: int, day: date = start) -> date:
        return open_day_near(rng, day, low, high)

    if case in ("waived", "abroad"):
        received = near(2, 6)
        told = [("request", start), ("received", received), ("returned", near(3, 14, received))]
    elif case == "denied":
        served = near(-120, -60)
        told = [("served", served), ("motion", near(5, 16, served)), ("denied", start)]
    elif case == "amended":
        governs = length == 14  # whether the 14 days end after the 21
        served, amended = (near(-20, -8), start) if governs else (start, near(1, 5))
        told = [("served", served), ("amended", amended)]
    elif case == "officer":
        told = [("officer", start), ("us attorney", near(-25, -1))]
        if rng.random() < 0.5:
            told = [("officer", told[1][1]), ("us attorney", start)]
    else:
        told = {
            "served": [("served", start)],
            "government": [("us attorney", start), ("attorney general", near(*rng.choice(((-9, -1), (1, 9)))))],
            "definite": [("vague", near(-40, -20)), ("ordered", near(-10, -2)), ("definite", start)],
            "crossclaim": [("served", near(-60, -22)), ("crossclaim", start)],
            "mailed": [("served", near(-60, -22)), ("mailed crossclaim", start), ("envelope", near(2, 5))],
        }[case]
    if level == 1:
        told = [event for event in told if event[0] in LEVEL_ONE_EVENTS and event[1] == start]
    if rng.random() < (0.3 if level == 1 else 0.6):
        told.append(("filed", near(-30, -3, min(day for _, day in told))))
    if level > 1 and (len(told) < 2 or rng.random() < 0.4):
        told.append((rng.choice(("letter", "talks", "press")), near(1, 12)))
    return tuple(sorted(told, key=lambda event: event[1]))


FAMILY = Family(
    name="answer_deadline",
    kind="date",
    outcomes=("as counted", "moved"),
    sample=sample,
    decide=decide,
    render=render,
    near_boundary=near_boundary,
    rules=RULES,
    issue=issue,
    holding=holding,
)
