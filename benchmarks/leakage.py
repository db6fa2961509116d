"""Precision and recall of the near-duplicate check on planted leaks and on clean pairs.

    python -m benchmarks.leakage --path legalbench                  real rows and generated stories, 1,000 of each kind
    python -m benchmarks.leakage -n 200 --json leakage.json         GRPO_LEGAL_BENCH_DIR names the folder

A **planted** pair is a training text and a copy of it with other case, spacing and punctuation. A **clean** pair is two
different rows of one LegalBench task, or two different stories of one family. Each pair is judged by itself, by
`leakage.find` at the threshold that every run uses: is the held-out text reported against the training text?

How the labels were made. Rows whose words are the same but for case, spacing and punctuation are one text and never a
clean pair: that is the same folding which the disguise undoes, and it looks at whole texts, not at n-grams. Every other
pair of rows is labelled clean, also where the two share boilerplate, a clause or a passage almost word for word, as some
contracts of CUAD, contract_nli and MAUD do. Finding those is what the check is for, but they count against its precision
here; the column "alike by difflib" lists how many of the false alarms are such pairs: ones in which, besides, one text's
words in order (difflib) match at least seven tenths of the other's.
"""

from __future__ import annotations

import argparse
import difflib
import os
import random
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from benchmarks.tables import Rows, markdown, write_json
from grpo_legal import cli, leakage, legalbench, problems
from grpo_legal.errors import UserError

Pair = tuple[str, str]  # (held out, training)
WORDS = 4_000  # of a text: difflib's time grows with the square


def disguised(text: str, rng: random.Random) -> str:
    """The text with other case, spacing and punctuation; every word stays."""
    out = []
    for word in text.split():
        word = rng.choice((word.upper(), word.lower(), word.capitalize(), word))
        if rng.random() < 0.3:
            word = word.rstrip(".,;:!?") + rng.choice(("", ".", ",", " ;", "!", " -"))
        out.append(word)
    return rng.choice((" ", "  ", "\n", " \t")).join(out)


def folded(text: str) -> str:
    """The text's words alone."""
    return " ".join(re.findall(r"\w+", text.lower()))


def groups_of_rows(path: str, at_most: int, tasks: Sequence[str] = ("*",)) -> dict[str, list[str]]:
    """By task, the different texts of its rows in the folder, at most so many of each; tasks with one text are left out."""
    found = {}
    for task in legalbench.match_tasks(list(tasks), path):
        texts: dict[str, str] = {}
        for split in ("train", "test"):
            for problem in legalbench.load(task, split, path=path):
                texts.setdefault(folded(problem.facts), problem.facts)
        if len(texts) > 1:
            found[task] = list(texts.values())[:at_most]
    return found


def groups_of_stories(n: int) -> dict[str, list[str]]:
    """By family, `n` different stories or a few more."""
    each = max(4, 2 * n // len(problems.FAMILIES) + 2)
    return {name: [p.facts for p in problems.generate(name, each, "train", seed=3)] for name in problems.FAMILIES}


def pairs(groups: dict[str, list[str]], n: int, rng: random.Random) -> tuple[list[Pair], list[Pair]]:
    """`n` planted and `n` clean pairs. Groups take turns, so that a large one does not stand for all."""
    planted, clean = [], []
    names = sorted(groups)
    turns: dict[str, list[str]] = defaultdict(list)
    for at in range(n):
        name = names[at % len(names)]
        if not turns[name]:
            turns[name] = rng.sample(groups[name], len(groups[name]))
        text = turns[name].pop()
        planted.append((disguised(text, rng), text))
        clean.append(tuple(rng.sample(groups[name], 2)))
    return planted, clean


def is_reported(pair: Pair) -> bool:
    """Whether the check calls the held-out text a near-duplicate of the training text."""
    held_out, train = pair
    return bool(leakage.find([held_out], [train]))


def is_alike(pair: Pair) -> bool:
    """Whether most words of the shorter text stand in the longer in the same order."""
    one, other = (folded(text).split()[:WORDS] for text in pair)
    same = sum(block.size for block in difflib.SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks())
    return same >= 0.7 * min(len(one), len(other))


def measure(source: str, planted: list[Pair], clean: list[Pair]) -> dict[str, Any]:
    """One row: what was reported of each kind, and what that makes."""
    hits = sum(map(is_reported, planted))
    alarms = [pair for pair in clean if is_reported(pair)]
    return {
        "source": source, "planted": len(planted), "found": hits, "clean": len(clean), "false alarms": len(alarms),
        "alike by difflib": sum(map(is_alike, alarms)), "recall": hits / len(planted),
        "precision": hits / max(1, hits + len(alarms)),
    }  # fmt: skip


def run(path: str | None, n: int, seed: int, at_most: int = 400) -> Rows:
    """A row for LegalBench, where there is a folder, and one for the families."""
    rows, rng = [], random.Random(seed)
    if path:
        rows.append(measure("LegalBench", *pairs(groups_of_rows(path, at_most), n, rng)))
    rows.append(measure("families", *pairs(groups_of_stories(n), n, rng)))
    return rows


def main(argv: Sequence[str]) -> int:
    """The command. Returns its exit status, 0."""
    parser = argparse.ArgumentParser(
        "python -m benchmarks.leakage", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-n", type=int, default=1_000, help="pairs of each kind (default 1,000)")
    parser.add_argument("--path", default=os.environ.get("GRPO_LEGAL_BENCH_DIR"), help="folder with LegalBench files")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", metavar="PATH", help="write the table as JSON too")
    typed = parser.parse_args(argv)
    if typed.n < 1:
        raise UserError(f"-n {typed.n} must be 1 or more")
    rows = run(typed.path, typed.n, typed.seed)
    print(markdown(rows))
    write_json(typed.json, rows)
    return 0


if __name__ == "__main__":
    cli.run(main)
