"""Rooms import downward only, and commands never each other: the table of the house, held against the imports."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "grpo_legal"

ROOMS: dict[str, set[str]] = {
    "errors": set(),
    "config": {"errors", "judge_settings"},
    "processes": {"errors"},
    "launched": {"errors", "processes"},
    "wrapped": set(),
    "cli": {"config", "errors", "processes"},
    "judge_settings": set(),
    "schema": set(),
    "problems": {"schema"},
    "legalbench": {"errors", "schema"},
    "rewards": {"errors", "judge_settings", "schema"},
    "audit": {"cli", "dashboard", "errors", "legalbench", "problems", "rewards", "schema"},
    "embedded_model": {"errors"},
    "policy": {"checkpoints", "config", "embedded_model", "errors", "processes"},
    "shared_prefix": set(),
    "stats": set(),
    "dashboard": {"progress"},
    "guards": set(),
    "watch": {"guards"},
    "checkpoints": set(),
    "run_folder": {"checkpoints", "errors"},
    "guarding": {"checkpoints", "config", "errors", "guards"},
    "reporting": {"errors", "guards", "legalbench", "run_folder", "stats"},
    "leakage": set(),
    "rubric": {"errors", "schema"},
    "rows": {"checkpoints", "config", "errors", "leakage", "legalbench", "problems", "schema"},
    "decoding": {"policy", "shared_prefix"},
    "progress": set(),
    "evaluation": {
        "decoding",
        "errors",
        "judge_settings",
        "legalbench",
        "policy",
        "problems",
        "progress",
        "rewards",
        "rubric",
        "run_folder",
        "schema",
        "stats",
    },
    "heldout": {"decoding", "policy", "schema", "stats"},
    "recorder": {"dashboard", "processes", "run_folder", "schema"},
    "preflight": {"config", "errors"},
    "planning": {"config", "errors", "rows", "run_folder", "schema"},
    "checkup": {"config", "embedded_model", "errors", "legalbench", "policy"},
    "callbacks": {"errors", "processes"},
    "trainer": {
        "arguments",
        "callbacks",
        "config",
        "errors",
        "informative",
        "policy",
        "processes",
        "shared_prefix",
        "whole_groups",
        "wrapped",
    },
    "whole_groups": set(),
    "arguments": {"config"},
    "supervised": {"arguments", "config", "errors", "policy", "trainer"},
    "gold": {"errors", "leakage", "legalbench", "schema"},
    "ending": {
        "checkpoints",
        "config",
        "dashboard",
        "errors",
        "guarding",
        "guards",
        "heldout",
        "policy",
        "processes",
        "run_folder",
        "session",
        "stats",
    },
    "session": {
        "checkpoints",
        "cli",
        "config",
        "embedded_model",
        "errors",
        "heldout",
        "policy",
        "processes",
        "progress",
        "recorder",
        "resuming",
        "rows",
        "run_folder",
        "saving",
        "trackers",
    },
    "exporting": {"config", "decoding", "errors", "policy", "problems", "reporting", "run_folder", "schema"},
    "trackers": {"errors", "run_folder"},
    "resuming": {"checkpoints", "cli", "config", "errors", "guards", "run_folder"},
    "saving": {"checkpoints", "run_folder"},
    "informative": set(),
    "commands": set(),
    "overview": {"errors", "heldout", "run_folder"},
    "evaluate_options": {"cli", "config", "errors", "judge_settings"},
    "notebook": {"cli", "config", "dashboard", "errors", "run_folder"},
}
COMMANDS = {
    "__main__",
    "ask",
    "completion",
    "data",
    "doctor",
    "evaluate",
    "export",
    "pipeline",
    "plan",
    "report",
    "runs",
    "sft",
    "train",
}
ONLY_POLICY_NAMES = {"unsloth", "peft"}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Every module named in an import of this file, at any depth, as dotted names."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


FILES = sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_downward(path):
    here = room(path)
    assert here in ROOMS or here in COMMANDS, f"{here} has no place in the house"
    ours = {name.split(".")[1] for name in imports(path) if name.startswith("grpo_legal.")} - {here}
    allowed = set(ROOMS) if here in COMMANDS else ROOMS[here]
    assert ours <= allowed, f"{here} may not import {sorted(ours - allowed)}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_policy_names_the_engines(path):
    if room(path) != "policy":
        assert not {name.split(".")[0] for name in imports(path)} & ONLY_POLICY_NAMES


def test_the_table_has_no_circle():
    def reach(name: str, seen: tuple[str, ...] = ()) -> None:
        assert name not in seen, f"circle: {seen}"
        for below in ROOMS[name]:
            reach(below, (*seen, name))

    for name in ROOMS:
        reach(name)


@pytest.mark.parametrize(
    "module",
    [
        "ask",
        "audit",
        "checkpoints",
        "cli",
        "config",
        "dashboard",
        "doctor",
        "evaluate",
        "export",
        "gold",
        "legalbench",
        "pipeline",
        "plan",
        "problems",
        "report",
        "rewards",
        "rows",
        "rubric",
        "schema",
        "session",
        "sft",
        "train",
    ],
)
def test_light_rooms_import_no_torch(module):
    code = f"import sys, grpo_legal.{module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parent).returncode == 0
