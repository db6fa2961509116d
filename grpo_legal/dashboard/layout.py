"""Which series of a metrics record the views show, and how: of GRPO, and of supervised fine-tuning."""

from __future__ import annotations

import math
from typing import NamedTuple


class Row(NamedTuple):
    """A series: its key in the record, its names in the two views, its format, the scale of its sparkline."""

    key: str
    label: str
    plain: str
    form: str
    scale: tuple[float | None, float | None] = (None, None)
    warn: tuple[float, float] = (math.inf, math.inf)  # from where on the value is yellow, red


HEALTH = (
    Row("completion_length", "tokens an answer", "length", ",.1f"),
    Row("truncated", "cut off", "cut", ".0%", (0, 1), (0.2, 0.5)),
    Row("zero_variance", "groups all alike", "flat groups", ".0%", (0, 1), (0.5, 0.9)),
    Row("entropy", "entropy", "entropy", ".2f"),
    Row("grad_norm", "gradient norm", "gradient", ".2g"),  # live and wide only
)
FAILED = Row("failed_rewards", "failed", "failed", ".2%")  # shown where it is not 0
KL = Row("kl", "KL", "KL", ".2g")  # in the live view it takes the place of entropy once it is not 0


class Layout(NamedTuple):
    """What a view shows: a heading, the rows under it (None: the rewards), rows on health, and whether samples come."""

    heading: str
    rows: tuple[Row, ...] | None
    health: tuple[Row, ...]  # the last one only in a live and wide view
    samples: bool


REWARDS = Layout("rewards", None, HEALTH, samples=True)
LOSS = Layout(
    "loss",
    (Row("loss", "loss", "loss", ".3f"), Row("token_accuracy", "right tokens", "right tokens", ".0%", (0, 1))),
    (
        Row("entropy", "entropy", "entropy", ".2f"),
        Row("learning_rate", "learning rate", "rate", ".1e"),
        Row("grad_norm", "gradient norm", "gradient", ".2g"),
    ),
    samples=False,
)
