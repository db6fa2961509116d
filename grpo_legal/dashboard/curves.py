"""The curves of a run in progress as one picture, for a notebook. Imports matplotlib when it draws."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

from grpo_legal.dashboard.texts import clean, finite

COLUMNS = 3
INK, GRID, LINE, PART = "#333333", "#dddddd", "#0b6e99", "#8a8a8a"


def picture(series: Sequence[tuple[str, Mapping[int, float | None]]], max_steps: int) -> bytes:
    """A PNG with a small plot for each named series of (step: value); a value that is not finite is a gap."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    rows = max(1, math.ceil(len(series) / COLUMNS))
    figure = Figure(figsize=(9.6, 1.75 * rows), dpi=110, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    for place, (name, values) in enumerate(series, start=1):
        axis = figure.add_subplot(rows, COLUMNS, place)
        known = {step: value for step, value in values.items() if finite([value])}
        dots = "o" if len(known) < 25 else None
        axis.plot(list(known), list(known.values()), color=LINE, linewidth=1.5, marker=dots, markersize=3)
        axis.set_title(clean(name).replace("$", r"\$"), fontsize=9, loc="left", color=INK)
        axis.set_xlim(0, max(max_steps, *known, 1))
        axis.tick_params(labelsize=7, colors=INK)
        axis.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        axis.yaxis.set_major_locator(MaxNLocator(4))
        axis.grid(color=GRID, linewidth=0.6)
        axis.set_axisbelow(True)
        axis.spines[["top", "right"]].set_visible(False)
        axis.spines[["left", "bottom"]].set_color(PART)
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def chosen(
    rows: Sequence[Any], values: Mapping[str, Mapping[int, float | None]]
) -> list[tuple[str, Mapping[int, float | None]]]:
    """The series of `rows` (layout.Row) that have a finite value, by their labels."""
    return [(row.label, values[row.key]) for row in rows if finite(values.get(row.key, {}).values())]
