"""Reading one LegalBench TSV, with every fault named by file, line and value.

The files are what pandas writes: tab-separated, quoted where a cell holds a tab, a quote or a newline, cells up to
hundreds of kilobytes. A byte-order mark and CRLF (an edit in a spreadsheet) are tolerated. Reading is strict: an
unclosed quote would otherwise swallow the rest of the file into one cell without a word.

    >>> read_tsv(Path("data/hearsay/train.tsv"))[0].line    # doctest: +SKIP
    2
"""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grpo_legal.errors import UserError

_FIELD_LIMIT = 2**31 - 1  # the csv module's own limit is 131,072 characters; this is the largest C long everywhere
_field_limit_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a file: the line it starts on (the header is line 1) and its cells by column."""

    line: int
    cells: dict[str, str]


def read_tsv(path: Path, delimiter: str = "\t", *, may_be_empty: bool = False) -> list[Record]:
    """Every row of the file. Raises UserError for a file that is empty, undecodable or ragged.

    `may_be_empty` allows a header without a row.
    """
    with _field_limit_raised():
        lines = list(_lines(decode(read_bytes(path), path), path, delimiter))
    if not lines:
        raise fault(path, 1, "the file is empty; it should open with column names such as index, text, answer")
    columns = lines[0][1]
    for column in columns:
        if columns.count(column) > 1:
            raise fault(path, 1, f"column {column!r} stands {columns.count(column)} times in the header; once is legal")
    if len(lines) == 1 and not may_be_empty:
        raise fault(path, 2, f"no row follows the header {_quoted(columns)}; at least one is needed")
    for line, cells in lines[1:]:
        if len(cells) != len(columns):
            names = ", ".join(columns)
            raise fault(
                path, line, f"{len(cells)} cells ({_quoted(cells)}) where the header names {len(columns)}: {names}"
            )
    return [Record(line, dict(zip(columns, cells, strict=True))) for line, cells in lines[1:]]


def require_columns(path: Path, records: Sequence[Record], needed: Sequence[str]) -> None:
    """A UserError for the first needed column that the file lacks. Without a row there is nothing to read from one."""
    present = list(records[0].cells) if records else needed
    for column in needed:
        if column not in present:
            raise fault(path, 1, f"no column {column!r} among {_quoted(present)}; {_quoted(needed)} are needed")


def fault(path: Path, line: int, what: str) -> UserError:
    """The one form of every complaint about a file's content."""
    return UserError(f"{path}, line {line}: {what}")


def shown(value: str, limit: int = 60) -> str:
    """A cell for an error message: quoted, on one line, cut short."""
    return repr(value if len(value) <= limit else value[: limit - 1] + "…")


def read_bytes(path: Path) -> bytes:
    """The file's content, or a UserError with the system's reason."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from error


def decode(data: bytes, path: Path) -> str:
    """UTF-8 text without its byte-order mark."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise fault(path, line, f"byte 0x{data[error.start]:02x} is not UTF-8, the only legal encoding") from error


def _lines(text: str, path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the number of the line on which it starts."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    kind = "TSV" if delimiter == "\t" else "CSV"
    start = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise fault(path, start, f"the row that starts here is not legal {kind}: {error}") from error
        if cells is None:
            return
        if cells:
            yield start, cells
        start = reader.line_num + 1


@contextmanager
def _field_limit_raised() -> Iterator[None]:
    """Long cells allowed. The limit is global to the process, so it is put back, and one thread at a time holds it."""
    with _field_limit_lock:
        before = csv.field_size_limit(_FIELD_LIMIT)
        try:
            yield
        finally:
            csv.field_size_limit(before)


def _quoted(values: Sequence[str]) -> str:
    return ", ".join(shown(value, 24) for value in values)
