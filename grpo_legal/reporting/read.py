"""Everything a run folder holds, as the report needs it. Files may be missing; damaged ones are a UserError.

`completions.jsonl` may hold hundreds of thousands of lines: it is read line by line, and only counts, hashes and two
completions are kept.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from grpo_legal import run_folder
from grpo_legal.errors import UserError
from grpo_legal.reporting.words import interval, number

Record = dict[str, Any]
FILES = {
    "config.yaml": "the settings",
    "metrics.jsonl": "training curves, time and cost",
    "completions.jsonl": "what was sampled in training, and a hash of the training questions",
    "eval/before.jsonl": "held-out answers before training",
    "eval/after.jsonl": "held-out answers after training",
    "summary.json": "the verdict of the training run; written when a run ends",
    "eval/results.json": "base, SFT and GRPO side by side; written by python -m grpo_legal.evaluate",
    "audit.json": "the audit of the rewards",
    "adapter/adapter_model.safetensors": "the hash of the adapter; written when a run ends",
}
MARKS = tuple(FILES)[:-2]  # a folder with none of these is no run
NEEDED = {"training": ("problem_id", "family", "correct", "gold", "kind", "text"),
          "evaluation": ("suite", "id", "sample", "group", "score", "gold", "kind", "text")}  # fmt: skip


@dataclass(frozen=True)
class Sampled:
    """What was sampled in training. `questions` are distinct ones by family and by whether they are LegalBench's, one's
    own or generated (`origin`); `failed` counts rewards that gave no number; `best` and `worst` are of the last step."""

    completions: int
    questions: Mapping[tuple[str, str], int]
    sha256: str
    failed: Mapping[str, int]
    best: Record | None
    worst: Record | None


@dataclass(frozen=True)
class Run:
    """A run folder. Mappings and lists are empty where their file is missing; `missing` says which, and what for."""

    path: Path
    config: Record
    metrics: list[Record]
    sampled: Sampled | None
    held_out: dict[str, list[Record]]
    models: dict[str, list[Record]]
    summary: Record
    results: Record
    audit: Record
    hashes: dict[str, str]
    missing: dict[str, str] = field(default_factory=dict)


def read(path: Path) -> Run:
    """The run in this folder. Raises UserError where it is none, or a file of it is damaged.

    >>> read(Path("outputs/run")).missing                                     # doctest: +SKIP
    {'audit.json': 'the audit of the rewards'}
    """
    _check(path)
    folder = run_folder.RunFolder(path)
    results = _object(folder.answers("results").with_suffix(".json"))
    _check_results(results, folder.answers("results").with_suffix(".json"))
    names = list(_mapping(results, "scores"))
    held_out = {which: _answers(folder.answers(which), "training") for which in ("before", "after")}
    models = {name: _answers(folder.answers(name), "evaluation") for name in names if _plain(name)}
    missing = {name: what for name, what in FILES.items() if not (path / name).is_file()}
    missing |= {f"eval/{name}.jsonl": f"the answers of {name}" for name, found in models.items() if not found}
    return Run(
        path=path,
        config=_settings(folder.config),
        metrics=list(_records(folder.metrics)),
        sampled=_sampled(folder.completions),
        held_out={which: found for which, found in held_out.items() if found},
        models={name: found for name, found in models.items() if found},
        summary=_object(folder.summary),
        results=results,
        audit=_object(folder.audit),
        hashes=_hashes(path),
        missing=missing,
    )


def origin(problem_id: Any, family: Any) -> str:
    """Where a question comes from, by its id: "legalbench", "generated", or "own".

    >>> origin("hearsay/train/1/7", "hearsay"), origin("legalbench/hearsay/ab12", "hearsay"), origin("own/q/1", "q")
    ('generated', 'legalbench', 'own')
    """
    parts = str(problem_id).split("/")
    if parts[0] == "legalbench":
        return "legalbench"
    made = len(parts) == 4 and parts[0] == family and parts[1] in ("train", "test") and parts[3].isdigit()
    return "generated" if made else "own"


# ---- files --------------------------------------------------------------------------------------------


def _check(path: Path) -> None:
    if not path.is_dir():
        raise UserError(f"{str(path)!r} is not a folder: name a run folder, such as outputs/NAME")
    if not any((path / name).is_file() for name in MARKS):
        there = sorted(p.parent.name for p in path.glob("*/config.yaml"))
        hint = f"; it holds the runs {', '.join(there)}" if there else ""
        raise UserError(f"{str(path)!r} is no run folder: it has none of {', '.join(MARKS)}{hint}")
    if run_folder.made_by(run_folder.RunFolder(path)) == "pipeline":
        raise UserError(f"{str(path)!r} holds a pipeline: name one of its runs, {path / 'grpo'} or {path / 'sft'}")


def _plain(name: str) -> bool:
    return bool(name) and not set(name) & set("/\\.")


def _object(path: Path) -> Record:
    """The object of a JSON file, empty where the file is missing."""
    found = run_folder.read_json(path) if path.is_file() else {}
    if not isinstance(found, dict):
        raise UserError(f"{str(path)!r} holds {type(found).__name__}, not a JSON object")
    return found


def _mapping(record: Mapping[str, Any], key: str) -> Record:
    found = record.get(key)
    return found if isinstance(found, dict) else {}


def _settings(path: Path) -> Record:
    try:
        found = yaml.safe_load(path.read_text("utf-8")) if path.is_file() else {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{str(path)!r} cannot be read as YAML: {error}") from None
    if not isinstance(found, dict):
        raise UserError(f"{str(path)!r} holds no settings")
    return found


def _records(path: Path, needed: Sequence[str] = ()) -> Iterator[Record]:
    try:
        for record in run_folder.read_lines(path):
            if not isinstance(record, dict):
                raise UserError(f"{str(path)!r} holds a line that is no JSON object: {str(record)[:60]!r}")
            if lacking := [key for key in needed if key not in record]:
                raise UserError(f"{str(path)!r} holds a line without {', '.join(lacking)}")
            yield record
    except UnicodeDecodeError as error:
        raise UserError(f"{str(path)!r} is not UTF-8: {error}") from None


def _answers(path: Path, what: str) -> list[Record]:
    """Answers; the one number that they are judged by is checked: true, false, or a share."""
    key = "correct" if what == "training" else "score"
    found = list(_records(path, NEEDED[what]))
    for record in found:
        value = number(record[key])
        if value is None or not 0 <= value <= 1:
            raise UserError(f"{str(path)!r}: {key} {record[key]!r} is no share from 0 to 1")
    return found


def _check_results(results: Record, path: Path) -> None:
    contrasts = results.get("contrasts", [])
    for contrast in contrasts if isinstance(contrasts, list) else [None]:
        whole = isinstance(contrast, dict) and {"suite", "before", "after"} <= set(contrast)
        if not whole or number(contrast.get("delta")) is None or interval(contrast.get("ci95")) is None:
            raise UserError(f"{str(path)!r}: a contrast lacks suite, before, after, delta or ci95")


# ---- hashes -------------------------------------------------------------------------------------------


def _hashes(path: Path) -> dict[str, str]:
    """SHA-256 of the files that a claim about this run rests on."""
    names = [name for name in FILES if name != "completions.jsonl"]
    names += sorted(f"eval/{p.name}" for p in (path / "eval").glob("*.jsonl") if f"eval/{p.name}" not in FILES)
    return {name: _file_hash(path / name) for name in names if (path / name).is_file()}


def _file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def questions_hash(asked: Iterable[tuple[Any, Any, Any]]) -> str:
    """SHA-256 of distinct questions, each (id, prompt, gold answer), whatever their order."""
    return _hash_of({_digest(*one) for one in asked})


def _digest(*parts: Any) -> bytes:
    return hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "backslashreplace")).digest()


def _hash_of(digests: set[bytes]) -> str:
    return hashlib.sha256(b"".join(sorted(digests))).hexdigest()


# ---- completions --------------------------------------------------------------------------------------


def _sampled(path: Path) -> Sampled | None:
    """Counts over all completions; memory grows with the number of questions alone."""
    if not path.is_file():
        return None
    total, step = 0, None
    seen: dict[bytes, tuple[str, str]] = {}
    failed: Counter[str] = Counter()
    asked, best, worst = None, None, None
    for record in _records(path):
        total += 1
        question = (record.get("problem_id"), record.get("prompt"), record.get("answer"))
        if question != asked:  # a group of completions stands together
            asked, family = question, str(record.get("family", "?"))
            seen[_digest(*question)] = (family, origin(question[0], family))
        rewards = _mapping(record, "rewards")
        failed.update(name for name, value in rewards.items() if number(value) is None)
        reward = number(record.get("reward"))
        if record.get("step") != step:
            step, best, worst = record.get("step"), None, None
        if reward is not None:
            best = record if best is None or reward > best["reward"] else best
            worst = record if worst is None or reward < worst["reward"] else worst
    return Sampled(total, Counter(seen.values()), _hash_of(set(seen)), failed, best, worst)
