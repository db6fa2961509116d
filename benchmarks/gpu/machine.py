"""The machine under the measurement: its card and versions, and the environment that every part runs in."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import platform
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PACKAGES = ("torch", "transformers", "trl", "peft", "bitsandbytes", "unsloth", "unsloth_zoo", "accelerate", "triton")
OFFLINE = {
    "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1",
    "UNSLOTH_DISABLE_STATISTICS": "1", "UNSLOTH_AUTO_INSTALL": "0", "UNSLOTH_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false",
    "PYTHONUNBUFFERED": "1",
}  # fmt: skip
CACHES = (
    "UNSLOTH_COMPILE_LOCATION",
    "UNSLOTH_MEGA_CACHE_DIR",
    "TORCHINDUCTOR_CACHE_DIR",
    "TRITON_CACHE_DIR",
    "HF_HOME",
)


def quiet_and_offline() -> None:
    """No network, no statistics, caches in the temporary folder; for this process and those it starts."""
    os.environ.update(OFFLINE)
    caches = Path(tempfile.gettempdir()) / "grpo-legal-gpu-caches"
    for name in CACHES:
        os.environ.setdefault(name, str(caches / name.lower()))
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "0")  # unset, Unsloth may compile with a single worker


def without_folders(text: str) -> str:
    """A text with the last name of every absolute path in place of the path: the rest says nothing on another machine.

    >>> without_folders("gpu --small /models/a/SmolLM2.gguf --work /scratch/w1, see https://example.org/a/b")
    'gpu --small SmolLM2.gguf --work w1, see https://example.org/a/b'
    """
    return re.sub(r"(?<![\w/:.])/(?:[\w.+-]+/)+", "", text)


def switches() -> dict[str, str]:
    """Unsloth's switches and ours that whoever started this has set."""
    ours = ("UNSLOTH_", "GRPO_LEGAL_CUDA_")
    return {key: value for key, value in os.environ.items() if key.startswith(ours) and key not in (*OFFLINE, *CACHES)}


@contextlib.contextmanager
def graphs(on: bool) -> Iterator[None]:
    """Decoding recorded as CUDA graphs, or not, whatever the environment says of it."""
    from grpo_legal.shared_prefix import recorded

    before = os.environ.get(recorded.SWITCH)
    os.environ[recorded.SWITCH] = str(int(on))
    try:
        yield
    finally:
        os.environ.pop(recorded.SWITCH)
        if before is not None:
            os.environ[recorded.SWITCH] = before


def has_cuda() -> bool:
    import torch

    return torch.cuda.is_available()


def gpu_gib() -> float:
    """Memory of the card, 0 without one."""
    import torch

    return torch.cuda.get_device_properties(0).total_memory / 2**30 if torch.cuda.is_available() else 0.0


def card_slug() -> str:
    """The card's name for a file: "nvidia-h100-80gb-hbm3", or "cpu"."""
    import torch

    name = torch.cuda.get_device_name(0) if torch.cuda.is_available() else "cpu"
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def describe() -> dict[str, Any]:
    """Card, memory in GiB, processor and versions."""
    import torch

    cuda = torch.cuda.is_available()
    card = torch.cuda.get_device_properties(0) if cuda else None
    return {
        "gpu": card.name if card else None,
        "gpu_gib": round(card.total_memory / 2**30, 1) if card else None,
        "compute_capability": f"{card.major}.{card.minor}" if card else None,
        "cuda": torch.version.cuda,
        "cpu": f"{os.cpu_count()} cores, {platform.machine()}",
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in PACKAGES},
    }


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def convert(gguf: Path, out: Path) -> Path:
    """The SmolLM2 GGUF file as a model folder."""
    from grpo_legal import embedded_model

    if not (out / "model.safetensors").is_file():
        embedded_model.write_safetensors(gguf, out)
    return out
