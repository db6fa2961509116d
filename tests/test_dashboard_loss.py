"""Both views on supervised fine-tuning: the loss in place of rewards, and no samples."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from grpo_legal.dashboard import LOSS, LiveView, PlainView

RECORD = {
    "step": 3, "max_steps": 40, "seconds": 12.0, "step_seconds": 4.0, "eta_seconds": 148.0, "loss": 0.6931, "grad_norm": 1.5,
    "learning_rate": 3e-4, "token_accuracy": 0.75, "entropy": 0.42, "tokens": 5400, "tokens_per_second": 450.0,
    "cost_usd": 0.0,
}  # fmt: skip


def test_a_plain_line():
    view = PlainView("start", 40, {}, Console(width=200, file=io.StringIO()), layout=LOSS)
    view.update(RECORD)
    assert view.console.file.getvalue().strip() == (
        "step 3/40  loss 0.693  right tokens 75%  entropy 0.42  rate 3.0e-04  gradient 1.5  450 tok/s  $0.00  eta 2m28s"
    )


@pytest.mark.parametrize("width", [60, 80, 140])
def test_a_frame(width):
    console = Console(width=width, height=24, file=io.StringIO(), force_terminal=True, color_system=None)
    view = LiveView("start", 40, {}, console, layout=LOSS)
    for step in (1, 2, 3):
        view.update({**RECORD, "step": step, "loss": 1 / step})
    lines = [line.plain for line in view._frame(width, 23)]
    assert all(len(line) <= width for line in lines) and len({len(line) for line in lines}) == 1
    shown = "\n".join(lines)
    assert "loss ───" in shown and "0.333 – 1.000" in shown and "learning rate" in shown
    assert "rewards" not in shown and "sample" not in shown
