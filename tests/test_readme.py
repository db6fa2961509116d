"""Every command of the README is run on little, or read by the command's own parser; its reward works as it stands."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import commands
import pytest
from test_house import COMMANDS as ALL

from grpo_legal import audit, legalbench, problems, rewards, rows, rubric
from grpo_legal.errors import UserError

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
COMMANDS = commands.commands(README)
REWARD = textwrap.dedent(re.search(r"^    from grpo_legal.schema.*?(?=^\S|^    python)", README, re.M | re.S).group())


def test_the_readme_shows_every_command():
    shown = {command.split()[2] for command in COMMANDS if command.startswith("python")}
    assert {f"grpo_legal.{name}".removesuffix(".__main__") for name in ALL} | {
        "grpo_legal.audit",
        "pytest",
    } <= shown and len(COMMANDS) >= 25


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_works(command, tmp_path, monkeypatch):
    commands.from_folder(tmp_path, REWARD, monkeypatch)
    commands.check(command)


@pytest.mark.parametrize(
    "command",
    [
        "python -m grpo_legal.trian",
        "python -m grpo_legal.train --grpo.max-step 3",
        "python -m grpo_legal.data show firm_ofer",
        "python -m grpo_legal.evaluate --models base",
        "python -m grpo_legal.plan --gpu L5",
        "python -m benchmarks.statistics --study 3",
        'pip install -e ".[gpus]"',
    ],
)
def test_a_command_that_does_not_work_is_noticed(command):
    with pytest.raises((AssertionError, SystemExit, ValueError, UserError)):
        commands.check(command)


def test_commands_are_found_wherever_a_page_has_them():
    page = (
        "    python -m a one   what it does\n\nSee `python -m b\n--two 2`, or\n\n```bash\nTHREE=3\npython -m c \\\n    --four\n```\n"
        "\n    pip install -e . && python -m d\n\n```python\npython -m no\n```\npython -m neither\n"
    )
    found = ["python -m a one", "pip install -e .", "python -m d", "python -m c --four", "python -m b --two 2"]
    assert sorted(commands.commands(page)) == sorted(found)


def test_the_counts_of_the_readme_are_those_of_the_code():
    assert len(problems.FAMILIES) == 22 and "Twenty-two families" in README
    assert f"attacked with {len(audit.ATTACKS)} kinds of text" in README
    tasks = legalbench.task_table().values()
    assert f"{len(tasks) - 1} of its {len(tasks)} tasks" in README
    assert f"{sum(not task.commercial for task in tasks)} of them non-commercial" in README
    assert len(rubric.questions()) == 60 and "sixty open questions" in README


def test_the_reward_of_the_readme_works(tmp_path, monkeypatch):
    (tmp_path / "readme_rewards.py").write_text(REWARD, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    specs = rewards.build({"correct_answer": 1, "readme_rewards:finds_the_clause": 0.2}, max_completion_tokens=20)
    rewards.preflight(specs, rows.to_rows(problems.generate("firm_offer", 4, "train", 1), "short"))
    texts = [[{"role": "assistant", "content": said}] for said in ("Yes", "No", "Yes", "No")]
    columns = {"answer": ["Yes", "Yes", "No", "No"], "kind": ["yes_no"] * 4, "labels": [["Yes", "No"]] * 4}
    assert specs[1].function(completions=texts, **columns) == [1.0, 0.0, 0.0, 0.0]
