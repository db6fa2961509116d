"""Base, SFT, GRPO, evaluation, report: the whole plan in one command, each stage one of ours in a process of its own.

    python -m grpo_legal.pipeline --run.name mine               preset by hardware; SmolLM2-135M on a CPU
    python -m grpo_legal.pipeline --run.name mine --preset h100 --sft.max-steps 500 --grpo.max-steps 1000
    python -m grpo_legal.pipeline --run.name mine --resume      go on, with the settings that it began with

    outputs/mine/config.yaml     the settings of all stages
                 pipeline.json   of each stage: the hash of what it depends on, whether it is done, seconds
                 sft/            the run folder of SFT
                 grpo/           that of GRPO from SFT's adapter; here too the answers of base, SFT and GRPO to the
                                 questions of the evaluation (eval/), and report.html

A stage whose output is there, made from the same settings and inputs, is skipped. A stage that fails or is stopped ends
the pipeline with its status; the same command goes on there. Evaluation and report lie in GRPO's run folder, since the
report shows a run and what was found of it together.
"""

from __future__ import annotations

import hashlib
import json
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grpo_legal import cli, config, rewards, rows, run_folder, trackers
from grpo_legal.errors import UserError

CHECKS = (
    lambda s: rewards.check_names(s.reward.weights),
    lambda s: rewards.check_style(s.reward.weights),
    rows.check_families,
    lambda s: trackers.faults(s.run.trackers),
)
ADAPTER = "adapter/adapter_model.safetensors"
EVALUATED = ("evaluation.json", "results.json", "base.jsonl", "sft.jsonl", "grpo.jsonl")
SFT_READS = ("policy", "data", "sft", "eval")
GRPO_READS = ("policy", "data", "reward", "judge", "grpo", "eval")


@dataclass(frozen=True)
class Stage:
    """A command of ours.

    `needs` is what its output depends on, as JSON; `inputs` are files whose content it depends on too, `outputs` those
    that are there once it is done, `kept` what it never writes over. A stage with a `folder` makes that run folder, and
    is resumed in it.
    """

    name: str
    words: tuple[str, ...]
    needs: dict[str, Any]
    inputs: tuple[Path, ...]
    outputs: tuple[Path, ...]
    kept: tuple[Path, ...] = ()
    folder: Path | None = None

    def digest(self) -> str:
        """SHA-256 of what the output depends on."""
        made = hashlib.sha256(json.dumps([self.name, self.needs], sort_keys=True).encode())
        for path in self.inputs:
            made.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
        return made.hexdigest()

    def is_there(self) -> bool:
        """Whether every output is."""
        return all(path.is_file() for path in self.outputs)


def main(argv: Sequence[str]) -> int:
    """The command. Returns its exit status: 0, or that of the stage that failed or was stopped."""
    line = cli.parse("python -m grpo_legal.pipeline", __doc__.splitlines()[0], argv)
    settings, root = _settings(line)
    planned = stages(settings, root)
    for stage in planned:
        if all(path.is_file() for path in stage.inputs):
            _check(stage, root)
    _store(settings, root)
    print(f"pipeline: {root}")
    for stage in planned:
        status = _done(stage, root, run=lambda words: _run([sys.executable, "-m", *words]))
        if status:
            print(f"pipeline: {stage.name} ended with status {status}; the same command goes on there", file=sys.stderr)
            return status
    print(f"pipeline: all done; {root / 'grpo' / 'report.html'}")
    if line.json:
        results = run_folder.RunFolder(root / "grpo").answers("results").with_suffix(".json")
        run_folder.write_copy(line.json, run_folder.read_json(results))
    return 0


# ---- settings -----------------------------------------------------------------------------------------


def _settings(line: cli.CommandLine) -> tuple[config.Settings, Path]:
    """The settings of all stages, and the pipeline's folder."""
    asked = line.overrides.get("run", {})
    root = Path(
        asked.get("output_dir", config.Run().output_dir), asked.get("name") or time.strftime("pipeline-%Y%m%d-%H%M%S")
    )
    stored = root / "config.yaml"
    layers = [config.read_file(line.config)] if line.config else []
    if line.force:
        raise UserError("--force is of sft and train: go on with the stage's own run folder by it")
    if line.resume:
        if asked.get("name") is None or not stored.is_file():
            raise UserError(f"--resume: {str(stored)!r} is not there; name a pipeline by --run.name")
        if line.preset is not None:
            raise UserError(f"--preset {line.preset} says nothing beside --resume, which goes on with stored settings")
        layers.insert(0, config.read_file(stored))
    else:
        # Faults first: to look at the hardware takes a process with torch.
        config.resolve(config.preset(line.preset or "cpu"), *layers, line.overrides, faults=line.faults, checks=CHECKS)
        layers.insert(0, config.preset(_preset(line)))
    settings = config.resolve(*layers, line.overrides, faults=line.faults, checks=CHECKS)
    made_by = run_folder.made_by(run_folder.RunFolder(root)) if stored.is_file() else "pipeline"
    if made_by != "pipeline":
        raise UserError(f"run folder {str(root)!r} is one of python -m grpo_legal.{made_by}: choose another --run.name")
    return settings, root


def _store(settings: config.Settings, root: Path) -> None:
    """The settings of all stages, in the pipeline's folder."""
    unnamed = settings.model_copy(update={"run": settings.run.model_copy(update={"name": None})})
    try:
        run_folder.write_settings(run_folder.RunFolder(root), "pipeline", config.dump(unnamed))
    except OSError as error:
        raise UserError(f"run.output-dir {str(root.parent)!r} cannot be written: {error.strerror}") from None


def _preset(line: cli.CommandLine) -> str:
    """The preset that is named, where this machine can hold it, else the one chosen by hardware."""
    if line.preset in config.CPU_PRESETS:
        return line.preset
    chosen = _preset_by_hardware()
    if line.preset is None:
        print(f"preset {chosen}, chosen by hardware; --preset {'|'.join(config.PRESETS)} names another")
    elif chosen == "cpu":
        raise UserError(f"preset {line.preset!r} needs a CUDA GPU and this machine has none: use --preset cpu")
    return line.preset or chosen


def _preset_by_hardware() -> str:
    """Asked in a process of its own: one that has looked at a GPU holds memory on it to its end."""
    code = "from grpo_legal import policy; print(policy.choose_preset())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    chosen = done.stdout.split()[-1] if done.returncode == 0 and done.stdout.split() else None
    if chosen not in config.PRESETS:
        raise UserError(f"no preset could be chosen by hardware: name one by --preset {'|'.join(config.PRESETS)}")
    return chosen


# ---- stages -------------------------------------------------------------------------------------------


def stages(settings: config.Settings, root: Path) -> list[Stage]:
    """SFT, GRPO, evaluation, report."""
    sft, grpo = root / "sft", root / "grpo"
    shared = ("--config", str(root / "config.yaml"), "--run.output-dir", str(root))
    given = settings.model_dump(mode="json")
    run = {"seed": settings.run.seed}
    length = {"max_completion_length": settings.grpo.max_completion_length}
    files = tuple(Path(p) for p in (settings.data.path, settings.policy.adapter and f"{settings.policy.adapter}/{Path(ADAPTER).name}") if p and Path(p).is_file())  # fmt: skip
    own = (Path(settings.sft.path),) if settings.sft.path and Path(settings.sft.path).is_file() else ()
    results = run_folder.RunFolder(grpo).answers("results").with_suffix(".json")
    asked = _evaluate_words(settings, root)
    return [
        Stage(
            "sft", ("grpo_legal.sft", *shared, "--run.name", "sft"),
            needs={**run, **length, **{name: given[name] for name in SFT_READS}},
            inputs=(*files, *own), outputs=(sft / ADAPTER, sft / "summary.json"),
            kept=(sft / "config.yaml",), folder=sft,
        ),
        Stage(
            "grpo", ("grpo_legal.train", *shared, "--run.name", "grpo", "--policy.adapter", str(sft / "adapter")),
            needs={**run, **{name: given[name] for name in GRPO_READS}},
            inputs=(*files, sft / ADAPTER), outputs=(grpo / ADAPTER, grpo / "summary.json"),
            kept=(grpo / "config.yaml",), folder=grpo,
        ),
        Stage(
            "evaluation", ("grpo_legal.evaluate", *asked), needs={"words": _relative(asked, root)},
            inputs=(sft / ADAPTER, grpo / ADAPTER), outputs=(results,), kept=tuple(results.with_name(n) for n in EVALUATED),
        ),
        Stage(
            "report", ("grpo_legal.report", str(grpo)), needs={},
            inputs=(results, grpo / "summary.json"), outputs=(grpo / "report.html",),
        ),
    ]  # fmt: skip


def _evaluate_words(settings: config.Settings, root: Path) -> tuple[str, ...]:
    """The command line of evaluate that the settings come to: the questions that training was about, unless others are named."""
    policy, data = settings.policy, settings.data
    suites = settings.pipeline.suites or data.suites()
    words = ["--models", "base=", f"sft={root / 'sft' / 'adapter'}", f"grpo={root / 'grpo' / 'adapter'}"]
    words += ["--model", policy.model, "--engine", policy.engine, "--max-seq-length", str(policy.max_seq_length)]
    words += ["--load-in-4bit"] if policy.load_in_4bit else []
    words += ["--dtype", policy.dtype] if policy.dtype != "auto" else []
    words += ["--long-prompts", "drop"] if data.long_prompts != "error" else []
    words += ["--suite", *suites, "-n", str(settings.pipeline.n), "--prompt", data.prompt]
    words += ["--families", *data.families] if "families" in suites else []
    words += ["--difficulty", str(data.difficulty)] if data.difficulty is not None else []
    if "legalbench" in suites:
        words += ["--source", data.source, "--tasks", *data.tasks, "--licence", data.licence]
        words += ["--path", data.path] if data.path else []
    if "own" in suites:
        words += ["--source", "file", "--path", str(data.path), "--columns"]
        words += [f"{name}={column}" for name, column in data.columns.items()]
    words += ["--max-new-tokens", str(settings.grpo.max_completion_length)]
    words += ["--batch-size", str(settings.eval.batch_size), "--output", str(root / "grpo")]
    return tuple(words)


def _relative(words: Sequence[str], root: Path) -> list[str]:
    """The words without where the pipeline lies: a folder that was moved is the same pipeline."""
    return [word.replace(str(root), "") for word in words]


# ---- running them -------------------------------------------------------------------------------------


def _records(root: Path) -> dict[str, dict[str, Any]]:
    path = root / "pipeline.json"
    return run_folder.read_json(path) if path.is_file() else {}


def _check(stage: Stage, root: Path) -> bool:
    """Whether the stage was begun. Raises UserError where that was with other settings or inputs."""
    begun = [path for path in stage.kept if path.is_file()]
    if begun and _records(root).get(stage.name, {}).get("sha256") != stage.digest():
        there = str(stage.folder) if stage.folder else ", ".join(map(str, begun))
        raise UserError(
            f"pipeline: {there} was made with other settings or inputs, and is never overwritten: choose another "
            "--run.name, or move it away"
        )
    return bool(begun)


def _done(stage: Stage, root: Path, run: Callable[[Sequence[str]], int]) -> int:
    """Bring the stage to its end unless it is there; its status. Raises UserError where it is there from other settings."""
    begun, records, digest = _check(stage, root), _records(root), stage.digest()
    earlier = records.get(stage.name, {"sha256": None, "done": False})
    if earlier["sha256"] == digest and earlier["done"] and stage.is_there():
        print(f"pipeline: {stage.name} skipped, its output is there and its settings are the same")
        return 0
    words = _resumed(stage) if begun and stage.folder else stage.words
    print(f"pipeline: {stage.name} {'goes on' if begun else 'begins'}: python -m {shlex.join(words)}", flush=True)
    run_folder.write_json(root / "pipeline.json", {**records, stage.name: {"sha256": digest, "done": False}})
    began = time.monotonic()
    if status := run(words):
        return status
    if not stage.is_there():
        missing = ", ".join(str(p) for p in stage.outputs if not p.is_file())
        raise UserError(f"pipeline: {stage.name} ended well, but {missing} is not there")
    record = {"sha256": digest, "done": True, "seconds": round(time.monotonic() - began, 1)}
    run_folder.write_json(root / "pipeline.json", {**records, stage.name: record})
    return 0


def _resumed(stage: Stage) -> tuple[str, ...]:
    """The words that go on with a run folder: it holds its settings itself."""
    assert stage.folder is not None  # of the stages that are resumed
    where = ("--run.output-dir", str(stage.folder.parent), "--run.name", stage.folder.name)
    return (stage.words[0], *where, "--resume")


def _run(words: Sequence[str]) -> int:
    """The status of a command; 128 + n where signal n ended it, as a shell has it.

    Ctrl-C reaches the command itself, which saves and ends; here it is only waited for. A SIGTERM is handed on.
    """
    running: list[subprocess.Popen] = []  # handlers come first: no Ctrl-C falls between them and the process
    heard = {signal.SIGINT: lambda *_: None, signal.SIGTERM: lambda *_: [p.terminate() for p in running]}
    before = {number: signal.signal(number, handler) for number, handler in heard.items()}
    try:
        running.append(subprocess.Popen(words))
        status = running[0].wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 128 - status if status < 0 else status


if __name__ == "__main__":
    cli.run(main)
