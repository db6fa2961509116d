"""Job `train/small`: SmolLM2-135M through the training command, to a held-out gain.

    python -m benchmarks.gpu.train_small REPORT MODEL_FOLDER ENGINE WORK_FOLDER STEPS

One-word answers to diversity questions, as in the preset `cpu`, but with a fixed entropy bonus: Unsloth drops one that
acts below a target only. A learning rate of 1e-4 with a bonus of 0.03 is what was seen to learn on a CPU, where twice the
rate without one collapsed into a constant answer.
A run that does not end in time leaves the rewards of the steps that it made.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.gpu import machine, runs
from benchmarks.gpu.parts import report, seconds_left

RECIPE = [
    "--preset", "cpu", "--grpo.batch-size", "256", "--grpo.num-generations", "16", "--grpo.micro-batch-size", "256",
    "--grpo.learning-rate", "1e-4", "--grpo.lr-scheduler", "constant", "--grpo.entropy-coef", "0.03",
    "--grpo.entropy-target", "none", "--policy.lora-last-layers", "none",
]  # fmt: skip
SPARE_SECONDS = 10.0  # to write down how far it came


def main(path: str, folder: str, engine: str, work: str, steps: str) -> None:
    """The job."""
    began, out = time.monotonic(), Path(work) / "train"
    words = [*RECIPE, "--policy.engine", engine, "--policy.model", folder, "--grpo.max-steps", steps]
    if int(steps) < 10:  # a rehearsal: what the questions are is not the point
        words = [*words[:2], *words[8:], "--grpo.batch-size", "8", "--grpo.num-generations", "4", "--grpo.micro-batch-size", "8",
                  "--grpo.max-completion-length", "8", "--eval.n", "8", "--data.train-size", "20"]  # fmt: skip
    command = [sys.executable, "-m", "grpo_legal.train", "--run.output-dir", str(out), "--run.name", "small",
               "--run.view", "plain", *words]  # fmt: skip
    limit = seconds_left(began) - SPARE_SECONDS
    try:
        status: int | None = subprocess.run(command, timeout=limit if limit < 1e9 else None).returncode
    except subprocess.TimeoutExpired:
        status = None
    line = {
        "command": machine.without_folders(" ".join(["python", *command[1:]])),
        "seconds": round(time.monotonic() - began, 1),
        "status": status,
    }
    report(path, {**line, **_outcome(out / "small", int(steps))})


def _outcome(run: Path, steps: int) -> dict[str, Any]:
    """Rewards at both ends (no seconds: other jobs ran beside it), and, of a run that ended, the held-out difference with its interval."""
    records = runs.metrics(run)
    made: dict[str, Any] = {"steps": len(records)}
    if records:
        tenth = max(1, len(records) // 10)
        made["reward_first_tenth"] = sum(r["reward"] for r in records[:tenth]) / tenth
        made["reward_last_tenth"] = sum(r["reward"] for r in records[-tenth:]) / tenth
        made["completion_tokens"] = records[-1]["tokens"]
    summary = run / "summary.json"
    if not summary.is_file():
        return {**made, "ok": False}
    told = json.loads(summary.read_text("utf-8"))
    wanted = ("engine", "model", "steps", "before", "after", "delta", "ci95")
    made |= {name: told[name] for name in wanted} | {"model": machine.without_folders(str(told["model"]))}
    # A rehearsal's random model learns nothing: it has run to its end, and that is all.
    return {**made, "ok": told["steps"] == steps and (steps < 10 or told["ci95"][0] > 0)}


if __name__ == "__main__":
    main(*sys.argv[1:])
