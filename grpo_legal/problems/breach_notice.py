"""Notice of a personal data breach to the supervisory authority: GDPR art. 33(1), as of November 2026.

  1. Is there a breach of *personal* data, art. 4(1), (12)? Data about companies alone are none (recital 14).
  2. Who must notify? The controller; a processor notifies the controller, art. 33(1), (2).
  3. No notice is owed if a risk to natural persons is unlikely, art. 33(1). It is if the data were encrypted by the
     state of the art, the key is safe and a copy remains; it is not if the key was stolen with the data, or if readable
     data of a sensitive kind were taken (EDPB Guidelines 9/2022, version 2.0, sec. II.D).
  4. The notice is due not later than 72 hours after the controller became aware of the breach, art. 33(1): once it was
     reasonably certain of it, not while it promptly looked into a suspicion, and not only when its managers heard of
     clear proof that it had (sec. II.A.2); once its processor informed it, not when the processor knew (sec. II.A.4).
  5. Nights, weekends and holidays count. A first notice in time may be completed in phases later, art. 33(4).

The question counts the hours from minute to minute. Kept away from: Regulation 1182/71 (rounding to full hours, two
working days), so that no notice comes within an hour of the end; changes of the clock between awareness and notice;
"without undue delay" and "where feasible"; cross-border breaches and several authorities; loss of availability, and
weak protection; joint controllers; what a processor must do beyond telling the controller.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from grpo_legal.problems import vocabulary as v
from grpo_legal.problems.breach_notice_prose import ASIDES, HAULS, KINDS, PLACES, holding, issue, moment, render, span
from grpo_legal.problems.court_days import DAY, nth
from grpo_legal.problems.family import Family, Ruling, Step, sample_until, some_asides
from grpo_legal.schema import AnswerKind


@dataclass(frozen=True, slots=True)
class Facts:
    """`first` and `later` are moments before and after awareness that do not start the 72 hours."""

    asks: str  # "latest": the end of the 72 hours; "in time": whether the notice met it; "owed": whether one is owed
    controller: str
    processor: str  # who stores the data for the controller, "" if nobody does
    asked: str  # "controller" or "processor": whose duty is asked about
    place: str
    haul: int  # how the data were taken, an index of HAULS
    kind: tuple[str, str]  # the data and whose they are
    number: int  # of those people, or of the companies
    personal: bool
    protection: str  # "none", "encrypted" (the key safe, a copy left) or "key stolen" (encrypted, the key stolen too)
    route: str  # how the controller became aware: "direct", "suspicion", "processor" or "evidence"
    aware: datetime
    first: datetime | None = None  # the alarm, or the processor's discovery
    later: datetime | None = None  # when the managers heard
    notice: datetime | None = None
    completed: datetime | None = None  # when the rest of an incomplete notice followed
    asides: tuple[str, ...] = ()
    difficulty: int = 1


# ---- the law ----------------------------------------------------------------------------------------

NOTICE, PROCESSOR, PHASES = "GDPR art. 33(1)", "GDPR art. 33(2)", "GDPR art. 33(4)"
PERSONAL = "GDPR art. 4(1)"
AWARE, INFORMED, RISK = (f"EDPB Guidelines 9/2022, sec. {section}" for section in ("II.A.2", "II.A.4", "II.D"))
RULES = {
    PERSONAL: "Personal data are information relating to an identified or identifiable natural person, and companies "
    "are none",
    NOTICE: "The controller must notify the supervisory authority of a personal data breach not later than 72 hours "
    "after having become aware of it, unless it is unlikely to result in a risk to natural persons",
    PROCESSOR: "A processor must notify the controller of a breach, and it is not for the processor to notify the "
    "authority",
    PHASES: "Where the information cannot all be given at the same time, it may be provided in phases",
    AWARE: "A controller is aware when it has a reasonable degree of certainty that personal data were compromised, "
    "which it has on clear evidence, and does not have while it promptly investigates a suspicion",
    INFORMED: "A controller that uses a processor is aware of a breach once the processor has informed it",
    RISK: "A risk is unlikely where the data were securely encrypted, the key was not compromised and a copy remains, "
    "but not where others can read them",
}
LIMIT = timedelta(hours=72)
CLOCK_CHANGES = frozenset(nth(year, month, 6, -1) for year in range(2024, 2028) for month in (3, 10))


def owed(facts: Facts) -> bool:
    """Whether the one who is asked about must notify the supervisory authority."""
    return facts.asked == "controller" and facts.personal and facts.protection != "encrypted"


def decide(facts: Facts) -> Ruling:
    """The end of the 72 hours ("2026-03-31 14:30"), or Yes or No to whether notice is owed or was given in time."""
    if facts.asks == "owed":
        return ("Yes" if owed(facts) else "No"), _duty(facts)
    if not owed(facts):
        raise ValueError(f"a time limit for a notice that is not owed: {facts!r}")
    limit = facts.aware + LIMIT
    last = max(limit, facts.notice or limit)
    if any(facts.aware.date() <= day <= last.date() for day in CLOCK_CHANGES):
        raise ValueError(f"the clock changes while the hours run: {facts!r}")
    c = facts.controller
    steps = _duty(facts) if facts.protection == "key stolen" else []
    steps += _awareness(facts)
    steps.append((NOTICE, f"72 hours after {moment(facts.aware)}, nights and weekends included, it is {moment(limit)}"))
    if facts.asks == "latest":
        return limit.isoformat(" ", "minutes"), steps
    if facts.notice is None or abs(facts.notice - limit) <= timedelta(hours=1) or facts.notice < facts.aware:
        raise ValueError(f"rounding to full hours could decide, or there is no notice of this breach: {facts!r}")
    met = facts.notice < limit
    gap = f"{span(abs(limit - facts.notice))} {'before' if met else 'after'} that"
    steps.append((NOTICE, f"{c} notified the authority at {moment(facts.notice)}, {gap}"))
    if facts.completed:
        late = f"the details that followed at {moment(facts.completed)} were a second phase of that notice"
        steps.append((PHASES, f"{late} and {'do not make it late' if met else 'cannot make it any earlier'}"))
    return ("Yes" if met else "No"), steps


def _duty(facts: Facts) -> list[Step]:
    """Whether notice is owed, and why."""
    c, (data, people) = facts.controller, facts.kind
    if facts.asked == "processor":
        why = f"{facts.processor} only stores the data for {c}, and by telling {c} it has told the one it must tell"
        return [
            (PROCESSOR, why),
            (NOTICE, f"to notify the authority is for {c} as the controller, not {facts.processor}"),
        ]
    if not facts.personal:
        why = f"the list was about {facts.number:,} companies and held nothing about a person, so no personal data were lost"
        return [(PERSONAL, why), (NOTICE, f"{c} has no personal data breach of which to notify the authority")]
    whose = f"the {data} of {facts.number:,} {people}"
    if facts.protection == "encrypted":
        why = f"{whose} were strongly encrypted, the key is safe and {c} has a full copy"
        return [(RISK, why), (NOTICE, f"as a risk to the {people} is unlikely, {c} need not notify the authority")]
    why = f"{whose} were not encrypted, so that whoever took them can read them"
    if facts.protection == "key stolen":
        why = f"{whose} were encrypted, but the key was stolen too, so that whoever has both can read them"
    duty = f"a risk to those {people} is not unlikely, so {c} as the controller must notify the authority"
    return [(RISK, why), (NOTICE, duty)]


def _awareness(facts: Facts) -> list[Step]:
    """When the controller became aware."""
    c, aware = facts.controller, moment(facts.aware)
    if facts.route == "processor":
        why = f"{c} was informed by {facts.processor} at {aware}, and what {facts.processor} had found before is not its own"
        return [(INFORMED, f"{why} awareness")]
    if facts.route == "suspicion":
        why = f"from the alarm until {aware} {c} only suspected a theft and looked into it; it was certain from then on"
    elif facts.route == "evidence":
        why = f"clear proof was with {c} at {aware}, so that it does not matter when the managing director heard of it"
    else:
        why = f"{c} knew for certain at {aware} that the data were gone"
    return [(AWARE, why)]


def near_boundary(facts: Facts) -> bool:
    """Whether the notice came within two hours of the end, or one element decides whether notice is owed."""
    if facts.asks == "in time":
        return facts.notice is not None and abs(facts.notice - facts.aware - LIMIT) <= timedelta(hours=2)
    if facts.asks == "owed":
        return facts.protection == "key stolen" or not owed(facts)
    return facts.route != "direct" and abs((facts.first or facts.later or facts.aware) - facts.aware) <= timedelta(
        hours=4
    )


def asks(facts: Facts) -> tuple[AnswerKind, tuple[str, ...]]:
    """The kind and the labels of the answer."""
    return ("datetime", ()) if facts.asks == "latest" else ("yes_no", ("Yes", "No"))


# ---- inventing facts --------------------------------------------------------------------------------

FIRST, DAYS = date(2024, 5, 6), 910
WANTED = {"on working days": "latest", "over a weekend": "latest", "in time": "in time", "late": "in time"}
ROUTES = ("suspicion", "processor", "evidence")
MINUTE = timedelta(minutes=1)


def sample(rng: Random, wanted: str, difficulty: int) -> Facts:
    """Facts for one of the outcomes of the family."""
    facts = _propose(rng, wanted, difficulty, sample_until(lambda: _day(rng, wanted), _is_clear))
    names = v.businesses(rng)
    controller, other = next(names), next(names)
    return replace(
        facts,
        controller=controller,
        processor=other if facts.route == "processor" else "",
        asides=some_asides(rng, difficulty, ASIDES),
    )


def _day(rng: Random, wanted: str) -> date:
    """The day of awareness: one whose 72 hours keep clear of the weekend or, for "over a weekend", run into it."""
    day = FIRST + timedelta(int(rng.random() * DAYS))
    if wanted == "on working days":
        return day + (rng.randrange(2) - day.weekday()) * DAY
    return day + (rng.randrange(2, 7) - day.weekday()) * DAY if wanted == "over a weekend" else day


def _is_clear(day: date) -> bool:
    """Whether no change of the clock comes near."""
    around = day - 3 * DAY
    return not any(around <= change <= around + 12 * DAY for change in CLOCK_CHANGES)


def _propose(rng: Random, wanted: str, level: int, day: date) -> Facts:
    what = WANTED.get(wanted, "owed")
    route = "direct" if level == 1 else rng.choice(ROUTES)
    asked, personal, protection = "controller", True, "none"
    if what == "owed":
        asked, personal, protection = _case(rng, wanted == "owed", level)
        if asked == "processor" or (level > 1 and rng.random() < 0.5):
            route = "processor"
    elif level == 3 and (what == "latest" or rng.random() < 0.5):
        protection = "key stolen"
    aware = datetime(day.year, day.month, day.day, rng.randint(7, 19), rng.randrange(60))
    gap = rng.randint(40, 230) if rng.random() < 0.4 else rng.randint(300, 1000)
    notice = completed = None
    if what == "in time":
        away = rng.randint(62, 118) if rng.random() < 0.65 else rng.randint(180, 2900)
        notice = aware + LIMIT + (-away if wanted == "in time" else away) * MINUTE
        if (level == 3 and protection == "none") or (level == 2 and rng.random() < 0.3):
            completed = max(notice, aware + LIMIT) + rng.randint(300, 4000) * MINUTE
            route = "direct" if level == 2 else route
    return Facts(
        asks=what,
        controller="",
        processor="",
        asked=asked,
        place=rng.choice(PLACES),
        haul=rng.randrange(len(HAULS)),
        kind=rng.choice(KINDS),
        number=rng.randrange(120, 9800, 10),
        personal=personal,
        protection=protection,
        route=route,
        aware=aware,
        first=aware - gap * MINUTE if route in ("suspicion", "processor") else None,
        later=aware + gap * MINUTE if route == "evidence" else None,
        notice=notice,
        completed=completed,
        difficulty=level,
    )


def _case(rng: Random, duty: bool, level: int) -> tuple[str, bool, str]:
    """Whose duty is asked about, whether personal data were taken, and how they were protected."""
    if duty:
        return "controller", True, "key stolen" if level == 3 or rng.random() < 0.5 else "none"
    exempt = rng.choice(
        ("encrypted", "encrypted", "companies") if level == 1 else ("encrypted", "companies", "processor")
    )
    if exempt == "processor":
        return "processor", True, "key stolen" if level == 3 or rng.random() < 0.5 else "none"
    if exempt == "companies":
        return "controller", False, "key stolen" if level == 3 or rng.random() < 0.5 else "none"
    return "controller", True, "encrypted"


FAMILY = Family(
    name="breach_notice",
    kind="datetime",
    outcomes=("on working days", "over a weekend", "in time", "late", "owed", "not owed"),
    sample=sample,
    decide=decide,
    render=render,
    near_boundary=near_boundary,
    rules=RULES,
    issue=issue,
    holding=holding,
    asks=asks,
)
