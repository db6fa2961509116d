"""What a text cites: one normal form however it is written, and why a citation cannot be real."""

import subprocess
import sys

import pytest

from grpo_legal.problems import FAMILIES
from grpo_legal.rewards.citations import citation_faults
from grpo_legal.rewards.citations.reading import citations_in

SAME = {
    ("28 U.S.C.", ("1332", "a", "1")): [
        "28 U.S.C. § 1332(a)(1)",
        "28 USC 1332(a)(1)",
        "28 U.S.C.A. § 1332(a)(1)",
        "28 U.S. Code § 1332 (a)(1)",
        "section 1332(a)(1) of title 28",
        "Title 28, section 1332(a)(1)",
        "§ 1332(a)(1) of title 28, United States Code",
    ],
    ("42 U.S.C.", ("2000e-5", "f")): ["42 U.S.C. § 2000e-5(f)", "42 USC § 2000e-5(f)"],
    ("42 U.S.C.", ("1983",)): ["42 U.S.C. § 1983 (2018)", "42 USC 1983"],
    ("11 U.S.C.", ("547", "b")): ["11 U.S.C. § 547(b)", "Bankruptcy Code § 547(b)", "section 547(b) of the Bankruptcy Code"],
    ("26 U.S.C.", ("63", "c")): ["26 U.S.C. § 63(c)", "I.R.C. § 63(c)", "Internal Revenue Code section 63(c)"],
    ("29 C.F.R.", ("825", "110", "b")): ["29 C.F.R. § 825.110(b)", "29 CFR 825.110(b)"],
    ("29 C.F.R.", ("825",)): ["29 C.F.R. part 825", "29 C.F.R. pt. 825"],
    ("Fed. R. Civ. P.", ("6", "a", "1")): [
        "Fed. R. Civ. P. 6(a)(1)",
        "Fed.R.Civ.P. 6(a)(1)",
        "FRCP 6(a)(1)",
        "Federal Rule of Civil Procedure 6(a)(1)",
        "Rule 6(a)(1) of the Federal Rules of Civil Procedure",
    ],
    ("Fed. R. Evid.", ("801", "d", "2")): ["Fed. R. Evid. 801(d)(2)", "FRE 801(d)(2)", "Federal Rule of Evidence 801(d)(2)"],
    ("U.C.C.", ("2", "205")): ["U.C.C. § 2-205", "UCC 2-205", "UCC §2-205", "Uniform Commercial Code section 2-205"],
    ("U.C.C.", ("2", "205", "cmt. 3")): ["U.C.C. § 2-205 cmt. 3", "UCC § 2-205, comment 3"],
    ("Restatement 2 Contracts", ("63",)): [
        "Restatement (Second) of Contracts § 63",
        "Restatement 2d of Contracts § 63",
        "Second Restatement of Contracts § 63",
        "section 63 of the Restatement (Second) of Contracts",
    ],
    ("Unif. Prob. Code", ("2", "102")): ["UPC § 2-102", "Unif. Prob. Code § 2-102", "Uniform Probate Code § 2-102"],
    ("GDPR", ("33", "1")): ["GDPR art. 33(1)", "Article 33(1) GDPR", "art. 33(1) of Regulation (EU) 2016/679"],
    ("U.S. Const. amend.", ("14", "1")): ["U.S. Const. amend. XIV, § 1", "U.S. Const. amend. 14, § 1"],
    ("Form D", ("General Instructions",)): ["Form D, General Instructions", "General Instructions to Form D"],
    ("Gray", ("201",)): ["Gray, The Rule Against Perpetuities § 201", "Gray § 201"],
    ("ohio rev code", ("2315.33",)): ["Ohio Rev. Code § 2315.33", "Ohio Revised Code § 2315.33", "ORC 2315.33"],
    ("tex civ prac rem code", ("33.001",)): [
        "Tex. Civ. Prac. & Rem. Code § 33.001",
        "Texas Civil Practice and Remedies Code § 33.001",
    ],
    ("735 ill comp stat", ("5/2-1116",)): ["735 Ill. Comp. Stat. 5/2-1116", "735 ILCS 5/2-1116"],
    ("U.S.", ("410", "113")): [
        "Roe v. Wade, 410 U.S. 113 (1973)",
        "Roe v. Wade, 410 U. S. 113, 115-16 (1973)",
        "410 US 113 (1973)",
    ],
    ("Cal. 3d", ("13", "804")): [
        "Li v. Yellow Cab Co., 13 Cal. 3d 804 (1975)",
        "Li v. Yellow Cab Co. (1975) 13 Cal.3d 804",
    ],
}  # fmt: skip

LISTS = {
    "26 U.S.C. §§ 1, 63, 68 and 151 in the frozen text": ["1", "63", "68", "151"],
    "28 U.S.C. §§ 1603-1605 as of 2026": ["1603", "1604", "1605"],
    "17 C.F.R. §§ 230.501-503": ["230.501", "230.502", "230.503"],
    "Unif. Prob. Code §§ 2-102 to 2-104 (2008 amounts)": ["2.102", "2.103", "2.104"],
    "Fed. R. Civ. P. 6(a)(1) and 12(a)": ["6.a.1", "12.a"],
    "Fed. R. Civ. P. 6(a)(1), 12 days later": ["6.a.1"],
    "U.C.C. § 2-205 and 20 trucks": ["2.205"],
}

NO_CITATION = [
    "The Fifth Amendment and Title VII protect her.",
    "On 12 Mar. 2024 Ann paid $5,000 at 30 Main St. 5 to Acme Co. 12 times.",
    "In 2024 Bob sold 300 chairs; on 5 May 2024 he had 20 left. Form D was filed.",
    "It is 10 p.m. and section B is closed, id. at 4.",
    "",
]

FAULTS = [
    ("Elvis v. Presley, 1 U.S. 1", "year is missing"),
    ("Elvis v. Presley, 1 U.S. 1 (2001)", "no decision of 2001"),
    ("Elvis v. Presley, 384 U.S. 436 (1997)", "no decision of 1997"),
    ("Foo v. Bar, 900 U.S. 1 (2025)", "no volume 900"),
    ("999 F.9th 1", "no reporter F.9th"),
    ("Foo v. Bar, 12 Purple 3 (1999)", "no reporter Purple"),
    ("Foo v. Bar, 10 F.3d 5 (9th Cir. 1950)", "no decision of 1950"),
    ("Foo v. Bar, 10 F.3d 5 (9th Cir. 2035)", "has not come"),
    ("Foo v. Bar, 1200 F.2d 5 (9th Cir. 1990)", "no volume 1200"),
    ("Foo v. Bar, 10 F.3d 5 (S.D.N.Y. 1994)", "not reported in F."),
    ("Foo v. Bar, 10 F. Supp. 2d 5 (2d Cir. 2000)", "not reported in F. Supp."),
    ("Foo v. Bar, 500 U.S. 1 (9th Cir. 1991)", "not reported in U.S."),
    ("Foo v. Bar, 500 S.W.2d 1 (Cal. 1973)", "not reported in S.W."),
    ("Foo v. Bar, 500 F.2d 1 (11th Cir. 1975)", "did not sit in 1975"),
    ("Foo v. Bar, 10 F.3d 5 (Purple Ct. 1994)", "no court Purple Ct."),
    ("Foo v. Bar, 9 Mer. 363 (Ch. 1816)", "no volume 9"),
    ("99 U.S.C. § 1", "no title 99"),
    ("53 U.S.C. § 1", "no title 53"),
    ("60 C.F.R. § 1.1", "no title 60"),
    ("Fed. R. Civ. P. 99", "no Rule 99"),
    ("Fed. R. Civ. P. 23.7", "no Rule 23.7"),
    ("Fed. R. App. P. 35", "no Rule 35"),  # transferred to Rule 40 in 2024
    ("Fed. R. Bankr. P. 7006", "no Rule 7006"),  # Part VII adopts no Civil Rule 6
    ("Fed. R. Bankr. P. 9039", "no Rule 9039"),
    ("Doe v. Roe, 1 Del. 7 (Super. Ct. 1820)", "no decision of 1820"),  # Harrington began in 1832
    ("Doe v. Roe, 1000 N.W.2d 7 (Iowa 2023)", "no volume 1000"),
    ("Fed. R. Evid. 850", "no Rule 850"),
    ("U.C.C. § 2-999", "no § 2-999"),
    ("U.C.C. § 11-101", "no § 11-101"),
    ("Restatement (Second) of Contracts § 900", "no § 900"),
    ("Restatement (Fourth) of Contracts § 1", "no Restatement 4"),
    ("U.S. Const. amend. XXX", "not within 1 to 27"),
    ("GDPR art. 120", "not within 1 to 99"),
    ("EDPB Guidelines 9/2012", "not within 2018"),
    ("Ohio Moon Code § 5", "no State has a code"),
]

REAL = [
    "Strawbridge v. Curtiss, 7 U.S. 267 (1806)",
    "Marbury v. Madison, 5 U.S. (1 Cranch) 137 (1803)",
    "Miranda v. Arizona, 384 U.S. 436, 86 S. Ct. 1602, 16 L. Ed. 2d 694 (1966)",
    "Trump v. CASA, Inc., 606 U.S. 831 (2025)",
    "Mas v. Perry, 489 F.2d 1396, 1399 (5th Cir. 1974)",
    "Doe v. Roe, 950 F. Supp. 5 (S.D.N.Y. 1997)",
    "Doe v. Roe, 10 F.3d 5 (9th Cir. Mar. 3, 1994) (en banc)",
    "Church in Brattle Square v. Grant, 69 Mass. 142 (1855)",
    "Cadell v. Palmer, 1 Cl. & F. 372 (H.L. 1833)",
    "In re Winship, 397 U.S. 358 (1970)",
    "Dickerson v. Union National Bank, 268 Ark. 292 (1980)",
    "Williams v. Delta International Machinery Corp., 619 So. 2d 1330 (Ala. 1993)",
    "Cinema Amusements, Inc. v. Loew's, Inc., 7 F.R.D. 318 (D. Del. 1947)",  # F.R.D. began with the Rules of 1938
    "Doe v. Roe, 1 Idaho 7 (1867)",
    "Doe v. Roe, 2 Tenn. 7 (1804)",  # 2 Overton
    "Doe v. Roe, 1 Ill. 7 (1820)",  # Breese
    "Doe v. Roe, 1 Miss. 7 (1819)",  # Walker
    "Doe v. Roe, 1 Del. 7 (Super. Ct. 1833)",  # 1 Harrington
    "Fed. R. Civ. P. 87",
    "Fed. R. Civ. P. 4.1",
    "Fed. R. Civ. P. 16.1",
    "Fed. R. App. P. 15.1",
    "Fed. R. Crim. P. 29.1",
    "Fed. R. Bankr. P. 3017.2",
    "Fed. R. Bankr. P. 8023.1",
    "Fed. R. Bankr. P. 9038",
    "Unif. Prob. Code § 8-102",
    "Fed. R. Evid. 107",
    "U.C.C. § 2A-103",
    "Cal. Civ. Code § 1624(a)(1)",
    "N.Y. Gen. Oblig. Law § 5-1401",
    "54 U.S.C. § 100101",
]


@pytest.mark.parametrize(("form", "text"), [(form, text) for form, texts in SAME.items() for text in texts])
def test_one_form_however_it_is_written(form, text):
    for told in (text, f"As ({text}) says, it is.", f"Under {text}, it is."):
        (cited,) = citations_in(told)
        assert (cited.source, cited.path, cited.fault) == (*form, "")


@pytest.mark.parametrize(("text", "sections"), LISTS.items())
def test_lists_and_ranges(text, sections):
    assert [".".join(c.path) for c in citations_in(text)] == sections


@pytest.mark.parametrize("text", NO_CITATION)
def test_what_only_looks_like_one(text):
    assert citations_in(text) == ()


@pytest.mark.parametrize(("text", "why"), FAULTS)
def test_what_cannot_be_real(text, why):
    (fault,) = citation_faults(f"So it was held in {text}; that is the law.")
    assert why in fault[1]


@pytest.mark.parametrize("text", REAL)
def test_what_can_be_real(text):
    assert citations_in(text)
    assert citation_faults(text) == []


@pytest.mark.parametrize("name", FAMILIES)
def test_every_authority_is_read_whole(name):
    forms = {}
    for written in FAMILIES[name].rules:
        cited = citations_in(written)
        assert cited and all(c.form == "full" and not c.fault for c in cited), written
        assert len(cited) == 1 + written.count("; ") + written.count(", and Fed."), written
        assert citations_in(f"Under {written}, it is so.")[0].path == cited[0].path
        forms.setdefault(tuple((c.source, c.path) for c in cited), []).append(written)
    for same in forms.values():
        assert len({w.split(", as amended")[0] for w in same}) == 1, same


def test_one_decision_with_parallel_reporters():
    cited = citations_in("Miranda v. Arizona, 384 U.S. 436, 86 S. Ct. 1602 (1966)")
    assert [(c.source, c.form) for c in cited] == [("U.S.", "full"), ("S. Ct.", "parallel")]


def test_the_libraries_wait_until_a_text_is_read():
    code = "import sys, grpo_legal.rewards.citations; sys.exit(any(m in sys.modules for m in ('eyecite', 'reporters_db', 'courts_db')))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_nothing_is_printed(capfd):
    citations_in("Foo v. Bar, 77 F.3d 5 (9th Cir. 1996); 77 Nonsense. Rep. 5; " + "§ " * 50)
    assert capfd.readouterr() == ("", "")
