"""Rows to Problems: every official task loads, the halves are stable and disjoint, helper columns stay out.

GRPO_LEGAL_BENCH_DIR=../shared/legalbench python -m pytest -q tests/test_legalbench_load.py
"""

import logging
import random
import re
import unicodedata
from pathlib import Path

import pytest
from conftest import BENCH, needs_bench
from hypothesis import given, settings
from hypothesis import strategies as st
from official_gold import gold_words, words

from grpo_legal.errors import UserError
from grpo_legal.legalbench import Row, Task, find_task, load, match_tasks, split_rows, task_table
from grpo_legal.legalbench.loader import text_hash
from grpo_legal.schema import Problem, chat_prompt, read_answer

LAYOUTS = ("", "data", "tasks")


def answers(task: Task) -> tuple[str, ...]:
    """Gold cells that the task may have."""
    return task.labels or {"amount": ("$5", "$60"), "list": ("Ann Lee,Bob & Co., Inc.", "Cy Ng")}.get(
        task.kind, ("a", "b")
    )


def plain(text: str) -> str:
    """Written apart from the package's own: letters and digits only, lower-cased, single spaces."""
    kept = (c if c.isalnum() or c == "_" else " " for c in unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(kept).split())


def by_hand(path: Path) -> list[dict[str, str]]:
    """A TSV read line by line without the csv module: a record goes on while its quotes are open."""
    records, held = [], ""
    for line in path.read_bytes().decode("utf-8-sig").split("\n"):
        held = f"{held}\n{line}" if held else line
        if held.count('"') % 2 == 0 and held:
            cells, cell = [], None
            for piece in held.split("\t"):
                cell = piece if cell is None else f"{cell}\t{piece}"
                if cell.count('"') % 2 == 0:
                    cells.append(cell[1:-1].replace('""', '"') if cell.startswith('"') else cell)
                    cell = None
            records.append(cells)
            held = ""
    return [dict(zip(records[0], cells, strict=True)) for cells in records[1:]]


def files_of(name: str, layout: str) -> list[Path]:
    """train.tsv and test.tsv of a task, as far as they exist; in the whole folder, those of data/ first."""
    roots = [BENCH / layout] if layout else [BENCH / "data", BENCH / "tasks"]
    found = (
        [root / name / file for root in roots if (root / name / file).is_file()] for file in ("train.tsv", "test.tsv")
    )
    return [paths[0] for paths in found if paths]


@pytest.fixture(scope="module")
def loaded() -> dict[tuple[str, str], tuple[list[Problem], list[Problem]]]:
    """(layout, task) -> both halves, for all that the official files hold."""
    return {
        (layout, name): (load(name, "train", path=BENCH / layout), load(name, "test", path=BENCH / layout))
        for layout in LAYOUTS
        for name in match_tasks(["*"], BENCH / layout)
    }


def write(folder: Path, task: str, **files: list[tuple[str, ...]]) -> Path:
    (folder / task).mkdir(parents=True, exist_ok=True)
    header = "\t".join((*find_task(task).columns, "answer"))
    for name, rows in files.items():
        (folder / task / f"{name}.tsv").write_text("\n".join([header, *map("\t".join, rows)]) + "\n")
    return folder


def both(task: str, path: Path) -> dict[str, list[Problem]]:
    return {split: load(task, split, path=path) for split in ("train", "test")}


@needs_bench
def test_every_official_row_is_in_one_half_with_its_label(loaded):
    rows_seen = contradictions = withheld = 0
    for (layout, name), halves in loaded.items():
        task, gold = find_task(name), {}
        for file in files_of(name, layout):
            for row in by_hand(file):
                rows_seen += 1
                answer = gold_words(task, row["answer"])
                gold.setdefault(tuple(plain(row[column]) for column in task.columns), set()).add(answer)
        expected = {text: answers.pop() for text, answers in gold.items() if len(answers) == 1}
        contradictions += len(gold) - len(expected)
        problems = [*halves[0], *halves[1]]
        if len(task.columns) == 1:
            assert {(plain(p.facts),): words(p.answer, task.kind) for p in problems} == expected, (layout, name)
        else:
            missing = [
                text
                for text, answer in expected.items()
                if not any(
                    words(p.answer, task.kind) == answer and all(part in plain(p.facts) for part in text)
                    for p in problems
                )
            ]
            withheld += len(missing)
            at = task.columns.index(task.passage)
            assert len(problems) == len(expected) - len(missing) > 0, (layout, name)
            assert all(any(text[at] in plain(p.facts) for p in halves[1]) for text in missing), (layout, name)
    assert withheld == 4  # two rows of contract_qa's train.tsv on held-out clauses, seen in two layouts
    assert rows_seen > 30_000 and contradictions >= 2  # one text of cuad_exclusivity, seen in two layouts


@needs_bench
def test_halves_share_no_text_and_no_id(loaded):
    for key, (train, test) in loaded.items():
        texts = [plain(problem.facts) for problem in (*train, *test)]
        assert len(set(texts)) == len(texts), key
        ids = [problem.id for problem in (*train, *test)]
        assert len(set(ids)) == len(ids), key
        assert {p.split for p in train} <= {"train"} and {p.split for p in test} <= {"test"}


@needs_bench
def test_about_half_of_the_test_file_becomes_training_data(loaded):
    train, test = (sum(len(halves[at]) for (layout, _), halves in loaded.items() if layout == "data") for at in (0, 1))
    assert 0.45 < test / (train + test) < 0.55  # train.tsv's handful is all training
    for name in ("diversity_1", "cuad_audit_rights", "cuad_license_grant"):
        sizes = [len(half) for half in loaded["data", name]]
        assert 0.4 < sizes[1] / sum(sizes) < 0.6, (name, sizes)


@needs_bench
def test_problems_have_the_shape_that_rewards_and_evaluation_expect(loaded):
    for (_, name), halves in loaded.items():
        task = find_task(name)
        for problem in (*halves[0], *halves[1]):
            assert re.fullmatch(rf"legalbench/{re.escape(name)}/[0-9a-f]{{12}}", problem.id)
            assert (problem.family, problem.kind, problem.labels) == (name, task.kind, task.labels)
            assert problem.authorities == () and problem.template.startswith(f"{name}/")
            assert read_answer(f"Answer: {problem.answer}", problem.kind, problem.labels) == problem.answer
            assert problem.facts and problem.question and "{{" not in problem.facts + problem.question
            assert "\r" not in problem.facts


def test_rows_of_one_passage_share_a_template(tmp_path):
    rows = [("One Contract.", f"Question {n}?", "Yes") for n in range(9)] + [("Another.", "Question 1?", "No")]
    halves = both("consumer_contracts_qa", write(tmp_path, "consumer_contracts_qa", test=rows))
    problems = [*halves["train"], *halves["test"]]
    assert len({p.id for p in problems}) == 10
    assert len({p.template for p in problems if "One Contract" in p.facts}) == 1
    assert len({p.template for p in problems}) == 2


# ---- the halves -------------------------------------------------------------------------------------

ROWS = [(f"Café office number {n}.", "Yes" if n % 3 else "No") for n in range(60)]


def sides(halves: dict[str, list[Problem]]) -> dict[str, str]:
    return {problem.id: split for split, problems in halves.items() for problem in problems}


def test_the_side_of_a_row_depends_on_its_text_alone(tmp_path):
    original = sides(both("proa", write(tmp_path / "a", "proa", test=ROWS)))
    assert len(original) == 60 and set(original.values()) == {"train", "test"}
    shuffled = random.Random(3).sample(ROWS, 60)
    assert sides(both("proa", write(tmp_path / "b", "proa", test=shuffled))) == original
    respaced = [(f"  {text.upper()} ".replace(" ", "  "), answer) for text, answer in ROWS]
    respaced[::2] = [(unicodedata.normalize("NFD", text).replace("ff", "ﬀ"), answer) for text, answer in ROWS[::2]]
    assert sides(both("proa", write(tmp_path / "c", "proa", test=respaced))) == original
    fewer = sides(both("proa", write(tmp_path / "d", "proa", test=ROWS[20:])))
    assert fewer.items() <= original.items() and len(fewer) == 40
    more = sides(both("proa", write(tmp_path / "e", "proa", test=ROWS, train=[("Another.", "Yes")])))
    assert original.items() <= more.items() and len(more) == 61
    only_train = sides(both("proa", write(tmp_path / "f", "proa", train=ROWS)))
    assert only_train == original


def test_the_same_text_falls_on_the_same_side_in_every_task(tmp_path):
    of = {task: both(task, write(tmp_path, task, test=ROWS)) for task in ("proa", "hearsay")}
    assert {p.facts for p in of["proa"]["test"]} == {p.facts for p in of["hearsay"]["test"]}


def test_a_train_row_whose_text_is_in_the_test_half_is_dropped(tmp_path):
    halves = both("proa", write(tmp_path, "proa", test=ROWS, train=ROWS[::2]))
    assert sides(halves) == sides(both("proa", write(tmp_path / "x", "proa", test=ROWS)))
    own = [(f"Only in train {n}.", "Yes") for n in range(20)]
    halves = both("proa", write(tmp_path, "proa", test=ROWS, train=own))
    assert {text for text, _ in own} <= {p.facts for p in halves["train"]}


def test_contradictory_and_repeated_rows_are_dropped_and_counted(tmp_path, caplog):
    test = [
        ("Same.", "Yes"),
        ("same", "No"),
        ("Twice.", "Yes"),
        ("TWICE", "Yes"),
        ("Split.", "No"),
        ("\t".strip(), "No"),
    ]
    write(tmp_path, "proa", test=test, train=[("Split", "Yes"), ("Once.", "No")])
    with caplog.at_level(logging.INFO, logger="grpo_legal.legalbench"):
        halves = both("proa", tmp_path)
    assert {p.facts for p in (*halves["train"], *halves["test"])} == {"Twice.", "Once."}
    messages = [record.getMessage() for record in caplog.records]
    assert "legalbench proa: 4 rows with contradictory answers dropped" in messages
    assert "legalbench proa: 1 repeated rows dropped" in messages
    assert f"legalbench proa: 1 rows without any text dropped from {tmp_path / 'proa' / 'test.tsv'}" in messages


def test_an_empty_half_is_said(tmp_path, caplog):
    halves = both("proa", write(tmp_path, "proa", test=[("Alone.", "Yes")]))
    empty = next(split for split, problems in halves.items() if not problems)
    assert [record.getMessage() for record in caplog.records] == [
        f"legalbench proa: no row falls into the {empty} half"
    ]


ROW = st.builds(
    lambda text, asked, answer: Row({"text": text}, answer, text_hash([text, asked]), text_hash([text])),
    st.sampled_from("abcdefghij"),
    st.sampled_from("12"),
    st.sampled_from(["Yes", "No"]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ROW, max_size=8), st.lists(ROW, max_size=12), st.randoms(use_true_random=False))
def test_split_rows_keeps_each_uncontested_text_once_and_ignores_order(train, test, rng):
    halves = split_rows(train, test)
    answers = {}
    for row in (*train, *test):
        answers.setdefault(row.key, set()).add(row.answer)
    uncontested = {key for key, given_ in answers.items() if len(given_) == 1}
    kept = [row.key for row in (*halves.train, *halves.test)]
    assert len(set(kept)) == len(kept) == len(uncontested) - halves.withheld
    assert {row.key for row in test or train} & uncontested <= set(kept) <= uncontested
    assert len(kept) + halves.contradictory + halves.repeated + halves.withheld == len(train) + len(test)
    assert not {row.passage for row in halves.train} & {row.passage for row in halves.test}
    withheld = {row.passage for row in train if row.key in uncontested - set(kept)}
    assert withheld <= {row.passage for row in test}
    again = split_rows(rng.sample(train, len(train)), rng.sample(test, len(test)))
    assert {row.key for row in again.test} == {row.key for row in halves.test}
    assert {row.key for row in again.train} == {row.key for row in halves.train}


PASSAGES = {
    "citation_prediction_classification": "text",
    "consumer_contracts_qa": "contract",
    "contract_qa": "text",
    "corporate_lobbying": "company_description",
    "insurance_policy_interpretation": "policy",
    "privacy_policy_entailment": "text",
    "privacy_policy_qa": "text",
    "sara_entailment": "statute",
    "citation_prediction_open": "text",
    "sara_numeric": "description",  # one statute for all rows
    "scalr": "question",
}


def test_the_tasks_of_several_columns_are_those_whose_passage_was_weighed():
    assert {name: find_task(name).passage for name in task_table() if len(find_task(name).columns) > 1} == PASSAGES
    assert all(find_task(name).passage in find_task(name).columns for name in task_table())


@pytest.mark.parametrize("name", PASSAGES)
def test_the_questions_on_one_passage_stay_together(tmp_path, caplog, name):
    task = find_task(name)

    def rows(passages: range, questions: range) -> list[tuple[str, ...]]:
        return [
            (*(f"Passage {p}." if c == task.passage else f"{c} {p} {q}." for c in task.columns), answers(task)[q % 2])
            for p in passages
            for q in questions
        ]

    write(tmp_path, name, test=rows(range(20), range(5)), train=rows(range(10, 30), range(5, 7)))
    with caplog.at_level(logging.INFO, logger="grpo_legal.legalbench"):
        halves = both(name, tmp_path)
    templates = {split: {p.template for p in problems} for split, problems in halves.items()}
    assert not templates["train"] & templates["test"]
    assert len(templates["train"] | templates["test"]) == 30
    assert len(halves["test"]) == 5 * len(templates["test"]) and 4 < len(templates["test"]) < 16
    withheld = 100 + 40 - len(halves["train"]) - len(halves["test"])
    said = f"legalbench {name}: {withheld} rows of train.tsv dropped, their passage is in the test half"
    assert withheld and said in [record.getMessage() for record in caplog.records]


# ---- what must not reach the prompt -----------------------------------------------------------------


@pytest.mark.parametrize("name", task_table())
def test_no_other_column_reaches_the_prompt(tmp_path, name):
    task = find_task(name)
    others = ("index", "slice", "parties_are_diverse", "aic_is_met", "document_name", "Citation", "year", "case id")
    header = (*others, *task.columns, "answer")
    lines = ["\t".join(header)]
    for n in range(6):
        row = [f"leak {other} {n}" for other in others] + [f"shown {column} {n}" for column in task.columns]
        lines.append("\t".join([*row, answers(task)[n % len(answers(task))]]))
    (tmp_path / name).mkdir()
    (tmp_path / name / "test.tsv").write_text("\n".join(lines))
    if (BENCH / "tasks" / name / "base_prompt.txt").is_file():
        (tmp_path / name / "base_prompt.txt").symlink_to((BENCH / "tasks" / name / "base_prompt.txt").resolve())
    halves = both(name, tmp_path)
    assert len(halves["train"]) + len(halves["test"]) == 6
    for problem in (*halves["train"], *halves["test"]):
        said = problem.facts + problem.question + str(chat_prompt(problem, "reasoned"))
        assert "leak" not in said
        assert all(f"shown {column}" in problem.facts for column in task.columns)


@needs_bench
@pytest.mark.parametrize("name", ["hearsay", "personal_jurisdiction"])
def test_the_slice_of_official_rows_stays_out(loaded, name):
    slices = {row["slice"].strip() for row in by_hand(BENCH / "data" / name / "train.tsv")}
    assert len(slices) >= 4
    for problem in (*loaded["", name][0], *loaded["", name][1]):
        assert not any(piece.lower() in str(chat_prompt(problem, "short")).lower() for piece in slices)


# ---- arguments --------------------------------------------------------------------------------------

ARGUMENTS = {
    "source": (("hearsay", "train", "disk"), "legalbench source 'disk' is none of: dir, hub; did you mean dir?"),
    "split": (("hearsay", "validation", "dir"), "legalbench split 'validation' is none of: train, test"),
    "split misspelt": (
        ("hearsay", "tests", "dir"),
        "legalbench split 'tests' is none of: train, test; did you mean test?",
    ),
    "task": (
        ("hearsays", "train", "dir"),
        "legalbench task 'hearsays' is none of LegalBench's 162 tasks; did you mean hearsay?",
    ),
}


@pytest.mark.parametrize(("arguments", "line"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_wrong_arguments_are_refused_in_one_line(tmp_path, arguments, line):
    task, split, source = arguments
    with pytest.raises(UserError) as refused:
        load(task, split, source=source, path=tmp_path)
    assert str(refused.value) == line
