"""Signs of a run that is ill: each guard as a table of metrics records, and what real runs look like to all of them."""

from __future__ import annotations

import doctest
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grpo_legal import config, guards
from grpo_legal.guards import health

NAN, INF = math.nan, math.inf


def series(key, *values, **more):
    """Records of one key, a step each; `more` stands in all of them."""
    return [{"step": i, key: value, **more} for i, value in enumerate(values, 1)]


def noisy(level, n, spread=0.02):
    return [level + spread * (-1) ** i for i in range(n)]


NON_FINITE = {
    "a sound step": (series("loss", 0.1, 0.2, grad_norm=1.0), None),
    "loss": (series("loss", 0.1, NAN, grad_norm=1.0), "loss nan: not a finite number"),
    "gradient": (series("grad_norm", 1.0, INF, loss=0.0), "gradient norm inf: not a finite number"),
    "both": (series("loss", NAN, grad_norm=NAN), "loss nan, gradient norm nan: not a finite number"),
    "an earlier step": (series("loss", NAN, 0.1), None),
    "nothing known": (series("loss", None), None),
    "no record": ([], None),
    "fp16's scaler at work": (series("grad_norm", *[INF] * 9, overflow=True), None),
    "fp16's scaler at its end": (series("grad_norm", *[INF] * 10, overflow=True), "gradient norm inf: not a finite number for 10 steps"),
    "after an overflow": ([*series("grad_norm", INF, overflow=True), *series("grad_norm", NAN)], "gradient norm nan: not a finite number"),
}  # fmt: skip


@pytest.mark.parametrize("case", NON_FINITE)
def test_a_loss_or_gradient_that_is_no_number(case):
    records, said = NON_FINITE[case]
    assert guards.non_finite(records) == said


KL = {
    "the seed's spike": ([0.01] * 8 + [27087.0, 9000.0], True),
    "one token": ([0.01] * 8 + [27087.0, 0.01], False),  # the estimator's tail
    "one step so far": ([0.01] * 8 + [27087.0], False),
    "no number": ([0.01] * 8 + [INF, NAN], True),
    "drift": ([0.02 * i for i in range(60)], False),
    "high, but as ever": ([0.9] * 30, False),
    "ten times nothing": ([0.001] * 20 + [0.05, 0.05], False),  # below the floor
    "from the first step on": ([3.0, 4.0], True),
    "no reference": ([None] * 20, False),
}


@pytest.mark.parametrize("case", KL)
def test_a_spike_of_kl_stands_out_twice(case):
    values, there = KL[case]
    assert (guards.kl_spike(series("kl", *values)) is not None) == there


def test_what_a_spike_says():
    said = guards.kl_spike(series("kl", *[0.1] * 8, 27087.0, 27087.0))
    assert said == "KL 2.71e+04 nats a token, 2 steps at or above 1 (median before: 0.1)"


REWARD = {
    "collapse": (noisy(0.9, 10) + noisy(0.3, 10), True),
    "best in between": (noisy(0.2, 10) + noisy(0.9, 10) + noisy(0.3, 10), True),
    "learning": (noisy(0.3, 10) + noisy(0.9, 10), False),
    "a third lost": (noisy(0.9, 10) + noisy(0.6, 10), False),
    "five bad steps": (noisy(0.9, 15) + noisy(0.3, 5), False),
    "noise": ([1.0 if i % 7 == 0 else 0.0 for i in range(10)] + [1.0 if i == 3 else 0.0 for i in range(10)], False),
    "penalties only": (noisy(-0.3, 10) + noisy(-0.9, 10), False),
    "too short": (noisy(0.9, 10) + noisy(0.1, 9), False),
}


@pytest.mark.parametrize("case", REWARD)
def test_reward_has_collapsed_where_it_lost_two_fifths_of_its_best(case):
    values, there = REWARD[case]
    assert (guards.reward_collapse(series("reward", *values)) is not None) == there
    holes = [record for r in series("reward", *values) for record in (r, {"step": r["step"], "reward": None})]
    assert (guards.reward_collapse(holes) is not None) == there


def test_what_a_collapse_says():
    said = guards.reward_collapse(series("reward", *noisy(0.9, 10) + noisy(0.3, 10)))
    assert said == "mean reward 0.30 over 10 steps, 67% below its best, 0.90"


LASTING = {
    ("entropy_collapse", "one answer"): (series("entropy", 1.0, *[0.004] * 10), True),
    ("entropy_collapse", "nine steps"): (series("entropy", 1.0, *[0.004] * 9), False),
    ("entropy_collapse", "one step above"): (series("entropy", *[0.004] * 5, 0.3, *[0.004] * 5), False),
    ("entropy_collapse", "unknown"): (series("entropy", *[None] * 30), False),
    ("truncated", "all cut"): (series("truncated", *[1.0] * 10, completion_length=768.0), True),
    ("truncated", "most cut"): (series("truncated", *[0.8] * 10, completion_length=700.0), True),
    ("truncated", "half"): (series("truncated", *[0.5] * 10, completion_length=700.0), False),
    ("truncated", "answers of one token"): (series("truncated", *[1.0] * 30, completion_length=1.0), False),
    ("truncated", "length unknown"): (series("truncated", *[1.0] * 10), True),
    ("no_variance", "constant reward"): (series("zero_variance", *[1.0] * 10), True),
    ("no_variance", "a few teach"): (series("zero_variance", *[1.0] * 9, 0.8), False),
    ("no_variance", "short"): (series("zero_variance", *[1.0] * 9), False),
    ("length_explosion", "four times"): (series("completion_length", *[100.0] * 10, *[400.0] * 10), True),
    ("length_explosion", "twice"): (series("completion_length", *[100.0] * 10, *[200.0] * 10), False),
    ("length_explosion", "few tokens"): (series("completion_length", *[4.0] * 10, *[24.0] * 10), False),
    ("length_explosion", "five steps"): (series("completion_length", *[100.0] * 15, *[400.0] * 5), False),
    ("length_explosion", "short"): (series("completion_length", *[100.0] * 5, *[900.0] * 10), False),
}  # fmt: skip


@pytest.mark.parametrize(("guard", "case"), LASTING)
def test_signs_that_last(guard, case):
    records, there = LASTING[guard, case]
    said = getattr(guards, guard)(records)
    assert (said is not None) == there
    assert said is None or " 10 steps" in said


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"usd": 20.0}, "$20.01 spent of the $20.00 of guards.max-usd"),
        ({"usd": 20.02}, None),
        ({"hours": 6.0}, "6.67 hours of training, of the 6 of guards.max-hours"),
        ({"hours": 7}, None),
        ({"usd": 30.0, "hours": 6.0}, "6.67 hours of training, of the 6 of guards.max-hours"),
        ({}, None),
    ],
)
def test_a_budget(limits, said):
    records = [{"step": 1, "cost_usd": 99.0, "seconds": 99999.0}, {"step": 2, "cost_usd": 20.01, "seconds": 24000.0}]
    assert guards.budget(records, **limits) == said
    assert guards.budget([{"cost_usd": 0.0002}], usd=0.0001) == "$0.0002 spent of the $0.0001 of guards.max-usd"
    assert guards.budget([], usd=1.0, hours=1.0) is None


# ---- all of them ------------------------------------------------------------------------------------------------

VALUES = st.none() | st.floats() | st.integers(-3, 3)
KEYS = [
    "loss",
    "grad_norm",
    "kl",
    "reward",
    "entropy",
    "truncated",
    "completion_length",
    "zero_variance",
    "cost_usd",
    "seconds",
]
RECORDS = st.lists(st.dictionaries(st.sampled_from(KEYS), VALUES), max_size=40)


@given(RECORDS, st.integers(1, 12))
@example([{"reward": -1e308}, {"reward": 1e200}, {"reward": 1e308}] * 2, 3)  # squares and sums of these overflow
@example([{"completion_length": 1e308}] * 4, 2)
def test_any_record_can_be_looked_at_and_is_left_as_it_was(records, patience):
    limits = config.Guards(patience=patience, max_usd=1.0, max_hours=1.0)
    before = repr(records)
    for watch in guards.WATCHES.values():
        said = watch.look(records, limits)
        assert said is None or said == " ".join(said.split())
        assert watch.look(records, limits) == said and watch.suspect(limits) >= 1
    assert repr(records) == before


def test_every_setting_of_an_action_is_a_guard_and_every_threshold_is_read():
    fields = config.Guards.model_fields
    assert {n for n, f in fields.items() if "warn" in str(f.annotation)} == set(guards.WATCHES)
    assert set(health.Limits.__annotations__) < set(fields) and set(guards.SUPERVISED) < set(guards.WATCHES)


def one_word_run():
    """Stretches of two measured runs of SmolLM2-135M with the cpu preset, rounded: it learns to answer Yes and No, then which."""
    entropy = [3.06, 2.66, 1.95, 1.27, 0.65, 0.34, 0.23, 0.19, 0.28, 0.51, 0.67, 0.66, 0.53, 0.35, 0.33, 0.42, 0.49, 0.62, 0.69, 0.71,
               0.69, 0.64, 0.62, 0.57, 0.6, 0.64, 0.69, 0.73, 0.77, 0.8, 0.79, 0.78, 0.78, 0.76, 0.77, 0.73, 0.73, 0.7, 0.67, 0.68,
               0.3, 0.25, 0.23, 0.22, 0.28, 0.24, 0.31, 0.41, 0.29, 0.24, 0.21, 0.08, 0.12, 0.14, 0.1]  # fmt: skip
    reward = [0.27, 0.34, 0.46, 0.49, 0.56, 0.54, 0.55, 0.56, 0.56, 0.51, 0.54, 0.52, 0.54, 0.57, 0.57, 0.55, 0.54, 0.55, 0.55, 0.59,
              0.57, 0.59, 0.59, 0.55, 0.57, 0.52, 0.52, 0.58, 0.44, 0.49, 0.44, 0.57, 0.56, 0.48, 0.49, 0.63, 0.56, 0.53, 0.51, 0.55,
              0.89, 0.62, 0.86, 0.85, 0.98, 0.86, 0.94, 0.78, 0.95, 0.89, 0.86, 0.89, 1.0, 0.75, 1.0]  # fmt: skip
    flat = [0.0] * 7 + [0.06, 0.38, 0.25] + [0.0] * 30 + [0.12, 0.38, 0.38, 0.38, 0.56, 0.44, 0.38, 0.19, 0.5, 0.56, 0.44, 0.69, 0.69,
                                                          0.62, 0.81]  # fmt: skip
    return [
        {"step": i, "entropy": e, "reward": r, "zero_variance": z, "completion_length": 1.0, "truncated": 1.0, "kl": None,
         "loss": -0.1, "grad_norm": 1.0 + i % 10, "cost_usd": 0.0, "seconds": 9.9 * i}
        for i, (e, r, z) in enumerate(zip(entropy, reward, flat, strict=True), 1)
    ]  # fmt: skip


def test_a_run_of_one_word_answers_trips_nothing():
    records, limits = one_word_run(), config.Guards(max_hours=1.0)
    for n in range(1, len(records) + 1):
        told = {name: watch.look(records[:n], limits) for name, watch in guards.WATCHES.items()}
        assert not any(told.values()), (n, told)


def test_examples_in_the_docstrings():
    assert doctest.testmod(health).failed == 0 and doctest.testmod(health).attempted >= 4
