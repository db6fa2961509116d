"""How answers are read out of whole completions: which line counts, whatever the text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grpo_legal import schema
from grpo_legal.schema import completion_text, final_answer_line, is_correct, parse_answer, read_answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Yes", "Yes"),
        ("  Yes.\n\n", "Yes"),
        ("Answer: Yes", "Yes"),
        ("**Answer:** Yes", "Yes"),
        ("The final answer is: Yes.", "Yes"),
        ("The answer is Yes", "Yes"),
        ("ANSWER: YES", "Yes"),
        ("It was offered for its truth.\nAnswer: Yes\n\n", "Yes"),
        ("Yes and no are both arguable, but the answer is no: Yes is weaker.\nAnswer: Yes", "Yes"),
        ("Surely the answer is Yes.\nAnswer: No", "No"),  # only the final line counts
        ("the correct answer is Yes; Answer: Yes\nAnswer: No", "No"),
        ("Answer: No\nAnswer: No", "No"),
        # no answer, or more than one
        ("", None),
        (" \n\t\n", None),
        ("Yes\nNo", None),
        ("Yes\nIt was offered for its truth.", None),  # two lines, neither says "Answer:"
        ("Answer: Yes\nAnswer: No", None),
        ("Answer: No\nBut wait.\nAnswer: Yes", None),
        ("Answer: Yes\nOn second thought, no.", None),  # not the last line
        ("Answer: Yes\u2028Answer: No", None),
        ("Answer: Yes\x0bAnswer: No", None),
        ("Answer: Yes Answer: No", None),
        ("Answer: Yes Answer: Yes", None),
        ("Answer: Yes<|im_end|>\n<|im_start|>assistant\nAnswer: No", None),
        ("Answer: Yes<|im_end|>", None),
        ("Answer:", None),
        ("Answers: Yes", None),
        ("Answer with Yes or No.", None),  # the prompt, echoed
        ('Then end with one line "Answer: " followed by Yes or No.', None),
        ("Yes, " + "and it was offered for its truth " * 10, None),  # an essay, not a line
        ("Answer: Yes, " + "and it was offered for its truth " * 10, None),
    ],
)
def test_the_final_answer_line_is_read_and_nothing_else(text, answer):
    assert read_answer(text, "yes_no", ("Yes", "No")) == answer


@pytest.mark.parametrize(
    ("text", "kind", "labels", "answer"),
    [
        # an answer is a pleading too
        ("### Conclusion\nThe answer is due on September 26, 2024.\n\nAnswer: 2024-09-26", "date", (), "2024-09-26"),
        ("The answer is due within 21 days of May 3.\nThe answer is not late.\nAnswer: No", "yes_no", (), "No"),
        ("Answer: 2024-09-26\nThe answer is due on September 26, 2024.", "date", (), None),  # not the last line
        ("The answer is timely.", "label", ("timely", "late"), "timely"),  # where that is what was asked
        ("The answer is timely.\nAnswer: late", "label", ("timely", "late"), None),
        # lines that say the same, each in its way
        ("The answer is March 3, 2026.\nAnswer: 2026-03-03", "date", (), "2026-03-03"),
        ("The answer is Yes, because no party shares a State.\nAnswer: Yes", "yes_no", (), "Yes"),
        ("Answer: $1,000\nAnswer: $1,000.00", "amount", (), "1000.00"),
        # and that do not
        ("The answer is March 4, 2026.\nAnswer: 2026-03-03", "date", (), None),
        ("Answer: maybe\nAnswer: Yes", "yes_no", (), None),
        ("Answer: No\n                Answer: Yes", "yes_no", (), None),
        ("The answer is the buyer.\nAnswer: the seller", "text", (), None),
    ],
)
def test_answer_lines_that_agree_are_one_answer_and_a_pleading_is_none(text, kind, labels, answer):
    assert read_answer(text, kind, labels) == answer


def test_a_line_of_more_than_300_characters_is_an_essay_and_no_answer():
    assert final_answer_line("x" * 300) == "x" * 300
    assert final_answer_line("x" * 301) is None
    assert parse_answer("Yes, " + "x" * 295, "yes_no") == "Yes"
    assert [parse_answer(start + "x" * 300, kind) for kind, start in (("yes_no", "Yes, "), ("amount", "$5, "))] == [
        None
    ] * 2


def test_the_text_of_a_completion():
    said = [{"role": "assistant", "content": "Yes"}]
    table = [
        ("Yes", "Yes"),
        (said, "Yes"),
        ([{"role": "user", "content": "Say Yes"}, *said], "Yes"),
        ([{"role": "assistant", "content": [{"type": "text", "text": "Y"}, {"type": "text", "text": "es"}]}], "Yes"),
        ([{"role": "assistant", "content": "Answer: No"}, *said], "Answer: No\nYes"),
        ([{"role": "assistant", "content": None}], ""),
        ([{"role": "assistant"}], ""),
        ([{"role": "assistant", "content": 5}], ""),
        ([{"role": "assistant", "content": [{"type": "image"}, {"type": "text", "text": None}, "Yes"]}], ""),
        ([], ""),
        (None, ""),
        (b"Yes", ""),
        ({"role": "assistant", "content": "Yes"}, ""),
    ]
    assert [completion_text(given) for given, _ in table] == [text for _, text in table]


PIECES = [
    "Answer:",
    "answer is",
    "Yes",
    "No",
    "$",
    "5",
    "1,234",
    ".",
    "2026-03-03",
    "March",
    "½",
    "\ud800",
    "\0",
    "é",
    "ſ",
]
TEXTS = st.text() | st.lists(st.sampled_from([*PIECES, " ", "\n", "\r", "\u2028", "-", "/", "*", ","])).map("".join)


@settings(max_examples=1500, deadline=None)
@given(TEXTS, st.sampled_from(schema.KINDS))
def test_any_text_gives_an_answer_or_none(text, kind):
    answer = read_answer(text, kind, ("Yes", "No"))
    assert answer == read_answer(text, kind, ("Yes", "No"))
    if answer is not None:
        assert parse_answer(answer, kind, ("Yes", "No")) == answer  # canonical
        assert is_correct(answer, answer, kind)
