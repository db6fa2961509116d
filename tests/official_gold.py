"""Gold cells of LegalBench read apart from the package: what the answer of a Problem should be, letters and digits only."""

from __future__ import annotations

import re

from grpo_legal.legalbench import Task


def words(text: str, kind: str = "list") -> str:
    """Letters and digits in lower case, single spaces; the items of a list stay apart."""
    items = text.split(";") if kind == "list" else [text]
    return ";".join(" ".join(re.findall(r"\w+", item.lower())) for item in items)


def gold_words(task: Task, cell: str) -> str:
    """The canonical answer of a cell, as `words` writes it."""
    if task.name == "successor_liability":
        return ";".join(label for label in task.labels if label in cell)
    if task.name == "ssla_plaintiff":
        names = re.findall(r"'([^']+)'", cell) or [cell]
        return "none" if names == ["Not named"] else words(";".join(names))
    if task.kind == "list":
        return words(cell.replace(", ", "\0").replace(",", ";").replace("\0", ", "))
    if task.kind == "amount":
        return f"{int(cell.removeprefix('$'))} 00"
    return words(cell.split(",")[0] if task.name == "definition_extraction" else cell, task.kind)
