"""Answers in batches against a loop of single `generate` calls: how much faster an evaluation is.

    python -m benchmarks.evaluation --json benchmarks/results/evaluation.json

Questions of 200 tokens, answers of exactly 20, greedy, the same policy. The loop answers a part of the questions (--alone), in
turns with the batches, and its time is taken per question; the answers of both must be the same. `alone` is that part,
`ratio` the batches' questions a second over the loop's.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path
from typing import Any

PROMPT, ANSWER = 200, 20


def main() -> None:
    """The command."""
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evaluation", description=__doc__, formatter_class=shape)
    parser.add_argument("--questions", type=int, default=1000, help="answered in batches (default 1000)")
    parser.add_argument("--alone", type=int, default=40, help="of these answered one by one as well (default 40)")
    parser.add_argument("--batch-size", type=int, default=32, help="as evaluate's (default 32)")
    parser.add_argument("--turns", type=int, default=5, help="between batches and loop (default 5)")
    parser.add_argument("--model", default="smollm2-135m", help="as policy.model of train")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the figures as JSON too")
    typed = parser.parse_args()
    told = measure(typed)
    print(
        f"{told['questions']} questions in batches of {told['batch_size']}: {told['batched_per_second']:.2f} a second; one "
        f"by one: {told['alone_per_second']:.2f} a second; ratio {told['ratio']:.2f}; same answers: {told['same_answers']}"
    )
    if typed.json:
        typed.json.parent.mkdir(parents=True, exist_ok=True)
        typed.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def measure(typed: argparse.Namespace) -> dict[str, Any]:
    """Medians over the turns, in questions a second."""
    import torch

    from grpo_legal import config, decoding, policy

    settings = config.Policy(engine="transformers", model=typed.model)
    loaded = policy.load(settings, seed=1, gradient_checkpointing=False)
    loaded.model.eval()
    loaded.tokenizer.eos_token_id, loaded.model.generation_config.eos_token_id = None, None  # answers of full length
    generator = torch.Generator().manual_seed(3)
    size = loaded.model.get_input_embeddings().num_embeddings
    prompts = torch.randint(3, size, (typed.questions, PROMPT), generator=generator).tolist()
    order = sorted(range(len(prompts)), key=lambda i: prompts[i])  # as the batches go: a turn answers a stretch of them
    per_turn = [order[t :: typed.turns] for t in range(typed.turns)]
    batched, alone, same, total = [], [], True, 0
    for turn in per_turn:
        part = [prompts[i] for i in turn]
        began = time.perf_counter()
        made = {}
        for batch in decoding.complete(loaded, part, max_new_tokens=ANSWER, batch_size=typed.batch_size):
            made |= {c.index: c.tokens for c in batch}
        batched.append(len(part) / (time.perf_counter() - began))
        few = part[: max(1, typed.alone // typed.turns)]
        began = time.perf_counter()
        singles = [_single(loaded, prompt) for prompt in few]
        alone.append(len(few) / (time.perf_counter() - began))
        same &= all(made[i] == answer for i, answer in enumerate(singles))
        total += len(few)
    return {
        "questions": len(prompts),
        "alone": total,
        "prompt_tokens": PROMPT,
        "answer_tokens": ANSWER,
        "batch_size": typed.batch_size,
        "batched_per_second": round(statistics.median(batched), 3),
        "alone_per_second": round(statistics.median(alone), 3),
        "ratio": round(statistics.median(b / a for b, a in zip(batched, alone, strict=True)), 3),
        "same_answers": same,
    }


def _single(loaded: Any, prompt: list[int]) -> list[int]:
    import torch

    ids = torch.tensor([prompt], device=loaded.device)
    out = loaded.model.generate(
        input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=ANSWER, do_sample=False, pad_token_id=0
    )
    return out[0, len(prompt) :].tolist()


if __name__ == "__main__":
    main()
