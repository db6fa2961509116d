"""Peak memory of a GRPO step, piece by piece, from the shapes of the tensors that are alive at once.

On a CPU (fp32, transformers engine) the list is complete: every tensor that autograd keeps was counted with
`torch.autograd.graph.saved_tensors_hooks`, and benchmarks/memory.py holds the sum against measured peaks. On CUDA it
is the same list in 16 bits, held against a 32B policy on an H100 (benchmarks/results/gpu-*.json); Unsloth's fused
kernels keep less, and what is assumed of them is said in `_kept_bytes`. It is what a run needs: a CPU with plenty of
free memory lets the allocator keep freed blocks (policy/hardware.py, `roomy`), which was seen to take half as much again.
"""

from __future__ import annotations

from dataclasses import dataclass

from grpo_legal.planning.shapes import Shape
from grpo_legal.planning.workload import Workload

GIB = 2**30
NF4_BITS = 4.127  # a weight, double quantisation included (QLoRA, arXiv 2305.14314, section 3)
IN_PARTS = 256  # tokens of a packed row from which on its attention goes in two parts (shared_prefix/attention.py)
HEAD_CHUNK = 1024  # positions whose logits are made at once (shared_prefix/scoring.py)
CPU_PROCESS = 0.75  # GiB of Python, torch, transformers, TRL and data sets before a model is loaded, measured
CUDA_PROCESS = 0.9  # GiB of the CUDA context, cuBLAS workspaces and fragments of the allocator, assumed


@dataclass(frozen=True)
class Memory:
    """GiB of each piece. The peak is what stays, and the larger of sampling and of forward and backward."""

    process: float
    weights: float
    lora: float
    gradients: float
    optimizer: float
    kv_cache: float
    sampling: float  # beside the cache: logits and attention's copies while a token is drawn
    activations: float
    logits: float
    layer: float  # gradients inside one layer's backward pass

    @property
    def stays(self) -> float:
        return self.process + self.weights + self.lora + self.gradients + self.optimizer

    @property
    def peak(self) -> float:
        return self.stays + max(self.kv_cache + self.sampling, self.activations + max(self.logits, self.layer))

    @property
    def phase(self) -> str:
        """What the peak is reached in."""
        trains = self.activations + max(self.logits, self.layer) >= self.kv_cache + self.sampling
        return "forward and backward" if trains else "sampling"


def estimate(shape: Shape, work: Workload) -> Memory:
    """The pieces of a step of `work` at its longest prompts and completions.

    >>> from grpo_legal.planning.shapes import known
    >>> work = Workload(prompt=512, completion=32, group=16, batch=16, micro=16, bits=32, checkpointing=False)
    >>> 2.5 < estimate(known("smollm2-135m"), work).peak < 3.5
    True
    """
    trained = shape.lora_weights(work.rank, work.lora_layers)
    cache, sampling = sampling_bytes(shape, work)
    return Memory(
        process=CUDA_PROCESS if work.cuda else CPU_PROCESS,
        weights=weight_bytes(shape, work.bits, work.engine) / GIB,
        lora=4 * trained / GIB,
        gradients=4 * trained / GIB,
        optimizer=optimizer_bytes(trained, work.optim) / GIB,
        kv_cache=cache / GIB,
        sampling=sampling / GIB,
        activations=activation_bytes(shape, work) / GIB,
        logits=logit_bytes(shape, work) / GIB,
        layer=layer_bytes(shape, work) / GIB,
    )


def weight_bytes(shape: Shape, bits: int, engine: str) -> float:
    """Bytes of the base. bitsandbytes quantises linear layers only, and leaves the output head: under 4 bits the rest has
    16 with Unsloth, and 32 with peft, which casts it (`prepare_model_for_kbit_training`).
    """
    if bits == 4:
        return shape.linear_weights() * NF4_BITS / 8 + shape.other_weights() * (2 if engine == "unsloth" else 4)
    return shape.weights() * bits / 8


def optimizer_bytes(trained: int, optim: str) -> float:
    """Adam's two moments in fp32, or in 8 bits with an fp32 scale per block of 256 (arXiv 2110.02861)."""
    return trained * (8.0 if optim == "adamw_torch" else 2 * (1 + 4 / 256))


def sampling_bytes(shape: Shape, work: Workload) -> tuple[float, float]:
    """Bytes of the key-value cache when every completion is at its longest, and of what is made beside it for a token.

    The cache holds keys and values of each layer for each of the batch's rows; where a shared prompt's first token is also
    the last, nothing is copied, and it is that of the distinct prompts (shared_prefix/sampling.py). Beside it: one layer's new cache while it
    is put together from the old, its keys and values repeated for the query heads where attention takes a mask
    (transformers' sdpa_attention.py), and logits, their fp32 copy, softmax and draws.
    """
    width = 4 if work.bits == 32 else 2
    length = work.prompt + work.completion - 1
    rows = -(-work.batch // work.group) if work.shared and work.completion == 1 else work.batch
    layer = 2 * rows * length * shape.kv_width * width
    repeated = 2 * rows * length * shape.q_width * width if shape.heads > shape.kv_heads else 0
    draw = 4 * work.batch * shape.vocab * 4
    return float(layer * shape.layers), float(layer + max(repeated, draw))


def activation_bytes(shape: Shape, work: Workload) -> float:
    """Bytes kept for the backward pass at the end of the forward pass.

    Without checkpointing: `_kept_bytes` of every layer that has an adapter at or below it. With it (PyTorch's checkpoint
    per layer): the input of each such layer and of the last norm, and all of the layer that is computed again. Unsloth's
    own checkpointing moves those inputs to the host's memory.
    """
    rows, length = work.packed()
    layers = min(work.lora_layers or shape.layers, shape.layers)
    tokens = rows * length
    visible = rows * length**2 if _masked(work) else 0  # the bool mask itself, a byte an entry
    one = _kept_bytes(shape, work, rows, length)
    if not work.checkpointing:
        return visible + layers * one
    inputs = 0 if work.engine == "unsloth" else (layers + 1) * tokens * shape.hidden * (4 if work.bits == 32 else 2)
    return visible + inputs + one


def _kept_bytes(shape: Shape, work: Workload, rows: int, length: int) -> float:
    """Bytes that autograd keeps of one layer with LoRA on its seven projections, for `rows` of `length` tokens.

    A token keeps, in fp32, in floats (H hidden, Q query width, I intermediate, r rank, h heads, L row length):

        two norms          input H, 1/rms 1, output H (the input of q, k, v, or of gate and up)        4H + 2
        LoRA               the r numbers between A and B of seven projections                          7r
        attention          q after rotation, output; where it goes in two parts, theirs joined             2Q or 3Q
                           log-sum-exp of every head; and what `_attention_kept` says                h
        MLP                gate, silu(gate), up, their product                                         4I

    The base's weights are frozen, so no projection keeps its input but for LoRA. On CUDA in 16 bits under autocast norms
    keep their fp32 input, and every projection of LoRA its own copy of its input (peft casts it): 18H + 6Q + 8I bytes.
    For Unsloth the list is taken without mask, an upper bound: its kernels keep less of the MLP.
    """
    h, q, i, r = shape.hidden, shape.q_width, shape.intermediate, work.rank
    attention = _attention_kept(shape, work, length)
    if work.bits == 32:
        token = 4 * h + 2 + 7 * r + (3 if _in_parts(work, length) else 2) * q + shape.heads + 4 * i
        return 4.0 * rows * (length * token + attention)
    token = 18 * h + 8 + 14 * r + 6 * q + 4 * shape.heads + 8 * i
    return rows * (length * token + 2.0 * attention)


def _attention_kept(shape: Shape, work: Workload, length: int) -> float:
    """Numbers that attention keeps of a row of L tokens beside q and its output: keys and values, and the additive mask,
    made anew a layer.

    Under a mask keys and values are repeated for every query head. In two parts the mask is that of the T tokens of
    completions over the L; where each completion has its own copy of the prompt's keys (shared_prefix/attention.py),
    that of one over the P + C, which CUDA's kernels do without.
    """
    if not _masked(work):
        return 2.0 * shape.kv_width * length
    after, one = length - work.prompt, work.completion - 1
    if work.shared and not after:
        return 2.0 * shape.kv_width * length
    if not _in_parts(work, length):
        return 2.0 * shape.q_width * length + length**2
    if not copies(work.prompt, after, one):
        return 2.0 * shape.q_width * length + after * length
    seen = work.prompt + one
    keys = 2.0 * shape.kv_width * (length + after / one * seen)
    return shape.q_width * after + keys + (0 if work.cuda else one * seen)


def copies(prompt: int, tokens: int, one: int) -> bool:
    """Whether completions of `one` token each, `tokens` in all, get copies of the prompt's keys (`by_rows` there)."""
    return tokens > prompt + one


def _in_parts(work: Workload, length: int) -> bool:
    return work.shared and length >= IN_PARTS and length > work.prompt


def _masked(work: Workload) -> bool:
    return work.engine != "unsloth"


def logit_bytes(shape: Shape, work: Workload) -> float:
    """Bytes alive at once in the output head's forward and backward pass.

    With a shared prompt, per position and word of the vocabulary, in fp32: the log-softmax, and beside it exp and product
    of the entropy, or two gradients: 3. A gradient through the entropy keeps exp as well and has three gradients: 5.
    Positions go through `HEAD_CHUNK` at a time. Plain TRL makes logits, a copy over the temperature and a gradient of all
    positions: 3. Unsloth goes through a completion at a time (assumed).
    """
    copies = 5 if work.entropy_grad else 3
    positions = work.head_positions()
    if work.engine == "unsloth":
        positions = work.completion
    elif work.shared:
        positions = min(positions, HEAD_CHUNK)
    return float(copies * positions * shape.vocab * 4)


def layer_bytes(shape: Shape, work: Workload) -> float:
    """Bytes of gradients inside one layer's backward pass: those of gate, silu, up and product, and of two hidden states."""
    rows, length = work.packed()
    return float(rows * length * (4 * shape.intermediate + 2 * shape.hidden) * (4 if work.bits == 32 else 2))
