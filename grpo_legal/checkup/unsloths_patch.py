"""Is Unsloth's trainer in force: it replaces TRL's on import, and where that fails a run is slower and needs more memory."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys

from grpo_legal.checkup.line import Line

SECONDS = 300
# As policy/engines.py imports it. Without a GPU unsloth's CPU backend leaves TRL alone unless it is told to patch it.
PROBE = """
import json
from grpo_legal.policy import engines
engines.import_unsloth()
import torch
if not torch.cuda.is_available():
    from unsloth.models import rl
    rl._patch_trl_rl_trainers("grpo_trainer")
import trl
print("SEEN " + json.dumps(trl.GRPOTrainer.__name__))
"""


def unsloth() -> Line:
    """Imports it in a process of its own, for it patches the libraries under it."""
    if importlib.util.find_spec("unsloth") is None:
        return Line("unsloth", "ok", "not installed; on CUDA it is the faster engine",
                    'pip install -c constraints.txt -e ".[gpu]"')  # fmt: skip
    environment = os.environ | {"UNSLOTH_ALLOW_CPU": "1", "UNSLOTH_DISABLE_STATISTICS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, timeout=SECONDS, env=environment
    )
    said = [line for line in done.stdout.splitlines() if line.startswith("SEEN ")]
    reason = (done.stderr.strip().splitlines() or ["no word"])[-1]
    return patch_line(json.loads(said[0][5:]) if said else None, reason)


def patch_line(trainer: str | None, reason: str) -> Line:
    """The line for the name of the trainer that TRL has after the import; None where that failed for `reason`."""
    mend = 'pip install -c constraints.txt -e ".[gpu]", or --policy.engine transformers'
    if trainer is None:
        return Line("unsloth", "warn", f"cannot be imported: {reason[:160]}", mend)
    if trainer != "UnslothGRPOTrainer":
        return Line("unsloth", "warn", f"its patch is not in force: TRL's trainer is {trainer}", mend)
    return Line("unsloth", "ok", "its patch of TRL is in force")
