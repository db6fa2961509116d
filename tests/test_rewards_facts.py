"""Grounded in the facts: what an application must use, what costs, and the figures that are read."""

import doctest

import pytest

from grpo_legal.rewards import facts as module
from grpo_legal.rewards import figures as figures_module
from grpo_legal.rewards.facts import grounded_in_facts
from grpo_legal.rewards.figures import derivable, derivable_day, figures

FACTS = (
    "On March 3, 2026 Ann Lee sold Bob Ruiz a tractor for $80,000. Bob Ruiz paid $5,000 at once. The tractor broke "
    "down after 30 days."
)
QUESTION = "As of November 2026, how much of the price does Ruiz still owe Lee under U.C.C. § 2-709?"
GOLD = (
    "Issue: The issue is how much Bob Ruiz owes Ann Lee.\n"
    "Rule: A seller may recover the price of goods accepted (U.C.C. § 2-709(1)).\n"
    "Application: Here, the facts lead to this. Ruiz accepted the tractor of March 3, 2026 from Lee, so the price of "
    "$80,000 is due, less the $5,000 paid (U.C.C. § 2-709(1)).\n"
    "Conclusion: Therefore, Ruiz still owes Lee $75,000.\nAnswer: $75,000.00"
)
HEAD = "Issue: How much is owed?\nRule: A seller may recover the price of goods that were accepted.\nApplication: "
TAIL = "\nConclusion: So the seller may recover the balance.\nAnswer: $75,000"


def pay(application: str, *, text: str | None = None, style: str = "reasoned", gold: str = GOLD) -> float:
    told = text if text is not None else HEAD + application + TAIL
    row = {"facts": [FACTS], "question": [QUESTION], "style": [style], "answer": ["75000.00"]}
    return grounded_in_facts([told], **row, authorities=[["U.C.C. § 2-709(1)"]], explanation=[gold])[0]


HONEST = {
    "names, a date and sums": "Ruiz accepted the tractor that Lee sold him on March 3, 2026, so he owes $80,000 less $5,000.",
    "the date in numbers": "Ruiz accepted the tractor from Lee on 3/3/2026 and owes her the price of $80,000.",
    "the ISO date": "Lee delivered on 2026-03-03, Ruiz accepted, and the price of $80,000 is therefore due.",
    "the day before the month": "Since Ruiz accepted on 3 March 2026, he owes Lee the price, 80,000 dollars.",
    "the date without its year": "Since Ruiz accepted on March 3rd, he owes Lee the price, which is $80k less $5k.",
    "a difference computed": "Ruiz accepted the tractor from Lee; of the $80,000 he still owes $75,000 after paying $5,000.",
    "a share computed": "Ruiz accepted. He paid Lee $5,000, or 6.25 percent of $80,000, and owes the rest of the price.",
    "a deadline computed": "Ruiz accepted from Lee on March 3, 2026; 30 days on, April 2, 2026, it broke. He owes $80,000.",
}


@pytest.mark.parametrize("application", HONEST.values(), ids=HONEST)
def test_an_application_that_uses_the_facts_is_paid(application):
    assert pay(application) >= 0.9


WRONG = {  # what stands in the application, and the most that it may earn
    "another amount": ("Ruiz accepted the tractor from Lee, so he owes the price of $91,300 less $4,100.", 0.3),
    "another date": ("Ruiz accepted from Lee on July 19, 2025 and paid on August 30, 2025, so the price is due.", 0.3),
    "other people": ("Carl Moss accepted the tractor from Dora Pike, so he owes her the price of $80,000.", 0.5),
    "nobody and nothing": (
        "The buyer accepted the goods, so the seller may recover the price, less what was paid.",
        0.0,
    ),
    "nothing": ("", 0.0),
}


@pytest.mark.parametrize(("application", "most"), WRONG.values(), ids=WRONG)
def test_what_the_case_does_not_give_costs(application, most):
    assert pay(application) <= most


CHEATS = {
    "empty": "",
    "white space": " \n\t " * 50,
    "headings with nonsense": "\n".join(
        f"{part}: Purple moon7 eats soup7." for part in ("Issue", "Rule", "Application")
    ),
    "nonsense about the parties": f"{HEAD}The moon of Ruiz has eaten the purple soup of Lee with a green spoon.{TAIL}",
    "the facts copied": f"{HEAD}{FACTS}{TAIL}",
    "the facts copied behind a word": f"{HEAD}Here, on {FACTS[3:]}{TAIL}",
    "the facts alone": FACTS,
    "facts and question": f"{FACTS} {QUESTION}",
    "key words": f"{HEAD}Ruiz, Lee, tractor, $80,000, March 3, 2026, price, seller, goods, accepted, $5,000{TAIL}",
    "key words alone": "Ann Lee Bob Ruiz tractor $80,000 $5,000 March 3, 2026 price goods accepted",
    "another problem's answer": (
        f"{HEAD}Moss bought a van from Pike on July 1, 2024 for $12,700 and accepted it, so the price is due.{TAIL}"
    ),
}


@pytest.mark.parametrize("text", CHEATS.values(), ids=CHEATS)
def test_an_attack_earns_a_fifth_at_most(text):
    assert pay("", text=text) <= 0.2


def test_without_headings_the_whole_text_but_for_the_issue_is_read():
    assert pay("", text=f"Ruiz accepted the tractor, so the price of $80,000 is due to Lee. {TAIL}") >= 0.8
    assert pay("", text=f"The question is what Ruiz owes Lee of the $80,000.{TAIL}") == 0.0


def test_without_a_gold_argument_the_facts_say_what_matters():
    assert pay(HONEST["names, a date and sums"], gold="") >= 0.8
    assert pay(WRONG["another amount"][0], gold="") <= 0.3


def test_in_the_short_style_nothing_is_asked_for():
    assert pay(HONEST["the ISO date"], style="short") == 0.0


READ = {
    "$75,000": [("money", 75_000)],
    "75,000 dollars": [("money", 75_000)],
    "$75k": [("money", 75_000)],
    "$1.5 million": [("money", 1_500_000)],
    "$62,365.33": [("money", 62_365.33)],
    "40%": [("percent", 40)],
    "40 per cent": [("percent", 40)],
    "21 days": [("period", 21)],
    "a 21-day period": [("period", 21)],
    "30 calendar days": [("period", 30)],
    "May 4, 2026": [("date", (2026, 5, 4))],
    "4th of May 2026": [("date", (2026, 5, 4))],
    "2026-05-04": [("date", (2026, 5, 4))],
    "5/4/2026": [("date", (2026, 5, 4))],
    "Sept. 4": [("date", (0, 9, 4))],
    "at 7:47 p.m.": [("time", (19, 47))],
    "19:47": [("time", (19, 47))],
    "27 employees": [("number", 27)],
    "March 2026": [("number", 2026)],
    "28 U.S.C. § 1332(a)": [("number", 28), ("number", 1332)],
    "may 5 people": [("date", (0, 5, 5))],  # the price of reading "May 5" in any case
}


@pytest.mark.parametrize("text", READ)
def test_the_figures_of_a_text(text):
    assert [(figure.kind, figure.value) for figure in figures(text)] == READ[text]


@pytest.mark.parametrize(
    ("value", "known", "right"),
    [
        (103_959, {89_010, 14_949}, True),  # a sum
        (12_634.67, {75_000, 62_365.33}, True),  # a difference
        (1_488, {12, 124}, True),  # a product
        (57_359.85, {43, 133_395}, True),  # a percentage
        (57_177.45, {45, 103_959}, True),  # less a percentage
        (12_638.67, {75_000, 62_365.33}, False),  # a slip of four dollars
    ],
)
def test_one_step_of_arithmetic(value, known, right):
    assert derivable(value, known) is right


@pytest.mark.parametrize(
    ("day", "from_day", "numbers", "right"),
    [
        ((2025, 10, 21), (2025, 9, 30), {21.0}, True),
        ((2025, 10, 22), (2025, 9, 30), {21.0}, False),
        ((2025, 4, 8), (2025, 1, 8), {3.0}, True),  # months
        ((2026, 6, 15), (2026, 6, 13), set(), True),  # a Saturday's Monday
        ((2026, 6, 16), (2026, 6, 14), set(), False),  # a Sunday's Tuesday
        ((2026, 2, 30), (2026, 2, 1), {29.0}, False),  # no such day
    ],
)
def test_a_date_counted_from_another(day, from_day, numbers, right):
    assert derivable_day(day, {from_day}, numbers) is right


def test_the_examples_in_the_files():
    for each in (module, figures_module):
        assert doctest.testmod(each).failed == 0
