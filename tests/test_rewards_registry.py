"""The settings' weights made into rewards: built-in names, a user's own, and every way to get them wrong."""

import doctest
import math
import sys
import textwrap

import pytest

import grpo_legal.rewards
from grpo_legal.errors import UserError
from grpo_legal.rewards import (
    REGISTRY,
    RewardSpec,
    build,
    check_names,
    check_style,
    correct_answer,
    registry,
    style_ceiling,
)

CPU = {"correct_answer": 1.0, "answer_format": 0.1, "concise": 0.05}
GPU = {"correct_answer": 1.0, "answer_format": 0.1, "irac_structure": 0.2, "concise": 0.05}
ROW = {"kind": ["yes_no"], "labels": [["Yes", "No"]], "answer": ["Yes"], "style": ["short"]}


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Writes modules of a user's own into a new working directory, as for `python -m`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [p for p in sys.path if p])
    before = set(sys.modules)

    def write(**modules: str) -> None:
        for name, source in modules.items():
            (tmp_path / f"{name}.py").write_text(textwrap.dedent(source))

    yield write
    for name in set(sys.modules) - before:
        del sys.modules[name]


def specs(weights, tokens=100):
    return build(weights, max_completion_tokens=tokens)


def faults(weights) -> list[str]:
    with pytest.raises(UserError) as error:
        specs(weights)
    assert "\n" not in str(error.value)
    return str(error.value).split("; reward ")


# ---- built-in rewards -------------------------------------------------------------------------------


@pytest.mark.parametrize("weights", [CPU, GPU])
def test_the_rewards_come_in_the_order_of_the_settings_with_names_of_their_own(weights):
    made = specs(weights)
    assert {spec.name: spec.weight for spec in made} == weights
    assert [spec.name for spec in made] == list(weights) == [spec.function.__name__ for spec in made]


BUILT_IN = [
    "correct_answer", "answer_format", "irac_structure", "grounded_in_facts", "rule_stated", "citation_valid",
    "citation_supported", "calibrated_abstention", "concise", "no_repetition", "no_hedging", "legal_quality",
    "judge",
]  # fmt: skip


def test_the_registry_is_the_built_in_rewards():
    assert list(REGISTRY) == BUILT_IN
    assert specs({"correct_answer": 1})[0] == RewardSpec("correct_answer", correct_answer, 1.0)


def test_style_is_worth_nothing_on_a_wrong_answer():
    for spec in specs(CPU):
        assert spec.function(["Yes"], **ROW) == [1.0]
        assert spec.function(["No"], **ROW) == [0.0]


def test_concise_knows_the_longest_completion_of_the_run():
    concise = specs({"correct_answer": 1, "concise": 0.1}, tokens=50)[1].function
    paid = [concise(["Yes"], completion_ids=[[1] * n], **ROW)[0] for n in (40, 45, 50)]
    assert paid == [1.0, 0.5, 0.0]  # the last fifth is the buffer


def test_the_shortest_completions_still_have_a_buffer():
    assert [specs({"correct_answer": 1, "concise": 0.1}, tokens=n)[1].name for n in (1, 2, 4)] == ["concise"] * 3


# ---- a user's own -----------------------------------------------------------------------------------


def test_a_reward_of_ones_own_is_taken_as_it_is_from_the_working_directory(own):
    own(my_rewards="def brevity(completions, **columns):\n    return [0.5 for _ in completions]\n")
    (spec,) = specs({"my_rewards:brevity": 0.3})
    assert (spec.name, spec.function.__name__, spec.weight) == ("brevity", "brevity", 0.3)
    assert spec.function(["No"], **ROW) == [0.5]  # not gated


def test_ones_own_may_be_gated(own):
    own(
        my_gated="""
        from grpo_legal.rewards import gated
        def half(completions, **columns):
            return [0.5 for _ in completions]
        on_top = gated(half)
        """
    )
    (spec,) = specs({"my_gated:on_top": 1})
    assert spec.name == "on_top"
    assert [spec.function([text], **ROW) for text in ("Yes", "No")] == [[0.5], [0.0]]


def test_callables_without_a_name_are_named_after_the_attribute(own):
    own(
        my_nameless="""
        import functools
        class Length:
            def __call__(self, completions, **columns):
                return [1.0 for _ in completions]
        short = lambda completions, **columns: [0.1 for _ in completions]
        partly = functools.partial(short, extra=1)
        instance = Length()
        """
    )
    made = specs({"my_nameless:short": 1, "my_nameless:partly": 1, "my_nameless:instance": 1})
    assert [spec.function.__name__ for spec in made] == ["short", "partly", "instance"]
    assert [spec.function(completions=["a"]) for spec in made] == [[0.1], [0.1], [1.0]]


def test_names_that_clash_with_each_other_or_with_a_built_in_one_get_their_module(own):
    source = "def score(completions, **_):\n    return [1.0]\nconcise = score\nalone = score\n"
    own(one=source, two=source)
    names = ["one:score", "two:score", "one:concise", "one:alone", "correct_answer"]
    made = specs(dict.fromkeys(names, 1.0))
    assert [spec.name for spec in made] == ["one.score", "two.score", "one.concise", "alone", "correct_answer"]
    assert [spec.function.__name__ for spec in made] == [spec.name for spec in made]
    assert style_ceiling(made) == 0.0  # a user's "concise" is not the built-in style reward


# ---- every way to get it wrong ----------------------------------------------------------------------

LEGAL = f"(legal: {', '.join(BUILT_IN)}, or your own as module:function)"


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("concize", f"reward 'concize' is unknown; did you mean concise? {LEGAL}"),
        ("zzz", f"reward 'zzz' is unknown {LEGAL}"),
        ("Correct_Answer", f"reward 'Correct_Answer' is unknown; did you mean correct_answer? {LEGAL}"),
        *[
            (name, f"reward {name!r} is unknown {LEGAL}")
            for name in ("", ":", "a:", ":b", "a:b:c", "a b:c", "1:2", "../m:f")
        ],
    ],
)
def test_a_name_that_cannot_be(name, fault):
    assert check_names([name]) == [fault]
    assert faults({name: 1.0}) == [fault]


def test_names_that_can_be_are_not_imported_by_the_check():
    assert check_names([*CPU, "no_such_module:reward", "a.b.c:d"]) == []
    assert "no_such_module" not in sys.modules
    assert check_names(GPU) == []


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("my_absent:f", ": my_absent cannot be imported (ModuleNotFoundError: No module named 'my_absent')"),
        ("my_raising:f", ": my_raising cannot be imported (RuntimeError: two lines)"),
        ("my_exit:f", ": my_exit cannot be imported (SystemExit: 3)"),
        ("my_good:brevety", ": my_good has no 'brevety'; did you mean brevity?"),
        ("my_good:number", " is of type int (legal: a plain callable reward(completions, **columns))"),
        ("my_good:later", " is an async function (legal: a plain callable reward(completions, **columns))"),
    ],
)
def test_what_is_wrong_with_a_reward_of_ones_own(own, name, fault):
    own(
        my_good="""
        number = 5
        def brevity(completions, **columns):
            return [1.0]
        async def later(completions, **columns):
            return [1.0]
        """,
        my_raising="raise RuntimeError('two\\nlines')",
        my_exit="import sys; sys.exit(3)",
    )
    assert faults({name: 1.0}) == [f"reward {name!r}{fault}"]


def test_a_module_with_a_slip_of_the_pen(own):
    own(my_broken="def f(:")
    assert faults({"my_broken:f": 1.0})[0].startswith(
        "reward 'my_broken:f': my_broken cannot be imported (SyntaxError: "
    )


def test_all_faults_come_in_one_error(own):
    found = faults({"concize": 1.0, "correct_answer": -1, "my_absent:f": 0.5, "zzz": math.nan})
    assert [fault.removeprefix("reward ").split()[0] for fault in found] == [
        "'concize'",
        "'zzz'",
        "'correct_answer'",
        "'zzz'",
        "'my_absent:f':",
    ]


@pytest.mark.parametrize("weight", [-0.1, math.nan, math.inf, "1", None, True])
def test_a_weight_that_is_no_number_of_at_least_zero(weight):
    assert faults({"correct_answer": weight}) == [
        f"reward 'correct_answer' has weight {weight!r} (legal: a finite number, at least 0)"
    ]


@pytest.mark.parametrize("weights", [{}, {"correct_answer": 0}])
def test_weights_that_teach_nothing(weights):
    assert faults(weights) == ["no reward has a weight above 0, so nothing would be learned"]


# ---- style weighs less than being right -------------------------------------------------------------


@pytest.mark.parametrize(("weights", "ceiling"), [(CPU, 0.15), (GPU, 0.35), ({"correct_answer": 1.0}, 0.0)])
def test_the_ceiling_of_style(weights, ceiling):
    assert style_ceiling(specs(weights)) == pytest.approx(ceiling)
    assert check_style(weights) == []


@pytest.mark.parametrize(
    ("weights", "fault"),
    [
        (
            {"correct_answer": 0.3, "answer_format": 0.1, "irac_structure": 0.2},
            "the style rewards weigh 0.3 together, which must be less than the 0.3 of correct_answer",
        ),
        (
            {"correct_answer": 1.0, "irac_structure": 2},
            "the style rewards weigh 2 together, which must be less than the 1 of correct_answer",
        ),
        ({"concise": 1.0}, "the style rewards weigh 1 together, which must be less than the 0 of your own"),
        (
            {"concise": 1.0, "m:f": 0.5},
            "the style rewards weigh 1 together, which must be less than the 0.5 of your own",
        ),
        ({"concise": 0.1, "m:f": 0.5}, None),
        ({"calibrated_abstention": 1.0, "concise": 0.5}, None),  # it judges the answer too
        (
            {"calibrated_abstention": 0.5, "concise": 0.5},
            "the style rewards weigh 0.5 together, which must be less than the 0.5 of calibrated_abstention",
        ),
        (
            {"correct_answer": 0.3, "calibrated_abstention": 5.0, "concise": 0.4},
            "the style rewards weigh 0.4 together, which must be less than the 0.3 of correct_answer",
        ),
        ({"m:f": 0.5}, None),
        ({"correct_answer": 0.1, "m:f": 5}, None),  # your own may weigh what you like
    ],
)
def test_style_must_weigh_less_than_being_right(weights, fault):
    assert check_style(weights) == ([fault] if fault else [])


@pytest.mark.parametrize(("right", "form", "structure"), [(0.5, 0.25, 0.25), (0.8, 0.7, 0.1), (0.3, 0.1, 0.2)])
def test_an_even_weight_is_not_less_whatever_floating_point_makes_of_the_sum(right, form, structure):
    assert check_style({"correct_answer": right, "answer_format": form, "irac_structure": structure}) != []


@pytest.mark.parametrize("module", [registry, grpo_legal.rewards])
def test_the_examples_in_the_files(module):
    assert doctest.testmod(module).failed == 0
