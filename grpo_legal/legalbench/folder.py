"""Where a LegalBench folder keeps its files, and which of its tasks a pattern names.

A folder is any of: one that holds `data/` (the Hub's layout) and/or `tasks/` (the repository's), one of these two,
or one that holds `<task>/{train,test}.tsv` itself.

    >>> match_tasks(["hearsay", "diversity_*"], "../shared/legalbench")[-1]    # doctest: +SKIP
    'hearsay'
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from grpo_legal.errors import UserError, near
from grpo_legal.legalbench.table import Task, task_table, trainable_tasks

ROW_FILES = ("train.tsv", "test.tsv")
_LAYOUT = "data/<task>/test.tsv or tasks/<task>/train.tsv"


@dataclass(frozen=True, slots=True)
class Folder:
    """An existing folder: where its rows lie, the fuller layout first, and where its prompts may lie."""

    path: Path
    row_roots: tuple[Path, ...]
    prompt_roots: tuple[Path, ...]

    def rows(self, task: str, name: str) -> Path | None:
        """The file `name` ("train.tsv" or "test.tsv") of a task, or None."""
        return _first(root / task / name for root in self.row_roots)

    def base_prompt(self, task: str) -> Path | None:
        """The task's base_prompt.txt, or None."""
        return _first(root / task / "base_prompt.txt" for root in self.prompt_roots)

    def tasks(self) -> list[str]:
        """The trainable tasks that have rows here, in alphabetical order."""
        return [task for task in trainable_tasks() if any(self.rows(task, name) for name in ROW_FILES)]


def open_folder(path: str | Path) -> Folder:
    """The folder at `path`, or a UserError that says what should lie there."""
    path = Path(path)
    if not path.is_dir():
        state = "is a file, not a folder" if path.exists() else "does not exist"
        raise UserError(f"legalbench folder {str(path)!r} {state}; give the one that holds {_LAYOUT}")
    inner = tuple(path / name for name in ("data", "tasks") if (path / name).is_dir())
    if inner:
        return Folder(path, inner, tuple(reversed(inner)))
    # Only tasks/ has prompts. Whoever points at data/ itself still gets those that lie beside it.
    beside = (path.parent / "tasks",) if path.resolve().name == "data" else ()
    return Folder(path, (path,), (*beside, path))


def match_tasks(patterns: Sequence[str], path: str | Path) -> list[str]:
    """The trainable tasks in the folder that the names or globs name, sorted, each once.

    A pattern without a match is a UserError: a typo in one of ten patterns must not shrink the training set.
    """
    folder = open_folder(path)
    found = folder.tasks()
    if not found:
        raise UserError(f"legalbench folder {str(path)!r} holds no trainable task; it should hold {_LAYOUT}")
    named: set[str] = set()
    for pattern in patterns:
        matches = [task for task in found if fnmatchcase(task, pattern)]
        if not matches:
            raise UserError(_no_match(pattern, found, path))
        named.update(matches)
    return sorted(named)


def _no_match(pattern: str, found: list[str], path: str | Path) -> str:
    elsewhere = [task for task in task_table().values() if fnmatchcase(task.name, pattern)]
    text = f"legalbench task {pattern!r} matches none of the {len(found)} trainable tasks in {str(path)!r}"
    if not elsewhere:
        return text + (near(pattern, found) or f"; they include {', '.join(found[:3])}")
    if all(task.kind == "other" for task in elsewhere):
        return f"{text}; free text cannot be trained on yet ({_names(elsewhere)})"
    return f"{text}; the folder has no rows of {_names(elsewhere)}"


def _names(tasks: Sequence[Task]) -> str:
    return ", ".join(task.name for task in tasks[:3])


def _first(paths: Iterable[Path]) -> Path | None:
    return next((path for path in paths if path.is_file()), None)
