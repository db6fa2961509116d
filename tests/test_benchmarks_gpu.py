"""The GPU benchmark, rehearsed: every part runs end to end on a CPU, and what fails is recorded while the others go on."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.gpu import large, machine, parts, plan

ROOT = Path(__file__).parents[1]


def command(*words: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.gpu", *words], cwd=ROOT, env=environment, text=True, capture_output=True
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "no CUDA GPU on this machine: --rehearse"),
        (["--rehearse", "--parts", "check,walk"], "'check,walk' is not one or more of check,train,large"),
        (
            ["--rehearse", "--jobs", "resume,walk"],
            "'resume,walk' is not one or more of shared-prefix,engine,resume,step,small",
        ),
        (
            ["--rehearse", "--parts", "check,train", "--jobs", "resume,transformers"],
            "--jobs transformers: of no part that --parts check,train",
        ),
        (["--rehearse", "--shapes", "512"], "'512' is not P,C such as 512,256"),
        (["--rehearse", "--small", "nowhere"], "--small 'nowhere' is no folder and no file"),
    ],
)
def test_what_cannot_start_is_one_line_and_status_2(words, told):
    done = command(*words)
    assert done.returncode == 2 and told in done.stderr and "Traceback" not in done.stderr


@pytest.mark.long
@pytest.mark.timeout(560)
def test_every_part_runs_end_to_end(tmp_path):
    out = tmp_path / "result.json"
    done = command("--rehearse", "--out", str(out), "--work", str(tmp_path / "work"), "--sides", "shared",
                   "--large-steps", "1")  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    result = json.loads(out.read_text())
    assert result["rehearsal"] is True and result["machine"]["versions"]["trl"] == "1.14.2"
    assert {part: set(jobs) for part, jobs in result["parts"].items()} == {
        "check": {"shared-prefix", "engine", "resume", "step"}, "train": {"small"}, "large": {"policy", "shared"},
    }  # fmt: skip
    for jobs in result["parts"].values():
        for job in jobs.values():
            assert job["status"] == "done" and job["seconds"] > 0 and job["results"] and job["command"] and job["date"]
    checks = [line for job in result["parts"]["check"].values() for line in job["results"]]
    assert len(checks) == 23 and all(line["ok"] for line in checks)
    assert result["parts"]["train"]["small"]["results"][0]["steps"] == 2
    lines = result["parts"]["large"]["shared"]["results"]
    attention = [line["attention"] for line in lines if "attention" in line]
    assert len(attention) == 1 and attention[0]["prompt"] == 48 and attention[0]["ratio"] > 0
    rows = [line for line in lines if "prompt" in line]
    assert [(r["prompt"], r["completion"]) for r in rows] == [(48, 8), (64, 4)]
    for row in rows:
        assert row["trainer"] == "SharingTrainer" and row["group"] == 4 and row["prompt_tokens"] >= row["prompt"]
        assert 0 < row["sampling"] < row["seconds"] and row["tokens_per_second"] > 0


# ---- jobs: limits, faults, the result file ------------------------------------------------------------------

JOBS = {
    "good": "from benchmarks.gpu.parts import report; import sys; report(sys.argv[1], {'n': 1, 'ok': True})",
    "wrong": "from benchmarks.gpu.parts import report; import sys; report(sys.argv[1], {'n': 2, 'ok': False})",
    "broken": "from benchmarks.gpu.parts import report; import sys; report(sys.argv[1], {'n': 3}); raise ValueError('oops')",
    "slow": "from benchmarks.gpu.parts import report; import sys, time; report(sys.argv[1], {'n': 4}); time.sleep(60)",
}


def job(tmp_path, monkeypatch, name, share=1.0):
    (tmp_path / f"job_{name}.py").write_text(JOBS[name])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(tmp_path)]))
    return parts.Job("part", name, f"job_{name}", (), share, tmp_path / f"{name}.jsonl", tmp_path / f"{name}.log")


@pytest.mark.parametrize(
    ("name", "status", "well"),
    [("good", "done", True), ("wrong", "done", False), ("broken", "failed", False), ("slow", "out of time", False)],
)
def test_what_became_of_a_job_is_recorded(tmp_path, monkeypatch, name, status, well):
    results = parts.Results(tmp_path / "r.json", "the command", rehearsal=True)
    seconds = 2.0 if name == "slow" else 60.0
    made = job(tmp_path, monkeypatch, name)
    parts.run(made, results, parts.Budget(time.monotonic() + seconds))
    entry = json.loads((tmp_path / "r.json").read_text())["parts"]["part"][name]
    assert entry["status"] == status and len(entry["results"]) == 1 and entry["command"] == "the command"
    assert ("oops" in entry["log"]) if name == "broken" else True
    assert results.all_well([made]) is well and results.all_well([]) is False


def test_timed_jobs_run_alone_after_the_others_side_by_side(tmp_path, monkeypatch):
    named = {name: job(tmp_path, monkeypatch, name) for name in ("good", "broken", "wrong")}
    (tmp_path / "job_wrong.py").write_text(MEETS.format(mine="wrong", other="broken"))
    (tmp_path / "job_broken.py").write_text(MEETS.format(mine="broken", other="wrong"))
    jobs = [dataclasses.replace(named["good"], timed=True), named["wrong"], named["broken"]]
    results = parts.Results(tmp_path / "r.json", "the command", rehearsal=True)
    parts.run_all(jobs, results, parts.Budget(time.monotonic() + 60), load_together=False)
    entries = json.loads((tmp_path / "r.json").read_text())["parts"]["part"]
    assert list(entries)[-1] == "good" and {entry["status"] for entry in entries.values()} == {"done"}


def test_what_loads_beside_the_others_measures_after_them_and_after_each_other(tmp_path, monkeypatch):
    monkeypatch.delenv("PART_TURN", raising=False)
    jobs = [job(tmp_path, monkeypatch, name) for name in ("good", "wrong", "broken", "slow")]
    for made, text in zip(jobs, ("made", "slow_check", "one", "two"), strict=True):
        body = TURNS if text in ("one", "two") else f"time.sleep({0 if text == 'made' else 5})"
        (tmp_path / f"{made.module}.py").write_text(HEAD + body)
    jobs = [dataclasses.replace(jobs[0], first=True), jobs[1], *(dataclasses.replace(j, timed=True) for j in jobs[2:])]
    results = parts.Results(tmp_path / "r.json", "the command", rehearsal=True)
    parts.run_all(jobs, results, parts.Budget(time.monotonic() + 60), load_together=True)
    monkeypatch.delenv("PART_TURN", raising=False)
    said = {j.name: parts.read_lines(j.report) for j in jobs}
    entry = results.parts["part"]
    assert {e["status"] for e in entry.values()} == {"done"}, entry
    loaded = [said[name][0]["loaded"] for name in ("broken", "slow")]
    spans = sorted((said[name][1]["from"], said[name][1]["to"]) for name in ("broken", "slow"))
    checked = (tmp_path / "wrong.jsonl.end").stat().st_mtime
    assert max(loaded) < checked <= spans[0][0] + 0.5 and spans[0][1] <= spans[1][0]


HEAD = """
import atexit, pathlib, sys, time
from benchmarks.gpu.parts import report, turn
atexit.register(lambda: pathlib.Path(sys.argv[1] + ".end").touch())
"""
TURNS = """
report(sys.argv[1], {"loaded": time.time()})
with turn():
    began = time.time()
    time.sleep(0.7)
    report(sys.argv[1], {"from": began, "to": time.time()})
"""
MEETS = """
import pathlib, time
here = pathlib.Path(__file__).parent
(here / "{mine}.there").touch()
while not (here / "{other}.there").exists():
    time.sleep(0.05)
"""


def test_a_later_call_adds_its_parts_to_the_file(tmp_path):
    first = parts.Results(tmp_path / "r.json", "one", rehearsal=True)
    first.put("check", "a", {"status": "done", "seconds": 1.0, "results": []})
    second = parts.Results(tmp_path / "r.json", "two", rehearsal=True)
    second.put("large", "b", {"status": "failed", "seconds": 1.0, "results": []})
    made = json.loads((tmp_path / "r.json").read_text())["parts"]
    assert made["check"]["a"]["command"] == "one" and made["large"]["b"]["command"] == "two"
    a, b = (parts.Job(part, name, "", (), 1.0, tmp_path, tmp_path) for part, name in (("check", "a"), ("large", "b")))
    assert second.all_well([a]) and not second.all_well([a, b])


def test_a_line_half_written_is_left_for_later(tmp_path):
    (tmp_path / "r.jsonl").write_text('{"n": 1}\n{"n": ')
    assert parts.read_lines(tmp_path / "r.jsonl") == [{"n": 1}]


def test_the_gpu_plan_measures_unsloth_against_plain_trl_and_ours(tmp_path):
    made = plan.Plan(tmp_path, tmp_path / "large", tmp_path, False, 200, (), ("unsloth", "plain", "shared"), 2)
    jobs = plan.jobs(made)
    assert [j.name for j in jobs] == [
        "shared-prefix",
        "engine",
        "resume",
        "step",
        "small",
        "policy",
        "unsloth",
        "transformers",
    ]
    for job, sides in zip(jobs[-2:], ("unsloth", "shared,plain"), strict=True):
        assert job.arguments[1:5] == (sides, "unsloth", "8", "2") and job.arguments[5:] == ("512,256", "1024,512")
    assert "unsloth" in jobs[1].arguments and "32b" in jobs[5].arguments
    (tmp_path / "large").mkdir()
    (tmp_path / "large" / "config.json").write_text("{}")
    assert "policy" not in [j.name for j in plan.jobs(made)]  # made before: measured as it lies
    assert [j.name for j in jobs if j.timed] == ["unsloth", "transformers"]
    only = plan.jobs(dataclasses.replace(made, parts=("check",)))
    alone = [plan.jobs(dataclasses.replace(made, sides=(side,)))[-1] for side in ("shared", "plain")]
    assert {j.name: j.part for j in (*jobs, *alone)} == plan.JOBS
    assert [(j.name, j.arguments[1]) for j in alone] == [("shared", "shared"), ("plain", "plain")]
    assert [j.name for j in only] == ["shared-prefix", "engine", "resume", "step"] and only[0].share > jobs[0].share


def test_a_recorded_command_names_no_folder_of_the_machine():
    told = machine.without_folders(
        "gpu --small /models/a/SmolLM2.gguf --work /scratch/w1, https://example.org/a/b, docs/x.md"
    )
    assert told == "gpu --small SmolLM2.gguf --work w1, https://example.org/a/b, docs/x.md"


def test_a_shape_costs_by_what_is_sampled():
    assert large._cost((512, 512)) > large._cost((1024, 256)) > large._cost((512, 256))


def test_every_wheel_that_travels_is_pinned(tmp_path):
    script = ROOT / "benchmarks" / "gpu" / "wheels.sh"
    named = re.search(r"packages=\((.*?)\)", script.read_text(), re.S).group(1).split()
    pinned = {line.partition("==")[0] for line in (ROOT / "constraints.txt").read_text().splitlines()[1:]}
    assert len(named) == 18 and set(named) <= pinned
    done = subprocess.run(["bash", str(script), str(tmp_path), "no-such-package"], text=True, capture_output=True)
    assert done.returncode == 1 and "no-such-package is not pinned" in done.stderr
