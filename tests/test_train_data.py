"""The training command on each source of questions."""

from __future__ import annotations

import json
from pathlib import Path

from tiny_runs import GOOD, lines, run, tsv


def summary_of(folder: Path) -> dict:
    return json.loads((folder / "summary.json").read_text())


def test_real_files_are_trained_on(tiny_model, tmp_path):
    good = tsv(tmp_path / "good", "hearsay", GOOD)
    more = ["--data.source", "dir", "--data.path", str(good), "--data.tasks", "hear*", "--grpo.max-steps", "2"]
    assert run(tiny_model, tmp_path / "out", "x", *more) == 0
    data = summary_of(tmp_path / "out" / "x")["data"]
    assert data["source"] == "dir" and list(data["families"]) == ["hearsay"] and data["near_duplicates"] == 0


def test_the_benchmarks_own_prompts_are_trained_on(tiny_model, tmp_path):
    good = tsv(tmp_path / "good", "hearsay", GOOD)
    (good / "tasks" / "hearsay").mkdir(parents=True)
    solved = "Is there hearsay?\n\nQ: Ann pointed at Bob in court.\nA: No\n\nQ: {{text}}\nA:"
    (good / "tasks" / "hearsay" / "base_prompt.txt").write_text(solved)
    more = ["--data.source", "dir", "--data.path", str(good), "--data.prompt", "few_shot", "--grpo.max-steps", "1"]
    assert run(tiny_model, tmp_path / "out", "x", *more) == 0
    prompts = {record["prompt"] for record in lines(tmp_path / "out" / "x" / "completions.jsonl")}
    assert prompts and all("Ann pointed at Bob in court.\nA: No" in prompt for prompt in prompts)


def test_a_file_of_ones_own_is_trained_on_with_families_beside(tiny_model, tmp_path):
    rows = [{"q": f"Does rule {n} let clerk {n * 7} sign order {n * 3}?", "a": ("yes", "no")[n % 2]} for n in range(60)]
    mine = tmp_path / "mine.jsonl"
    mine.write_text("".join(json.dumps(row) + "\n" for row in rows))
    more = ["--data.source", "file", "--data.path", str(mine), "--data.columns", "question=q", "answer=a",
            "--data.families", "diversity*", "--data.families-share", "0.5", "--data.max-leakage", "1",
            "--grpo.max-steps", "1"]  # fmt: skip
    assert run(tiny_model, tmp_path / "out", "x", *more) == 0
    assert set(summary_of(tmp_path / "out" / "x")["data"]["families"]) == {"mine", "diversity_jurisdiction"}


def test_long_prompts_can_be_dropped(tiny_model, tmp_path):
    assert run(tiny_model, tmp_path, "x", "--policy.max-seq-length", "420", "--data.long-prompts", "drop",
               "--data.difficulty", "none", "--grpo.max-steps", "1") == 0  # fmt: skip
    data = summary_of(tmp_path / "x")["data"]
    assert 0 < data["dropped_too_long"] < 52
    assert data["train"] + data["held_out"] + data["dropped_too_long"] == 52
