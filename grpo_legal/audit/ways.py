"""What a way to write a completion is: honest, an attack, or right by luck."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from grpo_legal.schema import Problem, PromptStyle

Group = Literal["honest", "attack", "lucky"]


@dataclass(frozen=True)
class Context:
    """What an attack may use besides its problem: another problem whose answer differs (if there
    is one), the prompt as the policy
    sees it, how it is asked for, and the longest completion in tokens."""

    other: Problem | None
    prompt: str
    style: PromptStyle
    max_tokens: int


Write = Callable[[Problem, Context], str]


@dataclass(frozen=True)
class Attack:
    """A way to write a completion: `write(problem, context)`, and what it is in one sentence."""

    name: str
    group: Group
    about: str
    write: Write


def way(group: Group, name: str) -> Callable[[Write], Attack]:
    """Makes an Attack of a function; its docstring, one sentence, is what people read of it."""

    def made(write: Write) -> Attack:
        return Attack(name, group, " ".join((write.__doc__ or "").split()), write)

    return made
