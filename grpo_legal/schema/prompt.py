"""The prompt made from a problem, and the row that the trainer and the rewards see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from grpo_legal.schema.kinds import AnswerKind, PromptStyle
from grpo_legal.schema.problem import Problem

_FORM: dict[AnswerKind, str] = {
    "yes_no": "Yes or No",
    "label": "exactly one of: {labels}",
    "amount": "an amount in dollars, such as $1,234.50",
    "date": "a date, such as 2026-03-31",
    "datetime": "a date and time, such as 2026-03-31 14:30",
    "list": "the names, with semicolons between them, or none",
    "text": "one term or name alone",
}
_SYSTEM: dict[PromptStyle, str] = {
    "short": "You are a careful lawyer. Give only the answer.",
    "reasoned": "You are a careful lawyer. You reason from the governing rule to the facts given, and to nothing else.",
}
_LIST_OF_LABELS = "those that apply, with semicolons between them, or none: {labels}"


def answer_form(kind: AnswerKind, labels: Sequence[str] = ()) -> str:
    """What a legal answer of this kind looks like, in words for the prompt."""
    form = _LIST_OF_LABELS if kind == "list" and labels else _FORM[kind]
    return form.format(labels="; ".join(labels))


def chat_messages(user: str, style: PromptStyle) -> list[dict[str, str]]:
    """The messages around the words of the user: the style's system message first; `few_shot` has none."""
    system = [{"role": "system", "content": _SYSTEM[style]}] if style in _SYSTEM else []
    return [*system, {"role": "user", "content": user}]


def chat_prompt(problem: Problem, style: PromptStyle) -> list[dict[str, str]]:
    """The messages for one problem: `short` asks for the answer line alone, `reasoned` for IRAC and then that line.

    `few_shot` is the benchmark's own text, to be continued. ValueError where the problem has none.
    """
    if style == "few_shot":
        if not problem.few_shot:
            raise ValueError(f"problem {problem.id} has no few-shot prompt")
        return chat_messages(problem.few_shot, style)
    return question_prompt(problem.facts, problem.question, problem.kind, problem.labels, style)


def question_prompt(
    facts: str, question: str, kind: AnswerKind, labels: Sequence[str], style: PromptStyle
) -> list[dict[str, str]]:
    """The messages for a question whose answer nobody need know, `short` or `reasoned`. ValueError for another style."""
    form = answer_form(kind, labels)
    if style == "short":
        ask = f"Answer with {'one word, ' if kind == 'yes_no' else ''}{form}."
    elif style == "reasoned":
        ask = (
            "Reason under the headings Issue, Rule, Application and Conclusion. "
            f'Then end with one line "Answer: " followed by {form}.'
        )
    else:
        raise ValueError(f"prompt style {style!r} is none of short, reasoned, few_shot")
    user = "\n".join(part for part in (facts, question, ask) if part)
    return chat_messages(user, style)


def to_row(problem: Problem, style: PromptStyle) -> dict[str, Any]:
    """One row of the training set: `prompt` for the trainer, every other column a keyword of the rewards."""
    fields = asdict(problem)
    del fields["few_shot"]  # it is the prompt
    fields["problem_id"] = fields.pop("id")
    fields |= {name: list(fields[name]) for name in ("labels", "authorities", "alternatives")}
    return {"prompt": chat_prompt(problem, style), **fields, "style": style}
