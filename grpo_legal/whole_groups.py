"""Micro-batches made of whole groups, so that a prompt that is computed once per group stays one per group.

TRL (1.14, `GRPOTrainer._prepare_inputs`) shuffles the completions of all prompts before it cuts them into micro-batches.
A micro-batch of G rows then holds up to G prompts, which our forward would read G times, and in which Unsloth's prefix
grouping, which looks for neighbouring rows with one prompt, finds nothing to group. Where all micro-batches of a sampling
go into one optimizer step, as `arguments` has it, their order makes no difference to the step: gradients add up. Only the
loss `bnpo`, which TRL normalises over the tokens of each micro-batch, depends on which rows share one, in either order.
"""

from __future__ import annotations

import inspect
from typing import Any

SHUFFLE = "shuffle_sequence_dict"


class WholeGroups:
    """A mixin over trl.GRPOTrainer: rows stay in the order in which they were sampled, group after group."""

    def _prepare_inputs(self, generation_batch: Any) -> Any:
        """As TRL's own, without the shuffle. Raises RuntimeError where this TRL shuffles in another way."""
        theirs = super()._prepare_inputs
        where = inspect.unwrap(theirs).__globals__  # TRL's module, or Unsloth's copy of it
        if SHUFFLE not in where:
            raise RuntimeError(f"{where['__name__']} has no {SHUFFLE}: how does it shuffle the completions of a batch?")
        shuffle = where[SHUFFLE]

        def drawn_and_dropped(rows: dict[str, Any]) -> dict[str, Any]:
            shuffle(rows)  # the random numbers after it stay those of plain TRL
            return rows

        where[SHUFFLE] = drawn_and_dropped
        try:
            return theirs(generation_batch)
        finally:
            where[SHUFFLE] = shuffle
