"""A long count is told: as a bar on a terminal, as lines in a log."""

from __future__ import annotations

import doctest
import io

import pytest
from rich.console import Console

from grpo_legal import progress


def counted(terminal: bool, every: float) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=100, color_system=None)
    with progress.counted(console, "base", total=1000, done=320, every=every) as came_to:
        for count in (320, 352, 384, 1000):
            came_to(count)
    return out.getvalue()


def test_a_log_gets_lines_of_what_is_new_and_none_at_the_end():
    told = counted(terminal=False, every=0.0).splitlines()
    assert [line.split(",")[0] for line in told] == ["base: 352 of 1", "base: 384 of 1"]
    assert all(line.endswith(" left") for line in told)


def test_a_quick_count_says_nothing_in_a_log():
    assert counted(terminal=False, every=60.0) == ""


def test_a_terminal_gets_a_bar_from_where_an_earlier_call_stopped():
    shown = counted(terminal=True, every=0.0)
    assert "base" in shown and "/1000" in shown and "320 of" not in shown


def test_a_notebooks_terminal_cannot_redraw_and_gets_lines(monkeypatch):
    monkeypatch.setenv(progress.KERNEL, "1")
    assert counted(terminal=True, every=0.0).splitlines()[0].startswith("base: 352 of 1")


def stage(**how) -> str:
    out = io.StringIO()
    with progress.stage(Console(file=out, color_system=None, **how), "loading [org]/model"):
        out.write("here\n")
    return out.getvalue()


def test_a_stage_turns_on_a_terminal_and_is_a_line_in_a_log_and_in_a_notebook(monkeypatch):
    assert stage() == "loading [org]/model\nhere\n"
    assert "⠋ loading [org]/model" in stage(force_terminal=True)
    monkeypatch.setenv(progress.KERNEL, "1")
    assert stage(force_terminal=True) == "loading [org]/model\nhere\n"
    with progress.stage(Console(file=io.StringIO()), "looking", told=False):
        pass


@pytest.mark.parametrize(
    ("seconds", "made", "left", "told"),
    [(10, 10, 89, "89 s"), (10, 10, 90, "2 min"), (60, 1, 59, "59 min"), (60, 1, 125, "2 h 05 min")],
)
def test_the_time_left_is_that_of_the_pace_so_far(seconds, made, left, told):
    assert progress.time_left(seconds, made, left) == told


def test_the_example_in_the_file():
    assert doctest.testmod(progress).failed == 0
