"""The committed results of the benchmarks as tables: no figure is typed by hand."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from docs.text import docstring, table

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
RESULTS = BENCHMARKS / "results"


def cpu() -> str:
    """Every result that was measured on a CPU, with what it is and the command that made it."""
    every = sorted(RESULTS.glob("*.json"), key=lambda path: path.stem)
    files = [path for path in every if not path.name.startswith(("gpu-", "rehearsal-"))]
    return "\n\n".join(_result(path) for path in files)


def gpu() -> str:
    """What was measured on a GPU; a sentence where nothing was."""
    files = sorted(RESULTS.glob("gpu-*.json"))
    if not files:
        return "**No GPU figure has been measured yet.** None is given anywhere in this repository."
    return "\n\n".join(_card(path.stem, json.loads(path.read_text("utf-8"))) for path in files)


def _card(name: str, found: dict[str, Any]) -> str:
    """One GPU's results: what it is, then every part, with what became of each of its jobs."""
    parts = [f"### {name}", _machine(found["machine"])]
    for part, jobs in found["parts"].items():
        told = [
            [job, entry["date"][:10], entry["status"], _switches(entry), f"`{entry['command']}`"]
            for job, entry in jobs.items()
        ]
        parts += [f"**{part}**", table(("job", "date", "came to", "switches", "command"), told)]
        lines = [{"job": job, **line} for job, entry in jobs.items() for line in entry["results"]]
        parts += [_rows(same) for same in _of_one_kind(lines)]
    return "\n\n".join(parts)


def _machine(machine: dict[str, Any]) -> str:
    """What a result was measured on, in a sentence."""
    versions = ", ".join(f"{package} {version}" for package, version in machine["versions"].items() if version)
    card = f"{machine['gpu']}, {machine['gpu_gib']} GiB, CUDA {machine['cuda']}, " if machine["gpu"] else ""
    return f"{card}{machine['cpu']}; Python {machine['python']}, {versions}."


def _switches(entry: dict[str, Any]) -> str:
    return " ".join(f"{key}={value}" for key, value in (entry.get("switches") or {}).items()) or "–"


def _of_one_kind(lines: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Lines that hold the same keys together, so that each kind makes a table without holes."""
    kinds: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for line in lines:
        shown = {key: value for key, value in line.items() if key not in ("command", "families")}
        kinds.setdefault(tuple(shown), []).append(shown)
    return list(kinds.values())


def _result(path: Path) -> str:
    found = json.loads(path.read_text("utf-8"))
    benchmark, _, variant = path.stem.partition("-")
    told = docstring(BENCHMARKS / f"{benchmark}.py")
    about, *explained = [" ".join(part.split()) for part in told.split("\n\n") if not part.startswith("    ")]
    command = re.search(r"python -m benchmarks\.\S+(?: --?\S+(?: [\w./]+)?)*", told)
    head = [f"### {path.stem}", about, f"    {command[0]}" if command else ""]
    if variant:
        head, explained = [f"### {path.stem}", f"As {benchmark} above, by", f"    {found['machine']['command']}"], []
    written = path.with_suffix(".md")  # a benchmark's own table, where it writes one
    body = written.read_text("utf-8").partition("\n")[2].strip() if written.is_file() else _rows(found)
    plot = path.with_suffix(".png")
    picture = f"![{path.stem}](../benchmarks/results/{plot.name})" if plot.is_file() else ""
    return "\n\n".join(part for part in (*head, *explained, body, picture) if part)


def _rows(found: Any) -> str:
    """A list of records as a table; a record as one too, with its machine above, and with what it holds of tables below."""
    if isinstance(found, list) and found and all(isinstance(row, dict) for row in found):
        columns = list(dict.fromkeys(key for row in found for key in row))
        return table(columns, [[_value(row.get(key)) for key in columns] for row in found])
    if not isinstance(found, dict):
        return _value(found)
    measured_on = {key: value for key, value in found.items() if key == "machine" and isinstance(value, dict)}
    below = {key: value for key, value in found.items() if _holds_table(value)}
    plain = {key: value for key, value in found.items() if key not in (*below, *measured_on)}
    parts = [_machine(value) for value in measured_on.values()]
    if plain:
        parts.append(table(("", "value"), [(key, _value(value)) for key, value in plain.items()]))
    for key, value in below.items():
        parts += [f"**{key}**", _rows(value)] if isinstance(value, dict) else [_rows(value)]
    return "\n\n".join(parts)


def _holds_table(value: Any) -> bool:
    """Whether it is a list of records, or a record with such a list in it."""
    if isinstance(value, dict):
        return any(map(_holds_table, value.values()))
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _value(value: Any) -> str:
    """
    >>> _value(1.0), _value(0.05349), _value(100000), _value(None), _value({"a": 1, "b": [2, 3]})
    ('1', '0.05349', '100,000', '–', 'a 1, b 2 3')
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_value(one)}" for key, one in value.items())
    return " ".join(map(_value, value)) if isinstance(value, list) else str(value)
