"""Comparative fault against hand-worked cases, a second computation in fractions, and the text itself."""

import random
import re
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from family_series import series

from grpo_legal.problems import FAMILIES
from grpo_legal.problems import comparative_fault as c
from grpo_legal.problems import fault_rules as r

FAMILY = FAMILIES["comparative_fault"]
drawn = series(FAMILY)


# ---- cases worked by hand ------------------------------------------------------------------------------


def case(regime, fault, *damages, others=None, not_sued=0, liability="", target=None):
    """`others`: the defendants' percents; by default one defendant with the rest of the fault."""
    defendants = tuple((f"D{i}", percent) for i, percent in enumerate(others or [100 - fault - not_sued]))
    return c.Facts(
        plaintiff="Ann Lee",
        fault=fault,
        defendants=defendants,
        not_sued=("Cy Dow", not_sued) if not_sued else None,
        damages=tuple(("lost wages", dollars) for dollars in damages),
        regime=regime,
        rule=r.RULES[regime][0],
        liability=liability,
        target=target,
        event="a fall",
        asides=(),
        difficulty=3,
    )


CASES = [
    ("Li v. Yellow Cab: pure, 30 percent", case(r.PURE, 30, 100_000), "70000.00"),
    ("Li v. Yellow Cab: pure, 90 percent still recovers a tenth", case(r.PURE, 90, 100_000), "10000.00"),
    ("McIntyre v. Balentine: 49 percent", case(r.FIFTY, 49, 100_000), "51000.00"),
    ("McIntyre v. Balentine: the parties equally at fault", case(r.FIFTY, 50, 100_000), "0.00"),
    ("Ohio 2315.33: 50 percent", case(r.FIFTY_ONE, 50, 100_000), "50000.00"),
    ("Ohio 2315.33: 51 percent", case(r.FIFTY_ONE, 51, 100_000), "0.00"),
    ("Coleman v. Soccer Ass'n: contributory, 1 percent", case(r.CONTRIBUTORY, 1, 100_000), "0.00"),
    ("Coleman v. Soccer Ass'n: contributory, none", case(r.CONTRIBUTORY, 0, 100_000), "100000.00"),
    ("Wash. 4.22.005: heads are added before the reduction", case(r.PURE, 25, 10_001, 20_002), "22502.25"),
    (
        "N.D. 32-03.2-02: set against both defendants together",
        case(r.FIFTY, 40, 50_000, others=[35, 25]),
        "30000.00",
    ),
    (
        "Tex. 33.001: three defendants of 20 percent each",
        case(r.FIFTY_ONE, 40, 50_000, others=[20, 20, 20]),
        "30000.00",
    ),
    (
        "Fla. 768.81(3): several, one defendant's own percentage",
        case(r.FIFTY_ONE, 20, 80_000, others=[50, 30], liability="several", target=1),
        "24000.00",
    ),
    (
        "Ga. 51-12-33: several, nobody owes the share of one who was not sued",
        case(r.FIFTY, 20, 80_000, others=[30, 10], not_sued=40, liability="several"),
        "32000.00",
    ),
    (
        "Ga. 51-12-33(g): barred whatever the defendant's share",
        case(r.FIFTY, 50, 80_000, others=[30, 20], liability="several", target=0),
        "0.00",
    ),
    (
        "Mass. ch. 231B: joint, the whole recovery from a 10 percent defendant",
        case(r.FIFTY_ONE, 20, 80_000, others=[70, 10], liability="joint", target=1),
        "64000.00",
    ),
]


@pytest.mark.parametrize(("facts", "answer"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_hand_worked_cases(facts, answer):
    assert c.decide(facts)[0] == answer


TEXAS, MASSACHUSETTS = r.RULES[r.FIFTY_ONE][0], r.JOINT[r.FIFTY_ONE][0]


@pytest.mark.parametrize(
    ("facts", "cited"),
    [
        (replace(case(r.FIFTY_ONE, 51, 9_000), rule=TEXAS), TEXAS[:1]),
        (replace(case(r.FIFTY_ONE, 50, 9_000), rule=TEXAS), TEXAS),
        (replace(case(r.FIFTY_ONE, 51, 9_000, liability="joint", target=0), rule=MASSACHUSETTS), MASSACHUSETTS[:1]),
        (replace(case(r.FIFTY_ONE, 20, 9_000, liability="joint", target=0), rule=MASSACHUSETTS), MASSACHUSETTS),
    ],
    ids=["Texas, barred", "Texas, reduced", "Massachusetts, barred", "Massachusetts, the whole from one"],
)
def test_the_authorities_are_those_of_the_rules_used(facts, cited):
    assert tuple(rule for rule, _ in c.decide(facts)[1]) == cited


# ---- a second computation ---------------------------------------------------------------------------------

BARRED_AT = {"pure": 101, "50% bar": 50, "51% bar": 51, "contributory": 1}  # whole percents


def second_opinion(facts):
    if facts.fault >= BARRED_AT[facts.regime]:
        return Fraction(0)
    payers = facts.defendants if facts.target is None else facts.defendants[facts.target : facts.target + 1]
    owed = Fraction(0)
    for _, dollars in facts.damages:
        if facts.liability == "several":
            owed += sum(Fraction(dollars * percent, 100) for _, percent in payers)
        else:
            owed += dollars - Fraction(dollars * facts.fault, 100)
    return owed


def test_a_second_computation_agrees_to_the_cent_on_2000_problems():
    for facts, problem in drawn(2_000):
        assert second_opinion(facts) == Fraction(problem.answer), problem.facts


def test_the_computations_agree_on_facts_that_no_sampler_would_make():
    rng = random.Random(1)
    for facts, _ in drawn(1_500):
        target = rng.choice((None, *range(len(facts.defendants))))
        liability = rng.choice(("", "several", "joint"))
        scrambled = replace(facts, regime=rng.choice(r.REGIMES), target=target, liability=liability)
        assert second_opinion(scrambled) == Fraction(c.decide(scrambled)[0]), scrambled


def test_the_level_one_text_alone_leads_to_the_answer():
    """Regime and plaintiff from the question, damages and percents from the facts."""
    for facts, problem in drawn(2_000, level=1):
        regime = re.search(r"\((pure comparative fault|50% bar|51% bar|contributory negligence)\)", problem.question)[1]
        text = problem.facts
        for aside in facts.asides:
            text = text.replace(aside, "")
        damages = int(re.search(r"\$([\d,]+)", text)[1].replace(",", ""))
        percents = [int(n) for n in re.findall(r"(\d+) percent", text)]
        assert len(percents) == 2 and sum(percents) == 100, text
        mine = percents[0] if text.index(f"{percents[0]} percent") == plaintiffs_share_at(text, facts) else percents[1]
        limit = {"pure comparative fault": 100, "50% bar": 49, "51% bar": 50, "contributory negligence": 0}[regime]
        due = damages * (100 - mine) / 100 if mine <= limit else 0
        assert f"{due:.2f}" == problem.answer, problem.facts


def plaintiffs_share_at(text, facts):
    """Where the percent stands that the words next to it give to the plaintiff."""
    who = re.escape(facts.plaintiff)
    forms = (
        rf"{who}(?: was|:)? (\d+ percent)",
        rf"(\d+ percent) (?:{who}|ours|on {who})",
        rf"{who}[^.]*? bears (\d+ percent)",
    )
    forms += (
        rf"{who} lost [^.]*? and was (\d+ percent)",
        rf"fault was (\d+ percent) {who}'s",
        rf"Negligence of {who}: (\d+ percent)",
    )
    found = [match for match in (re.search(form, text) for form in forms) if match]
    assert found, text
    return found[0].start(1)


# ---- properties -----------------------------------------------------------------------------------------


def test_what_does_not_matter_changes_nothing():
    for facts, problem in drawn(600):
        changes = {
            "no distractors": replace(facts, asides=()),
            "renamed": replace(facts, plaintiff="X Y", defendants=tuple(("Z W", p) for _, p in facts.defendants)),
            "heads in another order": replace(facts, damages=facts.damages[::-1]),
            "another accident": replace(facts, event="a thunderbolt"),
        }
        if facts.target is None:
            changes["defendants in another order"] = replace(facts, defendants=facts.defendants[::-1])
            changes["one head"] = replace(facts, damages=(("all", sum(d for _, d in facts.damages)),))
        for what, changed in changes.items():
            assert c.decide(changed)[0] == problem.answer, (what, problem.facts)


def test_several_shares_and_the_plaintiffs_own_add_up_to_the_damages():
    for facts, _ in drawn(400, level=3):
        if facts.liability == "several" and facts.fault < 50:
            parts = [Fraction(c.decide(replace(facts, target=i))[0]) for i in range(len(facts.defendants))]
            total = sum(dollars for _, dollars in facts.damages)
            unpaid = facts.fault + (facts.not_sued[1] if facts.not_sued else 0)
            assert (
                sum(parts)
                == Fraction(total * (100 - unpaid), 100)
                == Fraction(c.decide(replace(facts, target=None))[0])
            )


def test_shares_add_up_and_everything_that_matters_is_told():
    for facts, problem in drawn(600):
        shares = [percent for _, percent in facts.defendants] + ([facts.not_sued[1]] if facts.not_sued else [])
        assert facts.fault + sum(shares) == 100 and min(shares) >= 1
        assert all(f"{dollars:,}" in problem.facts for _, dollars in facts.damages)
        assert all(f"{share} percent" in problem.facts for share in (*shares, facts.fault))
        assert facts.asides or facts.difficulty == 1
        assert dict(facts.damages).get("pain and suffering", 0) < 150_000


@pytest.mark.parametrize("level", [1, 2, 3])
def test_each_four_hold_every_regime_and_a_third_recovers_nothing(level):
    facts = [facts for facts, _ in drawn(600, level)]
    assert all({x.regime for x in facts[i : i + 4]} == set(r.REGIMES) for i in range(0, 600, 4))
    nothing = Counter(x.regime for x in facts if c.decide(x)[0] == "0.00")
    assert nothing["pure"] == 0 and 0.2 < sum(nothing.values()) / 600 < 0.4
    assert all(0.25 < nothing[regime] / 150 < 0.65 for regime in r.REGIMES[1:]), nothing


def test_every_rule_names_its_regime_and_its_law_in_the_question():
    for facts, problem in drawn(600):
        assert facts.rule[0] in problem.question and r.NAMES[facts.regime] in problem.question
        assert set(problem.authorities) <= set(facts.rule)
        table = {"": r.RULES, "several": r.SEVERAL, "joint": r.JOINT}[facts.liability]
        assert facts.rule in table[facts.regime]


# ---- explanations -----------------------------------------------------------------------------------------


def test_the_argument_names_the_bar_the_sums_and_who_pays():
    for facts, problem in drawn(900):
        application, conclusion = problem.explanation.splitlines()[2:4]
        assert ("bars all recovery" in application) == (problem.answer == "0.00") == ("nothing" in conclusion)
        assert f"${sum(dollars for _, dollars in facts.damages):,}" in application
        if problem.answer != "0.00":
            owed = f"${float(problem.answer):,.2f}".removesuffix(".00")
            assert owed in application and owed in conclusion, problem.explanation
        others = [name for i, (name, _) in enumerate(facts.defendants) if facts.target not in (None, i)]
        assert not any(c.short(name) in conclusion.split(" from ")[1] for name in others), problem.explanation


def test_every_authority_has_its_rule_and_its_state():
    cited = {
        citation for table in (r.RULES, r.SEVERAL, r.JOINT) for rules in table.values() for c in rules for citation in c
    }
    assert cited == set(r.STATED)
    assert all(rule.startswith("In ") and rule[-1] != "." for rule in r.STATED.values())
    assert r.STATED["Va. Code Ann. § 8.01-443"].startswith("In Virginia, those who")
    assert "50 percent of the fault or more" in r.STATED[r.MCINTYRE] and "more than 50" in r.STATED["Iowa Code § 668.3"]
