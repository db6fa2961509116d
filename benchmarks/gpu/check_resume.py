"""Job `check/resume`: a run that was stopped goes on from its checkpoint.

    python -m benchmarks.gpu.check_resume REPORT MODEL_FOLDER ENGINE WORK_FOLDER

A run of four steps with a checkpoint after each second is put back to where its second step ended, as a kill would
leave it, and resumed: it must start at step 3, end at 4, and keep what steps 1 and 2 wrote.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from benchmarks.gpu import runs
from benchmarks.gpu.parts import report

STEPS, BACK_TO = 4, 2


def main(path: str, folder: str, engine: str, work: str) -> None:
    """The job."""
    out = Path(work) / "check-resume"
    words = [*runs.small(folder, engine, steps=STEPS, in_4_bits=True), "--grpo.save-steps", str(BACK_TO)]
    status = runs.train(out, "run", *words)
    report(path, {"check": "a run to its end", "status": status, "ok": status == 0})
    if status:
        sys.exit(1)
    whole = runs.metrics(out / "run")
    _put_back(out / "run")
    status = runs.train(out, "run", "--resume")
    again = runs.metrics(out / "run")
    steps = [record["step"] for record in again]
    kept = (
        again[:BACK_TO] == whole[:BACK_TO] and again[BACK_TO:] != whole[BACK_TO:]
    )  # the time of a step is never the same
    right = status == 0 and steps == list(range(1, STEPS + 1)) and kept
    report(path, {"check": "resumed", "status": status, "steps": steps, "earlier_steps_kept": kept, "ok": right})
    if status:
        sys.exit(1)
    summary = json.loads((out / "run" / "summary.json").read_text("utf-8"))
    report(path, {"check": "resumed to the end", "steps": summary["steps"], "ok": summary["steps"] == STEPS})


def _put_back(run: Path) -> None:
    """The run folder as a kill between steps 3 and 4 leaves it."""
    for left in (run / "checkpoints" / f"checkpoint-{STEPS}", run / "adapter"):
        shutil.rmtree(left)
    for left in (run / "summary.json", run / "eval" / "after.jsonl"):
        left.unlink()


if __name__ == "__main__":
    main(*sys.argv[1:])
