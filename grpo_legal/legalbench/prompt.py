"""From LegalBench's few-shot prompt to our zero-shot question: the instruction is kept, the examples go.

A base_prompt.txt is an instruction, some solved examples and a template of the same shape with placeholders:

    A firm offer is ...                     the instruction          -> question
    Q: Ann writes ... Is it firm?           examples                 -> dropped
    A: Yes
    Q: {{text}} Is it firm?                 the template: the row    -> facts
    A:                                      its wording              -> question
                                            its cue ("A:")           -> dropped, our prompt asks in its own form

Blank lines are no guide (some instructions have several paragraphs, some examples a blank line inside). The examples
start at the first line that opens with the template's own first words ("Q:", "Clause:", "Merger Agreement:").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grpo_legal.errors import UserError
from grpo_legal.legalbench.table import Task
from grpo_legal.legalbench.tsv import decode, read_bytes

_PLACEHOLDER = re.compile(r"\{\{\s*(.+?)\s*\}\}")
# What the model is to continue, at the end of the last line: "A:", "Governed by:", "FINAL ANSWER:", "Supportive?".
_CUE = re.compile(r"(?:(?:^|(?<=\s))[A-Za-z][A-Za-z ]{0,30}:|^\w+\?)\s*$")
_ANSWER_FORM = re.compile(r"\s*\bAnswer yes or no\.?\s*$", re.IGNORECASE)  # our own prompt says it
_OPENING = re.compile(r"^Question:\s*")


@dataclass(frozen=True, slots=True)
class Template:
    """How a task is asked: the question, and the lines into which a row's columns go."""

    question: str
    lines: tuple[str, ...]

    def facts(self, cells: Mapping[str, str]) -> str:
        """The row's prompt columns as text. A value is never searched for placeholders."""
        filled = (_PLACEHOLDER.sub(lambda match: clean(cells[match.group(1)]), line) for line in self.lines)
        return "\n".join(filled).strip()


def clean(value: str) -> str:
    """A cell without the blanks around it and with plain newlines."""
    return value.replace("\r\n", "\n").strip()


def template_for(task: Task, base_prompt: Path | None) -> Template:
    """The task's template: from the folder's base_prompt.txt if it has one, else from the table."""
    if base_prompt is None:
        return Template(task.question, _labelled(tuple(f"{{{{{column}}}}}" for column in task.columns)))
    return parse_prompt(decode(read_bytes(base_prompt), base_prompt), task, base_prompt)


def parse_prompt(text: str, task: Task, where: Path) -> Template:
    """The template in the text of a base_prompt.txt. UserError if its placeholders are not the task's columns."""
    found = list(dict.fromkeys(_PLACEHOLDER.findall(text)))
    if sorted(found) != sorted(task.columns):
        names = ", ".join(found) or "none"
        raise UserError(
            f"{where}: the placeholders are {names}; for {task.name} they must be {', '.join(task.columns)}"
        )
    lines = text.splitlines()
    holders = [at for at, line in enumerate(lines) if _PLACEHOLDER.search(line)]
    first, last = holders[0], holders[-1]
    shapes, wording = [], []
    for line in lines[first : last + 1]:
        end = max((match.end() for match in _PLACEHOLDER.finditer(line)), default=len(line))
        shapes.append(line[:end].rstrip())
        wording.append(line[end:].lstrip(" .,;"))
    instruction = _join(lines[: _examples_start(lines, first)])
    question = _join([instruction, _wording(wording + lines[last + 1 :])])
    return Template(question or task.question, _labelled(tuple(shapes)))


def _examples_start(lines: list[str], first: int) -> int:
    """The line at which the solved examples begin: the first that opens as the template does."""
    opening = lines[first].split("{{")[0].strip()
    if not opening:
        return first
    return next(at for at, line in enumerate(lines) if line.lstrip().startswith(opening))


def _wording(parts: list[str]) -> str:
    """What the template says besides the row's columns, without the cue that the model would continue."""
    lines = [line for line in map(str.strip, parts) if re.search(r"\w", line)]
    if lines:
        lines[-1] = _CUE.sub("", lines[-1])
    return _OPENING.sub("", _join(lines))


def _join(lines: list[str]) -> str:
    """The lines as one text, without blank edges and without the closing "Answer Yes or No."."""
    return _ANSWER_FORM.sub("", "\n".join(line.rstrip() for line in lines).strip())


def _labelled(lines: tuple[str, ...]) -> tuple[str, ...]:
    """One column stands alone; of several, each has a label: the template's own, or the column's name."""
    names = [name for line in lines for name in _PLACEHOLDER.findall(line)]
    if len(names) == 1:
        return tuple("{{" + name + "}}" for name in names)
    bare = [_PLACEHOLDER.fullmatch(line) for line in lines]
    return tuple(
        f"{match.group(1).replace('_', ' ').capitalize()}: {line}" if match else line
        for line, match in zip(lines, bare, strict=True)
    )
