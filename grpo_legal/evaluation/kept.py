"""Answers that were given already, and whether they still count: what an evaluation's folder says it was asked with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grpo_legal import run_folder
from grpo_legal.errors import UserError
from grpo_legal.evaluation.items import Item

NAMED = (
    "model", "load_in_4bit", "dtype", "suite", "prompt", "max_new_tokens", "samples", "temperature", "batch_size", "seed"
)  # fmt: skip

RUNS_OWN = ("before", "after")  # answers of a training run, which may lie in the same folder


def settings(
    typed: Mapping[str, Any], adapters: Mapping[str, str | None], items: Sequence[Item], path: Path
) -> dict[str, Any]:
    """What the answers depend on, adapters by their weights: answers of other settings are never mixed in.

    `path` is where an earlier call on the same folder wrote the same. Raises UserError where it asked otherwise.
    """
    asked = hashlib.sha256("\n".join(f"{i.id}\t{i.messages}" for i in items).encode()).hexdigest()
    made = {
        **{name: typed[name] for name in NAMED},
        "questions": len(items),
        "questions_sha256": asked,
        "adapters_sha256": {name: weights_hash(folder) for name, folder in adapters.items() if folder},
    }
    return {**made, "adapters_sha256": _earlier(path, made) | made["adapters_sha256"]}


def weights_hash(folder: str) -> str:
    """SHA-256 of an adapter's weights. Raises UserError for a folder that holds none."""
    path = Path(folder, "adapter_model.safetensors")
    if not path.is_file():
        raise UserError(f"--models: {folder!r} is no LoRA adapter folder, it has no adapter_model.safetensors")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _earlier(path: Path, made: Mapping[str, Any]) -> dict[str, str]:
    """The adapters whose answers lie in the folder already, by name."""
    answered = [p for p in path.parent.glob("*.jsonl") if p.stem not in RUNS_OWN and p.stat().st_size]
    if not path.is_file() or not answered:
        return {}
    found = run_folder.read_json(path)
    then, now = found.pop("adapters_sha256", {}), made["adapters_sha256"]
    changed = [key for key, value in found.items() if made.get(key) != value]
    changed += [f"adapter {name}" for name in then if name in now and then[name] != now[name]]
    if changed:
        raise UserError(
            f"{str(path.parent)!r} holds answers of other settings ({', '.join(changed)}): name another --output"
        )
    return then
