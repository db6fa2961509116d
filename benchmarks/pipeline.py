"""The whole plan in one command, base, SFT, SFT + GRPO, on the cpu preset: scores on held-out questions, seconds a stage.

    python -m grpo_legal.pipeline --run.name mine --run.view plain
    python -m benchmarks.pipeline outputs/mine --json benchmarks/results/pipeline.json

Balanced accuracy, one row a model; `gain` is the difference from the model above it, paired by question, with its 95%
interval, and `seconds` are those of its stage (of base: the evaluation of all three).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks.tables import markdown, write_json

STAGES = {"base": "evaluation", "sft": "sft", "grpo": "grpo"}


def rows(root: Path) -> list[dict[str, Any]]:
    """What a pipeline's folder says: a row for each model and suite."""
    results = json.loads((root / "grpo/eval/results.json").read_text("utf-8"))
    seconds = {
        name: stage["seconds"] for name, stage in json.loads((root / "pipeline.json").read_text("utf-8")).items()
    }
    contrasts = {(c["suite"], c["before"], c["after"]): c for c in results["contrasts"]}
    found = []
    for suite in results["scores"]["base"]:
        for above, model in ((None, "base"), ("base", "sft"), ("sft", "grpo")):
            score = results["scores"][model][suite]
            change = contrasts.get((suite, above, model))
            row = {"suite": suite, "model": model, "n": score["n"], "score": round(score["score"], 4)}
            row |= {"gain": _gain(change) if change else None, "seconds": seconds[STAGES[model]]}
            found.append(row)
    return found


def _gain(change: dict[str, Any]) -> str:
    low, high = change["ci95"]
    return f"{100 * change['delta']:+.1f} points ({100 * low:.1f} to {100 * high:.1f})"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a pipeline's folder")
    parser.add_argument("--json", metavar="PATH", help="write the rows as JSON too")
    typed = parser.parse_args()
    found = rows(typed.folder)
    print(markdown(found))
    write_json(typed.json, found)


if __name__ == "__main__":
    main()
