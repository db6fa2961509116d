"""LoRA adapter folders: is this one made for that base, and which of several is switched on."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grpo_legal import checkpoints
from grpo_legal.errors import UserError

FILES = ("adapter_config.json", "adapter_model.safetensors")
QUANTISED_SUFFIX = re.compile(r"(-unsloth)?(-bnb-4bit|-4bit|-gguf|-awq|-gptq)$")


def check_adapter(adapter: str, base_folder: str, base_name: str) -> None:
    """Raise UserError unless `adapter` is a LoRA folder made for this base model.

    Two Hub names must agree but for a quantisation suffix; where one is a folder, only the shapes are compared.
    """
    try:
        said = json.loads(Path(adapter, "adapter_config.json").read_text("utf-8"))
    except OSError:
        if not Path(adapter).exists():
            raise UserError(f"policy.adapter {adapter!r} does not exist") from None
        raise UserError(f"policy.adapter {adapter!r} is not an adapter folder: no adapter_config.json") from None
    except json.JSONDecodeError as error:
        raise UserError(f"policy.adapter {adapter!r}: adapter_config.json is not JSON ({error})") from None
    if Path(adapter, checkpoints.NAME).is_file() and (why := checkpoints.verify(Path(adapter), only=FILES)):
        raise UserError(f"policy.adapter {adapter!r} is damaged: {why}")
    made_for = str(said.get("base_model_name_or_path"))
    both_hub = not os.path.isdir(made_for) and not os.path.isdir(base_name)
    if both_hub and _bare(made_for) != _bare(base_name):
        raise UserError(f"policy.adapter {adapter!r} was made for {made_for}, not for policy.model {base_name}")
    wanted, width = _adapter_width(adapter), _hidden_size(base_folder)
    if wanted is not None and width is not None and wanted != width:
        raise UserError(
            f"policy.adapter {adapter!r} was made for {made_for} of hidden size {wanted}, "
            f"but policy.model {base_name} has {width}"
        )


def adapter_on(adapter: str, base_folder: str, scratch: Path) -> str:
    """An adapter folder whose config names `base_folder`, where that lies on this machine.

    Unsloth loads the base that the adapter's config names; a checkpoint made elsewhere names a path or a Hub
    model that may not be here. The weights are linked, the config is copied.
    """
    if not os.path.isdir(base_folder):
        return adapter
    staged = scratch / "adapter"
    staged.mkdir()
    for file in Path(adapter).resolve().iterdir():
        if file.is_file() and file.name != "adapter_config.json":
            (staged / file.name).symlink_to(file)
    said = json.loads(Path(adapter, "adapter_config.json").read_text("utf-8"))
    said["base_model_name_or_path"] = base_folder
    (staged / "adapter_config.json").write_text(json.dumps(said), "utf-8")
    return str(staged)


def adapter_rank(adapter: str) -> int:
    """The LoRA rank that an adapter folder, once checked, was made with (peft's default where it says none)."""
    said = json.loads(Path(adapter, "adapter_config.json").read_text("utf-8"))
    return max([int(said.get("r", 8)), *(int(r) for r in (said.get("rank_pattern") or {}).values())])


def _bare(name: str) -> str:
    return QUANTISED_SUFFIX.sub("", name.rstrip("/").split("/")[-1].lower())


def _adapter_width(adapter: str) -> int | None:
    """Input width of the first q_proj's lora_A, which is the base's hidden size. Read from the header alone."""
    from safetensors import SafetensorError, safe_open

    path = Path(adapter, "adapter_model.safetensors")
    if not path.is_file():
        raise UserError(f"policy.adapter {adapter!r} has no adapter_model.safetensors (pickled weights are not read)")
    try:
        with safe_open(path, "pt") as file:
            for key in file.keys():  # noqa: SIM118  not a mapping
                if "q_proj" in key and "lora_A" in key:
                    return int(file.get_slice(key).get_shape()[1])
    except SafetensorError as error:
        raise UserError(f"policy.adapter {adapter!r}: adapter_model.safetensors is damaged ({error})") from None
    return None


def _config_json(folder: str) -> dict[str, Any]:
    path = Path(folder, "config.json")
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}


def _hidden_size(folder: str) -> int | None:
    return _config_json(folder).get("hidden_size")


def says_how_quantised(folder: str) -> bool:
    """Whether a model folder carries its own quantization_config."""
    return "quantization_config" in _config_json(folder)


# ---- several adapters on one base ---------------------------------------------------------------------


def attach(policy: Any, adapters: Mapping[str, str]) -> None:
    """Load the LoRA folders `adapters` (name to folder) beside each other on the policy's base, none switched on.

    Raises UserError for a folder that is no adapter, or one of another base, or a name that is taken.
    """
    for name, folder in adapters.items():
        if name in policy.model.peft_config:
            raise UserError(
                f"adapter name {name!r} is taken; on this model there are {', '.join(policy.model.peft_config)}"
            )
        check_adapter(folder, policy.folder, policy.name)
    for name, folder in adapters.items():
        policy.model.load_adapter(folder, adapter_name=name)


@contextmanager
def switched_to(policy: Any, name: str | None) -> Iterator[None]:
    """The policy with one adapter on, or, with None, the base without any. Afterwards as it was before."""
    if name is None:
        with policy.model.disable_adapter():
            yield
        return
    before = policy.model.active_adapter
    policy.model.set_adapter(name)
    try:
        yield
    finally:
        policy.model.set_adapter(before)
