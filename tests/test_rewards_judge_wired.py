"""The judge named in a run's settings: faults told before anything is computed, its value beside the other rewards."""

from __future__ import annotations

import pytest
from grader import Grader, serving
from tiny_runs import lines, run

from grpo_legal import cli, config, rewards, train
from grpo_legal.errors import UserError
from grpo_legal.judge_settings import JudgeSettings
from grpo_legal.rewards import gated

NAMED = ["--reward.weights", "correct_answer=1", "judge=0.2", "--reward.max-failed", "1"]


@pytest.fixture
def endpoint():
    with serving() as address:
        yield address


def test_what_the_judge_lacks_is_told_with_the_other_faults(tiny_model, tmp_path, capsys):
    assert run(tiny_model, tmp_path, "x", *NAMED, "--grpo.batch-size", "9") == 2
    said = capsys.readouterr().err
    assert "judge.model is not set" in said and "grpo.batch-size 9" in said and said.count("\n") == 1
    assert config.resolve(config.preset("cpu")).judge == JudgeSettings()  # and without the reward nothing is asked for
    with pytest.raises(UserError, match=r"judge\.model is not set"):
        rewards.build({"judge": 1.0}, max_completion_tokens=9)


def test_an_endpoint_that_is_not_there_stops_the_run_before_it_begins(tiny_model, tmp_path, capsys):
    where = ["--judge.base-url", "http://127.0.0.1:9/v1", "--judge.model", "g", "--judge.max-retries", "0"]
    assert run(tiny_model, tmp_path, "x", *NAMED, *where, "--judge.cache", str(tmp_path / "cache.jsonl")) == 2
    assert "judge.base-url 'http://127.0.0.1:9/v1'" in capsys.readouterr().err and not (tmp_path / "x").exists()


def test_a_run_is_judged_and_wrong_answers_are_not_asked_about(endpoint, tiny_model, tmp_path):
    where = ["--judge.base-url", endpoint, "--judge.model", "g", "--judge.cache", str(tmp_path / "cache.jsonl")]
    Grader.asked = 0
    assert run(tiny_model, tmp_path, "x", *NAMED, *where, "--grpo.max-steps", "1") == 0
    for record in lines(tmp_path / "x/completions.jsonl"):
        assert record["rewards"]["judge"] == (0.75 if record["rewards"]["correct_answer"] else 0.0)
    assert 1 <= Grader.asked <= 6  # the trial, and the right answers of the preflight: never the attacks of the audit
    stored = (tmp_path / "x/config.yaml").read_text()
    assert "judge" in stored and endpoint in stored


def test_a_run_that_goes_on_counts_what_was_spent_before(endpoint, tiny_model, tmp_path, capsys):
    price = ["--judge.usd-per-million-in", "1", "--judge.usd-per-million-out", "1", "--judge.budget-usd", "1"]
    where = ["--judge.base-url", endpoint, "--judge.model", "g", "--judge.cache", str(tmp_path / "cache.jsonl")]
    Grader.asked = 0
    assert run(tiny_model, tmp_path, "x", *NAMED, *where, *price, "--grpo.max-steps", "2") == 0
    first, ledger = Grader.asked, tmp_path / "x/judge_ledger.jsonl"
    assert spent(ledger) == first * 120 > 0  # the trial and the preflight among them
    assert goes_on(tmp_path) == 0
    assert spent(ledger) == Grader.asked * 120 > first * 120
    stored, asked = tmp_path / "x/config.yaml", Grader.asked
    stored.write_text(stored.read_text().replace("budget_usd: 1.0", f"budget_usd: {spent(ledger) / 1e6}"))
    assert goes_on(tmp_path) == 2  # what is left does not pay for the trial
    assert Grader.asked == asked and "does not pay for one call" in capsys.readouterr().err


def goes_on(out) -> int:
    """The exit status of the run resumed."""
    with pytest.raises(SystemExit) as left:
        cli.run(train.main, ["--run.output-dir", str(out), "--run.name", "x", "--resume"])
    return left.value.code


def spent(ledger):
    """Tokens of all calls."""
    return sum(call["prompt"] + call["generated"] for call in lines(ledger))


def test_no_verdict_passes_the_gate_as_no_verdict():
    row = {"kind": ["yes_no"] * 3, "labels": [["Yes", "No"]] * 3, "answer": ["Yes"] * 3}
    assert gated(lambda completions, **_: [None, None, 0.5])(["Yes", "No", "No"], **row) == [None, None, 0.0]
