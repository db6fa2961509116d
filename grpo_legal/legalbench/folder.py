"""Where a LegalBench folder keeps its files.

A folder is any of: one that holds `data/` (the Hub's layout) and/or `tasks/` (the repository's), one of these two,
or one that holds `<task>/{train,test}.tsv` itself.

    >>> open_folder("../shared/legalbench").rows("hearsay", "test.tsv")    # doctest: +SKIP
    PosixPath('../shared/legalbench/data/hearsay/test.tsv')
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grpo_legal.errors import UserError
from grpo_legal.legalbench.table import task_table

ROW_FILES = ("train.tsv", "test.tsv")
LAYOUT = "data/<task>/test.tsv or tasks/<task>/train.tsv"


@dataclass(frozen=True, slots=True)
class Folder:
    """An existing folder: where its rows lie, the fuller layout first, and where its prompts may lie."""

    path: Path
    row_roots: tuple[Path, ...]
    prompt_roots: tuple[Path, ...]

    def __str__(self) -> str:
        return repr(str(self.path))

    def rows(self, task: str, name: str) -> Path | None:
        """The file `name` ("train.tsv" or "test.tsv") of a task, or None."""
        return _first(root / task / name for root in self.row_roots)

    def base_prompt(self, task: str) -> Path | None:
        """The task's base_prompt.txt, or None."""
        return _first(root / task / "base_prompt.txt" for root in self.prompt_roots)

    def tasks(self) -> list[str]:
        """The tasks that have rows here, in alphabetical order."""
        return [task for task in task_table() if any(self.rows(task, name) for name in ROW_FILES)]


def open_folder(path: str | Path) -> Folder:
    """The folder at `path`, or a UserError that says what should lie there."""
    path = Path(path)
    if not path.is_dir():
        state = "is a file, not a folder" if path.exists() else "does not exist"
        raise UserError(f"legalbench folder {str(path)!r} {state}; give the one that holds {LAYOUT}")
    inner = tuple(path / name for name in ("data", "tasks") if (path / name).is_dir())
    if inner:
        return Folder(path, inner, tuple(reversed(inner)))
    # Only tasks/ has prompts. Whoever points at data/ itself still gets those that lie beside it.
    beside = (path.parent / "tasks",) if path.resolve().name == "data" else ()
    return Folder(path, (path,), (*beside, path))


def _first(paths: Iterable[Path]) -> Path | None:
    return next((path for path in paths if path.is_file()), None)
