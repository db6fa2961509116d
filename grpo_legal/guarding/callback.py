"""The guards as a callback of transformers' trainer; it uses nothing of TRL's, and so serves every trainer and engine."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from accelerate.utils import broadcast_object_list
from transformers import TrainerCallback

from grpo_legal import checkpoints, guards
from grpo_legal.config import Guards
from grpo_legal.guarding import restoring
from grpo_legal.guarding.deciding import Decider, Decision

More = Callable[[Mapping[str, Any]], dict[str, Any]]


class Guarding(TrainerCallback):
    """Watches a run and acts. Stands in the list of callbacks behind the metrics log, which calls it with each record.

    `records` are the metrics of a run that is gone on with, `checkpoints` its folder of them, `more` adds to a record
    before it is looked at, and `note` tells the person who watches. `watched` are the guards that make sense here.
    """

    def __init__(
        self,
        settings: Guards,
        checkpoints: Path,
        *,
        note: Callable[[str], None],
        records: Iterable[Mapping[str, Any]] = (),
        more: More = lambda record: {},
        watched: Iterable[str] = tuple(guards.WATCHES),
    ) -> None:
        self.settings, self.folder, self.note, self.more = settings, checkpoints, note, more
        self.decider = Decider(settings, watched, records, checkpoints=self._kept)
        self._start: tuple[int, restoring.Weights] | None = None
        self._decision = Decision()
        self._loss_is_number: torch.Tensor | bool = True
        self._overflow = False
        self._held_until = 0

    def listen(self, trainer: Any) -> None:
        """Hear of every loss: the trainer's log has the mean of earlier ones in place of one that is no number."""
        step = trainer.training_step

        @functools.wraps(step)
        def heard(*args: Any, **kwargs: Any) -> torch.Tensor:
            loss = step(*args, **kwargs)
            self._loss_is_number = self._loss_is_number & loss.detach().isfinite().all()
            return loss

        trainer.training_step = heard

    def __call__(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """What is to be added to the record of a step: what `more` finds, and what the guards say and do."""
        found = {**({} if self._loss_is_number else {"loss": float("nan")}), **self.more(record)}
        found |= {"overflow": True} if self._overflow else {}
        if record["step"] <= self._held_until:
            return {**found, "held": True}
        self._decision = self.decider.decide({**record, **found})
        for entry in self._decision.entries:
            if entry["act"]:
                self.note(f"step {record['step']}: {_told(entry)}")
        return {**found, "guards": self._decision.entries} if self._decision.entries else found

    # ---- the trainer's events -----------------------------------------------------------------------------------

    def on_train_begin(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
        """Keep the weights that training begins with, to go back to before there is a checkpoint."""
        if "rollback" in self.decider.actions.values():
            self._start = state.global_step, restoring.copied(model)

    def on_pre_optimizer_step(
        self, args: Any, state: Any, control: Any, model: Any = None, optimizer: Any = None, **_: Any
    ) -> None:
        """Drop a gradient that is no finite number: the optimizer passes over weights without one.

        fp16's gradient scaler does so itself, and learns its scale by it.
        """
        if state.global_step < self._held_until:
            model.zero_grad(set_to_none=True)
        elif "non_finite" in self.decider.actions and getattr(optimizer, "scaler", None) is None:
            gradients = [p.grad for p in model.parameters() if p.grad is not None]
            sound = bool(torch.nn.utils.get_total_norm(gradients).isfinite()) and bool(self._loss_is_number)
            if not _in_all_processes(sound, args):
                model.zero_grad(set_to_none=True)

    def on_optimizer_step(self, args: Any, state: Any, control: Any, optimizer: Any = None, **_: Any) -> None:
        """Whether fp16's gradient scaler has dropped the step."""
        self._overflow = bool(getattr(optimizer, "step_was_skipped", False))

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, model: Any = None,
        optimizer: Any = None, lr_scheduler: Any = None, **_: Any,
    ) -> None:  # fmt: skip
        """Do what was decided as the record was written; a save that is due comes after this."""
        if not logs or "loss" not in logs:
            return
        decision, self._decision = self._decision, Decision()
        self._loss_is_number = True
        if args.world_size > 1:  # only the first process has records
            decision = broadcast_object_list([decision])[0]
        if decision.lower:
            restoring.scale_rate(optimizer, lr_scheduler, self.settings.lower_by)
        if decision.back_to is not None:
            self._go_back(decision.back_to, model, optimizer)
            self._hold(args, state)
            control.should_save = True
        if decision.stop:
            control.should_training_stop = control.should_save = True
        if control.should_save and not restoring.finite(model):
            control.should_save = False

    # ---- going back ---------------------------------------------------------------------------------------------

    def _kept(self) -> list[int]:
        """Steps whose weights are kept, newest first: those of checkpoints, and that of the beginning."""
        start = [self._start[0]] if self._start else []
        return sorted({*_steps(self.folder), *start}, reverse=True)

    def _go_back(self, step: int, model: Any, optimizer: Any) -> None:
        checkpoint = _steps(self.folder).get(step)
        if checkpoint is not None:
            weights = restoring.stored(model, checkpoint)
        else:
            assert self._start is not None and self._start[0] == step  # it is of `_kept`
            weights = self._start[1]
        restoring.put_weights(model, weights)
        restoring.put_moments(optimizer, checkpoint)

    def _hold(self, args: Any, state: Any) -> None:
        """Where a batch of completions serves several steps, drop the rest of them: they were sampled by what was left."""
        each = getattr(args, "num_iterations", 1)
        self._held_until = -(-state.global_step // each) * each


def _told(entry: Mapping[str, Any]) -> str:
    return f"{entry['guard'].replace('_', '-')}: {entry['says']}; {entry['did']}"


def _steps(folder: Path) -> dict[int, Path]:
    """The whole checkpoints of a folder, by step."""
    return {step: path for step, path in checkpoints.steps(folder) if checkpoints.verify(path) is None}


def _in_all_processes(holds: bool, args: Any) -> bool:
    """Whether it holds in every process: what one drops all must drop."""
    if args.world_size == 1:
        return holds
    flag = torch.tensor(float(holds), device=args.device)
    torch.distributed.all_reduce(flag, op=torch.distributed.ReduceOp.MIN)
    return bool(flag)
