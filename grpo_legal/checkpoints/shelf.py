"""The folder of a run's checkpoints: which is the newest whole one, what is put there, what is cleared away.

.writing/checkpoint-50      a save under way; of a killed one a leftover
checkpoint-50               whole, with its manifest
.deleting-checkpoint-25     a deletion under way
damaged-checkpoint-75       not what its manifest says: set aside on resume, never loaded
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from grpo_legal.checkpoints import durable, manifest

WRITING = ".writing"
DAMAGED = "damaged-"


def steps(folder: Path) -> list[tuple[int, Path]]:
    """Step and path of every checkpoint-N, whole or not, the newest first."""
    entries = folder.iterdir() if folder.is_dir() else ()
    found = ((match, entry) for entry in entries if (match := manifest.STEP.fullmatch(entry.name)) and entry.is_dir())
    return sorted(((int(match[1]), entry) for match, entry in found), reverse=True)


def newest(folder: Path) -> Path | None:
    """The newest checkpoint in `folder` that is whole to the byte; None without one. Changes nothing."""
    return next((path for _, path in steps(folder) if manifest.verify(path) is None), None)


def recover(folder: Path, tell: Callable[[str], None]) -> Path | None:
    """The newest whole checkpoint, to go on from. Leftovers of killed saves are deleted, damaged checkpoints that
    are newer are set aside, each told in one line."""
    for leftover in _leftovers(folder):
        durable.delete(leftover)
    whole, damaged = None, []
    for _, path in steps(folder):
        why = manifest.verify(path)
        if why is None:
            whole = path
            break
        damaged.append((path, why))
    for bad, why in damaged:
        aside = bad.with_name(DAMAGED + bad.name)
        durable.put(bad, aside)
        instead = f"{whole.name} is loaded instead" if whole else "there is none before it"
        tell(f"{bad.name} is not loaded: {why}; {instead} (it is kept as {aside.name})")
    return whole


def stage(folder: Path) -> Path:
    """An empty folder beside the checkpoints, to write the next one into."""
    staged = folder / WRITING
    durable.delete(staged)
    staged.mkdir(parents=True)
    return staged


def commit(folder: Path, step: int, **said: Any) -> Path:
    """Make checkpoint-`step` of `stage`'s folder the newest checkpoint: whole from one moment to the next.

    `said` goes into the manifest. Raises OSError where there is no room; the checkpoints before are untouched.
    """
    staged = folder / WRITING / f"checkpoint-{step}"
    manifest.write(staged, step=step, **said)
    target = folder / staged.name
    durable.put(staged, target)
    durable.delete(folder / WRITING)
    return target


def _leftovers(folder: Path) -> Iterator[Path]:
    for entry in list(folder.iterdir()) if folder.is_dir() else ():
        if entry.name == WRITING or entry.name.startswith(durable.GONE):
            yield entry
