"""The small rewards, as tables: repetition, hedges, abstention, and the look of legal prose."""

import doctest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grpo_legal import problems
from grpo_legal.rewards import (
    abstain,
    calibrated_abstention,
    hedging,
    legal_quality,
    no_hedging,
    no_repetition,
    quality,
    repetition,
)
from grpo_legal.rewards.abstain import is_abstention
from grpo_legal.schema import to_row

GOLD = [p for family in problems.FAMILIES for p in problems.generate(family, 12, "train", 7)]
FACTS = (
    "On March 3, 2026 Ann Lee, a merchant, signed a letter offering Bob Ruiz 400 chairs and promised to hold it open."
)
QUESTION = "Under UCC 2-205 as of November 2026, was the offer of Lee still open when Ruiz accepted on March 12?"
BRIEF = (
    "Issue: Whether Lee could withdraw her offer to Ruiz before the end of March.\n"
    "Rule: Under UCC 2-205, a merchant's signed offer to sell goods that is promised to stay open may not be revoked "
    "for a reasonable time, even if the buyer could foresee a change of mind.\n"
    "Application: Here Lee is a merchant of chairs, she signed the letter and she promised to hold the offer for Ruiz, "
    "so what she wrote on March 10 had no effect.\n"
    "Conclusion: Therefore the offer to Ruiz was still open.\nAnswer: Yes"
)


def columns(rows):
    return {key: [row[key] for row in rows] for key in rows[0]}


@pytest.mark.parametrize("reward", [no_repetition, no_hedging, legal_quality, calibrated_abstention])
def test_gold_arguments_of_every_family_are_paid(reward):
    paid = reward([p.explanation for p in GOLD], **columns([to_row(p, "reasoned") for p in GOLD]))
    assert min(paid) >= (0.85 if reward is legal_quality else 1.0)
    assert sum(paid) / len(paid) > 0.98


# ---- no_repetition ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("Answer: Yes", 1.0, 1.0),
        (BRIEF, 1.0, 1.0),
        ("Lee made an offer. Ruiz accepted the offer. The offer was a firm offer.", 1.0, 1.0),
        ("L'offre était ouverte jusqu'en mars et l'acheteur l'a acceptée à temps.", 1.0, 1.0),
        (f"{BRIEF}\n{BRIEF}", 0.0, 0.5),  # the whole argument twice
        (f"{BRIEF}\n{BRIEF}\n{BRIEF}", 0.0, 0.0),
        ("Lee made a firm offer. " * 20, 0.0, 0.0),
        ("yes " * 400, 0.0, 0.0),
        ("no " * 8, 0.0, 0.0),
        ("The offer was firm.\n" * 3 + "It is.", 0.0, 0.0),  # lines
        ("a" * 5000, 0.0, 0.0),  # no space to count words by
        ("ha!" * 900, 0.0, 0.0),
        ("!" * 900, 0.0, 0.0),
        (" ".join(f"Purple moon{i} eats soup{i}." for i in range(200)), 0.0, 0.05),  # no row of words comes twice
        ("", 0.0, 0.0),
        (" \n\t", 0.0, 0.0),
    ],
)
def test_a_loop_earns_nothing_and_prose_everything(text, low, high):
    assert low <= no_repetition([text])[0] <= high


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="abcd \n", min_size=4, max_size=60).filter(str.strip), st.integers(20, 60))
def test_anything_said_twenty_times_earns_nothing(piece, times):
    assert no_repetition([f"{piece}\n" * times]) == [0.0]


# ---- no_hedging -------------------------------------------------------------------------------------

HEDGES = [
    "Perhaps the offer was open.",
    "The offer was probably open.",
    "The offer might be open.",
    "A court would likely hold the offer open.",
    "It is unclear, but the offer was open.",
    "I think that the offer was open.",
    "It appears that the offer was open.",
    "This is a close call for Lee.",
]
NO_HEDGES = [
    "Lee may not withdraw the offer.",
    "Ruiz could foresee the loss, so Lee is liable for it.",
    "Lee had a reasonable time and let it pass.",
    "It is more likely than not that Ruiz signed.",
    "The mark is likely to cause confusion.",  # the test of the Lanham Act
    "The court should hear the case in May.",
    "The mighty offer improbably stood.",  # letters inside longer words
]


@pytest.mark.parametrize("text", HEDGES)
def test_one_hedge_in_the_conclusion_costs_half(text):
    assert no_hedging([f"Conclusion: {text}\nAnswer: Yes"]) == [0.5]
    assert no_hedging([f"Therefore {text[0].lower()}{text[1:]}\nAnswer: Yes"]) == [0.5]
    assert no_hedging([f"{text}\nAnswer: Yes"]) == [0.5]  # no heading: the end of the text


@pytest.mark.parametrize("text", NO_HEDGES)
def test_terms_of_art_are_no_hedges(text):
    assert no_hedging([f"Conclusion: {text}\nAnswer: Yes"]) == [1.0]


@pytest.mark.parametrize(
    ("text", "paid"),
    [
        (BRIEF, 1.0),
        ("Answer: Yes", 1.0),
        ("Rule: A buyer might perhaps revoke.\nConclusion: The offer was open.\nAnswer: Yes", 1.0),  # not concluded
        ("Rule: So it is.\nConclusion: The offer was open.\nAnswer: Perhaps yes", 0.5),
        ("Conclusion: Perhaps it was, maybe not.\nAnswer: Yes", 0.0),
        ("Application: This could go either way.\nConclusion: The offer was open.\nAnswer: Yes", 0.5),
        ("Application: Yes and no; it depends.\nConclusion: The offer was open.\nAnswer: Yes", 0.0),
        ("Answer: Yes and No", 0.5),
        ("On the one hand it was open, on the other hand it was not.\nAnswer: Yes", 0.0),
        ("", 0.0),
        ("  \n", 0.0),
    ],
)
def test_what_is_a_commitment(text, paid):
    assert no_hedging([text]) == [paid]


def test_a_label_is_an_answer_and_no_hedge():
    told = ["Conclusion: The right is unclear.\nAnswer: Unclear"]
    assert no_hedging(told, labels=[["Yes", "No", "Unclear"]]) == [1.0]
    assert no_hedging(told, labels=[["Yes", "No"]]) == [0.0]


# ---- calibrated_abstention --------------------------------------------------------------------------

DECIDED = {"kind": "label", "labels": ["Yes", "No", "Undetermined"], "answer": "Yes"}
UNDECIDED = {**DECIDED, "answer": "Undetermined"}
YES_NO_ROW = {"kind": "yes_no", "labels": ["Yes", "No"], "answer": "Yes"}
AMOUNT = {"kind": "amount", "labels": [], "answer": "500.00"}
DATE = {"kind": "date", "labels": [], "answer": "2026-03-31"}
OWN_WORDS = {"kind": "label", "labels": ["Valid", "Void", "Not enough facts"], "answer": "Not enough facts"}


@pytest.mark.parametrize(
    ("row", "text", "paid"),
    [
        (YES_NO_ROW, "Answer: Yes", 1.0),
        (YES_NO_ROW, "Answer: No", 0.0),  # wrong and confident
        (YES_NO_ROW, "Answer: Cannot be determined", 0.3),
        (YES_NO_ROW, "Answer: The facts do not decide.", 0.3),
        (YES_NO_ROW, "Answer: The facts don’t decide", 0.3),
        (YES_NO_ROW, "**Answer:** It cannot be determined from the facts", 0.3),
        (YES_NO_ROW, "Answer: insufficient information", 0.3),
        (YES_NO_ROW, "Answer: I do not know", 0.3),
        (YES_NO_ROW, "Undetermined", 0.3),  # a single line is the answer line
        (YES_NO_ROW, "Answer: Undetermined, but Yes", 0.0),  # names an answer beside it
        (YES_NO_ROW, "Answer: Yes or No, undetermined", 0.0),
        (YES_NO_ROW, "The facts do not decide.\nAnswer: No", 0.0),  # said, but answered
        (YES_NO_ROW, "The facts do not decide.\nAnswer: Yes", 1.0),
        (YES_NO_ROW, "Answer: Maybe", 0.0),
        (YES_NO_ROW, "", 0.0),
        (YES_NO_ROW, "The facts do not decide.\nThat is all.", 0.0),  # no answer line
        (YES_NO_ROW, "Answer: Undetermined\nAnswer: Yes", 0.0),  # two answers
        (DECIDED, "Answer: Undetermined", 0.3),
        (DECIDED, "Answer: No", 0.0),
        (UNDECIDED, "Answer: Undetermined", 1.0),
        (UNDECIDED, "Answer: The facts do not decide", 1.0),  # in other words
        (UNDECIDED, "Answer: Yes", 0.0),
        (UNDECIDED, "Answer: Undetermined, probably Yes", 0.0),
        (UNDECIDED, "", 0.0),
        (OWN_WORDS, "Answer: Not enough facts", 1.0),
        (OWN_WORDS, "Answer: Undetermined", 1.0),
        (OWN_WORDS, "Answer: Void", 0.0),
        (AMOUNT, "Answer: $500", 1.0),
        (AMOUNT, "Answer: cannot be determined", 0.3),
        (AMOUNT, "Answer: cannot be determined, about $500", 0.0),
        (AMOUNT, "Answer: $400", 0.0),
        (DATE, "Answer: unknown", 0.3),
        (DATE, "Answer: unknown, March 31, 2026", 0.0),
    ],
)
def test_abstaining_is_right_where_the_facts_do_not_decide(row, text, paid):
    assert calibrated_abstention([text], **{key: [value] for key, value in row.items()}) == [paid]


@pytest.mark.parametrize(
    ("label", "abstains"),
    [
        ("Undetermined", True),
        ("Cannot be determined", True),
        ("Can't be decided", True),
        ("Insufficient facts", True),
        ("Unclear", True),
        ("There is not enough information", True),
        ("The answer is unknown", True),
        ("Abstain", True),
        ("Yes", False),
        ("No", False),
        ("No contract", False),
        ("Unclear contract", True),  # opens with it: name such a label otherwise
        ("Neither", False),
        ("Unknowing waiver", False),
        ("Indeterminate sentence", True),
        ("", False),
    ],
)
def test_what_reads_as_an_abstention(label, abstains):
    assert is_abstention(label) is abstains


# ---- legal_quality ----------------------------------------------------------------------------------


def look(text: str, style: str = "reasoned", **more) -> float:
    return legal_quality([text], facts=[FACTS], question=[QUESTION], style=[style], **more)[0]


def test_a_brief_is_paid_in_full_and_more_of_it_earns_no_more():
    assert look(BRIEF) == 1.0
    assert look(f"{BRIEF}\nUnder U.C.C. § 2-206, moreover, a court would enforce the contract against Lee.") == 1.0


KEY_WORDS = (
    "statute case court issue rule application\n\n1. § 1 Foo v. Bar because therefore however must shall 2-205 offer "
    "merchant contract liability damages jurisdiction negligence "
)
POOR = {
    "empty": "",
    "the answer": "Answer: Yes",
    "key words": KEY_WORDS,
    "key words in lines": "\n".join(KEY_WORDS.split()),
    "key words about the case": f"{KEY_WORDS} Lee Ruiz chairs March letter offering merchant signed open. " * 3,
    "IRAC over nonsense": "\n".join(
        f"{part}: The purple moon has eaten all of the soup under a green star."
        for part in ("Issue", "Rule", "Application", "Conclusion")
    ),
    "the question": QUESTION,
    "facts and question": f"{FACTS}\n{QUESTION}",
    "the question under every heading": "\n".join(
        f"{part}: {QUESTION}" for part in ("Issue", "Rule", "Application", "Conclusion")
    ),
    "citations": "28 U.S.C. § 1332(a), 7 U.S. 267, 559 U.S. 77, 489 F.2d 1396, UCC 2-205. " * 5,
    "legal nonsense about nobody": "The court shall hold a statute liable, because a contract of law is a tort under "
    "Rule 7. Therefore the merchant of the jury was a remedy, but the verdict had no title to it.",
}


@pytest.mark.parametrize("text", POOR.values(), ids=POOR)
def test_words_without_prose_about_the_case_earn_next_to_nothing(text):
    assert look(text) <= 0.2


def test_words_inside_other_words_do_not_count():
    """ "success" holds UCC and "emotion" motion; the reward that this one replaces paid for both."""
    told = "Lee had great success with the chairs and Ruiz felt no emotion when the letter came to him that day."
    assert look(told) <= 0.3


def test_in_the_short_style_there_is_no_prose_to_judge():
    assert look(BRIEF, style="short") == 0.0


def test_an_authority_of_the_problem_is_a_citation_whatever_its_form():
    told = BRIEF.replace("UCC 2-205", "the Offers Act 1999")
    assert look(told) < look(told, authorities=[["Offers Act 1999"]]) == 1.0


@pytest.mark.parametrize("module", [abstain, hedging, quality, repetition])
def test_the_examples_in_the_files(module):
    assert doctest.testmod(module).failed == 0
