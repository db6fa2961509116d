"""Several processes train one run: the gradient is that of one with the whole batch, and one of them writes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import torch
from step_of_processes import CASES
from tiny_runs import SMALL, lines

from grpo_legal import launched, policy, processes, wrapped
from grpo_legal.errors import UserError

ROOT = Path(__file__).parents[1]
PATIENCE_S = 400  # on a busy machine
LAUNCHER = [sys.executable, "-m", "accelerate.commands.accelerate_cli", "launch", "--cpu", "--num_processes", "2", "-m"]


def environment(**more: str) -> dict[str, str]:
    own = {k: v for k, v in os.environ.items() if k not in (*processes.WORLD, *processes.RANK, "MASTER_PORT")}
    return own | {"PYTHONPATH": str(ROOT)} | more


def in_two(command: list[str]) -> list[int]:
    """Run a command in two processes that are told their ranks, as torchrun tells them; their statuses."""
    from accelerate.utils.other import get_free_port

    where = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(get_free_port())}
    started = [
        subprocess.Popen(
            command, cwd=ROOT, env=environment(**where, RANK=str(r), LOCAL_RANK=str(r)), start_new_session=True
        )
        for r in range(2)
    ]
    return [process.wait(timeout=PATIENCE_S) for process in started]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_gradient_is_that_of_one_process_with_twice_the_batch(tiny_model, tmp_path):
    script = [sys.executable, str(ROOT / "tests" / "step_of_processes.py"), str(tiny_model), str(tmp_path)]
    assert in_two([*script, "8"]) == [0, 0]
    subprocess.run([*script, "16"], cwd=ROOT, env=environment(), check=True, timeout=PATIENCE_S)
    whole, first, second = (torch.load(tmp_path / f"{name}.pt") for name in ("1-0", "2-0", "2-1"))
    for case in CASES:
        assert whole[case].keys() == first[case].keys() and len(whole[case]) == 2 * 7 * 2
        assert max(gradient.abs().max() for gradient in whole[case].values()) > 1e-3, case
        for name, gradient in whole[case].items():
            assert (first[case][name] - gradient).norm() <= 1e-5 * gradient.norm(), (case, name)
            assert torch.equal(first[case][name], second[case][name]), (case, name)


@pytest.fixture(scope="module")
def done(tiny_model, tmp_path_factory):
    """A run of two processes as accelerate starts it, stopped by Ctrl-C in its third step or later, and gone on with."""
    out = tmp_path_factory.mktemp("two")
    command = [*LAUNCHER, "grpo_legal.train", *SMALL, "--policy.model", str(tiny_model), "--grpo.max-steps", "30"]
    command += ["--run.output-dir", str(out), "--run.name", "run"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, cwd=ROOT, env=environment(), start_new_session=True, **pipes)
    killer = threading.Timer(PATIENCE_S, os.killpg, (process.pid, signal.SIGKILL))
    killer.start()
    seen = []
    try:
        for line in process.stdout:
            seen.append(line)
            if line.startswith("step 3/"):
                os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all that stand before it
                break
        rest, err = process.communicate()
    finally:
        killer.cancel()
    stopped = len(lines(out / "run" / "metrics.jsonl"))
    again = [*LAUNCHER, "grpo_legal.train", "--run.output-dir", str(out), "--run.name", "run", "--resume"]
    ended = subprocess.run(again, cwd=ROOT, env=environment(), timeout=PATIENCE_S, **pipes)
    return out / "run", "".join(seen) + rest, err, stopped, ended


@pytest.mark.long
@pytest.mark.timeout(900)
def test_two_processes_stop_together_and_go_on(done):
    folder, out, err, stopped, ended = done
    assert out.count("before training:") == 1 and out.count("step 1/30") == 1  # one of them speaks
    assert "stopped; go on with: python -m grpo_legal.train --run.name run" in err
    assert 3 <= stopped < 30
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("after training:") == 1
    assert [record["step"] for record in lines(folder / "metrics.jsonl")] == list(range(1, 31))
    assert sorted(p.name for p in (folder / "checkpoints" / "checkpoint-30").glob("rng_state*")) == [
        "rng_state_0.pth",
        "rng_state_1.pth",
    ]


@pytest.mark.long
@pytest.mark.timeout(900)
def test_one_of_two_processes_writes_what_both_made(done):
    folder, *_ = done
    completions = lines(folder / "completions.jsonl")
    for record in lines(folder / "metrics.jsonl"):
        own = [c for c in completions if c["step"] == record["step"]]
        assert len(own) == 2 * 8
        assert record["reward"] == pytest.approx(sum(c["reward"] for c in own) / 16, abs=1e-5)
        assert record["completion_length"] == pytest.approx(sum(c["tokens"] for c in own) / 16)
        for i in range(0, 16, 4):
            assert len({c["prompt"] for c in own[i : i + 4]}) == 1  # groups stand together
        assert len({c["prompt"] for c in own}) == 4  # and no process repeats the other's
        assert {c["completion"] for c in own[:8]} != {c["completion"] for c in own[8:]}
    for which in ("before", "after"):
        asked = [r["problem_id"] for r in lines(folder / "eval" / f"{which}.jsonl")]
        assert len(asked) == len(set(asked)) == 12
    assert json.loads((folder / "summary.json").read_text())["steps"] == 30


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_bad_input_to_two_processes_is_told_once(tiny_model, tmp_path):
    command = [
        *LAUNCHER,
        "grpo_legal.train",
        *SMALL,
        "--policy.model",
        str(tiny_model),
        "--policy.adapter",
        str(tmp_path / "no"),
    ]
    command += ["--run.output-dir", str(tmp_path), "--run.name", "x"]
    ended = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=PATIENCE_S)
    assert ended.returncode != 0 and ended.stderr.count("error: ") == 1 and "policy.adapter" in ended.stderr
    assert not (tmp_path / "x").exists()


# ---- what needs no second process ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            [
                "python",
                "/bin/accelerate",
                "launch",
                "--cpu",
                "--num_processes",
                "2",
                "-m",
                "grpo_legal.train",
                "--x",
                "launch",
            ],
            2,
        ),
        (["python", "/bin/accelerate-launch", "--cpu", "--num_processes=3", "train.py"], 3),
        (["python", "x/accelerate/commands/launch.py", "--cpu", "--num-processes", "4", "train.py"], 4),
        (["python", "/bin/accelerate", "launch", "--cpu", "train.py"], 1),
        (["bash", "-c", "python -m grpo_legal.train"], 1),
        ([], 1),
    ],
)
def test_how_many_processes_accelerate_was_asked_for(words, expected, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    assert launched.asked(words) == expected


def test_several_machines_are_refused():
    words = ["accelerate", "launch", "--cpu", "--num_processes", "2", "--num_machines", "2", "train.py"]
    with pytest.raises(UserError, match="torchrun"):
        launched.asked(words)


def test_only_accelerate_on_a_cpu_leaves_processes_to_start(monkeypatch):
    for name in (*processes.WORLD, *processes.RANK, "MASTER_PORT", "ACCELERATE_USE_CPU"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(launched, "asked", lambda words: 2)
    assert launched.wanted() == 1
    monkeypatch.setenv("ACCELERATE_USE_CPU", "True")
    assert launched.wanted() == 1
    monkeypatch.setenv("MASTER_PORT", "29500")
    assert launched.wanted() == 2
    monkeypatch.setenv("WORLD_SIZE", "2")  # a child of launched.start
    assert launched.wanted() == 1


def test_the_first_failure_ends_the_others(monkeypatch):
    """Rank 1 fails while rank 0 would sleep for a minute."""
    code = "import os, sys, time; sys.exit(7) if os.environ['RANK'] == '1' else time.sleep(60)"
    monkeypatch.setattr(sys, "orig_argv", [sys.executable, "-c", code])
    began = time.monotonic()
    assert launched.start(2) == 7
    assert time.monotonic() - began < 30


def test_a_process_alone_agrees_with_itself():
    assert (processes.count(), processes.rank(), processes.is_main(), processes.sharded()) == (1, 0, True, None)
    assert processes.from_main(lambda: 3) == 3
    assert processes.gather([1, 2]) == [1, 2] and processes.mine([1, 2, 3]) == [1, 2, 3]
    assert list(processes.together(iter("abc"), at_once=2)) == ["a", "b", "c"]
    assert processes.anyone(True) and not processes.anyone(False)


def test_what_does_not_work_in_several_processes_says_so(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(UserError, match=r"grpo_legal\.sft runs in one process, not in 2"):
        processes.only_one("sft")
    monkeypatch.setattr(policy.hardware.importlib.util, "find_spec", lambda name: True)
    assert policy.choose_engine("auto") == "transformers"
    with pytest.raises(UserError, match=r"use policy\.engine transformers"):
        policy.choose_engine("unsloth")


def test_a_method_runs_inside_the_wrappers_forward():
    entered = []

    class Wrapper(torch.nn.Module):
        def __init__(self, module):
            super().__init__()
            self.module = module

        def forward(self, *args, **kwargs):
            entered.append(True)
            return self.module(*args, **kwargs)

    inner = torch.nn.Linear(2, 3)
    wrapper = Wrapper(inner)
    twice = lambda model, x, times: model(x) * times  # noqa: E731
    x = torch.ones(1, 2)
    expected = inner(x) * 2
    assert torch.equal(wrapped.inside(wrapper, inner, twice, x, times=2), expected) and entered == [True]
    assert torch.equal(wrapped.inside(inner, inner, twice, x, times=2), expected) and entered == [True]
    with pytest.raises(ZeroDivisionError):
        wrapped.inside(wrapper, inner, lambda model: 1 / 0)
    assert "forward" not in vars(inner) and torch.equal(wrapper(x), inner(x))


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({"ACCELERATE_USE_FSDP": "true"}, "FSDP"),
        ({"ACCELERATE_USE_DEEPSPEED": "true", "ACCELERATE_DEEPSPEED_ZERO_STAGE": "3"}, "DeepSpeed ZeRO stage 3"),
        ({"ACCELERATE_USE_DEEPSPEED": "true", "ACCELERATE_DEEPSPEED_ZERO_STAGE": "2"}, None),
        ({}, None),
    ],
)
def test_a_model_in_parts_is_refused(told, name, monkeypatch):
    for key in ("ACCELERATE_USE_FSDP", "ACCELERATE_USE_DEEPSPEED", "ACCELERATE_DEEPSPEED_ZERO_STAGE"):
        monkeypatch.delenv(key, raising=False)
    for key, value in told.items():
        monkeypatch.setenv(key, value)
    if name is None:
        processes.check_whole()
    else:
        with pytest.raises(UserError, match=f"{name} splits the model itself"):
            processes.check_whole()
