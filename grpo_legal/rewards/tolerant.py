"""A reward as a run of hours calls it: what goes wrong costs the completion that it goes wrong on, not the run.

A reward that raises, takes too long or gives back rubbish gives None for the completions concerned, which the trainer
counts as nothing in the weighted sum (a completion without any reward does not move the policy). Each fault is
counted and told, and the run stops where they become a habit. Before training the same faults are errors
(check.preflight): there nothing is lost by stopping.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from grpo_legal.errors import UserError
from grpo_legal.rewards.check import answered, too_slow
from grpo_legal.rewards.deadline import in_time
from grpo_legal.rewards.registry import RewardSpec

WINDOW = 10  # batches over which faults are counted; those that are still to come count as good
TOLD = 3  # different faults of a reward that are told; further ones are only counted


class Tolerant:
    """The reward of a spec, with None for each completion that it fails on. Keeps the spec's name.

    Where a batch fails as a whole (raises, wrong number of values), its completions are tried one by one, within
    the same `timeout_s` seconds. `note` is told of faults, each kind once. UserError where over `WINDOW` batches
    more than the share `max_failed` of all values are missing: 0 stops at the first one, 1 never.

    >>> def touchy(completions, **columns):
    ...     return [1 / len(text) for text in completions]
    >>> Tolerant(RewardSpec("touchy", touchy, 1.0), note=print)(["ab", "", "abcd"])
    reward 'touchy' raised ZeroDivisionError: division by zero: 1 of 3 completions get none of it
    [0.5, None, 0.25]
    """

    def __init__(
        self,
        spec: RewardSpec,
        *,
        timeout_s: float = 120.0,
        max_failed: float = 0.1,
        note: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.spec, self.timeout_s, self.max_failed, self.note = spec, timeout_s, max_failed, note
        self.__name__ = spec.name
        self._window: deque[tuple[int, int]] = deque(maxlen=WINDOW)  # failed, all
        self._told: set[str] = set()

    def __call__(self, completions: Sequence[Any], **columns: Any) -> list[float | None]:
        values, fault = self._values(completions, columns)
        failed = values.count(None)
        self._window.append((failed, len(values)))
        if fault and failed:
            self._tell(fault, f"{failed} of {len(values)} completions get none of it")
            self._stop_on_habit(fault)
        return values

    def _values(self, completions: Sequence[Any], columns: Mapping[str, Any]) -> tuple[list[float | None], str | None]:
        """The values, and the last fault that was seen."""
        batch = _Batch(self.spec, completions, columns, time.monotonic() + self.timeout_s)
        done = in_time(batch.run, self.timeout_s)
        batch.deadline = 0.0  # what an abandoned call still finds out is not heard
        return list(batch.values), batch.fault if done else too_slow(self.spec, self.timeout_s)

    def _tell(self, fault: str, effect: str) -> None:
        if fault in self._told or len(self._told) > TOLD:
            return
        self._told.add(fault)
        more = len(self._told) > TOLD
        self.note(f"further faults of reward {self.spec.name!r} are only counted" if more else f"{fault}: {effect}")

    def _stop_on_habit(self, fault: str) -> None:
        failed, seen = (sum(column) for column in zip(*self._window, strict=True))
        expected = seen + (WINDOW - len(self._window)) * self._window[-1][1]
        if failed > self.max_failed * expected + 1e-9:
            raise UserError(
                f"{fault}; it failed on {failed} completions of the last {len(self._window)} batches, "
                f"more than reward.max-failed {self.max_failed:g} allows of {expected} in {WINDOW} batches"
            )


class _Batch:
    """One call: `values` fill up until `deadline`, a time of the monotonic clock."""

    def __init__(self, spec: RewardSpec, completions: Sequence[Any], columns: Mapping[str, Any], deadline: float):
        self.spec, self.completions, self.deadline = spec, completions, deadline
        self.columns = {key: self._muted(value) if callable(value) else value for key, value in columns.items()}
        self.values: list[float | None] = [None] * len(completions)
        self.fault: str | None = None

    def run(self) -> None:
        """The whole batch, or where that fails, each completion alone."""
        try:
            self._take(slice(None))
        except UserError as error:
            self.fault = str(error)
            for i in range(len(self.completions)):
                try:
                    self._take(slice(i, i + 1))
                except UserError as single:
                    self.fault = str(single)

    def _take(self, part: slice) -> None:
        n = len(self.completions)
        columns = {k: v[part] if isinstance(v, list | tuple) and len(v) == n else v for k, v in self.columns.items()}
        values, fault = answered(self.spec, self.completions[part], columns)
        if time.monotonic() < self.deadline:
            self.values[part] = values
            self.fault = fault or self.fault

    def _muted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The trainer's log_extra or log_metric, deaf to a call that was given up."""
        return lambda *args, **named: function(*args, **named) if time.monotonic() < self.deadline else None
