"""Where rows come from: a folder ("dir") or the Hub ("hub"); and which tasks a pattern names there.

>>> match_tasks(["hearsay", "diversity_*"], source="hub")[-1]
'hearsay'
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from grpo_legal.errors import UserError, near
from grpo_legal.legalbench.folder import LAYOUT, ROW_FILES, Folder, open_folder
from grpo_legal.legalbench.hub import REPO, REVISION, Hub
from grpo_legal.legalbench.table import Task, find_task, task_table
from grpo_legal.legalbench.tsv import read_tsv

SOURCES = ("dir", "hub")
log = logging.getLogger(__name__)


def open_source(source: str, path: str | Path | None, revision: str = REVISION) -> Folder | Hub:
    """The folder at `path`, or the Hub, whose prompts lie in `path` if one is given."""
    if source not in SOURCES:
        raise UserError(f"legalbench source {source!r} is none of: {', '.join(SOURCES)}{near(source, SOURCES)}")
    if source == "hub":
        return Hub(revision, open_folder(path) if path is not None else None)
    if path is None:
        raise UserError(f"legalbench source 'dir' needs the path of a folder that holds {LAYOUT}")
    return open_folder(path)


def match_tasks(patterns: Sequence[str], path: str | Path | None = None, *, source: str = "dir") -> list[str]:
    """The trainable tasks that the names or globs name, sorted, each once: those of the folder, or all on the Hub.

    A task that no program can score (rule_qa) is left out of a glob with a line in the log. A pattern without a match
    is a UserError: a typo in one of ten patterns must not shrink the training set.
    """
    where = open_source(source, path)
    present = where.tasks() if isinstance(where, Folder) else list(task_table())
    found = [task for task in present if task_table()[task].trainable]
    place = repr(str(path)) if isinstance(where, Folder) else REPO
    if not found:
        raise UserError(f"legalbench folder {place} holds no trainable task; it should hold {LAYOUT}")
    named: set[str] = set()
    for pattern in patterns:
        matches = [task for task in found if fnmatchcase(task, pattern)]
        if not matches:
            raise UserError(_no_match(pattern, found, place))
        named.update(matches)
    unscored = [t for t in present if t not in found and any(fnmatchcase(t, pattern) for pattern in patterns)]
    if unscored:
        log.warning("legalbench: %s left out of training, no program can score its free text", ", ".join(unscored))
    return sorted(named)


def count_rows(path: str | Path) -> dict[str, int]:
    """How many rows each task has in the folder, train.tsv and test.tsv together."""
    folder = open_folder(path)
    counts = {}
    for task in map(find_task, folder.tasks()):
        files = {name: folder.rows(task.name, name) for name in ROW_FILES}
        counts[task.name] = sum(len(read_tsv(f, may_be_empty=task.may_be_empty(n))) for n, f in files.items() if f)
    return counts


def _no_match(pattern: str, found: list[str], place: str) -> str:
    elsewhere = [task for task in task_table().values() if fnmatchcase(task.name, pattern)]
    text = f"legalbench task {pattern!r} matches none of the {len(found)} trainable tasks in {place}"
    if not elsewhere:
        return text + (near(pattern, found) or f"; they include {', '.join(found[:3])}")
    if not any(task.trainable for task in elsewhere):
        return f"{text}; no program can score the free text of {_names(elsewhere)}, so it cannot be trained on"
    return f"{text}; the folder has no rows of {_names(elsewhere)}"


def _names(tasks: Sequence[Task]) -> str:
    return ", ".join(task.name for task in tasks[:3])
