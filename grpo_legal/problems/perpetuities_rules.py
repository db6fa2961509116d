"""Is the future interest valid? The common-law Rule against Perpetuities, no statute in force, as of November 2026.

  1. Gray § 201: no interest is good unless it must vest, if at all, not later than 21 years after some life in being
     at its creation. A will speaks from the testator's death, a deed from its delivery; later events save nothing.
  2. Possibilities count, not probabilities: any living person, however old, may have another child (Jee v. Audley).
     Children of someone who is dead when the instrument takes effect are all lives in being; every child of a living
     person must reach 21 at the latest within 21 years of that person's death, but perhaps no greater age.
  3. A class gift is good for all or for none (Leake v. Robinson), whoever has met the condition already.
  4. A surviving spouse who is not named may be someone yet unborn, so that a gift to those alive at that spouse's
     death is too remote (Dickerson). A gift that vests at the death of a living person is not.
  5. A gift over on an event that may happen at any time is void, but not what the maker keeps (Brattle Square Church),
     nor a gift over from charity to charity (Christ's Hospital), nor one to a person who must then be alive.
  6. A term of 21 years in gross is within the period (Cadell v. Palmer), so that a limit of 21 years, from the start
     or from the death of a living person, saves a gift; a longer one does not.

Kept away from: wait and see, cy pres and all statutes; immediate class gifts, which the rule of convenience may close;
children in gestation; administrative contingencies; options; powers of appointment; ages between 21 and the next
birthday; gifts in two separable alternatives; instruments that take effect in the year in which the parent dies.
"""

from __future__ import annotations

from dataclasses import dataclass

from grpo_legal.problems.family import Ruling, Step

GROSS = 21  # years
RULE = "Gray, The Rule Against Perpetuities § 201"
FERTILE = "Jee v. Audley, 1 Cox 324 (Ch. 1787)"
ALL_OR_NONE = "Leake v. Robinson, 2 Mer. 363 (Ch. 1817)"
UNBORN_SPOUSE = "Dickerson v. Union National Bank, 268 Ark. 292 (1980)"
GIFT_OVER = "Church in Brattle Square v. Grant, 69 Mass. 142 (1855)"
CHARITIES = "Christ's Hospital v. Grainger, 1 Mac. & G. 460 (Ch. 1849)"
IN_GROSS = "Cadell v. Palmer, 1 Cl. & F. 372 (H.L. 1833)"
RULES = {
    RULE: (
        "No interest is good unless it must vest, if at all, not later than twenty-one years after some life in being "
        "at its creation, which is the testator's death for a will and delivery for a deed"
    ),
    FERTILE: "What might happen decides, and any living person is taken to be able to have children at any age",
    ALL_OR_NONE: "A gift to a class is bad for every member if it may vest too remotely in any of them",
    UNBORN_SPOUSE: (
        "An unnamed surviving spouse may turn out to be someone not yet born, so that a gift depending on who is alive "
        "at the death of that spouse is too remote"
    ),
    GIFT_OVER: (
        "A gift over to a third person on an event that may happen at any time is void, while the interest that a "
        "grantor keeps in the same event is outside the Rule"
    ),
    CHARITIES: "A gift over from one charity to another is outside the Rule, but both takers must be charities",
    IN_GROSS: "The period allows a term of twenty-one years in gross but no longer term",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """An instrument and the future interest in it that is attacked."""

    form: str  # "class", "grandchildren", "first child", "spouse" or "event"
    maker: str
    by_will: bool
    made: int  # the year in which the will was signed or the deed delivered
    effective: int  # the year of the testator's death; for a deed, that of its delivery
    tenant: str  # the life tenant, or the first taker of an "event"
    parent: str  # whose children are to take
    parent_died: int | None  # year
    parent_age: int  # at the time of the instrument's effect, 0 if not told: never decides
    age: int  # that the takers must reach
    oldest: int  # the age of the parent's oldest child when the instrument takes effect, 0 if not told
    feat: str  # what a "first child" must do
    spouse: str  # the name of the parent's spouse, where the gift names one
    then_living: bool  # whether the takers must be alive when the last interest before theirs ends
    event: str  # on which a gift over takes effect
    taker: str  # of an "event"
    tenant_charity: bool
    taker_charity: bool
    limit: int | None  # years for the "event", or after the parent's death for the feat
    saving: int | None  # the gift fails if not vested this many years after the life tenant's death
    asides: tuple[str, ...]  # never decide
    difficulty: int


def parent_was_dead(facts: Facts) -> bool:
    """Whether the parent was dead when the instrument took effect, so that all the children were lives in being."""
    if facts.parent_died == facts.effective:
        raise ValueError(f"the year does not tell who was alive: {facts!r}")
    return facts.parent_died is not None and facts.parent_died < facts.effective


def decide(facts: Facts) -> Ruling:
    """Yes if the interest is valid."""
    steps: list[Step] = []
    valid = FORMS[facts.form](facts, steps)
    if facts.saving is not None:
        inside = facts.saving <= GROSS
        life = facts.parent if facts.form == "spouse" else facts.tenant
        clause = f"the clause ends the gift {facts.saving} years after the death of {life}, a life in being"
        if inside:
            steps.append((IN_GROSS, f"yet {clause}, and so keeps it within the period" if not valid else clause))
        else:
            steps.append((IN_GROSS, f"{clause}, which is more than the {GROSS} years allowed and secures nothing"))
        valid = valid or inside
    return ("Yes" if valid else "No"), steps


def _start(facts: Facts) -> str:
    if facts.difficulty == 1:  # whose facts tell no years
        return (
            f"the will took effect when {facts.maker} died"
            if facts.by_will
            else f"the deed of {facts.maker} took effect on delivery"
        )
    if facts.by_will:
        return f"the will took effect when {facts.maker} died in {facts.effective}"
    return f"the deed of {facts.maker} took effect in {facts.effective}"


def _alive(facts: Facts) -> str:
    later = f", as the death in {facts.parent_died} came too late to matter" if facts.parent_died else ""
    return f"with {facts.parent} still alive{later}"


def _defeats(facts: Facts, whom: str) -> Step:
    saved = facts.saving is not None and facts.saving <= GROSS
    return ALL_OR_NONE, f"that chance {'by itself would defeat' if saved else 'defeats'} the gift for {whom}"


def _children(facts: Facts, steps: list[Step]) -> bool:
    """Whether the class of children of `parent` must vest in time at `age`."""
    if parent_was_dead(facts):
        told = f"{_start(facts)} and {facts.parent} was dead by then, so that all the children were lives in being"
        steps.append((RULE, told))
        return True
    if facts.age <= GROSS:
        told = (
            f"{_start(facts)}, and each child of {facts.parent} must reach {facts.age} within {GROSS} years of "
            "that parent's death"
        )
        steps.append((RULE, told))
        return True
    steps.append((RULE, f"{_start(facts)}, {_alive(facts)}"))
    _afterborn(facts, steps, facts.parent)
    return False


def _afterborn(facts: Facts, steps: list[Step], parent: str) -> None:
    old = f" even at {facts.parent_age}" if facts.parent_age else ""
    told = (
        f"{parent} could have one more child{old}, who might reach {facts.age} over {GROSS} years after all "
        "lives in being"
    )
    steps.append((FERTILE, told))
    early = f", even for the child aged {facts.oldest} in {facts.effective}" if facts.oldest >= facts.age else ""
    steps.append(_defeats(facts, f"the whole class of children of {parent}{early}"))


def _grandchildren(facts: Facts, steps: list[Step]) -> bool:
    """Grandchildren of the maker: a testator's children are all lives in being, a grantor's are not."""
    if not facts.by_will:
        steps.append((RULE, f"{_start(facts)}, in the lifetime of {facts.maker}"))
        told = f"{facts.maker} could have another child, whose children might reach {facts.age} too late"
        steps.append((FERTILE, told))
        steps.append(_defeats(facts, "all grandchildren"))
        return False
    lives = f"{_start(facts)}, so that every child of {facts.maker} was a life in being"
    if facts.age <= GROSS:
        steps.append(
            (RULE, f"{lives} and each grandchild must reach {facts.age} within {GROSS} years of a parent's death")
        )
        return True
    steps.append((RULE, lives))
    steps.append(
        (
            FERTILE,
            f"a grandchild of {facts.maker} born later might reach {facts.age} over {GROSS} years after those lives",
        )
    )
    steps.append(_defeats(facts, "all grandchildren"))
    return False


def _first_child(facts: Facts, steps: list[Step]) -> bool:
    """The first child of `parent` to do something, perhaps within so many years of the parent's death."""
    if parent_was_dead(facts):
        told = (
            f"{_start(facts)} and {facts.parent} was dead by then, so that no child but a life in being can "
            f"{facts.feat}"
        )
        steps.append((RULE, told))
        return True
    if facts.limit is not None:
        steps.append((RULE, f"{_start(facts)}, with {facts.parent} as a life in being"))
        span = f"the gift allows {facts.limit} years after the death of {facts.parent}"
        enough = facts.limit <= GROSS
        steps.append(
            (IN_GROSS, f"{span}, {'which the period covers' if enough else f'more than the {GROSS} of the period'}")
        )
        return enough
    steps.append((RULE, f"{_start(facts)}, {_alive(facts)}"))
    old = f" even at {facts.parent_age}" if facts.parent_age else ""
    told = (
        f"{facts.parent} could have one more child{old}, who might be the first to {facts.feat}, long after "
        "all lives in being"
    )
    steps.append((FERTILE, told))
    return False


def _surviving_spouse(facts: Facts, steps: list[Step]) -> bool:
    """Children of `parent` after the lives of the parent and of a spouse."""
    if parent_was_dead(facts):
        raise ValueError(f"the spouse of someone dead is known: {facts!r}")
    if not facts.then_living:
        told = (
            f"{_start(facts)}, and the children of {facts.parent} need not outlive anyone, so that the gift "
            f"vests by the death of {facts.parent}"
        )
        steps.append((RULE, told))
        return True
    if facts.spouse:
        told = f"{_start(facts)}, and {facts.spouse}, at whose death the gift vests, was alive and is named"
        steps.append((RULE, told))
        return True
    steps.append((RULE, f"{_start(facts)}, {_alive(facts)}"))
    told = (
        f"{facts.parent} might yet marry someone unborn, who could outlive all lives in being by more than "
        f"{GROSS} years before the children take"
    )
    steps.append((UNBORN_SPOUSE, told))
    return False


def _gift_over(facts: Facts, steps: list[Step]) -> bool:
    """What happens to land on an event that no one's life bounds."""
    if _is_exempt(facts, steps):
        return True
    taker = facts.taker
    if facts.then_living:
        told = f"{_start(facts)}, and {taker} must be alive to take, so that the gift vests within a life in being"
        steps.append((RULE, told))
        return True
    if facts.limit is None:
        told = f"the gift over to {taker} has no limit in time, as the event may come after centuries"
        steps.append((GIFT_OVER, told))
        return False
    enough = facts.limit <= GROSS
    where = f"{'inside' if enough else 'beyond'} the {GROSS} in gross"
    steps.append((IN_GROSS, f"the gift over to {taker} must vest within {facts.limit} years, {where}"))
    return enough


def _is_exempt(facts: Facts, steps: list[Step]) -> bool:
    """Whether the Rule leaves out the interest, as the maker's own or as one that passes from charity to charity."""
    if facts.taker == facts.maker:
        told = f"on that event the land given to {facts.tenant} would go back to {facts.maker}"
        steps.append((GIFT_OVER, f"{told}, whose interest was kept and not given"))
        return True
    if facts.tenant_charity and facts.taker_charity:
        told = f"on that event land would pass from {facts.tenant} to {facts.taker}"
        steps.append((CHARITIES, f"{told}, and since each is a charity, the Rule does not reach the gift over"))
        return True
    if facts.tenant_charity or facts.taker_charity:
        which = "first" if facts.tenant_charity else "second"
        told = f"of {facts.tenant} and {facts.taker} only the {which} is a charity, and the exception asks for two"
        steps.append((CHARITIES, told))
    return False


FORMS = {
    "class": _children,
    "grandchildren": _grandchildren,
    "first child": _first_child,
    "spouse": _surviving_spouse,
    "event": _gift_over,
}
