"""The questions put to one loaded policy, and the answers written down as they come, so that a kill loses one batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grpo_legal import progress, run_folder
from grpo_legal.errors import UserError
from grpo_legal.evaluation.items import Item, record

if TYPE_CHECKING:
    from rich.console import Console

    from grpo_legal.policy import Policy


@dataclass(frozen=True)
class Asking:
    """How answers are given: tokens after which one is cut, answers a question, how they are sampled and batched."""

    max_new_tokens: int
    batch_size: int
    samples: int = 1
    temperature: float = 0.0
    seed: int = 0


def fitting(policy: Policy, items: Sequence[Item], how: Asking, max_seq_length: int, *, drop: bool) -> list[Item]:
    """The questions whose prompt leaves room for an answer. Raises UserError for another one unless they are dropped, or
    where none is left."""
    room = max_seq_length - how.max_new_tokens
    kept = []
    for item in items:
        count = len(policy.prompt_ids(item.messages))
        if count <= room:
            kept.append(item)
        elif not drop:
            raise UserError(
                f"question {item.id}: its prompt of {count} tokens is longer than the {room} that --max-seq-length "
                f"{max_seq_length} leaves beside --max-new-tokens {how.max_new_tokens} (--long-prompts drop leaves it out)"
            )
    if not kept:
        raise UserError(f"no question fits in the {room} tokens that --max-seq-length {max_seq_length} leaves for it")
    return kept


def answers(
    policy: Policy, name: str, adapter: str | None, items: Sequence[Item], path: Path, how: Asking, console: Console
) -> list[dict[str, Any]]:
    """The scored answers of one model in the order of the questions, those already in its file kept."""
    from grpo_legal import decoding
    from grpo_legal.policy import switched_to

    asked = [(item, k) for item in items for k in range(how.samples)]
    place = {(item.suite, item.id, k): i for i, (item, k) in enumerate(asked)}
    keyed = ((place.get((r["suite"], r["id"], r["sample"])), r) for r in run_folder.read_lines(path))
    found = {i: r for i, r in keyed if i is not None}
    ids = [policy.prompt_ids(item.messages) for item, _ in asked]
    with (
        switched_to(policy, name if adapter else None),
        progress.counted(console, name, total=len(asked), done=len(found)) as came_to,
    ):
        for batch in decoding.complete(
            policy, ids, max_new_tokens=how.max_new_tokens, batch_size=how.batch_size,
            temperature=how.temperature, seed=how.seed, known=found,
        ):  # fmt: skip
            new = {}
            for i, tokens, seconds in (c for c in batch if c.index not in found):
                text = policy.tokenizer.decode(tokens, skip_special_tokens=True)
                new[i] = record(name, *asked[i], text, len(tokens), seconds)
            run_folder.append_lines(path, new.values())
            found |= new
            came_to(len(found))
    return [found[i] for i in range(len(asked))]
