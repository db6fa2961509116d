"""What every benchmark prints: a Markdown table, and the same rows as JSON.

>>> print(markdown([{"family": "firm_offer", "n": 3}]))
| family | n |
|---|---:|
| firm_offer | 3 |
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Rows = Sequence[dict[str, Any]]


def markdown(rows: Rows) -> str:
    """The rows as a Markdown table; the first row's keys are the columns, numbers stand to the right."""
    columns = list(rows[0])
    numbers = [not isinstance(rows[0][name], str) for name in columns]
    lines = [columns, ["---:" if number else "---" for number in numbers]]
    lines += [[_cell(row[name]) for name in columns] for row in rows]
    return "\n".join(
        "|" + "|".join(cells) + "|" if at == 1 else "| " + " | ".join(cells) + " |" for at, cells in enumerate(lines)
    )


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}" if isinstance(value, float) else str(value)


def write_json(path: str | None, found: Any) -> None:
    """Write what was found as JSON, and the folders above it; nothing without a path."""
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
