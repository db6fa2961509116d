"""What the pages of this folder, and the README, say about the code, made from the code: its docstrings, registries and results.

    python -m docs.build            writes the made parts anew; run it after a change of what they tell of
    python -m docs.build --check    writes nothing; exit status 1 where a page is out of date

A made part stands between `<!-- made: NAME -->` and `<!-- end -->` in a page; NAME is a function of pages.py. What stands
outside is written by hand and left alone.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from docs import pages

FOLDER = Path(__file__).parent
MARKED = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)", re.S)


def made(text: str) -> str:
    """The page with its made parts as they would be now. Raises KeyError for a part that nothing makes."""
    return MARKED.sub(lambda m: f"{m[1]}\n{pages.PARTS[m[2]]().strip()}\n\n{m[3]}", text)


def main(argv: Sequence[str]) -> int:
    """The command. Returns its exit status."""
    parser = argparse.ArgumentParser(
        "python -m docs.build", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing, tell which pages are out of date")
    typed = parser.parse_args(argv)
    stale = []
    for page in [*sorted(FOLDER.glob("*.md")), *FOLDER.parent.glob("README.md")]:
        text = page.read_text("utf-8")
        if (now := made(text)) != text:
            stale.append(page.name)
            if not typed.check:
                page.write_text(now, "utf-8")
    if stale:
        told = "out of date, python -m docs.build writes them anew" if typed.check else "written"
        print(f"{', '.join(stale)}: {told}")
    return int(bool(stale) and typed.check)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
