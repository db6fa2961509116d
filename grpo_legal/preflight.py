"""One step at the worst case before the first hour is spent: the longest prompt, a whole micro-batch, the longest completions.

Running out of memory after many steps is what users of GRPO meet most: the longest texts came late. Here they come first,
as random tokens, through the trainer's own loss, forward and backward. No weight moves, gradients are dropped, and the
trainer's and the random state are put back, so that a run's numbers are those of a run without it. Sampling is not
tried; what its cache takes is in `python -m grpo_legal.plan`.
"""

from __future__ import annotations

import gc
import resource
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import torch
from transformers import TrainerCallback

from grpo_legal.config import Settings
from grpo_legal.errors import UserError

LOWER = "grpo.micro-batch-tokens, grpo.micro-batch-size, grpo.max-completion-length or policy.max-seq-length"
TOKENISED = 50  # prompts of the most characters, among which the one of the most tokens is looked for


def wanted(settings: Settings) -> bool:
    """Whether `grpo.preflight` asks for it here: auto is on CUDA only, where memory is what ends a run."""
    mode = settings.grpo.preflight
    return mode == "on" or (mode == "auto" and torch.cuda.is_available())


def longest(prompts: Sequence[list[dict[str, str]]], prompt_ids: Callable[[list[dict[str, str]]], list[int]]) -> int:
    """Tokens of the longest of these chat prompts, looked for among the longest texts."""
    by_length = sorted(prompts, key=lambda messages: -sum(len(m["content"]) for m in messages))
    return max(len(prompt_ids(messages)) for messages in by_length[:TOKENISED])


def first(trainer: Any, longest_prompt: int, note: Callable[[str], None]) -> None:
    """Have `trainer` begin with a preflight, before the clock of its first step starts; `note` is told the peak."""
    trainer.callback_handler.callbacks.insert(0, _Preflight(trainer, longest_prompt, note))


class _Preflight(TrainerCallback):
    """At the beginning of training the model is wrapped and checkpointing is on: what is tried is what will run."""

    def __init__(self, trainer: Any, longest_prompt: int, note: Callable[[str], None]) -> None:
        self.trainer, self.longest_prompt, self.note = trainer, longest_prompt, note

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """The pass. Raises UserError where it does not fit."""
        peak = run(self.trainer, self.longest_prompt)
        self.note(
            f"preflight: {args.per_device_train_batch_size} completions of {self.trainer.max_completion_length} tokens on a "
            f"prompt of {self.longest_prompt}, forward and backward: peak {peak:.2f} GiB"
        )


def run(trainer: Any, longest_prompt: int) -> float:
    """GiB at the peak of a forward and backward pass over the worst micro-batch of `trainer`, a trl.GRPOTrainer.

    `longest_prompt` is in tokens. On a CPU the peak is the most that the process ever held. Raises UserError where the
    memory does not suffice, with what to lower.
    """
    device = trainer.accelerator.device
    random = torch.get_rng_state(), torch.cuda.get_rng_state(device) if device.type == "cuda" else None
    kept = dict(vars(trainer))
    trainer._metrics = {mode: defaultdict(list) for mode in ("train", "eval")}
    trainer.current_gradient_accumulation_steps = trainer.args.gradient_accumulation_steps
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    fits = True
    try:
        _pass(trainer, _worst_case(trainer, longest_prompt, device))
        return _peak_gib(device)
    except (MemoryError, RuntimeError) as error:  # torch.OutOfMemoryError is a RuntimeError
        fits = not _out_of_memory(error)
        if fits:
            raise
    finally:
        trainer.model.zero_grad(set_to_none=True)
        vars(trainer).clear()
        vars(trainer).update(kept)
        torch.set_rng_state(random[0])
        gc.collect()
        if random[1] is not None:
            torch.cuda.set_rng_state(random[1], device)
            torch.cuda.empty_cache()
    raise UserError(
        f"preflight: forward and backward of {trainer.args.per_device_train_batch_size} completions of "
        f"{trainer.max_completion_length} tokens on a prompt of {longest_prompt} do not fit in memory: lower {LOWER}"
    )


def _worst_case(trainer: Any, longest_prompt: int, device: torch.device) -> dict[str, Any]:
    """What TRL's loss takes: a random prompt for each group, whole completions of random tokens, advantages of either sign."""
    rows, group = trainer.args.per_device_train_batch_size, trainer.num_generations
    size = trainer.processing_class.vocab_size
    generator = torch.Generator().manual_seed(0)
    prompts = torch.randint(size, (-(-rows // group), longest_prompt), generator=generator)
    prompt_ids = prompts.repeat_interleave(group, 0)[:rows].to(device)
    completion_ids = torch.randint(size, (rows, trainer.max_completion_length), generator=generator).to(device)
    inputs = {
        "prompt_ids": prompt_ids,
        "prompt_mask": torch.ones_like(prompt_ids),
        "completion_ids": completion_ids,
        "completion_mask": torch.ones_like(completion_ids),
        "advantages": torch.tensor([1.0 if i % 2 else -1.0 for i in range(rows)], device=device),
        "num_items_in_batch": torch.tensor(completion_ids.numel(), device=device),
    }
    if trainer.beta != 0.0:
        inputs["ref_per_token_logps"] = torch.zeros(completion_ids.shape, device=device)
    return inputs


def _pass(trainer: Any, inputs: dict[str, Any]) -> None:
    """Forward and backward as in a training step; the optimizer and the gradient scaler are left alone."""
    trainer.model.train()
    with trainer.compute_loss_context_manager():
        loss = trainer.compute_loss(trainer.model_wrapped, inputs)
    loss.backward()


def _peak_gib(device: torch.device) -> float:
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**30
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, KiB on Linux
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30


def _out_of_memory(error: BaseException) -> bool:
    """CUDA's own class; a CPU's allocator says it as a RuntimeError with these words."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or "can't allocate memory" in str(error)
