"""Is the employer covered, and how much may the jury's award come to? Title VII, as of November 2026.

Coverage, 42 U.S.C. § 2000e(b): an employer has fifteen or more employees for each working day in each of twenty or
more calendar weeks in the current or preceding calendar year; "current" is the year of the discrimination.
  * Payroll method (Walters v. Metropolitan Educational Enterprises, Inc., 519 U.S. 202 (1997)): whoever has the
    employment relationship on a day counts on that day, at work or not, so part-time workers count all week; a worker
    who starts or leaves within a week is not counted for that week.
  * Independent contractors are no employees, § 2000e(f). The weeks of two years are not added up.
  * A bona fide private membership club that is exempt from tax under 26 U.S.C. § 501(c) is no employer,
    § 2000e(b)(2).
Damages, 42 U.S.C. § 1981a(b): compensatory (for future pecuniary and all nonpecuniary losses) plus punitive damages
of each complaining party may not exceed $50,000, $100,000, $200,000 or $300,000 against a respondent with 15 to 100,
101 to 200, 201 to 500 or more than 500 employees in each of 20 or more calendar weeks of either year, (b)(3). Back
pay and interest on it are not compensatory damages, (b)(2), nor is front pay, Pollard v. E. I. du Pont de Nemours &
Co., 532 U.S. 843 (2001); so neither counts. A government pays no punitive damages, (b)(1).

Kept away from: size classes that only one of the two years reaches, or that a year holds for 20 weeks next to 20 of
another class; owners, directors, partners and volunteers as employees; workers on unpaid leave; joint employers;
labor organizations, tribes and the United States; past pecuniary losses; race and national origin (42 U.S.C. § 1981);
State law; several claims of one party; weeks of a business that does not work from Monday to Friday.
"""

from __future__ import annotations

from dataclasses import dataclass

from grpo_legal.problems import vocabulary as v
from grpo_legal.problems.family import Ruling, Step
from grpo_legal.schema import AnswerKind

COVERED, CLUB, EMPLOYEE = "42 U.S.C. § 2000e(b)", "42 U.S.C. § 2000e(b)(2)", "42 U.S.C. § 2000e(f)"
WALTERS = "Walters v. Metropolitan Educational Enterprises, Inc., 519 U.S. 202 (1997)"
CAP, PUNITIVE = "42 U.S.C. § 1981a(b)(3)", "42 U.S.C. § 1981a(b)(1)"
BACK_PAY = "42 U.S.C. § 1981a(b)(2)"
FRONT_PAY = "Pollard v. E. I. du Pont de Nemours & Co., 532 U.S. 843 (2001)"
RULES = {
    COVERED: "An employer must have fifteen or more employees for each working day in each of twenty or more "
    "calendar weeks of the current or the preceding calendar year",
    CLUB: "A bona fide private membership club with a tax exemption is outside the definition, however large",
    EMPLOYEE: "Only an individual employed by an employer is an employee, and an independent contractor is not",
    WALTERS: "Under the payroll method all who have an employment relationship on a day count for it, at work or not, "
    "from their arrival until their departure",
    CAP: "The sum of compensatory and punitive damages for each complaining party may not exceed $50,000 with 15 to "
    "100 employees, $100,000 with up to 200, $200,000 with up to 500 and $300,000 with more, in each of 20 or more "
    "calendar weeks",
    PUNITIVE: "No punitive damages lie against a government, government agency or political subdivision",
    BACK_PAY: "Back pay is excluded from compensatory damages",
    FRONT_PAY: "Front pay is no element of compensatory damages either",
}
CAPS = ((500, 300_000), (200, 200_000), (100, 100_000), (14, 50_000))
YES_NO = ("Yes", "No")


@dataclass(frozen=True, slots=True)
class Facts:
    """The payroll of a year is (employees in the busier weeks, number of these weeks, employees in the other weeks)."""

    plaintiff: str
    employer: str
    public: bool  # a city, or a private employer
    club: str  # "exempt", "commercial" or "" for no club
    year: int  # of the discrimination
    now: tuple[int, int, int]  # payroll of that year, contractors not counted
    before: tuple[int, int, int]  # payroll of the year before
    part: int  # how many of all employees work part time
    contractors: int  # independent contractors, at work beside the employees in all weeks
    partial: int  # weeks, not counted in the payroll, in which the last of the busier employees came or left midweek
    co_plaintiff: str  # who was awarded as much, "" if nobody
    compensatory: int  # dollars; 0 where the question is whether the employer is covered
    punitive: int
    back: int
    front: int
    act: str  # what the employer did
    asks_outside: bool  # whether Yes means that the employer is not covered
    asides: tuple[str, ...]
    difficulty: int


# ---- the law ----------------------------------------------------------------------------------------


def weeks_over(payroll: tuple[int, int, int], limit: int) -> int:
    """In how many calendar weeks there were more employees than the limit."""
    high, weeks, low = payroll
    return (weeks if high > limit else 0) + (52 - weeks if low > limit else 0)


def size_class(facts: Facts) -> tuple[int, int]:
    """(a number that the employer exceeds, the cap in dollars), (0, 0) if it is none. Refused if two classes fit."""
    classes = {
        next((row for row in CAPS if weeks_over(payroll, row[0]) >= 20), (0, 0))
        for payroll in (facts.now, facts.before)
    }
    mixed = any(20 <= weeks_over(facts.now, over) <= 32 for over, _ in CAPS)
    if len(classes) > 1 or (mixed and facts.now[2] > 14):
        raise ValueError(f"more than one size class fits: {facts!r}")
    return classes.pop()


def decide(facts: Facts) -> Ruling:
    """Yes or No to whether the employer is covered (or not), or the dollars that can be recovered."""
    if facts.compensatory + facts.punitive:
        return _damages(facts)
    steps: list[Step] = []
    return ("Yes" if _covered(facts, steps) != facts.asks_outside else "No"), steps


def _counting(facts: Facts, steps: list[Step]) -> None:
    """What the rules on counting heads say, where the facts call for them."""
    y = facts.employer
    if facts.part:
        steps.append((WALTERS, f"the {facts.part} part-time employees of {y} count on days off as well"))
    if facts.partial:
        left = v.plural(facts.now[1], "week")
        why = f"the fifteenth employee of {y} was not there on each working day of the first and of the last week"
        steps.append((WALTERS, f"{why}, which leaves {left} of {facts.year}"))
    if facts.contractors:
        steps.append((EMPLOYEE, f"the {facts.contractors} independent contractors at {y} are to be left out"))


def _covered(facts: Facts, steps: list[Step]) -> bool:
    _counting(facts, steps)
    y, (now, before) = facts.employer, [weeks_over(year, 14) for year in (facts.now, facts.before)]
    enough = max(now, before) >= 20
    if enough:
        which, weeks = (facts.year, now) if now >= 20 else (facts.year - 1, before)
        alone = " alone" if now < 20 else ""
        steps.append((COVERED, f"in {which}{alone}, {y} had 15 or more employees in {weeks} weeks, which suffices"))
    elif now or before:
        both = (
            f" of {facts.year} and the {before} of {facts.year - 1}, never added up," if before else f" of {facts.year}"
        )
        steps.append((COVERED, f"the {v.plural(now, 'week')}{both} with 15 or more employees are too few for {y}"))
    else:
        steps.append((COVERED, f"{y} had fewer than 15 employees in every week of {facts.year} and {facts.year - 1}"))
    if facts.club == "exempt":
        steps.append((CLUB, f"{y} is such a club, so its size does not matter"))
    elif facts.club:
        steps.append((CLUB, f"{y} is run for profit and open to all, so the exception for clubs does not help it"))
    return enough and facts.club != "exempt"


def _damages(facts: Facts) -> Ruling:
    steps: list[Step] = []
    p, y, (over, cap) = v.surname(facts.plaintiff), facts.employer, size_class(facts)
    if not cap or facts.club:
        raise ValueError(f"damages against one who is no employer: {facts!r}")
    _counting(facts, steps)
    counted = facts.compensatory + facts.punitive
    if facts.public:
        counted = facts.compensatory
        steps.append((PUNITIVE, f"{y} is a city, so {p} loses the {money(facts.punitive)} of punitive damages"))
    if facts.back:
        steps.append((BACK_PAY, f"the {money(facts.back)} of back pay for {p} stays out of the reckoning"))
    if facts.front:
        steps.append((FRONT_PAY, f"{money(facts.front)} of front pay is owed besides and is no part of the sum"))
    if facts.co_plaintiff:
        steps.append((CAP, f"{v.surname(facts.co_plaintiff)} has a separate limit, which takes nothing from {p}"))
    within = "stays within" if counted <= cap else "is cut to"
    size = f"with {over + 1} employees or more in {weeks_over(facts.now, over)} weeks of {facts.year}"
    larger = next((row[0] for row in CAPS[::-1] if row[1] > cap), 0)
    if larger and (some := weeks_over(facts.now, larger)):
        size += f", and more than {larger} in only {some} of them"
    steps.append((CAP, f"{y}, {size}, faces a limit of {money(cap)}, and the {money(counted)} of {p} {within} it"))
    return f"{min(counted, cap)}.00", steps


def money(dollars: int) -> str:
    """Whole dollars as prose writes them."""
    return f"${dollars:,}"


def asks(facts: Facts) -> tuple[AnswerKind, tuple[str, ...]]:
    """Dollars where there is an award, Yes or No where there is none."""
    return ("amount", ()) if facts.compensatory + facts.punitive else ("yes_no", YES_NO)


def near_boundary(facts: Facts) -> bool:
    """Whether one employee or one week more or less would change the size class, or $2,000 whether the cap bites."""
    high, weeks, low = facts.now
    if not facts.compensatory + facts.punitive:
        by_heads = any(n in (14, 15) and w >= 20 for n, w in ((high, weeks), (low, 52 - weeks)))
        by_weeks = any(h > 14 >= b and w in (19, 20) for h, w, b in (facts.now, facts.before))
        return by_heads or by_weeks
    counted = facts.compensatory + (0 if facts.public else facts.punitive)
    by_heads = any(n - over in (0, 1) for over, _ in CAPS for n in (high, low))
    return by_heads or abs(counted - size_class(facts)[1]) <= 2_000
