"""policy.dtype: which floats a policy computes in, on a CPU too."""

from __future__ import annotations

import hashlib

import pytest
import torch
from tiny_runs import lines, run

from grpo_legal import arguments, config, policy, shared_prefix
from grpo_legal.policy.engines import compute_dtype

TIMES = ("seconds", "step_seconds", "eta_seconds", "tokens_per_second")


def load(model, **settings) -> policy.Policy:
    made = config.Policy(engine="transformers", model=str(model), **settings)
    return policy.load(made, seed=1, gradient_checkpointing=False)


@pytest.mark.parametrize(
    ("dtype", "weights"), [("auto", torch.float32), ("float32", torch.float32), ("bfloat16", torch.bfloat16)]
)
def test_the_base_is_held_in_it_and_the_adapter_in_fp32(tiny_model, dtype, weights):
    model = load(tiny_model, dtype=dtype).model
    kinds = {("lora_" in name, p.dtype) for name, p in model.named_parameters()}
    assert kinds == {(False, weights), (True, torch.float32)}


@pytest.mark.parametrize(
    ("dtype", "cuda", "bf16", "switched_on"),
    [
        ("auto", False, False, None), ("auto", True, True, "bf16"), ("auto", True, False, "fp16"),
        ("float32", True, True, None), ("bfloat16", False, False, "bf16"), ("bfloat16", True, True, "bf16"),
    ],
)  # fmt: skip
def test_mixed_precision_goes_with_it(dtype, cuda, bf16, switched_on):
    made = arguments.precision(config.Policy(dtype=dtype), cuda, bf16)
    assert {name for name, on in made.items() if on} == ({switched_on} if switched_on else set())


def test_auto_is_bf16_on_a_gpu_that_has_it(monkeypatch):
    monkeypatch.setattr("grpo_legal.policy.engines.cuda_gib", lambda: 80.0)
    for has, kind in ((True, torch.bfloat16), (False, torch.float32)):
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda has=has: has)
        assert compute_dtype(config.Policy()) is kind
    assert compute_dtype(config.Policy(dtype="float32")) is torch.float32


def test_log_probabilities_in_bf16_are_those_of_fp32_to_its_rounding(tiny_model):
    torch.manual_seed(3)
    prompts, completions = torch.randint(3, 200, (4, 12)), torch.randint(3, 200, (4, 5))
    found = []
    for dtype in ("float32", "bfloat16"):
        model = load(tiny_model, dtype=dtype).model
        with torch.no_grad():
            columns = (prompts, torch.ones_like(prompts), completions, torch.ones_like(completions))
            found.append(shared_prefix.completion_logps(model, *columns)[0])
    assert 0 < (found[0] - found[1]).abs().max() < 0.1


def test_a_run_in_bf16_learns_and_repeats_itself(tiny_model, tmp_path):
    made = []
    for name in ("one", "two"):
        assert run(tiny_model, tmp_path, name, "--grpo.max-steps", "3", "--policy.dtype", "bfloat16") == 0
        steps = [{k: v for k, v in r.items() if k not in TIMES} for r in lines(tmp_path / name / "metrics.jsonl")]
        weights = (tmp_path / name / "adapter" / "adapter_model.safetensors").read_bytes()
        made.append((steps, hashlib.sha256(weights).hexdigest()))
    assert made[0] == made[1] and all(step["grad_norm"] > 0 for step in made[0][0])
