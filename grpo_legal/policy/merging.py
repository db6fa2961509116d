"""Base and adapter made one model in 16 or 32 bits, on the CPU, on any machine.

    W + (alpha / r) B A     for every layer with an adapter (Hu et al., arXiv 2106.09685)

A policy that was trained on a 4-bit base is merged into the 16-bit one: a little different from what was trained, since
the adapter learned beside rounded weights. Rounding the sum to 4 bits again would lose more.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grpo_legal import config
from grpo_legal.errors import UserError

TYPES = {"bf16": "bfloat16", "fp16": "float16", "fp32": "float32"}
ROOM = 0.8  # of the free memory that the base may take in 32 bits


def count_parameters(settings: config.Policy, folder: str) -> int:
    """Weights of the base, counted on a model without any: shared ones once."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    hub = {"revision": settings.revision, "trust_remote_code": settings.trust_remote_code}
    with torch.device("meta"):
        made = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(folder, **hub))
    made.tie_weights()
    return sum(p.numel() for p in made.parameters())


def merge(settings: config.Policy, folder: str, name: str, dtype: str) -> tuple[Any, Any, str]:
    """The base in `folder` with settings.adapter merged into it, its tokenizer, and the type that it was summed in.

    `dtype` is bf16, fp16 or fp32. The sum is made in fp32 and rounded once where the memory allows, else in `dtype`.
    Raises UserError for a quantised base, and where a weight does not fit into fp16.
    """
    import torch
    from peft import PeftModel
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    hub = {"revision": settings.revision, "trust_remote_code": settings.trust_remote_code}
    if getattr(AutoConfig.from_pretrained(folder, **hub), "quantization_config", None):
        raise UserError(
            f"policy.model {name!r} is quantised, and a merged model is not: name its 16-bit original with --base"
        )
    assert settings.adapter is not None  # that is what is merged
    kind = getattr(torch, TYPES[dtype])
    summed = torch.float32 if _fits_in_32_bits(settings, folder) else kind
    base = AutoModelForCausalLM.from_pretrained(folder, dtype=summed, **hub)
    model = PeftModel.from_pretrained(base, settings.adapter).merge_and_unload(safe_merge=True).to(kind)
    if dtype == "fp16" and not all(bool(p.isfinite().all()) for p in model.parameters()):
        raise UserError(f"{name}: merged weights above 65,504 do not fit into 16-bit floats of type fp16; name bf16")
    model.config.name_or_path = name
    own = Path(settings.adapter, "tokenizer_config.json").is_file()
    tokenizer = AutoTokenizer.from_pretrained(settings.adapter if own else folder, **({} if own else hub))
    return model, tokenizer, str(summed).removeprefix("torch.")


def _fits_in_32_bits(settings: config.Policy, folder: str) -> bool:
    import psutil

    return 4 * count_parameters(settings, folder) < ROOM * psutil.virtual_memory().available
