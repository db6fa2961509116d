"""The view of a run in a notebook: a panel in HTML and a picture of its curves, both drawn anew as the run goes on.

The picture is a PNG of its own beside the panel, so that both are kept in the saved notebook and shown where HTML is
stripped of its styles, as on GitHub. Whatever texts hold, they are escaped. Imports IPython and matplotlib when it draws.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from grpo_legal.dashboard.curves import chosen, picture
from grpo_legal.dashboard.layout import FAILED, KL, Row
from grpo_legal.dashboard.texts import clean, dollars, duration, finite, number, show
from grpo_legal.dashboard.views import View

PAUSE = 2.0  # seconds between two pictures, which take a fraction of one
TEXT = 700  # characters of a sampled text
CELL = "padding:1px 14px 1px 0;text-align:left"


def in_kernel() -> bool:
    """Whether this process is a notebook's kernel."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return hasattr(shell, "kernel")


class NotebookView(View):
    """A panel and curves. `clock` gives seconds."""

    def __init__(self, *args: Any, clock: Callable[[], float] = time.monotonic, **named: Any) -> None:
        super().__init__(*args, **named)
        self.series: dict[str, dict[int, float | None]] = {}
        self.shown: dict[str, str] = {}
        self.notes: list[str] = []
        self.state = ""  # "stopped", say; empty while it runs
        self._clock, self._drawn = clock, -PAUSE
        self._panel: Any = None
        self._curves: Any = None

    def __enter__(self) -> NotebookView:
        from IPython.display import HTML, display

        self._panel = display(HTML(self.html()), display_id=True)
        return self

    def __exit__(self, *_: object) -> None:
        self.draw(last=True)

    def update(self, record: Mapping[str, Any]) -> None:
        """Take in a step, and draw unless that was done just now."""
        self.add(record)
        self.draw()

    def add(self, record: Mapping[str, Any]) -> None:
        """Take in a step."""
        self.read(record)
        step = int(sum(finite([self.values.get("step")])))
        for key, value in self.values.items():
            self.series.setdefault(key, {})[step] = value

    def sample(self, sample: Mapping[str, Any]) -> None:
        """Show a prompt with its gold answer, best and worst completion, until the next one."""
        shown = {"step": show(number(sample.get("step")), ".0f")}
        shown |= {key: clean(sample.get(key) or "") for key in ("prompt", "gold")}
        for key in ("best", "worst"):
            given = sample.get(key) or {}
            shown[key] = clean(given.get("text") or "") or "(empty)"
            shown[f"{key} reward"] = show(number(given.get("reward")), ".2f")
        self.shown = shown

    def note(self, text: str) -> None:
        """Keep a warning for the panel."""
        self.notes.append(clean(text))

    def draw(self, last: bool = False) -> None:
        """The panel and the curves as they stand; not more often than every PAUSE seconds, but for the last time."""
        if self._panel is None or (self._clock() - self._drawn < PAUSE and not last):
            return
        from IPython.display import HTML, Image, display

        self._drawn = self._clock()
        self._panel.update(HTML(self.html()))
        series = chosen(self.plotted(), self.series)
        if not series:
            return
        image = Image(data=picture(series, self.max_steps), format="png", alt="curves of the run")
        if self._curves is None:
            self._curves = display(image, display_id=True)
        else:
            self._curves.update(image)

    def plotted(self) -> list[Row]:
        """What is drawn: rewards or loss, health, and the accuracy on held-out problems."""
        probe = Row("held_out_accuracy", "held-out accuracy", "", ".0%")
        rest = [*self.layout.health, *((KL,) if any(self.series.get("kl", {}).values()) else ())]
        return [*self.main_rows(), probe, *rest]

    # ---- the panel ------------------------------------------------------------------------------------------

    def html(self) -> str:
        """The panel. Colours are the page's own, so that it is read on light and dark pages alike."""
        step, spent, left = (self.values.get(key) for key in ("step", "seconds", "eta_seconds"))
        share = min(max(sum(finite([step])) / max(self.max_steps, 1), 0), 1)
        told = f"{self.steps()} · {duration(spent)}" if self.values else "waiting for the first step"
        if self.state or share == 1:
            told += f" · {self.state or 'done'}"
        elif self.values:
            told += f" · {duration(left)} left"
        return "\n".join(
            (
                '<div style="max-width:60em;line-height:1.45">',
                f"<div><b>{escape(self.title)}</b> <span style='opacity:.65'>{escape(self.subtitle)}</span></div>",
                f'<progress value="{share:.4f}" max="1" style="width:100%"></progress><div>{escape(told)}</div>',
                self._table(),
                *self._sample(),
                *(
                    f'<div style="border-left:4px solid #d9a400;padding-left:8px">▲ {escape(n)}</div>'
                    for n in self.notes
                ),
                "</div>",
            )
        )

    def _table(self) -> str:
        failed = [FAILED] if self.values.get(FAILED.key) else []
        rows = [row for row in (*self.main_rows(), *failed, *self.layout.health) if self.series.get(row.key)]
        if not rows:
            return ""
        lines = [
            f'<tr><th style="{CELL}">{h}</th>' if not h else f'<th style="{CELL}">{h}</th>'
            for h in ("", "now", "low", "high")
        ]
        body = []
        for row in rows:
            seen = finite(self.series[row.key].values()) or [None]  # type: ignore[list-item]
            cells = (self._name(row), *(show(v, row.form) for v in (self.values.get(row.key), *_span(seen))))
            body.append("<tr>" + "".join(f'<td style="{CELL}">{escape(c)}</td>' for c in cells) + "</tr>")
        cost, speed = dollars(self.values.get("cost_usd")), show(self.values.get("tokens_per_second"), ",.0f")
        probe = "" if self.held_out is None else f"<b>held out {self.held_out:.0%} right</b> · "
        foot = f'<div style="opacity:.65">{probe}{escape(f"{cost} so far · {speed} tokens/s")}</div>'
        return f"<table>{''.join(lines)}</tr>{''.join(body)}</table>{foot}"

    def _name(self, row: Row) -> str:
        weight = self.weights.get(row.label) if row.key.startswith("rewards/") else None
        return row.label if weight is None else f"{row.label} ×{weight:g}"

    def _sample(self) -> list[str]:
        if not self.shown or not self.layout.samples:
            return []
        lines = [f"<details open><summary>sample at step {escape(self.shown['step'])}</summary><table>"]
        for key in ("prompt", "gold", "best", "worst"):
            reward = self.shown.get(f"{key} reward", "")
            text = self.shown[key] if len(self.shown[key]) <= TEXT else "… " + self.shown[key][-TEXT:]
            cells = (f"{key} {reward}".strip(), text)
            lines.append(
                "<tr>" + "".join(f'<td style="{CELL};vertical-align:top">{escape(c)}</td>' for c in cells) + "</tr>"
            )
        return [*lines, "</table></details>"]


def _span(seen: list[Any]) -> tuple[Any, Any]:
    return (None, None) if seen == [None] else (min(seen), max(seen))
