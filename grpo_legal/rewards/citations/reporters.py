"""Which volumes of which reporters there are: what reporters-db leaves out, or has otherwise than it was.

reporters-db starts a renumbered series at the year of its first volume under the new name ("U.S." in 1875), though
the older volumes are cited by the new numbers (Strawbridge v. Curtiss, 7 U.S. 267 (1806)). It does not tell the
years of single volumes. Both are here, for the reporters that matter most.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

YEARS_OF_SLACK = 1  # a volume at the turn of two series is dated by its decisions, not by its print


@dataclass(frozen=True)
class Series:
    """A reporter outside reporters-db, or a correction: its years and its last volume."""

    first: int
    last: int
    volumes: int


# Volumes that were renumbered into the official series: the last of them and the year of the first decision.
# Source: the reporters' own entries in reporters-db, named here with how many volumes each had.
RENUMBERED: dict[str, tuple[int, int]] = {
    "Del.": (31, 1832),  # Harrington 5, Houston 9, Marvel 2, Pennewill 7, Boyce 7, W.W. Harrington
    "Ill.": (10, 1819),  # Breese 1, Scammon 4, Gilman 5
    "Ky.": (77, 1785),  # from Hughes to Bush
    "Mass.": (96, 1804),  # from Williams to Allen
    "Miss.": (22, 1818),  # Walker 1, Howard 7, Smedes and Marshall 14
    "N.C.": (62, 1778),  # from Martin to Phillips
    "Tenn.": (47, 1791),  # from Overton to Coldwell
    "Va.": (74, 1790),  # from Washington to Grattan
}

# Years where reporters-db is wrong: 1988 for the turn of F. Supp., 1982 for the first volume of Idaho (1866), 2001
# for that of F.R.D., which began with the Rules of 1938.
CORRECTED: dict[str, tuple[int, int]] = {
    "F. Supp.": (1932, 1998),
    "F. Supp. 2d": (1998, 2014),
    "F.R.D.": (1938, 9999),
    "Idaho": (1866, 9999),
}

LAST_VOLUME: dict[str, int] = {
    "F.": 300,
    "F.2d": 999,
    "F.3d": 999,
    "F. Supp.": 999,
    "F. Supp. 2d": 999,
    "S.W.": 300,
    "S.W.2d": 999,
    "N.E.": 200,
    "N.E.2d": 999,
    "N.W.": 300,
    "N.W.2d": 999,
    "P.": 300,
    "P.2d": 999,
    "S.E.": 200,
    "So.": 200,
    "So. 2d": 999,
    "A.": 200,
    "A.2d": 999,
    "L. Ed.": 100,
}

# English reports of the Court of Chancery and the House of Lords. Source: The Bluebook (21st ed.), table T2.42.
ENGLISH: dict[str, Series] = {
    "Cox": Series(1783, 1796, 2),
    "Ves.": Series(1789, 1817, 20),
    "Mer.": Series(1815, 1817, 3),
    "Swans.": Series(1818, 1821, 3),
    "Cl. & F.": Series(1831, 1846, 12),
    "Beav.": Series(1838, 1866, 36),
    "Mac. & G.": Series(1848, 1852, 3),
    "Eng. Rep.": Series(1220, 1867, 178),
}

# A decision of known year in every tenth volume or so of the United States Reports: (volume, year, the case).
# The nominative volumes 1 to 90 by their reporters: Dallas, Cranch, Wheaton, Peters, Howard, Black, Wallace. The line
# through these points admits all of the 8,043 dated decisions, of 387 volumes, that Oyez had in November 2025, but for
# four whose volume or date is misprinted there.
UNITED_STATES_REPORTS: tuple[tuple[int, int, str], ...] = (
    (5, 1803, "Marbury v. Madison"),
    (10, 1810, "Fletcher v. Peck"),
    (14, 1816, "Martin v. Hunter's Lessee"),
    (17, 1819, "McCulloch v. Maryland"),
    (22, 1824, "Gibbons v. Ogden"),
    (31, 1832, "Worcester v. Georgia"),
    (36, 1837, "Charles River Bridge v. Warren Bridge"),
    (41, 1842, "Swift v. Tyson"),
    (53, 1852, "Cooley v. Board of Wardens"),
    (60, 1857, "Dred Scott v. Sandford"),
    (67, 1863, "Prize Cases"),
    (71, 1866, "Ex parte Milligan"),
    (83, 1873, "Slaughter-House Cases"),
    (95, 1878, "Pennoyer v. Neff"),
    (100, 1880, "Strauder v. West Virginia"),
    (109, 1883, "Civil Rights Cases"),
    (118, 1886, "Yick Wo v. Hopkins"),
    (135, 1890, "In re Neagle"),
    (149, 1893, "Fong Yue Ting v. United States"),
    (163, 1896, "Plessy v. Ferguson"),
    (169, 1898, "United States v. Wong Kim Ark"),
    (182, 1901, "Downes v. Bidwell"),
    (198, 1905, "Lochner v. New York"),
    (209, 1908, "Ex parte Young"),
    (221, 1911, "Standard Oil Co. v. United States"),
    (232, 1914, "Weeks v. United States"),
    (249, 1919, "Schenck v. United States"),
    (260, 1922, "Pennsylvania Coal Co. v. Mahon"),
    (268, 1925, "Gitlow v. New York"),
    (277, 1928, "Olmstead v. United States"),
    (283, 1931, "Near v. Minnesota"),
    (295, 1935, "A.L.A. Schechter Poultry Corp. v. United States"),
    (304, 1938, "Erie Railroad Co. v. Tompkins"),
    (317, 1942, "Wickard v. Filburn"),
    (326, 1945, "International Shoe Co. v. Washington"),
    (334, 1948, "Shelley v. Kraemer"),
    (341, 1951, "Dennis v. United States"),
    (347, 1954, "Brown v. Board of Education"),
    (357, 1958, "NAACP v. Alabama"),
    (367, 1961, "Mapp v. Ohio"),
    (376, 1964, "New York Times Co. v. Sullivan"),
    (384, 1966, "Miranda v. Arizona"),
    (395, 1969, "Brandenburg v. Ohio"),
    (410, 1973, "Roe v. Wade"),
    (424, 1976, "Mathews v. Eldridge"),
    (438, 1978, "Regents of the University of California v. Bakke"),
    (444, 1980, "World-Wide Volkswagen Corp. v. Woodson"),
    (462, 1983, "INS v. Chadha"),
    (477, 1986, "Celotex Corp. v. Catrett"),
    (491, 1989, "Texas v. Johnson"),
    (505, 1992, "Planned Parenthood v. Casey"),
    (514, 1995, "United States v. Lopez"),
    (520, 1997, "Clinton v. Jones"),
    (531, 2000, "Bush v. Gore"),
    (539, 2003, "Lawrence v. Texas"),
    (550, 2007, "Bell Atlantic Corp. v. Twombly"),
    (558, 2010, "Citizens United v. FEC"),
    (567, 2012, "NFIB v. Sebelius"),
    (576, 2015, "Obergefell v. Hodges"),
    (585, 2018, "Carpenter v. United States"),
    (590, 2020, "Bostock v. Clayton County"),
    (597, 2022, "Dobbs v. Jackson Women's Health Organization"),
    (603, 2024, "Loper Bright Enterprises v. Raimondo"),
    (606, 2025, "Trump v. CASA, Inc."),
    (608, 2026, "Louisiana v. Callais"),
)
UNITED_STATES_SLACK = 2  # years by which a volume may be off the straight line between two known ones
LAST_UNITED_STATES_VOLUME = 612  # not reached by November 2026


def united_states_fault(volume: int, year: int) -> str:
    """A fault unless that volume of the United States Reports can hold a decision of that year.

    The year is read off the straight line between the known volumes beside it, give or take two years; volumes 1
    to 4 (Dallas) run from 1754 to 1806, with the decisions of Pennsylvania that they hold besides.

    >>> united_states_fault(384, 1966), united_states_fault(1, 2001)
    ('', '1 U.S. holds no decision of 2001')
    """
    fault = f"{volume} U.S. holds no decision of {year}"
    if volume < UNITED_STATES_REPORTS[0][0]:
        return "" if volume and 1754 <= year <= 1806 else fault
    if volume > LAST_UNITED_STATES_VOLUME:
        return f"there is no volume {volume} of U.S."
    at = bisect_right(UNITED_STATES_REPORTS, (volume, 9999, ""))
    low, high = UNITED_STATES_REPORTS[at - 1], UNITED_STATES_REPORTS[min(at, len(UNITED_STATES_REPORTS) - 1)]
    share = (volume - low[0]) / (high[0] - low[0]) if high != low else 0.0
    expected = low[1] + share * (high[1] - low[1])
    return "" if abs(year - expected) <= UNITED_STATES_SLACK else fault


def last_volume(edition: str) -> int:
    """The last volume of a closed series; 9,999 where it goes on or is not known."""
    return ENGLISH[edition].volumes if edition in ENGLISH else LAST_VOLUME.get(edition, 9999)


def years(edition: str, volume: int, first: int | None, last: int | None) -> tuple[int, int]:
    """The first and last year of decisions in that volume, from reporters-db's `first` and `last` of the series."""
    if edition in CORRECTED:
        return CORRECTED[edition]
    renumbered, since = RENUMBERED.get(edition, (0, 0))
    low = since if volume <= renumbered else (first or 0)
    return low, last or 9999
