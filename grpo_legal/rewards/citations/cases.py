"""Citations of decisions: eyecite parses them, reporters-db and courts-db say whether there can be such a one.

eyecite takes a millisecond and more for every citation with its surroundings. So it is given only what it alone can
read, the "384 U.S. 436" in the middle, found by a plain expression and remembered; names, pages, court and year
around it are read here. Its tokenizer is the one on pyahocorasick, which comes with it and needs no Hyperscan.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from grpo_legal.rewards.citations import courts, reporters
from grpo_legal.rewards.citations.citation import Citation
from grpo_legal.rewards.citations.limits import THIS_YEAR
from grpo_legal.rewards.citations.names import names_before

_TOKEN = r"(?:[A-Z][A-Za-z0-9.'’]{0,15}|[0-9](?:d|nd|rd|th)\b|&|of\b|\([0-9]{1,2}\s[A-Z][a-z.]{1,9}\))"
_CORE = re.compile(
    rf"(?<![\w$.,§–-])(?P<volume>[0-9]{{1,4}})\s(?P<reporter>(?>{_TOKEN}(?:\s{_TOKEN}){{0,5}}))"
    r"(?P<at>,?\sat)?\s(?P<page>[0-9]{1,8})(?![\w%]|[.,][0-9])"
)
_PINS = r"(?:,?\s(?:at\s)?[0-9]{1,5}(?:[-–][0-9]{1,5})?(?:\s?nn?\.\s?[0-9]{1,3})?(?=[\s,(])){0,4}"
_PARENTHESIS = re.compile(rf"{_PINS},?\s?\((?P<court>[^()]{{0,60}}?)\s?(?P<year>[0-9]{{4}})\)")
_PARALLEL = re.compile(rf"{_PINS},?\s")
_YEAR_BEFORE = re.compile(r"\((?P<year>[0-9]{4})\),?\s?\Z")  # "Li v. Yellow Cab Co. (1975) 13 Cal.3d 804"
_NO_REPORTER = re.compile(
    r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|January|February|March|April|May|June|July|August|September"
    r"|October|November|December|Nos?|St|Mr|Mrs|Ms|Dr|A\.M|P\.M)\.?|.*\s(?:Co|Corp|Inc|Ltd|St|Jr|Sr|No)\.",
    re.S,
)
_LOOKS_LIKE_ONE = re.compile(r".*(?:\.|[0-9](?:d|nd|rd|th))", re.S)


class Edition(NamedTuple):
    """One series that eyecite takes a reporter for: years None where reporters-db has none."""

    name: str
    family: str
    kind: str
    first: int | None
    last: int | None


@lru_cache(maxsize=1)
def _eyecite():
    """eyecite.get_citations, imported on first use (0.3 s of CPU time); it reports to its own logger only."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from eyecite import get_citations
    logging.getLogger("eyecite").addHandler(logging.NullHandler())
    return get_citations


@lru_cache(maxsize=50_000)
def editions(core: str) -> tuple[Edition, ...]:
    """What "384 U.S. 436" may be a citation of, by eyecite; () if it is none that eyecite knows."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = _eyecite()(core)
    except Exception:  # whatever eyecite trips over is no citation: a reward never ends a run
        return ()
    taken = next((c for c in found if getattr(c, "all_editions", ()) and c.span()[0] == 0), None)
    if taken is None:
        return ()
    return tuple(
        Edition(e.short_name, e.reporter.short_name, e.reporter.cite_type, *_years(e)) for e in taken.all_editions
    )


def _years(edition: object) -> tuple[int | None, int | None]:
    start, end = edition.start, edition.end  # type: ignore[attr-defined]
    return start.year if start else None, end.year if end else None


def decisions(text: str, most: int) -> Iterator[list[Citation]]:
    """Every citation of a decision (or journal) in a text, with its parallel ones, up to `most` candidates."""
    found = []
    for candidate in _CORE.finditer(text):
        found.append(candidate)
        if len(found) == most:
            break
    group: list[Citation] = []
    year, court, after = None, "", None
    for candidate in reversed(found):
        paren = _PARENTHESIS.match(text, candidate.end())
        is_followed = after is not None and _PARALLEL.fullmatch(text, candidate.end(), after.start()) is not None
        if paren:
            year, court = int(paren["year"]), paren["court"]
        elif not is_followed or not group:
            year, court = None, ""
        if not (is_followed and group and not paren):
            if group:
                yield group
            group = []
        others = (replace(c, form="parallel", names=(), start=max(c.start, candidate.end())) for c in group)
        group = [*_one(text, candidate, paren, year, court), *others]
        after = candidate
    if group:
        yield group


def _one(text: str, found: re.Match[str], paren: re.Match[str] | None, year: int | None, court: str) -> list[Citation]:
    """The citation at a candidate, or nothing if it is none."""
    reporter = " ".join(found["reporter"].split())
    if _NO_REPORTER.fullmatch(reporter):
        return []
    names, start = names_before(text, found.start())
    if year is None and (before := _YEAR_BEFORE.search(text, max(0, found.start() - 9), found.start())):
        year = int(before["year"])
    taken = _taken(found["volume"], reporter, found["page"])
    if not names and not (_LOOKS_LIKE_ONE.fullmatch(reporter) or (taken and reporter.isupper())):
        return []
    short = bool(found["at"])
    source, fault = _judged(found["volume"], reporter, found["page"], year, court, short)
    return [
        Citation(
            source,
            (found["volume"], found["page"]),
            2,
            fault,
            names,
            "short" if short else "full",
            start,
            paren.end() if paren else found.end(),
        )
    ]


def _taken(volume: str, reporter: str, page: str) -> tuple[Edition, ...]:
    series = reporters.ENGLISH.get(reporter)
    if series:
        return (Edition(reporter, reporter, "english", series.first, series.last),)
    return editions(f"{volume} {reporter} {page}")


@lru_cache(maxsize=50_000)
def _judged(volume: str, reporter: str, page: str, year: int | None, court: str, short: bool) -> tuple[str, str]:
    """The reporter's name as reporters-db writes it, and why there is no such decision, "" if there may be."""
    taken = _taken(volume, reporter, page)
    if not taken:
        return reporter, f"there is no reporter {reporter}"
    if short:
        return taken[0].name, ""
    if year is None:
        undated = taken[0].kind.startswith(("leg_", "admin_"))
        return taken[0].name, "" if undated else "the year is missing"
    faults = [(edition, _fault(edition, int(volume), year, court)) for edition in taken]
    best = min(faults, key=lambda pair: bool(pair[1]))
    return best[0].name, best[1]


def _fault(edition: Edition, volume: int, year: int, court: str) -> str:
    if year > THIS_YEAR:
        return f"{year} has not come"
    if edition.name == "U.S.":
        return reporters.united_states_fault(volume, year) or courts.fault(edition.family, edition.kind, court, year)
    if volume < 1 or volume > reporters.last_volume(edition.name):
        return f"there is no volume {volume} of {edition.name}"
    first, last = reporters.years(edition.name, volume, edition.first, edition.last)
    if not first - reporters.YEARS_OF_SLACK <= year <= last + reporters.YEARS_OF_SLACK:
        return f"{volume} {edition.name} holds no decision of {year}"
    return courts.fault(edition.family, edition.kind, court, year)
