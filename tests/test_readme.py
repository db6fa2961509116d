"""Every training command of the README is one that the command line and the settings accept."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from grpo_legal import cli, config

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
COMMANDS = re.findall(r"^ {4}(?:pip install .* && )?python -m grpo_legal\.train(.*)$", README, re.M)


def test_the_readme_has_commands():
    assert len(COMMANDS) >= 8


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_is_accepted(command):
    words = shlex.split(re.split(r"\s{2,}", command.strip())[0])
    if words == ["--help"]:
        return
    line = cli.parse("train", "test", words)
    settings = config.resolve(config.preset(line.preset or "cpu"), line.overrides, faults=line.faults)
    assert settings.run.name or not line.resume
