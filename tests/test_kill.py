"""A run that is killed twenty times, resumed each time, ends as the one that was never killed: to the bit."""

from __future__ import annotations

import json
import os
import queue
import random
import re
import socketserver
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tiny_runs import SMALL, lines

from grpo_legal import checkpoints, recorder

ROOT = Path(__file__).parents[1]
KILLS = 20
PHASES = ("sampling", "backward", "writing", "hashing", "renaming")
STEPS = 16
# Of some two hundred file events, spread evenly; 1000 is all of them.
POINTS = int(os.environ.get("GRPO_LEGAL_CHAOS_POINTS", "9"))


class Warm:
    """A process of warm.py, asked one command after another."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "warm.py")], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        threads = json.loads(self.process.stdout.readline())["threads"]
        assert set(threads[1:]) <= {"jemalloc_bg_thd"}, threads  # a fork takes the first along; pyarrow's does without

    def __call__(self, *argv: str, kill: dict | None = None, env: dict | None = None) -> dict:
        self.process.stdin.write(json.dumps({"argv": argv, "kill": kill, "env": env}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@pytest.fixture(scope="module")
def warm():
    started = Warm()
    yield started
    started.process.communicate()


def steady(path: Path) -> list[dict]:
    return [{k: v for k, v in r.items() if k not in recorder.TIMES} for r in lines(path)]


def steps_made(folder: Path) -> int:
    """The step of the newest whole checkpoint; every step up to it must be in the metrics and the completions."""
    newest = checkpoints.newest(folder / "checkpoints")
    step = int(newest.name.rpartition("-")[2]) if newest else 0
    if step:
        assert [r["step"] for r in lines_whole(folder / "metrics.jsonl")][:step] == list(range(1, step + 1))
        assert {r["step"] for r in lines_whole(folder / "completions.jsonl")} >= set(range(1, step + 1))
    return step


def lines_whole(path: Path) -> list[dict]:
    """Lines up to the last line end: the kill may have cut the one after."""
    return [json.loads(line) for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]


@pytest.mark.long
def test_killed_twenty_times_it_ends_as_if_never_killed(warm, tiny_model, tmp_path):
    rng = random.Random("killed/1")
    small = [*SMALL, "--grpo.max-steps", str(STEPS), "--grpo.save-steps", "1", "--reward.audit", "off",
             "--eval.n", "4", "--eval.probe-every", "5", "--policy.model", str(tiny_model), "--run.output-dir", str(tmp_path)]  # fmt: skip
    done = warm(*small, "--run.name", "whole")
    assert done.get("status") == 0, done
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    begun, newest, deaths = False, 0, []
    while len(deaths) < KILLS:
        at = PHASES[len(deaths) % 6] if len(deaths) % 6 < 5 else "start"
        calls = {"sampling": (1, 2), "backward": (1, 2), "writing": (1, 6), "hashing": (1, 20), "renaming": (1, 3)}
        kill = {
            "at": at,
            "call": rng.randint(*calls.get(at, (1, 1))),
            "ms": rng.uniform(0, 400 if at == "start" else 8),
        }
        argv = ["--run.output-dir", str(tmp_path), "--run.name", "killed", "--resume"] if begun else [*small, "--run.name", "killed"]  # fmt: skip
        ended = warm(*argv, kill=kill)
        assert ended.get("signal") == 9, (kill, ended)
        deaths.append(at)
        begun = begun or (killed / "config.yaml").is_file()
        if begun:
            step = steps_made(killed)
            assert step >= newest, (kill, step, newest)  # nothing that was whole is lost
            newest = step
    assert set(deaths) == {*PHASES, "start"} and 0 < newest < STEPS
    ended = warm("--run.output-dir", str(tmp_path), "--run.name", "killed", "--resume")
    assert ended.get("status") == 0, ended
    assert f"going on from step {newest}, checkpoint-{newest}" in ended["out"]
    weights = "adapter/adapter_model.safetensors"
    assert (killed / weights).read_bytes() == (whole / weights).read_bytes()
    assert steady(killed / "metrics.jsonl") == steady(whole / "metrics.jsonl")
    assert (killed / "completions.jsonl").read_text() == (whole / "completions.jsonl").read_text()
    left = sorted(p.name for p in killed.rglob(".*"))
    assert not left and checkpoints.verify(killed / "adapter") is None


# ---- every file boundary --------------------------------------------------------------------------------------------

CLIENT = """
import json, os, socket, sys
path, out, *argv = sys.argv[1:]
run = ["--run.output-dir", out, "--run.name", "x"]
begun = os.path.isfile(os.path.join(out, "x", "config.yaml"))
env = {k: v for k, v in os.environ.items() if k.startswith("CKPT_CHAOS_")}
with socket.socket(socket.AF_UNIX) as server:
    server.connect(path)
    server.sendall(json.dumps([[*run, "--resume"] if begun else [*run, *argv], env]).encode() + b"\\n")
    ended = json.loads(server.makefile().readline())
print(ended["out"])
sys.exit(ended.get("status", 137))
"""


@pytest.mark.long
@pytest.mark.timeout(120 + 30 * POINTS)
def test_ckpt_chaos_finds_nothing(warm, tiny_model, tmp_path):
    """The public tool kills a run at its file events (before, torn, unsynced data lost), and judges what is resumed.

    At every one of them: GRPO_LEGAL_CHAOS_POINTS=1000 python -m pytest -m long -k chaos
    """

    free: queue.Queue[Warm] = queue.Queue()
    for process in (warm, second := Warm()):
        free.put(process)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            argv, env = json.loads(self.rfile.readline())
            process = free.get()
            try:
                self.wfile.write(json.dumps(process(*argv, env=env)).encode() + b"\n")
            finally:
                free.put(process)

    (tmp_path / "client.py").write_text(CLIENT)
    small = [*SMALL, "--grpo.max-steps", "3", "--grpo.save-steps", "1", "--grpo.keep-checkpoints", "9", "--eval.n", "2",
             "--eval.probe-every", "0", "--data.train-size", "10", "--reward.audit", "off", "--policy.model", str(tiny_model)]  # fmt: skip
    with socketserver.ThreadingUnixStreamServer(str(tmp_path / "socket"), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        done = subprocess.run(
            [sys.executable, "-m", "ckpt_chaos", "run", "--work", str(tmp_path / "work"), "--modes", "before,torn,unsynced",
             "--max-points", str(POINTS), "--jobs", "2", "--step-regex", r"going on from step (\d+)", "--ckpt-ignore-size",
             "--checkpoint-glob", "{out}/x/checkpoints/checkpoint-*", "--result-file", "{out}/x/adapter/adapter_model.safetensors",
             "--fail-on", "HARD_FAIL,SILENT_DIVERGENCE,CONTROL_FAIL,LOST_WORK", "--",
             sys.executable, "-S", str(tmp_path / "client.py"), str(tmp_path / "socket"), "{out}", *small],
            capture_output=True, text=True,
        )  # fmt: skip
        server.shutdown()
    second.process.communicate()
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    passed = int(re.search(r"PASS: (\d+)", done.stdout)[1])
    assert passed == POINTS + 1 or 100 < passed <= POINTS, done.stdout
    assert "DID NOT CRASH" not in done.stdout
