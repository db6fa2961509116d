"""Files of one's own: every legal shape loads, every fault is one line with file, line and value."""

import csv
import json
import logging
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grpo_legal.errors import UserError
from grpo_legal.legalbench import load_file
from grpo_legal.legalbench.prompt import clean
from grpo_legal.schema import Problem

COLUMNS = {"facts": "text", "question": "q", "answer": "label"}
SPLITS = ("train", "test")


def write(path: Path, rows: list[dict]) -> Path:
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    else:
        with path.open("w", newline="", encoding="utf-8") as file:
            out = csv.DictWriter(file, list(rows[0]), delimiter="," if path.suffix == ".csv" else "\t")
            out.writeheader()
            out.writerows(rows)
    return path


def both(path: Path, columns: dict[str, str] = COLUMNS, **more) -> list[Problem]:
    return [p for split in SPLITS for p in load_file(path, columns, split, **more)]


def rows(*answers: str) -> list[dict[str, str]]:
    return [{"text": f"Story {n}.", "q": "Is it?", "label": answer} for n, answer in enumerate(answers)]


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".tsv", ".CSV"])
def test_the_same_rows_are_the_same_problems_in_every_format(tmp_path, suffix):
    made = both(write(tmp_path / f"mine{suffix.lower()}", rows("yes", "NO", "Yes.", "no", "No", "YES")))
    path = write(tmp_path / f"mine{suffix.lower()}", rows("yes", "NO", "Yes.", "no", "No", "YES"))
    path = path.rename(tmp_path / f"mine{suffix}")
    assert both(path) == made and len(made) == 6
    assert {p.facts: p.answer for p in made} == {f"Story {n}.": "No" if n in (1, 3, 4) else "Yes" for n in range(6)}
    for p in made:
        assert (p.family, p.kind, p.labels, p.question) == ("mine", "yes_no", ("Yes", "No"), "Is it?")
        assert p.id.startswith("own/mine/") and p.template.startswith("mine/")


AWKWARD = st.text(st.one_of(st.sampled_from("\n\r\t\",;\\'{}|\u2028"), st.characters(codec="utf-8")), max_size=30)


@settings(max_examples=60, deadline=None)
@given(st.lists(AWKWARD, min_size=1, max_size=4), st.sampled_from([".jsonl", ".csv", ".tsv"]))
def test_any_text_survives(tmp_path_factory, texts, suffix):
    path = tmp_path_factory.getbasetemp() / f"any{suffix}"
    write(path, [{"text": t, "q": f"Question {n}?", "label": "Yes"} for n, t in enumerate(texts)])
    assert {p.question: p.facts for p in both(path)} == {f"Question {n}?": clean(t) for n, t in enumerate(texts)}


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".tsv"])
def test_a_text_of_300_kilobytes_survives(tmp_path, suffix):
    text = 'He said "no",\nthen\tleft. ' * 12_000
    made = both(write(tmp_path / f"x{suffix}", [{"text": text, "q": "Is it?", "label": "Yes"}]))
    assert [p.facts for p in made] == [text.strip()]


def test_answers_other_than_yes_and_no_are_labels(tmp_path):
    made = both(write(tmp_path / "x.csv", rows("guilty", "not guilty", "Guilty", "no plea")))
    assert {p.facts[6]: p.answer for p in made} == {"0": "Guilty", "1": "not guilty", "2": "Guilty", "3": "no plea"}
    assert {(p.kind, p.labels) for p in made} == {("label", ("Guilty", "no plea", "not guilty"))}
    made = both(write(tmp_path / "x.csv", rows("yes", "maybe")))
    assert {p.labels for p in made} == {("maybe", "yes")}


def test_answers_that_are_read_alike_are_one_label_the_shortest(tmp_path):
    made = both(write(tmp_path / "x.csv", rows("A", "A!", "(A)", "Breach\nof  contract", "a", "A.")))
    assert {p.labels for p in made} == {("A", "Breach of contract")}
    assert sorted(p.answer for p in made) == ["A"] * 5 + ["Breach of contract"]


def test_kind_and_labels_can_be_said(tmp_path):
    path = write(tmp_path / "x.csv", rows("$12,500", "7"))
    assert {p.answer for p in both(path, kind="amount")} == {"12500.00", "7.00"}
    path = write(tmp_path / "x.csv", rows("March 31, 2026"))
    assert [p.answer for p in both(path, kind="date")] == ["2026-03-31"]
    path = write(tmp_path / "x.csv", rows("yes", "no"))
    assert {(p.kind, p.labels) for p in both(path, labels=("Yes", "No", "Moot"))} == {("label", ("Yes", "No", "Moot"))}


def test_rows_may_carry_id_family_kind_labels_and_split(tmp_path):
    columns = {"question": "q", "answer": "a", "id": "n", "family": "f", "kind": "k", "labels": "l", "split": "s"}
    path = write(
        tmp_path / "x.jsonl",
        [
            {"q": "Which?", "a": "b", "n": "one", "f": "torts", "k": "label", "l": ["A", "B"], "s": "train"},
            {"q": "How much?", "a": 12.5, "n": 2, "f": "torts", "k": "amount", "l": "", "s": "train"},
            {"q": "Is it?", "a": "yes", "n": "three", "f": "", "k": "", "l": "", "s": "test"},
            {"q": "Which?", "a": "C", "n": "four", "f": "tax", "k": "", "l": "C|D", "s": "test"},
        ],
    )
    said = [(p.id, p.family, p.kind, p.labels, p.answer, p.split) for p in both(path, columns, kind="label", labels=("Yes", "No"))]  # fmt: skip
    assert said == [
        ("one", "torts", "label", ("A", "B"), "B", "train"),
        ("2", "torts", "amount", (), "12.50", "train"),
        ("three", "x", "label", ("Yes", "No"), "Yes", "test"),
        ("four", "tax", "label", ("C", "D"), "C", "test"),
    ]


def test_without_a_split_column_the_passage_decides(tmp_path):
    many = [{"text": f"Story {n % 40}.", "q": f"Question {n}?", "label": "Yes" if n % 3 else "No"} for n in range(120)]
    path = write(tmp_path / "x.csv", many)
    halves = {split: {p.template for p in load_file(path, COLUMNS, split)} for split in SPLITS}
    assert not halves["train"] & halves["test"] and len(halves["train"]) + len(halves["test"]) == 40
    assert 10 < len(halves["test"]) < 30
    again = {p.id for p in load_file(write(tmp_path / "x.csv", many[::-1]), COLUMNS, "test")}
    assert again == {p.id for p in load_file(write(tmp_path / "x.csv", many), COLUMNS, "test")}


def test_repeats_count_once_contradictions_not_at_all_and_test_goes_before_train(tmp_path, caplog):
    path = tmp_path / "x.csv"
    story = [("A", "yes", "train"), ("a.", "yes", "test"), ("B", "yes", "train"), ("B", "no", "test"),
             ("C", "no", "train"), ("C", "no", "train")]  # fmt: skip
    write(path, [{"text": t, "q": "Is it?", "label": a, "s": s} for t, a, s in story])
    with caplog.at_level(logging.INFO, logger="grpo_legal.legalbench"):
        made = {s: [p.facts for p in load_file(path, {**COLUMNS, "split": "s"}, s)] for s in SPLITS}
    assert made == {"train": ["C"], "test": ["a."]}
    messages = [record.getMessage() for record in caplog.records]
    assert f"{path}: 2 rows with contradictory answers dropped" in messages
    assert f"{path}: 2 repeated rows dropped" in messages


def test_an_empty_half_is_said(tmp_path, caplog):
    path = write(tmp_path / "x.csv", [{"text": "A", "q": "?", "label": "yes", "s": "test"}])
    assert load_file(path, {**COLUMNS, "split": "s"}, "train") == []
    assert [r.getMessage() for r in caplog.records] == [f"{path}: no row falls into the train half"]


GOOD = '{"text": "A", "q": "Q", "label": "yes"}\n'
HEAD = "text,q,label\n"
# Name and content of the file -> what the UserError says after its path.
FAULTS = {
    "missing": ("x.csv", None, " cannot be read: No such file or directory"),
    "suffix": ("x.xlsx", "", ": suffix '.xlsx' is none of: .jsonl, .csv, .tsv"),
    "no suffix": ("x", "", ": suffix '' is none of: .jsonl, .csv, .tsv"),
    "JSON cut off": ("x.jsonl", GOOD + '\n{"text": "B", "q"', ", line 3: not legal JSON: Expecting ':' delimiter: line 1 column 18 (char 17)"),
    "JSON list": ("x.jsonl", GOOD + "[1]\n", ", line 2: '[1]' is not a JSON object such as {\"question\": …, \"answer\": …}"),
    "JSON too deep": ("x.jsonl", "[" * 100_000, ", line 1: not legal JSON: "),
    "no line": ("x.jsonl", "\n \n", ", line 1: the file is empty; it should hold one JSON object a line"),
    "null": ("x.jsonl", GOOD + '{"text": null, "q": "Q", "label": "yes"}', ", line 2: column 'text' holds 'null', which is no text or number"),
    "true": ("x.jsonl", '{"text": "A", "q": "Q", "label": true}', ", line 1: column 'label' holds 'true', which is no text or number"),
    "list of text": ("x.jsonl", '{"text": ["A"], "q": "Q", "label": "no"}', ", line 1: column 'text' holds '[\"A\"]', which is no text or number"),
    "surrogate": ("x.jsonl", '{"text": "\\ud800", "q": "Q", "label": "yes"}', ", line 1: column 'text' holds half of a surrogate pair, which is no text"),
    "column missing later": ("x.jsonl", GOOD + '{"text": "A", "q": "Q", "labels": "yes"}', ", line 2: no column 'label' among 'text', 'q', 'labels'; did you mean labels?"),
    "column missing": ("x.csv", "text,q,lable\na,b,c\n", ", line 2: no column 'label' among 'text', 'q', 'lable'; did you mean lable?"),
    "empty answer": ("x.csv", HEAD + "A,Q,yes\nB,Q, \n", ", line 3: column 'label' holds no answer"),
    "no question": ("x.csv", HEAD + ' ," ",yes\n', ", line 2: neither facts nor question holds any text"),
    "one answer": ("x.csv", HEAD + "A,Q,guilty\nB,Q,Guilty\n", ": the answers are 1 different ones, such as 'Guilty'; 2 to 50 make labels (amounts and dates need their kind said)"),
    "51 answers": ("x.csv", HEAD + "".join(f"A{n},Q,{n + 10}\n" for n in range(51)), ": the answers are 51 different ones, such as '10'; 2 to 50 make labels (amounts and dates need their kind said)"),
    "unreadable label": ("x.csv", HEAD + "A,Q,?!\nB,Q," + "x" * 301 + "\n", ", line 3: answer '" + "x" * 59 + "…' is no label: legal is exactly one of: ?!; " + "x" * 301),
    "ragged": ("x.csv", HEAD + "A,Q\n", ", line 2: 2 cells ('A', 'Q') where the header names 3: text, q, label"),
    "unclosed quote": ("x.csv", HEAD + 'A,Q,"yes\n', ", line 2: the row that starts here is not legal CSV: unexpected end of data"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content", "complaint"), FAULTS.values(), ids=FAULTS)
def test_a_faulty_file_is_refused_in_one_line(tmp_path, name, content, complaint):
    path = tmp_path / name
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(UserError) as refused:
        load_file(path, COLUMNS, "train")
    text = str(refused.value)
    assert (text.startswith if complaint.endswith(": ") else text.__eq__)(f"{path}{complaint}"), text
    assert "\n" not in text


EXTRA = {
    "kind": ({"kind": "k"}, {}, "k", "lable", ", line 2: kind 'lable' is none of: yes_no, label, amount, date, datetime, list, text; did you mean label?"),
    "split": ({"split": "k"}, {}, "k", "dev", ", line 2: split 'dev' is none of: train, test"),
    "empty split": ({"split": "k"}, {}, "k", "", ", line 2: split '' is none of: train, test"),
    "labels": ({"labels": "k"}, {}, "k", "A|a", ", line 2: labels 'A|a' are not two or more different ones"),
    "labels read alike": ({"labels": "k"}, {}, "k", "A|(A)", ", line 2: labels 'A|(A)' are not two or more different ones"),
    "labels of a list": ({"labels": "k"}, {"kind": "list"}, "k", "a;b|c", ", line 2: a label of a list holds ';', which separates its items"),
    "answer among labels": ({"labels": "k"}, {}, "k", "A|B", ", line 2: answer 'yes' is no label: legal is exactly one of: A; B"),
    "amount": ({}, {"kind": "amount"}, "k", "", ", line 2: answer 'yes' is no amount: legal is an amount in dollars, such as $1,234.50"),
    "yes_no": ({}, {"kind": "yes_no"}, "label", "moot", ", line 2: answer 'moot' is no yes_no: legal is Yes or No"),
}  # fmt: skip


@pytest.mark.parametrize(("columns", "more", "column", "value", "complaint"), EXTRA.values(), ids=EXTRA)
def test_a_row_that_does_not_fit_is_refused_in_one_line(tmp_path, columns, more, column, value, complaint):
    path = write(tmp_path / "x.csv", [{"text": "A", "q": "Q", "label": "yes", "k": "", column: value}])
    with pytest.raises(UserError) as refused:
        load_file(path, {**COLUMNS, **columns}, "train", **more)
    assert str(refused.value) == f"{path}{complaint}"


def test_an_id_that_stands_twice_is_refused(tmp_path):
    path = write(tmp_path / "x.csv", [{**row, "n": "7", "s": "test"} for row in rows("yes", "no")])
    with pytest.raises(UserError) as refused:
        load_file(path, {**COLUMNS, "id": "n", "split": "s"}, "test")
    assert str(refused.value) == f"{path}, line 3: id '7' stands on line 2 too"


ARGUMENTS = {
    "key": (
        ({"fact": "text", "answer": "label"}, "train"), {},
        "column key 'fact' is none of: facts, question, answer, id, family, labels, split, kind; did you mean facts?",
    ),
    "no answer": (({"facts": "text"}, "train"), {}, "the columns name facts; answer and one of facts, question are needed"),
    "no text": (({"answer": "text"}, "train"), {}, "the columns name answer; answer and one of facts, question are needed"),
    "nothing": (({}, "train"), {}, "the columns name nothing; answer and one of facts, question are needed"),
    "split": ((COLUMNS, "tests"), {}, "split 'tests' is none of: train, test; did you mean test?"),
    "kind": ((COLUMNS, "test"), {"kind": "dates"}, "kind 'dates' is none of: yes_no, label, amount, date, datetime, list, text; did you mean date, datetime?"),
    "labels": ((COLUMNS, "test"), {"labels": ("A", "a")}, "labels ('A', 'a') are not two or more different ones"),
    "labels text": ((COLUMNS, "test"), {"labels": "AB"}, "labels 'AB' are not two or more different ones"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "more", "line"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_wrong_arguments_are_refused_in_one_line(tmp_path, arguments, more, line):
    with pytest.raises(UserError) as refused:
        load_file(write(tmp_path / "x.csv", rows("yes")), *arguments, **more)
    assert str(refused.value).startswith(f"own questions: {line}")


def test_the_csv_limit_of_the_process_is_left_alone(tmp_path):
    before = csv.field_size_limit()
    both(write(tmp_path / "x.csv", [{"text": "x" * 200_000, "q": "Q", "label": "no"}]))
    assert csv.field_size_limit() == before < sys.maxsize


def test_lists_and_texts_are_read_where_their_kind_is_said(tmp_path):
    def loaded(kind: str, answer: str, **more) -> Problem:
        path = write(tmp_path / "x.csv", [{"text": "A", "q": "Q", "label": answer, "split": "train"}])
        return load_file(path, {**COLUMNS, "split": "split"}, "train", kind=kind, **more)[0]

    assert loaded("list", "Ann Lee;  Acme, Inc.").answer == "Ann Lee; Acme, Inc."
    assert loaded("list", "b and a", labels=("a", "b")).answer == "a; b"
    assert loaded("list", "none", labels=("a", "b")).labels == ("a", "b")
    assert loaded("text", " Land ").answer == "Land"
    with pytest.raises(UserError, match="line 2: answer 'a; a' has an item twice"):
        loaded("list", "a; a")
    with pytest.raises(UserError, match="line 2: answer 'a or b' is no list: legal is those that apply"):
        loaded("list", "a or b", labels=("a", "b"))
