"""Rows that cannot move a weight go through the model neither forward nor backward.

These are rows of groups without variance (with beta 0 and no entropy bonus in force) and rows of completions that are
cut, where those carry no loss. TRL's loss is left as it is and sees every row: a skipped one stands there with a ratio
of 1, so that each normaliser (tokens of the batch, rows, the longest completion) counts what it counted, and loss and
gradient are the same (tests/test_informative_skipping.py). Departure: rounding residues in the advantages of a
flat group are 0 (flat.without_residue).

While an entropy bonus with a target rests, flat rows go forward only: their entropy is what turns it on again.
Of several processes each computes at least one row a micro-batch, since gradients are synchronised.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from grpo_legal.informative import flat


class KeepsRewards:
    """Remembers what the batch that was scored last has earned."""

    earned: Tensor  # (processes x B,) weighted sums; NaN for a completion that no reward could score

    def _calculate_rewards(self, *args: Any) -> Tensor:
        rewards = super()._calculate_rewards(*args)
        self.earned = flat.sums(rewards, self.reward_weights.to(rewards.device))
        return rewards

    def own_earned(self, rows: int) -> Tensor:
        """(B,) of `earned`: this process's own rows."""
        start = self.accelerator.process_index * rows
        return self.earned[start : start + rows]


class SkipsFlat(KeepsRewards):
    """A mixin over trl.GRPOTrainer, before the class that computes log-probabilities."""

    skip_flat: bool = False
    _scoring = False  # whether a batch is being sampled and scored whose first update gives its old log-probabilities
    _dividing: tuple[flat.Parts, Tensor, Tensor | None] | None = None  # rows, mask and old logps of the loss in hand
    _logps: Tensor | None = None

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        """TRL's batch, its flat groups with advantages of exactly 0."""
        if not self.skip_flat:
            return super()._generate_and_score_completions(inputs)
        self._scoring = self._first_update_scores()
        try:
            batch = super()._generate_and_score_completions(inputs)
        finally:
            scored_later, self._scoring = self._scoring, False
        if scored_later:
            batch.pop("old_per_token_logps", None)
        earned = self.own_earned(len(batch["advantages"]))
        return batch | {"advantages": flat.without_residue(batch["advantages"], earned, self.num_generations)}

    def _first_update_scores(self) -> bool:
        """Whether the policy of a batch's first update is the one that sampled it, as it is where a batch is a step.

        Its log-probabilities are then the old ones of the updates after it, and no pass is needed to get them.
        """
        a_step = self.args.steps_per_generation == self.args.gradient_accumulation_steps
        return a_step and self.num_iterations > 1 and not self.use_vllm and self.beta == 0.0

    def _compute_loss(self, model: Any, inputs: dict[str, Any]) -> Tensor:
        """TRL's loss of a micro-batch, for the price of the rows that can move it."""
        if not self.skip_flat:
            return super()._compute_loss(model, inputs)
        mask = inputs["completion_mask"]
        several = self.accelerator.num_processes > 1
        parts = flat.divide(inputs["advantages"], mask, self._needs(several), least=int(several))
        self._count(len(parts.learned) / len(mask))
        self._dividing = parts, mask, inputs.get("old_per_token_logps")
        try:
            loss = super()._compute_loss(model, inputs)
        finally:
            logps, self._dividing, self._logps = self._logps, None, None
        if self._first_update_scores():
            inputs.setdefault("old_per_token_logps", logps)  # the buffered batch, which comes again
        return loss

    def _needs(self, several: bool) -> flat.Needs:
        """What a loss needs of a row whose advantage is 0. Processes must call the wrapped model equally often."""
        if self.beta != 0.0 or self.aux_loss_enabled:
            return "all"
        if not self._entropy_bonus_enabled:
            return "advantage"
        rests = self.use_adaptive_entropy and self._last_world_entropy > self.args.entropy_target
        return "entropy" if rests and not several else "all"

    def _count(self, learned: float) -> None:
        share = torch.tensor(1.0 - learned, device=self.accelerator.device)
        mode = "train" if self.model.training else "eval"
        self._metrics[mode]["skipped"].append(self.accelerator.gather(share).mean().item())

    def _get_per_token_logps_and_entropies(
        self, model: Any, input_ids: Tensor, attention_mask: Tensor, logits_to_keep: int, *args: Any, **kwargs: Any
    ) -> tuple[Tensor, Tensor | None, Any]:
        """(B, C) log-probabilities and entropies as TRL's own, with constants where no row is computed."""
        forward = super()._get_per_token_logps_and_entropies
        if self._scoring:
            return input_ids.new_zeros(len(input_ids), logits_to_keep, dtype=torch.float32), None, None
        if self._dividing is None:
            return forward(model, input_ids, attention_mask, logits_to_keep, *args, **kwargs)
        parts, mask, old = self._dividing

        def some(rows: Tensor) -> tuple[Tensor, Tensor | None, Any]:
            if len(rows) == len(input_ids):
                return forward(model, input_ids, attention_mask, logits_to_keep, *args, **kwargs)
            return forward(model, input_ids[rows], attention_mask[rows], logits_to_keep, *args, **kwargs)

        logps = torch.zeros(mask.shape, device=mask.device) if old is None else old
        entropies, extra = torch.zeros_like(logps), None
        if len(parts.learned):
            found, entropy, extra = some(parts.learned)
            logps = logps.to(found.dtype).index_put((parts.learned,), found)
            entropies = entropies.to(entropy.dtype).index_put((parts.learned,), entropy)
        else:
            logps = logps + _no_gradient(model).to(logps.device)
        if len(parts.watched):
            with torch.no_grad():
                entropies = entropies.index_put((parts.watched,), some(parts.watched)[1].to(entropies.dtype))
        self._logps = logps.detach()
        return logps, _filled(entropies, mask, parts), extra


def _no_gradient(model: torch.nn.Module) -> Tensor:
    """0 with a gradient of 0 for every trained weight: the optimizer's step is that of a batch without a signal."""
    return 0.0 * sum(p.sum().cpu() for p in model.parameters() if p.requires_grad)


def _filled(entropies: Tensor, mask: Tensor, parts: flat.Parts) -> Tensor:
    """(B, C) entropies with the mean of the computed tokens where none were, so that their mean is that of what was.

    Without any computed token, but tokens in the loss, it is NaN: TRL leaves it out of the metric.
    """
    known = torch.zeros(len(mask), dtype=torch.bool, device=mask.device)
    known[parts.learned], known[parts.watched] = True, True
    seen = mask * known[:, None]
    if seen.sum() == 0:
        return entropies.masked_fill(~known[:, None], torch.nan) if mask.any() else entropies
    mean = (entropies.detach() * seen).sum() / seen.sum()
    return torch.where(known[:, None], entropies, mean)
