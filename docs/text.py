"""Docstrings and tables as Markdown."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Sequence
from pathlib import Path


def told(docstring: str | None) -> str:
    """A docstring as Markdown: its examples as code, its angle brackets as text.

    >>> told("Is x < 1?")
    'Is x &lt; 1?'
    """
    parts = re.split(r"\n{2,}", inspect.cleandoc(docstring or ""))
    return "\n\n".join(_part(part) for part in parts)


def _part(part: str) -> str:
    lines = part.splitlines()
    at = next((i for i, line in enumerate(lines) if line.lstrip().startswith(">>>")), None)
    if at is None:
        return part if all(line.startswith("    ") for line in lines) else part.replace("<", "&lt;")
    code = inspect.cleandoc("\n".join(["", *lines[at:]]))
    before = "\n".join(lines[:at]).replace("<", "&lt;")
    return f"{before}\n\n```python\n{code}\n```".strip()


def docstring(path: Path) -> str:
    """A file's module docstring, the file not being imported; "" for a file that is not there."""
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "") if path.is_file() else ""


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [list(columns), ["---"] * len(columns), *([_cell(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def quoted(text: str) -> str:
    """The text as a block quote, its lines kept."""
    return "\n".join(f"> {line}".rstrip() + ("  " if line else "") for line in text.strip().splitlines())
