"""How fast problems are drawn: for each family, problems a second on one core, explanation included.

    python -m benchmarks.generate                                     22 families, the best of 5 rounds of 600 problems
    python -m benchmarks.generate -n 200 --family intestacy --json speed.json

Time is that of the process, not of the clock, and the best round counts, so that other work on the machine disturbs
little; still, a busy machine shares its caches and its cores' threads, and a figure to report is one from a quiet one.
The difficulties take turns, as they do in a data set.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

from benchmarks.tables import Rows, markdown, write_json
from grpo_legal import cli, problems

WANTED = 5_000  # problems a second, for every family


def rate(family: str, n: int, rounds: int) -> int:
    """Problems a second in the best round; each round draws others."""
    problems.generate(family, 30, "train", seed=0)  # what is remembered between problems is filled
    best = float("inf")
    for seed in range(1, rounds + 1):
        began = time.process_time()
        problems.generate(family, n, "train", seed)
        best = min(best, time.process_time() - began)
    return round(n / best)


def measure(families: Sequence[str], n: int, rounds: int) -> Rows:
    """One row for each family."""
    return [{"family": family, "problems a second": rate(family, n, rounds)} for family in families]


def main(argv: Sequence[str]) -> int:
    """The command. Returns 1 if a family is slower than wanted."""
    parser = argparse.ArgumentParser(
        "python -m benchmarks.generate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-n", type=int, default=600, help="problems in a round (default 600)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, of which the best counts (default 5)")
    parser.add_argument(
        "--family", nargs="+", choices=problems.FAMILIES, default=list(problems.FAMILIES), metavar="NAME"
    )
    parser.add_argument("--json", metavar="PATH", help="write the table as JSON too")
    typed = parser.parse_args(argv)
    rows = measure(typed.family, typed.n, typed.rounds)
    print(markdown(rows))
    write_json(typed.json, rows)
    slow = [row["family"] for row in rows if row["problems a second"] < WANTED]
    print(f"slower than {WANTED:,} a second: {', '.join(slow) or 'none'}")
    return int(bool(slow))


if __name__ == "__main__":
    cli.run(main)
