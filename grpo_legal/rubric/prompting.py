"""The chat messages that put a question of the exam to a model."""

from __future__ import annotations

from grpo_legal.rubric.question import Question

SYSTEM = (
    "You are a careful lawyer. Answer in prose: state each governing rule with its authority, apply it to the facts given "
    "and say why, and end with a clear conclusion."
)


def prompt(question: Question) -> list[dict[str, str]]:
    """A system and a user message; the latter is the question, word for word."""
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": question.question}]
