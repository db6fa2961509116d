"""Is this machine fit for a run: versions, GPU, memory, disk, Unsloth's patch, the Hub, and for each fault the line that mends it.

    python -m grpo_legal.doctor
    python -m grpo_legal.doctor --legalbench ../shared/legalbench --json doctor.json
    python -m grpo_legal.doctor --no-unsloth        leaves out the slowest look, Unsloth's import

Exit status: 0, or 1 where something fails that training needs.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grpo_legal import checkup, cli, config, progress, run_folder
from grpo_legal.checkup import Line

COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


def main(argv: Sequence[str]) -> int:
    """The command. Returns its exit status."""
    typed = _parser().parse_args(argv)
    console = Console(highlight=False)
    lines: list[Line] = []
    for name, check in _checks(typed):
        with progress.stage(console, f"looking at {name}", told=False):
            lines += checkup.guarded(name, check)
    _show(lines, console)
    if typed.json:
        _write(typed.json, lines)
    return 1 if any(line.status == "fail" for line in lines) else 0


def _parser() -> argparse.ArgumentParser:
    shape = argparse.RawDescriptionHelpFormatter
    parser = cli.Parser("python -m grpo_legal.doctor", description=__doc__, formatter_class=shape)
    parser.add_argument("--legalbench", metavar="FOLDER", help="LegalBench files to look at too")
    parser.add_argument("--outputs", metavar="FOLDER", default=config.Run().output_dir, help="where runs go (outputs)")
    parser.add_argument("--no-unsloth", action="store_true", help="do not import Unsloth")
    parser.add_argument("--json", metavar="PATH", help="write the lines as JSON too")
    return parser


def _checks(typed: argparse.Namespace) -> list[tuple[str, Callable[[], Line | list[Line]]]]:
    checks: list[tuple[str, Callable[[], Line | list[Line]]]] = [
        ("python", checkup.python),
        ("versions", checkup.versions),
        ("cuda", checkup.cuda),
        ("RAM", checkup.memory),
        ("disk", lambda: checkup.disk(typed.outputs)),
        ("triton", checkup.triton),
        ("hub", checkup.hub),
        ("smollm2-135m", checkup.small_model),
    ]
    if not typed.no_unsloth:
        checks.append(("unsloth", checkup.unsloth))
    if typed.legalbench:
        checks.append(("legalbench", lambda: checkup.legalbench_folder(typed.legalbench)))
    return checks


def _show(lines: Sequence[Line], console: Console) -> None:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True)
    table.add_column("what", no_wrap=True)
    table.add_column("seen, and what mends it", overflow="fold")
    for line in lines:
        seen = Text(line.seen)
        if line.mend:
            seen.append(f"\n  {line.mend}", style="bold" if line.status != "ok" else "dim")
        table.add_row(Text(line.status, style=COLOURS[line.status]), line.name, seen)
    console.print(table)
    counts = {status: sum(line.status == status for line in lines) for status in COLOURS}
    verdict = "training will not work before what fails is mended" if counts["fail"] else "fit for training"
    console.print(f"{counts['ok']} ok, {counts['warn']} warnings, {counts['fail']} failed: {verdict}")


def _write(path: str, lines: Sequence[Line]) -> None:
    failed = any(line.status == "fail" for line in lines)
    run_folder.write_copy(path, {"fit": not failed, "lines": [dataclasses.asdict(line) for line in lines]})


if __name__ == "__main__":
    cli.run(main)
