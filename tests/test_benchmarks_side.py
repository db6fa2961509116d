"""What the step benchmark asks of the allocator: freed memory is returned at once for a peak, and kept for a time."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest
import torch

from benchmarks import side


def resident_mib() -> float:
    return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) / 1024


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="mallopt is glibc's")
def test_freed_memory_is_returned_or_kept():
    def held_after_freeing() -> float:
        before = resident_mib()
        blocks = [torch.ones(16 << 18) for _ in range(3)]  # of 16 MiB; the one that is freed lies between two
        del blocks[1]
        freed = resident_mib() - before
        del blocks
        return freed

    side.return_freed(True)
    assert held_after_freeing() < 40  # two of three
    side.return_freed(False)
    assert held_after_freeing() > 40
    side.return_freed(True)
    assert held_after_freeing() < 40
