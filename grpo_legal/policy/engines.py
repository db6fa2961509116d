"""Loading by one of two engines: Unsloth, or transformers + peft. Their imports are inside the functions (see __init__)."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from grpo_legal import config, embedded_model, processes
from grpo_legal.policy.adapters import adapter_on, adapter_rank, says_how_quantised
from grpo_legal.policy.hardware import cuda_gib

LORA_TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def import_unsloth() -> None:
    """Before trl, transformers and peft, which it patches; its compiled code goes to the cache, not to the current folder."""
    os.environ.setdefault("UNSLOTH_COMPILE_LOCATION", str(embedded_model.cache_folder() / "unsloth_compiled"))
    os.environ.setdefault("UNSLOTH_DISABLE_STATISTICS", "1")
    import unsloth  # noqa: F401


def load_transformers(settings: config.Policy, folder: str, name: str, seed: int) -> tuple[Any, Any]:
    """Model and tokenizer by transformers + peft; a fresh adapter, or the one named."""
    from peft import LoraConfig, PeftModel, get_peft_model, prepare_model_for_kbit_training
    from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig, set_seed

    cuda = cuda_gib() > 0
    dtype = compute_dtype(settings)
    hub = {"revision": settings.revision, "trust_remote_code": settings.trust_remote_code}
    quantised: dict[str, Any] = {}
    if settings.load_in_4bit and not says_how_quantised(folder):  # even None would unsay a folder's own setting
        quantised["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=dtype
        )
    tokenizer = AutoTokenizer.from_pretrained(folder, **hub)
    model = AutoModelForCausalLM.from_pretrained(
        folder,
        dtype=dtype,
        device_map={"": processes.device_index()} if cuda else None,
        attn_implementation="sdpa",
        **hub,
        **quantised,
    )
    if settings.load_in_4bit:
        model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)
        _keep_gradients_on_cpu(model)
    set_seed(seed)
    if settings.adapter:
        return PeftModel.from_pretrained(model, settings.adapter, is_trainable=True), tokenizer
    model.name_or_path = name  # what the adapter will say that it was made for
    layers = lora_layers(settings, model.config)
    lora = LoraConfig(
        r=settings.lora_rank, lora_alpha=settings.lora_alpha, lora_dropout=0.0, bias="none", task_type="CAUSAL_LM",
        target_modules=LORA_TARGETS if layers else "all-linear", layers_to_transform=layers,
    )  # fmt: skip
    return get_peft_model(model, lora), tokenizer


def compute_dtype(settings: config.Policy) -> Any:
    """The torch.dtype of weights and activations; a fresh adapter is float32 all the same."""
    import torch

    if settings.dtype != "auto":
        return getattr(torch, settings.dtype)
    return torch.bfloat16 if cuda_gib() > 0 and torch.cuda.is_bf16_supported() else torch.float32


def _keep_gradients_on_cpu(model: Any) -> None:
    """On a CPU with AVX-512 BF16, bitsandbytes packs a 4-bit layer at its first pass without gradient for a kernel that
    has no backward pass, and never unpacks it: after sampling once, nothing below would learn."""
    for module in model.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False


def load_unsloth(
    settings: config.Policy, folder: str, seed: int, gradient_checkpointing: bool, vllm_memory: float | None
) -> tuple[Any, Any]:
    """Model and tokenizer by Unsloth, 4 bits where the settings say so; a fresh adapter, or the one named."""
    import torch
    from unsloth import FastLanguageModel

    with tempfile.TemporaryDirectory() as scratch:
        name = adapter_on(settings.adapter, folder, Path(scratch)) if settings.adapter else folder
        model, tokenizer = FastLanguageModel.from_pretrained(
            **unsloth_load_arguments(settings, name, torch, vllm_memory)
        )
    if not settings.adapter:  # an adapter folder comes back with its LoRA weights already trainable
        layers = lora_layers(settings, model.config)
        arguments = unsloth_lora_arguments(settings, seed, gradient_checkpointing, layers)
        model = FastLanguageModel.get_peft_model(model, **arguments)
    return model, tokenizer


def unsloth_load_arguments(
    settings: config.Policy, name: str, torch: Any, vllm_memory: float | None = None
) -> dict[str, Any]:
    """What FastLanguageModel.from_pretrained is called with; `name` is a model, or an adapter that names its own.

    With `vllm_memory`, vLLM holds the base and samples (fast_inference), in that share of the GPU's memory.
    """
    vllm: dict[str, Any] = {"fast_inference": False}
    if vllm_memory is not None:
        rank = adapter_rank(settings.adapter) if settings.adapter else settings.lora_rank
        vllm = {"fast_inference": True, "gpu_memory_utilization": vllm_memory, "max_lora_rank": rank}
    return {
        "model_name": name,
        "max_seq_length": settings.max_seq_length,
        "dtype": None if torch.cuda.is_available() and settings.dtype == "auto" else compute_dtype(settings),
        "load_in_4bit": settings.load_in_4bit,
        **vllm,
        "trust_remote_code": settings.trust_remote_code,
        "revision": None if settings.adapter else settings.revision,
    }


def unsloth_lora_arguments(
    settings: config.Policy, seed: int, gradient_checkpointing: bool, layers: list[int] | None
) -> dict[str, Any]:
    """What FastLanguageModel.get_peft_model is called with."""
    return {
        "r": settings.lora_rank,
        "lora_alpha": settings.lora_alpha,
        "lora_dropout": 0,
        "bias": "none",
        "target_modules": LORA_TARGETS,
        "layers_to_transform": layers,
        "use_gradient_checkpointing": "unsloth" if gradient_checkpointing else False,
        "random_state": seed,
    }


def lora_layers(settings: config.Policy, model_config: Any) -> list[int] | None:
    """The layers that a fresh adapter is put on; None for all."""
    depth = model_config.get_text_config().num_hidden_layers
    if settings.lora_last_layers is None or settings.lora_last_layers >= depth:
        return None
    return list(range(depth - settings.lora_last_layers, depth))
