"""The run folder, the only place where commands meet.

    outputs/<run>/config.yaml        the resolved settings
                  data.json          a fingerprint of the rows that are learned from and held out
                  changes.jsonl      settings that were changed by --resume --force, and from which step on
                  audit.json         what attacks on the rewards earned before the first step
                  metrics.jsonl      a line per optimizer step
                  completions.jsonl  a line per scored completion, with each reward
                  judge_ledger.jsonl the tokens of each of the judge's calls, where one is among the rewards
                  eval/*.jsonl       held-out answers
                  checkpoints/  adapter/  summary.json

Nothing that was computed is overwritten: lines are appended, whole files are written beside, synced and renamed, and so
are checkpoints and the adapter.
"""

from __future__ import annotations

import errno
import json
import math
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from grpo_legal import checkpoints
from grpo_legal.errors import UserError

STREAMS = ("/dev/stdout", "/dev/stderr", "/dev/fd", "/proc/self/fd")
MADE_BY = "# settings of python -m grpo_legal."


class RunFolder:
    """Paths and files of one run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config = path / "config.yaml"
        self.data = path / "data.json"
        self.changes = path / "changes.jsonl"
        self.metrics = path / "metrics.jsonl"
        self.completions = path / "completions.jsonl"
        self.judge_ledger = path / "judge_ledger.jsonl"
        self.summary = path / "summary.json"
        self.audit = path / "audit.json"
        self.adapter = path / "adapter"
        self.checkpoints = path / "checkpoints"

    def answers(self, which: str) -> Path:
        """The file of held-out answers: `before`, `after`."""
        return self.path / "eval" / f"{which}.jsonl"

    def newest_checkpoint(self) -> Path | None:
        """The newest checkpoint that is whole to the byte, or None."""
        return checkpoints.newest(self.checkpoints)


def create(output_dir: str, name: str) -> RunFolder:
    """A new run folder. Raises UserError where it exists or cannot be written; one in which a start that was killed
    left nothing but a beginning is taken."""
    path = Path(output_dir) / name
    if path.exists() and not (path.is_dir() and {p.name for p in path.iterdir()} <= {".writable", "config.yaml.part"}):
        raise UserError(
            f"run folder {str(path)!r} exists and is never overwritten: go on with it by --run.name {name} --resume, "
            "or choose another --run.name"
        )
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise UserError(f"run.output-dir {output_dir!r} cannot be written: {error.strerror}") from None
    return RunFolder(path)


def find(output_dir: str, name: str | None) -> RunFolder:
    """The run folder to go on with. Raises UserError where there is none."""
    if name is None:
        raise UserError("--resume needs --run.name, the run to go on with")
    path = Path(output_dir) / name
    if not (path / "config.yaml").is_file():
        there = sorted(p.parent.name for p in Path(output_dir).glob("*/config.yaml"))
        raise UserError(f"run {name!r} is not in {output_dir!r}: {', '.join(there) or 'no run is'}")
    return RunFolder(path)


def write_settings(folder: RunFolder, command: str, text: str) -> None:
    """config.yaml: the settings, below a line that names the command they are of."""
    write_text(folder.config, f"{MADE_BY}{command}\n{text}")


def made_by(folder: RunFolder) -> str:
    """The command that the run folder is of: the one that its config.yaml names, else train, also where there is none."""
    if not folder.config.is_file():
        return "train"
    with folder.config.open(encoding="utf-8") as file:
        first = file.readline()
    return first.removeprefix(MADE_BY).strip() if first.startswith(MADE_BY) else "train"


def append_lines(path: Path, records: Iterable[dict[str, Any]]) -> None:
    """Add records as JSON lines, flushed to the system before return. A last line cut by a crash is taken off first.

    Raises UserError where the disk is full: what was there stays, and the run can be gone on with.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _drop_torn_line(path)
        with path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(r, ensure_ascii=False) + "\n" for r in records)
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> UserError:
    why = checkpoints.disk_fault(error, path.parent)
    return UserError(f"{str(path)!r} cannot be written: {why}; make room, and go on with the run by --resume")


def _drop_torn_line(path: Path) -> None:
    """Cut what follows the last line end: a line that was never written to its end."""
    if not path.is_file():
        return
    with path.open("rb+") as file:
        end = file.seek(0, os.SEEK_END)
        if not end:
            return
        file.seek(end - 1)
        if file.read(1) == b"\n":
            return
        file.seek(0)
        file.truncate(file.read().rfind(b"\n") + 1)


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Records of a JSON-lines file; none where it is missing. A last line cut by a crash is left out."""
    if not path.is_file():
        return
    with path.open("rb") as file:  # a crash may cut a line inside a character
        for line in file:
            try:
                yield json.loads(line.decode("utf-8"))
            except ValueError:
                if line.endswith(b"\n"):
                    shown = line[:60].decode("utf-8", "replace")
                    raise UserError(f"{str(path)!r} holds a line that is not JSON: {shown!r}") from None


def drop_steps_after(path: Path, step: int) -> None:
    """Keep only records up to `step`: a resumed run computes the later ones again."""
    if path.is_file():
        write_text(
            path, "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in read_lines(path) if r["step"] <= step)
        )


def write_text(path: Path, text: str) -> None:
    """Write a whole file, or leave the old one. Raises OSError where it cannot."""
    checkpoints.write_text(path, text)


def write_json(path: Path, value: Any) -> None:
    """Write a value as indented JSON, whole or not at all. Raises UserError where the disk is full."""
    try:
        checkpoints.write_text(path, _indented(value))
    except OSError as error:
        raise _unwritable(path, error) from None


def write_copy(path: str, value: Any) -> None:
    """The JSON file that a command's `--json` names, whole or not at all; a pipe or a device, such as /dev/stdout, gets
    it as it stands. Raises UserError where it cannot be written."""
    place = Path(path)
    try:
        if place.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        # A stream that leads to a file goes on in it.
        stream = any(place.absolute().is_relative_to(name) for name in STREAMS)
        if stream or (place.exists() and not place.is_file()):
            with place.open("a", encoding="utf-8") as file:  # a file renamed to that name would take its place
                file.write(_indented(value))
        else:
            checkpoints.write_text(place.resolve(), _indented(value))  # a link stays one
    except OSError as error:
        raise UserError(
            f"--json {path!r} cannot be written: {checkpoints.disk_fault(error, Path(path).parent)}"
        ) from None


def _indented(value: Any) -> str:
    return json.dumps(_finite(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:
    """The value with null in place of the floats that JSON has no word for: those of a step that went wrong are NaN."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    return [_finite(one) for one in value] if isinstance(value, list | tuple) else value


def read_json(path: Path) -> Any:
    """The value of a JSON file. Raises UserError where it is damaged."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{str(path)!r} cannot be read as JSON: {error}") from None
