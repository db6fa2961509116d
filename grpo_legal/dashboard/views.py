"""The views of a run in progress: `LiveView` for a terminal, `PlainView` for everything else, `QuietView` for scripts."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.text import Text

from grpo_legal.dashboard.layout import FAILED, HEALTH, KL, REWARDS, Layout, Row
from grpo_legal.dashboard.texts import acted, clean, dollars, duration, finite, fit, line, number, show, sparkline

WIDE = 110  # columns from which the sample stands beside the numbers, not below them
HEIGHTS = (18, 30)  # rows a frame may take; within that, one less than the terminal has
STATE = 36  # columns kept for the words beside the progress bar
NUMBERS = 26  # columns right of a sparkline: two blanks, the value now (8), its low and high (16)
LABEL = 13  # columns left of a sampled text: what it is, and its reward
STYLES = {"prompt": "dim", "gold": "bold cyan", "best": "green", "worst": "red"}


class View:
    """What all views know: the run's names, how many steps it has, and the latest values."""

    def __init__(
        self,
        title: str,
        max_steps: int,
        weights: Mapping[str, float],
        console: Console | None = None,
        *,
        subtitle: str = "",
        layout: Layout = REWARDS,
    ) -> None:
        self.title, self.subtitle, self.max_steps = clean(title), clean(subtitle), max_steps
        self.weights = {clean(name): weight for name, weight in weights.items()}
        self.console, self.layout = console or Console(), layout
        self.values: dict[str, float | None] = {}  # of the latest record; rewards as "rewards/<name>"
        self.names = list(self.weights)  # of rewards, those without a weight last
        self.held_out: float | None = None  # the latest accuracy on held-out problems, which not every step has
        self.guard = ""  # what a guard did last, and when

    def read(self, record: Mapping[str, Any]) -> None:
        """Take in a record, whatever it lacks."""
        given = record.get("rewards")
        parts = {clean(name): number(v) for name, v in given.items()} if isinstance(given, Mapping) else {}
        self.names += [name for name in parts if name not in self.names]
        self.values = {key: number(value) for key, value in record.items()}
        self.values |= {f"rewards/{name}": value for name, value in parts.items()}
        self.held_out = next(iter(finite([self.values.get("held_out_accuracy")])), self.held_out)
        self.max_steps = int(sum(finite([self.values.get("max_steps")]))) or self.max_steps
        self.guard = acted(record) or self.guard

    def main_rows(self) -> list[Row]:
        """What training is about: the weighted reward and its parts, or what the layout has instead."""
        if self.layout.rows is not None:
            return list(self.layout.rows)
        parts = [Row(f"rewards/{name}", name, name, ".2f") for name in self.names]
        return [Row("reward", "reward", "reward", ".2f"), *parts]

    def steps(self) -> str:
        """`step 12/60`."""
        return f"step {show(self.values.get('step'), '.0f')}/{self.max_steps}"


class PlainView(View):
    """One line a step, for log files and terminals that cannot move their cursor. Never shows samples."""

    def __enter__(self) -> PlainView:
        self._print("  ".join(filter(None, (self.title, self.subtitle))))
        return self

    def __exit__(self, *_: object) -> None: ...

    def update(self, record: Mapping[str, Any]) -> None:
        """Print a step."""
        self.read(record)
        rows = [*self.main_rows(), *self.layout.health[:4], *(row for row in (KL, FAILED) if self.values.get(row.key))]
        shown = [f"{row.plain} {show(v, row.form)}" for row in rows if (v := self.values.get(row.key)) is not None]
        if (accuracy := self.values.get("held_out_accuracy")) is not None:
            shown.append(f"held out {show(accuracy, '.0%')}")
        if (speed := self.values.get("tokens_per_second")) is not None:
            shown.append(f"{show(speed, ',.0f')} tok/s")
        if (cost := self.values.get("cost_usd")) is not None:
            shown.append(dollars(cost))
        self._print("  ".join([self.steps(), *shown, f"eta {duration(self.values.get('eta_seconds'))}"]))

    def sample(self, sample: Mapping[str, Any]) -> None:
        """Not shown: samples are in completions.jsonl."""

    def note(self, text: str) -> None:
        """Print a warning."""
        self._print(f"note: {clean(text)}")

    def _print(self, text: str) -> None:
        coding = self.console.encoding  # a log file in ASCII gets a "?" rather than ending the run
        self.console.print(Text(text.encode(coding, "replace").decode(coding)), soft_wrap=True)


class QuietView(PlainView):
    """Warnings alone: the records are in metrics.jsonl for whoever watches them there."""

    def __enter__(self) -> QuietView:
        return self

    def update(self, record: Mapping[str, Any]) -> None:
        """Not shown."""


class LiveView(View):
    """A frame that keeps its place and height: progress, a line a series, the latest sample and warning.

    Below the last frame all warnings are printed in full. `clock` gives seconds: the frame goes on
    counting between steps, so that a slow step does not look like a dead run.
    """

    def __init__(self, *args: Any, clock: Callable[[], float] = time.monotonic, **named: Any) -> None:
        super().__init__(*args, **named)
        self.series: dict[str, list[float | None]] = {}
        self.shown: dict[str, str] = {}  # the latest sample, cleaned
        self.notes: list[str] = []
        self._slots = len(self.layout.rows) if self.layout.rows else 1 + max(1, len(self.weights))
        self._clock, self._seen = clock, clock()
        self._ended: float | None = None
        self._lock = threading.Lock()  # a thread draws; never held while asking for a refresh
        self._live = Live(self, console=self.console, refresh_per_second=2, vertical_overflow="crop")

    def __enter__(self) -> LiveView:
        self._seen = self._clock()
        self._live.start(refresh=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = self._clock()
        self._live.stop()
        for note in self.notes:
            self.console.print(Text(f"note: {note}", "yellow"))

    def update(self, record: Mapping[str, Any]) -> None:
        """Draw a step."""
        with self._lock:
            self.read(record)
            self._seen = self._clock()
            past = max(map(len, self.series.values()), default=0)
            for key in {**self.series, **self.values}:
                self.series.setdefault(key, [None] * past).append(self.values.get(key))
        self._live.refresh()

    def sample(self, sample: Mapping[str, Any]) -> None:
        """Show a prompt with its gold answer, best and worst completion, until the next one."""
        shown = {"step": show(number(sample.get("step")), ".0f")}
        shown |= {key: clean(sample.get(key) or "") for key in ("prompt", "gold")}
        for key in ("best", "worst"):
            given = sample.get(key) or {}
            text = str(given.get("text") or "").strip().replace("\n", " ⏎ ")
            shown |= {key: clean(text) or "(empty)", f"{key} reward": show(number(given.get("reward")), ".2f")}
        with self._lock:
            self.shown = shown
        self._live.refresh()

    def note(self, text: str) -> None:
        """Show a warning, until the next one.

        It neither locks nor draws (the next refresh does, within half a second): a signal handler may call
        this while its own thread holds one lock and the drawing thread waits for it holding the other.
        """
        self.notes.append(clean(text))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        height = min(max(console.height - 1, HEIGHTS[0]), HEIGHTS[1])
        with self._lock:
            yield Text("\n", no_wrap=True).join(self._frame(options.max_width, height))

    def _frame(self, width: int, height: int) -> list[Text]:
        head = [line(width, (self.title, "bold cyan"), right=(self.subtitle, "dim")), self._progress(width)]
        foot = [self._speed(width), *self._note(width)]
        rows = height - len(head) - len(foot)
        if not self.layout.samples:
            return [*head, *self._numbers(width, self._slots, self.layout.health), *foot]
        if width < WIDE:
            numbers = self._numbers(width, min(self._slots, rows - 11), self.layout.health[:4])
            return [*head, *numbers, *self._sample(width, rows - len(numbers)), *foot]
        left = (width - 3) // 2
        numbers = self._numbers(left, min(self._slots, rows - 7), self.layout.health)
        sample = self._sample(width - 3 - left, max(len(numbers), min(rows, 14)))
        numbers += [line(left)] * (len(sample) - len(numbers))
        return [*head, *(Text("   ").join(pair) for pair in zip(numbers, sample, strict=True)), *foot]

    def _progress(self, width: int) -> Text:
        since = (self._clock() if self._ended is None else self._ended) - self._seen
        spent, left = self.values.get("seconds"), self.values.get("eta_seconds")
        text = f"waiting for the first step · {duration(since)}"
        if self.values:
            left = left and max(left - since, 0.0)
            text = f"{self.steps()} · {duration(spent and spent + since)} · {duration(left)} left"
        room = max(width - max(len(text), STATE) - 2, 0)
        share = sum(finite([self.values.get("step")])) / max(self.max_steps, 1)
        done = round(room * min(max(share, 0), 1))
        return line(width, ("━" * done, "cyan"), ("━" * (room - done), "bright_black"), f"{text:>{width - room}}")

    def _numbers(self, width: int, slots: int, health: tuple[Row, ...]) -> list[Text]:
        """`slots` lines of rewards, a line for each row of `health`, and a heading over both."""
        rewards, more = self.main_rows(), ""
        if len(rewards) > slots:
            more = f"… and {len(rewards) - slots + 1} more"
            rewards = rewards[: slots - 1]
        if any(self.series.get("kl", ())):
            health = tuple(KL if row.key == "entropy" else row for row in health)
        space = min(max(len(self._label(row)) for row in (*rewards, *self.layout.health, *HEALTH)), width * 2 // 5)
        failed = self.values.get(FAILED.key)
        warning = f"{show(failed, FAILED.form)} of them failed " if failed else ""
        lines = [
            line(
                width,
                (f"{self.layout.heading} ", "bold"),
                (warning, "bold red"),
                right=(f" {'now':>8}{'low – high':>16}", "dim"),
                fill="─",
            )
        ]
        lines += [self._series(row, space, width) for row in rewards]
        lines += [line(width, (more, "dim"))] * (slots - len(rewards))
        lines.append(line(width, ("health ", "bold"), (self.guard, "bold yellow"), fill="─"))
        return [*lines, *(self._series(row, space, width) for row in health)]

    def _label(self, row: Row) -> str:
        weight = self.weights.get(row.label) if row.key.startswith("rewards/") else None
        return row.label if weight is None else f"{row.label} ×{weight:g}"

    def _series(self, row: Row, space: int, width: int) -> Text:
        series, now = self.series.get(row.key, []), self.values.get(row.key)
        seen, room = finite(series), max(width - space - NUMBERS, 0)
        span = f"{show(min(seen), row.form)} – {show(max(seen), row.form)}" if seen else ""
        level = 2 if now is not None and math.isnan(now) else sum(now is not None and now >= at for at in row.warn)
        blocks = f"  {sparkline(series, room, *row.scale):<{room}}"
        color, urgency = "green" if row.key.startswith("reward") else "blue", ("bold", "bold yellow", "bold red")
        value = (f"{show(now, row.form):>8}", urgency[level])
        return line(width, line(space, self._label(row)), (blocks, color), value, (f"{span:>16}", "dim"))

    def _sample(self, width: int, rows: int) -> list[Text]:
        """A heading and the latest sample, in `rows` lines."""
        if not self.shown:
            return [line(width, ("sample ", "bold"), fill="─"), *[line(width)] * (rows - 1)]
        each = max(1, 2 * (rows - 2) // 7)
        lines = [line(width, (f"sample at step {self.shown['step']} ", "bold"), fill="─")]
        for key, count in (("prompt", rows - 2 - 2 * each), ("gold", 1), ("best", each), ("worst", each)):
            label = f"{key:<7}{self.shown.get(f'{key} reward', ''):>5} "
            for text in fit(self.shown[key], width - LABEL, count, self.console):
                lines.append(line(width, (label, STYLES[key]), text))
                label = " " * LABEL
        return lines

    def _speed(self, width: int) -> Text:
        if not self.values:
            return line(width)
        forms = {"tokens_per_second": ",.0f", "tokens": ",.0f", "step_seconds": ".1f"}
        speed, tokens, seconds = (show(self.values.get(key), form) for key, form in forms.items())
        cost = dollars(self.values.get("cost_usd"))
        probe = "" if self.held_out is None else f"held out {self.held_out:.0%} right · "
        return line(
            width, (probe, "bold"), (f"{cost} so far · {speed} tokens/s · {seconds} s a step · {tokens} tokens", "dim")
        )

    def _note(self, width: int) -> list[Text]:
        """The latest warning in two lines; empty once the run has ended, when all are printed below."""
        latest = f"▲ {self.notes[-1]}" if self.notes and self._ended is None else ""
        return [line(width, (text, "yellow")) for text in fit(latest, width, 2, self.console)]
