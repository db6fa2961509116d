"""Can the offer be revoked? U.C.C. § 2-205 and the common law of options, as of November 2026.

  * § 2-205: an offer by a merchant to buy or sell goods, in a signed writing that gives assurance that it will be
    held open, is irrevocable without consideration for the time stated, or for a reasonable time if none is, and
    never for more than three months; a renewal in a new signed writing starts a new period (comment 3). Only the
    offeror must be a merchant. If the assurance is on a form that the offeree supplied, the offeror must sign it
    separately (comment 4).
  * Everything else, services included, is revocable until accepted (Restatement (Second) of Contracts § 42), unless
    the offeree paid for the promise: an option lasts for the whole time stated (§§ 25, 37), whoever made it.
  * A revocation counts on the day on which it is received (§ 42).
The text is that of the uniform version; the amendments of 2022 put "record" for "writing" and change nothing here.

Kept away from: the very last day of a period, an offer with no time stated that is neither a few days nor more than
three months old, reliance, recited but unpaid consideration, options that are not in a signed writing, offeree's
forms with an option, electronic writings, mixed goods and services, farmers and businesses outside their trade.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from grpo_legal.problems import vocabulary as v
from grpo_legal.problems.family import Family, Ruling, Step, sample_until
from grpo_legal.problems.firm_offer_prose import ASIDES, render

DAY = timedelta(1)
FIRM, COMMENT_3, COMMENT_4 = "U.C.C. § 2-205", "U.C.C. § 2-205 cmt. 3", "U.C.C. § 2-205 cmt. 4"
MERCHANT, GOODS = "U.C.C. § 2-104(1)", "U.C.C. § 2-105(1)"
OPTION, REVOCATION = (f"Restatement (Second) of Contracts § {n}" for n in (25, 42))
A_FEW_DAYS = 4  # an offer of goods that do not spoil stays firm at least so long if no time is stated


@dataclass(frozen=True, slots=True)
class Facts:
    """`through` is the last day for which the offer is to be held open, None if no day is stated."""

    offeror: str
    offeree: str
    trade: str  # what the offeror does
    merchant: bool  # whether the offeror deals in goods of this kind
    other: str  # of the offeree, "merchant", "private" or "" if not told: never decides
    selling: bool  # or buying
    thing: str
    goods: bool  # or services
    price: int  # dollars
    form: str  # "signed", "unsigned" or "oral"
    assured: bool
    stated: str  # the time in the offer's words: "through June 3, 2026", "for five months"; "" if none
    offered: date
    through: date | None
    supplied: str  # the assurance is on the offeree's form: "separately signed", "not separately signed" or ""
    paid: int  # dollars the offeree paid for the promise; 0 for nothing
    renewed: date | None  # when a second signed writing renewed the assurance, for the time `renewed_stated`
    renewed_stated: str
    renewed_through: date | None
    mailed: date | None  # when the revocation was mailed, if it came by mail
    revoked: date  # when it was received
    asks_revocable: bool  # whether Yes means that the offeror was free to revoke
    says_unpaid: bool  # whether the story says that nothing was paid
    asides: tuple[str, ...]
    difficulty: int


# ---- the law ----------------------------------------------------------------------------------------


def three_months(day: date) -> date:
    """The same day three months later. Offers are made on the 1st to 28th, so that it exists."""
    month = day.month + 2
    return date(day.year + month // 12, month % 12 + 1, day.day)


def firm_until(start: date, stated: date | None) -> date:
    """The last day of the time stated or, if that is sooner or no time is stated, of the three months."""
    cap = three_months(start)
    return min(stated, cap) if stated else cap


def assurance(facts: Facts) -> tuple[date, date | None]:
    """When the assurance that counts was given, and the last day that it states."""
    return (facts.renewed, facts.renewed_through) if facts.renewed else (facts.offered, facts.through)


def decide(facts: Facts) -> Ruling:
    """Yes or No to what was asked: was the offer irrevocable, or was the offeror free to revoke it?"""
    steps: list[Step] = []
    irrevocable = _is_option(facts, steps) if facts.paid else _is_firm(facts, steps)
    steps.append((REVOCATION, f"revocation received on {v.long_date(facts.revoked)}"))
    return ("Yes" if irrevocable != facts.asks_revocable else "No"), steps


def _is_option(facts: Facts, steps: list[Step]) -> bool:
    if facts.through is None or facts.form != "signed" or facts.supplied:
        raise ValueError(f"an option without a stated time, a signed writing or on the offeree's form: {facts!r}")
    steps.append((OPTION, f"the offeree paid for the promise, so it binds through {v.long_date(facts.through)}"))
    return facts.revoked <= facts.through


def _is_firm(facts: Facts, steps: list[Step]) -> bool:
    missing = [
        (GOODS, "services are not goods") if not facts.goods else None,
        (MERCHANT, f"{facts.offeror} does not deal in such goods") if not facts.merchant else None,
        (FIRM, f"the offer is {facts.form}, not in a signed writing") if facts.form != "signed" else None,
        (FIRM, "nothing assures that the offer will be held open") if not facts.assured else None,
        (COMMENT_4, "the offeree's form is not separately signed") if facts.supplied.startswith("not") else None,
    ]
    steps.append((FIRM, "an offer by a merchant for goods, in a signed writing that assures it will be held open"))
    found = [step for step in missing if step]
    if found:
        steps += found
        return False
    until = firm_until(*assurance(facts))
    days = (facts.revoked - facts.offered).days
    if facts.through is None and days > A_FEW_DAYS and facts.revoked <= until:
        raise ValueError(f"whether {days} days are a reasonable time is a question of fact: {facts!r}")
    steps.append((FIRM, f"a merchant's signed assurance holds the offer open to {v.long_date(until)} at most"))
    if facts.supplied:
        steps.append((COMMENT_4, "the assurance on the offeree's form is separately signed"))
    if facts.renewed:
        steps.append((COMMENT_3, f"renewed on {v.long_date(facts.renewed)}"))
    return facts.revoked <= until


def near_boundary(facts: Facts) -> bool:
    """Whether the revocation came within two days of the end of the time that binds, or would bind if all were well."""
    if not facts.assured:
        return False
    end = facts.through if facts.paid else firm_until(*assurance(facts))
    return end is not None and abs((facts.revoked - end).days) <= 2


# ---- inventing facts --------------------------------------------------------------------------------

LEVEL_TWO = ("cap", "cap", "open", "form", "form", "services", "option", "other", "mailed")
LEVEL_THREE = (
    ("cap", "form"), ("cap", "mailed"), ("cap", "option"), ("cap", "other"), ("cap", "renewed"), ("form", "mailed"),
    ("form", "open"), ("form", "other"), ("option", "services"), ("option", "mailed"), ("option", "other"),
    ("renewed", "mailed"), ("renewed", "form"), ("services", "cap"),
)  # fmt: skip
MONTHS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")


def sample(rng: Random, wanted: str, difficulty: int) -> Facts:
    """Facts on which the answer is `wanted`. Level 1: one element of § 2-205; 2: one further rule; 3: two."""
    return sample_until(lambda: _propose(rng, wanted == "Yes", difficulty), lambda facts: decide(facts)[0] == wanted)


def _propose(rng: Random, yes: bool, level: int) -> Facts:
    twists = ((), (rng.choice(LEVEL_TWO),), rng.choice(LEVEL_THREE))[level - 1]
    asks_revocable = level > 1 and rng.random() < 0.5
    binding = yes != asks_revocable
    goods = "services" not in twists
    paid = "option" in twists or (not goods and binding)
    flaw = "" if binding else rng.choice(_flaws(level, twists, goods, paid))
    merchant = flaw != "merchant" and not (goods and paid and rng.random() < 0.5)
    stock = v.STOCK if goods else v.SERVICES
    thing, trade = rng.choice(stock) if merchant else (rng.choice(v.BELONGINGS), rng.choice(v.JOBS))
    other = ("merchant" if flaw == "merchant" else "private") if "other" in twists else ""
    names = v.people(rng)
    return Facts(
        offeror=next(names),
        offeree=next(names),
        trade=trade,
        merchant=merchant,
        other=other,
        selling=not goods or rng.random() < 0.7,
        thing=thing,
        goods=goods,
        price=rng.randrange(30, 400) * 100 if merchant else rng.randrange(5, 90) * 100,
        form=flaw if flaw in ("unsigned", "oral") else "signed",
        assured=flaw != "assurance",
        supplied="" if "form" not in twists else "not separately signed" if flaw == "form" else "separately signed",
        paid=rng.randrange(50, 900, 25) if paid else 0,
        asks_revocable=asks_revocable,
        says_unpaid=level > 1 and not paid and rng.random() < 0.5,
        asides=tuple(rng.sample(ASIDES, rng.random() < 0.3 if level == 1 else rng.choice((1, 1, 2)))),
        difficulty=level,
        **_dates(rng, twists, paid, flaw),
    )


def _flaws(level: int, twists: tuple[str, ...], goods: bool, paid: bool) -> list[str]:
    """What may go wrong with an offer that is to be revocable."""
    if paid or not goods:
        return ["late" if paid else "services"]
    if level == 1:
        return ["late", "late", "late", "merchant", "merchant", "unsigned", "oral", "assurance"]
    return ["late"] + ["form"] * ("form" in twists) + ["merchant"] * ("other" in twists)


def _dates(rng: Random, twists: tuple[str, ...], paid: bool, flaw: str) -> dict[str, Any]:
    """The fields of `Facts` that hold times and days."""
    offered = _day(date(2024, 1, 1) + int(rng.random() * 700) * DAY)
    stated, through = _time(rng, offered, "cap" in twists and "renewed" not in twists)
    times: dict[str, Any] = {"renewed": None, "renewed_stated": "", "renewed_through": None}
    start, last = offered, through
    if flaw == "assurance" or "open" in twists:
        stated, through, last = "", None, None
    elif "renewed" in twists:
        start = _day(offered + rng.randrange(4, (through - offered).days) * DAY)
        words, last = _time(rng, start, "cap" in twists)
        times = {"renewed": start, "renewed_stated": words, "renewed_through": last}
    end = through if paid else firm_until(start, last)
    soon = 0 if last else 30 if flaw == "assurance" else A_FEW_DAYS
    revoked = _revoked(rng, start, end, flaw == "late", soon)
    mailed = max(revoked - rng.randint(2, 5) * DAY, start) if "mailed" in twists else None
    return times | {"offered": offered, "stated": stated, "through": through, "revoked": revoked, "mailed": mailed}


def _revoked(rng: Random, start: date, end: date, late: bool, soon: int) -> date:
    """A day before or after the end of the time that binds, often close to it; or within `soon` days of the start."""
    if soon and not late:
        return start + rng.randint(1, soon) * DAY
    away = rng.randint(1, 2) if rng.random() < 0.45 else rng.randint(3, 15)
    return end + away * DAY if late else max(end - away * DAY, start + DAY)


def _day(day: date) -> date:
    """The day, or the 28th of the month if it is later."""
    return day.replace(day=min(day.day, 28))


def _time(rng: Random, start: date, long: bool) -> tuple[str, date]:
    """A time for which an offer is held open, in words, and its last day: over three months, or well under."""
    if rng.random() < 0.5:
        through = start + rng.randint(*((112, 240) if long else (10, 80))) * DAY
        return f"through {v.long_date(through)}", through
    if long:
        months = rng.randint(4, 8)
        month = start.month + months - 1
        return f"for {MONTHS[months]} months", date(start.year + month // 12, month % 12 + 1, start.day)
    days = rng.randrange(10, 81, 5)
    return f"for {days} days", start + days * DAY


FAMILY = Family(
    name="firm_offer",
    kind="yes_no",
    labels=("Yes", "No"),
    outcomes=("Yes", "No"),
    sample=sample,
    decide=decide,
    render=render,
    near_boundary=near_boundary,
)
