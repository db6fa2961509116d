"""The official few-shot prompts: all 162 fill, exactly as their authors' code fills them.

GRPO_LEGAL_BENCH_DIR=../shared/legalbench python -m pytest -q tests/test_legalbench_few_shot.py
"""

from pathlib import Path

import pytest
from conftest import BENCH, needs_bench

from grpo_legal.errors import UserError
from grpo_legal.legalbench import few_shot_prompts, load, official_prompt, task_table
from grpo_legal.legalbench.tsv import read_tsv


def filled_in_turn(text: str, cells: dict[str, str]) -> str:
    """The official way: one replacement a column of the row, in the file's order."""
    for column, value in cells.items():
        text = text.replace("{{" + column + "}}", value)
    return text


@needs_bench
@pytest.mark.parametrize("name", task_table())
def test_every_official_prompt_fills_as_officially(name):
    places = (BENCH / "tasks" / name / "train.tsv", BENCH / "data" / name / "test.tsv")
    file = next(p for p in places if p.is_file() and p.read_bytes().count(b"\n") > 1)  # rule_qa's train.tsv has no row
    base = BENCH / "tasks" / name / "base_prompt.txt"
    text = base.read_text(encoding="utf-8")
    for record in read_tsv(file):
        prompt = official_prompt(name, record.cells, BENCH)
        assert prompt == filled_in_turn(text, record.cells)
        assert "{{" not in prompt and prompt.endswith(text.rsplit("}}", 1)[1])
        assert all(record.cells[column] in prompt for column in task_table()[name].columns)
    assert official_prompt(name, record.cells, base) == official_prompt(name, record.cells, str(base)) == prompt


@needs_bench
@pytest.mark.parametrize("name", ["hearsay", "contract_qa", "scalr", "maud_specific_performance"])
def test_prompts_and_problems_are_of_the_same_rows(name):
    for split in ("train", "test"):
        problems, prompts = load(name, split, path=BENCH), few_shot_prompts(name, split, path=BENCH)
        assert list(prompts) == [problem.id for problem in problems]
        for problem in problems:
            last = max(problem.facts.splitlines(), key=len).strip()
            assert last in prompts[problem.id][-len(problem.facts) - 400 :]


def prompt_of(tmp_path: Path, text: str, cells: dict[str, str], task: str = "insurance_policy_interpretation") -> str:
    path = tmp_path / "base_prompt.txt"
    path.write_bytes(text.encode())
    return official_prompt(task, cells, path)


def test_cells_stand_as_they_are(tmp_path):
    cells = {"policy": "{{claim}} {{x}} \\1", "claim": " a\r\nb\t", "answer": "A", "slice": "leak"}
    text = "Read.\r\nPolicy: {{policy}}\nClaim: {{claim}}, {{claim}}\nLabel:"
    assert prompt_of(tmp_path, text, cells) == (
        "Read.\nPolicy: {{claim}} {{x}} \\1\nClaim:  a\r\nb\t,  a\r\nb\t\nLabel:"
    )


REFUSED = {
    "{{policy}} {{ claim }}": "legalbench prompt of {task}: no column ' claim ' among policy, claim",
    "{{policy}} {{text}}": "legalbench prompt of {task}: no column 'text' among policy, claim",
    "No column.": "{path}: no placeholder such as {{{{text}}}} for the row's columns",
}


@pytest.mark.parametrize(("text", "line"), REFUSED.items())
def test_a_prompt_that_does_not_fit_the_row_is_refused(tmp_path, text, line):
    task = "insurance_policy_interpretation"
    with pytest.raises(UserError) as refused:
        prompt_of(tmp_path, text, {"policy": "p", "claim": "c"})
    assert str(refused.value) == line.format(task=task, path=tmp_path / "base_prompt.txt")


def test_a_missing_prompt_or_task_is_refused(tmp_path):
    (tmp_path / "hearsay").mkdir()
    (tmp_path / "hearsay" / "test.tsv").write_text("text\tanswer\nOne.\tYes\n")
    line = "legalbench few-shot prompts of hearsay need a folder that holds tasks/hearsay/base_prompt.txt"
    for ask in (
        lambda: official_prompt("hearsay", {"text": "One."}, tmp_path),
        lambda: few_shot_prompts("hearsay", "test", path=tmp_path),
    ):
        with pytest.raises(UserError) as refused:
            ask()
        assert str(refused.value) == line
    with pytest.raises(UserError, match=r"none of LegalBench's 162 tasks; did you mean hearsay\?$"):
        official_prompt("hearsy", {}, tmp_path)
    with pytest.raises(UserError, match=r"cannot be read: No such file or directory$"):
        official_prompt("hearsay", {}, tmp_path / "none.txt")
