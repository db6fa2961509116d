"""LegalBench rows as Problems, with a training half cut from the test file.

LegalBench trains nothing: train.tsv holds a handful of few-shot rows. So half of test.tsv becomes training data. The
half is chosen by a hash of the row's text, never by its position: it survives reordering, and the same text falls on
the same side in every task. Departure from the benchmark: a text that occurs twice counts once (a third of CUAD's
test rows are repeats), and one that occurs with two answers (OPP-115) not at all.

    >>> problem = load("hearsay", "train", path="../shared/legalbench")[0]     # doctest: +SKIP
    >>> problem.kind, problem.family, problem.question.splitlines()[-1]        # doctest: +SKIP
    ('yes_no', 'hearsay', 'Is there hearsay?')
"""

from __future__ import annotations

import hashlib
import logging
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from grpo_legal.errors import UserError, near
from grpo_legal.legalbench.folder import ROW_FILES, open_folder
from grpo_legal.legalbench.prompt import Template, template_for
from grpo_legal.legalbench.table import Task, find_task
from grpo_legal.legalbench.tsv import fault, read_tsv, require_columns, shown
from grpo_legal.schema import AnswerKind, Problem

SOURCES = ("dir",)
SPLITS = ("train", "test")
_WORD = re.compile(r"\w+")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a task: its prompt columns, its gold label, the hash of its text and that of its passage."""

    cells: dict[str, str]
    answer: str
    key: str
    passage: str


@dataclass(frozen=True, slots=True)
class Halves:
    """The two sides of a task, and how many rows are on neither."""

    train: list[Row]
    test: list[Row]
    contradictory: int
    repeated: int


def load(task: str, split: str, *, source: str = "dir", path: str | Path) -> list[Problem]:
    """The problems of one task and split, in the order of the files.

    `path` is the folder that holds `data/` and/or `tasks/`, either of these, or one laid out like them.
    """
    if source not in SOURCES:
        raise UserError(f"legalbench source {source!r} is none of: {', '.join(SOURCES)}{near(source, SOURCES)}")
    if split not in SPLITS:
        raise UserError(f"legalbench split {split!r} is none of: {', '.join(SPLITS)}{near(split, SPLITS)}")
    known, folder = find_task(task), open_folder(path)
    files = {name: folder.rows(task, name) for name in ROW_FILES}
    if not any(files.values()):
        raise UserError(f"legalbench task {task!r} has neither train.tsv nor test.tsv in {str(path)!r}")
    train, test = (read_rows(file, known) if file else [] for file in files.values())
    halves = split_rows(train, test)
    rows = halves.train if split == "train" else halves.test
    _log_drops(task, halves)
    if not rows:
        log.warning("legalbench %s: no row falls into the %s half", task, split)
    template = template_for(known, folder.base_prompt(task))
    return [_problem(row, known, template, split) for row in rows]


def read_rows(path: Path, task: Task) -> list[Row]:
    """The rows of one file. UserError for a column that is missing or an answer outside the task's labels."""
    records = read_tsv(path)
    require_columns(path, records, (*task.columns, "answer"))
    rows, blank = [], 0
    for record in records:
        answer = task.label_of(record.cells["answer"])
        if answer is None:
            legal = ", ".join(task.labels)
            raise fault(path, record.line, f"answer {shown(record.cells['answer'])} is none of: {legal}")
        cells = {column: record.cells[column] for column in task.columns}
        if any(value.strip() for value in cells.values()):
            rows.append(Row(cells, answer, text_hash(cells.values()), text_hash([cells[task.columns[0]]])))
        else:
            blank += 1
    if blank:
        log.warning("legalbench %s: %d rows without any text dropped from %s", task.name, blank, path)
    return rows


def split_rows(train: Sequence[Row], test: Sequence[Row]) -> Halves:
    """The rows of train.tsv and of one hash-half of test.tsv; the rows of the other half.

    Without test rows, the train rows are halved. A row of train.tsv whose text is in the test half is dropped.
    """
    answers: dict[str, set[str]] = {}
    for row in (*train, *test):
        answers.setdefault(row.key, set()).add(row.answer)
    halved = {row.key for row in (test or train)}
    sides: dict[str, list[Row]] = {"train": [], "test": []}
    seen: set[str] = set()
    contradictory = repeated = 0
    for row in (*train, *test):
        if len(answers[row.key]) > 1:
            contradictory += 1
        elif row.key in seen:
            repeated += 1
        else:
            seen.add(row.key)
            sides["test" if row.key in halved and _in_test_half(row.key) else "train"].append(row)
    return Halves(sides["train"], sides["test"], contradictory, repeated)


def text_hash(values: Iterable[str]) -> str:
    """SHA-256 of the texts' words, blind to case, spacing and punctuation.

    Punctuation, because CUAD and OPP-115 repeat clauses with and without their full stop, once with another answer.
    """
    folded = (" ".join(_WORD.findall(unicodedata.normalize("NFKC", value).casefold())) for value in values)
    return hashlib.sha256("\x1f".join(folded).encode()).hexdigest()


def _in_test_half(key: str) -> bool:
    return int(key[-1], 16) % 2 == 1  # the last digit: the first twelve make the problem's id


def _problem(row: Row, task: Task, template: Template, split: str) -> Problem:
    return Problem(
        id=f"legalbench/{task.name}/{row.key[:12]}",
        family=task.name,
        facts=template.facts(row.cells),
        question=template.question,
        answer=row.answer,
        kind=cast(AnswerKind, task.kind),
        labels=task.labels,
        split=split,
        template=f"{task.name}/{row.passage[:12]}",
    )


def _log_drops(task: str, halves: Halves) -> None:
    if halves.contradictory:
        log.warning("legalbench %s: %d rows with contradictory answers dropped", task, halves.contradictory)
    if halves.repeated:
        log.info("legalbench %s: %d repeated rows dropped", task, halves.repeated)
