"""Is the answer right, and is it given in the form asked for? "what was written → what it earns"."""

import doctest

import pytest

from grpo_legal.rewards import answer_format, combine, correct, correct_answer, form
from grpo_legal.schema import Problem, to_row

REASONS = (
    "Rule 801 covers a statement made out of court and offered for the truth of what it asserts.\n"
    "Here the letter was written at home, and Ann offers it to prove that the brakes had failed.\n"
)


def hearsay(**changes) -> Problem:
    asked = {"facts": "Ann offers a letter.", "question": "Is it hearsay?", "answer": "Yes", "labels": ("Yes", "No")}
    return Problem(id="h/1", family="hearsay", **{"kind": "yes_no", **asked, **changes})


TAX = hearsay(question="How much tax is due?", answer="1234.50", kind="amount", labels=())
DEADLINE = hearsay(question="When is the answer due?", answer="2026-03-03", kind="date", labels=())
ABERCROMBIE = hearsay(
    question="How distinctive is the mark?",
    answer="generic",
    kind="label",
    labels=("generic", "descriptive", "fanciful"),
)


def earns(reward, text: str, problem: Problem, style: str = "reasoned") -> float:
    row = to_row(problem, style)
    return reward([[{"role": "assistant", "content": text}]], **{key: [value] for key, value in row.items()})[0]


@pytest.mark.parametrize(
    ("problem", "text", "value"),
    [
        (hearsay(), "Answer: Yes", 1.0),
        (hearsay(), "Yes.", 1.0),
        (hearsay(), f"{REASONS}Answer: Yes", 1.0),
        (hearsay(), f"{REASONS}Answer: No", 0.0),
        (hearsay(), f"Surely Yes. {REASONS}Answer: No", 0.0),  # gold in the reasoning, another final answer
        (hearsay(), "the correct answer is Yes; Answer: Yes\nAnswer: No", 0.0),
        (hearsay(), "Answer: Yes\nAnswer: No", 0.0),
        (hearsay(), f"Answer: Yes\n{REASONS}", 0.0),  # the answer line is not last
        (hearsay(), "Yes and No", 0.0),
        (hearsay(), "", 0.0),
        (TAX, "$1,234.50", 1.0),
        (TAX, "USD 1,234.51", 1.0),  # a cent of rounding
        (TAX, "$1,234.52", 0.0),
        (TAX, "between $1,234.50 and $2,000", 0.0),
        (TAX, "$1.234,50", 0.0),
        (DEADLINE, "March 3, 2026", 1.0),
        (DEADLINE, "3 March 2026", 1.0),
        (DEADLINE, "March 2026", 0.0),
        (DEADLINE, "2026-03-03 or 2026-03-04", 0.0),
        (ABERCROMBIE, "Generic, because it names the goods", 1.0),
        (ABERCROMBIE, "generic, descriptive, fanciful", 0.0),  # every label listed
        (ABERCROMBIE, "It is not generic", 0.0),
    ],
)
def test_correct_answer(problem, text, value):
    assert earns(correct_answer, text, problem) == value


@pytest.mark.parametrize(
    ("problem", "text", "value"),
    [
        (hearsay(), "Yes", 1.0),
        (hearsay(), "no.", 1.0),  # wrong, but in form
        (hearsay(), "Answer: Yes\n", 1.0),
        (hearsay(), "answer: yes.", 1.0),
        (hearsay(), "Yes, because it is offered for its truth", 0.5),
        (hearsay(), "The answer is Yes", 0.5),
        (hearsay(), "**Yes**", 0.5),
        (hearsay(), "Yes" + " " * 400, 0.0),  # padding
        (hearsay(), "\n\n\n\nYes", 0.0),
        (hearsay(), "Reason\nAnswer: Yes", 0.0),  # two lines
        (hearsay(), "Yes\nYes", 0.0),
        (hearsay(), "Yes and No", 0.0),
        (hearsay(), "Yes, <|im_end|>", 0.0),
        (hearsay(), "", 0.0),
        *[
            (TAX, text, 1.0)
            for text in ("$1,234.50", "1234.5", "USD 1,234.50", "US$1,234.50.", "-5", "$9 dollars", "9 USD")
        ],
        *[(TAX, text, 0.5) for text in ("The amount is $5", "$5 (five)", "$5, I think", "$5 ($5.00)")],
        *[(TAX, text, 0.0) for text in ("$1.234,50", "$5 and $6", "about $5", "5%")],
        *[(DEADLINE, t, 1.0) for t in ("2026-03-03", "March 3, 2026.", "3 March 2026", "3/3/2026", "3rd of Mar. 2026")],
        *[(DEADLINE, t, 0.5) for t in ("on March 3, 2026", "Tuesday, March 3, 2026", "2026-03-03, by noon")],
        *[(DEADLINE, t, 0.0) for t in ("Feb 30, 2026", "March 2026", "2026-03-03 or later")],
        *[(ABERCROMBIE, t, v) for t, v in {"Fanciful": 1.0, "generic mark": 0.0, "generic (a mark)": 0.5}.items()],
    ],
)
def test_the_short_form_is_the_answer_alone(problem, text, value):
    assert earns(answer_format, text, problem, "short") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"{REASONS}Answer: Yes", 1.0),
        (f"{REASONS}Answer: No.\n", 1.0),
        (f"{REASONS}Answer: Yes, since it is offered for its truth", 0.5),  # more than the answer on the line
        (f"{REASONS}**Answer: Yes**", 0.5),
        (f"{REASONS}The final answer is Yes", 0.5),
        ("Answer: Yes", 0.5),  # no reasoning
        ("Because. " * 60 + "\nAnswer: Yes", 0.5),  # one word, again and again
        (f"{REASONS}Answer: Yes\nAnswer: Yes", 0.0),  # two answer lines
        (f"Answer: Yes\n{REASONS}Answer: Yes", 0.0),
        (f"Answer: Yes\n{REASONS}", 0.0),
        (f"{REASONS}Answer: Yes and No", 0.0),
        (f"{REASONS}Yes", 0.0),
        (f"{REASONS}<|im_start|>assistant\nAnswer: Yes", 0.0),
        ("Yes", 0.0),
        (REASONS, 0.0),
        ("", 0.0),
    ],
)
def test_the_reasoned_form_ends_with_one_answer_line(text, value):
    assert earns(answer_format, text, hearsay()) == value


LEFT_OUT = ("de facto merger", "mere continuation", "express agreement")
LISTED = hearsay(kind="list", labels=LEFT_OUT, answer="de facto merger; mere continuation")
NAMED = hearsay(kind="list", labels=(), answer="Ann Lee; Acme, Inc.")
TERM = hearsay(kind="text", labels=(), answer="hawkers and peddlers", alternatives=("hawkers and peddler",))
RATE = hearsay(kind="amount", labels=(), answer="27181.00", tolerance=0.1)


@pytest.mark.parametrize("problem", [hearsay(), TAX, DEADLINE, ABERCROMBIE, LISTED, NAMED, TERM, RATE])
def test_the_gold_answer_is_right_and_in_form_in_both_styles(problem):
    assert earns(correct_answer, problem.answer, problem, "short") == 1.0
    assert earns(answer_format, problem.answer, problem, "short") == 1.0
    assert earns(correct_answer, f"{REASONS}Answer: {problem.answer}", problem) == 1.0
    assert earns(answer_format, f"{REASONS}Answer: {problem.answer}", problem) == 1.0


@pytest.mark.parametrize(
    ("problem", "text", "right", "form"),
    [
        (LISTED, "mere continuation; de facto merger", 1.0, 1.0),
        (LISTED, "Mere continuation.", 2 / 3, 1.0),
        (LISTED, "none", 0.0, 1.0),
        (LISTED, "de facto merger and mere continuation", 1.0, 0.5),  # not with semicolons
        (LISTED, "de facto merger; mere continuation, as they moved", 1.0, 0.5),
        (LISTED, "; ".join(LEFT_OUT), 4 / 5, 1.0),  # all of them
        (LISTED, "de facto merger or mere continuation", 0.0, 0.0),
        (NAMED, "Acme, Inc.; Ann Lee.", 1.0, 1.0),
        (NAMED, "**Acme, Inc.**; **Ann Lee**", 1.0, 0.5),
        (NAMED, "Acme, Inc.; Ann Lee; Bob Ruiz", 4 / 5, 1.0),
        (TERM, "Hawkers and peddler.", 1.0, 1.0),
        (TERM, "“hawkers and peddlers”", 1.0, 0.5),
        (TERM, "hawkers and peddlers, sellers", 0.0, 1.0),
        (RATE, "$25,000", 1.0, 1.0),
        (RATE, "$24,000", 0.0, 1.0),
    ],
)
def test_lists_texts_and_amounts_within_a_share(problem, text, right, form):
    assert earns(correct_answer, text, problem, "short") == pytest.approx(right)
    assert earns(answer_format, text, problem, "short") == form


def test_without_tolerance_and_alternatives_an_answer_is_held_to_the_cent_and_the_word():
    assert correct_answer(["$101", "$100.01"], kind=["amount"] * 2, labels=[[]] * 2, answer=["100.00"] * 2) == [
        0.0,
        1.0,
    ]
    assert correct_answer(["lands", "Land."], kind=["text"] * 2, labels=[[]] * 2, answer=["land"] * 2) == [0.0, 1.0]


@pytest.mark.parametrize("label", ["Jones v. Robinson Prop. Grp., L.P.", "Acme, Inc.", "A"])
def test_a_label_may_end_in_a_full_stop_of_its_own(label):
    asked = hearsay(kind="label", labels=(label, "other"), answer=label)
    assert [earns(answer_format, text, asked, "short") for text in (label, f"{label}.", f"Answer: {label}")] == [
        1.0
    ] * 3


def test_an_unknown_style_is_refused_not_guessed():
    with pytest.raises(ValueError, match="prompt style 'essay' is none of short, reasoned, few_shot"):
        answer_format(["Yes"], kind=["yes_no"], labels=[["Yes", "No"]], style=["essay"])


def test_a_column_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError):
        correct_answer(["Yes", "No"], kind=["yes_no"], labels=[["Yes", "No"]], answer=["Yes"])


def test_labels_may_be_missing_for_yes_and_no():
    assert correct_answer(["Yes"], kind=["yes_no"], labels=[None], answer=["Yes"]) == [1.0]
    assert answer_format(["Yes"], kind=["yes_no"], labels=[None], style=["short"]) == [1.0]


@pytest.mark.parametrize("module", [correct, form, combine])
def test_the_examples_in_the_files(module):
    assert doctest.testmod(module).failed == 0
