"""Lists, texts and amounts with a tolerance: what a line says, and what that is worth.

The tables read as "what was written → what it says", with None for what names nothing or hedges.
"""

import doctest
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grpo_legal.schema import (
    MAX_LIST_LINE,
    Problem,
    is_correct,
    lists,
    parse_answer,
    read_answer,
    score_answer,
    scoring,
    to_row,
)

EXCEPTIONS = ("express agreement", "fraudulent conveyance", "de facto merger", "mere continuation")
TWO = "de facto merger; mere continuation"


def problem(**changes) -> Problem:
    fields = {"id": "x", "family": "f", "facts": "", "question": "Who?", "answer": "Ann Lee; Bob Ruiz", "kind": "list"}
    return Problem(**{**fields, **changes})


# ---- what the line says -----------------------------------------------------------------------------

LABELLED = {
    "de facto merger; mere continuation": TWO,
    "mere continuation, de facto merger": TWO,
    "mere continuation,de facto merger": TWO,
    "Mere continuation and de facto merger.": TWO,
    "**De facto merger**; **mere continuation**": TWO,
    "(1) de facto merger, (2) mere continuation": TWO,
    "The exceptions that apply are de facto merger and mere continuation": TWO,
    "both de facto merger & mere continuation apply": TWO,
    "de facto merger, mere continuation, since the directors moved": TWO,
    "mere continuation": "mere continuation",
    "mere continuation; mere continuation": "mere continuation; mere continuation",  # an item too many
    "none": "none",
    "None apply.": "none",
    "None of the exceptions apply, because the seller lives on": "none",
    "none; mere continuation": None,
    "none of these but mere continuation": None,
    "de facto merger or mere continuation": None,
    "not mere continuation": None,
    "de facto merger; not mere continuation": None,
    "de facto merger, but no mere continuation": None,
    "either of de facto merger, mere continuation": None,
    "de facto merger?": None,
    "merger": None,
    "mere continuations": None,
    "": None,
}


@pytest.mark.parametrize(("line", "says"), LABELLED.items())
def test_a_list_of_labels(line, says):
    assert parse_answer(line, "list", EXCEPTIONS) == says


NAMES = {
    "Ann Lee; Acme, Inc.": "Ann Lee; Acme, Inc.",
    " Ann  Lee ;Acme, Inc.; ": "Ann Lee; Acme, Inc.",
    "**Ann Lee**; and “Bob Ruiz”": "Ann Lee; Bob Ruiz",
    "Acme (UK) Ltd.": "Acme (UK) Ltd.",
    "Ann Lee, Bob Ruiz": "Ann Lee, Bob Ruiz",  # taken apart by the score, which knows the gold names
    "Ann Lee; Ann Lee": "Ann Lee; Ann Lee",
    "None": "none",
    "Not named": "none",
    "none; Ann Lee": None,
    " ;; ": None,
    ".": None,
    "": None,
}


@pytest.mark.parametrize(("line", "says"), NAMES.items())
def test_a_list_of_names(line, says):
    assert parse_answer(line, "list") == says


TEXTS = {
    "hawkers and peddlers": "hawkers and peddlers",
    " “Land” ": "Land",
    "**land**": "land",
    "Gunn v. Minton": "Gunn v. Minton",
    "Gunn v. Minton,": "Gunn v. Minton",
    "Gunn v. Minton, 568 U.S. 251 (2013)": "Gunn v. Minton",
    "*Gunn v. Minton*, 568 U.S. 251, 258 (2013).": "Gunn v. Minton",
    "Roe v. Acme, L.P., 12 F. Supp. 2d 34 (S.D.N.Y. 1999)": "Roe v. Acme, L.P.",
    "In re Zed, 1 F.3d 2, 3 F.4th 5 (1st Cir. 2021)": "In re Zed",
    "under 28 U.S.C. 1367": "under 28 U.S.C. 1367",  # no case
    "Gunn v. Minton, 568 U.S. 251; Roe v. Poe": "Gunn v. Minton, 568 U.S. 251; Roe v. Poe",
    "": None,
    "“”": None,
}


@pytest.mark.parametrize(("line", "says"), TEXTS.items())
def test_a_text(line, says):
    assert parse_answer(line, "text") == says


def test_a_list_may_be_longer_than_other_answers_but_is_no_essay():
    names = "; ".join(f"Defendant Number {n}" for n in range(50))
    assert 300 < len(names) < MAX_LIST_LINE
    assert read_answer(f"They are sued.\nAnswer: {names}", "list") == names
    assert read_answer(f"Answer: {names * 3}", "list") is None
    assert read_answer(f"Answer: {'x' * 301}", "amount") is None


# ---- what it is worth -------------------------------------------------------------------------------

GOLD = "Patrick J. McEnany; Acme, Inc."
WORTH = {
    "Acme, Inc.; Patrick J. McEnany": 1.0,  # any order
    "acme inc; PATRICK J MCENANY": 1.0,  # stops, commas and case
    "Patrick J. McEnany, Acme, Inc.": 1.0,  # commas, as in the benchmark's prompts
    "Acme, Inc., and Patrick J. McEnany": 1.0,
    "Acme, Inc.": 2 / 3,
    "Acme, Inc.; Patrick J. McEnany; Bob Ruiz": 4 / 5,
    "Acme, Inc.; Acme, Inc.; Patrick J. McEnany": 4 / 5,  # given twice
    "Patrick J. McEnany, Bob Ruiz, Cy Ng": 2 / 5,
    "Acme": 0.0,  # no part of a name
    "none": 0.0,
    "The defendants are Patrick J. McEnany": 0.0,
}


@pytest.mark.parametrize(("line", "worth"), WORTH.items())
def test_a_list_earns_its_f1(line, worth):
    given = parse_answer(line, "list")
    assert score_answer(given, GOLD, "list") == pytest.approx(worth)
    assert is_correct(given, GOLD, "list") == (worth == 1.0)


def test_the_empty_list_is_right_or_wrong():
    assert [score_answer(given, "none", "list") for given in ("none", "Ann Lee", None)] == [1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("given", "gold", "tolerance", "right"),
    [
        ("110.00", "100.00", 0.1, True),
        ("90.00", "100.00", 0.1, True),
        ("110.02", "100.00", 0.1, False),
        ("110.00", "100.00", 0.0, False),
        ("0.00", "0.00", 0.1, True),
        ("0.01", "0.00", 0.1, True),
        ("0.02", "0.00", 0.1, False),
        ("-100.00", "100.00", 0.1, False),
    ],
)
def test_an_amount_within_a_share(given, gold, tolerance, right):
    assert score_answer(given, gold, "amount", tolerance) == right


def test_a_text_is_right_whole_or_as_one_of_its_alternatives():
    def worth(line: str) -> float:
        return score_answer(parse_answer(line, "text"), "authorize", "text", alternatives=("authorized",))

    assert [worth(t) for t in ("Authorize.", "“authorized”", "authorise", "authorize, authorized", "to authorize")] == [
        1.0,
        1.0,
        0.0,
        0.0,  # many candidates are none
        0.0,
    ]


# ---- Problem ----------------------------------------------------------------------------------------


def test_a_row_carries_tolerance_and_alternatives():
    row = to_row(problem(kind="amount", answer="5.00", tolerance=0.1), "short")
    assert (row["tolerance"], row["alternatives"]) == (0.1, [])
    assert to_row(problem(kind="text", answer="a b", alternatives=("c",)), "short")["alternatives"] == ["c"]
    assert to_row(problem(), "short")["tolerance"] == 0.0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"answer": "Ann Lee;Bob"}, "not a canonical list"),
        ({"answer": "Ann Lee; ann lee"}, "has an item twice"),
        ({"answer": "b; a", "labels": ("a", "b")}, "not a canonical list"),
        ({"answer": "c", "labels": ("a", "b")}, "not a canonical list"),
        ({"answer": "a;b", "labels": ("a;b", "c")}, "a label of a list holds a semicolon"),
        ({"kind": "text", "answer": " a"}, "not a canonical text"),
        ({"kind": "text", "answer": "a", "alternatives": ("b ",)}, "'b ' is not a canonical text"),
        ({"alternatives": ("Ann Lee",)}, "alternatives are for a text, not for kind list"),
        ({"tolerance": 0.1}, "tolerance 0.1 of kind list is not legal"),
        ({"kind": "amount", "answer": "5.00", "tolerance": 1.0}, "tolerance 1.0 of kind amount is not legal"),
        ({"kind": "amount", "answer": "5.00", "tolerance": float("nan")}, "tolerance nan"),
    ],
)
def test_a_problem_refuses_what_is_not_legal(changes, said):
    with pytest.raises(ValueError, match=said):
        problem(**changes)


# ---- any text ---------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    ["Ann", "Lee", "; ", ",", ".", " and ", "none", "not named", "v. ", "1 U.S. 2", "“", " ", "é", "ſ"]
)
ANY = st.text(max_size=40) | st.lists(PIECES | st.sampled_from(EXCEPTIONS), max_size=9).map("".join)


def test_one_item_that_holds_a_comma_is_itself():
    assert score_answer("0,AND 0", "0,AND 0", "list") == 1.0
    assert score_answer("Acme, Inc.", "Acme, Inc.", "list") == 1.0


@settings(max_examples=250, deadline=None)
@given(ANY, ANY, st.sampled_from([(), EXCEPTIONS]))
def test_scores_are_bounded_and_the_canonical_answer_is_worth_all(one, other, labels):
    for kind in ("list", "text"):
        given_, gold = parse_answer(one, kind, labels), parse_answer(other, kind, labels)
        if gold is None:
            continue
        assert parse_answer(gold, kind, labels) == gold
        assert score_answer(gold, gold, kind) == 1.0
        assert 0.0 <= score_answer(given_, gold, kind) <= 1.0


@given(
    st.lists(st.from_regex(r"[A-Z][a-z]{1,9}, Inc\.", fullmatch=True), min_size=1, max_size=8, unique=True),
    st.randoms(),
)
def test_order_is_free_and_every_name_left_out_or_invented_costs(names, rng):
    gold, shuffled = "; ".join(names), rng.sample(names, len(names))
    assert score_answer("; ".join(shuffled), gold, "list") == score_answer(", ".join(shuffled), gold, "list") == 1.0
    longer = score_answer("; ".join([*shuffled, "Zzyzx"]), gold, "list")
    assert longer == pytest.approx(2 * len(names) / (2 * len(names) + 1))
    assert score_answer("; ".join(shuffled[1:]) or None, gold, "list") < 1.0


@pytest.mark.parametrize(
    "piece", ["and ", "; ", ", ", "a v. 1 U.S. 2, ", "1 U.S. 1 ", "de facto merger, ", "(1) ", "\u0301\u0316"]
)
def test_a_line_made_to_be_slow_is_not(piece):
    line = "v. " + piece * (MAX_LIST_LINE // len(piece) - 2)
    start = time.process_time()
    for kind, labels in (("list", ()), ("list", EXCEPTIONS), ("text", ())):
        given_ = parse_answer(line, kind, labels)
        score_answer(given_, GOLD, kind)
        assert parse_answer(line * 500, kind, labels) is None
    assert time.process_time() - start < 0.5


def test_the_examples_in_the_files():
    assert doctest.testmod(lists).failed == doctest.testmod(scoring).failed == 0
