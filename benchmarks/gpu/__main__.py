"""The command `python -m benchmarks.gpu`: parts in processes of their own, results written as they come.

A part is check, train or large. Its jobs are again processes of their own, since Unsloth patches TRL, transformers and
peft on import. Those whose seconds are no result (checks, training, the writing of the large policy) run side by side
first, the timed ones each alone after them; on a card that holds the large policy twice, they load meanwhile.
Each has a time limit; one that fails or runs out of time is recorded as such and the others go on. Exit status: 0 where
every job is done and holds, 1 otherwise, 2 where nothing could start.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.gpu import machine, tiny
from benchmarks.gpu.parts import Budget, Results, run_all
from benchmarks.gpu.plan import JOBS, PARTS, Plan, jobs

TOGETHER_GIB = 60  # the 18 and 21 GiB of the large policy for each engine, a step beside its weights, the other jobs
RESULTS = Path(__file__).parents[1] / "results"


def main() -> int:
    """The command. Returns its exit status."""
    began, parser = time.monotonic(), _parser()
    typed = parser.parse_args()
    machine.quiet_and_offline()
    if not typed.rehearse and not machine.has_cuda():
        parser.error("no CUDA GPU on this machine: --rehearse runs every part on a CPU with tiny models")
    if not typed.rehearse and not typed.small and set(typed.parts) & {"check", "train"}:
        parser.error("parts check and train need --small, a model folder or the SmolLM2 GGUF file")
    if typed.small and not Path(typed.small).exists():
        parser.error(f"--small {typed.small!r} is no folder and no file")
    if lost := [name for name in typed.jobs if JOBS[name] not in typed.parts]:
        parser.error(f"--jobs {','.join(lost)}: of no part that --parts {','.join(typed.parts)} names")
    budget = Budget(began + 60 * typed.minutes)
    with tempfile.TemporaryDirectory(prefix="grpo-legal-gpu-") as scratch:
        return _all(typed, Path(typed.work or scratch), budget)


def _all(typed: argparse.Namespace, work: Path, budget: Budget) -> int:
    work.mkdir(parents=True, exist_ok=True)
    small = Path(typed.small) if typed.small else None
    if typed.rehearse:
        small = small or tiny.make_model(work / "tiny")
    elif small is not None and small.suffix == ".gguf":
        small = machine.convert(small, work / "small")
    plan = Plan(
        small=small, large=Path(typed.large) if typed.large else None, work=work, rehearse=typed.rehearse,
        steps=typed.steps or (2 if typed.rehearse else 200), shapes=tuple(typed.shapes), sides=tuple(typed.sides),
        large_steps=typed.large_steps, parts=tuple(typed.parts), engine=typed.engine,
        load_together=typed.rehearse or machine.gpu_gib() >= TOGETHER_GIB,
    )  # fmt: skip
    command = machine.without_folders("python -m benchmarks.gpu " + " ".join(sys.argv[1:]))
    results = Results(_out(typed), command, rehearsal=typed.rehearse)
    chosen = [job for job in jobs(plan) if not typed.jobs or job.name in typed.jobs]
    run_all(chosen, results, budget, load_together=plan.load_together)
    print(f"results in {results.path}")
    return 0 if results.all_well(chosen) else 1


def _out(typed: argparse.Namespace) -> Path:
    if typed.out:
        return Path(typed.out)
    kind = "rehearsal" if typed.rehearse else "gpu"
    return RESULTS / f"{kind}-{time.strftime('%Y-%m-%d')}-{machine.card_slug()}.json"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.gpu", description="Check and measure GRPO training on one CUDA GPU."
    )
    add = parser.add_argument
    add("--parts", type=_names(PARTS), default=list(PARTS), metavar="A,B", help=f"of {','.join(PARTS)} (default all)")
    add(
        "--jobs", type=_names(tuple(JOBS)), default=[], metavar="A,B", help=f"of the parts only these: {','.join(JOBS)}"
    )
    add("--small", metavar="DIR", help="SmolLM2-135M: a model folder, or the GGUF file")
    add(
        "--large",
        metavar="DIR",
        help="folder of the 32B-shaped policy; made there where it is not (default: a RAM disk)",
    )
    add("--engine", choices=("unsloth", "transformers"), default="transformers", help="of part train (transformers)")
    add("--minutes", type=float, default=9.0, help="for all parts together (default 9)")
    add("--steps", type=int, help="optimizer steps of part train (default 200)")
    add("--large-steps", type=int, default=1, help="timed steps a shape in part large (default 1)")
    add(
        "--shapes",
        type=_shape,
        nargs="+",
        default=[],
        metavar="P,C",
        help="prompt, completion of part large (default 512,256 1024,512)",
    )
    add("--sides", type=_names(("unsloth", "plain", "shared")), default=["unsloth", "plain", "shared"], metavar="A,B",
        help="who is measured in part large: unsloth, plain (TRL + peft + bitsandbytes), shared (our prompt sharing)")  # fmt: skip
    add("--out", metavar="PATH", help="result file (default benchmarks/results/gpu-DATE-CARD.json)")
    add("--work", metavar="DIR", help="folder for runs and models (default: a temporary one)")
    add("--rehearse", action="store_true", help="every part on a CPU with tiny random models")
    return parser


def _names(legal: tuple[str, ...]) -> Callable[[str], list[str]]:
    def read(word: str) -> list[str]:
        names = [name for name in word.split(",") if name]
        unknown = [name for name in names if name not in legal]
        if unknown or not names:
            raise argparse.ArgumentTypeError(f"{word!r} is not one or more of {','.join(legal)}")
        return names

    return read


def _shape(word: str) -> tuple[int, int]:
    try:
        prompt, completion = (int(part) for part in word.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{word!r} is not P,C such as 512,256") from None
    if min(prompt, completion) < 1:
        raise argparse.ArgumentTypeError(f"{word!r}: P and C must be 1 or more")
    return prompt, completion


if __name__ == "__main__":
    sys.exit(main())
