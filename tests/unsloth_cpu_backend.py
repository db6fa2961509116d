"""Run by test_unsloth.py in a process of its own: our engine on Unsloth's CPU backend, two GRPO steps in 4 bits.

The policy is loaded, trained through the command, and its adapter continued, all by the real package.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ.pop("UNSLOTH_ALLOW_CPU", None)  # set, it chooses the CUDA-shaped path, whose loader needs a GPU

import unsloth
from conftest import make_model

from grpo_legal import cli, config, policy, sft, train


def look(adapter: str | None, model: Path) -> dict:
    import bitsandbytes

    settings = config.Policy(
        engine="unsloth", model=str(model), adapter=adapter, load_in_4bit=True, max_seq_length=512, lora_rank=4
    )
    loaded = policy.load(settings, seed=1, gradient_checkpointing=False)
    trained = {n: p for n, p in loaded.model.named_parameters() if p.requires_grad}
    return {
        "engine": loaded.engine,
        "in_4_bits": sum(isinstance(m, bitsandbytes.nn.Linear4bit) for m in loaded.model.modules()),
        "trained": len(trained),
        "lora_b_not_zero": sum(bool(p.any()) for n, p in trained.items() if "lora_B" in n),
    }


def leave(main, work: Path, model: Path, name: str, more: list[str]) -> int:
    """A command's exit status."""
    argv = [
        "--preset", "cpu", "--policy.engine", "unsloth", "--policy.model", str(model), "--policy.load-in-4bit", "true",
        "--policy.lora-rank", "4", "--grpo.max-completion-length", "8", "--eval.n", "4", "--data.train-size", "20",
        "--run.output-dir", str(work), "--run.name", name, *more,
    ]  # fmt: skip
    try:
        cli.run(main, argv)
    except SystemExit as left:
        return left.code
    raise AssertionError("the command did not leave")


def grpo(name: str, *more: str) -> int:
    return leave(train.main, work, model, name, [
        "--grpo.max-steps", "2", "--grpo.batch-size", "8", "--grpo.num-generations", "4",
        "--grpo.micro-batch-size", "8", "--grpo.learning-rate", "0.01", "--grpo.warmup-steps", "0",
        "--grpo.entropy-coef", "0.03", "--grpo.entropy-target", "none",  # a gradient, where no answer is right
        *more,
    ])  # fmt: skip


work = Path(sys.argv[1])
model = work / "model"
make_model(model, "qwen2", hidden=64)  # below 64, Unsloth falls back to 16 bits
result = {"device": unsloth.DEVICE_TYPE, "status": grpo("first")}
adapter = str(work / "first" / "adapter")
result["fresh"], result["continued"] = look(None, model), look(adapter, model)
small = ["--sft.max-steps", "2", "--sft.batch-size", "4", "--sft.micro-batch-size", "2", "--sft.save-steps", "2"]
result["sft_status"] = leave(
    sft.main, work, model, "sft", [*small, "--sft.learning-rate", "0.01", "--sft.warmup-steps", "0"]
)
checkpoint = str(work / "sft" / "checkpoints" / "checkpoint-2")
result["second_status"] = grpo("second", "--policy.adapter", checkpoint, "--grpo.max-steps", "1", "--grpo.beta", "0.1")
result["second_kl"] = json.loads((work / "second" / "metrics.jsonl").read_text())["kl"]
result["sft_loss"] = [json.loads(line)["loss"] for line in (work / "sft" / "metrics.jsonl").read_text().splitlines()]
result["summary"] = json.loads((work / "first" / "summary.json").read_text())
print("RESULT " + json.dumps(result))
