"""Citations of federal, uniform and European law, of restatements and of the books that the problems rest on.

Each source is one row: how it is written, how its numbers look, and what numbers there are. A citation of what is
not there keeps its place in the list with a `fault`. What words alone name ("the Fifth Amendment", "Title VII",
"the Miranda rule") is no citation. What is no numbered list is in places.py, State codes in codes.py,
cases in cases.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grpo_legal.rewards.citations import limits
from grpo_legal.rewards.citations.citation import Citation
from grpo_legal.rewards.citations.grammar import MARK, items, read_items

_MARKED = rf",?\s?(?:{MARK}\s?)?"
_OF = r"\s(?:of|in|under)\s(?:the\s)?"

_USC = r"(?:U\.\s?S\.\s?C\.(?:\s?[AS]\.)?|USC[AS]?\b|U\.?S\.?\sCode\b|United\sStates\sCode\b)"
_CFR = r"(?:C\.\s?F\.\s?R\.|CFR\b|Code\sof\sFederal\sRegulations\b)"
_CODES = {"internalrevenuecode": "26", "irc": "26", "bankruptcycode": "11"}
_CODE = r"(?P<code>I\.R\.C\.|IRC\b|Internal\sRevenue\sCode\b|Bankruptcy\sCode\b)"
_RULES = (
    r"(?:Fed\.\s?R\.\s?(?P<short>Civ\.\s?P|Evid|Crim\.\s?P|App\.\s?P|Bankr\.\s?P)\."
    r"|(?P<initials>F\.?R\.?C\.?P|F\.?R\.?E|F\.?R\.?A\.?P|F\.?R\.?Cr(?:im)?\.?P)\b\.?"
    r"|Fed(?:eral|\.)\s(?P<mark>Rules?)\sof\s(?P<long>Civil\sProcedure|Evidence|Criminal\sProcedure"
    r"|Appellate\sProcedure|Bankruptcy\sProcedure))"
)
_RULE_NAMES = {
    "civp": "Civ. P.",
    "civilprocedure": "Civ. P.",
    "frcp": "Civ. P.",
    "evid": "Evid.",
    "evidence": "Evid.",
    "fre": "Evid.",
    "crimp": "Crim. P.",
    "criminalprocedure": "Crim. P.",
    "frcrp": "Crim. P.",
    "frcrimp": "Crim. P.",
    "appp": "App. P.",
    "appellateprocedure": "App. P.",
    "frap": "App. P.",
    "bankrp": "Bankr. P.",
    "bankruptcyprocedure": "Bankr. P.",
}
_UCC = r"(?:U\.\s?C\.\s?C\.|UCC\b|Uniform\sCommercial\sCode\b)"
_UPC = r"(?:Unif(?:orm|\.)\sProb(?:ate|\.)\sCode\b|U\.P\.C\.|UPC\b)"
_SERIES = r"\(?(?P<series>First|Second|Third|Fourth|1st|2n?d|3r?d|4th)\)?"
_GDPR = r"(?:GDPR\b|General\sData\sProtection\sRegulation\b|Regulation\s\(EU\)\s2016/679)"
_SERIES_NUMBER = {"first": "1", "second": "2", "third": "3", "fourth": "4"}


@dataclass(frozen=True)
class _Form:
    """One way to write a source. A text without one of `books` has none of it: a plain search is quicker by far.

    `make(match, number)` gives the book, the path down to the section, and a fault.
    """

    books: tuple[str, ...]
    written: re.Pattern[str]
    make: Callable[[re.Match[str], str], tuple[str, tuple[str, ...], str]]
    kind: str  # of the numbers, grammar.NUMBERS


def _squeezed(name: str | None) -> str:
    return re.sub(r"[^a-z]", "", (name or "").lower())


def _usc(found: re.Match[str], number: str) -> tuple[str, tuple[str, ...], str]:
    title = found["title"] if "title" in found.re.groupindex else _CODES[_squeezed(found["code"])]
    return f"{int(title)} U.S.C.", (number,), limits.title_fault("U.S.C.", int(title))


def _cfr(found: re.Match[str], number: str) -> tuple[str, tuple[str, ...], str]:
    title = found["title"] if "title" in found.re.groupindex else "26"  # Treas. Reg.
    return f"{int(title)} C.F.R.", tuple(number.split(".", 1)), limits.title_fault("C.F.R.", int(title))


def _rule(found: re.Match[str], number: str) -> tuple[str, tuple[str, ...], str]:
    book = _RULE_NAMES[_squeezed(found["short"] or found["initials"] or found["long"])]
    return f"Fed. R. {book}", (number,), limits.rule_fault(book, number)


def _uniform(name: str) -> Callable[[re.Match[str], str], tuple[str, tuple[str, ...], str]]:
    def make(found: re.Match[str], number: str) -> tuple[str, tuple[str, ...], str]:
        return name, tuple(number.split("-", 1)), limits.uniform_fault(name, number)

    return make


def _restatement(found: re.Match[str], number: str) -> tuple[str, tuple[str, ...], str]:
    written = (found["series"] or "first").lower()
    series = _SERIES_NUMBER.get(written, written[0])
    subject = " ".join(found["subject"].split())
    return f"Restatement {series} {subject}", (number,), limits.restatement_fault(subject, series, number)


def _gdpr(found: re.Match[str], number: str) -> tuple[str, tuple[str, ...], str]:
    return "GDPR", (number,), limits.between("GDPR article", number, 1, 99)


def _forms() -> Iterator[_Form]:
    def form(books: str, written: str, make: Callable, kind: str) -> _Form:
        return _Form(tuple(books.split("|")), re.compile(rf"(?<![\w$.]){written}"), make, kind)

    title = r"(?P<title>[0-9]{1,3})"
    usc, cfr = "U.S|USC|U. S|US |United S", "C.F|CFR|C. F|Code of F"
    yield form(usc, rf"{title}\s{_USC}{_MARKED}{items('usc')}", _usc, "usc")
    yield form("itle", rf"[Tt]itle\s{title}(?:,?{_OF}{_USC}|\s{_USC})?,?\s{MARK}\s?{items('usc')}", _usc, "usc")
    yield form("itle", rf"{MARK}\s?{items('usc')},?{_OF}[Tt]itle\s{title}(?:,?(?:{_OF}|\s){_USC})?", _usc, "usc")
    codes = "IRC|I.R.C|Internal|Bankruptcy"
    yield form(codes, rf"{_CODE}{_MARKED}{items('usc')}", _usc, "usc")
    yield form(codes, rf"{MARK}\s?{items('usc')}{_OF}{_CODE}", _usc, "usc")
    yield form(cfr, rf"{title}\s{_CFR}{_MARKED}{items('cfr')}", _cfr, "cfr")
    yield form(cfr, rf"{MARK}\s?{items('cfr')}{_OF}[Tt]itle\s{title},?{_OF}{_CFR}", _cfr, "cfr")
    yield form("Treas", rf"Treas\.\sReg\.{_MARKED}{items('cfr')}", _cfr, "cfr")
    yield form("Fed|F.R|FR", rf"{_RULES}\s{items('rule')}", _rule, "rule")
    yield form("Fed|F.R|FR", rf"(?P<rules>[Rr]ules?)\s{items('rule')}{_OF}{_RULES}", _rule, "rule")
    long = r"\sof\s(?P<long>Civil\sProcedure|Evidence)(?P<short>)(?P<initials>)"
    yield form("Federal", rf"Federal\s(?P<mark>Rules?)\s{items('rule')}{long}", _rule, "rule")
    for name, books, book in (("U.C.C.", "U.C|UCC|U. C|Uniform", _UCC), ("Unif. Prob. Code", "Unif|UPC|U.P", _UPC)):
        yield form(books, rf"{book}{_MARKED}{items('uniform')}", _uniform(name), "uniform")
        yield form(books, rf"{MARK}\s?{items('uniform')}{_OF}{book}", _uniform(name), "uniform")
    subject = r"(?P<subject>Contracts|Torts|Agency|Property|Trusts|Restitution|Judgments|Conflict\sof\sLaws)"
    of = r"(?:of\s(?:the\sLaw\sof\s)?)?"
    for written in (
        rf"Restatement,?\s(?:{_SERIES},?\s)?{of}{subject}{_MARKED}{items('plain')}",
        rf"{_SERIES}\sRestatement\s{of}{subject}{_MARKED}{items('plain')}",
        rf"{MARK}\s?{items('plain')}{_OF}Restatement,?\s(?:{_SERIES},?\s)?{of}{subject}",
    ):
        yield form("Restatement", written, _restatement, "plain")
    gdpr = "GDPR|General D|2016/679"
    yield form(gdpr, rf"{_GDPR}{_MARKED}{items('plain')}", _gdpr, "plain")
    yield form(gdpr, rf"(?P<mark>[Aa]rts?\.|[Aa]rticles?)\s?{items('plain')}(?:,?\s|{_OF}){_GDPR}", _gdpr, "plain")


_FORMS = tuple(_forms())


def provisions(text: str) -> Iterator[list[Citation]]:
    """The citations of every list of provisions in a text; two forms may claim the same place (reading.py picks)."""
    for form in _FORMS:
        if any(book in text for book in form.books):
            at = 0
            while found := form.written.search(text, at):
                yield (listed := _listed(form, found))
                at = listed[-1].end  # not found.end(): the rest may be another citation


def _listed(form: _Form, found: re.Match[str]) -> list[Citation]:
    """Each provision of one list. The first starts with the book's name, or the last ends with it."""
    groups = found.groupdict()
    mark = groups.get("rules") or groups.get("mark") or ""
    offset = found.start("items")
    listed = []
    for number, below, start, end in read_items(
        found["items"], form.kind, mark == "§§" or mark.rstrip(".").endswith("s")
    ):
        source, section, fault = form.make(found, number)
        begin = offset + start if listed else found.start()
        listed.append(Citation(source, (*section, *below), len(section), fault, start=begin, end=offset + end))
    if found.end() > found.end("items"):
        listed[-1] = listed[-1].at(listed[-1].start, found.end())
    return listed
