"""The last day to refile a dismissed supplemental claim: 28 U.S.C. § 1367(d), as of November 2026.

  * § 1367(d): the limitations period of a claim asserted under § 1367(a) is tolled while the claim is pending and for
    30 days after it, and not some other claim, is dismissed, "unless State law provides for a longer tolling period".
  * Artis v. District of Columbia, 583 U.S. 71 (2018): tolling stops the clock; it is no mere grace period. So the last
    day is the day of dismissal + 30 days, or the State's longer time, + the days that were unexpired at the federal
    filing. Counting: the days of filing and of dismissal are left out, so that the unexpired days are those after the
    day of filing up to the last day of the period, and the first of them follows the last tolled day.
  * § 1367(d) tolls "any other claim in the same action that is voluntarily dismissed at the same time as or after"
    the supplemental claim; one that was voluntarily dismissed before it is not tolled.
  * Jinks v. Richland County, 538 U.S. 456 (2003): a claim against a county is tolled like any other.
  * Raygor v. Regents, 534 U.S. 533 (2002): a claim against a State that has not consented to be sued, dismissed on
    Eleventh Amendment grounds, is not tolled.
What is not tolled has its own last day, as if there had been no federal suit; the story says that nothing else helps.

Kept away from: last days on a weekend, a holiday or a day that many States keep, State savings statutes (a fixed time
to refile, whatever was left), appeals, claims added by amendment, other claims voluntarily dismissed *after* the
supplemental one (whose dismissal starts the 30 days?), voluntary dismissal of the supplemental claim itself, States
that consented to suit, and State tolling together with a claim that § 1367(d) does not reach.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from random import Random

from grpo_legal.problems import vocabulary as v
from grpo_legal.problems.court_days import DAY, STATE_HOLIDAYS, federal_holidays, nth
from grpo_legal.problems.family import Family, Ruling, Step, sample_until, some_asides
from grpo_legal.problems.supplemental_tolling_prose import ASIDES, render


@dataclass(frozen=True, slots=True)
class Facts:
    """`expires` is the last day of the period of the claim that is asked about, had there been no federal suit."""

    plaintiff: str
    defendant: str
    sued: str  # "person"; "county", "department" of the State, or "both", asked about as told in `against`
    against: str  # "person", "county" or "department"
    claim: str  # the supplemental claim
    other: str  # the federal claim that is asked about instead; "" for the supplemental claim
    filed: date
    expires: date
    dismissed: date  # of the supplemental claim
    withdrawn: date | None = None  # when the other claim was voluntarily dismissed
    early: date | None = None  # when federal claims that are not asked about were dismissed
    state_days: int = 0  # for how long after dismissal a State statute stops the clock; 0 for no such statute
    tells_days: bool = False  # whether the story tells the days left, or the day when the period would have ended
    asides: tuple[str, ...] = ()
    difficulty: int = 1


# ---- the law ----------------------------------------------------------------------------------------

TOLLING, ARTIS = "28 U.S.C. § 1367(d)", "Artis v. District of Columbia, 583 U.S. 71 (2018)"
JINKS, RAYGOR = "Jinks v. Richland County, 538 U.S. 456 (2003)", "Raygor v. Regents, 534 U.S. 533 (2002)"
RULES = {
    TOLLING: "The limitations period of a supplemental claim, and of another claim that is voluntarily dismissed with "
    "or after it, is tolled while the claim is pending and for 30 days after its dismissal, unless State law tolls it "
    "for longer",
    ARTIS: "To toll means to stop the clock, so that the days which were unexpired at the federal filing follow after "
    "the tolled time",
    JINKS: "A county, not being the State itself, is subject to this tolling like any private defendant",
    RAYGOR: "A claim against a State that has not consented to suit in federal court, dismissed under the Eleventh "
    "Amendment, is not tolled at all",
}
GRACE = 30
GRACE_DAYS = GRACE * DAY


def _kept_away(year: int) -> set[date]:
    """Holidays, the days on which they may be observed, and days that many States keep."""
    federal = federal_holidays(year)
    observed = {day - DAY for day in federal if day.weekday() == 5} | {
        day + DAY for day in federal if day.weekday() == 6
    }
    fixed = {date(year, *day) for day in ((1, 2), (2, 12), (3, 31), (12, 24), (12, 26), (12, 31))}
    return {*federal, *observed, *fixed, nth(year, 11, 3, 4) + DAY, nth(year, 11, 0, 1) + DAY, nth(year, 4, 0, -1)}


CLOSED = {day for year in range(2022, 2031) for day in _kept_away(year)} | {holiday.day for holiday in STATE_HOLIDAYS}
CLOSED |= {date(2024, 3, 29), date(2025, 4, 18), date(2026, 4, 3), date(2027, 3, 26), date(2028, 4, 14)}  # Good Fridays
CLOSED |= {date(2024, 2, 13), date(2025, 3, 4), date(2026, 2, 17), date(2027, 2, 9), date(2028, 2, 29)}  # Mardi Gras


def is_clear(day: date) -> bool:
    """Whether no State is known to move a last day that falls on it."""
    return day.weekday() < 5 and day not in CLOSED


def last_day(facts: Facts) -> date:
    """The last day of the period, or ValueError where the law or the calendar leaves it open."""
    left = facts.expires - facts.filed
    tolled = facts.against != "department" and (facts.withdrawn is None or facts.withdrawn == facts.dismissed)
    if left < DAY or facts.dismissed <= facts.filed or (facts.early and facts.early > facts.dismissed):
        raise ValueError(f"the dates are out of order: {facts!r}")
    if facts.withdrawn and (facts.withdrawn > facts.dismissed or facts.sued != "person"):
        raise ValueError(f"which dismissal counts, or for whom, is not settled: {facts!r}")
    if not tolled and facts.state_days:
        raise ValueError(f"State tolling of a claim that § 1367(d) does not reach: {facts!r}")
    day = facts.dismissed + max(GRACE, facts.state_days) * DAY + left if tolled else facts.expires
    if not is_clear(day):
        raise ValueError(f"the last day may be moved by State law: {facts!r}")
    return day


def decide(facts: Facts) -> Ruling:
    """The last day to refile, as an ISO date, and why."""
    last, p, claim = last_day(facts), v.surname(facts.plaintiff), facts.other or facts.claim
    filed, end, dismissed = (v.long_date(day) for day in (facts.filed, last, facts.dismissed))
    if facts.against == "department":
        why = f"the State had not consented, and the {claim} claim of {p} was dismissed on Eleventh Amendment grounds"
        rest = (
            f"without tolling, {p} has the limitations period as it was, until {end}, and the federal suit adds nothing"
        )
        return last.isoformat(), [(RAYGOR, why), (TOLLING, rest)]
    if facts.withdrawn and facts.withdrawn < facts.dismissed:
        early = f"{p} voluntarily dismissed the {claim} claim on {v.long_date(facts.withdrawn)}"
        rest = f"so the period for {claim} was not tolled, and {p} has only what it was without the federal suit, {end}"
        return last.isoformat(), [
            (TOLLING, f"{early}, before the {facts.claim} claim was dismissed on {dismissed}; {rest}")
        ]
    n = (facts.expires - facts.filed).days
    days = "one day" if n == 1 else f"{n} days"
    steps: list[Step] = []
    if facts.against == "county":
        steps.append((JINKS, f"{facts.defendant} is a county, so the claim of {p} against it can be tolled"))
    if facts.withdrawn:
        steps.append((TOLLING, f"{p} voluntarily dismissed the {claim} claim on the day when the {facts.claim} claim "
                      f"was dismissed, {dismissed}, so it is tolled as well"))  # fmt: skip
    steps.append((ARTIS, f"the clock for {claim} stopped on {filed}, when {p} had {days} left{_until(facts)}"))
    steps += _tolled(facts, claim)
    until = facts.dismissed + max(GRACE, facts.state_days) * DAY
    steps.append((ARTIS, f"after {v.long_date(until)} {p} still has the {days} left over, and so until {end}"))
    return last.isoformat(), steps


def _until(facts: Facts) -> str:
    return "" if facts.tells_days else f", counted from the next through {v.long_date(facts.expires)}"


def _tolled(facts: Facts, claim: str) -> list[Step]:
    """How long the clock stood still after the dismissal."""
    dismissed, early = v.long_date(facts.dismissed), ""
    if facts.early:
        early = f", not that of other federal claims on {v.long_date(facts.early)},"
    day = v.long_date(facts.dismissed + GRACE_DAYS)
    what = f"the dismissal of the {claim} claim on {dismissed}{early}"
    if facts.state_days <= GRACE:
        steps: list[Step] = [(TOLLING, f"it stood still for 30 days after {what} until {day}")]
        if facts.state_days:
            steps.append(
                (TOLLING, f"the {facts.state_days} days of the State statute are not longer and change nothing")
            )
        return steps
    day = v.long_date(facts.dismissed + facts.state_days * DAY)
    why = (
        f"the State statute has {facts.state_days} days after dismissal, longer than 30, so it stood still after {what}"
    )
    return [(TOLLING, f"{why} until {day}")]


def near_boundary(facts: Facts) -> bool:
    """Whether a day or two, or one element, decides how the period is treated."""
    if facts.against != "person" or (facts.withdrawn and abs(facts.withdrawn - facts.dismissed) <= 2 * DAY):
        return True
    if facts.state_days and abs(facts.state_days - GRACE) <= 2:
        return True
    edges = (facts.filed + DAY, facts.dismissed, facts.dismissed + GRACE_DAYS)
    return any(abs(facts.expires - edge) <= 2 * DAY for edge in edges)


def issue(facts: Facts) -> str:
    """The question, for the explanation."""
    p, whom = v.surname(facts.plaintiff), facts.defendant if facts.against == "person" else f"the {facts.against}"
    claim = facts.other or facts.claim
    return f"on what date {p}, whose {claim} claim is no longer in federal court, is last free to sue {whom} on it"


def holding(facts: Facts, answer: str) -> str:
    """The answer as a clause."""
    day, claim = v.long_date(date.fromisoformat(answer)), facts.other or facts.claim
    return f"{v.surname(facts.plaintiff)} may refile for {claim} up to {day}, and on no day that comes after"


# ---- inventing facts --------------------------------------------------------------------------------

CLAIMS = ("fraud", "battery", "conversion", "negligence", "defamation", "trespass")
OTHERS = ("overtime", "civil-rights")
LEVEL_TWO = ("state", "state", "early", "early", "county", "department", "other")
LEVEL_THREE = (
    ("state", "early"), ("state", "early"), ("state", "county"), ("state", "other"), ("other", "early"),
    ("early", "department"), ("early", "county"), ("both", "county"), ("both", "department"), ("both", "early"),
)  # fmt: skip
FIRST, LAST = date(2023, 1, 9), date(2025, 12, 15)  # of filing


def sample(rng: Random, wanted: str, difficulty: int) -> Facts:
    """Facts on which the period by itself "ends while pending", "in the 30 days" after the dismissal, or "later"."""

    def accept(facts: Facts) -> bool:
        try:
            return facts.dismissed <= date(2026, 11, 20) and last_day(facts) is not None
        except ValueError:
            return False

    facts = sample_until(lambda: _propose(rng, wanted, difficulty), accept)
    names = v.people(rng)
    plaintiff, defendant = next(names), next(names)
    if facts.against != "person":
        county = facts.against == "county"
        defendant = f"{v.surname(defendant)} County" if county else "the State's Department of Roads"
    return replace(facts, plaintiff=plaintiff, defendant=defendant, asides=some_asides(rng, difficulty, ASIDES))


def _weekday(day: date) -> date:
    """The day, or the first after it on which courts are open everywhere."""
    while not is_clear(day):
        day += DAY
    return day


def _expiry(rng: Random, wanted: str, filed: date, dismissed: date) -> date:
    """A day for the period to end by itself, often right at the edge of the stretch of time that is wanted."""
    low, high = {
        "ends while pending": (filed + DAY, dismissed),
        "ends in the 30 days": (dismissed + DAY, dismissed + GRACE_DAYS),
        "ends later": (dismissed + GRACE_DAYS + DAY, dismissed + 180 * DAY),
    }[wanted]
    span = (high - low).days
    if rng.random() < 0.3:
        return _weekday(
            low if wanted == "ends later" or rng.random() < 0.5 else high - (1 + int(rng.random() * 2)) * DAY
        )
    return _weekday(low + int(rng.random() * span) * DAY)


def _propose(rng: Random, wanted: str, level: int) -> Facts:
    twists = ((), (rng.choice(LEVEL_TWO),), rng.choice(LEVEL_THREE))[level - 1]
    filed = _weekday(FIRST + int(rng.random() * (LAST - FIRST).days) * DAY)
    dismissed = _weekday(filed + rng.randint(90, 500) * DAY)
    entity = "county" if "county" in twists else "department" if "department" in twists else ""
    if "both" in twists:
        entity = entity or "county"
    withdrawn = None
    if "other" in twists:
        withdrawn = dismissed
        if "state" not in twists and rng.random() < 0.6:
            withdrawn = _back(dismissed - (1 if rng.random() < 0.4 else rng.randint(2, 50)) * DAY)
    state_days = 0
    if "state" in twists:
        state_days = rng.choice((28, 29, 31, 32)) if rng.random() < 0.4 else rng.choice((10, 15, 20, 45, 60, 90))
    return Facts(
        plaintiff="",
        defendant="",
        sued="both" if "both" in twists else entity or "person",
        against=entity or "person",
        claim=rng.choice(CLAIMS),
        other=rng.choice(OTHERS) if "other" in twists else "",
        filed=filed,
        expires=_expiry(rng, wanted, filed, dismissed),
        dismissed=dismissed,
        withdrawn=withdrawn,
        early=_back(dismissed - rng.randint(5, 70) * DAY) if "early" in twists else None,
        state_days=state_days,
        tells_days=not (entity == "department" or withdrawn) and rng.random() < 0.5,
        difficulty=level,
    )


def _back(day: date) -> date:
    """The day, or the last before it on which courts are open everywhere."""
    while not is_clear(day):
        day -= DAY
    return day


FAMILY = Family(
    name="supplemental_tolling",
    kind="date",
    outcomes=("ends while pending", "ends in the 30 days", "ends later"),
    sample=sample,
    decide=decide,
    render=render,
    near_boundary=near_boundary,
    rules=RULES,
    issue=issue,
    holding=holding,
)
