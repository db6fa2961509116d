"""Which view of a run in progress fits the place where it is shown."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console

from grpo_legal.dashboard.layout import REWARDS, Layout
from grpo_legal.dashboard.notebook import NotebookView, in_kernel
from grpo_legal.dashboard.views import LiveView, PlainView, QuietView
from grpo_legal.progress import redraws

MODES = ("auto", "live", "plain", "quiet")


def make_view(
    console: Console | None,
    title: str,
    max_steps: int,
    weights: Mapping[str, float],
    *,
    subtitle: str = "",
    mode: str = "auto",
    layout: Layout = REWARDS,
) -> LiveView | NotebookView | PlainView:
    """The live view on a terminal that can move its cursor and print blocks, a panel in a notebook, else the plain one.

    `mode` is "auto", or "live", "plain" or "quiet" to have that one anyway; `layout` is LOSS for supervised fine-tuning.
    """
    if mode not in MODES:
        raise ValueError(f"view must be one of {', '.join(MODES)}, not {mode!r}")
    console = console or Console()
    if in_kernel() and mode in ("auto", "live"):
        return NotebookView(title, max_steps, weights, console, subtitle=subtitle, layout=layout)
    able = redraws(console) and "utf" in console.encoding.lower()
    if mode == "quiet":
        return QuietView(title, max_steps, weights, console, subtitle=subtitle, layout=layout)
    view = LiveView if mode == "live" or (mode == "auto" and able) else PlainView
    return view(title, max_steps, weights, console, subtitle=subtitle, layout=layout)
