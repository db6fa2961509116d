"""The last day of a period of days in federal court: Fed. R. Civ. P. 6(a) and 6(d), as of November 2026.

  * Rule 6(a) counts every period of days set by the Rules, a local rule, a court order or a statute without a method
    of its own. Leave out the day of the event, count every day, include the last, 6(a)(1)(A)-(C).
  * If the last day is a Saturday, Sunday or legal holiday, the period runs to the next day that is none, 6(a)(1)(C):
    forward if it is measured after an event, backward if before one, 6(a)(5).
  * Legal holidays are the eleven of 6(a)(6)(A) and, for periods measured after an event only, the holidays of the
    State where the district court sits, 6(a)(6)(C).
  * Rule 6(d): if the time runs "after being served" and service was by mail, by leaving with the court clerk, or by
    other means consented to in writing, 5(b)(2)(C), (D), (F), three days are added after the period would otherwise
    end under 6(a), and a day off then moves the end again (committee notes of 2005). Nothing is added for service by
    hand, at an office, through the e-filing system or by e-mail consented to, 5(b)(2)(A), (B), (E), nor where the
    time runs from another event, such as the entry of an order, even if the clerk mails a copy.
  * Service by mail is complete on mailing, by agreed courier on delivery to the agency, 5(b)(2)(C), (F).

Kept away from: the days in `court_days.UNSETTLED`, days declared a holiday by the President or Congress, periods in
hours, inaccessible clerk's offices, answers (answer_deadline.py), and whether a new trial date moves a deadline that a
scheduling order fixed. State holidays count only if the story tells them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import NamedTuple

from grpo_legal.problems import vocabulary as v
from grpo_legal.problems.computing_time_prose import ASIDES, holding, issue, listed, render, weekday
from grpo_legal.problems.computing_time_rules import (
    AFTER,
    BEFORE,
    COUNTING,
    DIRECTION,
    DISCOVERY,
    FEDERAL_HOLIDAY,
    MAIL,
    PAPERS,
    ROLL,
    RULES,
    SCOPE,
    SERVICE,
    STATE_HOLIDAY,
    Period,
)
from grpo_legal.problems.court_days import (
    DAY,
    FEDERAL,
    OTHER_COURTS,
    STATE_HOLIDAYS,
    UNSETTLED,
    StateHoliday,
    is_open,
    run_on,
)
from grpo_legal.problems.family import Family, Ruling, Step, sample_until, some_asides


@dataclass(frozen=True, slots=True)
class Facts:
    """`day` is that of the event from which the period is counted."""

    actor: str  # whose time it is
    other: str  # the opponent
    period: Period
    days: int
    day: date
    how: str = ""  # the way of service, a key of SERVICE; "" where nothing is served
    first_set: date | None = None  # the day for which a hearing that was put off had first been set
    court: str = ""  # the State where the court sits, if told
    holiday: StateHoliday | None = None  # a State holiday that is told
    events: tuple[tuple[str, date], ...] = ()  # what also happened; none of it decides
    asides: tuple[str, ...] = ()
    difficulty: int = 1


# ---- the law ----------------------------------------------------------------------------------------


def count(facts: Facts) -> list[list[date]]:
    """The days looked at to end the period and, where Rule 6(d) applies, its three further days."""
    local = facts.holiday.day if facts.holiday and facts.holiday.state == facts.court else None
    return _count(facts.period.kind, facts.how, facts.day, facts.days, local)


def _count(kind: str, how: str, day: date, days: int, local: date | None) -> list[list[date]]:
    if kind == "before":
        run = [day - days * DAY]
        while not is_open(run[-1]):
            run.append(run[-1] - DAY)
        return [run]
    runs = [run_on(day + days * DAY, local)]
    if kind == "served" and SERVICE[how][1]:
        runs.append(run_on(runs[0][-1] + 3 * DAY, local))
    return runs


def decide(facts: Facts) -> Ruling:
    """The last day of the period, as an ISO date, and why."""
    runs = count(facts)
    if any(day in UNSETTLED for run in runs for day in run):
        raise ValueError(f"it is unsettled whether a period can end on a day that counts here: {facts!r}")
    period, n, back = facts.period, facts.days, facts.period.kind == "before"
    a, start = v.surname(facts.actor), v.long_date(facts.day)
    if back:
        set_for = "now set for" if facts.first_set else "set for"
        why = f"{a} must {period.act} at least {n} days before {period.event}, which is {set_for} {start}"
    elif period.kind == "served":
        why = f"{a} has {n} days to {period.act}, counted from what {v.surname(facts.other)} did on {start}"
    else:
        why = f"{a} has {n} days after {period.event} to {period.act}, and that was on {start}"
    side = "before" if back else "after"
    steps: list[Step] = [
        (period.rule or SCOPE, why),
        (COUNTING, f"without that day but with every other, {n} days {side} it is {_kind_of_day(runs[0])}"),
    ]
    if facts.how in ("e-mail", "e-filing"):
        steps.append((MAIL, f"{listed(facts)}, so {a} has no days more"))
    elif facts.how == "copy":
        steps.append((MAIL, f"the time of {a} is that after {period.event}, not after service of a mailed copy"))
    steps += _end(a, runs[0], back)
    if len(runs) > 1:
        steps.append((MAIL, f"{listed(facts)}, so {a} has three days more, until {_kind_of_day(runs[1])}"))
        steps += _end(a, runs[1], back)
    if facts.holiday:
        steps += _local(facts.holiday, facts.court, runs, back)
    return runs[-1][-1].isoformat(), steps


def _kind_of_day(run: list[date]) -> str:
    """The first day of the run, and what it is."""
    return f"{v.long_date(run[0])}, {weekday(run[0]) if len(run) > 1 else 'no Saturday, Sunday or legal holiday'}"


def _end(a: str, run: list[date], back: bool) -> list[Step]:
    """Where the time of `a` ends, if not on the first day of the run."""
    if len(run) == 1:
        return []
    steps = [(FEDERAL_HOLIDAY, f"{v.long_date(day)} is {FEDERAL[day]}") for day in run if day in FEDERAL]
    more, side = len(run) - 2, "before" if back else "after"
    also = "" if not more else f" or the day {side} it" if more == 1 else f" or the {more} days {side} it"
    first, last = v.long_date(run[0]), v.long_date(run[-1])
    why = f"the days of {a} are not over on {first}{also}, but only on {last}"
    if back:
        why = f"the last day that {a} may use is not {first}{also}, but {last}"
    return [*steps, (DIRECTION if back else ROLL, why)]


def _local(holiday: StateHoliday, court: str, runs: list[list[date]], back: bool) -> list[Step]:
    """What the State holiday that is told does to the period."""
    name, state, day = holiday
    if back:
        why = f"{name} in {state} is no legal holiday for days before an event, only for those after one"
    elif state != court:
        why = f"{name} is a holiday of {state}, but the court sits in {court}, where it is none"
    elif any(day in run[:-1] for run in runs):
        why = f"{v.long_date(day)} is {name}, a legal holiday here, since the court sits in {state}"
    else:
        why = f"{name} is a legal holiday here, since the court sits in {state}, but no last day is on it"
    return [(STATE_HOLIDAY, why)]


def near_boundary(facts: Facts) -> bool:
    """Whether the counted end is a day off or next to one, so that a day more or less could change how it is treated."""
    back = -DAY if facts.period.kind == "before" else DAY
    return any(len(run) > 1 or not (is_open(run[0] - back) and is_open(run[0] + back)) for run in count(facts))


# ---- inventing facts --------------------------------------------------------------------------------

FIRST, LAST = date(2024, 6, 3), date(2026, 12, 18)  # of the ends aimed at
HOLIDAYS = tuple(day for day in FEDERAL if FIRST <= day <= LAST)
LOCAL_HOLIDAYS = tuple(holiday for holiday in STATE_HOLIDAYS if FIRST <= holiday.day <= LAST)
NEAREST = {day: min(LOCAL_HOLIDAYS, key=lambda local, day=day: abs(local.day - day)) for day in HOLIDAYS}
SERVED = DISCOVERY + PAPERS
MORE_MODES = ("mail", "mail", "clerk", "courier")


class Schedule(NamedTuple):
    """What decides: fields of `Facts`."""

    period: Period
    days: int
    day: date
    how: str
    court: str
    holiday: StateHoliday | None


def sample(rng: Random, wanted: str, difficulty: int) -> Facts:
    """Facts whose time is counted "forward" or "backward" and ends "as counted" or, for a day off, is "moved"."""
    direction, moved = wanted.split(" ", 1)
    back, late = direction == "backward", moved == "moved"
    found = sample_until(lambda: _propose(rng, back, late, difficulty), lambda found: _fits(found, late))
    names = v.people(rng)
    return Facts(
        actor=next(names),
        other=next(names),
        first_set=_earlier(rng, found.day) if back and difficulty == 3 else None,
        events=_events(rng, found.how, found.day, back, difficulty),
        asides=some_asides(rng, difficulty, ASIDES),
        difficulty=difficulty,
        **found._asdict(),
    )


def _fits(found: Schedule, moved: bool) -> bool:
    """Whether the period starts on a day on which such things happen and ends as wanted, on a settled day."""
    day = found.day
    mailable = day.weekday() == 5 and found.period.kind == "served" and day not in FEDERAL
    if day.year < 2024 or not (mailable or is_open(day)):
        return False
    local = found.holiday.day if found.holiday and found.holiday.state == found.court else None
    runs = _count(found.period.kind, found.how, day, found.days, local)
    return any(len(run) > 1 for run in runs) == moved and not any(day in UNSETTLED for run in runs for day in run)


def _propose(rng: Random, back: bool, moved: bool, level: int) -> Schedule:
    served = not back and rng.random() < (0.5, 0.7, 0.75)[level - 1]
    period = rng.choice(BEFORE if back else SERVED if served else AFTER)
    days = rng.choice(period.days)
    copy = not served and not back and level > 1 and (level == 3 or rng.random() < 0.6)
    how = _how(rng, period, level) if served else "copy" if copy else ""
    added = 3 if served and SERVICE[how][1] and rng.random() < 0.5 else 0
    holiday = rng.choice(LOCAL_HOLIDAYS) if level == 3 or (level == 2 and not how) else None
    end = _aim(rng, moved, days, holiday)
    if level == 3 and moved and rng.random() < 0.3:
        end = rng.choice(HOLIDAYS)
        holiday = NEAREST[end]
    court = "" if holiday is None else holiday.state if rng.random() < 0.65 else rng.choice(OTHER_COURTS)
    return Schedule(period, days, end + days * DAY if back else end - (days + added) * DAY, how, court, holiday)


def _how(rng: Random, period: Period, level: int) -> str:
    """A way of service; discovery papers are not filed, so they are not served by e-filing (Rule 5(d)(1)(A))."""
    if level == 1:
        return rng.choice(("hand", "office"))
    modes = ("e-mail", "e-mail") if period in DISCOVERY else ("e-mail", "e-filing")
    return rng.choice((*MORE_MODES, *modes, *modes[:1]))


def _aim(rng: Random, moved: bool, days: int, holiday: StateHoliday | None) -> date:
    """A day for the count to end on: near the State holiday that is told, on a day off, or anywhere."""
    if holiday:
        return holiday.day + (0 if rng.random() < 0.4 else rng.randint(-4, 4)) * DAY
    if moved and (days % 7 == 0 or rng.random() < 0.45):
        return rng.choice(HOLIDAYS)
    end = FIRST + int(rng.random() * (LAST - FIRST).days) * DAY
    return end + (5 - end.weekday() + rng.randrange(2)) * DAY if moved else end


def _earlier(rng: Random, day: date) -> date:
    """A weekday some weeks before a hearing."""
    day -= rng.randint(9, 40) * DAY
    while not is_open(day):
        day -= DAY
    return day


def _events(rng: Random, how: str, day: date, back: bool, level: int) -> tuple[tuple[str, date], ...]:
    """What else happened, in order of time, each on a working day."""
    told: list[tuple[str, int]] = []
    if level > 1:
        if how in ("mail", "courier", "clerk", "copy"):
            told.append(("reached", rng.randint(2, 6)))
        elif how:
            told.append(("read", rng.randint(1, 4)))
        elif back:
            told.append(("noticed", -rng.randint(60, 100)))
    if not told if level > 1 else rng.random() < 0.15:
        told.append((rng.choice(("letter", "talks", "press")), rng.randint(1, 9) * (-1 if back else 1)))
    found = []
    for what, away in told:
        when = day + away * DAY
        while not is_open(when):
            when += DAY if away > 0 else -DAY
        found.append((what, when))
    return tuple(found)


FAMILY = Family(
    name="computing_time",
    kind="date",
    outcomes=("forward as counted", "forward moved", "backward as counted", "backward moved"),
    sample=sample,
    decide=decide,
    render=render,
    near_boundary=near_boundary,
    rules=RULES,
    issue=issue,
    holding=holding,
)
