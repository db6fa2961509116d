"""Run by test_unsloth.py in a process of its own: our arguments, rewards and callbacks through UnslothGRPOTrainer.

With UNSLOTH_ALLOW_CPU=1 the import takes the path of a CUDA machine; its patch of TRL is then asked for by
hand. Its loader needs a GPU, so the policy here is transformers + PEFT in 4 bits with the two methods that
FastLanguageModel would have put on it. Everything else is the real thing: two steps on the CPU.
"""

from __future__ import annotations

import inspect
import json
import os
import sys
import types
from pathlib import Path

os.environ["UNSLOTH_ALLOW_CPU"] = "1"

import unsloth  # noqa: I001  before trl, transformers, peft
import unsloth.models.rl
import trl

stock = trl.GRPOConfig
unsloth.models.rl._patch_trl_rl_trainers("grpo_trainer")
unsloth.models.rl._patch_trl_rl_trainers("sft_trainer")

import torch
from conftest import make_model
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig
from unsloth import FastLanguageModel
from unsloth.models.llama import FastLlamaModel

from grpo_legal import (
    arguments,
    config,
    gold,
    policy,
    preflight,
    recorder,
    rewards,
    rows,
    run_folder,
    supervised,
    trainer,
)
from grpo_legal.errors import UserError


def loaded(folder: Path) -> policy.Policy:
    nf4 = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.float32)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, device_map="cpu", quantization_config=nf4)
    model = get_peft_model(model, LoraConfig(r=4, task_type="CAUSAL_LM", target_modules=policy.LORA_TARGETS))
    model._unsloth_user_float32 = True  # else bf16 off and fp16 off turn fp16 on
    model.for_training = types.MethodType(lambda self, **k: FastLlamaModel.for_training(self, **k), model)
    model.for_inference = types.MethodType(lambda self, **k: FastLlamaModel.for_inference(self, **k), model)
    tokenizer = AutoTokenizer.from_pretrained(folder, padding_side="left")
    return policy.Policy(model, tokenizer, "unsloth", str(folder), str(folder))


class Silent:
    def update(self, record): ...
    def sample(self, sample): ...
    def note(self, text): ...


def settings_for(work: Path, preset: str, **grpo) -> config.Settings:
    return config.resolve(
        config.preset(preset), {"data": {"train_size": 20}, "grpo": grpo}, {"run": {"output_dir": str(work)}}
    )


work = Path(sys.argv[1])
make_model(work / "model", "qwen2", hidden=64)
small = {"max_steps": 2, "batch_size": 8, "num_generations": 4, "micro_batch_size": 4, "max_completion_length": 8,
         "learning_rate": 0.01, "warmup_steps": 0, "gradient_checkpointing": False, "entropy_target": None}  # fmt: skip
settings = settings_for(work, "cpu", **small)
made = loaded(work / "model")
before = {n: p.detach().clone() for n, p in made.model.named_parameters() if p.requires_grad}
specs = rewards.build({"correct_answer": 1.0, "answer_format": 0.25}, max_completion_tokens=8)
folder = run_folder.RunFolder(work / "run")
log = recorder.CompletionLog(folder, [(rewards.Checked(s), s.weight) for s in specs], 4)
metrics = recorder.MetricsLog(folder, log, Silent(), usd_per_hour=0.0, sample_every=1)
try:  # the preset's target, which Unsloth's trainer drops with the whole bonus
    trainer.build(made, [], settings_for(work, "cpu", **{**small, "entropy_target": 0.64}), reward_functions=[],
                  reward_weights=[], callbacks=[], output_dir=str(work))  # fmt: skip
    target_told = None
except UserError as error:
    target_told = str(error)
built = trainer.build(
    made, rows.to_rows(rows.read(settings).train, "short"), settings, reward_functions=log.functions,
    reward_weights=list(log.weights.values()), callbacks=[metrics], output_dir=str(folder.checkpoints),
)  # fmt: skip
noted: list[str] = []
preflight.first(built, 40, noted.append)
trainer.run(built, None)


def continued() -> tuple[policy.Policy, torch.Tensor]:
    """A policy whose adapter is far from the base, as after SFT, and its logits on fixed tokens."""
    sft = loaded(work / "model")
    torch.manual_seed(0)
    for name, parameter in sft.model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.2)
    return sft, logits(sft, "default")


def logits(of: policy.Policy, adapter: str | None) -> torch.Tensor:
    with torch.no_grad(), policy.switched_to(of, adapter):
        return of.model(input_ids=torch.arange(5, 25)[None]).logits


def with_kl() -> dict:
    """GRPO with beta > 0 from an adapter, through Unsloth's trainer."""
    sft, wanted = continued()
    kl_settings = settings_for(work, "cpu", **{**small, "beta": 0.1, "max_steps": 3, "learning_rate": 0.05})
    made = trainer.build(
        sft, rows.to_rows(rows.read(kl_settings).train, "short"), kl_settings, reward_functions=log.functions,
        reward_weights=list(log.weights.values()), callbacks=[trainer.WeightsChange(print)], output_dir=str(work / "kl"),
    )  # fmt: skip
    asked = []
    plain = made._get_per_token_logps_and_entropies

    def listened(*args, **kwargs):
        asked.append(sft.model.active_adapter)
        return plain(*args, **kwargs)

    made._get_per_token_logps_and_entropies = listened
    base, reference = logits(sft, None), logits(sft, policy.REFERENCE)
    trainer.run(made, None)
    return {
        "kl": [r["kl"] for r in made.state.log_history if "kl" in r],
        "reference_is_sft": torch.allclose(reference, wanted, atol=1e-4),
        "reference_is_base": torch.allclose(reference, base, atol=1e-1),
        "reference_stays": torch.allclose(logits(sft, policy.REFERENCE), wanted, atol=1e-4),
        "reference_asked": policy.REFERENCE in asked,
        "trained": sorted({n.rsplit(".", 2)[-2] for n, p in sft.model.named_parameters() if p.requires_grad}),
        "left_behind": [str(p) for p in (work / "kl").rglob(policy.REFERENCE)],
    }


def fine_tuned() -> dict:
    """Two steps of SFT through Unsloth's trainer; its first loss against the definition."""
    fresh = loaded(work / "model")
    sft_settings = config.resolve(
        config.preset("cpu"),
        {"sft": {"max_steps": 2, "batch_size": 4, "micro_batch_size": 4, "learning_rate": 0.01, "warmup_steps": 0}},
    )
    pairs = [gold.of_problem(p, "short") for p in rows.read(settings).train[:4]]
    encoded = gold.encode(
        pairs,
        prompt_ids=fresh.prompt_ids,
        text_ids=fresh.text_ids,
        end=fresh.end_of_turn(),
        max_tokens=2000,
        long="error",
    )
    total, count = 0.0, 0
    for row in encoded.rows:
        labels = torch.tensor(row["labels"])[1:]
        with torch.no_grad():
            logp = fresh.model(input_ids=torch.tensor([row["input_ids"]])).logits[0, :-1].float().log_softmax(-1)
        kept = labels != gold.NO_LOSS
        total, count = total - logp[kept, labels[kept]].sum().item(), count + int(kept.sum())
    records = recorder.LossLog(run_folder.RunFolder(work / "sft"), Silent(), usd_per_hour=0.0)
    made = supervised.build(
        fresh,
        encoded.rows,
        sft_settings,
        callbacks=[records, trainer.WeightsChange(print)],
        output_dir=str(work / "sft"),
    )
    labels = next(iter(made.get_train_dataloader()))["labels"]
    trainer.run(made, None)
    return {
        "trainer": type(made).__name__,
        "loss": [r["loss"] for r in run_folder.read_lines(work / "sft" / "metrics.jsonl")],
        "tokens": [r["tokens"] for r in run_folder.read_lines(work / "sft" / "metrics.jsonl")],
        "expected": total / count,
        "labels": int((labels != gold.NO_LOSS).sum()),
        "answer_tokens": count,
        "unknown_config": sorted(
            set(supervised.arguments(sft_settings, output_dir="x", cuda=True, bf16=True, unsloth=True))
            - set(inspect.signature(trl.SFTConfig.__init__).parameters)
        ),
    }


everything = set()
for preset in config.PRESETS:
    everything |= set(
        arguments.make(settings_for(work, preset), output_dir="x", cuda=True, bf16=True, reward_weights=[1.0])
    )
load_arguments = policy.unsloth_load_arguments(config.resolve(config.preset("h100")).policy, "x", torch, 0.5)
lora_arguments = policy.unsloth_lora_arguments(config.resolve(config.preset("h100")).policy, 1, True, [0])
print("RESULT " + json.dumps({
    "trainer": [kind.__name__ for kind in type(built).__mro__][:3],
    "config_is_unsloths": trl.GRPOConfig is not stock and issubclass(trl.GRPOConfig, stock),
    "unknown_config": sorted(everything - set(inspect.signature(trl.GRPOConfig.__init__).parameters)),
    "unknown_load": sorted(set(load_arguments) - set(inspect.signature(FastLanguageModel.from_pretrained).parameters)),
    "unknown_lora": sorted(set(lora_arguments) - set(inspect.signature(FastLanguageModel.get_peft_model).parameters)),
    "reward_weights": built.reward_weights.tolist(),
    "reward_names": list(built.reward_func_names),
    "metrics": list(run_folder.read_lines(folder.metrics)),
    "completions": len(list(run_folder.read_lines(folder.completions))),
    "target_told": target_told,
    "changed": sum(not torch.equal(before[n], p) for n, p in made.model.named_parameters() if n in before),
    "trained": len(before),
    "noted": noted,
    "with_kl": with_kl(),
    "fine_tuned": fine_tuned(),
}))  # fmt: skip
