"""Job `large/policy`: a Qwen2.5-32B-shaped model of random NF4 weights, written layer by layer.

    python -m benchmarks.gpu.random_policy REPORT OUT TOKENIZER_FOLDER|byte 32b|tiny

For the time and memory of a step, which do not depend on what the weights say. 17.9 GiB for `32b`; a layer at a time is
on the GPU. The shapes are those of Qwen/Qwen2.5-32B-Instruct's config.json; every linear layer of a block is stored as
bitsandbytes' Linear4bit writes it (packed bytes and the quantisation state), embeddings, norms and head in bf16.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from benchmarks.gpu import tiny
from benchmarks.gpu.parts import report

LAYERS_PER_FILE = 4
STD = 0.02


@dataclass(frozen=True)
class Shape:
    """Sizes of a Qwen2 model."""

    hidden: int
    layers: int
    heads: int
    kv_heads: int
    intermediate: int
    vocabulary: int


SHAPES = {"32b": Shape(5120, 64, 40, 8, 27648, 152064), "tiny": Shape(64, 2, 4, 2, 128, 512)}


def main(path: str, out: str, tokenizer: str, shape: str) -> None:
    """The job. config.json comes last: where it lies, the folder is whole."""
    began, folder = time.monotonic(), Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    made = SHAPES[shape]
    size = _write_weights(folder, made, "cuda" if torch.cuda.is_available() else "cpu")
    _write_tokenizer_and_config(folder, made, tokenizer)
    report(
        path,
        {"folder": out, "shape": shape, "gib": round(size / 2**30, 3), "seconds": round(time.monotonic() - began, 1)},
    )


def _write_weights(folder: Path, shape: Shape, device: str) -> int:
    """All safetensors files and their index; one is written while the next is made. Returns the bytes of all."""
    from safetensors.torch import save_file

    generator = torch.Generator(device).manual_seed(0)
    starts = range(0, shape.layers, LAYERS_PER_FILE)
    files, where, size = len(starts) + 1, {}, 0
    with ThreadPoolExecutor(1) as writer:
        writing: Future | None = None
        for n, start in enumerate([*starts, None], 1):
            tensors: dict[str, Tensor] = {}
            if start is None:
                _ends(tensors, shape, generator)
            else:
                for layer in range(start, min(start + LAYERS_PER_FILE, shape.layers)):
                    _block(tensors, layer, shape, generator)
            held = {name: tensor.contiguous().cpu() for name, tensor in tensors.items()}
            name = f"model-{n:05d}-of-{files:05d}.safetensors"
            where |= dict.fromkeys(held, name)
            size += sum(t.numel() * t.element_size() for t in held.values())
            if writing is not None:
                writing.result()
            writing = writer.submit(save_file, held, folder / name, metadata={"format": "pt"})
        writing.result()
    index = {"metadata": {"total_size": size}, "weight_map": where}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), "utf-8")
    return size


def _normal(generator: torch.Generator, *size: int) -> Tensor:
    return torch.empty(*size, dtype=torch.bfloat16, device=generator.device).normal_(0, STD, generator=generator)


def _block(into: dict[str, Tensor], layer: int, shape: Shape, generator: torch.Generator) -> None:
    """One transformer block under its names in a Qwen2 checkpoint."""
    head = shape.hidden // shape.heads
    query, key = shape.heads * head, shape.kv_heads * head
    linear = {
        "self_attn.q_proj": (query, shape.hidden), "self_attn.k_proj": (key, shape.hidden),
        "self_attn.v_proj": (key, shape.hidden), "self_attn.o_proj": (shape.hidden, query),
        "mlp.gate_proj": (shape.intermediate, shape.hidden), "mlp.up_proj": (shape.intermediate, shape.hidden),
        "mlp.down_proj": (shape.hidden, shape.intermediate),
    }  # fmt: skip
    at, plain = f"model.layers.{layer}.", {"dtype": torch.bfloat16, "device": generator.device}
    for name, size in linear.items():
        _nf4(into, f"{at}{name}.weight", _normal(generator, *size))
    for name, size in (("q_proj", query), ("k_proj", key), ("v_proj", key)):
        into[f"{at}self_attn.{name}.bias"] = torch.zeros(size, **plain)
    for name in ("input_layernorm", "post_attention_layernorm"):
        into[f"{at}{name}.weight"] = torch.ones(shape.hidden, **plain)


def _ends(into: dict[str, Tensor], shape: Shape, generator: torch.Generator) -> None:
    into["model.embed_tokens.weight"] = _normal(generator, shape.vocabulary, shape.hidden)
    into["model.norm.weight"] = torch.ones(shape.hidden, dtype=torch.bfloat16, device=generator.device)
    into["lm_head.weight"] = _normal(generator, shape.vocabulary, shape.hidden)


def _nf4(into: dict[str, Tensor], name: str, weight: Tensor) -> None:
    """A weight as Linear4bit's state dict has it: the packed bytes under its name, the state beside it."""
    from bitsandbytes import functional

    packed, state = functional.quantize_4bit(
        weight, blocksize=64, compress_statistics=True, quant_type="nf4", quant_storage=torch.uint8
    )
    into[name] = packed
    into |= {f"{name}.{key}": value for key, value in state.as_dict(packed=True).items()}


def _write_tokenizer_and_config(folder: Path, shape: Shape, tokenizer: str) -> None:
    from transformers import AutoTokenizer, BitsAndBytesConfig, Qwen2Config

    if tokenizer == "byte":
        tiny.make_tokenizer(folder)
    else:
        AutoTokenizer.from_pretrained(tokenizer).save_pretrained(folder)
    read = AutoTokenizer.from_pretrained(folder)
    if len(read) > shape.vocabulary:
        raise SystemExit(f"the tokenizer has {len(read)} entries, the model {shape.vocabulary}")
    ends: dict[str, Any] = {
        "bos_token_id": read.bos_token_id,
        "eos_token_id": read.eos_token_id,
        "pad_token_id": read.pad_token_id,
    }
    (folder / "generation_config.json").write_text(json.dumps(ends), "utf-8")
    config = Qwen2Config(
        vocab_size=shape.vocabulary, hidden_size=shape.hidden, num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads, num_key_value_heads=shape.kv_heads, intermediate_size=shape.intermediate,
        max_position_embeddings=32768, rms_norm_eps=1e-6, tie_word_embeddings=False, use_sliding_window=False,
        rope_parameters={"rope_type": "default", "rope_theta": 1e6}, architectures=["Qwen2ForCausalLM"],
        dtype="bfloat16", **ends,
    )  # fmt: skip
    config.quantization_config = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16, bnb_4bit_quant_storage=torch.uint8, llm_int8_skip_modules=["lm_head"],
    ).to_dict()  # fmt: skip
    config.save_pretrained(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
