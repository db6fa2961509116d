"""Sampling through vLLM as a setting: what it is called with, what cannot work, and how it meets the shared prompt.

vLLM needs a GPU. Here TRL's door to it, VLLMGeneration, is replaced by one that samples with our own code and answers
in vLLM's form; trainer, correction and loss are the real ones.
"""

from __future__ import annotations

import dataclasses
import importlib.util
from importlib.machinery import ModuleSpec

import pytest
import torch
import trl
from test_trainer import build, settings_for

from grpo_legal import arguments, cli, config, policy, shared_prefix, trainer
from grpo_legal.errors import UserError
from grpo_legal.policy import hardware


def resolved(engine="transformers", in_4_bits=False, revision=None, **grpo):
    more = {"engine": engine, "load_in_4bit": in_4_bits, "revision": revision}
    return config.resolve(config.preset("cpu"), {"policy": more, "grpo": grpo})


@pytest.mark.parametrize(
    ("vllm", "given", "told"),
    [
        ("colocate", {"in_4_bits": True}, r"vllm colocate does not work with a policy.load-in-4bit base.*issue 4973"),
        ("server", {"in_4_bits": True}, r"vllm server does not work with a policy.load-in-4bit base.*issue 4973"),
        ("colocate", {"engine": "unsloth"}, r"with policy.engine unsloth it is grpo.vllm unsloth or off"),
        ("server", {"engine": "unsloth", "in_4_bits": True}, r"with policy.engine unsloth it is grpo.vllm unsloth"),
        ("unsloth", {}, r"with policy.engine transformers it is colocate, server or off"),
        ("unsloth", {"engine": "auto", "revision": "abc"}, r"would ignore policy.revision 'abc'"),
        ("on", {}, r"grpo.vllm: input should be 'off', 'colocate', 'server' or 'unsloth', not 'on'"),
        ("server", {"vllm_server_port": 70000}, r"grpo.vllm-server-port.*70000"),
        ("colocate", {"vllm_gpu_memory_utilization": 1.5}, r"grpo.vllm-gpu-memory-utilization.*1.5"),
    ],
)
def test_what_cannot_work_is_told_in_the_settings(vllm, given, told):
    with pytest.raises(UserError, match=told):
        resolved(vllm=vllm, **given)


@pytest.mark.parametrize(
    "given",
    [
        {"vllm": "off", "in_4_bits": True},
        {"vllm": "unsloth", "engine": "unsloth", "in_4_bits": True},
        {"vllm": "colocate"},
        {"vllm": "server", "micro_batch_tokens": 4096},
        {"vllm": "colocate", "shared_prefix": "off"},
        {"vllm": "colocate", "engine": "auto", "in_4_bits": True},  # told once the engine is chosen
        {"vllm": False},  # a bare `off` in YAML 1.1
    ],
    ids=str,
)
def test_what_works_is_accepted(given):
    assert resolved(**given).grpo.vllm == (given["vllm"] or "off")


def test_the_command_line_takes_it():
    line = cli.parse("train", "t", ["--grpo.vllm", "server", "--grpo.vllm-server-port", "8011"])
    settings = config.resolve(config.preset("cpu"), line.overrides, faults=line.faults)
    assert (settings.grpo.vllm, settings.grpo.vllm_server_port) == ("server", 8011)


@pytest.mark.parametrize(
    ("gib", "installed", "given", "told"),
    [
        (0, True, {"vllm": "colocate"}, "grpo.vllm colocate needs a CUDA GPU"),
        (24, False, {"vllm": "server"}, "grpo.vllm server needs vLLM, which is not installed: pip install vllm"),
        (24, True, {"vllm": "colocate", "engine": "auto", "in_4_bits": True}, "grpo.vllm colocate is TRL's own"),
        (24, True, {"vllm": "colocate"}, None),
        (24, True, {"vllm": "unsloth", "engine": "auto"}, None),
        (0, False, {"vllm": "off"}, None),
    ],
)
def test_what_the_machine_lacks_is_one_line(monkeypatch, gib, installed, given, told):
    real = importlib.util.find_spec
    found = {"vllm": ModuleSpec("vllm", None) if installed else None, "unsloth": ModuleSpec("unsloth", None)}
    monkeypatch.setattr(importlib.util, "find_spec", lambda n, *a: found[n] if n in found else real(n, *a))
    monkeypatch.setattr(hardware, "cuda_gib", lambda: gib)
    if told is None:
        policy.check_vllm(resolved(**given))
        return
    with pytest.raises(UserError) as error:
        policy.check_vllm(resolved(**given))
    assert told in str(error.value) and "\n" not in str(error.value)


def test_a_run_without_a_gpu_stops_before_the_model_is_loaded(tmp_path, capsys):
    if torch.cuda.is_available():
        pytest.skip("a test of a machine without CUDA")
    from grpo_legal import train

    with pytest.raises(SystemExit) as left:
        cli.run(train.main, ["--preset", "cpu", "--policy.model", str(tmp_path), "--grpo.vllm", "colocate",
                             "--run.output-dir", str(tmp_path / "out")])  # fmt: skip
    error = capsys.readouterr().err
    assert left.value.code == 2 and error.startswith("error: grpo.vllm colocate needs a CUDA GPU")
    assert len(error.splitlines()) == 1 and not any((tmp_path / "out").glob("*"))


@pytest.mark.parametrize(("vllm", "mode"), [("colocate", "colocate"), ("server", "server"), ("unsloth", "colocate")])
def test_every_argument_exists_in_trl(vllm, mode):
    settings = resolved("unsloth" if vllm == "unsloth" else "transformers", vllm=vllm, vllm_server_port=9000)
    made = arguments.make(settings, output_dir="x", cuda=True, bf16=True, reward_weights=[1.0])
    assert set(made) <= {f.name for f in dataclasses.fields(trl.GRPOConfig)}
    assert made["use_vllm"] is True and made["vllm_mode"] == mode and made["vllm_server_port"] == 9000
    assert made["vllm_max_model_length"] == settings.policy.max_seq_length
    assert made["vllm_importance_sampling_correction"] is True


def test_off_passes_nothing_of_vllm():
    made = arguments.make(resolved(), output_dir="x", cuda=True, bf16=True, reward_weights=[1.0])
    assert made["use_vllm"] is False and not [name for name in made if name.startswith("vllm_")]


def test_unsloth_is_called_with_fast_inference_and_the_adapters_own_rank(tmp_path):
    fresh = config.Policy(engine="unsloth", lora_rank=32)
    assert policy.unsloth_load_arguments(fresh, "x", torch)["fast_inference"] is False
    made = policy.unsloth_load_arguments(fresh, "x", torch, 0.4)
    assert (made["fast_inference"], made["gpu_memory_utilization"], made["max_lora_rank"]) == (True, 0.4, 32)
    (tmp_path / "adapter_config.json").write_text('{"r": 8, "rank_pattern": {"q_proj": 64}}')
    continued = config.Policy(engine="unsloth", lora_rank=32, adapter=str(tmp_path))
    assert policy.unsloth_load_arguments(continued, "x", torch, 0.4)["max_lora_rank"] == 64


class OwnSampling:
    """What VLLMGeneration does to the trainer, by our own sampling: ids, and log-probabilities one list a token."""

    def __init__(self, *, model, mode, max_model_length, max_completion_length, temperature, **more) -> None:
        self.model, self.mode, self.length, self.temperature = model, mode, max_completion_length, temperature
        self.synced, self.read_from, self.max_model_length = 0, model.name_or_path, max_model_length

    def sync_weights(self) -> None:
        self.synced += 1

    def generate(self, *, prompts, images, num_generations, profiler):
        drawn = shared_prefix.sample(self.model, prompts, max_new_tokens=self.length, eos_token_ids=[2])
        padded = [torch.tensor(ids) for ids in drawn]
        mask = torch.nn.utils.rnn.pad_sequence([torch.ones_like(ids) for ids in padded], batch_first=True)
        ids = torch.nn.utils.rnn.pad_sequence(padded, batch_first=True)
        longest = max(map(len, prompts))
        left = torch.tensor([[0] * (longest - len(p)) + list(p) for p in prompts])
        left_mask = torch.tensor([[0] * (longest - len(p)) + [1] * len(p) for p in prompts])
        with torch.no_grad():
            logps, _ = shared_prefix.completion_logps(self.model, left, left_mask, ids, mask)
        return None, drawn, [[[lp] for lp in row[: len(d)].tolist()] for row, d in zip(logps, drawn, strict=True)], None


@pytest.mark.parametrize("tokens", [None, 90], ids=["by rows", "by tokens"])
def test_vllm_samples_and_scoring_stays_shared(tiny_model, tmp_path, monkeypatch, tokens):
    monkeypatch.setattr(trl.trainer.grpo_trainer, "VLLMGeneration", OwnSampling)
    settings = settings_for(tiny_model, vllm="colocate", micro_batch_tokens=tokens, max_steps=3)
    built = build(tiny_model, settings, tmp_path)
    assert isinstance(built, trainer.SharedPrefixTrainer)
    vllm = built.vllm_generation
    assert vllm.mode == "colocate" and vllm.read_from == str(tiny_model) and vllm.max_model_length == 512
    seen = []
    scored = trainer.SharedPrefixTrainer._get_per_token_logps_and_entropies
    monkeypatch.setattr(
        trainer.SharedPrefixTrainer, "_get_per_token_logps_and_entropies",
        lambda self, *a, **k: seen.append(torch.is_grad_enabled()) or scored(self, *a, **k),
    )  # fmt: skip
    trainer.run(built, None)
    assert vllm.synced == 3  # the adapter goes over once a step
    assert seen == [False, True] * 3  # what vLLM sampled is scored again, then trained on, both by us
    for log in (log for log in built.state.log_history if "loss" in log):
        # The sampler's own log-probabilities, row by row, are what our scoring finds: nothing to correct.
        assert log["sampling/sampling_logp_difference/max"] < 1e-4
        assert log["sampling/importance_sampling_ratio/mean"] == pytest.approx(1, abs=1e-4)


def test_a_watcher_is_told(tiny_model):
    made = policy.Policy(policy.load(settings_for(tiny_model).policy, seed=1, gradient_checkpointing=False).model,
                         None, "transformers", "x", "x")  # fmt: skip
    assert trainer.path(made, settings_for(tiny_model, vllm="server")) == (
        True, "each prompt once per group; sampled through vLLM (server)",
    )  # fmt: skip
