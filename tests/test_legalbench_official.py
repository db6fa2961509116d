"""The official scores: equal to the values that LegalBench's own evaluation.py gave for the same generations.

The values lie in official_values.json; official_values.py makes the generations from seeds, and says how to make it
again. The original is not in the tree.
"""

import doctest
import json
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from official_values import VALUES, cases, digest

from grpo_legal.errors import UserError
from grpo_legal.legalbench import official, official_score, stems, task_table
from grpo_legal.legalbench.table import trainable_tasks

EXPECTED = json.loads(VALUES.read_text(encoding="utf-8"))
CASES = {key: rest for key, *rest in cases()}


@pytest.mark.parametrize("name", trainable_tasks())
def test_the_official_score_is_the_benchmarks_own(name):
    keys = [key for key in CASES if key.rpartition("/")[0] == name]
    assert keys
    for key in keys:
        task, generations, answers = CASES[key]
        value, made_of = EXPECTED[key]
        assert digest(generations, answers) == made_of, "the generations are others than those scored by the original"
        assert official_score(task, generations, answers) == pytest.approx(value, abs=1e-9), key


def test_the_values_cover_every_task_and_are_not_trivial():
    assert set(EXPECTED) == set(CASES)
    assert {key.rpartition("/")[0] for key in EXPECTED} == set(trainable_tasks())
    by_metric: dict[str, set[float]] = {}
    for key, (value, _) in EXPECTED.items():
        by_metric.setdefault(task_table()[key.rpartition("/")[0]].metric, set()).add(value)
    assert all(len(values) >= 6 and {0.0} < values for values in by_metric.values()), by_metric
    assert VALUES.stat().st_size < 300_000


# What the original does, worked by hand from its text: task, generations, answers, score.
BY_HAND = {
    "classes of gold alone": ("hearsay", ["Maybe", "Yes", "no."], ["Yes", "Yes", "No"], (0.5 + 1) / 2),
    "punctuation goes": ("hearsay", ["**Yes**", "(no)"], ["Yes", "No"], 1.0),
    "a sentence is wrong": ("hearsay", ["The answer is Yes", "No"], ["Yes", "No"], 0.5),
    "Option A is wrong": ("maud_specific_performance", ["Option A", "B"], ["A", "B"], 0.5),
    "exact match for the exceptions": (
        "successor_liability",
        ["mere continuation, de facto merger", "mere continuation"],
        ["mere continuation,de facto merger", "mere continuation"],
        0.5,
    ),
    "a perfect answer scores .8": ("ssla_individual_defendants", ["Ann Lee,Bob Ruiz"], ["Ann Lee,Bob Ruiz"], 0.8),
    "an empty gold takes anything": ("ssla_company_defendants", ["Acme"], [""], 1.0),
    "part of a longer name": ("ssla_company_defendants", ["Acme Holdings"], ["Acme"], 1.0),
    "the full stop goes": ("sara_numeric", ["$100.00", "$1.00"], ["$100", "$100"], 0.5),
    "the number of the section": ("sara_numeric", ["Under section 1, $100"], ["$100"], 0.0),
    "zero is never right": ("sara_numeric", ["$0", "0", "none"], ["$0", "$0", "$0"], 0.0),
    "one of many candidates": ("definition_extraction", ["sale,writ,promise"], ["promises"], 1.0),
    "authority is authorize": ("definition_extraction", ["authority"], ["authorize"], 1.0),
    "the name anywhere": ("citation_prediction_open", ["Roe v. Poe or In re Zed"], ["In re Zed,"], 1.0),
    "rows over are cut off": ("citation_prediction_open", ["Roe", "Poe"], ["Roe"], 1.0),
    "answers over are cut off": ("citation_prediction_open", ["Roe"], ["Roe", "Poe"], 1.0),
    "answers over are not looked at": ("sara_numeric", ["$5"], ["$5", "$6"], 1.0),
}


@pytest.mark.parametrize(("task", "generations", "answers", "score"), BY_HAND.values(), ids=BY_HAND)
def test_by_hand(task, generations, answers, score):
    assert official_score(task, generations, answers) == pytest.approx(score)


REFUSED = {
    "unknown": (("hearsy", ["a"], ["a"]), "legalbench task 'hearsy' is none of LegalBench's 162 tasks; did you mean hearsay?"),
    "manual": (("rule_qa", ["a"], ["a"]), "legalbench task 'rule_qa' is marked by a person; no program can score its free text"),
    "lengths": (("hearsay", ["a"], ["a", "b"]), "legalbench hearsay: 1 generations and 2 answers; as many are legal"),
    "too few": (("ssla_plaintiff", ["a", "b"], ["a"]), "legalbench ssla_plaintiff: only 1 answers to 2 generations"),
    "empty": (("hearsay", [], []), "legalbench hearsay: no generations to score"),
    "amount": (("sara_numeric", ["1"], ["$1.50"]), "legalbench sara_numeric: gold answer '$1.50' is no amount such as $27181"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "line"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_scored_is_refused_in_one_line(arguments, line):
    with pytest.raises(UserError) as refused:
        official_score(*arguments)
    assert str(refused.value) == line


GOLD = {"amount": "$5", "list": "a,b", "text": "term"}


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=60),
    st.sampled_from([t for t in trainable_tasks() if task_table()[t].metric != "balanced_accuracy"] + ["scalr"]),
)
def test_any_text_has_a_score(text, task):
    gold = GOLD.get(task_table()[task].kind, "0")
    assert 0.0 <= official_score(task, [text], [gold]) <= 1.0


@pytest.mark.parametrize("piece", ["9", "y", "a,", "x, ", "term,", "ying", " ", "."])
def test_a_long_text_breaks_nothing_and_takes_linear_time(piece):
    text = piece * (1_000_000 // len(piece))
    start = time.process_time()
    for task in ("sara_numeric", "definition_extraction", "citation_prediction_open", "ssla_plaintiff", "hearsay"):
        official_score(task, [text], [GOLD.get(task_table()[task].kind, "Yes")])
    assert time.process_time() - start < 8


def test_stems_grow_with_their_words():
    """Why an item much longer than gold need not be stemmed at all."""
    rng = random.Random(0)
    ends = ("ational", "ization", "fulness", "ement", "ing", "ed", "s", "ies", "iviti", "ousli", "y", "e", "")
    for _ in range(3000):
        word = "".join(rng.choices("abceilorstuy", k=rng.randrange(1, 12))) + "".join(rng.choices(ends, k=3))
        assert len(word) - stems.LONGEST_SUFFIX < len(stems.stem(word)), word


def test_inflections_are_regular_and_share_the_stem():
    assert stems.inflections("authorize") == ("authorized", "authorizes", "authorizing")
    assert stems.inflections("hawkers and peddlers")[0] == "hawkers and peddler"
    assert {"statutes"} < set(stems.inflections("statute")) and "policies" in stems.inflections("policy")
    for term in ("authorize", "policy", "banking", "statute"):
        assert term not in stems.inflections(term)
        assert {stems.stem(form) for form in stems.inflections(term)} == {stems.stem(term)}


def test_the_examples_in_the_files():
    assert doctest.testmod(official).failed == doctest.testmod(stems).failed == 0
