"""Lists and texts read out of one line: names, exceptions that apply, a term, the name of a case.

The canonical list is "a; b", items between semicolons, since names such as "Acme, Inc." hold commas; without an item
it is "none". Where the legal items are known as labels they are found in the line and put in the labels' order.
An item that is given twice stands there twice, and counts against the answer.

    >>> parse_list("Acme, Inc.; and Ann Lee"), parse_list("Not named."), parse_list("none; Ann Lee")
    ('Acme, Inc.; Ann Lee', 'none', None)
    >>> parse_text("“Gunn v. Minton,” 568 U.S. 251 (2013)")
    'Gunn v. Minton'
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from grpo_legal.schema.kinds import EMPTY_LIST
from grpo_legal.schema.words import CLOSE, fold, fold_name, label_spans

SEPARATOR = ";"
_TIDY = " \t\u00a0*_`\"'“”‘’,;:!"  # no bracket or full stop: "Acme (UK) Ltd." ends in one
_OPENING = re.compile(rf"(?:and\s|[{re.escape(_TIDY)}.])+", re.I)
_EMPTY = re.compile(r"(?:none|not named)(?: of (?:the|these|them)(?: \w{1,20})?)?(?: appl(?:y|ies))?")
# What may stand around listed labels: "The exceptions are (1) a, (2) b, and c". No "not", no "or".
_BETWEEN = re.compile(
    r"(?:[\s,;:&.()*_\"'`-]|(?<!\w)(?:and|both|also|the|exceptions?|that|are|is|apply|applies|[1-9])(?!\w))*"
)
# The reporter after the name of a case, ", 568 U.S. 251, 258 (2013)" or ", 12 F. Supp. 2d 34 (S.D.N.Y. 1999)".
_REPORTER = re.compile(
    r",?[\"”’*_]{0,3}\s[0-9]{1,4}\s[A-Z][A-Za-z0-9.']{0,11}(?:\s[A-Za-z0-9.']{1,8}){0,3}\s[0-9]{1,5}(?:,\s[0-9]{1,5})?"
    r"(?:\s\((?:[A-Za-z0-9.]{1,9}\s){0,4}[0-9]{4}\))?\.?$"
)
_CASE_NAME = re.compile(r"\bv\.?\s|\b(?:in re|ex parte|matter of)\s", re.I)


def parse_list(line: str, labels: Sequence[str] = ()) -> str | None:
    """The canonical list in a line, or None where it is none: empty, a hedge ("a or b"), or "none" beside an item.

    Items are separated by semicolons; labels, where there are any, by commas or "and" too, and a reason may follow.
    """
    if labels:
        return _listed_labels(fold(line), labels)
    items = [item for item in map(tidy, line.split(SEPARATOR)) if fold_name(item)]
    empty = [_EMPTY.fullmatch(fold(item)) is not None for item in items]
    if not items or (any(empty) and len(items) > 1):
        return None
    return EMPTY_LIST if any(empty) else "; ".join(items)


def parse_text(line: str) -> str | None:
    """The line as one text, spaced singly, without quotes around it and without the reporter after a case's name."""
    text = tidy(line)
    while _CASE_NAME.search(text) and (tail := _REPORTER.search(text)):
        text = tidy(text[: tail.start()])
    return text if fold_name(text) else None


def list_items(answer: str) -> list[str]:
    """The items of a canonical list; the empty one has the single item "none", so that it can be right or wrong."""
    return [item.strip() for item in answer.split(SEPARATOR)]


def tidy(text: str) -> str:
    """One item or text in canonical form: composed (NFC), spaced singly, no "and", quotes or marks around it."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    return text[match.end() :].rstrip(_TIDY) if (match := _OPENING.match(text)) else text.rstrip(_TIDY)


def _listed_labels(text: str, labels: Sequence[str]) -> str | None:
    spans = label_spans(text, labels)
    if not spans:
        empty = _EMPTY.match(text)
        return EMPTY_LIST if empty and CLOSE.match(text, empty.end()) else None
    ends = [0, *(end for _, end, _ in spans)]
    gaps = [text[end:start] for end, (start, _, _) in zip(ends, spans, strict=False)]
    rest = text[ends[-1] :]
    closed = _BETWEEN.fullmatch(rest) or CLOSE.match(text, ends[-1])
    if not closed or not all(map(_BETWEEN.fullmatch, gaps)):
        return None
    return "; ".join(sorted((label for _, _, label in spans), key=list(labels).index))
