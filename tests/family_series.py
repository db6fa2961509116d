"""The problems of one family that its tests look at: drawn once, however many tests ask for them."""

from collections.abc import Callable
from functools import cache
from typing import Any

from grpo_legal.problems import Family, draw
from grpo_legal.schema import Problem

Drawn = list[tuple[Any, Problem]]


def series(family: Family) -> Callable[..., Drawn]:
    """`drawn(n, level=None)`: the structured facts and the problem at the first `n` indices, of one level or of all."""

    @cache
    def one(index: int, level: int | None) -> tuple[Any, Problem]:
        return draw(family, "train", 11, index, level)

    def drawn(n: int, level: int | None = None) -> Drawn:
        return [one(index, level) for index in range(n)]

    return drawn
