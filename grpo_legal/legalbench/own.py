"""Questions of one's own: a JSONL, CSV or TSV file, and which of its columns is what.

    {"text": "Ann, a merchant, offers in writing …", "q": "Is it a firm offer?", "label": "yes"}

    >>> load_file("mine.jsonl", {"facts": "text", "question": "q", "answer": "label"}, "train")    # doctest: +SKIP
    [Problem(id='own/mine/5f0c…', family='mine', …, answer='Yes', kind='yes_no', …)]

`columns` may name `id`, `family`, `split` ("train" or "test"), `kind` and `labels` ("A|B", or a list in JSONL) too. What
it does not name is not read. Without a kind, answers that are all yes or no are "yes_no", any others are labels;
amounts, dates, lists ("a; b") and texts are never guessed. Without a split, half of the passages (`facts`) are held out, by the same hash as
LegalBench's. A question that occurs twice counts once, and not at all with two answers; one in both splits is held out.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from grpo_legal.errors import UserError, near
from grpo_legal.legalbench.loader import SPLITS, in_test_half, text_hash
from grpo_legal.legalbench.prompt import clean
from grpo_legal.legalbench.tsv import Record, decode, fault, read_bytes, read_tsv, shown
from grpo_legal.schema import (
    KINDS,
    SEPARATOR,
    YES_NO,
    AnswerKind,
    Problem,
    answer_form,
    fold,
    is_text,
    list_items,
    parse_answer,
)

KEYS = ("facts", "question", "answer", "id", "family", "labels", "split", "kind")
SUFFIXES = (".jsonl", ".csv", ".tsv")
MAX_LABELS = 50  # more distinct answers than this are no labels but free text
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Question:
    """A row under our names for its columns, with its kind and legal labels."""

    line: int
    cells: dict[str, str]
    kind: AnswerKind
    labels: tuple[str, ...]
    answer: str
    key: str
    passage: str

    @property
    def split(self) -> str:
        return self.cells.get("split") or ("test" if in_test_half(self.passage) else "train")


def load_file(
    path: str | Path,
    columns: Mapping[str, str],
    split: str,
    *,
    kind: AnswerKind | None = None,
    labels: Sequence[str] = (),
) -> list[Problem]:
    """The file's problems of one split, in the order of the file.

    `columns` maps our names to the file's columns; `answer` and one of `facts` and `question` are needed. `kind` and
    `labels` hold for every row that has no kind or labels of its own. Raises UserError for any fault of the file.
    """
    path = Path(path)
    _check_arguments(columns, split, kind, labels)
    records = _renamed(path, _read(path), columns)
    questions = _questions(path, records, kind, tuple(labels))
    kept = [question for question in _uncontested(path, questions) if question.split == split]
    if not kept:
        log.warning("%s: no row falls into the %s half", path, split)
    problems = [_problem(question, path.stem, split) for question in kept]
    _check_ids(path, problems, kept)
    return problems


def _check_arguments(columns: Mapping[str, str], split: str, kind: str | None, labels: Sequence[str]) -> None:
    for key in columns:
        if key not in KEYS:
            raise UserError(f"own questions: column key {key!r} is none of: {', '.join(KEYS)}{near(key, KEYS)}")
    if "answer" not in columns or not {"facts", "question"} & set(columns):
        named = ", ".join(columns) or "nothing"
        raise UserError(f"own questions: the columns name {named}; answer and one of facts, question are needed")
    if split not in SPLITS:
        raise UserError(f"own questions: split {split!r} is none of: {', '.join(SPLITS)}{near(split, SPLITS)}")
    if kind is not None and kind not in KINDS:
        raise UserError(f"own questions: kind {kind!r} is none of: {', '.join(KINDS)}{near(kind, KINDS)}")
    if labels and (isinstance(labels, str) or len({fold(label) for label in labels}) < 2):
        raise UserError(f"own questions: labels {labels!r} are not two or more different ones")


# ---- reading ----------------------------------------------------------------------------------------


def _read(path: Path) -> list[Record]:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UserError(f"{path}: suffix {path.suffix!r} is none of: {', '.join(SUFFIXES)}")
    if suffix == ".jsonl":
        return _read_jsonl(path)
    return read_tsv(path, "," if suffix == ".csv" else "\t")


def _read_jsonl(path: Path) -> list[Record]:
    """One JSON object a line; blank lines are skipped. Lines end in a newline, not in U+2028, which JSON may hold."""
    records = []
    for number, line in enumerate(decode(read_bytes(path), path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise fault(path, number, f"not legal JSON: {error}") from error
        if not isinstance(value, dict):
            raise fault(path, number, f'{shown(line)} is not a JSON object such as {{"question": …, "answer": …}}')
        records.append(Record(number, value))
    if not records:
        raise fault(path, 1, "the file is empty; it should hold one JSON object a line")
    return records


def _renamed(path: Path, records: Sequence[Record], columns: Mapping[str, str]) -> list[Record]:
    """The records under our names, every cell a text with plain newlines."""
    renamed = []
    for record in records:
        for column in columns.values():
            if column not in record.cells:
                present = ", ".join(map(repr, record.cells)) or "none"
                raise fault(path, record.line, f"no column {column!r} among {present}{near(column, record.cells)}")
        cells = {key: _text(path, record, key, column) for key, column in columns.items()}
        if not cells.get("facts") and not cells.get("question"):
            raise fault(path, record.line, "neither facts nor question holds any text")
        if not cells["answer"]:
            raise fault(path, record.line, f"column {columns['answer']!r} holds no answer")
        renamed.append(Record(record.line, cells))
    return renamed


def _text(path: Path, record: Record, key: str, column: str) -> str:
    value: Any = record.cells[column]
    if key == "labels" and isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = "|".join(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise fault(
            path, record.line, f"column {column!r} holds {shown(json.dumps(value))}, which is no text or number"
        )
    text = clean(str(value))
    if not is_text(text):
        raise fault(path, record.line, f"column {column!r} holds half of a surrogate pair, which is no text")
    return text


# ---- kinds, labels, answers -------------------------------------------------------------------------


def _questions(
    path: Path, records: Sequence[Record], kind: AnswerKind | None, labels: tuple[str, ...]
) -> list[_Question]:
    kinds = _kinds(path, records, kind, labels)
    shared = labels
    unlabelled = [r for r, k in zip(records, kinds, strict=True) if k == "label" and not r.cells.get("labels")]
    if unlabelled and not labels:
        shared = _distinct_answers(path, unlabelled)
    questions = []
    for record, row_kind in zip(records, kinds, strict=True):
        own = _own_labels(path, record)
        if row_kind == "list" and any(SEPARATOR in label for label in (*own, *labels)):
            raise fault(path, record.line, f"a label of a list holds {SEPARATOR!r}, which separates its items")
        legal = {"yes_no": YES_NO, "label": own or shared, "list": own or labels}.get(row_kind, ())
        answer = parse_answer(record.cells["answer"], row_kind, legal)
        if row_kind == "list" and answer is not None and len(set(list_items(answer))) < len(list_items(answer)):
            raise fault(path, record.line, f"answer {shown(record.cells['answer'])} has an item twice")
        if answer is None:
            form = answer_form(row_kind, legal)
            raise fault(path, record.line, f"answer {shown(record.cells['answer'])} is no {row_kind}: legal is {form}")
        facts, question = record.cells.get("facts", ""), record.cells.get("question", "")
        if record.cells.get("split", SPLITS[0]) not in SPLITS:
            raise fault(path, record.line, f"split {shown(record.cells['split'])} is none of: {', '.join(SPLITS)}")
        key, passage = text_hash([facts, question, *own]), text_hash([facts or question])
        questions.append(_Question(record.line, record.cells, row_kind, legal, answer, key, passage))
    return questions


def _kinds(path: Path, records: Sequence[Record], kind: AnswerKind | None, labels: tuple[str, ...]) -> list[AnswerKind]:
    """The kind of every row: its own, else the one given, else the one that the rows without a kind have together."""
    for record in records:
        own = record.cells.get("kind")
        if own and own not in KINDS:
            raise fault(path, record.line, f"kind {shown(own)} is none of: {', '.join(KINDS)}{near(own, KINDS)}")
    if kind is None:
        unsaid = [record for record in records if not record.cells.get("kind")]
        free = not labels and not any(record.cells.get("labels") for record in unsaid)
        yes_no = free and all(fold(record.cells["answer"]) in ("yes", "no") for record in unsaid)
        kind = "yes_no" if yes_no else "label"
    return [cast(AnswerKind, record.cells.get("kind") or kind) for record in records]


def _own_labels(path: Path, record: Record) -> tuple[str, ...]:
    """The labels of this row alone, () where it has none."""
    own = tuple(" ".join(label.split()) for label in record.cells.get("labels", "").split("|") if label.strip())
    if own and len({fold(label) for label in own}) < 2:
        raise fault(path, record.line, f"labels {shown('|'.join(own))} are not two or more different ones")
    return own


def _distinct_answers(path: Path, records: Sequence[Record]) -> tuple[str, ...]:
    """The labels of a file that names none: its distinct answers, in alphabetical order. Of those that are read alike, case
    and punctuation at their ends aside, the shortest."""
    answers: dict[str, str] = {}
    for answer in sorted((" ".join(r.cells["answer"].split()) for r in records), key=lambda a: (len(a), a)):
        answers.setdefault(fold(answer), answer)
    if not 2 <= len(answers) <= MAX_LABELS:
        raise UserError(
            f"{path}: the answers are {len(answers)} different ones, such as {shown(next(iter(answers.values())))}; "
            f"2 to {MAX_LABELS} make labels (amounts and dates need their kind said)"
        )
    return tuple(sorted(answers.values()))


# ---- rows to problems -------------------------------------------------------------------------------


def _uncontested(path: Path, questions: Sequence[_Question]) -> list[_Question]:
    """Each text once, in the order of the file: the held-out one first, and none that has two answers."""
    answers: dict[str, set[str]] = {}
    chosen: dict[str, _Question] = {}
    for question in questions:
        answers.setdefault(question.key, set()).add(question.answer)
        if question.key not in chosen or (question.split, chosen[question.key].split) == ("test", "train"):
            chosen[question.key] = question
    kept = [question for question in chosen.values() if len(answers[question.key]) == 1]
    contradictory = sum(len(answers[question.key]) > 1 for question in questions)
    if contradictory:
        log.warning("%s: %d rows with contradictory answers dropped", path, contradictory)
    if repeated := len(questions) - contradictory - len(kept):
        log.warning("%s: %d repeated rows dropped", path, repeated)
    return sorted(kept, key=lambda question: question.line)


def _problem(question: _Question, stem: str, split: str) -> Problem:
    cells = question.cells
    family = cells.get("family") or stem
    return Problem(
        id=cells.get("id") or f"own/{stem}/{question.key[:12]}",
        family=family,
        facts=cells.get("facts", ""),
        question=cells.get("question", ""),
        answer=question.answer,
        kind=question.kind,
        labels=question.labels,
        split=split,
        template=f"{family}/{question.passage[:12]}",
    )


def _check_ids(path: Path, problems: Sequence[Problem], questions: Sequence[_Question]) -> None:
    lines: dict[str, int] = {}
    for problem, question in zip(problems, questions, strict=True):
        if problem.id in lines:
            raise fault(path, question.line, f"id {shown(problem.id)} stands on line {lines[problem.id]} too")
        lines[problem.id] = question.line
