"""Intestate shares against hand-worked cases and a second engine in exact fractions."""

import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from family_series import series

from grpo_legal.problems import intestacy_rules as u
from grpo_legal.problems.intestacy import FAMILY, OUTCOMES
from grpo_legal.problems.intestacy_rules import Kin

drawn = series(FAMILY)


# ---- cases worked by hand ------------------------------------------------------------------------------


BOB = Kin("Bob Ray")


def case(dollars, *children, asked="Bob Ray", spouse=BOB, parents=()):
    """The estate of Ann Lee, survived by Bob Ray and by these children and parents."""
    return u.Facts(
        decedent="Ann Lee",
        estate=dollars * 100,
        spouse=spouse,
        children=children,
        parents=parents,
        asked=asked,
        asides=(),
        difficulty=3,
    )


def child(name, line="both", outlived=None, *children):
    return Kin(name, line, outlived, tuple(map(Kin, children)))


MUM, DAD = Kin("Mum"), Kin("Dad")
A, B, C = (child(name) for name in "ABC")
APART, STEP = child("X", "decedent"), child("S", "spouse")
DEAD_A = child("A", "both", 0, "A1")
DEAD_B = child("B", "both", 0, "B1", "B2")
SINGLE = {"spouse": None}
ORPHANS = (child("A", "decedent", 0, "A1", "A2", "A3"), child("B", "decedent", 0, "B1"))
HALF = (child("A", "decedent", 0, "A1", "A2", "A3"), child("B", "decedent", 0, "B1"), child("C", "decedent"))
CASES = [
    ("2-102(1)(A): no descendant, no parent", case(900_000), "900000.00"),
    ("2-102(1)(B): all joint", case(900_000, A, B), "900000.00"),
    ("2-102(1)(B): a joint child gets nothing", case(900_000, A, B, asked="A"), "0.00"),
    ("2-102(1)(B): the parents do not matter beside descendants", case(900_000, A, parents=(MUM,)), "900000.00"),
    ("2-102(2): 300,000 and three-fourths of 400,000", case(700_000, parents=(MUM,)), "600000.00"),
    ("2-102(2): an estate of 300,000", case(300_000, parents=(MUM,)), "300000.00"),
    ("2-103(a)(2): the parents share 100,000", case(700_000, parents=(MUM, DAD), asked="Dad"), "50000.00"),
    ("2-102(3): 225,000 and half of 200,000", case(425_000, A, STEP), "325000.00"),
    ("2-102(3): a stepchild is no heir", case(425_000, A, STEP, asked="A"), "100000.00"),
    ("2-102(4): 150,000 and half of 200,000", case(350_000, APART), "250000.00"),
    ("2-102(4): joint children make no difference", case(350_000, A, APART, STEP), "250000.00"),
    ("2-103(a)(1): both lines share alike", case(350_000, A, APART, asked="A"), "50000.00"),
    ("2-102(4): an estate below the first sum", case(149_000, APART, asked="X"), "0.00"),
    ("2-104: a child who lived 119 hours", case(350_000, A, child("X", "decedent", 119)), "350000.00"),
    ("2-104: a child who lived 121 hours", case(350_000, A, child("X", "decedent", 121)), "250000.00"),
    ("2-104: a spouse who lived 119 hours", case(90_000, A, B, asked="A", spouse=Kin("Bob Ray", "", 119)), "45000.00"),
    ("2-104: a parent who lived 100 hours", case(700_000, parents=(Kin("Mum", "", 100),)), "700000.00"),
    (
        "2-106: a dead child without issue has no share",
        case(90_000, A, child("X", "both", 0), asked="A", **SINGLE),
        "90000.00",
    ),
    ("2-106 cmt: C takes a third", case(90_000, *HALF, asked="C", **SINGLE), "30000.00"),
    ("2-106 cmt: four grandchildren share two thirds", case(90_000, *HALF, asked="B1", **SINGLE), "15000.00"),
    ("2-106: all children dead, grandchildren per head", case(90_000, *ORPHANS, asked="B1", **SINGLE), "22500.00"),
    ("2-102(1)(B): a joint child's issue are joint", case(90_000, DEAD_A, B), "90000.00"),
    ("2-106: the rest, per capita", case(285_000, DEAD_A, DEAD_B, C, STEP, asked="A1"), "6666.67"),
]
ROUND = [row for row in CASES if row[2] != "6666.67"]


@pytest.mark.parametrize(("facts", "answer"), [row[1:] for row in ROUND], ids=[row[0] for row in ROUND])
def test_hand_worked_cases(facts, answer):
    assert u.decide(facts)[0] == answer


@pytest.mark.parametrize(
    "facts",
    [
        CASES[-1][1],
        case(350_000, A, child("X", "decedent", 120)),
        case(350_000, spouse=None),
        case(350_000, STEP, spouse=Kin("Bob Ray", "", 3)),
    ],
    ids=["two thirds of 20,000 is no round sum", "exactly 120 hours", "collaterals", "a stepchild alone"],
)
def test_what_is_in_doubt_is_refused_and_so_never_drawn(facts):
    with pytest.raises(ValueError):
        u.decide(facts)


# ---- a second engine: who counts first, then one recursion over generations in fractions ----------------------


def prune(kin):
    """(name, alive, descendants) of a person with anyone alive below, else None."""
    alive = kin.outlived is None or kin.outlived > 120
    below = [tree for tree in map(prune, kin.children) if tree]
    return (kin.name, alive, below) if alive or below else None


def per_capita(trees, amount):
    out = {}
    while trees and amount:
        heads = [name for name, alive, _ in trees if alive]
        out |= dict.fromkeys(heads, amount / len(trees) if heads else 0)
        amount -= sum(out[name] for name in heads)
        trees = [tree for _, alive, below in trees if not alive for tree in below]
    return out


def second_opinion(facts):
    lines = {line: [t for t in map(prune, (c for c in facts.children if c.line == line)) if t]
             for line in ("both", "decedent", "spouse")}  # fmt: skip
    parents = [p.name for p in facts.parents if prune(p)]
    own = lines["both"] + lines["decedent"]
    estate = Fraction(facts.estate, 100)
    taken = Fraction(0)
    if facts.spouse and prune(facts.spouse):
        first, part = estate, Fraction(0)
        if lines["decedent"]:
            first, part = 150_000, Fraction(1, 2)
        elif own and lines["spouse"]:
            first, part = 225_000, Fraction(1, 2)
        elif parents and not own:
            first, part = 300_000, Fraction(3, 4)
        taken = estate if estate <= first else first + (estate - first) * part
    shares = per_capita(own, estate - taken) if own else {name: (estate - taken) / len(parents) for name in parents}
    if facts.spouse:
        shares[facts.spouse.name] = taken
    return shares.get(facts.asked, Fraction(0))


def test_a_second_engine_agrees_on_2000_problems():
    for facts, problem in drawn(2_000):
        assert second_opinion(facts) == Fraction(problem.answer), problem.facts


def shaken(rng, kin):
    hours = rng.choice((None, None, 0, 119, 121))
    return replace(kin, outlived=hours, line=rng.choice(("both", "decedent", "spouse")) if kin.line else "")


def test_the_engines_agree_on_facts_that_no_sampler_would_make():
    rng, compared = random.Random(1), Counter()
    for facts, _ in drawn(1_500):
        scrambled = replace(
            facts,
            estate=rng.randrange(1, 900) * 1_008_00,
            children=tuple(shaken(rng, kin) for kin in facts.children),
            parents=tuple(shaken(rng, kin) for kin in facts.parents),
        )
        try:
            answer = u.decide(scrambled)[0]
        except ValueError:
            continue
        assert second_opinion(scrambled) == Fraction(answer), scrambled
        compared[answer == "0.00"] += 1
    assert min(compared.values()) > 60 and sum(compared.values()) > 700, compared


# ---- properties -----------------------------------------------------------------------------------------


def everyone(facts):
    top = [*([facts.spouse] if facts.spouse else []), *facts.children, *facts.parents]
    return {name for kin in top for name in (kin.name, *(c.name for c in kin.children))}


def test_what_does_not_matter_changes_nothing():
    for facts, problem in drawn(500):
        changes = {
            "no distractors": replace(facts, asides=()),
            "renamed": replace(facts, decedent="X Y"),
            "reordered": replace(facts, children=facts.children[::-1], parents=facts.parents[::-1]),
        }
        for what, changed in changes.items():
            assert u.decide(changed)[0] == problem.answer, (what, problem.facts)


def test_the_shares_make_up_the_whole_estate():
    for facts, problem in drawn(500):
        shares = [Fraction(u.decide(replace(facts, asked=name))[0]) for name in everyone(facts)]
        assert sum(shares) * 100 == facts.estate, problem.facts


def test_every_paragraph_is_met_equally_often():
    paragraphs = Counter(share.citation if (share := u.spouse_share(facts)) else None for facts, _ in drawn(1_000))
    whole = paragraphs.pop(u.ALL_ALONE) + paragraphs.pop(u.ALL_JOINT)
    assert len(OUTCOMES) == 5 and whole == 200 and set(paragraphs.values()) == {200}
    answers = Counter(problem.answer for _, problem in drawn(1_000))
    assert answers["0.00"] < 50


def test_the_question_names_the_text_that_it_asks_about():
    # § 2-103(a) is cited by its numbers before the amendments of 2019.
    assert all("in the uniform text of 2010 (2008 amounts)" in problem.question for _, problem in drawn(50))
