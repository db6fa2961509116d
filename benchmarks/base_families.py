"""What a model answers before any training: balanced accuracy per family and difficulty, as a floor for later gains.

    python -m benchmarks.base_families                                       SmolLM2-135M, 100 problems at each difficulty
    python -m benchmarks.base_families -n 2 --model path/to/model --out floor --family firm_offer

Held-out problems (split test) are answered greedily, one prompt style for all, and scored by reading the final answer
line as in training runs (grpo_legal.heldout). Dates and amounts have no classes: for them the figure is plain accuracy.
`chance` is what a constant or even guess of a readable answer scores: one part in the number of labels, and nothing for
open answers. Writes base_families.json (with every setting) and base_families.md into the folder `--out`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.tables import Rows, markdown, write_json
from grpo_legal import cli, config, problems
from grpo_legal.errors import UserError
from grpo_legal.policy import Policy
from grpo_legal.schema import Problem

RESULTS = Path(__file__).parent / "results"
SEED = 1_000_003  # of the problems: none that training runs use
STYLE = "short"


def held_out(family: str, n: int, difficulty: int) -> list[Problem]:
    """The problems that are asked at one difficulty."""
    return problems.generate(family, n, "test", SEED, difficulty)


def chance(asked: Sequence[Problem]) -> float:
    """The mean score of guessing among the labels that the prompt names; open answers cannot be guessed."""
    return round(sum(1 / len(p.labels) if p.labels else 0.0 for p in asked) / len(asked), 6)


def measure(
    policy: Policy, families: Sequence[str], n: int, *, tokens: int, batch_size: int
) -> Iterator[dict[str, Any]]:
    """One row for each family and difficulty, as soon as it is answered."""
    from grpo_legal import heldout

    for family in families:
        for difficulty in problems.DIFFICULTIES:
            asked = held_out(family, n, difficulty)
            found = list(heldout.answer(policy, asked, style=STYLE, max_new_tokens=tokens, batch_size=batch_size))
            score = heldout.score(found)
            yield {
                "family": family, "difficulty": difficulty, "n": n, "balanced accuracy": score["balanced_accuracy"],
                "chance": chance(asked), "unreadable": score["unreadable"],
            }  # fmt: skip


def wide(rows: Rows) -> Rows:
    """One row for each family, its difficulties side by side."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        line = found.setdefault(row["family"], {"family": row["family"]})
        line |= {f"level {level}": line.get(f"level {level}") for level in problems.DIFFICULTIES}
        line[f"level {row['difficulty']}"] = row["balanced accuracy"]
        line["chance"] = row["chance"]
    for family, line in found.items():
        unreadable = [row["unreadable"] for row in rows if row["family"] == family]
        line["unreadable"] = sum(unreadable) / len(unreadable)
    return list(found.values())


def load(model: str) -> Policy:
    """The model as runs begin with it: a fresh adapter changes nothing."""
    from grpo_legal import policy

    settings = config.resolve({"policy": {"model": model}}).policy
    return policy.load(settings, seed=1, gradient_checkpointing=False)


def main(argv: Sequence[str]) -> int:
    """The command. Returns its exit status, 0."""
    parser = argparse.ArgumentParser(
        "python -m benchmarks.base_families", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-n", type=int, default=100, help="problems of each family at each difficulty (default 100)")
    parser.add_argument("--model", default=config.EMBEDDED, help=f"default {config.EMBEDDED}, which is embedded")
    parser.add_argument(
        "--family", nargs="+", choices=problems.FAMILIES, default=list(problems.FAMILIES), metavar="NAME"
    )
    parser.add_argument("--tokens", type=int, default=24, help="longest answer in tokens (default 24)")
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--out", default=str(RESULTS), help="folder for the results")
    typed = parser.parse_args(argv)
    if min(typed.n, typed.tokens, typed.batch_size) < 1:
        raise UserError(f"-n {typed.n}, --tokens {typed.tokens} and --batch-size {typed.batch_size} must be 1 or more")
    model = load(typed.model)
    rows = []
    for row in measure(model, typed.family, typed.n, tokens=typed.tokens, batch_size=typed.batch_size):
        rows.append(row)
        print(f"{row['family']} at difficulty {row['difficulty']}: {row['balanced accuracy']:.3f}", flush=True)
        _write(
            Path(typed.out), model.name, typed, rows
        )  # each time, so that a run that is stopped leaves what it found
    return 0


def _write(folder: Path, model: str, typed: argparse.Namespace, rows: Rows) -> None:
    settings = {
        "model": model, "n": typed.n, "seed": SEED, "split": "test", "prompt": STYLE, "max_new_tokens": typed.tokens,
        "decoding": "greedy",
    }  # fmt: skip
    write_json(str(folder / "base_families.json"), {"settings": settings, "rows": rows})
    title = (
        f"# {model} before training\n\nBalanced accuracy on {typed.n} held-out problems of each family at each level, "
        f"greedy, prompt style {STYLE}, at most {typed.tokens} new tokens. For dates and amounts: accuracy.\n\n"
    )
    (folder / "base_families.md").write_text(f"{title}{markdown(wide(rows))}\n", encoding="utf-8")


if __name__ == "__main__":
    cli.run(main)
