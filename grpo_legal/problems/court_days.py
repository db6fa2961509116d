"""Days on which a period cannot end: Fed. R. Civ. P. 6(a)(1) and 6(a)(6), as of November 2026.

A last Saturday, Sunday or legal holiday is passed over, 6(a)(1)(C). Legal holidays are the eleven that 6(a)(6)(A)
names, on the days that 5 U.S.C. § 6103(a) sets (Juneteenth is in the rule since December 2023), and, for periods
counted forward, the holidays of the State where the court sits, 6(a)(6)(C).

`UNSETTLED` days must never decide a problem: whether the Friday on which the government observes a Saturday holiday
is a legal holiday, and whether a day on which the President closed the agencies is one "declared" by him. The day
after Thanksgiving is kept out too: so many States have made it a holiday that a story without a State leaves it
open. No holiday with a fixed date falls on a Sunday in 2024-2026.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

YEARS = (2024, 2025, 2026)
DAY = timedelta(1)


class StateHoliday(NamedTuple):
    """A day that one State has made a holiday, and none of `OTHER_COURTS` (of other States, Maine keeps Patriots' Day)."""

    name: str
    state: str
    day: date


def nth(year: int, month: int, weekday: int, n: int) -> date:
    """The n-th Monday (weekday 0) … Sunday (6) of a month; the last one if n is -1."""
    if n > 0:
        first = date(year, month, 1)
        return first + ((weekday - first.weekday()) % 7 + 7 * (n - 1)) * DAY
    after = date(year + month // 12, month % 12 + 1, 1)
    return after - ((after.weekday() - weekday - 1) % 7 + 1) * DAY


def federal_holidays(year: int) -> dict[date, str]:
    """The days that Rule 6(a)(6)(A) names, as set by 5 U.S.C. § 6103(a)."""
    return {
        date(year, 1, 1): "New Year's Day",
        nth(year, 1, 0, 3): "Martin Luther King Jr.'s Birthday",
        nth(year, 2, 0, 3): "Washington's Birthday",
        nth(year, 5, 0, -1): "Memorial Day",
        date(year, 6, 19): "Juneteenth National Independence Day",
        date(year, 7, 4): "Independence Day",
        nth(year, 9, 0, 1): "Labor Day",
        nth(year, 10, 0, 2): "Columbus Day",
        date(year, 11, 11): "Veterans' Day",
        nth(year, 11, 3, 4): "Thanksgiving Day",
        date(year, 12, 25): "Christmas Day",
    }


FEDERAL = {day: name for year in (*YEARS, 2027) for day, name in federal_holidays(year).items()}
UNSETTLED = frozenset(
    (
        date(2026, 7, 3),  # the Friday before Independence Day
        *(date(year, 12, 24) for year in YEARS),
        date(2025, 1, 9),  # the day of mourning for President Carter
        date(2025, 12, 26),
        *(nth(year, 11, 3, 4) + DAY for year in YEARS),  # the day after Thanksgiving
    )
)
_STATE_HOLIDAYS = tuple(
    StateHoliday(*holiday)
    for year in YEARS
    for holiday in (
        ("Patriots' Day", "Massachusetts", nth(year, 4, 0, 3)),  # Mass. Gen. Laws ch. 4, § 7
        ("Seward's Day", "Alaska", nth(year, 3, 0, -1)),  # Alaska Stat. § 44.12.010
        ("Statehood Day", "Hawaii", nth(year, 8, 4, 3)),  # Haw. Rev. Stat. § 8-1
        ("Nevada Day", "Nevada", nth(year, 10, 4, -1)),  # Nev. Rev. Stat. § 236.015
        ("Pioneer Day", "Utah", date(year, 7, 24)),  # Utah Code § 63G-1-301
        ("West Virginia Day", "West Virginia", date(year, 6, 20)),  # W. Va. Code § 2-2-1
    )
)
# The one on a weekend is West Virginia's of 2026. The Friday that § 2-2-1(b) puts in its place is Juneteenth anyway.
STATE_HOLIDAYS = tuple(holiday for holiday in _STATE_HOLIDAYS if holiday.day.weekday() < 5)
OTHER_COURTS = ("Michigan", "Ohio", "Oregon", "Virginia")


def is_open(day: date, state_holiday: date | None = None) -> bool:
    """Whether a period can end on that day."""
    return day.weekday() < 5 and day not in FEDERAL and day != state_holiday


def run_on(day: date, state_holiday: date | None = None) -> list[date]:
    """The days from the last one as counted to the first on which the period can end: one day, if that is it."""
    days = [day]
    while not is_open(days[-1], state_holiday):
        days.append(days[-1] + DAY)
    return days


def open_day_near(rng: Random, day: date, low: int, high: int) -> date:
    """An open day `low` to `high` days from `day`, or beyond that where those days are closed."""
    day += rng.randint(low, high) * DAY
    while not is_open(day):
        day += DAY if low > 0 else -DAY
    return day
