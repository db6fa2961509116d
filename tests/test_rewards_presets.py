"""Every preset of weights: style never lifts a wrong answer above a right one, and a gold argument earns it all."""

import math
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ordinary_answers import ANSWERS

from grpo_legal import config, problems, rewards
from grpo_legal.errors import UserError
from grpo_legal.problems import draw
from grpo_legal.rewards import REGISTRY, STYLE, build, check_names, check_style, correct_answer, presets
from grpo_legal.rewards import right_over_wrong as lead
from grpo_legal.schema import to_row

ROOT = Path(__file__).parents[1]
NAMES = ["verifiable", "irac", "drafting"]
FAMILIES = ["firm_offer", "hearsay_definition", "comparative_fault", "computing_time", "breach_notice"]
PROBLEMS = [problem for family in FAMILIES for problem in problems.generate(family, 4, "train", 3)]
ROWS = [to_row(problem, "reasoned") for problem in PROBLEMS]
EVERYTHING = dict.fromkeys((n for n in REGISTRY if n != "judge"), 1.0) | {"correct_answer": 100.0}  # no endpoint here


def columns(rows):
    return {key: [row[key] for row in rows] for key in rows[0]}


def totals(weights, texts, rows) -> list[float]:
    values = [[spec.weight * v for v in spec.function(texts, **columns(rows))] for spec in specs(weights)]
    return [math.fsum(column) for column in zip(*values, strict=True)]


def specs(weights):
    return build(weights, max_completion_tokens=768)


def test_the_presets_are_those_of_the_settings():
    literal = config.Reward.model_fields["preset"].annotation
    assert [name for kind in get_args(literal) for name in get_args(kind)] == list(presets()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_has_a_sentence_and_weights_of_ours_that_do_not_outweigh_being_right(name):
    preset = presets()[name]
    assert preset.about.endswith(".") and len(preset.about) > 40
    assert check_names(preset.weights) == check_style(preset.weights) == []
    assert preset.weights["correct_answer"] == 1.0
    assert math.fsum(w for n, w in preset.weights.items() if n in STYLE) < 1.0
    assert rewards.preset_weights(name) == preset.weights


def test_a_copy_of_the_weights_may_be_changed():
    rewards.preset_weights("irac")["concise"] = 5.0
    assert rewards.preset_weights("irac")["concise"] == 0.05


def test_an_unknown_preset_offers_near_names():
    with pytest.raises(
        UserError, match=r"reward preset 'irak' is none of verifiable, irac, drafting; did you mean irac"
    ):
        rewards.preset_weights("irak")


def test_every_reward_is_used_or_said_to_be_extra():
    used = {name for preset in presets().values() for name in preset.weights}
    assert set(REGISTRY) - used == {"calibrated_abstention", "judge"}  # a second reader of the answer; what costs money


# ---- style never outweighs being right --------------------------------------------------------------


@pytest.mark.parametrize(("name", "least"), [("verifiable", 1.0), ("irac", 0.9), ("drafting", 0.92)])
def test_by_the_declared_bounds_every_right_answer_leads_every_wrong_one(name, least):
    assert lead(presets()[name].weights) == pytest.approx(least) and least > 0


@pytest.mark.parametrize(
    ("weights", "least"),
    [
        ({"correct_answer": 1.0}, 1.0),
        ({"correct_answer": 1.0, "irac_structure": 50.0}, 1.0),  # gated: a wrong answer has none of it
        ({"correct_answer": 1.0, "citation_supported": 1.5}, -0.5),  # an invented citation may cost the lead
        ({"correct_answer": 1.0, "calibrated_abstention": 0.5}, 1.0),
        ({"correct_answer": 1.0, "mine:own": 9.0}, 1.0),
        ({}, 0.0),
    ],
)
def test_the_least_lead(weights, least):
    assert lead(weights) == pytest.approx(least)


PIECES = ["Issue: ", "Rule: Under ", "\nApplication: Here ", "\nConclusion: Therefore ", "perhaps ", "it depends. ",
          "Elvis v. Presley, 1 U.S. 1 (1790). ", "U.C.C. § 2-205 ", "Fed. R. Evid. 801(d)(9) ", "$1,234 ", "\n", ". ",
          "the merchant who signed the offer of goods was bound, because ", "\nAnswer: Yes", "Answer: No\n",
          "\nAnswer: cannot be determined", "<|im_end|>", "\0", "\ud800", "é", "March 3, 2026 "]  # fmt: skip
TEXTS = st.one_of(
    st.text(alphabet=st.characters(codec=None), max_size=60),
    st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
    st.tuples(st.sampled_from(PROBLEMS), st.integers(0, 1500)).map(lambda drawn: drawn[0].explanation[: drawn[1]]),
)


@st.composite
def answered(draw):
    """A problem and a text about it that now and then ends in the right answer."""
    i, text = draw(st.integers(0, len(PROBLEMS) - 1)), draw(TEXTS)
    body = text.partition("\nAnswer:")[0] if (right := draw(st.booleans())) else text
    return i, f"{body}\nAnswer: {PROBLEMS[i].answer}" if right else text


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=150, deadline=None)
@given(drawn=st.lists(answered(), min_size=4, max_size=8))
def test_on_any_texts_a_wrong_answer_earns_less_than_any_right_one(name, drawn):
    rows, texts = [ROWS[i] for i, _ in drawn], [text for _, text in drawn]
    right = correct_answer(texts, **columns(rows))
    earned = totals(presets()[name].weights, texts, rows)
    worst_right = min((e for e, r in zip(earned, right, strict=True) if r == 1.0), default=math.inf)
    best_wrong = max((e for e, r in zip(earned, right, strict=True) if r == 0.0), default=0.0)
    assert best_wrong <= 0.0 and worst_right > best_wrong


@settings(max_examples=300, deadline=None)
@given(drawn=st.lists(answered(), min_size=3, max_size=6))
def test_every_reward_keeps_its_declared_bounds(drawn):
    rows, texts = [ROWS[i] for i, _ in drawn], [text for _, text in drawn]
    right = correct_answer(texts, **columns(rows))
    for spec in specs(EVERYTHING):
        declared = REGISTRY[spec.name]
        values = spec.function(texts, **columns(rows))
        assert values == spec.function(texts, **columns(rows)), spec.name
        for value, r in zip(values, right, strict=True):
            low, high = declared.on_right if r == 1.0 else declared.on_wrong
            assert low <= value <= high, (spec.name, r, value)


def test_the_texts_of_these_tests_are_right_and_wrong():
    texts = [f"Here it is.\nAnswer: {problem.answer}" for problem in PROBLEMS]
    assert set(correct_answer(texts, **columns(ROWS))) == {1.0}
    assert set(correct_answer(["Here it is."] * len(ROWS), **columns(ROWS))) == {0.0}


def test_a_style_reward_is_gated_and_a_judge_of_the_answer_is_not():
    assert set(REGISTRY) - STYLE == {"correct_answer", "calibrated_abstention"}
    for name, built_in in REGISTRY.items():
        assert built_in.on_wrong[1] <= 0.0 or name == "calibrated_abstention"
        assert built_in.on_right[0] >= 0.0 or name == "citation_supported"


# ---- gold ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_gold_arguments_of_every_family_earn_nearly_all(name):
    told = [problem for family in problems.FAMILIES for problem in problems.generate(family, 4, "train", 11)]
    rows = [to_row(problem, "reasoned") for problem in told]
    most = math.fsum(presets()[name].weights.values())
    earned = totals(presets()[name].weights, [problem.explanation for problem in told], rows)
    assert {p.family: round(e / most, 2) for p, e in zip(told, earned, strict=True) if e < 0.9 * most} == {}


@pytest.mark.parametrize("name", NAMES)
def test_right_answers_in_a_persons_ordinary_wording_earn_nearly_all(name):
    told = [draw(problems.FAMILIES[a.family], a.split, a.seed, a.index, a.difficulty)[1] for a in ANSWERS]
    assert len(told) >= 40 and len({p.family for p in told}) >= 10
    most = math.fsum(presets()[name].weights.values())
    earned = totals(presets()[name].weights, [a.text for a in ANSWERS], [to_row(p, "reasoned") for p in told])
    assert {p.id: round(e / most, 3) for p, e in zip(told, earned, strict=True) if e < 0.9 * most} == {}


def test_rewards_are_imported_when_they_are_asked_for():
    code = "import sys, grpo_legal.train; assert not {'eyecite', 'torch'} & set(sys.modules); " \
           "from grpo_legal.rewards import citation_valid; assert citation_valid.__name__ == 'citation_valid'"  # fmt: skip
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
    with pytest.raises(AttributeError, match="no attribute 'correctanswer'"):
        rewards.correctanswer  # noqa: B018
