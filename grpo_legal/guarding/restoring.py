"""Weights, Adam's moments and the learning rate of a running trainer, put back or changed in place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from grpo_legal.errors import UserError

Weights = dict[str, torch.Tensor]


def finite(model: torch.nn.Module) -> bool:
    """Whether every trained weight is a finite number."""
    return all(bool(p.isfinite().all()) for p in _trained(model).values())


def copied(model: torch.nn.Module) -> Weights:
    """The trained weights by name, in the memory of the CPU."""
    return {name: p.detach().to("cpu", copy=True) for name, p in _trained(model).items()}


def stored(model: torch.nn.Module, checkpoint: Path) -> Weights:
    """A checkpoint's adapter by the names of `model`: peft leaves the adapter's own name out of those in the file.

    Raises UserError where it is not the adapter that is trained.
    """
    try:
        found = load_file(checkpoint / "adapter_model.safetensors")
    except (OSError, SafetensorError) as error:
        raise UserError(f"{str(checkpoint)!r}: adapter_model.safetensors cannot be read: {error}") from None
    middle = f".{getattr(model, 'active_adapter', 'default')}."
    weights = {n: found.get(n.replace(middle, "."), torch.empty(0)) for n in _trained(model)}
    wrong = [name for name, p in _trained(model).items() if weights[name].shape != p.shape]
    if wrong:
        raise UserError(f"{str(checkpoint)!r} is no checkpoint of this run: it lacks {wrong[0]} as it is trained here")
    return weights


def put_weights(model: torch.nn.Module, weights: Weights) -> None:
    """Copy them into the parameters, which stay the ones that the optimizer holds."""
    with torch.no_grad():
        for name, parameter in _trained(model).items():
            parameter.copy_(weights[name])


def put_moments(optimizer: Any, checkpoint: Path | None) -> None:
    """The optimizer's state as a checkpoint holds it, or, with None, as before the first step. Its rates stay."""
    state = {}
    if checkpoint is not None and (file := checkpoint / "optimizer.pt").is_file():
        state = torch.load(file, map_location="cpu", weights_only=True)["state"]
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})


def scale_rate(optimizer: Any, scheduler: Any, factor: float) -> None:
    """Multiply the learning rate of all steps to come.

    A scheduler of transformers computes it from `base_lrs`, which a checkpoint carries: it holds after a resume, too.
    """
    scheduler = getattr(scheduler, "scheduler", scheduler)  # out of accelerate's wrapper
    scheduler.base_lrs = [rate * factor for rate in scheduler.base_lrs]
    scheduler._last_lr = [rate * factor for rate in scheduler.get_last_lr()]  # what the next step's log shows
    for group in optimizer.param_groups:
        for key in ("lr", "initial_lr"):
            group[key] = group[key] * factor


def _trained(model: torch.nn.Module) -> dict[str, torch.nn.Parameter]:
    return {name: p for name, p in model.named_parameters() if p.requires_grad}
