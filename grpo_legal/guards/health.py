"""Signs that a run is ill, read from its metrics records: each a pure function that gives a sentence or None.

    non_finite(records)                   loss or gradient norm that is no finite number
    kl_spike(records)                     KL far above what it was
    reward_collapse(records)              mean reward far below the best it was
    entropy_collapse(records)             the policy gives one answer
    truncated(records)                    most completions are cut
    no_variance(records)                  most groups are all alike, and teach nothing
    length_explosion(records)             completions several times as long as at first
    budget(records, usd=20)               dollars or hours are spent

`records` are a run's metrics in order (keys and units: recorder.py), the last one that of the step in question; a key
may be missing or None. A sign must last for `steps` records, or show in their mean: one step is noise. What is then
done about it is not decided here (guarding/). `WATCHES` names them all, as the settings do.

    >>> entropy_collapse([{"entropy": 0.004}] * 10)
    'entropy 0.004 nats a token, below 0.02 for 10 steps: the policy gives one answer'
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from grpo_legal.guards.figures import known, mean, standard_error

Records = Sequence[Mapping[str, Any]]

BROKEN = {"loss": "loss", "grad_norm": "gradient norm"}
OVERFLOWS = 10  # steps that fp16's gradient scaler may drop in a row: it halves its scale each time, 65,536 at first
KL_STEPS = (
    2  # the estimator of KL has a heavy tail (Schulman, joschu.net/blog/kl-approx.html): one step may be one token
)
KL_BEFORE = 20  # records whose median a spike stands out from
LEAST_LONGER = 32  # tokens; below that a longer answer is no explosion
Z = 3.0  # standard errors by which a mean must have fallen


def non_finite(records: Records) -> str | None:
    """The last record's loss or gradient norm is no finite number.

    A step that fp16's gradient scaler dropped (`overflow`) is its ordinary work, until `OVERFLOWS` come in a row.

    >>> non_finite([{"loss": float("nan"), "grad_norm": float("inf")}])
    'loss nan, gradient norm inf: not a finite number'
    """
    if not records:
        return None
    last = records[-1]
    told = [f"{words} {last[key]}" for key, words in BROKEN.items() if _broken(last.get(key))]
    overflows = sum(1 for _ in itertools.takewhile(lambda r: r.get("overflow"), reversed(records)))
    if not told or 0 < overflows < OVERFLOWS:
        return None
    return f"{', '.join(told)}: not a finite number" + (f" for {overflows} steps" if overflows else "")


def kl_spike(records: Records, *, factor: float = 10.0, floor: float = 0.5) -> str | None:
    """KL [nats a token] of the last `KL_STEPS` records at or above `floor` and `factor` times the median before them."""
    values = [math.inf if _broken(r["kl"]) else r["kl"] for r in records if r.get("kl") is not None]
    now, before = values[-KL_STEPS:], values[-KL_STEPS - KL_BEFORE : -KL_STEPS]
    usual = statistics.median(before) if before else 0.0
    limit = max(floor, factor * usual)
    if len(now) < KL_STEPS or min(now) < limit:
        return None
    return f"KL {now[-1]:.3g} nats a token, {KL_STEPS} steps at or above {limit:.3g} (median before: {usual:.2g})"


def reward_collapse(records: Records, *, drop: float = 0.4, steps: int = 10) -> str | None:
    """The mean reward of the last `steps` records is less than 1 - `drop` of the best such mean before them.

    Where the best is above 0 only. The fall must pass `Z` standard errors of the two means, too.
    """
    values = [r["reward"] for r in records if known(r.get("reward"))]
    if len(values) < 2 * steps:
        return None
    sums = [0.0, *itertools.accumulate(values)]
    end = max(range(steps, len(values) - steps + 1), key=lambda i: sums[i] - sums[i - steps])
    best, now = values[end - steps : end], values[-steps:]
    was, is_ = mean(best), mean(now)
    if was <= 0 or was - is_ <= max(drop * was, Z * standard_error(best, now)):
        return None
    return f"mean reward {is_:.2f} over {steps} steps, {1 - is_ / was:.0%} below its best, {was:.2f}"


def entropy_collapse(records: Records, *, floor: float = 0.02, steps: int = 10) -> str | None:
    """Entropy [nats a token] below `floor` in all of the last `steps` records: nothing else is tried any more."""
    now = _lasting(records, "entropy", steps)
    if now is None or max(now) >= floor:
        return None
    return f"entropy {now[-1]:.2g} nats a token, below {floor:g} for {steps} steps: the policy gives one answer"


def truncated(records: Records, *, share: float = 0.8, steps: int = 10) -> str | None:
    """At least `share` of the completions cut off in all of the last `steps` records.

    Completions of one token are left alone: there the answer is the token, and has no room for its end.
    """
    now, lengths = _lasting(records, "truncated", steps), _lasting(records, "completion_length", steps)
    if now is None or min(now) < share or (lengths is not None and max(lengths) <= 1):
        return None
    return f"{now[-1]:.0%} of the completions cut off, {share:.0%} or more for {steps} steps"


def no_variance(records: Records, *, share: float = 0.9, steps: int = 10) -> str | None:
    """At least `share` of the groups without variance in all of the last `steps` records: there is little to learn from."""
    now = _lasting(records, "zero_variance", steps)
    if now is None or min(now) < share:
        return None
    return f"{now[-1]:.0%} of the groups all alike, {share:.0%} or more for {steps} steps: they teach nothing"


def length_explosion(records: Records, *, factor: float = 3.0, steps: int = 10) -> str | None:
    """Mean completion length [tokens] of the last `steps` records at least `factor` times that of the first `steps`."""
    lengths = [r["completion_length"] for r in records if known(r.get("completion_length"))]
    if len(lengths) < 2 * steps:
        return None
    was, is_ = mean(lengths[:steps]), mean(lengths[-steps:])
    if is_ < max(factor * was, was + LEAST_LONGER):
        return None
    return f"completions of {is_:,.0f} tokens over {steps} steps, {is_ / max(was, 1):.1f} times the {was:,.0f} at first"


def budget(records: Records, *, usd: float | None = None, hours: float | None = None) -> str | None:
    """Dollars or hours of training, earlier calls of the run included, have come to the limit.

    >>> budget([{"cost_usd": 20.004, "seconds": 24000.0}], usd=20)
    '$20.00 spent of the $20.00 of guards.max-usd'
    """
    last = records[-1] if records else {}
    cost, seconds = last.get("cost_usd"), last.get("seconds")
    if usd is not None and known(cost) and cost >= usd:
        return f"{_dollars(cost)} spent of the {_dollars(usd)} of guards.max-usd"
    if hours is not None and known(seconds) and seconds / 3600 >= hours:
        return f"{seconds / 3600:.3g} hours of training, of the {hours:g} of guards.max-hours"
    return None


# ---- by the names of the settings -----------------------------------------------------------------------------


class Limits(Protocol):
    """The thresholds, named as in the settings' section `guards`."""

    patience: int
    kl_factor: float
    kl_floor: float
    reward_drop: float
    min_entropy: float
    max_truncated: float
    max_zero_variance: float
    length_factor: float
    max_usd: float | None
    max_hours: float | None


@dataclass(frozen=True)
class Watch:
    """A sign, and for how many steps back it makes the weights suspect: good ones are older.

    A record is of completions that were sampled before its own update: a window of n records tells of weights that are
    n + 1 steps old and younger. A gradient that is no number tells of its own step only, and never reached the weights.
    """

    look: Callable[[Records, Limits], str | None]
    suspect: Callable[[Limits], int]


def _window(limits: Limits) -> int:
    return limits.patience + 1


WATCHES: dict[str, Watch] = {
    "non_finite": Watch(lambda r, s: non_finite(r), lambda s: 1),
    "kl_spike": Watch(lambda r, s: kl_spike(r, factor=s.kl_factor, floor=s.kl_floor), lambda s: KL_STEPS + 1),
    "reward_collapse": Watch(lambda r, s: reward_collapse(r, drop=s.reward_drop, steps=s.patience), _window),
    "entropy_collapse": Watch(lambda r, s: entropy_collapse(r, floor=s.min_entropy, steps=s.patience), _window),
    "truncated": Watch(lambda r, s: truncated(r, share=s.max_truncated, steps=s.patience), _window),
    "no_variance": Watch(lambda r, s: no_variance(r, share=s.max_zero_variance, steps=s.patience), _window),
    "length_explosion": Watch(lambda r, s: length_explosion(r, factor=s.length_factor, steps=s.patience), _window),
    "budget": Watch(lambda r, s: budget(r, usd=s.max_usd, hours=s.max_hours), lambda s: 1),
}
SUPERVISED = (
    "non_finite",
    "budget",
)  # those that make sense without samples: fine-tuning on one answer ends in no entropy


# ---- what was done, as the metrics records tell it ------------------------------------------------------------------


def acts(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The entries under `guards` of a record: `guard`, `says`, `act`, `did`, and `to` where it went back to a step."""
    found = record.get("guards")
    return [entry for entry in found if isinstance(entry, Mapping)] if isinstance(found, list) else []


def stopped(record: Mapping[str, Any]) -> str | None:
    """Which guard ended the run with this record, and why; None where none did.

    >>> stopped({"guards": [{"guard": "budget", "says": "$20.00 spent", "act": "stop", "did": "stopped"}]})
    'budget: $20.00 spent; stopped'
    """
    told = [f"{a['guard'].replace('_', '-')}: {a['says']}; {a['did']}" for a in acts(record) if a.get("act") == "stop"]
    return " · ".join(told) or None


def _lasting(records: Records, key: str, steps: int) -> list[float] | None:
    """The value in each of the last `steps` records, None where there are fewer or one of them has no finite value."""
    values = [r.get(key) for r in records[-steps:]]
    return values if len(values) == steps and all(map(known, values)) else None


def _broken(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _dollars(amount: float) -> str:
    """Two digits after the point, more below ten cents."""
    return f"${amount:,.2f}" if amount >= 0.1 else f"${amount:.2g}"
