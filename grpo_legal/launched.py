"""The processes that `accelerate launch --cpu --num_processes N` was asked for.

On a CPU accelerate (1.15, commands/launch.py::simple_launcher) starts one process whatever N is, sets MASTER_PORT, and
leaves the others to MPI. Here the one process starts N of them, each with its rank, and passes signals on.
`torchrun --nproc_per_node N -m grpo_legal.train` needs none of this.

    if (wanted := launched.wanted()) > 1:
        return launched.start(wanted)
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from grpo_legal import processes
from grpo_legal.errors import UserError

GRACE_S = 10.0  # for the others, once a process has failed
STOPPED = 130


def wanted() -> int:
    """Processes that accelerate was asked for and did not start; 1 where nothing is left to start."""
    told = os.environ.get("ACCELERATE_USE_CPU", "").lower() == "true" and "MASTER_PORT" in os.environ
    if not told or any(os.environ.get(name) for name in (*processes.WORLD, *processes.RANK)):
        return 1
    import psutil

    parent = psutil.Process().parent()
    return asked(parent.cmdline() if parent else [])


def asked(words: Sequence[str]) -> int:
    """The processes that a command line of accelerate's asks for, or its configuration file; 1 for other commands.

    Raises UserError for several machines, where each would have to be told its rank.
    """
    at = next((i for i, word in enumerate(words) if word == "launch" or "accelerate-launch" in word), None)
    at = at if at is not None else next((i for i, w in enumerate(words) if w.endswith("commands/launch.py")), None)
    if at is None:
        return 1
    from accelerate.commands.config.config_args import default_config_file, load_config_from_file
    from accelerate.commands.launch import launch_command_parser

    given = launch_command_parser().parse_args(list(words[at + 1 :]))
    stored = None
    if given.config_file is not None or os.path.isfile(default_config_file):
        stored = load_config_from_file(given.config_file)
    machines = given.num_machines or getattr(stored, "num_machines", None) or 1
    if machines > 1:
        raise UserError(
            f"accelerate launch --cpu on {machines} machines starts one process on each without a rank: use torchrun "
            "--nnodes … --nproc_per_node … -m grpo_legal.train"
        )
    return given.num_processes or getattr(stored, "num_processes", None) or 1


def start(count: int) -> int:
    """Run this process's own command line in `count` processes. Returns their exit status: 0, or the first other one."""
    from accelerate.utils.other import get_free_port

    command = [sys.executable, *sys.orig_argv[1:]]
    shared = {"WORLD_SIZE": str(count), "LOCAL_WORLD_SIZE": str(count), "MASTER_ADDR": "127.0.0.1"}
    shared["MASTER_PORT"] = str(get_free_port())
    children: list[subprocess.Popen] = []
    with _signals_passed_on(children):
        for rank in range(count):
            own = {"RANK": str(rank), "LOCAL_RANK": str(rank)}
            # A session of its own: what the terminal sends comes once, from here.
            children.append(subprocess.Popen(command, env=os.environ | shared | own, start_new_session=True))
        return _wait(children)


def _wait(children: Sequence[subprocess.Popen]) -> int:
    """Until all have ended. Once one has failed the others have GRACE_S left."""
    failed_at, status = None, 0
    while any([child.poll() is None for child in children]):  # each is asked: who is not has no returncode
        time.sleep(0.05)
        failed = [child.returncode for child in children if child.returncode not in (None, 0, STOPPED)]
        if failed and failed_at is None:
            failed_at, status = time.monotonic(), failed[0]
            _end(children, signal.SIGTERM)
        if failed_at is not None and time.monotonic() > failed_at + GRACE_S:
            _end(children, signal.SIGKILL)
    status = status or next((child.returncode for child in children if child.returncode), 0)
    return status if status >= 0 else 128 - status


def _end(children: Sequence[subprocess.Popen], number: int) -> None:
    for child in children:
        if child.poll() is None:
            child.send_signal(number)


@contextmanager
def _signals_passed_on(children: Sequence[subprocess.Popen]) -> Iterator[None]:
    """Ctrl-C and a request to end reach every child, once each."""

    def pass_on(number: int, frame: Any) -> None:
        _end(children, number)

    before = {number: signal.signal(number, pass_on) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
