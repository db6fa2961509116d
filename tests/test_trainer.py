"""The trainer: every argument exists in TRL, and the shared prompt changes the cost of a step, not the step."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import psutil
import pytest
import torch
import trl
from transformers import get_scheduler

from grpo_legal import arguments, config, policy, trainer, whole_groups
from grpo_legal.errors import UserError

OVERRIDES = {
    "policy": {"max_seq_length": 512, "lora_rank": 4},
    "grpo": {
        "max_steps": 6, "batch_size": 8, "num_generations": 4, "micro_batch_size": 8, "max_completion_length": 6,
        "learning_rate": 0.02, "warmup_steps": 0, "entropy_coef": 0.01,
    },
}  # fmt: skip
ROWS = [
    {
        "prompt": [{"role": "user", "content": f"Ann sues Bob for ${n},000. Is there diversity jurisdiction?"}],
        "answer": "Yes",
    }
    for n in range(10, 26)
]


def vowels(completions, **columns):
    """A reward that every byte can move: the share of letters."""
    texts = [c[0]["content"] for c in completions]
    return [sum(ch.isalpha() for ch in t) / max(len(t), 1) for t in texts]


def loaded(tiny_model, settings):
    return policy.load(settings.policy, seed=settings.run.seed, gradient_checkpointing=False)


def settings_for(tiny_model, **grpo):
    overrides = {**OVERRIDES, "policy": {**OVERRIDES["policy"], "model": str(tiny_model)}}
    return config.resolve(config.preset("cpu"), overrides, {"grpo": grpo})


def build(tiny_model, settings, tmp_path, fixed=None):
    made = loaded(tiny_model, settings)
    built = trainer.build(
        made, ROWS, settings, reward_functions=[vowels], reward_weights=[1.0], callbacks=[], output_dir=str(tmp_path)
    )
    if fixed is not None:  # the same completions for both trainers: what is compared is the step, not the draw
        draws = iter(fixed)
        built._generate_single_turn = lambda ids, *a, **k: (next(draws)[: len(ids)], None)
    return built


def completions(steps, rows):
    generator = torch.Generator().manual_seed(5)
    length = lambda: int(torch.randint(1, 7, (1,), generator=generator))  # noqa: E731
    return [
        [torch.randint(3, 259, (length(),), generator=generator).tolist() for _ in range(rows)] for _ in range(steps)
    ]


def curve(built):
    trainer.run(built, None)
    keys = ("loss", "grad_norm", "entropy", "reward")
    weights = torch.cat([p.detach().flatten() for p in built.model.parameters() if p.requires_grad])
    return [{k: log[k] for k in keys} for log in built.state.log_history if "loss" in log], weights


@pytest.mark.parametrize("shared", ["on", "off"])
def test_a_micro_batch_holds_whole_groups_and_the_step_is_that_of_shuffled_rows(
    tiny_model, tmp_path, shared, monkeypatch
):
    settings = settings_for(tiny_model, batch_size=16, micro_batch_size=4, shared_prefix=shared, max_steps=1)
    fixed, made = completions(1, 16), {}
    for order in ("groups", "shuffled"):
        if order == "shuffled":
            monkeypatch.delattr(whole_groups.WholeGroups, "_prepare_inputs")
        built = build(tiny_model, settings, tmp_path / order, fixed=fixed)
        _, weights = curve(built)
        prompts = [len({tuple(row.tolist()) for row in rows["prompt_ids"]}) for rows in built._buffered_inputs]
        made[order] = (prompts, weights, torch.rand(1))
    assert made["groups"][0] == [1, 1, 1, 1] and max(made["shuffled"][0]) > 1
    assert torch.allclose(made["groups"][1], made["shuffled"][1], atol=2e-5)  # the same sums in another order
    assert made["groups"][2] == made["shuffled"][2]  # and the same random numbers after it


def test_a_trl_that_shuffles_in_another_way_is_named(tiny_model, tmp_path, monkeypatch):
    built = build(tiny_model, settings_for(tiny_model), tmp_path, fixed=completions(1, 8))
    monkeypatch.setattr(whole_groups, "SHUFFLE", "shuffle_rows")
    with pytest.raises(RuntimeError, match=r"trl\.trainer\.grpo_trainer has no shuffle_rows"):
        trainer.run(built, None)


@pytest.mark.parametrize(
    ("micro", "tokens", "loss"),
    [(8, None, "dapo"), (4, None, "dapo"), (8, 90, "dapo"), (8, 90, "grpo"), (8, 90, "bnpo"), (8, 90, "dr_grpo")],
    ids=["one pass", "two passes", "by tokens", "by tokens, grpo", "by tokens, bnpo", "by tokens, dr_grpo"],
)
def test_training_curve_equals_plain_trl(tiny_model, tmp_path, micro, tokens, loss):
    fixed = completions(20, 8)
    curves = {}
    for shared in ("on", "off"):
        more = {"micro_batch_tokens": tokens} if shared == "on" else {}
        settings = settings_for(
            tiny_model,
            max_steps=20,
            learning_rate=2e-3,
            shared_prefix=shared,
            micro_batch_size=micro,
            loss_type=loss,
            **more,
        )
        built = build(tiny_model, settings, tmp_path / shared, fixed)
        assert isinstance(built, trainer.SharedPrefixTrainer) == (shared == "on")
        attention = built.model.get_base_model().config._attn_implementation
        assert attention == ("shared_prefix" if shared == "on" else "sdpa")
        curves[shared] = curve(built)
    assert len(curves["on"][0]) == 20
    for ours, plain in zip(curves["on"][0], curves["off"][0], strict=True):
        assert ours == pytest.approx(plain, abs=1e-4)
    torch.testing.assert_close(curves["on"][1], curves["off"][1], atol=1e-4, rtol=0)


@pytest.mark.parametrize(("free", "returned"), [(3, 1), (11.9, 1), (12, 0), (200, 0)])
def test_freed_blocks_are_returned_where_memory_is_short(tiny_model, tmp_path, monkeypatch, free, returned):
    asked = []
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=free * 2**30))
    monkeypatch.setattr(trainer, "return_large_blocks", lambda: asked.append(1))
    build(tiny_model, settings_for(tiny_model), tmp_path)
    assert len(asked) == returned


def test_the_way_a_group_is_computed_is_told(tiny_model):
    settings = settings_for(tiny_model)
    made = loaded(tiny_model, settings)
    assert trainer.path(made, settings) == (True, "each prompt once per group")
    assert trainer.path(made, settings_for(tiny_model, shared_prefix="off"))[0] is False
    made.model.config.final_logit_softcapping = 30.0
    assert trainer.path(made, settings)[1].endswith("its logits are scaled by final_logit_softcapping")
    with pytest.raises(UserError, match=r"micro-batch-tokens 90 has no effect here: groups go by plain TRL"):
        trainer.path(made, settings_for(tiny_model, micro_batch_tokens=90))
    made.engine = "unsloth"
    assert trainer.path(made, settings)[1] == "Unsloth's own sequence packing"  # with an entropy bonus no grouping
    settings = settings_for(tiny_model, entropy_coef=0.0)
    assert trainer.path(made, settings)[1] == "Unsloth's own sequence packing and prefix grouping"


def test_training_moves_the_weights_and_the_reward(tiny_model, tmp_path):
    settings = settings_for(tiny_model, max_steps=60, learning_rate=0.01, entropy_coef=0.0)
    built = build(tiny_model, settings, tmp_path)
    logs, _ = curve(built)
    first, last = (sum(log["reward"] for log in part) / 10 for part in (logs[:10], logs[-10:]))
    assert last > first + 0.1
    b = [p for n, p in built.model.named_parameters() if "lora_B" in n]
    assert b and all(p.abs().max() > 0 for p in b)


def test_every_argument_exists_and_none_is_left_to_a_changed_default():
    """Unsloth prints and ignores an argument that it does not know, and changes these defaults."""
    made = arguments.make(
        config.resolve(config.preset("h100")), output_dir="x", cuda=True, bf16=True, reward_weights=[1.0]
    )
    assert set(made) <= {f.name for f in dataclasses.fields(trl.GRPOConfig)}
    changed_by_unsloth = {
        "learning_rate", "optim", "seed", "per_device_train_batch_size", "gradient_accumulation_steps", "warmup_steps",
        "report_to", "lr_scheduler_type", "max_grad_norm", "weight_decay", "temperature", "top_p", "top_k", "loss_type",
        "scale_rewards", "beta", "epsilon", "epsilon_high", "num_iterations", "steps_per_generation", "bf16", "fp16",
    }  # fmt: skip
    assert changed_by_unsloth <= set(made)


def test_an_adapter_on_the_last_layers_is_on_no_other(tiny_model):
    settings = config.Policy(engine="transformers", model=str(tiny_model), lora_rank=4, lora_last_layers=1)
    loaded = policy.load(settings, seed=1, gradient_checkpointing=False)
    depth = loaded.model.config.num_hidden_layers
    trained = [n for n, p in loaded.model.named_parameters() if p.requires_grad]
    assert depth > 1 and len(trained) == 14 and all(f".layers.{depth - 1}." in n for n in trained)


def test_what_is_trained_is_an_adapter_in_fp32(tiny_model, tmp_path):
    built = build(tiny_model, settings_for(tiny_model), tmp_path)
    trained = {n: p for n, p in built.model.named_parameters() if p.requires_grad}
    assert trained and all("lora_" in n and p.dtype is torch.float32 for n, p in trained.items())
    for target in policy.LORA_TARGETS:
        assert any(target in n for n in trained), target


def test_kl_without_a_copy_of_the_adapter_to_count_from_is_refused(tiny_model):
    settings = settings_for(tiny_model, beta=0.04)
    made = loaded(tiny_model, settings)
    with pytest.raises(UserError, match=r"grpo.beta 0.04: .* no copy of the adapter .* set grpo.beta 0$"):
        trainer._check_reference(made, 0.04)
    trainer._check_reference(made, 0.0)
    policy.add_reference(made)
    trainer._check_reference(made, 0.04)


def rates(**grpo) -> list[float]:
    """The learning rate of every step, as transformers' scheduler makes it from our arguments."""
    settings = config.resolve(config.preset("cpu"), {"grpo": {"learning_rate": 1.0e-3, **grpo}})
    made = arguments.make(settings, output_dir="x", cuda=False, bf16=False, reward_weights=[1.0, 0.1])
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=made["learning_rate"])
    scheduler = get_scheduler(
        made["lr_scheduler_type"], optimizer, made["warmup_steps"], made["max_steps"], made["lr_scheduler_kwargs"]
    )
    found = []
    for _ in range(made["max_steps"]):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return found


def test_the_rate_stays_and_falls_over_the_last_steps_only():
    told = rates(max_steps=20, warmup_steps=2, lr_scheduler="stable_decay", decay_steps=8)
    assert told[2:13] == [1.0e-3] * 11 and told[13:] == sorted(told[13:], reverse=True)
    assert told[13] < 1.0e-3 and 0 < told[-1] < 1.0e-4
    assert rates(max_steps=6, warmup_steps=2, lr_scheduler="constant", decay_steps=0)[2:] == [1.0e-3] * 4


def test_a_run_cut_short_still_learns_at_the_full_rate_once():
    assert max(rates(max_steps=8, warmup_steps=2, lr_scheduler="stable_decay", decay_steps=50)) == 1.0e-3
    with pytest.raises(UserError, match=r"stable_decay needs grpo.decay-steps of 1 or more"):
        config.resolve(config.preset("cpu"), {"grpo": {"decay_steps": 0}})


def test_a_trained_adapter_in_4_bits_is_not_rounded_to_bf16(tiny_model, tmp_path):
    """TRL casts it on the way, and a cast back would leave what bf16 had made of it."""
    pytest.importorskip("bitsandbytes")
    settings = settings_for(tiny_model)
    made = policy.load(settings.policy.model_copy(update={"load_in_4bit": True}), seed=1, gradient_checkpointing=False)
    weights = {n: p for n, p in made.model.named_parameters() if p.requires_grad}
    for weight in weights.values():
        torch.nn.init.normal_(weight, std=0.1)
    before = {n: p.detach().clone() for n, p in weights.items()}
    trainer.build(
        made, ROWS, settings, reward_functions=[vowels], reward_weights=[1.0], callbacks=[], output_dir=str(tmp_path)
    )
    assert all(torch.equal(before[n], p) and p.dtype is torch.float32 for n, p in weights.items())
