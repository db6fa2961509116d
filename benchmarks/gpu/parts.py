"""Jobs, alone or side by side, each a process with a time limit that reports by appending lines to a file."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.gpu import machine

POLL_SECONDS = 0.5
TAIL = 2000  # characters of a failed job's stderr that are kept


@dataclass(frozen=True)
class Job:
    """`python -m MODULE REPORT *arguments`, which appends a JSON object a line to REPORT."""

    part: str
    name: str
    module: str
    arguments: tuple[str, ...]
    share: float  # of the time that is left when it starts, at most
    report: Path
    log: Path
    timed: bool = False  # its seconds are a result: nothing else may run beside it
    first: bool = False  # the timed ones need what it makes


@dataclass
class Budget:
    """When everything must have ended, by time.monotonic()."""

    ends: float

    def left(self) -> float:
        return max(0.0, self.ends - time.monotonic())


@dataclass
class Results:
    """The result file. A later call with other parts is added to the file of the same day and card."""

    path: Path
    command: str
    rehearsal: bool
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        if self.path.is_file():
            self.parts = json.loads(self.path.read_text("utf-8"))["parts"]
        self.path.parent.mkdir(parents=True, exist_ok=True)

    def put(self, part: str, name: str, entry: dict[str, Any]) -> None:
        """What is known of a job so far; the file is written anew, whole."""
        about = {"date": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "command": self.command, "switches": machine.switches()}
        with self.lock:
            self.parts.setdefault(part, {})[name] = {**entry, **about}
            made = {"rehearsal": self.rehearsal, "machine": machine.describe(), "parts": self.parts}
            beside = self.path.with_suffix(".tmp")
            beside.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
            os.replace(beside, self.path)

    def all_well(self, jobs: Sequence[Job]) -> bool:
        """Whether every one of these jobs, and at least one, is done and nothing that it checked failed."""
        entries = [self.parts[job.part][job.name] for job in jobs]
        return bool(entries) and all(
            entry["status"] == "done" and all(line.get("ok", True) for line in entry["results"]) for entry in entries
        )


def run_all(jobs: Sequence[Job], results: Results, budget: Budget, *, load_together: bool) -> None:
    """Jobs whose seconds are no result run side by side, then the timed ones one after the other.

    With `load_together` the timed ones start as soon as nothing that is `first` runs any more, load beside the others,
    and wait for their turn (`turn`) before they measure.
    """
    first, beside = [job for job in jobs if job.first], [job for job in jobs if not job.timed and not job.first]
    timed = [job for job in jobs if job.timed]
    with ThreadPoolExecutor(len(jobs) or 1) as pool, contextlib.ExitStack() as waiting:
        if load_together and timed:
            waiting.enter_context(turn())  # ours, until everything else is done
        started = [pool.submit(run, job, results, budget) for job in (*first, *beside)]
        for done in started[: len(first)]:
            done.result()
        loading = [pool.submit(run, job, results, budget) for job in timed] if load_together else []
        for done in started:
            done.result()
        waiting.close()
        for done in loading:
            done.result()
    for job in [] if load_together else timed:
        run(job, results, budget)


@contextlib.contextmanager
def turn() -> Iterator[None]:
    """Only one of the jobs that the command started is inside at a time; the others wait."""
    path = os.environ.setdefault("PART_TURN", str(Path(tempfile.gettempdir()) / f"grpo-legal-gpu-turn-{os.getpid()}"))
    with open(path, "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield  # closing the file gives the turn up, as does the end of the process
    time.sleep(POLL_SECONDS)  # whoever waits comes first


def run(job: Job, results: Results, budget: Budget) -> None:
    """Run a job to its end or its limit, and record it: status done, failed or out of time, and its lines so far."""
    limit, began = budget.left() * job.share, time.monotonic()
    job.report.unlink(missing_ok=True)
    command = [sys.executable, "-m", job.module, str(job.report), *job.arguments]
    print(f"{job.part} {job.name}: at most {limit:.0f} s", flush=True)

    def entry(status: str, **more: Any) -> dict[str, Any]:
        return {
            "status": status,
            "seconds": round(time.monotonic() - began, 1),
            **more,
            "results": read_lines(job.report),
        }

    environment = {**os.environ, "PART_SECONDS": f"{limit:.0f}"}
    with job.log.open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)
        seen = 0
        while process.poll() is None and time.monotonic() - began < limit:
            time.sleep(POLL_SECONDS)
            lines = read_lines(job.report)
            for line in lines[seen:]:
                print(f"  {job.name}: {json.dumps(line)}", flush=True)
            if len(lines) > seen:
                results.put(job.part, job.name, entry("running"))
            seen = len(lines)
        status = "done" if process.poll() == 0 else "failed"
        if process.poll() is None:
            os.killpg(process.pid, 9)  # its own session: itself and what it started, nothing else
            process.wait()
            status = "out of time"
    for line in read_lines(job.report)[seen:]:
        print(f"  {job.name}: {json.dumps(line)}", flush=True)
    more = {} if status == "done" else {"limit": round(limit, 1), "log": _tail(job.log)}
    results.put(job.part, job.name, entry(status, **more))
    print(f"{job.part} {job.name}: {status} after {time.monotonic() - began:.0f} s", flush=True)


def read_lines(report: Path) -> list[dict[str, Any]]:
    """The whole lines of a report; one that is still being written is left for later."""
    text = report.read_text("utf-8") if report.is_file() else ""
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]


def _tail(log: Path) -> str:
    return machine.without_folders(log.read_bytes()[-TAIL:].decode("utf-8", "replace"))


def report(path: str, line: dict[str, Any]) -> None:
    """What a job calls with each result."""
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def seconds_left(began: float) -> float:
    """What is left of a job's limit, for a job that started at `began` by time.monotonic()."""
    return float(os.environ.get("PART_SECONDS", "inf")) - (time.monotonic() - began)
