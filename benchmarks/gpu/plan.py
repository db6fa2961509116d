"""Which jobs there are, in which order, and what share of the time that is left each may take."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.gpu.parts import Job

PARTS = ("check", "train", "large")
JOBS = {  # and the part that each is of
    "shared-prefix": "check", "engine": "check", "resume": "check", "step": "check", "small": "train",
    "policy": "large", "unsloth": "large", "transformers": "large", "shared": "large", "plain": "large",
}  # fmt: skip
SHAPES = ((512, 256), (1024, 512))  # prompt, completion
GROUP = 8


@dataclass(frozen=True)
class Plan:
    """What is to be measured and where its models lie. `small` None: parts check and train are not asked for."""

    small: Path | None
    large: Path | None
    work: Path
    rehearse: bool
    steps: int
    shapes: tuple[tuple[int, int], ...]
    sides: tuple[str, ...]
    large_steps: int
    parts: tuple[str, ...] = PARTS
    engine: str = "transformers"  # of train
    load_together: bool = False  # the card holds the large policy once for each engine


def jobs(plan: Plan) -> list[Job]:
    """Every job of the parts that are asked for. Those beside each other leave the timed ones, if any, half of the time."""
    unsloth = "transformers" if plan.rehearse else "unsloth"  # on a CPU Unsloth does not patch TRL
    engine = "transformers" if plan.rehearse else plan.engine
    small, work = str(plan.small), str(plan.work)
    step = "16,4,2" if plan.rehearse else "512,32,8"
    some = 0.5 if "large" in plan.parts and len(plan.parts) > 1 else 0.97
    made = [
        _job(plan, "check", "shared-prefix", "benchmarks.gpu.check_exact", (small,), some),
        _job(plan, "check", "engine", "benchmarks.gpu.check_engine", (small, unsloth, work), some),
        _job(plan, "check", "resume", "benchmarks.gpu.check_resume", (small, unsloth, work), some),
        _job(plan, "check", "step", "benchmarks.gpu.check_step", (small, unsloth, work, step), some),
        _job(plan, "train", "small", "benchmarks.gpu.train_small", (small, engine, work, str(plan.steps)), some),
    ]
    where = plan.large or _room_for(plan)
    if not (where / "config.json").is_file():
        tokenizer = small if plan.small else "byte"
        shape = "tiny" if plan.rehearse else "32b"
        made.append(
            _job(
                plan, "large", "policy", "benchmarks.gpu.random_policy", (str(where), tokenizer, shape), 0.5, first=True
            )
        )
    shapes = plan.shapes or (((48, 8), (64, 4)) if plan.rehearse else SHAPES)
    words = [f"{p},{c}" for p, c in shapes]
    processes = _processes(plan.sides)
    for n, (name, sides) in enumerate(processes.items()):
        share = 0.97 if plan.load_together else 0.97 / (len(processes) - n)
        arguments = (
            str(where),
            ",".join(sides),
            unsloth,
            str(4 if plan.rehearse else GROUP),
            str(plan.large_steps),
            *words,
        )
        made.append(_job(plan, "large", name, "benchmarks.gpu.large", arguments, share, timed=True))
    return [job for job in made if job.part in plan.parts]


def _processes(sides: tuple[str, ...]) -> dict[str, list[str]]:
    """The jobs that measure these sides: one for each engine; named by the side where it is one of two, so that a later
    call with the other adds to the file."""
    ours = [side for side in ("shared", "plain") if side in sides]
    jobs = {
        "unsloth": [side for side in sides if side == "unsloth"],
        ours[0] if len(ours) == 1 else "transformers": ours,
    }
    return {name: measured for name, measured in jobs.items() if measured}


def _job(
    plan: Plan,
    part: str,
    name: str,
    module: str,
    arguments: tuple[str, ...],
    share: float,
    timed: bool = False,
    first: bool = False,
) -> Job:
    stem = plan.work / f"{part}-{name}"
    return Job(part, name, module, arguments, share, stem.with_suffix(".jsonl"), stem.with_suffix(".log"), timed, first)


def _room_for(plan: Plan) -> Path:
    """The RAM disk where it holds the 18 GiB of the large policy, else the work folder."""
    import shutil

    ram = Path("/dev/shm")
    if not plan.rehearse and ram.is_dir() and shutil.disk_usage(ram).free > 22 * 2**30:
        return ram / "grpo-legal-random-32b"
    return plan.work / "random"
