"""Time, tokens and dollars of a run, beside what such a run is planned to cost; flags and rewards that failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grpo_legal.reporting.read import Run
from grpo_legal.reporting.words import number, plain, printable

PLAN_DOLLARS = (10.0, 20.0)  # of one full training run on a rented GPU
PLAN_HOURS = (4.0, 8.0)
FLAGS = 40  # shown


@dataclass(frozen=True)
class Spent:
    """One part of the work. `seconds` of answers are those of the model alone."""

    part: str
    seconds: float | None
    tokens: float | None
    dollars: float | None


@dataclass(frozen=True)
class Flag:
    """What the guards said, on how many steps, first and last of them."""

    text: str
    times: int
    first: float | None
    last: float | None


def spent(run: Run) -> list[Spent]:
    """Training, then the answers of each model; dollars by the run's price an hour where it has one."""
    rows = []
    price = hourly(run)
    done: Mapping[str, Any] = run.metrics[-1] if run.metrics else run.summary
    if done:
        seconds, cost = number(done.get("seconds")), number(done.get("cost_usd"))
        rows.append(Spent("training", seconds, number(done.get("tokens")), cost if price else None))
    for name, found in {**run.held_out, **run.models}.items():
        seconds, tokens = (sum(number(r.get(key)) or 0.0 for r in found) for key in ("seconds", "tokens"))
        words = f"held-out answers {name} training" if name in run.held_out else f"evaluation: {plain(name)}"
        rows.append(Spent(words, seconds, tokens, seconds / 3600 * price if price and name in run.held_out else None))
    return rows


def hourly(run: Run) -> float | None:
    """Dollars an hour of the machine that trained, None where the settings have no price."""
    settings = run.config.get("run")
    return (number(settings.get("usd_per_hour")) if isinstance(settings, dict) else None) or None


def against_plan(run: Run) -> str:
    """Training time and cost beside the plan, in a sentence.

    The plan is 4 to 8 hours and $10 to $20 on one rented GPU; a run without a price is told apart from it.
    """
    done: Mapping[str, Any] = run.metrics[-1] if run.metrics else run.summary
    plan = "The plan for a full run on one rented GPU is 4 to 8 hours and $10 to $20"
    seconds, cost = number(done.get("seconds")), number(done.get("cost_usd"))
    if seconds is None:
        return f"{plan}; this folder holds no training."
    if not hourly(run) or cost is None:
        return f"{plan}; this run has no price (run.usd_per_hour is 0), so it is not compared."
    hours = seconds / 3600
    sides = [_beside(hours, PLAN_HOURS, "the time"), _beside(cost, PLAN_DOLLARS, "the cost")]
    ended = number(done.get("step")), number(done.get("max_steps"))
    rest = f" It has come to step {ended[0]:g} of {ended[1]:g}." if None not in ended and ended[0] < ended[1] else ""
    return f"{plan}: {sides[0]} ({hours:.2f} h) and {sides[1]} (${cost:.2f}).{rest}"


def _beside(value: float, plan: tuple[float, float], what: str) -> str:
    place = "below" if value < plan[0] else "above" if value > plan[1] else "within"
    return f"{what} is {place} it"


def flags(metrics: Sequence[Mapping[str, Any]]) -> list[Flag]:
    """Flags in the order in which they were first raised, each text once."""
    seen: dict[str, list[float | None]] = {}
    for record in metrics:
        raised = record.get("flags")
        for text in raised if isinstance(raised, list) else ():
            seen.setdefault(printable(text), []).append(number(record.get("step")))
    return [Flag(text, len(steps), steps[0], steps[-1]) for text, steps in list(seen.items())[:FLAGS]]


def failed_share(metrics: Sequence[Mapping[str, Any]]) -> tuple[float | None, int]:
    """Mean share of rewards that gave no number, None where no step told, and the steps on which any did."""
    told = [v for r in metrics if (v := number(r.get("failed_rewards"))) is not None]
    return (sum(told) / len(told) if told else None), sum(v > 0 for v in told)
