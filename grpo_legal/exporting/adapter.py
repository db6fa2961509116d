"""The adapter alone, a few megabytes, to be put on the base by peft."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from grpo_legal.errors import UserError
from grpo_legal.exporting.source import Source
from grpo_legal.exporting.staging import check_room

WEIGHTS = ("adapter_model.safetensors", "adapter_config.json")
TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "special_tokens_map.json", "vocab.json",
             "merges.txt", "added_tokens.json", "tokenizer.model")  # fmt: skip


def write_adapter(source: Source, folder: Path) -> dict[str, Any]:
    """Weights, configuration and tokenizer as they were saved. A base that was a folder of this machine goes by its name:
    its path is nobody else's business. Returns what export.json says of it.
    """
    here = Path(str(source.policy.adapter))
    files = [here / name for name in (*WEIGHTS, *TOKENIZER) if (here / name).is_file()]
    if missing := [name for name in WEIGHTS if here / name not in files]:
        raise UserError(f"adapter {str(here)!r} has no {', '.join(missing)}")
    check_room(folder, sum(file.stat().st_size for file in files), "the adapter")
    for file in files:
        shutil.copyfile(file, folder / file.name)
    path = folder / "adapter_config.json"
    said = json.loads(path.read_text("utf-8"))
    base = str(said.get("base_model_name_or_path"))
    if Path(base).is_absolute() or Path(base).is_dir():
        said["base_model_name_or_path"] = base = Path(base).name
        path.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
    return {"base": base, "rank": said.get("r"), "alpha": said.get("lora_alpha")}
