"""A folder that is there whole or not at all, and the room on the disk for it.

It is written beside its place, under a name with a dot. What an export that was killed left there, the next one to the same
place takes away: a folder being written is locked by its process, and a dead one holds no lock.
"""

from __future__ import annotations

import glob
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: nothing is locked there, and so nothing taken away
    fcntl = None

from grpo_legal.errors import UserError

GIB = 2**30
SPARE = 64 * 2**20  # tokenizer, card and file system
MARK = ".part"


def check_out(out: Path) -> None:
    """Raise UserError where the folder to write is there already."""
    if out.exists():
        raise UserError(f"--out {str(out)!r} exists and is never overwritten: name another, or move it away")


def check_room(out: Path, size: int, what: str) -> None:
    """Raise UserError where the disk of `out` has no room for `size` bytes of `what`."""
    there = next(p for p in (out.absolute(), *out.absolute().parents) if p.exists())
    free = shutil.disk_usage(there).free
    if free < size + SPARE:
        raise UserError(
            f"--out {str(out)!r}: {what} needs {(size + SPARE) / GIB:.2f} GiB, and {str(there)!r} has "
            f"{free / GIB:.2f} GiB free: make room, or name a folder on another disk"
        )


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """A new folder beside `out`, renamed to it at the end; taken away where anything fails. Raises UserError where it
    cannot be written, also for a disk that fills up on the way."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _sweep(out)
        scratch = Path(tempfile.mkdtemp(prefix=f".{out.name}-", suffix=MARK, dir=out.parent))
        lock = _locked(scratch)
    except OSError as error:
        raise UserError(f"--out {str(out)!r} cannot be written: {error.strerror}") from None
    try:
        yield scratch
        check_out(out)
        scratch.chmod(0o755)
        os.replace(scratch, out)
    except OSError as error:
        raise UserError(f"--out {str(out)!r} cannot be written: {error}") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def _locked(folder: Path) -> int | None:
    """A descriptor that holds the folder's lock as long as it is open; None where another process holds it, or where
    the system has no such locks."""
    if fcntl is None:
        return None
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        return None
    return held


def _sweep(out: Path) -> None:
    """Take away what earlier exports to the same place left when they were killed."""
    for left in out.parent.glob(f".{glob.escape(out.name)}-*{MARK}"):
        with suppress(OSError):
            if (lock := _locked(left)) is not None:
                shutil.rmtree(left, ignore_errors=True)
                os.close(lock)
