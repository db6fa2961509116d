"""Every official file, read here with the csv module alone: counts, columns and labels agree; helper columns stay out.

GRPO_LEGAL_BENCH_DIR=../shared/legalbench python -m pytest -q tests/test_legalbench_files.py
"""

import csv
import re
import string
import unicodedata
from pathlib import Path

import pytest
from conftest import BENCH, needs_bench
from official_gold import gold_words, words

from grpo_legal.legalbench import count_rows, find_task, load, split_rows, task_table
from grpo_legal.legalbench.loader import read_rows
from grpo_legal.rewards.correct import correct_answer
from grpo_legal.schema import chat_prompt

LABELLED = [name for name, task in task_table().items() if task.kind in ("yes_no", "label")]
FILES = ("train.tsv", "test.tsv")


def independently(path: Path) -> list[dict[str, str]]:
    before = csv.field_size_limit(10**9)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, delimiter="\t"))
    finally:
        csv.field_size_limit(before)


def rows_of(name: str, layout: str) -> dict[str, list[dict[str, str]]]:
    paths = {file: BENCH / layout / name / file for file in FILES}
    return {file: independently(path) for file, path in paths.items() if path.is_file()}


def official_label(text: str) -> str:
    return "".join(c for c in text if c not in string.punctuation).strip().lower()


def text_of(row: dict[str, str], columns: tuple[str, ...]) -> tuple[str, ...]:
    folded = (unicodedata.normalize("NFKC", row[column]).casefold() for column in columns)
    return tuple(" ".join(re.findall(r"\w+", text)) for text in folded)


@needs_bench
@pytest.mark.parametrize("name", task_table())
def test_rows_columns_and_labels_agree_with_the_files(name):
    task, layouts = find_task(name), 0
    for layout in ("data", "tasks"):
        files = rows_of(name, layout)
        read = {file: read_rows(BENCH / layout / name / file, task) for file in files}
        layouts += bool(files)
        for file, rows in files.items():
            assert rows or (name, layout, file) == ("rule_qa", "tasks", "train.tsv")
            assert not rows or {*task.columns, "answer"} <= set(rows[0])
            if name in LABELLED:
                labels = {official_label(label) for label in task.labels}
                assert {official_label(row["answer"]) for row in rows} <= labels
            assert [row.cells for row in read[file]] == [{c: row[c] for c in task.columns} for row in rows]
            assert [words(r.answer, task.kind) for r in read[file]] == [gold_words(task, row["answer"]) for row in rows]
        if files:
            halves = split_rows(read.get("train.tsv", []), read.get("test.tsv", []))
            problems = [p for split in ("train", "test") for p in load(name, split, path=BENCH / layout)]
            every = [row for rows in files.values() for row in rows]
            assert len(problems) == len(every) - halves.contradictory - halves.repeated - halves.withheld
            texts = [text_of(row, task.columns) for row in every]
            answers: dict[tuple[str, ...], set[str]] = {}
            for text, row in zip(texts, every, strict=True):
                answers.setdefault(text, set()).add(gold_words(task, row["answer"]))
            contested = {text for text, given in answers.items() if len(given) > 1}
            assert halves.contradictory == sum(text in contested for text in texts)
            assert len(problems) == len(answers) - len(contested) - halves.withheld
    assert layouts


@needs_bench
def test_every_folder_of_rows_belongs_to_a_task_and_holds_what_is_counted():
    assert {folder.name for folder in (BENCH / "data").iterdir()} == set(task_table())
    counted = count_rows(BENCH / "data")
    assert counted == {name: sum(map(len, rows_of(name, "data").values())) for name in task_table()}
    assert counted["rule_qa"] == 50 and counted["sara_numeric"] == 14


HELPERS = {
    "index", "slice", "document_name", "doctrine", "parties_are_diverse", "aic_is_met", "year", "case id", "text",
    "Docket No.", "Citation", "issue",
}  # fmt: skip


@needs_bench
@pytest.mark.parametrize("name", task_table())
def test_no_helper_column_reaches_a_problem(tmp_path, name):
    """Every official file again with a mark in each cell of a helper column: the problems are the same."""
    task = find_task(name)
    for layout in ("data", "tasks"):
        (tmp_path / layout / name).mkdir(parents=True)
        for file, rows in rows_of(name, layout).items():
            kept = {*task.columns, "answer"}
            assert not rows or set(rows[0]) - kept <= HELPERS
            with (tmp_path / layout / name / file).open("w", encoding="utf-8", newline="") as out:
                writer = csv.DictWriter(
                    out, list(rows[0]) if rows else ["index", *kept], delimiter="\t", lineterminator="\n"
                )
                writer.writeheader()
                writer.writerows({c: v if c in kept else f"leak of {c}" for c, v in row.items()} for row in rows)
    (tmp_path / "tasks" / name / "base_prompt.txt").symlink_to((BENCH / "tasks" / name / "base_prompt.txt").resolve())
    for split in ("train", "test"):
        problems = load(name, split, path=tmp_path)
        assert problems == load(name, split, path=BENCH)
        assert not any("leak of" in str(chat_prompt(p, "reasoned")) + str(p) for p in problems)


@pytest.mark.parametrize("name", LABELLED)
def test_gold_scores_one_and_every_wrong_label_nothing(name):
    task = find_task(name)
    pairs = [(given, gold) for given in task.labels for gold in task.labels]
    for form in ("{}", "Answer: {}", "Rule, then facts.\n**Answer: {}.**"):
        scores = correct_answer(
            completions=[[{"role": "assistant", "content": form.format(given)}] for given, _ in pairs],
            answer=[gold for _, gold in pairs],
            kind=[task.kind] * len(pairs),
            labels=[list(task.labels)] * len(pairs),
        )
        assert scores == [float(given == gold) for given, gold in pairs], form
