"""The view in a notebook: escaped, drawn anew, fed from the files of a run that another process is at."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from rich.console import Console
from tiny_runs import SMALL

from grpo_legal import config, dashboard, notebook, progress, run_folder
from grpo_legal.dashboard import choice, curves
from grpo_legal.errors import UserError
from grpo_legal.run_folder import RunFolder

RECORD = {"step": 3, "max_steps": 10, "seconds": 30.0, "eta_seconds": 70.0, "reward": 0.5, "rewards": {"correct_answer": 0.4},
          "entropy": 0.6, "truncated": 0.1, "held_out_accuracy": 0.75, "cost_usd": 0.0, "tokens_per_second": 90.0}  # fmt: skip
EVIL = "<script>alert(1)</script><img src=x onerror=y> & \"q' \x1b[31m\u202e"


def view(**named) -> dashboard.NotebookView:
    return dashboard.NotebookView("run-1", 10, {"correct_answer": 1.0}, **named)


@pytest.fixture
def shown(monkeypatch):
    """What a kernel's displays were told, by name of the display."""
    import IPython.display as display

    heard: dict[str, list] = {}

    class Handle:
        def __init__(self, number):
            self.number = number

        def update(self, thing):
            heard[self.number].append(thing)

    def show(thing, display_id=None):
        handle = Handle(f"display {len(heard)}")
        heard[handle.number] = [thing]
        return handle

    monkeypatch.setattr(display, "display", show)
    return heard


def parsed(text: str):
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(text)


@given(st.text(max_size=60))
def test_no_text_becomes_markup(text):
    made = dashboard.NotebookView(text + EVIL, 10, {text + "<b>": 1.0}, subtitle=EVIL + text)
    made.add({**RECORD, "rewards": {text + "<b>": 0.4}})
    made.sample({"step": 3, "prompt": text + EVIL, "gold": EVIL, "best": {"text": EVIL, "reward": 1.0}, "worst": {}})
    made.note(text + EVIL)
    tags = {element.tag for element in parsed(made.html()).iter()}
    assert tags <= {
        "DOCUMENT_FRAGMENT",
        "div",
        "span",
        "b",
        "progress",
        "table",
        "tbody",
        "tr",
        "th",
        "td",
        "details",
        "summary",
    }
    assert "<script" not in made.html() and "\x1b" not in made.html()


def test_the_panel_says_what_the_record_says():
    made = view()
    made.add({**RECORD, "step": 2, "reward": 0.25})
    made.add(RECORD)
    made.sample({"step": 3, "prompt": "Is it hearsay?", "gold": "No", "best": {"text": "No", "reward": 1.0},
                 "worst": {"text": "", "reward": 0.0}})  # fmt: skip
    text = "".join(parsed(made.html()).itertext())
    for words in ("step 3/10 · 30s · 1m10s left", "reward0.500.250.50", "correct_answer ×1", "held out 75% right",
                  "Is it hearsay?", "(empty)"):  # fmt: skip
        assert words in text


def test_displays_are_two_and_updated_and_the_last_state_is_drawn(shown):
    now = [0.0]
    with view(clock=lambda: now[0]) as made:
        for step in range(1, 11):
            now[0] += 0.5
            made.update({**RECORD, "step": step, "reward": step / 10})
    panels, pictures = shown.values()
    assert 3 <= len(pictures) < 10 and len(panels) == len(pictures) + 1  # one panel before the first step
    assert "step 10/10" in panels[-1].data and "done" in panels[-1].data
    assert Image.open(io.BytesIO(pictures[-1].data)).format == "PNG"


def test_values_that_are_not_finite_are_gaps_and_a_dollar_is_no_formula():
    drawn = curves.picture([("a $x_{$ b", {1: 0.5, 2: None, 3: float("nan"), 4: float("inf"), 5: 1.0})], 5)
    assert Image.open(io.BytesIO(drawn)).size[0] > 900


@pytest.mark.parametrize("mode", ["auto", "live"])
def test_a_kernel_gets_the_panel(mode, monkeypatch):
    monkeypatch.setattr(choice, "in_kernel", lambda: True)
    assert isinstance(dashboard.make_view(Console(file=io.StringIO()), "r", 1, {}, mode=mode), dashboard.NotebookView)
    plain = dashboard.make_view(Console(file=io.StringIO()), "r", 1, {}, mode="plain")
    assert type(plain) is dashboard.PlainView


def test_what_a_cell_starts_gets_plain_lines(monkeypatch):
    console = Console(file=io.StringIO(), force_terminal=True)
    monkeypatch.delenv(progress.KERNEL, raising=False)
    monkeypatch.setenv("TERM", "xterm-color")
    monkeypatch.setattr(Console, "encoding", "utf-8")
    assert isinstance(dashboard.make_view(console, "r", 1, {}), dashboard.LiveView)
    monkeypatch.setenv(progress.KERNEL, "1")
    assert isinstance(dashboard.make_view(console, "r", 1, {}), dashboard.PlainView)


def test_quiet_prints_warnings_alone():
    console = Console(file=io.StringIO())
    with dashboard.make_view(console, "r", 1, {}, mode="quiet") as made:
        made.update(RECORD)
        made.sample({})
        made.note("all groups are alike")
    assert console.file.getvalue() == "note: all groups are alike\n"


# ---- following a run --------------------------------------------------------------------------------------


def written(folder: RunFolder, steps) -> None:
    run_folder.append_lines(folder.metrics, [{**RECORD, "step": s, "reward": s / 10} for s in steps])


def test_lines_are_read_once_and_torn_ones_later_and_all_again_after_a_rewrite(tmp_path):
    folder, made = RunFolder(tmp_path), view()
    reader = notebook.Reader(folder, 2)
    reader.into(made)
    written(folder, [1, 2])
    with folder.metrics.open("a") as file:
        file.write('{"step": 3, "rew')
    reader.into(made)
    assert list(made.series["reward"]) == [1, 2]
    with folder.metrics.open("a") as file:
        file.write('ard": 0.3}\n')
    reader.into(made)
    assert made.series["reward"] == {1: 0.1, 2: 0.2, 3: 0.3}
    run_folder.drop_steps_after(folder.metrics, 1)  # as a resumed run does
    run_folder.append_lines(folder.metrics, [{**RECORD, "step": 2, "reward": 0.9, "flags": ["hacking"]}])
    reader.into(made)
    assert made.series["reward"][2] == 0.9 and made.notes == ["hacking"]


def test_the_sample_is_of_the_last_step_whole_groups_only(tmp_path):
    folder, made = RunFolder(tmp_path), view()
    line = {"prompt": "p", "answer": "No"}
    batch = [{**line, "step": s, "completion": f"{s}-{i}", "reward": float(i)} for s in (1, 2) for i in range(2)]
    run_folder.append_lines(folder.completions, [*batch, {**line, "step": 3, "completion": "3-0", "reward": 9.0}])
    reader = notebook.Reader(folder, 2)
    reader.into(made)
    assert not made.shown
    run_folder.append_lines(folder.completions, [{**line, "step": 3, "completion": "3-1", "reward": 1.0}])
    reader.into(made)
    assert (made.shown["best"], made.shown["worst"]) == ("3-0", "3-1")


def test_watching_a_run_at_rest_draws_it_and_ends(tmp_path, shown):
    folder = RunFolder(tmp_path / "mine")
    run_folder.write_settings(folder, "train", config.dump(config.resolve(config.preset("cpu"))))
    written(folder, range(1, 5))
    run_folder.write_json(folder.summary, {})
    notebook.watch(str(folder.path))
    assert "step 4/10" in next(iter(shown.values()))[-1].data
    with pytest.raises(UserError, match="is no run folder"):
        notebook.watch(str(tmp_path))


def test_running_a_command_shows_it_and_prints_the_rest(tiny_model, tmp_path, shown, capsys):
    words = [*SMALL, "--policy.model", str(tiny_model), "--run.output-dir", str(tmp_path), "--run.name", "mine"]
    notebook.run(" ".join(["train", *words]))
    panels, pictures = shown.values()
    assert "step 4/4" in panels[-1].data and "sample at step 4" in panels[-1].data and pictures
    told = capsys.readouterr().out
    assert "before training" in told and "run folder" in told and "step 1/" not in told
    with pytest.raises(notebook.CommandFailed, match=r"train ended with status 2: error: run folder .* exists"):
        notebook.run(" ".join(["train", *words]))
    assert notebook.CommandFailed("one line")._render_traceback_() == ["one line"]


def test_lines_without_sense_are_faults_before_a_process_starts():
    with pytest.raises(UserError, match=r"'evaluate' is none of train, sft: run others by !python"):
        notebook.run("evaluate outputs/x")
    with pytest.raises(UserError, match=r"--grpo.max-stps is not a setting; did you mean"):
        notebook.run("train --grpo.max-stps 3")


def test_a_run_without_a_name_gets_one(tmp_path):
    words, folder = notebook._with_name("sft", ["--run.output-dir", str(tmp_path)])
    assert folder.path.parent == tmp_path and words[-2:] == ["--run.name", folder.path.name]
    (tmp_path / "c.yaml").write_text(json.dumps({"run": {"name": "of-the-file"}}))
    assert notebook._with_name("sft", ["--config", str(tmp_path / "c.yaml")])[1].path.name == "of-the-file"


def test_no_kernel_here():
    code = "from grpo_legal.dashboard.notebook import in_kernel; assert not in_kernel()"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
