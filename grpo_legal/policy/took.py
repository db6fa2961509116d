"""Did the adapter take: what is trained, what it holds, whether the base is in 4 bits, and a frozen copy as reference."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from grpo_legal import config
from grpo_legal.errors import UserError

REFERENCE = "ref"  # the name by which TRL's GRPO trainer, and Unsloth's, look for a reference adapter


@dataclass(frozen=True)
class Took:
    """Of a loaded policy: weights that are trained; lora_B matrices, and those that are not all 0; base layers in 4 bits."""

    trained: int
    lora_b: int
    lora_b_not_zero: int
    in_4_bits: int

    def __str__(self) -> str:
        base = f"base in 4 bits ({self.in_4_bits} layers)" if self.in_4_bits else "base not in 4 bits"
        return f"{self.trained:,} weights trained, lora_B not zero in {self.lora_b_not_zero} of {self.lora_b} layers, {base}"


def inspect(policy: Any) -> Took:
    """Look at the model itself, not at what was asked for."""
    trained = [(n, p) for n, p in policy.model.named_parameters() if p.requires_grad]
    lora_b = [p for n, p in trained if "lora_B" in n]
    return Took(
        trained=sum(p.numel() for _, p in trained),
        lora_b=len(lora_b),
        lora_b_not_zero=sum(bool(p.any()) for p in lora_b),
        in_4_bits=sum(any(c.__name__ == "Linear4bit" for c in type(m).__mro__) for m in policy.model.modules()),
    )


def check_took(took: Took, settings: config.Policy) -> None:
    """Raise UserError where an adapter was named and nothing of it is there, or 4 bits and nothing is held in them.

    A fresh LoRA has lora_B = 0 by construction (Hu et al., arXiv 2106.09685): a continued one that has was never
    trained, or its weights have names that the model does not know.
    """
    if settings.adapter and not took.trained:
        raise UserError(f"policy.adapter {settings.adapter!r} has no weight that can be trained")
    if settings.adapter and not took.lora_b_not_zero:
        raise UserError(
            f"policy.adapter {settings.adapter!r} did not take: lora_B is 0 in all of {took.lora_b} layers, as in an "
            "adapter that was never trained; leave policy.adapter out for a fresh one"
        )
    if settings.load_in_4bit and not took.in_4_bits:
        raise UserError(
            f"policy.load-in-4bit true: no layer of {settings.model} is held in 4 bits; set it to false, or name a "
            "model whose layers bitsandbytes can quantise"
        )


def add_reference(policy: Any) -> None:
    """A frozen copy of the trained adapter, named `ref`, from which the KL of GRPO is then measured.

    TRL's trainer makes one itself. Unsloth's takes that out, so that its reference would be the base, and KL would
    pull SFT back out; where the adapter is there it uses it (`use_adapter(model, "ref" if "ref" in peft_config …)`).
    """
    model = policy.model
    if REFERENCE not in model.peft_config:
        model.add_adapter(REFERENCE, model.peft_config["default"])
    for name, parameter in model.named_parameters():
        if ".default." in name:
            model.get_parameter(name.replace(".default.", f".{REFERENCE}.")).data.copy_(parameter.data)
    model.set_adapter("default")


def save_default_only(policy: Any) -> None:
    """Leave the reference out of what is saved.

    It would lie in checkpoint-N/ref/, and on resume transformers' trainer loads the adapters in subfolders alone: the
    trained one, which lies in checkpoint-N itself, would silently be the one that training began with.
    """
    policy.model.save_pretrained = functools.partial(policy.model.save_pretrained, selected_adapters=["default"])
