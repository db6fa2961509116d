"""Attack a reward before training on it. Needs no model.

    python -m grpo_legal.audit                                                 the preset irac, all families
    python -m grpo_legal.audit --rewards verifiable --style short              another preset, answers alone
    python -m grpo_legal.audit --rewards correct_answer=1 mine:pays=0.5        by weight, your own among them
    python -m grpo_legal.audit --rewards mine:pays --data "diversity_*" --html audit.html
    python -m grpo_legal.audit --data hearsay --path legalbench                on LegalBench's questions

Exit status: 0 if the rewards hold; 1 if an attack earns as much as the shortest honest right answer to some problem,
or more than --limit of it on average; 2 if the command makes no sense.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from grpo_legal import cli
from grpo_legal.audit import options, score, table
from grpo_legal.errors import UserError


def main(argv: Sequence[str]) -> int:
    """The command. Returns its exit status."""
    typed = options.parser(__doc__).parse_args(argv)
    options.check(typed)
    specs = options.specs(typed.rewards, typed.max_tokens)
    found = score.run(
        specs, options.chosen(typed), style=typed.style, max_tokens=typed.max_tokens, limit=typed.limit
    )  # fmt: skip
    table.show(found, Console(highlight=False))
    if typed.json:
        _write("--json", typed.json, json.dumps(found.table(), indent=1, ensure_ascii=False) + "\n")
    if typed.html:
        from grpo_legal.audit import page

        _write("--html", typed.html, page.render(found))
    return 1 if found.faults else 0


def _write(option: str, path: str, text: str) -> None:
    try:
        Path(path).write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UserError(f"{option} {path!r} cannot be written: {error.strerror}") from None


if __name__ == "__main__":
    cli.run(main)
