"""The audit at the start of a training run: a few seconds, one line, and a stop where the rewards can be gamed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, Literal

from grpo_legal import problems, rewards
from grpo_legal.audit.score import run, share
from grpo_legal.errors import UserError
from grpo_legal.rewards import RewardSpec
from grpo_legal.schema import Problem, PromptStyle

AUDITED = 60  # problems, two or three seconds for the preset irac; every stretch of a run's training set holds all families and answers in their shares


def before_training(
    specs: Sequence[RewardSpec],
    train: Sequence[Problem],
    *,
    style: PromptStyle,
    max_tokens: int,
    mode: Literal["stop", "warn", "off"],
    tell: Callable[[str], None],
) -> dict[str, Any] | None:
    """The audit of a run's rewards on the first of its problems, as a table for the run folder; None where `mode` is off.

    Tells what the best attack earns. Where the rewards can be gamed, "warn" tells that too and "stop" raises UserError.
    """
    if mode == "off":
        return None
    found = run(specs, train[:AUDITED], style=style, max_tokens=max_tokens)
    tell(f"audit: best attack earns {share(found.best.share)} of an honest answer ({found.best.name})")
    if found.faults:
        more = f", and {len(found.faults) - 1} more" if len(found.faults) > 1 else ""
        told = f"the rewards can be gamed: {found.faults[0]}{more}"
        if mode == "stop":
            raise UserError(
                f"{told}; see {_command(specs, train, style, max_tokens)}, or go on with --reward.audit warn"
            )
        tell(f"audit: {told}")
    return found.table()


def _command(specs: Sequence[RewardSpec], train: Sequence[Problem], style: PromptStyle, max_tokens: int) -> str:
    """The audit of these rewards on questions of this kind, which shows every text in full."""
    words = ["python -m grpo_legal.audit --rewards", *[f"{_place(spec)}={spec.weight:g}" for spec in specs]]
    families = sorted({problem.family for problem in train})
    if set(families) <= set(problems.FAMILIES):
        words += ["--data", *families] if len(families) < len(problems.FAMILIES) else []
    words += ["--style", "reasoned" if style == "reasoned" else "short", "--max-tokens", str(max_tokens)]
    return " ".join(words)


def _place(spec: RewardSpec) -> str:
    """The name by which a command line asks for the reward."""
    own = inspect.unwrap(spec.function)
    return spec.name if spec.name in rewards.REGISTRY else f"{own.__module__}:{spec.name.rpartition('.')[2]}"
