"""From metrics records to decisions. No torch: what is decided depends on the records, the settings and the checkpoints.

    decider = Decider(settings.guards, guards.WATCHES, earlier_records, checkpoints=lambda: [60, 40])
    decision = decider.decide(record)

A run that is gone on with decides as one that was never stopped: all that is remembered is read from the records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grpo_legal import guards
from grpo_legal.config import Guards

READ = (
    "step", "loss", "grad_norm", "overflow", "kl", "reward", "entropy", "truncated", "completion_length", "zero_variance",
    "cost_usd", "seconds",
)  # fmt: skip


@dataclass(frozen=True)
class Decision:
    """What is to be done after a step, and its entries in the metrics record. `back_to` is the step of a checkpoint."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    lower: bool = False
    back_to: int | None = None
    stop: bool = False

    def __bool__(self) -> bool:
        return self.lower or self.back_to is not None or self.stop


class Decider:
    """Looks at each record as it comes, with those before it. `checkpoints` gives the steps of whole ones, newest first,
    and `watched` names the guards that make sense for this run."""

    def __init__(
        self,
        settings: Guards,
        watched: Iterable[str],
        records: Iterable[Mapping[str, Any]] = (),
        *,
        checkpoints: Callable[[], Sequence[int]],
    ) -> None:
        self.settings, self.checkpoints = settings, checkpoints
        self.actions = {n: a for n in watched if (a := getattr(settings, n)) != "off"}
        self.records: list[dict[str, Any]] = []  # those that count: without what was given up by going back
        self.went_back: list[tuple[int, int]] = []  # to the weights of which step, after which step
        self.lowered = 0
        self._lowered_at: int | None = None
        self._stood: dict[str, int] = {}  # the last step on which a sign was there
        for record in records:
            if record.get("held"):
                continue
            self._read(record)
            self._remember(record["step"], guards.acts(record))

    def decide(self, record: Mapping[str, Any]) -> Decision:
        """What the guards do about a step."""
        self._read(record)
        step = record["step"]
        signs = {n: said for n in self.actions if (said := guards.WATCHES[n].look(self.records, self.settings))}
        entries = [{"guard": name, "says": said, **self._act(name, step)} for name, said in signs.items()]
        if step >= record.get("max_steps", step + 1):
            entries = [_at_the_end(entry) for entry in entries]
        self._remember(step, entries)
        return _joined(entries)

    # ---- one guard ----------------------------------------------------------------------------------------------

    def _act(self, name: str, step: int) -> dict[str, Any]:
        action = self.actions[name]
        if action == "lower" and self.lowered < self.settings.max_lowered:
            recent = self._lowered_at is not None and step - self._lowered_at < self.settings.patience
            return NOTHING if recent else _did("lower", f"learning rate times {self.settings.lower_by:g}")
        if action == "rollback":
            return self._go_back(name, step)
        if action == "stop":
            return _did("stop", "stopped")
        lasts = name in self._stood and step - self._stood[name] <= self.settings.patience
        return NOTHING if lasts else _did("warn", "warned")

    def _go_back(self, name: str, step: int) -> dict[str, Any]:
        """To the newest checkpoint from before the sign; where the limit is reached, that is where the run ends."""
        newest = step - guards.WATCHES[name].suspect(self.settings)
        to = next((s for s in self.checkpoints() if self._good(s, newest)), None)
        if to is None:
            return _did("stop", f"stopped: no weights of step {max(newest, 0)} or before are kept to go back to")
        place = f"went back to the weights of step {self._made(to)}"
        limit = self.settings.max_rollbacks
        if len(self.went_back) >= limit:
            return _did("stop", f"{place} and stopped, after {limit} returns (guards.max-rollbacks)", to=to)
        return _did("rollback", place, to=to)

    def _good(self, checkpoint: int, newest: int) -> bool:
        """Whether its weights are those of step `newest` or before, and not of a stretch that was given up."""
        given_up = any(to < checkpoint < at for to, at in self.went_back)
        return not given_up and self._made(checkpoint) <= newest

    def _made(self, checkpoint: int) -> int:
        """The step that made a checkpoint's weights: one that was saved on going back holds older ones."""
        for to, at in reversed(self.went_back):
            if checkpoint == at:
                checkpoint = to
        return checkpoint

    # ---- what is remembered -------------------------------------------------------------------------------------------

    def _read(self, record: Mapping[str, Any]) -> None:
        self.records.append({key: record[key] for key in READ if key in record})

    def _remember(self, step: int, entries: Iterable[Mapping[str, Any]]) -> None:
        decision = _joined(list(entries))
        for entry in decision.entries:
            self._stood[entry["guard"]] = step
        if decision.lower:
            self.lowered, self._lowered_at = self.lowered + 1, step
        if decision.back_to is not None:
            made = self._made(decision.back_to)
            self.went_back.append((made, step))
            self.records = [r for r in self.records if r["step"] <= made]


NOTHING: dict[str, Any] = {"act": "", "did": ""}


def _did(act: str, words: str, **more: Any) -> dict[str, Any]:
    return {"act": act, "did": words, **more}


def _at_the_end(entry: dict[str, Any]) -> dict[str, Any]:
    """After the last step nothing is left to stop, only to go back from."""
    if entry["act"] != "stop":
        return entry
    if "to" in entry:
        return {**entry, "act": "rollback", "did": entry["did"].partition(" and stopped")[0]}
    return {**entry, "act": "warn", "did": "warned: this was the last step"}


def _joined(entries: list[Any]) -> Decision:
    """All of it together: one lowering, one return, to the oldest of the steps that were named."""
    returns = [e["to"] for e in entries if e.get("to") is not None]
    acts = {e["act"] for e in entries}
    return Decision(entries, "lower" in acts, min(returns) if returns else None, "stop" in acts)
