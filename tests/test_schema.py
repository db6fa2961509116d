"""The question, the prompt made from it, and the answer read out of a completion.

The tables read as "what was written → what it says", with None for no answer or more than one.
"""

import dataclasses
import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grpo_legal import schema
from grpo_legal.schema import Problem, chat_prompt, is_correct, parse_answer, read_answer, to_row

HEARSAY = ("hearsay", "not hearsay", "excluded from hearsay")


def problem(**changes) -> Problem:
    fields = {
        "id": "fam/train/1/0",
        "family": "fam",
        "facts": "Ann sues Bob.",
        "question": "Is there hearsay?",
        "answer": "Yes",
        "kind": "yes_no",
        "labels": ("Yes", "No"),
        "authorities": ("FRE 801",),
    }
    return Problem(**{**fields, **changes})


def cells(line: str) -> list[str]:
    """The cells of a table row, "a | b | c"."""
    return [cell.strip() for cell in line.split("|")]


def reads(table: dict[str, str | None], kind: str, labels: tuple[str, ...] = ()) -> None:
    found = {line: parse_answer(line, kind, labels) for line in table}
    assert found == table


# ---- Problem ----------------------------------------------------------------------------------------


def test_a_problem_refuses_an_unknown_kind():
    with pytest.raises(ValueError, match=r"problem x: kind 'essay' is none of yes_no, label, amount, date"):
        problem(id="x", kind="essay")


def test_a_problem_refuses_an_answer_that_is_not_among_its_labels():
    with pytest.raises(ValueError, match=r"problem x: answer 'Maybe' is not among its labels \['Yes', 'No'\]"):
        problem(id="x", answer="Maybe")


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("amount", "$1,234.50"),
        ("amount", "1234.5"),
        ("amount", "twelve"),
        ("date", "March 3, 2026"),
        ("date", "2026-02-30"),
        ("date", "2026-3-3"),
    ],
)
def test_a_problem_refuses_an_answer_that_is_not_canonical(kind, answer):
    with pytest.raises(ValueError, match=f"is not a canonical {kind}"):
        problem(kind=kind, answer=answer, labels=())


def test_a_problem_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        problem().answer = "No"


# ---- the prompt and the row -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "labels", "answer", "form"),
    [
        ("yes_no", ("Yes", "No"), "Yes", "Yes or No"),
        ("label", HEARSAY, "hearsay", "exactly one of: hearsay; not hearsay; excluded from hearsay"),
        ("amount", (), "12500.00", "an amount in dollars, such as $1,234.50"),
        ("date", (), "2026-03-31", "a date, such as 2026-03-31"),
        ("datetime", (), "2026-03-31 14:30", "a date and time, such as 2026-03-31 14:30"),
        ("list", (), "Ann Lee; Acme, Inc.", "the names, with semicolons between them, or none"),
        ("list", ("a", "b"), "a; b", "those that apply, with semicolons between them, or none: a; b"),
        ("text", (), "hearsay", "one term or name alone"),
    ],
)
def test_both_styles_ask_for_the_form_of_the_answer(kind, labels, answer, form):
    asked = problem(kind=kind, labels=labels, answer=answer)
    short, reasoned = (chat_prompt(asked, style)[1]["content"] for style in ("short", "reasoned"))
    word = "one word, " if kind == "yes_no" else ""  # a small base model then weighs Yes and No about alike
    assert short == f"Ann sues Bob.\nIs there hearsay?\nAnswer with {word}{form}."
    assert reasoned.startswith("Ann sues Bob.\nIs there hearsay?\nReason under the headings Issue, Rule, Application")
    assert reasoned.endswith(f'end with one line "Answer: " followed by {form}.')


def test_the_short_style_asks_for_the_answer_only():
    system, user = chat_prompt(problem(), "short")
    assert (system["role"], user["role"]) == ("system", "user")
    assert "Give only the answer." in system["content"]
    assert "Reason" not in system["content"] + user["content"]


def test_the_few_shot_style_is_the_benchmarks_own_text_and_nothing_else():
    asked = problem(few_shot="Q: Is it?\nA: Yes\n\nQ: Ann sues Bob.\nA:")
    assert chat_prompt(asked, "few_shot") == [{"role": "user", "content": asked.few_shot}]
    assert "few_shot" not in to_row(asked, "few_shot")
    with pytest.raises(ValueError, match="has no few-shot prompt"):
        chat_prompt(problem(), "few_shot")


def test_a_prompt_without_facts_has_no_empty_line():
    assert chat_prompt(problem(facts=""), "short")[1]["content"].startswith("Is there hearsay?\n")


def test_an_unknown_style_is_refused():
    with pytest.raises(ValueError, match="prompt style 'long' is none of short, reasoned, few_shot"):
        chat_prompt(problem(), "long")


def test_a_row_has_the_columns_of_the_rewards_and_none_that_the_trainer_uses():
    row = to_row(problem(), "short")
    columns = "prompt family facts question answer kind labels authorities split difficulty template explanation"
    assert " ".join(row) == f"{columns} tolerance alternatives problem_id style"
    assert row["prompt"] == chat_prompt(problem(), "short")
    assert (row["problem_id"], row["style"], row["labels"], row["authorities"]) == (
        "fam/train/1/0",
        "short",
        ["Yes", "No"],
        ["FRE 801"],
    )
    assert not {"prompts", "completions", "completion", "completion_ids"} & set(row)


# ---- what the line says -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("2026-03-31 14:30", "2026-03-31 14:30"),
        ("2026-03-31T14:30:00", "2026-03-31 14:30"),
        ("March 31, 2026 at 2:30 p.m.", "2026-03-31 14:30"),
        ("14:30 hours on 31 March 2026", "2026-03-31 14:30"),
        ("12:05 a.m. on March 31, 2026", "2026-03-31 00:05"),
        ("March 31, 2026, 14:30 CET", "2026-03-31 14:30"),
        ("2026-03-31", None),
        ("14:30", None),
        ("2026-03-31 24:00", None),
        ("2026-03-31 14:60", None),
        ("2026-03-31 14:30 p.m.", None),
        ("2026-03-31 14:30 or 15:30", None),
        ("2026-03-31 14:30 and 2026-04-01", None),
        ("before 2026-03-31 14:30", None),
    ],
)
def test_a_date_and_time(line, read):
    assert parse_answer(line, "datetime") == read


def test_yes_or_no():
    yes = (
        "Yes | yes | YES. | **Yes** | (Yes) | It is Yes | Yes, because it was said in court | Yes - since he testified"
    )
    yes += '| "Yes" | Yes because it was offered for its truth | Yes—under Rule 801 | Option Yes'
    reads(dict.fromkeys(cells(yes), "Yes"), "yes_no")


@pytest.mark.parametrize(
    "lines",
    [
        "Yes and No | Yes/No | Yes or No | Yes, or perhaps the opposite | Yes, no hearsay here | Yes or so | No; Yes",
        "not Yes | No doubt, yes | No doubt | Not no | It is not Yes | No way to tell | Yes?",
        "Yesterday | Nobody | Yes-man | No-one | None | Know | yes_no | Yessir | Eyes | ? | ",
        "Yеs | Ｙｅｓ | Yeſ | Y\u200bes | Yes\u200b | Y es | Υes | Nο | 𝐘𝐞𝐬",
    ],
    ids=["hedges", "negations", "other words", "look-alikes"],
)
def test_what_is_neither_yes_nor_no(lines):
    reads(dict.fromkeys(cells(lines)), "yes_no")


def test_labels_that_contain_one_another():
    table = {
        "hearsay": "hearsay",
        "Not hearsay.": "not hearsay",
        "Excluded from hearsay, since it is his own statement": "excluded from hearsay",
        "Option hearsay": "hearsay",
        "hearsay; not hearsay; excluded from hearsay": None,  # every label listed
        "hearsay or not hearsay": None,
        "It is hearsay": "hearsay",
        "It isn't hearsay": None,
        "no hearsay": None,
        "hearsay within hearsay": None,
    }
    reads(table, "label", HEARSAY)


def test_labels_of_one_letter_or_digit():
    reads(
        {"B": "B", "(b)": "B", "Option B": "B", "B: a merger": None, "B, or C": None, "A merger": None},
        "label",
        ("A", "B"),
    )
    reads({"2": "2", "2.": "2", "2.5": None, "12": None, "1 2": None}, "label", ("1", "2"))


def test_amounts():
    same = "$1,234.50 | 1234.5 | 1,234.50 | USD 1,234.50 | US$1,234.50 | $ 1,234.50 | 1,234.50 USD | $1,234.50."
    same += "| **$1,234.50** | The amount is $1,234.50 | $1,234.50 ($1,234.50) | 1234.50 dollars | $1,234.50, as agreed | \\$1,234.50 | US\\$1,234.50"
    reads(dict.fromkeys(cells(same), "1234.50"), "amount")
    reads({"-5": "-5.00", "-$5": "-5.00", "-0": "0.00", "$0": "0.00", "$62,000": "62000.00"}, "amount")


@pytest.mark.parametrize(
    "lines",
    [
        "between $5 and $6 | $5 or $6 | $5 - $6 | $5-6 | $5/6 | $500, or $600 | $500 (10% of $5,000) | $1,2,3 | 5 6",
        "$1.234,50 | $1.234 | 1e5 | ½ | 5 ½ | 5½ | 10² | 1,23 | 1,234,5 | (500) | $500 (½ of it)",
        "not $500 | about $500 | less than $500 | over $500 | $500 or more | at least $500 | $500?",
        "30% | 5 days | €5 | 500 EUR | £5 | $1.5 million | 75k | $500 each | § 12 | 12(a) | x5 | 5x",
        "１２３ | ٥ | 1234567890123456 | $ | dollars | inf | nan | 0x10 | 1_000 | ",
    ],
    ids=["two amounts", "unclear", "bounds and negations", "other things", "other digits"],
)
def test_what_is_no_amount_in_dollars(lines):
    reads(dict.fromkeys(cells(lines)), "amount")


def test_dates():
    same = "March 3, 2026 | 3 March 2026 | 2026-03-03 | 03/03/2026 | 3/3/2026 | 2026-3-3 | march 3 2026 | Mar. 3, 2026"
    same += "| 3rd of March, 2026 | the 3rd of March 2026 | Tuesday, March 3, 2026 | on March 3rd, 2026. | Mar 3,2026"
    same += "| 2026-03-03 (March 3, 2026) | March 3, 2026, because day 21 was a Sunday"
    reads(dict.fromkeys(cells(same), "2026-03-03"), "date")
    reads({"3/31/2026": "2026-03-31", "Sept. 3, 2026": "2026-09-03", "May 3, 2026": "2026-05-03"}, "date")
    reads({"Feb 29, 2028": "2028-02-29", "December 31, 2026": "2026-12-31", "1 Jan 2027": "2027-01-01"}, "date")


@pytest.mark.parametrize(
    "lines",
    [
        "Feb 30, 2026 | 2026-02-29 | 31/03/2026 | 2026-13-01 | 0000-01-01 | April 31, 2026 | March 0, 2026",
        "2026-03-03 and 2026-03-04 | 2026-03-03 or 4 March 2026 | 2026-03-03/04 | 2026-03-03, not March 4, 2026",
        "2026 | March 2026 | March 3 | 03/03/26 | 3.3.2026 | 20260303 | 12026-03-03 | 2026-03-031",
        "before 2026-03-03 | not March 3, 2026 | after March 3, 2026 | 2026-03-03 or later | 2026-03-03?",
        "２０２６-03-03 | Marcht 3, 2026 | 1 March 3, 2026 | tomorrow | ",
    ],
    ids=["never was", "two dates", "part of a date", "bounds and negations", "other things"],
)
def test_what_is_no_date(lines):
    reads(dict.fromkeys(cells(lines)), "date")


def test_a_cent_of_rounding_is_right_and_two_are_wrong():
    assert [is_correct(given, "100.00", "amount") for given in ("100.01", "99.99", "100.02", "99.98", None)] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert not is_correct("No", "Yes", "yes_no")


def test_an_unknown_kind_is_refused_even_on_a_long_line():
    with pytest.raises(ValueError, match="answer kind 'essay' is none of"):
        parse_answer("x" * 1000, "essay")


# ---- the round trip ---------------------------------------------------------------------------------

LABEL_SETS = (
    ("Yes", "No"),
    HEARSAY,
    ("A", "B", "C"),
    ("0", "1", "2"),
    ("Jones v. Robinson Prop. Grp., L.P.", "Phillips v. AWH Corp."),
    ("Correct", "Incorrect"),
    ("no contract", "contract", "contract with additional terms"),
)


@pytest.mark.parametrize("labels", LABEL_SETS)
@pytest.mark.parametrize("told", ["{}", "{}.", "Answer: {}", "First this.\nThen that.\n**Answer:** {}\n"])
def test_every_gold_label_is_read_back(labels, told):
    assert [read_answer(told.format(label), "label", labels) for label in labels] == list(labels)


@given(st.integers(0, 10**14))
def test_every_gold_amount_is_read_back(cents):
    gold = f"{cents // 100}.{cents % 100:02d}"
    for told in (gold, f"${cents // 100:,}.{cents % 100:02d}", f"Answer: {gold}."):
        assert read_answer(told, "amount") == gold
    assert is_correct(gold, gold, "amount")


@given(st.dates())
def test_every_gold_date_is_read_back(day):
    month = day.strftime("%B")
    written = [f"{month} {day.day}, {day.year:04d}", f"{day.day} {month[:3]}. {day.year:04d}"]
    for told in (day.isoformat(), f"{day.month}/{day.day}/{day.year:04d}", *written):
        assert read_answer(f"Answer: {told}", "date") == day.isoformat()


def test_the_examples_in_the_file():
    assert doctest.testmod(schema).failed == 0
