"""`answer_format`: is the final answer given in the form that the prompt asks for?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, get_args

from grpo_legal.rewards.correct import answer_of
from grpo_legal.schema import (
    YES_NO,
    AnswerKind,
    PromptStyle,
    answer_lines,
    completion_text,
    parse_answer,
)

MIN_REASON_WORDS = 20  # different words before the answer line: about two short sentences
MAX_EDGE = 2  # characters of white space around a short answer: a space and a line end

# The answer has been read already, so these say only that nothing else stands beside it.
_DATE = (
    r"(?:[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}"
    r"|[a-z]+\.? [0-9]{1,2}(?:st|nd|rd|th)?(?:, ?| )[0-9]{4}"
    r"|[0-9]{1,2}(?:st|nd|rd|th)? (?:of )?[a-z]+\.?,? [0-9]{4})"
)
_TIME = r"[0-9]{1,2}:[0-9]{2}(?::00)?(?: ?[ap]\.?m\.?)?"
_STYLES: tuple[str, ...] = get_args(PromptStyle)
_BARE = {
    "amount": re.compile(
        r"-?(?:USD ?|US)?\$? ?[0-9]{1,3}(?:,?[0-9]{3})*(?:\.[0-9]{1,2})?(?: (?:U\.?S\.? )?(?:dollars?|USD))?", re.I
    ),
    "date": re.compile(_DATE, re.I),
    "datetime": re.compile(rf"{_DATE}(?:T|,? (?:at )?){_TIME}|(?:at )?{_TIME}(?: on|,)? {_DATE}", re.I),
}


def answer_format(
    completions: Sequence[Any],
    *,
    kind: Sequence[AnswerKind],
    labels: Sequence[Sequence[str]],
    style: Sequence[PromptStyle],
    **columns: Any,
) -> list[float]:
    """1.0 for the form asked for, 0.5 for nearly that, else 0.0; whether the answer is right is not looked at.

    Styles "short" and "few_shot": one line and nothing but the answer ("Yes", "Answer: $1,234.50."); 0.5 with more on the line.
    Style "reasoned": one "Answer:" line, the last, nothing but the answer on it, and at least `MIN_REASON_WORDS`
    different words of reasoning before it; 0.5 if the line says more or the reasoning is missing.
    An answer that cannot be read gives 0.0 in both, and so does a chat template's token written out ("<|").
    Source: the format reward of DeepSeek-R1 (arXiv 2501.12948), without its tags.

    >>> told = ["No.", "No, since it is not hearsay", "No way"]
    >>> answer_format(told, kind=["yes_no"] * 3, labels=[["Yes", "No"]] * 3, style=["short"] * 3)
    [1.0, 0.5, 0.0]
    """
    return [
        _form(completion_text(c), k, tuple(names or (YES_NO if k in ("yes_no", "label") else ())), s)
        for c, k, names, s in zip(completions, kind, labels, style, strict=True)
    ]


def _form(text: str, kind: AnswerKind, labels: Sequence[str], style: PromptStyle) -> float:
    if style not in _STYLES:
        raise ValueError(f"prompt style {style!r} is none of {', '.join(_STYLES)}")
    if "<|" in text or answer_of(text, kind, labels) is None:
        return 0.0
    lines = [line for line in text.splitlines() if line and not line.isspace()]
    bare = _is_bare(lines[-1].strip(), kind, labels)
    if style != "reasoned":
        alone = len(lines) == 1 and len(text) - len(text.strip()) <= MAX_EDGE
        return (1.0 if bare else 0.5) if alone else 0.0
    if len(answer_lines(text)) != 1:
        return 0.0
    return 1.0 if bare and _is_reasoned(lines[:-1]) else 0.5


def _is_reasoned(lines: Sequence[str]) -> bool:
    """Whether the lines hold `MIN_REASON_WORDS` different words. Most texts show it in their first lines."""
    reasons: set[str] = set()
    for line in lines:
        reasons.update(line.lower().split())
        if len(reasons) >= MIN_REASON_WORDS:
            return True
    return False


def _is_bare(line: str, kind: AnswerKind, labels: Sequence[str]) -> bool:
    """Whether a line holds the answer alone, with at most "Answer:" before it and a full stop behind it."""
    body = line[len("answer:") :].strip() if line[: len("answer:")].lower() == "answer:" else line
    if kind in _BARE:
        return _BARE[kind].fullmatch(body.removesuffix(".")) is not None
    if kind in ("list", "text"):  # a word beside the items would be an item, or part of the text
        told = parse_answer(body, kind, labels)
        return told is not None and _plain(body) == _plain(told)
    return body.lower() in {form for label in labels for form in (label.lower(), f"{label.lower()}.")}


def _plain(text: str) -> list[str]:
    """The items of a list in alphabetical order, or the one text: case, spacing and a full stop at the end aside."""
    return sorted(" ".join(item.lower().split()).removesuffix(".") for item in text.split(";"))
