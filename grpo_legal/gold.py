"""What supervised fine-tuning learns from: a prompt, and the answer that is to follow it.

Of a problem the prompt is the very one that the policy is asked in training and evaluation. In style `reasoned` the
answer is the gold explanation, which ends in the answer line; a problem without one (LegalBench, files of one's own) is
asked in style `short` there, so that nobody learns to leave the reasoning out where it is asked for.

A file of one's own (JSONL, CSV, TSV) has the columns `prompt` and `completion`, texts or, in JSONL, chat messages; or,
in JSONL, `messages`, the last of which is the assistant's:

    {"prompt": "Is it hearsay? …", "completion": "Issue: …\\nAnswer: No"}
    {"messages": [{"role": "system", "content": "…"}, {"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]}
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from grpo_legal import leakage, schema
from grpo_legal.errors import UserError
from grpo_legal.legalbench.tsv import decode, fault, read_bytes, read_tsv
from grpo_legal.schema import Problem, PromptStyle

SUFFIXES = {".jsonl": "", ".csv": ",", ".tsv": "\t"}
ROLES = ("system", "user", "assistant")
NO_LOSS = -100  # the label that torch's cross-entropy leaves out

Messages = list[dict[str, str]]


class Example(NamedTuple):
    """A chat prompt and the assistant's answer to it; `id` names it where it is at fault."""

    id: str
    messages: Messages
    completion: str


# ---- of problems --------------------------------------------------------------------------------------


def of_problem(problem: Problem, style: PromptStyle) -> Example:
    """The gold example of a problem.

    >>> p = Problem(id="x", family="f", facts="Ann sues Bob.", question="For how much?", answer="12500.00", kind="amount")
    >>> of_problem(p, "reasoned").completion
    '$12,500.00'
    """
    if style == "reasoned" and problem.explanation:
        return Example(problem.id, schema.chat_prompt(problem, style), problem.explanation)
    asked: PromptStyle = "short" if style == "reasoned" else style
    answer = _money(float(problem.answer)) if problem.kind == "amount" else problem.answer
    return Example(problem.id, schema.chat_prompt(problem, asked), answer)


def _money(dollars: float) -> str:
    return f"{'-' if dollars < 0 else ''}${abs(dollars):,.2f}"


# ---- of a file ----------------------------------------------------------------------------------------


def read(path: str | Path) -> list[Example]:
    """The examples of a file, in its order. Raises UserError for its first fault, by line."""
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UserError(f"sft.path {str(path)!r}: suffix {path.suffix!r} is none of {', '.join(SUFFIXES)}")
    if suffix == ".jsonl":
        lines = decode(read_bytes(path), path).split("\n")
        found = [(n, _parsed(path, n, line)) for n, line in enumerate(lines, 1) if line.strip()]
    else:
        found = [(record.line, dict(record.cells)) for record in read_tsv(path, SUFFIXES[suffix])]
    if not found:
        raise UserError(f"sft.path {str(path)!r} holds no example")
    return [_example(path, line, row) for line, row in found]


def _parsed(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise fault(path, number, f"not legal JSON: {error}") from error
    if not isinstance(row, dict):
        raise fault(path, number, 'not a JSON object such as {"prompt": "…", "completion": "…"}')
    return row


def _example(path: Path, line: int, row: dict[str, Any]) -> Example:
    if "messages" in row:
        messages = _messages(path, line, "messages", row["messages"], "user")
        prompt, answer = messages[:-1], messages[-1:]
    else:
        missing = [name for name in ("prompt", "completion") if name not in row]
        if missing:
            there = ", ".join(map(repr, row)) or "none"
            raise fault(path, line, f"no {' and no '.join(missing)} among the columns {there}")
        prompt = _messages(path, line, "prompt", row["prompt"], "user")
        answer = _messages(path, line, "completion", row["completion"], "assistant")
    if not prompt or prompt[-1]["role"] != "user":
        raise fault(path, line, "the prompt does not end in a message of role 'user'")
    if len(answer) != 1 or answer[0]["role"] != "assistant":
        raise fault(path, line, "the answer is not one message of role 'assistant'")
    return Example(f"{path.name}:{line}", prompt, answer[0]["content"])


def _messages(path: Path, line: int, name: str, value: Any, role: str) -> Messages:
    """A text as one message of `role`, or the messages that are given."""
    if isinstance(value, str):
        value = [{"role": role, "content": value}]
    if not isinstance(value, list) or not value:
        raise fault(path, line, f"{name} is neither a text nor a list of messages")
    for message in value:
        legal = isinstance(message, dict) and message.get("role") in ROLES and isinstance(message.get("content"), str)
        if not legal:
            raise fault(path, line, f'{name} holds a message that is not {{"role": {"|".join(ROLES)}, "content": "…"}}')
        if not message["content"].strip():
            raise fault(path, line, f"{name} holds a message without text")
        if not schema.is_text(message["content"]):
            raise fault(path, line, f"{name} holds half of a surrogate pair, which is no text")
    return [{"role": m["role"], "content": m["content"]} for m in value]


def leaked(held_out: Sequence[Problem], examples: Sequence[Example]) -> list[leakage.Leak]:
    """Held-out problems whose prompt has a near-duplicate among the examples' prompts, worded as the file words them."""
    asked = [example.messages[-1]["content"] for example in examples]
    return leakage.find([f"{p.facts}\n{p.question}" for p in held_out], asked)


# ---- to tokens ----------------------------------------------------------------------------------------


class Encoded(NamedTuple):
    """Rows for the trainer: `input_ids`, and `labels` that are NO_LOSS on the prompt. `dropped` are too long."""

    rows: list[dict[str, list[int]]]
    dropped: int
    longest_answer: int  # in tokens, without its end token


def encode(
    examples: Sequence[Example],
    *,
    prompt_ids: Callable[[Messages], list[int]],
    text_ids: Callable[[str], list[int]],
    end: int,
    max_tokens: int,
    long: str,
) -> Encoded:
    """Prompt, answer and end token of each example, as the policy would have sampled them.

    The prompt is encoded alone, so that its tokens are those of sampling to the last one. An example of more than
    `max_tokens` is left out, never cut; with `long` "error" it is a UserError, as it is where none is left.
    """
    rows: list[dict[str, list[int]]] = []
    longest = 0
    for example in examples:
        prompt, answer = prompt_ids(example.messages), text_ids(example.completion)
        total = len(prompt) + len(answer) + 1
        if total > max_tokens and long == "error":
            raise UserError(
                f"example {example.id} has {total} tokens, more than policy.max-seq-length {max_tokens}; raise that, or "
                "--data.long-prompts drop"
            )
        if total <= max_tokens:
            labels = [NO_LOSS] * len(prompt) + answer + [end]
            rows.append({"input_ids": [*prompt, *answer, end], "labels": labels})
            longest = max(longest, len(answer))
    if not rows:
        raise UserError(f"none of {len(examples)} examples fits into policy.max-seq-length {max_tokens}")
    return Encoded(rows, len(examples) - len(rows), longest)
