"""The law of regulation_d on offerings: which of Rules 504, 506(b) and 506(c) fits (the rules are stated there)."""

from __future__ import annotations

from dataclasses import dataclass

from grpo_legal.problems import vocabulary as v
from grpo_legal.problems.family import Ruling, Step

RULE_504, RULE_506B, RULE_506C = (f"17 C.F.R. § 230.{n}" for n in ("504", "506(b)", "506(c)"))
ACCREDITED, COUNTING, BAD_ACTOR = (f"17 C.F.R. § 230.{n}" for n in ("501(a)", "501(e)", "506(d)"))
LABELS = ("Rule 504", "Rule 506(b)", "Rule 506(c)", "None")
CAP, HEADS, WORTH, INCOME = 10_000_000, 35, 1_000_000, 200_000

OFFERING_RULES = {
    RULE_504: "A company that files no Exchange Act reports may sell up to $10,000,000, less what it sold under this rule "
    "in the twelve months before, without general solicitation unless the offering is registered in States that "
    "require delivery of a disclosure document",
    RULE_506B: "Any amount may be sold without general solicitation to accredited investors and up to 35 others within "
    "90 days, if the others are sophisticated and get the prescribed information",
    RULE_506C: "General solicitation is allowed if every purchaser is accredited and reasonable steps were taken to "
    "verify that",
    ACCREDITED: "A natural person is accredited with a net worth above $1,000,000, the home left out, or with an income "
    "above $200,000 in each of the last two years and the like expected this year",
    COUNTING: "A spouse who lives in the same home as another purchaser is not counted as one more",
    BAD_ACTOR: "No exemption is open to an issuer with a director convicted of securities fraud in the ten years before",
}


@dataclass(frozen=True, slots=True)
class Offering:
    """`others` are natural persons who are not accredited, without the `borderline` buyer."""

    issuer: str
    trade: str
    reporting: bool
    amount: int  # dollars
    solicited: bool
    registered: bool  # in States that require delivery of a disclosure document
    accredited: int
    others: int
    sophisticated: bool
    informed: bool
    verified: str  # "letters", "box" or "none"
    spouses: int  # of the others: husbands and wives who share another buyer's home
    earlier_sale: tuple[str, int, int] | None  # (rule, dollars, months before)
    earlier_buyers: tuple[int, int] | None  # (others who bought under Rule 506(b), days before)
    borderline: tuple[str, str, int, int] | None  # (name, "worth", total, home) or (name, "income", last, year before)
    convicted: tuple[str, int] | None  # (director, years before)
    asides: tuple[str, ...]
    difficulty: int


# ---- the law ----------------------------------------------------------------------------------------


def counted_dollars(facts: Offering) -> int:
    """The offering and what was sold under Rule 504 in the twelve months before."""
    rule, dollars, months = facts.earlier_sale or ("", 0, 0)
    return facts.amount + (dollars if rule == "504" and months < 12 else 0)


def is_accredited(borderline: tuple[str, str, int, int]) -> bool:
    """Whether that buyer is accredited by net worth or by income."""
    _, test, first, second = borderline
    return first - second > WORTH if test == "worth" else min(first, second) > INCOME


def counted_heads(facts: Offering) -> int:
    """Purchasers that count toward the 35."""
    earlier = facts.earlier_buyers[0] if facts.earlier_buyers and facts.earlier_buyers[1] < 90 else 0
    extra = facts.borderline is not None and not is_accredited(facts.borderline)
    return facts.others + extra - facts.spouses + earlier


def decide_offering(facts: Offering) -> Ruling:
    """The one exemption that fits, or None."""
    _refuse_contested(facts)
    steps: list[Step] = []
    i = v.first_word(facts.issuer)
    if facts.convicted:
        name, years = facts.convicted
        recent = years < 10
        result = f"so {i} may use no exemption" if recent else f"too long ago to hold against {i}"
        steps.append((BAD_ACTOR, f"the conviction of {name}, a director, came {years} years before the sale, {result}"))
        if recent:
            return "None", steps
    if facts.borderline:
        steps.append((ACCREDITED, _borderline(facts.borderline)))
    if facts.spouses:
        rest = facts.others - facts.spouses
        steps.append(
            (
                COUNTING,
                f"{facts.spouses} of {facts.others} not accredited live in the home of a spouse who bought too, leaving {rest}",
            )
        )
    findings = ((RULE_504, _rule_504), (RULE_506B, _rule_506b), (RULE_506C, _rule_506c))
    found = [(rule, *test(facts, i)) for rule, test in findings]
    steps += [(rule, finding) for rule, _, finding in found]
    fitting = [label for label, (_, fits, _) in zip(LABELS, found, strict=False) if fits]
    if len(fitting) > 1:
        raise ValueError(f"more than one exemption fits, {fitting}: {facts!r}")
    return (fitting[0] if fitting else "None"), steps


def _refuse_contested(facts: Offering) -> None:
    doubts = (
        facts.earlier_sale and facts.earlier_sale[2] == 12,
        facts.earlier_buyers and not (30 < facts.earlier_buyers[1] < 85 or facts.earlier_buyers[1] > 95),
        facts.convicted and abs(facts.convicted[1] - 10) < 2,
        facts.registered and not facts.solicited,
        facts.spouses > facts.others / 2,
        not facts.accredited + facts.others,
    )
    if any(doubts):
        raise ValueError(f"a point in time too near, an idle registration or no buyers: {facts!r}")


def _borderline(buyer: tuple[str, str, int, int]) -> str:
    name, test, first, second = buyer
    verdict = "is accredited" if is_accredited(buyer) else "is not accredited"
    if test == "worth":
        return f"without the home, {name} is worth {v.dollars((first - second) * 100)} and so {verdict}"
    return f"the lower of the two incomes of {name} is {v.dollars(min(first, second) * 100)}, so this buyer {verdict}"


def _rule_504(facts: Offering, i: str) -> tuple[bool, str]:
    if facts.reporting:
        return False, f"Rule 504 is closed to {i}, which files reports under the Exchange Act"
    total = counted_dollars(facts)
    told = v.dollars(total * 100)
    if facts.earlier_sale:
        earlier = v.dollars(facts.earlier_sale[1] * 100)
        told += f", {'with' if total > facts.amount else 'without'} the {earlier} of the earlier sale,"
    if total > CAP:
        return False, f"{i} files no reports, but the total of {told} is more than the limit"
    if facts.solicited and not facts.registered:
        return False, f"{i} solicited the public in an offering that no State registered, which this does not allow"
    manner = "solicited only in States that registered the offering" if facts.solicited else "did not solicit"
    return True, f"{i} files no reports, its total of {told} is within the limit and it {manner}"


def _rule_506b(facts: Offering, i: str) -> tuple[bool, str]:
    if facts.solicited:
        return (
            False,
            f"Rule 506(b) is closed to {i} because the stock was offered by general solicitation of the public",
        )
    heads = counted_heads(facts)
    who = f"{heads} non-accredited buyers who count"
    if facts.earlier_buyers:
        count, days = facts.earlier_buyers
        who += f", {'with' if days < 90 else 'without'} the {count} of {days} days before,"
    if heads > HEADS:
        return False, f"{i} reaches {who} and so exceeds the 35 that are allowed"
    if heads and not facts.sophisticated:
        return False, f"none of the {who} could judge the merits and risks of stock in {i}"
    if heads and not facts.informed:
        return False, f"{i} gave the {who} none of the information that Rule 502(b) prescribes"
    if heads:
        return True, f"{i} did not solicit, and the {who} are sophisticated, informed and no more than 35"
    return True, f"{i} did not solicit, and with only accredited buyers neither their number nor verification matters"


def _rule_506c(facts: Offering, i: str) -> tuple[bool, str]:
    if facts.others or (facts.borderline and not is_accredited(facts.borderline)):
        return False, f"not all the investors to whom {i} sold stock were accredited, as this exemption would require"
    if facts.verified == "letters":
        return True, f"all who bought from {i} were accredited, and their status was verified by reasonable steps"
    lapse = "had buyers tick a box, which is no verification" if facts.verified == "box" else "took no steps to verify"
    return False, f"all buyers were accredited, but {i} {lapse}"


def near_offering(facts: Offering) -> bool:
    """Whether the dollars, the buyers, one buyer's means or the way of verification sit where the exemption turns."""
    if facts.convicted and facts.convicted[1] < 10:
        return False
    heads = counted_heads(facts)
    dollars = not facts.reporting and abs(counted_dollars(facts) - CAP) <= 1
    return dollars or (not facts.solicited and abs(heads - HEADS) <= 1) or _one_lapse(facts)


def _one_lapse(facts: Offering) -> bool:
    """Whether verification, or the borderline buyer, alone decides about an advertised offering to the accredited."""
    if not facts.solicited or facts.others:
        return False
    return facts.borderline is not None or facts.verified == "box"
