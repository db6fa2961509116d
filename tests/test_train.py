"""The command, end to end, on a tiny model: what lies in the run folder, and what a person is told when it cannot work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import yaml
from safetensors.torch import load_file
from tiny_runs import GOOD, SMALL, lines, run, tsv

from grpo_legal import cli, heldout, recorder, train

ROOT = Path(__file__).parents[1]


def steady(path: Path) -> list[dict]:
    """Metrics without what a clock says."""
    return [{k: v for k, v in r.items() if k not in recorder.TIMES} for r in lines(path)]


@pytest.fixture(scope="module")
def done(tiny_model, tmp_path_factory):
    """A whole run, and the JSON that it was asked for."""
    out = tmp_path_factory.mktemp("outputs")
    assert run(tiny_model, out, "whole", "--json", str(out / "table.json"), "--run.usd-per-hour", "3.6") == 0
    return out / "whole"


def test_run_folder_holds_what_it_should(done):
    for name in (
        "config.yaml",
        "metrics.jsonl",
        "completions.jsonl",
        "summary.json",
        "adapter/adapter_model.safetensors",
    ):
        assert (done / name).is_file(), name
    assert sorted(p.name for p in (done / "checkpoints").glob("checkpoint-*")) == ["checkpoint-2", "checkpoint-4"]
    assert [r["step"] for r in lines(done / "metrics.jsonl")] == [1, 2, 3, 4]
    assert len(lines(done / "completions.jsonl")) == 4 * 8


def test_metrics_agree_with_the_completions(done):
    completions = lines(done / "completions.jsonl")
    for record in lines(done / "metrics.jsonl"):
        own = [c for c in completions if c["step"] == record["step"]]
        assert record["reward"] == pytest.approx(sum(c["reward"] for c in own) / 8, abs=1e-5)
        assert record["completion_length"] == pytest.approx(sum(c["tokens"] for c in own) / 8)
        groups = [[c["reward"] for c in own[i : i + 4]] for i in (0, 4)]
        assert record["zero_variance"] == sum(len(set(g)) == 1 for g in groups) / 2
        for i in (0, 4):
            assert len({c["prompt"] for c in own[i : i + 4]}) == 1
        assert record["cost_usd"] == pytest.approx(record["seconds"] / 1000, rel=1e-3)


def test_summary_has_the_comparison(done):
    summary = json.loads((done / "summary.json").read_text())
    for key in [
        "engine",
        "model",
        "data",
        "steps",
        "seconds",
        "tokens",
        "cost_usd",
        "before",
        "after",
        "delta",
        "ci95",
        "p_value",
    ]:
        assert key in summary, key
    assert (summary["engine"], summary["steps"], summary["before"]["n"]) == ("transformers", 4, 12)
    assert summary["delta"] == pytest.approx(
        summary["after"]["balanced_accuracy"] - summary["before"]["balanced_accuracy"]
    )
    assert json.loads((done.parent / "table.json").read_text()) == summary


def test_held_out_answers_are_of_the_test_split_and_never_trained_on(done):
    before, after = lines(done / "eval" / "before.jsonl"), lines(done / "eval" / "after.jsonl")
    assert {r["problem_id"] for r in before} == {r["problem_id"] for r in after} and len(before) == 12
    assert all("/test/" in r["problem_id"] for r in before)
    assert not {r["prompt"] for r in before} & {c["prompt"] for c in lines(done / "completions.jsonl")}


def test_same_seed_gives_the_same_metrics_and_the_same_adapter(done, tiny_model):
    assert run(tiny_model, done.parent, "again", "--run.usd-per-hour", "3.6") == 0
    again = done.parent / "again"
    assert steady(again / "metrics.jsonl") == steady(done / "metrics.jsonl")
    weights = "adapter/adapter_model.safetensors"
    assert (again / weights).read_bytes() == (done / weights).read_bytes()
    assert any(weight.any() for name, weight in load_file(done / weights).items() if "lora_B" in name)  # it did learn
    assert run(tiny_model, done.parent, "other", "--run.seed", "2") == 0
    assert (done.parent / "other" / weights).read_bytes() != (done / weights).read_bytes()


def test_a_run_starts_again_from_its_own_config(done):
    argv = ["--config", str(done / "config.yaml"), "--run.name", "from-config"]
    with pytest.raises(SystemExit) as left:
        cli.run(train.main, argv)
    assert left.value.code == 0
    assert steady(done.parent / "from-config" / "metrics.jsonl") == steady(done / "metrics.jsonl")


def test_the_adapter_is_continued(done, tiny_model):
    assert run(tiny_model, done.parent, "more", "--policy.adapter", str(done / "adapter"), "--grpo.max-steps", "1") == 0
    summary = json.loads((done.parent / "more" / "summary.json").read_text())
    assert summary["model_source"] == str(done / "adapter")
    answers = [sorted((r["problem_id"], r["text"]) for r in lines(p)) for p in
               (done / "eval" / "after.jsonl", done.parent / "more" / "eval" / "before.jsonl")]  # fmt: skip
    assert answers[0] == answers[1]


def test_ctrl_c_saves_and_resume_ends_as_if_never_stopped(done, tiny_model, capsys, monkeypatch):
    """Interrupted in step 3 of 4; the rest is the same to the bit."""
    heard = []

    def interrupt_at_three(self, args, state, control, **_):
        if state.global_step == 2 and not heard:
            heard.append(True)
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(recorder.MetricsLog, "on_step_begin", interrupt_at_three, raising=False)
        assert run(tiny_model, done.parent, "stopped", "--run.usd-per-hour", "3.6") == 130
    assert "--run.name stopped" in capsys.readouterr().err
    stopped = done.parent / "stopped"
    assert [r["step"] for r in lines(stopped / "metrics.jsonl")] == [1, 2, 3]
    assert not (stopped / "summary.json").exists()
    with pytest.raises(SystemExit) as left:
        cli.run(train.main, ["--run.output-dir", str(done.parent), "--run.name", "stopped", "--resume"])
    assert left.value.code == 0
    assert steady(stopped / "metrics.jsonl") == steady(done / "metrics.jsonl")
    assert len(lines(stopped / "completions.jsonl")) == 4 * 8
    third, fourth = lines(stopped / "metrics.jsonl")[2:]  # the first step after the resume counts its own tokens only
    assert fourth["tokens_per_second"] * fourth["step_seconds"] == pytest.approx(
        fourth["tokens"] - third["tokens"], rel=0.02
    )
    assert fourth["seconds"] > third["seconds"]
    weights = "adapter/adapter_model.safetensors"
    assert (stopped / weights).read_bytes() == (done / weights).read_bytes()


def test_ctrl_c_from_the_keyboard(tiny_model, tmp_path):
    """The real signal to a real process: status 130, a checkpoint, and a line that says how to go on."""
    argv = [sys.executable, "-m", "grpo_legal.train", *SMALL, "--policy.model", str(tiny_model), "--grpo.max-steps", "500",
            "--run.output-dir", str(tmp_path), "--run.name", "live"]  # fmt: skip
    process = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    killer = threading.Timer(120, process.kill)
    killer.start()
    try:
        for line in process.stdout:
            if line.startswith("step 3/"):
                os.kill(process.pid, signal.SIGINT)
                break
        _, err = process.communicate()
    finally:
        killer.cancel()
    assert process.returncode == 130
    assert "python -m grpo_legal.train --run.name live" in err and "Traceback" not in err
    steps = len(lines(tmp_path / "live" / "metrics.jsonl"))
    assert (tmp_path / "live" / "checkpoints" / f"checkpoint-{steps}" / "adapter_model.safetensors").is_file()


def test_a_run_is_never_overwritten_nor_resumed_with_other_settings(done, tiny_model, capsys):
    before = (done / "summary.json").read_bytes()
    assert run(tiny_model, done.parent, "whole") == 2
    assert "exists and is never overwritten: go on with it by --run.name whole --resume" in capsys.readouterr().err
    assert run(tiny_model, done.parent, "whole", "--resume", "--grpo.beta", "0.1") == 2
    err = capsys.readouterr().err
    assert "cannot be resumed with other settings" in err and "grpo.beta 0.0 -> 0.1" in err
    assert run(tiny_model, done.parent, "nowhere", "--resume") == 2
    assert "run 'nowhere' is not in" in capsys.readouterr().err
    assert (done / "summary.json").read_bytes() == before


# ---- bad input: one line, status 2, nothing left behind ---------------------------------------------------


BAD = {
    "unknown preset": (["--preset", "h10"], "preset 'h10'"),
    "misspelt setting": (["--grpo.max-stps", "3"], "--grpo.max-stps is not a setting; did you mean --grpo.max-steps"),
    "two faults at once": (["--grpo.batch-size", "9", "--reward.weights", "corect_answer=1"], "corect_answer"),
    "unknown family": (["--data.families", "diversity_juristiction"], "diversity_jurisdiction"),
    "missing data folder": (["--data.source", "dir", "--data.path", "{tmp}/none"], "none"),
    "task that does not exist": (
        ["--data.source", "dir", "--data.path", "{good}", "--data.tasks", "hersay"],
        "hearsay",
    ),
    "no answer column": (["--data.source", "dir", "--data.path", "{no_answer}", "--data.tasks", "hearsay"], "answer"),
    "empty data": (["--data.source", "dir", "--data.path", "{empty}", "--data.tasks", "hearsay"], "hearsay"),
    "prompt too long": (["--policy.max-seq-length", "64"], "policy.max-seq-length"),
    "answer too long": (["--grpo.max-completion-length", "2"], "cuts the right answer 'Yes', which needs 3 tokens"),
    "unwritable folder": (["--run.output-dir", "/proc/none"], "run.output-dir '/proc/none' cannot be written"),
    "no such model": (["--policy.model", "{tmp}/nothing"], "policy.model"),
    "no such adapter": (["--policy.adapter", "{tmp}/nothing"], "policy.adapter"),
    "no such config": (["--config", "{tmp}/none.yaml"], "none.yaml"),
    "wrong count": (["--reward.weights", "bad_rewards:short=1"], "reward 'short'"),
    "not a number": (["--reward.weights", "bad_rewards:nan=1"], "reward 'nan'"),
    "text": (["--reward.weights", "bad_rewards:text=1"], "reward 'text'"),
    "raises": (["--reward.weights", "bad_rewards:broken=1"], "reward 'broken'"),
    "no such function": (["--reward.weights", "bad_rewards:none=1"], "bad_rewards:none"),
    "no such module": (["--reward.weights", "no_such_module:f=1"], "no_such_module"),
}
BAD_REWARDS = """
def short(completions, **columns): return [0.0]
def nan(completions, **columns): return [float("nan")] * len(completions)
def text(completions, **columns): return ["good"] * len(completions)
def broken(completions, **columns): return 1 / 0
def late(completions, prompts=None, trainer_state=None, **columns):
    if trainer_state is not None and trainer_state.global_step >= 2:
        raise RuntimeError("the judge went home")
    return [0.1 * (len(str(c)) % 7) for c in completions]
"""


@pytest.fixture
def places(tmp_path, monkeypatch):
    (tmp_path / "bad_rewards.py").write_text(BAD_REWARDS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "bad_rewards", raising=False)
    return {
        "tmp": str(tmp_path),
        "good": str(tsv(tmp_path / "good", "hearsay", GOOD)),
        "no_answer": str(tsv(tmp_path / "no_answer", "hearsay", GOOD.replace("answer", "gold", 1))),
        "empty": str(tsv(tmp_path / "empty", "hearsay", "index\ttext\tanswer\n")),
    }


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line_and_status_2(case, places, tiny_model, tmp_path, capsys):
    more, told = BAD[case]
    assert run(tiny_model, tmp_path / "out", "x", *(m.format(**places) for m in more)) == 2
    err = capsys.readouterr().err
    assert err.startswith("error: ") and err.count("\n") == 1 and told in err, err
    assert "Traceback" not in err
    assert not (tmp_path / "out" / "x").exists()  # the name stays free


def test_a_reward_that_fails_late_leaves_a_checkpoint(places, tiny_model, tmp_path, capsys):
    weights = ["--reward.weights", "bad_rewards:late=1", "--reward.audit", "off", "--reward.max-failed", "0"]
    weights += ["--grpo.save-steps", "100"]
    assert run(tiny_model, tmp_path / "out", "x", *weights) == 2
    err = capsys.readouterr().err
    assert "reward 'late' raised" in err and "the judge went home" in err and "Traceback" not in err
    folder = tmp_path / "out" / "x"
    assert (folder / "checkpoints" / "checkpoint-2" / "adapter_model.safetensors").is_file()
    assert len(lines(folder / "eval" / "before.jsonl")) == 12 and len(lines(folder / "metrics.jsonl")) == 2


def test_a_users_reward_is_recorded_under_its_name(places, tiny_model, tmp_path):
    (tmp_path / "my_rewards.py").write_text("def brevity(completions, **columns): return [0.5] * len(completions)\n")
    weights = ["--reward.weights", "correct_answer=1", "my_rewards:brevity=0.5", "--grpo.max-steps", "1"]
    assert run(tiny_model, tmp_path / "out", "x", *weights) == 0
    first = lines(tmp_path / "out" / "x" / "completions.jsonl")[0]
    assert first["rewards"] == {"correct_answer": 0.0, "brevity": 0.5} and first["reward"] == 0.25


def test_stored_config_holds_every_setting_but_the_name(done):
    stored = yaml.safe_load((done / "config.yaml").read_text())
    assert (
        stored["run"]["name"] is None
        and stored["grpo"]["max_steps"] == 4
        and stored["policy"]["engine"] == "transformers"
    )


def test_help_answers_without_torch():
    code = "import sys, runpy; sys.argv = ['train', '--help']\ntry: runpy.run_module('grpo_legal.train', run_name='__main__')\n" \
           "finally: assert 'torch' not in sys.modules"  # fmt: skip
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True).returncode == 0


def test_one_answer_to_everything_is_told():
    asked = [
        {"kind": "yes_no", "answer": "Yes", "gold": gold, "correct": gold == "Yes", "family": "f"}
        for gold in ("Yes", "No")
    ]
    assert heldout.score(asked)["only_answer"] == "Yes"
    assert heldout.score([asked[0], {**asked[1], "answer": "No"}])["only_answer"] is None
    assert heldout.score(asked[:1])["only_answer"] is None
