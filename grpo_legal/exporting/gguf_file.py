"""A folder of safetensors as one GGUF file for llama.cpp: Llama and Qwen2, in 16 bits, 8 bits or 32.

Names of tensors come from the package `gguf` (TensorNameMap), the layout is that of llama.cpp's convert_hf_to_gguf.py:

- Llama: rows of q_proj and k_proj in another order. transformers turns feature i together with i + d/2, llama.cpp with
  its neighbour: of each head's two halves, rows alternate. Qwen2 is turned by halves in both.
- Norms and biases stay in 32 bits. A shared embedding is stored once, without an output layer.
- Only plain rotary embeddings: scaled ones would be read back without their scale.

Tensors are converted one at a time, so that memory holds one of them. No other architecture is written: llama.cpp's own
script reads the folder that `--to merged` makes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from grpo_legal.errors import UserError
from grpo_legal.exporting import vocabulary

QUANTS = {
    "f16": 2.0,
    "bf16": 2.0,
    "q8_0": 34 / 32,
    "f32": 4.0,
}  # bytes a weight; a block of q8_0 is 32 weights and a scale
INSTEAD = "export it --to merged, then, in llama.cpp: python convert_hf_to_gguf.py MERGED --outtype f16"
ARCHITECTURES = {"LlamaForCausalLM": "llama", "Qwen2ForCausalLM": "qwen2"}


def check_supported(config: dict[str, Any], name: str) -> str:
    """The name that GGUF has for the architecture of a config.json. Raises UserError for one that is not written here."""
    named = (config.get("architectures") or ["?"])[0]
    rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
    kind = rope.get("rope_type", rope.get("type", "default"))
    fault = None
    if named not in ARCHITECTURES:
        fault = f"is a {named}, and {' and '.join(ARCHITECTURES)} are supported"
    elif kind != "default":
        fault = f"has rotary embeddings of type {kind}, and only default ones are supported"
    elif config.get("use_sliding_window"):
        fault = "looks at a sliding window, which is not supported"
    if fault:
        raise UserError(f"--to gguf: {name} {fault}; {INSTEAD}")
    return ARCHITECTURES[named]


def write(folder: Path, out: Path, quant: str, name: str) -> None:
    """The model in `folder` as the file `out`. Raises UserError for what is not supported."""
    import gguf
    from transformers import AutoTokenizer

    config = json.loads((folder / "config.json").read_text("utf-8"))
    arch = check_supported(config, name)
    vocab = vocabulary.from_tokenizer(AutoTokenizer.from_pretrained(folder), config["vocab_size"], name)
    writer = gguf.GGUFWriter(out, arch)
    _describe(writer, config, arch, quant, name)
    _add_vocabulary(writer, folder, vocab)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH[arch.upper()], config["num_hidden_layers"])
    places = [(_renamed(names, key), key, file) for file in sorted(folder.glob("*.safetensors")) for key in _keys(file)]
    for new, key, file in places:
        shape = _shape(file, key)
        kind, dtype, stored, size = _storage(new, shape, quant)
        writer.add_tensor_info(new, stored, dtype, size, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for new, key, file in places:
        weights = _read(file, key)
        if arch == "llama":
            weights = turned(weights, key, config)
        writer.write_tensor_data(gguf.quantize(weights, _storage(new, weights.shape, quant)[0]))
    writer.close()


# ---- metadata -----------------------------------------------------------------------------------------


def _describe(writer: Any, config: dict[str, Any], arch: str, quant: str, name: str) -> None:
    import gguf

    types = {"f16": "MOSTLY_F16", "bf16": "MOSTLY_BF16", "q8_0": "MOSTLY_Q8_0", "f32": "ALL_F32"}
    writer.add_type(gguf.GGUFType.MODEL)
    writer.add_name(name)
    writer.add_file_type(gguf.LlamaFileType[types[quant]])
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    heads = config["num_attention_heads"]
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(config.get("num_key_value_heads") or heads)
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base((config.get("rope_parameters") or config).get("rope_theta", 10_000.0))
    writer.add_vocab_size(config["vocab_size"])
    width = config.get("head_dim") or config["hidden_size"] // heads
    if arch == "llama":
        writer.add_rope_dimension_count(width)
    if config.get("head_dim"):
        writer.add_key_length(width)
        writer.add_value_length(width)


def _add_vocabulary(writer: Any, folder: Path, vocab: vocabulary.Vocabulary) -> None:
    import gguf

    writer.add_tokenizer_model("gpt2")  # byte-level BPE
    writer.add_tokenizer_pre(vocab.pre)
    writer.add_token_list(vocab.tokens)
    writer.add_token_types(vocab.types)
    special = gguf.SpecialVocab(folder, n_vocab=len(vocab.tokens))
    special.merges = vocab.merges
    special.add_special_token = {"bos": vocab.add_bos}
    special.add_to_gguf(writer, quiet=True)


# ---- tensors ------------------------------------------------------------------------------------------


def _keys(file: Path) -> list[str]:
    from safetensors import safe_open

    with safe_open(file, "pt") as opened:
        return list(opened.keys())


def _shape(file: Path, key: str) -> tuple[int, ...]:
    from safetensors import safe_open

    with safe_open(file, "pt") as opened:
        return tuple(opened.get_slice(key).get_shape())


def _read(file: Path, key: str) -> Any:
    """A tensor as fp32 numpy."""
    from safetensors import safe_open

    with safe_open(file, "pt") as opened:
        return opened.get_tensor(key).float().numpy()


def _renamed(names: Any, key: str) -> str:
    found = names.get_name(key, try_suffixes=(".weight", ".bias"))
    if found is None:
        raise UserError(f"--to gguf: the tensor {key} has no place in a GGUF file")
    return found


def _storage(name: str, shape: tuple[int, ...], quant: str) -> tuple[Any, Any, tuple[int, ...], int]:
    """How a tensor is stored: its type in GGUF, that of its array, that array's shape, its bytes.

    What is not a matrix stays in fp32; a matrix whose rows are no whole blocks of q8_0 becomes f16, as in llama.cpp.
    """
    import gguf
    import numpy as np

    kind = (
        gguf.GGMLQuantizationType.F32
        if len(shape) < 2 or "_norm." in name
        else gguf.GGMLQuantizationType[quant.upper()]
    )
    if shape[-1] % gguf.GGML_QUANT_SIZES[kind][0]:
        kind = gguf.GGMLQuantizationType.F16
    plain = {gguf.GGMLQuantizationType.F32: np.float32, gguf.GGMLQuantizationType.F16: np.float16}
    dtype = np.dtype(plain.get(kind, np.uint8))
    stored = shape if kind in plain else gguf.quant_shape_to_byte_shape(shape, kind)
    return kind, dtype, stored, int(np.prod(stored)) * dtype.itemsize


def turned(weights: Any, key: str, config: dict[str, Any]) -> Any:
    """q_proj and k_proj, (heads x width, …), with each head's rows in llama.cpp's order; other tensors as they are.

    Row 2i of a head was its row i, row 2i + 1 its row i + width/2.
    """
    heads = {"q_proj": "num_attention_heads", "k_proj": "num_key_value_heads"}.get(key.split(".")[-2])
    if heads is None:
        return weights
    count = config.get(heads) or config["num_attention_heads"]
    halves = weights.reshape(count, 2, -1, *weights.shape[1:])
    return halves.swapaxes(1, 2).reshape(weights.shape)
