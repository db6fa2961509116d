"""The pieces that citations of provisions are written with: sections, subsections, lists and ranges.

Every repeat is bounded and every list is atomic, so that no text takes more than linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

SUBSECTION = r"\s?\((?:[0-9]{1,3}|[A-Za-z]|[ivx]{2,5}|[IVX]{2,5}|aa|bb|cc|dd|AA|BB|CC|DD)\)"
COMMENT = r"(?:,?\s(?:[Oo]fficial\s)?(?:cmts?\.?|[Cc]omments?)\s?(?P<comment>[0-9]{1,2}|[a-z])(?![0-9A-Za-z]))"
# A hyphen that no number below takes for itself marks a range.
SEPARATOR = r"(?:,\s(?:and\s|or\s)?|\s(?:and|or|to|through|&)\s|\s?[-–—]\s?)(?:§§?\s?)?"
MARK = r"(?P<mark>§§?|[Ss]ections?|[Ss]ecs?\.|[Aa]rts?\.|[Aa]rticles?|[Rr]ules?)"
_NO_VOLUME = r"(?!\s(?:[A-Z][A-Za-z]{0,5}\.|USC|CFR))"  # "§ 9 and 12 U.S.C. § 11": 12 starts the next citation
MAX_LIST = 16  # provisions in one list, and sections that a range spells out

NUMBERS = {
    "usc": r"[0-9]{1,6}(?:[A-Za-z]{1,3}(?:-[0-9]{1,3}[a-z]{0,2})?)?",  # 1332, 18a, 2000e-5
    "cfr": r"[0-9]{1,4}\.[0-9]{1,5}[A-Za-z]{0,2}(?:-[0-9]{1,3}[A-Za-z]{0,2})?",  # 825.110, 1.61-1
    "rule": r"[0-9]{1,4}(?:\.[0-9]{1,2})?",
    "uniform": r"[0-9]{1,2}A?-[0-9]{3,4}[A-Z]?",  # 2-205, 2A-103
    "plain": r"[0-9]{1,4}(?:\.[0-9]{1,2})?[A-Z]?",  # 63, 87A, 8.14
    "any": r"[0-9]{1,5}(?:[A-Za-z]{1,3})?(?:\.[0-9]{1,5})?(?:-[0-9]{1,4}[A-Za-z]?)?",
}


def item(kind: str) -> str:
    """One provision of a list: its number, subsections and comment."""
    return rf"{NUMBERS[kind]}(?![0-9A-Za-z])(?:{SUBSECTION}){{0,8}}"


def items(kind: str) -> str:
    """The expression of a list of provisions, as the group `items`. Comments may follow each."""
    comment = COMMENT.replace("?P<comment>", "?:")
    one = f"{item(kind)}{comment}?"
    return rf"(?P<items>(?>{one}(?:{SEPARATOR}{one}{_NO_VOLUME}){{0,{MAX_LIST - 1}}}))"


_ITEM = {
    kind: re.compile(rf"(?P<number>{number})(?![0-9A-Za-z])(?P<below>(?:{SUBSECTION}){{0,8}}){COMMENT}?")
    for kind, number in NUMBERS.items()
}
_BELOW = re.compile(r"\(([0-9A-Za-z]+)\)")
_SEPARATOR = re.compile(SEPARATOR)
_RANGE = re.compile(r"\s?[-–—]\s?|\s(?:to|through)\s")
_LAST_NUMBER = re.compile(r"[0-9]+\Z")


def read_items(text: str, kind: str, plural: bool) -> Iterator[tuple[str, tuple[str, ...], int, int]]:
    """Each provision of a list, as (number, what lies below it, start, end), ranges written out.

    After a single mark ("§", "Rule") a further number belongs to the list only if its form shows it: "§ 1332(a)
    and 1367(a)", "§ 2-205, 2-207", but not "Rule 6, 12 days".

    >>> [(number, below) for number, below, *_ in read_items("40, 42(a) and 63 to 65", "plain", True)]
    [('40', ()), ('42', ('a',)), ('63', ()), ('64', ()), ('65', ())]
    """
    at, earlier, is_range = 0, "", False
    while found := _ITEM[kind].match(text, at):
        number, below = found["number"], tuple(_BELOW.findall(found["below"]))
        if earlier and not (plural or below or "-" in number or (kind == "cfr" and "." in number)):
            return
        if found["comment"]:
            below = (*below, f"cmt. {found['comment']}")
        numbers = [*_between(earlier, number), number] if is_range else _spelt_out(number) if plural else [number]
        for each in numbers[:-1]:
            yield each, (), found.start(), found.end()
        yield numbers[-1], below, found.start(), found.end()
        gap = _SEPARATOR.match(text, found.end())
        if not gap:
            return
        at, earlier, is_range = gap.end(), number, plural and bool(_RANGE.match(gap.group()))


def _spelt_out(number: str) -> list[str]:
    """ "230.501-506" after a plural mark is a range; "2-205" and "1.61-1" are numbers."""
    first, _, last = number.partition("-")
    between = _between(first, last) if "." in first else []
    return [first, *between, f"{first[: first.index('.')]}.{last}"] if between else [number]


def _between(first: str, last: str) -> list[str]:
    """The numbers after `first` and before `last`, which may lack what both start with ("230.501", "506")."""
    low, high = _LAST_NUMBER.search(first), _LAST_NUMBER.search(last)
    if not low or not high or int(high.group()) > int(low.group()) + MAX_LIST:
        return []
    return [f"{first[: low.start()]}{n}" for n in range(int(low.group()) + 1, int(high.group()))]
