"""What a completion's text is, which of its lines is the answer, and what that says.

The *final answer line* is the last line that starts with "Answer:" or "The answer is", or, where a completion has just
one line, that line. Anything said before it is reasoning and is not read. An answer is also a pleading, so that "The answer
is due on May 4" is reasoning, unless the question can be answered by what follows "is".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from grpo_legal.schema.kinds import MAX_ANSWER_LINE, AnswerKind, longest_line
from grpo_legal.schema.parsing import parse_answer
from grpo_legal.schema.words import fold

_OPENS = r"^[\s*#>_`-]{0,12}(?:the\s+)?(?:final\s+)?answer(?:\s+is)?[\s*_`]{0,6}(?:(?P<colon>:)|\bis\b)[\s*_`]{0,6}"
_PLEADING = (
    r"(?![\s*_`]*(?:not\s+|also\s+|therefore\s+)?(?:due|overdue|late|timely|untimely|filed|served|required|deemed)\b)"
)
_SAID = re.compile(_OPENS, re.I)
_ANSWER_LINE = re.compile(rf"{_OPENS}(?(colon)|{_PLEADING})", re.I)
_SEEN = MAX_ANSWER_LINE + 64  # characters of a line in which it opens


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
    return [line[match.end() :].strip() for line in lines if (match := _ANSWER_LINE.match(line[:_SEEN]))]


def without_answer_lines(text: str) -> str:
    """The text but for the lines that start with "Answer:", its line ends as "\\n".

    >>> without_answer_lines("It is late.\\r\\nAnswer: No")
    'It is late.'
    """
    return "\n".join([line for line in text.splitlines() if not _ANSWER_LINE.match(line[:_SEEN])])


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
    if not _ANSWER_LINE.match(lines[-1][:_SEEN]):
        return None
    # The length before the fold: Unicode normalisation takes quadratic time on a long run of accents.
    if any([len(f) > longest for f in found]) or (len(found) > 1 and len({fold(f) for f in found}) > 1):
        return None
    return found[-1]


def read_answer(text: str, kind: AnswerKind, labels: Sequence[str] = ()) -> str | None:
    """The canonical answer that a completion gives, or None if it gives none or more than one. Never raises.

    Several answer lines that say the same give it.

    >>> read_answer("The answer is due on March 3, 2026.\\nAnswer: 2026-03-03", "date")
    '2026-03-03'
    """
    if kind == "text" or (kind == "list" and not labels):  # any words would be an answer
        line = final_answer_line(text, longest_line(kind))
        return None if line is None else parse_answer(line, kind, labels)
    lines = [line for line in text.splitlines() if line and not line.isspace()]
    given, last = set(), -1
    for n, line in enumerate(lines):
        if (match := _SAID.match(line[:_SEEN])) is None:
            continue
        answer = parse_answer(line[match.end() :].strip(), kind, labels)
        if answer is not None or match["colon"]:
            given.add(answer)
            last = n
    if not given:
        return parse_answer(lines[0].strip(), kind, labels) if len(lines) == 1 else None
    return given.pop() if len(given) == 1 and last == len(lines) - 1 else None
