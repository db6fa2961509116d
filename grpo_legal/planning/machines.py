"""Common GPUs: memory, speed, price an hour. The table is `gpus.yaml`, dated, its prices assumed."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml

from grpo_legal.errors import UserError, near

PRESET_MACHINES = {"cpu": "cpu", "cpu-legalbench": "cpu", "t4": "T4", "l4": "L4", "a100": "A100-80GB", "h100": "H100"}


@dataclass(frozen=True)
class Machine:
    """One card. `memory` in GiB, `tflops` dense in 16 bits, `bandwidth` in GB/s."""

    name: str
    memory: float
    tflops: float
    bandwidth: float
    bf16: bool
    usd_per_hour: float


@functools.cache
def _read() -> dict[str, Any]:
    return yaml.safe_load(resources.files("grpo_legal").joinpath("planning/gpus.yaml").read_text("utf-8"))


@functools.cache
def table() -> dict[str, Machine]:
    """All machines by name, in the order of the file."""
    return {name: Machine(name=name, **values) for name, values in _read()["machines"].items()}


def price_note() -> str:
    """What the prices are worth, for the foot of a table."""
    return f"prices an hour are {_read()['prices']} ({_read()['as_of']}), from no price list"


def named(name: str) -> Machine:
    """A machine by name, case aside. Raises UserError for one that is not in the table."""
    by_name = {key.lower(): machine for key, machine in table().items()}
    if name.lower() not in by_name:
        raise UserError(f"--gpu {name!r} is none of {', '.join(table())}{near(name.upper(), table())}")
    return by_name[name.lower()]
