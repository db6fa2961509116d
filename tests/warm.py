"""Runs commands of ours in forks of one process that has imported everything: a start takes a blink, not ten seconds.

    python tests/warm.py        then a JSON line on stdin each: {"argv": […], "kill": {"at": "sampling", "call": 2, "ms": 5}}

Answers each with a JSON line: {"status": 0} or {"signal": 9}, and what was printed in "out". `kill` sends a real SIGKILL:
"ms" milliseconds after the given call of a function began ("at": sampling, backward, writing, hashing, renaming), or
after the start ("at": start). The signal comes from another process, wherever this one is by then.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

import torch
import trl  # noqa: F401

# ruff: noqa: I001
from grpo_legal import cli, shared_prefix, train
from grpo_legal import callbacks, heldout, preflight, recorder, saving, trainer, watch  # noqa: F401  what train imports late
from grpo_legal.checkpoints import durable, manifest

PLACES = {
    "sampling": (shared_prefix, "sample"),
    "backward": (torch.Tensor, "backward"),
    "writing": (torch, "save"),
    "hashing": (manifest, "_sha256"),
    "renaming": (durable.os, "replace"),
}


def kill_self_after(ms: float) -> None:
    """SIGKILL from a process of its own, whatever this one is doing then."""
    victim = os.getpid()
    if os.fork() == 0:
        time.sleep(ms / 1000)
        os.kill(victim, signal.SIGKILL)
        os._exit(0)


def arm(kill: dict) -> None:
    """Have the given call of the given function start the clock."""
    if kill["at"] == "start":
        return kill_self_after(kill["ms"])
    owner, name = PLACES[kill["at"]]
    function, calls = getattr(owner, name), [0]

    def counted(*args, **more):
        calls[0] += 1
        if calls[0] == kill["call"]:
            kill_self_after(kill["ms"])
        return function(*args, **more)

    setattr(owner, name, counted)
    return None


def one(asked: dict) -> dict:
    with tempfile.TemporaryFile("w+") as out:
        child = os.fork()
        if child == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(out.fileno(), 2)
            if asked.get("env"):
                os.environ.update(asked["env"])
                from ckpt_chaos.targets.common import arm_from_env

                arm_from_env(0, lazy=True)
            if asked.get("kill"):
                arm(asked["kill"])
            try:
                cli.run(train.main, asked["argv"])
            except SystemExit as left:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(int(left.code or 0))
            except BaseException:
                import traceback

                traceback.print_exc()
                sys.stderr.flush()
            os._exit(70)
        _, status = os.waitpid(child, 0)
        out.seek(0)
        ended = {"signal": os.WTERMSIG(status)} if os.WIFSIGNALED(status) else {"status": os.WEXITSTATUS(status)}
        return {**ended, "out": out.read()}


if __name__ == "__main__":
    print(
        json.dumps({"threads": [Path(t, "comm").read_text().strip() for t in Path("/proc/self/task").iterdir()]}),
        flush=True,
    )
    for line in sys.stdin:
        print(json.dumps(one(json.loads(line))), flush=True)
