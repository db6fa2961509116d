"""One trainer that makes GRPO steps on one shape, timed by part: what `python -m benchmarks.step` measures.

The trainer is driven by hand, so that its parts can be told apart: sampling, scoring (the rewards and what else TRL does
between), backward (forward and backward passes), update. Every prompt has exactly P tokens, every completion exactly C.
"""

from __future__ import annotations

import ctypes
import gc
import time
from pathlib import Path
from typing import Any

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h
MOST_KEPT = 32 << 20  # the most that glibc's own adjustment comes to on 64 bits (mallopt(3))


class Side:
    """One trainer that makes steps on one shape, timed by part."""

    def __init__(self, policy: Any, shape: tuple[int, int, int], micro: int, *, shared: bool, scratch: str) -> None:
        from grpo_legal import config, trainer

        self.prompt, self.completion, self.group = shape
        self.policy = policy
        settings = config.resolve(config.preset("cpu"), {
            "policy": {"max_seq_length": max(self.prompt + self.completion, 64)},
            "grpo": {
                "max_steps": 10_000, "batch_size": self.group, "num_generations": self.group, "micro_batch_size": micro,
                "max_completion_length": self.completion, "shared_prefix": "on" if shared else "off", "skip_flat": "off",
                "warmup_steps": 0, "lr_scheduler": "constant", "decay_steps": 0, "entropy_coef": 0.0, "entropy_target": None,
            },
        })  # fmt: skip
        self.trainer = trainer.build(
            policy, [{"prompt": [{"role": "user", "content": "x"}]}] * 2, settings, reward_functions=[_any_reward],
            reward_weights=[1.0], callbacks=[], output_dir=scratch,
        )  # fmt: skip
        self.trainer.create_optimizer_and_scheduler(10_000)
        self.trainer.current_gradient_accumulation_steps = self.group // micro
        self._always_whole()

    def _always_whole(self) -> None:
        """Prompts of exactly P tokens, and completions of exactly C: no end token stops one early."""
        import torch

        made, generator = self.trainer, torch.Generator().manual_seed(7)
        size = self.policy.model.get_input_embeddings().num_embeddings
        made._tokenize_prompts = lambda prompts: (self._ids(generator, size), None, {})
        made.eos_token_ids = []
        for config in (made.generation_config, self.policy.model.generation_config):
            config.eos_token_id = None
        inner, self.sampling = made._generate_single_turn, 0.0

        def timed(*args: Any, **more: Any) -> Any:
            began = now()
            out = inner(*args, **more)
            self.sampling += now() - began
            return out

        made._generate_single_turn = timed

    def _ids(self, generator: Any, size: int) -> list[list[int]]:
        import torch

        return [torch.randint(3, size, (self.prompt,), generator=generator).tolist()] * self.group

    def step(self) -> dict[str, float]:
        """Seconds of each part of one step, of all of it, and the peak memory in GiB."""
        made = self.trainer
        rows = [{"prompt": [{"role": "user", "content": "x"}]} for _ in range(self.group)]
        made.model.train()
        reset_peak()
        self.sampling = 0.0
        began = now()
        made._step, made._buffered_inputs = 0, None
        first = made._prepare_inputs(rows)
        prepared = now()
        steps = made.args.steps_per_generation
        for micro in range(steps):
            made._step = micro
            inputs = first if micro == 0 else made._prepare_inputs(rows)
            made.accelerator.backward(made.compute_loss(made.model, inputs))
        passed = now()
        made.optimizer.step()
        made.optimizer.zero_grad()
        ended = now()
        made._metrics["train"].clear()
        return {
            "sampling": self.sampling,
            "scoring": prepared - began - self.sampling,
            "backward": passed - prepared,
            "update": ended - passed,
            "seconds": ended - began,
            "peak_gib": peak_gib(),
        }


def _any_reward(completions: list, **columns: Any) -> list[float]:
    """A reward that differs within the group, so that no gradient is zero."""
    return [float(i % 2) for i in range(len(completions))]


# ---- clocks and memory ----------------------------------------------------------------------------------


def return_freed(asked: bool) -> None:
    """Whether glibc gives freed blocks of a MiB or more back at once, or, as it comes to by itself, keeps those up to 32 MiB.

    Returned, a peak is what a machine short of memory needs, as planning estimates it; but every block is zeroed anew,
    which takes longest where most is allocated, and would flatter us. What was kept before is handed out again either way.
    """
    from grpo_legal.policy import return_large_blocks

    try:
        library = ctypes.CDLL(None)
        if asked:
            return_large_blocks()
            library.malloc_trim(0)  # what has been kept so far
        else:
            library.mallopt(M_MMAP_THRESHOLD, MOST_KEPT)
            library.mallopt(M_TRIM_THRESHOLD, 2 * MOST_KEPT)
    except (AttributeError, OSError, TypeError):  # another C library has no such choice
        return


def now() -> float:
    import torch

    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter()


def reset_peak() -> None:
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
    else:
        Path("/proc/self/clear_refs").write_text("5")  # Linux: the high-water mark starts from what is held now


def peak_gib() -> float:
    import torch

    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated() / 2**30
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 2**20
