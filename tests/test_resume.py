"""Going on with a run: what may change and what not, damaged checkpoints, a full disk. A tiny model in this process."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import resource
import shutil
from pathlib import Path

import pytest
import torch
import yaml
from test_checkpoints import flip
from tiny_runs import GOOD, lines, run, tsv

from grpo_legal import checkpoints, cli, recorder, resuming, train

WEIGHTS = "adapter/adapter_model.safetensors"


@pytest.fixture(scope="module")
def whole(tiny_model, tmp_path_factory):
    """A whole run of four steps, a checkpoint every two."""
    out = tmp_path_factory.mktemp("outputs")
    assert run(tiny_model, out, "whole", "--reward.audit", "off") == 0
    return out / "whole"


@pytest.fixture
def half(whole, tmp_path):
    """The same run, as if stopped on its way from step 2 to step 4, with both checkpoints."""
    left_out = shutil.ignore_patterns("adapter", "after.jsonl", "summary.json")
    return shutil.copytree(whole, tmp_path / "half", ignore=left_out)


def resume(folder: Path, *more: str) -> int:
    argv = [
        "--run.output-dir",
        str(folder.parent),
        "--run.name",
        folder.name,
        "--resume",
        "--reward.audit",
        "off",
        *more,
    ]
    with pytest.raises(SystemExit) as left:
        cli.run(train.main, argv)
    return left.value.code


def steady(folder: Path) -> list[dict]:
    return [{k: v for k, v in r.items() if k not in recorder.TIMES} for r in lines(folder / "metrics.jsonl")]


def test_a_checkpoint_says_what_it_was_made_from_and_the_adapter_is_whole(whole):
    assert checkpoints.verify(whole / "adapter") is None
    said = checkpoints.read_manifest(whole / "checkpoints" / "checkpoint-4")
    assert (said["step"], said["settings"]["grpo.max-steps"], said["score"]["name"]) == (4, 4, "reward")
    assert said["data"] == checkpoints.digest(json.loads((whole / "data.json").read_text()))
    assert not any(name in said["settings"] for name in ("run.name", "run.view"))
    assert sorted(p.name for p in (whole / "checkpoints").glob("*-*")) == ["checkpoint-2", "checkpoint-4"]
    assert not list(whole.rglob(".*"))


@pytest.mark.parametrize("damage", ["flipped", "truncated", "unmanifested"])
def test_a_damaged_checkpoint_is_passed_over_and_the_run_ends_the_same(damage, whole, half, capsys):
    newest = half / "checkpoints" / "checkpoint-4"
    weights = newest / "adapter_model.safetensors"
    if damage == "flipped":
        flip(newest / "optimizer.pt")
    elif damage == "truncated":
        os.truncate(weights, 100)
    else:
        (newest / "manifest.json").unlink()
    assert resume(half) == 0
    out = capsys.readouterr().out
    assert out.count("checkpoint-4 is not loaded: ") == 1 and "going on from step 2, checkpoint-2" in out
    assert (half / WEIGHTS).read_bytes() == (whole / WEIGHTS).read_bytes()
    assert steady(half) == steady(whole)
    assert checkpoints.verify(newest) is None and (newest.parent / "damaged-checkpoint-4").is_dir()


# ---- settings and data ----------------------------------------------------------------------------------------


def test_other_settings_are_refused_and_named(half, capsys):
    assert resume(half, "--grpo.beta", "0.1", "--grpo.max-steps", "6") == 2
    err = capsys.readouterr().err
    assert "grpo.beta 0.0 -> 0.1" in err and err.count("\n") == 1
    assert resume(half, "--grpo.beta", "0.1", "--force") == 2
    assert "grpo.beta 0.0 -> 0.1 (--force does not change these)" in capsys.readouterr().err
    assert resume(half, "--grpo.max-steps", "6") == 2
    assert "grpo.max-steps 4 -> 6 (add --force: they may change from here on)" in capsys.readouterr().err
    assert resume(half, "--grpo.max-steps", "3", "--force") == 2
    assert "grpo.max-steps 3 is below 4, the steps that were made" in capsys.readouterr().err
    assert run("x", half.parent, "new", "--force") == 2
    assert "--force is of use beside --resume alone" in capsys.readouterr().err


def test_forced_settings_hold_from_here_on_and_are_written_down(half, capsys):
    more = ["--grpo.max-steps", "6", "--grpo.learning-rate", "0.02", "--grpo.save-steps", "5", "--force"]
    assert resume(half, *more) == 0
    rates = [r["learning_rate"] for r in lines(half / "metrics.jsonl")]
    assert len(rates) == 6 and rates[4:] == pytest.approx([2 * rate for rate in _rates(half)[4:]])
    assert checkpoints.verify(half / "checkpoints" / "checkpoint-5") is None  # save-steps took effect
    stored = yaml.safe_load((half / "config.yaml").read_text())["grpo"]
    assert (stored["max_steps"], stored["learning_rate"], stored["save_steps"]) == (6, 0.02, 5)
    (line,) = lines(half / "changes.jsonl")
    assert line["step"] == 4 and line["settings"]["grpo.max-steps"] == [4, 6]
    assert resume(half) == 0  # they are the run's now, and need no --force again


def _rates(folder: Path) -> list[float]:
    """Rates of the first settings: a warm-up of some steps to 0.01."""
    warmup = yaml.safe_load((folder / "config.yaml").read_text())["grpo"]["warmup_steps"]
    return [0.01 * min(1.0, step / warmup if warmup else 1.0) for step in range(6)]


def test_settings_edited_behind_its_back_are_refused(half, capsys):
    text = (half / "config.yaml").read_text()
    (half / "config.yaml").write_text(text.replace("temperature: 1.0", "temperature: 0.5"))
    assert resume(half) == 2
    assert "was made with other settings than config.yaml has: grpo.temperature 1.0 -> 0.5" in capsys.readouterr().err


def test_other_data_are_refused_and_named(tiny_model, tmp_path, capsys):
    folder = tsv(tmp_path / "bench", "hearsay", GOOD)
    data = ["--data.source", "dir", "--data.path", str(folder), "--data.tasks", "hearsay", "--data.max-leakage", "1"]
    assert run(tiny_model, tmp_path, "x", *data, "--reward.audit", "off", "--grpo.max-steps", "1") == 0
    before = (tmp_path / "x" / "metrics.jsonl").read_bytes()
    file = folder / "data" / "hearsay" / "train.tsv"
    file.write_text(file.read_text().replace("Ann", "Bob", 1))
    for more in ([], ["--force"]):
        assert resume(tmp_path / "x", *more) == 2
        err = capsys.readouterr().err
        assert "cannot be resumed with other data (nor by --force): train hearsay " in err
    assert (tmp_path / "x" / "metrics.jsonl").read_bytes() == before


def test_a_damaged_adapter_is_not_continued(whole, tiny_model, tmp_path, capsys):
    adapter = shutil.copytree(whole / "adapter", tmp_path / "adapter")
    flip(adapter / "adapter_model.safetensors")
    assert run(tiny_model, tmp_path, "x", "--policy.adapter", str(adapter)) == 2
    err = capsys.readouterr().err
    assert "is damaged: adapter_model.safetensors has changed since it was written" in err and err.count("\n") == 1


def test_every_safe_name_is_a_setting():
    from fnmatch import fnmatchcase

    from grpo_legal import config

    for pattern in resuming.SAFE:
        assert any(fnmatchcase(name, pattern) for name in config.setting_names()), pattern


# ---- completions still to be learned from -----------------------------------------------------------------------


def test_a_stop_between_two_updates_on_the_same_completions_changes_nothing(tiny_model, tmp_path):
    more = [
        "--grpo.num-iterations",
        "2",
        "--grpo.save-steps",
        "1",
        "--grpo.keep-checkpoints",
        "9",
        "--reward.audit",
        "off",
    ]
    assert run(tiny_model, tmp_path, "whole", *more) == 0
    whole = tmp_path / "whole"
    half = shutil.copytree(
        whole, tmp_path / "half", ignore=shutil.ignore_patterns("checkpoint-4", "checkpoint-2", "adapter")
    )
    assert (half / "checkpoints" / "checkpoint-3" / "completions_0.pt").is_file()
    assert resume(half) == 0
    assert (half / WEIGHTS).read_bytes() == (whole / WEIGHTS).read_bytes()


# ---- a full disk --------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def no_file_above(size: int):
    """Every write beyond `size` bytes of a file fails, as on a full disk: a real limit of the system."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_while_saving_is_told_and_training_goes_on(whole, half, tiny_model, capsys, monkeypatch):
    shutil.rmtree(half / "checkpoints" / "checkpoint-4")
    save = torch.save

    def full(value, file, *more, **named):
        with no_file_above(1000):
            return save(value, file, *more, **named)

    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", full)
        assert resume(half) == 0
    out = capsys.readouterr().out
    told = [line for line in out.splitlines() if "no checkpoint could be saved" in line]
    assert len(told) == 1 and "step 4" in told[0] and "checkpoint-2 is the last whole one" in told[0], out
    assert (half / WEIGHTS).read_bytes() == (whole / WEIGHTS).read_bytes()
    assert [p.name for p in (half / "checkpoints").glob("*-*")] == ["checkpoint-2"]
    assert not (half / "checkpoints" / ".writing").exists()


def test_a_full_disk_for_the_adapter_is_status_2_and_nothing_is_lost(whole, half, capsys):
    large = (whole / WEIGHTS).stat().st_size
    with no_file_above(large // 2):  # every step was made; only the adapter is still to be written
        assert resume(half) == 2
    err = capsys.readouterr().err
    assert "the trained adapter cannot be saved" in err and "go on by --resume" in err and err.count("\n") == 1, err
    assert not (half / "adapter").exists()
    assert resume(half) == 0
    assert (half / WEIGHTS).read_bytes() == (whole / WEIGHTS).read_bytes()


def test_what_is_no_fault_of_the_disk_is_not_taken_for_one(tmp_path):
    full = OSError(errno.ENOSPC, "No space left on device")
    assert checkpoints.disk_fault(full, tmp_path).startswith("No space left on device (")
    assert checkpoints.disk_fault(RuntimeError("CUDA error: device-side assert"), tmp_path) is None
    assert checkpoints.disk_fault(ValueError("x"), tmp_path) is None
