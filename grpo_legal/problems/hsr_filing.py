"""Must the parties file premerger notification? 15 U.S.C. § 18a with 16 C.F.R. parts 801 and 802, as of November 2026.

With the thresholds in force from February 17, 2026, the decision runs as follows.
  * Exempt: more of the voting securities of an issuer of which the acquiring person already holds at least 50 percent,
    § 18a(c)(3); voting securities acquired or held solely for investment, if they are no more than 10 percent of those
    outstanding, § 18a(c)(9), 16 C.F.R. § 802.9; investment means no intention to take part in basic business
    decisions, § 801.1(i)(1). Non-corporate interests count only if they confer control, 16 C.F.R. § 801.2(f)(1), that
    is a right to at least 50 percent of the profits or of the assets on dissolution, § 801.1(b)(1)(ii).
  * Size of transaction: what will be held as a result, with voting securities held before, § 801.13(a), and assets
    bought from the same person within the previous 180 days, § 801.13(b)(2); non-voting securities that do not
    convert into voting ones do not count, § 18a(c)(2). At most $133.9 million: no filing. More than $535.5 million:
    filing, § 18a(a)(2)(A). In between, § 18a(a)(2)(B)(i), the size of the persons decides:
      (I) a manufacturing target with sales or assets of $26.8 million, an acquirer with either of $267.8 million;
      (II) any other target with assets of $26.8 million (its sales do not count), an acquirer as in (I);
      (III) any target with sales or assets of $267.8 million, an acquirer with either of $26.8 million.
  * A person is the ultimate parent entity and all that it controls, § 801.1(a)(1); the holder of 50 percent of the
    voting securities controls a corporation, § 801.1(b)(1)(i), and the whole person's size counts, § 801.11(b).

Kept away from: foreign persons, real estate, banks and other exempt fields, debt paid off in the deal, traded
securities and swings in their price, natural persons and newly formed entities as ultimate parents, contractual
rights to name directors, a purchase on about the 180th day, the notification thresholds of § 802.21.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from grpo_legal.problems import vocabulary as v
from grpo_legal.problems.family import Family, sample_until
from grpo_legal.problems.hsr_filing_prose import ASIDES, MAKERS, OTHERS, SHORT_ASIDES, render
from grpo_legal.problems.hsr_filing_rules import (
    CEILING,
    FLOOR,
    LARGE_PERSON,
    RULES,
    SMALL_PERSON,
    Facts,
    decide,
    near_boundary,
)

# ---- inventing facts --------------------------------------------------------------------------------

TWISTS = ("held", "prior", "parent", "intent", "majority", "non-voting", "interests")
PAIRS = (
    ("held", "parent"), ("prior", "parent"), ("parent", "intent"), ("parent", "non-voting"), ("parent", "interests"),
    ("held", "intent"), ("held", "non-voting"), ("majority", "parent"), ("intent", "non-voting"),
    ("majority", "non-voting"),
)  # fmt: skip


def sample(rng: Random, wanted: str, difficulty: int) -> Facts:
    """Facts on which the answer is `wanted`. Level 1: the sizes alone; 2: one further rule; 3: two."""
    facts = sample_until(lambda: _propose(rng, wanted == "Yes", difficulty), lambda facts: decide(facts)[0] == wanted)
    return _named(rng, facts)


def _propose(rng: Random, yes: bool, level: int) -> Facts:
    """Facts, names left open, whose size of transaction, at least, does not rule the wanted answer out."""
    twists = ((), (rng.choice(TWISTS),), rng.choice(PAIRS))[level - 1]
    makes = rng.random() < 0.5
    form = "interests" if "interests" in twists else "assets" if "prior" in twists else "stock"
    if not twists and rng.random() < 0.3:
        form = "assets"
    value = _value(rng, yes)
    buyer, target, parent = _sizes(rng, "parent" in twists, "intent" in twists)
    return Facts(
        buyer="",
        target="",
        trade=rng.choice(MAKERS if makes else OTHERS),
        makes=makes,
        form=form,
        buyer_assets=buyer[0],
        buyer_sales=buyer[1],
        target_assets=target[0],
        target_sales=target[1],
        parent=parent,
        non_voting=rng.randrange(50, 4_000, 10) if "non-voting" in twists else 0,
        asides=_asides(rng, level),
        difficulty=level,
        **_stakes(rng, twists, form, value),
    )


def _named(rng: Random, facts: Facts) -> Facts:
    """The facts with names for the firms, which only those that are kept need."""
    firms = map(v.first_word, v.businesses(rng))
    buyer = f"{next(firms)} Corporation"
    target = f"{next(firms)} {'LLC' if facts.form == 'interests' else 'Corporation'}"
    parent = facts.parent and (f"{next(firms)} Corporation", *facts.parent[1:])
    return replace(facts, buyer=buyer, target=target, parent=parent)


def _asides(rng: Random, level: int) -> tuple[str, ...]:
    if level == 1:
        return (rng.choice(SHORT_ASIDES),) if rng.random() < 0.4 else ()
    first = rng.choice(ASIDES)
    second = rng.choice(ASIDES)
    return (first,) if rng.random() < 0.6 or first == second else (first, second)


def _stakes(rng: Random, twists: tuple[str, ...], form: str, value: int) -> dict[str, Any]:
    """What is bought now and what was held or bought before, worth `value` together where both count."""
    stakes: dict[str, Any] = {"percent": 100, "price": value, "held": None, "prior": None, "intent": ""}
    if form == "interests":
        stakes["percent"] = rng.choice((48, 49, 49, 50, 50, 50, 51, 51, 60))
    if "intent" in twists:
        stakes["intent"] = "passive" if rng.random() < 0.7 else "seat"
        stakes["percent"] = rng.choice((7, 8, 9, 10, 10, 11, 11, 12, 15))
    if "held" in twists or "majority" in twists:
        before = rng.choice((48, 49, 49, 50, 50, 51)) if "majority" in twists else rng.randrange(4, 30)
        if "intent" in twists:
            before = rng.randrange(2, 5)
            stakes["percent"] = rng.choice((8, 9, 10, 10, 11, 11, 12)) - before
        else:
            stakes["percent"] = 100 - before if rng.random() < 0.5 else rng.randrange(10, 40)
        fair = value * before // (before + stakes["percent"])  # the price of a share differs a little from its value
        part = fair * rng.randrange(85, 105) // 100
        stakes |= {"held": (before, part), "price": value - part}
    if "prior" in twists:
        part = rng.randrange(5, 40) * value // 100
        days = rng.choice((rng.randrange(30, 175), rng.randrange(175, 179), rng.randrange(183, 190), 240, 300))
        stakes |= {"prior": (days, part), "price": value - part}
    return stakes


def _value(rng: Random, yes: bool) -> int:
    """A size of transaction: near a threshold in four of ten cases, between them in half of all."""
    draw = rng.random()
    if draw < 0.2:
        return FLOOR + (1 if yes else rng.choice((-1, 0, 0, 1)))
    if draw < 0.4:
        return CEILING + rng.choice((-1, 0, 0, 1) if yes else (-1, 0))
    if draw < 0.85:
        return rng.randrange(1_345, 5_350, 5)
    return rng.randrange(5_360, 12_000, 10) if yes else rng.randrange(400, 1_335, 5)


def _person(rng: Random, threshold: int) -> tuple[int, int]:
    """Assets and sales on one side of a threshold, or one on each; often within a tenth of a million of it."""
    one = threshold + rng.choice((-1, 0)) if rng.random() < 0.45 else int(threshold * (0.5 + rng.random()))
    other = int(threshold * (0.35 + 0.9 * rng.random()))
    return (one, other) if rng.random() < 0.5 else (other, one)


Person = tuple[int, int]  # assets and sales


def _sizes(rng: Random, owned: bool, big: bool) -> tuple[Person, Person, tuple[str, int, int, int] | None]:
    """Buyer, target and the buyer's parent: a large person buys a small one or, now and then, the reverse."""
    reverse = big or rng.random() < 0.25
    ours = _person(rng, SMALL_PERSON if reverse else LARGE_PERSON)
    theirs = _person(rng, LARGE_PERSON if reverse else SMALL_PERSON)
    if big:  # a tenth of it costs as much as a whole company elsewhere
        theirs = (rng.randrange(8_000, 60_000, 10), rng.randrange(5_000, 50_000, 10))
    if not owned:
        return ours, theirs, None
    low = (max(20, ours[0] // 9), max(20, ours[1] // 7))
    group = (ours[0] + ours[0] // 9, ours[1] + ours[1] // 9) if rng.random() < 0.5 else ours
    return low, theirs, ("", rng.choice((45, 48, 49, 49, 50, 50, 51, 55)), *group)


FAMILY = Family(
    name="hsr_filing",
    kind="yes_no",
    labels=("Yes", "No"),
    outcomes=("Yes", "No"),
    sample=sample,
    decide=decide,
    render=render,
    near_boundary=near_boundary,
    rules=RULES,
    issue=lambda facts: f"whether {facts.buyer} and {facts.target} must file before they close their deal",
    holding=lambda facts, answer: (
        f"{v.first_word(facts.buyer)} and {v.first_word(facts.target)} {'must' if answer == 'Yes' else 'need not'} file notification "
        "with the agencies"
    ),
)
