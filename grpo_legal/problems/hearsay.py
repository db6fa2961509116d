"""Is it hearsay? Fed. R. Evid. 801, as of November 2026.

  * Hearsay is a statement, that is an assertion or conduct intended as one (801(a)), of a person (801(b)), made other
    than while testifying at the current trial (801(c)(1)) and offered for the truth of what it asserts (801(c)(2)). Words
    that give notice or that are themselves the legal act are not offered for their truth.
  * Not hearsay, if the declarant testifies and can be cross-examined about it: (d)(1)(A) a statement inconsistent with
    the testimony and given under penalty of perjury at a trial, hearing or other proceeding or in a deposition (the
    amendment of December 1, 2026 is not yet in force); (B) a consistent one that answers a charge of recent
    fabrication and was made before the motive to fabricate arose (Tome); (C) one that identifies a person perceived
    earlier, even if the witness has forgotten the ground for it (Owens).
  * Not hearsay, if offered against the opposing party: (d)(2)(A) that party's own statement, (B) one that the party
    adopted, (C) one by a person authorized to speak on the subject, (D) an agent's or employee's on a matter within the
    scope of the relationship and while it lasted, (E) a co-conspirator's during and in furtherance of the conspiracy,
    which the statement alone cannot prove; since December 2024 also one by a declarant from whom the party's claim
    directly derives, if made before the claim passed (committee note).
The exceptions of Rules 803 and 804 let hearsay in; they do not make it anything else, and an excited voice is an aside.

Kept away from: implied assertions, questions and commands, data that a person entered, silence as adoption, oaths
outside a proceeding, privilege and refusal to answer, opinions of experts, hearsay within hearsay, purposes that mix.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from grpo_legal.problems import hearsay_rules as law
from grpo_legal.problems import vocabulary as v
from grpo_legal.problems.family import Family, Ruling, Step
from grpo_legal.problems.hearsay_prose import ASIDES, MATTERS, fact_of, render


@dataclass(frozen=True, slots=True)
class Facts:
    """Four people; the offeror is the plaintiff or the defendant, the opponent the other of them.

    `tie` is the declarant's bond to a party, `prior` how the statement compares with the declarant's testimony at the
    trial; the flaws name the one element that is missing, "" for none.
    """

    plaintiff: str
    defendant: str
    declarant: str
    listener: str
    by_plaintiff: bool  # who offers
    matter: int  # of MATTERS[kind]
    kind: str  # "plain", "gift", "conduct", "device", "identity" or "plot": which stories fit
    form: str  # "words", "gesture", "conduct", "device" or "act" (words of gift)
    place: str  # "" (out of court, told by another), "this trial" or "earlier trial"
    notice: bool | None  # offered only to show a warning; False: told not to be; None: not spoken of
    tie: str  # "", "opponent", "offeror", "adopted", "authorized", "employee", "plotter", "assignor"
    tie_flaw: str  # of adopted: "denied"; authorized: "none"; employee: "scope", "left"; plotter: "aim", "proof";
    #                assignor: "after"
    prior: str  # "", "inconsistent", "consistent" or "identification"
    prior_flaw: str  # "absent" for all; inconsistent: "unsworn"; consistent: "after"
    forgot: bool  # the witness no longer remembers the ground for the identification
    oath: str  # where a sworn inconsistent statement was given
    days: int  # between the statement and the end of employment, the assignment or the motive
    asides: tuple[str, ...]
    difficulty: int


# ---- the law ----------------------------------------------------------------------------------------


def decide(facts: Facts) -> Ruling:
    """Yes if what is offered is hearsay."""
    _refuse_the_contested(facts)
    names = _names(facts)
    outside = _outside_the_definition(facts, names)
    if outside:
        return "No", [outside]
    verb = "asserted" if facts.form == "gesture" else "said"
    truth = f"{{f}} offers what {{x}} {verb} out of court to prove the truth of it, {{fact}}"
    if facts.place:
        truth = "{x} said so while testifying at an earlier trial, not at this one, and {f} offers it to prove the truth, {fact}"
    steps: list[Step] = [(law.HEARSAY, truth.format_map(names))]
    if facts.form == "gesture":
        steps.insert(0, (law.STATEMENT, law.NODDED.format_map(names)))
    kept = [  # whether each exclusion that the facts bring up keeps the statement out of the definition
        rule(facts, names, steps) for rule, raised in ((_prior, facts.prior), (_tie, facts.tie)) if raised
    ]
    return ("No" if any(kept) else "Yes"), steps


def _refuse_the_contested(facts: Facts) -> None:
    contested = {
        "no time between the statement and what ends it": facts.days == 0
        and ("left" in facts.tie_flaw or facts.tie == "assignor" or facts.prior == "consistent"),
        "an exclusion for what is no one's words": (facts.form in ("device", "conduct"))
        and bool(facts.tie or facts.prior),
        "testimony at this trial as an earlier statement": facts.place == "this trial" and bool(facts.prior),
        "a forgotten statement of another kind": facts.forgot
        and (facts.prior != "identification" or bool(facts.prior_flaw)),
    }
    for what, found in contested.items():
        if found:
            raise ValueError(f"{what} is left out: {facts!r}")


def _sides(facts: Facts) -> tuple[str, str]:
    """The offeror and the opponent, by surname."""
    a, b = v.surname(facts.plaintiff), v.surname(facts.defendant)
    return (a, b) if facts.by_plaintiff else (b, a)


def _names(facts: Facts) -> dict[str, str]:
    f, g = _sides(facts)
    a, b = (f, g) if facts.by_plaintiff else (g, f)
    names = {"a": a, "b": b, "f": f, "g": g, "x": v.surname(facts.declarant), "w": v.surname(facts.listener)}
    days = f"{facts.days} day{'s' if facts.days > 1 else ''}"
    return names | {"fact": f"that {fact_of(facts).format_map(names)}", "days": days}


def _outside_the_definition(facts: Facts, names: dict[str, str]) -> Step | None:
    """The element of 801(a) to (c) that is missing, if one is."""
    lacking = {
        "conduct": facts.form == "conduct",
        "device": facts.form == "device",
        "this trial": facts.place == "this trial",
        "act": facts.form == "act",
        "notice": bool(facts.notice),
    }
    for what, lacks in lacking.items():
        if lacks:
            citation, finding = law.OUTSIDE[what]
            return citation, finding.format_map(names)
    return None


def _prior(facts: Facts, names: dict[str, str], steps: list[Step]) -> bool:
    """801(d)(1): whether the declarant's testimony takes the statement out of the definition."""
    if facts.prior_flaw == "absent":
        citation, finding = law.BY_PRIOR[facts.prior], law.ABSENT
    else:
        citation, finding = law.PRIORS["forgotten" if facts.forgot else facts.prior, facts.prior_flaw]
    steps.append((citation, finding.format(oath=facts.oath, **names)))
    return not facts.prior_flaw


def _tie(facts: Facts, names: dict[str, str], steps: list[Step]) -> bool:
    """801(d)(2): whether the statement counts as one of the party against which it is offered."""
    citation, finding = law.TIES[facts.tie, facts.tie_flaw]
    steps.append((citation, finding.format_map(names)))
    return facts.tie != "offeror" and not facts.tie_flaw


def near_boundary(facts: Facts) -> bool:
    """Whether one element decides: a single way out of the definition is open; or the only one that there is, or one
    that turns on a day or two, is shut."""
    raised = [flaw for way, flaw in ((facts.tie, facts.tie_flaw), (facts.prior, facts.prior_flaw)) if way]
    ways_open = raised.count("") + (_outside_the_definition(facts, _names(facts)) is not None)
    if ways_open and facts.tie != "offeror":
        return ways_open == 1
    return len(raised) <= 1 or (facts.days <= 2 and ("after" in raised or "left" in raised))


def issue(facts: Facts) -> str:
    """What is asked, with the parties' names."""
    offeror, opponent = _sides(facts)
    source = "the machine" if facts.form == "device" else v.surname(facts.declarant)
    return f"whether {source} made a statement that is hearsay when {offeror} offers it against {opponent}"


def holding(facts: Facts, answer: str) -> str:
    """The answer as a clause."""
    offeror, opponent = _sides(facts)
    return f"the evidence of {offeror} against {opponent} is {'' if answer == 'Yes' else 'not '}a hearsay statement"


# ---- inventing facts --------------------------------------------------------------------------------

PLAIN: dict[str, Any] = {
    "by_plaintiff": True,
    "kind": "plain",
    "form": "words",
    "place": "",
    "notice": None,
    "tie": "",
    "tie_flaw": "",
    "prior": "",
    "prior_flaw": "",
    "forgot": False,
    "oath": "",
    "days": 0,
}
ELEMENTS: dict[str, tuple[dict[str, Any], ...]] = {
    "No": (
        {"notice": True},
        {"kind": "gift", "form": "act"},
        {"kind": "conduct", "form": "conduct"},
        {"kind": "device", "form": "device"},
        {"place": "this trial"},
        {"tie": "opponent"},
    ),
    "Yes": (
        {"notice": False},
        {"kind": "gift"},
        {"kind": "conduct", "form": "gesture"},
        {"kind": "device"},
        {"place": "earlier trial"},
        {"tie": "offeror"},
    ),
}
TIES = {
    "No": tuple({"tie": tie, "tie_flaw": ""} for tie in ("adopted", "authorized", "employee", "plotter", "assignor")),
    "Yes": tuple(
        {"tie": tie, "tie_flaw": flaw}
        for tie, flaw in (
            ("adopted", "denied"), ("authorized", "none"), ("employee", "scope"), ("employee", "left"),
            ("plotter", "aim"), ("plotter", "proof"), ("assignor", "after"),
        )
    ),
}  # fmt: skip
PRIORS = {
    "No": tuple({"prior": prior, "prior_flaw": ""} for prior in ("inconsistent", "consistent", "identification")),
    "Yes": tuple(
        {"prior": prior, "prior_flaw": flaw}
        for prior, flaw in (
            ("inconsistent", "unsworn"), ("consistent", "after"), ("identification", "absent"), ("inconsistent", "absent"),
        )
    ),
}  # fmt: skip
WARNINGS = {"No": ({"notice": True},), "Yes": ({"notice": False},)}
# At level 3 two ways out meet; the answer is Yes only if both are shut.
SHUT_OR_OPEN = {"Yes": (("Yes", "Yes"),), "No": (("No", "Yes"), ("Yes", "No"), ("No", "No"))}


def sample(rng: Random, wanted: str, difficulty: int) -> Facts:
    """Facts on which the answer is `wanted`. Level 1: one element; 2: an exclusion; 3: two of them, or a purpose."""
    return _facts(rng, _traits(rng, wanted, difficulty), difficulty)


def _traits(rng: Random, wanted: str, level: int) -> dict[str, Any]:
    if level == 1:
        return rng.choice(ELEMENTS[wanted])
    if level == 2:
        return rng.choice((TIES if rng.random() < 0.6 else PRIORS)[wanted])
    first, second = rng.choice(SHUT_OR_OPEN[wanted])
    one = WARNINGS if rng.random() < 0.4 else PRIORS
    traits = rng.choice(one[first])
    fits = ["authorized"]
    if traits.get("prior") != "identification":
        fits.append("employee")
    if not traits.get("prior"):
        fits.append("adopted")
    return traits | rng.choice([tie for tie in TIES[second] if tie["tie"] in fits])


def _facts(rng: Random, traits: dict[str, Any], level: int) -> Facts:
    fields = PLAIN | traits
    if fields["prior"] == "identification":
        fields["kind"] = "identity"
        fields["forgot"] = not fields["prior_flaw"] and rng.random() < 0.5
    if fields["tie"] == "plotter":
        fields["kind"] = "plot"
    if fields["tie"] in ("opponent", "offeror"):
        fields["by_plaintiff"] = rng.random() < 0.5
    if fields["tie"] == "assignor":
        fields["by_plaintiff"] = False
    if fields["prior"] == "inconsistent" and fields["prior_flaw"] != "unsworn":
        fields["oath"] = rng.choice(("in a deposition", "before a grand jury", "at an earlier trial"))
    names = v.people(rng)
    plaintiff, defendant, other = next(names), next(names), next(names)
    speaks = {"opponent": not fields["by_plaintiff"], "offeror": fields["by_plaintiff"]}.get(fields["tie"])
    return Facts(
        plaintiff=plaintiff,
        defendant=defendant,
        declarant=other if speaks is None else plaintiff if speaks else defendant,
        listener=next(names),
        matter=rng.randrange(len(MATTERS[fields["kind"]])),
        asides=tuple(rng.sample(ASIDES, rng.random() < 0.2 if level == 1 else rng.choice((1, 1, 2)))),
        difficulty=level,
        **fields | {"days": rng.choice((1, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9))},
    )


FAMILY = Family(
    name="hearsay_definition",
    kind="yes_no",
    labels=("Yes", "No"),
    outcomes=("Yes", "No"),
    sample=sample,
    decide=decide,
    render=render,
    near_boundary=near_boundary,
    rules=law.RULES,
    issue=issue,
    holding=holding,
)
