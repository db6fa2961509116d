"""Did an acceptance form a contract, and on what date? Restatement (Second) of Contracts, as of November 2026.

  1. When the acceptance takes effect. Sent by mail in answer to a mailed offer: when it leaves the offeree's
     possession, arrive it or not (§ 63(a)), unless the offer says that it counts on receipt (§ 63). Under an option
     that was paid for: on receipt (§ 63(b)). By telephone: as if face to face, at once (§ 64). Mailed after a
     rejection was mailed: only if it is received before the rejection is, and then on receipt (§ 40).
  2. Whether the offer was still open at that moment. A revocation ends it when received (§ 42), but not an option
     (§ 37). A stated last day ends it when that day is over (§ 41). A rejection ends it when received (§§ 38, 40); one
     sent after an acceptance that took effect on dispatch undoes nothing, even if it arrives first (§ 63(a), Morrison).
  3. Receipt is delivery to the addressee's place, whether or not anyone reads the letter (§ 68).
The date of the contract is the day on which the acceptance took effect.

Kept away from: events at the same time, misaddressed or unstamped letters and media not invited (§§ 65-67), e-mail,
rejections under an option or where an acceptance counts on receipt in any event, a rejection next to a revocation
before the acceptance, reliance on a rejection that overtakes (estoppel), letters taken back from the mail, indirect
revocation (§ 43), reasonable time, and assurances that U.C.C. § 2-205 might make firm (goods with a last day and
a revocation).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from grpo_legal.problems import vocabulary as v
from grpo_legal.problems.family import Ruling, Step
from grpo_legal.problems.mailbox_rule_prose import short_day, told

Sent = tuple[datetime, datetime]  # when a letter was mailed, and when it was delivered
DISPATCH, OPTION, TERM, RECEIPT, PHONE, REVOKED, FIRST, REJECTED, IRREVOCABLE, LAPSE = (
    f"Restatement (Second) of Contracts § {section}"
    for section in ("63(a)", "63(b)", "63", "68", "64", "42", "40", "38", "37", "41")
)
OVERTAKEN = "Morrison v. Thoelke, 155 So. 2d 889 (Fla. Dist. Ct. App. 1963)"
RULES = {
    DISPATCH: "An acceptance by an invited medium such as the mail operates as soon as it leaves the offeree's "
    "possession, whether or not it ever reaches the offeror",
    OPTION: "An acceptance under an option contract operates only when the offeror receives it",
    TERM: "The offeror is master of the offer and may provide that no acceptance takes effect before receipt",
    OVERTAKEN: "Once an acceptance has operated on dispatch, a change of mind does not undo it, even where the "
    "rejection overtakes it",
    RECEIPT: "A written communication is received when it comes into the addressee's possession or is deposited in "
    "a place authorized for such mail, read or unread",
    PHONE: "Acceptance by telephone follows the principles for parties who are in each other's presence, and so "
    "operates at once",
    REVOKED: "A revocation ends the power of acceptance when the offeree receives it, not when it is mailed",
    FIRST: "A mailed rejection ends nothing until received, but a letter of acceptance started after it forms a "
    "contract only if the offeror receives that letter first",
    REJECTED: "The offeree's power of acceptance is terminated once a rejection has been received by the offeror",
    IRREVOCABLE: "The power of acceptance under an option contract survives any attempt by the offeror to revoke",
    LAPSE: "A power of acceptance ends with the time that the offer specifies, and an acceptance effective by then is "
    "in time",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """`sent` is when the acceptance was mailed, or spoken on the telephone; `arrived` is None if it was lost."""

    offeror: str
    offeree: str
    service: bool  # or goods
    selling: bool  # goods: whether the offeror would sell; services: always
    thing: str
    price: int  # dollars
    offered: date
    last: date | None  # the last day of the offer or of the option
    option: int  # dollars paid for keeping the offer open, 0 if it is no option
    on_receipt: bool  # the offer says that an acceptance counts once it is received
    phone: bool
    written: date | None  # when a letter of acceptance was signed that stayed with the offeree until `sent`
    sent: datetime
    arrived: datetime | None
    revocation: Sent | None
    rejection: Sent | None
    unopened: str  # which letter lay unread: "acceptance", "revocation", "rejection" or ""
    opened: date | None
    clock: bool  # whether the story tells the hours
    asks_date: bool
    asides: tuple[str, ...]  # never decide
    difficulty: int


# ---- the law ----------------------------------------------------------------------------------------


def decide(facts: Facts) -> Ruling:
    """Yes or No to whether a contract was formed, or the date on which it was."""
    _refuse_contested(facts)
    steps: list[Step] = []
    effective = _effective(facts, steps)
    formed = effective is not None and _still_open(facts, effective, steps)
    if not facts.asks_date:
        return ("Yes" if formed else "No"), steps
    if effective is None or not formed:
        raise ValueError(f"a date is asked for, but no contract was formed: {facts!r}")
    return effective.date().isoformat(), steps


def rejected_first(facts: Facts) -> bool:
    """Whether the offeree mailed a rejection before the acceptance."""
    return facts.rejection is not None and facts.rejection[0] < facts.sent


def counts_on_receipt(facts: Facts) -> bool:
    """Whether the acceptance takes effect on receipt, not on dispatch."""
    return bool(facts.option) or facts.on_receipt or (rejected_first(facts) and not facts.phone)


def _refuse_contested(facts: Facts) -> None:
    if facts.rejection and (facts.option or facts.on_receipt):
        raise ValueError(f"a rejection where the acceptance counts on receipt anyway: {facts!r}")
    if rejected_first(facts) and (facts.revocation or facts.last):
        raise ValueError(f"a rejection sent first, with a revocation or a last day: {facts!r}")
    if facts.option and (not facts.last or facts.on_receipt):
        raise ValueError(f"an option without a last day or with a term of its own: {facts!r}")
    if not facts.service and facts.last and facts.revocation and not facts.option:
        raise ValueError(f"goods with a last day and a revocation raise U.C.C. § 2-205: {facts!r}")
    if facts.phone and facts.arrived != facts.sent:
        raise ValueError(f"what is said on the telephone is heard at once: {facts!r}")
    if facts.arrived and facts.arrived < facts.sent:
        raise ValueError(f"the acceptance arrives before it is sent: {facts!r}")
    effective = facts.arrived if counts_on_receipt(facts) else facts.sent
    pairs = [(facts.revocation[1], effective)] if facts.revocation and not facts.option else []
    pairs += [(moment, other) for moment in facts.rejection or () for other in (facts.sent, effective)]
    if any(
        one and two and (one if facts.clock else one.date()) == (two if facts.clock else two.date())
        for one, two in pairs
    ):
        raise ValueError(f"two events at the same time: {facts!r}")


def _effective(facts: Facts, steps: list[Step]) -> datetime | None:
    """When the acceptance took effect, if it ever did."""
    a, b = v.surname(facts.offeror), v.surname(facts.offeree)
    sent = told(facts.sent, facts.clock)
    if facts.phone:
        steps.append((PHONE, f"{b} accepted on the telephone with {a}, so what counts is the call on {sent}"))
        return facts.sent
    if facts.rejection and facts.rejection[0] < facts.sent and facts.rejection[1] < facts.sent:
        _end_by_rejection(facts, f"before {b} mailed the acceptance on {sent}", steps)
        return None
    if not counts_on_receipt(facts):
        kept = (
            f"the letter signed on {short_day(facts.written)} did nothing while {b} kept it; " if facts.written else ""
        )
        lost = f"although it never reached {a}" if not facts.arrived else f"and not that it reached {a} later"
        steps.append((DISPATCH, f"{kept}what counts is that {b} mailed the acceptance on {sent}, {lost}"))
        return facts.sent
    why = _receipt_reason(facts, a, b)
    if not facts.arrived:
        steps.append((why[0], f"{why[1]}, and the acceptance mailed on {sent} never arrived, so it never took effect"))
        return None
    arrived = told(facts.arrived, facts.clock)
    steps.append(
        (
            why[0],
            f"{why[1]}, so what counts is not that {b} mailed the acceptance on {sent} but that it reached {a} on {arrived}",
        )
    )
    if facts.unopened == "acceptance":
        steps.append(_unread(facts, "acceptance", a, facts.arrived))
    return facts.arrived


def _receipt_reason(facts: Facts, a: str, b: str) -> Step:
    if facts.option:
        return OPTION, f"the {v.dollars(facts.option * 100)} that {b} paid {a} bought an option"
    if facts.on_receipt:
        return TERM, f"the offer itself required delivery to {a}"
    return FIRST, f"{b} had already mailed a rejection on {told(facts.rejection[0], facts.clock)}"


def _still_open(facts: Facts, effective: datetime, steps: list[Step]) -> bool:
    """Whether the offer was open when the acceptance took effect."""
    b, at = v.surname(facts.offeree), told(effective, facts.clock)
    is_open = True
    if facts.rejection:
        is_open = _survives_rejection(facts, effective, steps)
    if facts.revocation:
        came = told(facts.revocation[1], facts.clock)
        if facts.option:
            steps.append(
                (IRREVOCABLE, f"the revocation that reached {b} on {came} could not end what {b} had paid for")
            )
        elif facts.last and facts.last < min(facts.revocation[1], effective).date():
            steps.append(
                (REVOKED, f"the revocation reached {b} on {came}, when there was no offer left that it could end")
            )
        elif facts.revocation[1] < effective:
            steps.append((REVOKED, f"the revocation reached {b} on {came} and ended the offer before {at}"))
            is_open = False
        else:
            steps.append(
                (REVOKED, f"the revocation reached {b} on {came}, later than the acceptance, so it ended nothing")
            )
        if facts.unopened == "revocation" and not facts.option:
            steps.append(_unread(facts, "revocation", b, facts.revocation[1]))
    if facts.last:
        in_time = effective.date() <= facts.last
        end = f"the last day was {short_day(facts.last)}, and the acceptance, which counts as of {short_day(effective.date())},"
        steps.append((LAPSE, f"{end} was {'in time' if in_time else 'too late'}"))
        is_open = is_open and in_time
    return is_open


def _survives_rejection(facts: Facts, effective: datetime, steps: list[Step]) -> bool:
    a, at = v.surname(facts.offeror), told(effective, facts.clock)
    came = told(facts.rejection[1], facts.clock)
    if not rejected_first(facts):
        steps.append(
            (
                OVERTAKEN,
                f"the rejection that reached {a} on {came} was mailed after the acceptance and takes nothing back",
            )
        )
        return True
    if facts.rejection[1] > effective:
        steps.append((FIRST, f"{a} received the rejection on {came}, later than the acceptance, so it ended nothing"))
        return True
    _end_by_rejection(facts, f"before the acceptance of {at}", steps)
    return False


def _end_by_rejection(facts: Facts, when: str, steps: list[Step]) -> None:
    a, came = v.surname(facts.offeror), told(facts.rejection[1], facts.clock)
    steps.append((REJECTED, f"the rejection reached {a} on {came}, {when}, and left nothing to accept"))
    if facts.unopened == "rejection":
        steps.append(_unread(facts, "rejection", a, facts.rejection[1]))


def _unread(facts: Facts, letter: str, whose: str, moment: datetime) -> Step:
    when, opened = told(moment, facts.clock), short_day(facts.opened)
    return RECEIPT, f"{whose} received the {letter} on {when} in the mailbox, not on {opened} when it was opened"
