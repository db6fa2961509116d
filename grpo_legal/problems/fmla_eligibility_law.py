"""Is the worker eligible for leave? The Family and Medical Leave Act, as of November 2026.

An eligible employee (29 U.S.C. § 2611(2); 29 C.F.R. § 825.110(a)) of a covered employer (§ 2611(4)) has
  1. been employed by the employer for at least 12 months, § 2611(2)(A)(i), on the day on which the leave begins,
     § 825.110(d). The months need not be consecutive, but what came before a break of seven years or more need not be
     counted, § 825.110(b)(1), unless a written agreement shows that the employer meant to rehire, § 825.110(b)(2)(ii);
  2. at least 1,250 hours of service in the 12 months before that day, § 2611(2)(A)(ii). Only hours worked count, not
     paid vacation, § 825.110(c)(1), but a returned reservist is credited with the hours that service under USERRA
     cost, § 825.110(c)(2);
  3. a worksite with at least 50 of the employer's employees at it and within 75 miles, § 2611(2)(B)(ii), on the day of
     the notice of leave, § 825.110(e). Miles are road miles, § 825.111(b); part-time workers and workers on leave who
     are expected back count, workers who are laid off do not, § 825.105(c);
and a private employer is covered if it had at least 50 employees in each of at least 20 calendar workweeks of the
current or of the preceding calendar year, § 2611(4)(A)(i), § 825.105(e); weeks of the two years are not added up.
A public agency is covered whatever its size, § 825.108(d), but its employees must meet 1 to 3.

Kept away from: leave that begins on the very day on which 12 months end, notice in another year than the leave,
employers that choose to count old service, breaks for military service, intermittent work counted in weeks, leave
already running, joint and successor employers, telework, airline crews, exempt staff without records, schools.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from grpo_legal.problems import vocabulary as v
from grpo_legal.problems.family import Ruling, Step
from grpo_legal.problems.fmla_eligibility_prose import span

DAY = timedelta(1)
MONTHS, HOURS = "29 U.S.C. § 2611(2)(A)(i)", "29 U.S.C. § 2611(2)(A)(ii)"
NEAR, EMPLOYER = "29 U.S.C. § 2611(2)(B)(ii)", "29 U.S.C. § 2611(4)(A)(i)"
BREAK, AGREED = "29 C.F.R. § 825.110(b)(1)", "29 C.F.R. § 825.110(b)(2)(ii)"
WORKED, RESERVE = "29 C.F.R. § 825.110(c)(1)", "29 C.F.R. § 825.110(c)(2)"
NOTICE, ROLLS, ROAD = "29 C.F.R. § 825.110(e)", "29 C.F.R. § 825.105(c)", "29 C.F.R. § 825.111(b)"
PUBLIC = "29 C.F.R. § 825.108(d)"
RULES = {
    MONTHS: "An employee must have been employed for at least 12 months by the employer from whom leave is requested",
    HOURS: "There must be at least 1,250 hours of service during the previous 12-month period",
    NEAR: "Nobody is eligible at a worksite if the employer has fewer than 50 people there and within 75 miles of it",
    EMPLOYER: "A private employer is covered only if it employs 50 people in each of 20 or more calendar workweeks "
    "of the current or the preceding calendar year",
    BREAK: "The months need not be consecutive, but service before a gap of at least seven years may be disregarded",
    AGREED: "A written agreement on the intention to rehire saves the service before even so long a gap",
    WORKED: "Hours of service are those worked under the principles of the Fair Labor Standards Act, "
    "so that time off with pay is left out",
    RESERVE: "A returning reservist is credited with the time that would have been worked but for the service",
    NOTICE: "The number of employees nearby is fixed on the day of the notice, whatever happens later",
    ROLLS: "Part-time staff and those on leave who should return are on the rolls, but nobody on layoff is",
    ROAD: "The 75 miles are measured over public roads by the shortest route",
    PUBLIC: "A public agency is covered without regard to the number of its employees",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """`start` is the day from which the present employment has run; head counts are those of the day of notice."""

    employee: str
    employer: str
    public: bool  # a county, or a private business
    start: date
    leave: date
    notice: date
    earlier: int  # whole months of service before a break; 0 if there was no break
    gap: int  # months of that break
    rehire: str  # how a return was promised at the break: "written", "oral" or ""
    worked: int  # hours in the 12 months before the leave
    idle: int  # hours of paid vacation in them
    reserve: int  # hours lost to duty under USERRA in them
    site: int  # full-time employees at the worksite
    part: int  # part-time employees there
    away: int  # employees there on leave and expected back
    laid_off: int
    other: int  # employees at the nearest other site, 0 if there is none within hundreds of miles
    road: int  # miles to it by road
    air: int  # and in a straight line
    later: int  # head count at the worksite when the leave began; 0 if not told
    weeks: tuple[int, int]  # workweeks with 50 employees in the year before the leave and in its own; all if STEADY
    asks_denial: bool  # whether Yes means that leave could be denied
    asides: tuple[str, ...]
    difficulty: int


STEADY, NEVER = (52, 52), (0, 0)

# ---- the law ----------------------------------------------------------------------------------------


def whole_months(start: date, end: date) -> int:
    """Full months from the first day to the last, which itself does not count."""
    return 12 * (end.year - start.year) + end.month - start.month - (end.day < start.day)


def decide(facts: Facts) -> Ruling:
    """Yes or No to what was asked: was the employee eligible, or could leave be denied?"""
    if facts.notice > facts.leave or facts.notice.year != facts.leave.year:
        raise ValueError(f"notice after the leave began or in another calendar year: {facts!r}")
    steps: list[Step] = []
    met = [_service(facts, steps), _hours(facts, steps), _nearby(facts, steps), _covered(facts, steps)]
    return ("Yes" if all(met) != facts.asks_denial else "No"), steps


def _service(facts: Facts, steps: list[Step]) -> bool:
    e, months = v.surname(facts.employee), whole_months(facts.start, facts.leave)
    if facts.earlier:
        first, length = v.plural(facts.earlier, "month"), span(facts.gap)
        if facts.gap < 84:
            steps.append(
                (BREAK, f"{e} was away for {length}, less than seven years, so the first {first} of work are kept")
            )
        elif facts.rehire == "written":
            steps.append(
                (AGREED, f"{facts.employer} agreed in writing to rehire {e}, so the first {first} of work are kept")
            )
        else:
            unwritten = " and rehiring was never agreed in writing" if facts.rehire else ""
            steps.append((BREAK, f"{e} was gone for {length}{unwritten}, so the first {first} of work are left out"))
        months += facts.earlier if facts.gap < 84 or facts.rehire == "written" else 0
    if months == 12 and facts.leave.day == facts.start.day:
        raise ValueError(f"leave on the very day on which 12 months end: {facts!r}")
    enough = "at least the 12 required" if months >= 12 else "not the 12 required"
    begins = v.long_date(facts.leave)
    steps.append((MONTHS, f"on {begins}, {e} had {v.plural(months, 'full month')} of employment, {enough}"))
    return months >= 12


def _hours(facts: Facts, steps: list[Step]) -> bool:
    e, hours = v.surname(facts.employee), facts.worked + facts.reserve
    if facts.idle:
        steps.append((WORKED, f"the {facts.idle} hours of vacation were not worked, and {facts.worked:,} were"))
    if facts.reserve:
        steps.append((RESERVE, f"{e} is credited with the {facts.reserve} hours that reserve duty took"))
    enough = "reaches" if hours >= 1_250 else "falls short of"
    steps.append((HOURS, f"{e}'s total of {hours:,} hours {enough} 1,250"))
    return hours >= 1_250


def _nearby(facts: Facts, steps: list[Step]) -> bool:
    e, count = v.surname(facts.employee), facts.site + facts.part + facts.away
    if count > facts.site or facts.laid_off:
        gone = f", without the {facts.laid_off} laid off" if facts.laid_off else ""
        added = f"{facts.site} full-time, {facts.part} part-time and {facts.away} absent workers"
        steps.append((ROLLS, f"{added} make {count} at the worksite{gone}"))
    if facts.other:
        close = facts.road <= 75
        count += facts.other if close else 0
        verdict = f"are to be added, for {count} in all" if close else "are left out"
        steps.append((ROAD, f"at {facts.road} road miles, the {facts.other} employees of the other site {verdict}"))
    if facts.later:
        steps.append(
            (NOTICE, f"the count of {v.long_date(facts.notice)} governs, not the {facts.later} when the leave began")
        )
    verdict = "enough" if count >= 50 else "too few"
    steps.append((NEAR, f"{count} employees of {facts.employer} at {e}'s worksite and near it are {verdict}"))
    return count >= 50


def _covered(facts: Facts, steps: list[Step]) -> bool:
    year, (before, now), y = facts.leave.year, facts.weeks, facts.employer
    if facts.public:
        steps.append((PUBLIC, f"{y}, a county, is covered even if it was small for most of {year}"))
        return True
    if facts.weeks == STEADY:
        steps.append((EMPLOYER, f"{y} had employees enough throughout {year - 1} and is covered"))
    elif facts.weeks == NEVER:
        steps.append((EMPLOYER, f"{y} has had fewer than 50 employees for years, so it is not covered either"))
    elif max(before, now) >= 20:
        best, which = (before, year - 1) if before >= 20 else (now, year)
        steps.append((EMPLOYER, f"{best} workweeks of {which} with 50 or more employees bring {y} under the Act"))
    else:
        short = f"neither the {before} workweeks of {year - 1} nor the {now} of {year} are enough"
        steps.append((EMPLOYER, f"{short}, and they are not added up, so {y} is not covered"))
    return max(before, now) >= 20


def near_boundary(facts: Facts) -> bool:
    """Whether a few days, two hours, miles or months of a break, or one employee or workweek would turn the answer."""
    changes: list[dict[str, Any]] = [{"start": facts.start + n * DAY} for n in (-4, 4)]
    changes += [{"worked": facts.worked + n} for n in (-3, 2)]
    changes += [{"gap": facts.gap + n} for n in (-2, 2)]
    changes += [{"earlier": facts.earlier + n} for n in (-1, 1) if facts.earlier]
    changes += [{"road": facts.road + n} for n in (-2, 2)]
    for n in (-1, 1):
        site = facts.site + n
        small = {"weeks": NEVER if site < 50 else STEADY} if facts.difficulty == 1 else {}
        changes += [{"site": site} | small, {"weeks": (facts.weeks[0] + n, facts.weeks[1])}]
        changes.append({"weeks": (facts.weeks[0], facts.weeks[1] + n)})
    answer = decide(facts)[0]
    return any(_answer(replace(facts, **change)) not in (answer, "") for change in changes)


def _answer(facts: Facts) -> str:
    """The answer, "" where the facts are contested."""
    try:
        return decide(facts)[0]
    except ValueError:
        return ""
