"""Whether the court named in brackets can have decided what stands in a reporter, by courts-db."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from typing import NamedTuple

_SUPREME = frozenset({"U.S.", "S. Ct.", "L. Ed."})
_APPELLATE = frozenset({"F.", "F. App'x", "Fed. Appx."})
_TRIAL = frozenset({"F. Supp.", "F.R.D."})
_SPECIAL = frozenset({"cit", "cc", "uscfc", "jpml"})  # sit without an appeal below them, reported in F. Supp.
_SPECIAL_IN_F = frozenset({"cc", "eca", "tecoa"})  # F.2d has the Court of Claims and the Emergency Courts of Appeals
# courts-db 0.10.27 calls 47 of the district courts appellate, so they are told by their names: "S.D.N.Y.", "D. Me.".
_DISTRICT = re.compile(r"(?:[CEMNSW]\.\s?)?D\.\s?(?!C\.\sCir)")
_OPEN_SINCE = {"njd": 1789, "prd": 1900}  # which courts-db has closed in 1801, and opened in 1966
# How The Bluebook (21st ed.), tables T1 and T7, writes courts that courts-db writes otherwise ("3rd Cir.", "D. Maryland").
_BLUEBOOK = {
    "2nd Cir.": "ca2",
    "3d Cir.": "ca3",
    "D. Md.": "mdd",
    "M.D. Pa.": "pamd",
    "Colo. App.": "coloctapp",
    "Haw. Ct. App.": "hawapp",
    "Tex. Civ. App.": "texapp",
    **{f"Fla. {n} Dist. Ct. App.": "fladistctapp" for n in ("1st", "2d", "3d", "4th", "5th", "6th")},
    **{f"B.A.P. {n}th Cir.": f"bap{n}" for n in (6, 8, 9, 10)},
    "B.A.P. 1st Cir.": "bap1",
    "B.A.P. 2d Cir.": "bap2",
}
_TRIALS_IN_F_UNTIL = 1932  # when the Federal Supplement began
_SITTING = re.compile(
    r",?\s?(?:(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6}\.?(?:\s[0-9]{1,2})?,?|en banc,?)\Z"
)
_POSTAL = re.findall(
    "..",
    "alakazarcacoctdeflgahiidiliniakskylamemdmamimnmsmomtnenvnhnjnmnyncndohokorpariscsdtntxutvtvawawvwiwy",
)  # in the order of the States' names


class Court(NamedTuple):
    """What courts-db says of a court; years are None where it does not know them."""

    id: str
    system: str
    level: str
    state: str
    first: int | None
    last: int | None


@lru_cache(maxsize=1)
def _by_citation() -> tuple[dict[str, tuple[Court, ...]], list[str]]:
    """All courts by the letters of their citation string, and those letters in order."""
    from courts_db import courts

    found: dict[str, tuple[Court, ...]] = {}
    for court in courts:
        key = _letters(court["citation_string"])
        if key:
            found[key] = (*found.get(key, ()), _court(court))
    by_id = {court["id"]: court for court in courts}
    found |= {_letters(name): (_court(by_id[court]),) for name, court in _BLUEBOOK.items()}
    return found, sorted(found)


def _court(court: dict) -> Court:
    spans = court["dates"] or [{}]
    starts = [span.get("start") for span in spans]
    ends = [span.get("end") for span in spans]
    first = min(int(start[:4]) for start in starts) if all(starts) else None
    last = max(int(end[:4]) for end in ends) if all(ends) else None
    if since := _OPEN_SINCE.get(court["id"]):
        first, last = since, None
    system, level = court["system"] or "", court["type"] or ""
    if system == "federal" and _DISTRICT.match(court["citation_string"]):
        level = "trial"
    return Court(court["id"], system, level, court["location"] or "", first, last)


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


@lru_cache(maxsize=10_000)
def named(court: str) -> tuple[Court, ...]:
    """The courts that a citation means by "9th Cir." or "Tenn. Ct. App."; also by the first letters of one.

    Source: eyecite.helpers.get_court_by_paren, which looks at all 2,800 courts on each call.
    """
    key = _letters(_SITTING.sub("", court))
    by_citation, ordered = _by_citation()
    if not key:
        return ()
    if key in by_citation:
        return by_citation[key]
    if court.startswith("C.C.") and (below := by_citation.get(_letters(_SITTING.sub("", court[4:])))):
        return below  # the circuit courts of 1789 to 1911 sat in the districts: "C.C.S.D.N.Y."
    at = bisect_left(ordered, key)
    starting = [name for name in ordered[at : at + 200] if name.startswith(key)]
    return tuple(court for name in starting for court in by_citation[name])


@lru_cache(maxsize=1_000)
def _states(reporter: str) -> frozenset[str]:
    """The States whose decisions a reporter holds, as courts-db names them."""
    from reporters_db import REPORTERS, STATE_ABBREVIATIONS

    full = dict(zip(_POSTAL, sorted(STATE_ABBREVIATIONS.values()), strict=True))
    codes = {
        where.split(":")[1][:2]
        for entry in REPORTERS.get(reporter, ())
        for where in entry["mlz_jurisdiction"]
        if where.startswith("us:")
    }
    return frozenset(full[code] for code in codes if code in full)


def fault(reporter: str, kind: str, court: str, year: int) -> str:
    """Why that court's decision of that year cannot stand in the reporter; "" where it can, or nothing tells.

    `reporter` and `kind` are reporters-db's (the family "F." for F.2d; "state_regional"); `court` is what the
    brackets say before the year, "" for the reporter's only court. Courts of England are not in courts-db.

    >>> fault("F.", "federal", "9th Cir.", 1994), fault("F.", "federal", "S.D.N.Y.", 1994)
    ('', 'S.D.N.Y. is not reported in F.')
    """
    if not court.strip() or kind in ("english", "journal"):
        return ""
    candidates = named(court)
    if not candidates:
        return f"there is no court {court}"
    fitting = [one for one in candidates if _fits(one, reporter, kind, year)]
    if not fitting:
        return f"{court} is not reported in {reporter}"
    sat = any((one.first or 0) - 1 <= year <= (one.last or 9999) + 1 for one in fitting)
    return "" if sat else f"{court} did not sit in {year}"


def _fits(court: Court, reporter: str, kind: str, year: int) -> bool:
    if reporter in _SUPREME:
        return court.id == "scotus"
    if reporter in _APPELLATE:
        early = reporter == "F." and year <= _TRIALS_IN_F_UNTIL
        level = ("appellate", "trial", "special", "", "bankruptcy") if early else ("appellate",)
        return (
            court.system == "federal" and (court.level in level or court.id in _SPECIAL_IN_F) and court.id != "scotus"
        )
    if reporter in _TRIAL:
        return court.system == "federal" and (court.level == "trial" or court.id in _SPECIAL)
    if reporter == "B.R.":
        return court.system == "federal" and court.id != "scotus"
    if kind in ("state", "state_regional"):
        states = _states(reporter)
        return not states or court.state in states or (court.system == "state" and court.state not in _all_states())
    return True


@lru_cache(maxsize=1)
def _all_states() -> frozenset[str]:
    from reporters_db import STATE_ABBREVIATIONS

    return frozenset(STATE_ABBREVIATIONS.values())
