"""Completions sampled from one prefill of each distinct prompt."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


@torch.no_grad()
def sample(
    model: nn.Module,
    prompts: Sequence[Sequence[int]],
    *,
    max_new_tokens: int,
    eos_token_ids: Sequence[int],
    temperature: float = 1.0,
) -> list[list[int]]:
    """One completion per prompt (token ids, the end token included), each distinct prompt prefilled once.

    Temperature 0 is greedy. Draws come from torch's default generator of the model's device.
    """
    device = next(model.parameters()).device
    distinct = list(dict.fromkeys(tuple(p) for p in prompts))
    index = {p: n for n, p in enumerate(distinct)}
    longest = max(map(len, distinct))
    ids = torch.tensor([[0] * (longest - len(p)) + list(p) for p in distinct], device=device)
    mask = torch.tensor([[0] * (longest - len(p)) + [1] * len(p) for p in distinct], device=device)
    positions = (mask.cumsum(-1) - 1).clamp(min=0)
    out = model(input_ids=ids, attention_mask=mask, position_ids=positions, use_cache=True, logits_to_keep=1)
    rows = torch.tensor([index[tuple(p)] for p in prompts], device=device)
    cache, logits, mask, position = out.past_key_values, out.logits[rows, -1], mask[rows], positions[rows, -1]

    done: list[list[int]] = [[] for _ in prompts]
    alive = torch.arange(len(prompts), device=device)
    end = torch.tensor(list(eos_token_ids), device=device)
    for step in range(max_new_tokens):
        token = _draw(logits, temperature)
        for i, t in zip(alive.tolist(), token.tolist(), strict=True):
            done[i].append(t)
        keep = (~torch.isin(token, end)).nonzero()[:, 0]
        if step + 1 == max_new_tokens or not len(keep):
            break
        if step == 0:
            cache.batch_select_indices(rows[keep])  # a copy of the prompt's cache for every row that goes on
        elif len(keep) < len(alive):  # finished rows leave the batch
            cache.batch_select_indices(keep)
        alive, token, mask, position = alive[keep], token[keep], mask[keep], position[keep]
        mask = torch.cat([mask, mask.new_ones(len(alive), 1)], dim=1)
        position = position + 1
        out = model(
            input_ids=token[:, None], attention_mask=mask, position_ids=position[:, None],
            past_key_values=cache, use_cache=True,
        )  # fmt: skip
        cache, logits = out.past_key_values, out.logits[:, -1]
    return done


def _draw(logits: Tensor, temperature: float) -> Tensor:
    """(R, V) logits to (R,) token ids."""
    if temperature == 0:
        return logits.argmax(-1)
    return torch.multinomial((logits.float() / temperature).softmax(-1), 1)[:, 0]
