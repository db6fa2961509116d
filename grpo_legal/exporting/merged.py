"""Base and adapter as one model: a folder of safetensors, or a GGUF file made from such a folder."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from grpo_legal import policy
from grpo_legal.errors import UserError
from grpo_legal.exporting import gguf_file, modelfile
from grpo_legal.exporting.source import Source
from grpo_legal.exporting.staging import check_room

BYTES = {"bf16": 2, "fp16": 2, "fp32": 4}
BETWEEN = {"f16": "fp16", "bf16": "bf16", "q8_0": "fp16", "f32": "fp32"}  # the merged folder that a GGUF is made from


def check_base(source: Source) -> None:
    """Raise UserError where no GGUF file can be written of the base, before anything is computed."""
    gguf_file.check_supported(policy.base_config(source.merge_into), source.merge_into.model)


def write_merged(source: Source, folder: Path, dtype: str) -> dict[str, Any]:
    """Weights, configuration, generation configuration, tokenizer and chat template, as from_pretrained takes them.

    Returns what export.json says of it. Raises UserError where the disk is too small, before anything is written.
    """
    count = policy.parameters(source.merge_into)
    check_room(folder, BYTES[dtype] * count, f"a merged model of {count:,} weights in {dtype}")
    model, tokenizer, summed = policy.merged(source.merge_into, dtype)
    ends = policy.Policy(model, tokenizer, "transformers", source.name, str(folder)).eos_token_ids()
    model.generation_config.eos_token_id = ends[0] if len(ends) == 1 else ends
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return {
        "weights": count,
        "dtype": dtype,
        "summed_in": summed,
        "merged_into": source.merge_into.model,
        **_bits(source),
    }


def _bits(source: Source) -> dict[str, Any]:
    if not source.settings.policy.load_in_4bit:
        return {}
    return {
        "note": "trained beside a base in 4 bits, merged into the 16-bit one: a little different from what was trained"
    }


def write_gguf(source: Source, folder: Path, quant: str) -> dict[str, Any]:
    """One GGUF file, and a Modelfile for Ollama beside it where the chat template is of a family that it can say.

    Returns what export.json says of it. Raises UserError where the architecture, the tokenizer or the disk will not do.
    """
    count = policy.parameters(source.merge_into)
    between = BETWEEN[quant]
    size = (BYTES[between] + gguf_file.QUANTS[quant]) * count
    check_room(folder, int(size), f"a GGUF file of {count:,} weights in {quant}, and the merged model it is made from,")
    name = f"{source.name}-{quant.upper()}.gguf"
    with tempfile.TemporaryDirectory(prefix=".merged-", dir=folder) as scratch:
        said = write_merged(source, Path(scratch), between)
        gguf_file.write(Path(scratch), folder / name, quant, source.name)
        try:
            text = modelfile.compose(Path(scratch), name, source.settings.data.prompt, source.policy.max_seq_length)
            (folder / "Modelfile").write_text(text, encoding="utf-8")
            said["modelfile"] = "Modelfile"
        except UserError as error:
            said["modelfile"], said["no_modelfile"] = None, str(error)
    return {**said, "file": name, "quant": quant}
