"""The pass at the worst case: it changes no number of the run, and says in one line what does not fit."""

from __future__ import annotations

import pytest
import torch
from test_train import steady
from tiny_runs import lines, run

from grpo_legal import config, preflight
from grpo_legal.errors import UserError


@pytest.mark.parametrize(
    "more", [[], ["--grpo.shared-prefix", "off", "--grpo.micro-batch-size", "4"]], ids=["ours", "plain"]
)
def test_a_run_with_preflight_is_the_run_without(tiny_model, tmp_path, capsys, more):
    for mode in ("off", "on"):
        assert run(tiny_model, tmp_path, mode, "--grpo.preflight", mode, "--grpo.max-steps", "2", *more) == 0
        said = capsys.readouterr().out
        assert ("preflight: " in said and " GiB" in said) == (mode == "on")
    assert steady(tmp_path / "on" / "metrics.jsonl") == steady(tmp_path / "off" / "metrics.jsonl")
    assert lines(tmp_path / "on" / "completions.jsonl") == lines(tmp_path / "off" / "completions.jsonl")
    weights = "adapter/adapter_model.safetensors"
    assert (tmp_path / "on" / weights).read_bytes() == (tmp_path / "off" / weights).read_bytes()


@pytest.mark.parametrize(
    "error", [torch.OutOfMemoryError("CUDA out of memory"), RuntimeError("[enforce] can't allocate memory: you tried")]
)
def test_out_of_memory_is_one_line_that_says_what_to_lower(tiny_model, tmp_path, capsys, monkeypatch, error):
    def full(trainer, inputs):
        assert inputs["completion_ids"].shape == (8, 8) and inputs["completion_mask"].all()
        raise error

    monkeypatch.setattr(preflight, "_pass", full)
    assert run(tiny_model, tmp_path, "full", "--grpo.preflight", "on") == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "do not fit in memory: lower grpo.micro-batch-tokens" in said
    assert not (tmp_path / "full" / "metrics.jsonl").exists()


def test_another_fault_is_not_taken_for_memory(tiny_model, tmp_path, monkeypatch):
    def broken(trainer, inputs):
        raise RuntimeError("shapes do not agree")

    monkeypatch.setattr(preflight, "_pass", broken)
    with pytest.raises(RuntimeError, match="shapes do not agree"):
        from tiny_runs import SMALL

        from grpo_legal import train

        train.main(
            [*SMALL, "--policy.model", str(tiny_model), "--run.output-dir", str(tmp_path), "--grpo.preflight", "on"]
        )


@pytest.mark.parametrize(("mode", "cuda", "wanted"), [
    ("auto", False, False), ("auto", True, True), ("on", False, True), ("off", True, False),
])  # fmt: skip
def test_auto_is_on_cuda_only(monkeypatch, mode, cuda, wanted):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    settings = config.resolve(config.preset("cpu"), {"grpo": {"preflight": mode}})
    assert preflight.wanted(settings) == wanted


def test_yaml_reads_a_bare_on_and_off():
    assert config.resolve({"grpo": {"preflight": True}}).grpo.preflight == "on"
    with pytest.raises(UserError, match="preflight"):
        config.resolve({"grpo": {"preflight": "maybe"}})


def test_the_longest_prompt_is_counted_in_tokens():
    prompts = [[{"content": "x" * 10}], [{"content": "y y y y y"}], [{"content": "z"}]]
    assert preflight.longest(prompts, lambda messages: messages[0]["content"].split()) == 5
