"""From settings to problems: which to train on, which to hold out, and the rows that the trainer sees.

Training problems come from the split "train", held-out ones from "test"; no question stands in both. The
held-out problems depend on the data settings alone, never on the run's seed, so that runs can be compared.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from grpo_legal import config, legalbench, problems
from grpo_legal.errors import UserError, near
from grpo_legal.schema import Problem, chat_prompt, to_row

HELD_OUT_SEED = 0


@dataclass(frozen=True)
class Questions:
    """`dropped` counts training and held-out problems left out because their prompt is too long."""

    train: list[Problem]
    held_out: list[Problem]
    dropped: int = 0

    def describe(self) -> dict[str, Any]:
        """What the run is about, for the summary: counts by family."""
        families = sorted({p.family for p in (*self.train, *self.held_out)})
        return {
            "families": {
                f: {
                    "train": sum(p.family == f for p in self.train),
                    "held_out": sum(p.family == f for p in self.held_out),
                }
                for f in families
            },
            "train": len(self.train),
            "held_out": len(self.held_out),
            "dropped_too_long": self.dropped,
        }


def check_families(settings: config.Settings) -> list[str]:
    """Faults of data.families: names that no family has."""
    if settings.data.source != "families":
        return []
    return [
        f"data.families {name!r} is no family of problems{near(name, problems.FAMILIES)} (there are {', '.join(problems.FAMILIES)})"
        for name in settings.data.families
        if name not in problems.FAMILIES
    ]


def read(settings: config.Settings) -> Questions:
    """The questions of a run, before their length is known.

    Raises UserError for a missing folder, a task that is not there, damaged rows, or an empty data set.
    """
    data, seed = settings.data, settings.run.seed
    train, test = _from_families(data, settings.eval.n, seed) if data.source == "families" else _from_folder(data)
    if not train or not test:
        raise UserError(
            f"data.source {data.source} gave {len(train)} problems to train on and {len(test)} to hold out: both need one at least"
        )
    return Questions(evenly(train, seed), spread(test, settings.eval.n))


def fit(
    questions: Questions, settings: config.Settings, prompt_tokens: Callable[[list[dict[str, str]]], int]
) -> Questions:
    """The questions whose prompt, counted by `prompt_tokens`, leaves room for a completion.

    Raises UserError for one that does not, or, with data.long_prompts "drop", where none is left.
    """
    data = settings.data
    room = settings.policy.max_seq_length - settings.grpo.max_completion_length
    train, long_train = _fitting(questions.train, data, room, prompt_tokens)
    held_out, long_out = _fitting(questions.held_out, data, room, prompt_tokens)
    if not train or not held_out:
        raise UserError(f"data: no prompt fits in the {room} tokens that policy.max-seq-length leaves for it")
    return Questions(train, held_out, long_train + long_out)


def to_rows(train: Sequence[Problem], style: str) -> list[dict[str, Any]]:
    """The training set: `prompt`, and the columns that rewards receive."""
    return [to_row(p, style) for p in train]


def _from_families(data: config.Data, n_test: int, seed: int) -> tuple[list[Problem], list[Problem]]:
    train: list[Problem] = []
    test: list[Problem] = []
    share = math.ceil(data.train_size / len(data.families))
    test_share = math.ceil(n_test / len(data.families))
    for family in data.families:
        train += problems.generate(family, share, "train", seed, difficulty=data.difficulty)
        test += problems.generate(family, test_share, "test", HELD_OUT_SEED, difficulty=data.difficulty)
    return train, test


def _from_folder(data: config.Data) -> tuple[list[Problem], list[Problem]]:
    train: list[Problem] = []
    test: list[Problem] = []
    for task in legalbench.match_tasks(data.tasks, data.path):
        train += legalbench.load(task, "train", source="dir", path=data.path)
        test += legalbench.load(task, "test", source="dir", path=data.path)
    return train, test


def evenly(pool: Sequence[Problem], seed: int) -> list[Problem]:
    """The problems in a seeded order in which every stretch holds each family and gold answer in its share.

    A batch with more Yes than No pushes every answer towards Yes. With few prompts a step that push is larger than
    what tells one fact pattern from another, and a small policy swings between two constant answers.
    """
    placed = []
    for key, members in sorted(_strata(pool).items()):
        rng = random.Random(f"order/{seed}/{key}")
        rng.shuffle(members)
        placed += [((i + 0.5) / len(members), rng.random(), p.id, p) for i, p in enumerate(members)]
    return [problem for *_, problem in sorted(placed, key=lambda place: place[:3])]


def _strata(pool: Sequence[Problem]) -> dict[tuple[str, str], list[Problem]]:
    """Problems by family and, where there are labels, gold answer."""
    strata: dict[tuple[str, str], list[Problem]] = defaultdict(list)
    for problem in pool:
        strata[problem.family, problem.answer if problem.labels else "*"].append(problem)
    return strata


def spread(pool: Sequence[Problem], n: int) -> list[Problem]:
    """At most `n` problems, dealt in turn from every family and gold answer so that the rare ones are there too."""
    strata = _strata(pool)
    for key, members in strata.items():
        random.Random(f"held out/{key}").shuffle(members)
    chosen: list[Problem] = []
    queues = [strata[key] for key in sorted(strata)]
    while queues and len(chosen) < n:
        for queue in queues:
            if len(chosen) < n:
                chosen.append(queue.pop())
        queues = [q for q in queues if q]
    return chosen


def check_answers(questions: Questions, settings: config.Settings, text_tokens: Callable[[str], int]) -> None:
    """Raise UserError where a gold answer and its end token are longer than a completion may be."""
    room = settings.grpo.max_completion_length
    for answer in sorted({p.answer for p in (*questions.train, *questions.held_out)}):
        need = text_tokens(answer) + 1
        if need > room:
            raise UserError(
                f"grpo.max-completion-length {room} cuts the right answer {answer[:60]!r}, which needs {need} tokens with "
                f"its end: set it to {need} or more"
            )


def _fitting(
    pool: Sequence[Problem], data: config.Data, room: int, prompt_tokens: Callable[[list[dict[str, str]]], int]
) -> tuple[list[Problem], int]:
    kept = []
    for problem in pool:
        count = prompt_tokens(chat_prompt(problem, data.prompt))
        if count <= room:
            kept.append(problem)
        elif data.long_prompts == "error":
            raise UserError(
                f"problem {problem.id}: its prompt of {count} tokens is longer than the {room} that policy.max-seq-length "
                "leaves beside grpo.max-completion-length; raise the former, or --data.long-prompts drop"
            )
    return kept, len(pool) - len(kept)
