"""Training runs through `python -m grpo_legal.train`, as a user starts them, and what they leave behind."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def train(out: Path, name: str, *words: str) -> int:
    """One run in a process of its own; its output goes to ours. Returns its exit status."""
    command = [sys.executable, "-m", "grpo_legal.train", "--run.output-dir", str(out), "--run.name", name,
               "--run.view", "plain", *words]  # fmt: skip
    return subprocess.run(command).returncode


def small(folder: str, engine: str, *, steps: int, in_4_bits: bool) -> list[str]:
    """A run of a few small steps on generated questions, with a gradient even where no answer is right."""
    return [
        "--preset", "cpu", "--policy.engine", engine, "--policy.model", folder,
        "--policy.load-in-4bit", str(in_4_bits).lower(), "--policy.lora-rank", "8", "--policy.lora-last-layers", "none",
        "--grpo.max-steps", str(steps), "--grpo.batch-size", "8", "--grpo.num-generations", "4",
        "--grpo.micro-batch-size", "8", "--grpo.max-completion-length", "8", "--grpo.learning-rate", "1e-3",
        "--grpo.warmup-steps", "0", "--grpo.lr-scheduler", "constant", "--grpo.entropy-coef", "0.03",
        "--grpo.entropy-target", "none", "--data.train-size", "40", "--eval.n", "8", "--eval.batch-size", "8",
    ]  # fmt: skip


def metrics(run: Path) -> list[dict[str, Any]]:
    """The records of metrics.jsonl, none where there is no such file."""
    path = run / "metrics.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.is_file() else []
