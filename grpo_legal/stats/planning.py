"""What a number of questions can show, and what several contrasts at once cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from grpo_legal.stats.means import paired


def clustered_standard_error(before: ArrayLike, after: ArrayLike, cluster: ArrayLike | None = None) -> float:
    """Standard error of the mean of `after` minus `before` [n], questions of one `cluster` [n] not being independent.

    Source: Miller 2024 (arXiv 2411.00640), as the cluster-robust covariance of statsmodels. One cluster alone says
    nothing about others: then, as without clusters, questions count as independent. 0 for one question.
    """
    change = paired(before, after)
    groups = np.arange(len(change)) if cluster is None else np.unique(np.asarray(cluster), return_inverse=True)[1]
    if groups.max() == 0:
        groups = np.arange(len(change))
    if len(change) < 2 or np.ptp(change) == 0:
        return 0.0
    import statsmodels.api as sm  # half a second: only where it is asked for

    model = sm.OLS(change, np.ones(len(change)))
    return float(model.fit(cov_type="cluster", cov_kwds={"groups": groups}).bse[0])


def detectable_difference(
    before: ArrayLike, after: ArrayLike, cluster: ArrayLike | None = None, *, power: float = 0.8
) -> float:
    """The smallest true mean difference that such questions would show with that power at the 5% level, two-sided.

    (t(.975) + t(power)) standard errors, with the clusters less one as degrees of freedom (Bloom 1995, Evaluation Review
    19:547). In the scores' own unit; 0 where no answer changed, which then says nothing.
    """
    error = clustered_standard_error(before, after, cluster)
    units = len(paired(before, after)) if cluster is None else len(np.unique(np.asarray(cluster)))
    freedom = max(units - 1, 1)
    return float((stats.t.ppf(0.975, freedom) + stats.t.ppf(power, freedom)) * error)


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values corrected for being several (Holm 1979, Scandinavian Journal of Statistics 6:65), in their order.

    By hand: statsmodels' multipletests collects all garbage on each call, .4 seconds beside a loaded model.
    """
    values = np.asarray(p_values, dtype=float)
    order = np.argsort(values)
    corrected = np.empty_like(values)
    steps = values[order] * np.arange(len(values), 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return corrected.tolist()
