"""Verdicts on disk, by the hash of what they are about: one JSON line each, appended at once.

The file survives a kill: a line that was cut short is not read, and the next one starts on a line of its own. It holds
hashes and numbers, no completion and no key. Several processes may append to one file.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grpo_legal.errors import UserError
from grpo_legal.judge_settings import JudgeSettings
from grpo_legal.rewards.judge.verdict import CRITERIA, MAX_CRITERION, MAX_TOTAL, Verdict


def cache_file(settings: JudgeSettings) -> Path:
    """Where the verdicts lie: `judge.cache`, else a file for the model under GRPO_LEGAL_CACHE or the user's cache."""
    import platformdirs

    if settings.cache is not None:
        return Path(settings.cache).expanduser()
    folder = Path(os.environ.get("GRPO_LEGAL_CACHE") or platformdirs.user_cache_path("grpo_legal"))
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", settings.model or "")[-80:].strip("-.")
    return folder / "judge" / f"{slug or 'model'}.jsonl"


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The JSON objects of a file line by line; a missing file has none, and what is no object is passed over."""
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return
    except OSError as error:
        raise UserError(f"judge: {str(path)!r} cannot be read ({error.strerror})") from None
    for line in lines:
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            yield found


def append_line(path: Path, record: dict[str, Any]) -> None:
    """One line more, in one write, after a line end where the last line was cut short. UserError where that fails."""
    append_bytes(path, json.dumps(record).encode() + b"\n")


def append_bytes(path: Path, line: bytes) -> None:
    """`line` in one write; `append_line` says how."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab+", buffering=0) as file:
            if file.seek(0, os.SEEK_END):
                file.seek(-1, os.SEEK_END)
                line = line if file.read(1) == b"\n" else b"\n" + line
            file.write(line)  # opened to append: at the end, wherever it was read
    except OSError as error:
        raise UserError(f"judge: {str(path)!r} cannot be written ({error.strerror})") from None


class VerdictCache:
    """The verdicts of one file, read once. `put` writes through."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: dict[str, Verdict] = {}
        for record in read_lines(path):
            verdict = _verdict(record)
            if verdict is not None:
                self._known[str(record["key"])] = verdict

    def try_out(self) -> None:
        """UserError where the file cannot be written."""
        append_bytes(self.path, b"")

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: str) -> Verdict | None:
        return self._known.get(key)

    def put(self, key: str, verdict: Verdict) -> None:
        """Keeps a verdict with a total. The file is the second step: a full disk loses no verdict of this run."""
        self._known[key] = Verdict(verdict.status, verdict.total, verdict.criteria, cached=True)
        append_line(self.path, {"key": key, "total": verdict.total, "criteria": verdict.criteria})


def _verdict(record: dict[str, Any]) -> Verdict | None:
    """The verdict that a line holds, or None where it holds none that is within bounds."""
    total, criteria = record.get("total"), record.get("criteria")
    if "key" not in record or not _within(total, MAX_TOTAL):
        return None
    if criteria is None:
        return Verdict("scored", float(total), None, cached=True)
    if not isinstance(criteria, dict) or not all(_within(criteria.get(name), MAX_CRITERION) for name in CRITERIA):
        return None
    return Verdict("scored", float(total), {name: float(criteria[name]) for name in CRITERIA}, cached=True)


def _within(value: Any, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most
