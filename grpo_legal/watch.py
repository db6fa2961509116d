"""Looks at a run while it trains: are live completions attacks, and does held-out accuracy follow the reward?

What it finds goes into the step's metrics record, and a flag to the person who watches:

    gamed               shares of completions with each trait of an attack, every `every` steps
    held_out_accuracy   share right, of `held_out_n` held-out problems answered greedily, every `probe_every` steps
    flags               sentences; the key is missing where there is none

    watch = Watch(log, probe=answer_some, every=10, probe_every=25, note=view.note)
    record |= watch(record)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from grpo_legal import guards

SAMPLE = 64  # completions of a batch that are looked at
KEPT = ("step", "reward", "held_out_accuracy", "held_out_n")


class Log(Protocol):
    """Where the latest scored completions are: records with `completion`, `prompt` and `reward`."""

    last: list[dict[str, Any]]


class Watch:
    """Adds to a step's record what the guards see in it.

    `probe` answers held-out problems, always the same ones: records with `correct`. `before` are those answers before
    the first step, where they are known. `records` are the metrics of a run that is gone on with. 0 as `every` or
    `probe_every` is never.
    """

    def __init__(
        self,
        log: Log,
        *,
        probe: Callable[[], Iterable[Mapping[str, Any]]],
        every: int,
        probe_every: int,
        note: Callable[[str], None],
        before: Sequence[Mapping[str, Any]] = (),
        records: Iterable[Mapping[str, Any]] = (),
    ) -> None:
        self.log, self.probe, self.every, self.probe_every, self.note = log, probe, every, probe_every, note
        start = [{"step": 0, **_accuracy(before)}] if before and probe_every else []
        self.records = [*start, *(_kept(record) for record in records)]
        self._told: set[str] = set()

    def __call__(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """What is to be added to the record of a step."""
        found: dict[str, Any] = {}
        flags: list[str] = []
        if self.every and record["step"] % self.every == 0:
            found["gamed"], flags = self._looks()
        probed = self.probe_every and record["step"] % self.probe_every == 0
        if probed:
            found |= _accuracy(self.probe())
        self.records.append(_kept({**record, **found}))
        hacking = guards.hacking(self.records) if probed else None
        flags += [hacking] if hacking else []
        for flag in flags:
            self._tell(flag)
        return {**found, "flags": flags} if flags else found

    def _looks(self) -> tuple[dict[str, float], list[str]]:
        paid = [row for row in self.log.last if row["reward"] is not None]
        some = paid[:: max(1, len(paid) // SAMPLE)][:SAMPLE]
        return guards.gamed(*([row[key] for row in some] for key in ("completion", "prompt", "reward")))

    def _tell(self, flag: str) -> None:
        """A flag of a kind is told once; all of them are in the records."""
        kind = flag.partition(" in ")[0] if "look like" in flag else flag.partition(":")[0]
        if kind not in self._told:
            self._told.add(kind)
            self.note(flag)


def _accuracy(answers: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    right = [bool(answer["correct"]) for answer in answers]
    return {"held_out_accuracy": round(sum(right) / len(right), 6), "held_out_n": len(right)}


def _kept(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: record[key] for key in KEPT if key in record}
