"""The walkthrough: its two files say the same, and every command in it is one that the commands accept."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import time
from pathlib import Path

import jupytext
import nbclient
import nbformat
import pytest

from grpo_legal import ask, cli, config, evaluate, evaluate_options, notebook
from grpo_legal.audit import __main__ as audit_command

FOLDER = Path(__file__).parents[1] / "notebooks"
CELLS = json.loads((FOLDER / "walkthrough.ipynb").read_text("utf-8"))["cells"]
CODE = ["".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code"]
COMMANDS = [
    line.removeprefix("!python -m grpo_legal.") for cell in CODE for line in cell.splitlines() if line[0:1] == "!"
]


def test_the_text_file_holds_the_cells_of_the_notebook():
    text = jupytext.read(FOLDER / "walkthrough.py")
    told = [(cell.cell_type, cell.source) for cell in text.cells]
    assert told == [(cell["cell_type"], "".join(cell["source"])) for cell in CELLS]


@pytest.mark.parametrize("line", re.findall(r'notebook\.run\("(.*)"\)', "\n".join(CODE)))
def test_a_run_of_the_notebook_is_accepted(line):
    kind, *words = shlex.split(line)
    notebook._with_name(kind, words)
    made = cli.parse(kind, "test", words)
    config.resolve(config.preset("cpu"), made.overrides, faults=made.faults)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_cells_run_from_the_top_to_the_bottom(tmp_path, monkeypatch):
    """As committed; pip only says what it would do. In a copy of the folder, so that no run of one's own is in the way."""
    root = FOLDER.parent
    for name in ("constraints.txt", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root / name, tmp_path)
    (tmp_path / "grpo_legal").symlink_to(root / "grpo_legal")
    (tmp_path / "notebooks").mkdir()
    for name, value in {"PYTHONPATH": str(root), "PIP_DRY_RUN": "1", "PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1",
                        "PIP_NO_BUILD_ISOLATION": "false", "OMP_NUM_THREADS": "2"}.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    made = nbformat.read(FOLDER / "walkthrough.ipynb", 4)
    began = time.monotonic()
    client = nbclient.NotebookClient(made, timeout=600, resources={"metadata": {"path": str(tmp_path / "notebooks")}})
    client.execute()
    told = json.dumps([cell.get("outputs", []) for cell in made.cells])
    assert "error: " not in told and "image/png" in told and "step 4/4" in told
    assert (tmp_path / "notebooks" / "outputs" / "walkthrough" / "report.html").is_file()
    assert time.monotonic() - began < 600


def test_no_cell_failed_when_it_was_run():
    outputs = [output for cell in CELLS for output in cell.get("outputs", [])]
    assert outputs and not [o for o in outputs if o["output_type"] == "error"]
    assert "error:" not in json.dumps(outputs)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_accepted(command):
    name, *words = shlex.split(command)
    if name == "train":
        line = cli.parse("train", "test", words)
        config.resolve(config.preset("cpu"), line.overrides, faults=line.faults)
    elif name == "evaluate":
        typed = evaluate_options.parser("").parse_args(words)
        evaluate._adapters(typed.models)
    elif name == "audit":
        assert audit_command.main([*words[:-1], "22"]) == 0
    elif name == "ask":
        assert ask._form(ask._parser().parse_args(words))
    else:
        assert name in ("data", "report", "runs", "export")
