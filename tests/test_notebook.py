"""The walkthrough: its two files say the same, and every command in it is one that the commands accept."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from grpo_legal import cli, config, evaluate
from grpo_legal.audit import __main__ as audit_command

FOLDER = Path(__file__).parents[1] / "notebooks"
CELLS = json.loads((FOLDER / "walkthrough.ipynb").read_text("utf-8"))["cells"]
CODE = ["".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code"]
COMMANDS = [
    line.removeprefix("!python -m grpo_legal.") for cell in CODE for line in cell.splitlines() if line[0:1] == "!"
]


def test_the_text_file_holds_the_cells_of_the_notebook():
    told = (FOLDER / "walkthrough.py").read_text("utf-8")
    cells = re.split(r"^# %%(?: \[markdown\])?\n", told, flags=re.M)[1:]
    source = ["".join(cell["source"]) for cell in CELLS]
    assert len(cells) == len(source)
    for ours, theirs in zip(cells, source, strict=True):
        plain = "\n".join(re.sub(r"^# ?(?=[^\n])", "", line) for line in ours.splitlines())
        assert re.sub(r"^#$", "", plain, flags=re.M).strip() == theirs.strip()


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
        typed = evaluate._parser().parse_args(words)
        evaluate._adapters(typed.models)
    elif name == "audit":
        assert audit_command.main([*words[:-1], "22"]) == 0
    else:
        assert name in ("data", "report")
