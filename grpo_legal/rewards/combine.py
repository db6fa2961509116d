"""Rewards made of rewards: gated by another, capped, scaled, averaged. Each is a reward itself.

Bounds: within those of the parts and 0. A reward may go below 0 (citation_supported does, to -1, where a citation is
invented): what is taken away is taken away on wrong answers too, and no cap or gate makes it less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grpo_legal.rewards.correct import correct_answer
from grpo_legal.rewards.reward import Reward, name_of, named


def gated(reward: Reward, by: Reward = correct_answer, *, alone: bool = False) -> Reward:
    """`reward` where `by` gives 1, else 0.0 or what is below it: style is worth nothing on a wrong answer.

    Keeps the reward's name. Bounds: those of `reward`, and 0; never above `reward`. None (no value to be had) stays None.
    `alone` says that `reward` judges each completion by itself and never gives less than 0: then it is asked only about
    those that `by` gives 1, which saves its time on the rest.
    Why: a reward that paid for key words whatever the answer gave nonsense more than a right answer.

    >>> row = {"kind": ["yes_no"] * 3, "labels": [["Yes", "No"]] * 3, "answer": ["Yes"] * 3}
    >>> gated(lambda completions, **_: [0.7, 0.7, -0.2])(["Yes", "No", "No"], **row)
    [0.7, 0.0, -0.2]
    """

    def gate(completions: Sequence[Any], **columns: Any) -> list[float]:
        opened = by(completions=completions, **columns)
        if alone and any(key != 1.0 for key in opened):
            return _asked_about([i for i, key in enumerate(opened) if key == 1.0], reward, completions, columns)
        values = reward(completions=completions, **columns)
        return [
            value if key == 1.0 or value is None else min(value, 0.0) for key, value in zip(opened, values, strict=True)
        ]

    gate.__wrapped__ = reward  # type: ignore[attr-defined]
    return named(gate, name_of(reward))


def _asked_about(
    places: Sequence[int], reward: Reward, completions: Sequence[Any], columns: Mapping[str, Any]
) -> list[float]:
    """The reward's values at `places`, and 0.0 elsewhere. Columns are lists with one entry for each completion."""
    n = len(completions)
    values = [0.0] * n
    if places:
        part = {
            key: [column[i] for i in places] if isinstance(column, list | tuple) and len(column) == n else column
            for key, column in columns.items()
        }
        for i, value in zip(places, reward(completions=[completions[i] for i in places], **part), strict=True):
            values[i] = value
    return values


def capped(reward: Reward, at: float) -> Reward:
    """At most `at`, itself within (0, 1]: beyond it more of the same earns nothing. Keeps the reward's name.

    What is below 0 is left as it is.

    >>> capped(lambda completions, **_: [0.2, 0.9], at=0.5)(["a", "b"])
    [0.2, 0.5]
    """
    _within("capped at", at)

    def cap(completions: Sequence[Any], **columns: Any) -> list[float]:
        return [min(value, at) for value in reward(completions=completions, **columns)]

    return named(cap, name_of(reward))


def scaled(reward: Reward, by: float) -> Reward:
    """Times `by`, within (0, 1], so that the bounds of the reward hold. Keeps its name.

    >>> scaled(lambda completions, **_: [0.2, 1.0], by=0.5)(["a", "b"])
    [0.1, 0.5]
    """
    _within("scaled by", by)

    def scale(completions: Sequence[Any], **columns: Any) -> list[float]:
        return [value * by for value in reward(completions=completions, **columns)]

    return named(scale, name_of(reward))


def mean_of(*rewards: Reward, name: str = "") -> Reward:
    """The plain mean of several rewards, called `name` or "mean_of_<names>". Bounds: those of its parts.

    >>> mean_of(lambda completions, **_: [0.0, 1.0], lambda completions, **_: [1.0, 1.0], name="both")(["a", "b"])
    [0.5, 1.0]
    """
    if not rewards:
        raise ValueError("mean_of needs at least one reward")

    def mean(completions: Sequence[Any], **columns: Any) -> list[float]:
        columns_of_values = [reward(completions=completions, **columns) for reward in rewards]
        return [sum(values) / len(rewards) for values in zip(*columns_of_values, strict=True)]

    return named(mean, name or "_".join(["mean_of", *map(name_of, rewards)]))


def _within(what: str, value: float) -> None:
    if not 0.0 < value <= 1.0:
        raise ValueError(f"{what} {value}: legal is more than 0 and at most 1")
