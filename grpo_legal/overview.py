"""What lies under outputs/, run by run, and how two of the runs differ. Reads run folders; imports no torch."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from grpo_legal import heldout, run_folder
from grpo_legal.errors import UserError
from grpo_legal.run_folder import RunFolder

LAST = ("reward", "held_out_accuracy", "token_accuracy", "loss", "entropy", "kl", "completion_length", "truncated",
        "zero_variance", "grad_norm", "tokens_per_second", "seconds", "cost_usd")  # fmt: skip
ALIVE = 120.0  # seconds without a new line within which a run counts as going on; at least three of its steps
Record = dict[str, Any]


def is_run(path: Path) -> bool:
    """Whether the folder is a run's, or holds an evaluation."""
    return (path / "config.yaml").is_file() or (path / "eval" / "results.json").is_file()


def runs(root: Path) -> list[Record]:
    """A row for every run under `root`, newest first, those of a pipeline below it. Raises UserError without a folder."""
    if not root.is_dir():
        raise UserError(f"{str(root)!r} is not a folder: name one that holds runs, such as outputs")
    tops = sorted((p for p in root.iterdir() if is_run(p)), key=lambda p: p.stat().st_mtime, reverse=True)
    return [
        row(path, root) for top in tops for path in (top, *sorted(p for p in top.iterdir() if p.is_dir() and is_run(p)))
    ]


def row(path: Path, root: Path) -> Record:
    """One run: kind, model, data, steps, score before and after with the interval of the difference, cost, time, state."""
    folder, settings, summary = RunFolder(path), _settings(path), _json(path / "summary.json")
    kind = run_folder.made_by(folder) if folder.config.is_file() else "evaluate"
    last, stages = _last(folder), _json(path / "pipeline.json") if kind == "pipeline" else {}
    given, data = _section(settings, "sft" if kind == "sft" else "grpo"), _section(settings, "data")
    return {
        "run": str(path.relative_to(root)),
        "kind": kind,
        "model": summary.get("model") or _section(settings, "policy").get("model"),
        "data": _data(data),
        "data_source": data.get("source"),
        "step": last.get("step"),
        "max_steps": given.get("max_steps") if kind in ("train", "sft") else None,
        **(_scores(summary) or _contrast(path)),
        "seconds": sum(s.get("seconds", 0) for s in stages.values()) or None
        if kind == "pipeline"
        else last.get("seconds"),
        "cost_usd": last.get("cost_usd") if _section(settings, "run").get("usd_per_hour") else None,
        "state": _pipeline_state(path, stages) if kind == "pipeline" else _state(folder, kind, last),
    }


def _data(data: Mapping[str, Any]) -> str | None:
    if not data:
        return None
    names = data.get("tasks") if data.get("source") in ("dir", "hub") else data.get("families")
    return str(data.get("path")) if data.get("source") == "file" else " ".join(map(str, names or ()))


def _scores(summary: Mapping[str, Any]) -> Record | None:
    if "delta" not in summary:
        return None
    before, after = ((summary.get(key) or {}).get("balanced_accuracy") for key in ("before", "after"))
    return {
        "score": "held out",
        "before": before,
        "after": after,
        "delta": summary["delta"],
        "ci95": summary.get("ci95"),
    }


def _contrast(path: Path) -> Record:
    """Of an evaluation, or of a pipeline by its evaluation: its first model against its last."""
    empty = {"score": None, "before": None, "after": None, "delta": None, "ci95": None}
    for place in (path, path / "grpo"):
        results = _json(place / "eval" / "results.json")
        models = list(results.get("scores") or ())
        # LegalBench's first, then the suites as they stand
        for c in sorted(results.get("contrasts") or (), key=lambda c: c.get("suite") != "legalbench"):
            if (c.get("before"), c.get("after")) == (models[0], models[-1]):
                values = [((results["scores"][m].get(c["suite"]) or {}).get("score")) for m in (models[0], models[-1])]
                return {"score": f"{c['suite']}: {models[0]} → {models[-1]}", "before": values[0], "after": values[1],
                        "delta": c.get("delta"), "ci95": c.get("ci95")}  # fmt: skip
    return empty


def _state(folder: RunFolder, kind: str, last: Mapping[str, Any]) -> str:
    """done; running: it wrote a line just now; stopped: it left a checkpoint at its last step; failed: it did not."""
    if kind == "evaluate" or folder.summary.is_file():
        return "done"
    written = [
        p.stat().st_mtime for p in (folder.config, folder.metrics, *folder.path.glob("eval/*.jsonl")) if p.is_file()
    ]
    if time.time() - max(written) < max(ALIVE, 3 * (last.get("step_seconds") or 0)):
        return "running"
    checkpoint = folder.newest_checkpoint()
    saved = checkpoint is not None and checkpoint.name == f"checkpoint-{last.get('step')}"
    return "stopped" if saved else "failed"


def _pipeline_state(path: Path, stages: Mapping[str, Any]) -> str:
    if len(stages) == 4 and all(s.get("done") for s in stages.values()):  # SFT, GRPO, evaluation, report
        return "done"
    runs_of = (RunFolder(p) for p in (path / "sft", path / "grpo") if is_run(p))
    states = [_state(folder, run_folder.made_by(folder), _last(folder)) for folder in runs_of]
    answered = [p.stat().st_mtime for p in path.glob("*/eval/*.jsonl")]  # its evaluation writes them after the runs
    alive = "running" in states or time.time() - max(answered, default=0.0) < ALIVE
    return "running" if alive else "stopped"


# ---- two of them ----------------------------------------------------------------------------------------


def compare(one: Path, other: Path) -> Record:
    """Settings that differ, scores, the paired difference where both answered the same held-out questions, and the last
    values of the curves."""
    for path in (one, other):
        if not (path / "config.yaml").is_file():
            raise UserError(f"{str(path)!r} is no run folder: it has no config.yaml")
    first, second = _flat(_settings(one)), _flat(_settings(other))
    names = [n for n in dict.fromkeys((*first, *second)) if first.get(n) != second.get(n)]
    lasts = [_last(RunFolder(path)) for path in (one, other)]
    return {
        "runs": [row(path, path.parent) for path in (one, other)],
        "settings": {n: [first.get(n), second.get(n)] for n in names},
        "after": _paired(one, other),
        "last": {k: [last.get(k) for last in lasts] for k in LAST if any(last.get(k) is not None for last in lasts)},
    }


def _paired(one: Path, other: Path) -> Record | None:
    """The second run's answers after training against the first's; None where they share fewer than two questions."""
    first, second = (
        {r["problem_id"]: r for r in run_folder.read_lines(RunFolder(p).answers("after"))} for p in (one, other)
    )
    shared = [i for i in first if i in second and first[i]["gold"] == second[i]["gold"]]
    if len(shared) < 2:
        return None
    found = heldout.compare([first[i] for i in shared], [second[i] for i in shared], seed=1)
    scores = [found[key]["balanced_accuracy"] for key in ("before", "after")]
    return {"n": len(shared), "of": [len(first), len(second)], "scores": scores,
            **{key: found[key] for key in ("delta", "ci95", "p_value")}}  # fmt: skip


def _flat(settings: Mapping[str, Any]) -> Record:
    """Settings by the names that the command line has, but for those that say where a run lies and how it is shown."""
    ours = ("run.name", "run.output-dir", "run.view", "run.trackers")
    found = {
        f"{s}.{n}".replace("_", "-"): v for s, own in settings.items() if isinstance(own, dict) for n, v in own.items()
    }
    return {name: value for name, value in found.items() if name not in ours}


# ---- files ----------------------------------------------------------------------------------------------


def _settings(path: Path) -> Record:
    file = path / "config.yaml"
    try:
        found = yaml.safe_load(file.read_text("utf-8")) if file.is_file() else {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{str(file)!r} is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(found, dict):
        raise UserError(f"{str(file)!r} holds no settings")
    return found


def _section(settings: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A section of the settings, empty in a config.yaml that is not ours."""
    found = settings.get(name)
    return found if isinstance(found, dict) else {}


def _json(path: Path) -> Record:
    found = run_folder.read_json(path) if path.is_file() else {}
    if not isinstance(found, dict):
        raise UserError(f"{str(path)!r} holds {type(found).__name__}, not a JSON object")
    return found


def _last(folder: RunFolder) -> Record:
    last: Record = {}
    for record in run_folder.read_lines(folder.metrics):
        last = record if isinstance(record, dict) else last
    return last
