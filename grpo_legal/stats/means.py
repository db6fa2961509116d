"""The difference in mean score of the same questions asked twice, for scores that are no right or wrong (the rubric).

The interval is the BCa bootstrap of the paired differences (Efron 1987, JASA 82:171) by scipy. The p-value is the
sign-flip permutation test (Fisher 1935): had the two models no difference, each question's difference could as well
have had the other sign. It is exact where all 2^n flips are few enough to be counted, else drawn.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from grpo_legal.stats.accuracy import Difference

RESAMPLES = 9_999


def mean_difference(before: ArrayLike, after: ArrayLike, *, seed: int = 0) -> Difference:
    """Mean of `after` minus `before` [n] with its 95% interval and two-sided p-value, in the scores' own unit.

    Raises ValueError for columns of unequal length, empty ones, or values that are not finite. Where all differences are
    equal there is nothing to resample: the interval is stretched to 0 unless the p-value is below 0.05.
    """
    change = paired(before, after)
    delta, p_value = float(change.mean()), _sign_flip(change, seed)
    if np.ptp(change) <= 1e-12 * max(1.0, np.abs(change).max()):  # equal but for rounding
        low, high = (delta, delta) if p_value < 0.05 else (min(delta, 0.0), max(delta, 0.0))
    else:
        found = stats.bootstrap(
            (change,), np.mean, n_resamples=RESAMPLES, method="BCa", rng=np.random.default_rng(seed), batch=1_000
        ).confidence_interval
        low, high = float(found.low), float(found.high)
    return Difference(delta, (low, high), p_value, len(change))


def paired(before: ArrayLike, after: ArrayLike) -> NDArray[np.float64]:
    """`after` minus `before` as floats; ValueError for shapes or values that make no pairs."""
    was, now = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    if was.ndim != 1 or not was.size or was.shape != now.shape:
        raise ValueError(f"need two columns of one equal length, at least 1; their shapes are {was.shape}, {now.shape}")
    if not (np.isfinite(was).all() and np.isfinite(now).all()):
        raise ValueError("scores must be finite numbers")
    return now - was


def _sign_flip(change: NDArray[np.float64], seed: int) -> float:
    if not change.any():
        return 1.0
    test = stats.permutation_test(
        (change,), np.mean, permutation_type="samples", vectorized=True, n_resamples=RESAMPLES, batch=1_000,
        rng=np.random.default_rng(seed),
    )  # fmt: skip
    return float(test.pvalue)
