"""A difference in words."""

from __future__ import annotations

from collections.abc import Sequence


def verdict(delta: float, ci95: Sequence[float], n: int, *, scale: int = 100, p_holm: float | None = None) -> str:
    """One sentence on a difference (shares, after minus before) on `n` questions, by its 95% interval.

    `scale` is what a share of 1 is in points: 100 for accuracy, 20 for the rubric. Where the test of the same difference,
    corrected for several (`p_holm`), is not below 0.05, the sentence says so: a bootstrap interval of few questions is
    too narrow, and one of several contrasts is easily the lucky one.

    >>> verdict(0.31, (0.12, 0.50), 100)
    'better, by 31.0 points (12.0 to 50.0)'
    >>> verdict(0.01, (-0.02, 0.04), 100)
    'no difference that 100 questions could show (−2.0 to 4.0)'
    >>> verdict(0.6, (0.2, 1.0), 6, scale=20, p_holm=0.375)
    'better, by 12.0 points (4.0 to 20.0), but it may be chance: p 0.375 after Holm'
    """
    low, high = ci95

    def points(share: float) -> str:
        return f"{round(scale * share, 1) + 0.0:.1f}".replace("-", "−")

    doubt = "" if p_holm is None or p_holm < 0.05 else f", but it may be chance: p {p_holm:.3f} after Holm"
    if low > 0:
        return f"better, by {points(delta)} points ({points(low)} to {points(high)}){doubt}"
    if high < 0:
        return f"worse, by {points(-delta)} points ({points(-high)} to {points(-low)}){doubt}"
    return f"no difference that {n:,} question{'s' * (n != 1)} could show ({points(low)} to {points(high)})"
