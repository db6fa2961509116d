"""Which modules are commands, read from their files: `python -m grpo_legal` and the shell completion know them from here.

A command is a module that ends in `cli.run(main)`; its first line of documentation says what it does. Imports none of them.
"""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parent
ORDER = (
    "data",
    "audit",
    "plan",
    "doctor",
    "train",
    "sft",
    "pipeline",
    "evaluate",
    "report",
    "export",
    "ask",
    "runs",
    "completion",
)


def listed() -> dict[str, str]:
    """Name and first sentence of every command: those of ORDER as they are used, then any others.

    >>> "train" in listed()
    True
    """
    files = {path.stem: path for path in sorted(PACKAGE.glob("*.py")) if path.stem not in ("__init__", "__main__")}
    files |= {path.parent.name: path for path in sorted(PACKAGE.glob("*/__main__.py"))}
    found = {name: sentence for name, path in files.items() if (sentence := _sentence(path))}
    return {name: found[name] for name in (*(n for n in ORDER if n in found), *sorted(set(found) - set(ORDER)))}


def _sentence(path: Path) -> str | None:
    """The first line of the module's documentation, None where it is no command."""
    text = path.read_text("utf-8")
    if "\n    cli.run(main)" not in text:
        return None
    return (ast.get_docstring(ast.parse(text)) or path.stem).splitlines()[0]
