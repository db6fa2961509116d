"""What machine this is: which preset and which engine it calls for."""

from __future__ import annotations

import ctypes
import importlib.util

from grpo_legal import config, processes
from grpo_legal.errors import UserError


def cuda_gib() -> float:
    """Memory of the first CUDA device in GiB; 0 without one."""
    import torch

    return torch.cuda.get_device_properties(0).total_memory / 2**30 if torch.cuda.is_available() else 0.0


def choose_preset() -> str:
    """The preset for the hardware found: by GPU memory, and h100 for Hopper or later."""
    import torch

    memory = cuda_gib()
    if memory == 0:
        return "cpu"
    if memory >= 70:
        return "h100" if torch.cuda.get_device_capability(0)[0] >= 9 else "a100"
    return "l4" if memory >= 20 else "t4"


def check_preset(name: str) -> None:
    """Raise UserError for a GPU preset on a machine without CUDA."""
    if name not in config.CPU_PRESETS and cuda_gib() == 0:
        raise UserError(f"preset {name!r} needs a CUDA GPU and this machine has none: use --preset cpu")


def choose_engine(wanted: str) -> str:
    """`auto` is unsloth where CUDA and the package are there, in one process, else transformers.

    Unsloth asked for by name without CUDA runs on its CPU backend, slowly. Raises UserError where it is missing, or where
    several processes are to train.
    """
    several = processes.count() > 1
    installed = importlib.util.find_spec("unsloth") is not None
    if wanted == "auto":
        return "unsloth" if cuda_gib() > 0 and installed and not several else "transformers"
    if wanted == "unsloth" and several:
        raise UserError(
            f"policy.engine unsloth trains in one process, not in {processes.count()}: use policy.engine transformers"
        )
    if wanted == "unsloth" and not installed:
        raise UserError('policy.engine unsloth is not installed: pip install -c constraints.txt -e ".[gpu]"')
    return wanted


M_MMAP_THRESHOLD = -3  # of malloc.h
LARGE_BLOCK = 2**20
ROOMY_GIB = 12.0  # free memory from which on blocks are kept: three times what the default run then takes


def roomy() -> bool:
    """Whether so much memory is free that the allocator may keep what is freed."""
    import psutil

    return psutil.virtual_memory().available >= ROOMY_GIB * 2**30


def return_large_blocks() -> bool:
    """Have glibc give every freed block of a MiB or more back to the system. True where that could be asked for.

    By default it keeps blocks up to 32 MiB after the first is freed, and an aligned request, which every tensor is, does
    not fit the hole that a tensor of the same size left. Every block that is returned is mapped and zeroed again: measured
    on the default run, a step takes 1.5 times as long, and the peak is 2.7 GB in place of 3.8. Numbers are the same.
    """
    try:
        return ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK) == 1
    except (AttributeError, OSError, TypeError):  # another C library
        return False


def check_vllm(settings: config.Settings) -> None:
    """Raise UserError where completions are to come through vLLM and cannot, on this machine or with this engine.

    TRL's client of a vLLM server hands weights over by NCCL and imports vLLM too, so every way needs both CUDA and vLLM.
    """
    vllm = settings.grpo.vllm
    if vllm == "off":
        return
    if cuda_gib() == 0:
        raise UserError(f"grpo.vllm {vllm} needs a CUDA GPU and this machine has none: use grpo.vllm off")
    if importlib.util.find_spec("vllm") is None:
        raise UserError(f"grpo.vllm {vllm} needs vLLM, which is not installed: pip install vllm, or use grpo.vllm off")
    faults = config.vllm_faults(vllm, settings.policy, choose_engine(settings.policy.engine))
    if faults:
        raise UserError("settings: " + "; ".join(faults))
