"""Scores against scikit-learn, p-values against published examples, intervals against simulated truth."""

import ast
import subprocess
import sys
import warnings
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import balanced_accuracy_score

from grpo_legal.stats import (
    balanced_accuracy,
    family_differences,
    macro,
    macro_balanced_accuracy,
    paired_difference,
)

# ---- scores -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_balanced_accuracy_is_that_of_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    gold = rng.choice(["Yes", "No", "Remand"], size=50, p=[0.7, 0.2, 0.1])
    said = rng.choice(["Yes", "No", "Remand", "unreadable"], size=50)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="y_pred contains classes not in y_true")
        expected = balanced_accuracy_score(gold, said)
    assert balanced_accuracy(said == gold, gold) == pytest.approx(expected, abs=1e-12)


def test_a_constant_answer_scores_one_half_however_skewed_the_labels():
    gold = ["Yes"] * 90 + ["No"] * 10
    assert balanced_accuracy([g == "Yes" for g in gold], gold) == 0.5


def test_open_answers_in_one_class_give_plain_accuracy():
    assert balanced_accuracy([True, False, False, False], ["amount"] * 4) == 0.25


def test_every_family_counts_once_whatever_its_size():
    correct = [True] * 100 + [False] * 2
    assert macro_balanced_accuracy(correct, ["x"] * 102, ["large"] * 100 + ["small"] * 2) == 0.5
    assert macro([0.2, 0.4]) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([True], ["x", "y"]), "equal length"),
        (([], []), "at least 1"),
        (([0.5, 1.5], ["x", "x"]), "not 1.5"),
        (([float("nan")], ["x"]), "not nan"),
        ((["False"], ["x"]), "not 'False'"),
    ],
)
def test_columns_that_cannot_be_scored_are_refused(columns, message):
    with pytest.raises(ValueError, match=message):
        balanced_accuracy(*columns)


def test_the_second_set_of_answers_is_checked_like_the_first():
    with pytest.raises(ValueError, match=r"not -0\.9"):
        paired_difference([True], [-0.9], ["x"], ["f"])
    with pytest.raises(ValueError, match="no values"):
        macro([])


# ---- the p-value --------------------------------------------------------------------------------------


def answers(better: int, worse: int, both: int = 0, neither: int = 0):
    """before, after for that many questions that became right, became wrong, or stayed."""
    before = [False] * better + [True] * worse + [True] * both + [False] * neither
    after = [True] * better + [False] * worse + [True] * both + [False] * neither
    return before, after


@pytest.mark.parametrize(
    ("better", "worse", "both", "neither", "published"),
    [
        (12, 2, 20, 16, 0.0129),  # two culture media: Armitage and Berry 1994, p. 127, as given by StatsDirect
        (9, 2, 21, 12, 0.06543),  # the example of mcnemar.exact, R package exact2x2 (Fay 2010)
        (5, 12, 0, 0, 0.1435),  # stat-tools.xyz, exact p
    ],
)
def test_exact_mcnemar_on_published_examples(better, worse, both, neither, published):
    before, after = answers(better, worse, both, neither)
    found = paired_difference(before, after, ["x"] * len(before), ["f"] * len(before))
    assert found.p_value == pytest.approx(published, abs=6e-5)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 9))
@settings(deadline=None, max_examples=40)
def test_mcnemar_by_counting_coin_tosses(better, worse, same):
    before, after = answers(better, worse, both=same)
    tosses, few = better + worse, min(better, worse)
    exact = min(1, 2 * Fraction(sum(comb(tosses, k) for k in range(few + 1)), 2**tosses))
    found = paired_difference(before, after, ["x"] * len(before), ["f"] * len(before), n_resamples=20)
    assert found.p_value == pytest.approx(float(exact), rel=1e-9)


def test_with_clusters_the_p_value_counts_clusters():
    before, after = answers(better=27, worse=3)
    cluster = list("abcdefghi") * 3 + ["j"] * 3  # nine clusters better, one worse
    found = paired_difference(before, after, ["x"] * 30, ["f"] * 30, cluster)
    assert found.p_value == pytest.approx(2 * (1 + 10) / 2**10)


# ---- the difference and its interval ------------------------------------------------------------------


@st.composite
def two_runs(draw):
    n = draw(st.integers(1, 40))
    column = [draw(st.lists(st.booleans(), min_size=n, max_size=n)) for _ in range(2)]
    gold = draw(st.lists(st.sampled_from(["Yes", "No", "Remand"]), min_size=n, max_size=n))
    family = draw(st.lists(st.sampled_from(["hearsay", "removal"]), min_size=n, max_size=n))
    cluster = draw(st.none() | st.lists(st.integers(0, 5), min_size=n, max_size=n))
    return *column, gold, family, cluster


@given(two_runs())
@settings(deadline=None, max_examples=120)
def test_properties_of_any_difference(runs):
    before, after, gold, family, cluster = runs
    found = paired_difference(before, after, gold, family, cluster, n_resamples=400)
    by_definition = macro_balanced_accuracy(after, gold, family) - macro_balanced_accuracy(before, gold, family)
    assert found.delta == pytest.approx(by_definition, abs=1e-12)
    assert found.n == len(before)
    low, high = found.ci95
    assert -1 <= low <= found.delta + 1e-9
    assert found.delta - 1e-9 <= high <= 1
    assert 0 < found.p_value <= 1

    swapped = paired_difference(after, before, gold, family, cluster, n_resamples=400)
    assert swapped.delta == pytest.approx(-found.delta, abs=1e-12)
    assert swapped.p_value == found.p_value
    nothing = paired_difference(before, before, gold, family, cluster, n_resamples=20)
    assert (nothing.delta, nothing.p_value) == (0.0, 1.0)
    assert nothing.ci95[1] == -nothing.ci95[0] >= 1 - 0.025 ** (1 / len(before)) - 1e-9


def test_swapping_before_and_after_mirrors_the_interval():
    before, after = answers(30, 10, 40, 40)
    gold, family = ["Yes", "No"] * 60, ["f"] * 120
    low, high = paired_difference(before, after, gold, family).ci95
    assert paired_difference(after, before, gold, family).ci95 == pytest.approx((-high, -low), abs=0.01)


def test_the_seed_decides_and_the_order_of_questions_does_not():
    before, after = answers(30, 10, 40, 40)
    columns = [before, after, ["Yes", "No"] * 60, ["f", "f", "g"] * 40]
    found = paired_difference(*columns)
    order = np.random.default_rng(0).permutation(120)
    assert paired_difference(*columns) == found
    assert paired_difference(*[np.asarray(column)[order] for column in columns]).ci95 == found.ci95
    assert paired_difference(*columns, seed=1).ci95 != found.ci95


def test_the_interval_is_the_textbook_one_where_that_holds():
    """One stratum, many questions: delta +- 1.96 standard errors of the mean of the changes."""
    before, after = answers(200, 100, 300, 400)
    change = np.array(after, float) - np.array(before, float)
    margin = 1.96 * change.std(ddof=1) / np.sqrt(1000)
    found = paired_difference(before, after, ["x"] * 1000, ["f"] * 1000, n_resamples=20000)
    assert found.ci95 == pytest.approx((0.1 - margin, 0.1 + margin), abs=0.001)


def test_one_question_shows_nothing_and_six_of_six_show_something():
    assert paired_difference([False], [True], ["x"], ["f"]).ci95 == (0.0, 1.0)
    assert paired_difference([True], [False], ["x"], ["f"]).ci95 == (-1.0, 0.0)
    low, high = paired_difference(*answers(6, 0), ["x"] * 6, ["f"] * 6).ci95
    assert (low, high) == (pytest.approx(0.025 ** (1 / 6)), 1.0)  # Clopper and Pearson for six of six


def test_questions_of_which_no_answer_changed_leave_room_for_some_that_would():
    """None of 40: at most 8.8% by Clopper and Pearson, and not "0.0 to 0.0"."""
    same = [True] * 20 + [False] * 20
    low, high = paired_difference(same, same, ["Yes", "No"] * 20, ["f"] * 40).ci95
    assert (-low, high) == pytest.approx((0.0881, 0.0881), abs=1e-4)


def test_a_class_with_one_question_still_widens_the_interval():
    """Its weight is half the family's: taking its one answer for certain would be false precision."""
    before, after = answers(10, 5, 10, 15)
    many, single = ["Yes"] * 40, ["No"] + ["Yes"] * 39
    widths = []
    for gold in (many, single):
        low, high = paired_difference(before, after, gold, ["f"] * 40).ci95
        widths.append(high - low)
    assert widths[1] > 1.5 * widths[0]


def test_such_a_class_borrows_the_spread_of_its_own_family():
    """The other family changes a lot: that says nothing about a family in which nothing changed."""
    before, after = answers(20, 10, both=30)
    family, widths = ["noisy"] * 30 + ["quiet"] * 30, []
    for single in ("Yes", "No"):
        low, high = paired_difference(before, after, ["Yes"] * 59 + [single], family).ci95
        widths.append(high - low)
    assert widths[1] == pytest.approx(widths[0], abs=0.01)


def test_clusters_with_other_mixes_of_classes_are_not_noise():
    """Every Yes became right and every No stayed: only the mix differs, and recall does not depend on it. What is left is
    what 12 clusters alike leave open."""
    gold = [label for i in range(12) for label in ["Yes"] * (1 + i % 3) + ["No"] * (3 - i % 3)]
    cluster = [i for i in range(12) for _ in range(4)]
    found = paired_difference([g == "No" for g in gold], [True] * 48, gold, ["f"] * 48, cluster)
    assert found.delta == 0.5
    unseen = 1 - 0.025 ** (1 / 12)
    assert found.ci95 == pytest.approx((0.5 - unseen, 0.5 + unseen))


def test_families_one_by_one():
    before, after = answers(better=10, worse=5, both=15)
    gold, cluster = ["Yes", "No", "No"] * 10, [i // 3 for i in range(30)]
    columns = [np.array(column) for column in (before, after, gold, ["removal", "hearsay"] * 15, cluster)]
    each = family_differences(*columns, seed=3)
    assert list(each) == ["hearsay", "removal"]
    for name, found in each.items():
        own = columns[3] == name
        assert found == paired_difference(*[column[own] for column in columns], seed=3)


# ---- does it hold what it promises? -------------------------------------------------------------------


def simulated(seed: int, n: int, gain: float):
    """Answers to n questions of 4 families, 30% Yes; half of the questions keep their luck between runs.

    The expected difference in macro balanced accuracy is `gain`.
    """
    rng = np.random.default_rng(seed)
    family, gold = rng.integers(4, size=n), (rng.random(n) < 0.3).astype(int)
    share = 0.35 + 0.05 * family + 0.1 * gold
    luck = rng.random(n)
    again = np.where(rng.random(n) < 0.5, luck, rng.random(n))
    return luck < share, again < share + gain, gold, family


@pytest.mark.parametrize(("n", "gain"), [(100, 0.0), (200, 0.0), (100, 0.25), (200, 0.25)])
def test_the_interval_covers_the_truth_and_the_p_value_seldom_lies(n, gain):
    sims = 300
    found = [paired_difference(*simulated(seed, n, gain), n_resamples=600) for seed in range(sims)]
    covered = sum(each.ci95[0] - 1e-12 <= gain <= each.ci95[1] + 1e-12 for each in found) / sims
    assert 0.92 <= covered <= 0.98
    significant = sum(each.p_value < 0.05 for each in found) / sims
    assert significant <= 0.065 if gain == 0 else significant > 0.8


def clustered(seed: int):
    """150 questions in 30 passages; how a passage is answered varies from run to run. True gain 0."""
    rng = np.random.default_rng(seed)
    passage, gold = np.repeat(np.arange(30), 5), rng.integers(2, size=150)
    before, after = (rng.normal(size=150) + 0.8 * rng.normal(size=30)[passage] > 0 for _ in range(2))
    return before, after, gold, passage % 3, passage


def test_clusters_must_be_named_to_be_covered():
    sims = 300
    runs = [clustered(seed) for seed in range(sims)]
    named = [paired_difference(*run, n_resamples=600) for run in runs]
    ignored = [paired_difference(*run[:4], n_resamples=600) for run in runs]
    covered, missed = (sum(d.ci95[0] <= 0 <= d.ci95[1] for d in found) / sims for found in (named, ignored))
    assert 0.92 <= covered <= 0.98
    assert missed < 0.90
    assert sum(d.p_value < 0.05 for d in named) / sims <= 0.065 < sum(d.p_value < 0.05 for d in ignored) / sims


@pytest.mark.parametrize(
    "cluster", [["same"] * 40, [f"{i % 7}" for i in range(40)], ["large"] * 31 + list("abcdefghi")]
)
def test_a_family_of_few_clusters_falls_back_to_questions(cluster):
    before, after = answers(10, 5, 10, 15)
    columns = (before, after, ["x"] * 40, ["f"] * 40)
    assert paired_difference(*columns, cluster) == paired_difference(*columns)


def test_importing_is_free_of_torch_and_of_ours():
    code = (
        "import grpo_legal.stats, sys; print([m for m in sys.modules if m == 'torch' or m.startswith('grpo_legal.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert all(m.startswith("grpo_legal.stats") for m in ast.literal_eval(done.stdout))
