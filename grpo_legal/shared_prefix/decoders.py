"""Token after token of R completions, over a cache that holds each of their N prompts once.

    cache of a prompt    p0 p1 p2 | a0 b0 c0 | a1 b1 c1 | a2 .. c2      a column for each of its completions, step by step
    queries of a step                            a3 .. c3               each sees the prompt and its own columns

The usual way copies the prompt's cache for each completion, and attention reads, and the cache's growth copies, G times
the prompt at every token. Here both are P + G·t columns for a group instead of G·(P + t).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from grpo_legal.shared_prefix.scoring import attention_masks

PROMPT, NOBODY = 0, -1  # owners of a column that is no completion's; completions count from 1
SHRUNK = 0.75  # columns are moved together once those that anyone still sees are at most this share of all


class GroupDecoder:
    """Completions of a prompt side by side in its row of the cache. Its layers must hold every column (DynamicCache())."""

    def __init__(self, model: nn.Module, cache: Any, mask: Tensor, rows: Tensor) -> None:
        self.model, self.cache = model, cache
        self.row = rows  # (R,) the prompt of each completion, as row of the cache
        self.number = rank(rows) + 1  # (R,) its number within the group
        self.position = mask.sum(-1)[rows]  # (R,) of its next token
        self.owner = mask - 1  # (N, W) whose a column is
        self.column_position = (mask.cumsum(-1) - 1).clamp(min=0)  # (N, W) its rotary position

    def keep(self, kept: Tensor) -> None:
        """Drop the other completions, prompts that have none left, and columns that nobody sees any more."""
        self.row, self.number, self.position = self.row[kept], self.number[kept], self.position[kept]
        prompts, self.row = torch.unique(self.row, return_inverse=True)
        if len(prompts) < len(self.owner):
            self.cache.batch_select_indices(prompts)
            self.owner, self.column_position = self.owner[prompts], self.column_position[prompts]
        self._move_together()

    def step(self, token: Tensor) -> Tensor:
        """(R,) the newest token of each completion to (R, V) the logits of its next."""
        column = rank(self.row)
        at, shape = (self.row, column), (len(self.owner), int(column.max()) + 1)  # (N, K)
        ids, positions, queries = (token.new_full(shape, fill) for fill in (0, 0, NOBODY))
        ids[at], positions[at], queries[at] = token, self.position, self.number
        self.owner = torch.cat([self.owner, queries], dim=1)
        self.column_position = torch.cat([self.column_position, positions], dim=1)
        visible = visible_columns(self.owner, queries)
        config = self.model.config.get_text_config()
        out = self.model(
            input_ids=ids, attention_mask=attention_masks(config, visible, positions, self.column_position),
            position_ids=positions, past_key_values=self.cache, use_cache=True,
        )  # fmt: skip
        self.position = self.position + 1
        return out.logits[at]

    def _move_together(self) -> None:
        """Take columns out that no completion sees, where these are many."""
        numbers = 1 + int(torch.max(self.owner.max(), self.number.max()))
        living = torch.zeros(len(self.owner), numbers, dtype=torch.bool, device=self.owner.device)
        living[:, PROMPT] = True
        living[self.row, self.number] = True
        seen = living.gather(1, self.owner.clamp(min=PROMPT)) & (self.owner != NOBODY)
        width = int(seen.sum(-1).max())
        if width > SHRUNK * seen.size(1):
            return
        order = (~seen).int().argsort(dim=-1, stable=True)[:, :width]
        self.owner = self.owner.gather(1, order).where(seen.gather(1, order), NOBODY)
        self.column_position = self.column_position.gather(1, order)
        for layer in self.cache.layers:
            columns = order[:, None, :, None].expand(-1, layer.keys.size(1), -1, layer.keys.size(3))
            layer.keys, layer.values = layer.keys.gather(2, columns), layer.values.gather(2, columns)


class RowDecoder:
    """A row of the cache for each completion: for any model, and where no prompt repeats."""

    def __init__(self, model: nn.Module, cache: Any, mask: Tensor, rows: Tensor) -> None:
        self.model, self.cache = model, cache
        self.mask, self.position = mask[rows], mask.sum(-1)[rows]
        self._copied: Tensor | None = rows  # the prompts whose cache is still to be copied

    def keep(self, kept: Tensor) -> None:
        """Drop the other completions."""
        self.mask, self.position = self.mask[kept], self.position[kept]
        if self._copied is not None:
            self._copied = self._copied[kept]
        else:
            self.cache.batch_select_indices(kept)

    def step(self, token: Tensor) -> Tensor:
        """(R,) the newest token of each completion to (R, V) the logits of its next."""
        if self._copied is not None:
            self.cache.batch_select_indices(self._copied)
            self._copied = None
        self.mask = torch.cat([self.mask, self.mask.new_ones(len(token), 1)], dim=1)
        out = self.model(
            input_ids=token[:, None], attention_mask=self.mask, position_ids=self.position[:, None],
            past_key_values=self.cache, use_cache=True,
        )  # fmt: skip
        self.position = self.position + 1
        return out.logits[:, -1]


def visible_columns(owner: Tensor, queries: Tensor) -> Tensor:
    """(N, W) whose a column is and (N, K) whose the queries are to (N, 1, K, W) who sees what.

    A query of nobody's sees the prompt: one that sees nothing would be NaN.
    """
    own = (owner[:, None, :] == queries[:, :, None]) & (queries[:, :, None] > PROMPT)
    return ((owner[:, None, :] == PROMPT) | own)[:, None]


def rank(rows: Tensor) -> Tensor:
    """(R,) how many earlier entries are equal: the place of each completion among those of its prompt."""
    return ((rows[:, None] == rows[None, :]).tril(-1)).sum(-1)
