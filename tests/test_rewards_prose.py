"""The three rewards that read prose, together: honest answers are paid, attacks are not, any text at all is survived."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ordinary_answers import ANSWERS, Ordinary
from test_rewards_linear import PIECES, assert_linear, seconds

from grpo_legal.problems import FAMILIES, generate
from grpo_legal.rewards import correct_answer, irac_structure
from grpo_legal.rewards.facts import grounded_in_facts
from grpo_legal.rewards.reading import MAX_CHARACTERS
from grpo_legal.rewards.rule import rule_stated
from grpo_legal.schema import Problem, to_row

REWARDS = {"irac_structure": irac_structure, "grounded_in_facts": grounded_in_facts, "rule_stated": rule_stated}


def pay(text: str, problem: Problem) -> dict[str, float]:
    row = {key: [value] for key, value in to_row(problem, "reasoned").items()}
    return {name: reward([text], **row)[0] for name, reward in REWARDS.items()}


@cache
def problem_of(answer: Ordinary) -> Problem:
    return generate(answer.family, 1, answer.split, answer.seed, answer.difficulty, start=answer.index)[0]


@cache
def drawn(family: str, n: int) -> list[Problem]:
    return [problem for level in (1, 2, 3) for problem in generate(family, n, "test", 21, level)]


# ---- honest answers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda a: f"{a.family}-{a.index}")
def test_an_answer_in_ordinary_wording_is_right_and_is_paid(answer):
    problem = problem_of(answer)
    row = {key: [value] for key, value in to_row(problem, "reasoned").items()}
    assert correct_answer([answer.text], **row) == [1.0]
    assert min(pay(answer.text, problem).values()) >= 0.75


def test_ordinary_answers_are_many_and_paid_nearly_in_full():
    assert len(ANSWERS) >= 44 and len({answer.family for answer in ANSWERS}) >= 11
    paid = [pay(answer.text, problem_of(answer)) for answer in ANSWERS]
    assert {name: sum(each[name] for each in paid) / len(paid) >= 0.95 for name in REWARDS} == dict.fromkeys(
        REWARDS, True
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_the_gold_argument_of_a_family_is_paid(family):
    paid = [pay(problem.explanation, problem) for problem in drawn(family, 17)]
    for name in REWARDS:
        values = [each[name] for each in paid]
        assert min(values) >= 0.75 and sum(values) / len(values) >= 0.95, name


# ---- attacks ----------------------------------------------------------------------------------------

KEY_WORDS = (
    "statute, case, court, issue, rule, application, damages, contract, jurisdiction, plaintiff, defendant. " * 4
)
PARTS = ("Issue", "Rule", "Application", "Conclusion")


def headed(text: str) -> str:
    return "\n".join(f"{part}: {text}" for part in PARTS)


def cheats(problem: Problem, other: Problem) -> dict[str, str]:
    """Texts that are no argument about the problem. `other` is one of another family."""
    told = f"{problem.facts} {problem.question}"
    return {
        "empty": "",
        "white space": " \n\t " * 100,
        "the answer alone": f"Answer: {problem.answer}",
        "headings with nonsense": headed("Purple moon7 eats soup7 and the stars are green."),
        "headings with nonsense, longer": headed(
            "The moon of the soup is not so green as the stars were when it ate. " * 2
        ),
        "facts": problem.facts,
        "facts under every heading": headed(problem.facts),
        "question echoed": told,
        "question under every heading": headed(problem.question),
        "key words": KEY_WORDS,
        "key words under every heading": headed(KEY_WORDS),
        "authorities under every heading": headed(", ".join(problem.authorities)),
        "another problem's argument": other.explanation,
    }


FAMILY_PAIRS = list(zip(FAMILIES, [*list(FAMILIES)[7:], *list(FAMILIES)[:7]], strict=True))


@pytest.mark.parametrize(("family", "other"), FAMILY_PAIRS, ids=[family for family, _ in FAMILY_PAIRS])
def test_an_attack_earns_a_fifth_at_most(family, other):
    for problem, foreign in zip(drawn(family, 2), drawn(other, 2), strict=True):
        for name, text in cheats(problem, foreign).items():
            paid = pay(text, problem)
            assert max(paid.values()) <= 0.2, (name, paid, problem.id)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_argument_of_another_problem_of_the_family_is_not_grounded(family):
    """Its rules may be the same, and its form is; but its people and figures are others."""
    problems = drawn(family, 5)
    shifted = [*problems[1:], problems[0]]
    paid = [pay(o.explanation, p)["grounded_in_facts"] for p, o in zip(problems, shifted, strict=True)]
    assert sum(paid) / len(paid) <= 0.2


# ---- any text at all --------------------------------------------------------------------------------

WORDS = [
    "Issue: ", "\nRule:\n", "Here, ", "Therefore ", "Under § 2-205 ", "$8,000", "1,", "½", "not ", "no ", "unless ",
    "more than ", "within ", "21 days", "March 3, 2026", "2026-03-31", "99/99/9999", "February 30, 2026", "19:99", ";",
    ". ", "\ud800", "\0", "\u200b", "\u2028", "\r", "é", "ſ", "İ", "٣", "**", "\n", "Answer: ", "Ann Lee ", "Ann Xu Lee ",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(alphabet=st.characters(codec=None), max_size=80),
    st.lists(st.sampled_from(WORDS), max_size=40).map("".join),
    st.sampled_from([answer.text for answer in ANSWERS]).flatmap(
        lambda text: st.integers(0, len(text)).map(lambda n: text[:n] + text[n + 20 :])
    ),
)
SOME = [problem_of(answer) for answer in ANSWERS[::11]]


@settings(max_examples=500, deadline=None)
@given(st.lists(TEXTS, min_size=4, max_size=4), st.sampled_from(["short", "reasoned"]), st.booleans())
def test_on_any_text_rewards_stay_in_bounds_alike_alone_and_in_a_batch(texts, style, told):
    rows = [to_row(problem, style) for problem in SOME]
    if not told:
        rows = [{**row, "facts": text, "explanation": text} for row, text in zip(rows, texts[::-1], strict=True)]
    columns = {key: [row[key] for row in rows] for key in rows[0]}
    for reward in REWARDS.values():
        values = reward(texts, **columns)
        assert all(type(value) is float and 0.0 <= value <= 1.0 for value in values)
        assert values == reward([[{"role": "assistant", "content": text}] for text in texts], **columns)
        assert values == [reward([t], **{k: [row[k]] for k in row})[0] for t, row in zip(texts, rows, strict=True)]
        backwards = {key: value[::-1] for key, value in columns.items()}
        assert values == reward(texts[::-1], **backwards)[::-1]


SLOW = [
    *PIECES,
    "not ",
    ", ",
    "unless, ",
    "more than 3 ",
    "$1 ",
    "May 5 ",
    "5 May ",
    "1:",
    "Ann Lee ",
    "§ ",
    ";a b c",
    "U.S. ",
]


@pytest.mark.parametrize("piece", SLOW)
def test_judging_a_text_takes_linear_time(piece):
    row = {key: [value] for key, value in to_row(SOME[1], "reasoned").items()}

    def judge(text: str) -> None:
        for reward in REWARDS.values():
            reward([f"The offer of goods {text} is revoked.\nAnswer: Yes"], **row)

    assert_linear(judge, piece, MAX_CHARACTERS - 100)
    assert seconds(judge, piece * (1_000_000 // len(piece))) < 0.1  # not looked at
