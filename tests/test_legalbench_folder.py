"""Names and globs against the tasks that a folder holds, in every layout that a folder may have."""

from pathlib import Path

import pytest
from conftest import BENCH, needs_bench

from grpo_legal.errors import UserError
from grpo_legal.legalbench import load, match_tasks, task_table


def put(folder: Path, task: str, name: str = "test.tsv", text: str = "text\tanswer\nSome text.\tYes\n") -> None:
    (folder / task).mkdir(parents=True, exist_ok=True)
    (folder / task / name).write_text(text)


@pytest.fixture
def folder(tmp_path):
    for task in ("diversity_1", "diversity_2", "hearsay", "rule_qa", "my_own_task"):
        put(tmp_path / "data", task)
    put(tmp_path / "tasks", "proa", "train.tsv")
    put(tmp_path / "tasks", "overruling", "base_prompt.txt", "Is it?\nQ: {{text}}\nA:")
    return tmp_path


@pytest.mark.parametrize(
    ("patterns", "tasks"),
    [
        (["diversity_*"], ["diversity_1", "diversity_2"]),
        (["hearsay", "diversity_?", "hear*"], ["diversity_1", "diversity_2", "hearsay"]),
        (["*"], ["diversity_1", "diversity_2", "hearsay", "proa"]),  # free text, unknown and row-less tasks left out
        ([], []),
    ],
)
def test_names_and_globs(folder, patterns, tasks):
    assert match_tasks(patterns, folder) == tasks
    assert match_tasks(patterns, str(folder)) == tasks


def test_what_no_program_can_score_is_left_out_with_a_word(folder, caplog):
    match_tasks(["hearsay"], folder)
    assert not caplog.messages
    match_tasks(["*"], folder)
    assert caplog.messages == ["legalbench: rule_qa left out of training, no program can score its free text"]


REFUSED = {
    "misspelt": ("diversty_1", "; did you mean diversity_1, diversity_2?"),
    "misspelt glob": ("diversty_*", "; did you mean diversity_2, diversity_1?"),
    "case": ("PROA_", "; they include diversity_1, diversity_2, hearsay"),
    "free text": ("rule_qa", "; no program can score the free text of rule_qa, so it cannot be trained on"),
    "free text by glob": ("rule_*", "; no program can score the free text of rule_qa, so it cannot be trained on"),
    "elsewhere": ("scalr", "; the folder has no rows of scalr"),
    "prompt only": ("overruling", "; the folder has no rows of overruling"),
}  # fmt: skip


@pytest.mark.parametrize(("pattern", "ending"), REFUSED.values(), ids=REFUSED)
def test_a_pattern_without_a_match_is_refused_even_among_others(folder, pattern, ending):
    with pytest.raises(UserError) as refused:
        match_tasks(["hearsay", pattern], folder)
    assert str(refused.value) == (
        f"legalbench task {pattern!r} matches none of the 4 trainable tasks in {str(folder)!r}{ending}"
    )


LEGAL = "data/<task>/test.tsv or tasks/<task>/train.tsv"


@pytest.mark.parametrize("ask", [lambda path: match_tasks(["*"], path), lambda path: load("proa", "test", path=path)])
@pytest.mark.parametrize(("name", "state"), [("none", "does not exist"), ("file", "is a file, not a folder")])
def test_a_missing_folder_is_refused(tmp_path, ask, name, state):
    (tmp_path / "file").touch()
    with pytest.raises(UserError) as refused:
        ask(tmp_path / name)
    assert str(refused.value) == f"legalbench folder {str(tmp_path / name)!r} {state}; give the one that holds {LEGAL}"


def test_a_folder_without_tasks_is_refused(tmp_path):
    with pytest.raises(UserError) as refused:
        match_tasks(["*"], tmp_path)
    assert str(refused.value) == f"legalbench folder {str(tmp_path)!r} holds no trainable task; it should hold {LEGAL}"
    with pytest.raises(UserError) as refused:
        load("proa", "test", path=tmp_path)
    assert str(refused.value) == f"legalbench task 'proa' has neither train.tsv nor test.tsv in {str(tmp_path)!r}"


def test_a_folder_of_ones_own_is_read_with_its_prompts(tmp_path):
    put(tmp_path, "proa", text="text\tanswer\nOne.\tYes\nTwo.\tNo\n")
    put(tmp_path, "proa", "base_prompt.txt", "May one sue?\n\nText: x\nA: No\n\nText: {{text}}\nA:")
    assert match_tasks(["pro?"], tmp_path) == ["proa"]
    problems = [*load("proa", "train", path=tmp_path), *load("proa", "test", path=tmp_path)]
    assert {(p.facts, p.question, p.answer) for p in problems} == {
        ("One.", "May one sue?", "Yes"),
        ("Two.", "May one sue?", "No"),
    }


def test_the_hub_layout_takes_its_prompt_from_the_sibling_tasks_folder(tmp_path):
    put(tmp_path / "data", "proa", text="text\tanswer\nOne.\tYes\nTwo.\tNo\n")
    table_question = task_table()["proa"].question

    def questions() -> set[str]:
        return {
            problem.question
            for path in (tmp_path, tmp_path / "data")
            for split in ("train", "test")
            for problem in load("proa", split, path=path)
        }

    assert questions() == {table_question}
    put(tmp_path / "tasks", "proa", "base_prompt.txt", "May one sue?\n\nText: {{text}}\nA:")
    assert questions() == {"May one sue?"}


def test_train_rows_come_from_data_before_tasks(tmp_path):
    put(tmp_path / "tasks", "proa", "train.tsv", "text\tanswer\nOld.\tYes\nOlder.\tNo\n")
    put(tmp_path / "data", "proa", "test.tsv", "text\tanswer\nNew.\tYes\n")

    def facts() -> set[str]:
        return {p.facts for split in ("train", "test") for p in load("proa", split, path=tmp_path)}

    assert facts() == {"Old.", "Older.", "New."}
    put(tmp_path / "data", "proa", "train.tsv", "text\tanswer\nNewer.\tNo\n")
    assert facts() == {"Newer.", "New."}


def test_on_the_hub_every_trainable_task_is_there_without_asking_it():
    trainable = [name for name in task_table() if name != "rule_qa"]
    assert match_tasks(["*"], source="hub") == trainable
    assert match_tasks(["sara_*", "hearsay"], None, source="hub") == ["hearsay", "sara_entailment", "sara_numeric"]
    with pytest.raises(UserError) as refused:
        match_tasks(["hearsy"], source="hub")
    assert str(refused.value) == (
        "legalbench task 'hearsy' matches none of the 161 trainable tasks in nguha/legalbench; did you mean hearsay?"
    )


def test_a_folder_source_without_a_path_is_refused():
    for ask in (lambda: match_tasks(["*"]), lambda: load("proa", "test")):
        with pytest.raises(UserError) as refused:
            ask()
        assert str(refused.value) == f"legalbench source 'dir' needs the path of a folder that holds {LEGAL}"


@needs_bench
def test_official_folders_hold_every_trainable_task():
    trainable = [name for name in task_table() if name != "rule_qa"]
    assert match_tasks(["*"], BENCH) == match_tasks(["*"], BENCH / "data") == trainable
    assert match_tasks(["*"], BENCH / "tasks") == [name for name in trainable if name != "scalr"]  # it has no train.tsv
    assert len(match_tasks(["cuad_*", "maud_*"], BENCH)) == 72
