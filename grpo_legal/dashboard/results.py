"""What a run or an evaluation came to: scores on held-out questions, and how they differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from grpo_legal.dashboard.texts import clean, number, show

Scores = Mapping[str, Any]
DIFFERENCE = 4  # the place of that column
ROOMY = 78  # columns from which a difference stays in one line, and a long name is wrapped instead


class ResultTable(Table):
    """A table that keeps a difference in one line where it can, and its interval where it cannot."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        column, roomy = self.columns[DIFFERENCE], options.max_width >= ROOMY
        column.no_wrap, column.max_width = roomy, None if roomy else 14  # "(24.0 to 38.0)"
        yield from super().__rich_console__(console, options)


def result_table(summary: Scores) -> ResultTable:
    """The `summary` of a run as a table: all families together, then each. What is missing is a dash.

    It holds `before` and `after`, each with balanced_accuracy, unreadable (shares), n and `families` (the
    same for each); `delta` and `ci95` (after minus before, shares); and `families` with those of each.
    """
    table = ResultTable(title="Balanced accuracy on held-out questions", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.title_justify, table.title_style = "left", "bold"
    table.show_edge, table.pad_edge = False, False
    table.add_column("family")
    for name in ("n", "before", "after"):
        table.add_column(name, justify="right")
    table.add_column("difference (95% interval)")
    table.add_column("unreadable", justify="right")
    if (p := number(summary.get("p_value"))) is not None:
        chance = "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
        table.caption = f"Overall is the mean of the families. Exact McNemar test: {chance}."
        table.caption_justify = "left"
    before, after = _part(summary, "before"), _part(summary, "after")
    _add(table, "overall", before, after, summary)
    table.add_section()
    for name in {**_part(before, "families"), **_part(after, "families")}:
        was, now, change = (_part(_part(each, "families"), name) for each in (before, after, summary))
        _add(table, clean(name).replace("_", " "), was, now, change)
    return table


def _part(scores: Scores, key: str) -> Scores:
    return scores.get(key) or {}


def _add(table: ResultTable, name: str, was: Scores, now: Scores, change: Scores) -> None:
    n = show(number(now.get("n", was.get("n"))), ",.0f")
    accuracy = [show(number(scores.get("balanced_accuracy")), ".1%") for scores in (was, now)]
    unreadable = " → ".join(show(number(scores.get("unreadable")), ".0%") for scores in (was, now))
    table.add_row(Text(name), n, *accuracy, _difference(change), unreadable)


def _difference(change: Scores) -> Text:
    """`+31.0 points (24.0 to 38.0)`, in color where the interval leaves out 0."""
    delta, interval = number(change.get("delta")), change.get("ci95")
    if delta is None:
        return Text("–")
    if not interval:
        return Text(f"{_points(delta, sign=True)} points")
    low, high = interval
    style = "green" if low > 0 else "red" if high < 0 else ""
    return Text.assemble((f"{_points(delta, sign=True)} points", style), f" ({_points(low)} to {_points(high)})")


def _points(share: float, sign: bool = False) -> str:
    """A share as percent points with one decimal: 0.31 is `31.0`, with `sign` `+31.0`."""
    value = round(100 * share, 1) + 0.0  # "+ 0.0" makes a zero of minus zero
    return f"{value:{'+' if sign and value else ''}.1f}".replace("-", "−")
