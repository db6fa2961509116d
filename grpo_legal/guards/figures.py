"""Means of records' figures and how far chance moves them; any finite figure is taken, however large."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import Any


def known(value: Any) -> bool:
    """Whether this is a finite number."""
    return isinstance(value, int | float) and math.isfinite(value)


def mean(values: Sequence[float]) -> float:
    """The mean, by exact sums: a sum of floats may overflow where the mean does not."""
    return statistics.mean(map(float, values))


def standard_error(*samples: Sequence[float]) -> float:
    """Standard error of a difference (or sum) of the means of independent samples; one value alone has none."""
    # hypot and stdev rather than a root of a sum of variances: the square of a finite float may be infinite.
    return math.hypot(*(statistics.stdev(map(float, s)) / math.sqrt(len(s)) for s in samples if len(s) > 1))
