"""Seconds of a step, by the roofline: the larger of what the arithmetic takes and what moving the bytes takes.

The shares below of a machine's peak are those of a 32B policy in 4 bits on an H100 (benchmarks/results/gpu-*.json), taken to
be the same on other cards; `calibration` replaces them by what a run measured. The rest is counted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from grpo_legal.planning.machines import Machine
from grpo_legal.planning.shapes import Shape
from grpo_legal.planning.workload import Workload

# Of peak TFLOP/s in passes over many tokens: a step of plain TRL, 6.3 and 7.8 s beside sampling.
FLOPS_SHARE = 0.27
# The same of Unsloth's: 16.5 s for the first step of a shape, with whatever it makes only once.
UNSLOTH_FLOPS_SHARE = 0.068
# Of attention, counted as causal, where a group has a mask of its own: what is left of 3.6 and 8.4 s.
MASKED_FLOPS_SHARE = 0.013
BANDWIDTH_SHARE = 0.6  # of peak GB/s, assumed
# Of a layer in one decoding step. Small kernels on the GPU: 20 of the 73 ms that all kernels of a token take. Their launches:
# 59 and 112 s for 256 and 512 tokens of 64 layers by plain TRL, 33 and 66 s by Unsloth; ours are replayed as one.
KERNELS_SECONDS = 0.0003
LAUNCHES_SECONDS = {"shared": 0.0, "plain": 0.0035, "unsloth": 0.0020}
NF4_TRAFFIC = (
    4.5  # bytes a weight: half a byte read, 16 bits written and read again (bitsandbytes dequantises, then multiplies)
)


@dataclass(frozen=True)
class Scale:
    """Measured seconds over predicted ones; 1 is uncalibrated."""

    sampling: float = 1.0
    training: float = 1.0


@dataclass(frozen=True)
class Step:
    """Seconds of one optimizer step, and the tokens that it samples."""

    sampling: float
    training: float
    sampled_tokens: float

    @property
    def seconds(self) -> float:
        return self.sampling + self.training

    @property
    def per_hour(self) -> float:
        return 3600 / self.seconds

    @property
    def tokens_per_second(self) -> float:
        """Sampled tokens a second while sampling."""
        return self.sampled_tokens / self.sampling


def grpo_step(shape: Shape, work: Workload, machine: Machine, scale: Scale = Scale()) -> Step:
    """A step at the workload's usual lengths: sample the batch, then one forward and backward pass over it."""
    return Step(
        sampling=scale.sampling * _sampling(shape, work, machine),
        training=scale.training * _grpo_training(shape, work, machine),
        sampled_tokens=work.batch * work.usual_completion,
    )


def sft_seconds(shape: Shape, work: Workload, machine: Machine, tokens: int, batch: int, scale: Scale = Scale()) -> float:  # fmt: skip
    """One supervised step over `batch` texts of `tokens` tokens, a text at a time, with checkpointing."""
    one = _passes(shape, work, machine, rows=1, length=tokens, positions=tokens, checkpointing=True)
    return scale.training * batch * one


def _sampling(shape: Shape, work: Workload, machine: Machine) -> float:
    """Prefill, then a decoding step for every token of the longest completion, with the rows that are still alive.

    Where the usual completion is shorter than the longest, some row of a batch is taken to run to the longest.
    """
    prompts = math.ceil(work.batch / work.group) if work.shared else work.batch
    prefill = 2 * shape.linear_weights() * prompts * work.usual_prompt / _flops(machine)
    prefill += _dequantised(shape, work, machine)
    steps = work.completion - 1  # the prefill draws the first
    if steps == 0:
        return prefill
    alive = work.batch * work.usual_completion / work.completion
    weights = shape.linear_weights() + shape.vocab * shape.hidden
    width = 4 if work.bits == 32 else 2
    moved = shape.linear_weights() * (NF4_TRAFFIC if work.bits == 4 else width) + shape.vocab * shape.hidden * width
    seen = work.usual_prompt + work.usual_completion / 2
    moved += alive * seen * 2 * shape.kv_width * shape.layers * width
    decode = max(moved / (machine.bandwidth * 1e9 * BANDWIDTH_SHARE), 2 * weights * alive / _flops(machine))
    if machine.name != "cpu":  # a CPU launches nothing
        way = "unsloth" if work.engine == "unsloth" else "shared" if work.shared else "plain"
        decode = max(decode + shape.layers * KERNELS_SECONDS, shape.layers * LAUNCHES_SECONDS[way])
    return prefill + steps * decode


def _grpo_training(shape: Shape, work: Workload, machine: Machine) -> float:
    """Forward and backward over the batch, a group's prompt once where it is shared (Unsloth shares it too)."""
    length = work.usual_completion
    if work.shared or work.engine == "unsloth":
        rows, row = work.batch / work.group, work.usual_prompt + work.group * (length - 1)
    else:
        rows, row = work.batch, work.usual_prompt + length
    micros = (
        max(1, work.batch // work.micro) if work.micro_tokens is None else math.ceil(rows * row / work.micro_tokens)
    )
    return _passes(
        shape, work, machine, rows=rows, length=row, positions=work.batch * length / rows,
        checkpointing=work.checkpointing, micros=micros, masked=work.shared,
        share=UNSLOTH_FLOPS_SHARE if work.engine == "unsloth" else FLOPS_SHARE,
    )  # fmt: skip


def _passes(
    shape: Shape,
    work: Workload,
    machine: Machine,
    *,
    rows: float,
    length: float,
    positions: float,
    checkpointing: bool,
    micros: int = 1,
    masked: bool = False,
    share: float = FLOPS_SHARE,
) -> float:
    """Seconds of forward and backward over `rows` of `length` tokens, `positions` of each through the output head.

    Arithmetic: 2 per weight and token forward, and 2 backward for the gradient of the input; frozen weights need none of
    their own, so LoRA takes 4, not 6 (Kaplan et al., arXiv 2001.08361, section 2.1, less the weights' gradient).
    Checkpointing computes the forward pass again. Attention is 2 L Q a token, causal, and twice that backward.
    Layers below the lowest adapter have no backward pass.
    """
    deep = min(work.lora_layers or shape.layers, shape.layers) / shape.layers
    again = 1 if checkpointing else 0
    linear = 2 * shape.linear_weights() * rows * length * (1 + deep * (1 + again))
    attention = 2 * shape.q_width * shape.layers * rows * length**2 * (1 + deep * (2 + again))
    head = 2 * shape.vocab * shape.hidden * rows * positions * 2
    arithmetic = (linear + head) / _flops(machine, share)
    arithmetic += attention / _flops(machine, MASKED_FLOPS_SHARE if masked else share)
    return arithmetic + micros * (2 + again) * _dequantised(shape, work, machine)


def _flops(machine: Machine, share: float = FLOPS_SHARE) -> float:
    """What a machine does a second. The CPU's figure was measured, not peak."""
    return machine.tflops * 1e12 * (1.0 if machine.name == "cpu" else share)


def _dequantised(shape: Shape, work: Workload, machine: Machine) -> float:
    """Seconds to write all 4-bit weights out in 16 bits, once a pass."""
    if work.bits != 4:
        return 0.0
    return shape.linear_weights() * NF4_TRAFFIC / (machine.bandwidth * 1e9 * BANDWIDTH_SHARE)
