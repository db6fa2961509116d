"""One citation in normal form, and how two of them relate.

"28 U.S.C. § 1332(a)(1)", "28 USC 1332(a)(1)", "section 1332(a)(1) of title 28"
    -> source "28 U.S.C.", path ("1332", "a", "1"), depth 1
"29 C.F.R. § 825.110(b)"           -> source "29 C.F.R.", path ("825", "110", "b"), depth 2
"Miranda v. Arizona, 384 U.S. 436" -> source "U.S.", path ("384", "436"), depth 2
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_NAME_WORD = re.compile(r"[^\W\d_]{2,}")
# Words that stand in too many names to tell one case from another.
_NO_NAME = frozenset(
    _NAME_WORD.findall("ab ag al co corp et ex for inc in llc lp llp ltd no of rel re state states the united vs")
)


@dataclass(frozen=True, slots=True)
class Citation:
    """A provision or a decision that a text refers to.

    `source` is the book; `path` leads from it to the place cited, and its first `depth` elements are a whole
    section or decision. `fault` says why there can be no such place, "" if nothing speaks against it. `names`
    are the parties of a case, in words that tell them apart. `form` is "full"; "short" ("384 U.S. at 444");
    "name" (a case without a reporter); "bare" ("Rule 6(a)", "§ 1332": the book is left to the reader); or
    "parallel" (a second reporter of the same decision). `start` and `end` are its place in the text.
    """

    source: str
    path: tuple[str, ...]
    depth: int = 1
    fault: str = ""
    names: tuple[frozenset[str], ...] = ()
    form: str = "full"
    start: int = 0
    end: int = 0

    @property
    def unit(self) -> tuple[str, ...]:
        """The section or decision, without subsections and comments: what is counted once."""
        return (self.source, *self.path[: self.depth])

    @property
    def numbers(self) -> tuple[str, ...]:
        """How the section's number is written without its book: "2-205"; "230.506", and "506" after "Rule"."""
        section = self.path[: self.depth]
        return ("-".join(section), ".".join(section), section[-1]) if section else ()

    def at(self, start: int, end: int) -> Citation:
        return replace(self, start=start, end=end)


def normal(citation: Citation) -> tuple[str, tuple[str, ...]]:
    """What makes two citations the same one."""
    return citation.source, citation.path


def is_within(path: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether `path` is `other` or a part of it.

    >>> is_within(("1332", "a", "1"), ("1332",)), is_within(("1332",), ("1332", "a"))
    (True, False)
    """
    return path[: len(other)] == other


def in_line(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one of the two is the other, its parent or its child; § 1332(a)(1) and § 1332(b) are neither."""
    return is_within(one, other) or is_within(other, one)


def name_words(name: str) -> frozenset[str]:
    """The words of a party's name that tell it apart: "Hertz Corp." is {"hertz"}, "United States" is itself."""
    words = frozenset(word.lower() for word in _NAME_WORD.findall(name))
    return words - _NO_NAME or words


def names_agree(one: tuple[frozenset[str], ...], other: tuple[frozenset[str], ...]) -> bool:
    """Whether the parties share a word, each with each; a party that is not named, or by initials, is not compared."""
    return all(not left or not right or left & right for left, right in zip(one, other, strict=False))
