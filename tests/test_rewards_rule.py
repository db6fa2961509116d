"""The rule stated: in what words, with which numbers, and never the other way round."""

import doctest
import re

import pytest

from grpo_legal.problems import FAMILIES, generate
from grpo_legal.rewards import polarity as polarity_module
from grpo_legal.rewards import reading as reading_module
from grpo_legal.rewards import rule as module
from grpo_legal.rewards import words as words_module
from grpo_legal.rewards.rule import rule_stated

RULES = {  # the rule, its citation
    "amount": ("The matter in controversy must exceed $75,000, exclusive of interest and costs", "28 U.S.C. § 1332(a)"),
    "offer": (
        "A merchant's signed offer to buy or sell goods that gives assurance of being held open is not revocable for "
        "lack of consideration during the time stated, but never for more than three months",
        "U.C.C. § 2-205",
    ),
    "answer": ("A defendant must serve an answer within 21 days after being served", "Fed. R. Civ. P. 12(a)(1)(A)(i)"),
    "removal": (
        "An action removable solely on the basis of diversity may not be removed if any defendant is a citizen of the "
        "State in which it was brought",
        "28 U.S.C. § 1441(b)(2)",
    ),
    "fault": (
        "A plaintiff who bears more than 50 percent of the fault recovers nothing, and a smaller share reduces the "
        "damages in proportion",
        "735 Ill. Comp. Stat. 5/2-1116",
    ),
    "employer": ("An employer must have at least 15 employees in each of 20 weeks", "42 U.S.C. § 2000e(b)"),
}


def gold(*names: str) -> str:
    rules = " ".join(f"{RULES[name][0]} ({RULES[name][1]})." for name in names)
    return f"Issue: The issue is this.\nRule: {rules}\nApplication: Here it is.\nConclusion: So it is.\nAnswer: Yes"


def pay(
    told: str, *names: str, text: str | None = None, style: str = "reasoned", explanation: str | None = None
) -> float:
    cited = [RULES[name][1] for name in names]
    whole = text if text is not None else f"Issue: Is it so?\nRule: {told}\nApplication: Here it is so.\nAnswer: Yes"
    row = {"facts": ["Ann Lee sues Bob Ruiz."], "question": ["Is there jurisdiction over the suit?"], "style": [style]}
    return rule_stated(
        [whole], **row, authorities=[cited], explanation=[gold(*names) if explanation is None else explanation]
    )[0]


STATED = [
    ("amount", "The amount in controversy must be more than $75,000, not counting interest and costs."),
    ("amount", "There has to be more than 75,000 dollars in controversy, leaving aside interest and costs."),
    (
        "offer",
        "A merchant who signs an offer of goods and assures that it is held open cannot revoke it for up to 3 months.",
    ),
    (
        "offer",
        "A signed offer by a merchant that promises to stay open is irrevocable for the time stated, at most three months.",
    ),
    ("answer", "A defendant has twenty-one days after being served to serve his answer."),
    ("answer", "The defendant's answer must be served no later than 21 days after service."),
    (
        "removal",
        "A diversity case cannot be removed if one of the defendants is a citizen of the State where it was brought.",
    ),
    (
        "fault",
        "A plaintiff with over 50 percent of the fault gets nothing; otherwise the damages are reduced in proportion.",
    ),
    ("employer", "It takes 15 or more employees in 20 weeks for an employer to be covered."),
    ("employer", "An employer with fewer than 15 employees in 20 weeks is not one that Title VII means."),
]


@pytest.mark.parametrize(("name", "told"), STATED)
def test_a_rule_in_a_lawyers_own_words_is_paid(name, told):
    assert pay(told, name) >= 0.9


INVERTED = [
    ("amount", "The matter in controversy does not need to exceed $75,000, exclusive of interest and costs."),
    ("amount", "The amount in controversy must be less than $75,000, not counting interest and costs."),
    ("amount", "The matter in controversy must exceed $50,000, exclusive of interest and costs."),
    (
        "offer",
        "A merchant's signed offer that gives assurance of being held open is revocable for lack of consideration.",
    ),
    ("offer", "A merchant's signed offer of goods may be revoked for lack of consideration during the time stated."),
    (
        "offer",
        "A merchant's signed offer held open is not revocable for lack of consideration, for at least three months.",
    ),
    ("answer", "A defendant need not serve an answer within 21 days after being served."),
    ("answer", "A defendant must serve an answer within 60 days after being served."),
    (
        "removal",
        "An action removable solely on the basis of diversity may be removed if a defendant is a citizen of the State.",
    ),
    ("fault", "A plaintiff who bears less than 50 percent of the fault recovers nothing of the damages."),
    ("employer", "An employer must have at most 15 employees in each of 20 weeks."),
    ("employer", "An employer must have less than 15 employees in each of 20 weeks."),
]


@pytest.mark.parametrize(("name", "told"), INVERTED)
def test_a_rule_turned_round_or_with_another_number_earns_nothing(name, told):
    assert pay(told, name) == 0.0


def test_each_rule_is_paid_for_itself():
    both = f"{STATED[0][1]} {STATED[4][1]}"
    assert pay(both, "amount", "answer") >= 0.9
    assert pay(STATED[0][1], "amount", "answer") == pytest.approx(0.5, abs=0.05)
    assert pay(f"{INVERTED[0][1]} {STATED[4][1]}", "amount", "answer") == pytest.approx(0.5, abs=0.05)


def test_a_rule_without_its_number_is_half_a_rule():
    assert pay("A large matter in controversy is required, exclusive of interest and costs.", "amount") == 0.5


def test_the_citation_alone_earns_a_small_part():
    assert pay("The rule is the one of 28 U.S.C. § 1332(a).", "amount") == module.NAMED
    assert pay("The rule is the one of 28 U.S.C. § 1332(a).", "answer") == 0.0


def test_without_a_gold_argument_only_the_citation_can_be_looked_for():
    assert pay("The rule is the one of 28 U.S.C. § 1332(a).", "amount", explanation="") == module.NAMED
    assert pay("The rule is an old one of this land.", "amount", explanation="") == 0.0
    assert pay(STATED[0][1], explanation="") == 0.0  # neither argument nor authorities


CHEATS = {
    "empty": "",
    "headings with nonsense": "Rule: Purple moon7 eats soup7 and the stars are green.\nApplication: It is so.",
    "key words": "Rule: matter, controversy, exceed, $75,000, interest, costs, exclusive",
    "key words in a row": "matter controversy exceed $75,000 interest costs exclusive jurisdiction court statute",
    "the facts": "Ann Lee sues Bob Ruiz.",
    "the question": "Rule: Is there jurisdiction over the suit?",
    "citation spam": "Rule: See 28 U.S.C. § 1332(a), 28 U.S.C. § 1331, 7 U.S. 267 and all that is like it.",
    "another rule": f"Rule: {STATED[4][1]} {STATED[6][1]}",
}


@pytest.mark.parametrize("text", CHEATS.values(), ids=CHEATS)
def test_an_attack_earns_a_fifth_at_most(text):
    assert pay("", "amount", text=text) <= 0.2


def test_in_the_short_style_nothing_is_asked_for():
    assert pay(STATED[0][1], "amount", style="short") == 0.0


# The rules of every family, each turned round by the first of these that fits it.
TURNS = [
    ("may not", "may"), ("must not", "may"), ("cannot", "can"), ("does not", "does"), ("do not", "do"),
    ("is not", "is"), ("are not", "are"), ("never", "always"), ("No", "Any"), ("no", "any"), ("nothing", "everything"),
    ("must", "need not"), ("more than", "less than"), ("at least", "at most"), ("or more", "or less"),
    ("within", "only after"), ("may", "may not"), ("are", "are not"), ("is", "is not"), ("counts", "does not count"),
    ("ends", "does not end"), ("makes", "does not make"), ("takes", "does not take"), ("reduces", "does not reduce"),
]  # fmt: skip


def inverted(rule: str) -> str | None:
    for word, other in TURNS:
        if match := re.search(rf"(?<!or )\b{word}\b", rule):
            return rule[: match.start()] + other + rule[match.end() :]
    return None


@pytest.mark.parametrize("family", FAMILIES)
def test_every_rule_of_a_family_is_paid_and_its_inversion_is_not(family):
    told = {}
    for level in (1, 2, 3):
        for problem in generate(family, 10, "train", 5, level):
            part = re.search(r"^Rule:(.*?)^Application:", problem.explanation, re.M | re.S)[1]
            told |= dict(module._told(part, problem.authorities))
    assert told
    for rule, citation in told.items():
        other = inverted(rule)
        texts = [
            f"Issue: x\nRule: {said} ({citation}).\nApplication: y\nConclusion: z" for said in (rule, other or rule)
        ]
        n = {"facts": ["f"] * 2, "question": ["q"] * 2, "style": ["reasoned"] * 2, "authorities": [[citation]] * 2}
        right, turned = rule_stated(texts, **n, explanation=[texts[0]] * 2)
        assert right == 1.0, rule
        assert other is None or turned <= module.NAMED, other


def test_the_examples_in_the_files():
    for each in (module, polarity_module, reading_module, words_module):
        assert doctest.testmod(each).failed == 0
