"""Which exemption of Regulation D fits, and when is Form D due? 17 C.F.R. §§ 230.501-506, as of November 2026.

Which of the three exemptions fits an offering, where exactly one does or none:
  * Rule 504: the issuer files no Exchange Act reports, § 230.504(a)(1); the offering, with what was sold under that rule
    in the twelve months before, is at most $10,000,000, § 230.504(b)(2); no general solicitation, § 230.502(c), but in States
    that register the offering and require delivery of a disclosure document, § 230.504(b)(1)(i).
  * Rule 506(b): no general solicitation; at most 35 non-accredited purchasers in any 90 calendar days,
    § 230.506(b)(2)(i), each sophisticated, (ii), and given the information of § 230.502(b); spouses who share a
    purchaser's home are not counted, § 230.501(e)(1)(i).
  * Rule 506(c): every purchaser is accredited, and reasonable steps were taken to verify it, § 230.506(c)(2).
  * A natural person is accredited with a net worth above $1,000,000 without the home, § 230.501(a)(5), or an income
    above $200,000 in each of the last two years and the like expected, (6).
  * A director convicted within ten years of a crime in the sale of securities bars all three, §§ 230.504(b)(3), 506(d).
When Form D is due is in regulation_d_notice.py.

Kept away from: facts on which two exemptions fit, issuers mistaken about a buyer, verification by a high minimum
investment, offerings within thirty days of each other (integration), earlier sales about twelve months or ninety days
ago, convictions about ten years old, entities as buyers, debts on a home, insignificant deviations (§ 230.508).
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from grpo_legal.problems import vocabulary as v
from grpo_legal.problems.family import Family, Ruling, Text, sample_until, some_asides
from grpo_legal.problems.regulation_d_notice import (
    NOTICE_RULES,
    Notice,
    decide_notice,
    near_notice,
    render_notice,
    sample_notice,
)
from grpo_legal.problems.regulation_d_prose import ASIDES, SHORT_ASIDES, TRADES, render_offering
from grpo_legal.problems.regulation_d_rules import (
    CAP,
    INCOME,
    LABELS,
    OFFERING_RULES,
    WORTH,
    Offering,
    decide_offering,
    near_offering,
)
from grpo_legal.schema import AnswerKind

Facts = Offering | Notice


def decide(facts: Facts) -> Ruling:
    """The exemption that fits, or the last day to file Form D."""
    return decide_notice(facts) if isinstance(facts, Notice) else decide_offering(facts)


def near_boundary(facts: Facts) -> bool:
    """Whether the facts sit where the exemption turns, or the fifteenth day is a day off or beside one."""
    return near_notice(facts) if isinstance(facts, Notice) else near_offering(facts)


# ---- inventing facts --------------------------------------------------------------------------------

TWISTS = {
    "Rule 504": ("sale", "spouses", "buyers", "registered", "old conviction"),
    "Rule 506(b)": ("sale", "spouses", "buyers", "borderline", "old conviction"),
    "Rule 506(c)": ("sale", "borderline", "registered", "old conviction"),
    "None": ("sale", "spouses", "buyers", "borderline", "registered", "recent conviction", "old conviction"),
}
NEVER_TOGETHER = (
    {"spouses", "borderline"},
    {"buyers", "borderline"},
    {"spouses", "registered"},
    {"buyers", "registered"},
    {"old conviction", "recent conviction"},
)
DATES = ("as counted", "moved")


def sample(rng: Random, wanted: str, difficulty: int) -> Facts:
    """An offering for which the label `wanted` is right, or a first sale whose last day is as counted or moved."""
    if wanted in DATES:
        return sample_notice(rng, wanted == "moved", difficulty)
    return sample_until(lambda: _offering(rng, wanted, difficulty), lambda facts: decide_offering(facts)[0] == wanted)


def _twists(rng: Random, label: str, level: int) -> set[str]:
    if level == 1:
        return set()
    first, second = rng.choice(TWISTS[label]), rng.choice(TWISTS[label])
    if level == 2:
        return {first}
    while first == second or {first, second} in NEVER_TOGETHER:
        second = rng.choice(TWISTS[label])
    return {first, second}


def _offering(rng: Random, label: str, level: int) -> Offering:
    twists = _twists(rng, label, level)
    counts = bool(twists & {"spouses", "buyers"})
    solicited = label == "Rule 506(c)" or "registered" in twists
    if label == "None" and not solicited:
        solicited = not counts and rng.random() < 0.8
    heads, sophisticated, informed = _others(rng, label, solicited, counts)
    if "borderline" in twists:
        heads = 0
    reporting, amount = _closed_504(rng, twists, solicited and level > 1) if label != "Rule 504" else (False, _low(rng))
    names = v.people(rng)
    fields = _extras(rng, label, twists, names)
    if sale := fields["earlier_sale"]:
        amount = amount - sale[1] if sale[0] == "504" and sale[2] < 12 else amount
    spouses = rng.randint(1, 3) if "spouses" in twists else 0
    others = heads + spouses if heads else 0
    if (buyers := fields["earlier_buyers"]) and buyers[1] < 90:
        others = max(1 + 2 * spouses, others - buyers[0])
    return Offering(
        issuer=f"{next(v.businesses(rng)).split(' ', 1)[0]} Corporation",
        trade=rng.choice(TRADES),
        reporting=reporting,
        amount=amount,
        solicited=solicited,
        registered="registered" in twists,
        accredited=rng.randint(3, 60) if not others or level > 1 or rng.random() < 0.6 else 0,
        others=others,
        sophisticated=sophisticated,
        informed=informed,
        verified=_verified(rng, label, others),
        spouses=spouses,
        asides=some_asides(rng, level, ASIDES, SHORT_ASIDES),
        difficulty=level,
        **fields,
    )


def _others(rng: Random, label: str, solicited: bool, counts: bool) -> tuple[int, bool, bool]:
    """How many buyers are to count as not accredited, and whether these are sophisticated and informed."""
    if label == "Rule 506(c)" or (label == "None" and solicited and rng.random() < 0.6):
        return 0, True, True
    few = rng.choice((35, 35, 34, rng.randint(5, 33)))
    if label == "Rule 506(b)":
        return (few if counts or rng.random() < 0.7 else 0), True, True
    flaw = "many" if counts else rng.choice(("many", "many", "naive", "uninformed"))
    if flaw == "many":
        return rng.choice((36, 36, 37, rng.randint(38, 60))), True, True
    return few, flaw != "naive", flaw != "uninformed"


def _low(rng: Random) -> int:
    return rng.choice((CAP, CAP, CAP - 1, rng.randrange(3_000_000, 9_900_000, 50_000)))


def _closed_504(rng: Random, twists: set[str], advertised: bool) -> tuple[bool, int]:
    """(reporting, dollars that count) so that Rule 504 is closed, if only because no State registered the offering."""
    high = rng.choice((CAP + 1, CAP + 1, rng.randrange(10_050_000, 40_000_000, 50_000)))
    if "sale" in twists:
        return False, high
    if advertised and "registered" not in twists and rng.random() < 0.4:
        return False, _low(rng)
    return (True, _low(rng)) if rng.random() < 0.5 else (rng.random() < 0.3, high)


def _verified(rng: Random, label: str, others: int) -> str:
    if label == "Rule 506(c)" or (others and rng.random() < 0.6):
        return "letters"
    return rng.choice(("box", "none"))


def _extras(rng: Random, label: str, twists: set[str], names: Iterator[str]) -> dict[str, Any]:
    """The fields that twists fill: earlier sales and buyers, a borderline buyer, a convicted director."""
    fields: dict[str, Any] = dict.fromkeys(("earlier_sale", "earlier_buyers", "borderline", "convicted"))
    if "sale" in twists:
        rule, months = rng.choice(
            (("504", rng.randint(2, 11)), ("504", rng.randint(13, 20)), ("506(b)", rng.randint(2, 11)))
        )
        fields["earlier_sale"] = (rule, rng.randrange(400_000, 2_500_000, 25_000), months)
    if "buyers" in twists:
        fields["earlier_buyers"] = (rng.randint(2, 12), rng.choice((rng.randint(40, 84), rng.randint(96, 200))))
    if "borderline" in twists:
        fields["borderline"] = (
            next(names),
            *_means(rng, label == "Rule 506(c)" or (label != "None" and rng.random() < 0.5)),
        )
    if convicted := {"old conviction", "recent conviction"} & twists:
        years = rng.randint(12, 20) if "old conviction" in convicted else rng.randint(2, 8)
        fields["convicted"] = (next(names), years)
    return fields


def _means(rng: Random, good: bool) -> tuple[str, int, int]:
    """Means just above, or not above, the limit."""
    if rng.random() < 0.5:
        home = rng.randrange(150_000, 700_000, 5_000)
        return (
            "worth",
            WORTH + home + (rng.choice((1, 5_000, 40_000)) if good else -rng.choice((0, 5_000, 40_000))),
            home,
        )
    low = INCOME + (rng.choice((1, 1_000, 9_000)) if good else -rng.choice((0, 1_000, 9_000)))
    high = rng.randrange(215_000, 340_000, 1_000)
    return ("income", low, high) if rng.random() < 0.5 else ("income", high, low)


# ---- the family -------------------------------------------------------------------------------------


def render(rng: Random, facts: Facts) -> Text:
    """The facts in one of the phrasings."""
    return render_notice(rng, facts) if isinstance(facts, Notice) else render_offering(rng, facts)


def asks(facts: Facts) -> tuple[AnswerKind, tuple[str, ...]]:
    """A date for Form D, a label for the exemption."""
    return ("date", ()) if isinstance(facts, Notice) else ("label", LABELS)


def issue(facts: Facts) -> str:
    """What is in doubt."""
    if isinstance(facts, Notice):
        return f"on what date the time for {facts.issuer} to file its notice on Form D ends"
    return f"whether any exemption of Regulation D, and if so which, fits the sale of shares by {facts.issuer}"


def holding(facts: Facts, answer: str) -> str:
    """The answer as a clause."""
    i = v.first_word(facts.issuer)
    if isinstance(facts, Notice):
        year, month, day = map(int, answer.split("-"))
        return f"{i} must file Form D by {v.long_date(type(facts.sold)(year, month, day))} at the latest"
    if answer == "None":
        return f"none of the three exemptions of Regulation D covers the sale by {i}"
    return f"{answer}, and no other exemption of Regulation D, covers the sale by {i}"


FAMILY = Family(
    name="regulation_d",
    kind="label",
    labels=LABELS,
    outcomes=(*LABELS, *DATES),
    sample=sample,
    decide=decide,
    render=render,
    near_boundary=near_boundary,
    rules=OFFERING_RULES | NOTICE_RULES,
    issue=issue,
    holding=holding,
    asks=asks,
)
