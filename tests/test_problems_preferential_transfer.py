"""Preferences against hand-worked cases and a second engine that counts in day numbers and lists objections."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from family_series import series

from grpo_legal.problems import preferential_transfer_law as p
from grpo_legal.problems.preferential_transfer import FAMILY

drawn = series(FAMILY)


# ---- cases worked by hand ------------------------------------------------------------------------------

FILED = date(2026, 6, 10)  # 90 days before it is Thursday, March 12, 2026; a year before, Tuesday, June 10, 2025
PAYMENT = p.Facts(
    debtor="Redwood Tools",
    person=False,
    creditor="Summit Labs",
    tie="",
    amount=20_000,
    paid=date(2026, 4, 20),
    honored=None,
    petition=FILED,
    advance=False,
    worth=None,
    owed=0,
    collateral=0,
    exchange=False,
    usual=None,
    value_before=None,
    support="",
    consumer=False,
    asks_keep=False,
    asides=(),
    difficulty=3,
)
POOR, RICH = (400_000, 400_001), (400_001, 400_000)
INSIDER = {"creditor": "Ann Lee", "tie": "director", "worth": POOR}


def case(**changes):
    """A corporation's payment of $20,000 on an old unsecured loan, 51 days before its petition, but for …"""
    for name in ("paid", "honored"):
        if changes.get(name):
            changes[name] = date.fromisoformat(changes[name])
    return replace(PAYMENT, **changes)


CASES = [  # can the trustee avoid the payment?
    ("547(b): every element, no defense", case(), "Yes"),
    ("547(b)(2): payment in advance", case(advance=True), "No"),
    ("547(b)(4)(A): day 90", case(paid="2026-03-12"), "Yes"),
    ("547(b)(4)(A): day 91", case(paid="2026-03-11"), "No"),
    ("547(b)(4)(B): a director, seven months before", case(paid="2025-11-10", **INSIDER), "Yes"),
    ("547(b)(4)(B): a director, a day within the year", case(paid="2025-06-11", **INSIDER), "Yes"),
    ("547(b)(4)(B): a director, a day before the year", case(paid="2025-06-09", **INSIDER), "No"),
    ("547(b)(4)(B): a former director", case(paid="2025-11-10", **INSIDER | {"tie": "former director"}), "No"),
    ("101(31)(A): a debtor's sister", case(paid="2025-11-10", **INSIDER | {"tie": "sister"}, person=True), "Yes"),
    ("101(31)(A): a debtor's friend", case(paid="2025-11-10", **INSIDER | {"tie": "friend"}, person=True), "No"),
    ("547(f): no presumption beyond 90 days", case(paid="2025-11-10", **INSIDER | {"worth": None}), "No"),
    ("547(f): presumption rebutted", case(worth=RICH), "No"),
    ("547(b)(3): insolvency shown", case(worth=POOR), "Yes"),
    ("547(b)(5): secured in full", case(owed=50_000, collateral=50_000), "No"),
    ("547(b)(5): payment on the unsecured part", case(owed=50_000, collateral=30_000), "Yes"),
    ("Barnhill: delivered on day 92, honored on day 90", case(paid="2026-03-10", honored="2026-03-12"), "Yes"),
    ("Barnhill: honored on day 91", case(paid="2026-03-09", honored="2026-03-11"), "No"),
    ("547(c)(1): contemporaneous exchange", case(exchange=True), "No"),
    ("547(c)(2): paid after 30 days, as usual", case(usual=(25, 35, 30)), "No"),
    ("547(c)(2): paid after 80 days under a threat", case(usual=(25, 35, 80)), "Yes"),
    ("547(c)(4): later unpaid deliveries of equal worth", case(value_before=False), "No"),
    ("547(c)(4): earlier deliveries", case(value_before=True), "Yes"),
    ("547(c)(7): alimony", case(support="support", person=True), "No"),
    ("547(c)(7): property settlement", case(support="property", person=True), "Yes"),
    ("547(c)(8): $599 of a consumer", case(person=True, consumer=True, amount=599), "No"),
    ("547(c)(8): $600 of a consumer", case(person=True, consumer=True, amount=600), "Yes"),
    ("547(c)(9): $8,574", case(amount=8_574), "No"),
    ("547(c)(9): $8,575", case(amount=8_575), "Yes"),
    ("547(c)(9): an individual with business debts", case(person=True, amount=8_574), "No"),
]


@pytest.mark.parametrize(("facts", "answer"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_hand_worked_cases(facts, answer):
    assert p.decide(facts)[0] == answer
    assert p.decide(replace(facts, asks_keep=True))[0] == {"Yes": "No", "No": "Yes"}[answer]


@pytest.mark.parametrize(
    "facts",
    [
        replace(PAYMENT, petition=date(2026, 6, 12), paid=date(2026, 3, 13)),
        replace(PAYMENT, petition=date(2025, 3, 31), paid=date(2025, 2, 3)),
        case(paid="2025-06-10"),
        case(paid="2026-06-10"),
        case(honored="2026-04-22", usual=(25, 35, 30)),
        case(usual=(25, 35, 40)),
        case(owed=50_000, collateral=45_000),
        case(consumer=True),
    ],
    ids=[
        "a Saturday on day 90",
        "a case under the earlier amount",
        "a year to the day",
        "on the day of the petition",
        "a check in the ordinary course",
        "a few days later than usual",
        "a payment of more than the deficiency",
        "a corporation with consumer debts",
    ],
)
def test_contested_facts_are_refused(facts):
    with pytest.raises(ValueError):
        p.decide(facts)


# ---- a second engine --------------------------------------------------------------------------------------


def second_opinion(x):
    """Everything that could stand in the trustee's way, each looked at alone."""
    moment = (x.honored if x.honored is not None else x.paid).toordinal()
    ninety = moment >= x.petition.toordinal() - 90
    year = moment > x.petition.replace(year=x.petition.year - 1).toordinal()
    near_kin = x.tie in {"sister", "father", "daughter", "director", "president"}
    shown = None if x.worth is None else x.worth[1] - x.worth[0] > 0
    objections = {
        "no antecedent debt": x.advance,
        "too early": not (ninety or (year and near_kin)),
        "solvent": shown is False or (shown is None and not ninety),
        "secured": x.collateral > 0 and x.owed <= x.collateral,
        "exchange": x.exchange,
        "usual": x.usual is not None and x.usual[2] in range(x.usual[0], x.usual[1] + 1),
        "new value": x.value_before is False,
        "alimony": x.support == "support",
        "small": x.amount <= (599 if x.consumer else 8_574),
    }
    return "Yes" if any(objections.values()) == x.asks_keep else "No"


def test_a_second_engine_agrees_on_2000_problems():
    for facts, problem in drawn(2_000):
        assert second_opinion(facts) == problem.answer, problem.facts


def test_the_engines_agree_on_facts_that_no_sampler_would_make():
    rng, compared = random.Random(1), Counter()
    for facts, _ in drawn(2_000):
        paid = facts.petition - timedelta(rng.choice((30, 89, 90, 91, 200, 300, 363, 369)))
        scrambled = replace(
            facts,
            paid=paid,
            honored=rng.choice((None, None, paid + timedelta(2))),
            tie=rng.choice(("", *p.INSIDERS)),
            worth=rng.choice((None, POOR, POOR, RICH)),
            amount=rng.choice((599, 600, 8_574, 8_575, 30_000, 30_000)),
            owed=60_000,
            collateral=rng.choice((0, 0, 20_000, 60_000, 70_000)),
            usual=rng.choice((None, None, (20, 30, 30), (20, 30, 90))),
            value_before=rng.choice((None, None, True, False)),
            support=rng.choice(("", "", "support", "property")),
            advance=rng.random() < 0.1,
        )
        try:
            answer = p.decide(scrambled)[0]
        except ValueError:
            continue
        assert second_opinion(scrambled) == answer, scrambled
        compared[second_opinion(replace(scrambled, asks_keep=False))] += 1
    assert compared["Yes"] > 30 and compared["No"] > 300, compared


# ---- properties -----------------------------------------------------------------------------------------


def test_what_does_not_matter_changes_nothing():
    for facts, problem in drawn(600):
        changes = {
            "no distractors": replace(facts, asides=()),
            "renamed": replace(facts, debtor="X Y", creditor="Z W"),
            "another debt": replace(facts, owed=facts.owed if facts.collateral else 90_000),
        }
        if facts.honored:
            changes["the check handed over long before"] = replace(facts, paid=facts.paid - timedelta(20))
        for what, changed in changes.items():
            assert p.decide(changed)[0] == problem.answer, (what, problem.facts)


def test_both_sides_of_the_boundary_are_met_at_every_level():
    for level in (1, 2, 3):
        near = [problem.answer for facts, problem in drawn(400, level) if FAMILY.near_boundary(facts)]
        assert len(near) >= 120 and min(near.count("Yes"), near.count("No")) >= 50, (level, Counter(near))


def test_the_answers_are_those_asked_for_and_no_phrasing_gives_them_away():
    for level in (1, 2, 3):
        seen = Counter((problem.template, problem.answer) for _, problem in drawn(900, level))
        assert sum(n for (_, answer), n in seen.items() if answer == "Yes") == 450
        best = sum(max(seen[name, "Yes"], seen[name, "No"]) for name in {name for name, _ in seen})
        assert best / 900 < 0.57, level


def test_every_rule_is_met_often_and_distractors_always_from_level_two_on():
    cited = Counter(rule for level in (2, 3) for _, problem in drawn(900, level) for rule in problem.authorities)
    assert all(cited[rule] >= 20 for rule in p.RULES), cited
    assert all(facts.asides for facts, _ in drawn(300) if facts.difficulty > 1)
