"""The table of LegalBench's 162 tasks: licence, metric, labels, prompt columns and a question in our own words.

Source: licences.tsv and base_prompt.txt of HazyResearch/legalbench. `kind` is that of the answer (schema.AnswerKind).
`metric` is what the benchmark means to compute; successor_liability is scored by balanced accuracy in its published
code, by mistake. rule_qa's is "manual": its free text is marked by a person, so it loads but cannot be trained on.
`columns` are those with a placeholder in base_prompt.txt, the passage first. `question` serves where a folder has rows
but no base_prompt.txt, or where that file asks nothing.

    >>> task_table()["privacy_policy_qa"].labels
    ('Relevant', 'Irrelevant')
"""

from __future__ import annotations

import csv
import string
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import cast

from grpo_legal.errors import UserError, near
from grpo_legal.schema import AnswerKind

# Prefixes that many tasks share: an error names "cuad_*", not 38 tasks, and match_tasks takes it in that form.
_FAMILIES = (
    "contract_nli_",
    "cuad_",
    "diversity_",
    "learned_hands_",
    "maud_",
    "opp115_",
    "ssla_",
    "supply_chain_disclosure_",
)
# Where the first column is not the one that decides: bills differ from row to row and companies come back; all of
# sara_numeric is on one statute.
_PASSAGES = {"corporate_lobbying": "company_description", "sara_numeric": "description"}
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True, slots=True)
class Task:
    """One row of tasks.tsv."""

    name: str
    reasoning: str
    licence: str
    commercial: bool
    metric: str
    kind: AnswerKind
    labels: tuple[str, ...]
    columns: tuple[str, ...]
    question: str

    @property
    def passage(self) -> str:
        """The column that several questions may share: it decides the half, and standard errors are clustered by it."""
        return _PASSAGES.get(self.name, self.columns[0])

    @property
    def trainable(self) -> bool:
        """Whether a program can tell a right answer."""
        return self.metric != "manual"

    @property
    def tolerance(self) -> float:
        """How far off a right amount may be, as a share of it."""
        return 0.1 if self.metric == "numeric_within_10_percent" else 0.0

    def may_be_empty(self, file: str) -> bool:
        """Whether the benchmark itself publishes this file ("train.tsv" or "test.tsv") without a row."""
        return (self.name, file) == ("rule_qa", "train.tsv")

    def label_of(self, cell: str) -> str | None:
        """The label that a gold cell stands for, compared as the official scorer does; None if it is none of them."""
        return {fold_label(label): label for label in self.labels}.get(fold_label(cell))


def fold_label(text: str) -> str:
    """Punctuation removed, stripped, lower-cased: the official scorer's notion of equal labels."""
    return text.translate(_NO_PUNCTUATION).strip().lower()


@cache
def task_table() -> dict[str, Task]:
    """Every task by name, in alphabetical order."""
    text = resources.files(__package__).joinpath("tasks.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {row["task"]: _task(row) for row in rows}


def _task(row: dict[str, str]) -> Task:
    return Task(
        name=row["task"],
        reasoning=row["reasoning"],
        licence=row["licence"],
        commercial=row["commercial"] == "yes",
        metric=row["metric"],
        kind=cast(AnswerKind, row["kind"]),
        labels=tuple(row["labels"].split("|")) if row["labels"] else (),
        columns=tuple(row["columns"].split("|")),
        question=row["question"],
    )


def trainable_tasks() -> list[str]:
    """The tasks whose answers a program can score: all but rule_qa."""
    return [name for name, task in task_table().items() if task.trainable]


def commercial_tasks() -> list[str]:
    """The tasks whose licence allows commercial use."""
    return [name for name, task in task_table().items() if task.commercial]


def find_task(name: str) -> Task:
    """The task of this name, or a UserError that says which there are."""
    task = task_table().get(name)
    if task is None:
        hint = near(name, task_table()) or f"; the tasks are {_summary()}"
        raise UserError(f"legalbench task {name!r} is none of LegalBench's {len(task_table())} tasks{hint}")
    return task


def _summary() -> str:
    """The tasks in one line, large families as a pattern."""
    alone = [name for name in task_table() if not name.startswith(_FAMILIES)]
    return ", ".join(sorted(alone + [f"{prefix}*" for prefix in _FAMILIES]))
