"""Experiment trackers: TensorBoard and trackio for real, and what happens where one is missing or fails."""

from __future__ import annotations

import importlib.util
import json
import sqlite3
import sys
import types

import pytest
import test_sft
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tiny_runs import lines, run

from grpo_legal import cli, recorder, sft, trackers
from grpo_legal.errors import UserError
from grpo_legal.run_folder import RunFolder
from grpo_legal.trackers import callback


@pytest.fixture(scope="module", autouse=True)
def kept_here(tmp_path_factory):
    """trackio reads its folder when it is imported."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("trackio")
        patch.setenv("TRACKIO_DIR", str(folder))
        from trackio import sqlite_storage, utils

        for module in (utils, sqlite_storage):
            patch.setattr(module, "TRACKIO_DIR", folder)
        yield folder


def board(path) -> tuple[dict[str, list[tuple[int, float]]], EventAccumulator]:
    found = EventAccumulator(str(path)).Reload()
    return {tag: [(e.step, e.value) for e in found.Scalars(tag)] for tag in found.Tags()["scalars"]}, found


def assert_the_same(curves, records):
    """Every number of every record is in the tracker under its own name."""
    for record in records:
        numbers = callback.scalars(record)
        assert {"reward", "tokens_per_second", "zero_variance"} <= numbers.keys() or "token_accuracy" in numbers
        for key, value in numbers.items():
            told = dict(curves[f"train/{key}"])
            assert told[record["step"]] == pytest.approx(value, rel=1e-5, abs=1e-6)


def test_tensorboard_and_trackio_get_the_records_of_grpo(tiny_model, tmp_path, kept_here):
    assert (
        run(tiny_model, tmp_path, "watched", "--run.trackers", "tensorboard", "trackio", "--grpo.max-steps", "3") == 0
    )
    records = lines(tmp_path / "watched" / "metrics.jsonl")
    curves, events = board(tmp_path / "watched" / "tensorboard")
    assert_the_same(curves, records)
    assert len(records) == 3 and any("rewards/" in tag for tag in curves)
    told = events.Tensors("settings/text_summary")[0].tensor_proto.string_val[0].decode()
    assert "| grpo.max_steps | 3 |" in told

    with sqlite3.connect(kept_here / "grpo-legal.db") as database:
        stored = database.execute("select run_name, step, metrics from metrics order by step").fetchall()
        (config,) = database.execute("select config from configs").fetchone()
    assert {name for name, *_ in stored} == {"watched"}
    logged = [json.loads(metrics) for *_, metrics in stored]
    stepped = [row for row in logged if "train/reward" in row]
    assert [row["train/reward"] for row in stepped] == pytest.approx([r["reward"] for r in records])
    assert json.loads(config)["settings"]["grpo.max_steps"] == 3


def test_tensorboard_gets_the_records_of_sft_and_goes_on_after_a_resume(tiny_model, tmp_path):
    given = ("--run.trackers", "tensorboard")
    assert test_sft.run(tiny_model, tmp_path, "start", *given, "--sft.max-steps", "2") == 0
    path = tmp_path / "start" / "config.yaml"
    path.write_text(path.read_text().replace("max_steps: 2", "max_steps: 4"))
    with pytest.raises(SystemExit) as left:
        cli.run(sft.main, ["--run.output-dir", str(tmp_path), "--run.name", "start", *given, "--resume"])
    assert left.value.code == 0
    records = lines(tmp_path / "start" / "metrics.jsonl")
    curves, _ = board(tmp_path / "start" / "tensorboard")
    assert [step for step, _ in curves["train/loss"]] == [1, 2, 3, 4]
    assert_the_same(curves, records)


def test_a_missing_package_is_one_line_before_anything_is_loaded(tmp_path, tiny_model, monkeypatch, capsys):
    real = importlib.util.find_spec
    monkeypatch.setattr(trackers, "find_spec", lambda name: None if name in ("wandb", "mlflow") else real(name))
    assert run(tiny_model, tmp_path, "x", "--run.trackers", "wandb", "tensorboard") == 2
    told = capsys.readouterr().err
    assert "run.trackers wandb: the package wandb is not installed (pip install wandb)" in told
    assert "tensorboard:" not in told and not (tmp_path / "x").exists()
    assert trackers.faults(["mlflow", "mlflow"]) == [
        "run.trackers mlflow: the package mlflow is not installed (pip install mlflow)"
    ]


def test_an_unknown_tracker_is_named_with_the_legal_ones(tmp_path, tiny_model, capsys):
    assert run(tiny_model, tmp_path, "x", "--run.trackers", "tensorbord") == 2
    told = capsys.readouterr().err
    assert "'tensorbord'" in told and "'trackio'" in told


class Broken:
    """A tracker that works until its disk is full."""

    def on_train_begin(self, *_, **__): ...
    def on_log(self, *_, **__):
        raise OSError("no space left on device")

    def on_train_end(self, *_, **__):
        raise AssertionError("left out by then")


def test_a_tracker_that_fails_is_left_out_and_training_goes_on(tmp_path):
    notes: list[str] = []
    made = callback.Trackers([], RunFolder(tmp_path), lambda: {"step": 1, "loss": 0.1}, {}, notes.append)
    made.made["mlflow"] = Broken()
    state = types.SimpleNamespace(is_world_process_zero=True, global_step=1)
    for _ in range(2):
        made.on_log(types.SimpleNamespace(), state, None, logs={"loss": 0.1})
    made.on_train_end(types.SimpleNamespace(), state, None)
    assert notes == ["tracker mlflow failed and is left out from here on: OSError: no space left on device"]


def test_a_tracker_that_cannot_start_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(callback, "get_reporting_integration_callbacks", lambda names: [lambda: 1 / 0])
    with pytest.raises(UserError, match=r"run\.trackers trackio could not start: ZeroDivisionError"):
        callback.Trackers(["trackio"], RunFolder(tmp_path), dict, {}, print)


def test_no_other_process_but_the_first_reports(tmp_path):
    made = callback.Trackers([], RunFolder(tmp_path), dict, {}, print)
    made.made["mlflow"] = Broken()
    made.on_log(None, types.SimpleNamespace(is_world_process_zero=False), None, logs={"loss": 1.0})
    assert made.made


def test_records_as_numbers():
    record = {"step": 2, "kl": None, "flags": ["a", "b"], "rewards": {"form": 0.5, "judge": None}, "text": "x"}
    assert callback.scalars(record) == {"step": 2, "flags": 2, "rewards/form": 0.5}
    assert set(recorder.TIMES) <= set(callback.scalars({name: 1.0 for name in recorder.TIMES}))
    assert sys.modules["trackio"].__version__  # the real one
