"""Do the 95% intervals hold the truth in 95 of 100 studies, and how often is there a difference where there is none?

    python -m benchmarks.statistics --studies 2000 --json benchmarks/results/statistics.json

Every study asks n questions twice. `accuracy`: four families of two gold classes, a question's answers before and after
being tied (a third of the questions are hard for both); `clustered`: the same with questions in 10 or more templates a family
that share how much they change; `rubric`: scores of 0 to 20. Coverage is counted with a true gain, false positives
(an interval without 0, which is what the verdict goes by; beside it the exact test at p < .05) without any.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from grpo_legal import stats

FAMILIES, TEMPLATES = 4, 12
Study = Callable[[np.random.Generator, int, float], stats.Difference]


def accuracy(rng: np.random.Generator, n: int, gain: float) -> stats.Difference:
    """One study of independent questions; `gain` is the true difference in accuracy, in shares."""
    return _answers(rng, n, np.full(n, gain), None)


def clustered(rng: np.random.Generator, n: int, gain: float) -> stats.Difference:
    """One study whose questions share templates: a template's own gain strays from the mean."""
    template = np.arange(n) // FAMILIES % TEMPLATES
    family = np.arange(n) % FAMILIES
    own = rng.normal(gain, 0.15, (FAMILIES, TEMPLATES))
    return _answers(rng, n, own[family, template], template)


def rubric(rng: np.random.Generator, n: int, gain: float) -> stats.Difference:
    """One study of scores from 0 to 20 in halves; `gain` in points is 20 times the share."""
    level = rng.normal(8, 3, n)
    before = np.round(2 * (level + rng.normal(0, 2, n))) / 2
    after = np.round(2 * (level + 20 * gain + rng.normal(0, 2, n))) / 2
    return stats.mean_difference(before, after, seed=int(rng.integers(2**31)))


def _answers(rng: np.random.Generator, n: int, gain: np.ndarray, template: np.ndarray | None) -> stats.Difference:
    family = np.arange(n) % FAMILIES
    gold = np.where(np.arange(n) // FAMILIES % 2, "Yes", "No")
    ease = np.where(rng.random(n) < 1 / 3, 0.35, 0.6)
    before, after = rng.random(n) < ease, rng.random(n) < ease + gain
    cluster = None if template is None else [f"{f}/{t}" for f, t in zip(family, template, strict=True)]
    return stats.paired_difference(
        before, after, gold, family, cluster, n_resamples=2_000, seed=int(rng.integers(2**31))
    )


def run(study: Study, n: int, studies: int, gain: float = 0.1) -> dict[str, float]:
    """Shares of `studies` in which the interval holds the truth, excludes 0 without a gain, and the test says p < .05."""
    rng = np.random.default_rng([n, studies])
    # Scores are rounded to halves without bias, so the rubric's true gain is `gain` times 20 as well.
    truth = 20 * gain if study is rubric else gain
    held = [found.ci95[0] <= truth <= found.ci95[1] for found in (study(rng, n, gain) for _ in range(studies))]
    null = [study(rng, n, 0.0) for _ in range(studies)]
    return {
        "coverage": float(np.mean(held)),
        "false_positive": float(np.mean([not d.ci95[0] <= 0 <= d.ci95[1] for d in null])),
        "test_false_positive": float(np.mean([d.p_value < 0.05 for d in null])),
    }


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=2000, help="of each kind (default 2000)")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the table as JSON too")
    typed = parser.parse_args()
    rows = []
    print(f"{'study':12}{'n':>6}{'coverage':>12}{'false +':>10}{'p < .05':>10}")
    for study in (accuracy, clustered, rubric):
        for n in (50, 100, 500):
            row = {"study": study.__name__, "n": n, "studies": typed.studies, **run(study, n, typed.studies)}
            rows.append(row)
            print(
                f"{row['study']:12}{n:>6}{row['coverage']:>12.1%}{row['false_positive']:>10.1%}"
                f"{row['test_false_positive']:>10.1%}",
                flush=True,
            )
    if typed.json:
        typed.json.parent.mkdir(parents=True, exist_ok=True)
        typed.json.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
