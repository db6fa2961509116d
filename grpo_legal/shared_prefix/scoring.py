"""Log-probabilities and entropies of completions, each distinct prompt computed once."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from grpo_legal.shared_prefix.attention import ATTENTION
from grpo_legal.shared_prefix.packing import micro_batches, pack

HEAD_CHUNK = 1024  # completion tokens per pass through the output head: 1024 x 152k logits is 0.6 GB in fp32
MASKED_ATTENTION = ("sdpa", "eager", ATTENTION)
LAYERS = {"full_attention", "sliding_attention"}
LOGIT_SCALES = ("final_logit_softcapping", "logits_scaling", "logit_scale")


def completion_logps(
    model: nn.Module,
    prompt_ids: Tensor,
    prompt_mask: Tensor,
    completion_ids: Tensor,
    completion_mask: Tensor,
    *,
    temperature: float = 1.0,
    with_entropy: bool = False,
    entropy_grad: bool = False,
    max_tokens: int | None = None,
) -> tuple[Tensor, Tensor | None]:
    """Log-probability and entropy of every completion token, (B, C) each in fp32; 0 where the mask is 0.

    `model` is a causal language model of transformers, bare or inside a PEFT wrapper; the output head sees
    only the positions that predict a completion token, `HEAD_CHUNK` at a time. Differentiable.
    With `max_tokens` the rows go through in micro-batches of so many packed tokens, and all but the last are computed
    again in the backward pass: memory is that of one of them, and whatever loss is taken is that of the whole batch.
    """
    tensors = (prompt_ids, prompt_mask, completion_ids, completion_mask)
    how = (temperature, with_entropy, entropy_grad)
    parts = micro_batches(prompt_mask, prompt_ids, completion_mask, max_tokens) if max_tokens else []
    if len(parts) < 2:
        logps, entropies = _score(model, *tensors, *how)
        return logps, entropies if with_entropy else None
    scored = []
    for n, rows in enumerate(parts):
        at = torch.tensor(rows, device=prompt_ids.device)
        part = [tensor[at] for tensor in tensors]
        # The last one's activations are the first to be used: it alone keeps them.
        again = torch.is_grad_enabled() and n + 1 < len(parts)
        scored.append(
            checkpoint(_score, model, *part, *how, use_reentrant=False) if again else _score(model, *part, *how)
        )
    order = torch.argsort(torch.tensor([i for rows in parts for i in rows], device=prompt_ids.device))
    logps, entropies = (torch.cat(column)[order] for column in zip(*scored, strict=True))
    return logps, entropies if with_entropy else None


def _score(
    model: nn.Module,
    prompt_ids: Tensor,
    prompt_mask: Tensor,
    completion_ids: Tensor,
    completion_mask: Tensor,
    temperature: float,
    with_entropy: bool,
    entropy_grad: bool,
) -> tuple[Tensor, Tensor]:
    """`completion_logps` of one micro-batch; entropies are 0 where they are not asked for."""
    packed = pack(prompt_ids, prompt_mask, completion_ids, completion_mask)
    causal_lm = _causal_lm(model)
    config = causal_lm.config.get_text_config()
    hidden = causal_lm.get_decoder()(
        input_ids=packed.ids,
        attention_mask=attention_masks(config, packed.visible, packed.positions, packed.positions),
        position_ids=packed.positions,
        use_cache=False,
        **({"packed_groups": packed.groups} if config._attn_implementation == ATTENTION else {}),
    ).last_hidden_state
    hidden = hidden[packed.row, packed.column]  # (S, H)
    head = causal_lm.get_output_embeddings()
    tokens = (packed.predictor, packed.target)
    logps, entropies = _head_in_chunks(head, hidden, *tokens, temperature, with_entropy, entropy_grad)
    shape = completion_ids.shape
    return tuple(column.new_zeros(shape).index_put(packed.source, column) for column in (logps, entropies))


def attend_in_parts(model: nn.Module) -> bool:
    """Have packed groups go through `attention` in `model`, which stays sdpa wherever none is handed over.

    False where the model keeps its own: another attention than sdpa, or one that is not transformers' to exchange.
    """
    causal_lm = _causal_lm(model)
    config = causal_lm.config.get_text_config()
    if config._attn_implementation == "sdpa":
        causal_lm.set_attn_implementation(ATTENTION)
    return config._attn_implementation == ATTENTION


def _causal_lm(model: nn.Module) -> nn.Module:
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def attention_masks(config: Any, visible: Tensor, queries: Tensor, keys: Tensor) -> Tensor | dict[str, Tensor]:
    """The mask for every layer, or, in a model with sliding-window layers, one for each kind of layer.

    `visible` (N, 1, Q, K) says who sees whom, `queries` (N, Q) and `keys` (N, K) are their rotary positions.
    """
    if "sliding_attention" not in (getattr(config, "layer_types", None) or ()):
        return visible
    near = queries[:, None, :, None] - keys[:, None, None, :] < config.sliding_window
    return {"full_attention": visible, "sliding_attention": visible & near}


def unsupported(model: nn.Module) -> str | None:
    """Why this model's prompts cannot be shared, in a phrase, or None where they can.

    Needed are attention that takes any mask and an output head that is all there is between states and logits.
    """
    config = _causal_lm(model).config.get_text_config()
    if config._attn_implementation not in MASKED_ATTENTION:
        return f"attention {config._attn_implementation!r} takes no mask (these do: {', '.join(MASKED_ATTENTION)})"
    kinds = sorted(set(getattr(config, "layer_types", None) or ()) - LAYERS)
    if kinds:
        return f"layers of kind {', '.join(kinds)} keep a state of their own"
    if not getattr(config, "layer_types", None) and getattr(config, "sliding_window", None):
        return "its sliding window is the same in all layers and not told by layer"
    scaled = [name for name in LOGIT_SCALES if getattr(config, name, None) not in (None, 1.0)]
    return f"its logits are scaled by {', '.join(scaled)}" if scaled else None


def _head_in_chunks(
    head: nn.Module,
    hidden: Tensor,
    predictor: Tensor,
    target: Tensor,
    temperature: float,
    with_entropy: bool,
    entropy_grad: bool,
) -> tuple[Tensor, Tensor]:
    """(T,) log-probabilities and entropies of the tokens `target`, each predicted by a row of `hidden` (S, H).

    Beyond one chunk of positions, logits are recomputed in the backward pass.
    """

    def one(states: Tensor, by: Tensor, ids: Tensor) -> tuple[Tensor, Tensor]:
        logp = (head(states).float() / temperature).log_softmax(-1)
        entropy = logp.new_zeros(len(states))
        if with_entropy:
            with torch.set_grad_enabled(entropy_grad and torch.is_grad_enabled()):
                entropy = -(logp.exp() * logp).sum(-1)
        return logp[by, ids], entropy[by]

    if len(hidden) <= HEAD_CHUNK:
        return one(hidden, predictor, target)
    recompute = torch.is_grad_enabled()
    parts = []
    for start in range(0, len(hidden), HEAD_CHUNK):
        first, last = torch.searchsorted(predictor, torch.tensor([start, start + HEAD_CHUNK], device=predictor.device))
        part = (hidden[start : start + HEAD_CHUNK], predictor[first:last] - start, target[first:last])
        parts.append(checkpoint(one, *part, use_reentrant=False) if recompute else one(*part))
    logps, entropies = zip(*parts, strict=True)
    return torch.cat(logps), torch.cat(entropies)
