"""Attention of a packed group in two parts: the same outputs and gradients as under one mask, in a layer and in a model."""

from __future__ import annotations

import pytest
import torch
from conftest import KINDS, lora_model, make_model
from hypothesis import given
from hypothesis import strategies as st
from test_shared_prefix import batch, one_by_one
from torch import nn
from transformers import AutoModelForCausalLM
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from grpo_legal import shared_prefix
from grpo_legal.shared_prefix import attention as module
from grpo_legal.shared_prefix import packing

WAYS = {"under a mask": float("inf"), "over copies": 0.0, "as counted": module.FEWER_PAIRS}
GROUPS = st.lists(
    st.tuples(st.integers(1, 12), st.lists(st.integers(0, 9), min_size=0, max_size=4)), min_size=1, max_size=3
)


@pytest.fixture(autouse=True)
def short_rows_in_parts_too(monkeypatch):
    monkeypatch.setattr(module, "LEAST_LENGTH", 0)


class Layer(nn.Module):
    """What transformers' attention asks of the layer that calls it."""

    is_causal, num_key_value_groups = True, 2


def packed(groups, seed):
    """Random queries, keys and values of packed groups, their mask, and which positions are not padding."""
    segments = [[0] * prompt + [g for g, c in enumerate(each, 1) for _ in range(c)] for prompt, each in groups]
    padded = nn.utils.rnn.pad_sequence([torch.tensor(s) for s in segments], batch_first=True, padding_value=-1)
    generator = torch.Generator().manual_seed(seed)
    rows, length = padded.shape
    states = [torch.randn(rows, heads, length, 8, generator=generator, requires_grad=True) for heads in (4, 2, 2)]
    return states, packing._visible(padded), padded >= 0


@given(groups=GROUPS, seed=st.integers(0, 99), fewer=st.sampled_from(list(WAYS.values())))
def test_outputs_and_gradients_are_those_of_one_mask(groups, seed, fewer):
    states, visible, real = packed(groups, seed)
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "FEWER_PAIRS", fewer)
        for more in ({}, {"packed_groups": groups}):
            attend = module.attention if more else sdpa_attention_forward
            out, _ = attend(Layer(), *states, visible, dropout=0.0, scaling=0.3, sliding_window=None, **more)
            assert out.shape == (len(groups), visible.size(-1), 4, 8)
            weights = torch.linspace(-1, 1, out[real].numel()).view_as(out[real])
            found.append((out[real], *torch.autograd.grad((out[real] * weights).sum(), states)))
    for ours, theirs in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs, atol=2e-6, rtol=1e-5)


def test_short_rows_and_prompts_alone_are_one_call(monkeypatch):
    """Nothing is gained there: the mask for all rows of under 256 tokens, and no mask where no completion is laid out."""
    calls = []
    real = module.sdpa_attention_forward
    monkeypatch.setattr(
        module, "sdpa_attention_forward",
        lambda layer, q, k, v, mask, **how: calls.append(mask is not None) or real(layer, q, k, v, mask, **how),
    )  # fmt: skip
    monkeypatch.setattr(module, "LEAST_LENGTH", 256)
    for groups, expected in (
        ([(30, [5] * 4), (9, [1])], [True]), ([(300, [0]), (20, [])], [False]), ([(200, [28] * 2)], []),
    ):  # fmt: skip
        states, visible, real_positions = packed(groups, 0)
        out, _ = module.attention(Layer(), *states, visible, packed_groups=groups)
        assert calls == expected
        one_mask, _ = real(Layer(), *states, visible)
        torch.testing.assert_close(out[real_positions], one_mask[real_positions], atol=2e-6, rtol=1e-5)
        calls.clear()


def test_copies_are_made_where_the_other_completions_are_longer_than_the_prompt():
    """P + T > 2 (P + C/2) for completions of one length, which is T - C > P."""
    assert not module.by_rows(2048, [31] * 16) and not module.by_rows(217, [31] * 8)
    assert module.by_rows(216, [31] * 8) and module.by_rows(512, [255] * 8)
    assert not module.by_rows(1, [9])  # nobody else's tokens to be hidden from
    assert not module.by_rows(100, [200] + [1] * 7)  # seven rows would be padding


def test_pairs_that_are_hidden_are_not_gone_through(monkeypatch):
    """Of (P + T)^2 pairs what is left: P^2, and T (P + T) under the mask or G C (P + C) over copies."""
    pairs = []
    real = module.scaled_dot_product_attention
    monkeypatch.setattr(
        module, "scaled_dot_product_attention",
        lambda q, k, *rest, **how: pairs.append(q.size(0) * q.size(2) * k.size(2)) or real(q, k, *rest, **how),
    )  # fmt: skip
    for fewer, over in ((float("inf"), 20 * 50), (0.0, 4 * 5 * 35)):
        monkeypatch.setattr(module, "FEWER_PAIRS", fewer)
        groups = [(30, [5] * 4)]
        states, visible, _ = packed(groups, 0)
        module.attention(Layer(), *states, visible, packed_groups=groups)
        assert pairs == [30 * 30, over]
        pairs.clear()


@pytest.mark.parametrize("fewer", list(WAYS.values()), ids=list(WAYS))
@pytest.mark.parametrize("checkpointing", [False, True], ids=["kept", "computed again"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_model_gives_what_the_repeated_prompt_gives(kind, checkpointing, fewer, monkeypatch, tmp_path):
    """Log-probabilities within 1e-4, gradients within 1e-5 of their norm; Gemma 3 has a window of 6, and mixes both."""
    model = lora_model(tmp_path, kind)
    assert shared_prefix.attend_in_parts(model)
    monkeypatch.setattr(module, "FEWER_PAIRS", fewer)
    gone_through = []
    group = module._group
    monkeypatch.setattr(module, "_group", lambda *states: gone_through.append(1) or group(*states))
    tensors = batch("left", "right")
    expected, _, rows = one_by_one(model, *tensors)
    sum(logp for logp, _ in rows).backward()
    theirs = {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}
    assert not gone_through  # an ordinary forward is plain sdpa
    model.zero_grad()
    if checkpointing:
        model.enable_input_require_grads()
        model.gradient_checkpointing_enable({"use_reentrant": False})
    model.train()
    logps, _ = shared_prefix.completion_logps(model, *tensors, temperature=0.7)
    torch.testing.assert_close(logps, expected, atol=1e-4, rtol=0)
    logps.sum().backward()
    for name, gradient in theirs.items():
        assert (model.get_parameter(name).grad - gradient).norm() <= 1e-5 * gradient.norm(), name
    layers = 1 if kind == "gemma3" else 2
    assert len(gone_through) == layers * 3 * (2 if checkpointing else 1)  # three groups


def test_sixteen_bits_under_autocast(tmp_path):
    """Queries in 32 bits and values in 16 meet in one kernel; errors are those of rounding, as with one mask."""
    model = lora_model(tmp_path, "qwen2").train()
    tensors = batch("left", "right")
    exact, _ = shared_prefix.completion_logps(model, *tensors)
    errors = []
    with torch.autocast("cpu", torch.bfloat16), pytest.MonkeyPatch.context() as patch:
        for fewer in (None, *WAYS.values()):
            if fewer is not None:
                shared_prefix.attend_in_parts(model)
                patch.setattr(module, "FEWER_PAIRS", fewer)
            logps, _ = shared_prefix.completion_logps(model, *tensors)
            errors.append(float((logps - exact).detach().abs().mean()))
    assert errors[0] > 0
    assert max(errors) < 1.5 * errors[0]


def test_a_model_keeps_an_attention_of_its_own(tmp_path):
    make_model(tmp_path, "llama")
    eager = AutoModelForCausalLM.from_pretrained(tmp_path, dtype=torch.float32, attn_implementation="eager")
    assert not shared_prefix.attend_in_parts(eager)
    assert eager.config._attn_implementation == "eager" and shared_prefix.unsupported(eager) is None
    shared_prefix.completion_logps(eager, *batch("left", "right"))


def test_what_is_saved_of_a_model_does_not_name_it(tmp_path):
    """A merged model is read by programs that do not know this attention."""
    make_model(tmp_path / "in", "llama")
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "in", dtype=torch.float32, attn_implementation="sdpa")
    assert shared_prefix.attend_in_parts(model) and shared_prefix.unsupported(model) is None
    model.save_pretrained(tmp_path / "out")
    assert module.ATTENTION not in (tmp_path / "out/config.json").read_text()
    assert AutoModelForCausalLM.from_pretrained(tmp_path / "out").config._attn_implementation == "sdpa"
