"""Python, GPU, memory, disk."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from grpo_legal import embedded_model
from grpo_legal.checkup.line import Line

OLDEST = (3, 11)
RAM_GIB, DISK_GIB = 4.0, 2.0  # the cpu preset holds about 3 GiB; SmolLM2-135M is 0.5 GB, a run's checkpoints less
GPU_GIB = 12.0  # the smallest GPU preset, Qwen2.5-3B in 4 bits with its cache
SECONDS = 120
# In a process of its own: a driver that hangs or breaks takes this one along, and torch is not imported here.
PROBE = """
import json, torch
seen = {"torch": torch.__version__, "built_for": torch.version.cuda, "available": torch.cuda.is_available()}
seen["amx"] = bool(getattr(torch.cpu, "get_capabilities", dict)().get("amx_bf16"))
if seen["available"]:
    free, total = torch.cuda.mem_get_info(0)
    seen |= {"name": torch.cuda.get_device_name(0), "bf16": torch.cuda.is_bf16_supported(), "free": free, "total": total}
print("SEEN " + json.dumps(seen))
"""


def python() -> Line:
    """3.11 or later."""
    seen = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST:
        return Line(
            "python", "fail", f"{seen}; 3.11 or later is needed", "python3.11 -m venv .venv && . .venv/bin/activate"
        )
    return Line("python", "ok", seen)


def cuda() -> list[Line]:
    """Does torch work, does it see a GPU, with which driver, has it bf16, and is its memory free."""
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, timeout=SECONDS)
    said = [line for line in done.stdout.splitlines() if line.startswith("SEEN ")]
    if not said:
        reason = (done.stderr.strip().splitlines() or ["no word"])[-1][:160]
        return [Line("torch", "fail", f"does not work: {reason}", 'pip install -c constraints.txt -e "."')]
    return cuda_lines(json.loads(said[0][5:]), driver())


def driver() -> str | None:
    """The NVIDIA driver's version, or None without one."""
    if shutil.which("nvidia-smi") is None:
        return None
    command = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    return done.stdout.strip().splitlines()[0] if done.returncode == 0 and done.stdout.strip() else None


def cuda_lines(seen: dict, driver: str | None) -> list[Line]:
    """The lines for what PROBE saw and the driver's version."""
    if not seen["available"]:
        if driver is None:
            told = Line("bf16", "ok", "computed by the CPU (AMX): --policy.dtype bfloat16 is faster")
            amx = [told] if seen["amx"] else []
            return [Line("cuda", "ok", f"no GPU: torch {seen['torch']} on the CPU, preset cpu"), *amx]
        why = "was built without CUDA" if seen["built_for"] is None else f"was built for CUDA {seen['built_for']}"
        return [Line("cuda", "warn", f"driver {driver}, but torch {seen['torch']} {why} and sees no GPU",
                     "pip install --force-reinstall torch, of a build for the driver (see pytorch.org)")]  # fmt: skip
    free, total = seen["free"] / 2**30, seen["total"] / 2**30
    lines = [
        Line("cuda", "ok", f"{seen['name']}, driver {driver or 'unknown'}, torch built for CUDA {seen['built_for']}")
    ]
    if seen["bf16"]:
        lines.append(Line("bf16", "ok", "computed by the GPU"))
    else:
        lines.append(
            Line("bf16", "warn", "not computed by this GPU: fp16 is used", "a GPU of compute capability 8.0 or more")
        )
    if free < min(GPU_GIB, 0.8 * total):
        lines.append(
            Line("GPU memory", "warn", f"{free:.1f} of {total:.1f} GiB free", "nvidia-smi shows what holds the rest")
        )
    else:
        lines.append(Line("GPU memory", "ok", f"{free:.1f} of {total:.1f} GiB free"))
    return lines


def memory(meminfo: str = "/proc/meminfo") -> Line:
    """RAM that a run could take."""
    path = Path(meminfo)
    if not path.is_file():
        return Line("RAM", "warn", "cannot be looked at on this system")
    free = int(path.read_text().split("MemAvailable:")[1].split()[0]) / 2**20
    if free < RAM_GIB:
        return Line("RAM", "warn", f"{free:.1f} GiB free; the cpu preset takes about {RAM_GIB:.0f}",
                    "close other programs, or lower grpo.batch-size and grpo.micro-batch-size")  # fmt: skip
    return Line("RAM", "ok", f"{free:.1f} GiB free")


def disk(outputs: str = "outputs") -> list[Line]:
    """Room, and leave to write, where runs go and where models are cached."""
    places = {"disk, run.output-dir": Path(outputs), "disk, cache": embedded_model.cache_folder()}
    settings = {"disk, run.output-dir": "name another with --run.output-dir", "disk, cache": "set GRPO_LEGAL_CACHE"}
    return [_room(name, path, settings[name]) for name, path in places.items()]


def _room(name: str, path: Path, mend: str) -> Line:
    there = next((p for p in (path, *path.absolute().parents) if p.exists()), Path("/"))
    if not there.is_dir() or not os.access(there, os.W_OK):
        return Line(name, "fail", f"{str(path)!r} cannot be written", mend)
    free = shutil.disk_usage(there).free / 2**30
    if free < DISK_GIB:
        return Line(
            name, "fail", f"{free:.1f} GiB free in {str(there)!r}; {DISK_GIB:.0f} are needed", f"make room, or {mend}"
        )
    return Line(name, "ok", f"{free:.0f} GiB free in {str(there)!r}")


def triton() -> Line:
    """Unsloth's kernels are written in it; a CPU needs none."""
    if importlib.util.find_spec("triton") is None:
        return Line("triton", "ok", "not installed; only the unsloth engine needs it")
    return Line("triton", "ok", importlib.metadata.version("triton"))
