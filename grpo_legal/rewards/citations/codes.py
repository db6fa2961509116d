"""Citations of State codes: "Ohio Rev. Code § 2315.33", "Mass. Gen. Laws ch. 231, § 85", "735 ILCS 5/2-1116".

eyecite reads about half of them (not "Ky. Rev. Stat. § 411.182", for want of "Ann."; "Kan. Stat. Ann. § 60-258a" as
§ 60). So they are read here, and the name of the code is looked up in reporters-db's list of laws.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from grpo_legal.rewards.citations.citation import Citation
from grpo_legal.rewards.citations.grammar import SUBSECTION

# The initials by which some codes are known among their lawyers.
INITIALS = {
    "RCW": "Wash. Rev. Code",
    "ORC": "Ohio Rev. Code",
    "ARS": "Ariz. Rev. Stat.",
    "OCGA": "Ga. Code",
    "ILCS": "Ill. Comp. Stat.",
    "KRS": "Ky. Rev. Stat.",
    "ORS": "Or. Rev. Stat.",
    "NRS": "Nev. Rev. Stat.",
    "MCL": "Mich. Comp. Laws",
    "CRS": "Colo. Rev. Stat.",
    "KSA": "Kan. Stat.",
}
# Their codes are cited by subject, of which there are dozens: "Cal. Civ. Code", "Md. Code Ann., Cts. & Jud. Proc.".
_BY_SUBJECT = ("Cal.", "La.", "Md.", "N.Y.", "Tex.")
_SHORTENED = {
    "annotated": "",
    "ann": "",
    "the": "",
    "of": "",
    "revised": "rev",
    "statutes": "stat",
    "statute": "stat",
    "stats": "stat",
    "general": "gen",
    "compiled": "comp",
    "consolidated": "cons",
    "century": "cent",
    "codes": "code",
    "and": "",
    "civil": "civ",
    "practice": "prac",
    "remedies": "rem",
    "courts": "cts",
    "judicial": "jud",
    "proceedings": "proc",
    "procedure": "proc",
    "business": "bus",
    "commercial": "com",
    "obligations": "oblig",
    "estates": "est",
}
_BOOK_WORD = re.compile(r"\b(?:Code|Codified|Stat(?:ute)?s?|Laws?|Rev|Acts?)\b")
_SECTION = r"(?P<section>[0-9]{1,5}[A-Za-z]?(?:[-.:/][0-9]{1,5}[A-Za-z]?|,[0-9]{3}(?![0-9])){0,5}(?![0-9A-Za-z]))"
_BELOW = re.compile(r"\(([0-9A-Za-z]+)\)")
_PREFILTER = re.compile(r"Code|Stat|Law|Rev\.|" + "|".join(INITIALS) + r"|A\.R\.S|O\.C\.G\.A|K\.S\.A")


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    """The name of a State (reporters-db's, long or short), up to nine words of a book's name, and a section."""
    from reporters_db import STATE_ABBREVIATIONS

    names = {**STATE_ABBREVIATIONS, "D.C.": "District of Columbia"}
    states = "|".join(sorted(map(re.escape, {*names, *names.values()}), key=len, reverse=True))
    initials = "|".join(r"\.?".join(letters) for letters in INITIALS)
    word = r"(?:[A-Z][A-Za-z.'’]{1,20},?|&|of|[Cc]h\.\s[0-9]{1,4}[A-Z]?,?|[Tt]it\.\s[0-9]{1,3},?|and)"
    mark = r"(?:§§?\s?|[Ss]ections?\s|[Ss]ecs?\.\s)"
    return re.compile(
        rf"(?<![\w.])(?:(?P<volume>[0-9]{{1,4}})\s)?"
        rf"(?:(?P<state>{states})\s(?P<book>(?>(?:{word}\s){{1,9}}))(?:\([A-Za-z0-9 .]{{1,20}}\)\s)?|(?P<initials>{initials})\.?\s)"
        rf"{mark}?{_SECTION}(?P<below>(?:{SUBSECTION}){{0,8}})"
    )


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    from reporters_db import LAWS

    statutes = (
        (name, *law.get("variations", ()))
        for name, laws in LAWS.items()
        for law in laws
        if law["cite_type"] == "leg_statute"
    )
    return frozenset(_short(name) for names in statutes for name in names)


def _short(name: str) -> str:
    """The name of a code, however long it is written, in the words that Bluebook writers keep."""
    words = re.findall(r"[a-z0-9']+", name.lower().replace(".", " "))
    return " ".join(kept for word in words if (kept := _SHORTENED.get(word, word)))


def state_codes(text: str) -> Iterator[list[Citation]]:
    """Every citation of a State code in a text; a code that no list knows is a fault."""
    if not _PREFILTER.search(text):
        return
    for found in _pattern().finditer(text):
        if found["book"] and not _BOOK_WORD.search(found["book"]):
            continue
        name, fault = _name(found)
        where = (found["section"], *_BELOW.findall(found["below"]))
        yield [Citation(name, where, fault=fault, start=found.start(), end=found.end())]


def _name(found: re.Match[str]) -> tuple[str, str]:
    """The name of the code, chapter or title included, and a fault if there is none of that name."""
    from reporters_db import STATE_ABBREVIATIONS

    if found["initials"]:
        state, book = INITIALS[found["initials"].replace(".", "")].split(" ", 1)
    else:
        shorter = {long: short for short, long in STATE_ABBREVIATIONS.items()}
        state, book = shorter.get(found["state"], found["state"]), found["book"]
    qualifier = " ".join(re.findall(r"(?:ch|tit)\.\s[0-9]+[A-Z]?", book, re.I)).lower()
    name = _short(f"{state} {re.sub(r'(?:ch|tit)[.] ?[0-9]+[A-Z]?', '', book, flags=re.I)}")
    if state in _BY_SUBJECT:
        fault = ""
    else:
        fault = "" if name in _known() else f"no State has a code called {state} {book.strip()}"
    return " ".join(part for part in (found["volume"], name, qualifier) if part), fault
