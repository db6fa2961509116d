"""Attention of a packed group in two parts: the prompt by itself, and the completions over it.

One mask over the whole of a packed row makes (P + T)^2 pairs of query and key, T being the tokens of its completions; most
are hidden: half of the prompt's own, and every pair of two completions. Here

    prompt        P x P, causal: kernels leave out the half that is hidden
    completions   T x (P + T) under the mask, or, where they are long,
                  G x C x (P + C), each over its own copy of the prompt's keys and values, causal from the lower right

Departure: the same sums in another order. Nothing else of the model is touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention.bias import causal_lower_right
from torch.nn.functional import scaled_dot_product_attention
from torch.nn.utils.rnn import pad_sequence
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

ATTENTION = "shared_prefix"  # its name in transformers' table
LEAST_LENGTH = 256  # of the longest row; below it calls and copies cost more than the pairs that are left out
FEWER_PAIRS = 2.0  # copies of the prompt's keys are made where they leave this many times fewer pairs

Groups = Sequence[tuple[int, Sequence[int]]]  # of each packed row: tokens of the prompt, and of each completion


def attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    sliding_window: int | None = None,
    packed_groups: Groups | None = None,
    **more: Any,
) -> tuple[Tensor, None]:
    """(N, L, H, D) outputs of `query` (N, H, L, D) over `key` and `value` (N, H or fewer, K, D); no weights.

    Without `packed_groups` this is transformers' sdpa. With them the N rows are packed groups, and `attention_mask`
    (N, 1, L, L) says who sees whom in them; what stands for padding is not to be read. Short rows, and groups longer than a
    layer's sliding window, go by the mask; rows of prompts alone are causal as they are.
    """
    groups = packed_groups or ()
    more |= {"dropout": dropout, "scaling": scaling, "sliding_window": sliding_window}
    longest = max((prompt + max(completions, default=0) for prompt, completions in groups), default=0)
    if not groups or (sliding_window is not None and longest > sliding_window):
        return sdpa_attention_forward(module, query, key, value, attention_mask, **more)
    if not any(sum(completions) for _, completions in groups):
        return sdpa_attention_forward(module, query, key, value, None, **{**more, "is_causal": True})
    if query.size(2) < LEAST_LENGTH:
        return sdpa_attention_forward(module, query, key, value, attention_mask, **more)
    rows = []
    for n, (prompt, completions) in enumerate(groups):
        used = prompt + sum(completions)
        states = [part[n : n + 1, :, :used] for part in (query, key, value)]
        mask = attention_mask[n : n + 1, :, :used, :used]
        rows.append(_group(*states, mask, prompt, [c for c in completions if c], dropout, scaling))
    return pad_sequence(rows, batch_first=True), None


def _group(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor,
    prompt: int,
    completions: list[int],
    dropout: float,
    scale: float | None,
) -> Tensor:
    """(L, H, D) of one group, N = 1, without padding; its completions have 1 token or more each."""
    how = {"dropout_p": dropout, "scale": scale}
    rows = bool(completions) and by_rows(prompt, completions)
    if not rows and completions:  # under a mask the fast kernels want as many heads of keys as of queries
        key, value = (part.repeat_interleave(query.size(1) // part.size(1), dim=1) for part in (key, value))
    how["enable_gqa"] = query.size(1) != key.size(1)
    alone = [part[:, :, :prompt] for part in (query, key, value)]
    parts = [scaled_dot_product_attention(*alone, is_causal=True, **how)[0].transpose(0, 1)]
    if rows:
        parts += _rows(query[:, :, prompt:], key, value, prompt, completions, how)
    elif completions:
        after = scaled_dot_product_attention(query[:, :, prompt:], key, value, mask[:, :, prompt:], **how)
        parts.append(after[0].transpose(0, 1))
    return torch.cat(parts)


def by_rows(prompt: int, completions: Sequence[int]) -> bool:
    """Whether each completion is to have a copy of the prompt's keys: the pairs of both ways, counted."""
    tokens, longest = sum(completions), max(completions)
    return tokens * (prompt + tokens) > FEWER_PAIRS * len(completions) * longest * (prompt + longest / 2)


def _rows(
    query: Tensor, key: Tensor, value: Tensor, prompt: int, completions: list[int], how: dict[str, Any]
) -> list[Tensor]:
    """(C, H, D) of each completion: a row for each, padded on the right, where a causal query does not look."""
    if torch.is_autocast_enabled(query.device.type):  # the kernels are called past it
        dtype = torch.get_autocast_dtype(query.device.type)
        query, key, value = (part.to(dtype) for part in (query, key, value))

    def apart(states: Tensor) -> Tensor:
        return pad_sequence(states[0].transpose(0, 1).split(completions), batch_first=True).transpose(1, 2)

    def after_prompt(states: Tensor) -> Tensor:
        copies = states[:, :, :prompt].expand(len(completions), -1, -1, -1)
        return torch.cat([copies, apart(states[:, :, prompt:])], dim=2)

    longest = max(completions)
    last_is_last = causal_lower_right(longest, prompt + longest)
    out = scaled_dot_product_attention(apart(query), after_prompt(key), after_prompt(value), last_is_last, **how)
    return [row[:length] for row, length in zip(out.transpose(1, 2), completions, strict=True)]


AttentionInterface.register(ATTENTION, attention)
AttentionMaskInterface.register(ATTENTION, sdpa_mask)
