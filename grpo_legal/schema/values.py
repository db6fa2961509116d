"""Amounts, dates and times of day read out of one line, in canonical form.

Every expression runs in linear time: repeats are bounded or cannot overlap, and no line is longer than a final answer
line may be. Digits are [0-9]: a full-width "５" is not a 5.

    >>> parse_amount("$1,234.5, as agreed"), parse_date("March 3, 2026")
    ('1234.50', '2026-03-03')
"""

from __future__ import annotations

import re
from datetime import date

from grpo_legal.schema.words import EDGE, stands_open

_MONEY = re.compile(
    r"(?<![\w.,/$-])(?P<sign>-?)(?:(?:USD|US(?=\\?\$))\s?)?(?:\\?\$)?\s?(?P<whole>[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,15})"
    r"(?P<cents>\.[0-9]{1,2})?(?![\w/-]|[.,][0-9])(?:\s(?:U\.?S\.?\s)?(?:dollars?|USD)\b)?",
    re.I,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    "(?P<month>january|february|march|april|june|july|august|september|october|november|december"
    rf"|sept|{'|'.join(_MONTHS)})\.?"
)
_DATES = (
    re.compile(r"(?<!\d)(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})(?!\d)"),
    re.compile(rf"\b{_MONTH}\s+(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:,\s*|\s+)(?P<y>[0-9]{{4}})\b", re.I),
    re.compile(rf"\b(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+(?P<y>[0-9]{{4}})\b", re.I),
    re.compile(r"(?<![\d/])(?P<m>[0-9]{1,2})/(?P<d>[0-9]{1,2})/(?P<y>[0-9]{4})(?![\d/])"),  # U.S. order
)

_TIME = re.compile(
    r"(?:\bat\s+|(?<=[0-9])T)?(?<![\d:])(?P<h>[0-9]{1,2}):(?P<min>[0-9]{2})(?::00)?(?![\d:])"
    r"(?:\s?(?P<half>[ap])\.?m\b\.?)?(?:\s+(?:hours|local time|CES?T)\b)?(?:\s+on\b)?,?",
    re.I,
)


def parse_amount(line: str) -> str | None:
    """Dollars with two decimals. Brackets stay: "(500)" is an accountant's minus and is not read."""
    text = line.strip(EDGE.replace("()", ""))
    found = list(_MONEY.finditer(text))
    values = {float(m["sign"] + m["whole"].replace(",", "") + (m["cents"] or "")) + 0.0 for m in found}
    if len(values) != 1 or any(c.isnumeric() for c in _MONEY.sub("", text)):
        return None
    return f"{values.pop():.2f}" if stands_open(text, *found[0].span()) else None


def parse_date(line: str) -> str | None:
    """An ISO date. A month as a number comes before the day in "3/31/2026", as in the United States."""
    text = line.strip(EDGE)
    found = sorted((m for pattern in _DATES for m in pattern.finditer(text)), key=lambda m: m.span())
    try:
        dates = {date(int(m["y"]), _month_number(m), int(m["d"])).isoformat() for m in found}
    except ValueError:  # 30 February
        return None
    return dates.pop() if len(dates) == 1 and stands_open(text, *found[0].span()) else None


def parse_datetime(line: str) -> str | None:
    """An ISO date and the time of day, "2026-03-31 14:30"; the line holds one of each, in either order."""
    times = list(_TIME.finditer(line))
    if len(times) != 1:
        return None
    hour, minute, half = int(times[0]["h"]), int(times[0]["min"]), (times[0]["half"] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + 12 * (half == "p") if half else hour
    day = parse_date(f"{line[: times[0].start()]} {line[times[0].end() :]}")
    return f"{day} {hour:02d}:{minute:02d}" if day and hour < 24 and minute < 60 else None


def _month_number(match: re.Match[str]) -> int:
    named = match.groupdict()
    return int(named["m"]) if "m" in named else _MONTHS.index(named["month"][:3].lower()) + 1
