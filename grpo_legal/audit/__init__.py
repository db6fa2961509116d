"""Attacks on rewards, before any GPU hour is spent on them. Needs no model and imports no torch.

    python -m grpo_legal.audit --rewards irac                            a preset, on problems of every family
    python -m grpo_legal.audit --rewards correct_answer=1 mine:pays=0.5  rewards by weight, your own among them
    python -m grpo_legal.audit --data "diversity_*" --style short        on these problems only

Two dozen kinds of text that are not right are scored as completions, and so are honest answers. A reward holds if no
attack earns as much as the shortest honest right answer to the same problem, nor a fifth of it on average.

    >>> from grpo_legal import audit, problems, rewards
    >>> specs = rewards.build({"correct_answer": 1.0}, max_completion_tokens=256)
    >>> found = audit.run(specs, problems.generate("firm_offer", 6, "train", 1), style="reasoned", max_tokens=256)
    >>> found.best.share, found.faults
    (0.0, ())
"""

from grpo_legal.audit.attacks import ATTACKS
from grpo_legal.audit.right import HONEST, LUCKY
from grpo_legal.audit.score import LIMIT, Audit, Line, Worst, run, share
from grpo_legal.audit.start import before_training
from grpo_legal.audit.ways import Attack, Context

__all__ = [
    "ATTACKS",
    "HONEST",
    "LIMIT",
    "LUCKY",
    "Attack",
    "Audit",
    "Context",
    "Line",
    "Worst",
    "before_training",
    "run",
    "share",
]
