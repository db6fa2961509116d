"""Rewards: plain callables that pay for being right first, and for style only on top of that.

A reward is `reward(completions, **columns) -> list[float]`: one number in [0, 1] per completion (citation_supported
alone goes down to -1, for an invented citation). `completions` are strings or lists of chat messages, `columns` every
column of the data set as a list (schema.to_row), with the trainer's extras. It is deterministic, raises on no text,
and has a `__name__` of its own, which is the key of its metrics. Your own is named in the settings as
`module:function` and may be wrapped: `gated(mine)`. Presets of weights are in presets.yaml.

    >>> specs = build({"correct_answer": 1.0, "concise": 0.05}, max_completion_tokens=100)
    >>> [(spec.name, spec.weight) for spec in specs]
    [('correct_answer', 1.0), ('concise', 0.05)]
    >>> row = {"kind": ["yes_no"], "labels": [["Yes", "No"]], "answer": ["Yes"]}
    >>> [Checked(spec)(["Answer: Yes"], **row) for spec in specs], [Checked(spec)(["No"], **row) for spec in specs]
    ([[1.0], [1.0]], [[0.0], [0.0]])
"""

from typing import Any

from grpo_legal.rewards.check import Checked, guarded, keep_ledger, preflight, try_judge
from grpo_legal.rewards.combine import capped, gated, mean_of, scaled
from grpo_legal.rewards.correct import correct_answer
from grpo_legal.rewards.form import answer_format
from grpo_legal.rewards.irac import irac_structure
from grpo_legal.rewards.length import Concise
from grpo_legal.rewards.presets import Preset, preset_weights, presets
from grpo_legal.rewards.registry import (
    REGISTRY,
    STYLE,
    BuiltIn,
    RewardSpec,
    build,
    check_names,
    check_style,
    right_over_wrong,
    style_ceiling,
)
from grpo_legal.rewards.reward import Reward
from grpo_legal.rewards.tolerant import Tolerant

__all__ = [
    "REGISTRY",
    "STYLE",
    "BuiltIn",
    "Checked",
    "Concise",
    "Preset",
    "Reward",
    "RewardSpec",
    "Tolerant",
    "answer_format",
    "build",
    "capped",
    "check_names",
    "check_style",
    "correct_answer",
    "gated",
    "guarded",
    "irac_structure",
    "keep_ledger",
    "mean_of",
    "preflight",
    "preset_weights",
    "presets",
    "right_over_wrong",
    "scaled",
    "style_ceiling",
    "try_judge",
]


def __getattr__(name: str) -> Any:
    """Every other built-in reward, imported when it is asked for: `rewards.citation_supported`."""
    if name in REGISTRY and not (REGISTRY[name].sized or REGISTRY[name].judged):
        return REGISTRY[name].raw()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
