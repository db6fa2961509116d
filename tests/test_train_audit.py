"""The audit at the start of a training run, and what is watched while it trains."""

from __future__ import annotations

import json
import sys

import pytest
from tiny_runs import lines, run

from grpo_legal import config

ANY_TEXT = "def any_text(completions, **columns): return [0.1 * (len(str(c)) % 7) + 0.1 for c in completions]\n"
GAMED = ["--reward.weights", "audit_gamed:any_text=1"]


@pytest.fixture
def gamed(tmp_path, monkeypatch):
    (tmp_path / "audit_gamed.py").write_text(ANY_TEXT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "audit_gamed", raising=False)


@pytest.mark.usefixtures("gamed")
def test_rewards_that_can_be_gamed_stop_the_run_before_it_starts(tiny_model, tmp_path, capsys):
    assert run(tiny_model, tmp_path / "out", "x", *GAMED) == 2
    err = capsys.readouterr().err
    assert err.startswith("error: the rewards can be gamed: ") and err.count("\n") == 1 and "--reward.audit warn" in err
    assert not (tmp_path / "out" / "x").exists()


@pytest.mark.usefixtures("gamed")
def test_a_warned_run_goes_on_and_is_watched(tiny_model, tmp_path, capsys):
    more = ["--reward.audit", "warn", "--reward.audit-every", "2", "--eval.probe-every", "2", "--grpo.max-steps", "3"]
    assert run(tiny_model, tmp_path / "out", "x", *GAMED, *more, "--run.view", "plain") == 0
    out, folder = capsys.readouterr().out, tmp_path / "out" / "x"
    assert "audit: best attack earns" in out and "audit: the rewards can be gamed" in out
    assert json.loads((folder / "audit.json").read_text())["holds"] is False
    first, second, third = lines(folder / "metrics.jsonl")
    assert "held_out_accuracy" not in first | third and "gamed" not in first | third
    assert 0 <= second["held_out_accuracy"] <= 1 and second["held_out_n"] == 12 and isinstance(second["gamed"], dict)
    shown = [line for line in out.splitlines() if line.startswith("step ")]
    assert ["held out" in line for line in shown] == [False, True, False]


def test_off_in_yaml_is_the_word(tmp_path):
    (tmp_path / "off.yaml").write_text("reward: {audit: off}\n")
    assert config.resolve(config.read_file(tmp_path / "off.yaml")).reward.audit == "off"
