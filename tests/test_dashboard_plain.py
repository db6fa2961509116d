"""The plain view, which of the two views is taken, and records that lack something in both."""

import io
import math
import subprocess
import sys

import pytest
from rich.console import Console

from grpo_legal.dashboard import LiveView, PlainView, make_view

WEIGHTS = {"correct_answer": 1.0, "answer_format": 0.1}
RECORD = {
    "step": 12, "max_steps": 60, "seconds": 123.4, "step_seconds": 9.8, "eta_seconds": 470.0, "reward": 0.61,
    "reward_std": 0.4, "rewards": {"correct_answer": 0.58, "answer_format": 0.05}, "completion_length": 2.1,
    "truncated": 0.02, "zero_variance": 0.31, "kl": None, "entropy": 0.42, "clip_ratio": 0.0, "learning_rate": 1e-4,
    "grad_norm": 0.5, "loss": 0.01, "tokens": 34567, "tokens_per_second": 880.0, "cost_usd": 0.0123,
}  # fmt: skip
EVIL = "[red]x[/red] \x1b[2J\x1b]0;title\x07\x9b31m\r\b\x00 \u202eevil\ud800 [link=http://x]y[/link]"


def terminal(width: int = 80, height: int = 24) -> Console:
    return Console(width=width, height=height, file=io.StringIO(), force_terminal=True, color_system=None)


def plain(width: int = 80, **named) -> PlainView:
    return PlainView("run-1", 60, WEIGHTS, Console(width=width, file=io.StringIO(), **named), subtitle="SmolLM2")


def printed(view) -> list[str]:
    return view.console.file.getvalue().splitlines()


# ---- the plain view -----------------------------------------------------------------------------------


def test_a_plain_line():
    view = plain(width=300)
    view.update(RECORD)
    assert printed(view) == [
        "step 12/60  reward 0.61  correct_answer 0.58  answer_format 0.05  length 2.1  cut 2%  flat groups 31%"
        "  entropy 0.42  880 tok/s  $0.012  eta 7m50s"
    ]


def test_failed_rewards_are_shown_where_there_are_any():
    view = plain(width=300)
    for share in (0.0, 0.125):
        view.update({**RECORD, "failed_rewards": share})
    assert ["failed 12.50%" in line for line in printed(view)] == [False, True]


@pytest.mark.parametrize("width", [20, 60, 80, 140])
def test_one_line_an_update_however_narrow(width):
    view = plain(width)
    for step in range(5):
        view.update({**RECORD, "step": step, "kl": 0.5})
        view.sample({"step": step, "prompt": "p", "gold": "g", "best": {"text": "b"}, "worst": {"text": "w"}})
    lines = printed(view)
    assert [line.split()[1] for line in lines] == [f"{step}/60" for step in range(5)]
    assert all("KL 0.5" in line and line.endswith("eta 7m50s") for line in lines)


def test_a_plain_view_says_what_runs_and_prints_notes_as_they_come():
    view = plain()
    with view:
        view.note(f"a\nb {EVIL}")
    assert printed(view) == ["run-1  SmolLM2", "note: a b [red]x[/red] evil [link=http://x]y[/link]"]


def test_a_plain_line_leaves_out_what_is_not_known():
    view = plain()
    view.update({"step": 3, "reward": math.nan, "rewards": {"correct_answer": None, "extra": 1}})
    assert printed(view) == ["step 3/60  reward nan  extra 1.00  eta –"]


def test_a_log_in_ascii_does_not_end_the_run():
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    view = PlainView("Prozeß", 60, WEIGHTS, Console(file=file))
    with view:
        view.update({})
    file.seek(0)
    assert file.read().splitlines() == ["Proze?", "step ?/60  eta ?"]


@pytest.mark.parametrize("missing", [*RECORD, "all"])
@pytest.mark.parametrize("value", ["absent", None, math.nan, math.inf, "text", [1]])
def test_anything_may_be_missing(missing, value):
    keys = list(RECORD) if missing == "all" else [missing]
    record = {k: v for k, v in RECORD.items() if k not in keys}
    record |= {} if value == "absent" else dict.fromkeys(keys, value)
    views = LiveView("run-1", 60, WEIGHTS, terminal()), plain()
    for view in views:
        view.update(RECORD)
        view.update(record)
        view.update({**record, "rewards": {"correct_answer": value}})
    with views[0].console.capture() as shown:
        views[0].console.print(views[0])
    assert shown.get().count("\n") == 23
    assert len(printed(views[1])) == 3


# ---- which view ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("is_terminal", "term", "encoding", "mode", "kind"),
    [
        (True, "xterm-256color", "utf-8", "auto", LiveView),
        (False, "xterm-256color", "utf-8", "auto", PlainView),
        (True, "dumb", "utf-8", "auto", PlainView),
        (True, "xterm", "ascii", "auto", PlainView),
        (True, "xterm", "utf-8", "plain", PlainView),
        (False, "xterm", "utf-8", "live", LiveView),
    ],
)
def test_make_view(is_terminal, term, encoding, mode, kind):
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=file, force_terminal=is_terminal, _environ={"TERM": term})
    view = make_view(console, "run-1", 60, WEIGHTS, subtitle="s", mode=mode)
    assert type(view) is kind
    assert (view.title, view.subtitle, view.max_steps, view.weights) == ("run-1", "s", 60, WEIGHTS)


def test_an_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="auto, live, plain, quiet, not 'fancy'"):
        make_view(terminal(), "r", 60, WEIGHTS, mode="fancy")


def test_importing_is_quick_and_free_of_the_rest():
    code = (
        "import grpo_legal.dashboard, sys;"
        "ours = {m for m in sys.modules if m.startswith('grpo_legal.') and not m.startswith('grpo_legal.dashboard')};"
        "print(ours, {'torch', 'numpy', 'scipy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "{'grpo_legal.progress'} set()"
