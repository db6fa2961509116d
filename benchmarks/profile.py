"""Where the time of the default training run goes.

    python -m benchmarks.profile                                     25 steps of preset cpu after one of warm-up
    python -m benchmarks.profile --steps 6 --out results -- --grpo.batch-size 64      settings of train after --

The calls that make up a step are wrapped with a clock; each counts the time spent in it, less that in other wrapped calls
inside it, so that the parts add up to the steps. Every second of the run is seen: probes of held-out problems (every 25
steps), looks for attacks (every 10) and checkpoints (every 20) come as often as they do. The live view is drawn as on a
terminal; what its thread draws beside the steps is counted to it too. Writes profile.json and profile.md into --out.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import io
import os
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.gpu import machine
from benchmarks.tables import Rows, markdown, write_json
from grpo_legal import cli
from grpo_legal.errors import UserError

RESULTS = Path(__file__).parent / "results"
REST = "rest (TRL's and transformers' own)"
OURS = ("rewards", "logging and run folder", "live view", "data")
WANTED = 2.0  # percent, for each of ours
PARTS = (
    "sampling", "forward and backward", "optimizer", *OURS, "callbacks, guards and watch", "held-out probe", "checkpoints", REST,
)  # fmt: skip


class Clock:
    """Seconds by part; a part that begins inside another stops the other's time until it ends."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self.now, self.seconds = now, defaultdict(float)
        self._local = threading.local()
        self.began = self.ended = now()

    def counted(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, its time counted to `part`."""

        @functools.wraps(function)
        def timed(*args: Any, **more: Any) -> Any:
            stack = self._local.__dict__.setdefault("stack", [])
            began = self.now()
            stack.append(0.0)  # seconds of the parts inside
            try:
                return function(*args, **more)
            finally:
                taken = self.now() - began
                self.seconds[part] += taken - stack.pop()
                if stack:
                    stack[-1] += taken

        return timed

    def restart(self) -> None:
        """Forget what was counted: the warm-up is over."""
        self.seconds.clear()
        self.began = self.now()


def watched() -> list[tuple[Any, str, str]]:
    """The calls that are timed: where each is looked up, its name, its part. Imports torch."""
    import torch
    import transformers
    from accelerate import Accelerator

    from grpo_legal import callbacks, recorder, rewards, trainer, watch
    from grpo_legal.dashboard import LiveView

    ours = trainer.SharedPrefixTrainer
    callers = "callbacks, guards and watch"
    return [
        (ours, "training_step", "forward and backward"), (ours, "_prepare_inputs", REST), (ours, "_calculate_rewards", REST),
        (ours, "_generate_single_turn", "sampling"), (ours, "_tokenize_prompts", "data"), (ours, "get_batch_samples", "data"),
        (ours, "_save_checkpoint", "checkpoints"), (ours, "log", "logging and run folder"),
        (Accelerator, "clip_grad_norm_", "optimizer"), (torch.optim.AdamW, "step", "optimizer"),
        (rewards.Tolerant, "__call__", "rewards"), (recorder.CompletionLog, "_write", "logging and run folder"),
        (recorder.MetricsLog, "on_log", "logging and run folder"), (watch.Watch, "__call__", callers),
        (callbacks.WeightsChange, "on_pre_optimizer_step", callers), (callbacks.WeightsChange, "on_optimizer_step", callers),
        (callbacks.StopOnInterrupt, "on_step_end", callers), (transformers.trainer_callback.CallbackHandler, "call_event", callers),
        (watch, "_accuracy", "held-out probe"), 
        (LiveView, "update", "live view"), (LiveView, "sample", "live view"), (LiveView, "note", "live view"),
        (LiveView, "_frame", "live view"),
    ]  # fmt: skip


def profiled(argv: Sequence[str], steps: int, clock: Clock) -> None:
    """Train for `steps` steps after one of warm-up, with `clock` counting. Raises RuntimeError where training fails."""
    from grpo_legal import train, trainer

    with contextlib.ExitStack() as undo:
        for where, name, part in watched():
            own = name in vars(where)
            undo.callback(
                functools.partial(setattr, where, name, getattr(where, name))
                if own
                else functools.partial(delattr, where, name)
            )
            setattr(where, name, clock.counted(part, getattr(where, name)))
        seen = [0]
        fetch, run = trainer.SharedPrefixTrainer.get_batch_samples, trainer.run

        def counting(*args: Any, **more: Any) -> Any:
            seen[0] += 1
            if seen[0] == 2:
                clock.restart()
            return fetch(*args, **more)

        def ending(*args: Any, **more: Any) -> None:
            run(*args, **more)
            clock.ended = clock.now()

        trainer.SharedPrefixTrainer.get_batch_samples = counting
        trainer.run = ending
        undo.callback(setattr, trainer, "run", run)
        undo.enter_context(mock.patch.dict(os.environ, {"TTY_COMPATIBLE": "1", "COLUMNS": "100", "LINES": "40"}))
        with tempfile.TemporaryDirectory() as scratch, contextlib.redirect_stdout(io.StringIO()):
            words = ["--run.view", "live", "--grpo.max-steps", str(steps + 1), "--eval.n", "40", *argv]
            status = train.main([*words, "--run.output-dir", scratch, "--run.name", "profile"])
    if status:
        raise RuntimeError(f"training ended with status {status}")


def table(clock: Clock, steps: int) -> Rows:
    """A row for each part: seconds a step, and its share of the steps in percent."""
    whole = clock.ended - clock.began
    clock.seconds[REST] += max(0.0, whole - sum(clock.seconds.values()))
    return [
        {"part": part, "seconds a step": round(clock.seconds[part] / steps, 4), "percent": round(100 * clock.seconds[part] / whole, 2)}
        for part in PARTS
    ]  # fmt: skip


def main(argv: Sequence[str]) -> int:
    """The command. Returns 1 where a part of ours takes more than is claimed."""
    parser = cli.Parser(
        "python -m benchmarks.profile", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=25, help="that count, after one of warm-up (default 25)")
    parser.add_argument("--preset", default="cpu", help="of train (default cpu)")
    parser.add_argument("--out", type=Path, default=RESULTS, metavar="FOLDER", help="for the results")
    parser.add_argument("settings", nargs="*", help="more settings of train, after --")
    typed = parser.parse_args(argv)
    if typed.steps < 1:
        raise UserError(f"--steps {typed.steps}: 1 or more")
    clock = Clock()
    profiled(["--preset", typed.preset, *typed.settings], typed.steps, clock)
    rows = table(clock, typed.steps)
    print(markdown(rows))
    command = " ".join(["python -m benchmarks.profile", *argv])
    typed.out.mkdir(parents=True, exist_ok=True)
    about = {"command": command, "steps": typed.steps, "seconds": round(clock.ended - clock.began, 3)}
    write_json(str(typed.out / "profile.json"), {"machine": machine.describe() | about, "rows": rows})
    title = f"# Where the time of a training run goes\n\n`{command}`: {typed.steps} steps after one of warm-up.\n\n"
    (typed.out / "profile.md").write_text(f"{title}{markdown(rows)}\n", encoding="utf-8")
    slow = [row["part"] for row in rows if row["part"] in OURS and row["percent"] > WANTED]
    print(f"of ours above {WANTED:g}%: {', '.join(slow) or 'none'}")
    return int(bool(slow))


if __name__ == "__main__":
    cli.run(main)
