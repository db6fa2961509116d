"""A folder that is there whole or not at all, and the room on the disk for it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grpo_legal.errors import UserError

GIB = 2**30
SPARE = 64 * 2**20  # tokenizer, card and file system


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
        scratch = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
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
