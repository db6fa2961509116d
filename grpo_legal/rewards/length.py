"""`concise`: is the completion well below the length at which it would be cut?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grpo_legal.schema import completion_text

CHARACTERS_PER_WORD = 8  # more than an English word with its space: padding without spaces counts too


@dataclass(frozen=True)
class Concise:
    """1.0 up to `limit_tokens - buffer` tokens, falling linearly to 0.0 at `limit_tokens`; 0.0 if empty.

    Source: the soft overlong punishment of DAPO (arXiv 2503.14476, equation 13), plus one: a bonus in [0, 1]
    in place of a penalty in [-1, 0]. Tokens are counted from `completion_ids` where the trainer gives them,
    otherwise words stand for tokens (or every 8 characters, if that is more).

    >>> Concise(limit_tokens=100, buffer=20)(["a b"] * 4, completion_ids=[[7] * n for n in (80, 85, 95, 100)])
    [1.0, 0.75, 0.25, 0.0]
    """

    limit_tokens: int
    buffer: int
    __name__ = "concise"  # of the instances; the class keeps its own

    def __post_init__(self) -> None:
        if not 1 <= self.buffer <= self.limit_tokens:
            raise ValueError(f"concise: buffer {self.buffer} is not within 1 … limit_tokens ({self.limit_tokens})")

    def __call__(
        self, completions: Sequence[Any], *, completion_ids: Sequence[Sequence[int]] | None = None, **columns: Any
    ) -> list[float]:
        texts = [completion_text(c) for c in completions]
        if completion_ids is None:
            return [self._of_text(text) for text in texts]
        lengths = [len(ids) for ids in completion_ids]
        return [self._bonus(n) if text.strip() else 0.0 for text, n in zip(texts, lengths, strict=True)]

    def _of_text(self, text: str) -> float:
        if not text or text.isspace():
            return 0.0
        most = (len(text) + 1) // 2  # words: each but the last has a space behind it
        if most <= self.limit_tokens - self.buffer:
            return 1.0
        return self._bonus(max(len(text.split()), len(text) // CHARACTERS_PER_WORD))

    def _bonus(self, length: int) -> float:
        return min(1.0, max(0.0, (self.limit_tokens - length) / self.buffer))


def for_run(max_completion_tokens: int) -> Concise:
    """`Concise` for a run: the last fifth of the length is the buffer, as in DAPO (4,096 of 20,480 tokens)."""
    return Concise(limit_tokens=max_completion_tokens, buffer=max(1, max_completion_tokens // 5))
