"""One GRPO step, plain TRL against the shared prompt, interleaved in one process: seconds by part, and peak memory.

    python -m benchmarks.step                                        all four shapes, a table
    python -m benchmarks.step --shapes 512,32,8 --repeats 5 --json step.json --plot step.png
    python -m benchmarks.step --plain fastest                        plain TRL at its fastest micro-batch, not its largest
    python -m benchmarks.step --engine unsloth --load-in-4bit --model DIR    on CUDA: Unsloth in place of the shared prompt

A shape is prompt tokens, completion tokens, G: one prompt, G completions of exactly that length. Both trainers hold the same
model, and run with the same random prompts; the parts of a step are sampling, scoring (the rewards and what else TRL does
between), backward (forward and backward passes) and update. Plain TRL runs at the largest micro-batch that fits in
--memory GiB, found first and printed (against Unsloth: the largest that the card holds). Its large tensors may make that
one slow, so `--plain fastest` tries all that fit (in what is free, where that is less), a step each, and takes the one of
the least time in forward and backward passes: `plain_backward_by_micro_batch`. `ratio` is plain time over ours; `limit` is
the ratio of token counts of the forward and backward passes, G (P + C) / (P + G C), which no shared prompt can beat there;
`share_of_limit` is the backward part's ratio over it, above 1 where plain TRL takes longer besides. `ratio_memory` compares
peaks: those of a first step, with freed memory returned at once; from the second shape on both are a little high, by what
earlier shapes left in the heap. Times are seconds, medians of --repeats steps after it, with freed memory kept.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.gpu import machine
from benchmarks.gpu.parts import read_lines
from benchmarks.side import Side, return_freed

SHAPES = ((128, 32, 8), (512, 32, 8), (1024, 64, 8), (2048, 32, 16))
PARTS = ("sampling", "scoring", "backward", "update")


def main() -> None:
    """The command."""
    parser = _parser()
    typed = parser.parse_args()
    if typed.child:
        return _child(typed)
    if typed.repeats < 1:
        parser.error(f"--repeats {typed.repeats}: 1 or more")
    if typed.engine == "unsloth" and typed.plain == "fastest":
        parser.error("--plain fastest does not go with --engine unsloth, whose plain side takes what the card holds")
    if typed.engine == "unsloth" and not (machine.has_cuda() and typed.load_in_4bit):
        parser.error("--engine unsloth needs a CUDA GPU and --load-in-4bit")
    if typed.engine == "unsloth" and typed.plot:
        parser.error("--plot shows the parts of a step, which --engine unsloth does not tell apart")
    rows = _unsloth(typed) if typed.engine == "unsloth" else _interleaved(typed)
    if typed.json:
        _write(typed, rows)
    if typed.plot:
        _plot(rows, typed.plot)


def _interleaved(typed: argparse.Namespace) -> list[dict[str, Any]]:
    bench, rows = Bench(typed), []
    for shape in typed.shapes:
        micro, tried = _micro_batch(typed, shape)
        rows.append(bench.measure(shape, micro))
        if tried:
            rows[-1]["plain_backward_by_micro_batch"] = tried
        print(_line(rows[-1]), flush=True)
    return rows


def _parser() -> argparse.ArgumentParser:
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m benchmarks.step", description=__doc__, formatter_class=shape)
    add = parser.add_argument
    add("--shapes", nargs="+", type=_shape, default=list(SHAPES), metavar="P,C,G", help="default all four of the table")
    add("--repeats", type=int, default=3, help="steps of each kind that count, after one that does not (default 3)")
    add("--model", default="smollm2-135m", help="as policy.model of train")
    add(
        "--engine",
        choices=("transformers", "unsloth"),
        default="transformers",
        help="what plain TRL is held against: our shared prompt, or Unsloth (in 4 bits)",
    )
    add(
        "--plain",
        choices=("largest", "fastest"),
        default="largest",
        help="plain TRL's micro-batch, of those that fit in --memory",
    )
    add("--load-in-4bit", action="store_true", help="4-bit base, on both sides")
    add("--memory", type=float, default=24.0, help="GiB that plain TRL may take (default 24)")
    add(
        "--micro",
        type=int,
        help="rows of plain TRL's micro-batch, in place of the largest that fits; with --plain fastest the most tried",
    )
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


def _limit(shape: tuple[int, int, int]) -> float:
    prompt, completion, group = shape
    return round(group * (prompt + completion) / (prompt + group * completion), 3)


def _write(typed: argparse.Namespace, rows: list[dict[str, Any]]) -> None:
    about = {name: getattr(typed, name) for name in ("engine", "model", "plain", "load_in_4bit", "repeats")}
    about["command"] = "python -m benchmarks.step " + " ".join(sys.argv[1:])
    Path(typed.json).write_text(
        json.dumps({"machine": machine.describe() | about, "rows": rows}, indent=1) + "\n", "utf-8"
    )


class Bench:
    """The two trainers on one policy, loaded once; both are built anew for every shape."""

    def __init__(self, typed: argparse.Namespace) -> None:
        self.typed = typed
        from grpo_legal import config, policy

        settings = config.Policy(engine="transformers", model=typed.model, load_in_4bit=typed.load_in_4bit)
        self.policy = policy.load(settings, seed=1, gradient_checkpointing=False)

    def measure(self, shape: tuple[int, int, int], micro: int) -> dict[str, Any]:
        """The row of one shape."""
        prompt, completion, group = shape
        taken: dict[str, list[dict[str, float]]] = {"plain": [], "ours": []}
        with tempfile.TemporaryDirectory() as scratch:
            sides = {
                "plain": Side(self.policy, shape, micro, shared=False, scratch=scratch),
                "ours": Side(self.policy, shape, group, shared=True, scratch=scratch),
            }
            return_freed(True)
            peaks = {name: side.step()["peak_gib"] for name, side in sides.items()}
            return_freed(False)
            for _ in range(self.typed.repeats):
                for name, side in sides.items():
                    taken[name].append(side.step())
        row: dict[str, Any] = {"prompt": prompt, "completion": completion, "group": group, "plain_micro_batch": micro}
        for name, steps in taken.items():
            row[name] = {key: round(statistics.median(s[key] for s in steps), 4) for key in steps[0]}
            row[name]["peak_gib"] = round(peaks[name], 4)
            row[name]["tokens_per_second"] = round(group * (prompt + completion) / row[name]["seconds"], 1)
        for key in ("seconds", "sampling", "backward"):
            row["ratio" if key == "seconds" else f"ratio_{key}"] = round(row["plain"][key] / row["ours"][key], 3)
        row["limit"] = _limit(shape)
        row["share_of_limit"] = round(row["ratio_backward"] / row["limit"], 3)
        row["ratio_memory"] = round(row["plain"]["peak_gib"] / row["ours"]["peak_gib"], 3)
        return row


def _micro_batch(typed: argparse.Namespace, shape: tuple[int, int, int]) -> tuple[int, dict[int, float]]:
    """The rows that plain TRL takes through one pass: the most that fit in --memory GiB, each number tried in a process of its
    own. With --plain fastest all that fit are tried, and seconds of the passes of a step come along."""
    if typed.micro and typed.plain == "largest":
        return typed.micro, {}
    tried: dict[int, float] = {}
    for micro in (m for m in range(typed.micro or shape[2], 0, -1) if shape[2] % m == 0):
        words = [sys.executable, "-m", "benchmarks.step", "--child", str(micro), "--shapes", ",".join(map(str, shape))]
        words += ["--model", typed.model, "--memory", str(typed.memory), "--plain", typed.plain]
        words += ["--load-in-4bit"] * typed.load_in_4bit
        made = subprocess.run(words, capture_output=True, text=True)
        if made.returncode == 0:
            if typed.plain == "largest":
                return micro, {}
            tried[micro] = round(float(made.stdout.split()[-1]), 4)
    return min(tried, key=tried.__getitem__, default=1), tried


def _child(typed: argparse.Namespace) -> None:
    """One plain step under the memory limit: prints the seconds of its passes. The status says whether it fitted."""
    import torch

    if torch.cuda.is_available():
        total = torch.cuda.get_device_properties(0).total_memory / 2**30
        torch.cuda.set_per_process_memory_fraction(min(1.0, typed.memory / total))
    else:
        import resource

        free = int(Path("/proc/meminfo").read_text().split("MemAvailable:")[1].split()[0]) * 1024
        limit = min(int(typed.memory * 2**30), int(0.95 * free))
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    shape = typed.shapes[0]
    return_freed(typed.plain == "largest")  # as in the steps that count, where it is timed
    try:
        with tempfile.TemporaryDirectory() as scratch:
            side = Side(Bench(typed).policy, shape, int(typed.child), shared=False, scratch=scratch)
            print(side.step()["backward"])
    except (RuntimeError, MemoryError):  # torch says "can't allocate memory" as a RuntimeError
        sys.exit(1)


# ---- Unsloth --------------------------------------------------------------------------------------------


def _unsloth(typed: argparse.Namespace, engine: str = "unsloth") -> list[dict[str, Any]]:
    """Rows of Unsloth against plain TRL, each side in a process of its own: importing Unsloth changes TRL for good.

    Its trainer is not to be driven by hand, so the parts are sampling and the whole step alone.
    """
    rows = []
    for shape in typed.shapes:
        sides = {
            name: _by_its_own_loop(typed, side, engine, shape)
            for name, side in (("plain", "plain"), ("ours", "unsloth"))
        }
        row: dict[str, Any] = {
            "prompt": shape[0],
            "completion": shape[1],
            "group": shape[2],
            **sides,
            "limit": _limit(shape),
        }
        for key, name in (("seconds", "ratio"), ("sampling", "ratio_sampling")):
            row[name] = round(sides["plain"][key] / sides["ours"][key], 3)
        rows.append(row)
        seconds = f"{sides['plain']['seconds']:.2f}/{sides['ours']['seconds']:.2f} s"
        print(f"P {shape[0]:>4} C {shape[1]:>2} G {shape[2]:>2}  step {seconds} = {row['ratio']:.2f}x", flush=True)
    return rows


def _by_its_own_loop(typed: argparse.Namespace, side: str, engine: str, shape: tuple[int, int, int]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.jsonl"
        arguments = [
            str(report),
            typed.model,
            side,
            engine,
            str(shape[2]),
            str(typed.repeats),
            f"{shape[0]},{shape[1]}",
        ]
        subprocess.run(
            [sys.executable, "-m", "benchmarks.gpu.large", *arguments], check=True, stdout=subprocess.DEVNULL
        )
        return next(line for line in read_lines(report) if "prompt" in line)


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
