"""An exported folder is there whole or not at all, and what a killed export left does not stay."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from grpo_legal import exporting

WRITES = """
import sys, time
from pathlib import Path
from grpo_legal import exporting
with exporting.staged(Path(sys.argv[1])) as folder:
    (folder / "weights").write_bytes(b"half")
    print("written", flush=True)
    time.sleep(60)
"""


def writing(out: Path) -> subprocess.Popen:
    """An export to `out` in a process of its own, with half of it written."""
    process = subprocess.Popen([sys.executable, "-c", WRITES, str(out)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "written\n"
    return process


def test_what_a_killed_export_left_is_taken_away_by_the_next_and_what_is_being_written_is_not(tmp_path):
    with writing(tmp_path / "out") as killed, writing(tmp_path / "out") as alive:
        killed.kill()
        killed.wait()
        assert len(list(tmp_path.iterdir())) == 2
        with exporting.staged(tmp_path / "out") as folder:
            (folder / "weights").write_bytes(b"whole")
        (left,) = (p for p in tmp_path.iterdir() if p.name != "out")
        assert (tmp_path / "out/weights").read_bytes() == b"whole" and (left / "weights").read_bytes() == b"half"
        alive.kill()
