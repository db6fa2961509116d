"""The report as one HTML page: no script, no font, no network; every text of a model or a data set is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from grpo_legal.reporting import charts, examples, findings, guarded, scores, spent, words
from grpo_legal.reporting.figures import Figure
from grpo_legal.reporting.findings import Contrast
from grpo_legal.reporting.read import Run, questions_hash
from grpo_legal.reporting.scores import Score

SAMPLE = (1_500, 500)  # characters of a completion that are shown, from its start and its end


@dataclass(frozen=True)
class Report:
    """The page, its figures, and its findings for a terminal: verdicts, regressions, and what is missing."""

    html: str
    figures: tuple[Figure, ...]
    verdicts: tuple[str, ...]
    regressions: tuple[str, ...]
    missing: tuple[str, ...]


def render(run: Run, *, each: int = 5, texts: bool = True) -> Report:
    """The report of a run; `each` is how many examples of each kind of change it shows at most, without `texts` none,
    nor any other question or answer: of data that must not be passed on.

    A page of a run of 500 steps with ten rewards is about a megabyte.
    """
    contrasts, measured = findings.contrasts(run), scores.scores(run)
    worse = findings.regressions(contrasts)
    dots, headlines = charts.score_plots(measured), [c for c in contrasts if c.main] or contrasts
    forests, others = charts.forests(headlines), charts.forests([c for c in contrasts if c not in headlines])
    curves = charts.curves(run.metrics)
    context = {
        "run": run,
        "name": words.printable(run.path.resolve().name),
        "model": words.printable(run.summary.get("model") or run.results.get("model") or _set(run, "policy", "model")),
        "contrasts": contrasts,
        "headlines": headlines,
        "worse": worse,
        "groups_tested": sum(len(c.groups) for c in contrasts),
        "measured": measured,
        "groups": _groups(measured, contrasts),
        "breakdowns": _breakdowns(run),
        "figures": {"dots": dots, "forests": forests, "others": others, "curves": curves},
        "galleries": examples.galleries(run, each) if texts else [],
        "audited": findings.audited(run.audit),
        "flags": spent.flags(run.metrics),
        "guarded": guarded.guarded(run.metrics),
        "failed": spent.failed_share(run.metrics),
        "spent": spent.spent(run),
        "plan": spent.against_plan(run),
        "last": run.metrics[-1] if run.metrics else {},
        "hashes": _hashes(run),
        "settings": _settings(run),
        "licences": findings.licences(run),
        "samples": _samples(run) if texts else [],
        "texts": texts,
    }
    return Report(
        html=_template().render(context),
        figures=(*dots, *forests, *others, *curves),
        verdicts=tuple(f"{c.title}: {c.verdict}" for c in headlines),
        regressions=tuple(_regression(*pair) for pair in worse),
        missing=tuple(run.missing),
    )


def _template() -> Any:
    room = resources.files(__package__)
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_visible
    )  # fmt: skip
    names = ("number", "fixed", "score", "spread", "difference", "chance", "count", "duration", "dollars", "plain")
    environment.filters.update({name: getattr(words, name) for name in (*names, "printable")})
    environment.filters["suite"] = findings.title
    environment.globals["style"] = Markup(room.joinpath("page.css").read_text("utf-8"))  # our own files
    environment.filters["drawn"] = lambda figure: Markup(figure.svg)  # escaped where it was made, as XML
    return environment.from_string(room.joinpath("page.html.j2").read_text("utf-8"))


def _visible(value: Any) -> Any:
    """Every text that is put into the page, before it is escaped; our own markup goes as it is."""
    return words.printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _regression(contrast: Contrast, group: findings.Group | None) -> str:
    what = group or contrast
    name = f"{contrast.title}, {group.name}" if group else contrast.title
    change, bounds = words.difference(what.delta, contrast.suite), words.spread(what.ci95, contrast.suite)
    return f"{name}: {change} points ({bounds})"


def _set(run: Run, section: str, key: str) -> Any:
    found = run.config.get(section)
    return found.get(key, "") if isinstance(found, dict) else ""


# ---- tables -------------------------------------------------------------------------------------------


def _groups(measured: Sequence[Score], contrasts: Sequence[Contrast]) -> list[dict[str, Any]]:
    """A table for each suite: every family or task with each model's score and the main difference."""
    tables = []
    for suite in dict.fromkeys(each.suite for each in measured):
        models = [each for each in measured if each.suite == suite]
        main = next((c for c in contrasts if c.suite == suite and c.main), None)
        change = {group.name: group for group in main.groups} if main else {}
        names = sorted({name for model in models for name in model.groups})
        rows = []
        for name in names:
            shown = words.shorten(words.plain(name), findings.NAME)
            rows.append((shown, [model.groups.get(name) for model in models], change.get(shown)))
        if len(rows) > 1:
            tables.append({"suite": suite, "models": [m.model for m in models], "rows": rows, "main": main})
    return tables


NOTES = {"legalbench": "Corrected metric, and the official one in brackets."}


def _breakdowns(run: Run) -> list[dict[str, Any]]:
    """Smaller tables of the evaluation: by difficulty, by type of reasoning, by the rubric's criteria."""
    told = run.results.get("scores") if isinstance(run.results.get("scores"), dict) else {}
    kinds = (
        ("families", "by_difficulty", "Families by difficulty", _score),
        ("families", "groups", "Each family by difficulty, 1 / 2 / 3", _levels),
        ("legalbench", "by_reasoning", "LegalBench by type of reasoning", _both_metrics),
        ("rubric", "criteria", "Rubric by criterion, 0 to 5 each", lambda v: words.fixed(words.number(v), 2)),
    )
    tables = []
    for suite, key, title, show in kinds:
        columns = {m: (found.get(suite) or {}).get(key) or {} for m, found in told.items()}
        names = list(dict.fromkeys(name for column in columns.values() for name in column))
        rows = [
            (words.plain(n), [show(column[n]) if n in column else words.NONE for column in columns.values()])
            for n in names
        ]
        rows = [row for row in rows if set(row[1]) != {words.NONE}]
        if rows:
            tables.append({"title": title, "models": list(columns), "rows": rows, "note": NOTES.get(suite, "")})
    return [*tables, *_judged(run)]


def _judged(run: Run) -> list[dict[str, Any]]:
    """The judge's points beside the scorer's, on the answers that it gave a verdict on."""
    judge = run.results.get("judge")
    if not isinstance(judge, dict) or not isinstance(judge.get("models"), dict):
        return []
    models = judge["models"]
    rows = [
        (told, [words.fixed(words.number(found.get(key)), 1) for found in models.values()])
        for told, key in (("judge", "judged"), ("scorer", "points"))
    ]
    rank = words.fixed(words.number(judge.get("spearman")), 2)
    note = (
        f"Rank correlation of judge and scorer over {judge.get('n', 0)} answers: {rank}. "
        f"{judge.get('without_verdict', 0)} answers have no verdict."
    )
    title = f"Rubric by the judge {judge.get('model', '')}, points of 20"
    return [{"title": title, "models": list(models), "rows": rows, "note": note}]


def _score(value: dict[str, Any]) -> str:
    return words.score(words.number(value.get("score")))


def _levels(value: dict[str, Any]) -> str:
    """`81.0% / 75.0% / 60.0%`, one for each difficulty; nothing where an older evaluation has none."""
    found = value.get("by_difficulty") or {}
    return " / ".join(_score(found.get(level) or {}) for level in ("1", "2", "3")) if found else words.NONE


def _both_metrics(value: dict[str, Any]) -> str:
    corrected, official = (words.score(words.number(value.get(key))) for key in ("score", "official"))
    return f"{corrected} ({official})"


def _settings(run: Run) -> list[tuple[str, str]]:
    """The settings as `section.name` and value."""
    rows = []
    for section, found in run.config.items():
        leaves = found.items() if isinstance(found, dict) else [("", found)]
        rows += [(f"{section}.{name}".rstrip("."), words.printable(_value(value))) for name, value in leaves]
    return rows


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} {v}" for k, v in value.items()) or words.NONE
    if isinstance(value, list):
        return ", ".join(map(str, value)) or words.NONE
    return words.NONE if value is None else str(value)


def _hashes(run: Run) -> list[tuple[str, str]]:
    """What a hash is of, and the hash: data, adapters, settings and results."""
    rows = []
    if run.sampled:
        asked = words.count(sum(run.sampled.questions.values()))
        rows.append((f"training questions that were asked ({asked})", run.sampled.sha256))
    if run.held_out:
        held = next(iter(run.held_out.values()))
        named = questions_hash((r["problem_id"], r.get("prompt"), r["gold"]) for r in held)
        rows.append((f"held-out questions ({words.count(len(held))})", named))
    settings = run.results.get("settings") if isinstance(run.results.get("settings"), dict) else {}
    if settings.get("questions_sha256"):
        asked = words.count(words.number(settings.get("questions")))
        rows.append((f"questions of the evaluation ({asked})", str(settings["questions_sha256"])))
    for name, adapter in (run.results.get("adapters") or {}).items():
        if isinstance(adapter, dict) and adapter.get("sha256"):
            rows.append((f"adapter {words.printable(name)} of the evaluation", words.printable(adapter["sha256"])))
    return rows + list(run.hashes.items())


def _samples(run: Run) -> list[tuple[str, Any, str, str]]:
    """Best and worst paid completion of the last step: which, reward, prompt, text."""
    if not run.sampled:
        return []
    pairs = (("best", run.sampled.best), ("worst", run.sampled.worst))
    return [
        (which, r["reward"], *(words.shorten(words.printable(r.get(k, "")), *SAMPLE) for k in ("prompt", "completion")))
        for which, r in pairs
        if r
    ]
