"""The rewards by name, and the settings' `weights` made into rewards.

To add one: a file for it beside this one, a line in `REGISTRY`, and its cheats in tests/test_rewards_cheats.py.
"""

from __future__ import annotations

import importlib
import inspect
import math
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from grpo_legal.errors import UserError, near
from grpo_legal.rewards.combine import gated
from grpo_legal.rewards.correct import correct_answer
from grpo_legal.rewards.form import answer_format
from grpo_legal.rewards.irac import irac_structure
from grpo_legal.rewards.length import Concise
from grpo_legal.rewards.reward import Reward, name_of, named


@dataclass(frozen=True)
class RewardSpec:
    """One reward of a run: `name` is the key of its metrics and equals `function.__name__`."""

    name: str
    function: Reward
    weight: float


def _concise(max_completion_tokens: int) -> Reward:
    """The last fifth of the length is the buffer, as in DAPO (4,096 of 20,480 tokens)."""
    return Concise(limit_tokens=max_completion_tokens, buffer=max(1, max_completion_tokens // 5))


# Each is made for the longest completion that the run allows, in tokens.
REGISTRY: dict[str, Callable[[int], Reward]] = {
    "correct_answer": lambda max_completion_tokens: correct_answer,
    "answer_format": lambda max_completion_tokens: gated(answer_format),
    "irac_structure": lambda max_completion_tokens: gated(irac_structure),
    "concise": lambda max_completion_tokens: gated(_concise(max_completion_tokens)),
}
STYLE = frozenset(REGISTRY) - {"correct_answer"}  # worth nothing on a wrong answer

_USER_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*:[^\W\d]\w*")


def build(weights: Mapping[str, float], *, max_completion_tokens: int) -> list[RewardSpec]:
    """The rewards of a run in the order of `weights`: built-in names, or your own as `module:function`.

    Built-in style rewards come gated by correct_answer, your own as they are, named after the attribute
    (`module.function` where that name is taken). One UserError lists every fault.
    """
    faults = [*check_names(weights), *_weight_faults(weights)]
    functions: dict[str, Reward] = {}
    for name in weights:
        if name in REGISTRY:
            functions[name] = REGISTRY[name](max_completion_tokens)
        elif _USER_NAME.fullmatch(name):
            try:
                functions[name] = _user_reward(name)
            except UserError as error:
                faults.append(str(error))
    if faults:
        raise UserError("; ".join(faults))
    specs = []
    for name, metric in _metric_names(weights).items():
        function = functions[name] if name_of(functions[name]) == metric else named(functions[name], metric)
        specs.append(RewardSpec(metric, function, float(weights[name])))
    return specs


def check_names(names: Iterable[str]) -> list[str]:
    """What is wrong with these reward names, a phrase each. `module:function` is judged by its shape, not imported."""
    legal = ", ".join(REGISTRY)
    return [
        f"reward {name!r} is unknown{near(name, REGISTRY)} (legal: {legal}, or your own as module:function)"
        for name in names
        if name not in REGISTRY and not _USER_NAME.fullmatch(name)
    ]


def check_style(weights: Mapping[str, float]) -> list[str]:
    """Whether the style rewards together could outweigh being right, as phrases; for the settings' validation.

    They must weigh less than correct_answer, or, without it, than your own rewards together.
    """
    style = math.fsum(weight for name, weight in weights.items() if name in STYLE)
    own = math.fsum(weight for name, weight in weights.items() if name not in REGISTRY)
    right, what = (weights["correct_answer"], "correct_answer") if "correct_answer" in weights else (own, "your own")
    if style == 0 or (style < right and not math.isclose(style, right)):
        return []
    return [f"the style rewards weigh {style:g} together, which must be less than the {right:g} of {what}"]


def style_ceiling(specs: Sequence[RewardSpec]) -> float:
    """The most that built-in style can add to a completion's weighted sum: each is at most 1.

    >>> style_ceiling(build({"correct_answer": 1.0, "answer_format": 0.25, "concise": 0.125}, max_completion_tokens=9))
    0.375
    """
    return math.fsum(spec.weight for spec in specs if spec.name in STYLE)


def _weight_faults(weights: Mapping[str, float]) -> list[str]:
    faults = [
        f"reward {name!r} has weight {weight!r} (legal: a finite number, at least 0)"
        for name, weight in weights.items()
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight < math.inf
    ]
    if not faults and not any(weights.values()):
        faults = ["no reward has a weight above 0, so nothing would be learned"]
    return faults


def _metric_names(names: Iterable[str]) -> dict[str, str]:
    """A name of its own for each: the attribute's, or `module.attribute` where that is taken."""
    names = list(names)
    short = Counter(name.partition(":")[2] for name in names)
    taken = {name for name, count in short.items() if count > 1} | set(REGISTRY)
    last = {name: name.partition(":")[2] for name in names}
    return {
        name: name if name in REGISTRY else name.replace(":", ".") if last[name] in taken else last[name]
        for name in names
    }


def _user_reward(name: str) -> Reward:
    """The callable behind `module:function`, with the working directory importable, as under `python -m`."""
    module_name, _, attribute = name.partition(":")
    if not {"", os.getcwd()} & set(sys.path):
        sys.path.insert(0, os.getcwd())
    try:
        module = importlib.import_module(module_name)
    except (Exception, SystemExit) as error:
        why = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise UserError(f"reward {name!r}: {module_name} cannot be imported ({why})") from error
    if not hasattr(module, attribute):
        public = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
        raise UserError(f"reward {name!r}: {module_name} has no {attribute!r}{near(attribute, public)}")
    reward = getattr(module, attribute)
    if not callable(reward) or inspect.iscoroutinefunction(reward):
        what = "an async function" if callable(reward) else f"of type {type(reward).__name__}"
        raise UserError(f"reward {name!r} is {what} (legal: a plain callable reward(completions, **columns))")
    return reward
