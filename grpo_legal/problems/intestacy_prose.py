"""Intestate estates in words: the phrasings, and the sentences for a family.

In a frame "@" is the decedent, in full at first and by surname later; {kin} tells of the family, {est} is the net
intestate estate and {aside} a fact that does not matter.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from grpo_legal.problems import vocabulary as v
from grpo_legal.problems.family import AS_OF, Text

if TYPE_CHECKING:
    from grpo_legal.problems.intestacy_rules import Facts, Kin

ASIDES = (
    "A sister of the decedent came to the funeral.",
    "A nephew of the decedent had hoped for a legacy.",
    "The house had been in need of repair for years.",
    "A lawyer had once been asked about a will.",
    "Most of the money lies in a savings account.",
    "An old friend had been promised a clock.",
    "The decedent had traveled widely in youth.",
)
PARENT_ASIDE = "A parent of the decedent is still alive."

LEVEL_ONE = (
    ("death first", "@ died intestate. {kin} The net estate is {est}. {aside}"),
    ("estate first", "A net estate of {est} was left by @, who made no will. {kin} {aside}"),
    ("family first", "{kin} No will of @ was found; {est} net is to be shared out. {aside}"),
    ("client", "Our client asks about the {est} net estate of @, an intestate. {kin} {aside}"),
    ("notes", "Intestate: @. Net estate: {est}. {kin} {aside}"),
    ("suppose", "Suppose that @ dies without a will and leaves {est} net. {kin} {aside}"),
    ("aside first", "{aside} @ left no will. {kin} Net estate: {est}."),
    ("court", "A probate court must distribute {est} net, left without a will by @. {kin} {aside}"),
    ("administrator", "The administrator of @ holds {est} net. There is no will. {kin} {aside}"),
    ("letter", "Dear colleague: @ died intestate, worth {est} net. {kin} {aside}"),
    ("ledger", "{est} net is all that @ left, and no will disposes of it. {kin} {aside}"),
    ("family talk", "{kin} Since @ died intestate, they discuss the net estate of {est}. {aside}"),
    ("sum last", "@ never made a will. {kin} {aside} What is left is {est} net."),
)
LATER = (
    ("death first", "@ died without a will. {kin} {aside} After debts, expenses and allowances {est} is left."),
    ("estate first", "An intestate estate of {est}, net of all debts and allowances, was left by @. {aside} {kin}"),
    ("family first", "{kin} {aside} All this matters because @ died intestate, with a net estate of {est}."),
    (
        "client",
        "Our client asks who takes what of the estate of @, who made no will. {kin} It comes to {est} net. {aside}",
    ),
    ("file note", "File note, estate of @, intestate. Net value: {est}. {aside} {kin}"),
    ("suppose", "Suppose that @ dies intestate, and that {est} is there to be distributed, net. {kin} {aside}"),
    ("aside first", "{aside} That much is known of @, who died without a will. {kin} The net estate amounts to {est}."),
    (
        "court",
        "In the probate court, counsel agree on the family and the net estate of @, who left no will. "
        "{kin} {aside} The estate is {est}.",
    ),
    (
        "administrator",
        "The administrator of the estate of @ has paid all debts and holds {est}. No will was found. {kin} {aside}",
    ),
    (
        "letter",
        "Dear colleague: please work out the shares in the estate of @, an intestate. {aside} {kin} We "
        "have {est} to distribute, net.",
    ),
    ("quarrel", "The relatives of @ quarrel over {est}, the net estate, as there is no will. {kin} {aside}"),
    ("exam", "Consider the following family. {kin} {aside} Now @ is dead, intestate, and the net estate is {est}."),
    (
        "interview",
        "Asked about the relatives of @, a neighbor gave this account. {kin} {aside} @ left no will and {est} net.",
    ),
)
QUESTIONS = (
    "how much of the net estate does {x} take?",
    "how much of the net estate goes to {x}?",
    "how much of the net estate passes to {x}?",
)
LAW = f"Under Unif. Prob. Code §§ 2-102 to 2-106 in the uniform text of 2010 (2008 amounts) as of {AS_OF}, "
UNMARRIED = ("@ had no spouse.", "@ was unmarried.", "No spouse survived @.")
MARRIED = (
    "{s}, the spouse of @, survives.",
    "@ was married to {s}, who survives.",
    "{s} is the surviving spouse of @.",
)
WIDOWED = ("{s}, the spouse of @, died {hours} hours after @.", "@ was married to {s}, who died {hours} hours after @.")
LIVING = ("{names}, {number} of {whose}, {live}.", "{Number} of {whose} {live}: {names}.")
NO_MORE_CHILDREN = ("There are no other children.", "No other child was born.", "There are no further children.")
COUNT = ("no", "one", "two", "three", "four", "five", "six")


def render(rng: Random, facts: Facts) -> Text:
    """The facts in one of the phrasings."""
    name, frame = rng.choice(LEVEL_ONE if facts.difficulty == 1 else LATER)
    kin = " ".join(_kin(rng, facts))
    text = frame.format(kin=kin, est=v.dollars(facts.estate), aside=" ".join(facts.asides))
    text = v.tidy(text).replace("@", facts.decedent, 1).replace("@", v.surname(facts.decedent))
    template = f"{'short' if facts.difficulty == 1 else 'long'}/{name}"
    return Text(template, text, LAW + rng.choice(QUESTIONS).format(x=facts.asked))


def _kin(rng: Random, facts: Facts) -> list[str]:
    """The family, a sentence for each group of it."""
    spouse = facts.spouse.name if facts.spouse else ""
    first = [_spouse(rng, facts)]
    told = []
    for line, whose in (
        ("both", f"@ and {spouse}"),
        ("decedent", "@ alone" if spouse else "@"),
        ("spouse", f"{spouse} alone"),
    ):
        children = [kin for kin in facts.children if kin.line == line]
        alive = [kin.name for kin in children if kin.outlived is None]
        if alive:
            told.append(_living(rng, alive, whose))
        told += [_dead(kin, f"a child of {whose}") for kin in children if kin.outlived is not None]
    if parents := [kin.name for kin in facts.parents if kin.outlived is None]:
        told.append(
            f"{v.both(parents)}, {'both parents' if len(parents) > 1 else 'a parent'} of @, {_survive(len(parents))}."
        )
    told += [_dead(kin, "a parent of @") for kin in facts.parents if kin.outlived is not None]
    rng.shuffle(told)
    return first + told + [_nobody_else(rng, facts)]


def _spouse(rng: Random, facts: Facts) -> str:
    if facts.spouse is None:
        return rng.choice(UNMARRIED)
    after = facts.spouse.outlived
    return rng.choice(MARRIED if after is None else WIDOWED).format(s=facts.spouse.name, hours=after)


def _living(rng: Random, names: list[str], whose: str) -> str:
    n = len(names)
    number = _children(n)
    words = {
        "names": v.both(names),
        "number": number,
        "Number": v.sentence(number),
        "whose": whose,
        "live": _survive(n),
    }
    return rng.choice(LIVING).format_map(words)


def _dead(kin: Kin, who: str) -> str:
    when = f"died {kin.outlived} hours after @" if kin.outlived else "died before @"
    if who.startswith("a parent"):
        return f"{kin.name}, {who}, {when}."
    if not kin.children:
        return f"{kin.name}, {who}, {when}, childless."
    n = len(kin.children)
    issue = v.both([child.name for child in kin.children])
    return f"{kin.name}, {who}, {when}; {_children(n)} of {kin.name} {_survive(n)}, {issue}."


def _children(n: int) -> str:
    return "a child" if n == 1 else f"{COUNT[n]} children"


def _survive(n: int) -> str:
    return "survives" if n == 1 else "survive"


def _nobody_else(rng: Random, facts: Facts) -> str:
    """That the story has told of all who could take."""
    own = [kin for kin in facts.children if kin.line != "spouse"]
    closing = rng.choice(NO_MORE_CHILDREN) if facts.children else "@ left no descendants."
    if any(kin.outlived is None or kin.children for kin in own) or PARENT_ASIDE in facts.asides:
        return closing
    if len(facts.parents) == 2:
        return closing
    return f"{closing} {'No other' if facts.parents else 'No'} parent of @ was living."
