"""A disk that is full or fails, told apart from a fault in the program."""

from __future__ import annotations

import shutil
from pathlib import Path

# What the writers of torch.save and safetensors raise in place of an OSError.
NATIVE = {
    "RuntimeError": ("PytorchStreamWriter failed", "file write failed", "unexpected pos"),
    "SafetensorError": ("os error", "Error while serializing: I"),
}


def disk_fault(error: BaseException, folder: Path) -> str | None:
    """Why the disk refused, and how much room is left on it, in a phrase; None where `error` is no fault of the disk."""
    marks = NATIVE.get(type(error).__name__, ())
    cause = next((e for e in (error, error.__cause__, error.__context__) if isinstance(e, OSError)), None)
    if isinstance(error, OSError):
        why = error.strerror or str(error)
    elif any(mark in str(error) for mark in marks):
        why = (cause.strerror if cause is not None else None) or " ".join(str(error).split("\n")[0].split())
    else:
        return None
    try:
        there = next(p for p in (folder, *folder.parents) if p.exists())
        return f"{why} ({shutil.disk_usage(there).free / 2**20:,.0f} MiB free)"
    except OSError:
        return why
