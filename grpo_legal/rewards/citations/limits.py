"""Which titles, rules and sections there are, as of November 2026. Each check returns a fault in words, or "".

Sources: U.S. Code, Office of the Law Revision Counsel (titles 1 to 54, title 53 reserved); Code of Federal
Regulations (titles 1 to 50, title 35 reserved); Federal Rules of Civil Procedure with Rules 16.1 (2025) and 87
(2023), of Evidence with Rule 107 (2024), of Criminal Procedure with Rule 62 (2023), of Appellate Procedure without
Rule 35 (transferred to Rule 40 in 2024), of Bankruptcy Procedure as restyled in 2024, with Rules 8023.1 (2024) and 9038
(2023); Uniform Commercial Code, articles 1 to 9, 2A, 4A and 12; Uniform Probate Code, articles I to VIII; the American
Law Institute's lists of the Restatements; Gray, The Rule Against Perpetuities (4th ed. 1942).
"""

from __future__ import annotations

from collections.abc import Iterable

THIS_YEAR = 2026
GRAY = 1000  # sections 1 to 811 and those of the appendices


def _rules(*ranges: tuple[int, int], without: Iterable[int] = (), also: str = "") -> frozenset[str]:
    numbers = {n for low, high in ranges for n in range(low, high + 1)} - set(without)
    return frozenset(map(str, numbers)) | frozenset(also.split())


RULES: dict[str, frozenset[str]] = {
    # Rules 74 to 76 were abrogated in 1997, Rule 84 in 2015.
    "Civ. P.": _rules(
        (1, 87), without=(74, 75, 76, 84), also="4.1 5.1 5.2 7.1 16.1 23.1 23.2 44.1 62.1 65.1 71.1"
    ),
    "Evid.": _rules(
        (101, 107), (201, 201), (301, 302), (401, 415), (501, 502), (601, 615), (701, 706), (801, 807), (901, 903),
        (1001, 1008), (1101, 1103),
    ),
    "Crim. P.": _rules(
        (1, 62), without=(19, 39, 54),
        also="4.1 5.1 12.1 12.2 12.3 12.4 16.1 17.1 26.1 26.2 26.3 29.1 32.1 32.2 49.1",
    ),
    "App. P.": _rules((1, 48), without=(35,), also="12.1 15.1 26.1 28.1 32.1"),
    # Part VII has the number of the civil rule that it adopts (7004 for Rule 4), and most civil rules have none.
    # Rule 7043 is to come on December 1, 2026.
    "Bankr. P.": _rules(
        (1001, 1021), (2001, 2020), (3001, 3022), (4001, 4008), (5001, 5012), (6001, 6011), (7001, 7005), (7007, 7010),
        (7012, 7037), (7040, 7042), (7052, 7052), (7054, 7056), (7058, 7058), (7062, 7062), (7064, 7065), (7067, 7071),
        (7087, 7087), (8001, 8028), (9001, 9038),
        also="1004.1 1004.2 2007.1 2007.2 2015.1 2015.2 2015.3 3002.1 3015.1 3017.1 3017.2 7007.1 7023.1 7023.2 8018.1 "
        "8023.1 9005.1",
    ),
}  # fmt: skip

UNIFORM: dict[str, dict[str, tuple[int, int]]] = {
    "U.C.C.": {
        "1": (101, 310),
        "2": (101, 725),
        "2A": (101, 532),
        "3": (101, 605),
        "4": (101, 504),
        "4A": (101, 507),
        "5": (101, 118),
        "6": (101, 111),
        "7": (101, 704),
        "8": (101, 603),
        "9": (101, 809),
        "12": (101, 107),
    },
    "Unif. Prob. Code": {
        "1": (101, 404),
        "2": (101, 1206),
        "3": (101, 1204),
        "4": (101, 401),
        "5": (101, 505),
        "6": (101, 417),
        "7": (101, 402),
        "8": (101, 102),
    },
}

# The last section of each series; None where it is numbered by chapter ("§ 8.14") or still being written.
RESTATEMENTS: dict[str, dict[str, int | None]] = {
    "Contracts": {"1": 609, "2": 385},
    "Torts": {"1": 951, "2": 951, "3": None},
    "Agency": {"1": 528, "2": 528, "3": None},
    "Property": {"1": 568, "2": None, "3": None, "4": None},
    "Trusts": {"1": 460, "2": 460, "3": 111},
    "Restitution": {"1": 215, "3": 70},
    "Judgments": {"1": 131, "2": 88},
    "Conflict of Laws": {"1": 625, "2": 423, "3": None},
}


def title_fault(code: str, title: int) -> str:
    """A fault unless the code has that title.

    >>> title_fault("U.S.C.", 28), title_fault("U.S.C.", 99)
    ('', 'U.S.C. has no title 99')
    """
    last, reserved = (54, 53) if code == "U.S.C." else (50, 35)
    return "" if 1 <= title <= last and title != reserved else f"{code} has no title {title}"


def rule_fault(book: str, number: str) -> str:
    return "" if number in RULES[book] else f"Fed. R. {book} has no Rule {number}"


def uniform_fault(name: str, number: str) -> str:
    article, section = number.split("-", 1)
    low, high = UNIFORM[name].get(article, (1, 0))
    return "" if low <= int(section.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) <= high else f"{name} has no § {number}"


def restatement_fault(subject: str, series: str, number: str) -> str:
    listed = RESTATEMENTS[subject]
    if series not in listed:
        return f"there is no Restatement {series} of {subject}"
    last = listed[series]
    whole = int("".join(digit for digit in number.split(".")[0] if digit.isdigit()))
    return "" if whole and (last is None or whole <= last) else f"Restatement {series} of {subject} has no § {number}"


def between(name: str, number: str, first: int, last: int) -> str:
    """A fault unless `number` (its whole part counts) lies from `first` to `last`."""
    value = int("".join(digit for digit in number.split(".")[0] if digit.isdigit()) or 0)
    return "" if first <= value <= last else f"{name} {number} is not within {first} to {last}"


def roman(numeral: str) -> int:
    """The value of a Roman numeral up to XXXIX, and 0 for what is none ("IIX")."""
    values = [{"I": 1, "V": 5, "X": 10}[letter] for letter in numeral]
    total = sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))
    units = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]
    return total if 0 < total < 40 and "X" * (total // 10) + units[total % 10] == numeral else 0
