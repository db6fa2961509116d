"""The texts that a family's training and test problems share. By construction there are none; here they are counted.

    python -m benchmarks.shared_texts                                  22 families, 100,000 problems of each split
    python -m benchmarks.shared_texts -n 2000 --family firm_offer --json shared.json

Two texts are the same if their facts are, whatever the case and spacing. `repeated` counts the problems whose facts
another problem of the same split has told before them. 200,000 problems take about half a minute on one core.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence

from benchmarks.tables import Rows, markdown, write_json
from grpo_legal import cli, problems

CHUNK = 1_000  # problems held at a time


def digests(family: str, split: str, n: int, seed: int) -> set[bytes]:
    """A 16-byte hash of each different text among the first `n` problems."""
    found = set()
    for start in range(0, n, CHUNK):
        for problem in problems.generate(family, min(CHUNK, n - start), split, seed, start=start):
            text = " ".join(problem.facts.casefold().split())
            found.add(hashlib.blake2b(text.encode(), digest_size=16).digest())
    return found


def count(families: Sequence[str], n: int, seed: int) -> Rows:
    """One row for each family: the texts that its two splits share, and those that each repeats."""
    rows = []
    for family in families:
        train, test = (digests(family, split, n, seed) for split in problems.SPLITS)
        rows.append({
            "family": family, "problems a split": n, "shared": len(train & test),
            "repeated in train": n - len(train), "repeated in test": n - len(test),
        })  # fmt: skip
    return rows


def main(argv: Sequence[str]) -> int:
    """The command. Returns 1 if any text is shared."""
    parser = argparse.ArgumentParser(
        "python -m benchmarks.shared_texts", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-n", type=int, default=100_000, help="problems of each split (default 100,000)")
    parser.add_argument(
        "--family", nargs="+", choices=problems.FAMILIES, default=list(problems.FAMILIES), metavar="NAME"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", metavar="PATH", help="write the table as JSON too")
    typed = parser.parse_args(argv)
    rows = count(typed.family, typed.n, typed.seed)
    print(markdown(rows))
    write_json(typed.json, rows)
    return int(any(row["shared"] for row in rows))


if __name__ == "__main__":
    cli.run(main)
