"""How many completions a second the rewards score on one core, as a training step hands them over.

    python -m benchmarks.rewards --json benchmarks/results/rewards.json

Completions are arguments of 1,000 characters, all different, eight to a problem, over all families: gold arguments with
their findings in another order, as long as needed. The third figure is the share of a step that the default run's rewards
take: 512 one-word answers against the seconds a step that `--step-seconds` says (the step_seconds of a run's metrics.jsonl).
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from pathlib import Path
from typing import Any

from grpo_legal import problems, rewards
from grpo_legal.schema import Problem, to_row

CHARACTERS, GROUP = 1000, 8
CITATIONS = ("citation_valid", "citation_supported")


def completions(problem: Problem, rng: random.Random) -> list[str]:
    """GROUP different right answers of about CHARACTERS characters with three citations each."""
    issue, rule, application, conclusion, answer = problem.explanation.split("\n")
    lead, *findings = application.split(". ")
    cited = (list(problem.authorities) * 3)[:3]
    made = []
    for n in range(GROUP):
        rng.shuffle(findings)
        told = f"{issue}\n{rule.split(' (')[0]}.\nApplication: {lead}. " + ". ".join(f.split(" (")[0] for f in findings)
        told += f". The point was made {n + 1} times over, under {', '.join(cited[:2])} and again {cited[2]}."
        filler = [w for f in findings for w in f.split(" (")[0].split()]
        while len(told) + len(conclusion) + len(answer) < CHARACTERS - 10:
            told += " Moreover, it was said that " + " ".join(rng.sample(filler, min(8, len(filler)))) + "."
        made.append(f"{told[: CHARACTERS - len(conclusion) - len(answer) - 3]}.\n{conclusion}\n{answer}")
    return made


def batches(n: int) -> list[tuple[list[str], dict[str, list[Any]]]]:
    """Batches as the trainer makes them: eight problems' groups, with their columns."""
    rng, out = random.Random(1), []
    names = list(problems.FAMILIES)
    for b in range(n):
        drawn = [problems.generate(names[(b * 8 + i) % len(names)], b + 1, "train", 5)[b] for i in range(8)]
        rows = [to_row(p, "reasoned") for p in drawn for _ in range(GROUP)]
        texts = [text for p in drawn for text in completions(p, rng)]
        out.append((texts, {key: [row[key] for row in rows] for key in rows[0] if key != "prompt"}))
    return out


def per_second(weights: dict[str, float], made: list[tuple[list[str], dict[str, list[Any]]]]) -> float:
    """Completions a second of process time: the median over batches, each text seen for the first time."""
    specs = rewards.build(weights, max_completion_tokens=768)
    rates = []
    for texts, columns in made:
        began = time.process_time()
        for spec in specs:
            spec.function(completions=[[{"role": "assistant", "content": t}] for t in texts], **columns)
        rates.append(len(texts) / (time.process_time() - began))
    return statistics.median(rates)


def default_run_seconds() -> float:
    """Seconds that the rewards of the cpu preset take for the 512 completions of a step."""
    specs = rewards.build(rewards.preset_weights("verifiable"), max_completion_tokens=1)
    drawn = problems.generate("diversity_jurisdiction", 16, "train", 1, difficulty=1)
    rows = [to_row(p, "short") for p in drawn for _ in range(32)]
    columns = {key: [row[key] for row in rows] for key in rows[0] if key != "prompt"}
    texts = [[{"role": "assistant", "content": ("Yes", "No", "The")[i % 3]}] for i in range(len(rows))]
    taken = []
    for _ in range(7):
        began = time.process_time()
        for spec in specs:
            spec.function(completions=texts, **columns)
        taken.append(time.process_time() - began)
    return statistics.median(taken)


def main() -> None:
    """The command."""
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rewards", description=__doc__, formatter_class=shape)
    parser.add_argument("--batches", type=int, default=12, help="of 64 completions (default 12)")
    parser.add_argument("--step-seconds", type=float, default=8.0, help="of the default run's step (default 8)")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the figures as JSON too")
    typed = parser.parse_args()
    irac = dict(rewards.preset_weights("irac"))
    plain = {name: weight for name, weight in irac.items() if name not in CITATIONS}
    made = batches(2 * typed.batches + 2)
    warm, first, second = made[:2], made[2 : 2 + typed.batches], made[2 + typed.batches :]
    per_second(irac, warm)  # imports and tables that are made once
    seconds = default_run_seconds()
    told = {
        "irac_without_citations_per_second": round(per_second(plain, first)),
        "irac_per_second": round(per_second(irac, second)),
        "default_step_share": round(seconds / typed.step_seconds, 5),
        "each_per_second": {name: round(per_second({name: 1.0}, batches(4)[1:])) for name in irac},
    }
    for name, value in told.items():
        print(f"{name:36} {value}")
    if typed.json:
        typed.json.parent.mkdir(parents=True, exist_ok=True)
        typed.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
