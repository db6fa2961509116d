"""The live view: its width, its height, its words, and nothing that a model could smuggle in."""

import io
import math
import threading

import pytest
from rich.cells import cell_len
from rich.console import Console

from grpo_legal.dashboard import LiveView

WEIGHTS = {"correct_answer": 1.0, "answer_format": 0.1}
RECORD = {
    "step": 12, "max_steps": 60, "seconds": 123.4, "step_seconds": 9.8, "eta_seconds": 470.0, "reward": 0.61,
    "reward_std": 0.4, "rewards": {"correct_answer": 0.58, "answer_format": 0.05}, "completion_length": 2.1,
    "truncated": 0.02, "zero_variance": 0.31, "kl": None, "entropy": 0.42, "clip_ratio": 0.0, "learning_rate": 1e-4,
    "grad_norm": 0.5, "loss": 0.01, "tokens": 34567, "tokens_per_second": 880.0, "cost_usd": 0.0123,
}  # fmt: skip
SAMPLE = {
    "step": 10,
    "prompt": "Ann, of Ohio, sues Bob, of Utah. "
    + "The claim is for a great deal of money. " * 40
    + "Is there diversity?",
    "gold": "Yes",
    "best": {"text": "They are of different states.\nAnswer: Yes", "reward": 1.1},
    "worst": {"text": "Once upon a time " * 200 + "Answer: No", "reward": 0.0},
}
EVIL = "[red]x[/red] \x1b[2J\x1b]0;title\x07\x9b31m\r\b\x00 \u202eevil\ud800 [link=http://x]y[/link]"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def terminal(width: int = 80, height: int = 24) -> Console:
    return Console(width=width, height=height, file=io.StringIO(), force_terminal=True, color_system=None)


def live(width: int = 80, height: int = 24, weights=WEIGHTS, **named) -> LiveView:
    named = {"subtitle": "SmolLM2-135M · trl · diversity_jurisdiction", "clock": Clock(), **named}
    return LiveView("run-1", 60, weights, terminal(width, height), **named)


def frame(view: LiveView) -> list[str]:
    """The lines that the view shows now, drawn on a second terminal of the same size."""
    second = terminal(view.console.width, view.console.height)
    second.print(view)
    return second.file.getvalue().removesuffix("\n").split("\n")


def text(view: LiveView) -> str:
    return "\n".join(frame(view))


def row(view: LiveView, label: str) -> str:
    """The one line that starts with the label."""
    (found,) = [line for line in frame(view) if line.startswith(label)]
    return found


def printed(view) -> list[str]:
    return view.console.file.getvalue().splitlines()


# ---- the live view ------------------------------------------------------------------------------------


def busy(width: int, height: int = 24, weights=WEIGHTS) -> list[list[str]]:
    """Frames of a run in which everything happens that could push things around."""
    view = live(width, height, weights)
    frames = [frame(view)]
    for step in range(1, 90):
        odd = {
            "kl": 27087.123 * (step > 40),
            "completion_length": 10.0**step,
            "reward": math.nan if step == 9 else step,
        }
        view.update({**RECORD, **odd, "step": step, "seconds": 10.0**step, "eta_seconds": 3500.0 * step})
        frames.append(frame(view))
    view.sample(SAMPLE)
    frames.append(frame(view))
    view.note("all groups were alike. " * 30)
    frames.append(frame(view))
    view.sample({**SAMPLE, "prompt": "短い質問" * 300, "best": {"text": EVIL * 20, "reward": -math.inf}})
    view.update({**RECORD, "rewards": {"a_reward_nobody_announced_" + "x" * 99: 1.0, EVIL: 2.0}})
    return [*frames, frame(view)]


@pytest.mark.parametrize("width", [20, 60, 80, 109, 110, 140])
@pytest.mark.parametrize("weights", [{}, WEIGHTS, {f"a_reward_with_a_long_name_{i}": i / 10 for i in range(12)}])
def test_no_line_is_too_wide_and_the_height_never_changes(width, weights):
    frames = busy(width, weights=weights)
    assert {cell_len(line) for lines in frames for line in lines} == {width}
    assert len({len(lines) for lines in frames}) == 1
    assert len(frames[0]) < 24


@pytest.mark.parametrize(("height", "rows"), [(5, 18), (24, 23), (28, 27), (60, 30)])
def test_a_frame_leaves_a_row_of_the_terminal_free(height, rows):
    assert {len(lines) for lines in busy(80, height)} == {rows}


def test_what_a_frame_shows():
    view = live()
    view.update({**RECORD, "step": 11, "reward": 0.2, "truncated": 0.5})
    view.update(RECORD)
    lines = frame(view)
    assert lines[0].startswith("run-1 ")
    assert lines[0].endswith(" SmolLM2-135M · trl · diversity_jurisdiction")
    assert lines[1].endswith(" step 12/60 · 2m03s · 7m50s left")
    shown = {label: row(view, label).split() for label in ("reward ", "correct_answer", "answer_format", "cut off")}
    assert shown["reward "] == ["reward", "▁▇", "0.61", "0.20", "–", "0.61"]
    assert shown["correct_answer"] == ["correct_answer", "×1", "▄▄", "0.58", "0.58", "–", "0.58"]
    assert shown["answer_format"][1] == "×0.1"
    assert shown["cut off"] == ["cut", "off", "▄▁", "2%", "2%", "–", "50%"]
    assert row(view, "tokens an answer").split()[3:5] == ["▄▄", "2.1"]
    assert row(view, "groups all alike").split()[4] == "31%"
    assert row(view, "$").strip() == "$0.012 so far · 880 tokens/s · 9.8 s a step · 34,567 tokens"


def test_the_bar_and_the_clock_go_on_between_steps():
    clock = Clock()
    view = live(clock=clock)
    clock.now = 5.0
    assert frame(view)[1].endswith(" waiting for the first step · 5s")
    assert "step" not in row(view, "━").split("waiting")[0]
    view.update({**RECORD, "step": 30})
    clock.now = 15.0
    assert frame(view)[1].endswith(" step 30/60 · 2m13s · 7m40s left")
    clock.now = 5000.0
    assert frame(view)[1].endswith(" 0s left")


def test_the_bar_is_filled_as_far_as_the_run_has_come():
    console = Console(width=80, file=io.StringIO(), force_terminal=True, color_system="standard")
    filled = []
    for step in (0, 30, 60, 90):
        view = LiveView("r", 60, WEIGHTS, console, clock=Clock())
        view.update({**RECORD, "step": step})
        with console.capture() as shown:
            console.print(view)
        bar = shown.get().split("\n")[1]
        filled.append(bar.partition("\x1b[90m")[0].count("━"))
    assert filled == [0, 21, 42, 42]


def test_kl_takes_the_place_of_entropy_once_it_is_not_zero():
    view = live()
    view.update({**RECORD, "kl": 0.0})
    before = frame(view)
    view.update({**RECORD, "kl": 0.0031})
    after = frame(view)
    assert [line.split()[0] for line in (before[10], after[10])] == ["entropy", "KL"]
    assert after[10].split()[2] == "0.0031"


def test_failed_rewards_stand_over_the_rewards_where_there_are_any():
    view = live()
    view.update({**RECORD, "failed_rewards": 0.0})
    assert "failed" not in text(view)
    before = len(frame(view))
    view.update({**RECORD, "failed_rewards": 0.125})
    assert "rewards 12.50% of them failed" in text(view) and len(frame(view)) == before


def test_rewards_that_do_not_fit_are_counted():
    view = live(weights={f"reward_{i}": 1.0 for i in range(12)})
    view.update(RECORD)
    assert "… and 9 more" in text(view)  # 12 parts, 2 more in the record, 5 shown with the sum
    assert "reward_4 " in text(view)
    assert "reward_5 " not in text(view)


def test_a_missing_value_is_a_dash_and_not_the_last_one():
    view = live()
    view.update(RECORD)
    view.update({**RECORD, "entropy": None, "grad_norm": math.nan, "reward": math.nan})
    assert row(view, "entropy").split() == ["entropy", "▄", "–", "0.42", "–", "0.42"]
    assert row(view, "reward ").split()[2] == "nan"
    view.update({**RECORD, "truncated": math.nan})
    assert row(view, "cut off").split()[3] == "nan"


def test_a_reward_that_comes_late_is_drawn_at_its_step():
    view = live()
    for extra in ({}, {}, {"answer_format": 1.0}):
        view.update({**RECORD, "rewards": extra})
    assert row(view, "answer_format").index("▄") == row(view, "reward ").index("▄▄▄") + 2


@pytest.mark.parametrize("width", [60, 120])
def test_a_long_name_pushes_nothing_aside(width):
    name = "a_reward_with_a_name_" + "x" * 50
    view = live(width, weights={name: 1.0})
    view.update({**RECORD, "rewards": {name: 0.25}})
    (long,) = [line for line in frame(view) if line.startswith("a_reward")]
    assert "…" in long
    assert long.index("0.25") == row(view, "reward ").index("0.61")


def test_a_long_subtitle_is_shortened_before_the_title():
    assert frame(live(20))[0] == "run-1  SmolLM2-135M…"
    assert frame(live(20, subtitle=""))[0] == "run-1" + " " * 15


def test_a_sample_shows_how_texts_end():
    view = live()
    view.update(RECORD)
    view.sample(SAMPLE)
    lines = frame(view)
    assert row(view, "sample at step 10")
    assert row(view, "prompt").startswith("prompt       Ann, of Ohio, sues Bob, of Utah.")
    assert "Is there diversity?" in text(view)
    assert row(view, "gold").split() == ["gold", "Yes"]
    assert row(view, "best").strip() == "best    1.10 They are of different states. ⏎ Answer: Yes"
    at = lines.index(row(view, "worst"))
    assert lines[at].startswith("worst   0.00 Once upon a time")
    assert lines[at + 1].rstrip().endswith("Answer: No")
    assert "…" in lines[at] + lines[at + 1]


def test_an_empty_completion_is_said_to_be_empty():
    view = live()
    view.sample({**SAMPLE, "best": {"text": " \n", "reward": None}, "worst": None})
    assert row(view, "best").split() == ["best", "–", "(empty)"]
    assert row(view, "worst").split() == ["worst", "–", "(empty)"]


@pytest.mark.parametrize("width", [80, 140])
def test_nothing_from_a_model_is_obeyed(width):
    console = terminal(width)
    with LiveView(EVIL, 60, {EVIL: 1.0}, console, subtitle=EVIL) as view:
        view.update({**RECORD, "rewards": {EVIL: 1.0}})
        view.sample(
            {
                "step": EVIL,
                "prompt": EVIL,
                "gold": EVIL,
                **{k: {"text": EVIL, "reward": EVIL} for k in ("best", "worst")},
            }
        )
        view.note(EVIL)
        seen = text(view)
    assert seen.count("[red]x[/red] evil [link=http://x]y[/link]") >= 5
    output = console.file.getvalue()
    for forbidden in ("\x1b[2J", "\x1b]", "\x9b", "\x07", "\u202e", "\x00", "\x08"):
        assert forbidden not in output
    assert "note: [red]x[/red] evil" in output


def test_frames_are_drawn_over_each_other():
    """Each redraw clears exactly the rows of the last frame: 22 steps up and the one that the cursor is in."""
    console = terminal()
    with LiveView("r", 60, WEIGHTS, console) as view:
        view._live.auto_refresh = False
        for step in range(3):
            start = len(console.file.getvalue())
            view.update({**RECORD, "step": step})
            drawn = console.file.getvalue()[start:]
            assert drawn.count("\x1b[1A") == 22
            assert drawn.count("\n") == 22


def test_the_last_warning_is_shown_and_all_are_printed_at_the_end():
    view = live()
    with view:
        view.note("first " + "long " * 40)
        view.note("second")
        assert row(view, "▲").strip() == "▲ second"
    assert "▲" not in text(view)
    assert "".join(printed(view)[-4:-1]).count("long") == 40
    assert printed(view)[-1] == "note: second"


def test_a_note_waits_for_no_lock():
    """A signal handler runs in the middle of anything; the drawing thread may hold the display."""
    view = live()
    with view._live._lock, view._lock:
        handler = threading.Thread(target=view.note, args=("stopping",), daemon=True)
        handler.start()
        handler.join(timeout=5)
        assert not handler.is_alive()
    assert row(view, "▲").strip() == "▲ stopping"


def test_an_update_never_holds_its_lock_while_it_asks_for_a_refresh(monkeypatch):
    view = live()
    held = []
    monkeypatch.setattr(view._live, "refresh", lambda: held.append(view._lock.locked()))
    view.update(RECORD)
    view.sample(SAMPLE)
    assert held == [False, False]
