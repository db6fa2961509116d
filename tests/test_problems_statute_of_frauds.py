"""The statute of frauds for goods against hand-worked cases and a second engine that works unit by unit."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from family_series import series

from grpo_legal.problems import statute_of_frauds as s
from grpo_legal.problems.statute_of_frauds_law import Admission, Confirmation, Facts, Performance, Special, Writing

drawn = series(s.FAMILY)


# ---- cases worked by hand ------------------------------------------------------------------------------


def case(*grounds, **changes):
    """Ann Lee orally sells Bob Ray 40 chairs at $50 each, and Ray is sued."""
    told = {"quantity": 40, "unit": 50, "buyer_charged": True} | changes
    return Facts(
        seller="Ann Lee",
        buyer="Bob Ray",
        goods=("oak chair", "oak chairs"),
        agreed=date(2026, 2, 20),
        grounds=grounds,
        asks_amount=True,
        asides=(),
        difficulty=3,
        **told,
    )


def confirmed(quantity=40, merchants=True, objection="", objected=None):
    return Confirmation(merchants, quantity, date(2026, 3, 3), objection, objected and date.fromisoformat(objected))


def special(begun, repudiated, unsuitable=True):
    return Special(unsuitable, date.fromisoformat(begun), date.fromisoformat(repudiated))


CASES = [  # the price for which the contract is enforceable
    ("2-201(1): no writing", case(), 0),
    ("2-201(1): $499", case(quantity=1, unit=499), 499),
    ("2-201(1): $500 or more", case(quantity=1, unit=500), 0),
    ("2-201(1): the price of all the goods counts", case(quantity=5, unit=100), 0),
    ("2-201(1): signed by the party charged", case(Writing("charged", 40)), 2000),
    ("2-201(1) cmt. 1: not beyond the quantity shown", case(Writing("charged", 25)), 1250),
    ("2-201(1): signed by the other party alone", case(Writing("other", 40)), 0),
    ("2-201(1): unsigned", case(Writing("nobody", 40)), 0),
    ("2-201(2): confirmation, no objection", case(confirmed()), 2000),
    ("2-201(2): confirmation of fewer", case(confirmed(30)), 1500),
    ("2-201(2): not between merchants", case(confirmed(merchants=False)), 0),
    ("2-201(2): objection on day 10", case(confirmed(objection="written", objected="2026-03-13")), 0),
    ("2-201(2): objection on day 11", case(confirmed(objection="written", objected="2026-03-14")), 2000),
    ("2-201(2): objection by word of mouth", case(confirmed(objection="oral", objected="2026-03-05")), 2000),
    ("2-201(3)(a): begun before repudiation", case(special("2026-03-03", "2026-03-04")), 2000),
    ("2-201(3)(a): begun after repudiation", case(special("2026-03-04", "2026-03-03")), 0),
    ("2-201(3)(a): fit for sale to others", case(special("2026-03-03", "2026-03-04", unsuitable=False)), 0),
    ("2-201(3)(b): pleading", case(Admission("answer", 40)), 2000),
    ("2-201(3)(b): not beyond the quantity admitted", case(Admission("testimony", 12)), 600),
    ("2-201(3)(b): not in court", case(Admission("friend", 40)), 0),
    ("2-201(3)(c) cmt. 2: accepted in part", case(Performance("delivered", True, 15)), 750),
    ("2-201(3)(c): delivered, not accepted", case(Performance("delivered", False, 15)), 0),
    ("2-201(3)(c): paid in part", case(Performance("paid", True, 39), buyer_charged=False), 1950),
    ("2-201(3)(c): payment not accepted", case(Performance("paid", False, 40)), 0),
    ("2-201(1) and (3)(c): one ground fails", case(Writing("other", 40), Performance("paid", True, 10)), 500),
    ("2-201(3)(b) and (c): one ground covers all", case(Admission("answer", 40), Performance("paid", True, 10)), 2000),
]


@pytest.mark.parametrize(("facts", "price"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_hand_worked_cases(facts, price):
    assert s.decide(facts)[0] == f"{price}.00"
    whole = price == facts.quantity * facts.unit
    assert s.decide(replace(facts, asks_amount=False))[0] == ("Yes" if whole else "No")


CONTESTED = {
    "two grounds that each cover a part": case(Admission("answer", 10), Performance("paid", True, 10)),
    "special goods against the seller": case(special("2026-03-03", "2026-03-04"), buyer_charged=False),
    "begun on the day of repudiation": case(special("2026-03-03", "2026-03-03")),
    "day 10 a Saturday, objection on Monday": case(
        Confirmation(True, 40, date(2026, 3, 4), "written", date(2026, 3, 16))
    ),
}


@pytest.mark.parametrize("facts", CONTESTED.values(), ids=CONTESTED)
def test_contested_facts_are_refused(facts):
    with pytest.raises(ValueError):
        s.decide(facts)


# ---- a second engine --------------------------------------------------------------------------------------


def takes_out(ground, unit):
    """Whether the ground makes the n-th unit of the goods enforceable."""
    if isinstance(ground, Special):
        return ground.unsuitable and (ground.repudiated - ground.begun).days > 0
    if unit > ground.quantity:
        return False
    if isinstance(ground, Confirmation):
        silent = ground.objection != "written" or ground.objected.toordinal() - ground.received.toordinal() > 10
        return ground.merchants and silent
    if isinstance(ground, Writing):
        return ground.signer == "charged"
    return ground.kept if isinstance(ground, Performance) else ground.place != "friend"


def second_opinion(facts):
    units = range(1, facts.quantity + 1)
    small = sum(facts.unit for _ in units) < 500
    bound = [unit for unit in units if small or any(takes_out(ground, unit) for ground in facts.grounds)]
    if facts.asks_amount:
        return f"{sum(facts.unit for _ in bound):.2f}"
    return "Yes" if len(bound) == len(units) else "No"


def test_a_second_engine_agrees_on_2000_problems():
    for facts, problem in drawn(2_000):
        assert second_opinion(facts) == problem.answer, problem.facts


def test_the_engines_agree_on_facts_that_no_sampler_would_make():
    rng, compared = random.Random(1), Counter()
    pool = [ground for facts, _ in drawn(400) for ground in facts.grounds]
    for facts, _ in drawn(2_000):
        scrambled = replace(
            facts,
            quantity=rng.choice((1, 2, 5, facts.quantity)),
            grounds=tuple(rng.sample(pool, rng.randint(0, 3))),
            buyer_charged=True,
        )
        try:
            answer = s.decide(scrambled)[0]
        except ValueError:
            continue
        assert second_opinion(scrambled) == answer, scrambled
        compared[answer] += 1
    assert min(compared["Yes"], compared["No"], compared["0.00"]) > 150, compared


# ---- properties -----------------------------------------------------------------------------------------


def test_what_does_not_matter_changes_nothing():
    for facts, problem in drawn(600):
        changes = {
            "no distractors": replace(facts, asides=()),
            "renamed": replace(facts, seller="X Y", buyer="Z W"),
            "other goods": replace(facts, goods=("lamp", "lamps")),
            "grounds in another order": replace(facts, grounds=facts.grounds[::-1]),
            "another day": replace(facts, agreed=facts.agreed - timedelta(1)),
        }
        if not any(isinstance(ground, Special) for ground in facts.grounds):
            changes["the other party charged"] = replace(facts, buyer_charged=not facts.buyer_charged)
        for what, changed in changes.items():
            assert s.decide(changed)[0] == problem.answer, (what, problem.facts)


def test_every_outcome_is_asked_equally_often():
    problems = [problem for _, problem in drawn(1_000)]
    assert Counter(problem.kind for problem in problems) == {"amount": 600, "yes_no": 400}
    assert sum(problem.answer == "0.00" for problem in problems) == 200
    assert sum(problem.answer == "Yes" for problem in problems) == 200


def test_every_ground_is_met_working_and_failing():
    met = Counter()
    for facts, _ in drawn(1_500, level=3):
        met.update((type(ground).__name__, takes_out(ground, 1)) for ground in facts.grounds)
    assert len(met) == 10 and min(met.values()) >= 30, met


def test_distractors_are_there_always_from_level_two_on():
    assert all(facts.asides for facts, _ in drawn(300) if facts.difficulty > 1)
