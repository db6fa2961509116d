"""Is the difference real? The same questions asked of two models: differences, intervals, tests, and a verdict in words.

    >>> found = paired_difference([False] * 6, [True] * 6, ["Yes"] * 6, ["hearsay"] * 6)
    >>> found.delta, found.ci95, found.p_value
    (1.0, (1.0, 1.0), 0.03125)

accuracy.py: macro balanced accuracy, the paired stratified bootstrap, exact McNemar. means.py: mean scores (the
rubric), BCa bootstrap and sign-flip permutation. planning.py: standard errors by cluster, what a number of questions can
show, correction for several contrasts. verdict.py: all of it in words.
"""

from grpo_legal.stats.accuracy import (
    Difference,
    balanced_accuracy,
    family_differences,
    macro,
    macro_balanced_accuracy,
    paired_difference,
    trusted_clusters,
)
from grpo_legal.stats.means import mean_difference
from grpo_legal.stats.planning import clustered_standard_error, detectable_difference, holm
from grpo_legal.stats.verdict import verdict

__all__ = [
    "Difference",
    "balanced_accuracy",
    "clustered_standard_error",
    "detectable_difference",
    "family_differences",
    "holm",
    "macro",
    "macro_balanced_accuracy",
    "mean_difference",
    "paired_difference",
    "trusted_clusters",
    "verdict",
]
