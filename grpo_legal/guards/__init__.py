"""What is looked for in a run while it trains: signs that it games its reward, and signs that it is ill.

    traits("…"), gamed(texts, prompts, rewards), hacking(records)     gaming.py
    WATCHES["kl_spike"].look(records, limits)                         health.py: a sentence, or None
    stopped(record), acts(record)                                     what the guards did, from a metrics record

Pure functions of texts and metrics records. Imports nothing of ours.
"""

from grpo_legal.guards.gaming import gamed, hacking, traits
from grpo_legal.guards.health import (
    SUPERVISED,
    WATCHES,
    Limits,
    Watch,
    acts,
    budget,
    entropy_collapse,
    kl_spike,
    length_explosion,
    no_variance,
    non_finite,
    reward_collapse,
    stopped,
    truncated,
)

__all__ = [
    "SUPERVISED",
    "WATCHES",
    "Limits",
    "Watch",
    "acts",
    "budget",
    "entropy_collapse",
    "gamed",
    "hacking",
    "kl_spike",
    "length_explosion",
    "no_variance",
    "non_finite",
    "reward_collapse",
    "stopped",
    "traits",
    "truncated",
]
