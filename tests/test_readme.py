"""Every training command of the README is one that the command line and the settings accept."""

from __future__ import annotations

import re
import shlex
import sys
import textwrap
import types
from pathlib import Path

import pytest

from grpo_legal import cli, config, data, evaluate, evaluation, problems, rewards, rows
from grpo_legal.audit import __main__ as audit_command

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
COMMANDS = re.findall(r"^ {4}(?:pip install .* && )?python -m grpo_legal\.(?:train|sft|pipeline)(.*)$", README, re.M)

LOOKING = re.findall(r"^ {4}python -m grpo_legal\.data (.*)$", README, re.M)


def test_the_readme_has_commands():
    assert len(COMMANDS) >= 8 and len(LOOKING) >= 3


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_is_accepted(command):
    words = shlex.split(re.split(r"\s{2,}", command.strip())[0])
    if words == ["--help"]:
        return
    line = cli.parse("train", "test", words)
    settings = config.resolve(config.preset(line.preset or "cpu"), line.overrides, faults=line.faults)
    assert settings.run.name or not line.resume


@pytest.mark.parametrize("command", LOOKING)
def test_a_command_that_looks_at_the_data_works(command, capsys):
    assert data.main(shlex.split(command)) == 0
    assert capsys.readouterr().out


def others(command: str) -> list[list[str]]:
    """The words of every line that calls the command."""
    lines = re.findall(rf"^ {{4}}python -m grpo_legal\.{command} (.*)$", README, re.M)
    return [shlex.split(re.split(r"\s{2,}", line)[0]) for line in lines]


def test_the_evaluation_of_the_readme_is_accepted():
    (words,) = others("evaluate")
    typed = evaluate._parser().parse_args(words)
    assert evaluate._adapters(typed.models) == {"base": None, "grpo": "outputs/mine/adapter"}
    items = evaluation.build(evaluate._suites(typed))
    assert {item.suite for item in items} == {"families", "rubric"}
    assert others("report") == [[typed.output]]


def test_the_audits_of_the_readme_hold(tmp_path, monkeypatch, capsys):
    source = re.search(r"^    def cites_the_statute.*?(?=^\S|^    python)", README, re.M | re.S).group()
    module = types.ModuleType("my_rewards")
    exec(textwrap.dedent(source), module.__dict__)  # our own README
    monkeypatch.setitem(sys.modules, "my_rewards", module)
    monkeypatch.chdir(tmp_path)
    found = others("audit")
    assert len(found) == 2
    for words in found:
        assert audit_command.main([*words, "-n", "22"]) == 0
    assert (tmp_path / "audit.html").is_file() and "The rewards hold" in capsys.readouterr().out


def test_the_family_of_the_readme_works():
    source = re.search(r"^    # grpo_legal/problems/small_claims.py.*?(?=^\S)", README, re.M | re.S).group()
    assert len(source.strip().splitlines()) < 20
    module: dict = {}
    exec(textwrap.dedent(source), module)  # our own README
    drawn = [problems.draw(module["FAMILY"], "train", 1, index, 1) for index in range(200)]
    assert sum(problem.answer == "Yes" for _, problem in drawn) == 100
    for claim, problem in drawn:
        assert (problem.answer == "Yes") == (claim <= 6_000)
        assert problem.explanation.endswith(f"Answer: {problem.answer}") and f"${claim:,}" in problem.facts


def test_the_reward_of_the_readme_works(tmp_path, monkeypatch):
    source = re.search(r"^    def cites_the_statute.*?(?=^\S|^    python)", README, re.M | re.S).group()
    (tmp_path / "readme_rewards.py").write_text(textwrap.dedent(source))
    monkeypatch.syspath_prepend(tmp_path)
    specs = rewards.build({"correct_answer": 1, "readme_rewards:cites_the_statute": 0.2}, max_completion_tokens=20)
    train = problems.generate("firm_offer", 4, "train", 1)
    rewards.preflight(specs, rows.to_rows(train, "short"))
    texts = [f"It rests on {train[0].authorities[0]}.", "It rests on nothing."]
    own = [list(train[0].authorities)] * 2
    assert specs[1].function(completions=[[{"role": "assistant", "content": t}] for t in texts], authorities=own) == [
        1.0,
        0.0,
    ]
