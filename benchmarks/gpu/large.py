"""Job `large/ENGINE`: seconds, tokens a second and peak memory of GRPO steps on one model, by one or two ways of computing them.

    python -m benchmarks.gpu.large REPORT MODEL_FOLDER SIDE[,SIDE] ENGINE G STEPS P,C [P,C ...]

SIDE is unsloth, or of the transformers engine plain (TRL + peft + bitsandbytes) and shared (our engine with each prompt
once), which measure the same loaded model in turn; ENGINE is what stands for Unsloth in a rehearsal. Unsloth has a process
of its own, since importing it changes the others. Steps are made by the trainer's own loop, one prompt and G completions
each; a step's time is from its begin to its end, sampling included. After loading, each side makes one small step that does
not count; then STEPS of each shape, the median of which is told. A micro-batch that does not fit in memory is halved, and
told; a shape for which no time is left is told as such. Where both engines have loaded at once, they take turns shape by
shape, and a step is timed with nothing else running.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from typing import Any

from benchmarks import attention
from benchmarks.gpu import machine
from benchmarks.gpu.parts import report, seconds_left, turn
from grpo_legal import config, policy  # no trl, transformers or peft before the engine is loaded

WORDS = ["court", "statute", "holding", "motion", "appeal", "brief", "counsel", "witness", "exhibit", "ruling"]
WARM_UP = (64, 8)
SAFETY = 1.1  # a shape is begun where this many times its foreseen time is left
DECODED = {True: 65, False: 17}  # tokens a completion that decoding is timed over, replayed and as it comes


def main(path: str, folder: str, sides: str, engine: str, group: str, steps: str, *shapes: str) -> None:
    """The job."""
    began, sides_here = time.monotonic(), sides.split(",")
    wanted = [tuple(int(word) for word in shape.split(",")) for shape in shapes]
    settings = {
        "engine": engine if sides == "unsloth" else "transformers", "model": folder, "load_in_4bit": True,
        "lora_rank": 16, "lora_last_layers": None, "max_seq_length": max(sum(shape) for shape in (*wanted, (64, 64))) + 32,
    }  # fmt: skip
    loaded = policy.load(config.Policy(**settings), seed=1, gradient_checkpointing=True)
    report(path, {"sides": sides_here, "engine": loaded.engine, "load_seconds": round(time.monotonic() - began, 1),
                  "weights_gib": _allocated_gib()})  # fmt: skip
    micro, known = dict.fromkeys(sides_here, int(group)), {}
    for side in sides_here:  # beside whatever else runs
        first, _ = _measured(loaded, settings, side, WARM_UP, int(group), micro[side], 1)
        report(path, {"side": side, "trainer": first["trainer"]})
    if "shared" in sides_here:
        with turn():
            report(path, _decoding(loaded, wanted[0][0], int(group)))
        with turn():
            report(path, {"side": "shared", "attention": attention.measure(loaded.model, (*wanted[0], int(group)), 1)})
    for shape in wanted:
        for side in sides_here:
            with turn():
                foreseen = SAFETY * int(steps) * _cost(shape) * known.get(side, 0.0)
                if foreseen > seconds_left(began):
                    line = {"side": side, "prompt": shape[0], "completion": shape[1], "ok": False}
                    left = f"needs about {foreseen:.0f} s, {seconds_left(began):.0f} s are left"
                    report(path, {**line, "left_out": left})
                    continue
                row, micro[side] = _measured(loaded, settings, side, shape, int(group), micro[side], int(steps))
                known[side] = row["seconds"] / _cost(shape)
                report(path, row)


def _cost(shape: tuple[int, int]) -> float:
    """What a step's time is foreseen by: a token sampled costs far more than one read."""
    return shape[0] / 8 + shape[1]


def _measured(
    loaded: policy.Policy, typed: dict[str, Any], side: str, shape: tuple[int, int], group: int, micro: int, steps: int
) -> tuple[dict[str, Any], int]:
    """The row of one shape, and the micro-batch that fitted."""
    import torch

    while True:
        try:
            return _row(loaded, typed, side, shape, group, micro, steps), micro
        except torch.cuda.OutOfMemoryError:
            if micro == 1:
                raise
        micro //= 2  # outside of except: the traceback would keep the tensors
        torch.cuda.empty_cache()


def _decoding(loaded: policy.Policy, prompt: int, group: int) -> dict[str, Any]:
    """Milliseconds a token of our decoding, replayed (its recording included) and as it comes; a group of one prompt."""
    from grpo_legal import shared_prefix
    from grpo_legal.shared_prefix import recorded

    ids = loaded.prompt_ids(_prompt(loaded, prompt, 0))
    loaded.model.eval()

    def seconds(tokens: int) -> float:
        began = _now()
        shared_prefix.sample(loaded.model, [ids] * group, max_new_tokens=tokens, eos_token_ids=[])
        return _now() - began

    took, replayed = {}, False
    for on, tokens in DECODED.items():
        with machine.graphs(on):
            took[on] = round(1000 * (seconds(tokens) - seconds(1)) / (tokens - 1), 2)
            replayed = replayed or recorded.usable(loaded.model, tokens)
    return {
        "side": "shared",
        "decoding_ms_a_token": {"replayed": took[True], "as_it_comes": took[False]},
        "replayed": replayed,
    }


def _row(
    loaded: policy.Policy, typed: dict[str, Any], side: str, shape: tuple[int, int], group: int, micro: int, steps: int
) -> dict[str, Any]:
    prompt, completion = shape
    settings = config.resolve(config.preset("cpu"), {
        "policy": typed,
        "grpo": {
            "max_steps": steps, "batch_size": group, "num_generations": group, "micro_batch_size": micro,
            "max_completion_length": completion, "shared_prefix": "on" if side == "shared" else "off", "skip_flat": "off",
            "learning_rate": 1e-5, "warmup_steps": 0, "lr_scheduler": "constant", "entropy_coef": 0.0, "entropy_target": None,
            "mask_truncated": False, "gradient_checkpointing": True, "optim": "adamw_8bit" if _cuda() else "adamw_torch",
            "save_steps": steps + 1,
        },
    })  # fmt: skip
    rows = [{"prompt": _prompt(loaded, prompt, n)} for n in range(steps)]
    _reset_peak()
    with tempfile.TemporaryDirectory() as scratch:
        taken, logs, name = _train(loaded, rows, settings, scratch)
    peak = _peak_gib()
    _reset_peak()  # what is kept for later is other processes' to use
    length = statistics.mean(log["completions/mean_length"] for log in logs)
    tokens = len(loaded.prompt_ids(rows[0]["prompt"])) + length
    seconds = statistics.median(step["seconds"] for step in taken)
    return {
        "side": side, "trainer": name, "prompt": prompt, "completion": completion, "group": group, "micro_batch": micro,
        "prompt_tokens": len(loaded.prompt_ids(rows[0]["prompt"])), "completion_tokens": round(length, 1),
        "seconds": round(seconds, 3), "sampling": round(statistics.median(step["sampling"] for step in taken), 3),
        "steps_seconds": [round(step["seconds"], 3) for step in taken],
        "tokens_per_second": round(group * tokens / seconds, 1), "peak_gib": peak,
        "loss_finite": all(abs(log["loss"]) < 1e9 for log in logs), "ok": len(taken) == steps,
    }  # fmt: skip


def _train(
    loaded: policy.Policy, rows: list[dict[str, Any]], settings: config.Settings, scratch: str
) -> tuple[list[dict[str, float]], list[dict[str, Any]], str]:
    """Times of each step, what the trainer logged, and the trainer's name."""
    from transformers import TrainerCallback

    from grpo_legal import trainer

    taken: list[dict[str, float]] = []

    class Clock(TrainerCallback):
        def on_step_begin(self, *args: Any, **more: Any) -> None:
            self.began = _now()
            taken.append({"seconds": 0.0, "sampling": 0.0})

        def on_step_end(self, *args: Any, **more: Any) -> None:
            taken[-1]["seconds"] = _now() - self.began

    made = trainer.build(
        loaded,
        rows,
        settings,
        reward_functions=[_any_reward],
        reward_weights=[1.0],
        callbacks=[Clock()],
        output_dir=scratch,
    )
    inner = made._generate_single_turn

    def timed(*args: Any, **more: Any) -> Any:
        began = _now()
        out = inner(*args, **more)
        taken[-1]["sampling"] += _now() - began
        return out

    made._generate_single_turn = timed
    made.train()
    return taken, [log for log in made.state.log_history if "loss" in log], type(made).__name__


def _prompt(loaded: policy.Policy, length: int, n: int) -> list[dict[str, str]]:
    """A prompt of `length` tokens, or as few more as a word takes, chat template included."""
    words: list[str] = [f"Case {n}:"]
    while True:
        messages = [{"role": "user", "content": " ".join(words)}]
        missing = length - len(loaded.prompt_ids(messages))
        if missing <= 0:
            return messages
        # A word is at most ten tokens here: a tenth of what is missing at once never goes beyond.
        words += [WORDS[(len(words) + i) % len(WORDS)] for i in range(max(1, missing // 10))]


def _any_reward(completions: list, **columns: Any) -> list[float]:
    """A reward that differs within the group, so that no gradient is zero."""
    return [float(i % 2) for i in range(len(completions))]


# ---- clock and memory -----------------------------------------------------------------------------------


def _cuda() -> bool:
    import torch

    return torch.cuda.is_available()


def _now() -> float:
    if _cuda():
        import torch

        torch.cuda.synchronize()
    return time.perf_counter()


def _reset_peak() -> None:
    if _cuda():
        import torch

        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def _peak_gib() -> float | None:
    import torch

    return round(torch.cuda.max_memory_allocated() / 2**30, 3) if _cuda() else None


def _allocated_gib() -> float | None:
    import torch

    return round(torch.cuda.memory_allocated() / 2**30, 3) if _cuda() else None


if __name__ == "__main__":
    main(*sys.argv[1:])
