"""What a model is made of: numbers out of its config.json, and how many weights they make.

Holds for llama-like decoders (Llama, SmolLM2, Qwen2, Mistral): grouped-query attention, three MLP projections, two norms
a layer. Source of the parameter counts: transformers' `modeling_llama.py` and `modeling_qwen2.py`.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from grpo_legal.errors import UserError, near

PARTS = ("q", "k", "v", "o", "gate", "up", "down")


@dataclass(frozen=True)
class Shape:
    """A decoder's sizes. `kv_heads` of keys and values for `heads` of queries, each `head_dim` wide."""

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    intermediate: int
    vocab: int
    tied: bool = False  # the output head is the embedding
    qkv_bias: bool = False

    @property
    def q_width(self) -> int:
        return self.heads * self.head_dim

    @property
    def kv_width(self) -> int:
        return self.kv_heads * self.head_dim

    def linear(self) -> dict[str, tuple[int, int]]:
        """(input, output) widths of a layer's seven projections."""
        h, q, kv, i = self.hidden, self.q_width, self.kv_width, self.intermediate
        widths = ((h, q), (h, kv), (h, kv), (q, h), (h, i), (h, i), (i, h))
        return dict(zip(PARTS, widths, strict=True))

    def linear_weights(self) -> int:
        """Weights of the projections of all layers: what 4 bits hold, and what a token is multiplied with."""
        return self.layers * sum(a * b for a, b in self.linear().values())

    def other_weights(self) -> int:
        """Embedding, output head where it is not the embedding, norms, biases."""
        biases = self.layers * (self.q_width + 2 * self.kv_width) if self.qkv_bias else 0
        norms = (2 * self.layers + 1) * self.hidden
        return self.vocab * self.hidden * (1 if self.tied else 2) + norms + biases

    def weights(self) -> int:
        """All weights of the base.

        >>> known("Qwen/Qwen2.5-32B-Instruct").weights()
        32763876352
        """
        return self.linear_weights() + self.other_weights()

    def lora_weights(self, rank: int, layers: int | None = None) -> int:
        """Weights of LoRA of `rank` on all seven projections of the last `layers` layers: r (in + out) each (2106.09685)."""
        adapted = min(layers or self.layers, self.layers)
        return adapted * rank * sum(a + b for a, b in self.linear().values())


@functools.cache
def table() -> dict[str, Shape]:
    """The models whose shapes are known without their files, by the name that `policy.model` takes."""
    text = resources.files("grpo_legal").joinpath("planning/models.yaml").read_text("utf-8")
    return {name: Shape(**sizes) for name, sizes in yaml.safe_load(text).items()}


def known(model: str) -> Shape:
    """The shape of `policy.model`: a name of the table, or a folder with config.json. Raises UserError for others."""
    if model in table():
        return table()[model]
    bare = {name.split("/")[-1].lower(): shape for name, shape in table().items()}
    short = model.split("/")[-1].lower().removesuffix("-bnb-4bit").removesuffix("-unsloth")
    if short in bare:
        return bare[short]
    path = Path(model, "config.json")
    if not path.is_file():
        names = ", ".join(table())
        raise UserError(
            f"policy.model {model!r} is no model whose shape is known ({names}), nor a folder with config.json"
            f"{near(model, table())}"
        )
    return from_config(path)


def from_config(path: Path) -> Shape:
    """The shape that a config.json tells. Raises UserError where a size is missing or is no whole number above 0."""
    try:
        said = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{str(path)!r} cannot be read as JSON: {error}") from None
    if not isinstance(said, dict):
        raise UserError(f"{str(path)!r} holds no model config (a mapping with hidden_size and others)")
    said = said.get("text_config") or said
    heads = _size(said, "num_attention_heads", path)
    hidden = _size(said, "hidden_size", path)
    return Shape(
        layers=_size(said, "num_hidden_layers", path),
        hidden=hidden,
        heads=heads,
        kv_heads=_size({"num_key_value_heads": heads} | said, "num_key_value_heads", path),
        head_dim=said.get("head_dim") or hidden // heads,
        intermediate=_size(said, "intermediate_size", path),
        vocab=_size(said, "vocab_size", path),
        tied=bool(said.get("tie_word_embeddings", False)),
        qkv_bias=bool(said.get("attention_bias", said.get("model_type") == "qwen2")),
    )


def _size(said: dict[str, Any], name: str, path: Path) -> int:
    value = said.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise UserError(f"{str(path)!r}: {name} is {value!r}, not a whole number above 0")
    return value
