"""What the step benchmark asks of the allocator: freed memory is returned at once for a peak, and kept for a time."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
from pathlib import Path
import torch
from benchmarks import side

def resident_mib():
    return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) / 1024

for asked in (True, False):
    side.return_freed(asked)
    before = resident_mib()
    blocks = [torch.ones(16 << 18) for _ in range(3)]  # of 16 MiB; the one that is freed lies between two
    del blocks[1]
    print(resident_mib() - before)
    del blocks
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="mallopt is glibc's")
def test_freed_memory_is_returned_or_kept():
    root = Path(__file__).parents[1]  # a process of its own: this one's heap has holes that blocks would go into
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=root, capture_output=True, text=True, check=True)
    returned, kept = map(float, done.stdout.split())
    assert returned < 40 < kept  # two of three, and all
