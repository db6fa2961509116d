"""Citations of whole parts of a book, or of a place in it that is no list of numbers: "29 C.F.R. part 825"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from grpo_legal.rewards.citations import limits
from grpo_legal.rewards.citations.citation import Citation

Make = Callable[[re.Match[str]], Citation]


def _part(found: re.Match[str]) -> Citation:
    title = int(found["title"])
    return Citation(f"{title} C.F.R.", (found["part"],), 2, limits.title_fault("C.F.R.", title))


def _article(found: re.Match[str]) -> Citation:
    article = found["article"]
    return Citation("U.C.C.", (article,), 2, limits.uniform_fault("U.C.C.", f"{article}-101"))


def _constitution(found: re.Match[str]) -> Citation:
    what, number, clause = found["what"], found["number"], found["clause"]
    value = int(number) if number.isdigit() else limits.roman(number)
    path = (str(value), found["section"], f"cl. {clause}" if clause else None)
    last = 27 if what == "amend" else 7
    fault = limits.between(f"U.S. Const. {what}.", str(value), 1, last)
    return Citation(f"U.S. Const. {what}.", tuple(part for part in path if part), fault=fault)


def _guidelines(found: re.Match[str]) -> Citation:
    section = found["section"].split(".") if found["section"] else ()
    fault = limits.between("year of EDPB guidelines", found["year"], 2018, limits.THIS_YEAR)
    return Citation("EDPB Guidelines", (f"{found['number']}/{found['year']}", *section), fault=fault)


def _gray(found: re.Match[str]) -> Citation:
    return Citation("Gray", (found["section"],), fault=limits.between("Gray §", found["section"], 1, limits.GRAY))


def _row(book: str, written: str, make: Make) -> tuple[str, re.Pattern[str], Make]:
    return book, re.compile(rf"(?<![\w$.]){written}"), make


_PLACES = (
    _row(
        "art",
        r"(?P<title>[0-9]{1,3})\s(?:C\.\s?F\.\s?R\.|CFR),?\s(?:[Pp]arts?)\s(?P<part>[0-9]{1,4})\b",
        _part,
    ),
    _row("C.F", r"(?P<title>[0-9]{1,3})\sC\.F\.R\.,?\spts?\.\s(?P<part>[0-9]{1,4})\b", _part),
    _row(
        "C",
        r"(?:U\.\s?C\.\s?C\.|UCC|Uniform\sCommercial\sCode),?\s[Aa]rt(?:icle|\.)\s(?P<article>[0-9]{1,2}A?)\b",
        _article,
    ),
    _row(
        "Const",
        r"U\.\s?S\.\sConst(?:\.|itution),?\s(?P<what>amend|art)(?:ment|icle|\.)?\s?(?P<number>[IVX]{1,6}|[0-9]{1,2})\b"
        r"(?:,?\s§\s?(?P<section>[0-9]{1,2})\b)?(?:,?\scl\.\s?(?P<clause>[0-9]{1,2})\b)?",
        _constitution,
    ),
    _row(
        "Guidelines",
        r"(?:EDPB\s)?Guidelines\s(?P<number>[0-9]{1,2})/(?P<year>20[0-9]{2})(?:\sof\sthe\sEDPB)?"
        r"(?:,?\s(?:sec\.|section|§)\s?(?P<section>[IVX]{1,5}(?:\.[A-Z0-9]{1,2}){0,3})(?![A-Za-z0-9]))?",
        _guidelines,
    ),
    _row("2016/679", r"Regulation\s\(EU\)\s2016/679", lambda found: Citation("GDPR", ())),
    _row(
        "General Instructions",
        r"(?:Form\sD,?\sGeneral\sInstructions|General\sInstructions\s(?:of|to)\sForm\sD\b)",
        lambda found: Citation("Form D", ("General Instructions",)),
    ),
    _row(
        "Gray",
        r"Gray(?:,?\s(?:on\s)?(?:[Tt]he\s)?(?:Rule\s[Aa]gainst\s)?Perpetuities)?,?\s§\s?"
        r"(?P<section>[0-9]{1,4}(?:\.[0-9])?)(?![0-9])",
        _gray,
    ),
)


def places(text: str) -> Iterator[list[Citation]]:
    """Every citation of these kinds; a longer one of provisions.py may start at the same place (reading.py picks)."""
    for book, written, make in _PLACES:
        if book in text:
            for found in written.finditer(text):
                yield [make(found).at(found.start(), found.end())]
