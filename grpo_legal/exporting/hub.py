"""An exported folder on the Hugging Face Hub: a private repository unless said otherwise, by the token in HF_TOKEN.

Only the kinds of file that an export is made of are sent, and no line of a LegalBench question: texts are searched for
the lines of the run's LegalBench prompts first.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from grpo_legal import run_folder
from grpo_legal.errors import UserError
from grpo_legal.exporting.source import Source

SENT = ("*.safetensors", "*.safetensors.index.json", "*.gguf", "Modelfile", "README.md", "export.json", "config.json",
        "generation_config.json", "adapter_config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja",
        "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt", "tokenizer.model")  # fmt: skip
TEXTS = ("README.md", "export.json", "Modelfile", "chat_template.jinja", "config.json", "tokenizer_config.json")
LINE = 40  # characters from which a line of a prompt is told apart from a phrase


def check_push(repo: str) -> None:
    """Raise UserError where nothing could be sent to `repo`: its name, no token, no network wanted."""
    from huggingface_hub import constants
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    try:
        validate_repo_id(repo)
    except HFValidationError as error:
        raise UserError(f"--push {repo!r}: {error}") from None
    if repo.count("/") != 1:
        raise UserError(f"--push {repo!r} is not USER/NAME")
    if not os.environ.get("HF_TOKEN"):
        raise UserError(f"--push {repo}: the environment variable HF_TOKEN holds no token; make one that may write")
    if constants.HF_HUB_OFFLINE:
        raise UserError(f"--push {repo}: HF_HUB_OFFLINE forbids it")


def push(repo: str, folder: Path, source: Source, *, private: bool) -> str:
    """Send `folder` to the model repository `repo`, made where it is not there; its address.

    Raises UserError where the Hub refuses, where the repository is public and `private` was asked for, and where a text
    holds a line of a LegalBench question: nothing is sent then.
    """
    import httpx
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    _check_texts(folder, source)
    api = HfApi(token=os.environ["HF_TOKEN"])
    try:
        address = api.create_repo(repo, private=private, exist_ok=True)
        if private and api.model_info(repo).private is False:
            raise UserError(f"--push {repo}: the repository is there and public; --no-private says that this is meant")
        api.upload_folder(
            repo_id=repo, folder_path=folder, allow_patterns=list(SENT), commit_message="Export by grpo_legal"
        )
    except (HfHubHTTPError, httpx.HTTPError, OSError) as error:
        told = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise UserError(f"--push {repo}: {told}; what was exported is in {str(folder)!r}") from None
    return str(address)


def _check_texts(folder: Path, source: Source) -> None:
    lines = set(_legalbench_lines(source))
    for file in (folder / name for name in TEXTS):
        text = file.read_text("utf-8") if file.is_file() else ""
        if found := next((line for line in lines if line in text), None):
            raise UserError(f"--push: {file.name} quotes a LegalBench question ({found[:LINE]!r}…), and is not sent")


def _legalbench_lines(source: Source) -> Iterator[str]:
    """The lines of the run's LegalBench prompts that are long enough to be known by."""
    from grpo_legal.reporting.read import origin

    for which in ("before", "after"):
        for record in run_folder.read_lines(source.folder.answers(which)):
            if origin(record.get("problem_id"), record.get("family")) == "legalbench":
                yield from (line for line in str(record.get("prompt")).splitlines() if len(line) >= LINE)
