"""The prompts of a step chosen by a curriculum when the step begins, when all that went before is known.

A data loader would be too early: it reads a batch ahead. What it hands over is put aside; its size alone counts.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from grpo_legal.informative.curriculum import Curriculum

MEASURE = "correct_answer"  # the reward whose mean is the pass rate


class ChoosesLevels:
    """A mixin over trl.GRPOTrainer, Unsloth's as well. Several processes choose as one and take their own share."""

    curriculum: Curriculum | None = None

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        """TRL's batch, of the curriculum's prompts."""
        if self.curriculum is not None and self.model.training:
            prompts, here = len(inputs) // self.num_generations, self.accelerator.process_index
            taken = self.curriculum.take(prompts * self.accelerator.num_processes)
            own = taken[here * prompts : (here + 1) * prompts]
            inputs = [self.train_dataset[row] for row in own for _ in range(self.num_generations)]
            self._metrics["train"]["level"].append(self.curriculum.level)
        return super()._generate_and_score_completions(inputs)

    def _calculate_rewards(self, inputs: list[dict[str, Any]], *args: Any) -> Tensor:
        """TRL's rewards; the curriculum sees how many were right."""
        rewards = super()._calculate_rewards(inputs, *args)
        if self.curriculum is not None:
            own = torch.tensor([row["difficulty"] for row in inputs], device=rewards.device)
            right = rewards[:, self.reward_func_names.index(MEASURE)]
            self.curriculum.saw(self.accelerator.gather(own).tolist(), right.tolist())
        return rewards
