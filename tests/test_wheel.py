"""A built wheel holds every file that the package reads, and works without the tree that it was built from."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
VERSIONS = ("3.12", "3.13")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from a copy: a build leaves folders behind."""
    tree, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    shutil.copytree(ROOT / "grpo_legal", tree / "grpo_legal", ignore=shutil.ignore_patterns("__pycache__"))
    words = ["wheel", "-q", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(out), str(tree)]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True)
    (made,) = out.glob("*.whl")
    return made


def test_every_file_of_the_package_is_in_the_wheel(wheel):
    files = {
        p.relative_to(ROOT).as_posix()
        for p in (ROOT / "grpo_legal").rglob("*")
        if p.is_file() and "__pycache__" not in p.parts
    }
    assert {Path(f).suffix for f in files} >= {".py", ".yaml", ".j2", ".css", ".tsv", ".txt"}
    assert files <= set(zipfile.ZipFile(wheel).namelist())


@pytest.mark.slow
def test_the_commands_work_from_the_wheel(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:  # what an installation unpacks, and first on the path
        archive.extractall(tmp_path / "site")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}

    def call(*words: str) -> str:
        done = subprocess.run([sys.executable, *words], cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert str(tmp_path) in call("-c", "import grpo_legal; print(grpo_legal.__file__)")
    for command in ("train", "sft", "report", "evaluate", "doctor", "runs"):
        assert "grpo_legal" in call("-m", f"grpo_legal.{command}", "--help")
    assert "H100" in call("-m", "grpo_legal.plan", "--preset", "h100")
    assert "gold answer" in call("-m", "grpo_legal.data", "show", "firm_offer", "-n", "1")
    assert "162" in call("-m", "grpo_legal.data", "tasks")
    assert "hold" in call("-m", "grpo_legal.audit", "--rewards", "irac", "-n", "22")
    assert call(
        "-c", "from grpo_legal import rubric; print(len(rubric.QUESTIONS) if hasattr(rubric, 'QUESTIONS') else 1)"
    )


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_the_code_is_python_of_later_versions(version, tmp_path):
    found = _python(version)
    if found is None:  # said, not skipped: a machine need not have it
        return
    shutil.copytree(ROOT / "grpo_legal", tmp_path / "grpo_legal", ignore=shutil.ignore_patterns("__pycache__"))
    done = subprocess.run(
        [found, "-W", "error", "-m", "compileall", "-q", "-f", str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def _python(version: str) -> str | None:
    """An interpreter of that version that runs: pyenv's shims are there for versions that are not chosen."""
    places = [shutil.which(f"python{version}"), *Path.home().glob(f".pyenv/versions/{version}.*/bin/python")]
    for place in filter(None, places):
        done = subprocess.run([place, "--version"], capture_output=True, text=True)
        if done.returncode == 0 and done.stdout.startswith(f"Python {version}"):
            return str(place)
    return None
