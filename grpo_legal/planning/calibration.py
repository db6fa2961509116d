"""The speed of one machine fitted to a run that was measured there: two factors on the predicted seconds.

metrics.jsonl tells the seconds of a whole step, its tokens and the mean length of its completions; where lengths vary
between steps, sampling and training can be told apart. Where they do not, one common factor is all that can be known, and
both factors are that. The least squares in between lean to the common factor (ridge regression).

The run's lengths are kept too: a plan for the same model and questions takes them in place of assumed ones.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grpo_legal import run_folder
from grpo_legal.config import Settings, read_file, resolve
from grpo_legal.errors import UserError
from grpo_legal.planning import speed, workload
from grpo_legal.planning.machines import Machine
from grpo_legal.planning.shapes import Shape, known
from grpo_legal.planning.speed import Scale

RIDGE = 0.05  # of the mean square of what is fitted: the weight of the common factor
FIELDS = {"machine": str, "model": str, "engine": str, "bits": int, "sampling": float, "training": float,
          "steps": int, "error": float, "prompt": float, "completion": float, "limit": int,
          "questions": dict}  # fmt: skip
FACTORS = ("sampling", "training", "prompt", "completion", "limit")
QUESTIONS = {"source", "families", "families_share", "difficulty", "path", "tasks", "licence", "prompt", "curriculum",
             "long_prompts", "columns"}  # fmt: skip


@dataclass(frozen=True)
class Calibration:
    """Factors for `machine`, from `steps` steps of a run; `error` is the median share by which a step was off after it.

    `prompt` and `completion` are the mean tokens of the run's texts, `limit` its grpo.max-completion-length, and
    `questions` those of its data settings that the length of a prompt hangs on.
    """

    machine: str
    model: str
    engine: str
    bits: int
    sampling: float
    training: float
    steps: int
    error: float
    prompt: float
    completion: float
    limit: int
    questions: dict[str, Any]

    def scale(self) -> Scale:
        return Scale(self.sampling, self.training)

    def lengths(self, settings: Settings) -> tuple[int, int] | None:
        """Usual prompt and completion tokens of a run with `settings`; None where its model or questions are others.

        With another limit the completion is taken to fill the same share of it.
        """
        if (settings.policy.model, _questions(settings)) != (self.model, self.questions):
            return None
        filled = self.completion / self.limit
        return max(1, round(self.prompt)), max(1, round(filled * settings.grpo.max_completion_length))


def measured(folder: str) -> tuple[Settings, list[dict[str, Any]]]:
    """The settings and step records of a run folder. Raises UserError where either is missing or no step can be used."""
    run = run_folder.RunFolder(Path(folder))
    settings = resolve(read_file(run.config))
    if (command := run_folder.made_by(run)) != "train":
        raise UserError(f"--calibrate {folder!r} is a run of {command}: name one of train, whose steps are GRPO steps")
    records = list(run_folder.read_lines(run.metrics))
    if len(records) < 3:
        raise UserError(f"--calibrate {folder!r} holds {len(records)} measured steps; it takes 3 or more")
    return settings, records


def steps_of(records: Sequence[dict[str, Any]], batch: int) -> list[tuple[float, int, int]]:
    """(seconds, mean prompt tokens, mean completion tokens) of each step but the first, which pays for warming up.

    `tokens` counts prompt and completion of every sample so far (recorder.py).
    """
    steps = []
    for before, record in itertools.pairwise(records):
        completion = record["completion_length"]
        prompt = (record["tokens"] - before["tokens"]) / batch - completion
        if record["step"] == before["step"] + 1 and prompt >= 1:
            steps.append((record["step_seconds"], round(prompt), max(1, round(completion))))
    return steps


def fit(shape: Shape, settings: Settings, machine: Machine, records: Sequence[dict[str, Any]]) -> Calibration:
    """Factors that make the predicted seconds of the run's steps those measured.

    Minimises sum (t - u s - v r)^2 + ridge ((u - c)^2 + (v - c)^2), with s and r the predicted seconds of sampling and
    training, and c = sum t / sum (s + r). A factor that comes out at or below 0 is set to c, both are then.
    """
    base = _work(settings, machine)
    steps = steps_of(records, settings.grpo.batch_size)
    if len(steps) < 2:
        raise UserError("--calibrate: no two steps of the run follow on each other with tokens counted")
    pairs = []
    for _, prompt, completion in steps:
        work = dataclasses.replace(base, usual_prompt=prompt, usual_completion=min(completion, base.completion))
        made = speed.grpo_step(shape, work, machine)
        pairs.append((made.sampling, made.training))
    times = [seconds for seconds, _, _ in steps]
    u, v = _factors(pairs, times)
    errors = [abs(u * s + v * r - t) / t for (s, r), t in zip(pairs, times, strict=True)]
    return Calibration(
        machine=machine.name, model=settings.policy.model, engine=base.engine, bits=base.bits,
        sampling=round(u, 6), training=round(v, 6), steps=len(steps), error=round(statistics.median(errors), 4),
        prompt=round(statistics.fmean(prompt for _, prompt, _ in steps), 2),
        completion=round(statistics.fmean(completion for _, _, completion in steps), 2),
        limit=settings.grpo.max_completion_length, questions=_questions(settings),
    )  # fmt: skip


def _questions(settings: Settings) -> dict[str, Any]:
    return settings.data.model_dump(mode="json", include=QUESTIONS)


def _factors(pairs: Sequence[tuple[float, float]], times: Sequence[float]) -> tuple[float, float]:
    common = sum(times) / sum(s + r for s, r in pairs)
    ridge = RIDGE * sum((s + r) ** 2 for s, r in pairs) / 4
    ss, rr, sr = (sum(a * b for a, b in column) for column in zip(
        *(((s, s), (r, r), (s, r)) for s, r in pairs), strict=True))  # fmt: skip
    st = sum(s * (t - common * (s + r)) for (s, r), t in zip(pairs, times, strict=True))
    rt = sum(r * (t - common * (s + r)) for (s, r), t in zip(pairs, times, strict=True))
    determinant = (ss + ridge) * (rr + ridge) - sr**2
    u = common + ((rr + ridge) * st - sr * rt) / determinant
    v = common + ((ss + ridge) * rt - sr * st) / determinant
    return (u, v) if min(u, v) > 0 else (common, common)


def _work(settings: Settings, machine: Machine) -> workload.Workload:
    preset = "cpu" if machine.name == "cpu" else settings.preset
    return workload.of(settings.model_copy(update={"preset": preset}))


def of_run(folder: str, machine: Machine) -> Calibration:
    """`fit` of a run folder whose run was made on `machine`."""
    settings, records = measured(folder)
    return fit(known(settings.policy.model), settings, machine, records)


def write(path: str, made: Calibration) -> None:
    """Write a calibration as JSON that `read` takes."""
    try:
        run_folder.write_json(Path(path), dataclasses.asdict(made))
    except OSError as error:
        raise UserError(f"{path!r} cannot be written: {error.strerror}") from None


def read(path: str) -> Calibration:
    """A calibration from its file. Raises UserError for a file that is none, with what it lacks."""
    try:
        said = json.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"--calibration {path!r} cannot be read as JSON: {error}") from None
    wrong = [
        name for name, kind in FIELDS.items()
        if not isinstance(said, dict) or not isinstance(said.get(name), (kind, int) if kind is float else kind)
    ]  # fmt: skip
    wrong = wrong or [name for name in FACTORS if not said[name] > 0]
    if wrong:
        raise UserError(
            f"--calibration {path!r} is no calibration: {', '.join(wrong)} missing or not legal; "
            "write it again with --calibrate RUN"
        )
    return Calibration(**{name: said[name] for name in FIELDS})
