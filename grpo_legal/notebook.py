"""Train from a notebook cell and watch: a panel and curves that are drawn anew as the run goes on.

    from grpo_legal import notebook
    notebook.run("train --grpo.max-steps 30 --run.name mine")    trains, and shows it until it ends
    notebook.watch("outputs/mine")                               a run that another process or cell is at, or its end

Training runs in a process of its own: the kernel stays free of the model, and GPU memory is given back when it ends.
Interrupting the cell is Ctrl-C to the run, which saves a checkpoint; `--resume` goes on. In a cell, `!python -m
grpo_legal.train` prints one plain line a step instead.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grpo_legal import cli, config, dashboard, run_folder
from grpo_legal.errors import UserError
from grpo_legal.run_folder import RunFolder

KINDS = ("train", "sft")
POLL = 0.5  # seconds
STALE = 600  # seconds without a new line, after which a run that nobody waits for counts as at rest


class CommandFailed(UserError):
    """A command that ended with a fault: IPython shows its one line and no traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def run(command: str) -> None:
    """Run `train …` or `sft …`, the words as on a command line, and show it until it ends.

    Raises CommandFailed where it ends with a fault, and UserError for another command or a line without sense.
    """
    kind, *words = shlex.split(command)
    kind = kind.removeprefix("grpo_legal.")
    if kind not in KINDS:
        raise UserError(f"{kind!r} is none of {', '.join(KINDS)}: run others by !python -m grpo_legal.{kind}")
    words, folder = _with_name(kind, words)
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as heard:
        process = subprocess.Popen(
            [sys.executable, "-m", f"grpo_legal.{kind}", *words, "--run.view", "quiet"],
            stdout=heard, stderr=subprocess.STDOUT, env=environment, text=True,
        )  # fmt: skip
        _follow_process(process, folder, _Printer(heard))
        if process.returncode:
            heard.seek(0)
            last = heard.read().strip().rpartition("\n")[2]
            raise CommandFailed(f"{kind} ended with status {process.returncode}: {last}")


def watch(path: str, until: Callable[[], bool] | None = None) -> None:
    """Show the run in this folder until `until` says so: by default, until it has its last step or is at rest.

    Raises UserError where no run is there.
    """
    folder = RunFolder(Path(path))
    if not folder.config.is_file():
        raise UserError(f"{path!r} is no run folder: it has no config.yaml")
    settings = config.resolve(config.read_file(folder.config))
    kind = run_folder.made_by(folder)
    view = _view(folder, settings, kind)
    reader = Reader(folder, settings.grpo.num_generations)
    with view:
        try:
            while True:
                over = (
                    until or (lambda: _at_rest(folder))
                )()  # asked first: what is written before the end is read below
                reader.into(view)
                view.draw()
                if over or view.values.get("step") == view.max_steps:
                    break
                time.sleep(POLL)
        except KeyboardInterrupt:
            view.state = "no longer watched"


class Reader:
    """New lines of a run's metrics and completions, as they are written."""

    def __init__(self, folder: RunFolder, group: int) -> None:
        self.metrics, self.completions = _Tail(folder.metrics), _Tail(folder.completions)
        self.group = group
        self.batch: list[dict[str, Any]] = []

    def into(self, view: dashboard.NotebookView) -> None:
        """Hand what is new to the view."""
        for record in self.completions.read():
            self.batch = (
                [*self.batch, record]
                if self.batch[-1:] and self.batch[-1].get("step") == record.get("step")
                else [record]
            )
        whole = len(self.batch) - len(self.batch) % self.group
        if whole and (sample := dashboard.most_different(self.batch[:whole], self.group)):
            view.sample(sample)
        for record in self.metrics.read():
            view.add(record)
            for flag in record.get("flags") or ():
                if flag not in view.notes:
                    view.note(flag)


class _Tail:
    """The lines that were added to a JSON-lines file since the last look; all of them where it was written anew."""

    def __init__(self, path: Path) -> None:
        self.path, self.place, self.file = path, 0, 0

    def read(self) -> list[dict[str, Any]]:
        try:
            with self.path.open("rb") as file:
                now = os.fstat(file.fileno())
                if now.st_ino != self.file or now.st_size < self.place:
                    self.file, self.place = now.st_ino, 0
                file.seek(self.place)
                whole = file.read().rpartition(b"\n")
        except FileNotFoundError:
            return []
        self.place += len(whole[0]) + len(whole[1])
        return [json.loads(line) for line in whole[0].splitlines() if line.strip()]


# ---- the process ---------------------------------------------------------------------------------------------


class _Printer:
    """Prints what a process has written so far, a line at a time."""

    def __init__(self, file: Any) -> None:
        self.file, self.place = file, 0

    def __call__(self, last: bool = False) -> None:
        end = self.file.tell()
        self.file.seek(self.place)
        text = self.file.read()
        self.file.seek(end)
        whole = text if last else text[: text.rfind("\n") + 1]
        self.place += len(whole.encode("utf-8"))
        if whole:
            print(whole, end="", flush=True)


def _with_name(kind: str, words: list[str]) -> tuple[list[str], RunFolder]:
    """The words with a run name in them, and the folder they come to. Raises UserError where they make no sense."""
    line = cli.parse(f"python -m grpo_legal.{kind}", "", words)
    if line.faults:
        raise UserError(f"settings: {'; '.join(line.faults)}")
    asked = line.overrides.get("run", {})
    stored = (config.read_file(line.config) if line.config else {}).get("run") or {}
    name = asked.get("name") or stored.get("name")
    if name is None:
        name = time.strftime(f"{kind}-%Y%m%d-%H%M%S")
        words = [*words, "--run.name", name]
    where = asked.get("output_dir") or stored.get("output_dir") or config.Run().output_dir
    return words, RunFolder(Path(where, name))


def _follow_process(process: subprocess.Popen, folder: RunFolder, tell: Callable[..., None]) -> None:
    """Print what the process says; from its first record on show the run. An interrupt is handed on, and waited for."""
    began = folder.metrics.stat().st_mtime_ns if folder.metrics.is_file() else 0

    def ended() -> bool:
        tell()
        return process.poll() is not None

    def started() -> bool:
        return folder.metrics.is_file() and folder.metrics.stat().st_mtime_ns > began

    try:
        while not ended() and not started():
            time.sleep(POLL)
        if started():
            watch(str(folder.path), until=lambda: ended() or _trained(folder))
        while not ended():
            time.sleep(POLL)
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
    finally:
        process.wait()
        tell(last=True)


def _at_rest(folder: RunFolder) -> bool:
    newest = max(p.stat().st_mtime for p in (folder.config, folder.metrics, folder.completions) if p.is_file())
    return folder.summary.is_file() or time.time() - newest > STALE


def _trained(folder: RunFolder) -> bool:
    return folder.adapter.is_dir()


def _view(folder: RunFolder, settings: config.Settings, kind: str) -> dashboard.NotebookView:
    supervised = kind == "sft"
    return dashboard.NotebookView(
        folder.path.name,
        settings.sft.max_steps if supervised else settings.grpo.max_steps,
        {} if supervised else settings.reward.weights,
        subtitle=f"{settings.policy.model} · {', '.join(settings.data.families[:4])}",
        layout=dashboard.LOSS if supervised else dashboard.REWARDS,
    )
