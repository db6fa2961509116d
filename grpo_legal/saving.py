"""Makes a trainer's checkpoints whole: written aside, synced, hashed, renamed; a full disk is a warning, not the end.

Departure from transformers' trainer, which writes into checkpoint-N itself, deletes old ones by their date, and on resume
takes the one with the highest number: a kill in the middle leaves a folder that looks like a checkpoint.

    made = trainer.build(…)
    saving.attach(made, saving.Keeping(folder, settings=…, data=…, last=2, keep_best=True, note=view.note))

It wraps two methods of the trainer it is given, TRL's or Unsloth's, GRPO or SFT. Beside what transformers saves (weights,
optimizer, schedule, random state of python, numpy, torch and CUDA, position in the data) it saves completions that are
still to be learned from (grpo.num-iterations above 1): TRL would sample others.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import Trainer, TrainerCallback

from grpo_legal import checkpoints, run_folder
from grpo_legal.run_folder import RunFolder


@dataclass(frozen=True)
class Keeping:
    """What is kept of a run: `settings` by name and the sha256 of the `data`, which stand in every manifest; the `last`
    newest checkpoints and, with `keep_best`, the best one. `rate` names the setting of the learning rate."""

    folder: RunFolder
    settings: dict[str, Any]
    data: str
    last: int
    keep_best: bool
    note: Callable[[str], None]
    rate: str = "grpo.learning-rate"


def attach(trainer: Trainer, keeping: Keeping) -> WholeCheckpoints:
    """Have this trainer save and load whole checkpoints."""
    made = WholeCheckpoints(trainer, keeping)
    trainer._save_checkpoint, trainer._load_optimizer_and_scheduler = made.save, made.load
    trainer.add_callback(made)
    return made


class WholeCheckpoints(TrainerCallback):
    """Saves and loads in the trainer's place, through its own methods."""

    def __init__(self, trainer: Trainer, keeping: Keeping) -> None:
        self.trainer, self.keeping = trainer, keeping
        self._write, self._read = trainer._save_checkpoint, trainer._load_optimizer_and_scheduler
        self._begun: tuple[int, Callable[[], None]] | None = None
        self._step: int | None = None  # saved or loaded last

    # ---- saving ---------------------------------------------------------------------------------------

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Remember how to go back to here: a step that fails half way is computed again from its beginning."""
        self._begun = state.global_step, _memory(self.trainer)

    def save(self, model: Any, trial: Any = None) -> None:
        """The checkpoint of the last whole step. Where the disk refuses, a line says so and the older ones stay."""
        trainer, shelf, step = self.trainer, self.keeping.folder.checkpoints, self.trainer.state.global_step
        if self._step == step:
            return
        if self._begun and self._begun[0] == step:
            self._begun[1]()
        refused = self._try(lambda: self._stage(shelf))
        trainer.accelerator.wait_for_everyone()
        refused = refused or self._try(lambda: self._write_aside(shelf / checkpoints.WRITING, model, trial))
        refused = self._of_any(refused)
        if not refused and trainer.is_world_process_zero():
            refused = self._try(lambda: self._commit(shelf, step))
        if refused and trainer.is_world_process_zero():
            self._try(lambda: checkpoints.delete(shelf / checkpoints.WRITING))
            last = checkpoints.newest(shelf)
            kept = f"{last.name} is the last whole one" if last else "there is none yet"
            self.keeping.note(f"step {step}: no checkpoint could be saved: {refused}; training goes on, {kept}")
        self._step = self._step if refused else step
        trainer.accelerator.wait_for_everyone()

    def _stage(self, shelf: Path) -> None:
        if self.trainer.is_world_process_zero():
            checkpoints.stage(shelf)

    def _write_aside(self, staged: Path, model: Any, trial: Any) -> None:
        with _output_to(self.trainer, staged):
            self._write(model, trial)
        carried = _carried(self.trainer)
        if carried is not None:
            torch.save(carried, self._carried_file(staged / f"checkpoint-{self.trainer.state.global_step}"))

    def _commit(self, shelf: Path, step: int) -> None:
        keeping, folder = self.keeping, self.keeping.folder
        for log in (folder.metrics, folder.completions):
            if log.is_file():
                checkpoints.sync_file(log)  # a step that a checkpoint counts is on the disk
        before = max((s for s, _ in checkpoints.steps(shelf) if s < step), default=0)
        records = [r for r in run_folder.read_lines(folder.metrics) if before < r["step"] <= step]
        checkpoints.commit(shelf, step, settings=keeping.settings, data=keeping.data, score=checkpoints.score(records))
        checkpoints.rotate(shelf, keeping.last, keeping.keep_best)

    def _try(self, write: Callable[[], Any]) -> str | None:
        """Do it; why the disk refused, or None."""
        try:
            write()
        except Exception as error:
            why = checkpoints.disk_fault(error, self.keeping.folder.path)
            if why is None:
                raise
            return why
        return None

    def _of_any(self, refused: str | None) -> str | None:
        """The same answer in every process."""
        accelerator = self.trainer.accelerator
        if accelerator.num_processes == 1:
            return refused
        count = accelerator.reduce(torch.tensor(int(refused is not None), device=accelerator.device))
        return refused or ("another process could not write its part" if int(count) else None)

    # ---- loading --------------------------------------------------------------------------------------

    def load(self, checkpoint: str | None) -> None:
        """What the trainer loads, and: settings that --force changed, completions still to be learned from."""
        self._read(checkpoint)
        if checkpoint is None:
            return
        trainer, self._step = self.trainer, self.trainer.state.global_step
        trainer.state.compute_steps(trainer.args, trainer.state.max_steps)  # save_steps are those of now
        made = (checkpoints.read_manifest(Path(checkpoint)) or {}).get("settings", {})
        was, now = (s.get(self.keeping.rate) for s in (made, self.keeping.settings))
        if was and now and was != now:
            _scale_rate(trainer, now / was)
        file = self._carried_file(Path(checkpoint))
        if file.is_file():
            carried = torch.load(file, map_location=trainer.accelerator.device, weights_only=True)
            trainer._step, trainer._buffered_inputs = carried["step"], carried["inputs"]

    def _carried_file(self, checkpoint: Path) -> Path:
        return checkpoint / f"completions_{self.trainer.args.process_index}.pt"


@contextmanager
def _output_to(trainer: Trainer, folder: Path) -> Iterator[None]:
    """The trainer's checkpoints go to `folder`; its own deletion of old ones finds only the new one there."""
    trainer._get_output_dir = lambda trial=None: str(folder)
    try:
        yield
    finally:
        del trainer._get_output_dir


def _memory(trainer: Trainer) -> Callable[[], None]:
    """A way back to now: random state, tokens seen, position among the completions of a batch."""
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else None
    tokens, position = trainer.state.num_input_tokens_seen, getattr(trainer, "_step", None)

    def back() -> None:
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.set_rng_state(states[2])
        if cuda is not None:
            torch.cuda.set_rng_state_all(cuda)
        trainer.state.num_input_tokens_seen = tokens
        if position is not None:
            trainer._step = position

    return back


def _carried(trainer: Any) -> dict[str, Any] | None:
    """Completions of the last batch that TRL's GRPO trainer has still to learn from; None where there are none."""
    if getattr(trainer, "_buffered_inputs", None) is None:
        return None
    position = trainer._step % (trainer.args.steps_per_generation * trainer.num_iterations)
    return {"step": position, "inputs": trainer._buffered_inputs} if position else None


def _scale_rate(trainer: Trainer, factor: float) -> None:
    """Multiply the peak rate of the schedule, and the rate of the next step, by `factor`."""
    schedule = getattr(trainer.lr_scheduler, "scheduler", trainer.lr_scheduler)  # below accelerate's wrapper
    schedule.base_lrs = [rate * factor for rate in schedule.base_lrs]
    schedule._last_lr = [rate * factor for rate in schedule._last_lr]
    for group in trainer.optimizer.param_groups:
        group["lr"] *= factor
        if "initial_lr" in group:
            group["initial_lr"] *= factor
