"""The benchmark of one step: what it is asked for, and a row for every shape with all that is claimed from it."""

from __future__ import annotations

import argparse
import json

import pytest
import torch
from conftest import make_model

from benchmarks import step


def run(monkeypatch, *words: str) -> int:
    """The command in this process; its exit status."""
    monkeypatch.setattr("sys.argv", ["step", *words])
    try:
        step.main()
    except SystemExit as left:
        return left.code
    return 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--shapes", "16,4"], "'16,4' is not P,C,G such as 512,32,8"),
        (["--shapes", "16,4,two"], "'16,4,two' is not P,C,G such as 512,32,8"),
        (["--shapes", "16,4,1"], "'16,4,1': P and C must be 1 or more, G 2 or more"),
        (["--shapes", "0,4,2"], "'0,4,2': P and C must be 1 or more, G 2 or more"),
        (["--engine", "unsloth"], "--engine unsloth needs a CUDA GPU and --load-in-4bit"),
        (["--engine", "unsloth", "--plain", "fastest"], "--plain fastest does not go with --engine unsloth"),
        (["--repeats", "0"], "--repeats"),
    ],
)
def test_what_cannot_be_measured_exits_2(monkeypatch, capsys, words, told):
    assert run(monkeypatch, *words) == 2
    assert told in capsys.readouterr().err


def test_a_row_for_every_shape(monkeypatch, capsys, tiny_model, tmp_path):
    out, plot = tmp_path / "step.json", tmp_path / "step.svg"
    words = ["--model", str(tiny_model), "--shapes", "16,4,2", "40,1,4", "--repeats", "1", "--micro", "2"]
    assert run(monkeypatch, *words, "--json", str(out), "--plot", str(plot)) == 0
    made = json.loads(out.read_text())
    assert made["machine"]["versions"]["torch"] == torch.__version__ and made["machine"]["repeats"] == 1
    assert [(r["prompt"], r["completion"], r["group"], r["plain_micro_batch"]) for r in made["rows"]] == [
        (16, 4, 2, 2), (40, 1, 4, 2),
    ]  # fmt: skip
    for row in made["rows"]:
        prompt, completion, group = row["prompt"], row["completion"], row["group"]
        assert row["limit"] == pytest.approx(group * (prompt + completion) / (prompt + group * completion), abs=1e-3)
        assert row["ratio"] == pytest.approx(row["plain"]["seconds"] / row["ours"]["seconds"], rel=0.05)
        for side in (row["plain"], row["ours"]):
            parts = [side[part] for part in step.PARTS]
            assert all(part > 0 for part in parts) and sum(parts) == pytest.approx(side["seconds"], abs=2e-3)
            assert side["tokens_per_second"] > 0 and side["peak_gib"] > 0
    assert capsys.readouterr().out.count("step ") == 2 and plot.read_text().startswith("<?xml")


@pytest.mark.slow
def test_plain_trl_at_its_fastest_micro_batch(monkeypatch, capsys, tiny_model, tmp_path):
    out = tmp_path / "step.json"
    words = ["--model", str(tiny_model), "--shapes", "16,4,6", "--repeats", "1", "--micro", "5", "--plain", "fastest"]
    assert run(monkeypatch, *words, "--json", str(out)) == 0
    made = json.loads(out.read_text())
    (row,) = made["rows"]
    tried = row["plain_backward_by_micro_batch"]
    assert (
        sorted(tried) == ["1", "2", "3"]
        and min(tried.values()) > 0
        and str(row["plain_micro_batch"]) == min(tried, key=tried.__getitem__)
    )
    assert made["machine"]["plain"] == "fastest"


@pytest.mark.long
def test_the_largest_micro_batch_is_tried_in_processes_of_their_own(tiny_model):
    typed = argparse.Namespace(micro=None, model=str(tiny_model), memory=24.0, load_in_4bit=False, plain="largest")
    assert step._micro_batch(typed, (16, 4, 2)) == (2, {})


@pytest.mark.long
def test_unsloth_is_measured_by_its_own_loop(capsys, tmp_path):
    """Here transformers stands for it: both sides are plain TRL, in processes of their own."""
    pytest.importorskip("bitsandbytes")
    make_model(tmp_path, "qwen2", hidden=64)
    typed = argparse.Namespace(shapes=[(40, 3, 2)], model=str(tmp_path), repeats=1)
    (row,) = step._unsloth(typed, engine="transformers")
    assert row["plain"]["trainer"] == row["ours"]["trainer"] == "PlainTrainer" and row["limit"] == pytest.approx(
        1.87, abs=1e-3
    )
    assert row["ratio"] == pytest.approx(row["plain"]["seconds"] / row["ours"]["seconds"], abs=1e-3)
