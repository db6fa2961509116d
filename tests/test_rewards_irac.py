"""Issue, rule, application, conclusion: what counts as an argument, and what only looks like one."""

import doctest

import pytest

from grpo_legal.rewards import irac, irac_structure

FACTS = "Pennsylvania citizen Jamal Nguyen sues Pennsylvania citizen Felix Vargas in federal court for $30,000."
QUESTION = "As of November 2026, does 28 U.S.C. § 1332(a) give the federal court diversity jurisdiction?"
CHAIRS = (
    "On March 3, 2026 Ann Lee, a merchant of chairs, wrote and signed a letter to Bob Ruiz offering 400 chairs at $20 "
    "each and promising to hold the offer open until March 31, 2026. On March 10 she wrote that she withdrew it. "
    "On March 12 Ruiz accepted."
)

ISSUE = "Does the federal court have diversity jurisdiction over the suit of Nguyen against Vargas?"
RULE = "28 U.S.C. § 1332(a) requires complete diversity between the parties and more than $75,000 in controversy."
APPLICATION = (
    "Jamal Nguyen and Felix Vargas are both citizens of Pennsylvania, so there is no diversity. "
    "The $30,000 that Nguyen claims is also below the amount that is required."
)
CONCLUSION = "There is no diversity jurisdiction over this case."


def pay(text: str, facts: str = FACTS, question: str = QUESTION, style: str = "reasoned") -> float:
    cited = [["Strawbridge v. Curtiss, 7 U.S. 267 (1806)", "28 U.S.C. § 1332(a)"]]
    return irac_structure([text], facts=[facts], question=[question], style=[style], authorities=cited)[0]


def brief(issue=ISSUE, rule=RULE, application=APPLICATION, conclusion=CONCLUSION) -> str:
    parts = {"Issue": issue, "Rule": rule, "Application": application, "Conclusion": conclusion}
    return "\n\n".join(f"{heading}: {text}" for heading, text in parts.items() if text) + "\nAnswer: No"


HONEST = {
    "headings with a colon": brief(),
    "headings on lines of their own": brief().replace(": ", "\n"),
    "bold headings": "\n".join(f"**{line.replace(': ', ':** ', 1)}" for line in brief().split("\n\n")),
    "numbered markdown headings": (
        "## I. Issue\nCan Jamal Nguyen bring this suit in federal court on the basis of diversity?\n"
        "## II. Rule\nStrawbridge v. Curtiss demands that every plaintiff be from another State than every defendant.\n"
        "## III. Analysis\nBecause Nguyen is a Pennsylvania citizen and so is Vargas, that demand is not met here.\n"
        "## IV. Conclusion\nThe federal court cannot hear the case against Vargas.\nAnswer: No"
    ),
    "lead-ins in one paragraph": (
        "The issue is whether the federal court has diversity jurisdiction over Nguyen's claim. Under 28 U.S.C. § "
        "1332(a), no plaintiff may share a State with any defendant, and more than $75,000 must be at stake. Here, "
        "Nguyen and Vargas are both from Pennsylvania and only $30,000 is claimed. Therefore, the federal court lacks "
        "jurisdiction over the suit.\nAnswer: No"
    ),
    "headings, and lead-ins beneath them": brief(
        issue="Under § 1332(a), does Nguyen's suit against Vargas belong in federal court?",
        application=f"{APPLICATION} Therefore the citizenship of Nguyen defeats the federal court's power.",
    ).replace(": ", "\n"),
}


@pytest.mark.parametrize("text", HONEST.values(), ids=HONEST.keys())
def test_an_honest_argument_is_paid_in_full(text):
    assert pay(text) == 1.0


def test_an_argument_about_a_contract_is_paid_in_full():
    text = brief(
        "Whether Ann Lee could withdraw her offer before the end of March.",
        "Under UCC 2-205, a merchant's signed written offer to buy or sell goods which by its terms gives assurance "
        "that it will be held open is not revocable for lack of consideration during the time stated.",
        "Lee deals in chairs and is a merchant. Her letter was signed and it promised to stay open until March 31. Her "
        "withdrawal on March 10 therefore had no effect, and Ruiz accepted on March 12, in time.",
        "Ruiz accepted an offer which was still open.",
    )
    assert (
        pay(text, CHAIRS, "Under UCC 2-205 as of November 2026, did Ruiz accept an offer that was still open?") == 1.0
    )


@pytest.mark.parametrize(
    ("missing", "value"), [("issue", 0.75), ("rule", 0.75), ("application", 0.0), ("conclusion", 0.75)]
)
def test_each_part_is_worth_a_quarter_and_without_the_application_all_is_worth_nothing(missing, value):
    assert pay(brief(**{missing: ""})) == value
    assert pay(brief(**{missing: "So it is."})) == value  # a heading without substance


def headed(*texts: str) -> str:
    return brief(*(texts * 4)[:4])


NONSENSE = "Purple moon7 eats soup7 and the stars are green."
CHEATS = {
    "empty": "",
    "white space": " \n\t\n" * 50,
    "the answer alone": "Answer: No",
    "headings alone": brief(" ", " ", " ", " "),
    "headings with nonsense": headed(NONSENSE),
    "varied nonsense": headed(
        "Whether the purple moon eats the soup of the stars.",
        "The law of soup is that a unicorn must be shown to all.",
        "Here a moon has eaten the soup and so it is purple.",
        "Therefore the soup of the moon is purple and green.",
    ),
    "nonsense about the parties": headed(
        "Whether the purple moon eats the soup of Nguyen and Vargas.",
        "The law of soup in Pennsylvania is that a unicorn must be shown to Vargas.",
        "Here the moon of Nguyen has eaten the purple soup of Vargas with a green spoon.",
        "Therefore the soup of the moon is purple for Nguyen and not for Vargas.",
    ),
    "nonsense for an application": brief(application=NONSENSE),
    "the question under every heading": headed(QUESTION),
    "the facts under every heading": headed(FACTS),
    "facts and question under every heading": headed(f"{FACTS} {QUESTION}"),
    "the facts for an application": brief(application=FACTS),
    "facts and question, echoed": f"{FACTS}\n{QUESTION}",
    "key words": headed("statute case court diversity jurisdiction citizen Pennsylvania federal Nguyen Vargas"),
    "key words for an application": brief(
        application="Jamal Nguyen Felix Vargas Pennsylvania citizen diversity jurisdiction federal court $30,000"
    ),
    "IRAC words": "issue rule application conclusion " * 30,
    "one sentence under every heading": headed(APPLICATION),
    "one sentence again and again": brief(application="Nguyen and Vargas are both of Pennsylvania here. " * 20),
    "the whole argument twice": brief() + "\n" + brief(),
    "backwards": "\n".join(reversed(brief().split("\n\n"))),
    "citation spam": headed("28 U.S.C. § 1332(a), 7 U.S. 267, 559 U.S. 77, 28 U.S.C. § 1367, 489 F.2d 1396."),
    "function words": headed("of the and to it is not so but then if or when he was there " * 3),
    "an honest argument about another case": HONEST["headings with a colon"]
    .replace("Nguyen", "Baker")
    .replace("Vargas", "Cole")
    .replace("Pennsylvania", "Ohio")
    .replace("diversity", "personal")
    .replace("30,000", "99,000"),
}


@pytest.mark.parametrize("text", CHEATS.values(), ids=CHEATS.keys())
def test_form_without_substance_is_worth_nothing(text):
    assert pay(text) == 0.0


@pytest.mark.parametrize(
    "conclusion",
    [
        QUESTION,
        APPLICATION.split(".")[0],
        f"{CONCLUSION} " * 3,
        CONCLUSION + "".join(f" Then purple moons follow green{'x' * i} soups." for i in range(20)),
        "Nguyen sues Vargas, no.",
        "So it is not for Nguyen alone.",
        "citizen Nguyen citizen Vargas Pennsylvania federal court",
        "\nAnswer: No, since Nguyen and Vargas are both from Pennsylvania",
    ],
    ids=[
        "the question",
        "said before",
        "repeated",
        "padded",
        "too short",
        "one word of the case",
        "key words",
        "the answer line",
    ],
)
def test_what_is_no_conclusion(conclusion):
    assert pay(brief(conclusion=conclusion).removesuffix("\nAnswer: No")) == 0.75


def test_five_words_can_be_a_conclusion():
    assert pay(brief(conclusion="The federal court lacks jurisdiction.")) == 1.0


def test_the_question_copied_is_no_issue():
    assert pay(brief(issue=QUESTION)) == 0.75


def test_a_text_beyond_all_measure_is_no_brief():
    facts = " ".join(f"Witness{i} saw lorry{i} pass." for i in range(4000))
    assert len(facts) > irac.MAX_CHARACTERS
    assert pay(f"{facts}\n{brief()}") == 0.0
    assert pay(f"{facts[:50_000]}\n{brief()}") == 1.0


def test_in_the_short_style_there_is_nothing_to_structure():
    assert pay(brief(), style="short") == 0.0


def test_a_case_told_in_the_question_alone_counts():
    assert pay(brief(), facts="", question=f"{FACTS} {QUESTION}") == 1.0


def test_authorities_may_be_missing():
    assert irac_structure([brief()], facts=[FACTS], question=[QUESTION], style=["reasoned"]) == [1.0]


def test_the_example_in_the_file():
    assert doctest.testmod(irac).failed == 0
