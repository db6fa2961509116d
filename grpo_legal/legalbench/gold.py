"""A gold cell of LegalBench as the canonical answer of a Problem.

The benchmark writes lists in three ways ("a,b", "Acme, Inc.,Bob & Co." and "['Ann Lee', 'Bob Ruiz']"), amounts as
"$27181" and the names of cases with the comma that followed them. Canonical answers are read too, unchanged.

    >>> from grpo_legal.legalbench import find_task
    >>> read_gold(find_task("successor_liability"), "mere continuation,fraudulent conveyance").answer
    'fraudulent conveyance; mere continuation'
    >>> read_gold(find_task("ssla_company_defendants"), "Cemex, S.A.B. de C.V.,Acme, Inc.").answer
    'Cemex, S.A.B. de C.V.; Acme, Inc.'
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from grpo_legal.legalbench.stems import inflections
from grpo_legal.legalbench.table import Task
from grpo_legal.schema import EMPTY_LIST, parse_answer
from grpo_legal.schema.words import fold_name

# Between names there is a comma without a space; a comma within a name has one after it.
_BETWEEN_NAMES = re.compile(r";|,(?!\s)")


@dataclass(frozen=True, slots=True)
class Gold:
    """A canonical answer, and the other texts that are right as well."""

    answer: str
    alternatives: tuple[str, ...] = ()


def read_gold(task: Task, cell: str) -> Gold | None:
    """The gold answer that a cell stands for, or None if it is none of the task's kind or labels."""
    if task.kind == "list":
        return _gold_list(task, cell)
    if task.metric == "stemmed_term_match":
        return _gold_term(cell)
    if task.kind == "text":
        answer = parse_answer(" ".join(cell.split()), "text")
    else:
        answer = task.label_of(cell) if task.labels else parse_answer(cell, task.kind)
    return None if answer is None else Gold(answer)


def _gold_list(task: Task, cell: str) -> Gold | None:
    if parse_answer(cell, "list") == EMPTY_LIST:
        return Gold(EMPTY_LIST)
    items = [task.label_of(item) for item in re.split("[,;]", cell)] if task.labels else _names(cell)
    given = [item for item in dict.fromkeys(items) if item is not None]
    answer = parse_answer("; ".join(given), "list", task.labels) if None not in items else None
    return None if answer is None else Gold(answer)


def _names(cell: str) -> list[str]:
    """The names in a cell, which holds a Python list of texts (ssla_plaintiff) or names with bare commas between."""
    if cell.lstrip().startswith("["):
        try:
            named = ast.literal_eval(cell.strip())
        except (ValueError, SyntaxError):
            return []
        return [name for name in named if isinstance(name, str)]
    return _BETWEEN_NAMES.split(cell)


def _gold_term(cell: str) -> Gold | None:
    """The first of the forms between commas; the others and the inflections of all are right as well."""
    forms = [form for piece in cell.split(",") if (form := parse_answer(piece, "text"))]
    if not forms:
        return None
    others = dict.fromkeys([*forms[1:], *(inflected for form in forms for inflected in inflections(form))])
    return Gold(forms[0], tuple(other for other in others if fold_name(other) != fold_name(forms[0])))
