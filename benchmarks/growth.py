"""How the cost of a step grows: seconds of one GRPO step of ours against G, and against the prompt's length.

    python -m benchmarks.growth --json benchmarks/results/growth.json --plot benchmarks/results/growth.png
    python -m benchmarks.growth --groups 2 4 8 --lengths 128 256 --repeats 1

Against G the prompt has --prompt tokens (2,048), against its length the group has --group completions (8); completions
have --completion tokens (32). A step is sampling, scoring, backward and update, as in benchmarks/step.py. The shapes take
turns, so that a machine that slows down slows all of them; medians of --repeats. The slope is that of a line fitted by
least squares through the logarithms; a doubling costs 2 to the power of it. `doublings` are the measured ones, one by one.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.gpu import machine
from benchmarks.side import Side
from benchmarks.tables import Rows, markdown, write_json
from grpo_legal import cli
from grpo_legal.errors import UserError

GROUPS = (2, 4, 8, 16, 32)
LENGTHS = (128, 256, 512, 1024, 2048, 4096)
PARTS = ("sampling", "scoring", "backward", "update", "seconds")
WANTED = 1.4  # times, for a doubling of G
Shape = tuple[int, int, int]  # prompt, completion, G


def slope(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Of the line through (log size, log seconds): 1 where twice the size costs twice the time."""
    import numpy

    return round(float(numpy.polyfit(numpy.log(sizes), numpy.log(seconds), 1)[0]), 4)


def curve(rows: Rows, name: str) -> dict[str, Any]:
    """The rows of one curve, its slope, and what each step from one size to the next costs, per doubling."""
    import math

    steps = {}
    for before, after in itertools.pairwise(rows):
        ratio = after["seconds"] / before["seconds"]
        steps[f"{before[name]} to {after[name]}"] = round(ratio ** (1 / math.log2(after[name] / before[name])), 3)
    fitted = slope([row[name] for row in rows], [row["seconds"] for row in rows])
    return {"rows": list(rows), "slope": fitted, "per_doubling": round(2**fitted, 3), "doublings": steps}


def measure(policy: Any, shapes: Sequence[Shape], repeats: int) -> dict[Shape, dict[str, Any]]:
    """A row for each shape: medians of its parts in seconds."""
    taken: dict[Shape, list[dict[str, float]]] = {shape: [] for shape in shapes}
    with tempfile.TemporaryDirectory() as scratch:
        sides = {shape: Side(policy, shape, shape[2], shared=True, scratch=scratch) for shape in taken}
        min(sides.items(), key=lambda pair: pair[0][0] * pair[0][2])[1].step()  # does not count
        for repeat in range(repeats):
            for shape, side in sides.items():
                taken[shape].append(side.step())
                print(
                    f"{repeat + 1}/{repeats}  P {shape[0]} C {shape[1]} G {shape[2]}: {taken[shape][-1]['seconds']:.2f} s",
                    flush=True,
                )
    rows = {}
    for shape, steps in taken.items():
        row: dict[str, Any] = dict(zip(("prompt", "completion", "group"), shape, strict=True))
        rows[shape] = row | {part: round(statistics.median(s[part] for s in steps), 4) for part in PARTS}
    return rows


def main(argv: Sequence[str]) -> int:
    """The command. Returns 1 where a doubling of G costs more than is claimed."""
    typed = _parse(argv)
    from grpo_legal import config, policy

    by_group = [(typed.prompt, typed.completion, group) for group in typed.groups]
    by_length = [(length, typed.completion, typed.group) for length in typed.lengths]
    settings = config.Policy(engine="transformers", model=typed.model)
    loaded = policy.load(settings, seed=1, gradient_checkpointing=False)
    found = measure(loaded, list(dict.fromkeys((*by_group, *by_length))), typed.repeats)
    curves = {
        "group": curve([found[shape] for shape in by_group], "group"),
        "prompt": curve([found[shape] for shape in by_length], "prompt"),
    }
    for name, one in curves.items():
        print(f"\nagainst {name}:\n{markdown(one['rows'])}")
        print(f"slope {one['slope']:.3f}: a doubling costs {one['per_doubling']:.2f} times; {one['doublings']}")
    about = {"model": typed.model, "repeats": typed.repeats, "command": "python -m benchmarks.growth " + " ".join(argv)}
    write_json(typed.json, {"machine": machine.describe() | about, "wanted_per_doubling_of_group": WANTED, **curves})
    if typed.plot:
        plot(curves, typed.plot)
    return int(curves["group"]["per_doubling"] >= WANTED)


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = cli.Parser(
        "python -m benchmarks.growth", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--groups", type=int, nargs="+", default=list(GROUPS), metavar="G")
    parser.add_argument("--lengths", type=int, nargs="+", default=list(LENGTHS), metavar="P")
    parser.add_argument("--prompt", type=int, default=2048, help="prompt tokens against G (default 2048)")
    parser.add_argument("--group", type=int, default=8, help="G against the prompt's length (default 8)")
    parser.add_argument("--completion", type=int, default=32, help="completion tokens (default 32)")
    parser.add_argument("--repeats", type=int, default=3, help="steps of each shape (default 3)")
    parser.add_argument("--model", default="smollm2-135m", help="as policy.model of train")
    parser.add_argument("--json", metavar="PATH")
    parser.add_argument("--plot", metavar="PATH", help="both curves as PNG or SVG")
    typed = parser.parse_args(argv)
    for name in ("groups", "lengths"):
        sizes = getattr(typed, name)
        if len(sizes) < 2 or sizes != sorted(set(sizes)) or sizes[0] < (2 if name == "groups" else 1):
            raise UserError(
                f"--{name} {' '.join(map(str, sizes))}: two or more, ascending, G from 2 and lengths from 1"
            )
    for name, least in (("prompt", 1), ("group", 2), ("completion", 1), ("repeats", 1)):
        if getattr(typed, name) < least:
            raise UserError(f"--{name} {getattr(typed, name)}: {least} or more")
    return typed


def plot(curves: dict[str, Any], path: str) -> None:
    """Seconds against each size on logarithmic axes, with the fitted line."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(curves), figsize=(5 * len(curves), 4), squeeze=False)
    for axis, (name, one) in zip(axes[0], curves.items(), strict=True):
        sizes, seconds = [row[name] for row in one["rows"]], [row["seconds"] for row in one["rows"]]
        middle = statistics.geometric_mean(seconds) / statistics.geometric_mean(sizes) ** one["slope"]
        axis.loglog(sizes, seconds, "o", label="median step")
        axis.loglog(sizes, [middle * size ** one["slope"] for size in sizes], "-", label=f"slope {one['slope']:.2f}")
        axis.set_xticks(sizes, [str(size) for size in sizes])
        axis.minorticks_off()
        axis.set_yticks([])
        for size, value in zip(sizes, seconds, strict=True):
            axis.annotate(f"{value:.3g}", (size, value), (0, 6), textcoords="offset points", ha="center", fontsize=9)
        axis.margins(0.1, 0.12)
        axis.set_xlabel("completions a prompt (G)" if name == "group" else "prompt tokens")
        axis.set_ylabel("seconds a step")
        axis.set_title(f"a doubling costs {one['per_doubling']:.2f}x", fontsize=10)
        axis.legend(fontsize=8)
    figure.tight_layout()
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    cli.run(main)
