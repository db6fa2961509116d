"""What a machine must have for a run, one check a function: each looks, and says in a line what was seen and what mends it.

No check raises: what cannot be looked at is a line too. `needed` is what training cannot do without; only there is
a failure one of the whole.
"""

from grpo_legal.checkup.line import Line, guarded
from grpo_legal.checkup.machine import cuda, disk, memory, python, triton
from grpo_legal.checkup.packages import versions
from grpo_legal.checkup.sources import hub, legalbench_folder, small_model
from grpo_legal.checkup.unsloths_patch import unsloth

__all__ = [
    "Line", "cuda", "disk", "guarded", "hub", "legalbench_folder", "memory", "python", "small_model", "triton", "unsloth",
    "versions",
]  # fmt: skip
