"""Peak memory of real training steps on a CPU against what `grpo_legal.planning` says before.

    python -m benchmarks.memory --json benchmarks/results/memory.json
    python -m benchmarks.memory --shapes 64,8,8 512,16,32 --model FOLDER

A shape is prompt tokens, G, completion tokens: one prompt, G completions of exactly that length, in fp32 with a shared
prompt. Each is measured in a process of its own: one step, then the high-water mark of resident memory (VmHWM of
/proc/self/status) over a second one, when the optimizer's states are there. Linux only. A peak does not depend on how
busy the machine is. `off` is the share by which the estimate is above what was measured; `process_gib` is what the process
holds before the policy is loaded, `loaded_gib` after it, both in the peak.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import tables
from grpo_legal import config
from grpo_legal.planning import memory, shapes, workload

SHAPES = ((64, 8, 8), (256, 8, 32), (512, 16, 32))


def main() -> None:
    """The command."""
    typed = _parser().parse_args()
    if typed.child:
        return _child(typed)
    rows = [measure(typed.model, shape) for shape in typed.shapes]
    print(tables.markdown(rows))
    if typed.json:
        made = {"machine": f"{os.cpu_count()} CPU cores, {platform.machine()}", "model": typed.model, "rows": rows}
        Path(typed.json).parent.mkdir(parents=True, exist_ok=True)
        Path(typed.json).write_text(json.dumps(made, indent=1) + "\n", "utf-8")


def _parser() -> argparse.ArgumentParser:
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__, formatter_class=shape)
    parser.add_argument("--shapes", nargs="+", type=_shape, default=list(SHAPES), metavar="P,G,C")
    parser.add_argument("--model", default="smollm2-135m", help="as policy.model of train")
    parser.add_argument("--json", metavar="PATH")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    return parser


def _shape(word: str) -> tuple[int, int, int]:
    try:
        prompt, group, completion = (int(part) for part in word.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{word!r} is not P,G,C such as 512,16,32") from None
    if min(prompt, completion) < 1 or group < 2:
        raise argparse.ArgumentTypeError(f"{word!r}: P and C must be 1 or more, G 2 or more")
    return prompt, group, completion


def measure(model: str, shape: tuple[int, int, int]) -> dict[str, Any]:
    """The row of one shape: estimate and measured peak in GiB, and how far the estimate is off."""
    command = [sys.executable, "-m", "benchmarks.memory", "--child", "--model", model]
    done = subprocess.run([*command, "--shapes", ",".join(map(str, shape))], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"the step of {shape} failed: {(done.stderr.strip().splitlines() or ['no word'])[-1]}")
    seen = json.loads(done.stdout.splitlines()[-1])
    guess = memory.estimate(shapes.known(model), workload.of(settings(model, shape)))
    prompt, group, completion = shape
    return {
        "prompt": prompt, "group": group, "completion": completion,
        "measured_gib": round(seen["peak"], 3), "estimated_gib": round(guess.peak, 3),
        "off": round(guess.peak / seen["peak"] - 1, 3),
        "process_gib": round(seen["process"], 3), "loaded_gib": round(seen["loaded"], 3),
    }  # fmt: skip


def settings(model: str, shape: tuple[int, int, int]) -> config.Settings:
    """The settings of a run whose every step is this shape."""
    prompt, group, completion = shape
    return config.resolve(config.preset("cpu"), {
        "preset": "cpu",
        "policy": {"model": model, "max_seq_length": prompt + completion, "lora_last_layers": None},
        "grpo": {
            "max_steps": 10, "batch_size": group, "num_generations": group, "micro_batch_size": group,
            "max_completion_length": completion, "warmup_steps": 0, "lr_scheduler": "constant", "decay_steps": 0,
            "entropy_coef": 0.0, "entropy_target": None,
        },
    })  # fmt: skip


def _child(typed: argparse.Namespace) -> None:
    """Two steps of one shape; GiB before the model was loaded, after, and at the peak of the second step."""
    from benchmarks import side
    from grpo_legal import policy, trainer  # noqa: F401  what a run imports

    (shape,) = typed.shapes
    made = settings(typed.model, shape)
    before = side.peak_gib()
    loaded = policy.load(made.policy, seed=1, gradient_checkpointing=False)
    after = _resident_gib()
    prompt, group, completion = shape
    side.return_freed(True)
    with tempfile.TemporaryDirectory() as scratch:
        made = side.Side(loaded, (prompt, completion, group), group, shared=True, scratch=scratch)
        made.step()
        print(json.dumps({"process": before, "loaded": after, "peak": made.step()["peak_gib"]}))


def _resident_gib() -> float:
    return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) / 2**20


if __name__ == "__main__":
    main()
