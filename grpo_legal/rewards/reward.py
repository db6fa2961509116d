"""What a reward is, and how it is called and named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Reward = Callable[..., list[float]]  # reward(completions, **columns); called by keyword, as the trainer does


def name_of(reward: Reward) -> str:
    """The reward's `__name__`, or its class's name where it has none (a functools.partial, an instance)."""
    return getattr(reward, "__name__", type(reward).__name__)


def named(reward: Reward, name: str) -> Reward:
    """The same reward under `name`. The one given keeps its own, and is found again by `inspect.unwrap`.

    >>> named(lambda completions, **_: [0.5], "half").__name__
    'half'
    """

    def renamed(completions: Sequence[Any], **columns: Any) -> list[float]:
        return reward(completions=completions, **columns)

    renamed.__name__ = renamed.__qualname__ = name
    renamed.__wrapped__ = reward  # type: ignore[attr-defined]
    renamed.__doc__ = getattr(reward, "__doc__", None)
    return renamed
