"""List the runs with scores, cost and state, or compare two of them.

    python -m grpo_legal.runs                         what lies in outputs/
    python -m grpo_legal.runs elsewhere --json runs.json
    python -m grpo_legal.runs outputs/one outputs/two settings that differ, scores, the paired difference

Runs are done, running, stopped (with a checkpoint at the last step) or failed; `--resume` of train and sft goes on with
either of the last two. Two runs are compared on the held-out questions that both answered. Imports no torch.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
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
        _write(typed.json, found)
    return 0


def _parser() -> argparse.ArgumentParser:
    shape = argparse.RawDescriptionHelpFormatter
    parser = cli.Parser("python -m grpo_legal.runs", description=__doc__, formatter_class=shape)
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a folder of runs (default outputs), or two runs")
    parser.add_argument("--json", metavar="PATH", help="write what is printed as JSON too")
    return parser


def _write(path: str, found: Any) -> None:
    try:
        run_folder.write_json(Path(path), found)
    except OSError as error:
        raise UserError(f"--json {path!r} cannot be written: {error.strerror}") from None


def _table(*columns: str, right: Sequence[str] = ()) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False)
    for name in columns:
        table.add_column(name, justify="right" if name in right else "left", overflow="fold")
    return table


# ---- the list ---------------------------------------------------------------------------------------------


def _list(rows: Sequence[Mapping[str, Any]], where: str, console: Console) -> None:
    if not rows:
        console.print(Text(f"no run in {where}"))
        return
    table = _table("run", "kind", "model", "data", "steps", "score (95% interval)", "cost", "time", "state",
                   right=("steps", "cost", "time"))  # fmt: skip
    for row in rows:
        steps = "" if row["step"] is None else f"{row['step']}/{row['max_steps']}"
        model = Path(row["model"] or "").name
        state = Text(row["state"], STATES[row["state"]])
        cells = [Text(dashboard.clean(cell)) for cell in (row["run"], row["kind"], model, row["data"] or "", steps)]
        table.add_row(*cells, _score(row), *(FORMS[k](row[k]) for k in ("cost_usd", "seconds")), state)
    console.print(table)


def _score(row: Mapping[str, Any]) -> Text:
    """`54.0% → 81.0% (+18.9 to +35.1 points)`, coloured where the interval leaves out 0; a rubric's in points of 20."""
    if row["delta"] is None:
        return Text("–")
    rubric = str(row["score"]).startswith("rubric")
    shown = [f"{20 * v:.1f}" if rubric else f"{v:.1%}" for v in (row["before"], row["after"]) if v is not None]
    scale, (low, high) = 20 if rubric else 100, row["ci95"] or (None, None)
    text = " → ".join(shown)
    if row["score"] != "held out":
        text = f"{row['score']}: {text}"
    if low is None:
        return Text(text)
    style = "green" if low > 0 else "red" if high < 0 else ""
    return Text.assemble(text, (f" ({scale * low:+.1f} to {scale * high:+.1f} points)".replace("-", "−"), style))


# ---- two runs ---------------------------------------------------------------------------------------------


def _show_two(found: Mapping[str, Any], console: Console) -> None:
    names = [dashboard.clean(row["run"]) for row in found["runs"]]
    names = names if names[0] != names[1] else ["first", "second"]
    table = _table("", *names)
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
