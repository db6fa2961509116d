"""Job `check/engine`: is the Unsloth engine's trainer in force, and is an adapter continued in 4 bits?

    python -m benchmarks.gpu.check_engine REPORT MODEL_FOLDER ENGINE WORK_FOLDER

An adapter is trained for two steps, saved, and continued as `policy.adapter`: its weights must come back trainable,
lora_B not zero, and the first step must change one.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from benchmarks.gpu.parts import report
from grpo_legal import config, policy  # no trl, transformers or peft before the engine is loaded

ROWS = [{"prompt": [{"role": "user", "content": f"Ann sues Bob for ${n},000. Diversity?"}]} for n in range(60, 92)]


def main(path: str, folder: str, engine: str, work: str) -> None:
    """The job."""
    adapter = str(Path(work) / "check-adapter")
    first, trained = _built(folder, engine, None, work)
    names = [kind.__name__ for kind in type(first).__mro__]
    in_force = "UnslothGRPOTrainer" in names if engine == "unsloth" else names[0] == "SharingTrainer"
    report(path, {"check": "trainer in force", "engine": engine, "trainer": names[0], "ok": in_force})
    layers = _in_4_bits(first.model)
    report(path, {"check": "base in 4 bits", "layers": layers, "ok": layers > 0})
    first.train()
    trained.model.save_pretrained(adapter)
    second, continued = _built(folder, engine, adapter, work)
    before = _weights(continued.model)
    zero = [n for n, weight in before.items() if "lora_B" in n and not weight.any()]
    count = sum(weight.numel() for weight in before.values())
    report(path, {"check": "adapter continued: trainable weights", "weights": count, "ok": count > 0})
    report(path, {"check": "adapter continued: lora_B not zero", "zero": len(zero), "ok": not zero})
    saved = _weights(trained.model)
    apart = max(float((before[n].float() - saved[n].float()).abs().max()) for n in before) if before else 1.0
    report(
        path, {"check": "adapter continued: weights as saved", "error": apart, "tolerance": 1e-6, "ok": apart <= 1e-6}
    )
    second.train()
    changed = [n for n, weight in _weights(continued.model).items() if not (weight == before[n]).all()]
    report(path, {"check": "adapter continued: changed by a step", "changed": len(changed), "ok": bool(changed)})


def _built(folder: str, engine: str, adapter: str | None, work: str) -> tuple[Any, policy.Policy]:
    """A trainer of two steps (one for a continued adapter) in 4 bits, and its policy."""
    typed = {
        "engine": engine,
        "model": folder,
        "adapter": adapter,
        "load_in_4bit": True,
        "lora_rank": 8,
        "max_seq_length": 256,
    }
    settings = config.resolve(config.preset("cpu"), {
        "policy": {**typed, "lora_last_layers": None},
        "grpo": {
            "max_steps": 1 if adapter else 2, "batch_size": 8, "num_generations": 4, "micro_batch_size": 8,
            "max_completion_length": 8, "learning_rate": 1e-3, "warmup_steps": 0, "lr_scheduler": "constant", "entropy_coef": 0.0, "entropy_target": None,
        },
    })  # fmt: skip
    loaded = policy.load(settings.policy, seed=1, gradient_checkpointing=False)
    from grpo_legal import trainer

    made = trainer.build(
        loaded, ROWS, settings, reward_functions=[_letters], reward_weights=[1.0], callbacks=[],
        output_dir=str(Path(work) / "check-engine"),
    )  # fmt: skip
    return made, loaded


def _letters(completions: list, **columns: Any) -> list[float]:
    """A reward that differs within every group: the share of letters, and a little for the place in the batch."""
    texts = [c[0]["content"] for c in completions]
    return [sum(ch.isalpha() for ch in t) / max(len(t), 1) + 0.01 * i for i, t in enumerate(texts)]


def _weights(model: Any) -> dict[str, Any]:
    return {n: p.detach().clone().cpu() for n, p in model.named_parameters() if p.requires_grad}


def _in_4_bits(model: Any) -> int:
    import bitsandbytes

    return sum(isinstance(module, bitsandbytes.nn.Linear4bit) for module in model.modules())


if __name__ == "__main__":
    main(*sys.argv[1:])
