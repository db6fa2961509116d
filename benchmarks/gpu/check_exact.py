"""Job `check/shared prefix`: log-probabilities and gradients of the shared prompt against repeated prompts in fp32, with
attention under one mask, and in two parts with the completions under a mask and over copies of the prompt's keys; greedy
tokens of replayed decoding steps against those of steps as they come.

    python -m benchmarks.gpu.check_exact REPORT MODEL_FOLDER

In fp32 both ways compute the same sums in another order: log-probabilities must agree within 1e-4, gradients within
1e-3 of their norm (attention kernels on a GPU add up in another order than on a CPU, where tests hold 1e-5). In bf16
rounding is the same size both ways but falls elsewhere: what is bounded is the error against fp32, on average and
beside that of the repeated prompts in bf16, times 1.5.
"""

from __future__ import annotations

import sys
from typing import Any

import torch
from torch import Tensor

from benchmarks.gpu import machine
from benchmarks.gpu.parts import report
from grpo_legal import config, policy, shared_prefix
from grpo_legal.shared_prefix import attention, recorded

GROUPS, SIZE = 3, 4  # prompts, completions each
LOGP_FP32, GRADIENT_FP32, BF16_TIMES = 1e-4, 1e-3, 1.5
BF16_FLOOR = 1e-3  # errors below this are not told apart
NEW_TOKENS = 100  # of each completion: two stretches of replayed steps
WAYS = {"one mask": None, "two parts, a mask": float("inf"), "two parts, copies": 0.0}  # FEWER_PAIRS; None: sdpa
Batch = tuple[Tensor, Tensor, Tensor, Tensor]


def main(path: str, folder: str) -> None:
    """The job."""
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    settings = config.Policy(engine="transformers", model=folder, lora_rank=8)
    loaded = policy.load(settings, seed=1, gradient_checkpointing=False)
    model = loaded.model.float().eval()
    generator = torch.Generator().manual_seed(3)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:  # zero in a fresh adapter, which would leave lora_A without gradient
            parameter.data.copy_(0.02 * torch.randn(parameter.shape, generator=generator))
    batch = _batch(model, generator)
    exact = _repeated_prompts(model, batch)
    for way in WAYS:
        ours = _shared_prompts(model, batch, way)
        for what, tolerance in (("logps", LOGP_FP32), ("gradients", GRADIENT_FP32)):
            report(path, _line(f"{what} in fp32, {way}", _error(what, ours, exact), tolerance))
    report(path, _greedy(model, batch))
    model.to(torch.bfloat16)
    plain = _repeated_prompts(model, batch)
    for way in WAYS:
        ours = _shared_prompts(model, batch, way)
        for what in ("logps", "gradients"):
            allowed = BF16_TIMES * _error(what, plain, exact, mean=True) + BF16_FLOOR
            report(path, _line(f"{what} in bf16, {way}", _error(what, ours, exact, mean=True), allowed))


def _greedy(model: torch.nn.Module, batch: Batch) -> dict[str, Any]:
    """Greedy completions with CUDA graphs and without."""
    prompts = [ids[mask.bool()].tolist() for ids, mask in zip(*batch[:2], strict=True)]
    made, replayed = [], False
    for on in (True, False):
        with machine.graphs(on):
            made.append(
                shared_prefix.sample(model, prompts, max_new_tokens=NEW_TOKENS, eos_token_ids=[], temperature=0.0)
            )
            replayed = replayed or recorded.usable(model, NEW_TOKENS)
    flat = ([token for tokens in completions for token in tokens] for completions in made)
    different = sum(a != b for a, b in zip(*flat, strict=True))
    return {"check": "greedy tokens of replayed steps", "tokens": len(prompts) * NEW_TOKENS, "different": different,
            "replayed": replayed, "ok": different == 0 and (replayed or not torch.cuda.is_available())}  # fmt: skip


def _line(what: str, error: float, tolerance: float) -> dict[str, Any]:
    return {"check": what, "error": error, "tolerance": tolerance, "ok": error <= tolerance}


def _batch(model: torch.nn.Module, generator: torch.Generator) -> Batch:
    """Uneven prompts, left-padded, and uneven completions, right-padded, on the model's device."""
    size, device = model.get_input_embeddings().num_embeddings, next(model.parameters()).device
    prompts = [torch.randint(3, size, (40 + 60 * n,), generator=generator) for n in range(GROUPS) for _ in (0,)]
    rows = [prompt for prompt in prompts for _ in range(SIZE)]
    completions = [torch.randint(3, size, (1 + 7 * (n % 5),), generator=generator) for n in range(len(rows))]
    longest = max(map(len, rows))
    left = lambda values: torch.stack([torch.cat([r.new_zeros(longest - len(r)), r]) for r in values])  # noqa: E731
    right = lambda values: torch.nn.utils.rnn.pad_sequence(values, batch_first=True)  # noqa: E731
    made = (left(rows), left([torch.ones_like(r) for r in rows]),
            right(completions), right([torch.ones_like(c) for c in completions]))  # fmt: skip
    return tuple(tensor.to(device) for tensor in made)


def _repeated_prompts(model: torch.nn.Module, batch: Batch) -> dict[str, Tensor]:
    return _measure(model, batch, _repeated)


def _shared_prompts(model: torch.nn.Module, batch: Batch, way: str) -> dict[str, Tensor]:
    """By one of WAYS; the model is left with its attention in two parts, as a trainer has it."""
    model.get_base_model().set_attn_implementation("sdpa")
    if WAYS[way] is None:
        return _measure(model, batch, shared_prefix.completion_logps)
    shared_prefix.attend_in_parts(model)
    usual = attention.FEWER_PAIRS, attention.LEAST_LENGTH
    attention.FEWER_PAIRS, attention.LEAST_LENGTH = WAYS[way], 0  # rows of this batch are short
    try:
        return _measure(model, batch, shared_prefix.completion_logps)
    finally:
        attention.FEWER_PAIRS, attention.LEAST_LENGTH = usual


def _measure(model: torch.nn.Module, batch: Batch, forward: Any) -> dict[str, Tensor]:
    """Log-probabilities (B, C), and the gradient of a weighted sum of them as one vector, in fp32."""
    model.zero_grad()
    logps, *_ = forward(model, *batch)
    mask = batch[3].bool()
    weights = torch.randn(logps.shape, generator=torch.Generator().manual_seed(4)).to(logps.device)
    (logps * weights * mask).sum().backward()
    gradients = [p.grad.float().flatten() for p in model.parameters() if p.requires_grad]
    return {"logps": logps.detach().float()[mask], "gradients": torch.cat(gradients)}


def _repeated(model: torch.nn.Module, prompt: Tensor, prompt_mask: Tensor, ids: Tensor, mask: Tensor) -> tuple[Tensor]:
    """The forward of plain TRL: the prompt once for each completion, logits of all of it."""
    whole = torch.cat([prompt_mask, mask], 1)
    positions = (whole.cumsum(-1) - 1).clamp(min=0)
    out = model(
        input_ids=torch.cat([prompt, ids], 1), attention_mask=whole, position_ids=positions, use_cache=False
    )  # fmt: skip
    logits = out.logits[:, prompt.size(1) - 1 : -1].float()
    return (logits.log_softmax(-1).gather(-1, ids[..., None])[..., 0],)


def _error(what: str, got: dict[str, Tensor], exact: dict[str, Tensor], mean: bool = False) -> float:
    """Largest (or mean) difference of log-probabilities in nats; of gradients, the norm of it over the norm."""
    difference = got[what] - exact[what]
    if what == "gradients":
        return float(difference.norm() / exact[what].norm())
    return float(difference.abs().mean() if mean else difference.abs().max())


if __name__ == "__main__":
    main(*sys.argv[1:])
