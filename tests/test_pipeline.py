"""python -m grpo_legal.pipeline: each stage one of our commands, skipped where its output is there and the same."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from grpo_legal import cli, config, pipeline

ROOT = Path(__file__).parents[1]
SMALL = [
    "--preset", "cpu", "--sft.max-steps", "1", "--sft.batch-size", "4", "--sft.micro-batch-size", "4", "--sft.warmup-steps", "0",
    "--sft.learning-rate", "0.01", "--grpo.max-steps", "1", "--grpo.batch-size", "8", "--grpo.num-generations", "4",
    "--grpo.micro-batch-size", "8", "--grpo.entropy-target", "none", "--grpo.max-completion-length", "8",
    "--grpo.warmup-steps", "0", "--data.train-size", "20", "--eval.n", "4", "--pipeline.n", "4",
]  # fmt: skip

pytestmark = pytest.mark.slow  # every stage is a process of its own


class Here:
    """Runs the commands in this process, which has torch imported already; a module in `broken` gives its status."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.broken: dict[str, int] = {}

    def __call__(self, words) -> int:
        module, argv = words[2], words[3:]
        self.ran.append(module.removeprefix("grpo_legal."))
        if module in self.broken:
            return self.broken[module]
        with pytest.raises(SystemExit) as left:
            cli.run(importlib.import_module(module).main, argv)
        return left.value.code


@pytest.fixture
def here(monkeypatch):
    runner = Here()
    monkeypatch.setattr(pipeline, "_run", runner)
    return runner


def run(out, *more: str) -> int:
    with pytest.raises(SystemExit) as left:
        cli.run(pipeline.main, [*SMALL, "--run.output-dir", str(out), "--run.name", "p", *more])
    return left.value.code


@pytest.fixture(scope="module")
def done(tiny_model, tmp_path_factory):
    """A whole pipeline, in `out/p`."""
    out, runner = tmp_path_factory.mktemp("pipeline"), Here()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "_run", runner)
        assert run(out, "--policy.model", str(tiny_model), "--json", str(out / "results.json")) == 0
    assert runner.ran == ["sft", "train", "evaluate", "report"]
    return out


@pytest.fixture
def copied(done, tmp_path, tiny_model):
    """The same in another place, to be changed."""
    shutil.copytree(done / "p", tmp_path / "p")
    return tmp_path


def test_from_nothing_to_a_report(done):
    root = done / "p"
    results = json.loads((root / "grpo" / "eval" / "results.json").read_text())
    assert list(results["adapters"]) == ["base", "sft", "grpo"] and results["adapters"]["base"] is None
    assert json.loads((done / "results.json").read_text()) == results
    summary = json.loads((root / "grpo" / "summary.json").read_text())
    assert summary["model_source"] == str(root / "sft" / "adapter")
    assert "sft" in (root / "grpo" / "report.html").read_text("utf-8")
    records = json.loads((root / "pipeline.json").read_text())
    assert list(records) == ["sft", "grpo", "evaluation", "report"] and all(r["done"] for r in records.values())


def test_a_second_call_skips_what_is_there(copied, tiny_model, here, capsys):
    assert run(copied, "--policy.model", str(tiny_model)) == 0
    assert here.ran == []
    out = capsys.readouterr().out
    assert [f"{name} skipped" in out for name in ("sft", "grpo", "evaluation", "report")] == [True] * 4
    with pytest.raises(SystemExit) as left:  # with the settings that are stored
        cli.run(pipeline.main, ["--run.output-dir", str(copied), "--run.name", "p", "--resume"])
    assert left.value.code == 0 and here.ran == []


def test_a_stage_that_fails_ends_it_and_the_next_call_goes_on_there(copied, tiny_model, here, capsys):
    shutil.rmtree(copied / "p" / "grpo")
    here.broken = {"grpo_legal.train": 137}
    assert run(copied, "--policy.model", str(tiny_model)) == 137
    assert capsys.readouterr().err == "pipeline: grpo ended with status 137; the same command goes on there\n"
    here.broken, here.ran = {}, []
    assert run(copied, "--policy.model", str(tiny_model)) == 0
    assert here.ran == ["train", "evaluate", "report"]


def test_a_stage_that_was_stopped_is_resumed(copied, tiny_model, here, capsys):
    grpo = copied / "p" / "grpo"
    (grpo / "summary.json").unlink()
    shutil.rmtree(grpo / "adapter")
    for name in ("base", "sft", "grpo"):
        (grpo / "eval" / f"{name}.jsonl").unlink()
    for name in ("results", "evaluation"):
        (grpo / "eval" / f"{name}.json").unlink()
    stored = json.loads((copied / "p" / "pipeline.json").read_text())
    stored["grpo"]["done"] = False
    (copied / "p" / "pipeline.json").write_text(json.dumps(stored))
    config_before = (grpo / "config.yaml").read_bytes()
    assert run(copied, "--policy.model", str(tiny_model)) == 0
    assert "pipeline: grpo goes on: python -m grpo_legal.train" in capsys.readouterr().out
    assert here.ran == ["train", "evaluate", "report"] and (grpo / "config.yaml").read_bytes() == config_before


CHANGED = {
    "sft": (["--sft.learning-rate", "0.02"], "p/sft was made with other settings"),
    "grpo": (["--grpo.learning-rate", "0.02"], "p/grpo was made with other settings"),
    "evaluation": (["--pipeline.n", "3"], "eval/evaluation.json"),
}


@pytest.mark.parametrize("stage", CHANGED)
def test_other_settings_are_told_and_nothing_is_written(stage, copied, tiny_model, here, capsys):
    more, told = CHANGED[stage]
    before = (copied / "p" / "config.yaml").read_bytes()
    assert run(copied, "--policy.model", str(tiny_model), *more) == 2
    err = capsys.readouterr().err
    assert told in err and err.count("\n") == 1 and here.ran == []
    assert (copied / "p" / "config.yaml").read_bytes() == before


def test_another_adapter_is_another_pipeline(copied, tiny_model, here, capsys):
    weights = copied / "p" / "sft" / "adapter" / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\1")
    assert run(copied, "--policy.model", str(tiny_model)) == 2
    assert "p/grpo was made with other settings or inputs" in capsys.readouterr().err


BAD = {
    "misspelt": (["--sft.max-stps", "3"], "--sft.max-stps is not a setting"),
    "suite": (
        ["--pipeline.suites", "familes"],
        "pipeline.suites 'familes' is none of families, legalbench, own, rubric; did",
    ),
    "no LegalBench": (["--pipeline.suites", "legalbench"], "needs data.source dir or hub, not families"),
    "no file": (["--pipeline.suites", "own"], "own needs data.source file, not families"),
    "resume what is not there": (["--resume"], "is not there; name a pipeline by --run.name"),
    "unwritable": (["--run.output-dir", "/proc/none"], "'/proc/none' cannot be written"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line_and_status_2(case, tmp_path, here, capsys):
    more, told = BAD[case]
    assert run(tmp_path, *more) == 2
    err = capsys.readouterr().err
    assert err.startswith("error: ") and err.count("\n") == 1 and told in err and here.ran == []


def test_a_preset_for_a_gpu_is_refused_without_one(tmp_path, here, capsys, monkeypatch):
    monkeypatch.setattr(pipeline, "_preset_by_hardware", lambda: "cpu")
    with pytest.raises(SystemExit) as left:
        cli.run(pipeline.main, ["--preset", "t4", "--run.output-dir", str(tmp_path / "out")])
    assert left.value.code == 2 and "preset 't4' needs a CUDA GPU" in capsys.readouterr().err
    assert here.ran == [] and not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", config.CPU_PRESETS)
def test_a_preset_for_two_cores_looks_at_no_hardware(name, monkeypatch):
    monkeypatch.setattr(pipeline, "_preset_by_hardware", lambda: pytest.fail("asked"))
    assert pipeline._preset(cli.parse("pipeline", "test", ["--preset", name])) == name


SOURCES = [
    ({"source": "families"}, ["families"]),
    ({"source": "hub"}, ["legalbench"]),
    ({"source": "hub", "families_share": 0.5}, ["legalbench", "families"]),
    ({"source": "file", "path": "x.jsonl", "columns": {"answer": "a"}}, ["own"]),
    ({"source": "file", "path": "x.jsonl", "columns": {"answer": "a"}, "families_share": 0.5}, ["own", "families"]),
]


@pytest.mark.parametrize("data, suites", SOURCES)
def test_the_evaluation_asks_what_training_was_about(data, suites):
    from grpo_legal import evaluate_options

    settings = config.resolve(config.preset("cpu"), {"data": data})
    asked = evaluate_options.parser("").parse_args(pipeline._evaluate_words(settings, Path("out/p")))
    assert asked.suite == suites and asked.prompt == "short" and asked.max_new_tokens == 1
    assert asked.models == ["base=", "sft=out/p/sft/adapter", "grpo=out/p/grpo/adapter"]


def test_a_process_of_its_own_for_each_stage_and_its_status(tmp_path):
    assert pipeline._run([sys.executable, "-c", "raise SystemExit(3)"]) == 3
    assert pipeline._run([sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]) == 137


def test_ctrl_c_lets_the_stage_save_and_ends_the_pipeline_with_its_status(tmp_path):
    """The terminal sends the signal to both; the stage takes its time and gives 130, which the pipeline waits for."""
    stage = "import signal, sys, time\n" \
            "signal.signal(signal.SIGINT, lambda *_: (time.sleep(0.5), sys.exit(130)))\nprint('up', flush=True)\ntime.sleep(60)"  # fmt: skip
    code = f"import sys; from grpo_legal import pipeline; print(pipeline._run([sys.executable, '-c', {stage!r}]))"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)  # fmt: skip
    killer = threading.Timer(60, process.kill)
    killer.start()
    try:
        assert process.stdout.readline() == "up\n"
        os.killpg(process.pid, signal.SIGINT)
        out, _ = process.communicate()
    finally:
        killer.cancel()
    assert out == "130\n" and process.returncode == 0
