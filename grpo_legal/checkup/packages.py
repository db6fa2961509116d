"""Installed versions against the tested set (`tested.txt`, the same as constraints.txt)."""

from __future__ import annotations

import importlib.metadata
import re
from importlib import resources

from grpo_legal.checkup.line import Line

INSTALL = 'pip install -c constraints.txt -e "."'
GPU = {"bitsandbytes", "unsloth", "unsloth-zoo", "xformers"}  # the extra gpu; not needed without CUDA
TESTS = {"defusedxml", "fastapi", "hypothesis", "pytest", "pytest-timeout", "ruff", "scikit-learn", "uvicorn"}
OPTIONAL = {"openai", "pyahocorasick"}


def tested() -> dict[str, str]:
    """The tested set: version by normalised package name."""
    text = resources.files("grpo_legal").joinpath("checkup/tested.txt").read_text("utf-8")
    pairs = (line.split("==") for line in text.splitlines() if "==" in line)
    return {normalised(name): version.strip() for name, version in pairs}


def normalised(name: str) -> str:
    """A package name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def needed() -> set[str]:
    """What this package's own metadata requires without extras; all of the tested set but extras where there is none."""
    try:
        said = importlib.metadata.requires("grpo-legal") or []
    except importlib.metadata.PackageNotFoundError:
        return set(tested()) - GPU - TESTS - OPTIONAL
    return {normalised(re.split(r"[^A-Za-z0-9_.-]", word, maxsplit=1)[0]) for word in said if "extra ==" not in word}


def versions() -> list[Line]:
    """One line for all that agree, and one each for a package that is missing or of another version.

    Missing is a failure where training needs it. Another version is a warning: it may work, it was not tried.
    """
    required, lines, agree = needed(), [], 0
    for name, wanted in tested().items():
        try:
            found = importlib.metadata.version(name).split("+")[0]  # torch 2.13.0+cpu is 2.13.0
        except importlib.metadata.PackageNotFoundError:
            if name in required:
                lines.append(Line(name, "fail", "not installed", INSTALL))
            continue
        if found == wanted:
            agree += 1
        else:
            lines.append(Line(name, "warn", f"{found}; tested with {wanted}", f'pip install "{name}=={wanted}"'))
    return [Line("versions", "ok", f"{agree} packages are of the tested set"), *lines]
