"""Forward and backward passes of a packed group: its attention in two parts against one mask over the whole row.

    python -m benchmarks.attention --json benchmarks/results/attention.json
    python -m benchmarks.attention --shapes 512,256,8 --repeats 5 --model DIR --load-in-4bit

A shape is prompt tokens, completion tokens, G: one prompt, G completions of exactly that length, through one model in turn;
seconds are medians of --repeats after one pass that does not count. `pairs` is how many times fewer pairs of query and key
attention goes through in two parts, `ratio` is seconds with one mask over seconds in two parts. `copies` says whether each
completion had a copy of the prompt's keys. What it takes of memory is in benchmarks/step.py and benchmarks/memory.py.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from typing import Any

from benchmarks.gpu import machine
from benchmarks.side import now
from benchmarks.step import _shape
from benchmarks.tables import markdown, write_json
from grpo_legal import cli
from grpo_legal.errors import UserError

SHAPES = ((128, 32, 8), (512, 32, 8), (1024, 64, 8), (2048, 32, 16), (256, 128, 8), (512, 256, 8))
WAYS = ("one_mask", "two_parts")


def measure(model: Any, shape: tuple[int, int, int], repeats: int) -> dict[str, Any]:
    """The row of one shape. `model` is left with its attention in two parts, as a trainer has it."""
    from grpo_legal.shared_prefix.attention import LEAST_LENGTH, by_rows

    prompt, completion, group = shape
    batch = _batch(model, shape)
    taken: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(repeats + 1):
        for way in WAYS:
            taken[way].append(_pass(model, batch, way))
    laid_out = completion - 1  # a completion's last token predicts nothing
    parts = prompt + group * laid_out >= LEAST_LENGTH  # shorter rows go by one mask either way
    copies = parts and laid_out > 0 and by_rows(prompt, [laid_out] * group)
    row: dict[str, Any] = {
        "prompt": prompt,
        "completion": completion,
        "group": group,
        "copies": "yes" if copies else "no",
    }
    row["pairs"] = round(_pairs(prompt, laid_out, group, copies), 3) if parts else 1.0
    for way, passes in taken.items():
        row[f"{way}_seconds"] = round(statistics.median(passes[1:]), 3)
    return row | {"ratio": round(row["one_mask_seconds"] / row["two_parts_seconds"], 3)}


def _pairs(prompt: int, laid_out: int, group: int, copies: bool) -> float:
    tokens = group * laid_out
    over = tokens * (prompt + laid_out / 2) if copies else tokens * (prompt + tokens)
    return (prompt + tokens) ** 2 / (prompt**2 / 2 + over)


def _batch(model: Any, shape: tuple[int, int, int]) -> list[Any]:
    import torch

    prompt, completion, group = shape
    generator, size = torch.Generator().manual_seed(7), model.get_input_embeddings().num_embeddings
    device = model.get_input_embeddings().weight.device
    ids = torch.randint(3, size, (1, prompt), generator=generator).repeat(group, 1).to(device)
    answers = torch.randint(3, size, (group, completion), generator=generator).to(device)
    return [ids, torch.ones_like(ids), answers, torch.ones_like(answers)]


def _pass(model: Any, batch: Sequence[Any], way: str) -> float:
    """Seconds of a forward and backward pass."""
    from grpo_legal import shared_prefix

    if way == "one_mask":
        model.get_base_model().set_attn_implementation("sdpa")
    else:
        shared_prefix.attend_in_parts(model)
    model.train()
    began = now()
    logps, _ = shared_prefix.completion_logps(model, *batch)
    logps.sum().backward()
    took = now() - began
    model.zero_grad()
    return took


def main(argv: Sequence[str]) -> int:
    """The command."""
    typed = _parse(argv)
    from grpo_legal import config, policy

    settings = config.Policy(engine="transformers", model=typed.model, load_in_4bit=typed.load_in_4bit)
    loaded = policy.load(settings, seed=1, gradient_checkpointing=typed.load_in_4bit)
    rows = []
    for shape in typed.shapes:
        rows.append(measure(loaded.model, shape, typed.repeats))
        print(markdown(rows[-1:]) if len(rows) == 1 else markdown(rows[-1:]).splitlines()[-1], flush=True)
    about = {name: getattr(typed, name) for name in ("model", "load_in_4bit", "repeats")}
    about["command"] = "python -m benchmarks.attention " + " ".join(argv)
    write_json(typed.json, {"machine": machine.describe() | about, "rows": rows})
    return 0


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = cli.Parser(
        "python -m benchmarks.attention", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shapes", nargs="+", type=_shape, default=list(SHAPES), metavar="P,C,G")
    parser.add_argument("--repeats", type=int, default=3, help="passes of each kind that count (default 3)")
    parser.add_argument("--model", default="smollm2-135m", help="as policy.model of train")
    parser.add_argument("--load-in-4bit", action="store_true", help="4-bit base and gradient checkpointing; needs CUDA")
    parser.add_argument("--json", metavar="PATH")
    typed = parser.parse_args(argv)
    if typed.repeats < 1:
        raise UserError(f"--repeats {typed.repeats}: 1 or more")
    return typed


if __name__ == "__main__":
    cli.run(main)
