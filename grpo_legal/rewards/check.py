"""What a reward gives back is checked at every call, and every reward is tried once before any GPU hour is spent.

A reward that gives None or NaN would spoil a run without a word. Here a fault is an error, as before a run;
`tolerant` makes of it what a run of hours needs.
"""

from __future__ import annotations

import functools
import inspect
import math
import numbers
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from grpo_legal.errors import UserError
from grpo_legal.rewards.deadline import in_time
from grpo_legal.rewards.registry import RewardSpec
from grpo_legal.schema import EMPTY_LIST, YES_NO, list_items

if TYPE_CHECKING:
    from grpo_legal.rewards.judge import Judge


class Checked:
    """The reward of a spec, its result verified: one finite number for each completion, else a UserError.

    Numbers are int, float, bool and the scalars of numpy and torch; they come back as float, unchanged in value.

    >>> Checked(RewardSpec("mine", lambda completions, **_: [0.5, None], 1.0))(["a", "b"])
    Traceback (most recent call last):
    grpo_legal.errors.UserError: reward 'mine' gave None as item 1 (legal: one finite number per completion, 2 expected)
    """

    def __init__(self, spec: RewardSpec) -> None:
        self.spec = spec
        self.__name__ = spec.name

    def __call__(self, completions: Sequence[Any], **columns: Any) -> list[float]:
        values, fault = answered(self.spec, completions, columns)
        if fault:
            raise UserError(fault)
        return [value for value in values if value is not None]


def answered(
    spec: RewardSpec, completions: Sequence[Any], columns: Mapping[str, Any]
) -> tuple[list[float | None], str | None]:
    """What a reward gives for a batch: a finite number each, or None, and what is wrong with the first that is none.

    Raises UserError where it raises, or does not give a list of one value for each completion.
    """
    try:
        returned = spec.function(completions=completions, **columns)
    except (Exception, SystemExit) as error:
        raise UserError(f"reward {spec.name!r} raised {_brief(error)}") from error
    legal = f"(legal: one finite number per completion, {len(completions)} expected)"
    if not isinstance(returned, list | tuple) and getattr(returned, "ndim", None) != 1:
        raise UserError(f"reward {spec.name!r} returned {_show(returned)} {legal}")
    if len(returned) != len(completions):
        raise UserError(f"reward {spec.name!r} returned {len(returned)} values {legal}")
    values = [_number(item) for item in returned]
    if None not in values:
        return values, None
    at = values.index(None)
    return values, f"reward {spec.name!r} gave {_show(returned[at])} as item {at} {legal}"


def guarded(spec: RewardSpec) -> Checked:
    """The reward of a spec with every call checked: the same name and values."""
    return Checked(spec)


def try_judge(specs: Sequence[RewardSpec]) -> None:
    """Ask the judge, where one is among the rewards, about one small case.

    UserError where its endpoint, key, model or budget will not do.
    """
    for judge in _judges(specs):
        judge.check()


def keep_ledger(specs: Sequence[RewardSpec], ledger: Path) -> None:
    """Have the judge, where one is among the rewards, keep what it spends in a file (JSON lines, tokens of a call each).

    What the file holds already counts against `judge.budget-usd`: a run that goes on keeps to its budget.
    """
    for judge in _judges(specs):
        judge.budget.keep_in(ledger)


def _judges(specs: Sequence[RewardSpec]) -> list[Judge]:
    return [cast("Judge", inspect.unwrap(spec.function)) for spec in specs if spec.name == "judge"]


def preflight(specs: Sequence[RewardSpec], rows: Sequence[Mapping[str, Any]], *, timeout_s: float = 120.0) -> None:
    """Runs every reward on `rows` (schema.to_row) with right, wrong and empty completions, `timeout_s` seconds at most.

    They come as chat messages with the columns that the trainer adds, as in training. One UserError has all faults.
    """
    if not rows:
        raise UserError("the rewards cannot be tried out: there are no rows")
    tried = [(row, text) for row in rows for text in (_told(row, row["answer"]), _told(row, _wrong(row)), "")]
    columns: dict[str, Any] = {key: [row[key] for row, _ in tried] for key in rows[0] if key != "prompt"}
    columns |= {
        "prompts": [row.get("prompt") for row, _ in tried],
        "completion_ids": [list(range(len(text.split()))) for _, text in tried],
        "trainer_state": None,
        "log_extra": lambda column, values: None,
        "log_metric": lambda name, value: None,
    }
    completions = [[{"role": "assistant", "content": text}] for _, text in tried]
    faults: dict[str, None] = {}  # in order, each once
    for spec in specs:
        try:
            if not in_time(functools.partial(Checked(spec), completions, **columns), timeout_s):
                faults[too_slow(spec, timeout_s)] = None
        except UserError as error:
            faults[str(error)] = None
    if faults:
        raise UserError("; ".join(faults))


def too_slow(spec: RewardSpec, seconds: float) -> str:
    """The fault of a reward that was stopped at its deadline."""
    return f"reward {spec.name!r} did not answer within reward.timeout-s {seconds:g}"


def _told(row: Mapping[str, Any], answer: str) -> str:
    """A completion that gives `answer` in the style of the row."""
    return (
        f"Answer: {answer}"
        if row.get("style") in ("short", "few_shot")
        else f"Conclusion\nSo it follows.\nAnswer: {answer}"
    )


def _wrong(row: Mapping[str, Any]) -> str:
    """A readable answer that is not the gold one."""
    gold, kind = row["answer"], row["kind"]
    if kind == "amount":
        return f"{2 * abs(float(gold)) + 1000:.2f}"  # beyond any tolerance
    if kind in ("date", "datetime"):
        day, _, time = gold.partition(" ")
        was = date.fromisoformat(day)
        return f"{was - timedelta(days=1) if was > date.min else was + timedelta(days=1)} {time}".strip()
    if kind == "list":
        others = [label for label in row["labels"] if label not in list_items(gold)]
        return others[0] if others else EMPTY_LIST if gold != EMPTY_LIST else "Nomen Nescio"
    if kind == "text":
        return f"not {gold}"
    return next((label for label in row["labels"] or YES_NO if label != gold), "none of these")


def _number(item: Any) -> float | None:
    """The item as a finite float, or None if it is not one."""
    if hasattr(item, "item") and getattr(item, "ndim", None) == 0:  # a scalar of numpy or torch
        item = item.item()
    if not isinstance(item, numbers.Real):
        return None
    try:
        value = float(item)
    except OverflowError:
        return None
    return value if math.isfinite(value) else None


def _show(value: Any) -> str:
    """At most 60 characters on one line; the type of what has no short form."""
    if value is None or isinstance(value, str | bytes | bool | float):
        return " ".join(repr(value).split())[:60]
    return f"a value of type {type(value).__name__}"


def _brief(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
