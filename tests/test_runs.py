"""The list of runs and the comparison of two; the list of commands; the completion of all three shells."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time

import pytest
import test_sft
from tiny_runs import run

from grpo_legal import __main__ as listing
from grpo_legal import checkpoints, commands, completion, config, overview, run_folder, runs
from grpo_legal.errors import UserError
from grpo_legal.run_folder import RunFolder


@pytest.fixture(scope="module")
def outputs(tiny_model, tmp_path_factory):
    out = tmp_path_factory.mktemp("outputs")
    assert run(tiny_model, out, "one", "--grpo.max-steps", "2", "--run.usd-per-hour", "2") == 0
    assert run(tiny_model, out, "two", "--grpo.max-steps", "2", "--grpo.beta", "0.1") == 0
    assert test_sft.run(tiny_model, out, "start", "--sft.max-steps", "2", "--eval.n", "14") == 0
    return out


def listed(capsys, *words) -> str:
    assert runs.main([*map(str, words)]) == 0
    return capsys.readouterr().out


def test_the_list(outputs, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    told = listed(capsys, outputs, "--json", tmp_path / "runs.json")
    found = {r["run"]: r for r in json.loads((tmp_path / "runs.json").read_text())}
    assert set(found) == {"one", "two", "start"}
    assert {r["state"] for r in found.values()} == {"done"} and found["start"]["kind"] == "sft"
    summary = json.loads((outputs / "one" / "summary.json").read_text())
    assert found["one"]["delta"] == summary["delta"] and found["one"]["ci95"] == summary["ci95"]
    assert found["one"]["cost_usd"] > 0 and found["two"]["cost_usd"] is None  # no price was given
    assert "2/2" in told and "diversity_jurisdiction" in told
    capsys.readouterr()
    assert "one" in listed(capsys, outputs / "one") and "two" not in listed(capsys, outputs / "one")


def test_what_was_found_is_shown_where_its_file_cannot_be_written(outputs, capsys):
    """As of every command with --json: by run_folder.write_copy, and last."""
    with pytest.raises(UserError, match=r"^--json '/proc/none/x' cannot be written: No such file or directory"):
        runs.main([str(outputs), "--json", "/proc/none/x"])
    assert "done" in capsys.readouterr().out


def test_two_runs(outputs, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    told = listed(capsys, outputs / "one", outputs / "two", "--json", tmp_path / "both.json")
    found = json.loads((tmp_path / "both.json").read_text())
    assert found["settings"] == {"grpo.beta": [0.0, 0.1], "run.usd-per-hour": [2.0, 0.0]}
    assert (
        found["after"]["n"] == 12 and found["after"]["ci95"][0] <= found["after"]["delta"] <= found["after"]["ci95"][1]
    )
    assert found["last"]["kl"][0] is None and found["last"]["kl"][1] is not None
    assert "grpo.beta" in told and "the same questions:" in told


def test_runs_that_share_some_questions_or_none(outputs, capsys):
    told = listed(capsys, outputs / "one", outputs / "start")
    found = overview.compare(outputs / "one", outputs / "start")["after"]
    assert (found is None and "not paired" in told) or f"{found['n']} of 14 questions" in told


def folder(tmp_path, name="r", kind="train") -> RunFolder:
    made = RunFolder(tmp_path / name)
    run_folder.write_settings(made, kind, config.dump(config.resolve(config.preset("cpu"))))
    run_folder.append_lines(
        made.metrics, [{"step": 6, "max_steps": 80, "seconds": 9.0, "step_seconds": 1.0, "cost_usd": 0.0}]
    )
    return made


def age(made: RunFolder) -> None:
    for path in (made.config, made.metrics):
        os.utime(path, (time.time() - 9999,) * 2)


def test_states(tmp_path):
    made = folder(tmp_path)
    assert overview.row(made.path, tmp_path)["state"] == "running"
    age(made)
    assert overview.row(made.path, tmp_path)["state"] == "failed"
    saved = made.checkpoints / "checkpoint-5"
    saved.mkdir(parents=True)
    (saved / "trainer_state.json").write_text("{}")
    checkpoints.write_manifest(saved, step=5)
    assert overview.row(made.path, tmp_path)["state"] == "failed"  # a step after the checkpoint is lost
    saved = saved.rename(made.checkpoints / "checkpoint-6")
    checkpoints.write_manifest(saved, step=6)
    assert overview.row(made.path, tmp_path)["state"] == "stopped"
    run_folder.write_json(made.summary, {})
    assert overview.row(made.path, tmp_path)["state"] == "done"


def test_an_evaluation_and_a_folder_of_another_program_are_listed(tmp_path, capsys):
    run_folder.write_json(tmp_path / "evaluation" / "eval" / "results.json", {"scores": {}, "contrasts": []})
    foreign = folder(tmp_path, "foreign")
    foreign.config.write_text("data: cifar10\nrun: 3\n")
    run_folder.append_lines(foreign.metrics, [None])
    assert "evaluation" in (told := listed(capsys, tmp_path)) and "foreign" in told


def test_two_runs_where_a_step_went_wrong_and_a_name_holds_markup(tmp_path, capsys):
    first, second = folder(tmp_path, "one"), folder(tmp_path, "c[bold]")
    run_folder.append_lines(first.metrics, [{"step": 7, "loss": float("nan")}])
    told = listed(capsys, first.path, second.path, "--json", tmp_path / "both.json")
    assert "c[bold]" in told and json.loads((tmp_path / "both.json").read_text())["last"]["loss"] == [None, None]


def test_a_pipeline_and_an_evaluation(tmp_path):
    root = folder(tmp_path, "whole", "pipeline")
    part = folder(root.path, "grpo")
    age(part)
    results = {"scores": {"base": {"families": {"score": 0.5}}, "grpo": {"families": {"score": 0.8}}},
               "contrasts": [{"suite": "families", "before": "base", "after": "grpo", "delta": 0.3, "ci95": [0.2, 0.4]}]}  # fmt: skip
    run_folder.write_json(part.path / "eval" / "results.json", results)
    rows = {row["run"]: row for row in overview.runs(tmp_path)}
    assert list(rows) == ["whole", "whole/grpo"] and rows["whole"]["state"] == "stopped"
    assert rows["whole"]["score"] == "families: base → grpo" and rows["whole"]["after"] == 0.8
    run_folder.write_json(
        root.path / "pipeline.json", {n: {"done": True} for n in ("sft", "grpo", "evaluation", "report")}
    )
    assert overview.row(root.path, tmp_path)["state"] == "done"
    assert "+20.0 to +40.0 points" in runs._score(rows["whole"]).plain
    results["contrasts"].append(
        {"suite": "legalbench", "before": "base", "after": "grpo", "delta": 0.1, "ci95": [0, 0.2]}
    )
    results["scores"]["grpo"]["legalbench"] = {"score": 0.6}
    run_folder.write_json(part.path / "eval" / "results.json", results)
    row = overview.row(root.path, tmp_path)
    assert (row["score"], row["after"]) == ("legalbench: base → grpo", 0.6)  # the benchmark before the families


def test_a_pipeline_runs_while_one_of_its_runs_does_and_its_time_is_that_of_its_stages(tmp_path):
    root = folder(tmp_path, "whole", "pipeline")
    run_folder.write_json(root.path / "pipeline.json", {"sft": {"done": True, "seconds": 50.0}})
    part = folder(root.path, "grpo")
    assert (overview.row(root.path, tmp_path)["state"], overview.row(root.path, tmp_path)["seconds"]) == (
        "running",
        50.0,
    )
    age(part)
    assert overview.row(root.path, tmp_path)["state"] == "stopped"
    run_folder.write_json(part.summary, {})  # the evaluation follows
    run_folder.append_lines(part.answers("base"), [{"problem_id": "p"}])
    assert overview.row(root.path, tmp_path)["state"] == "running"


@pytest.mark.parametrize("width", [80, 100, 140])
def test_the_list_breaks_no_cell_but_the_longest_names(tmp_path, capsys, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    made = folder(tmp_path, "train-20261127-170453")
    scores = {"before": {"balanced_accuracy": 0.54}, "after": {"balanced_accuracy": 0.81}}
    run_folder.write_json(made.summary, {**scores, "delta": 0.27, "ci95": [0.189, 0.351], "model": "org/SmolLM2-135M"})
    head, _, *rows = listed(capsys, tmp_path).rstrip().splitlines()
    assert len(rows) == 1 and len(rows[0].rstrip()) <= width
    for cell in ("train-20261127-170453", "6/80", "54.0% → 81.0%", "+18.9 to +35.1", "9s", "done"):
        assert cell in rows[0]
    assert ("model" in head) == ("SmolLM2-135M" in rows[0]) == (width == 140)


def test_faults_are_one_line(tmp_path, capsys):
    for words, told in (
        ([tmp_path / "no"], "is not a folder"),
        ([tmp_path, tmp_path], "is no run folder"),
        (["a"] * 3, "two runs"),
    ):
        with pytest.raises(UserError, match=told):
            runs.main([*map(str, words)])
    assert "no run in" in listed(capsys, tmp_path)
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "config.yaml").write_text("a: [")
    with pytest.raises(UserError, match="is not YAML"):
        runs.main([str(tmp_path)])


# ---- the commands -----------------------------------------------------------------------------------------


def test_the_list_of_commands_is_that_of_the_modules_that_are_run(capsys):
    names = commands.listed()
    assert {"train", "sft", "audit", "data", "runs", "completion"} <= set(names) and "cli" not in names
    assert listing.main([]) == 0
    told = capsys.readouterr().out
    assert all(f"\n{name} " in told for name in names)
    with pytest.raises(UserError, match=r"write python -m grpo_legal\.train"):
        listing.main(["train"])
    with pytest.raises(UserError, match=r"did you mean train\?"):
        listing.main(["trian"])


def test_listing_imports_no_torch():
    code = "import sys, grpo_legal.__main__ as m; m.main([]); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


@pytest.fixture(scope="module", params=completion.SHELLS)
def script(request, tmp_path_factory):
    """Shell and script; a shell that is not on this machine leaves its script unread."""
    path = tmp_path_factory.mktemp("completion") / f"c.{request.param}"
    done = subprocess.run(
        [sys.executable, "-m", "grpo_legal.completion", request.param], capture_output=True, text=True
    )
    assert done.returncode == 0 and not done.stderr
    path.write_text(done.stdout)
    return request.param, path


def offered(script, line: str) -> list[str]:
    shell, path = script
    if shell == "fish":
        code = f"source {path}; complete -C {line!r}"
    else:
        words = " ".join(f"'{word}'" for word in line.split(" "))
        begin = "" if shell == "bash" else "autoload -Uz compinit && compinit -u -D; setopt ksharrays; "
        code = f'{begin}source {path}; COMP_WORDS=({words}); COMP_CWORD={len(line.split(" ")) - 1}; _grpo_legal; printf "%s\\n" "${{COMPREPLY[@]}}"'
    done = subprocess.run([shell, "-f" if shell == "zsh" else "-N" if shell == "fish" else "--norc", "-c", code],
                          capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = [word.split("\t")[0] for word in done.stdout.split("\n") if word]
    # zsh looks for what is typed among the words itself, after its compgen
    return [word for word in found if word.startswith(line.split(" ")[-1])] if shell == "zsh" else found


def test_completion_offers_commands_options_and_values(script):
    shell, path = script
    assert "--grpo.max-steps" in path.read_text() or "-l grpo.max-steps" in path.read_text()
    if shell == "bash" or shutil.which(shell):
        assert subprocess.run([shell, "-n", str(path)]).returncode == 0
        assert offered(script, "python -m grpo_legal.tr") == ["grpo_legal.train"]
        assert "--grpo.max-steps" in offered(script, "python -m grpo_legal.train --grpo.max")
        assert set(offered(script, "python -m grpo_legal.train --grpo.loss-type d")) == {"dapo", "dr_grpo"}
        assert "--grpo.max-steps" not in offered(script, "python -m grpo_legal.sft --grpo.")
        assert "--reasoning" in offered(script, "python -m grpo_legal.data --rea")
