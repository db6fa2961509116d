"""Numbers, texts and the table at the end, as people read them."""

import io
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from grpo_legal.dashboard import LiveView, clean, dollars, duration, result_table, sparkline
from grpo_legal.dashboard.texts import acted, fit


def terminal(width: int = 80, height: int = 24) -> Console:
    return Console(width=width, height=height, file=io.StringIO(), force_terminal=True, color_system=None)


# ---- numbers and texts for people ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0s"), (7.4, "7s"), (59.6, "1m00s"), (470, "7m50s"), (3599.7, "1h00m"), (3725, "1h02m"), (183600, "2d03h"),
     (None, "–"), (math.nan, "–"), (math.inf, "–"), (-1, "–")],
)  # fmt: skip
def test_duration(seconds, shown):
    assert duration(seconds) == shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(0, "$0.00"), (0.0123, "$0.012"), (0.00001, "$0.000010"), (0.0996, "$0.10"), (0.126, "$0.13"), (0.999, "$1.00"),
     (7.5, "$7.50"), (1234.5, "$1,234.50"), (-0.02, "−$0.020"), (None, "–"), (math.nan, "–")],
)  # fmt: skip
def test_dollars(amount, shown):
    assert dollars(amount) == shown


@pytest.mark.parametrize(
    ("values", "width", "shown"),
    [
        ([0, 1, 2, 3, 4, 5, 6], 10, "▁▂▃▄▅▆▇"),
        ([0, 0, 6, 6], 2, "▁▇"),  # means of halves
        ([0, 6, 3, 3, 6, 6], 3, "▁▁▇"),  # 3, 3, 6
        ([5, 5, 5], 10, "▄▄▄"),
        ([0, None, math.nan, math.inf, 1], 10, "▁   ▇"),
        ([0, None, 6, 6], 2, "▁▇"),  # a stretch is the mean of what is known of it
        ([None, math.nan], 10, "  "),
        ([], 10, ""),
        ([1, 2], 0, ""),
        ([1, 2], -3, ""),
    ],
)
def test_sparkline(values, width, shown):
    assert sparkline(values, width) == shown


def test_a_sparkline_can_be_held_to_a_scale():
    assert sparkline([0.0, 0.01, 1.0], 9, 0, 1) == "▁▁▇"
    assert sparkline([-5, 0.5, 5], 9, 0, 1) == "▁▄▇"


@settings(deadline=None)
@given(st.lists(st.none() | st.floats(), max_size=60), st.integers(-2, 40))
def test_any_series_has_a_sparkline(values, width):
    shown = sparkline(values, width)
    assert len(shown) == max(0, min(width, len(values)))
    assert set(shown) <= set("▁▂▃▄▅▆▇ ")


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("a\x1b[2Jb", "ab"),
        ("a\x1b]0;new title\x07b", "ab"),
        ("a\x1b]8;;http://x\x1b\\b", "ab"),
        ("a\x9b31mb", "ab"),
        ("\x1b\x1b[2J[2Jx", "[2Jx"),
        ("a\u202eb\u200bc\ud800d", "abcd"),
        ("a\r\n\tb\u2028c", "a b c"),
        ("[red]x[/red]", "[red]x[/red]"),
        (None, "None"),
    ],
)
def test_clean(given_text, shown):
    assert clean(given_text) == shown


@settings(deadline=None)
@given(st.text(alphabet=st.characters() | st.sampled_from("\x1b\x9b\x07[]m;2J")))
def test_only_printable_characters_are_left(anything):
    shown = clean(anything)
    assert shown.isprintable()
    assert clean(shown) == shown


@given(st.lists(st.text(alphabet="ab質", min_size=1, max_size=12), max_size=60), st.integers(24, 80), st.integers(1, 6))
@settings(deadline=None)
def test_a_text_is_fitted_into_its_lines_and_shows_how_it_ends(words, width, rows):
    lines = fit(" ".join([*words, "END"]), width, rows, terminal())
    assert len(lines) == rows
    assert max(map(cell_len, lines)) <= width
    assert "".join(lines).rstrip().endswith("END")


def test_a_text_that_fits_is_left_alone():
    assert fit("one two three", 9, 3, terminal()) == ["one two", "three", ""]


# ---- the end of a run ---------------------------------------------------------------------------------

SUMMARY = {
    "before": {"balanced_accuracy": 0.512, "unreadable": 0.12, "n": 12240, "families": {
        "diversity_jurisdiction": {"balanced_accuracy": 0.5, "n": 120, "unreadable": 0.1},
        "hearsay_[red]": {"balanced_accuracy": 1.0, "n": 12120, "unreadable": 0.0}}},
    "after": {"balanced_accuracy": 0.822, "unreadable": 0.01, "n": 12240, "families": {
        "diversity_jurisdiction": {"balanced_accuracy": 0.925, "n": 120, "unreadable": 0.0},
        "hearsay_[red]": {"balanced_accuracy": 0.62, "n": 12120, "unreadable": 1.0}}},
    "delta": 0.31, "ci95": [0.24, 0.38], "p_value": 1e-9,
    "families": {"diversity_jurisdiction": {"delta": 0.425, "ci95": [0.33, 0.51]},
                 "hearsay_[red]": {"delta": -0.38, "ci95": [-0.5, 0.0004]}},
}  # fmt: skip


def table_lines(summary, width: int) -> list[str]:
    console = terminal(width)
    console.print(result_table(summary))
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [80, 140])
def test_the_result_table(width):
    rows = {line.split()[0]: " ".join(line.split()) for line in table_lines(SUMMARY, width) if line.strip()}
    assert rows["overall"] == "overall 12,240 51.2% 82.2% +31.0 points (24.0 to 38.0) 12% → 1%"
    assert "120 50.0% 92.5% +42.5 points (33.0 to 51.0) 10% → 0%" in rows["diversity"]
    assert rows["hearsay"] == "hearsay [red] 12,120 100.0% 62.0% −38.0 points (−50.0 to 0.0) 0% → 100%"
    assert rows["Overall"].endswith("Exact McNemar test: p < 0.001.")


@pytest.mark.parametrize("width", [48, 60, 72, 80, 140])
def test_a_narrow_table_loses_no_digit(width):
    lines = table_lines(SUMMARY, width)
    assert max(map(cell_len, lines)) <= width
    seen = "".join("".join(lines).split())
    for digits in ("12,240", "51.2%", "82.2%", "+31.0", "(24.0", "38.0)", "100.0%", "−38.0", "(−50.0", "12,120"):
        assert digits in seen


@pytest.mark.parametrize("summary", [{}, {"before": None}, {"after": {"families": {"f": {}}}}, {"delta": 0.1}])
def test_a_summary_may_be_incomplete(summary):
    row = next(line for line in table_lines(summary, 80) if line.startswith("overall"))
    assert row.split()[1:] == (["–"] * 3 + (["+10.0", "points"] if "delta" in summary else ["–"]) + ["–", "→", "–"])


def test_differences_are_colored_by_what_the_interval_says():
    styles = []
    for interval in ([0.1, 0.3], [-0.3, -0.1], [-0.1, 0.3]):
        cell = next(iter(result_table({"delta": 0.1, "ci95": interval}).columns[4].cells))
        styles.append([str(span.style) for span in cell.spans])
    assert styles == [["green"], ["red"], []]


# ---- guards ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "guards", [None, "x", [], [None, "x"], [{"guard": "truncated", "act": ""}], [{"act": ["warn"]}]]
)
def test_where_guards_did_nothing_nothing_is_said(guards):
    assert acted({"step": 3, "guards": guards}) == "" == acted({})


def test_what_a_guard_did_stays_in_sight():
    view = LiveView("run-1", 60, {"correct_answer": 1.0}, terminal())
    done = [{"guard": "kl_spike\x1b[2J", "act": "lower"}, {"guard": "truncated", "act": "warn"}]
    view.update({"step": 53, "reward": 0.5, "guards": done})
    view.update({"step": 54, "reward": 0.5})
    second = terminal(width=100)
    second.print(view)
    assert "health kl-spike lowered the rate, truncated warned at step 53 ─" in second.file.getvalue()
