"""Completions sampled from one prefill of each distinct prompt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.nn.functional import pad
from transformers import DynamicCache

from grpo_legal.shared_prefix import recorded
from grpo_legal.shared_prefix.decoders import GroupDecoder, RowDecoder
from grpo_legal.shared_prefix.recorded import RecordedDecoder
from grpo_legal.shared_prefix.scoring import unsupported

MOST_PADDING = 0.15  # of the real tokens of a part: more is worth a pass of its own
# Tokens that are less work than a pass of its own. On a GPU a pass over 4-bit weights takes as long for one token as for
# several hundred (benchmarks/results/gpu-*.json: 320 ms); on a CPU hardly longer than its tokens.
LEAST_PADDING, LEAST_PADDING_CPU = 1024, 64


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
    recording = recorded.usable(model, max_new_tokens - 1)
    packed = (recording or len(distinct) < len(prompts)) and unsupported(model) is None
    cache, mask, first = _prefill(model, distinct, packed=packed, kept=max_new_tokens > 1)
    decoder: Decoder
    if packed and recording:
        decoder = RecordedDecoder(model, cache, mask, rows, max_new_tokens - 1)
    else:
        decoder = (GroupDecoder if packed else RowDecoder)(model, cache, mask, rows)
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


def _prefill(
    model: nn.Module, prompts: Sequence[Sequence[int]], *, packed: bool, kept: bool
) -> tuple[Any, Tensor, Tensor]:
    """The cache of N prompts, if it is `kept`, their (N, L) mask, padded on the left, and (N, V) the logits of their
    first tokens.

    Prompts of like length go through together, so that a long one does not make the others as long; but where the cache
    is not `packed`, and may so be of any kind, all at once.
    """
    longest = max(map(len, prompts))
    device = next(model.parameters()).device
    least = LEAST_PADDING_CPU if device.type == "cpu" else LEAST_PADDING
    parts = alike([len(p) for p in prompts], least) if packed or not kept else [list(range(len(prompts)))]
    caches, logits = [], []
    for part in parts:
        ids, mask = _padded([prompts[n] for n in part], device)
        # By its place and not by their number: a slice is not contiguous, and in bf16 its product with the output head
        # copies the head once a row.
        last = torch.tensor([ids.size(1) - 1], device=device)
        out = model(
            input_ids=ids, attention_mask=mask, position_ids=(mask.cumsum(-1) - 1).clamp(min=0), use_cache=kept,
            past_key_values=DynamicCache() if packed and kept else None, logits_to_keep=last,
        )  # fmt: skip
        caches.append(out.past_key_values)
        logits.append(out.logits[:, -1])
    mask = _padded(prompts, device)[1]
    if len(parts) == 1:
        return caches[0], mask, logits[0]
    place = torch.tensor([n for part in parts for n in part], device=mask.device).argsort()
    return _together(caches, place, longest) if kept else None, mask, torch.cat(logits)[place]


def alike(lengths: Sequence[int], least: int = LEAST_PADDING) -> list[list[int]]:
    """The numbers of prompts in parts of like length, the longest first: as few as keep a part's padding below
    `MOST_PADDING` of its tokens or `least` tokens.

    >>> alike([600, 100, 590, 90, 110], 64), alike([600, 100, 590, 90, 110], 2000)
    ([[0, 2], [1, 3, 4]], [[0, 1, 2, 3, 4]])
    """
    parts: list[list[int]] = []
    rows = longest = real = 0
    for n in sorted(range(len(lengths)), key=lambda n: -lengths[n]):
        rows, real = rows + 1, real + lengths[n]
        padding = rows * longest - real
        if not parts or padding > max(MOST_PADDING * real, least):
            parts.append([])
            rows, longest, real = 1, lengths[n], lengths[n]
        parts[-1].append(n)
    return list(map(sorted, parts))


def _padded(prompts: Sequence[Sequence[int]], device: torch.device) -> tuple[Tensor, Tensor]:
    longest = max(map(len, prompts))
    ids = torch.tensor([[0] * (longest - len(p)) + list(p) for p in prompts], device=device)
    mask = torch.tensor([[0] * (longest - len(p)) + [1] * len(p) for p in prompts], device=device)
    return ids, mask


def _together(caches: Sequence[Any], place: Tensor, longest: int) -> DynamicCache:
    """One cache of several, padded on the left, its rows in the order of `place`."""
    whole = DynamicCache()
    for number, layers in enumerate(zip(*[cache.layers for cache in caches], strict=True)):
        keys, values = (
            torch.cat([pad(t, (0, 0, longest - t.size(2), 0)) for t in tensors])[place]
            for tensors in ([layer.keys for layer in layers], [layer.values for layer in layers])
        )
        whole.update(keys, values, number)
        for layer in layers:
            layer.keys = layer.values = None  # so that no more than one layer is held twice
    return whole


def _draw(logits: Tensor, temperature: float) -> Tensor:
    """(R, V) logits to (R,) token ids."""
    if temperature == 0:
        return logits.argmax(-1)
    return torch.multinomial((logits.float() / temperature).softmax(-1), 1)[:, 0]
