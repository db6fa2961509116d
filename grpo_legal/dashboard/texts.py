"""Numbers and texts as people read them, and lines of an exact width. Pure functions."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

BLOCKS = "▁▂▃▄▅▆▇"  # without the full one, which would touch the line above
HUGE = 1e100  # no metric is this large: treated like a missing value
_ESCAPES = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)")


def duration(seconds: float | None) -> str:
    """`42s`, `7m50s`, `1h02m`, `2d03h`."""
    if seconds is None or not 0 <= seconds < HUGE:
        return "–"
    whole = round(seconds)
    for size, part, units in ((86400, 3600, "dh"), (3600, 60, "hm"), (60, 1, "ms")):
        if whole >= size:
            return f"{whole // size}{units[0]}{whole % size // part:02d}{units[1]}"
    return f"{whole}s"


def dollars(amount: float | None) -> str:
    """`$1,234.50`; below ten cents two significant digits: `$0.012`."""
    if amount is None or not math.isfinite(amount):
        return "–"
    exponent = int(f"{abs(amount):.1e}".split("e")[1]) if amount else 0
    return f"{'−' if amount < 0 else ''}${abs(amount):,.{max(2, 1 - exponent)}f}"


def sparkline(values: Sequence[float | None], width: int, low: float | None = None, high: float | None = None) -> str:
    """A series in block characters, at most `width` of them, each the mean of its stretch of the series.

    They rise from `low` to `high`, by default the least and the largest of these means. A stretch without
    a finite value is a blank; a constant series runs along the middle.
    """
    bins = min(width, len(values))
    stretches = [finite(values[i * len(values) // bins : (i + 1) * len(values) // bins]) for i in range(bins)]
    means = [sum(s) / len(s) if s else None for s in stretches]
    known = finite(means) or [0.0]
    low, high = min(known) if low is None else low, max(known) if high is None else high

    def block(mean: float | None) -> str:
        if mean is None:
            return " "
        share = (mean - low) / (high - low) if high > low else 0.5
        return BLOCKS[min(max(int(share * len(BLOCKS)), 0), len(BLOCKS) - 1)]

    return "".join(map(block, means))


def clean(text: object) -> str:
    """One line of printable characters, without escape sequences, control, bidi and surrogate characters."""
    plain = _ESCAPES.sub("", str(text))
    return " ".join("".join(c if c.isprintable() else " " if c.isspace() else "" for c in plain).split())


ACTS = {"warn": "warned", "lower": "lowered the rate", "rollback": "went back", "stop": "stopped the run"}


def acted(record: Mapping[str, Any]) -> str:
    """What guards did on a step, in a few words; empty where they did nothing.

    >>> acted({"step": 53, "guards": [{"guard": "kl_spike", "act": "lower"}, {"guard": "truncated", "act": ""}]})
    'kl-spike lowered the rate at step 53 '
    """
    found = record.get("guards")
    done = [g for g in found if isinstance(g, Mapping) and str(g.get("act")) in ACTS] if isinstance(found, list) else []
    told = ", ".join(f"{clean(g.get('guard')).replace('_', '-')} {ACTS[g['act']]}" for g in done)
    return f"{told} at step {show(number(record.get('step')), '.0f')} " if told else ""


def number(value: Any) -> float | None:
    """The value as a float (NaN stays NaN), or None for what is not a number."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def finite(values: Iterable[float | None]) -> list[float]:
    """The values that can be drawn."""
    return [v for v in values if v is not None and abs(v) < HUGE]


def show(value: float | None, form: str) -> str:
    """The value in a format specification; `–` for None, `nan` and `inf` as they are."""
    return "–" if value is None else format(value, form) if math.isfinite(value) else str(value)


def line(width: int, *parts: str | tuple[str, str] | Text, right: tuple[str, str] = ("", ""), fill: str = " ") -> Text:
    """Exactly `width` cells: the parts (text, style), dim `fill`, and `right`, which is shortened first."""
    made, end = Text.assemble(*parts, no_wrap=True, end=""), Text(*right)
    end.truncate(max(width - made.cell_len - 2, 0), overflow="ellipsis")
    made.append(fill * (width - made.cell_len - end.cell_len), "dim").append_text(end)
    made.truncate(width, overflow="ellipsis", pad=True)
    return made


def fit(text: str, width: int, rows: int, console: Console) -> list[str]:
    """`text` wrapped into exactly `rows` lines of `width` cells. Where it is too long its middle is left
    out: the end, with the question or the answer, is what a reader looks for."""
    room, wrapped = width * rows, [""]
    while room > 0 and width > 0:
        start, end = text[: max(room * 2 // 3 - 3, 0)], text[-max(room // 3, 1) :]
        cut = f"{start.rpartition(' ')[0] or start} … {end.partition(' ')[2] or end}"
        wrapped = [part.plain.rstrip() for part in Text(text if len(text) <= room else cut).wrap(console, width)]
        if len(wrapped) <= rows:
            break
        room -= max(1, width // 8)
    return [*wrapped, *[""] * rows][:rows]
