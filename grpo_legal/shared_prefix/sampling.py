"""Completions sampled from one prefill of each distinct prompt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from transformers import DynamicCache

from grpo_legal.shared_prefix.decoders import GroupDecoder, RowDecoder
from grpo_legal.shared_prefix.scoring import unsupported


class Decoder(Protocol):
    """Completions that are still being written, over the cache of their prompts."""

    def keep(self, kept: Tensor) -> None:
        """Go on with the completions of these numbers, ascending, only."""

    def step(self, token: Tensor) -> Tensor:
        """(R,) the newest token of each completion to (R, V) the logits of its next."""


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

    Temperature 0 is greedy. Draws come from torch's default generator of the model's device. Where prompts repeat and
    the model's attention takes any mask, a group is decoded over one copy of its prompt's cache, else each completion
    over a copy of its own.
    """
    device = next(model.parameters()).device
    distinct = list(dict.fromkeys(tuple(p) for p in prompts))
    index = {p: n for n, p in enumerate(distinct)}
    rows = torch.tensor([index[tuple(p)] for p in prompts], device=device)
    packed = len(distinct) < len(prompts) and unsupported(model) is None
    cache, mask, first = _prefill(model, distinct, DynamicCache() if packed else None)
    decoder: Decoder = (GroupDecoder if packed else RowDecoder)(model, cache, mask, rows)
    logits = first[rows]

    done: list[list[int]] = [[] for _ in prompts]
    alive = torch.arange(len(prompts), device=device)
    end = torch.tensor(list(eos_token_ids), device=device)
    for step in range(max_new_tokens):
        token = _draw(logits, temperature)
        for i, t in zip(alive.tolist(), token.tolist(), strict=True):
            done[i].append(t)
        kept = (~torch.isin(token, end)).nonzero()[:, 0]
        if step + 1 == max_new_tokens or not len(kept):
            break
        if len(kept) < len(alive):  # finished completions leave the batch
            decoder.keep(kept)
            alive, token = alive[kept], token[kept]
        logits = decoder.step(token)
    return done


def _prefill(model: nn.Module, prompts: Sequence[Sequence[int]], cache: Any) -> tuple[Any, Tensor, Tensor]:
    """The cache of N prompts, their (N, L) mask, padded on the left, and (N, V) the logits of their first tokens."""
    device, longest = next(model.parameters()).device, max(map(len, prompts))
    ids = torch.tensor([[0] * (longest - len(p)) + list(p) for p in prompts], device=device)
    mask = torch.tensor([[0] * (longest - len(p)) + [1] * len(p) for p in prompts], device=device)
    positions = (mask.cumsum(-1) - 1).clamp(min=0)
    out = model(
        input_ids=ids, attention_mask=mask, position_ids=positions, past_key_values=cache, use_cache=True,
        logits_to_keep=1,
    )  # fmt: skip
    return out.past_key_values, mask, out.logits[:, -1]


def _draw(logits: Tensor, temperature: float) -> Tensor:
    """(R, V) logits to (R,) token ids."""
    if temperature == 0:
        return logits.argmax(-1)
    return torch.multinomial((logits.float() / temperature).softmax(-1), 1)[:, 0]
