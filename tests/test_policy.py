"""Which engine, which preset, which adapter: what cannot work is told in one line."""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from conftest import make_model
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

from grpo_legal import config, policy
from grpo_legal.errors import UserError

no_cuda = pytest.mark.skipif(torch.cuda.is_available(), reason="a test of a machine without CUDA")


@pytest.fixture(scope="module")
def adapter(tiny_model, tmp_path_factory):
    """A trained adapter on the tiny model, such as SFT leaves behind."""
    folder = tmp_path_factory.mktemp("adapter")
    model = AutoModelForCausalLM.from_pretrained(tiny_model, dtype=torch.float32)
    wrapped = get_peft_model(model, LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM"))
    torch.manual_seed(0)
    for name, parameter in wrapped.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    wrapped.save_pretrained(folder)
    return folder


def load(model, **more):
    settings = config.resolve({"policy": {"model": str(model), "engine": "transformers", **more}}).policy
    return policy.load(settings, seed=1, gradient_checkpointing=False)


def test_an_adapter_is_continued_as_it_is(tiny_model, adapter):
    loaded = load(tiny_model, adapter=str(adapter))
    trained = {n: p for n, p in loaded.model.named_parameters() if p.requires_grad}
    assert trained and all(p.abs().max() > 0 for n, p in trained.items() if "lora_B" in n)
    assert next(p for n, p in trained.items() if "lora_A" in n).shape[0] == 4  # its own rank, not the settings'


def test_a_fresh_adapter_changes_nothing_yet(tiny_model):
    loaded = load(tiny_model)
    ids = torch.tensor([[5, 6, 7]])
    with torch.no_grad(), loaded.model.disable_adapter():
        base = loaded.model(input_ids=ids).logits
    assert torch.equal(loaded.model(input_ids=ids).logits, base)


def test_adapters_are_switched_on_a_shared_base_and_back(tiny_model, adapter):
    loaded = load(tiny_model)
    fresh = loaded.model.active_adapter
    policy.attach(loaded, {"sft": str(adapter)})
    ids = torch.tensor([[5, 6, 7]])

    def logits(name):
        with torch.no_grad(), policy.switched_to(loaded, name):
            return loaded.model(input_ids=ids).logits

    alone = load(tiny_model, adapter=str(adapter)).model(input_ids=ids).logits
    base = AutoModelForCausalLM.from_pretrained(tiny_model, dtype=torch.float32)(input_ids=ids).logits
    assert torch.equal(logits("sft"), alone) and torch.equal(logits(None), base)
    assert not torch.equal(base, alone) and loaded.model.active_adapter == fresh


def test_an_adapter_is_not_attached_under_a_name_that_is_taken(tiny_model, adapter):
    loaded = load(tiny_model)
    with pytest.raises(UserError, match="adapter name 'default' is taken"):
        policy.attach(loaded, {"default": str(adapter)})
    with pytest.raises(UserError, match="'nowhere' does not exist"):
        policy.attach(loaded, {"sft": "nowhere"})
    assert list(loaded.model.peft_config) == ["default"]


def test_an_adapter_of_another_width_is_refused(adapter, tmp_path):
    make_model(tmp_path / "wide", hidden=64)
    with pytest.raises(UserError, match=r"hidden size 32, but policy\.model .*wide has 64"):
        load(tmp_path / "wide", adapter=str(adapter))


def test_an_adapter_of_another_hub_model_is_refused(adapter, tmp_path, tiny_model):
    copy = tmp_path / "adapter"
    shutil.copytree(adapter, copy)
    said = json.loads((copy / "adapter_config.json").read_text())
    said["base_model_name_or_path"] = "unsloth/Qwen2.5-32B-Instruct-unsloth-bnb-4bit"
    (copy / "adapter_config.json").write_text(json.dumps(said))
    policy.check_adapter(str(copy), str(tiny_model), "Qwen/Qwen2.5-32B-Instruct")  # the same base, quantised
    with pytest.raises(UserError, match=r"was made for unsloth/Qwen2\.5-32B-Instruct-unsloth-bnb-4bit, not for"):
        policy.check_adapter(str(copy), str(tiny_model), "HuggingFaceTB/SmolLM2-135M-Instruct")


@pytest.mark.parametrize(
    "damage, told",
    [
        (lambda f: (f / "adapter_config.json").unlink(), "no adapter_config.json"),
        (lambda f: (f / "adapter_config.json").write_text("{"), "is not JSON"),
        (lambda f: (f / "adapter_model.safetensors").unlink(), "no adapter_model.safetensors"),
        (lambda f: (f / "adapter_model.safetensors").write_bytes(b"\0" * 100), "is damaged"),
    ],
)
def test_a_damaged_adapter_is_told(tiny_model, adapter, tmp_path, damage, told):
    copy = tmp_path / "adapter"
    shutil.copytree(adapter, copy)
    damage(copy)
    with pytest.raises(UserError, match=told):
        load(tiny_model, adapter=str(copy))


def test_an_adapter_made_elsewhere_is_put_on_the_base_that_is_here(tiny_model, adapter, tmp_path):
    staged = policy.adapter_on(str(adapter), str(tiny_model), tmp_path)
    assert json.loads((tmp_path / "adapter" / "adapter_config.json").read_text())["base_model_name_or_path"] == str(
        tiny_model
    )
    assert policy.adapter_on(str(adapter), "Qwen/Qwen2.5-32B-Instruct", tmp_path) == str(adapter)
    assert staged == str(tmp_path / "adapter")


@no_cuda
def test_hardware_without_cuda():
    assert policy.choose_preset() == "cpu"
    assert policy.choose_engine("auto") == "transformers"
    with pytest.raises(UserError, match="preset 'h100' needs a CUDA GPU"):
        policy.check_preset("h100")
    for name in config.CPU_PRESETS:
        policy.check_preset(name)


def test_unsloth_that_is_not_installed_is_told(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"policy\.engine unsloth is not installed: pip install"):
        policy.choose_engine("unsloth")


@pytest.mark.parametrize(
    "memory, capability, name",
    [(15.8, (7, 5), "t4"), (22.2, (8, 9), "l4"), (79.3, (8, 0), "a100"), (79.1, (9, 0), "h100")],
)
def test_preset_by_gpu(monkeypatch, memory, capability, name):
    monkeypatch.setattr(policy.hardware, "cuda_gib", lambda: memory)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device=0: capability)
    assert policy.choose_preset() == name


@pytest.mark.parametrize("model", ["no-such-folder/model", "."])
def test_a_model_that_is_not_there_is_told(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=r"policy\.model"):
        load(model)


def test_a_model_without_chat_template_is_told(tiny_model, tmp_path):
    copy = tmp_path / "plain"
    shutil.copytree(tiny_model, copy)
    (copy / "chat_template.jinja").unlink()
    with pytest.raises(UserError, match="has no chat template"):
        load(copy)


def test_a_template_that_refuses_a_system_message_is_told(tiny_model, tmp_path):
    copy = tmp_path / "refuses"
    shutil.copytree(tiny_model, copy)
    template = copy / "chat_template.jinja"
    refusal = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    template.write_text(refusal + template.read_text())
    with pytest.raises(
        UserError, match=r"refuses a prompt of a system and a user message \(System role not supported\)"
    ):
        load(copy)


def test_four_bits_still_learn_on_a_cpu_after_they_have_sampled(tmp_path):
    pytest.importorskip("bitsandbytes")
    make_model(tmp_path, "qwen2", hidden=64)
    model = load(tmp_path, load_in_4bit=True).model
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter)
    ids = torch.arange(3, 20)[None]
    with torch.no_grad():
        model.eval()(input_ids=ids)
    model.train()(input_ids=ids, labels=ids).loss.backward()
    first = [p for n, p in model.named_parameters() if p.requires_grad and ".layers.0.self_attn.q_proj" in n]
    assert first and all(p.grad is not None and p.grad.abs().max() > 0 for p in first)


ROOT = Path(__file__).parents[1]
HOLES = """
import sys, torch
from grpo_legal import policy
if sys.argv[1] == "ours":
    assert policy.return_large_blocks()
def resident():
    return int(open("/proc/self/status").read().split("VmRSS:")[1].split()[0]) / 1024
for _ in range(2):  # after the first block is freed, glibc keeps blocks of its size
    before, blocks = resident(), [torch.ones(2**20) for _ in range(40)]
    blocks = blocks[::2]
print(resident() - before)
"""


@pytest.mark.skipif(
    not Path("/proc/self/status").is_file() or platform.libc_ver()[0] != "glibc", reason="glibc on Linux"
)
def test_freed_blocks_go_back_to_the_system():
    """Of 160 MiB half are freed, every second block: by default their room stays the process's, with ours it does not."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MALLOC_")}
    held = {
        who: float(subprocess.run([sys.executable, "-c", HOLES, who], cwd=ROOT, env=environment, capture_output=True,
                                  text=True, check=True).stdout.split()[-1])
        for who in ("default", "ours")
    }  # fmt: skip
    assert held["ours"] < 5 and held["default"] > 10
