"""What the numbers of a run say: differences with their verdicts, regressions, licences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from grpo_legal import legalbench, stats
from grpo_legal.reporting.read import Run, origin
from grpo_legal.reporting.words import interval, number, plain, score, shorten

SUITES = {
    "training": "held-out questions of the training run",
    "families": "generated families",
    "legalbench": "LegalBench",
    "own": "own questions",
    "rubric": "rubric, 0 to 20 points",
}
NAME = 90  # characters of a family's or task's name that are shown


@dataclass(frozen=True)
class Group:
    """The difference in one family, task or domain, in shares."""

    name: str
    delta: float
    ci95: tuple[float, float]
    p_value: float | None
    p_holm: float | None
    n: float | None


@dataclass(frozen=True)
class Contrast:
    """`after` minus `before` on one suite, in shares. `main` is the first model against the last."""

    suite: str
    before: str
    after: str
    delta: float
    ci95: tuple[float, float]
    p_value: float | None
    p_holm: float | None
    n: float | None
    detectable: float | None
    verdict: str
    groups: tuple[Group, ...]
    main: bool

    @property
    def title(self) -> str:
        """`LegalBench: base → grpo`."""
        return f"{title(self.suite)}: {plain(self.before)} → {plain(self.after)}"

    @property
    def kind(self) -> str:
        """`better`, `worse` or `open`, by the interval; `open` too where the corrected test leaves a doubt."""
        if self.p_holm is not None and self.p_holm >= 0.05:
            return "open"
        return "better" if self.ci95[0] > 0 else "worse" if self.ci95[1] < 0 else "open"


def title(suite: str) -> str:
    """A suite by its name on the page, with a capital."""
    name = SUITES.get(suite, plain(suite))
    return name[:1].upper() + name[1:]


def contrasts(run: Run) -> list[Contrast]:
    """Every difference that was measured: those of the evaluation, then that of the training run."""
    models = list(run.results.get("scores") or ())
    found = [_evaluated(c, models) for c in run.results.get("contrasts") or ()]
    trained = _trained(run.summary)
    return found + ([trained] if trained else [])


def _evaluated(found: Mapping[str, Any], models: list[str]) -> Contrast:
    main = bool(models) and (found["before"], found["after"]) == (models[0], models[-1])
    return _contrast(found, str(found["suite"]), str(found["before"]), str(found["after"]), found.get("groups"), main)


def _trained(summary: Mapping[str, Any]) -> Contrast | None:
    if number(summary.get("delta")) is None or interval(summary.get("ci95")) is None:
        return None
    before = summary.get("before") if isinstance(summary.get("before"), dict) else {}
    sizes = before.get("families") or {}
    groups = {
        name: {**found, "n": (sizes.get(name) or {}).get("n")}
        for name, found in (summary.get("families") or {}).items()
    }
    return _contrast({**summary, "n": before.get("n")}, "training", "before", "after", groups, True)


def _contrast(
    found: Mapping[str, Any], suite: str, before: str, after: str, groups: Mapping[str, Any] | None, main: bool
) -> Contrast:
    delta, ci95, n = float(found["delta"]), interval(found["ci95"]), number(found.get("n"))
    scale = 20 if suite == "rubric" else 100
    told = found.get("verdict") or stats.verdict(delta, ci95, int(n or 0), scale=scale)
    return Contrast(
        suite, before, after, delta, ci95, number(found.get("p_value")), number(found.get("p_holm")), n,
        number(found.get("detectable")), str(told), tuple(_groups(groups or {})), main,
    )  # fmt: skip


def _groups(found: Mapping[str, Any]) -> Iterable[Group]:
    known = {name: each for name, each in found.items() if isinstance(each, dict)}
    whole = {n: e for n, e in known.items() if number(e.get("delta")) is not None and interval(e.get("ci95"))}
    p_values = [number(each.get("p_value")) for each in whole.values()]
    holm = stats.holm(p_values) if p_values and None not in p_values else [None] * len(whole)
    for (name, each), corrected in zip(whole.items(), holm, strict=True):
        told = number(each.get("p_holm"))
        yield Group(
            shorten(plain(name), NAME), float(each["delta"]), interval(each["ci95"]), number(each.get("p_value")),
            corrected if told is None else told, number(each.get("n")),
        )  # fmt: skip


def regressions(found: Iterable[Contrast]) -> list[tuple[Contrast, Group | None]]:
    """What got worse beyond chance: differences whose interval lies below 0, the whole of a contrast (None) before its
    groups, and these from the worst on."""
    out: list[tuple[Contrast, Group | None]] = []
    for contrast in found:
        if contrast.ci95[1] < 0:
            out.append((contrast, None))
        worse = [group for group in contrast.groups if group.ci95[1] < 0]
        out += [(contrast, group) for group in sorted(worse, key=lambda g: g.delta)]
    return sorted(out, key=lambda pair: pair[1] is not None)


# ---- licences -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Licence:
    """What a set of questions may be used for. `commercial` is None where only its owner knows."""

    name: str
    use: str
    questions: int | None
    licence: str
    commercial: bool | None


def licences(run: Run) -> list[Licence]:
    """The licence of every family and task in the run, those that forbid commercial use first.

    LegalBench's are those of its licences.tsv, by task (`legalbench.task_table`).
    """
    counted: dict[tuple[str, str, str], set[str] | int] = {}
    for (family, where), questions in (run.sampled.questions if run.sampled else {}).items():
        counted[family, where, "training"] = questions
    for r in (r for found in run.held_out.values() for r in found):
        key = (str(r["family"]), origin(r["problem_id"], r["family"]), "held out")
        counted.setdefault(key, set()).add(str(r["problem_id"]))
    for r in (r for found in run.models.values() for r in found):
        where = r["suite"] if r["suite"] in ("legalbench", "rubric") else origin(r["id"], r["group"])
        counted.setdefault((str(r["group"]), where, "evaluation"), set()).add(str(r["id"]))
    if not any(use == "training" for _, _, use in counted):
        counted |= _announced(run.summary)
    found = [_licence(*key, len(n) if isinstance(n, set) else n) for key, n in counted.items()]
    return sorted(found, key=lambda row: (row.commercial is not False, row.commercial is not None, row.name))


def _announced(summary: Mapping[str, Any]) -> dict[tuple[str, str, str], int]:
    """Training questions by the summary alone, where no completions are there to count."""
    data = summary.get("data") if isinstance(summary.get("data"), dict) else {}
    source = {"families": "generated", "dir": "legalbench", "hub": "legalbench"}.get(data.get("source"), "own")
    families = data.get("families") or {}
    return {(name, source, "training"): int(number(found.get("train")) or 0) for name, found in families.items()}


def _licence(name: str, where: str, use: str, questions: int) -> Licence:
    shown = shorten(plain(name), NAME)
    if where == "legalbench" and (task := legalbench.task_table().get(name)):
        return Licence(f"LegalBench: {shown}", use, questions, task.licence, task.commercial)
    if where == "generated":
        return Licence(f"generated: {shown}", use, questions, "Apache-2.0", True)
    if where == "rubric":
        return Licence(f"rubric: {shown}", use, questions, "Apache-2.0", True)
    return Licence(f"own file: {shown}", use, questions, "yours", None)


# ---- the audit ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Audited:
    """The audit of the rewards in a sentence, what it found wrong, and its lines: name, kind, share, problems beaten."""

    verdict: str
    holds: bool
    faults: tuple[str, ...]
    lines: tuple[tuple[str, str, float | None, float | None, str], ...]
    limit: float | None


def audited(audit: Mapping[str, Any]) -> Audited | None:
    """What audit.json says, attacks from the best paid on; None where there is no audit."""
    if not audit:
        return None
    faults = tuple(str(fault) for fault in audit.get("faults") or ())
    holds = bool(audit.get("holds", not faults))
    best, limit = number(audit.get("best_share")), number(audit.get("limit"))
    told = "The rewards held." if holds else "The rewards can be gamed."
    if best is not None:
        told += f" The best attack, {plain(audit.get('best', '?'))}, earns {score(best)} of an honest answer"
        told += f" (limit {score(limit)})." if limit is not None else "."
    rows = [line for line in audit.get("lines") or () if isinstance(line, dict)]
    rows.sort(key=lambda line: (line.get("group") == "honest", -(number(line.get("share")) or 0.0)))
    lines = tuple(
        (plain(r.get("name", "?")), {"lucky": "right by luck"}.get(str(r.get("group")), plain(r.get("group", ""))),
         number(r.get("share")), number(r.get("beats")), str(r.get("about", "")))
        for r in rows
    )  # fmt: skip
    return Audited(told, holds, faults, lines, limit)
