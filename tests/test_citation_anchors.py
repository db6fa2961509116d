"""The tables of volumes and years against decisions that were looked up: each anchor is a real one, and is read as such."""

import pytest

from grpo_legal.rewards.citations import courts, reporters
from grpo_legal.rewards.citations.reading import citations_in

# The page of each anchor in the United States Reports, from the Oyez case files and, for those that Oyez lacks, from
# citing opinions.
PAGES = {
    5: 137, 10: 87, 14: 304, 17: 316, 22: 1, 31: 515, 36: 420, 41: 1, 53: 299, 60: 393, 67: 635, 71: 2, 83: 36,
    95: 714, 100: 303, 109: 3, 118: 356, 135: 1, 149: 698, 163: 537, 169: 649, 182: 244, 198: 45, 209: 123, 221: 1,
    232: 383, 249: 47, 260: 393, 268: 652, 277: 438, 283: 697, 295: 495, 304: 64, 317: 111, 326: 310, 334: 1,
    341: 494, 347: 483, 357: 449, 367: 643, 376: 254, 384: 436, 395: 444, 410: 113, 424: 319, 438: 265, 444: 286,
    462: 919, 477: 317, 491: 397, 505: 833, 514: 549, 520: 681, 531: 98, 539: 558, 550: 544, 558: 310, 567: 519,
    576: 644, 585: 296, 590: 644, 597: 215, 603: 369, 606: 831, 608: 85,
}  # fmt: skip
# Decisions in the last volume of a closed series.
LAST = [
    "In re Wright, 999 F.2d 1557 (Fed. Cir. 1993)",
    "Oakwood Laboratories LLC v. Thanoo, 999 F.3d 892 (3d Cir. 2021)",
    "Morgan v. Credit Adjustment Board, 999 F. Supp. 803 (E.D. Va. 1998)",
    "Burns v. Palm Beach County, 999 So. 2d 1086 (Fla. Dist. Ct. App. 2009)",
    "In re Welfare of M.A.B., 999 N.W.2d 100 (Minn. Ct. App. 2024)",
]
# Decisions of the Supreme Court that the problems rest on, and where Oyez has them.
DECIDED = [
    (7, 267, 1806), (9, 303, 1809), (423, 96, 1975), (425, 341, 1976), (429, 492, 1977), (437, 385, 1978),
    (441, 369, 1979), (446, 291, 1980), (451, 477, 1981), (462, 1039, 1983), (467, 649, 1984), (468, 420, 1984),
    (475, 412, 1986), (483, 171, 1987), (484, 554, 1988), (486, 675, 1988), (488, 428, 1989), (490, 826, 1989),
    (496, 292, 1990), (496, 582, 1990), (498, 146, 1990), (503, 393, 1992), (504, 607, 1992), (507, 349, 1993),
    (512, 452, 1994), (513, 150, 1995), (519, 202, 1997), (526, 344, 1999), (532, 843, 2001), (534, 533, 2002),
    (538, 456, 2003), (538, 468, 2003), (541, 567, 2004), (545, 546, 2005), (559, 77, 2010), (559, 98, 2010),
    (560, 305, 2010), (560, 370, 2010), (577, 27, 2015), (577, 378, 2016), (583, 71, 2018),
]  # fmt: skip


def test_every_anchor_has_its_page():
    assert set(PAGES) == {volume for volume, _, _ in reporters.UNITED_STATES_REPORTS}
    assert list(reporters.UNITED_STATES_REPORTS) == sorted(reporters.UNITED_STATES_REPORTS)


@pytest.mark.parametrize(("volume", "year", "case"), reporters.UNITED_STATES_REPORTS)
def test_an_anchor_reads_as_a_decision_of_its_year_and_not_of_another_decade(volume, year, case):
    [cited] = citations_in(f"{case}, {volume} U.S. {PAGES[volume]} ({year})")
    assert (cited.source, cited.path, cited.fault) == ("U.S.", (str(volume), str(PAGES[volume])), "")
    assert reporters.united_states_fault(volume, year - 10)


@pytest.mark.parametrize("decided", DECIDED, ids=lambda d: f"{d[0]} U.S. {d[1]}")
def test_the_line_between_the_anchors_admits_what_was_decided(decided):
    volume, _, year = decided
    assert reporters.united_states_fault(volume, year) == ""


@pytest.mark.parametrize("text", LAST)
def test_the_last_volume_of_a_series_is_one_of_it(text):
    [cited] = citations_in(text)
    assert cited.fault == ""
    [beyond] = citations_in(text.replace(" 999 ", " 1000 "))
    assert beyond.fault.startswith("there is no volume 1000")


# The courts of appeals and the 91 district courts, as The Bluebook (21st ed.) writes them.
CIRCUITS = ["1st", "2d", "3d", "4th", "5th", "6th", "7th", "8th", "9th", "10th", "11th", "D.C.", "Fed."]
DISTRICTS = (
    """
M.D. Ala., N.D. Ala., S.D. Ala., D. Alaska, D. Ariz., E.D. Ark., W.D. Ark., C.D. Cal., E.D. Cal., N.D. Cal., S.D. Cal.,
D. Colo., D. Conn., D. Del., D.D.C., M.D. Fla., N.D. Fla., S.D. Fla., M.D. Ga., N.D. Ga., S.D. Ga., D. Haw., D. Idaho,
C.D. Ill., N.D. Ill., S.D. Ill., N.D. Ind., S.D. Ind., N.D. Iowa, S.D. Iowa, D. Kan., E.D. Ky., W.D. Ky., E.D. La.,
M.D. La., W.D. La., D. Me., D. Md., D. Mass., E.D. Mich., W.D. Mich., D. Minn., N.D. Miss., S.D. Miss., E.D. Mo.,
W.D. Mo., D. Mont., D. Neb., D. Nev., D.N.H., D.N.J., D.N.M., E.D.N.Y., N.D.N.Y., S.D.N.Y., W.D.N.Y., E.D.N.C.,
M.D.N.C., W.D.N.C., D.N.D., N.D. Ohio, S.D. Ohio, E.D. Okla., N.D. Okla., W.D. Okla., D. Or., E.D. Pa., M.D. Pa.,
W.D. Pa., D.P.R., D.R.I., D.S.C., D.S.D., E.D. Tenn., M.D. Tenn., W.D. Tenn., E.D. Tex., N.D. Tex., S.D. Tex., W.D. Tex.,
D. Utah, D. Vt., E.D. Va., W.D. Va., E.D. Wash., W.D. Wash., N.D. W. Va., S.D. W. Va., E.D. Wis., W.D. Wis., D. Wyo.
""".replace("\n", " ")
    .strip()
    .split(", ")
)


@pytest.mark.parametrize("circuit", CIRCUITS)
def test_a_court_of_appeals_is_reported_in_the_federal_reporter_alone(circuit):
    assert courts.fault("F.", "federal", f"{circuit} Cir.", 1994) == ""
    assert courts.fault("F. Supp.", "federal", f"{circuit} Cir.", 1994)


def test_there_are_91_districts():
    assert len(set(DISTRICTS)) == 91


@pytest.mark.parametrize("district", DISTRICTS)
def test_a_district_court_is_reported_in_the_federal_supplement_alone(district):
    assert courts.fault("F. Supp.", "federal", district, 1990) == ""
    assert courts.fault("F.", "federal", district, 1990)


@pytest.mark.parametrize(
    ("reporter", "kind", "court", "year"),
    [
        ("F.", "federal", "Ct. Cl.", 1975),
        ("F.", "federal", "C.C.S.D.N.Y.", 1892),
        ("B.R.", "specialty", "B.A.P. 9th Cir.", 1999),
        ("S.W.", "state_regional", "Tex. Civ. App.", 1970),
        ("P.", "state_regional", "Colo. App.", 1990),
        ("So.", "state_regional", "Fla. 3d Dist. Ct. App.", 1990),
        ("F. Supp.", "federal", "D.P.R.", 1960),
    ],
)
def test_courts_that_go_by_another_name_or_are_no_more(reporter, kind, court, year):
    assert courts.fault(reporter, kind, court, year) == ""
