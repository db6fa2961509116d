"""How long the prompts of a run are, counted on its own questions without a tokenizer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from statistics import fmean

from grpo_legal import rows
from grpo_legal.config import Settings
from grpo_legal.errors import UserError
from grpo_legal.schema import chat_prompt

SAMPLE = 200  # questions that are looked at
# SmolLM2's and Qwen2.5's tokenizers take digits one by one and most English words whole. Fitted to SmolLM2's with its chat
# template: 5% off at most over 22 families at levels 1 and 3 and LegalBench's cuad, diversity, hearsay and contract_nli
# tasks, in both styles of prompt.
PIECE = re.compile(r"[0-9]|[^\W\d_]+|[^\w\s]")
TOKENS_A_PIECE, TEMPLATE = 1.1, 13


def tokens_of(messages: Iterable[dict[str, str]]) -> int:
    """About how many tokens a chat prompt has.

    >>> tokens_of([{"role": "user", "content": "Ann paid $75,000."}])
    24
    """
    return round(TOKENS_A_PIECE * sum(len(PIECE.findall(m["content"])) for m in messages)) + TEMPLATE


def usual_prompt(settings: Settings) -> int | None:
    """Mean tokens of the prompts that the run would train on; None where its questions are not on this machine."""
    if settings.data.source == "hub":
        return None
    fewer = settings.data.model_copy(update={"train_size": min(settings.data.train_size, SAMPLE), "max_leakage": 1.0})
    try:
        questions = rows.read(settings.model_copy(update={"data": fewer}))
    except UserError:
        return None
    train, longest = questions.train, settings.policy.max_seq_length - settings.grpo.max_completion_length
    found = [tokens_of(chat_prompt(p, fewer.prompt)) for p in train[:: max(1, len(train) // SAMPLE)]]
    kept = [n for n in found if n <= longest] if fewer.long_prompts == "drop" else [min(n, longest) for n in found]
    return round(fmean(kept)) if kept else None
