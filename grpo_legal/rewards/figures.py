"""The amounts, dates, times, percentages and periods of a text, and whether simple arithmetic gives one from others.

Lenient where `schema.parse_answer` is strict: that reads the one answer of a line, this finds every figure of an
argument. Numbers are looked at one by one, so time is linear in the text.

    >>> [(figure.kind, figure.value) for figure in figures("On May 4, 2026 she paid $1,200 (40%) within 30 days.")]
    [('date', (2026, 5, 4)), ('money', 1200.0), ('percent', 40.0), ('period', 30.0)]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import date
from itertools import islice
from typing import Literal, NamedTuple

from grpo_legal.rewards.words import KEPT_WORDS, NUMBER_WORDS

Kind = Literal["money", "percent", "period", "number", "date", "time"]
Day = tuple[int, int, int]  # year (0 where the text leaves it out), month, day

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Its digit comes first, so that a search can skip to one.
_NUMBER = re.compile(r"[0-9](?<![0-9][0-9])[0-9]{0,14}(?:,[0-9]{3}){0,4}(?:\.[0-9]{1,4}(?![0-9]))?")
_MONTH = rf"({'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_MONTH_BEFORE = re.compile(rf"(?<![a-z]){_MONTH}\s$")
_ANY_MONTH = re.compile("|".join(_MONTHS)).search
_MAY_END_MONTH = re.compile(r"[a-z.]\s").match
_YEAR_AFTER = re.compile(r"(?:st|nd|rd|th)?(?:,\s?|\s)(?:of\s)?([12][0-9]{3})(?![0-9])")
_MONTH_AFTER = re.compile(rf"(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}(?![a-z])(?:,?\s([12][0-9]{{3}})(?![0-9]))?")
_ISO_AFTER = re.compile(r"-([0-9]{1,2})-([0-9]{1,2})(?![0-9])")
_US_AFTER = re.compile(r"/([0-9]{1,2})/([0-9]{4})(?![0-9])")
_TIME_AFTER = re.compile(r":([0-9]{2})(?![0-9])(?:\s?([ap])\.?m)?")
_SCALE_AFTER = re.compile(r"\s?(k|thousand|m|mm|million|bn|billion)(?![a-z])")
_UNIT_AFTER = re.compile(
    r"\s?(?:(%|per\s?cent)|(dollars?|usd)(?![a-z])|(?:[a-z]{1,9}[\s-])?[\s-]?(minute|hour|day|week|month|year)s?(?![a-z]))"
)
# Whether any of these stands behind a number, in one go: where no month is near, that settles most numbers.
_GOES_ON = re.compile(
    "|".join([p.pattern for p in (_ISO_AFTER, _US_AFTER, _TIME_AFTER, _SCALE_AFTER, _UNIT_AFTER)])
).match
_SPELLED = {word: float(value) for word, value in NUMBER_WORDS.items()}
# Behind most numbers stands one of these, and so neither the rest of a date nor a unit: "801(c)(1)", "$75,000."
_OPENS_PLAIN = frozenset("([.-")  # and before many one of these: "(a)(1)"
_ENDS_NUMBER = frozenset(["", *".,;!?()[]{}\"'’”§*_"])
_SCALES = {"k": 1e3, "t": 1e3, "m": 1e6, "b": 1e9}
ORDINARY = frozenset([1.0, 2.0, 7.0, 12.0, 24.0, 60.0, 100.0])  # what everyone reckons with: a week, a year, all of it


class Figure(NamedTuple):
    """`value` is a float for money (dollars), percent, period (in `unit`) and number, a `Day`, or (hour, minute)."""

    kind: Kind
    value: float | tuple[int, ...]
    unit: str = ""


def figures(text: str, most: int = 200) -> list[Figure]:
    """The first figures of the text that are written in digits. Numbers without a unit are of kind "number"."""
    return list(islice(_figures(text.lower()), most))


class _Plain(dict[str, Figure]):
    """By its digits a number without a unit, kept; emptied when a flood of numbers has filled it."""

    def __missing__(self, digits: str) -> Figure:
        if len(self) > KEPT_WORDS:
            self.clear()
        self[digits] = found = Figure("number", float(digits.replace(",", "")))
        return found


_PLAIN = _Plain()


def word_numbers(words: Sequence[str]) -> set[float]:
    """The numbers written as words, "five hundred" and "twenty-one" among them.

    >>> sorted(word_numbers("five hundred panels and twenty one days".split()))
    [1.0, 5.0, 20.0, 21.0, 100.0, 500.0]
    """
    found: set[float] = set()
    if _SPELLED.keys().isdisjoint(words):
        return found
    before = 0.0
    for value in map(_SPELLED.get, words):
        if value is None:
            before = 0.0
        else:
            found |= {value, before * value if value >= 100 and before else before + value if before >= 20 else value}
            before = value
    return found


def derivable(value: float, known: Set[float]) -> bool:
    """Whether one sum, difference, product, quotient or percentage of known numbers gives the value, to the cent.

    >>> derivable(57177.45, {103959.0, 45.0}), derivable(9.0, {1200.0, 40.0})
    (True, False)
    """
    if any(abs(value - number) < 0.006 for number in known):
        return True
    near = {round(number, 2) for number in known}
    for x in near:
        if round(value - x, 2) in near or round(value + x, 2) in near or round(x - value, 2) in near:
            return True
        if round(value * x / 100, 2) in near and value < 100:
            return True
        if x and (round(value / x, 4) in near or round(value * x, 2) in near):
            return True
        share = round(100 * value / x, 4) if x else -1.0
        if share in near or round(100 - share, 4) in near:
            return True
    return False


def derivable_day(day: Day, known: Set[Day], numbers: Set[float]) -> bool:
    """Whether a known number of days, weeks, months or years from a known date gives the day.

    So does the next day, and a Saturday's or Sunday's Monday. Years that are left out are not compared.
    """
    if any(_same(day, other) for other in known):
        return True
    for other in known:
        try:
            gap = abs((date(*_dated(day, other)) - date(*_dated(other, day))).days)
        except ValueError:
            continue
        months = abs(12 * (day[0] - other[0]) + day[1] - other[1])
        if gap == 1 or float(gap) in numbers or (gap % 7 == 0 and float(gap // 7) in numbers):
            return True
        if day[2] == other[2] and (float(months) in numbers or (months % 12 == 0 and months // 12 in numbers)):
            return True
        if gap == 2 and date(*_dated(other, day)).weekday() == 5:
            return True
    return False


def same_day(day: Day, days: Iterable[Day]) -> bool:
    """Whether the day is among `days`; a year that one of the two leaves out is not compared."""
    return any(_same(day, other) for other in days)


def _same(one: Day, other: Day) -> bool:
    return one[1:] == other[1:] and (one[0] == other[0] or not one[0] or not other[0])


def _dated(day: Day, other: Day) -> Day:
    return day if day[0] else (other[0] or 2000, day[1], day[2])


def _figures(text: str) -> Iterator[Figure]:
    at = 0
    signs, dateless = "$" in text, not _ANY_MONTH(text)
    while match := _NUMBER.search(text, at):
        start, at = match.span()
        ended = text[at : at + 1] in _ENDS_NUMBER
        if (ended and text[start - 1 : start] in _OPENS_PLAIN) or (
            dateless and (ended or not _GOES_ON(text, at)) and not (signs and _has_sign(text, start))
        ):
            yield _PLAIN[match.group()]
            continue
        value = float(match.group().replace(",", ""))
        if day := _day(text, start, at, value):
            at = day[1]
            yield Figure("date", day[0])
        elif ended:
            yield Figure("money" if _has_sign(text, start) else "number", value)
        elif time := _TIME_AFTER.match(text, at):
            at = time.end()
            yield Figure("time", (int(value) % 12 + 12 * (time[2] == "p") if time[2] else int(value), int(time[1])))
        else:
            if scale := _SCALE_AFTER.match(text, at):
                value, at = value * _SCALES[scale[1][0]], scale.end()
            unit = _UNIT_AFTER.match(text, at)
            if _has_sign(text, start) or (unit and unit[2]):
                yield Figure("money", value)
            elif unit:
                yield Figure("percent", value) if unit[1] else Figure("period", value, unit[3])
            else:
                yield Figure("number", value)


def _has_sign(text: str, start: int) -> bool:
    """Whether a dollar sign stands before the number at `start`, with a space between at most."""
    return text[max(0, start - 2) : start].rstrip()[-1:] == "$"


def _day(text: str, start: int, end: int, value: float) -> tuple[Day, int] | None:
    """The date that the number from `start` to `end` belongs to, and where it ends."""
    if (
        start > 3
        and _MAY_END_MONTH(text, start - 2)
        and (month := _MONTH_BEFORE.search(text[max(0, start - 12) : start]))
    ):
        if value > 31:  # "March 2026" is no day
            return None
        year = _YEAR_AFTER.match(text, end)
        return (int(year[1]) if year else 0, _MONTHS.index(month[1]) + 1, int(value)), year.end() if year else end
    if value > 9999 or text[end : end + 1] in _ENDS_NUMBER:
        return None
    if iso := _ISO_AFTER.match(text, end):
        return (int(value), int(iso[1]), int(iso[2])), iso.end()
    if us := _US_AFTER.match(text, end):
        return (int(us[2]), int(value), int(us[1])), us.end()
    if value <= 31 and (after := _MONTH_AFTER.match(text, end)):
        return (int(after[2] or 0), _MONTHS.index(after[1]) + 1, int(value)), after.end()
    return None
