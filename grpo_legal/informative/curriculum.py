"""Problems that get harder as the policy gets better: which level the next prompts are of.

Prompts are of the lowest level until `PASS` of the last `WINDOW` completions at it were right; then of the next level,
and so on up to the highest. Of `EVERY` prompts one is of a level below, each in turn, so that nothing is unlearned.
The thought is that of curriculum learning (Bengio et al., 2009) with a threshold on the pass rate, as in the levels of
Kimi k1.5 (arXiv 2501.12599, section 2.3.3). The numbers are judgement.

    curriculum = Curriculum([row["difficulty"] for row in rows], note=print)
    rows_of_a_step = curriculum.take(4)
    curriculum.saw([1, 1, 1, 1], [1.0, 0.0, 1.0, 1.0])

What it does depends on what it saw alone. The trainer's checkpoints carry its state (transformers' stateful callbacks).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from transformers import TrainerCallback
from transformers.trainer_callback import ExportableState

PASS = 0.7
WINDOW = 128  # completions: the standard error of a pass rate of .7 is .04
EVERY = 5


class Curriculum(TrainerCallback, ExportableState):
    """`levels` are those of the training rows, in order; a level's rows come in that order, again and again."""

    def __init__(self, levels: Sequence[int], note: Callable[[str], None] = lambda text: None) -> None:
        self.note = note
        self._rows: dict[int, list[int]] = {level: [] for level in sorted(set(levels))}
        for row, level in enumerate(levels):
            self._rows[level].append(row)
        self.level = min(self._rows)
        self.recent: list[float] = []  # of the last completions at this level: how right, 0 to 1
        self._taken = 0
        self._drawn = [0 for _ in self._rows]  # prompts so far, by level

    def take(self, count: int) -> list[int]:
        """The next `count` training rows, by their place."""
        return [self._next() for _ in range(count)]

    def _next(self) -> int:
        self._taken += 1
        names = list(self._rows)
        place = names.index(self.level)
        if place and self._taken % EVERY == 0:
            place = self._taken // EVERY % place
        rows = self._rows[names[place]]
        self._drawn[place] += 1
        return rows[(self._drawn[place] - 1) % len(rows)]

    def saw(self, levels: Sequence[int], correct: Sequence[float]) -> None:
        """How right completions on problems of these levels were, 0 to 1; NaN where that is not known."""
        at_hand = self.level
        known = [c for level, c in zip(levels, correct, strict=True) if level == at_hand and c == c]
        self.recent = (self.recent + known)[-WINDOW:]
        rate = sum(self.recent) / max(len(self.recent), 1)
        if len(self.recent) < WINDOW or rate < PASS or at_hand == max(self._rows):
            return
        self.level = min(level for level in self._rows if level > at_hand)
        self.recent = []
        self.note(
            f"curriculum: {rate:.0%} of the last {WINDOW} completions at level {at_hand} were right; on to level {self.level}"
        )

    def state(self) -> dict[str, Any]:
        """What a checkpoint carries."""
        kept = {"level": self.level, "recent": self.recent, "_taken": self._taken, "_drawn": self._drawn}
        return {"args": {}, "attributes": {name: _copy(value) for name, value in kept.items()}}

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Go on from a checkpoint's state, where there is one."""
        stored = state.stateful_callbacks.get(type(self).__name__, {}).get("attributes", {})
        for name, value in stored.items():
            setattr(self, name, _copy(value))


def _copy(value: Any) -> Any:
    return list(value) if isinstance(value, list) else value
