"""What an evaluation asks: by default what the run was trained on, also of a file of one's own."""

from __future__ import annotations

import json
import shutil

import pytest
from test_evaluate import adapter, run
from tiny_runs import lines

from grpo_legal import config, evaluate, evaluate_options, legalbench


def test_an_adapter_in_a_run_folder_is_asked_as_it_was_trained(tiny_model, tmp_path, capsys):
    made = config.resolve(config.preset("cpu"), {
        "policy": {"model": str(tiny_model)}, "data": {"families": ["firm_offer"], "difficulty": 2},
        "grpo": {"max_completion_length": 3},
    })  # fmt: skip
    grpo = adapter(tiny_model, tmp_path / "run/adapter", 0.5)
    (tmp_path / "run/config.yaml").write_text(config.dump(made))
    asked = ["--models", "base=", f"grpo={grpo}", "--output", str(tmp_path / "out"), "-n", "4"]
    assert evaluate.main(asked) == 0
    assert "asked as in" in capsys.readouterr().out
    told = json.loads((tmp_path / "out/eval/evaluation.json").read_text())
    assert (told["prompt"], told["max_new_tokens"], told["model"]) == ("short", 3, str(tiny_model))
    assert {r["id"].split("/")[0] for r in lines(tmp_path / "out/eval/grpo.jsonl")} == {"firm_offer"}
    assert evaluate.main([*asked[:-4], "--output", str(tmp_path / "other"), "-n", "4", "--prompt", "reasoned"]) == 0
    told = json.loads((tmp_path / "other/eval/evaluation.json").read_text())
    assert (told["prompt"], told["max_new_tokens"]) == ("reasoned", 3)
    checkpoint = shutil.copytree(grpo, tmp_path / "run/checkpoints/checkpoint-5")
    assert evaluate_options.as_trained({"base": None, "mid": str(checkpoint)}, []) == evaluate_options.as_trained(
        {"g": str(grpo)}, []
    )


RUNS = [
    ({"source": "families"}, {"suite": ["families"]}),
    ({"source": "hub", "tasks": ["cuad*"]}, {"suite": ["legalbench"], "source": "hub", "tasks": ["cuad*"]}),
    ({"source": "dir", "path": "b", "families_share": 0.5}, {"suite": ["legalbench", "families"], "path": "b"}),
    ({"source": "file", "path": "x.csv", "columns": {"answer": "a", "facts": "f"}},
     {"suite": ["own"], "source": "file", "path": "x.csv", "columns": {"answer": "a", "facts": "f"}}),
    ({"long_prompts": "trim"}, {"long_prompts": "drop", "load_in_4bit": True, "max_seq_length": 512, "dtype": "bfloat16"}),
]  # fmt: skip


@pytest.mark.parametrize(("data", "asked"), RUNS)
def test_what_a_run_was_trained_on_is_what_its_adapter_is_asked(data, asked, tmp_path):
    made = config.resolve(
        config.preset("cpu"),
        {"data": data, "policy": {"load_in_4bit": True, "max_seq_length": 512, "dtype": "bfloat16"}},
    )
    (tmp_path / "config.yaml").write_text(config.dump(made))
    found = evaluate_options.as_trained({"grpo": str(tmp_path / "adapter")}, [])[1]
    assert {key: found[key] for key in asked} == asked


def test_a_file_of_ones_own_is_asked_its_held_out_half(tiny_model, tmp_path, capsys):
    file = tmp_path / "mine.csv"
    rows = [f"Story {n}.,Is it?,{'yes' if n % 2 else 'no'}" for n in range(40)]
    file.write_text("\n".join(["text,q,label", *rows]))
    given = ["--suite", "own", "--source", "file", "--path", str(file), "--prompt", "short"]
    columns = ["--columns", "facts=text", "question=q", "answer=label"]
    assert run(tiny_model, tmp_path / "out", "--models", "base=", *given, *columns) == 0
    held_out = legalbench.load_file(file, {"facts": "text", "question": "q", "answer": "label"}, "test")
    assert {r["id"] for r in lines(tmp_path / "out/eval/base.jsonl")} == {p.id for p in held_out}
    score = json.loads((tmp_path / "out/eval/results.json").read_text())["scores"]["base"]["own"]
    assert score["n"] == len(held_out) and "Own questions" in capsys.readouterr().out
    assert run(tiny_model, tmp_path / "b", "--models", "base=", *given, "--columns", "facts") == 2
    assert "--columns 'facts' is not NAME=COLUMN" in capsys.readouterr().err
