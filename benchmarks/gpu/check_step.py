"""Job `check/step`: the benchmark of one step runs here with both engines.

    python -m benchmarks.gpu.check_step REPORT MODEL_FOLDER ENGINE WORK_FOLDER SHAPE

`python -m benchmarks.step` on one shape, in 4 bits, our shared prompt against plain TRL and then, where ENGINE is unsloth,
Unsloth against plain TRL. What must be shown is that both come to a row; other jobs run beside it, so its ratios are no result.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.gpu.parts import report


def main(path: str, folder: str, engine: str, work: str, shape: str) -> None:
    """The job."""
    for name in dict.fromkeys(("transformers", engine)):
        out = Path(work) / f"check-step-{name}.json"
        command = [sys.executable, "-m", "benchmarks.step", "--model", folder, "--engine", name, "--load-in-4bit",
                   "--shapes", shape, "--repeats", "1", "--micro", shape.rpartition(",")[2], "--json", str(out)]  # fmt: skip
        status = subprocess.run(command).returncode
        rows = json.loads(out.read_text("utf-8"))["rows"] if status == 0 else []
        timed = [row[side]["seconds"] > 0 for row in rows for side in ("plain", "ours")]
        report(path, {"check": f"benchmarks.step, {name}", "status": status, "sides": len(timed),
                      "ok": len(timed) == 2 and all(timed)})  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
