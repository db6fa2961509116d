"""List the runs with scores, cost and state, or compare two of them.

    python -m grpo_legal.runs                         what lies in outputs/
    python -m grpo_legal.runs elsewhere --json runs.json
    python -m grpo_legal.runs outputs/one outputs/two settings that differ, scores, the paired difference

Runs are done, running, stopped (with a checkpoint at the last step) or failed; `--resume` of train and sft goes on with
either of the last two. Two runs are compared on the held-out questions that both answered. Imports no torch.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grpo_legal import cli, dashboard, overview, run_folder, stats
from grpo_legal.errors import UserError

STATES = {"done": "green", "running": "cyan", "stopped": "yellow", "failed": "red"}
FORMS = {"seconds": dashboard.duration, "cost_usd": dashboard.dollars}
SPARE = ("model", "data", "kind", "score of")  # columns that a narrow terminal does without, in this order
GAP = 2  # cells between two columns
SHARES = ("held_out_accuracy", "token_accuracy", "truncated", "zero_variance")


def main(argv: Sequence[str]) -> int:
    """The command. Returns its exit status, 0."""
    typed = _parser().parse_args(argv)
    if len(typed.paths) > 2:
        raise UserError(f"python -m grpo_legal.runs takes a folder of runs or two runs, not {len(typed.paths)} paths")
    paths = [Path(path) for path in typed.paths or ["outputs"]]
    console = Console(highlight=False)
    if len(paths) == 2:
        found: Any = overview.compare(*paths)
        _show_two(found, console)
    else:
        found = [overview.row(paths[0], paths[0].parent)] if overview.is_run(paths[0]) else overview.runs(paths[0])
        _list(found, str(paths[0]), console)
    if typed.json:
        run_folder.write_copy(typed.json, found)
    return 0


def _parser() -> argparse.ArgumentParser:
    shape = argparse.RawDescriptionHelpFormatter
    parser = cli.Parser("python -m grpo_legal.runs", description=__doc__, formatter_class=shape)
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a folder of runs (default outputs), or two runs")
    parser.add_argument("--json", metavar="PATH", help="write what is printed as JSON too")
    return parser


def _table(*columns: str) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


# ---- the list ---------------------------------------------------------------------------------------------


def _list(rows: Sequence[Mapping[str, Any]], where: str, console: Console) -> None:
    """A row each. Of the columns in SPARE there are as many as fit; only a name is ever broken."""
    if not rows:
        console.print(Text(f"no run in {where}"))
        return
    columns = {name: [cell(row) for row in rows] for name, cell in COLUMNS.items()}
    if not any(row["cost_usd"] for row in rows):
        del columns["cost"]
    widths = {name: max(len(name), *(cell.cell_len for cell in cells)) for name, cells in columns.items()}
    for name in SPARE:
        if sum(widths.values()) + GAP * len(widths) > console.width:
            del columns[name], widths[name]
    table = _table()
    for name in columns:
        right = "right" if name in ("steps", "cost", "time") else "left"
        table.add_column(name, justify=right, no_wrap=name != "run", overflow="fold")
    for cells in zip(*columns.values(), strict=True):
        table.add_row(*cells)
    console.print(table)


def _data(row: Mapping[str, Any]) -> Text:
    """The first name, and how many there are beside it."""
    first, *more = ([row["data"]] if row["data_source"] == "file" else str(row["data"] or "").split()) or [""]
    return Text(dashboard.clean(first) + (f" + {len(more)}" if more else ""))


def _values(row: Mapping[str, Any]) -> Text:
    """`54.0% → 81.0%`; a rubric's in points of 20."""
    if row["delta"] is None:
        return Text("–")
    rubric = str(row["score"]).startswith("rubric")
    return Text(
        " → ".join(f"{20 * v:.1f}" if rubric else f"{v:.1%}" for v in (row["before"], row["after"]) if v is not None)
    )


def _interval(row: Mapping[str, Any]) -> Text:
    """`+18.9 to +35.1` points, coloured where it leaves out 0."""
    low, high = row["ci95"] or (None, None)
    if low is None:
        return Text("–")
    scale = 20 if str(row["score"]).startswith("rubric") else 100
    style = "green" if low > 0 else "red" if high < 0 else ""
    return Text(f"{scale * low:+.1f} to {scale * high:+.1f}".replace("-", "−"), style)


COLUMNS: dict[str, Callable[[Mapping[str, Any]], Text]] = {
    "run": lambda row: Text(dashboard.clean(row["run"])),
    "kind": lambda row: Text(row["kind"]),
    "model": lambda row: Text(dashboard.clean(Path(row["model"] or "").name)),
    "data": _data,
    "steps": lambda row: Text("" if row["step"] is None else f"{row['step']}/{row['max_steps']}"),
    "score of": lambda row: Text(dashboard.clean(str(row["score"] or "").partition(":")[0])),
    "score": _values,
    "points (95%)": _interval,
    "cost": lambda row: Text(dashboard.dollars(row["cost_usd"])),
    "time": lambda row: Text(dashboard.duration(row["seconds"])),
    "state": lambda row: Text(row["state"], STATES[row["state"]]),
}


def _score(row: Mapping[str, Any]) -> Text:
    """`legalbench: base → grpo: 50.4% → 68.2% (+12.6 to +22.7 points)`."""
    values, interval = _values(row), _interval(row)
    if row["delta"] is None:
        return values
    if row["score"] != "held out":
        values = Text(f"{row['score']}: {values}")
    return values if row["ci95"] is None else Text.assemble(values, " (", interval, " points)")


# ---- two runs ---------------------------------------------------------------------------------------------


def _show_two(found: Mapping[str, Any], console: Console) -> None:
    names = [dashboard.clean(row["run"]) for row in found["runs"]]
    names = names if names[0] != names[1] else ["first", "second"]
    table = _table("", *map(Text, names))
    for key in ("kind", "model", "data", "state"):
        table.add_row(key, *(Text(dashboard.clean(row[key] or "–")) for row in found["runs"]))
    table.add_row("score (95% interval)", *(_score(row) for row in found["runs"]))
    table.add_section()
    for name, values in found["settings"].items():
        table.add_row(Text(name), *(Text(dashboard.clean(_plain(value))) for value in values))
    if not found["settings"]:
        table.add_row("settings", "the same", "")
    table.add_section()
    for name, values in found["last"].items():
        form = FORMS.get(name) or (
            lambda v, name=name: "–" if v is None else f"{v:.1%}" if name in SHARES else f"{v:,.4g}"
        )
        table.add_row(f"last {name.replace('_', ' ')}", *(form(value) for value in values))
    console.print(table)
    console.print(Text(_verdict(found["after"], names)), soft_wrap=True)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{key}={one}" for key, one in value.items())
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _verdict(after: Mapping[str, Any] | None, names: Sequence[str]) -> str:
    if after is None:
        return "No held-out question was answered by both after training: their scores are not paired."
    told = stats.verdict(after["delta"], after["ci95"], after["n"])
    some = f", {after['n']} of {max(after['of'])} questions" if after["n"] < max(after["of"]) else ""
    before, later = (f"{score:.1%}" for score in after["scores"])
    return f"{names[0]} → {names[1]} after training, the same questions{some}: {before} → {later}; {told}"


if __name__ == "__main__":
    cli.run(main)
