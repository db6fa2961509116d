"""Eligibility for leave in words: the phrasings, and the sentences on service, hours, head counts and notice.

Slots: {E} the employee's full name and {e} the surname; {Y} the employer; {start} {notice} {leave} days; at level 1
{h} hours worked and {n} employees; from level 2 on {tenure} {hours} {ask} {near} {size}, whole sentences that can stand
in any order; {aside} facts that do not matter.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from grpo_legal.problems import vocabulary as v
from grpo_legal.problems.family import AS_OF, Text

if TYPE_CHECKING:
    from grpo_legal.problems.fmla_eligibility import Facts

ASIDES = (  # the first four are short enough for level 1
    "A baby was due.",
    "{e} is well liked.",
    "A manager had objected.",
    "{e} works in shipping.",
    "{e} had twice been named employee of the month.",
    "{Y} pays nobody during such a leave.",
    "The leave was to care for a sick parent.",
    "A colleague had been refused leave in the spring.",
    "{e} had never taken such a leave before.",
    "The busiest season of {Y} was about to start.",
    "{e} had been promoted a few weeks earlier.",
)

LEVEL_ONE = (
    (
        "chronicle",
        "{E} joined {Y} on {start} and, after working {h} hours in 12 months, began leave on {leave}. For years {Y} "
        "has had {n} employees, all at one site. {aside}",
    ),
    (
        "employer first",
        "{Y} has long had {n} employees, all at one site. One of them since {start}, {E}, took leave from {leave}, "
        "after {h} hours of work in 12 months. {aside}",
    ),
    (
        "leave first",
        "On {leave}, {E} went on leave from {Y}, having been there since {start} and worked {h} hours in the last 12 "
        "months. {Y} always has {n} employees, all at one site. {aside}",
    ),
    (
        "notes",
        "Employee: {E}. Employer: {Y}, for years {n} employees, one site. Hired: {start}. Leave from: {leave}. Hours "
        "worked in the 12 months before: {h}. {aside}",
    ),
    (
        "employer's lawyer",
        "Our client, {Y}, has for years had {n} employees at its only site. {E}, hired on {start}, took leave from "
        "{leave}; hours worked in the 12 months before: {h}. {aside}",
    ),
    (
        "employee's lawyer",
        "You advise {E}, on leave since {leave} and with {Y} since {start}. Work done in those last 12 months: {h} "
        "hours. Staff of {Y}, for years: {n}, all in one place. {aside}",
    ),
    (
        "suppose",
        "Suppose that {Y}, which for years has had {n} employees at one site, hires {E} on {start}. Leave begins on "
        "{leave}, after {h} hours of work in 12 months. {aside}",
    ),
    (
        "colleague",
        "Dear colleague: {E} worked {h} hours for {Y} in the 12 months before a leave from {leave}. Hired: {start}. "
        "Staff: {n} for years, all at one site. {aside}",
    ),
    (
        "aside first",
        "{aside} {E}, employed by {Y} since {start}, took leave from {leave}, with {h} hours worked in the 12 months "
        "before. {Y} has long had {n} employees at one site.",
    ),
    (
        "hours first",
        "In the 12 months before {leave}, {E} worked {h} hours for {Y}, then took leave. The job began on {start}. "
        "For years {Y} has had {n} employees, all at one site. {aside}",
    ),
    (
        "passive",
        "Leave from {leave} was sought by {E}, hired by {Y} on {start}. In the preceding 12 months {h} hours were "
        "worked. At the only site, {n} people have long been employed. {aside}",
    ),
    (
        "three dates",
        "{start}: {Y} hires {E}. {leave}: leave begins, after {h} hours of work in 12 months. In all these years {Y} "
        "has {n} employees, all at one site. {aside}",
    ),
    (
        "dispute",
        "{Y} disputes the leave that {E}, hired on {start}, took from {leave}. Hours worked in the 12 months before: "
        "{h}. Employees, for years: {n}, all at one site. {aside}",
    ),
)
LATER = (
    ("chronicle", "{E} is on the payroll of {Y}. {tenure} {hours} {ask} {near} {size} {aside}"),
    ("employee's lawyer", "Our client, {E}, wants leave from {Y}. {ask} {tenure} {hours} {aside} {size} {near}"),
    ("employer's lawyer", "{Y} asks for advice about {E}. {size} {near} {aside} {ask} {hours} {tenure}"),
    ("file note", "File note on {E}, employed by {Y}. {aside} {near} {size} {ask} {tenure} {hours}"),
    ("letter", "Dear colleague: this is about {E}, who works for {Y}. {hours} {tenure} {ask} {aside} {near} {size}"),
    ("judge", "A judge hears {E} and {Y} argue over a leave. {ask} {hours} {tenure} {near} {size} {aside}"),
    ("head count first", "{size} {near} So {Y} writes in the matter of {E}. {ask} {aside} {tenure} {hours}"),
    ("exam", "Consider {E} and an employer, {Y}. {tenure} {size} {aside} {hours} {ask} {near}"),
    ("union", "A shop steward writes for {E}, who works for {Y}. {ask} {near} {tenure} {aside} {hours} {size}"),
    ("personnel", "The personnel office of {Y} reviews the file of {E}. {tenure} {ask} {hours} {size} {near} {aside}"),
    ("aside first", "{aside} That is all that {E} and {Y} agree on. {hours} {ask} {size} {tenure} {near}"),
    (
        "two dates",
        "Two dates matter to {E} and {Y}, {notice} and {leave}. {ask} {size} {hours} {near} {tenure} {aside}",
    ),
    ("complaint", "{E} complains of {Y} to the Department of Labor. {near} {ask} {aside} {size} {hours} {tenure}"),
    ("suppose", "Suppose that you review a leave that {E} took from {Y}. {size} {tenure} {hours} {aside} {ask} {near}"),
)
TENURES = (
    "{e} had been employed there without a break since {start}.",
    "The employment of {e} had begun on {start} and was never broken.",
)
BREAKS = (
    "{e} had worked there for {earlier}, left, and came back {gap} later, on {start}.",
    "Taken back on {start}, {e} had been gone for {gap}; the first stint had lasted {earlier}.",
)
SPARING = " {Y} counts no earlier service that the law lets it leave out."
REHIRES = {
    "": "",
    "written": " When {e} left to study, {Y} had agreed in writing to rehire {e} afterwards.",
    "oral": " When {e} left to study, {Y} had said, though never in writing, that it would rehire {e} afterwards.",
}
WORKED = (
    "In the 12 months before the leave, {e} worked {worked} hours.",
    "Hours worked by {e} in the 12 months before the leave: {worked}.",
)
PAID = (
    "In the 12 months before the leave, {e} was paid for {paid} hours, {idle} of them for vacation.",
    "Pay stubs of {e} for the 12 months before the leave show {paid} hours, of which {idle} were vacation.",
)
RESERVE = " Reserve duty, after which {Y} duly took {e} back, cost {reserve} further hours of work in that time."
ASKS = (
    "{e} gave notice on {notice} of a leave that began on {leave}.",
    "The leave began on {leave}; {e} had given notice of it on {notice}.",
)
SITES = (
    "On {notice}, {site} worked at the same site as {e}, counting {e}",
    "The worksite of {e}, counting {e}, had {site} on {notice}",
)
ROLLS = "On {notice}, the list of those who worked at the same site as {e}, counting {e}, showed {site}"
OTHERS = {
    False: "; {Y} had nobody else within 300 miles.",
    True: "; the only other site for hundreds of miles, {road} miles away by the shortest road and {air} in a straight "
    "line, had {other}.",
}
LATERS = " When the leave began, the number at that worksite was {later}."
STEADY = (
    "All its sites in the country taken together, {Y} has had more than 50 employees in every workweek for years.",
    "For years {Y} has never had a workweek with fewer than 50 employees, all sites in the country counted.",
)
COUNTED = (
    "{Y} had 50 or more employees in {before} calendar workweeks of {last} and, up to the leave, in {now} of {year}.",
    "Up to the leave, {Y} counted 50 or more employees in {now} calendar workweeks of {year}, and in {last} in "
    "{before}.",
)
PUBLIC = " {Y} is the government of a county."
LAW = f"Under 29 U.S.C. § 2611 and 29 C.F.R. part 825 as of {AS_OF}, "
QUESTIONS = {
    False: ("was {e} an eligible employee when the leave began?", "did {e} qualify as an eligible employee of {Y}?"),
    True: ("could {Y} deny {e} the leave as not eligible?", "was {Y} right if it held {e} not to be eligible?"),
}


def span(months: int) -> str:
    """A time in years and months."""
    years, rest = divmod(months, 12)
    return " and ".join(v.plural(n, noun) for n, noun in ((years, "year"), (rest, "month")) if n)


def render(rng: Random, facts: Facts) -> Text:
    """The facts in one of the phrasings."""
    slots = {"E": facts.employee, "e": v.surname(facts.employee), "Y": facts.employer}
    slots |= {"start": v.long_date(facts.start), "leave": v.long_date(facts.leave)}
    slots |= {"notice": v.long_date(facts.notice)}
    slots["aside"] = " ".join(facts.asides).format_map(slots)
    short = facts.difficulty == 1
    if short:
        slots |= {"h": f"{facts.worked:,}", "n": f"{facts.site:,}"}
    else:
        slots |= _sentences(rng, facts, slots)
    name, frame = rng.choice(LEVEL_ONE if short else LATER)
    question = LAW + rng.choice(QUESTIONS[facts.asks_denial]).format_map(slots)
    return Text(f"{'short' if short else 'long'}/{name}", v.tidy(frame.format_map(slots)), question)


def _sentences(rng: Random, facts: Facts, names: dict[str, str]) -> dict[str, str]:
    """The sentences of the longer stories."""
    year = facts.leave.year
    slots = names | {"earlier": v.plural(facts.earlier, "month"), "gap": span(facts.gap), "worked": f"{facts.worked:,}"}
    slots |= {"paid": f"{facts.worked + facts.idle:,}", "idle": str(facts.idle), "reserve": str(facts.reserve)}
    slots |= {"road": str(facts.road), "air": str(facts.air), "other": v.plural(facts.other, "employee")}
    slots |= {"before": str(facts.weeks[0]), "now": str(facts.weeks[1]), "last": str(year - 1), "year": str(year)}
    slots |= {"later": str(facts.later), "site": _staff(facts)}
    steady = facts.weeks == (52, 52)
    told = {
        "tenure": rng.choice(BREAKS) + REHIRES[facts.rehire] + SPARING if facts.earlier else rng.choice(TENURES),
        "hours": rng.choice(PAID if facts.idle else WORKED) + (RESERVE if facts.reserve else ""),
        "ask": rng.choice(ASKS),
        "near": (ROLLS if facts.part else rng.choice(SITES))
        + OTHERS[facts.other > 0]
        + (LATERS if facts.later else ""),
        "size": rng.choice(STEADY if steady else COUNTED) + (PUBLIC if facts.public else ""),
    }
    return {what: sentence.format_map(slots) for what, sentence in told.items()}


def _staff(facts: Facts) -> str:
    """Who is on the list of the worksite."""
    if not facts.part:
        return f"{facts.site} employees"
    groups = [f"{facts.site} full-time workers", f"{facts.part} part-time workers"]
    groups += [f"{facts.away} on leave who were expected back", f"{facts.laid_off} who had been laid off"]
    return v.both(groups)
