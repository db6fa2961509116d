"""What each family's own tests hold, as a table: python tests/family_checks.py

Counted from the test modules themselves: cases worked by hand with the law they are taken from, random problems on
which a second engine must agree, fact patterns drawn at random that no sampler would make, and properties.
"""

from __future__ import annotations

import inspect
import re
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from grpo_legal.problems import FAMILIES, MODULES

FOLDER = Path(__file__).parent


def module_of(family: str) -> ModuleType:
    """The test module of a family."""
    return import_module(f"test_problems_{dict(zip(FAMILIES, MODULES, strict=True))[family]}")


def hand_worked(family: str) -> list[str]:
    """The names of the cases worked by hand; each opens with its source and a colon."""
    found = []
    for name, test in inspect.getmembers(module_of(family), inspect.isfunction):
        if name.startswith("test_hand_worked"):
            found += [row for mark in test.pytestmark if mark.name == "parametrize" for row in mark.kwargs["ids"]]
    return found


def _sections(module: ModuleType) -> dict[str, list[str]]:
    """The tests under each heading ("# ---- properties ----") of the module, in order."""
    found: dict[str, list[str]] = {"": []}
    for line in inspect.getsource(module).splitlines():
        if heading := re.match(r"# -{4} ([^-]+?)[ -]*$", line):
            found[heading[1]] = []
        elif test := re.match(r"def (test_\w+)", line):
            list(found.values())[-1].append(test[1])
    return found


def second_engine(family: str) -> int:
    """How many random problems a second engine is compared on."""
    found = [re.search(r"_agrees?_(?:to_the_cent_)?on_(\d+)_problems", name) for name in vars(module_of(family))]
    return max((int(match[1]) for match in found if match), default=0)


def row(family: str) -> dict[str, Any]:
    """One line of the table."""
    module = module_of(family)
    return {
        "family": family,
        "worked by hand": len(hand_worked(family)),
        "second engine on": second_engine(family),
        "facts no sampler makes": any("no_sampler_would_make" in name for name in vars(module)),
        "properties": len(_sections(module).get("properties", [])),
    }


if __name__ == "__main__":
    sys.path[:0] = [str(FOLDER), str(FOLDER.parent)]
    from benchmarks.tables import markdown

    print(markdown([{key: "yes" if value is True else value for key, value in row(f).items()} for f in FAMILIES]))
