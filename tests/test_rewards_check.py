"""What a reward gives back is checked at every call, and every reward is tried out before a run."""

import doctest
import math
from fractions import Fraction

import numpy as np
import pytest

from grpo_legal.errors import UserError
from grpo_legal.rewards import Checked, Concise, RewardSpec, build, check, guarded, preflight
from grpo_legal.rewards.correct import correct_answer
from grpo_legal.schema import Problem, completion_text, read_answer, to_row

LEGAL = "(legal: one finite number per completion, 2 expected)"


def spec(function, name: str = "mine") -> RewardSpec:
    return RewardSpec(name, function, 1.0)


def giving(returned):
    return Checked(spec(lambda completions, **_: returned))


def fault(reward, completions=("a", "b"), **columns) -> str:
    with pytest.raises(UserError) as error:
        reward(list(completions), **columns)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    "returned",
    [
        [0, 1],
        [0.0, 1.0],
        (0.0, 1.0),
        [False, True],
        np.array([0.0, 1.0]),
        list(np.array([0, 1])),
        [Fraction(0), Fraction(1)],
    ],
)
def test_numbers_of_any_make_come_back_as_floats(returned):
    values = giving(returned)(["a", "b"])
    assert values == [0.0, 1.0]
    assert [type(value) for value in values] == [float, float]


def test_numpy_booleans_and_half_precision_are_numbers():
    assert giving([np.bool_(True), np.float16(0.5)])(["a", "b"]) == [1.0, 0.5]


def test_torch_scalars_are_numbers():
    torch = pytest.importorskip("torch")
    assert giving(torch.tensor([0.5, 1.0]))(["a", "b"]) == [0.5, 1.0]
    assert giving([torch.tensor(0.5), torch.tensor(1.0, dtype=torch.bfloat16)])(["a", "b"]) == [0.5, 1.0]
    assert fault(giving([torch.tensor([0.5]), 1.0])) == f"reward 'mine' gave a value of type Tensor as item 0 {LEGAL}"


@pytest.mark.parametrize(
    ("item", "shown"),
    [
        (None, "None"),
        (math.nan, "nan"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        ("0.5", "'0.5'"),
        ("two\nlines", r"'two\nlines'"),
        ("x" * 500, "'" + "x" * 59),
        ([0.5], "a value of type list"),
        (1j, "a value of type complex"),
        (10**400, "a value of type int"),
        (np.array([0.5]), "a value of type ndarray"),
        (np.float32("nan"), "a value of type float32"),
        (np.str_("1"), "'1'"),
        (object(), "a value of type object"),
    ],
)
def test_what_is_no_number_is_named_with_its_place(item, shown):
    assert fault(giving([0.5, item])) in {
        f"reward 'mine' gave {shown} as item 1 {LEGAL}",
        f"reward 'mine' gave np.str_({shown}) as item 1 {LEGAL}",
    }


@pytest.mark.parametrize(
    ("returned", "shown"),
    [
        ([0.5], "1 values"),
        ([], "0 values"),
        ([0.5] * 3, "3 values"),
        (None, "None"),
        (0.5, "0.5"),
        ("ab", "'ab'"),
        ({0.1, 0.2}, "a value of type set"),
        ({"a": 0.1, "b": 0.2}, "a value of type dict"),
        (iter([0.5, 0.5]), "a value of type list_iterator"),
        (np.array([[0.1, 0.2]]), "a value of type ndarray"),
        (np.float64(0.5), "0.5"),
    ],
)
def test_what_is_no_list_of_one_number_each(returned, shown):
    told = fault(giving(returned))
    assert told.replace("np.float64(0.5)", "0.5") == f"reward 'mine' returned {shown} {LEGAL}"


def test_an_async_reward_in_disguise_is_named():
    async def later(completions, **_):
        return [0.5, 0.5]

    made = later(["a", "b"])
    assert fault(giving(made)) == f"reward 'mine' returned a value of type coroutine {LEGAL}"
    made.close()


def test_a_reward_that_raises_is_named_with_its_exception():
    def broken(completions, **_):
        raise ZeroDivisionError("division\nby zero")

    assert fault(Checked(spec(broken))) == "reward 'mine' raised ZeroDivisionError: division by zero"
    assert fault(Checked(spec(lambda completions: [1.0, 1.0])), kind=["yes_no"] * 2).startswith(
        "reward 'mine' raised TypeError: "
    )


def test_ctrl_c_is_not_an_error_of_the_reward():
    def stopped(completions, **_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Checked(spec(stopped))(["a"])


def test_a_checked_reward_keeps_its_name_and_gets_every_column():
    heard = {}

    def listen(completions, **columns):
        heard.update(columns)
        return [0.5] * len(completions)

    checked = guarded(spec(listen, "listen"))
    assert (checked.__name__, type(checked)) == ("listen", Checked)
    assert checked(completions=["a"], prompts=["?"], trainer_state=None) == [0.5]
    assert heard == {"prompts": ["?"], "trainer_state": None}


# ---- the trial before the run -----------------------------------------------------------------------

PROBLEMS = [
    Problem(id="1", family="f", facts="A.", question="Q?", answer="Yes", kind="yes_no", labels=("Yes", "No")),
    Problem(id="2", family="f", facts="A.", question="Q?", answer="b", kind="label", labels=("a", "b", "c")),
    Problem(id="3", family="f", facts="A.", question="Q?", answer="99.50", kind="amount"),
    Problem(id="4", family="f", facts="A.", question="Q?", answer="2026-03-03", kind="date"),
    Problem(id="5", family="f", facts="A.", question="Q?", answer="0001-01-01", kind="date"),
    Problem(id="7", family="f", facts="A.", question="Q?", answer="27181.00", kind="amount", tolerance=0.1),
    Problem(id="8", family="f", facts="A.", question="Q?", answer="Ann Lee; Bob Ruiz", kind="list"),
    Problem(id="9", family="f", facts="A.", question="Q?", answer="none", kind="list"),
    Problem(id="10", family="f", facts="A.", question="Q?", answer="a; b", kind="list", labels=("a", "b", "c")),
    Problem(id="11", family="f", facts="A.", question="Q?", answer="a; b", kind="list", labels=("a", "b")),
    Problem(id="12", family="f", facts="A.", question="Q?", answer="land", kind="text", alternatives=("lands",)),
    Problem(id="6", family="f", facts="A.", question="Q?", answer="only", kind="label", labels=("only",)),
]
ALL = {"correct_answer": 1.0, "answer_format": 0.1, "irac_structure": 0.2, "concise": 0.05}


@pytest.mark.parametrize("style", ["short", "reasoned"])
def test_the_built_in_rewards_pass_the_trial(style):
    preflight(build(ALL, max_completion_tokens=64), [to_row(p, style) for p in PROBLEMS])


@pytest.mark.parametrize("style", ["short", "reasoned"])
def test_the_trial_tells_right_from_wrong_from_empty(style):
    seen = []

    def watch(
        completions, *, kind, labels, answer, prompts, completion_ids, trainer_state, log_extra, log_metric, **columns
    ):
        log_extra("note", ["x"] * len(completions))
        log_metric("note", 1.0)
        assert "prompt" not in columns and trainer_state is None
        assert len(completions) == len(prompts) == len(completion_ids) == len(columns["facts"]) == 3 * len(PROBLEMS)
        texts = [completion_text(c) for c in completions]
        seen.append(type(completions[0]))
        given = [read_answer(t, k, n) for t, k, n in zip(texts, kind, labels, strict=True)]
        worth = correct_answer(completions, kind=kind, labels=labels, answer=answer, **columns)
        assert worth == [1.0, 0.0, 0.0] * len(PROBLEMS)
        assert [bool(t) for t in texts] == [True, True, False] * len(PROBLEMS)
        assert all(g is not None for g in given[1 : 3 * (len(PROBLEMS) - 1) : 3])  # the wrong answers can be read
        return [1.0] * len(completions)

    preflight([spec(watch)], [to_row(p, style) for p in PROBLEMS])
    assert seen == [list]


def test_the_trial_lists_every_fault_once():
    def breaks_on_empty(completions, **_):
        return [1 / len(completion_text(c)) for c in completions]

    def strings_only(completions, **_):
        return [float(len(c.strip())) for c in completions]

    bad = [spec(breaks_on_empty, "one"), spec(strings_only, "two"), spec(lambda completions, **_: [0.1], "three")]
    with pytest.raises(UserError) as error:
        preflight(bad, [to_row(PROBLEMS[0], "short")])
    assert str(error.value).split("; ") == [
        "reward 'one' raised ZeroDivisionError: division by zero",
        "reward 'two' raised AttributeError: 'list' object has no attribute 'strip'",
        "reward 'three' returned 1 values (legal: one finite number per completion, 3 expected)",
    ]


def test_a_column_that_a_reward_needs_and_the_rows_lack_is_found():
    rows = [{key: value for key, value in to_row(PROBLEMS[0], "short").items() if key != "style"}]
    with pytest.raises(UserError, match=r"reward 'answer_format' raised TypeError: .*'style'"):
        preflight(build(ALL, max_completion_tokens=64), rows)


def test_a_trial_on_no_rows_is_refused():
    with pytest.raises(UserError, match="the rewards cannot be tried out: there are no rows"):
        preflight([spec(Concise(limit_tokens=9, buffer=1))], [])


def test_the_example_in_the_file():
    assert doctest.testmod(check, optionflags=doctest.IGNORE_EXCEPTION_DETAIL).failed == 0
