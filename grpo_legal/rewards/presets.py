"""The presets of weights, from presets.yaml beside this file.

>>> preset_weights("verifiable")
{'correct_answer': 1.0, 'answer_format': 0.1}
>>> list(presets())
['verifiable', 'irac', 'drafting']
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib import resources

import yaml

from grpo_legal.errors import UserError, near


@dataclass(frozen=True)
class Preset:
    """`weights` of rewards by name, and `about`, a sentence on what they are for."""

    about: str
    weights: dict[str, float]


@functools.cache
def presets() -> dict[str, Preset]:
    """All presets by name. The settings read the same file (config.Reward)."""
    text = resources.files("grpo_legal").joinpath("rewards/presets.yaml").read_text("utf-8")
    return {name: Preset(**given) for name, given in yaml.safe_load(text).items()}


def preset_weights(name: str) -> dict[str, float]:
    """The weights of a preset, a copy. Raises UserError where there is none of this name."""
    if name not in presets():
        raise UserError(f"reward preset {name!r} is none of {', '.join(presets())}{near(name, presets())}")
    return dict(presets()[name].weights)
