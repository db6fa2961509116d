"""The result of an audit as one HTML page that needs nothing else: no script, no font, no network."""

from __future__ import annotations

from importlib import resources

from jinja2 import Environment, StrictUndefined

from grpo_legal.audit.score import EPSILON, Audit, Line, share
from grpo_legal.audit.table import TITLES, amount, best, lines_of

HOT = "200, 60, 40"  # red, green, blue of what is paid to a cheat
GOOD = "40, 140, 80"  # and to an honest answer


def render(audit: Audit) -> str:
    """The page. Every text in it is escaped: a completion cannot add markup.

    Pages of 40 texts are about 100 kB.
    """
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(resources.files(__package__).joinpath("page.html.j2").read_text("utf-8"))
    groups = [(title, lines_of(audit, group)) for group, title in TITLES.items()]
    due = next(line.total for line in audit.lines if line.group == "honest")
    return template.render(
        audit=audit,
        groups=groups,
        share=share,
        best=best(audit),
        amount=amount,
        heat=lambda value, line: _heat(value, line, due),
        over=lambda line: line.group == "attack" and line.share > audit.limit + EPSILON,
    )


def _heat(value: float, line: Line, due: float) -> str:
    """The background of a cell: stronger the more is paid, out of what an honest answer earns in all."""
    strength = min(max(value / due, 0.0), 1.0) if due > 0 else 0.0
    color = GOOD if line.group == "honest" else HOT
    return f"rgba({color}, {0.75 * strength:.2f})"
