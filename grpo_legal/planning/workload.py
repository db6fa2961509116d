"""What the settings of a run ask of a machine, as numbers: the longest texts, the group, the micro-batch, the precision."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from grpo_legal.config import CPU_PRESETS, Settings


@dataclass(frozen=True)
class Workload:
    """One GRPO step. Lengths are in tokens; the longest for memory, the usual ones for time."""

    prompt: int  # the longest prompt that policy.max-seq-length lets through
    completion: int  # the longest completion
    group: int  # completions per prompt
    batch: int  # completions per optimizer step
    micro: int  # completions per forward and backward pass
    micro_tokens: int | None = None  # packed tokens per pass, in place of `micro`
    bits: int = 16  # of the base weights: 4, 16 or 32
    engine: str = "transformers"
    shared: bool = True  # a group's prompt is computed once
    checkpointing: bool = True
    entropy_grad: bool = False  # the entropy bonus has a gradient through every logit
    rank: int = 16
    lora_layers: int | None = None
    optim: str = "adamw_torch"
    usual_prompt: int = 400
    usual_completion: int = 460

    @property
    def cuda(self) -> bool:
        """fp32 is what a run without a GPU computes in."""
        return self.bits != 32

    def usual(self) -> Workload:
        """The same with no text longer than usual."""
        return dataclasses.replace(self, prompt=self.usual_prompt, completion=self.usual_completion)

    def packed(self) -> tuple[int, int]:
        """Rows and tokens a row of the largest forward and backward pass, padding included.

        With a shared prompt a row is P + g (C - 1) tokens for the g completions of it (shared_prefix/packing.py); else it
        is P + C. With `micro_tokens`, as many whole groups as the budget holds, or the part of a group that it holds.

        >>> Workload(prompt=512, completion=32, group=16, batch=16, micro=16).packed()
        (1, 1008)
        """
        if not self.shared:
            return self.micro, self.prompt + self.completion
        if self.micro_tokens is not None:
            whole = self.prompt + self.group * (self.completion - 1)
            if whole <= self.micro_tokens:
                return min(self.micro_tokens // whole, -(-self.batch // self.group)), whole
            return 1, max(self.micro_tokens, self.prompt + self.completion - 1)
        together = min(self.group, self.micro)
        return -(-self.micro // self.group), self.prompt + together * (self.completion - 1)

    def head_positions(self) -> int:
        """Positions of that pass whose logits are needed: each completion token once, less those that share a predictor."""
        rows, length = self.packed()
        if not self.shared:
            return rows * (self.completion + 1)
        return rows * (length - self.prompt + 1)


def of(settings: Settings, *, prompt: int | None = None, completion: int | None = None) -> Workload:
    """The workload of a run's settings; `prompt` and `completion` are the usual lengths, else assumed.

    Assumed are prompts of 150 tokens for the families' short questions and of 400 for others, or less where they do not
    fit, and completions of 60% of the longest.
    The auto engine is taken to be unsloth for 4 bits and transformers else; shared-prefix acts on transformers only.
    """
    p, g = settings.policy, settings.grpo
    engine = p.engine if p.engine != "auto" else "unsloth" if p.load_in_4bit else "transformers"
    assumed = 150 if settings.data.source == "families" and settings.data.prompt == "short" else 400
    longest = p.max_seq_length - g.max_completion_length
    in_32 = p.dtype == "float32" or (p.dtype == "auto" and settings.preset in CPU_PRESETS)
    return Workload(
        prompt=longest,
        completion=g.max_completion_length,
        group=g.num_generations,
        batch=g.batch_size,
        micro=g.micro_batch_size,
        micro_tokens=g.micro_batch_tokens,
        bits=4 if p.load_in_4bit else 32 if in_32 else 16,
        engine=engine,
        shared=engine == "transformers" and g.shared_prefix == "on",
        checkpointing=g.gradient_checkpointing,
        entropy_grad=g.entropy_coef > 0,
        rank=p.lora_rank,
        lora_layers=p.lora_last_layers,
        optim=g.optim,
        usual_prompt=min(prompt or assumed, longest),
        usual_completion=min(completion or max(1, round(0.6 * g.max_completion_length)), g.max_completion_length),
    )
