"""List the commands: python -m grpo_legal"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grpo_legal import cli, commands
from grpo_legal.errors import UserError, near

LINE = 66  # characters of a sentence; beyond, its first part


def main(argv: Sequence[str]) -> int:
    """The command. Returns its exit status, 0. Raises UserError for words, which belong to the commands themselves."""
    names = commands.listed()
    words = [word for word in argv if word not in ("-h", "--help")]
    if words:
        name = words[0].removeprefix("grpo_legal.")
        hint = f"write python -m grpo_legal.{name}" if name in names else f"a command is one of {', '.join(names)}"
        raise UserError(
            f"python -m grpo_legal lists the commands and takes no {words[0]!r}: {hint}{near(name, names) if name not in names else ''}"
        )
    table = Table.grid(padding=(0, 2))
    for name, sentence in names.items():
        short = sentence if len(sentence) <= LINE else sentence.partition(":")[0].removesuffix(".") + "."
        table.add_row(Text(name, "bold", no_wrap=True), Text(short))
    console = Console(highlight=False)
    console.print("python -m grpo_legal.NAME, and --help explains each:\n")
    console.print(table)
    return 0


if __name__ == "__main__":
    cli.run(main)
