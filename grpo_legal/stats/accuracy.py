"""Is the difference real? Balanced accuracy, and intervals and tests for the same questions asked twice.

The score is macro balanced accuracy: within a family of questions the mean of the recalls of its gold
classes, then the mean over families, so that neither a frequent label nor a large family buys it. All
scores and differences are shares (0 to 1; 0.31 is 31 percent points), never percentages.

Departures from the textbook, and why:

- The interval is a stratified percentile bootstrap of questions, *before* and *after* staying together.
  Resampled deviations are widened by sqrt(n / (n - 1)) per stratum (Rao and Wu 1988, JASA 83:231) and by
  t / z ("expanded percentile", Hesterberg 2015, The American Statistician 69:371, arXiv 1411.5279):
  without that it is too narrow, since strata (family x gold class) are often small.
- The p-value is exact McNemar over all questions. It tests whether more answers became right than became
  wrong; the interval is of the macro average. Where classes or families differ in size the two can disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

MIN_CLUSTERS = 8  # of equal size, in a family


@dataclass(frozen=True, slots=True)
class Difference:
    """*after* minus *before* on the same `n` questions; `delta` and `ci95` (low, high) are shares in -1..1."""

    delta: float
    ci95: tuple[float, float]
    p_value: float
    n: int


# ---- scores -------------------------------------------------------------------------------------------


def balanced_accuracy(correct: ArrayLike, gold: ArrayLike) -> float:
    """Mean over gold classes of recall, the share of the class's questions answered correctly (0..1).

    `correct` [n] says whether each answer was right (an unreadable one is wrong), or how far, as a share: the mean over
    samples, the F1 of a list. `gold` [n] names the classes. For open answers (amounts, dates) pass one constant class: it
    is then plain accuracy.
    """
    right, classes = _columns(correct, gold)
    return macro([right[classes == name].mean() for name in np.unique(classes)])


def macro(values: Sequence[float]) -> float:
    """The plain mean, each value (a class, a family) counting once whatever its size."""
    if not len(values):
        raise ValueError("no values to average")
    return float(np.mean(values))


def macro_balanced_accuracy(correct: ArrayLike, gold: ArrayLike, family: ArrayLike) -> float:
    """Mean over families of their balanced accuracy (0..1); the columns are aligned by question [n]."""
    right, classes, families = _columns(correct, gold, family)
    return macro([balanced_accuracy(right[families == f], classes[families == f]) for f in np.unique(families)])


# ---- differences --------------------------------------------------------------------------------------


def paired_difference(
    before: ArrayLike,
    after: ArrayLike,
    gold: ArrayLike,
    family: ArrayLike,
    cluster: ArrayLike | None = None,
    *,
    n_resamples: int = 5000,
    seed: int = 0,
) -> Difference:
    """The difference in macro balanced accuracy between two sets of answers to the same questions [n].

    `before` and `after` say whether each answer was right, or how far (0..1). `cluster` names what questions of a family
    share (a template, a passage): such clusters are then resampled whole within the family, on linearised
    contributions, and the p-value becomes an exact sign test over clusters (a cluster counts as better or
    worse by its net change), of which McNemar is the case of one question each. Clusters are taken as
    nested in families. A family of few clusters says too little about other clusters (an interval from five of them was
    seen to be twenty times too narrow): with fewer than `MIN_CLUSTERS`, counted as if all were of one size, its questions
    are resampled one by one.

    The order of the questions makes no difference. Where resampling shows no spread (no answer changed, say, or all did),
    n questions still leave room for others that would: the interval reaches 1 - 0.025^(1/n) to either side (Clopper and
    Pearson 1934, Biometrika 26:404, for none of n), and to 0 unless the p-value is below 0.05.
    """
    was, now, classes, families = _columns(before, _scores(after), gold, family)
    change = now - was
    stratum, home = _codes(families, classes), _codes(families)
    weight = _weights(stratum, home)
    group = None if cluster is None else _trusted(_codes(families, _columns(was, cluster)[1]), home)

    delta = macro_balanced_accuracy(now, classes, families) - macro_balanced_accuracy(was, classes, families)
    noise = _deviations(change, weight, stratum, home, group, n_resamples, np.random.default_rng(seed))
    unit = np.arange(len(change)) if group is None else group
    p_value = _sign_test(np.bincount(unit, change))
    low, high = delta + np.quantile(noise, [0.025, 0.975])
    if not noise.any():
        unseen = 1 - 0.025 ** (1 / len(np.unique(unit)))
        low, high = low - unseen, high + unseen
        if p_value >= 0.05:
            low, high = min(low, 0.0), max(high, 0.0)
    return Difference(delta, (max(-1.0, float(low)), min(1.0, float(high))), p_value, len(change))


def family_differences(
    before: ArrayLike,
    after: ArrayLike,
    gold: ArrayLike,
    family: ArrayLike,
    cluster: ArrayLike | None = None,
    *,
    n_resamples: int = 5000,
    seed: int = 0,
) -> dict[str, Difference]:
    """`paired_difference` of each family by itself, by name in alphabetical order.

    The p-values are of single tests: correct them (Holm) before picking out families that improved.
    """
    was, now, classes, families = _columns(before, _scores(after), gold, family)
    groups = None if cluster is None else _columns(was, cluster)[1]
    found = {}
    for name in np.unique(families):
        at = families == name
        group = None if groups is None else groups[at]
        found[str(name)] = paired_difference(
            was[at], now[at], classes[at], families[at], group, n_resamples=n_resamples, seed=seed
        )
    return found


# ---- how it is computed -------------------------------------------------------------------------------


def _columns(correct: ArrayLike, *others: ArrayLike) -> list[NDArray]:
    """The columns as arrays of one length, `correct` as floats; a fault names the shapes."""
    columns = [_scores(correct), *(np.asarray(column) for column in others)]
    shapes = [column.shape for column in columns]
    if columns[0].ndim != 1 or not columns[0].size or len(set(shapes)) > 1:
        raise ValueError(f"need columns of one equal length, at least 1; their shapes are {shapes}")
    return columns


def _scores(correct: ArrayLike) -> Floats:
    """Floats in 0..1; true and false are 1 and 0. Anything else (rewards above 1, NaN, text) is refused."""
    given = np.asarray(correct)
    odd = [value for value in given.ravel().tolist() if isinstance(value, str) or not 0 <= value <= 1]
    if odd:
        raise ValueError(f"correct must be true, false or a share from 0 to 1, not {odd[0]!r}")
    return given.astype(float)


def _codes(*columns: NDArray) -> Codes:
    """A number from 0 up for each distinct combination of the columns' values [n]."""
    codes = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        values, places = np.unique(column, return_inverse=True)
        codes = codes * len(values) + places
    return np.unique(codes, return_inverse=True)[1]


def trusted_clusters(cluster: ArrayLike, family: ArrayLike) -> list[int]:
    """The clusters [n] as numbers, with each question by itself in families that have fewer than `MIN_CLUSTERS`: what
    intervals, tests and standard errors count by."""
    homes = np.asarray(family)
    return _trusted(_codes(homes, np.asarray(cluster)), _codes(homes)).tolist()


def _trusted(group: Codes, home: Codes) -> Codes:
    """`trusted_clusters` of codes.

    A family's number of clusters is Kish's effective one (1965, Survey Sampling, section 8.2): 1 / (sum of squared shares).
    """
    out, free = group.copy(), int(group.max()) + 1
    for name in np.unique(home):
        at = np.flatnonzero(home == name)
        share = np.unique(group[at], return_counts=True)[1] / len(at)
        if 1 / (share**2).sum() < MIN_CLUSTERS:
            out[at] = free + np.arange(len(at))
            free += len(at)
    return out


def _weights(stratum: Codes, home: Codes) -> Floats:
    """Weights [n] that turn a sum over questions into the macro balanced accuracy: 1 / (families x
    classes of the question's family x questions of its class)."""
    _, first, size = np.unique(stratum, return_index=True, return_counts=True)
    classes = np.bincount(home[first])
    return 1.0 / (len(classes) * classes[home] * size[stratum])


def _deviations(
    change: Floats,
    weight: Floats,
    stratum: Codes,
    home: Codes,
    group: Codes | None,
    n_resamples: int,
    rng: np.random.Generator,
) -> Floats:
    """Deviations [n_resamples] of the weighted sum of `change` from its value, as resampling draws them."""
    noise, freedom = np.zeros(n_resamples), 0
    for name in np.unique(home):
        at = home == name
        classes = np.unique(stratum[at])
        if group is not None and len(np.unique(group[at])) < at.sum():
            mean = np.bincount(stratum, change)[stratum] / np.bincount(stratum)[stratum]
            _, place = np.unique(group[at], return_inverse=True)
            totals = np.bincount(place, (weight * (change - mean))[at])
            noise += _resampled_sum(totals, len(totals), len(classes), n_resamples, rng)
            freedom += len(totals) - len(classes)
            continue
        for each in classes:
            own = stratum == each
            # One question has no spread of its own: draw from its family, or from all questions.
            pool = next((change[rows] for rows in (own, at) if rows.sum() > 1), change)
            draws = int(own.sum())
            noise += weight[own][0] * _resampled_sum(pool, draws, 1, n_resamples, rng)
            freedom += draws - 1
    return noise * stats.t.ppf(0.975, max(freedom, 1)) / stats.norm.ppf(0.975)


def _resampled_sum(pool: Floats, draws: int, fitted: int, n_resamples: int, rng: np.random.Generator) -> Floats:
    """Deviations [n_resamples] of the sum of `draws` values drawn from `pool`, from its expectation.

    Equal values are drawn as one multinomial count, so that 5,000 questions cost no more than 50.
    `fitted` is the number of means that the pool's values were measured from.
    """
    values, counts = np.unique(pool, return_counts=True)
    if len(values) == 1:
        return np.zeros(n_resamples)
    hits = rng.multinomial(draws, counts / len(pool), size=n_resamples)
    return (hits @ values - draws * pool.mean()) * np.sqrt(len(pool) / max(len(pool) - fitted, 1))


def _sign_test(net: Floats) -> float:
    """Two-sided exact p that as many units got better as worse (McNemar 1947, the exact form: the smaller
    of the discordant counts against Binomial(their sum, 1/2)); 1 where none changed. `net` [units]."""
    better, worse = int((net > 0).sum()), int((net < 0).sum())
    return float(stats.binomtest(better, better + worse).pvalue) if better + worse else 1.0
