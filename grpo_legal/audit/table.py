"""The result of an audit on a terminal: a table as wide as it needs, the worst text in full, a verdict.

Where the terminal is too narrow for a column per reward, one column says which reward pays most instead.
"""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from grpo_legal.audit.score import EPSILON, Audit, Line, share
from grpo_legal.dashboard import clean

BAR = 8  # cells of a whole honest answer's share
FIGURE = 6  # cells of a number
GAP = 2  # cells between columns
MANY = 6  # faults told; all of them are in the table
TITLES = {"honest": "honest", "attack": "attacks", "lucky": "right by luck"}


def show(audit: Audit, console: Console) -> None:
    """Print all of it."""
    console.print(Group(_table(audit, console.width), Text(), *_worst(audit), verdict(audit)))


def verdict(audit: Audit) -> Text:
    """One sentence if the rewards held, one for every fault otherwise."""
    if not audit.faults:
        return Text.assemble(("The rewards hold. ", "bold green"), best(audit))
    more = len(audit.faults) - MANY
    told = [*audit.faults[:MANY], *([f"and {more} more"] if more > 0 else [])]
    faults = "\n".join(f"- {fault}" for fault in told)
    return Text.assemble(("The rewards can be gamed. ", "bold red"), best(audit), "\n", (faults, "red"))


def best(audit: Audit) -> str:
    """What the best attack earns, in a sentence."""
    if audit.best.share <= EPSILON:
        return "No attack earns anything."
    return f"Best attack: {audit.best.name}, {share(audit.best.share)} of an honest answer (limit {audit.limit:.0%})."


def lines_of(audit: Audit, group: str) -> list[Line]:
    """The lines of one group, the best paid first; honest ones as they come."""
    lines = [line for line in audit.lines if line.group == group]
    return lines if group == "honest" else sorted(lines, key=lambda line: -line.share)


def payer(line: Line) -> str:
    """The reward that pays this line most; blank where none does."""
    name = max(line.rewards, key=lambda key: line.rewards[key])
    return name if line.rewards[name] > EPSILON else ""


def _table(audit: Audit, width: int) -> Table:
    attacks, lucky = (sum(line.group == group for line in audit.lines) for group in ("attack", "lucky"))
    families = f"{len(audit.families)} famil{'y' if len(audit.families) == 1 else 'ies'}"
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False)
    table.title = (
        f"What {attacks} attacks and {lucky} lucky guesses earn on {audit.problems} problems of {families}, "
        f"{audit.style} answers"
    )
    table.title_justify, table.title_style = "left", "bold"
    table.caption = "Means, weighted. Share: of the shortest honest answer. Beats: problems on which it earns as much."
    table.caption_justify = "left"
    columns, names = _columns(audit, width), _names(audit)
    table.add_column("", width=names, no_wrap=True)
    for name in columns:
        table.add_column(Text(name.replace("_", " ")), justify="right", width=_width(name))
    for name in ("total", "share"):
        table.add_column(name, justify="right", width=FIGURE, no_wrap=True)
    table.add_column("", width=BAR, no_wrap=True)
    table.add_column("beats", justify="right", width=FIGURE, no_wrap=True)
    if not columns:
        left = max(width - _room(audit) - GAP, 8)
        table.add_column("paid by", width=left, overflow="ellipsis", no_wrap=True)
    for group, title in TITLES.items():
        table.add_row(Text(title, "bold cyan"))
        for line in lines_of(audit, group):
            table.add_row(*_cells(line, audit, columns))
        table.add_section()
    return table


def _columns(audit: Audit, width: int) -> list[str]:
    """The rewards that get a column each: all, or none where they would not fit."""
    need = _room(audit) + sum(_width(name) + GAP for name in audit.weights)
    return list(audit.weights) if need <= width else []


def _room(audit: Audit) -> int:
    """Cells for what is always shown: the name, three figures, the bar."""
    return _names(audit) + 3 * FIGURE + BAR + 4 * GAP


def _names(audit: Audit) -> int:
    return max(len(line.name) for line in audit.lines) + 2


def _width(name: str) -> int:
    return max(FIGURE, *map(len, name.split("_")))


def _cells(line: Line, audit: Audit, columns: list[str]) -> list[Text]:
    style = _style(line, audit)
    rewards = [Text(amount(line.rewards[name]), _faint(line.rewards[name])) for name in columns]
    filled = round(BAR * min(max(line.share, 0.0), 1.0))
    bar = Text("━" * filled, style or "cyan")
    beats = "" if line.group == "honest" else f"{line.beats:,}" if line.beats else "–"
    cells = [Text(f"  {line.name}"), *rewards, Text(amount(line.total), style), Text(share(line.share), style), bar]
    cells.append(Text(beats, "bold red" if line.beats else "bright_black"))
    return cells if columns else [*cells, Text(payer(line), "dim")]


def amount(value: float) -> str:
    """What is paid, with two decimals; a dot for nothing."""
    return f"{value:.2f}".replace("-", "−") if abs(value) > EPSILON else "·"


def _faint(value: float) -> str:
    return "" if value > EPSILON else "red" if value < -EPSILON else "bright_black"


def _style(line: Line, audit: Audit) -> str:
    if line.group == "honest":
        return "green"
    over = line.group == "attack" and line.share > audit.limit + EPSILON
    return "bold red" if over or line.beats else ""


def _worst(audit: Audit) -> list[Rule | Padding]:
    """The text of the attack that earns most, as it stands; nothing where none earns anything."""
    lines = [line for line in audit.lines if line.group == "attack" or (line.beats and line.group == "lucky")]
    line = max(lines, key=lambda each: (each.beats > 0, each.share))
    if line.worst.total <= EPSILON:
        return []
    worst = line.worst
    told = f"{line.name} on {clean(worst.problem_id)}: {worst.total:.2f}, honest {worst.honest_total:.2f} "
    text = "\n".join(clean(part) for part in worst.text.splitlines())
    shown = (Text(clean(worst.question), "dim"), Text(f"gold answer: {clean(worst.answer)}", "cyan"), Text(text))
    rule = Rule(style="bright_black")
    return [Rule(Text(told), align="left", style="bright_black"), *(Padding(each, (0, 2)) for each in shown), rule]
