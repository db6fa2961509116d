"""The one exception that a user is meant to see: a single line, exit status 2, no traceback."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """Input that cannot work. Its text names the thing, its value and what would be legal."""


def near(name: str, legal: Iterable[str], n: int = 3) -> str:
    """`"; did you mean a, b?"` for the legal names closest to `name`, or an empty string."""
    found = difflib.get_close_matches(name, list(legal), n=n, cutoff=0.5)
    return f"; did you mean {', '.join(found)}?" if found else ""
