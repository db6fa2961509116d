"""Files that are there whole or not at all, also after a kill or a loss of power.

The order is that of POSIX: write beside, fsync, rename, fsync the folder. A rename is atomic; without the first fsync it
may reach the disk before the bytes do, without the second it may not be there after a crash.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

GONE = ".deleting-"  # before the name of what is being deleted: nothing is ever loaded by such a name


def write_text(path: Path, text: str) -> None:
    """Write a whole file, or leave the old one. Raises OSError, the old file untouched, where there is no room."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    try:
        with open(beside, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Wait until the disk has every byte of the file."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Wait until the disk has the folder's names. Windows has no such call, and keeps their order itself."""
    if os.name == "nt":
        return
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def sync_tree(path: Path) -> None:
    """Every file and folder below `path`, and itself."""
    for folder, _, names in os.walk(path, topdown=False):
        for name in names:
            sync_file(Path(folder, name))
        sync_folder(Path(folder))


def put(staged: Path, target: Path) -> None:
    """Give a synced folder its name. One that has the name already is taken out of the way first, then deleted."""
    replaced = _out_of_the_way(target) if target.exists() else None
    os.replace(staged, target)
    sync_folder(target.parent)
    if replaced is not None:
        shutil.rmtree(replaced, ignore_errors=True)


def delete(folder: Path) -> None:
    """Delete a folder so that a kill leaves it whole or under a name that is never loaded."""
    if folder.name.startswith(GONE):
        shutil.rmtree(folder, ignore_errors=True)
    elif folder.exists():
        shutil.rmtree(_out_of_the_way(folder), ignore_errors=True)


def _out_of_the_way(folder: Path) -> Path:
    gone = folder.with_name(GONE + folder.name)
    shutil.rmtree(gone, ignore_errors=True)  # of a deletion that was killed
    os.replace(folder, gone)
    return gone
