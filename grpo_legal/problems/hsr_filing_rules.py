"""The law of hsr_filing: the thresholds in force from February 17, 2026, the tests, and each rule in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from grpo_legal.problems import vocabulary as v
from grpo_legal.problems.family import Ruling, Step

LARGE, MIDDLE = "15 U.S.C. § 18a(a)(2)(A)", "15 U.S.C. § 18a(a)(2)(B)"
NON_VOTING, MAJORITY = "15 U.S.C. § 18a(c)(2)", "15 U.S.C. § 18a(c)(3)"
INVESTMENT = "16 C.F.R. § 802.9"
INTERESTS = "16 C.F.R. § 801.2(f)(1)"
CONTROL = "16 C.F.R. § 801.1"
AGGREGATE_STOCK, AGGREGATE_ASSETS = "16 C.F.R. § 801.13(a)", "16 C.F.R. § 801.13(b)(2)"

RULES = {
    LARGE: "A filing is due whatever the size of the parties if more than $535.5 million will be held as a result",
    MIDDLE: "No filing is due at $133.9 million or less; above that, up to $535.5 million, it is due if a manufacturing "
    "target with sales or assets of $26.8 million, or another target with assets of $26.8 million, meets an acquirer "
    "with either of $267.8 million, or if a target with either of $267.8 million meets an acquirer with either of "
    "$26.8 million",
    NON_VOTING: "An acquisition of securities that carry no vote and convert into none is exempt",
    MAJORITY: "A person that already holds at least half of an issuer's voting securities may acquire more without "
    "filing",
    INVESTMENT: "An acquisition solely for investment is exempt if the buyer will hold no more than 10 percent and does "
    "not mean to take part in basic business decisions",
    INTERESTS: "Interests in a limited liability company are reportable only if they give the buyer control, a right "
    "to half of the profits or of the assets on dissolution",
    CONTROL: "A person includes the ultimate parent, which controls a corporation by holding half of its votes, and the "
    "size of the whole person counts",
    AGGREGATE_STOCK: "Voting securities held before count together with those now acquired",
    AGGREGATE_ASSETS: "Assets bought from the same person within the previous 180 days and still held count with those "
    "now acquired, unless a filing was made for them",
}


@lru_cache(maxsize=16_384)
def money(tenths: int) -> str:
    """Tenths of a million dollars in words: "$133.9 million", "$134 million"."""
    whole, rest = divmod(tenths, 10)
    return f"${whole:,}.{rest} million" if rest else f"${whole:,} million"


# Tenths of a million dollars: the thresholds of 2026.
FLOOR, CEILING, SMALL_PERSON, LARGE_PERSON = 1_339, 5_355, 268, 2_678
WINDOW = 180  # days


@dataclass(frozen=True, slots=True)
class Facts:
    """All sums are in tenths of a million dollars. `target` is the issuer, or the seller of assets."""

    buyer: str
    target: str
    trade: str  # what the target does
    makes: bool  # whether that is manufacturing
    form: str  # "stock", "assets" or "interests" (of a limited liability company)
    percent: int  # of the voting securities or of the profits, bought now
    price: int
    buyer_assets: int
    buyer_sales: int
    target_assets: int
    target_sales: int
    held: tuple[int, int] | None  # (percent, value) of the voting securities held before
    prior: tuple[int, int] | None  # (days ago, value) of assets bought from the same seller before
    non_voting: int  # value of non-voting shares bought in the same deal
    parent: tuple[str, int, int, int] | None  # (name, percent of the buyer, assets, sales of the whole group)
    intent: str  # "passive", "seat" or "" if not told
    asides: tuple[str, ...]
    difficulty: int


# ---- the law ----------------------------------------------------------------------------------------


def decide(facts: Facts) -> Ruling:
    """Yes if notification must be filed."""
    if facts.form != "stock" and (facts.held or facts.non_voting or facts.intent):
        raise ValueError(f"shares held, non-voting shares and passive intent go with a purchase of stock: {facts!r}")
    if facts.prior and (facts.form != "assets" or abs(facts.prior[0] - WINDOW) < 2):
        raise ValueError(f"an earlier purchase that is not of assets, or on about the 180th day: {facts!r}")
    steps: list[Step] = []
    if _is_exempt(facts, steps):
        return "No", steps
    value = _size_of_transaction(facts, steps)
    b, t = v.first_word(facts.buyer), v.first_word(facts.target)
    sum_ = f"the {money(value)} that {b} will hold of {t}"
    if value <= FLOOR:
        steps.append((MIDDLE, f"{sum_} is not more than $133.9 million, so no total assets or sales could matter"))
        return "No", steps
    if value > CEILING:
        steps.append((LARGE, f"{sum_} is more than $535.5 million, so neither total assets nor annual sales matter"))
        return "Yes", steps
    return ("Yes" if _is_size_of_person_met(facts, value, steps) else "No"), steps


def _is_exempt(facts: Facts, steps: list[Step]) -> bool:
    b, t = v.first_word(facts.buyer), v.first_word(facts.target)
    before = facts.held[0] if facts.held else 0
    if before >= 50:
        steps.append((MAJORITY, f"{b} already held {before} percent of the votes in {t} before this purchase"))
        return True
    if facts.form == "interests":
        control = facts.percent >= 50
        outcome = "which confers control" if control else "which falls short of control"
        steps.append((INTERESTS, f"{b} gets a right to {facts.percent} percent of the profits of {t}, {outcome}"))
        return not control
    if facts.intent:
        share = before + facts.percent
        if facts.intent == "seat":
            steps.append(
                (INVESTMENT, f"a buyer such as {b} that wants its own officer as a director is no mere investor")
            )
        elif share > 10:
            steps.append((INVESTMENT, f"{b}, however passive, would hold {share} percent of {t}, more than a tenth"))
        else:
            steps.append((INVESTMENT, f"{b} is passive and would hold {share} percent of {t}, no more than a tenth"))
            return True
    return False


def _size_of_transaction(facts: Facts, steps: list[Step]) -> int:
    value = facts.price
    if facts.non_voting:
        steps.append((NON_VOTING, f"the {money(facts.non_voting)} of non-voting shares does not count"))
    if facts.held:
        value += facts.held[1]
        steps.append(
            (AGGREGATE_STOCK, f"{money(facts.held[1])} held before and {money(facts.price)} new make {money(value)}")
        )
    if facts.prior:
        days, earlier = facts.prior
        if days < WINDOW:
            value += earlier
            finding = f"assets bought {days} days earlier count, so {money(facts.price)} becomes {money(value)}"
        else:
            finding = f"the purchase made {days} days earlier lies outside the window, so {money(earlier)} drops out"
        steps.append((AGGREGATE_ASSETS, finding))
    return value


def _is_size_of_person_met(facts: Facts, value: int, steps: list[Step]) -> bool:
    acquirer, assets, sales = v.first_word(facts.buyer), facts.buyer_assets, facts.buyer_sales
    if facts.parent:
        name, percent, *sizes = facts.parent
        verdict = "lacks control of it, so its own assets and sales are left out"
        if percent >= 50:
            acquirer, (assets, sales) = v.first_word(name), sizes
            verdict = "controls it, so the assets and sales of both are tested together"
        steps.append(
            (
                CONTROL,
                f"{v.first_word(name)}, with {percent} percent of the votes in {v.first_word(facts.buyer)}, {verdict}",
            )
        )
    size, larger, t = max(assets, sales), max(facts.target_assets, facts.target_sales), v.first_word(facts.target)
    tested, what = (larger, "assets or sales") if facts.makes else (facts.target_assets, "total assets alone")
    status = f"{v.a(facts.trade)} and {'' if facts.makes else 'not '}a manufacturer"
    first = tested >= SMALL_PERSON and size >= LARGE_PERSON
    second = larger >= LARGE_PERSON and size >= SMALL_PERSON
    found = [f"{money(value)} is above $133.9 million but not above $535.5 million"]
    if first or not second:
        test = f"counting {what}, as {t} is {status}, it has "
        found.append(f"{test}{_compare(tested, SMALL_PERSON)}, while {acquirer} has {_compare(size, LARGE_PERSON)}")
    if not first:
        test = f"by the larger of total assets and annual sales, {t} has {_compare(larger, LARGE_PERSON)}"
        found.append(f"{test}, and {acquirer} has {_compare(size, SMALL_PERSON)}")
    steps.append((MIDDLE, "; ".join(found)))
    return first or second


def _compare(tenths: int, threshold: int) -> str:
    return f"{money(tenths)}, {'at least' if tenths >= threshold else 'less than'} {money(threshold)}"


def near_boundary(facts: Facts) -> bool:
    """Whether the value, a decisive size or a decisive percentage is within one unit of a threshold."""
    value = facts.price + (facts.held[1] if facts.held else 0)
    if facts.prior and facts.prior[0] < WINDOW:
        value += facts.prior[1]
    if facts.held and abs(facts.held[0] - 50) <= 1:
        return True
    if facts.form == "interests" and abs(facts.percent - 50) <= 1:
        return True
    if facts.intent == "passive" and abs(facts.percent + (facts.held[0] if facts.held else 0) - 10) <= 1:
        return True
    if min(abs(value - FLOOR), abs(value - CEILING)) <= 1:
        return True
    if not FLOOR < value <= CEILING:
        return False
    if facts.parent and abs(facts.parent[1] - 50) <= 1:
        return True
    ours = facts.parent[2:] if facts.parent and facts.parent[1] >= 50 else (facts.buyer_assets, facts.buyer_sales)
    sizes = (*ours, facts.target_assets, *((facts.target_sales,) if facts.makes else ()))
    return any(min(abs(size - SMALL_PERSON), abs(size - LARGE_PERSON)) <= 1 for size in sizes)
