"""One GRPO step, plain TRL against the shared prompt, interleaved in one process: seconds by part, and peak memory.

    python -m benchmarks.step                                        all four shapes, a table
    python -m benchmarks.step --shapes 512,32,8 --repeats 5 --json step.json --plot step.png
    python -m benchmarks.step --engine unsloth --load-in-4bit --model DIR    on CUDA: Unsloth in place of the shared prompt

A shape is prompt tokens, completion tokens, G: one prompt, G completions of exactly that length. Both trainers hold the same
model, and run with the same random prompts; the parts of a step are sampling, scoring (the rewards and what else TRL does
between), backward (forward and backward passes) and update. Plain TRL runs at the largest micro-batch that fits in
--memory GiB, found first and printed. `ratio` is plain time over ours; `limit` is the ratio of token counts of the forward
and backward passes, G (P + C) / (P + G C), which no shared prompt can beat there. Medians of --repeats.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SHAPES = ((128, 32, 8), (512, 32, 8), (1024, 64, 8), (2048, 32, 16))
PARTS = ("sampling", "scoring", "backward", "update")


def main() -> None:
    """The command."""
    typed = _parser().parse_args()
    if typed.child:
        return _child(typed)
    bench = Bench(typed)
    rows = []
    for shape in typed.shapes:
        micro = _largest_micro_batch(typed, shape)
        row = bench.measure(shape, micro)
        rows.append(row)
        print(_line(row), flush=True)
    result = {"machine": bench.machine(), "rows": rows}
    if typed.json:
        Path(typed.json).write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    if typed.plot:
        _plot(rows, typed.plot)


def _parser() -> argparse.ArgumentParser:
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m benchmarks.step", description=__doc__, formatter_class=shape)
    add = parser.add_argument
    add("--shapes", nargs="+", type=_shape, default=list(SHAPES), metavar="P,C,G", help="default all four of the table")
    add("--repeats", type=int, default=3, help="steps of each kind that count, after one that does not (default 3)")
    add("--model", default="smollm2-135m", help="as policy.model of train")
    add("--engine", choices=("transformers", "unsloth"), default="transformers", help="what plain TRL is held against")
    add("--load-in-4bit", action="store_true", help="4-bit base, on both sides")
    add("--memory", type=float, default=24.0, help="GiB that plain TRL may take (default 24)")
    add("--micro", type=int, help="rows of plain TRL's micro-batch, in place of the largest that fits")
    add("--json", metavar="PATH")
    add("--plot", metavar="PATH", help="bars as PNG or SVG")
    add("--child", help=argparse.SUPPRESS)
    return parser


def _shape(word: str) -> tuple[int, int, int]:
    try:
        prompt, completion, group = (int(part) for part in word.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{word!r} is not P,C,G such as 512,32,8") from None
    if min(prompt, completion) < 1 or group < 2:
        raise argparse.ArgumentTypeError(f"{word!r}: P and C must be 1 or more, G 2 or more")
    return prompt, completion, group


class Bench:
    """The two trainers on one machine. A trainer is built anew for every shape, on the policy loaded once a side."""

    def __init__(self, typed: argparse.Namespace) -> None:
        self.typed = typed
        self.policies = {"ours": self._policy(typed.engine)}
        self.policies["plain"] = (
            self.policies["ours"] if typed.engine == "transformers" else self._policy("transformers")
        )

    def _policy(self, engine: str) -> Any:
        from grpo_legal import config, policy

        longest = max(p + c for p, c, _ in self.typed.shapes)
        settings = config.Policy(
            engine=engine, model=self.typed.model, load_in_4bit=self.typed.load_in_4bit, max_seq_length=max(longest, 64)
        )
        return policy.load(settings, seed=1, gradient_checkpointing=False)

    def measure(self, shape: tuple[int, int, int], micro: int) -> dict[str, Any]:
        """The row of one shape."""
        prompt, completion, group = shape
        sides = {"plain": self._side("plain", shape, micro), "ours": self._side("ours", shape, group)}
        taken: dict[str, list[dict[str, float]]] = {"plain": [], "ours": []}
        for repeat in range(self.typed.repeats + 1):
            for name, side in sides.items():
                timed = side.step()
                if repeat:
                    taken[name].append(timed)
        row: dict[str, Any] = {"prompt": prompt, "completion": completion, "group": group, "plain_micro_batch": micro}
        for name, steps in taken.items():
            row[name] = {key: round(statistics.median(s[key] for s in steps), 4) for key in steps[0]}
            row[name]["tokens_per_second"] = round(group * (prompt + completion) / row[name]["seconds"], 1)
        for key in ("seconds", "sampling", "backward"):
            row["ratio" if key == "seconds" else f"ratio_{key}"] = round(row["plain"][key] / row["ours"][key], 3)
        row["limit"] = round(group * (prompt + completion) / (prompt + group * completion), 3)
        row["share_of_limit"] = round(row["ratio_backward"] / row["limit"], 3)
        row["ratio_memory"] = round(row["plain"]["peak_gib"] / row["ours"]["peak_gib"], 3)
        return row

    def _side(self, name: str, shape: tuple[int, int, int], micro: int) -> Side:
        return Side(self.policies[name], shape, micro, shared=name == "ours")

    def machine(self) -> dict[str, Any]:
        """What the figures were measured on."""
        import os
        import platform

        import peft
        import torch
        import transformers
        import trl

        cuda = torch.cuda.is_available()
        return {
            "device": torch.cuda.get_device_name(0) if cuda else f"{os.cpu_count()} CPU cores, {platform.machine()}",
            "versions": {m.__name__: m.__version__ for m in (torch, transformers, trl, peft)},
            "engine": self.typed.engine,
            "model": self.typed.model,
            "repeats": self.typed.repeats,
            "command": "python -m benchmarks.step " + " ".join(sys.argv[1:]),
        }


class Side:
    """One trainer that makes steps on one shape, timed by part."""

    def __init__(self, policy: Any, shape: tuple[int, int, int], micro: int, *, shared: bool) -> None:
        from grpo_legal import config, trainer

        self.prompt, self.completion, self.group = shape
        self.policy = policy
        settings = config.resolve(config.preset("cpu"), {
            "policy": {"max_seq_length": self.prompt + self.completion},
            "grpo": {
                "max_steps": 10_000, "batch_size": self.group, "num_generations": self.group, "micro_batch_size": micro,
                "max_completion_length": self.completion, "shared_prefix": "on" if shared else "off",
                "warmup_steps": 0, "lr_scheduler": "constant", "decay_steps": 0, "entropy_coef": 0.0, "entropy_target": None,
            },
        })  # fmt: skip
        self.scratch = tempfile.TemporaryDirectory()
        self.trainer = trainer.build(
            policy, [{"prompt": [{"role": "user", "content": "x"}]}] * 2, settings, reward_functions=[_any_reward],
            reward_weights=[1.0], callbacks=[], output_dir=self.scratch.name,
        )  # fmt: skip
        self.trainer.create_optimizer_and_scheduler(10_000)
        self.trainer.current_gradient_accumulation_steps = self.group // micro
        self._always_whole()

    def _always_whole(self) -> None:
        """Prompts of exactly P tokens, and completions of exactly C: no end token stops one early."""
        import torch

        made, generator = self.trainer, torch.Generator().manual_seed(7)
        size = self.policy.model.get_input_embeddings().num_embeddings
        made._tokenize_prompts = lambda prompts: (self._ids(generator, size), None, {})
        made.eos_token_ids = []
        for config in (made.generation_config, self.policy.model.generation_config):
            config.eos_token_id = None
        inner, self.sampling = made._generate_single_turn, 0.0

        def timed(*args: Any, **more: Any) -> Any:
            began = _now()
            out = inner(*args, **more)
            self.sampling += _now() - began
            return out

        made._generate_single_turn = timed

    def _ids(self, generator: Any, size: int) -> list[list[int]]:
        import torch

        return [torch.randint(3, size, (self.prompt,), generator=generator).tolist()] * self.group

    def step(self) -> dict[str, float]:
        """Seconds of each part of one step, of all of it, and the peak memory in GiB."""
        made = self.trainer
        rows = [{"prompt": [{"role": "user", "content": "x"}]} for _ in range(self.group)]
        made.model.train()
        _reset_peak()
        self.sampling = 0.0
        began = _now()
        made._step, made._buffered_inputs = 0, None
        first = made._prepare_inputs(rows)
        prepared = _now()
        steps = made.args.steps_per_generation
        for micro in range(steps):
            made._step = micro
            inputs = first if micro == 0 else made._prepare_inputs(rows)
            made.accelerator.backward(made.compute_loss(made.model, inputs))
        passed = _now()
        made.optimizer.step()
        made.optimizer.zero_grad()
        ended = _now()
        made._metrics["train"].clear()
        return {
            "sampling": self.sampling,
            "scoring": prepared - began - self.sampling,
            "backward": passed - prepared,
            "update": ended - passed,
            "seconds": ended - began,
            "peak_gib": _peak_gib(),
        }


def _any_reward(completions: list, **columns: Any) -> list[float]:
    """A reward that differs within the group, so that no gradient is zero."""
    return [float(i % 2) for i in range(len(completions))]


# ---- clocks and memory ----------------------------------------------------------------------------------


def _now() -> float:
    import torch

    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter()


def _reset_peak() -> None:
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
    else:
        Path("/proc/self/clear_refs").write_text("5")  # Linux: the high-water mark starts from what is held now


def _peak_gib() -> float:
    import torch

    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated() / 2**30
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 2**20


def _largest_micro_batch(typed: argparse.Namespace, shape: tuple[int, int, int]) -> int:
    """The most rows that plain TRL can take through one pass in --memory GiB, each tried in a process of its own."""
    if typed.micro:
        return typed.micro
    micro = shape[2]
    while micro > 1:
        command = [
            sys.executable,
            "-m",
            "benchmarks.step",
            "--child",
            str(micro),
            "--shapes",
            ",".join(map(str, shape)),
        ]
        command += ["--model", typed.model, "--memory", str(typed.memory), *(["--load-in-4bit"] * typed.load_in_4bit)]
        if subprocess.run(command, capture_output=True).returncode == 0:
            return micro
        micro = max(m for m in range(1, micro) if shape[2] % m == 0)
    return 1


def _child(typed: argparse.Namespace) -> None:
    """One plain step under the memory limit; the status says whether it fitted."""
    import torch

    if torch.cuda.is_available():
        total = torch.cuda.get_device_properties(0).total_memory / 2**30
        torch.cuda.set_per_process_memory_fraction(min(1.0, typed.memory / total))
    else:
        import resource

        free = int(Path("/proc/meminfo").read_text().split("MemAvailable:")[1].split()[0]) * 1024
        limit = min(int(typed.memory * 2**30), int(0.95 * free))
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    typed.engine, typed.repeats = "transformers", 1
    shape = typed.shapes[0]
    try:
        Side(Bench(typed).policies["plain"], shape, int(typed.child), shared=False).step()
    except (RuntimeError, MemoryError):  # torch says "can't allocate memory" as a RuntimeError
        sys.exit(1)


# ---- what is shown --------------------------------------------------------------------------------------


def _line(row: dict[str, Any]) -> str:
    ours, plain = row["ours"], row["plain"]
    parts = "  ".join(f"{p} {plain[p]:.2f}/{ours[p]:.2f}" for p in PARTS)
    return (
        f"P {row['prompt']:>4} C {row['completion']:>2} G {row['group']:>2} (plain in {row['plain_micro_batch']} rows)  "
        f"{parts}  step {plain['seconds']:.2f}/{ours['seconds']:.2f} s = {row['ratio']:.2f}x  backward "
        f"{row['ratio_backward']:.2f}x of {row['limit']:.2f} ({row['share_of_limit']:.0%})  "
        f"peak {plain['peak_gib']:.2f}/{ours['peak_gib']:.2f} GiB"
    )


def _plot(rows: list[dict[str, Any]], path: str) -> None:
    """Stacked bars of the parts of a step, plain TRL beside ours, for each shape."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(rows), figsize=(3.2 * len(rows), 4), squeeze=False)
    for axis, row in zip(axes[0], rows, strict=True):
        bottom = [0.0, 0.0]
        for part in PARTS:
            height = [row["plain"][part], row["ours"][part]]
            axis.bar(["plain TRL", "shared"], height, bottom=bottom, label=part)
            bottom = [b + h for b, h in zip(bottom, height, strict=True)]
        axis.set_title(f"P {row['prompt']}, C {row['completion']}, G {row['group']}\n{row['ratio']:.1f}x", fontsize=10)
        axis.set_ylabel("seconds a step")
    axes[0][0].legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()
