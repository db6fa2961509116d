"""What a plaintiff who is partly at fault recovers, as of November 2026. The question names regime and State rule.

With damages D and the plaintiff's share of fault p:
  * pure comparative fault: D(1 - p);
  * 50% bar: nothing if p is 50 percent or more, else D(1 - p); 51% bar: nothing if p is over 50 percent;
  * contributory negligence: nothing unless p is zero, else D.
Against several defendants p is set against the fault of all others together, and all defendants together owe the
whole recovery, however it is divided among them. Where liability is several only, a defendant owes D times its own
percentage, and nobody owes the share of a person who was not sued; where it is joint and several, each defendant
owes the whole recovery. fault_rules.py has the States.

Kept away from: motor accidents (no-fault statutes), caps on pain and suffering (it stays below $150,000), medical
malpractice, last clear chance, credits for settlements.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from grpo_legal.problems import vocabulary as v
from grpo_legal.problems.family import AS_OF, Family, Ruling, Step, Text, sample_until
from grpo_legal.problems.fault_rules import (
    CONTRIBUTORY,
    FIFTY,
    FIFTY_ONE,
    JOINT,
    NAMES,
    PURE,
    REGIMES,
    RULES,
    SEVERAL,
    Rule,
)


@dataclass(frozen=True, slots=True)
class Facts:
    """Shares of fault are whole percents and add up to 100; damages are whole dollars, so every answer is exact."""

    plaintiff: str
    fault: int
    defendants: tuple[tuple[str, int], ...]
    not_sued: tuple[str, int] | None
    damages: tuple[tuple[str, int], ...]  # (head, dollars)
    regime: str
    rule: Rule
    liability: str  # "several", "joint" or "", where it does not matter
    target: int | None  # the defendant asked about; None for all of them
    event: str
    asides: tuple[str, ...]
    difficulty: int


# ---- the law ----------------------------------------------------------------------------------------


def decide(facts: Facts) -> Ruling:
    """Dollars that the plaintiff may recover from the defendants asked about."""
    total = sum(dollars for _, dollars in facts.damages)
    p = facts.fault
    barred = {PURE: False, FIFTY: p >= 50, FIFTY_ONE: p > 50, CONTRIBUTORY: p > 0}[facts.regime]
    steps: list[Step] = [(facts.rule[0], f"{NAMES[facts.regime]}, plaintiff's fault {p} percent")]
    if barred:
        steps.append((facts.rule[-1], "recovery is barred"))
        return "0.00", steps
    share = 100 - p
    if facts.liability == "several":
        sued = [percent for _, percent in facts.defendants]
        share = sum(sued) if facts.target is None else sued[facts.target]
    cents = total * share  # dollars times percent
    steps.append((facts.rule[-1], f"{share} percent of {v.dollars(total * 100)} is {v.dollars(cents)}"))
    return f"{cents // 100}.{cents % 100:02d}", steps


def near_boundary(facts: Facts) -> bool:
    """Whether the plaintiff's fault is within a percent of where a bar falls: at half, or at none."""
    return facts.fault <= 1 if facts.regime == CONTRIBUTORY else abs(facts.fault - 50) <= 1


# ---- inventing facts --------------------------------------------------------------------------------

NEAR = {PURE: (49, 50, 51), FIFTY: (49, 49, 50, 51), FIFTY_ONE: (49, 50, 50, 51, 51), CONTRIBUTORY: (0, 0, 1)}
HEADS = ("medical expenses", "lost wages", "pain and suffering", "future medical care", "rehabilitation")
ASIDES = (
    "{p} had asked for {x} in the complaint.",
    "Before trial {p} turned down an offer of {x}.",
    "The liability insurance of {d} covers up to {x}.",
    "An expert for {d} had put the damages at {x}.",
    "{d} had been sued once before, for {x}.",
    "The appraised value of the premises is {x}.",
)
EVENTS = (
    "a fall on a wet store floor", "the collapse of a rented deck", "a fall down an unlit staircase",
    "a collision of two bicycles on a park path", "a falling shop sign", "a broken handrail", "a runaway shopping cart",
    "a fire at a garden party", "a fall into an unmarked trench", "a stack of lumber that toppled over",
    "an accident on a climbing wall", "a slip on an icy walkway", "a burst of steam in a laundry",
    "an elevator door that shut too soon", "a fall from a loose ladder", "a chair that gave way at a wedding",
)  # fmt: skip


def sample(rng: Random, wanted: str, difficulty: int) -> Facts:
    """Facts under the regime `wanted`. Level 1: one defendant, one sum; 2: add up; 3: and divide among defendants."""
    return sample_until(lambda: _propose(rng, wanted, difficulty), lambda facts: facts is not None)


def _propose(rng: Random, regime: str, level: int) -> Facts | None:
    fault = rng.choice(NEAR[regime]) if rng.random() < 0.4 else _fault(rng, regime)
    liability, target = "", None
    n = 1 if level == 1 else rng.choice((1, 2, 2)) if level == 2 else rng.choice((2, 2, 3))
    rules = RULES
    if level == 3:
        liability = rng.choice([name for name, law in (("several", SEVERAL), ("joint", JOINT)) if regime in law])
        rules = SEVERAL if liability == "several" else JOINT
        target = rng.randrange(n)
    not_sued = liability == "several" and rng.random() < 0.4
    shares = _divide(rng, 100 - fault, n + not_sued)
    if shares is None:
        return None
    people, firms = v.people(rng), v.businesses(rng)
    names = [f"{next(firms)} Corporation" if level > 1 and rng.random() < 0.3 else next(people) for _ in range(n)]
    plaintiff = next(people)
    if not_sued and rng.random() < 0.6:
        target = None
    chosen = rng.sample(ASIDES, rng.random() < 0.3 if level == 1 else rng.choice((1, 1, 2)))
    asides = [
        aside.format(p=plaintiff, d=names[0], x=v.dollars(_dollars(rng, 5_000, 300_000) * 100)) for aside in chosen
    ]
    heads = ["damages"] if level == 1 else rng.sample(HEADS, rng.choice((2, 3)))
    return Facts(
        plaintiff=plaintiff,
        fault=fault,
        defendants=tuple(zip(names, shares, strict=False)),
        not_sued=(next(people), shares[-1]) if not_sued else None,
        damages=tuple((head, _dollars(rng, 2_000, 400_000 if level == 1 else 120_000)) for head in heads),
        regime=regime,
        rule=rng.choice(rules[regime]),
        liability=liability,
        target=target,
        event=rng.choice(EVENTS),
        asides=tuple(asides),
        difficulty=level,
    )


def _fault(rng: Random, regime: str) -> int:
    """A share of fault away from the bar."""
    if regime == CONTRIBUTORY:
        return 0 if rng.random() < 0.5 else rng.randrange(5, 61, 5)
    if regime == PURE:
        return rng.randrange(5, 100, 5)
    return rng.randrange(5, 46, 5) if rng.random() < 0.7 else rng.randrange(55, 91, 5)


def _divide(rng: Random, whole: int, n: int) -> list[int] | None:
    """`whole` percent in `n` parts of at least one."""
    if whole < n:
        return None
    cuts = sorted(rng.sample(range(1, whole), n - 1))
    return [high - low for low, high in zip([0, *cuts], [*cuts, whole], strict=True)]


def _dollars(rng: Random, low: int, high: int) -> int:
    return rng.randrange(low, high, 500) + (rng.randrange(1, 500) if rng.random() < 0.25 else 0)


# ---- telling them -----------------------------------------------------------------------------------

LEVEL_ONE = (
    (
        "verdict",
        "A jury set {p}'s damages from {event} at {D}. Found at fault: {p} {f} percent, {d} {g} percent. {aside}",
    ),
    ("fault first", "{p} was {f} percent at fault for {event} and {d} {g} percent. {p}'s damages are {D}. {aside}"),
    ("sum first", "{D} is what {event} cost {p}. The fault was {f} percent {p}'s and {g} percent {d}'s. {aside}"),
    ("passive", "For {event}, {d} was found {g} percent and {p} {f} percent at fault. {D} was lost by {p}. {aside}"),
    (
        "client",
        "My client, {p}, sued {d} over {event}: damages {D}, fault {f} percent ours, {g} percent theirs. {aside}",
    ),
    (
        "defense",
        "We defend {d}, {g} percent at fault for {event}. {p}, with damages of {D}, bears {f} percent. {aside}",
    ),
    ("adjuster", "Both sides agree about {event}. {p}'s loss: {D}. Fault: {p} {f} percent, {d} {g} percent. {aside}"),
    ("form", "Verdict, {p} against {d}. Damages: {D}. Negligence of {p}: {f} percent; of {d}: {g} percent. {aside}"),
    (
        "aside first",
        "{aside} It was found, on {event}, that {p} lost {D} and was {f} percent at fault, {d} {g} percent.",
    ),
    ("letter", "Dear colleague: {p} lost {D} through {event}. Fault: {f} percent {p}, {g} percent {d}. {aside}"),
    (
        "blame",
        "The jury laid {g} percent of the blame for {event} on {d} and {f} percent on {p}, who lost {D}. {aside}",
    ),
    (
        "you",
        "You are clerk to a judge. {p} sued over {event}: loss {D}, fault {f} percent {p}, {g} percent {d}. {aside}",
    ),
    (
        "appeal",
        "No appeal contests the findings on {event}: fault {f} percent {p}, {g} percent {d}, damages {D}. {aside}",
    ),
)
LATER = (
    ("verdict", "{p} sued {ds} over {event}. {split} {heads} {aside}"),
    ("heads first", "{heads} They came from {event}, for which {p} sued {ds}. {split} {aside}"),
    ("passive", "{ds} {were} sued by {p} over {event}. {aside} {heads} {split}"),
    ("client", "Our client, {p}, has a verdict over {event} against {ds}. {aside} {split} {heads}"),
    (
        "defense",
        "We represent the other side in the suit that {p} brought over {event} against {ds}. {split} {aside} {heads}",
    ),
    ("clerk", "A judge must enter judgment for or against {p}, who sued {ds} over {event}. {heads} {aside} {split}"),
    (
        "appeal",
        "On appeal, the findings in {p}'s suit over {event} stand. The other side: {ds}. {split} {heads} {aside}",
    ),
    ("form", "From the special verdict in the suit of {p} against {ds} over {event}. {heads} {split} {aside}"),
    (
        "aside first",
        "{aside} Nothing was in dispute once the jury had spoken in {p}'s suit over {event}. {split} {heads}",
    ),
    (
        "letter",
        "Dear colleague: {p} went to trial over {event} against {ds}. {heads} {split} What is that worth? {aside}",
    ),
    ("story", "It began with {event}. {p} was hurt and sued. {split} {aside} {heads}"),
    ("bench", "After a bench trial over {event}, these are the findings on {p} and on {ds}. {heads} {split} {aside}"),
    ("mediator", "A mediator has an agreed statement on {event}. {split} {aside} {heads} {p} sued {ds} over it."),
)
SPLITS = (
    "The fault was found to be {shares}.",
    "Shares of the fault: {shares}.",
    "The jury divided the fault: {shares}.",
)
TOTALS = ("The damages are {heads}.", "Losses proved: {heads}.", "{p} proved {heads}.")


def render(rng: Random, facts: Facts) -> Text:
    """The facts in one of the phrasings."""
    names = [name for name, _ in facts.defendants]
    slots = {"p": facts.plaintiff, "ds": v.both(names), "event": facts.event, "aside": " ".join(facts.asides)}
    slots["were"] = "were" if len(names) > 1 else "was"
    if facts.difficulty == 1:
        name, frame = rng.choice(LEVEL_ONE)
        slots |= {"d": names[0], "D": v.dollars(facts.damages[0][1] * 100), "f": facts.fault, "g": 100 - facts.fault}
    else:
        name, frame = rng.choice(LATER)
        shares = [f"{who} {percent} percent" for who, percent in ((facts.plaintiff, facts.fault), *facts.defendants)]
        rng.shuffle(shares)
        if facts.not_sued:
            shares.append(f"{facts.not_sued[0]}, who was never sued, {facts.not_sued[1]} percent")
        heads = v.both([f"{v.dollars(dollars * 100)} for {head}" for head, dollars in facts.damages])
        slots["split"] = rng.choice(SPLITS).format(shares=v.both(shares))
        slots["heads"] = rng.choice(TOTALS).format(heads=heads, p=facts.plaintiff)
    template = f"{'short' if facts.difficulty == 1 else 'long'}/{name}"
    return Text(template, v.tidy(v.sentence(frame.format_map(slots))), _question(facts, names))


def _question(facts: Facts, names: list[str]) -> str:
    kind = {"several": ", several liability", "joint": ", joint and several liability", "": ""}[facts.liability]
    whom = ""
    if facts.target is not None:
        whom = f" from {names[facts.target]}"
    elif len(names) > 1:
        whom = " from the defendants together"
    law = f"{facts.rule[0]} ({NAMES[facts.regime]}{kind})"
    return f"Under {law} as of {AS_OF}, how much may {v.surname(facts.plaintiff)} recover{whom}?"


FAMILY = Family(
    name="comparative_fault",
    kind="amount",
    outcomes=REGIMES,
    sample=sample,
    decide=decide,
    render=render,
    near_boundary=near_boundary,
)
