"""One GRPO group computed with its prompt once, exactly.

A legal prompt is long, its answer short, and a group repeats the prompt G times. Here each distinct
prompt is laid out once, followed by its G completions, and a mask lets every completion token see the
prompt and its own completion only:

    tokens     p0 p1 p2 | a0 a1 | b0 b1 b2        one row per distinct prompt, right-padded
    positions   0  1  2 |  3  4 |  3  4  5        what each token would have had on its own

Attention goes through such a row in two parts, the prompt alone and the completions over it (`attention`).
The last token of a completion predicts nothing and is left out; the output head sees each position once, so that the
G first tokens, all predicted by the prompt's last, share one row of logits.
Departure from the usual forward: G·(P + C) tokens become P + G·(C - 1). Log-probabilities, entropies and
gradients are those of the repeated prompts up to rounding (tests/test_shared_prefix.py). Sampling
prefills each distinct prompt once and decodes its group over that one cache; finished completions leave the batch. On CUDA
its steps are recorded and replayed (`recorded`).

Nothing here knows of a trainer: tensors in, tensors out.
"""

from grpo_legal.shared_prefix.packing import Packed, micro_batches, pack
from grpo_legal.shared_prefix.sampling import sample
from grpo_legal.shared_prefix.scoring import attend_in_parts, completion_logps, unsupported

__all__ = ["Packed", "attend_in_parts", "completion_logps", "micro_batches", "pack", "sample", "unsupported"]
