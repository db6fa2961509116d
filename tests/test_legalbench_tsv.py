"""Reading LegalBench TSVs: whatever a cell holds survives, and every fault is one line with file, line and value."""

import csv
import io
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grpo_legal.errors import UserError
from grpo_legal.legalbench import load
from grpo_legal.legalbench.tsv import Record, read_tsv

AWKWARD = st.text(alphabet=st.one_of(st.sampled_from("\t\n\r\"'\\ ,"), st.characters(codec="utf-8")), max_size=40)


def tsv_bytes(rows: list[list[str]], *, crlf: bool = False, bom: bool = False) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter="\t", lineterminator="\r\n" if crlf else "\n", quoting=csv.QUOTE_ALL).writerows(rows)
    return buffer.getvalue().encode("utf-8-sig" if bom else "utf-8")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(AWKWARD, AWKWARD), min_size=1, max_size=4), st.booleans(), st.booleans())
def test_any_cell_survives_the_round_trip(tmp_path_factory, rows, crlf, bom):
    path = tmp_path_factory.getbasetemp() / "round_trip.tsv"
    path.write_bytes(tsv_bytes([["text", "answer"], *map(list, rows)], crlf=crlf, bom=bom))
    assert [record.cells for record in read_tsv(path)] == [{"text": text, "answer": answer} for text, answer in rows]


def test_lines_are_counted_through_cells_that_span_several(tmp_path):
    path = tmp_path / "x.tsv"
    path.write_bytes(b'text\tanswer\r\n"a\r\nb\r\nc"\tYes\r\n\r\nd\tNo\r\n')
    assert read_tsv(path) == [
        Record(2, {"text": "a\r\nb\r\nc", "answer": "Yes"}),
        Record(6, {"text": "d", "answer": "No"}),
    ]


@pytest.mark.parametrize("text", ["x" * 300_000 + "\tYes", "x\tYes\tNo"], ids=["fits", "fault"])
def test_the_global_field_limit_is_raised_for_the_read_and_put_back(tmp_path, text):
    path = tmp_path / "x.tsv"
    path.write_text(f"text\tanswer\n{text}\n")
    before = csv.field_size_limit(70_000)
    try:
        if text.endswith("No"):
            with pytest.raises(UserError):
                read_tsv(path)
        else:
            assert len(read_tsv(path)[0].cells["text"]) == 300_000
        assert csv.field_size_limit() == 70_000
    finally:
        csv.field_size_limit(before)


def test_threads_do_not_lower_the_limit_under_each_other(tmp_path):
    path = tmp_path / "x.tsv"
    path.write_text("text\tanswer\n" + f"{'x' * 200_000}\tYes\n" * 5)
    before, failures = csv.field_size_limit(), []

    def work() -> None:
        try:
            for _ in range(10):
                read_tsv(path)
        except UserError as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures and csv.field_size_limit() == before


# Content of data/insurance_policy_interpretation/test.tsv -> what the UserError says after the file's path.
HEAD = "index\tpolicy\tclaim\tanswer\n"
FAULTS = {
    "zero bytes": (b"", ", line 1: the file is empty; it should open with column names such as index, text, answer"),
    "header only": (
        HEAD.encode(),
        ", line 2: no row follows the header 'index', 'policy', 'claim', 'answer'; at least one is needed",
    ),
    "no answer column": (
        b"index\tpolicy\tclaim\n0\tp\tc\n",
        ", line 1: no column 'answer' among 'index', 'policy', 'claim'; 'policy', 'claim', 'answer' are needed",
    ),
    "no prompt column": (
        b"index\tPolicy\tclaim\tanswer\n0\tp\tc\tA\n",
        ", line 1: no column 'policy' among 'index', 'Policy', 'claim', 'answer'; "
        "'policy', 'claim', 'answer' are needed",
    ),
    "column twice": (
        b"policy\tclaim\tanswer\tanswer\np\tc\tA\tB\n",
        ", line 1: column 'answer' stands 2 times in the header; once is legal",
    ),
    "too few cells": (
        (HEAD + '0\t"p\nq"\tc\tA\n1\tp\tno answer here\n').encode(),
        ", line 4: 3 cells ('1', 'p', 'no answer here') where the header names 4: index, policy, claim, answer",
    ),
    "too many cells": (
        (HEAD + "0\tp\tc\tA\tB\n").encode(),
        ", line 2: 5 cells ('0', 'p', 'c', 'A', 'B') where the header names 4: index, policy, claim, answer",
    ),
    "answer outside the labels": (
        (HEAD + '0\t"p\nq"\tc\tA\n1\tp\tc\tAB\n').encode(),
        ", line 4: answer 'AB' is none of: A, B, C",
    ),
    "answer of many lines": (
        (HEAD + '0\tp\tc\t"A\n' + "x" * 80 + '"\n').encode(),
        ", line 2: answer 'A\\n" + "x" * 57 + "…' is none of: A, B, C",
    ),
    "no answer": ((HEAD + "0\tp\tc\t\n").encode(), ", line 2: answer '' is none of: A, B, C"),
    "not UTF-8": (
        HEAD.encode() + b"0\tp\tc\tA\n1\tcaf\xe9\tc\tA\n",
        ", line 3: byte 0xe9 is not UTF-8, the only legal encoding",
    ),
    "UTF-16": (HEAD.encode("utf-16"), ", line 1: byte 0xff is not UTF-8, the only legal encoding"),
    "unclosed quote": (
        (HEAD + '0\tp\tc\tA\n1\t"p\tc\tA\n2\tp\tc\tB\n').encode(),
        ", line 3: the row that starts here is not legal TSV: unexpected end of data",
    ),
}


@pytest.mark.parametrize(("content", "complaint"), FAULTS.values(), ids=FAULTS)
def test_a_faulty_file_is_refused_in_one_line(tmp_path, content, complaint):
    path = tmp_path / "data" / "insurance_policy_interpretation" / "test.tsv"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(UserError) as refused:
        load("insurance_policy_interpretation", "train", path=tmp_path)
    assert str(refused.value) == f"{path}{complaint}"


def test_an_unreadable_file_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"cannot be read: Is a directory$"):
        read_tsv(tmp_path)
