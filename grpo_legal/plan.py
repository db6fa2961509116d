"""Will a run fit, how long will it take, and what will it cost: before anything is rented or downloaded.

    python -m grpo_legal.plan                                    the preset h100 on all machines of the table
    python -m grpo_legal.plan --preset l4 --gpu L4 A10G          one preset, two machines
    python -m grpo_legal.plan --config outputs/mine/config.yaml --grpo.num-generations 16
    python -m grpo_legal.plan --preset cpu --calibrate outputs/mine            fit the times to that measured run
    python -m grpo_legal.plan --preset cpu --calibration plan-calibration.json

Takes every setting of train as well. Imports no torch. Exit status: 1 if the run fits none of the machines
even with texts of usual length, else 0.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Mapping, Sequence

from rich.console import Console

from grpo_legal import cli, config, run_folder
from grpo_legal.errors import UserError
from grpo_legal.planning import calibration, lengths, machines, report, workload

PROG = "python -m grpo_legal.plan"
FILE = "plan-calibration.json"


def main(argv: Sequence[str]) -> int:
    """The command. Returns its exit status."""
    typed, rest = _parser().parse_known_args(argv)
    line = cli.parse(PROG, __doc__.splitlines()[0], rest)
    if line.resume:
        raise UserError(f"{PROG} has nothing to --resume")
    _check(typed)
    settings = _settings(line)
    home = machines.named(machines.PRESET_MACHINES[settings.preset or "h100"])
    chosen = _machines(typed, settings, home, _price(line, home))
    fitted = _calibrations(typed, chosen)
    work, told = _work(typed, settings, fitted)
    made = report.make(
        settings, work, chosen, fitted, sft_batch=settings.sft.batch_size, sft_tokens=typed.sft_tokens, lengths=told
    )
    report.show(made, Console(highlight=False))
    if line.json:
        run_folder.write_copy(line.json, made)
    return 0 if any(row["fits"] != "no" for row in made["machines"]) else 1


def _parser() -> argparse.ArgumentParser:
    shape = argparse.RawDescriptionHelpFormatter
    more = (
        "and --preset, --config, --json and every setting of python -m grpo_legal.train, such as --grpo.batch-size 64"
    )
    parser = cli.Parser(PROG, description=__doc__, formatter_class=shape, allow_abbrev=False, epilog=more)
    add = parser.add_argument
    add("--gpu", nargs="+", metavar="NAME", help=f"machines: {', '.join(machines.table())} (default: all GPUs)")
    add(
        "--prompt-tokens",
        type=int,
        metavar="N",
        help="usual length of a prompt (default: a fitted run's, else counted)",
    )
    add(
        "--completion-tokens",
        type=int,
        metavar="N",
        help="of a completion (default: a fitted run's, else 60%% of the longest)",
    )
    add("--sft-tokens", type=int, default=1024, metavar="N", help="tokens of a text of SFT (default: 1024)")
    add("--calibrate", metavar="RUN", help="run folder to fit the times of --gpu to (by default the preset's machine)")
    add("--calibration", metavar="FILE", help=f"read the fit, or with --calibrate write it (default there: {FILE})")
    return parser


def _check(typed: argparse.Namespace) -> None:
    numbers = ("prompt_tokens", "completion_tokens", "sft_tokens")
    faults = [
        f"--{name.replace('_', '-')} {getattr(typed, name)} must be 1 or more"
        for name in numbers
        if getattr(typed, name) is not None and getattr(typed, name) < 1
    ]
    if faults:
        raise UserError("; ".join(faults))


def _settings(line: cli.CommandLine) -> config.Settings:
    """Settings as train resolves them, of the preset h100 where none is named: planning asks no hardware."""
    name = line.preset or "h100"
    layers = [config.preset(name)]
    if line.config is not None:
        layers.append(config.read_file(line.config))
    settings = config.resolve(*layers, line.overrides, faults=line.faults)
    if line.preset is None and line.config is not None and settings.policy.engine == "transformers":
        name = "cpu" if not settings.policy.load_in_4bit else name
    return settings.model_copy(update={"preset": name})


def _price(line: cli.CommandLine, home: machines.Machine) -> float | None:
    """The price that was typed, or that the --config names; None where it is the preset's, the machine's own."""
    layers = [config.read_file(line.config)] if line.config is not None else []
    given = [
        layer["run"]["usd_per_hour"]
        for layer in (*layers, line.overrides)
        if "usd_per_hour" in (layer.get("run") or {})
    ]
    return float(given[-1]) if given and float(given[-1]) not in (0, home.usd_per_hour) else None


def _machines(
    typed: argparse.Namespace, settings: config.Settings, home: machines.Machine, price: float | None
) -> list[machines.Machine]:
    """The machines to plan for; a price of one's own holds for them where they are named, else for the preset's."""
    if typed.gpu:
        chosen = list({m.name: m for m in map(machines.named, typed.gpu)}.values())
    elif home.name == "cpu" or typed.calibrate:
        chosen = [home]
    else:
        chosen = [m for m in machines.table().values() if m.name != "cpu"]
    return [
        dataclasses.replace(m, usd_per_hour=price) if price and (typed.gpu or m.name == home.name) else m
        for m in chosen
    ]


def _calibrations(typed: argparse.Namespace, chosen: Sequence[machines.Machine]) -> dict[str, calibration.Calibration]:
    if typed.calibrate:
        if len(chosen) != 1:
            raise UserError("--calibrate fits one machine: name the one of that run with --gpu")
        made = calibration.of_run(typed.calibrate, chosen[0])
        path = typed.calibration or FILE
        calibration.write(path, made)
        print(
            f"{made.machine}: sampling takes {made.sampling:.2f} and training {made.training:.2f} times what was "
            f"assumed; {made.steps} steps, half of them within {made.error:.0%}; written to {path}"
        )
    elif typed.calibration:
        made = calibration.read(typed.calibration)
        if made.machine not in {machine.name for machine in chosen}:
            raise UserError(
                f"--calibration {typed.calibration!r} is of {made.machine}, which is not planned for (--gpu)"
            )
    else:
        return {}
    return {made.machine: made}


def _work(
    typed: argparse.Namespace, settings: config.Settings, fitted: Mapping[str, calibration.Calibration]
) -> tuple[workload.Workload, str]:
    """The workload, and where its usual prompt is from: the command line, the measured run, the questions, or nowhere."""
    measured = next((found for made in fitted.values() if (found := made.lengths(settings))), None)
    completion = typed.completion_tokens or (measured and measured[1])
    if typed.prompt_tokens:
        prompt, told = typed.prompt_tokens, "given"
    elif measured:
        prompt, told = measured[0], "measured"
    else:
        prompt = lengths.usual_prompt(settings)
        told = "counted" if prompt else "assumed"
    return workload.of(settings, prompt=prompt, completion=completion), told


if __name__ == "__main__":
    cli.run(main)
