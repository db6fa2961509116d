"""The results of an evaluation as tables: a row per group with every model's score, and the contrasts between models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from grpo_legal.dashboard.texts import clean, number, show

TITLES = {
    "families": "Families: balanced accuracy",
    "legalbench": "LegalBench: corrected metric (official in brackets)",
    "own": "Own questions: balanced accuracy",
    "rubric": "Rubric: points of 20",
}


def evaluation_tables(results: Mapping[str, Any]) -> list[Table]:
    """A table of scores for each suite, then one of all contrasts. `results` is eval/results.json."""
    models = list(results["scores"])
    suites = sorted({suite for scores in results["scores"].values() for suite in scores})
    tables = [_scores(suite, {m: results["scores"][m].get(suite) or {} for m in models}) for suite in suites]
    tables += [_contrasts(results["contrasts"])] if results["contrasts"] else []
    return [*tables, _judge(results["judge"])] if results.get("judge") else tables


def _table(title: str) -> Table:
    table = Table(title=title, box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False)
    table.title_justify, table.title_style = "left", "bold"
    return table


def _scores(suite: str, scores: Mapping[str, Mapping[str, Any]]) -> Table:
    table = _table(TITLES.get(suite, suite))
    table.add_column("")
    table.add_column("n", justify="right")
    for model in scores:
        table.add_column(Text(clean(model)), justify="right")
    table.add_row("overall", *_cells(suite, list(scores.values())))
    if any("unreadable" in s for s in scores.values()):
        shares = (show(number(s.get("unreadable")), ".0%") for s in scores.values())
        table.add_row(Text("unreadable", "dim"), "", *(Text(share, "dim") for share in shares))
    parts = {"by_reasoning": "", "by_difficulty": "difficulty ", "groups": ""}
    for key, before in parts.items():
        names = sorted({name for s in scores.values() for name in s.get(key) or {}})
        if names:
            table.add_section()
        for name in names:
            found = [(s.get(key) or {}).get(name) or {} for s in scores.values()]
            table.add_row(Text(before + clean(name).replace("_", " ")), *_cells(suite, found))
    return table


def _cells(suite: str, found: Sequence[Mapping[str, Any]]) -> list[str]:
    n = next((show(number(s[key]), ",.0f") for s in found for key in ("n", "tasks") if key in s), "–")
    return [n, *(_score(suite, s) for s in found)]


def _score(suite: str, scores: Mapping[str, Any]) -> str:
    value = number(scores.get("score"))
    if suite == "rubric":
        return show(None if value is None else 20 * value, ".1f")
    official = number(scores.get("official"))
    return show(value, ".1%") + (f" ({official:.1%})" if official is not None else "")


def _judge(judge: Mapping[str, Any]) -> Table:
    """The judge's points beside the scorer's, on the answers that it gave a verdict on."""
    table = _table(f"Rubric by the judge {clean(judge['model'])}: points of 20")
    for name in ("model", "n", "judge", "scorer"):
        table.add_column(name, justify="left" if name == "model" else "right")
    for model, found in judge["models"].items():
        table.add_row(
            Text(clean(model)), str(found["n"]), *(show(number(found[k]), ".1f") for k in ("judged", "points"))
        )
    rank = number(judge["spearman"])
    table.caption = (
        f"Rank correlation of judge and scorer over {judge['n']} answers: {show(rank, '.2f')}; "
        f"{judge['without_verdict']} answers have no verdict."
    )
    table.caption_justify = "left"
    return table


def _contrasts(contrasts: Sequence[Mapping[str, Any]]) -> Table:
    table = _table("Differences, paired by question")
    for name in ("suite", "models", "verdict (95% interval)", "p (Holm)"):
        table.add_column(name, justify="right" if name.startswith("p ") else "left")
    table.add_column("detectable", justify="right")
    for c in contrasts:
        scale = 20 if c["suite"] == "rubric" else 100
        style = "green" if c["ci95"][0] > 0 else "red" if c["ci95"][1] < 0 else ""
        p = number(c.get("p_holm"))
        table.add_row(
            c["suite"], Text(f"{clean(c['before'])} → {clean(c['after'])}"), Text(clean(c["verdict"]), style),
            "< 0.001" if p is not None and p < 0.001 else show(p, ".3f"),
            show(scale * (number(c.get("detectable")) or 0.0), ".1f"),
        )  # fmt: skip
    table.caption = "Detectable: the true difference in points that so many questions show four times in five."
    table.caption_justify = "left"
    return table
