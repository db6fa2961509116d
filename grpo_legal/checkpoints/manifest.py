"""manifest.json of a checkpoint: what belongs to it, by size and sha256, and what it was made from.

    {"step": 50, "settings": {"grpo.max-steps": 500, …}, "data": "<sha256>", "score": {"name": "reward", "value": 0.7},
     "files": {"adapter_model.safetensors": {"size": 1048, "sha256": "…"}, …}, "sha256": "<of all the above>"}

It is written last: a folder without one was never finished. The settings stand there by name, not as a hash, so that a
difference can be told.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from grpo_legal.checkpoints import durable

NAME = "manifest.json"
STEP = re.compile(r"checkpoint-(\d+)")


def write(folder: Path, **said: Any) -> None:
    """Sync every file of `folder`, then write down their hashes and `said`. Raises OSError where there is no room."""
    durable.sync_tree(folder)
    files = {name: {"size": path.stat().st_size, "sha256": _sha256(path)} for name, path in _files(folder)}
    body = {**said, "files": files}
    text = json.dumps({**body, "sha256": _seal(body)}, indent=1, ensure_ascii=False)
    durable.write_text(folder / NAME, text + "\n")


def read(folder: Path) -> dict[str, Any] | None:
    """What the manifest says, None where there is none or it is damaged itself."""
    try:
        said = json.loads((folder / NAME).read_text("utf-8"))
        seal = said.pop("sha256")
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return None
    return said if seal == _seal(said) and isinstance(said.get("files"), dict) else None


def verify(folder: Path, only: Sequence[str] | None = None) -> str | None:
    """Why the folder is not what its manifest says, in a phrase; None where every byte is. `only` looks at some files.

    >>> verify(Path("outputs/run/checkpoints/checkpoint-50"))
    'optimizer.pt has 51200 bytes, not 102400'
    """
    if not (folder / NAME).is_file():
        return f"it has no {NAME}: it was never finished"
    said = read(folder)
    if said is None:
        return f"its {NAME} is damaged"
    named = STEP.fullmatch(folder.name)
    if named and said.get("step") != int(named[1]):
        return f"its {NAME} is of step {said.get('step')}"
    wanted = said["files"] if only is None else {name: said["files"][name] for name in only if name in said["files"]}
    return next((why for name, file in wanted.items() if (why := _wrong(folder / name, name, file))), None)


def _wrong(path: Path, name: str, wanted: dict[str, Any]) -> str | None:
    if not path.is_file():
        return f"{name} is missing"
    size = path.stat().st_size
    if size != wanted["size"]:
        return f"{name} has {size} bytes, not {wanted['size']}"
    try:
        found = _sha256(path)
    except OSError as error:
        return f"{name} cannot be read ({error.strerror})"
    return None if found == wanted["sha256"] else f"{name} has changed since it was written (its sha256 is another)"


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path != folder / NAME:
            yield path.relative_to(folder).as_posix(), path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _seal(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
