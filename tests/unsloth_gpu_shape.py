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

import torch
from conftest import make_model
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig
from unsloth import FastLanguageModel
from unsloth.models.llama import FastLlamaModel

from grpo_legal import config, policy, recorder, rewards, rows, run_folder, trainer
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
trainer.run(built, None)

everything = set()
for preset in config.PRESETS:
    everything |= set(
        trainer.arguments(settings_for(work, preset), output_dir="x", cuda=True, bf16=True, reward_weights=[1.0])
    )
load_arguments = policy.unsloth_load_arguments(config.resolve(config.preset("h100")).policy, "x", torch, 0.5)
lora_arguments = policy.unsloth_lora_arguments(config.resolve(config.preset("h100")).policy, 1, True, [0])
print("RESULT " + json.dumps({
    "trainer": type(built).__name__,
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
}))  # fmt: skip
