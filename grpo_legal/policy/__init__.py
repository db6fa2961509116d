"""The policy: a causal language model with a trainable LoRA adapter, and its tokenizer, by one of two engines.

`unsloth` holds the base in 4 bits with Unsloth's fused kernels (CUDA). `transformers` is transformers +
peft, on any machine. The only room that names unsloth or peft. Unsloth must be imported before trl,
transformers and peft, so every import of theirs is inside the functions and `load` comes first in a run.

    loaded = load(settings.policy, seed=1, gradient_checkpointing=False)
    attach(loaded, {"sft": "checkpoint-500"})
    with switched_to(loaded, None):       # the base alone
        ...
"""

from __future__ import annotations

import logging
import os
import warnings
from dataclasses import dataclass
from typing import Any

from grpo_legal import config, embedded_model
from grpo_legal.errors import UserError
from grpo_legal.policy import engines, merging
from grpo_legal.policy.adapters import adapter_on, attach, check_adapter, switched_to
from grpo_legal.policy.engines import LORA_TARGETS, unsloth_load_arguments, unsloth_lora_arguments
from grpo_legal.policy.hardware import (
    check_preset,
    check_vllm,
    choose_engine,
    choose_preset,
    cuda_gib,
    return_large_blocks,
    roomy,
)
from grpo_legal.policy.took import REFERENCE, Took, add_reference, check_took, inspect, save_default_only

__all__ = [
    "LORA_TARGETS",
    "REFERENCE",
    "Policy",
    "Took",
    "adapter_on",
    "add_reference",
    "attach",
    "base_config",
    "check_adapter",
    "check_preset",
    "check_took",
    "check_vllm",
    "choose_engine",
    "choose_preset",
    "cuda_gib",
    "inspect",
    "load",
    "merged",
    "parameters",
    "return_large_blocks",
    "roomy",
    "save_default_only",
    "switched_to",
    "unsloth_load_arguments",
    "unsloth_lora_arguments",
]


@dataclass
class Policy:
    """A loaded policy. `name` is the base model's public name, `source` where its weights came from, `folder` the base's."""

    model: Any
    tokenizer: Any
    engine: str
    name: str
    source: str
    folder: str = ""

    @property
    def device(self) -> Any:
        return next(self.model.parameters()).device

    def prompt_ids(self, messages: list[dict[str, str]]) -> list[int]:
        """Token ids of a chat prompt that ends where the assistant begins."""
        made = self.tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, tokenize=True, return_dict=True, enable_thinking=False
        )
        return list(made["input_ids"])

    def text_ids(self, text: str) -> list[int]:
        """Token ids of a text as it stands inside an answer."""
        return list(self.tokenizer.encode(text, add_special_tokens=False))

    def end_of_turn(self) -> int:
        """The token with which the chat template ends an answer; the tokenizer's end token where it names none.

        They differ: Gemma's tokenizer ends a text with <eos>, its chat template an answer with <end_of_turn>.
        """
        probe = "The answer ends here."
        messages = [{"role": "user", "content": "?"}, {"role": "assistant", "content": probe}]
        text = self.tokenizer.apply_chat_template(messages, tokenize=False)
        ends = set(self.eos_token_ids())
        return next((t for t in self.text_ids(text.rpartition(probe)[2]) if t in ends), self.tokenizer.eos_token_id)

    def eos_token_ids(self) -> list[int]:
        """Every token that ends a completion: the tokenizer's, and those of the generation config."""
        ends = getattr(self.model.generation_config, "eos_token_id", None)
        ends = ends if isinstance(ends, list) else [ends]
        return sorted({e for e in (*ends, self.tokenizer.eos_token_id) if e is not None})


def load(
    settings: config.Policy, *, seed: int, gradient_checkpointing: bool, vllm_memory: float | None = None
) -> Policy:
    """The policy of the settings, trainable. Raises UserError for a model or adapter that cannot be used.

    `vllm_memory` is the share of the GPU's memory for Unsloth's vLLM engine; None for no such engine.
    """
    engine = choose_engine(settings.engine)
    if engine == "unsloth":
        engines.import_unsloth()
    import transformers

    transformers.utils.logging.disable_progress_bar()
    # On every save peft asks the Hub whether the base's vocabulary grew, and says at length that there is none.
    warnings.filterwarnings("ignore", message="Could not find a config file|Unable to fetch remote file")
    # bitsandbytes asks for a package that would make 4 bits on some CPUs faster, whether or not 4 bits are computed there.
    logging.getLogger("bitsandbytes.backends.cpu.ops").setLevel(logging.ERROR)
    folder, name = _base(settings)
    if settings.adapter:
        check_adapter(settings.adapter, folder, name)
    try:
        if engine == "unsloth":
            model, tokenizer = engines.load_unsloth(settings, folder, seed, gradient_checkpointing, vllm_memory)
        else:
            model, tokenizer = engines.load_transformers(settings, folder, name, seed)
    except (OSError, ValueError) as error:
        raise UserError(f"policy.model {settings.model!r} cannot be loaded: {error}") from error
    tokenizer.padding_side = "left"
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    if not getattr(tokenizer, "chat_template", None):
        raise UserError(f"policy.model {settings.model!r} has no chat template: name an instruction-tuned model")
    _check_template(tokenizer, settings.model)
    if not any(p.requires_grad for p in model.parameters()):
        raise UserError(f"policy.adapter {settings.adapter!r} has no weight that can be trained")
    return Policy(model, tokenizer, engine, name, str(settings.adapter or folder), folder)


def _check_template(tokenizer: Any, name: str) -> None:
    """Raise UserError where the chat template cannot write a prompt of ours: some refuse a system message."""
    from jinja2 import TemplateError

    try:
        tokenizer.apply_chat_template(
            [{"role": "system", "content": "?"}, {"role": "user", "content": "?"}], tokenize=False
        )
    except TemplateError as error:
        raise UserError(
            f"policy.model {name!r}: its chat template refuses a prompt of a system and a user message ({error}); name a "
            "model whose template takes both"
        ) from None


def merged(settings: config.Policy, dtype: str) -> tuple[Any, Any, str]:
    """The base with settings.adapter merged into it, in `dtype` (bf16, fp16, fp32), its tokenizer, and the type that it
    was summed in. On the CPU, by peft, whatever engine trained it. Raises UserError as `load` does.
    """
    import transformers

    transformers.utils.logging.disable_progress_bar()
    folder, name = _base(settings)
    check_adapter(str(settings.adapter), folder, name)
    try:
        return merging.merge(settings, folder, name, dtype)
    except (OSError, ValueError) as error:
        raise UserError(f"policy.model {settings.model!r} cannot be loaded: {error}") from error


def base_config(settings: config.Policy) -> dict[str, Any]:
    """What config.json says of the base. Raises UserError where that cannot be read."""
    from transformers import AutoConfig

    hub = {"revision": settings.revision, "trust_remote_code": settings.trust_remote_code}
    try:
        return AutoConfig.from_pretrained(_base(settings)[0], **hub).to_dict()
    except (OSError, ValueError) as error:
        raise UserError(f"policy.model {settings.model!r} cannot be loaded: {error}") from error


def parameters(settings: config.Policy) -> int:
    """How many weights the base has, by its configuration alone. Raises UserError where that cannot be read."""
    try:
        return merging.count_parameters(settings, _base(settings)[0])
    except (OSError, ValueError) as error:
        raise UserError(f"policy.model {settings.model!r} cannot be loaded: {error}") from error


def _base(settings: config.Policy) -> tuple[str, str]:
    """Where the base weights are read from, and the name that adapters know them by."""
    if settings.model == config.EMBEDDED:
        return str(embedded_model.locate()), embedded_model.HUB_NAME
    if os.path.isdir(settings.model) and not os.path.isfile(os.path.join(settings.model, "config.json")):
        raise UserError(f"policy.model {settings.model!r} is a folder without config.json, not a model folder")
    return settings.model, settings.model
