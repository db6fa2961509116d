"""`python -m grpo_legal.data`: what a person sees of the questions before training on them."""

import json
import subprocess
import sys

import pytest
from conftest import BENCH, needs_bench

from grpo_legal import cli, data, problems


def run(*argv):
    """The exit status of the command, as from a shell."""
    with pytest.raises(SystemExit) as left:
        cli.run(data.main, list(argv))
    return left.value.code


def test_tasks_are_162_and_30_are_not_commercial(capsys, tmp_path):
    path = tmp_path / "tasks.json"
    assert run("tasks", "--json", str(path)) == 0
    told = json.loads(path.read_text())
    assert len(told) == 162 and sum(not task["commercial"] for task in told) == 30
    assert "162 of LegalBench's 162 tasks" in capsys.readouterr().out


@pytest.mark.parametrize(("width", "also"), [(80, ()), (120, ("metric",)), (160, ("metric", "columns"))])
def test_tasks_can_be_read_on_a_terminal_of_any_width(capsys, monkeypatch, width, also):
    monkeypatch.setenv("COLUMNS", str(width))
    assert run("tasks") == 0
    _, head, _, first, *rest = capsys.readouterr().out.splitlines()
    assert head.split() == ["task", "reasoning", "licence", *also, "answers"]
    assert first.startswith("abercrombie ") and "CC BY 4.0" in first and first.rstrip().endswith("5 labels")
    assert all(len(line.rstrip()) <= width for line in rest)


def test_tasks_are_filtered(capsys, tmp_path):
    path = tmp_path / "tasks.json"
    assert run("tasks", "--reasoning", "issue", "--licence", "non-commercial", "--json", str(path)) == 0
    told = json.loads(path.read_text())
    assert told and all(t["reasoning"] == "issue" and t["task"].startswith("learned_hands") for t in told)


@needs_bench
def test_tasks_by_size(capsys, tmp_path):
    path = tmp_path / "tasks.json"
    assert run("tasks", "--path", str(BENCH), "--min-rows", "300", "--max-rows", "320", "--json", str(path)) == 0
    told = {t["task"]: t["rows"] for t in json.loads(path.read_text())}
    assert "diversity_1" in told and all(300 <= n <= 320 for n in told.values())


@pytest.mark.parametrize("family", problems.FAMILIES)
def test_a_family_is_shown_with_gold_answer_and_argument(family, capsys):
    assert run("show", family, "-n", "2", "--difficulty", "3") == 0
    out = capsys.readouterr().out
    assert out.count("gold answer: ") == out.count("Conclusion: ") == 2
    assert out.count("user: ") == 2 and f"{family}/train/1/0" in out


@needs_bench
@pytest.mark.parametrize("prompt", ["short", "reasoned", "few_shot"])
def test_a_task_is_shown_in_each_kind_of_prompt(prompt, capsys):
    assert run("show", "hearsay", "-n", "1", "--path", str(BENCH), "--prompt", prompt) == 0
    out = capsys.readouterr().out
    assert out.count("gold answer: ") == 1 and "{{" not in out
    assert ("Give only the answer" in out, "Reason under the headings" in out, out.count("A: ") > 2) == (
        prompt == "short",
        prompt == "reasoned",
        prompt == "few_shot",
    )


@needs_bench
def test_the_balance_of_a_run_is_told_with_what_was_left_out(capsys, tmp_path):
    path = tmp_path / "balance.json"
    line = ("--data.source", "dir", "--data.path", str(BENCH), "--data.tasks", "diversity_*", "learned_hands_torts")
    assert run("balance", *line, "--data.licence", "commercial", "--json", str(path)) == 0
    told = json.loads(path.read_text())
    assert told["left_out_by_licence"] == ["learned_hands_torts"]
    one = told["families"]["diversity_1"]
    assert one["train"] == sum(n["train"] for n in one["answers"].values()) == 166
    assert "left out as non-commercial: learned_hands_torts" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ((), "required"),
        (("taks",), "invalid choice: 'taks'"),
        (("tasks", "--min-rows", "5"), "say which with --path"),
        (("show", "hersay"), "did you mean hearsay"),
        (("show", "hearsay"), "needs --path"),
        (("show", "firm_offer", "-n", "0"), "-n 0 must be 1 or more"),
        (("show", "firm_offer", "--prompt", "few_shot"), "LegalBench's own"),
        (("balance", "--data.families", "firm_ofer"), "firm_offer"),
        (("tasks", "--json", "/proc/none/x.json"), "cannot be written"),
    ],
)
def test_bad_input_is_one_line_and_status_2(argv, said, capsys):
    assert run(*argv) == 2
    err = capsys.readouterr().err
    assert said in err and len(err.strip().splitlines()) == 1 and err.startswith("error: ")


def test_no_torch_is_imported():
    code = "import sys\nfrom grpo_legal import data\ndata.main(['show', 'firm_offer', '-n', '1'])\nassert 'torch' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
