"""What a check says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Line:
    """One finding. `mend` is the line of text that puts it right, empty where there is nothing to do."""

    name: str
    status: Literal["ok", "warn", "fail"]
    seen: str
    mend: str = ""


def guarded(name: str, check: Callable[[], Line | list[Line]]) -> list[Line]:
    """The lines of a check; one that breaks is a warning that says how."""
    try:
        found = check()
    except Exception as error:
        text = " ".join(str(error).split())[:200]
        return [Line(name, "warn", f"could not be looked at: {type(error).__name__}: {text}")]
    return found if isinstance(found, list) else [found]
