"""Callbacks of both trainers: Ctrl-C that saves, and a look at whether the first step changed anything."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

import torch
from transformers import TrainerCallback

from grpo_legal import processes
from grpo_legal.errors import UserError


class StopOnInterrupt(TrainerCallback):
    """Ctrl-C ends the run after the step in hand, with a checkpoint; a second one ends it at once.

    With several processes they stop together, whichever was asked first.
    """

    def __init__(self, note: Callable[[str], None]) -> None:
        self.note, self.asked, self._before = note, False, None

    def __enter__(self) -> StopOnInterrupt:
        self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _ask(self, *_: object) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        self.note("stopping after this step; Ctrl-C again stops at once, without a checkpoint")

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Save and stop when asked."""
        self.asked = processes.anyone(self.asked)
        if self.asked:
            control.should_save = control.should_training_stop = True


class WeightsChange(TrainerCallback):
    """Holds the optimizer to its word: the first step with a rate and a gradient above 0 must change a weight.

    It does not where the optimizer was built over other weights, or where these are too coarse for such steps. A step
    of warm-up at rate 0, or of groups without variance, says nothing; after `patience` such steps there is one note.
    """

    def __init__(self, note: Callable[[str], None], patience: int = 20) -> None:
        self.note, self.patience = note, patience
        self.sure = False
        self._before: dict[str, torch.Tensor] | None = None
        self._idle = 0

    def on_pre_optimizer_step(
        self, args: Any, state: Any, control: Any, model: Any = None, optimizer: Any = None, **_: Any
    ) -> None:
        """Take the weights' measure where this step should change them."""
        if self.sure:
            return
        trained = [p for p in model.parameters() if p.requires_grad]
        moves = any(group["lr"] > 0 for group in optimizer.param_groups)
        pushed = any(p.grad is not None and bool(p.grad.any()) for p in trained)
        self._before = _measure(model) if moves and pushed else None
        self._idle += self._before is None
        if self._idle == self.patience:
            self.note(f"no weight has changed in {self.patience} steps: the rate or every gradient was 0")

    def on_optimizer_step(
        self, args: Any, state: Any, control: Any, model: Any = None, optimizer: Any = None, **_: Any
    ) -> None:
        """Compare. Raises UserError where no weight changed."""
        skipped = getattr(optimizer, "step_was_skipped", False)  # under fp16, after an overflow
        if self._before is None or self.sure or skipped:
            return
        now = _measure(model)
        if not any(not torch.equal(self._before[name], value) for name, value in now.items()):
            raise UserError(
                f"step {state.global_step + 1}: no trained weight changed, although the learning rate and a gradient are "
                "above 0: the optimizer does not hold the adapter's weights, or their type is too coarse for the rate"
            )
        self.sure, self._before = True, None


def _measure(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Two sums of every trained tensor: what a step changes changes one of them, and a copy would cost memory."""
    trained = ((n, p.detach().double()) for n, p in model.named_parameters() if p.requires_grad)
    return {name: torch.stack([p.sum(), p.abs().sum()]) for name, p in trained}
