"""Diversity jurisdiction: 28 U.S.C. § 1332(a) and (c), as of November 2026.

The rules, all judged when the complaint is filed (Grupo Dataflux):
  * No plaintiff is a citizen of the same State as any defendant (Strawbridge). A person is a citizen of the State
    of domicile (Mas v. Perry); a corporation of every State of incorporation and of its principal place of
    business (§ 1332(c)(1), Hertz); an unincorporated company of all its members' States (Americold); an estate's
    representative of the decedent's State (§ 1332(c)(2)).
  * A U.S. citizen domiciled abroad is a citizen of no State and spoils diversity (Newman-Green). Aliens alone on
    both sides are not diverse (Hodgson). An alien against citizens of a State is within § 1332(a)(2), unless a
    permanent resident domiciled in that same State.
  * More than $75,000 without interest and costs. One plaintiff's claims against one defendant aggregate, those of
    several plaintiffs do not (Snyder) unless they enforce one undivided interest (Troy Bank); where one
    plaintiff's claim is large enough, § 1367(a) carries the others (Allapattah).
Left out as contested: aliens on both sides next to citizens, permanent residents except one on one, unequal claims
against several defendants (§ 1367(b)), separate claims against each, dual nationals, attorney's fees, counterclaims.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from grpo_legal.problems import vocabulary as v
from grpo_legal.problems.diversity_prose import ASIDES, JOINT_MATTERS, LATE_ASIDES, MATTERS, render
from grpo_legal.problems.family import Family, Ruling, Step, sample_until

STATES = frozenset(v.STATES)
NOWHERE = "no State"  # the citizenship, for this statute, of a U.S. citizen domiciled abroad
LIMIT = 75_000_00  # cents; § 1332(a) asks for more than this

DIFFERENT_STATES, ALIENAGE, MIXED = (f"28 U.S.C. § 1332(a)({n})" for n in (1, 2, 3))
AMOUNT, CORPORATIONS, ESTATES = "28 U.S.C. § 1332(a)", "28 U.S.C. § 1332(c)(1)", "28 U.S.C. § 1332(c)(2)"
STRAWBRIDGE = "Strawbridge v. Curtiss, 7 U.S. 267 (1806)"
HODGSON = "Hodgson v. Bowerbank, 9 U.S. 303 (1809)"
HERTZ = "Hertz Corp. v. Friend, 559 U.S. 77 (2010)"
AMERICOLD = "Americold Realty Trust v. ConAgra Foods, Inc., 577 U.S. 378 (2016)"
NEWMAN_GREEN = "Newman-Green, Inc. v. Alfonzo-Larrain, 490 U.S. 826 (1989)"
DATAFLUX = "Grupo Dataflux v. Atlas Global Group, L.P., 541 U.S. 567 (2004)"
MAS = "Mas v. Perry, 489 F.2d 1396 (5th Cir. 1974)"
SNYDER = "Snyder v. Harris, 394 U.S. 332 (1969)"
TROY = "Troy Bank v. G.A. Whitehead & Co., 222 U.S. 39 (1911)"
ALLAPATTAH = "Exxon Mobil Corp. v. Allapattah Services, Inc., 545 U.S. 546 (2005)"


@dataclass(frozen=True, slots=True)
class Party:
    """A party, or a member of one. `home` is the domicile at filing, or the headquarters of a business."""

    name: str
    kind: str  # person, corporation, company (unincorporated) or representative (of an estate)
    home: str
    nation: str = v.HERE
    resident: bool = False  # an alien admitted for permanent residence
    earlier: str = ""  # domicile when the claim arose, if another
    later: str = ""  # domicile taken up after filing
    charters: tuple[str, ...] = ()  # States of incorporation, or the State under whose law a company is organized
    plant: str = ""  # where most employees work: never decides
    members: tuple[Party, ...] = ()
    decedent: str = ""
    decedent_home: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """`demands`: a tuple of (head, cents) for each plaintiff, or a single one if all hold one `common` interest."""

    plaintiffs: tuple[Party, ...]
    defendants: tuple[Party, ...]
    demands: tuple[tuple[tuple[str, int], ...], ...]
    common: bool
    matter: str
    asides: tuple[str, ...]  # never decide
    difficulty: int


# ---- the law ----------------------------------------------------------------------------------------


def citizenships(party: Party) -> frozenset[str]:
    """The States and foreign countries of which a party is a citizen at filing."""
    if party.kind == "corporation":
        return frozenset((*party.charters, party.home))
    if party.kind == "company":
        return frozenset().union(*map(citizenships, party.members))
    if party.kind == "representative":
        return frozenset((party.decedent_home,))
    if party.nation != v.HERE:
        return frozenset((party.nation,))
    return frozenset((party.home if party.home in STATES else NOWHERE,))


def decide(facts: Facts) -> Ruling:
    """Yes if the parties are diverse and the amount suffices."""
    steps: list[Step] = []
    for party in (*facts.plaintiffs, *facts.defendants):
        steps += _citizenship_steps(party)
    diverse = _are_diverse(facts, steps)
    enough = _is_enough(facts, steps)
    return ("Yes" if diverse and enough else "No"), steps


def _citizenship_steps(party: Party) -> list[Step]:
    if party.kind == "person" and not (party.earlier or party.later):
        return []
    finding = f"{party.name}: {v.both(sorted(citizenships(party)))}"
    if party.kind == "corporation":
        return [(CORPORATIONS, finding), (HERTZ, f"{party.name}'s nerve center is in {party.home}")]
    if party.kind != "person":
        return [(AMERICOLD if party.kind == "company" else ESTATES, finding)]
    return [(MAS if party.earlier else DATAFLUX, finding)]


def _are_diverse(facts: Facts, steps: list[Step]) -> bool:
    ours = frozenset().union(*map(citizenships, facts.plaintiffs))
    theirs = frozenset().union(*map(citizenships, facts.defendants))
    if NOWHERE in ours | theirs:
        steps.append((NEWMAN_GREEN, "a U.S. citizen domiciled abroad is a citizen of no State"))
        return False
    if shared := sorted(ours & theirs & STATES):
        steps.append((STRAWBRIDGE, f"both sides hold a citizen of {v.both(shared)}"))
        return False
    aliens = [side - STATES for side in (ours, theirs)]
    if all(aliens):
        if (ours | theirs) & STATES:
            raise ValueError(f"aliens on both sides next to citizens of States is not settled law: {facts!r}")
        steps.append((HODGSON, "aliens alone stand on both sides"))
        return False
    everyone = (*facts.plaintiffs, *facts.defendants)
    for state in {party.home for party in everyone if party.resident} & (ours | theirs):
        steps.append((ALIENAGE, f"a permanent resident and the citizen opposed are both domiciled in {state}"))
        return False
    mixed = any(aliens) and ours & STATES and theirs & STATES
    basis = MIXED if mixed else ALIENAGE if any(aliens) else DIFFERENT_STATES
    steps.append((basis, "no State is shared across the sides"))
    return True


def _is_enough(facts: Facts, steps: list[Step]) -> bool:
    totals = [sum(cents for head, cents in heads if head not in ("interest", "costs")) for heads in facts.demands]
    words = v.both([v.dollars(total) for total in totals])
    over = [total > LIMIT for total in totals]
    steps.append((AMOUNT, f"in controversy, without interest and costs: {words}; more than $75,000 is needed"))
    if facts.common:
        steps.append((TROY, "one undivided interest is valued as a whole"))
    elif len(totals) > 1 and any(over) and not all(over):
        if len(facts.defendants) > 1:
            raise ValueError(f"supplemental claims against several defendants are not settled law: {facts!r}")
        steps += [("28 U.S.C. § 1367(a)", "the smaller claims are supplemental"), (ALLAPATTAH, "one claim suffices")]
    elif len(totals) > 1 or sum(head == "claim" for head, _ in facts.demands[0]) > 1:
        steps.append((SNYDER, "one plaintiff's claims are added up, several plaintiffs' are not"))
    return any(over)


def near_boundary(facts: Facts) -> bool:
    """Whether some plaintiff's countable demand is within a dollar of $75,000."""
    return any(abs(sum(c for head, c in heads if head == "claim") - LIMIT) <= 100 for heads in facts.demands)


# ---- inventing facts --------------------------------------------------------------------------------

COMPANY_TWISTS = ("corporation", "company", "representative", "moved")
PARTY_TWISTS = (*COMPANY_TWISTS, *COMPANY_TWISTS, "alien", "resident", "abroad")  # the last is never a Yes
AMOUNT_TWISTS = ("claims", "interest", "several", "common")


class Words(NamedTuple):
    """Names and States that no other part of the same story uses."""

    names: Iterator[str]
    firms: Iterator[str]
    states: Iterator[str]


def sample(rng: Random, wanted: str, difficulty: int) -> Facts:
    """Facts on which the answer is `wanted`. Level 1: persons and one sum; 2: one further rule; 3: two or more."""
    return sample_until(lambda: _propose(rng, wanted == "Yes", difficulty), lambda facts: decide(facts)[0] == wanted)


def _propose(rng: Random, yes: bool, level: int) -> Facts:
    """Facts that lead to Yes most often if `yes`, to No most often otherwise, so that few are thrown away."""
    party_twist = (
        rng.choice(PARTY_TWISTS[: 10 if yes else 11]) if level == 3 or (level == 2 and rng.random() < 0.6) else ""
    )
    amount_twist = rng.choice(AMOUNT_TWISTS) if level == 3 or (level == 2 and not party_twist) else ""
    if party_twist == "resident" and amount_twist in ("several", "common"):
        amount_twist = "interest"
    sizes = _sizes(rng, level, party_twist, amount_twist)
    words = Words(v.people(rng), v.businesses(rng), v.distinct(rng, v.STATES))
    homes = [[next(words.states)], [next(words.states)]]
    for side in (0, 1):
        while len(homes[side]) < sizes[side]:
            homes[side].append(homes[side][0] if rng.random() < 0.4 else next(words.states))
    if not (yes or party_twist) and rng.random() < 0.5:
        homes[1][rng.randrange(sizes[1])] = rng.choice(homes[0])
    sides = [[Party(next(words.names), "person", home) for home in side] for side in homes]
    if party_twist:
        side, clash = rng.randrange(2), 0.0 if yes else 0.5
        _twist(rng, party_twist, sides, side, words, clash)
        if level == 3 and party_twist in COMPANY_TWISTS and rng.random() < 0.4:
            _twist(rng, rng.choice(COMPANY_TWISTS), sides, 1 - side, words, clash / 2)
    pool = ASIDES if level == 1 else ASIDES + LATE_ASIDES
    count = rng.random() < 0.3 if level == 1 else rng.choice((1, 1, 2))
    near = rng.choice(homes[rng.randrange(2)])
    return Facts(
        plaintiffs=tuple(sides[0]),
        defendants=tuple(sides[1]),
        demands=_plain_demand(rng, yes) if level == 1 else _demands(rng, yes, amount_twist, sizes[0]),
        common=amount_twist == "common",
        matter=rng.choice(JOINT_MATTERS if amount_twist == "common" else MATTERS),
        asides=tuple(aside.format(s=near) for aside in rng.sample(pool, count)),
        difficulty=level,
    )


def _sizes(rng: Random, level: int, party_twist: str, amount_twist: str) -> tuple[int, int]:
    """How many plaintiffs and defendants: several of both only where every claim is for the same sum."""
    if level == 1:
        return 1, 1
    if amount_twist in ("several", "common"):
        return rng.choice((2, 2, 3)), 1
    return 1, 1 if party_twist == "resident" or amount_twist == "claims" else rng.choice((1, 1, 2))


def _twist(rng: Random, twist: str, sides: list[list[Party]], side: int, words: Words, clash: float) -> None:
    """Make a side's first party a business, an estate, an alien …, whose deciding State clashes with chance `clash`."""
    rivals = sorted(frozenset().union(*map(citizenships, sides[1 - side])) & STATES)
    key = rng.choice(rivals) if rng.random() < clash else next(words.states)  # the State that decides
    lure = rng.choice(rivals) if rng.random() < 0.5 else next(words.states)  # a State that does not
    name, spare, country = next(words.names), next(words.states), rng.choice(v.COUNTRIES)
    if twist == "corporation":
        charter, seat = rng.choice(((key, spare), (spare, key), (key, key)))
        charters = (charter, next(words.states)) if rng.random() < 0.15 else (charter,)
        party = Party(f"{next(words.firms)} Corporation", twist, seat, charters=charters, plant=lure)
    elif twist == "company":
        homes = [key, spare, next(words.states)][: rng.choice((2, 3))]
        rng.shuffle(homes)
        members = [Party(next(words.names), "person", home) for home in homes]
        if rng.random() < 0.35:
            members[0] = Party(
                f"{next(words.firms)} Corporation", "corporation", homes[0], charters=(next(words.states),)
            )
        party = Party(f"{next(words.firms)} LLC", twist, lure, charters=(next(words.states),), members=tuple(members))
    elif twist == "representative":
        party = Party(name, twist, lure, decedent=next(words.names), decedent_home=key)
    elif twist == "moved":
        other = lure if lure != key else spare
        party = Party(name, "person", key, **{rng.choice(("earlier", "later")): other})
    elif twist == "resident":
        party = Party(name, "person", key, nation=country, resident=True)
    elif twist == "abroad":
        party = Party(name, "person", country)
    else:
        party = Party(name, "person", country, nation=country)
        if len(sides[0]) == len(sides[1]) == 1 and rng.random() < clash:
            abroad = rng.choice(v.COUNTRIES)
            sides[1 - side][0] = Party(next(words.names), "person", abroad, nation=abroad)
    sides[side][0] = party


def _demands(rng: Random, yes: bool, twist: str, plaintiffs: int) -> tuple[tuple[tuple[str, int], ...], ...]:
    if twist == "several":
        return tuple((("claim", _cents(rng, 0.6 if yes else 0.15)),) for _ in range(plaintiffs))
    cents = _cents(rng, 1.0 if yes else 0.4)
    if twist == "claims":
        cents = min(cents, 140_000_00 + cents % 100)  # so that no part alone is likely to suffice
        first = cents * rng.randrange(35, 55) // 100_00 * 100
        parts = [first, cents - first]
        if rng.random() < 0.4:
            parts[1:] = [parts[1] // 3 // 100 * 100, parts[1] - parts[1] // 3 // 100 * 100]
        return (tuple(("claim", part) for part in parts),)
    if twist == "interest":
        if cents < LIMIT - 1_00:  # let interest lift the whole over the limit
            cents = rng.randrange(68_000, 75_000, 250) * 100
        interest, costs = rng.randrange(2_000, 12_000, 50) * 100, rng.randrange(402, 900) * 100
        return ((("claim", cents), ("interest", interest), ("costs", costs)),)
    return ((("claim", cents),),) * (1 if twist == "common" else plaintiffs)


def _plain_demand(rng: Random, yes: bool) -> tuple[tuple[tuple[str, int], ...], ...]:
    """One claim over an amount of any magnitude, from $1,000 to $5 million, or within a dollar of the limit."""
    over = yes or rng.random() < 0.4
    if rng.random() < 0.27:
        cents = LIMIT + rng.choice((1, 1, 50, 100) if over else (0, 0, -1, -100))
    else:
        low, high = (80_000, 5_000_000) if over else (1_000, 70_000)
        cents = round(low * (high / low) ** rng.random(), -3) * 100
    return ((("claim", int(cents)),),)


def _cents(rng: Random, large: float) -> int:
    """A demand: above $75,000 with chance `large`, and within a dollar of it in four of ten cases."""
    over = rng.random() < large
    if rng.random() < 0.4:
        return LIMIT + rng.choice((1, 1, 1, 50, 100) if over else (0, 0, 0, -1, -100))
    low, high = (76_000, 250_000) if over else (20_000, 74_500)
    odd = rng.randrange(1, 50_000) if rng.random() < 0.2 else 0
    return rng.randrange(low, high, 500) * 100 + odd


FAMILY = Family(
    name="diversity_jurisdiction",
    kind="yes_no",
    labels=("Yes", "No"),
    outcomes=("Yes", "No"),
    sample=sample,
    decide=decide,
    render=render,
    near_boundary=near_boundary,
)
