"""Is a foreign state immune from suit? 28 U.S.C. §§ 1603-1605, as of November 2026.

  * Foreign state: the state, its ministries and subdivisions, § 1603(a), and its agencies, § 1603(b): a corporation in
    which the state itself holds more than half of the stock on the day of suit (Dole Food v. Patrickson), if it is not
    formed in the United States or in a third country. A subsidiary of an agency is none (Dole), nor is an official
    sued personally (Samantar v. Yousuf).
  * A foreign state is immune, § 1604, unless an exception applies, among them:
      - waiver, § 1605(a)(1): by a clause in the contract sued upon, which it cannot withdraw but by its terms, or by
        an answer that does not raise immunity (H.R. Rep. No. 94-1487, p. 18); not by a waiver in another contract, by
        a treaty that is silent on it (Amerada Hess), by default, or by a motion that asserts immunity;
      - commercial activity, § 1605(a)(2), judged by its nature and not by its purpose (§ 1603(d), Weltover): the suit is
        based on what was done in the United States, or on a breach abroad with a direct effect here, such as
        non-payment where payment was due here (Weltover); based on means its gravamen (Sachs); police power is not
        commercial (Nelson);
      - torts, § 1605(a)(5): injury and act in the United States, by an official or employee within the scope of office,
        but not a discretionary function, (A), nor libel, (B).

Kept away from: facts on which two exceptions apply, organs of a state without its ownership, expropriation, terrorism,
arbitration, real estate, maritime liens, choice of law as a waiver, loss that is merely felt in the United States,
the immunity of officials at common law.
"""

from __future__ import annotations

from random import Random

from grpo_legal.problems import vocabulary as v
from grpo_legal.problems.family import Family, sample_until, some_asides
from grpo_legal.problems.sovereign_immunity_prose import ASIDES, CITIES, SHORT_ASIDES, render
from grpo_legal.problems.sovereign_immunity_rules import (
    BINDING,
    BUSINESS,
    CLAIMS,
    COMMERCIAL,
    CONDUCT,
    IMMUNE,
    LABELS,
    NO_STATE,
    PAPERS,
    RULES,
    TORT,
    WAIVER,
    Facts,
    decide,
    near_boundary,
    short,
)

# ---- inventing facts --------------------------------------------------------------------------------

LACKING = ("supply abroad", "shop abroad", "railway", "arrest", "driver off duty", "driver abroad", "fire off duty",
           "gate abroad", "libel", "siting", "visa")  # fmt: skip
BY_LABEL = {
    IMMUNE: LACKING,
    WAIVER: (*LACKING, "supply abroad", "supply abroad"),
    COMMERCIAL: ("supply", "supply", "shop", "bus", "salesman"),
    TORT: ("driver", "fire", "gate"),
    NO_STATE: (*BUSINESS, "arrest"),
}
MINISTRIES = ("Health", "Transport", "Education", "Agriculture", "Public Works")
LINES = {"bus": "Tours", "railway": "Railways", "salesman": "Hotels", "shop": "Crafts", "shop abroad": "Crafts"}


def sample(rng: Random, wanted: str, difficulty: int) -> Facts:
    """Facts on which the answer is `wanted`. Level 1: one point; 2: a further rule; 3: two of them."""
    return sample_until(lambda: _propose(rng, wanted, difficulty), lambda facts: decide(facts)[0] == wanted)


def _propose(rng: Random, label: str, level: int) -> Facts:
    claim = rng.choice(BY_LABEL[label])
    country, elsewhere = rng.sample(v.COUNTRIES, 2)
    names = v.people(rng)
    firm = next(v.businesses(rng)).split(" ", 1)[0]
    entity, share = _entity(rng, label, claim, level)
    defendant = country
    if entity == "official":
        defendant = next(names)
    elif entity != "state":
        defendant = f"{firm} {LINES.get(claim, 'Trading')}"
    elif claim in BUSINESS and rng.random() < 0.5:
        defendant = f"the Ministry of {rng.choice(MINISTRIES)} of {country}"
    goods = rng.choice(v.STOCK)[0]
    supplies = CLAIMS[claim].contract
    return Facts(
        country=country,
        defendant=defendant,
        entity=entity,
        share=share,
        plaintiff=f"{rng.choice(FIRMS)} {rng.choice(('Export', 'Supply', 'Partners', 'Brothers'))}"
        if supplies
        else next(names),
        claim=claim,
        waivers=_waivers(rng, label, supplies, level, entity),
        military=supplies and defendant == country and rng.random() < 0.7,
        goods=goods,
        dollars=rng.randrange(20_000, 900_000, 500),
        city=rng.choice(CITIES),
        elsewhere=elsewhere,
        asides=some_asides(rng, level, ASIDES, SHORT_ASIDES),
        difficulty=level,
    )


FIRMS = ("Ostrander", "Belmonte", "Lindqvist", "Fairweather", "Kastner", "Delacroix", "Moriyama", "Pellegrini", "Thornbury",
         "Vandermeer", "Castellano", "Rosenthal")  # fmt: skip


def _entity(rng: Random, label: str, claim: str, level: int) -> tuple[str, int]:
    """The defendant's kind and the state's share of it."""
    if label == NO_STATE:
        if claim == "arrest":
            return "official", 0
        kinds = ("company", "company", "delaware", "third", "tier", "sold")
        kind = rng.choice(kinds)
        return kind, rng.choice((49, 50, 50, 45, 30)) if kind == "company" else rng.choice((51, 60, 75, 100))
    if claim in BUSINESS and rng.random() < (0.6 if level > 1 else 0.5):
        return "company", rng.choice((51, 51, 52, 60, 75, 100))
    return "state", 0


IDLE_PAPERS = tuple(what for what in PAPERS if what not in BINDING)
IDLE_CONDUCT = tuple(what for what in CONDUCT if what not in BINDING)


def _waivers(rng: Random, label: str, contract: bool, level: int, entity: str) -> tuple[str, ...]:
    """What was said or done about immunity: at level 3 both before and in the suit."""
    paper, conduct = rng.choice(IDLE_PAPERS), rng.choice(IDLE_CONDUCT)
    if label == WAIVER:
        if contract and rng.random() < 0.8:
            paper = rng.choice(("contract", "withdrawn")) if level > 1 else "contract"
            return (paper, conduct) if level == 3 else (paper,)
        return (paper, "pleaded") if level == 3 or (level == 2 and rng.random() < 0.4) else ("pleaded",)
    if level == 3:
        return paper, conduct
    if level == 1 and rng.random() < 0.75:
        return ()
    if level == 2 and entity != "state" and rng.random() < 0.4:
        return ()
    return (rng.choice((paper, conduct)),)


def holding(facts: Facts, answer: str) -> str:
    """The answer as a clause."""
    d, p = short(facts.defendant), facts.plaintiff
    return {
        IMMUNE: f"immunity protects {d} from what {p} demands in the United States",
        WAIVER: f"{d} has waived its immunity toward {p} and may be sued",
        COMMERCIAL: f"{d} may be sued by {p} for its commercial activity",
        TORT: f"{d} may be sued by {p} for a tort in the United States",
        NO_STATE: f"the statute gives {d} no immunity toward {p}, as {d} is not a foreign state",
    }[answer]


FAMILY = Family(
    name="sovereign_immunity",
    kind="label",
    labels=LABELS,
    outcomes=LABELS,
    sample=sample,
    decide=decide,
    render=render,
    near_boundary=near_boundary,
    rules=RULES,
    issue=lambda facts: f"whether {facts.defendant} is immune in the United States from the suit of {facts.plaintiff}",
    holding=holding,
)
