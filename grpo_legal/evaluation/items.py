"""The questions of an evaluation, each with its prompt and its way of being scored.

Four suites: `families` (generated problems of the held-out split), `legalbench` (the half of its rows that no
training run sees), `own` (the held-out half of a file of one's own), `rubric` (open questions scored 0 to 20 without a
model). Questions depend on the options alone, never on a training run, so that any two models see the same ones.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from grpo_legal import legalbench, problems, rubric, schema
from grpo_legal.errors import UserError, near
from grpo_legal.schema import Problem

SUITES = ("families", "legalbench", "own", "rubric")
CRITERIA = ("knowledge", "accuracy", "reasoning", "completeness")  # 0 to 5 each
SEED = 0  # of generated problems: the same as of the held-out problems of a training run


@dataclass(frozen=True)
class Suites:
    """Which questions. `n` is the most for each suite but the rubric, whose questions are all asked. `source` and `path` say
    where legalbench, or of source "file" own, comes from; `columns` what is in which column of the latter."""

    names: tuple[str, ...] = ("families",)
    n: int = 500
    families: tuple[str, ...] = ("*",)
    difficulty: int | None = None
    source: str = "dir"
    path: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    tasks: tuple[str, ...] = ("*",)
    licence: str = "any"
    prompt: schema.PromptStyle = "reasoned"
    domains: tuple[str, ...] = ("*",)


@dataclass(frozen=True)
class Item:
    """One question. `group` is its family, task or domain; `subject` the Problem or the rubric's Question,
    `gold_cell` LegalBench's own gold text.
    """

    suite: str
    id: str
    group: str
    messages: list[dict[str, str]]
    subject: Any
    reasoning: str = ""
    difficulty: int | None = None
    template: str = ""
    gold_cell: str = ""


def build(suites: Suites) -> list[Item]:
    """The questions of the suites named. Raises UserError for a suite, family, task or domain that is not there."""
    unknown = [name for name in suites.names if name not in SUITES]
    if unknown:
        raise UserError(f"suite {unknown[0]!r} is none of {', '.join(SUITES)}{near(unknown[0], SUITES)}")
    makers = {"families": _families, "legalbench": _legalbench, "own": _own, "rubric": _rubric}
    items = [item for name in dict.fromkeys(suites.names) for item in makers[name](suites)]
    if not items:
        raise UserError(f"suite {', '.join(suites.names)}: no question is left to ask")
    return items


def record(model: str, item: Item, sample: int, text: str, tokens: int, seconds: float) -> dict[str, Any]:
    """One scored answer as it stands in the file of its model."""
    if item.suite == "legalbench" and item.subject.few_shot:
        text = text.strip().split("\n")[
            0
        ]  # a few-shot prompt ends in "A:", and what follows a line end is a next question
    kept = {
        "model": model,
        "suite": item.suite,
        "id": item.id,
        "sample": sample,
        "group": item.group,
        "reasoning": item.reasoning,
        "difficulty": item.difficulty,
        "template": item.template,
        "prompt": item.messages[-1]["content"],
        "text": text,
    }
    scored = _rubric_score(item, text) if item.suite == "rubric" else _answer_score(item, text)
    return {**kept, **scored, "tokens": tokens, "seconds": round(seconds, 4)}


def _answer_score(item: Item, text: str) -> dict[str, Any]:
    problem = item.subject
    given = schema.read_answer(text, problem.kind, problem.labels)
    value = schema.score_answer(given, problem.answer, problem.kind, problem.tolerance, problem.alternatives)
    return {
        "kind": problem.kind,
        "answer": given,
        "gold": problem.answer,
        "gold_cell": item.gold_cell,
        "score": round(value, 6),
        "scores": {"correct": round(value, 6)},
    }


def _rubric_score(item: Item, text: str) -> dict[str, Any]:
    found = rubric.score(item.subject, text)
    criteria = {name: round(getattr(found, name), 4) for name in CRITERIA}
    return {
        "kind": "rubric",
        "answer": None,
        "gold": "",
        "score": round(found.total / 20, 6),
        "scores": criteria,
    }


# ---- the suites ---------------------------------------------------------------------------------------


def _families(suites: Suites) -> list[Item]:
    names = _matching("family", suites.families, list(problems.FAMILIES))
    each = math.ceil(suites.n / len(names))
    drawn = [p for name in names for p in problems.generate(name, each, "test", SEED, difficulty=suites.difficulty)]
    style = "reasoned" if suites.prompt == "few_shot" else suites.prompt  # a benchmark's own prompt is not theirs
    return [_problem_item("families", p, style, difficulty=p.difficulty) for p in drawn]


def _legalbench(suites: Suites) -> list[Item]:
    tasks = legalbench.match_tasks(list(suites.tasks), suites.path, source=suites.source)
    tasks = [t for t in tasks if suites.licence != "commercial" or legalbench.find_task(t).commercial]
    by_task = {task: _task_problems(task, suites) for task in tasks}
    share = _shares({task: len(found) for task, found in by_task.items()}, suites.n)
    items = []
    for task, found in by_task.items():
        reasoning = legalbench.find_task(task).reasoning
        cells = legalbench.gold_cells(task, "test", source=suites.source, path=suites.path)
        for p in problems_evenly(found, share[task]):
            items.append(_problem_item("legalbench", p, suites.prompt, reasoning=reasoning, gold_cell=cells[p.id]))
    return items


def _own(suites: Suites) -> list[Item]:
    found = problems_evenly(legalbench.load_file(suites.path or "", suites.columns, "test"), suites.n)
    style = "reasoned" if suites.prompt == "few_shot" else suites.prompt
    return [_problem_item("own", p, style) for p in found]


def _task_problems(task: str, suites: Suites) -> list[Problem]:
    found = legalbench.load(task, "test", source=suites.source, path=suites.path)
    if suites.prompt != "few_shot":
        return found
    texts = legalbench.few_shot_prompts(task, "test", source=suites.source, path=suites.path)
    return [dataclasses.replace(p, few_shot=texts[p.id]) for p in found]


def _shares(sizes: dict[str, int], n: int) -> dict[str, int]:
    """How many of `n` each task gets: in turn, so that small tasks are asked whole before large ones get more."""
    share, left = dict.fromkeys(sizes, 0), n
    while left and (open_ := [t for t in sizes if share[t] < sizes[t]]):
        for task in open_[:left]:
            share[task] += 1
        left -= min(left, len(open_))
    return share


def problems_evenly(found: Sequence[Problem], n: int) -> list[Problem]:
    """At most `n` problems, in turn from every gold label, in the order of their ids (which are hashes of the text)."""
    queues: dict[str, list[Problem]] = {}
    for p in sorted(found, key=lambda p: p.id, reverse=True):
        queues.setdefault(p.answer if p.labels and p.kind != "list" else "", []).append(p)
    chosen: list[Problem] = []
    while len(chosen) < n and (open_ := [queues[key] for key in sorted(queues) if queues[key]]):
        chosen += [queue.pop() for queue in open_[: n - len(chosen)]]
    return chosen


def _rubric(suites: Suites) -> list[Item]:
    domains = _matching("domain", suites.domains, list(rubric.DOMAINS))
    return [
        Item("rubric", q.id, q.domain, rubric.prompt(q), q, template=q.id)
        for domain in domains
        for q in rubric.questions(domain)
    ]


def _problem_item(suite: str, p: Problem, style: schema.PromptStyle, **more: Any) -> Item:
    return Item(suite, p.id, p.family, schema.chat_prompt(p, style), p, template=p.template, **more)


def _matching(what: str, patterns: Sequence[str], names: list[str]) -> list[str]:
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            raise UserError(f"{what} {pattern!r} is none of {', '.join(names)}{near(pattern, names)}")
    return [name for name in names if any(fnmatchcase(name, pattern) for pattern in patterns)]
