"""Answers to the same question side by side: those that went from wrong to right first, then those from right to wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from grpo_legal.reporting.diff import Marked, marked
from grpo_legal.reporting.read import Run
from grpo_legal.reporting.words import plain, printable, score, shorten

TEXT = (2_400, 600)  # characters of an answer that are shown, from its start and its end
PROMPT = (700, 700)
KINDS = ("gained", "lost", "same")

Answers = dict[Any, Mapping[str, Any]]


@dataclass(frozen=True)
class Side:
    """One model's answer. `read` is what was read out of it, `mark` its score in words."""

    model: str
    text: Marked
    read: str
    right: bool
    mark: str


@dataclass(frozen=True)
class Example:
    """One question and its answers. `kind` is `gained`, `lost` or `same`; `change` says it in words."""

    id: str
    group: str
    prompt: str
    gold: str
    kind: str
    change: str
    sides: tuple[Side, ...]


@dataclass(frozen=True)
class Gallery:
    """Examples of one comparison; `counts` are the questions of each kind that there are."""

    title: str
    examples: tuple[Example, ...]
    counts: Mapping[str, int]


def galleries(run: Run, each: int) -> list[Gallery]:
    """At most `each` examples a kind of change, from the evaluation and from the training run."""
    made = []
    if len(run.models) > 1:
        models = {
            name: {(r["suite"], str(r["id"])): r for r in reversed(found)} for name, found in run.models.items()
        }  # the first sample stands
        made.append(_gallery(" / ".join(map(plain, models)), models, each))
    if len(run.held_out) > 1:
        sides = {which: {str(r["problem_id"]): r for r in found} for which, found in run.held_out.items()}
        made.append(_gallery("Before and after training", sides, each))
    return [gallery for gallery in made if gallery.examples]


def _gallery(title: str, models: Mapping[str, Answers], each: int) -> Gallery:
    *_, last = models.values()
    first = next(iter(models.values()))
    found: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for key, was in first.items():
        if all(key in answers for answers in models.values()):
            change = _value(last[key]) - _value(was)
            found["gained" if change > 1e-9 else "lost" if change < -1e-9 else "same"].append(key)
    chosen = []
    for kind, keys in found.items():
        if kind == "same":  # the wrong ones that are worded anew: what is left to learn
            keys[:] = [k for k in keys if _value(last[k]) < 1 and first[k]["text"] != last[k]["text"]]
        keys.sort(key=lambda k: (-abs(_value(last[k]) - _value(first[k])), str(k)))
        chosen += [(kind, key) for key in _varied(keys, first)[:each]]
    examples = tuple(_example(kind, [(name, answers[key]) for name, answers in models.items()]) for kind, key in chosen)
    return Gallery(title, examples, {kind: len(keys) for kind, keys in found.items()})


def _varied(keys: Sequence[Any], answers: Answers) -> list[Any]:
    """The keys from every suite in turn, and within a suite from every group in turn."""
    mixed = spread(keys, [_group(answers[k]) for k in keys])
    return spread(mixed, [str(answers[k].get("suite", "")) for k in mixed])


def spread(keys: Sequence[Any], groups: Sequence[str]) -> list[Any]:
    """The keys, from every group in turn.

    >>> spread([1, 2, 3, 4], ["a", "a", "a", "b"])
    [1, 4, 2, 3]
    """
    queues: dict[str, list[Any]] = {}
    for key, group in zip(keys, groups, strict=True):
        queues.setdefault(group, []).append((key,))
    turns = [pick for turn in zip_longest(*queues.values()) for pick in turn if pick is not None]
    return [key for (key,) in turns]


def _value(record: Mapping[str, Any]) -> float:
    return float(record["score"] if "score" in record else record["correct"])


def _group(record: Mapping[str, Any]) -> str:
    return str(record.get("group", record.get("family", "?")))


def _example(kind: str, answers: Sequence[tuple[str, Mapping[str, Any]]]) -> Example:
    first, last = answers[0][1], answers[-1][1]
    texts = [shorten(printable(record["text"]), *TEXT) for _, record in answers]
    sides = []
    for i, (name, record) in enumerate(answers):
        left, right = marked(texts[0], texts[i or -1])
        sides.append(_side(name, record, right if i else left))
    return Example(
        id=printable(first.get("problem_id", first.get("id", "?"))),
        group=plain(_group(first)),
        prompt=shorten(printable(first.get("prompt", "")), *PROMPT),
        gold=printable(first["gold"]),
        kind=kind,
        change=_change(kind, first, last),
        sides=tuple(sides),
    )


def _side(name: str, record: Mapping[str, Any], text: Marked) -> Side:
    value, suite = _value(record), str(record.get("suite", ""))
    mark = f"{score(value, suite)} of 20" if suite == "rubric" else _mark(value)
    answer = record.get("answer")
    read = "" if suite == "rubric" else "no answer could be read" if answer is None else printable(answer)
    return Side(plain(name), text, read, value >= 1 - 1e-9, mark)


def _mark(value: float) -> str:
    return "right" if value >= 1 - 1e-9 else "wrong" if value <= 1e-9 else f"{score(value)} right"


def _change(kind: str, first: Mapping[str, Any], last: Mapping[str, Any]) -> str:
    suite = str(first.get("suite", ""))
    if suite == "rubric":
        was, now = (score(_value(r), suite) for r in (first, last))
        return f"{was} to {now} of 20 points"
    if kind == "same":
        return f"{_mark(_value(first))} both times"
    return f"{_mark(_value(first))} to {_mark(_value(last))}"
