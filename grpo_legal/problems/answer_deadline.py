"""The last day to answer: Fed. R. Civ. P. 12(a) with 6(a), 6(d) and 15(a)(3), as of November 2026.

  * 21 days after service of the summons and complaint, 12(a)(1)(A)(i), or of a crossclaim, 12(a)(1)(B).
  * After a timely waiver, 60 days from the day the request was *sent*, or 90 if sent abroad, 12(a)(1)(A)(ii).
  * The United States: 60 days after service on the U.S. attorney, 12(a)(2). A federal officer sued individually for
    an act on duty: 60 days after service on the officer or on the U.S. attorney, whichever is later, 12(a)(3).
  * 14 days after notice that a Rule 12 motion is denied, 12(a)(4)(A), or after service of the more definite
    statement that was ordered, 12(a)(4)(B).
  * An amended complaint: the time left for the original one or 14 days, whichever is later, 15(a)(3).
Counting: leave out the day of the event, count every day, run on from a day when the period cannot end
(court_days.py). Rule 6(d) adds three days after the period so computed for service by mail under 5(b)(2)(C); not
for electronic service, and not for a summons. State holidays count only if the story tells them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from grpo_legal.problems import vocabulary as v
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
from grpo_legal.problems.family import AS_OF, Family, Ruling, Step, Text, sample_until


@dataclass(frozen=True, slots=True)
class Facts:
    """`events` are (what, day) in order of time; which of them starts a period is for the law to say."""

    plaintiff: str
    defendant: str
    events: tuple[tuple[str, date], ...]
    place: str = ""  # where a request to waive service was addressed
    abroad: bool = False  # whether that is outside any judicial district of the United States
    codefendant: str = ""  # who crossclaims
    court: str = ""  # the State where the court sits, if told
    holiday: StateHoliday | None = None  # a State holiday that is told
    difficulty: int = 1


# ---- the law ----------------------------------------------------------------------------------------

ORDINARY, WAIVED, CROSSCLAIM = (f"Fed. R. Civ. P. 12(a)(1){end}" for end in ("(A)(i)", "(A)(ii)", "(B)"))
GOVERNMENT, OFFICER, DENIAL, DEFINITE = (f"Fed. R. Civ. P. 12(a){end}" for end in ("(2)", "(3)", "(4)(A)", "(4)(B)"))
AMENDED, COUNTING, MAIL = "Fed. R. Civ. P. 15(a)(3)", "Fed. R. Civ. P. 6(a)(1)", "Fed. R. Civ. P. 6(d)"
FEDERAL_HOLIDAY, STATE_HOLIDAY = "Fed. R. Civ. P. 6(a)(6)(A)", "Fed. R. Civ. P. 6(a)(6)(C)"


def periods(facts: Facts) -> list[tuple[str, date, int]]:
    """(rule, the day that starts it, days): the answer is due when the last of them has run out."""
    on = dict(facts.events)
    if crossclaim := on.get("crossclaim") or on.get("mailed crossclaim"):
        return [(CROSSCLAIM, crossclaim, 21)]
    if "denied" in on:
        return [(DENIAL, on["denied"], 14)]
    if "definite" in on:
        return [(DEFINITE, on["definite"], 14)]
    if "officer" in on:
        return [(OFFICER, max(on["officer"], on["us attorney"]), 60)]
    if "us attorney" in on:
        return [(GOVERNMENT, on["us attorney"], 60)]
    if "request" in on:
        return [(WAIVED, on["request"], 90 if facts.abroad else 60)]
    original = (ORDINARY, on["served"], 21)
    return [original, (AMENDED, on["amended"], 14)] if "amended" in on else [original]


def count(facts: Facts) -> tuple[list[list[date]], list[Step]]:
    """The days looked at to end the governing period and, after mail, its three further days; and why."""
    local = facts.holiday.day if facts.holiday and facts.holiday.state == facts.court else None
    found = [(rule, start, n, run_on(start + n * DAY, local)) for rule, start, n in periods(facts)]
    steps = [(rule, f"{n} days after {v.long_date(start)}: {v.long_date(run[0])}") for rule, start, n, run in found]
    runs = [max((run for *_, run in found), key=lambda run: run[-1])]
    steps.append((COUNTING, f"the period ends on {v.long_date(runs[0][-1])}"))
    if "mailed crossclaim" in dict(facts.events):
        runs.append(run_on(runs[0][-1] + 3 * DAY, local))
        steps.append((MAIL, f"three days more after service by mail: {v.long_date(runs[1][-1])}"))
    for day in (day for run in runs for day in run[:-1]):
        if day in FEDERAL:
            steps.append((FEDERAL_HOLIDAY, f"{v.long_date(day)} is {FEDERAL[day]}"))
        elif facts.holiday and day == local:
            steps.append((STATE_HOLIDAY, f"{v.long_date(day)} is {facts.holiday.name} in {facts.court}"))
    return runs, steps


def decide(facts: Facts) -> Ruling:
    """The last day to serve the answer, as an ISO date."""
    runs, steps = count(facts)
    return runs[-1][-1].isoformat(), steps


def near_boundary(facts: Facts) -> bool:
    """Whether a Saturday, Sunday or legal holiday moves the last day."""
    return any(len(run) > 1 for run in count(facts)[0])


# ---- inventing facts --------------------------------------------------------------------------------

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

    def accept(facts: Facts | None) -> bool:
        if facts is None or near_boundary(facts) != (wanted == "moved"):
            return False
        return not any(day in UNSETTLED for run in count(facts)[0] for day in run)

    return sample_until(lambda: _propose(rng, wanted == "moved", difficulty), accept)


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
        day += rng.randint(low, high) * DAY
        while not is_open(day):
            day += DAY if low > 0 else -DAY
        return day

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


# ---- telling them -----------------------------------------------------------------------------------

CLAUSES = {
    "filed": "{P} filed the complaint",
    "served": "a process server handed {D} the summons and complaint",
    "request": "{P} mailed {D}, in {place}, a request to waive service",
    "received": "the request reached {D}",
    "returned": "{D} signed and returned the waiver",
    "us attorney": "the U.S. attorney for the district was served",
    "attorney general": "the copy sent by certified mail reached the Attorney General",
    "officer": "{D} was handed the summons and complaint",
    "motion": "{D} moved to dismiss for failure to state a claim",
    "denied": "notice that the court had denied {D}'s timely motion to dismiss reached the lawyers",
    "vague": "{D}, instead of answering, moved for a more definite statement",
    "ordered": "the court granted {D}'s motion for a more definite statement",
    "definite": "{P} served the more definite statement through the court's electronic filing system",
    "crossclaim": "codefendant {C} served an answer with a crossclaim against {D} through the electronic filing system",
    "mailed crossclaim": "codefendant {C} served an answer with a crossclaim against {D} by mailing it to {D}'s lawyer",
    "envelope": "the envelope from {C} reached {D}'s lawyer",
    "amended": "{P}, not having had an answer, handed {D} an amended complaint",
    "letter": "{P} wrote to propose a settlement",
    "talks": "the two sides met for settlement talks",
    "press": "a newspaper reported on the suit",
}
DATED = {"lead": "On {day}, {clause}.", "aside": "{Clause} ({day}).", "docket": "{day}: {clause}."}
FRAMES = (  # (name, how events carry their dates, whether the last comes first, the story)
    ("suit", "lead", False, "{P} sued {D} in federal court. {note} {events} {local}"),
    ("dates aside", "aside", False, "This is about a federal suit by {P} against {D}. {note} {events} {local}"),
    ("docket", "docket", False, "From the file of a federal suit, {P} against {D}. {note} {events} {local}"),
    ("backwards", "lead", True, "Latest events first, in the federal suit of {P} against {D}. {events} {note} {local}"),
    ("client", "lead", False, "{local} Our client, {D}, was sued by {P} in federal court. {note} {events}"),
    ("default", "aside", False, "{P} hopes for a default against {D} in federal court. {local} {note} {events}"),
    (
        "clerk",
        "docket",
        False,
        "A clerk keeps the deadlines of {D}, sued by {P} in federal court. {note} {events} {local}",
    ),
    ("events first", "lead", False, "{events} {note} {local} All this was in the federal suit of {P} against {D}."),
    (
        "judge",
        "aside",
        False,
        "A federal judge asks whether {D}, sued by {P}, answered in time. {note} {events} {local}",
    ),
    ("letter", "lead", False, "Dear colleague: {D} is to answer in a federal suit by {P}. {events} {note} {local}"),
    ("passive", "aside", True, "{D} was sued by {P} in federal court; last things first. {events} {note} {local}"),
    ("entries", "docket", True, "Federal court, {P} against {D}, entries from last to first. {events} {note} {local}"),
    ("calendar", "docket", False, "{note} {local} The calendar of the federal suit by {P} against {D}: {events}"),
    ("you", "lead", False, "You defend {D}, whom {P} sued in federal court. {local} {events} {note}"),
)
ASKS = ("by what date must {D} serve {what}?", "what is the last day for {D} to serve {what}?")


def render(rng: Random, facts: Facts) -> Text:
    """The facts in one of the phrasings."""
    on = dict(facts.events)
    name, dated, backwards, frame = rng.choice(FRAMES)
    short = {"P": v.surname(facts.plaintiff), "C": facts.codefendant, "place": facts.place}
    short["D"] = facts.defendant if "us attorney" in on and "officer" not in on else v.surname(facts.defendant)
    told = []
    for what, day in reversed(facts.events) if backwards else facts.events:
        clause = CLAUSES[what].format_map(short)
        told.append(DATED[dated].format(day=v.long_date(day), clause=clause, Clause=v.sentence(clause)))
    if "request" in on and "returned" not in on:
        told.append(f"{short['D']} returned the signed waiver in time.")
    note = local = ""
    if "officer" in on:
        note = f"{short['D']}, a federal park ranger, is sued personally over an act done on duty."
    if facts.holiday:
        name_, state, day = facts.holiday
        local = f"The court sits in {facts.court}. In {state}, {v.long_date(day)} is {name_}, a State holiday."
    story = frame.format(P=facts.plaintiff, D=facts.defendant, note=note, events=" ".join(told), local=local)
    rules = "6, 12(a) and 15(a)(3)" if "amended" in on else "6 and 12(a)"
    crossclaim = "crossclaim" in on or "mailed crossclaim" in on
    what = f"an answer{' to the amended complaint' if 'amended' in on else ' to the crossclaim' if crossclaim else ''}"
    question = f"Under Fed. R. Civ. P. {rules} as of {AS_OF}, {rng.choice(ASKS).format(D=short['D'], what=what)}"
    return Text(name, v.tidy(v.sentence(story)), question)


FAMILY = Family(
    name="answer_deadline",
    kind="date",
    outcomes=("as counted", "moved"),
    sample=sample,
    decide=decide,
    render=render,
    near_boundary=near_boundary,
)
