"""A difference in words."""

from __future__ import annotations

from collections.abc import Sequence


def verdict(delta: float, ci95: Sequence[float], n: int, *, scale: int = 100) -> str:
    """One sentence on a difference (shares, after minus before) on `n` questions, by its 95% interval.

    `scale` is what a share of 1 is in points: 100 for accuracy, 20 for the rubric.

    >>> verdict(0.31, (0.12, 0.50), 100)
    'better, by 31.0 points (12.0 to 50.0)'
    >>> verdict(0.01, (-0.02, 0.04), 100)
    'no difference that 100 questions could show (−2.0 to 4.0)'
    """
    low, high = ci95

    def points(share: float) -> str:
        return f"{round(scale * share, 1) + 0.0:.1f}".replace("-", "−")

    if low > 0:
        return f"better, by {points(delta)} points ({points(low)} to {points(high)})"
    if high < 0:
        return f"worse, by {points(-delta)} points ({points(-high)} to {points(-low)})"
    return f"no difference that {n:,} question{'s' * (n != 1)} could show ({points(low)} to {points(high)})"
