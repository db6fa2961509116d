"""One legal question, the prompt made from it, the answer read out of a completion, and what that is worth.

Problems, rewards and evaluation share this room, so that what is asked for, what is paid for and
what is scored can never drift apart. It imports nothing of ours and never imports torch.

The answer is read from the *final answer line* only: the last line that starts with "Answer:", or,
where a completion has just one line, that line. Anything said before it is reasoning and is not read.
A line that names two different answers names none.

    >>> p = Problem(id="x", family="f", facts="Ann sues Bob.", question="Is there hearsay?", answer="Yes",
    ...             kind="yes_no", labels=("Yes", "No"))
    >>> read_answer("The statement was made in court.\\nAnswer: No", p.kind, p.labels)
    'No'
    >>> read_answer("Answer: Yes and No", p.kind, p.labels) is None
    True
    >>> score_answer(read_answer("Answer: Ann Lee; Bob Ruiz", "list"), "Bob Ruiz", "list")
    0.6666666666666666
"""

from grpo_legal.schema.kinds import (
    AMOUNT_TOLERANCE,
    EMPTY_LIST,
    KINDS,
    MAX_ANSWER_LINE,
    MAX_LIST_LINE,
    YES_NO,
    AnswerKind,
    PromptStyle,
)
from grpo_legal.schema.lists import SEPARATOR, list_items
from grpo_legal.schema.parsing import parse_answer
from grpo_legal.schema.problem import Problem
from grpo_legal.schema.prompt import answer_form, chat_messages, chat_prompt, question_prompt, to_row
from grpo_legal.schema.reading import (
    answer_lines,
    completion_text,
    final_answer_line,
    read_answer,
    without_answer_lines,
)
from grpo_legal.schema.scoring import is_correct, list_counts, score_answer
from grpo_legal.schema.words import fold, is_text

__all__ = [
    "AMOUNT_TOLERANCE",
    "EMPTY_LIST",
    "KINDS",
    "MAX_ANSWER_LINE",
    "MAX_LIST_LINE",
    "SEPARATOR",
    "YES_NO",
    "AnswerKind",
    "Problem",
    "PromptStyle",
    "answer_form",
    "answer_lines",
    "chat_messages",
    "chat_prompt",
    "completion_text",
    "final_answer_line",
    "fold",
    "is_correct",
    "is_text",
    "list_counts",
    "list_items",
    "parse_answer",
    "question_prompt",
    "read_answer",
    "score_answer",
    "to_row",
    "without_answer_lines",
]
