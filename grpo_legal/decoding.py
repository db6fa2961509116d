"""Prompts answered in batches of like length: how training and evaluation ask a policy, the same way.

On the transformers engine each distinct prompt is prefilled once, whatever the number of its samples
(shared_prefix.sample); on the Unsloth engine the model's own `generate` does the work, which Unsloth replaces.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import torch

from grpo_legal import shared_prefix
from grpo_legal.policy import Policy


class Completion(NamedTuple):
    """The completion of the prompt at `index`: its token ids (the end token included), its share of the batch's time."""

    index: int
    tokens: list[int]
    seconds: float


def complete(
    policy: Policy,
    prompts: Sequence[Sequence[int]],
    *,
    max_new_tokens: int,
    batch_size: int,
    temperature: float = 0.0,
    seed: int | None = None,
    known: Collection[int] = (),
) -> Iterator[list[Completion]]:
    """The completions of `prompts` (token ids), a batch at a time, the shortest prompts first. Temperature 0 is greedy.

    With a `seed` every batch draws from a generator state of its own. Batches are cut the same way whatever is `known`
    (indices answered before); one that is known to its end is passed over, another is answered whole again, so that
    work that was interrupted gives the same completions as work that was not.
    """
    order = sorted(range(len(prompts)), key=lambda i: (len(prompts[i]), prompts[i]))
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        if all(i in known for i in batch):
            continue
        if seed is not None:
            torch.manual_seed(seed * 1_000_003 + start)
        began = time.perf_counter()
        completions = _decode(policy, [list(prompts[i]) for i in batch], max_new_tokens, temperature)
        seconds = (time.perf_counter() - began) / len(batch)
        yield [Completion(i, tokens, seconds) for i, tokens in zip(batch, completions, strict=True)]


@torch.no_grad()
def _decode(policy: Policy, prompts: list[list[int]], max_new_tokens: int, temperature: float) -> list[list[int]]:
    was_training = policy.model.training
    policy.model.eval()
    try:
        if policy.engine == "transformers":
            return shared_prefix.sample(
                policy.model, prompts, max_new_tokens=max_new_tokens,
                eos_token_ids=policy.eos_token_ids(), temperature=temperature,
            )  # fmt: skip
        return _generate(policy, prompts, max_new_tokens, temperature)
    finally:
        policy.model.train(was_training)


def _generate(policy: Policy, prompts: list[list[int]], max_new_tokens: int, temperature: float) -> list[list[int]]:
    """Through the model's own generate."""
    batch = policy.tokenizer.pad({"input_ids": prompts}, padding_side="left", return_tensors="pt").to(policy.device)
    ends = policy.eos_token_ids()
    how = {"do_sample": True, "temperature": temperature, "top_p": 1.0, "top_k": 0} if temperature else {}
    out = policy.model.generate(
        **batch,
        max_new_tokens=max_new_tokens,
        eos_token_id=ends,
        pad_token_id=policy.tokenizer.pad_token_id,
        **(how or {"do_sample": False}),
    )
    rows = []
    for row in out[:, batch["input_ids"].size(1) :].tolist():
        end = next((i for i, token in enumerate(row) if token in ends), len(row) - 1)
        rows.append(row[: end + 1])
    return rows
