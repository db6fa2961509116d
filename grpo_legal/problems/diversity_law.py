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

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from grpo_legal.problems import vocabulary as v
from grpo_legal.problems.diversity_rules import (
    ALIENAGE,
    ALLAPATTAH,
    AMERICOLD,
    AMOUNT,
    BASES,
    CORPORATIONS,
    DATAFLUX,
    DIFFERENT_STATES,
    ESTATES,
    HERTZ,
    HODGSON,
    MAS,
    MIXED,
    NEWMAN_GREEN,
    SNYDER,
    STRAWBRIDGE,
    SUPPLEMENTAL,
    TROY,
)
from grpo_legal.problems.family import Ruling, Step

STATES = frozenset(v.STATES)
NOWHERE = "no State"  # the citizenship, for this statute, of a U.S. citizen domiciled abroad
LIMIT = 75_000_00  # cents; § 1332(a) asks for more than this


class Party(NamedTuple):
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


def citizenships(party: Party) -> frozenset[str]:
    """The States and foreign countries of which a party is a citizen at filing."""
    if party.kind == "corporation":
        return frozenset((*party.charters, party.home))
    if party.kind == "company":
        return side(party.members)
    if party.kind == "representative":
        return frozenset((party.decedent_home,))
    if party.nation != v.HERE:
        return frozenset((party.nation,))
    return frozenset((party.home if party.home in STATES else NOWHERE,))


def side(parties: Sequence[Party]) -> frozenset[str]:
    """The citizenships of all parties on one side."""
    return citizenships(parties[0]) if len(parties) == 1 else frozenset().union(*map(citizenships, parties))


def grounds(facts: Facts) -> tuple[str, frozenset[str]]:
    """The rule that decides whether the parties are diverse, and the States in which it finds citizens opposed.

    They are diverse if the rule is one of `BASES` and no such State was found.
    """
    ours, theirs = side(facts.plaintiffs), side(facts.defendants)
    if NOWHERE in ours or NOWHERE in theirs:
        return NEWMAN_GREEN, frozenset()
    if shared := ours & theirs & STATES:
        return STRAWBRIDGE, shared
    aliens = [not each <= STATES for each in (ours, theirs)]
    if not any(aliens):
        return DIFFERENT_STATES, frozenset()
    everyone = (*facts.plaintiffs, *facts.defendants)
    residents = [party.home for party in everyone if party.resident]
    if residents and len(everyone) > 2:
        raise ValueError(f"a permanent resident among several parties is not settled law: {facts!r}")
    if all(aliens):
        if (ours | theirs) & STATES:
            raise ValueError(f"aliens on both sides next to citizens of States is not settled law: {facts!r}")
        return HODGSON, frozenset()
    mixed = ours & STATES and theirs & STATES
    return MIXED if mixed else ALIENAGE, (ours | theirs).intersection(residents)


def counted(facts: Facts) -> list[int]:
    """What counts toward the limit, in cents, for each plaintiff or for the one interest that all hold."""
    return [sum(cents for head, cents in heads if head not in ("interest", "costs")) for heads in facts.demands]


def _judged(facts: Facts) -> tuple[str, frozenset[str], list[int]]:
    """The rule that decides on diversity, the States it finds opposed, and what counts for each plaintiff."""
    rule, opposed = grounds(facts)
    totals = counted(facts)
    if len(facts.defendants) > 1 and max(totals) > LIMIT >= min(totals):
        raise ValueError(f"supplemental claims against several defendants are not settled law: {facts!r}")
    return rule, opposed, totals


def elements(facts: Facts) -> tuple[bool, bool]:
    """Whether the parties are diverse, and whether enough is in controversy."""
    rule, opposed, totals = _judged(facts)
    return rule in BASES and not opposed, max(totals) > LIMIT


def near_boundary(facts: Facts) -> bool:
    """Whether some plaintiff's countable demand is within a dollar of $75,000."""
    return any(abs(total - LIMIT) <= 100 for total in counted(facts))


def decide(facts: Facts) -> Ruling:
    """Yes if the parties are diverse and the amount suffices."""
    rule, opposed, totals = _judged(facts)
    diverse = rule in BASES and not opposed
    steps = _citizenship_steps((*facts.plaintiffs, *facts.defendants))
    steps.append((rule, _diversity_finding(facts, rule, opposed)))
    steps += _amount_steps(facts, totals, diverse)
    return ("Yes" if diverse and max(totals) > LIMIT else "No"), steps


# ---- the argument -------------------------------------------------------------------------------------


def _citizenship_steps(parties: Sequence[Party]) -> list[Step]:
    """What makes parties other than settled persons citizens of their States, each authority once."""
    found: dict[str, list[str]] = {}
    for party in parties:
        for rule, finding in _citizenship(party):
            found.setdefault(rule, []).append(finding)
    return [(rule, "; ".join(findings)) for rule, findings in found.items()]


def _citizenship(party: Party) -> list[Step]:
    name, home = party.name, party.home
    if party.kind == "person" and not (party.earlier or party.later):
        return []
    states = v.both(sorted(citizenships(party)))
    if party.kind == "corporation":
        work = ", where most employees work too" if party.plant == home else f", whatever work is done in {party.plant}"
        by = f"incorporated in {v.both(party.charters)}, {name} is a citizen of {states}"
        return [(HERTZ, f"{name} has its nerve center in {home}{work}"), (CORPORATIONS, by)]
    if party.kind == "company":
        firms = [member for member in party.members if member.kind == "corporation"]
        members = v.both([member.name for member in party.members])
        through = f"through {members}, {name} is a citizen of {states}, wherever its own office is"
        return [*map(_corporate_member, firms), (AMERICOLD, through)]
    if party.kind == "representative":
        own_home = "" if home == party.decedent_home else f" and not of {home}"
        estate = f"as executor, {name} counts as a citizen of {party.decedent_home}{own_home}"
        return [(ESTATES, f"{estate}, since {party.decedent} was domiciled there at death")]
    if party.earlier:
        return [(MAS, f"at filing {name} had already moved from {party.earlier} to {home} for good")]
    return [(DATAFLUX, f"at filing {name} was domiciled in {home}, and the move to {party.later} came too late")]


def _corporate_member(member: Party) -> Step:
    by = f"incorporated in {v.both(member.charters)} with its principal place of business in {member.home}"
    return CORPORATIONS, f"the member {member.name}, {by}, is a citizen of {v.both(sorted(citizenships(member)))}"


def _citizens(parties: Sequence[Party], role: str) -> str:
    """Which citizenships one side holds. Only a single settled person is named: of others, steps before have told."""
    places = v.both(sorted(side(parties)))
    if len(parties) > 1:
        return f"the {role}s are citizens of {places}"
    if _citizenship(parties[0]):
        return f"the {role} has the citizenship of {places}"
    return f"{parties[0].name} is a citizen of {places}"


def _diversity_finding(facts: Facts, rule: str, opposed: frozenset[str]) -> str:
    """Why the parties are diverse, or are not."""
    everyone = (*facts.plaintiffs, *facts.defendants)
    if rule == NEWMAN_GREEN:
        name, country = next((x.name, x.home) for x in everyone if NOWHERE in citizenships(x))
        return f"{name}, a U.S. citizen domiciled in {country}, is a citizen neither of a State nor of {country}"
    if rule == STRAWBRIDGE:
        state = min(opposed)
        ours, theirs = (
            next(x.name for x in parties if state in citizenships(x))
            for parties in (facts.plaintiffs, facts.defendants)
        )
        return f"the plaintiff {ours} and the defendant {theirs} are both citizens of {state}"
    aliens = [party for party in everyone if party.nation != v.HERE]
    if opposed:
        here, *_ = aliens
        other = next(party.name for party in everyone if party is not here)
        return f"{here.name}, a permanent resident, and {other}, on the other side, are domiciled in {here.home}"
    sides = f"{_citizens(facts.plaintiffs, 'plaintiff')}, and {_citizens(facts.defendants, 'defendant')}, so that"
    if rule == DIFFERENT_STATES:
        return f"{sides} no State is found on both sides"
    if rule == HODGSON:
        return f"{sides} the suit has foreign citizens on both sides and nobody from a State"
    if rule == MIXED:
        names = v.both([party.name for party in aliens])
        return f"{sides} different States oppose each other, and adding {names} does no harm"
    residence = f", and {aliens[0].name} is domiciled in {aliens[0].home}, another State" if aliens[0].resident else ""
    return f"{sides} citizens of a State and of a foreign country oppose each other{residence}"


def _amount_steps(facts: Facts, totals: list[int], diverse: bool) -> list[Step]:
    """How much of what is demanded counts, and whether it suffices."""
    if facts.common:
        whole = "the plaintiffs sue over one undivided interest, not several claims, so that it counts as a whole"
        return [(TROY, whole), (AMOUNT, f"its value, {_held_against_limit(totals[0])}")]
    if len(totals) > 1:
        return _separate_claims([party.name for party in facts.plaintiffs], totals, diverse)
    heads = facts.demands[0]
    claims = [v.dollars(cents) for head, cents in heads if head == "claim"]
    if len(claims) > 1:
        joined = f"one plaintiff holds the claims for {v.both(claims)} against one defendant, so that they add up"
        return [(SNYDER, joined), (AMOUNT, f"their sum, {_held_against_limit(totals[0])}")]
    extra = [f"{v.dollars(cents)} in {head}" for head, cents in heads if head != "claim"]
    left_out = f", and the {v.both(extra)} must be left out" if extra else ""
    return [(AMOUNT, f"the demand, {_held_against_limit(totals[0])}{left_out}")]


def _held_against_limit(cents: int) -> str:
    if cents == LIMIT:
        return "exactly $75,000, does not exceed the limit"
    return f"{v.dollars(cents)}, is {'more' if cents > LIMIT else 'less'} than $75,000"


def _separate_claims(names: list[str], totals: list[int], diverse: bool) -> list[Step]:
    """Several plaintiffs, each with a claim of their own."""
    claims = [(f"{name} with {v.dollars(cents)}", cents > LIMIT) for name, cents in zip(names, totals, strict=True)]
    large, small = ([words for words, over in claims if over == wanted] for wanted in (True, False))
    if not (large and small):
        sums = v.both(list(dict.fromkeys(map(v.dollars, totals))))
        every = f"every claim, for {sums}, exceeds $75,000" if large else f"no claim, at {sums}, exceeds $75,000"
        return [(SNYDER, "the plaintiffs' losses are separate, so that each claim stands alone"), (AMOUNT, every)]
    seek, do = "seek" if len(large) > 1 else "seeks", "do" if len(small) > 1 else "does"
    steps = [(AMOUNT, f"{v.both(large)} {seek} more than $75,000, {v.both(small)} {do} not")]
    if not diverse:
        return [*steps, (ALLAPATTAH, "a large claim cannot cure the lack of diversity between the parties")]
    same = "all these losses come from the same events, so that the claims form one case"
    carried = "since the parties are diverse and one claim suffices, the court may hear the smaller with the larger"
    return [*steps, (SUPPLEMENTAL, same), (ALLAPATTAH, carried)]


def issue(facts: Facts) -> str:
    """What is asked, with the parties' names."""
    ours, theirs = (v.both([party.name for party in parties]) for parties in (facts.plaintiffs, facts.defendants))
    if len(facts.demands) > 1:
        return f"whether the claims of {ours} against {theirs} are all within federal jurisdiction"
    return f"whether the suit of {ours} against {theirs} is within the federal diversity jurisdiction"


def holding(facts: Facts, answer: str) -> str:
    """The answer in words."""
    several = len(facts.demands) > 1
    ours, theirs = (v.both([party.name for party in parties]) for parties in (facts.plaintiffs, facts.defendants))
    suit = f"diversity jurisdiction over {ours}'s suit"
    if answer == "Yes":
        what = "jurisdiction over every claim" if several else suit
        return f"the federal court has {what} against {theirs}"
    what = "jurisdiction over the claims" if several else suit
    diverse, enough = elements(facts)
    lacking = [] if diverse else ["the parties are not diverse"]
    lacking += [] if enough else ["too little is in controversy"]
    return f"the federal court lacks {what} against {theirs}, because {v.both(lacking)}"
