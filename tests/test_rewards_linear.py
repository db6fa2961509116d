"""A completion made to be slow costs no more than its length: ten times the text, at most fifteen times the time."""

import time
from collections.abc import Callable

import pytest

from grpo_legal import schema
from grpo_legal.rewards import (
    answer_format,
    calibrated_abstention,
    irac,
    irac_structure,
    legal_quality,
    no_hedging,
    no_repetition,
    quality,
)
from grpo_legal.schema import parse_answer, read_answer

MEGABYTE = 1_000_000
PIECES = [
    "Answer:",
    "Answer: Yes\n",
    "the answer is ",
    "the ",
    "the\n",
    "answer is\t",
    "Yes, ",
    "*",
    "#* ",
    " ",
    "\n",
    "\t\n",
]
PIECES += ["1", "1,", "1,234", "$", "-", "March ", "2026-", "03/", "(", ". ", ".\t ", "x", "I", "a'", "\u0301\u0316"]
PIECES += ["Answer: \u0301\u0316", "Issue: ", "Issue:\n", "Rule\nIssue\n", "Issue of ", "Under it. ", "the rule "]


def seconds(function: Callable[[str], object], text: str) -> float:
    start = time.process_time()
    function(text)
    return time.process_time() - start


def assert_linear(function: Callable[[str], object], piece: str, size: int) -> None:
    """Up to five tries, since other work on the machine slows one of the two down now and then."""
    short, long = (piece * (n // len(piece)) for n in (size // 10, size))
    tries = []
    for _ in range(5):
        small, large = min(seconds(function, short) for _ in range(2)), seconds(function, long)
        tries.append((small, large))
        if large <= 15 * max(small, 0.004):
            return
    raise AssertionError(f"seconds for {size // 10} and {size} characters of {piece!r}: {tries}")


@pytest.mark.parametrize("piece", PIECES)
def test_reading_an_answer_takes_linear_time(piece):
    def read(text: str) -> None:
        read_answer(text, "amount")
        read_answer(f"{text}\nAnswer: Yes", "yes_no")
        for kind in schema.KINDS:
            parse_answer(text, kind)
            parse_answer(text[: schema.MAX_ANSWER_LINE], kind)

    assert_linear(read, piece, MEGABYTE)


@pytest.mark.parametrize("piece", PIECES)
def test_judging_a_text_takes_linear_time(piece):
    def judge(text: str) -> None:
        told = f"So {text}\nAnswer: Yes"  # a word first, so that white space stands within the text
        irac_structure([told], facts=["Ann sues Bob."], question=["Is it?"], style=["reasoned"])

    assert_linear(judge, piece, irac.MAX_CHARACTERS - 20)
    assert seconds(judge, piece * (MEGABYTE // len(piece))) < 0.1  # not looked at


@pytest.mark.parametrize("piece", PIECES)
def test_checking_the_form_takes_linear_time(piece):
    def check(text: str) -> None:
        answer_format([f"{text}\nAnswer: Yes"], kind=["yes_no"], labels=[["Yes", "No"]], style=["reasoned"])

    assert_linear(check, piece, MEGABYTE)


def test_a_long_run_of_accents_before_the_answer_takes_linear_time():
    """Unicode normalisation is quadratic on it: a minute for 0.2 MB."""
    text = "Answer: " + "\u0301\u0316" * 50_000 + "\nAnswer: Yes"
    assert seconds(lambda text: read_answer(text, "yes_no"), text) < 0.5


@pytest.mark.parametrize(
    "piece", [*PIECES, "perhaps ", "it depends ", "therefore\n", "cannot be ", "the facts ", "aaa.\n"]
)
def test_the_small_rewards_take_linear_time(piece):
    row = {"kind": ["label"], "labels": [["Yes", "Unclear"]], "answer": ["Unclear"]}
    case = {"facts": ["Ann sues Bob."], "question": ["Is it?"], "style": ["reasoned"]}

    def judge(text: str) -> None:
        no_repetition([text])
        no_hedging([text])
        legal_quality([text[: quality.MAX_CHARACTERS]], **case)
        calibrated_abstention([f"{text}\nAnswer: {text[:250]}"], **row)

    assert_linear(judge, piece, MEGABYTE // 2)
