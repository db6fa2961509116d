"""LegalBench rows as Problems, with a training half cut from the test file.

LegalBench trains nothing: train.tsv holds a handful of few-shot rows. So half of test.tsv becomes training data. The
half is chosen by a hash of the row's passage, never by its position: it survives reordering, the questions on one
contract stay together, and the same passage falls on the same side in every task. Departure from the benchmark: a text
that occurs twice counts once (a third of CUAD's test rows are repeats), and one that occurs with two answers (OPP-115)
not at all.

The passage is the column that `Task.passage` names, fixed in advance: picked from the data (the longest on average,
say), it could change with one more row and move every row across. It is the first prompt column in all tasks but
corporate_lobbying, whose first is a bill's title (there bills differ from row to row, and companies come back), and
sara_numeric, whose first is one statute for all rows. Of the 162 tasks only eleven have several columns: in the others
the passage is the whole text.

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

from grpo_legal.errors import UserError, near
from grpo_legal.legalbench.folder import ROW_FILES, Folder
from grpo_legal.legalbench.gold import read_gold
from grpo_legal.legalbench.hub import REVISION, Hub
from grpo_legal.legalbench.prompt import Template, template_for
from grpo_legal.legalbench.sources import open_source
from grpo_legal.legalbench.table import Task, find_task
from grpo_legal.legalbench.tsv import fault, read_tsv, require_columns, shown
from grpo_legal.schema import Problem, answer_form

SPLITS = ("train", "test")
_WORD = re.compile(r"\w+")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a task: its prompt columns, its gold answer, the hash of its text and that of its passage.

    `alternatives` are other texts that are right as well, `cell` is the gold cell as the file holds it.
    """

    cells: dict[str, str]
    answer: str
    key: str
    passage: str
    alternatives: tuple[str, ...] = ()
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Halves:
    """The two sides of a task, and how many rows are on neither; `withheld` are of train.tsv, on a test passage."""

    train: list[Row]
    test: list[Row]
    contradictory: int
    repeated: int
    withheld: int


def load(
    task: str, split: str, *, source: str = "dir", path: str | Path | None = None, revision: str = REVISION
) -> list[Problem]:
    """The problems of one task and split, in the order of the files.

    Source "dir": `path` is the folder that holds `data/` and/or `tasks/`, either of these, or one laid out like them.
    Source "hub": the commit `revision` of nguha/legalbench, downloaded once. It has no base_prompt.txt, so the question
    is the table's, or that of `tasks/<task>/base_prompt.txt` in the folder `path` if one is given.
    """
    known, files = find_task(task), open_source(source, path, revision)
    rows = half_of(known, split, files)
    template = template_for(known, files.base_prompt(task))
    return [_problem(row, known, template, split) for row in rows]


def gold_cells(
    task: str, split: str, *, source: str = "dir", path: str | Path | None = None, revision: str = REVISION
) -> dict[str, str]:
    """Problem id -> gold cell as the file holds it ("$27181"), for the problems that `load` returns: the official scorer's."""
    known, files = find_task(task), open_source(source, path, revision)
    return {problem_id(known, row): row.cell for row in half_of(known, split, files)}


def half_of(task: Task, split: str, files: Folder | Hub) -> list[Row]:
    """The rows of one task that belong to the split, in the order of the files."""
    if split not in SPLITS:
        raise UserError(f"legalbench split {split!r} is none of: {', '.join(SPLITS)}{near(split, SPLITS)}")
    paths = [files.rows(task.name, name) for name in ROW_FILES]
    if not any(paths):
        raise UserError(f"legalbench task {task.name!r} has neither train.tsv nor test.tsv in {files}")
    train, test = (read_rows(path, task) if path else [] for path in paths)
    halves = split_rows(train, test)
    rows = halves.train if split == "train" else halves.test
    _log_drops(task.name, halves)
    if not rows:
        log.warning("legalbench %s: no row falls into the %s half", task.name, split)
    return rows


def read_rows(path: Path, task: Task) -> list[Row]:
    """The rows of one file. UserError for a column that is missing or an answer that is none of the task's."""
    records = read_tsv(path, may_be_empty=task.may_be_empty(path.name))
    require_columns(path, records, (*task.columns, "answer"))
    rows, blank = [], 0
    for record in records:
        gold = read_gold(task, record.cells["answer"])
        if gold is None:
            legal = f"none of: {', '.join(task.labels)}" if task.labels else f"not {answer_form(task.kind)}"
            raise fault(path, record.line, f"answer {shown(record.cells['answer'])} is {legal}")
        cells = {column: record.cells[column] for column in task.columns}
        if any(value.strip() for value in cells.values()):
            key, passage = text_hash(cells.values()), text_hash([cells[task.passage]])
            rows.append(Row(cells, gold.answer, key, passage, gold.alternatives, record.cells["answer"]))
        else:
            blank += 1
    if blank:
        log.warning("legalbench %s: %d rows without any text dropped from %s", task.name, blank, path)
    return rows


def split_rows(train: Sequence[Row], test: Sequence[Row]) -> Halves:
    """The rows of train.tsv and of the passages in one hash-half of test.tsv; the rows of the other half.

    A passage is wholly on one side: a row of train.tsv whose passage is in the test half is left out, unless its text
    is a row of test.tsv. Without test rows, the train rows are halved.
    """
    answers: dict[str, set[str]] = {}
    for row in (*train, *test):
        answers.setdefault(row.key, set()).add(row.answer)
    halved = test or train
    texts = {row.key for row in halved}
    held_out = {row.passage for row in halved if in_test_half(row.passage)}
    sides: dict[str, list[Row]] = {"train": [], "test": []}
    seen: set[str] = set()
    contradictory = repeated = withheld = 0
    for row in (*train, *test):
        if len(answers[row.key]) > 1:
            contradictory += 1
        elif row.key in seen:
            repeated += 1
        else:
            seen.add(row.key)
            if row.passage in held_out and row.key not in texts:
                withheld += 1
            else:
                sides["test" if row.passage in held_out else "train"].append(row)
    return Halves(sides["train"], sides["test"], contradictory, repeated, withheld)


def text_hash(values: Iterable[str]) -> str:
    """SHA-256 of the texts' words, blind to case, spacing and punctuation.

    Punctuation, because CUAD and OPP-115 repeat clauses with and without their full stop, once with another answer.
    """
    folded = (" ".join(_WORD.findall(unicodedata.normalize("NFKC", value).casefold())) for value in values)
    return hashlib.sha256("\x1f".join(folded).encode()).hexdigest()


def in_test_half(passage: str) -> bool:
    """Whether the passage of this hash is held out, where no file says so."""
    return int(passage[-1], 16) % 2 == 1  # the last digit: the first twelve make the problem's id


def problem_id(task: Task, row: Row) -> str:
    """The id of the row's Problem."""
    return f"legalbench/{task.name}/{row.key[:12]}"


def _problem(row: Row, task: Task, template: Template, split: str) -> Problem:
    return Problem(
        id=problem_id(task, row),
        family=task.name,
        facts=template.facts(row.cells),
        question=template.question,
        answer=row.answer,
        kind=task.kind,
        labels=task.labels,
        split=split,
        template=f"{task.name}/{row.passage[:12]}",
        tolerance=task.tolerance,
        alternatives=row.alternatives,
    )


def _log_drops(task: str, halves: Halves) -> None:
    if halves.contradictory:
        log.warning("legalbench %s: %d rows with contradictory answers dropped", task, halves.contradictory)
    if halves.repeated:
        log.info("legalbench %s: %d repeated rows dropped", task, halves.repeated)
    if halves.withheld:
        log.info(
            "legalbench %s: %d rows of train.tsv dropped, their passage is in the test half", task, halves.withheld
        )
