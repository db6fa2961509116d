"""The rewards by name, and the settings' `weights` made into rewards.

To add one: a file for it beside this one, a line in `REGISTRY`, and its cheats in tests/test_rewards_cheats.py. A
built-in is named by its place and imported when a run asks for it, so that `--help` waits for none of them.
"""

from __future__ import annotations

import importlib
import inspect
import math
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grpo_legal.errors import UserError, near
from grpo_legal.judge_settings import JudgeSettings, judge_faults
from grpo_legal.rewards.combine import gated
from grpo_legal.rewards.reward import Reward, name_of, named


@dataclass(frozen=True)
class RewardSpec:
    """One reward of a run: `name` is the key of its metrics and equals `function.__name__`."""

    name: str
    function: Reward
    weight: float


@dataclass(frozen=True)
class BuiltIn:
    """A reward of ours: where it lies, and what it can be worth.

    `place` is `module:function` under grpo_legal.rewards. `on_right` and `on_wrong` are the least and the most that
    it gives where the answer is right (correct_answer 1.0) and where it is wrong (0.0); a style reward is gated, so
    that on a wrong answer it gives at most 0. `sized` marks one that is made for the longest completion, `judged` one
    that is made for the settings of a judge.
    """

    place: str
    on_right: tuple[float, float] = (0.0, 1.0)
    on_wrong: tuple[float, float] = (0.0, 0.0)
    style: bool = True
    sized: bool = False
    judged: bool = False

    def raw(self) -> Reward:
        """The reward as its file has it, not gated; of a sized or judged one what makes it."""
        module, _, attribute = self.place.partition(":")
        return getattr(importlib.import_module(f"grpo_legal.rewards.{module}"), attribute)

    def made(self, max_completion_tokens: int, judge: JudgeSettings) -> Reward:
        """The reward as a run gets it."""
        reward = self.raw()
        if self.sized or self.judged:
            reward = reward(max_completion_tokens if self.sized else judge)
        return gated(reward, alone=self.on_wrong[0] >= 0.0) if self.style else reward


REGISTRY: dict[str, BuiltIn] = {
    "correct_answer": BuiltIn("correct:correct_answer", on_right=(1.0, 1.0), style=False),
    "answer_format": BuiltIn("form:answer_format"),
    "irac_structure": BuiltIn("irac:irac_structure"),
    "grounded_in_facts": BuiltIn("facts:grounded_in_facts"),
    "rule_stated": BuiltIn("rule:rule_stated"),
    "citation_valid": BuiltIn("citations:citation_valid"),
    "citation_supported": BuiltIn("citations:citation_supported", on_right=(-1.0, 1.0), on_wrong=(-1.0, 0.0)),
    # A wrong answer by correct_answer's reading may be the right abstention in other words.
    "calibrated_abstention": BuiltIn(
        "abstain:calibrated_abstention", on_right=(1.0, 1.0), on_wrong=(0.0, 1.0), style=False
    ),
    "concise": BuiltIn("length:for_run", sized=True),
    "no_repetition": BuiltIn("repetition:no_repetition"),
    "no_hedging": BuiltIn("hedging:no_hedging"),
    "legal_quality": BuiltIn("quality:legal_quality"),
    "judge": BuiltIn("judge:Judge", judged=True),
}
STYLE = frozenset(name for name, reward in REGISTRY.items() if reward.style)  # worth nothing on a wrong answer

_USER_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*:[^\W\d]\w*")


def build(
    weights: Mapping[str, float], *, max_completion_tokens: int, judge: JudgeSettings | None = None
) -> list[RewardSpec]:
    """The rewards of a run in the order of `weights`: built-in names, or your own as `module:function`.

    Built-in style rewards come gated by correct_answer, your own as they are, named after the attribute
    (`module.function` where that name is taken). `judge` is read where a weight is named so. One UserError lists every
    fault.
    """
    judge = judge or JudgeSettings()
    faults = [*check_names(weights), *_weight_faults(weights), *(judge_faults(judge) if "judge" in weights else ())]
    functions: dict[str, Reward] = {}
    for name in weights:
        if name in REGISTRY:
            functions[name] = REGISTRY[name].made(max_completion_tokens, judge)
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

    They must weigh less than correct_answer, or, without it, calibrated_abstention, or your own rewards together.
    """
    style = math.fsum(weight for name, weight in weights.items() if name in STYLE)
    own = math.fsum(weight for name, weight in weights.items() if name not in REGISTRY)
    what = next((name for name in ("correct_answer", "calibrated_abstention") if name in weights), "your own")
    right = weights.get(what, own)
    if style == 0 or (style < right and not math.isclose(style, right)):
        return []
    return [f"the style rewards weigh {style:g} together, which must be less than the {right:g} of {what}"]


def right_over_wrong(weights: Mapping[str, float]) -> float:
    """The least by which any right answer's weighted sum exceeds any wrong answer's, from the declared bounds.

    Built-in rewards only: what your own give is unknown. Above 0, no style lifts a wrong answer above a right one.

    >>> right_over_wrong({"correct_answer": 1.0, "answer_format": 0.25, "citation_supported": 0.125})
    0.875
    """
    bounds = [(REGISTRY[name], weight) for name, weight in weights.items() if name in REGISTRY]
    return math.fsum(weight * (reward.on_right[0] - reward.on_wrong[1]) for reward, weight in bounds)


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
