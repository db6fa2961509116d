"""Who takes how much of an intestate estate? Uniform Probate Code §§ 2-102 to 2-106, as of November 2026.

The text is that of the Uniform Probate Code as last amended in 2010, with the dollar amounts of 2008. The question names
that text, for enactments differ, and the amendments of 2019 rewrote § 2-103. The net intestate estate is
given, so that debts, allowances and probate costs are done with.

  1. § 2-104(a): whoever does not outlive the decedent by 120 hours is deemed to have died first.
  2. § 2-102: a surviving spouse takes
     (1)(A) everything, if no descendant and no parent of the decedent survives;
     (1)(B) everything, if all surviving descendants of the decedent are the spouse's too, and the spouse has no other;
     (2) $300,000 and three-fourths of the balance, if a parent but no descendant survives;
     (3) $225,000 and half of the balance, if all descendants are joint but the spouse has another descendant;
     (4) $150,000 and half of the balance, if a surviving descendant of the decedent is not the spouse's.
  3. § 2-103(a): the rest, or all if no spouse survives, goes (1) to the decedent's descendants by representation,
     (2) if there are none, to the surviving parents, equally if both survive.
  4. § 2-106(b): by representation is per capita at each generation. The nearest generation with a survivor counts as
     many equal shares as it has survivors and dead members who left surviving descendants; survivors take a share
     each; the others' shares are put together and divided in the same way in the next generation.

Kept away from: survival by exactly 120 hours, doubt about the time of death, children in gestation, adoption,
stepchildren and collaterals as takers, disclaimers, advancements, negative wills, and fractions of a cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from grpo_legal.problems import vocabulary as v
from grpo_legal.problems.family import Ruling, Step

HOURS = 120
CODE = "Unif. Prob. Code §"
ALL_ALONE, ALL_JOINT, PARENT, OTHERS, NOT_JOINT = (f"{CODE} 2-102({n})" for n in ("1)(A", "1)(B", "2", "3", "4"))
SURVIVAL, TO_DESCENDANTS, TO_PARENTS = f"{CODE} 2-104(a)", f"{CODE} 2-103(a)(1)", f"{CODE} 2-103(a)(2)"
REPRESENTATION = f"{CODE} 2-106(b)"
RULES = {
    SURVIVAL: "An individual who fails to survive the decedent by 120 hours is deemed to have predeceased",
    ALL_ALONE: "A surviving spouse takes the whole intestate estate if the decedent leaves no descendant and no parent",
    ALL_JOINT: (
        "A surviving spouse takes the whole intestate estate if every surviving descendant of the decedent is also "
        "the spouse's and the spouse has no other surviving descendant"
    ),
    PARENT: (
        "If no descendant but a parent of the decedent survives, the spouse takes the first $300,000 and "
        "three-fourths of any balance of the intestate estate"
    ),
    OTHERS: (
        "If all descendants of the decedent are also the spouse's, but the spouse has a further surviving descendant, "
        "the spouse takes the first $225,000 and one-half of any balance of the intestate estate"
    ),
    NOT_JOINT: (
        "If a surviving descendant of the decedent is not a descendant of the surviving spouse, the spouse takes the "
        "first $150,000 and one-half of any balance of the intestate estate"
    ),
    TO_DESCENDANTS: "What does not pass to a surviving spouse goes to the decedent's descendants by representation",
    TO_PARENTS: (
        "Where no descendant survives, what does not pass to a spouse goes to the decedent's parents equally if both "
        "survive, or to the surviving parent"
    ),
    REPRESENTATION: (
        "Representation is per capita at each generation: the nearest generation with a survivor makes one equal "
        "share for each survivor and each dead member with surviving descendants, and the shares of the dead are "
        "combined and divided likewise in the next generation"
    ),
}


@dataclass(frozen=True, slots=True)
class Kin:
    """A spouse, parent, child or grandchild. `outlived`: hours by which the decedent is outlived; None if alive."""

    name: str
    line: str = ""  # of a child: "both" spouses', the "decedent"'s alone or the "spouse"'s alone
    outlived: int | None = None  # 0: died before the decedent
    children: tuple[Kin, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """A decedent's family and net intestate estate, and the person whose share is asked for."""

    decedent: str
    estate: int  # cents
    spouse: Kin | None
    children: tuple[Kin, ...]  # the decedent's and the spouse's
    parents: tuple[Kin, ...]  # the decedent's, where the story tells of them
    asked: str
    asides: tuple[str, ...]  # never decide
    difficulty: int


# ---- the law ----------------------------------------------------------------------------------------


class Share(NamedTuple):
    """What § 2-102 gives a surviving spouse: the first `lump` cents and `quarters` fourths of the balance."""

    citation: str
    lump: int
    quarters: int
    because: str


def survives(kin: Kin | None) -> bool:
    """Whether a person outlived the decedent by 120 hours."""
    return kin is not None and (kin.outlived is None or kin.outlived > HOURS)


def left_heirs(kin: Kin) -> bool:
    """Whether a person, or some descendant of that person, survives."""
    return survives(kin) or any(map(left_heirs, kin.children))


def stocks(facts: Facts, *lines: str) -> list[Kin]:
    """The children of these lines who survive or left a surviving descendant."""
    return [child for child in facts.children if child.line in lines and left_heirs(child)]


def spouse_share(facts: Facts) -> Share | None:
    """The paragraph of § 2-102 that applies, None if no spouse survives."""
    if not survives(facts.spouse):
        return None
    spouse = facts.spouse.name
    if apart := stocks(facts, "decedent"):
        return Share(
            NOT_JOINT,
            150_000_00,
            2,
            f"the line of {_names(apart)} descends from {facts.decedent} but not from {spouse}",
        )
    if joint := stocks(facts, "both"):
        line = f"the surviving line of {_names(joint)} descends from {facts.decedent} and {spouse} alike"
        if others := stocks(facts, "spouse"):
            return Share(OTHERS, 225_000_00, 2, f"{line}, but {spouse} also has the line of {_names(others)}")
        return Share(ALL_JOINT, 0, 4, f"{line}, and {spouse} has no other surviving descendants")
    if parents := [kin for kin in facts.parents if survives(kin)]:
        verb = "survive as parents" if len(parents) > 1 else "survives as a parent"
        because = f"no descendants of {facts.decedent} survive, but {_names(parents)} {verb}"
        return Share(PARENT, 300_000_00, 3, because)
    return Share(ALL_ALONE, 0, 4, f"neither descendants nor parents of {facts.decedent} survive")


def decide(facts: Facts) -> Ruling:
    """What the person asked about takes, in dollars."""
    steps = _survival(facts)
    share, rest = spouse_share(facts), facts.estate
    if share:
        taken = _spouse_takes(facts, share, steps)
        if facts.asked == facts.spouse.name:
            return f"{taken / 100:.2f}", steps
        rest -= taken
    amounts: dict[str, int] = {}
    if own := stocks(facts, "both", "decedent"):
        left = f"{v.dollars(rest)} of the estate is left for the descendants of {facts.decedent}" if rest else ""
        steps.append((TO_DESCENDANTS, left or f"nothing is left for the descendants of {facts.decedent}"))
        if rest:
            _divide(own, rest, facts.asked, amounts, steps)
    elif parents := [kin for kin in facts.parents if survives(kin)]:
        each = _parts(rest, len(parents))
        amounts = {kin.name: each for kin in parents}
        told = f"{v.dollars(rest)} is left of the estate" if rest else "nothing is left of the estate"
        steps.append(
            (TO_PARENTS, f"{told} for {_names(parents)}{', in equal halves' * (len(parents) > 1 and rest > 0)}")
        )
    elif share is None:
        raise ValueError(f"neither spouse, descendant nor parent survives: {facts!r}")
    return f"{amounts.get(facts.asked, 0) / 100:.2f}", steps


def _names(people: Sequence[Kin]) -> str:
    return v.both([kin.name for kin in people])


def _everyone(facts: Facts) -> list[Kin]:
    top = [*([facts.spouse] if facts.spouse else []), *facts.children, *facts.parents]
    return top + [grandchild for kin in top for grandchild in kin.children]


def _survival(facts: Facts) -> list[Step]:
    """A step for those who count as surviving though they died soon after, and one for those who do not."""
    late = [kin for kin in _everyone(facts) if kin.outlived]
    if any(kin.outlived == HOURS for kin in late):
        raise ValueError(f"whether exactly 120 hours are enough is in doubt: {facts!r}")
    steps = []
    for counts, verdict in ((True, "counted as surviving"), (False, "treated as having died first")):
        if group := [kin for kin in late if survives(kin) is counts]:
            hours = v.both([str(kin.outlived) for kin in group])
            verb = "are" if len(group) > 1 else "is"
            steps.append((SURVIVAL, f"{_names(group)}, dead {hours} hours after {facts.decedent}, {verb} {verdict}"))
    return steps


def _parts(cents: int, n: int) -> int:
    each, odd = divmod(cents, n)
    if odd:
        raise ValueError(f"{cents} cents cannot be divided into {n} equal shares")
    return each


def _spouse_takes(facts: Facts, share: Share, steps: list[Step]) -> int:
    balance = max(facts.estate - share.lump, 0)
    taken = facts.estate - _parts(balance * (4 - share.quarters), 4)
    portion = "three-fourths" if share.quarters == 3 else "half"
    if share.quarters == 4:
        sum_up = f"{facts.spouse.name} takes all {v.dollars(taken)}"
    elif balance:
        sum_up = (
            f"{facts.spouse.name} takes {v.dollars(share.lump)} and {portion} of the {v.dollars(balance)} "
            f"above it, {v.dollars(taken)} in all"
        )
    else:
        sum_up = (
            f"{facts.spouse.name} takes the whole estate of {v.dollars(taken)}, which is not above "
            f"{v.dollars(share.lump)}"
        )
    steps.append((share.citation, f"{share.because}, so that {sum_up}"))
    return taken


def _divide(people: Sequence[Kin], cents: int, asked: str, amounts: dict[str, int], steps: list[Step]) -> None:
    """Divide per capita at each generation; the steps go as far as the person asked about."""
    here = [kin for kin in people if left_heirs(kin)]
    heads = [kin for kin in here if survives(kin)]
    dead = [kin for kin in here if not survives(kin)]
    younger = [kin for parent in dead for kin in parent.children]
    if not heads:
        steps.append(
            (REPRESENTATION, f"with {_names(dead)} dead, the first division is among the children left by them")
        )
        _divide(younger, cents, asked, amounts, steps)
        return
    each = _parts(cents, len(here))
    amounts |= dict.fromkeys((kin.name for kin in heads), each)
    told = f"{_names(heads)} {'survive' if len(heads) > 1 else 'survives'}"
    told += f" and {_names(dead)} left surviving children" if dead else ""
    told += f", so that {v.dollars(cents)} makes {len(here)} equal shares of {v.dollars(each)}" if len(here) > 1 else ""
    told += "" if len(here) > 1 else f" alone in that generation and takes {v.dollars(cents)}"
    steps.append((REPRESENTATION, told))
    if dead and asked not in amounts:
        _divide(younger, each * len(dead), asked, amounts, steps)


def near_boundary(facts: Facts) -> bool:
    """Whether survival turns on two hours, the estate is within $250 of the first sum, or one relative decides."""
    if any(kin.outlived and abs(kin.outlived - HOURS) <= 2 for kin in _everyone(facts)):
        return True
    share = spouse_share(facts)
    if share is None:
        return False
    if share.lump:
        deciding = {PARENT: facts.parents, OTHERS: stocks(facts, "spouse"), NOT_JOINT: stocks(facts, "decedent")}
        one = sum(map(left_heirs, deciding[share.citation])) == 1
        return one or abs(facts.estate - share.lump) <= 250_00
    missing = [kin for kin in facts.children if kin.line != "both"] + list(facts.parents)
    return sum(not left_heirs(kin) for kin in missing) == 1


def issue(facts: Facts) -> str:
    """What is in issue, with the parties' names."""
    return f"how much of the intestate estate of {facts.decedent} passes to {facts.asked}"


def holding(facts: Facts, answer: str) -> str:
    """The answer as a clause."""
    if float(answer) == 0:
        return f"{facts.asked} takes nothing from the net estate, which is $0"
    return f"the part of the net estate that {facts.asked} takes is {v.dollars(round(float(answer) * 100))}"
