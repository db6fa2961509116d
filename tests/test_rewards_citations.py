"""`citation_valid` and `citation_supported`: honest citing earns all, invented, listed and echoed citing next to nothing."""

import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grpo_legal.problems import DIFFICULTIES, FAMILIES, generate
from grpo_legal.rewards.citations import MAX_CHARACTERS, citation_supported, citation_valid

FACTS = "Ann of Ohio sues Bob of Iowa for $90,000. Bob read Rule 26(f) aloud."
QUESTION = (
    "Under 28 U.S.C. § 1332(a) and Hertz Corp. v. Friend as of November 2026, does a federal court have jurisdiction?"
)
AUTHORITIES = [
    "28 U.S.C. § 1332(a)(1)",
    "28 U.S.C. § 1332(c)(1)",
    "Mas v. Perry, 489 F.2d 1396 (5th Cir. 1974)",
    "Hertz Corp. v. Friend, 559 U.S. 77 (2010)",
]
SAYS = (
    "the court can hear this, since Ann and Bob are citizens of different States and more than the sum is in dispute."
)
ONE = ["U.C.C. § 2-205"]  # the whole list of another problem


def valid(text, authorities=AUTHORITIES, facts=FACTS, question=QUESTION):
    return citation_valid([text], facts=[facts], question=[question], authorities=[authorities])[0]


def supported(text, authorities=AUTHORITIES, facts=FACTS, question=QUESTION):
    return citation_supported([text], facts=[facts], question=[question], authorities=[authorities])[0]


SUPPORTED = [
    # what the text cites                                       its worth
    ("28 U.S.C. § 1332(a)(1) and Mas v. Perry, 489 F.2d 1396 (5th Cir. 1974)", 1.0),
    ("28 USC 1332(a)(1) and Hertz Corp. v. Friend, 559 U.S. 77 (2010)", 1.0),  # the question had the name only
    ("28 U.S.C. § 1332(c)(1)(A) and Mas v. Perry", 1.0),  # a part of one authority, the other by name
    ("§ 1332(a)(1) and Mas, 489 F.2d at 1399", 1.0),  # the book is clear from the problem
    ("28 U.S.C. § 1332(a)(1)", 0.5),  # one of the two needed
    ("28 U.S.C. § 1332(a)(1) and 28 U.S.C. § 1332(c)(1)", 0.5),  # one section counts once
    ("28 U.S.C. § 1332(a)", 0.5),  # as the question says: half
    ("28 U.S.C. § 1332", 0.5),
    ("28 U.S.C. § 1332(a) and Hertz Corp. v. Friend", 0.5),  # both the question's: half, still
    ("28 U.S.C. § 1332(a) and Mas v. Perry, 489 F.2d 1396 (5th Cir. 1974)", 1.0),
    ("28 U.S.C. § 1332(b)", -0.25),  # the right section, another paragraph
    ("28 U.S.C. § 1441(b)", -0.5),
    ("12 U.S.C. § 9 and 12 U.S.C. § 11", -1.0),
    ("12 U.S.C. § 9, 13 U.S.C. § 5(a) and 14 U.S.C. § 6(a)", -1.0),  # never less
    ("Mas v. Perry, 489 F.2d 1396 (5th Cir. 1974), 28 U.S.C. § 1332(a)(1) and 12 U.S.C. § 9", 0.5),
    ("Elvis v. Presley, 559 U.S. 77 (2010)", -0.5),  # a real place under another name
    ("Elvis v. Presley", -0.5),
    ("Ann v. Bob", 0.0),  # the case at hand
    ("Rule 26(f)", 0.0),  # in the facts
    ("999 F.9th 1", -0.5),
    ("Rule 12(b)", 0.0),  # of no book that can be told
]


@pytest.mark.parametrize(("cited", "worth"), SUPPORTED)
def test_supported(cited, worth):
    assert supported(f"Under {cited}, {SAYS}\nAnswer: Yes") == pytest.approx(worth)


@pytest.mark.parametrize(
    ("cited", "worth"),
    [
        ("U.C.C. § 2-205", 1.0),
        ("UCC § 2-205 cmt. 3", 1.0),
        ("section 2-205", 1.0),
        ("UCC Article 2", 0.0 - 1.0),
        ("U.C.C. § 2-206", -1.0),
    ],
)
def test_one_authority_is_enough_where_there_is_one(cited, worth):
    assert supported(f"Under {cited}, {SAYS}", ONE, question="Was the offer firm?") == worth


def test_an_answer_can_reach_the_full_marks_where_the_question_names_all():
    told = f"By U.C.C. § 2-205 as it stands, {SAYS}"
    assert supported(told, ONE, question="Under U.C.C. § 2-205, was the offer firm?") == 1.0
    assert supported(told, [*ONE, "U.C.C. § 2-104(1)"], question="Under U.C.C. § 2-205, was the offer firm?") == 0.5


@pytest.mark.parametrize("authorities", [[], None, ["the common law of options"]])
def test_neutral_without_authorities(authorities):
    assert supported(f"Under 12 U.S.C. § 9, {SAYS}", authorities) == 0.0
    assert citation_supported([SAYS], facts=[FACTS], question=[QUESTION]) == [0.0]


VALID = [
    ("28 U.S.C. § 1332(a)(1)", 1.0),
    ("Doe v. Roe, 10 F.3d 5 (9th Cir. 1994)", 1.0),
    ("Mas v. Perry, 489 F.2d 1396 (5th Cir. 1974), and later Mas, 489 F.2d at 1399,", 1.0),
    ("Hertz Corp. v. Friend and § 1332(a)", 1.0),  # the authorities tell which they are
    ("Smith v. Jones, § 9(a) and Ann v. Bob", 0.0),
    ("Ann v. Bob and Rule 12(b)", 0.0),  # nothing to check
    ("28 U.S.C. § 1332(a)(1) and Elvis v. Presley, 1 U.S. 1", 0.5),
    ("28 U.S.C. § 1332(a)(1) and Elvis v. Presley", 0.5),
    ("Roe, 410 U.S. at 115", 0.0),  # goes back to nothing
    ("999 F.9th 1", 0.0),
    ("99 U.S.C. § 1", 0.0),
    ("the law", 0.0),
]


@pytest.mark.parametrize(("cited", "worth"), VALID)
def test_valid(cited, worth):
    assert valid(f"Under {cited} {SAYS}\nAnswer: Yes") == worth


def attacks(problem):
    every = FAMILIES[problem.family].rules
    yield ""
    yield problem.question
    yield f"{problem.facts} {problem.question}\nAnswer: {problem.answer}"
    yield "; ".join(problem.authorities)
    yield "Rule: " + ". ".join(problem.authorities) + f".\nAnswer: {problem.answer}"
    yield "\n".join(f"- See {authority}." for authority in problem.authorities)
    yield "Under " + " and ".join(every) + f", the answer is {problem.answer}."
    yield " ".join(problem.authorities) * 30
    yield "The law is well known. " + " ".join(f"It is so under 28 U.S.C. § {n}(a)." for n in range(1000, 1060))
    yield "So it was held in Elvis v. Presley, 1 U.S. 1 (2001), and in Foo v. Bar, 999 F.9th 1, and that is the law here."


@pytest.mark.parametrize("name", FAMILIES)
def test_gold_arguments_earn_all_and_attacks_nothing(name):
    for level in DIFFICULTIES:
        for problem in generate(name, n=6, split="train", seed=3, difficulty=level):
            row = (list(problem.authorities), problem.facts, problem.question)
            assert (valid(problem.explanation, *row), supported(problem.explanation, *row)) == (1.0, 1.0), problem
            for text in attacks(problem):
                assert max(valid(text, *row), supported(text, *row)) <= 0.2, text


PIECES = [
    "28 U.S.C. § 1332(a)(1)", "§§ ", "Mas v. Perry, ", "489 F.2d 1396", " (5th Cir. 1974)", "Rule 6(a)", " and ", "1-3",
    "(", "\x00", "\u0301", "Ohio Rev. Code § 5", "99 U.S.C. § 1, 2", "U.C.C. § 2-205", "Elvis v. Presley", ". ", "\n",
]  # fmt: skip
TEXTS = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=25).map("".join))


@settings(max_examples=100, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_bounds_order_and_determinism(texts):
    row = {"facts": [FACTS], "question": [QUESTION], "authorities": [AUTHORITIES]}
    for reward, low in ((citation_valid, 0.0), (citation_supported, -1.0)):
        values = reward(texts, **{name: column * len(texts) for name, column in row.items()})
        assert all(math.isfinite(value) and low <= value <= 1.0 for value in values)
        assert values == [reward([text], **row)[0] for text in texts]
        assert values == reward(
            [[{"role": "assistant", "content": t}] for t in texts], **{n: c * len(texts) for n, c in row.items()}
        )


SLOW = [
    "1 ", "12,123", "§", "§ 1", "§§ 1, ", "(", "(a)", "(1999) ", " v. ", "A v. B ", "1 A ", "1 U.S. 1 ", "A ", "A. ", "a.\n",
    "28 U.S.C. § 1332(a)(1), ", "384 U.S. 436, 86 S. Ct. 1602, ", "Tex. Civ. Prac. & Rem. Code ", "Rule 1, ", "1-1-",
    "section 1 of ", "Restatement ", "Fed. R. ", "\x00", " \n", "1 U.S. 1, 1, 1-1 n. 1", "Art. 1 of ", "In re A ",
]  # fmt: skip


@pytest.mark.parametrize("piece", SLOW)
def test_linear_time(piece):
    def seconds(size):
        text = piece * (size // len(piece))
        start = time.process_time()
        valid(text)
        supported(text)
        return time.process_time() - start

    def best(size):  # of three texts, each another: what is read is kept, and a collection of garbage takes a second
        return min(seconds(size - 40 * i) for i in range(3))

    short, long = best(MAX_CHARACTERS // 10 - 30), best(MAX_CHARACTERS - 30)
    assert long <= 15 * max(short, 0.02)
    assert seconds(1_000_000) < 0.2  # not looked at
