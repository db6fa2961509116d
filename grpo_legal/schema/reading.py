"""What a completion's text is, which of its lines is the answer, and what that says.

The *final answer line* is the last line that starts with "Answer:", or, where a completion has just one line, that
line. Anything said before it is reasoning and is not read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from grpo_legal.schema.kinds import MAX_ANSWER_LINE, AnswerKind, longest_line
from grpo_legal.schema.parsing import parse_answer
from grpo_legal.schema.words import fold

_ANSWER_LINE = re.compile(
    r"^[\s*#>_`-]{0,12}(?:the\s+)?(?:final\s+)?answer(?:\s+is)?[\s*_`]{0,6}(?::|\bis\b)[\s*_`]{0,6}", re.I
)


def completion_text(completion: Any) -> str:
    """The plain text of a completion, whether the trainer hands over a string or a list of chat messages."""
    if isinstance(completion, str):
        return completion
    if type(completion) is list and len(completion) == 1:  # what a trainer hands over, without the loop below
        message = completion[0]
        if type(message) is dict and message.get("role") == "assistant" and type(message.get("content")) is str:
            return message["content"]
    if isinstance(completion, Sequence):
        return "\n".join(
            _content_text(m.get("content")) for m in completion if isinstance(m, dict) and m.get("role") == "assistant"
        )
    return ""


def _content_text(content: Any) -> str:
    """The text of one message's content: a string, or a list of parts such as `{"type": "text", "text": …}`."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(p["text"] for p in parts if isinstance(p, dict) and isinstance(p.get("text"), str))


def answer_lines(text: str) -> list[str]:
    """What follows "Answer:" on every line that starts so, in order."""
    return _answers(text.splitlines())


def _answers(lines: Sequence[str]) -> list[str]:
    return [
        line[match.end() :].strip() for line in lines if (match := _ANSWER_LINE.match(line[: MAX_ANSWER_LINE + 64]))
    ]


def without_answer_lines(text: str) -> str:
    """The text but for the lines that start with "Answer:", its line ends as "\\n".

    >>> without_answer_lines("It is late.\\r\\nAnswer: No")
    'It is late.'
    """
    return "\n".join([line for line in text.splitlines() if not _ANSWER_LINE.match(line[: MAX_ANSWER_LINE + 64])])


def final_answer_line(text: str, longest: int = MAX_ANSWER_LINE) -> str | None:
    """The content of the final answer line, or None where there is none or it has more than `longest` characters.

    None also when the text holds answer lines that differ: an answer given twice, differently, is no answer.
    A line after the last answer line makes the latter not final, unless it is blank.
    """
    lines = [line for line in text.splitlines() if line and not line.isspace()]
    if not lines:
        return None
    found = _answers(lines)
    if not found:
        line = lines[0].strip()
        return line if len(lines) == 1 and len(line) <= longest else None
    if not _ANSWER_LINE.match(lines[-1].strip()[: MAX_ANSWER_LINE + 64]):
        return None
    # The length before the fold: Unicode normalisation takes quadratic time on a long run of accents.
    if any([len(f) > longest for f in found]) or (len(found) > 1 and len({fold(f) for f in found}) > 1):
        return None
    return found[-1]


def read_answer(text: str, kind: AnswerKind, labels: Sequence[str] = ()) -> str | None:
    """The canonical answer that a completion gives, or None if it gives none or more than one. Never raises."""
    line = final_answer_line(text, longest_line(kind))
    return None if line is None else parse_answer(line, kind, labels)
