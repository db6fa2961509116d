"""Can the offer be revoked? U.C.C. § 2-205 and the common law of options, as of November 2026.

  * § 2-205: an offer by a merchant to buy or sell goods, in a signed writing that gives assurance that it will be
    held open, is irrevocable without consideration for the time stated, or for a reasonable time if none is, and
    never for more than three months; a renewal in a new signed writing starts a new period (comment 3). Only the
    offeror must be a merchant. If the assurance is on a form that the offeree supplied, the offeror must sign it
    separately (the section's last clause, which comment 4 explains).
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
from datetime import date

from grpo_legal.problems import vocabulary as v
from grpo_legal.problems.family import Ruling, Step

FIRM, COMMENT_3, COMMENT_4 = "U.C.C. § 2-205", "U.C.C. § 2-205 cmt. 3", "U.C.C. § 2-205 cmt. 4"
MERCHANT, GOODS = "U.C.C. § 2-104(1)", "U.C.C. § 2-105(1)"
OPTION, REVOCATION = (f"Restatement (Second) of Contracts § {n}" for n in (25, 42))
A_FEW_DAYS = 4  # an offer of goods that do not spoil stays firm at least so long if no time is stated

RULES = {
    FIRM: "A merchant's offer to buy or sell goods, in a signed writing that gives assurance that it will be held "
    "open, is irrevocable without consideration for the time stated or, if none is, for a reasonable time, but never "
    "for more than three months",
    COMMENT_3: "A merchant's assurance may be renewed, which starts a new period of at most three months",
    COMMENT_4: "An assurance on a form that the offeree supplied must be separately signed by the offeror",
    MERCHANT: "A merchant is one who deals in goods of the kind, or who by occupation claims special knowledge of them",
    GOODS: "Goods are movable things, and services are none",
    OPTION: "A promise to keep an offer open that the offeree has paid for is an option, which binds for the whole "
    "time stated, whoever gave it and whatever it is about",
    REVOCATION: "An offer that is neither firm nor under option can be revoked, and a revocation takes effect on the "
    "day on which the offeree receives it",
}


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


def bound_until(facts: Facts) -> date | None:
    """The last day on which the offer is irrevocable; None if it never is."""
    if facts.paid:
        if facts.through is None or facts.form != "signed" or facts.supplied:
            raise ValueError(f"an option without a stated time, a signed writing or on the offeree's form: {facts!r}")
        return facts.through
    formal = facts.goods and facts.merchant and facts.form == "signed" and facts.assured
    return firm_until(*assurance(facts)) if formal and facts.supplied != "not separately signed" else None


def is_irrevocable(facts: Facts) -> bool:
    """Whether the offer was irrevocable on the day on which the revocation was received."""
    until = bound_until(facts)
    if until is None:
        return False
    if facts.revoked == until:
        raise ValueError(f"whether the offer binds on the very last day is not settled: {facts!r}")
    days = (facts.revoked - facts.offered).days
    if facts.through is None and days > A_FEW_DAYS and facts.revoked < until:
        raise ValueError(f"whether {days} days are a reasonable time is a question of fact: {facts!r}")
    return facts.revoked < until


def decide(facts: Facts) -> Ruling:
    """Yes or No to what was asked: was the offer irrevocable, or was the offeror free to revoke it?"""
    irrevocable = is_irrevocable(facts)
    steps = _option_steps(facts) if facts.paid else _lacking(facts) or _firm_steps(facts)
    steps.append(_revocation_step(facts, irrevocable))
    return ("Yes" if irrevocable != facts.asks_revocable else "No"), steps


def near_boundary(facts: Facts) -> bool:
    """Whether the revocation came within two days of the end of the time that binds, or would bind if all were well."""
    if not facts.assured:
        return False
    end = facts.through if facts.paid else firm_until(*assurance(facts))
    return end is not None and abs((facts.revoked - end).days) <= 2


# ---- the argument -----------------------------------------------------------------------------------

WANTING = {
    "unsigned": "the offer was written down, but nobody signed it",
    "oral": "the offer was made by word of mouth and not in a signed writing",
}


def _option_steps(facts: Facts) -> list[Step]:
    a, b = v.surname(facts.offeror), v.surname(facts.offeree)
    time = f"through {v.long_date(facts.through)}"
    paid = f"{b} gave {a} {v.dollars(facts.paid * 100)} for the promise, which is an option and so binds {a} {time}"
    return [(OPTION, paid)]


def _lacking(facts: Facts) -> list[Step]:
    """The elements of a firm offer that are missing, if any."""
    a, b = v.surname(facts.offeror), v.surname(facts.offeree)
    steps: list[Step] = []
    if not facts.goods:
        steps.append((GOODS, f"the offer is to {facts.thing}, which is a service and not goods"))
    if not facts.merchant:
        steps.append((MERCHANT, f"{a}, {v.a(facts.trade)}, does not deal in such things and so is no merchant"))
    if facts.supplied == "not separately signed":
        steps.append((COMMENT_4, f"the promise is a clause of {b}'s form, beside which {a} did not sign"))
    wanting = [] if facts.form == "signed" else [WANTING[facts.form]]
    wanting += [] if facts.assured else [f"nothing in the offer assured {b} that it would stay open"]
    if steps or wanting:
        steps.append(
            (
                FIRM,
                "; ".join((*wanting, f"without this element, and without any payment, nothing bars {a} from revoking")),
            )
        )
    return steps


def _firm_steps(facts: Facts) -> list[Step]:
    a, b = v.surname(facts.offeror), v.surname(facts.offeree)
    paper = "form" if facts.supplied else "letter"
    time = facts.stated or "without naming a time"
    steps = [
        (FIRM, f"{a}, {v.a(facts.trade)} and so a merchant, signed a {paper} that keeps the offer of goods open {time}")
    ]
    if facts.supplied:
        steps.append((COMMENT_4, f"although {b} supplied the form, {a} also signed beside the clause"))
    if facts.renewed:
        renewed = f"a further letter renewed this {facts.renewed_stated} and started a new period"
        steps.append((COMMENT_3, f"{renewed} on {v.long_date(facts.renewed)}"))
    return [*steps, (FIRM, _period(facts))]


def _period(facts: Facts) -> str:
    """How long the offer is firm."""
    start, stated = assurance(facts)
    cap = three_months(start)
    if stated is None:
        if facts.revoked > cap:
            return f"a reasonable time is never longer than three months, which ended on {v.long_date(cap)}"
        days = (facts.revoked - facts.offered).days
        return f"a reasonable time had not run out {days} day{'s' if days > 1 else ''} after the offer"
    if stated > cap:
        return f"this is longer than three months, so that the offer is firm only to {v.long_date(cap)}"
    return f"the time stated, to {v.long_date(stated)}, is not longer than three months"


def _revocation_step(facts: Facts, irrevocable: bool) -> Step:
    ended = bound_until(facts) is not None
    when = "while the offer was still irrevocable" if irrevocable else "after that time" if ended else "and took effect"
    day = v.long_date(facts.revoked)
    if facts.mailed:
        mailed = f"the withdrawal, mailed on {v.long_date(facts.mailed)}, counts from {day}"
        return REVOCATION, f"{mailed}, when {v.surname(facts.offeree)} received it, {when}"
    return REVOCATION, f"the withdrawal came to {v.surname(facts.offeree)} on {day}, {when}"


def issue(facts: Facts) -> str:
    """What is asked, with the parties' names."""
    a, b, day = facts.offeror, facts.offeree, v.long_date(facts.revoked)
    if facts.asks_revocable:
        return f"whether {a} was free to revoke the offer to {b} on {day}"
    return f"whether {a} was still bound by the offer to {b} on {day}"


def holding(facts: Facts, answer: str) -> str:
    """The answer in words."""
    a, b, no = v.surname(facts.offeror), v.surname(facts.offeree), "" if answer == "Yes" else "not "
    if facts.asks_revocable:
        return f"{a} was {no}free to revoke what had been offered to {b}"
    return f"the offer to {b} was {no}irrevocable, and {a} was {no}bound to keep it open"
