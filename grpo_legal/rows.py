"""From settings to problems: which to train on, which to hold out, and the rows that the trainer sees.

Training problems come from the split "train", held-out ones from "test"; no question stands in both. The
held-out problems depend on the data settings alone, never on the run's seed, so that runs can be compared.
"""

from __future__ import annotations

import dataclasses
import math
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from grpo_legal import checkpoints, config, leakage, legalbench, problems
from grpo_legal.errors import UserError, near
from grpo_legal.schema import Problem, chat_prompt, to_row

HELD_OUT_SEED = 0
CUT = " […]"  # ends facts that were trimmed


@dataclass(frozen=True)
class Questions:
    """`dropped` counts problems left out because their prompt is too long, `trimmed` those that lost facts to fit,
    `leaked` held-out problems with a near-duplicate in training; `left_out` are tasks without a commercial licence.
    """

    train: list[Problem]
    held_out: list[Problem]
    dropped: int = 0
    trimmed: int = 0
    leaked: int = 0
    left_out: tuple[str, ...] = ()

    def describe(self) -> dict[str, Any]:
        """What the run is about, for the summary: counts by family, and there by answer where there are labels."""
        families: dict[str, dict[str, Any]] = {}
        for side, pool in (("train", self.train), ("held_out", self.held_out)):
            for p in pool:
                counts = families.setdefault(p.family, {"train": 0, "held_out": 0, "answers": {}})
                counts[side] += 1
                if p.labels:
                    answer = counts["answers"].setdefault(p.answer, {"train": 0, "held_out": 0})
                    answer[side] += 1
        return {
            "families": dict(sorted(families.items())),
            "train": len(self.train),
            "held_out": len(self.held_out),
            "dropped_too_long": self.dropped,
            "trimmed": self.trimmed,
            "near_duplicates": self.leaked,
            "left_out_by_licence": list(self.left_out),
        }


def check_families(settings: config.Settings) -> list[str]:
    """Faults of data.families: names or globs that no family has."""
    if settings.data.source != "families" and settings.data.families_share == 0:
        return []
    return [
        f"data.families {name!r} is no family of problems{near(name, problems.FAMILIES)} (there are {', '.join(problems.FAMILIES)})"
        for name in settings.data.families
        if not any(fnmatchcase(family, name) for family in problems.FAMILIES)
    ]


def read(settings: config.Settings) -> Questions:
    """The questions of a run, before their length is known.

    Raises UserError for a missing folder, a task that is not there, damaged rows, an empty data set, or more held-out
    problems with a near-duplicate in training than data.max_leakage allows.
    """
    data, seed, n = settings.data, settings.run.seed, settings.eval.n
    families = [f for f in problems.FAMILIES if any(fnmatchcase(f, name) for name in data.families)]
    left_out: tuple[str, ...] = ()
    if data.source == "families":
        train, test = _from_families(families, data, data.train_size, n, seed)
    else:
        train, test, left_out = _from_file(data) if data.source == "file" else _from_legalbench(data)
    if not train or not test:
        raise UserError(
            f"data.source {data.source} gave {len(train)} problems to train on and {len(test)} to hold out: both need one at least"
        )
    if data.families_share > 0:
        generated = round(n * data.families_share)
        count = round(len(train) * data.families_share / (1 - data.families_share))
        more, more_test = _from_families(families, data, max(count, 1), max(generated, 1), seed)
        train, test = [*train, *more], [*spread(test, n - generated), *spread(more_test, generated)]
    ordered = by_level(train, seed) if data.curriculum == "on" else evenly(train, seed)
    questions = Questions(ordered, spread(test, n), left_out=left_out)
    return dataclasses.replace(questions, leaked=_leaked(questions, data))


def _leaked(questions: Questions, data: config.Data) -> int:
    """How many held-out problems have a near-duplicate among the training problems."""
    text = [[p.facts or p.question for p in pool] for pool in (questions.held_out, questions.train)]
    leaks = leakage.find(*text)
    share = len(leaks) / len(questions.held_out)
    if share > data.max_leakage:
        worst = max(leaks, key=lambda leak: leak.similarity)
        held_out, train = questions.held_out[worst.held_out].id, questions.train[worst.train].id
        raise UserError(
            f"data: {len(leaks)} of {len(questions.held_out)} held-out problems ({share:.1%}) have a near-duplicate in the "
            f"training set, more than data.max-leakage {data.max_leakage:g}; such as {held_out} and {train}, alike by "
            f"{worst.similarity:.2f}"
        )
    return len(leaks)


def fit(
    questions: Questions, settings: config.Settings, prompt_tokens: Callable[[list[dict[str, str]]], int]
) -> Questions:
    """The questions whose prompt, counted by `prompt_tokens`, leaves room for a completion.

    Raises UserError for one that does not, or, where they are dropped or trimmed, if none is left.
    """
    data = settings.data
    room = settings.policy.max_seq_length - settings.grpo.max_completion_length
    train, long_train, cut_train = _fitting(questions.train, data, room, prompt_tokens)
    held_out, long_out, cut_out = _fitting(questions.held_out, data, room, prompt_tokens)
    if not train or not held_out:
        raise UserError(f"data: no prompt fits in the {room} tokens that policy.max-seq-length leaves for it")
    return dataclasses.replace(
        questions, train=train, held_out=held_out, dropped=long_train + long_out, trimmed=cut_train + cut_out
    )


def to_rows(train: Sequence[Problem], style: str) -> list[dict[str, Any]]:
    """The training set: `prompt`, and the columns that rewards receive."""
    return [to_row(p, style) for p in train]


def fingerprint(sides: Mapping[str, Sequence[Problem]], style: str) -> checkpoints.Fingerprint:
    """Of the rows of each side, by family or task: what the trainer and the rewards see of them, in their order."""
    return checkpoints.fingerprint({s: to_rows(pool, style) for s, pool in sides.items()}, lambda row: row["family"])


def _from_families(
    families: list[str], data: config.Data, n_train: int, n_test: int, seed: int
) -> tuple[list[Problem], list[Problem]]:
    train: list[Problem] = []
    test: list[Problem] = []
    for family in families:
        train += problems.generate(
            family, math.ceil(n_train / len(families)), "train", seed, difficulty=data.difficulty
        )
        test += problems.generate(
            family, math.ceil(n_test / len(families)), "test", HELD_OUT_SEED, difficulty=data.difficulty
        )
    return train, test


def _from_legalbench(data: config.Data) -> tuple[list[Problem], list[Problem], tuple[str, ...]]:
    """Training and held-out problems of the tasks named, and the tasks left out for their licence."""
    tasks = legalbench.match_tasks(data.tasks, data.path, source=data.source)
    left_out = tuple(t for t in tasks if data.licence == "commercial" and not legalbench.find_task(t).commercial)
    sides: dict[str, list[Problem]] = {"train": [], "test": []}
    for task in (t for t in tasks if t not in left_out):
        for split, pool in sides.items():
            loaded = legalbench.load(task, split, source=data.source, path=data.path)
            if data.prompt == "few_shot":
                texts = legalbench.few_shot_prompts(task, split, source=data.source, path=data.path)
                loaded = [with_few_shot(p, texts) for p in loaded]
            pool += loaded
    return sides["train"], sides["test"], left_out


def with_few_shot(problem: Problem, texts: Mapping[str, str]) -> Problem:
    """The problem with its few-shot prompt, from those that `legalbench.few_shot_prompts` gives by id."""
    return dataclasses.replace(problem, few_shot=texts[problem.id])


def notices(described: Mapping[str, Any]) -> str:
    """What a person should know about the questions of a run, in one line, from `Questions.describe`."""
    n, near_duplicates = described["held_out"], described["near_duplicates"]
    told = [f"{near_duplicates} of {n} held-out problems have a near-duplicate in the training set"]
    for key, what in (("dropped_too_long", "dropped as too long"), ("trimmed", "trimmed to fit")):
        if described[key]:
            told.append(f"{described[key]} {what}")
    if described["left_out_by_licence"]:
        told.append(f"left out as non-commercial: {', '.join(described['left_out_by_licence'])}")
    return "; ".join(told)


def _from_file(data: config.Data) -> tuple[list[Problem], list[Problem], tuple[str, ...]]:
    train, test = (legalbench.load_file(data.path or "", data.columns, split) for split in ("train", "test"))
    return train, test, ()


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


def by_level(pool: Sequence[Problem], seed: int) -> list[Problem]:
    """The problems by difficulty, each level in the order of `evenly`. Raises UserError where all are of one level."""
    levels = sorted({p.difficulty for p in pool})
    if len(levels) < 2:
        raise UserError(
            f"data.curriculum on needs problems of several difficulties; all of these are of level {levels[0]}"
        )
    return [p for level in levels for p in evenly([p for p in pool if p.difficulty == level], seed)]


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
    """Raise UserError where a gold answer is longer than a completion may be; its end token need not fit."""
    room = settings.grpo.max_completion_length
    for answer in sorted({p.answer for p in (*questions.train, *questions.held_out)}):
        need = text_tokens(answer)
        if need > room:
            raise UserError(
                f"grpo.max-completion-length {room} cuts the right answer {answer[:60]!r}, which needs {need} tokens: "
                f"set it to {need + 1} or more, for the end token too"
            )


def _fitting(
    pool: Sequence[Problem], data: config.Data, room: int, prompt_tokens: Callable[[list[dict[str, str]]], int]
) -> tuple[list[Problem], int, int]:
    """The problems that fit, how many were dropped, and how many lost facts."""
    kept: list[Problem] = []
    trimmed = 0
    for problem in pool:
        count = prompt_tokens(chat_prompt(problem, data.prompt))
        if count > room and data.long_prompts == "error":
            raise UserError(
                f"problem {problem.id}: its prompt of {count} tokens is longer than the {room} that policy.max-seq-length "
                "leaves beside grpo.max-completion-length; raise the former, or --data.long-prompts drop"
            )
        if count > room and data.long_prompts == "trim":
            shorter = _trim(problem, lambda p: prompt_tokens(chat_prompt(p, data.prompt)) <= room)
            trimmed += shorter is not None
            kept += [shorter] if shorter else []
        elif count <= room:
            kept.append(problem)
    return kept, len(pool) - len(kept), trimmed


def _trim(problem: Problem, fits: Callable[[Problem], bool]) -> Problem | None:
    """The problem with as much of the start of its facts as fits, marked where they break off; None if none does."""
    if problem.few_shot:
        return None  # a benchmark's own text cannot be cut without losing the question at its end
    words = problem.facts.split(" ")
    low, high = 0, len(words) - 1  # the first `low` words fit (or none), the first `high` + 1 do not
    while low < high:
        middle = (low + high + 1) // 2
        if fits(dataclasses.replace(problem, facts=" ".join(words[:middle]) + CUT)):
            low = middle
        else:
            high = middle - 1
    return dataclasses.replace(problem, facts=" ".join(words[:low]) + CUT) if low else None
