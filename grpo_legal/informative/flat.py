"""Which groups are flat, what advantages the others have, and which rows of a batch must go through the model.

B completions stand in whole groups, G together. A completion that no reward could score has NaN as its sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

ALIKE = 1e-6  # weighted sums nearer than this are the same: what lies below is the rounding of fp32
EPSILON = 1e-4  # TRL adds it to what advantages are divided by

Needs = Literal["advantage", "entropy", "all"]


def sums(rewards: Tensor, weights: Tensor) -> Tensor:
    """(B, F) values of F rewards, NaN where one gave none, to (B,) weighted sums, NaN where none gave one."""
    return (rewards * weights).nansum(1).masked_fill(rewards.isnan().all(1), torch.nan)


def is_flat(earned: Tensor, group: int) -> Tensor:
    """(B,) weighted sums to (B / G,): whether the scored completions of a group all earned the same."""
    grouped = earned.view(-1, group)
    unscored = grouped.isnan()
    spread = grouped.masked_fill(unscored, -torch.inf).amax(1) - grouped.masked_fill(unscored, torch.inf).amin(1)
    return spread < ALIKE


def advantages(earned: Tensor, group: int, scale: str, everyone: Tensor | None = None) -> Tensor:
    """(B,) weighted sums to (B,) advantages; exactly 0 in a flat group and for a completion without a score.

    `scale` is TRL's scale_rewards: the spread of "batch", "group", or "none". `everyone` are the sums of all processes,
    where there are several. Source: trl 1.14.2, GRPOTrainer._generate_and_score_completions, "sum_then_normalize".
    """
    grouped = earned.view(-1, group)
    centred = (grouped - grouped.nanmean(1, keepdim=True)).flatten()
    if scale == "batch":
        centred = centred / (_std(earned if everyone is None else everyone) + EPSILON)
    elif scale == "group":
        spread = torch.stack([_std(own) for own in grouped])
        centred = centred / (spread.repeat_interleave(group) + EPSILON)
    return without_residue(centred.nan_to_num(nan=0.0), earned, group)


def without_residue(found: Tensor, earned: Tensor, group: int) -> Tensor:
    """(B,) advantages with those of flat groups at exactly 0.

    A mean of equal sums in fp32 can miss them by a rounding, and divided by a spread of 0 + 1e-4 that residue is an
    advantage of up to 1e-3, the same for the whole group: not a signal.
    """
    return found.masked_fill(is_flat(earned, group).repeat_interleave(group), 0.0)


def _std(values: Tensor) -> Tensor:
    """Sample standard deviation of the values that are numbers; NaN for fewer than two."""
    known = values[~values.isnan()]
    return known.std() if len(known) > 1 else values.new_tensor(torch.nan)


@dataclass(frozen=True)
class Parts:
    """The rows of a micro-batch, by what they cost. Those in neither are not computed."""

    learned: Tensor  # (L,) forward and backward
    watched: Tensor  # (W,) forward only, for the entropy of their tokens


def divide(advantage: Tensor, mask: Tensor, needs: Needs, *, least: int = 0) -> Parts:
    """What must be computed of B rows with advantages (B,) and completions whose tokens in the loss are 1 in mask (B, C).

    `needs` is what the loss is made of beside the clipped ratio times advantage: nothing ("advantage"), the entropy as
    a number ("entropy"), or a term with a gradient of its own on every token, KL or entropy bonus ("all"). A row
    without tokens in the loss is never needed. At least `least` rows are learned.
    """
    counted = mask.bool().any(1)
    moves = counted if needs == "all" else counted & (advantage != 0)
    if least and not moves.any():
        moves = moves.clone()
        moves[counted.long().argmax()] = True  # a row that counts, or the first: its gradient is 0
    watched = counted & ~moves if needs == "entropy" else torch.zeros_like(moves)
    return Parts(moves.nonzero()[:, 0], watched.nonzero()[:, 0])
