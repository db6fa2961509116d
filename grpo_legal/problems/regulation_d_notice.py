"""The last day to file Form D: 17 C.F.R. § 230.503(a)(1), as of November 2026.

The notice is due no later than 15 calendar days after the first sale in the offering, and on the first business day
after that if the end of the period is a Saturday, Sunday or holiday. The date of first sale is the day on which the
first investor is irrevocably contractually committed to invest (General Instructions to Form D): not the day of an
expression of interest, of payment where the commitment came earlier, of the closing, or of a later investor's
commitment; a subscription that the investor may withdraw until some event commits on that event.

Kept away from: days on which the government closes although no statute makes them holidays (court_days.UNSETTLED),
the hour of filing, amendments, commitments subject to other conditions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from grpo_legal.problems import vocabulary as v
from grpo_legal.problems.court_days import DAY, FEDERAL, UNSETTLED, is_open, open_day_near, run_on
from grpo_legal.problems.family import AS_OF, Ruling, Step, Text, sample_until

DEADLINE, FIRST_SALE = "17 C.F.R. § 230.503(a)(1)", "Form D, General Instructions"
NOTICE_RULES = {
    DEADLINE: "Form D is due within 15 calendar days of the first sale or, when that period runs out on a Saturday, "
    "Sunday or holiday, on the next business day",
    FIRST_SALE: "The first sale is the moment at which the first investor is irrevocably bound by contract to invest, "
    "whenever the money or the shares change hands",
}
DAYS = 15
FIRST, LAST = date(2024, 7, 1), date(2026, 11, 28)  # of the days on which a period is to run out
HOLIDAYS = tuple(day for day in FEDERAL if FIRST <= day <= LAST)


@dataclass(frozen=True, slots=True)
class Notice:
    """`sold` is when the first investor was bound; `told` names that event and `others` what else has a date."""

    issuer: str
    investor: str
    told: str  # "bound", "signed" (an irrevocable agreement) or "lapsed" (a right to withdraw ended)
    sold: date
    others: tuple[tuple[str, date], ...]  # (a key of CLAUSES, day): never decide
    rule: str
    dollars: int
    asides: tuple[str, ...]
    difficulty: int


# ---- the law ----------------------------------------------------------------------------------------


def decide_notice(facts: Notice) -> Ruling:
    """The last day to file Form D, as an ISO date."""
    if facts.told not in ("bound", "signed", "lapsed"):
        raise ValueError(f"unclear when the first investor was bound: {facts!r}")
    run = run_on(facts.sold + DAYS * DAY)
    if any(day in UNSETTLED for day in run):
        raise ValueError(f"whether the government's day off counts is not settled: {facts!r}")
    name, sold, end = v.surname(facts.investor), v.long_date(facts.sold), v.long_date(run[0])
    steps: list[Step] = []
    if facts.told != "bound":
        why = "when the right to withdraw ended" if facts.told == "lapsed" else "by signing without a right to withdraw"
        steps.append((FIRST_SALE, f"{name}, first of the investors, was bound on {sold}, {why}"))
    finding = (
        f"{facts.issuer} made its first sale, to {facts.investor}, on {sold}, and the last of the fifteen days to file "
        f"Form D is {_weekday(run[0])}, {end}"
    )
    if len(run) > 1:
        finding += f", when nothing falls due; the next business day is {_weekday(run[-1])}, {v.long_date(run[-1])}"
    else:
        finding += ", a business day"
    steps.append((DEADLINE, finding))
    return run[-1].isoformat(), steps


def _weekday(day: date) -> str:
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    return FEDERAL.get(day) or names[day.weekday()]


def near_notice(facts: Notice) -> bool:
    """Whether the fifteenth day is a day off, or the day before or after one."""
    end = facts.sold + DAYS * DAY
    return not all(is_open(end + n * DAY) for n in (-1, 0, 1))


# ---- inventing facts --------------------------------------------------------------------------------

BEFORE = ("interest", "memo", "board")
AFTER = ("paid", "second", "closing", "stock")


def sample_notice(rng: Random, moved: bool, level: int) -> Notice:
    """A first sale whose fifteenth day is a day off (`moved`) or not."""
    end = sample_until(
        lambda: _end(rng, moved),
        lambda day: is_open(day) != moved and is_open(day - DAYS * DAY) and not UNSETTLED & set(run_on(day)),
    )
    sold = end - DAYS * DAY
    names, told = v.people(rng), "bound" if level == 1 else "signed"
    others: list[tuple[str, date]] = []
    if level == 2:
        others = [(rng.choice(AFTER), open_day_near(rng, sold, 2, 12))]
    elif level == 3:
        told = rng.choice(("signed", "lapsed"))
        others = [(rng.choice(BEFORE), open_day_near(rng, sold, -25, -9))]
        first, second = rng.choice(AFTER), rng.choice(AFTER)
        others += [(what, open_day_near(rng, sold, 2, 12)) for what in dict.fromkeys((first, second))]
        if told == "lapsed":
            others.append(("revocable", open_day_near(rng, sold, -7, -2)))
    return Notice(
        issuer=f"{next(v.businesses(rng))} Corporation",
        investor=next(names),
        told=told,
        sold=sold,
        others=tuple(sorted(others, key=lambda event: event[1])),
        rule=rng.choice(("504", "506(b)", "506(c)")),
        dollars=rng.randrange(500_000, 9_500_000, 50_000),
        asides=tuple(rng.sample(NOTICE_ASIDES, rng.random() < 0.3 if level == 1 else 1)),
        difficulty=level,
    )


def _end(rng: Random, moved: bool) -> date:
    if moved and rng.random() < 0.35:
        return rng.choice(HOLIDAYS)
    day = FIRST + int(rng.random() * (LAST - FIRST).days) * DAY
    return day + (5 - day.weekday() + rng.randrange(2)) * DAY if moved else day


# ---- telling them -----------------------------------------------------------------------------------

NOTICE_ASIDES = (
    "The company sells to accredited investors only.",
    "A finder was paid no fee.",
    "The shares may not be resold freely.",
    "The company was formed in Delaware.",
    "It has filed with no State so far.",
    "The round may stay open for months.",
)
CLAUSES = {
    "bound": "the first investor, {N}, became irrevocably bound by contract to invest",
    "signed": "{N}, the first investor, signed a subscription agreement that was binding and irrevocable at once",
    "lapsed": "the company accepted the subscription of {N}, the first investor, and so ended the right to withdraw it",
    "revocable": "{N} signed a subscription agreement, free to withdraw until the company accepted it",
    "interest": "{N} wrote that the offer looked attractive, without any promise",
    "memo": "the company sent out its offering memorandum",
    "board": "the directors approved the offering",
    "paid": "the money from {N} arrived",
    "second": "a second investor signed",
    "closing": "the first closing was held",
    "stock": "{N} was entered as a stockholder",
}
SHORT_FRAMES = (
    ("plain", "{I} sells shares under Rule {rule}. On {day}, {first}. {aside}"),
    ("day first", "On {day}, {first} in a Rule {rule} offering by {I}. {aside}"),
    ("client", "Our client, {I}, offers {sum} of stock under Rule {rule}. On {day}, {first}. {aside}"),
    ("notes", "Issuer: {I}. Exemption: Rule {rule}. Amount: {sum}. On {day}, {first}. {aside}"),
    ("letter", "Dear colleague: {I} relies on Rule {rule} to sell {sum} of stock. On {day}, {first}. {aside}"),
    ("aside first", "{aside} {I} is selling stock under Rule {rule}. On {day}, {first}."),
    ("suppose", "Suppose that {I} offers {sum} of shares under Rule {rule} and that, on {day}, {first}. {aside}"),
    (
        "paralegal",
        "A paralegal keeps the filing calendar of {I}. In its Rule {rule} offering, on {day}, {first}. {aside}",
    ),
    ("sum first", "{sum} is to be raised by {I} under Rule {rule}. On {day}, {first}. {aside}"),
    ("investor", "{N} joins the Rule {rule} offering of {I}: on {day}, {first}. {aside}"),
    ("finance chief", "The finance chief of {I} reports on its Rule {rule} offering that on {day}, {first}. {aside}"),
    ("exam", "Consider an offering by {I} under Rule {rule}. On {day}, {first}. {aside}"),
)
LONG_FRAMES = (
    ("chronicle", False, "{I} sells stock under Rule {rule}. {events} {aside}"),
    ("last first", True, "The latest news first, in the Rule {rule} offering of {I}. {events} {aside}"),
    ("client", False, "Our client, {I}, set out to raise {sum} under Rule {rule}. {aside} {events}"),
    ("file", False, "File of {I}, offering of {sum} under Rule {rule}. {events} {aside}"),
    ("letter", False, "Dear colleague: {I} is in the middle of a Rule {rule} offering. {events} {aside} What is due?"),
    ("aside first", False, "{aside} The issuer is {I}, and the offering is under Rule {rule}. {events}"),
    (
        "paralegal",
        True,
        "A paralegal lists, newest first, what happened in the Rule {rule} offering of {I}. {events} {aside}",
    ),
    ("events first", False, "{events} {aside} All of this was in an offering by {I} under Rule {rule}."),
    ("audit", True, "An auditor looks back on an offering of {sum} by {I} under Rule {rule}. {events} {aside}"),
    ("exam", False, "Consider {I}, which offers {sum} of shares under Rule {rule}. {events} {aside}"),
    ("board", False, "The board of {I} is told how its Rule {rule} offering went. {aside} {events}"),
    ("sum first", False, "{sum} was the goal of {I}, relying on Rule {rule}. {events} {aside}"),
)
QUESTIONS = (
    f"Under 17 C.F.R. § 230.503(a)(1) as of {AS_OF}, what is the last day for {{I}} to file Form D?",
    f"As of {AS_OF}, by what date must {{I}} file Form D under 17 C.F.R. § 230.503(a)(1)?",
)


def render_notice(rng: Random, facts: Notice) -> Text:
    """The facts in one of the phrasings."""
    slots = {"I": facts.issuer, "N": facts.investor, "rule": facts.rule, "sum": v.dollars(facts.dollars * 100)}
    slots |= {"day": v.long_date(facts.sold), "aside": " ".join(facts.asides)}
    if facts.difficulty == 1:
        name, frame = rng.choice(SHORT_FRAMES)
        slots["first"] = CLAUSES[facts.told].format_map(slots)
    else:
        name, backwards, frame = rng.choice(LONG_FRAMES)
        events = sorted((*facts.others, (facts.told, facts.sold)), key=lambda event: event[1], reverse=backwards)
        told = [f"On {v.long_date(day)}, {CLAUSES[what].format_map(slots)}." for what, day in events]
        slots["events"] = " ".join(told)
    story = v.tidy(v.sentence(frame.format_map(slots)))
    return Text(
        f"notice/{'short' if facts.difficulty == 1 else 'long'}/{name}", story, rng.choice(QUESTIONS).format_map(slots)
    )
