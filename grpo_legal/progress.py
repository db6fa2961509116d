"""What is being done, and how far a long count has come: a bar with the time left on a terminal, else a line now and then.

    with counted(console, "base", total=1000, done=320) as came_to:
        came_to(352)

A log file so says what the bar would have said, and so does a notebook's `!python`. Imports nothing of ours.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

EVERY = 60.0  # seconds between two lines where there is no terminal
KERNEL = "JPY_PARENT_PID"  # set for a notebook's kernel and what it starts: `!python` has a terminal that cannot redraw


def redraws(console: Console) -> bool:
    """Whether the console is a terminal on which a line can be drawn anew."""
    return console.is_terminal and not console.is_dumb_terminal and KERNEL not in os.environ


def stage(console: Console, title: str, *, told: bool = True) -> AbstractContextManager[Any]:
    """What is being done now: it turns on a terminal; elsewhere it is a line, or nothing where it is not to be told."""
    if redraws(console):
        return console.status(escape(title))
    if told:
        console.print(title, markup=False)
    return nullcontext()


@contextmanager
def counted(
    console: Console, title: str, *, total: int, done: int = 0, every: float = EVERY
) -> Iterator[Callable[[int], None]]:
    """Gives a function to call with the number done so far, which starts at `done` (answers kept from an earlier call)."""
    if not redraws(console):
        yield _lines(console, title, total, done, every)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task(title, total=total, completed=done)
        yield lambda count: progress.update(bar, completed=count)


def _lines(console: Console, title: str, total: int, start: int, every: float) -> Callable[[int], None]:
    began = last = time.monotonic()

    def told(count: int) -> None:
        nonlocal last
        now = time.monotonic()
        if count > start and count < total and now - last >= every:
            last = now
            console.print(
                f"{title}: {count:,} of {total:,}, {time_left(now - began, count - start, total - count)} left"
            )

    return told


def time_left(seconds: float, made: int, left: int) -> str:
    """What `left` more will take, where `made` took so many seconds.

    >>> time_left(60, 30, 15), time_left(60, 30, 600), time_left(60, 1, 90)
    ('30 s', '20 min', '1 h 30 min')
    """
    wait = round(seconds / made * left)
    if wait < 90:
        return f"{wait} s"
    minutes = round(wait / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
