"""Going on from an SFT adapter: it took, a step moves it, and the reference of KL is the SFT policy."""

from __future__ import annotations

import json
import shutil

import pytest
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file
from tiny_runs import lines, run
from transformers import AutoModelForCausalLM

from grpo_legal import callbacks, cli, config, policy, rewards, rows, train, trainer
from grpo_legal.errors import UserError

WEIGHTS = "adapter_model.safetensors"


@pytest.fixture(scope="module")
def adapters(tiny_model, tmp_path_factory):
    """Two adapters: `sft` is far from the base, `zero` was never trained."""
    work = tmp_path_factory.mktemp("adapters")
    for name, std in (("sft", 0.2), ("zero", 0.0)):
        torch.manual_seed(0)
        base = AutoModelForCausalLM.from_pretrained(tiny_model, dtype=torch.float32)
        model = get_peft_model(base, LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM"))
        for weight, parameter in model.named_parameters():
            if "lora_B" in weight and std:
                torch.nn.init.normal_(parameter, std=std)
        model.save_pretrained(work / name)
    return work


def load(model, **more):
    settings = config.Policy(model=str(model), engine="transformers", **more)
    return policy.load(settings, seed=1, gradient_checkpointing=False)


def test_what_took_is_told(tiny_model, adapters):
    took = policy.inspect(load(tiny_model, adapter=str(adapters / "sft")))
    assert (took.lora_b, took.lora_b_not_zero, took.in_4_bits) == (14, 14, 0) and took.trained > 0
    assert str(took).endswith("weights trained, lora_B not zero in 14 of 14 layers, base not in 4 bits")
    assert policy.inspect(load(tiny_model)).lora_b_not_zero == 0


TOOK = policy.Took(trained=10, lora_b=2, lora_b_not_zero=2, in_4_bits=0)


@pytest.mark.parametrize(
    "took, settings, told",
    [
        (policy.Took(0, 0, 0, 0), {"adapter": "a"}, "has no weight that can be trained"),
        (policy.Took(10, 2, 0, 0), {"adapter": "a"}, "did not take: lora_B is 0 in all of 2 layers"),
        (TOOK, {"load_in_4bit": True}, r"policy\.load-in-4bit true: no layer of smollm2-135m is held in 4 bits"),
    ],
)
def test_what_did_not_take_is_told(took, settings, told):
    with pytest.raises(UserError, match=told):
        policy.check_took(took, config.Policy(**settings))
    policy.check_took(TOOK, config.Policy(adapter="a"))


def test_an_adapter_that_was_never_trained_is_refused(tiny_model, adapters, tmp_path, capsys):
    assert run(tiny_model, tmp_path, "x", "--policy.adapter", str(adapters / "zero")) == 2
    err = capsys.readouterr().err
    assert "did not take: lora_B is 0" in err and err.count("\n") == 1


# ---- a weight changed -------------------------------------------------------------------------------------


def step(model, rate: float, held: list[torch.nn.Parameter], watch: callbacks.WeightsChange) -> None:
    optimizer = torch.optim.SGD(held, lr=rate)
    model(torch.ones(1, 2)).sum().backward()
    state = type("State", (), {"global_step": 0})
    watch.on_pre_optimizer_step(None, state, None, model=model, optimizer=optimizer)
    optimizer.step()
    watch.on_optimizer_step(None, state, None, model=model, optimizer=optimizer)


def test_the_first_step_with_a_rate_and_a_gradient_must_change_a_weight():
    model, notes = torch.nn.Linear(2, 2), []
    watch = callbacks.WeightsChange(notes.append, patience=2)
    step(model, 0.0, list(model.parameters()), watch)  # warm-up
    assert not watch.sure
    with pytest.raises(UserError, match="step 1: no trained weight changed"):
        step(model, 0.1, [torch.nn.Parameter(torch.ones(1))], watch)  # an optimizer over other weights
    step(model, 0.0, list(model.parameters()), watch)
    assert notes == ["no weight has changed in 2 steps: the rate or every gradient was 0"]
    step(model, 0.1, list(model.parameters()), watch)
    assert watch.sure


# ---- the reference ----------------------------------------------------------------------------------------


def built(model, tmp_path, adapter=None, **grpo):
    small = {"max_steps": 3, "batch_size": 8, "num_generations": 4, "micro_batch_size": 8, "warmup_steps": 0,
             "learning_rate": 0.05, "max_completion_length": 8, "beta": 0.1, "entropy_coef": 0.03, "entropy_target": None}  # fmt: skip
    settings = config.resolve(
        config.preset("cpu"), {"grpo": {**small, **grpo}, "data": {"train_size": 20}, "eval": {"n": 2}}
    )
    loaded = load(model, adapter=adapter and str(adapter))
    specs = rewards.build({"correct_answer": 1.0}, max_completion_tokens=8)
    made = trainer.build(
        loaded, rows.to_rows(rows.read(settings).train, "short"), settings,
        reward_functions=[rewards.Checked(s) for s in specs], reward_weights=[1.0], callbacks=[], output_dir=str(tmp_path),
    )  # fmt: skip
    return loaded, made


def reference_logits(loaded, made):
    """Logits as the trainer's reference has them: under the adapter that it switches to."""
    ids = torch.arange(5, 25)[None]
    with torch.no_grad(), policy.switched_to(loaded, policy.REFERENCE):
        return loaded.model(input_ids=ids).logits


def test_kl_is_0_at_step_0_and_its_reference_is_the_sft_policy(tiny_model, adapters, tmp_path):
    sft = load(tiny_model, adapter=str(adapters / "sft")).model
    ids = torch.arange(5, 25)[None]
    with torch.no_grad():
        wanted = sft(input_ids=ids).logits
        with sft.disable_adapter():
            base = sft(input_ids=ids).logits
    loaded, made = built(tiny_model, tmp_path, adapters / "sft")
    assert torch.equal(reference_logits(loaded, made), wanted) and not torch.allclose(base, wanted, atol=0.1)
    trainer.run(made, None)
    kl = [r["kl"] for r in made.state.log_history if "kl" in r]
    assert kl[0] == pytest.approx(0, abs=1e-6) and kl[-1] > 1e-4  # it moved, and away from where it began
    assert torch.equal(reference_logits(loaded, made), wanted)  # the reference did not
    trained = [n for n, p in loaded.model.named_parameters() if p.requires_grad]
    assert trained and all(".default." in n for n in trained)


def test_the_reference_of_a_fresh_adapter_is_the_base(tiny_model, tmp_path):
    loaded, made = built(tiny_model, tmp_path)
    with torch.no_grad(), policy.switched_to(loaded, None):
        base = loaded.model(input_ids=torch.arange(5, 25)[None]).logits
    assert torch.equal(reference_logits(loaded, made), base)


def test_a_run_with_kl_is_resumed_with_its_trained_adapter_and_leaves_no_reference_behind(
    tiny_model, adapters, tmp_path
):
    more = ["--policy.adapter", str(adapters / "sft"), "--grpo.beta", "0.1", "--grpo.learning-rate", "0.05"]
    assert run(tiny_model, tmp_path, "whole", *more) == 0
    whole = tmp_path / "whole"
    assert not list(whole.rglob(policy.REFERENCE)) and lines(whole / "metrics.jsonl")[0]["kl"] < 1e-6
    assert json.loads((whole / "summary.json").read_text())["model_source"] == str(adapters / "sft")
    half = tmp_path / "half"  # as if stopped after step 2
    shutil.copytree(
        whole, half, ignore=shutil.ignore_patterns("checkpoint-4", "adapter", "after.jsonl", "summary.json")
    )
    with pytest.raises(SystemExit) as left:
        cli.run(train.main, ["--run.output-dir", str(tmp_path), "--run.name", "half", "--resume"])
    assert left.value.code == 0
    assert [r["loss"] for r in lines(half / "metrics.jsonl")] == [r["loss"] for r in lines(whole / "metrics.jsonl")]
    one, other = (load_file(f / "adapter" / WEIGHTS) for f in (whole, half))
    assert all(torch.equal(one[name], other[name]) for name in one)
