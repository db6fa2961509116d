"""The training command with rewards that fail while it runs: what is recorded, and when the run ends."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml
from tiny_runs import lines, run

OWN = """
import re, time

def steps_done(state):
    return 0 if state is None else state.global_step

def touchy(completions, trainer_state=None, **columns):
    "Raises on every third completion of the second step on; alone it raises on the same ones."
    texts = [c[0]["content"] for c in completions]
    if trainer_state is not None and any(sum(map(ord, t)) % 3 == 0 for t in texts):
        raise ValueError("cannot read this one")
    return [0.5 for _ in texts]

def hangs(completions, trainer_state=None, **columns):
    if steps_done(trainer_state) == 1:
        re.match(r"(a+)+$", "a" * 60 + "!")
    return [0.25 for _ in completions]

def rubbish(completions, trainer_state=None, **columns):
    return ["good" if steps_done(trainer_state) >= 1 else 0.5 for _ in completions]
"""


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    (tmp_path / "touchy_rewards.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "touchy_rewards", raising=False)


def weights(name: str) -> list[str]:
    return ["--reward.weights", "correct_answer=1", f"touchy_rewards:{name}=0.5"]


def of_step(folder: Path, step: int) -> list[dict]:
    return [record for record in lines(folder / "completions.jsonl") if record["step"] == step]


def test_a_reward_that_raises_on_some_completions_does_not_end_the_run(tiny_model, tmp_path, capsys):
    assert run(tiny_model, tmp_path / "out", "x", *weights("touchy"), "--reward.max-failed", "0.9") == 0
    folder, failed = tmp_path / "out" / "x", 0
    for record in lines(folder / "metrics.jsonl"):
        own = of_step(folder, record["step"])
        for completion in own:
            culprit = sum(map(ord, completion["completion"])) % 3 == 0
            assert completion["rewards"]["touchy"] == (None if culprit else 0.5)
            assert completion["reward"] == completion["rewards"]["correct_answer"] + (0 if culprit else 0.25)
        none = sum(completion["rewards"]["touchy"] is None for completion in own)
        failed += none
        assert record["failed_rewards"] == none / 16  # of two rewards on eight completions
        assert record["rewards"]["touchy"] == (0.5 if none < 8 else None)
        assert record["reward"] == pytest.approx(sum(completion["reward"] for completion in own) / 8, abs=1e-5)
    assert 0 < failed < 32
    out = capsys.readouterr().out
    assert out.count("note: reward 'touchy' raised ValueError: cannot read this one") == 1 and "failed " in out


def test_a_reward_that_hangs_once_costs_a_batch_of_it(tiny_model, tmp_path, capsys):
    """A regular expression that runs away, which no thread could be taken from."""
    more = [*weights("hangs"), "--reward.timeout-s", "1", "--grpo.max-steps", "3"]
    assert run(tiny_model, tmp_path / "out", "x", *more) == 0
    folder = tmp_path / "out" / "x"
    given = [{completion["rewards"]["hangs"] for completion in of_step(folder, step)} for step in (1, 2, 3)]
    assert given == [{0.25}, {None}, {0.25}]
    assert [record["failed_rewards"] for record in lines(folder / "metrics.jsonl")] == [0.0, 0.5, 0.0]
    assert "reward 'hangs' did not answer within reward.timeout-s 1: 8 of 8" in capsys.readouterr().out


def test_a_reward_that_goes_on_giving_rubbish_ends_the_run_with_a_checkpoint(tiny_model, tmp_path, capsys):
    more = [*weights("rubbish"), "--grpo.save-steps", "100"]
    assert run(tiny_model, tmp_path / "out", "x", *more) == 2
    err = capsys.readouterr().err
    assert "reward 'rubbish' gave 'good' as item 0" in err and "Traceback" not in err
    assert "failed on 16 completions of the last 3 batches, more than reward.max-failed 0.1 allows of 80" in err
    folder = tmp_path / "out" / "x"
    assert [record["failed_rewards"] for record in lines(folder / "metrics.jsonl")] == [0.0, 0.5]
    assert (folder / "checkpoints" / "checkpoint-2" / "adapter_model.safetensors").is_file()


def test_a_run_with_a_reward_preset_starts_again_from_its_weights(tiny_model, tmp_path):
    assert run(tiny_model, tmp_path / "out", "x", "--reward.preset", "drafting", "--grpo.max-steps", "1") == 0
    stored = yaml.safe_load((tmp_path / "out" / "x" / "config.yaml").read_text())["reward"]
    assert (
        stored["preset"] == "drafting" and stored["weights"]["legal_quality"] == 0.08 and len(stored["weights"]) == 11
    )
    first = lines(tmp_path / "out" / "x" / "completions.jsonl")[0]
    assert list(first["rewards"]) == list(stored["weights"])
    assert lines(tmp_path / "out" / "x" / "metrics.jsonl")[0]["failed_rewards"] == 0.0
