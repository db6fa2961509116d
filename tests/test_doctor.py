"""The doctor: every line says what mends it, nothing is a traceback, and only what training needs makes it fail."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_runs import GOOD, tsv

from grpo_legal import checkup, cli, doctor
from grpo_legal.checkup import Line, machine, packages, unsloths_patch

ROOT = Path(__file__).parents[1]


def pins(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]


def test_the_tested_set_in_the_package_is_that_of_the_constraints():
    assert pins(ROOT / "grpo_legal/checkup/tested.txt") == pins(ROOT / "constraints.txt")


def test_what_training_needs_is_what_the_package_requires():
    assert {"torch", "trl", "peft", "transformers"} <= packages.needed()
    assert not {"unsloth", "pytest", "fastapi"} & packages.needed()


def test_versions(monkeypatch):
    real = importlib.metadata.version

    def version(name):
        if name == "peft":
            raise importlib.metadata.PackageNotFoundError
        return {"trl": "1.16.0", "torch": "2.13.0+cu130"}.get(name) or real(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    lines = {line.name: line for line in packages.versions()}
    assert (lines["peft"].status, lines["peft"].seen) == ("fail", "not installed")
    assert lines["trl"] == Line("trl", "warn", "1.16.0; tested with 1.14.2", 'pip install "trl==1.14.2"')
    assert "torch" not in lines


GPU = {"torch": "2.13.0", "built_for": "13.0", "available": True, "name": "T4", "bf16": False,
       "free": 2 * 2**30, "total": 15 * 2**30}  # fmt: skip


@pytest.mark.parametrize(("seen", "driver", "want"), [
    ({"torch": "2.13.0+cpu", "built_for": None, "available": False, "amx": False}, None, {"cuda": "ok"}),
    ({"torch": "2.13.0+cpu", "built_for": None, "available": False, "amx": True}, None, {"cuda": "ok", "bf16": "ok"}),
    ({"torch": "2.13.0+cpu", "built_for": None, "available": False}, "580.1", {"cuda": "warn"}),
    (GPU, "580.1", {"cuda": "ok", "bf16": "warn", "GPU memory": "warn"}),
    (GPU | {"bf16": True, "free": 14 * 2**30}, "580.1", {"cuda": "ok", "bf16": "ok", "GPU memory": "ok"}),
])  # fmt: skip
def test_cuda(seen, driver, want):
    assert {line.name: line.status for line in machine.cuda_lines(seen, driver)} == want


@pytest.mark.parametrize(("trainer", "status"), [("UnslothGRPOTrainer", "ok"), ("GRPOTrainer", "warn"), (None, "warn")])
def test_unsloths_patch(trainer, status):
    line = unsloths_patch.patch_line(trainer, "ImportError: no")
    assert line.status == status and bool(line.mend) == (status != "ok")


def test_memory_and_disk(tmp_path, monkeypatch):
    (tmp_path / "meminfo").write_text("MemTotal: 9 kB\nMemAvailable:  1048576 kB\n")
    assert machine.memory(str(tmp_path / "meminfo")).status == "warn"
    monkeypatch.setenv("GRPO_LEGAL_CACHE", str(tmp_path / "cache" / "below"))
    (tmp_path / "file").touch()
    lines = {line.name: line for line in machine.disk(str(tmp_path / "file" / "runs"))}
    assert lines["disk, run.output-dir"].status == "fail" and "--run.output-dir" in lines["disk, run.output-dir"].mend
    assert lines["disk, cache"].status == "ok"


def test_python_too_old(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    assert machine.python().status == "fail"


def test_the_hub_that_does_not_answer_is_a_warning(monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    line = checkup.hub()
    assert line.status == "warn" and "HF_ENDPOINT" in line.mend


def test_legalbench(tmp_path):
    assert checkup.legalbench_folder(str(tmp_path / "none")).status == "fail"
    line = checkup.legalbench_folder(str(tsv(tmp_path, "hearsay", GOOD)))
    assert line.status == "ok" and "1 task" in line.seen


def test_a_check_that_breaks_is_a_line():
    def broken():
        raise ZeroDivisionError("by\nnothing")

    assert checkup.guarded("it", broken) == [
        Line("it", "warn", "could not be looked at: ZeroDivisionError: by nothing")
    ]


@pytest.mark.parametrize(("lines", "status"), [
    ([Line("a", "ok", "x")], 0), ([Line("a", "warn", "x", "mend")], 0), ([Line("a", "fail", "x", "mend [it]")], 1),
])  # fmt: skip
def test_exit_status_and_json(lines, status, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(doctor, "_checks", lambda typed: [("a", lambda: lines)])
    assert doctor.main(["--json", str(tmp_path / "d.json")]) == status
    said = json.loads((tmp_path / "d.json").read_text())
    assert said["fit"] == (status == 0) and said["lines"][0]["mend"] == lines[0].mend
    assert lines[0].mend in capsys.readouterr().out


def test_the_command_looks_at_this_machine():
    done = subprocess.run(
        [sys.executable, "-m", "grpo_legal.doctor", "--no-unsloth"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode in (0, 1) and "Traceback" not in done.stderr
    for name in ("python", "versions", "RAM", "disk, cache", "triton", "hub", "smollm2-135m"):
        assert name in done.stdout, name


def test_bad_options_are_one_line(capsys, tmp_path):
    for argv in (["--jsn", "x"], ["--no-unsloth", "--json", str(tmp_path / ("x" * 300))]):
        with pytest.raises(SystemExit) as left:
            cli.run(lambda words: doctor.main(words), argv)
        assert left.value.code == 2 and capsys.readouterr().err.count("\n") == 1
