"""The training command on a tiny model, in this process, and small LegalBench files made here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grpo_legal import cli, train

SMALL = [
    "--preset", "cpu", "--grpo.max-steps", "4", "--grpo.batch-size", "8", "--grpo.num-generations", "4",
    "--grpo.micro-batch-size", "8", "--grpo.save-steps", "2", "--data.train-size", "40", "--eval.n", "12",
    "--grpo.learning-rate", "0.01", "--grpo.max-completion-length", "8",
    # Random weights answer nothing right: this gives every run a gradient, and every adapter something to differ in.
    "--grpo.entropy-coef", "0.03", "--grpo.entropy-target", "none",
]  # fmt: skip


def run(model, out, name, *more: str) -> int:
    """The command in this process; its exit status."""
    argv = [*SMALL, "--policy.model", str(model), "--run.output-dir", str(out), "--run.name", name, *more]
    with pytest.raises(SystemExit) as left:
        cli.run(train.main, argv)
    return left.value.code


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def tsv(folder: Path, task: str, text: str) -> Path:
    (folder / "data" / task).mkdir(parents=True)
    for split in ("train", "test"):
        (folder / "data" / task / f"{split}.tsv").write_text(text)
    return folder


GOOD = "index\ttext\tanswer\n" + "".join(
    f"{i}\tTo prove that Ann was ill, the fact that witness {i} heard her cough.\t{'Yes' if i % 2 else 'No'}\n"
    for i in range(40)
)
