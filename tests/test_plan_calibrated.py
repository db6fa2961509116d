"""What a plan takes from measurements: the factors of a run, its lengths, the prompts of the data."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from test_plan import settings
from transformers import AutoTokenizer

from grpo_legal import config, embedded_model, plan, rows, run_folder
from grpo_legal.errors import UserError
from grpo_legal.planning import calibration, lengths, machines, shapes, speed, workload
from grpo_legal.planning.speed import Scale
from grpo_legal.schema import chat_prompt


def fake_run(folder: Path, made: config.Settings, seconds) -> Path:
    """A run folder whose steps took `seconds(prompt, completion)`."""
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(config.dump(made))
    tokens, records = 0, []
    for step in range(1, 13):
        prompt, completion = 100 + 37 * (step % 4), 3 + 5 * (step % 3)
        tokens += made.grpo.batch_size * (prompt + completion)
        records.append({"step": step, "tokens": tokens, "completion_length": float(completion),
                        "step_seconds": seconds(prompt, completion) + (20 if step == 1 else 0)})  # fmt: skip
    run_folder.append_lines(folder / "metrics.jsonl", records)
    return folder


@pytest.mark.parametrize(("sampling", "training"), [(1.0, 1.0), (3.0, 3.0), (0.5, 2.0), (4.0, 1.0)])
def test_calibration_finds_the_factors_that_a_run_was_made_with(tmp_path, sampling, training):
    made = settings("cpu", max_completion_length=16, batch_size=32, num_generations=8, micro_batch_size=32)
    shape, cpu, base = shapes.known("smollm2-135m"), machines.named("cpu"), workload.of(made)

    def seconds(prompt, completion):
        work = dataclasses.replace(base, usual_prompt=prompt, usual_completion=completion)
        return speed.grpo_step(shape, work, cpu, Scale(sampling, training)).seconds

    folder = fake_run(tmp_path / "run", made, seconds)
    fitted = calibration.of_run(str(folder), cpu)
    assert fitted.steps == 11 and fitted.error < 0.25
    for prompt, completion in ((120, 5), (200, 12)):
        work = dataclasses.replace(base, usual_prompt=prompt, usual_completion=completion)
        guess = speed.grpo_step(shape, work, cpu, fitted.scale()).seconds
        assert guess == pytest.approx(seconds(prompt, completion), rel=0.25)
    calibration.write(str(tmp_path / "c.json"), fitted)
    assert calibration.read(str(tmp_path / "c.json")) == fitted


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"machine": "cpu"}', *(json.dumps(
    {"machine": "cpu", "model": "m", "engine": "e", "bits": 4, "sampling": 1.0, "training": 1.0, "steps": 2, "error": 0.1,
     "prompt": 99.5, "completion": 8.0, "limit": 16, "questions": {}} | fault)
    for fault in ({"sampling": 0.0}, {"prompt": -1}, {"limit": "16"}, {"questions": []}, {"completion": float("nan")}))])  # fmt: skip
def test_a_file_that_is_no_calibration(tmp_path, text):
    (tmp_path / "c.json").write_text(text)
    with pytest.raises(UserError, match="--calibration"):
        calibration.read(str(tmp_path / "c.json"))


def test_calibrate_then_calibration(tmp_path, capsys):
    made = settings("cpu", max_completion_length=16, batch_size=32, num_generations=8, micro_batch_size=32)
    folder = fake_run(tmp_path / "run", made, lambda prompt, completion: prompt / 10)
    file = str(tmp_path / "c.json")
    plan.main(["--preset", "cpu", "--calibrate", str(folder), "--calibration", file, "--json", str(tmp_path / "a")])
    plan.main(["--preset", "cpu", "--calibration", file, "--json", str(tmp_path / "b")])
    assert (tmp_path / "a").read_text() == (tmp_path / "b").read_text()
    assert json.loads((tmp_path / "a").read_text())["machines"][0]["calibrated"]
    assert "fitted to a measured run" in capsys.readouterr().out


def test_a_run_of_sft_has_no_grpo_steps_to_calibrate_by(tmp_path):
    folder = run_folder.RunFolder(tmp_path / "sft")
    run_folder.write_settings(folder, "sft", config.dump(settings("cpu")))
    run_folder.append_lines(folder.metrics, [{"step": n, "tokens": 9 * n} for n in range(5)])
    with pytest.raises(UserError, match="is a run of sft: name one of train"):
        plan.main(["--preset", "cpu", "--calibrate", str(folder.path)])


def test_a_plan_for_the_same_questions_takes_the_lengths_of_the_measured_run(tmp_path, capsys):
    made = settings("cpu", max_completion_length=16, batch_size=32, num_generations=8, micro_batch_size=32)
    folder = fake_run(tmp_path / "run", made, lambda prompt, completion: prompt / 10)
    prompts = [100 + 37 * (step % 4) for step in range(2, 13)]
    completions = [3 + 5 * (step % 3) for step in range(2, 13)]
    file, out = str(tmp_path / "c.json"), str(tmp_path / "p.json")
    plan.main(["--preset", "cpu", "--calibrate", str(folder), "--calibration", file])

    def usual(*argv, limit=16):
        limited = ["--grpo.max-completion-length", str(limit)]
        plan.main(["--preset", "cpu", "--calibration", file, "--json", out, *limited, *argv])
        work = json.loads(Path(out).read_text())["workload"]
        return work["usual_prompt"], work["usual_completion"]

    mean = round(sum(prompts) / 11), round(sum(completions) / 11)
    assert usual() == mean == (157, 8)
    assert "as in the measured run" in capsys.readouterr().out
    assert usual(limit=32) == (157, round(sum(completions) / 11 * 2))
    assert usual("--prompt-tokens", "90") == (90, 8)
    capsys.readouterr()
    assert usual("--data.difficulty", "3")[0] > 200  # longer facts than those measured: counted
    assert "as in the measured run" not in capsys.readouterr().out


@pytest.mark.parametrize("style", ["short", "reasoned"])
@pytest.mark.parametrize("level", [1, 3])
@pytest.mark.parametrize("families", [["diversity_jurisdiction"], ["fmla_eligibility"], ["*"]])
def test_prompts_are_counted_as_the_tokenizer_does(families, level, style):
    tokenizer = AutoTokenizer.from_pretrained(embedded_model.locate())
    made = config.resolve(
        config.preset("cpu"), {"data": {"families": families, "difficulty": level, "prompt": style, "train_size": 66}}
    )
    prompts = [chat_prompt(p, style) for p in rows.read(made).train]
    counts = [len(tokenizer.apply_chat_template(p, add_generation_prompt=True, return_dict=False)) for p in prompts]
    assert lengths.usual_prompt(made) == pytest.approx(sum(counts) / len(counts), rel=0.06)


def test_prompts_that_are_not_here_are_not_counted(tmp_path):
    def counted(**data):
        return lengths.usual_prompt(config.resolve(config.preset("cpu"), {"data": data}))

    assert counted(source="hub") is None
    assert counted(source="dir", path=str(tmp_path / "none")) is None
    assert counted(source="families") == counted(source="families", train_size=9000)
