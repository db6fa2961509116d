"""Conciseness, and rewards made of rewards."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grpo_legal.rewards import Concise, capped, correct_answer, gated, length, mean_of, reward, scaled

ROW = {"kind": ["yes_no"] * 3, "labels": [["Yes", "No"]] * 3, "answer": ["Yes", "Yes", "No"]}


def score(completions, **columns):
    return [0.2, 0.6, 1.0][: len(completions)]


# ---- concise ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tokens", "value"), [(1, 1.0), (80, 1.0), (81, 0.95), (90, 0.5), (99, 0.05), (100, 0.0), (101, 0.0), (5000, 0.0)]
)
def test_concise_falls_linearly_near_the_cut(tokens, value):
    told = Concise(limit_tokens=100, buffer=20)(["Yes"], completion_ids=[[7] * tokens])
    assert told == [pytest.approx(value)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Yes", 1.0),
        ("word " * 5, 1.0),
        ("word " * 8, 0.4),
        ("word " * 10, 0.0),
        ("x" * 8000, 0.0),  # padding without spaces
        ("Yes" + " " * 8000, 0.0),  # padding with nothing but spaces
        ("", 0.0),  # nothing said is not concise
        (" \n ", 0.0),
    ],
)
def test_without_token_ids_words_stand_for_tokens(text, value):
    assert Concise(limit_tokens=10, buffer=5)([text]) == [pytest.approx(value)]


def test_the_token_ids_count_and_not_the_words():
    assert Concise(limit_tokens=10, buffer=5)(["word " * 50, "Yes"], completion_ids=[[1], [1] * 10]) == [1.0, 0.0]


def test_an_empty_completion_is_not_concise_whatever_its_tokens():
    assert Concise(limit_tokens=10, buffer=5)([""], completion_ids=[[2]]) == [0.0]


def test_token_ids_for_other_completions_are_refused():
    with pytest.raises(ValueError):
        Concise(limit_tokens=10, buffer=5)(["Yes", "No"], completion_ids=[[1]])


@pytest.mark.parametrize(("limit", "buffer"), [(10, 0), (10, 11), (0, 0), (-1, 1)])
def test_impossible_limits_are_refused(limit, buffer):
    with pytest.raises(ValueError, match="concise: buffer"):
        Concise(limit_tokens=limit, buffer=buffer)


def test_concise_has_a_name_of_its_own():
    assert (Concise(limit_tokens=10, buffer=5).__name__, Concise.__name__) == ("concise", "Concise")


# ---- combinators ------------------------------------------------------------------------------------


def test_gated_pays_on_a_right_answer_only():
    assert gated(score)(["Answer: Yes", "No", "Answer: No"], **ROW) == [0.2, 0.0, 1.0]


def test_gated_by_another_reward_needs_all_of_it():
    assert gated(score, by=lambda completions, **_: [1.0, 0.99, 0.0])(["a", "b", "c"]) == [0.2, 0.0, 0.0]


def test_capped_scaled_and_the_mean():
    told = ["Yes", "Yes", "Yes"]
    assert capped(score, at=0.5)(told) == [0.2, 0.5, 0.5]
    assert scaled(score, by=0.5)(told) == [0.1, 0.3, 0.5]
    assert mean_of(score, correct_answer)(told, **ROW) == [0.6, 0.8, 0.5]


VALUES = st.lists(st.tuples(st.floats(-1, 1), st.booleans()), min_size=1, max_size=8)
SHARES = st.floats(0, 1, exclude_min=True)


def test_what_is_below_zero_goes_through_the_gate():
    assert gated(lambda completions, **_: [-0.5, -0.5, 0.5])(["Yes", "No", "Yes"], **ROW) == [-0.5, -0.5, 0.0]


@given(VALUES, SHARES)
def test_what_is_made_of_rewards_keeps_bounds_order_and_what_is_taken_away(drawn, share):
    given_values, right = [value for value, _ in drawn], [float(key) for _, key in drawn]
    texts = ["text"] * len(drawn)
    inner = lambda completions, **_: given_values  # noqa: E731
    gate = gated(inner, by=lambda completions, **_: right)(texts)
    cap, scale, mean = capped(inner, at=share)(texts), scaled(inner, by=share)(texts), mean_of(inner, inner)(texts)
    for value, key, g, c, s, m in zip(given_values, right, gate, cap, scale, mean, strict=True):
        assert g == (value if key else min(value, 0.0)) and g <= value
        assert c == min(value, share) and (value >= 0 or c == value)  # a cap takes nothing off a penalty
        assert abs(s) <= abs(value) and s * value >= 0
        assert m == pytest.approx(value)
    for made in (cap, scale, mean):  # order is kept
        assert [v for _, v in sorted(zip(given_values, made, strict=True))] == sorted(made)


def test_names_are_kept_and_the_mean_gets_one():
    assert [f.__name__ for f in (gated(score), capped(score, at=1), scaled(score, by=1))] == ["score"] * 3
    assert mean_of(score, correct_answer).__name__ == "mean_of_score_correct_answer"
    assert mean_of(score, correct_answer, name="both").__name__ == "both"
    assert gated(Concise(limit_tokens=9, buffer=3)).__name__ == "concise"


@pytest.mark.parametrize("value", [0, -0.5, 1.5, float("nan")])
def test_a_cap_or_a_factor_that_would_break_the_bounds_is_refused(value):
    with pytest.raises(ValueError, match="legal is more than 0 and at most 1"):
        capped(score, at=value)
    with pytest.raises(ValueError, match="legal is more than 0 and at most 1"):
        scaled(score, by=value)


def test_the_mean_of_nothing_is_refused():
    with pytest.raises(ValueError, match="mean_of needs at least one reward"):
        mean_of()


def test_rewards_are_called_by_keyword_as_the_trainer_does():
    def last(prompts, completions, **columns):  # `completions` is not the first argument
        return [float(len(c)) / 10 for c in completions]

    for made in (gated(last), capped(last, at=1), scaled(last, by=1), mean_of(last), reward.named(last, "n")):
        assert made(["Yes", "Yes", "No"], prompts=["?"] * 3, **ROW) == pytest.approx([0.3, 0.3, 0.2])


@pytest.mark.parametrize("module", [length, reward])
def test_the_examples_in_the_files(module):
    assert doctest.testmod(module).failed == 0


def test_a_gate_that_judges_alone_asks_only_about_right_answers_and_gives_the_same():
    asked = []

    def mine(completions, *, n, **columns):
        asked.extend(completions)
        return [0.1 * each for each in n]

    row = {"kind": ["yes_no"] * 3, "labels": [["Yes", "No"]] * 3, "answer": ["Yes"] * 3, "n": [1, 2, 3], "step": 7}
    told = ["Answer: Yes", "Answer: No", "Yes"]
    assert gated(mine, alone=True)(told, **row) == gated(mine)(told, **row) == [0.1, 0.0, 0.1 * 3]
    assert asked == ["Answer: Yes", "Yes", *told]
    assert gated(mine, alone=True)(["No"] * 3, **row) == [0.0] * 3
