"""Made-up generations for every LegalBench task, and what the benchmark's own evaluation.py makes of them.

`tests/official_values.json` holds the values alone; the generations come from the seed. To make it again:

    PYTHONPATH=. python tests/official_values.py PATH/TO/evaluation.py

with the file of HazyResearch/legalbench (it needs nltk and scikit-learn). No text of the benchmark is in either file:
names, terms and amounts are invented here, label sets are those of our table.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import random
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

from grpo_legal.legalbench import Task, task_table

VALUES = Path(__file__).with_suffix(".json")
SEEDS = {"balanced_accuracy": 2, "exceptions_micro_f1": 20}  # of the others 40
NAMES = (
    "Ann Lee",
    "Bob Ruiz",
    "Cy Ng",
    "Acme, Inc.",
    "Di Oz",
    "Volta S.A. de C.V.",
    "Ann Lee Jr.",
    "Lee",
    "",
    " ",
    "Not named",
)
TERMS = (
    "promise", "promises", "promised", "sale", "sales", "selling", "sell", "writ of entry", "writs of entries",
    "agency", "agencies", "agent", "dying", "die", "skies", "sky", "y" * 40, "organization", "organize", "", "news", "an",
    "Élan", "“waste”", "happily", "happy", "proceed", "proceeding", "conditional", "conditions", "x",
)  # fmt: skip
CASES = ("Roe v. Poe", "In re Zed", "Alba v. Borg Ins. Co.,", "United Mills v. Tarn, L.P.", "Smith", "", "89–02")
AMOUNTS = ("$0", "$1", "$99", "$100", "$2334", "$178147", "$5000", "7")
FORMS = (
    "{}",
    " {} ",
    "{}.",
    "**{}**",
    "The answer is {}",
    "Answer: {}",
    "Option {}",
    "{0}\n",
    "{0}, {1}",
    "{0},{1}",
    "not {}",
    "{1}",
    "",
)


def cases() -> Iterator[tuple[str, str, list[str], list[str]]]:
    """Key, task, generations and answers, always the same."""
    for name, task in task_table().items():
        if task.metric != "manual":
            for seed in range(SEEDS.get(task.metric, 40)):
                rng = random.Random(f"official/{name}/{seed}")
                answers = [_answer(task, rng) for _ in range(rng.choice((1, 2, 5, 30)))]
                yield f"{name}/{seed}", name, [_generation(task, answer, rng) for answer in answers], answers


def digest(generations: list[str], answers: list[str]) -> str:
    """Tells whether the values belong to these generations."""
    return hashlib.sha256(json.dumps([generations, answers]).encode()).hexdigest()[:8]


def _answer(task: Task, rng: random.Random) -> str:
    if task.metric == "balanced_accuracy":
        return rng.choice(("{}", "{}", "{}.", "{} ")).format(rng.choice(task.labels))
    if task.metric == "numeric_within_10_percent":
        return rng.choice(AMOUNTS)
    if task.metric == "citation_contained":
        return rng.choice(CASES)
    pool = {"stemmed_term_match": TERMS, "exceptions_micro_f1": task.labels}.get(task.metric, NAMES)
    return rng.choice((",", ",", ", ")).join(rng.sample(pool, rng.choice((1, 1, 2, 3))))


def _generation(task: Task, answer: str, rng: random.Random) -> str:
    if task.metric == "numeric_within_10_percent":
        return _amount(int(answer.strip("$")), rng)
    pools = {"stemmed_term_match": TERMS, "citation_contained": CASES, "names_micro_f1": NAMES}
    pool = pools.get(task.metric, task.labels)
    items = [rng.choice(pool) for _ in range(rng.choice((1, 2, 4)))]
    if rng.random() < 0.6:
        items[0] = answer
    if rng.random() < 0.3:
        rng.shuffle(items)
    text = rng.choice(FORMS).format(rng.choice((",", ", ", ";")).join(items), rng.choice(pool))
    return rng.choice((str, str, str.lower, str.upper))(text)


def _amount(gold: int, rng: random.Random) -> str:
    near = round(gold * rng.choice((1, 1, 0.91, 1.09, 0.9, 1.1, 1.11, 0.89, 2)))
    forms = ("${0}", "${0:,}", "{0}.00", "${0:,}.50", "Under section 1, ${0}", "none", "", "-{0}", "{0} or {1}", "${0}k",
             "The tax is ${0:,}.", "٣{0}", "0", "${0} in 2017", "1e{0}", "{0}" + "0" * 40)  # fmt: skip
    return rng.choice(forms).format(near, rng.randrange(1000))


def main(path: str) -> None:
    spec = importlib.util.spec_from_file_location("evaluation", path)
    assert spec and spec.loader
    original = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(original)
    warnings.simplefilter("ignore")  # scikit-learn, on generations that are no gold class
    values: dict[str, list[float | str]] = {}
    for key, task, generations, answers in cases():
        values[key] = [round(float(original.evaluate(task, generations, answers)), 12), digest(generations, answers)]
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(pair)}" for key, pair in values.items())
    VALUES.write_text("{\n" + lines + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
