"""The plan as one value, and as tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from grpo_legal.config import Settings, preset, resolve
from grpo_legal.planning import machines, memory, shapes, speed, workload
from grpo_legal.planning.calibration import Calibration
from grpo_legal.planning.machines import Machine
from grpo_legal.planning.shapes import Shape
from grpo_legal.planning.speed import Scale
from grpo_legal.planning.workload import Workload

COLOURS = {"yes": "green", "maybe": "yellow", "no": "red"}
SFT_STEPS, GRPO_STEPS = (500, 10_000), (500, 1_000)
PIECES = {
    "process": "libraries, CUDA context",
    "weights": "the base, in {bits}-bit",
    "lora": "adapter of rank {rank}, fp32",
    "gradients": "of the adapter, fp32",
    "optimizer": "Adam's moments, {optim}",
    "kv_cache": "while sampling: {batch} rows of {prompt} + {completion} tokens",
    "sampling": "beside the cache: logits, copies of a layer's cache",
    "activations": "kept for backward: {rows} x {length} tokens a pass",
    "logits": "in chunks, forward and backward of the head",
    "layer": "gradients inside one layer, in place of the logits",
}
LENGTHS = {
    "given": "as given", "measured": "as in the measured run", "counted": "the prompt counted on the questions",
    "assumed": "assumed",
}  # fmt: skip
# A plan that this estimate is held against (github Arnie016/Law_Qwen, RL_AFTER_SFT_PLAN.md): SFT of Qwen2.5-32B-Instruct in bf16,
# LoRA, 16 texts of 1,024 tokens a step, 10,000 steps; then GRPO instead of it.
OLD = {"SFT": ("10,000 steps", "~80 h", "~$160"), "GRPO": ("500-1,000 steps", "4-8 h", "$10-20")}
OLD_MACHINE = "H100"
OLD_SFT = {"model": "Qwen/Qwen2.5-32B-Instruct", "batch": 16, "tokens": 1024}


def make(
    settings: Settings, work: Workload, chosen: Sequence[Machine], calibrations: Mapping[str, Calibration],
    *, sft_batch: int, sft_tokens: int, lengths: str = "assumed",
) -> dict[str, Any]:  # fmt: skip
    """The whole plan as JSON would have it: pieces, peaks by variant, each machine's fit, speed, hours and dollars.

    `lengths` says where the usual prompt of `work` is from: given, measured, counted or assumed.
    """
    shape = shapes.known(settings.policy.model)
    needed, usual = memory.estimate(shape, work), memory.estimate(shape, work.usual())
    rows = [
        _machine(shape, work, (needed.peak, usual.peak), machine, calibrations.get(machine.name), sft_batch, sft_tokens)
        for machine in chosen
    ]
    return {
        "model": settings.policy.model, "weights": shape.weights(),
        "trained": shape.lora_weights(work.rank, work.lora_layers),
        "workload": dataclasses.asdict(work), "packed": list(work.packed()), "lengths": lengths,
        "sft": {"batch": sft_batch, "tokens": sft_tokens},
        "memory_gib": _gib(needed), "usual_gib": _gib(usual), "peak_in": needed.phase, "variants": _variants(shape, work), "machines": rows,
        "old_plan": _old(calibrations.get(OLD_MACHINE)), "prices": machines.price_note(),
    }  # fmt: skip


def _gib(found: memory.Memory) -> dict[str, float]:
    return {name: round(value, 4) for name, value in (*dataclasses.asdict(found).items(), ("peak", found.peak))}


def _variants(shape: Shape, work: Workload) -> list[dict[str, Any]]:
    """The peak on the transformers engine with and without checkpointing and a shared prompt, GiB."""
    made = []
    for shared in (True, False):
        for checkpointing in (True, False):
            other = dataclasses.replace(
                work, engine="transformers", shared=shared, checkpointing=checkpointing,
                micro_tokens=work.micro_tokens if shared else None,
            )  # fmt: skip
            found = memory.estimate(shape, other)
            made.append({"shared_prefix": shared, "checkpointing": checkpointing, "peak": round(found.peak, 3),
                         "activations": round(found.activations, 3)})  # fmt: skip
    return made


def _machine(
    shape: Shape, work: Workload, peaks: tuple[float, float], machine: Machine, fitted: Calibration | None, batch: int,
    tokens: int,
) -> dict[str, Any]:  # fmt: skip
    scale = fitted.scale() if fitted else Scale()
    step = speed.grpo_step(shape, work, machine, scale)
    sft = speed.sft_seconds(shape, work, machine, tokens, batch, scale)
    hours = {f"sft_{n}": n * sft / 3600 for n in SFT_STEPS} | {f"grpo_{n}": n * step.seconds / 3600 for n in GRPO_STEPS}
    return {
        "machine": machine.name, "memory": machine.memory, "fits": _fits(peaks, machine.memory),
        "calibrated": fitted is not None, "usd_per_hour": machine.usd_per_hour,
        "sampling_seconds": round(step.sampling, 2), "training_seconds": round(step.training, 2),
        "tokens_per_second": round(step.tokens_per_second, 1), "steps_per_hour": round(step.per_hour, 1),
        "hours": {name: round(value, 2) for name, value in hours.items()},
        "usd": {name: round(value * machine.usd_per_hour, 2) for name, value in hours.items()},
    }  # fmt: skip


def _fits(peaks: tuple[float, float], memory_gib: float) -> str:
    """yes; maybe, where texts of usual length fit but the longest do not; no."""
    longest, usual = peaks
    return "yes" if longest <= memory_gib else "maybe" if usual <= memory_gib else "no"


def _old(fitted: Calibration | None) -> dict[str, Any]:
    """The old plan's claims beside our numbers: its SFT in 16 bits, and GRPO as the preset h100 has it, both on an H100."""
    scale, machine = fitted.scale() if fitted else Scale(), machines.named(OLD_MACHINE)
    model, work = shapes.known(OLD_SFT["model"]), workload.of(resolve(preset("h100")))
    bf16 = dataclasses.replace(work, bits=16, engine="transformers")
    sft = 10_000 * speed.sft_seconds(model, bf16, machine, OLD_SFT["tokens"], OLD_SFT["batch"], scale) / 3600
    step = speed.grpo_step(model, work, machine, scale)
    grpo = [n * step.seconds / 3600 for n in GRPO_STEPS]
    price = machine.usd_per_hour
    return {
        "machine": machine.name, "claimed": {name: list(said) for name, said in OLD.items()},
        "sft_hours": round(sft, 1), "sft_usd": round(sft * price, 1),
        "grpo_hours": [round(h, 1) for h in grpo], "grpo_usd": [round(h * price, 1) for h in grpo],
        "sampling_share": round(step.sampling / step.seconds, 3), "calibrated": fitted is not None,
        "agrees": {"sft": 0.75 <= sft / 80 <= 1.25, "grpo": grpo[0] >= 3 and grpo[1] <= 10},  # its figures +- 25%
    }  # fmt: skip


# ---- tables -------------------------------------------------------------------------------------------


def show(plan: dict[str, Any], console: Console) -> None:
    """Print the plan; made for 80 columns, and using more where there are more."""
    work = plan["workload"]
    console.print(
        f"{plan['model']}: {plan['weights'] / 1e9:.2f} billion weights in {work['bits']}-bit, {plan['trained'] / 1e6:.1f} "
        f"million trained, {work['engine']} engine, {work['batch']} completions a step in groups of {work['group']}"
    )
    console.print(_pieces(plan), _machines(plan, wide=console.width >= 110), _old_table(plan["old_plan"]))
    console.print(_variants_table(plan["variants"]))
    fitted = [row["machine"] for row in plan["machines"] if row["calibrated"]]
    console.print(
        f"Usual lengths: {work['usual_prompt']} prompt and {work['usual_completion']} completion tokens "
        f"({LENGTHS[plan['lengths']]}); SFT: "
        f"{plan['sft']['batch']} texts of {plan['sft']['tokens']} tokens a step, no longer than that. "
        f"{plan['prices'].capitalize()}. "
        + (f"Times on {', '.join(fitted)} are fitted to a measured run; all others" if fitted else "Times")
        + " rest on shares of peak speed that one policy had on an H100: --calibrate fits them."
    )


def _pieces(plan: dict[str, Any]) -> Table:
    table = Table(
        title="Peak memory of a step in GiB, at the longest and at the usual lengths",
        title_justify="left",
        box=box.SIMPLE_HEAD,
    )
    table.add_column("piece", no_wrap=True)
    table.add_column("longest", justify="right", no_wrap=True)
    table.add_column("usual", justify="right", no_wrap=True)
    table.add_column("what (longest)")
    rows, length = plan["packed"]
    both = (plan["memory_gib"], plan["usual_gib"])
    for name, text in PIECES.items():
        what = text.format(**plan["workload"], rows=rows, length=f"{length:,}")
        table.add_row(name.replace("_", " "), *(f"{gib[name]:.2f}" for gib in both), what)
    table.add_section()
    table.add_row("peak", *(f"{gib['peak']:.2f}" for gib in both), f"in {plan['peak_in']}", style="bold")
    return table


def _machines(plan: dict[str, Any], *, wide: bool) -> Table:
    table = Table(title="Hours and dollars", title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    more = ("$/h", "tokens/s", "sampling s", "training s") if wide else ()
    names = ("machine", "fits", *more, "steps/h", "SFT 500", "SFT 10,000", "GRPO 500", "GRPO 1,000")
    for name in names:
        table.add_column(name, justify="left" if name == "machine" else "right", no_wrap=True)
    for row in plan["machines"]:
        fits = f"{plan['memory_gib']['peak']:.0f}/{row['memory']:.0f}"
        left = [row["machine"], f"[{COLOURS[row['fits']]}]{row['fits']} {fits}[/]"]
        if wide:
            left += [f"{row['usd_per_hour']:.2f}", f"{row['tokens_per_second']:,.0f}",
                     f"{row['sampling_seconds']:.1f}", f"{row['training_seconds']:.1f}"]  # fmt: skip
        cells = [
            f"{_hours(row['hours'][k])} {_usd(row['usd'][k])}" if row["fits"] != "no" else "-" for k in row["hours"]
        ]
        table.add_row(*left, f"{row['steps_per_hour']:,.0f}" if row["fits"] != "no" else "-", *cells)
    return table


def _hours(hours: float) -> str:
    return f"{hours:.1f}h" if hours < 10 else f"{hours:,.0f}h"


def _usd(usd: float) -> str:
    return f"${usd:.1f}" if usd < 10 else f"${usd:,.0f}"


def _old_table(old: dict[str, Any]) -> Table:
    table = Table(
        title=f"What an earlier plan claimed for {old['machine']}, and this estimate", title_justify="left",
        box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), caption_justify="left",
        caption=f"Both Qwen2.5-32B. SFT: bf16, {OLD_SFT['batch']} texts of {OLD_SFT['tokens']:,} tokens a step. GRPO: the preset "
        f"h100; {old['sampling_share']:.0%} of a step is sampling.",
    )  # fmt: skip
    for name in ("", "steps", "claimed", "here", ""):
        table.add_column(name, no_wrap=True)
    here = {
        "SFT": f"{old['sft_hours']:.0f} h, ${old['sft_usd']:,.0f}",
        "GRPO": f"{old['grpo_hours'][0]:.1f}-{old['grpo_hours'][1]:.1f} h, "
        f"${old['grpo_usd'][0]:,.0f}-{old['grpo_usd'][1]:,.0f}",
    }
    for name, (steps, hours, usd) in old["claimed"].items():
        verdict = "agrees" if old["agrees"][name.lower()] else "does not agree"
        table.add_row(name, steps, f"{hours}, {usd}", here[name], verdict)
    return table


def _variants_table(variants: Sequence[dict[str, Any]]) -> Table:
    table = Table(title="Peak on the transformers engine, GiB", title_justify="left", box=box.SIMPLE_HEAD)
    for name in ("grpo.shared-prefix", "with checkpointing", "without"):
        table.add_column(name, justify="left" if "shared" in name else "right")
    for at in (0, 2):
        table.add_row(
            "on" if variants[at]["shared_prefix"] else "off", *(f"{v['peak']:.2f}" for v in variants[at : at + 2])
        )
    return table
