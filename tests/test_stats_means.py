"""Mean differences, standard errors and corrections: against scipy, statsmodels' definitions, and counting by hand."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.multitest import multipletests

from grpo_legal import evaluation
from grpo_legal.stats import (
    clustered_standard_error,
    detectable_difference,
    holm,
    mean_difference,
    paired_difference,
    verdict,
)

SCORES = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=2, max_size=40)

# ---- the sign-flip test and the BCa interval ------------------------------------------------------------


@pytest.mark.parametrize("change", [[3, 1, 4, 1, 5, -9, 2, 6], [1, 1, 1, 1, 1, 1], [2, -2, 0, 0, 5]])
def test_the_p_value_is_the_share_of_sign_flips_at_least_as_far_from_zero(change):
    means = [np.mean(np.multiply(change, signs)) for signs in product((1, -1), repeat=len(change))]
    counted = np.mean([abs(m) >= abs(np.mean(change)) - 1e-12 for m in means])
    assert mean_difference([0] * len(change), change).p_value == pytest.approx(counted)


def test_the_interval_is_that_of_scipy():
    rng = np.random.default_rng(3)
    before, after = rng.normal(10, 3, 60), rng.normal(11, 3, 60)
    found = mean_difference(before, after, seed=5)
    low, high = scipy_stats.bootstrap(
        (after - before,), np.mean, n_resamples=9_999, method="BCa", rng=np.random.default_rng(5), batch=1_000
    ).confidence_interval
    assert found.ci95 == (low, high) and low < found.delta < high and found.n == 60


@pytest.mark.parametrize(("n", "interval", "p"), [(3, (0.0, 2.0), 0.25), (8, (2.0, 2.0), 2 / 2**8)])
def test_equal_differences_are_sure_only_when_there_are_enough_of_them(n, interval, p):
    found = mean_difference([1] * n, [3] * n)
    assert found.ci95 == interval and found.p_value == pytest.approx(p)
    assert mean_difference([0.5, 0.7], [0.6, 0.8]).ci95 == pytest.approx((0.0, 0.1))  # equal but for rounding


@settings(deadline=None, max_examples=25)
@given(SCORES)
def test_models_changed_about_change_the_sign_and_nothing_else(pairs):
    before, after = zip(*pairs, strict=True)
    there, back = mean_difference(before, after), mean_difference(after, before)
    assert there.delta == -back.delta and there.p_value == pytest.approx(back.p_value, abs=0.02)
    assert there.ci95[0] <= there.delta + 1e-9 and there.ci95[1] >= there.delta - 1e-9


@pytest.mark.parametrize(
    ("columns", "told"),
    [(([1], [1, 2]), "equal length"), (([], []), "at least 1"), (([1.0], [float("nan")]), "finite")],
)
def test_columns_that_make_no_pairs_are_refused(columns, told):
    with pytest.raises(ValueError, match=told):
        mean_difference(*columns)


# ---- standard errors ------------------------------------------------------------------------------------


def test_without_clusters_it_is_the_standard_error_of_the_mean():
    rng = np.random.default_rng(1)
    before, after = rng.random(50), rng.random(50)
    assert clustered_standard_error(before, after) == pytest.approx(scipy_stats.sem(after - before))


def test_with_clusters_it_is_millers_formula_with_the_small_sample_factor():
    rng = np.random.default_rng(2)
    cluster = rng.integers(0, 12, 90)
    before, after = rng.random(90), rng.random(90) + 0.3 * rng.random(12)[cluster]
    off = (after - before) - (after - before).mean()
    plain = np.sqrt(sum(off[cluster == c].sum() ** 2 for c in range(12))) / 90  # arXiv 2411.00640, section 2.2
    assert clustered_standard_error(before, after, cluster) == pytest.approx(plain * np.sqrt(12 / 11))


def test_questions_told_twice_are_worth_no_more_than_once():
    rng = np.random.default_rng(4)
    before, after = rng.random(40), rng.random(40)
    once = clustered_standard_error(before, after)
    twice = clustered_standard_error(np.repeat(before, 2), np.repeat(after, 2), np.repeat(np.arange(40), 2))
    assert twice == pytest.approx(once)
    assert clustered_standard_error(np.repeat(before, 2), np.repeat(after, 2)) < 0.8 * once


def test_a_contrast_of_one_large_template_and_some_small_ones_shows_no_less_than_a_question():
    """Clustered by so few templates, 300 questions of which 11 changed were said to show a difference of 0.2 points."""
    rng = np.random.default_rng(7)
    template = ["plain"] * 272 + [f"other {i % 6}" for i in range(28)]
    was, gained = rng.random(300) < 0.5, rng.permutation(300)[:11]
    now = was.copy()
    now[gained] = ~was[gained]
    told = [
        [{"suite": "families", "id": f"f/{i:03}", "sample": 0, "group": "f", "kind": "amount", "gold": "1.00",
          "answer": "1.00", "score": float(s), "scores": {"correct": float(s)}, "template": template[i]}
         for i, s in enumerate(scores)]
        for scores in (was, now)
    ]  # fmt: skip
    (found,) = evaluation.compare(dict(zip(("a", "b"), told, strict=True)), seed=1)
    assert found["standard_error"] == pytest.approx(clustered_standard_error(was, now), abs=1e-6)
    assert found["detectable"] > 1 / 300 and found["detectable"] > (found["ci95"][1] - found["ci95"][0]) / 2


@pytest.mark.parametrize("n, sds", [(10, 1.0), (100, 0.28), (500, 0.125), (1000, 0.089)])
def test_what_a_number_of_questions_can_show(n, sds):
    change = scipy_stats.norm.ppf((np.arange(n) + 0.5) / n)
    change /= change.std(ddof=1)
    assert detectable_difference(np.zeros(n), change) == pytest.approx(sds, rel=0.02)


# ---- several contrasts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "corrected"),
    [([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]), ([0.2], [0.2]), ([], []), ([0.5, 0.9, 0.001], [1.0, 1.0, 0.003])],
)
def test_holm(given_, corrected):
    assert holm(given_) == pytest.approx(corrected)


# ---- shares between right and wrong -----------------------------------------------------------------------


def test_a_list_that_is_half_right_counts_half():
    found = paired_difference([0.5, 0.0, 1.0, 0.5], [1.0, 0.5, 1.0, 0.5], ["*"] * 4, ["ssla"] * 4)
    assert found.delta == pytest.approx(0.25) and found.p_value == 0.5  # two better, none worse


# ---- in words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delta", "ci95", "n", "sentence"),
    [
        (0.31, [0.24, 0.38], 240, "better, by 31.0 points (24.0 to 38.0)"),
        (-0.12, [-0.19, -0.05], 240, "worse, by 12.0 points (5.0 to 19.0)"),
        (0.02, [-0.02, 0.06], 240, "no difference that 240 questions could show (−2.0 to 6.0)"),
        (0.02, [0.0, 0.06], 1200, "no difference that 1,200 questions could show (0.0 to 6.0)"),
        (0.0, [-0.0001, 0.0], 1, "no difference that 1 question could show (0.0 to 0.0)"),
    ],
)
def test_verdict(delta, ci95, n, sentence):
    assert verdict(delta, ci95, n) == sentence


def test_holm_is_statsmodels_ties_and_all():
    p_values = np.round(np.random.default_rng(1).beta(0.3, 2, 60), 2)  # one list: each call there takes half a second
    assert len(set(p_values)) < 40 and holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])


@pytest.mark.parametrize(("p_holm", "doubted"), [(None, False), (0.049, False), (0.05, True), (0.375, True)])
def test_a_verdict_that_the_corrected_test_does_not_share_says_so(p_holm, doubted):
    for delta, ci95 in ((0.1, (0.05, 0.2)), (-0.1, (-0.2, -0.05))):
        assert ("may be chance" in verdict(delta, ci95, 6, p_holm=p_holm)) == doubted
    assert "may be chance" not in verdict(0.1, (-0.1, 0.2), 6, p_holm=p_holm)


def test_the_verdict_on_the_rubric_is_in_its_own_points():
    assert verdict(0.155, [0.06, 0.25], 60, scale=20) == "better, by 3.1 points (1.2 to 5.0)"


@settings(deadline=None, max_examples=30)
@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1), st.integers(1, 10**6))
def test_a_verdict_is_better_or_worse_only_if_the_interval_leaves_out_zero(a, b, c, n):
    low, delta, high = sorted((a, b, c))
    word = verdict(delta, [low, high], n).split()[0]
    assert word == ("better," if low > 0 else "worse," if high < 0 else "no")
