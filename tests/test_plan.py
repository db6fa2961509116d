"""The plan: shapes against real models, memory against counted tensors, seconds against a run; what a person is told."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import make_model
from hypothesis import given
from hypothesis import strategies as st

from grpo_legal import cli, config, plan
from grpo_legal.errors import UserError
from grpo_legal.planning import machines, memory, shapes, speed, workload
from grpo_legal.planning.speed import Scale
from grpo_legal.planning.workload import Workload

ROOT = Path(__file__).parents[1]
CPU = Workload(prompt=37, completion=9, group=4, batch=4, micro=4, bits=32, checkpointing=False, rank=5)


def settings(preset: str, **grpo) -> config.Settings:
    made = config.resolve(config.preset(preset), {"grpo": grpo})
    return made.model_copy(update={"preset": preset})


# ---- shapes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "billions"), [  # as the model cards say, and SmolLM2's safetensors
    ("smollm2-135m", 0.1345), ("Qwen/Qwen2.5-3B-Instruct", 3.09), ("Qwen/Qwen2.5-7B-Instruct", 7.61),
    ("Qwen/Qwen2.5-14B-Instruct", 14.7), ("Qwen/Qwen2.5-32B-Instruct", 32.5), ("unsloth/Qwen2.5-7B-Instruct-bnb-4bit", 7.61),
])  # fmt: skip
def test_weights_are_those_of_the_model_card(name, billions):
    assert shapes.known(name).weights() / 1e9 == pytest.approx(billions, rel=0.01)


@pytest.mark.parametrize("kind", ["llama", "qwen2"])
def test_a_folders_shape_counts_what_the_model_has(kind, tmp_path):
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    make_model(tmp_path, kind)
    shape = shapes.known(str(tmp_path))
    model = AutoModelForCausalLM.from_pretrained(tmp_path)
    assert shape.weights() == sum(p.numel() for p in model.parameters())
    adapted = get_peft_model(model, LoraConfig(r=3, target_modules="all-linear", task_type="CAUSAL_LM"))
    assert shape.lora_weights(3) == sum(p.numel() for p in adapted.parameters() if p.requires_grad)


def test_a_config_without_sizes_is_told(tmp_path):
    (tmp_path / "config.json").write_text('{"hidden_size": 8, "num_attention_heads": "four"}')
    with pytest.raises(UserError, match="num_attention_heads is 'four'"):
        shapes.known(str(tmp_path))
    with pytest.raises(UserError, match=r"Qwen2\.5-32B"):
        shapes.known("Qwen/Qwen9")


# ---- memory -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("checkpointing", [False, True])
@pytest.mark.parametrize("completion", [1, 9, 41])  # nothing laid out; under a mask; each over its copy of the prompt
@pytest.mark.parametrize("least", [256, 0], ids=["one mask", "two parts"])
def test_activations_are_the_bytes_that_autograd_keeps(completion, checkpointing, least, monkeypatch):
    """Every tensor kept for the backward pass of a real model is counted, and the formula gives their sum to 1%."""
    import torch
    import transformers
    from peft import LoraConfig, get_peft_model

    from grpo_legal import shared_prefix

    shape = shapes.Shape(3, 96, 6, 2, 16, 160, 300, tied=True)
    made = transformers.LlamaConfig(
        vocab_size=300, hidden_size=96, intermediate_size=160, num_hidden_layers=3, num_attention_heads=6,
        num_key_value_heads=2, tie_word_embeddings=True,
    )  # fmt: skip
    model = transformers.LlamaForCausalLM._from_config(made, attn_implementation="sdpa")
    model = get_peft_model(model, LoraConfig(r=5, target_modules="all-linear", task_type="CAUSAL_LM")).train()
    if checkpointing:
        model.enable_input_require_grads()
        model.gradient_checkpointing_enable({"use_reentrant": False})
    own = {p.untyped_storage().data_ptr() for p in model.parameters()}
    kept, held = {}, []

    def keep(tensor):
        held.append(tensor)
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    work = dataclasses.replace(CPU, completion=completion, checkpointing=checkpointing)
    prompts, ids = torch.randint(3, 200, (1, 37)).repeat(4, 1), torch.randint(3, 200, (4, completion))
    assert shared_prefix.attend_in_parts(model) and shared_prefix.attention.LEAST_LENGTH == memory.IN_PARTS == 256
    monkeypatch.setattr(shared_prefix.attention, "LEAST_LENGTH", least)
    monkeypatch.setattr(memory, "IN_PARTS", least)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        shared_prefix.completion_logps(
            model, prompts, torch.ones_like(prompts), ids, torch.ones_like(ids), with_entropy=True
        )
    found = sum(size for address, size in kept.items() if address not in own)
    logits = 4 * work.head_positions() * 300
    expected = (
        memory.activation_bytes(shape, work) - work.packed()[1] ** 2
    )  # the bool mask is an argument, not kept here
    if checkpointing:  # the layer that is computed again is not there yet
        expected -= memory._kept_bytes(shape, work, *work.packed())
    assert found - logits == pytest.approx(expected, rel=0.03 if checkpointing else 0.01)


@given(prompt=st.integers(1, 3000), completion=st.integers(2, 800), group=st.integers(1, 64))
def test_where_the_prompts_keys_are_copied_is_known_to_the_plan(prompt, completion, group):
    from grpo_legal.shared_prefix.attention import by_rows

    one = completion - 1
    assert memory.copies(prompt, group * one, one) == by_rows(prompt, [one] * group)


def test_four_bits_of_the_32b_model_are_what_lies_on_disk():
    shape = shapes.known("Qwen/Qwen2.5-32B-Instruct")
    assert memory.weight_bytes(shape, 4, "unsloth") / 2**30 == pytest.approx(17.9, abs=0.05)


def test_the_cache_of_the_32b_model_is_256_kib_a_token():
    work = Workload(prompt=1, completion=1, group=2, batch=1, micro=1, bits=4)
    assert memory.sampling_bytes(shapes.known("Qwen/Qwen2.5-32B-Instruct"), work)[0] == 256 * 1024


@pytest.mark.parametrize(("work", "rows", "length", "positions"), [
    (CPU, 1, 37 + 4 * 8, 4 * 8 + 1),
    (dataclasses.replace(CPU, batch=16, micro=8), 2, 69, 66),
    (dataclasses.replace(CPU, micro=2), 1, 37 + 2 * 8, 17),
    (dataclasses.replace(CPU, shared=False), 4, 46, 40),
    (dataclasses.replace(CPU, batch=16, micro_tokens=140), 2, 69, 66),
    (dataclasses.replace(CPU, batch=16, micro_tokens=50), 1, 50, 14),
    (dataclasses.replace(CPU, batch=16, micro_tokens=10), 1, 45, 9),
])  # fmt: skip
def test_the_largest_pass(work, rows, length, positions):
    assert work.packed() == (rows, length) and work.head_positions() == positions


@given(
    prompt=st.integers(1, 4000), completion=st.integers(1, 2000), group=st.integers(2, 32),
    bits=st.sampled_from([4, 16, 32]), shared=st.booleans(), checkpointing=st.booleans(),
)  # fmt: skip
def test_more_never_takes_less(prompt, completion, group, bits, shared, checkpointing):
    shape = shapes.known("smollm2-135m")
    work = Workload(prompt, completion, group, group, group, bits=bits, shared=shared, checkpointing=checkpointing)
    peak = memory.estimate(shape, work).peak
    for more in ({"prompt": prompt + 1}, {"completion": completion + 1}, {"rank": 32}, {"entropy_grad": True}):
        assert memory.estimate(shape, dataclasses.replace(work, **more)).peak >= peak
    if shared:
        assert memory.estimate(shape, dataclasses.replace(work, shared=False)).activations >= 0
        plain = dataclasses.replace(work, shared=False)
        assert work.packed()[0] * work.packed()[1] <= plain.packed()[0] * plain.packed()[1]


# ---- time ---------------------------------------------------------------------------------------------


def test_speed_moves_as_it_should():
    shape, work = shapes.known("Qwen/Qwen2.5-32B-Instruct"), workload.of(settings("h100"))
    h100, a100 = machines.named("h100"), machines.named("A100-80GB")
    step = speed.grpo_step(shape, work, h100)
    assert step.seconds < speed.grpo_step(shape, work, a100).seconds
    assert speed.grpo_step(shape, dataclasses.replace(work, usual_prompt=800), h100).seconds > step.seconds
    assert speed.grpo_step(shape, work, h100, Scale(2.0, 3.0)).seconds == pytest.approx(
        2 * step.sampling + 3 * step.training
    )
    assert speed.sft_seconds(shape, work, h100, 1024, 32) == pytest.approx(
        2 * speed.sft_seconds(shape, work, h100, 1024, 16)
    )


# ---- the command --------------------------------------------------------------------------------------


def test_the_table_of_machines_is_dated_and_says_that_prices_are_assumed():
    assert machines.price_note().startswith("prices an hour are assumed (20")
    assert list(machines.table())[:2] == ["T4", "L4"] and machines.table()["H200"].memory > 130
    assert set(machines.PRESET_MACHINES) == set(config.PRESETS)


def test_presets_for_two_cores_are_planned_for_a_cpu_in_fp32():
    made = {name: workload.of(settings(name)) for name in config.PRESETS}
    assert {name for name in made if machines.PRESET_MACHINES[name] == "cpu"} == set(config.CPU_PRESETS)
    assert {name for name, work in made.items() if work.bits == 32} == set(config.CPU_PRESETS)


@pytest.mark.parametrize("width", [80, 140])
@pytest.mark.parametrize("preset", config.PRESETS)
def test_tables_fit_the_screen(preset, width, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("COLUMNS", str(width))
    plan.main(["--preset", preset, "--json", str(tmp_path / "p.json")])
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= width and "…" not in out
    made = json.loads((tmp_path / "p.json").read_text())
    assert made["old_plan"]["claimed"]["SFT"] == ["10,000 steps", "~80 h", "~$160"]
    pieces = made["memory_gib"]
    assert {"weights", "lora", "optimizer", "kv_cache", "activations", "logits"} <= set(pieces)
    for row in made["machines"]:
        fits = [peaks["peak"] <= row["memory"] for peaks in (pieces, made["usual_gib"])]
        assert row["fits"] == ("yes" if fits[0] else "maybe" if fits[1] else "no")
        assert row["hours"]["grpo_1000"] == pytest.approx(2 * row["hours"]["grpo_500"], abs=0.02)
        assert row["usd"]["sft_500"] == pytest.approx(row["hours"]["sft_500"] * row["usd_per_hour"], abs=0.05)


def test_status_says_whether_it_fits(capsys):
    assert plan.main(["--preset", "h100", "--gpu", "H100"]) == 0
    assert plan.main(["--preset", "h100", "--gpu", "T4"]) == 1


def test_a_price_of_ones_own(tmp_path):
    plan.main(["--gpu", "H100", "--run.usd-per-hour", "9", "--json", str(tmp_path / "p")])
    assert json.loads((tmp_path / "p").read_text())["machines"][0]["usd_per_hour"] == 9
    own = tmp_path / "own.yaml"
    for price, planned in (
        ("77", 77),
        ("3.0", machines.named("A100-80GB").usd_per_hour),
    ):  # 3.0 is the preset's, an H100's
        own.write_text(f"run: {{usd_per_hour: {price}}}\n")
        plan.main(["--config", str(own), "--gpu", "A100-80GB", "--json", str(tmp_path / "p")])
        assert json.loads((tmp_path / "p").read_text())["machines"][0]["usd_per_hour"] == planned


@pytest.mark.parametrize(("argv", "said"), [
    (["--gpu", "H10"], "--gpu 'H10' is none of T4"),
    (["--preset", "h10"], "preset 'h10'"),
    (["--grpo.btch-size", "3"], "--grpo.btch-size is not a setting"),
    (["--prompt-tokens", "0"], "--prompt-tokens 0 must be 1 or more"),
    (["--policy.model", "none/such"], "policy.model 'none/such'"),
    (["--calibrate", "nowhere", "--gpu", "H100"], "nowhere"),
    (["--calibrate", "x", "--gpu", "H100", "L4"], "--calibrate fits one machine"),
    (["--calibration", "nowhere.json"], "nowhere.json"),
    (["--resume"], "nothing to --resume"),
])  # fmt: skip
def test_bad_input_is_one_line(argv, said, capsys):
    with pytest.raises(SystemExit) as left:
        cli.run(plan.main, argv)
    err = capsys.readouterr().err
    assert left.value.code == 2 and said in err and err.count("\n") == 1


def test_planning_imports_no_torch():
    code = "import sys; from grpo_legal import plan; plan.main(['--gpu', 'H100']); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.DEVNULL).returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="Linux only")
def test_the_benchmark_measures_a_real_step(tiny_model):
    from benchmarks import memory as benchmark

    row = benchmark.measure(str(tiny_model), (300, 8, 16))
    assert row["process_gib"] < row["measured_gib"] < row["process_gib"] + 0.4
    assert row["off"] == pytest.approx(row["estimated_gib"] / row["measured_gib"] - 1, abs=0.01)
