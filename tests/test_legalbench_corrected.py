"""The corrected scores: each bug of the official ones beside what is right, and one row scores as its reward does.

GRPO_LEGAL_BENCH_DIR=../shared/legalbench python -m pytest -q tests/test_legalbench_corrected.py
"""

import csv
import doctest
from functools import cache

import pytest
from conftest import BENCH, needs_bench

from grpo_legal.errors import UserError
from grpo_legal.legalbench import corrected, corrected_score, gold, load, official_score, task_table
from grpo_legal.legalbench.table import find_task, trainable_tasks
from grpo_legal.rewards.correct import correct_answer
from grpo_legal.schema import KINDS, Problem, list_items, to_row

# The bug: task, generations, answers, the official score, the corrected one.
BUGS = {
    "a sentence around the label": ("hearsay", ["The answer is Yes", "No"], ["Yes", "No"], 0.5, 1.0),
    "reasoning before the label": ("hearsay", ["It is offered for its truth.\nAnswer: Yes"], ["Yes"], 0.0, 1.0),
    "Option A": ("maud_specific_performance", ["Option A", "B"], ["A", "B"], 0.5, 1.0),
    "the F1 of successor_liability is never reached": (
        "successor_liability", ["mere continuation"], ["mere continuation,de facto merger"], 0.0, 2 / 3),
    "a space after the comma": (
        "successor_liability", ["de facto merger, mere continuation"], ["de facto merger,mere continuation"], 0.0, 1.0),
    "the exceptions in another order": (
        "successor_liability", ["mere continuation,de facto merger"], ["de facto merger,mere continuation"], 0.0, 1.0),
    "a perfect answer to two names": ("ssla_individual_defendants", ["Ann Lee; Bob Ruiz"], ["Ann Lee,Bob Ruiz"], 2 / 3, 1.0),
    "a perfect answer with commas": ("ssla_individual_defendants", ["Ann Lee, Bob Ruiz"], ["Ann Lee,Bob Ruiz"], 0.8, 1.0),
    "a comma in a company's name": ("ssla_company_defendants", ["Acme, Inc."], ["Acme, Inc."], 0.8, 1.0),
    "an empty gold accepts anything": ("ssla_company_defendants", ["Acme"], [""], 1.0, None),
    "a name within a longer text": ("ssla_plaintiff", ["Neither Ann Lee nor her heirs"], ["['Ann Lee']"], 1.0, 0.0),
    "no plaintiff is named": ("ssla_plaintiff", ["Answer: none"], ["['Not named']"], 0.0, 1.0),
    "cents": ("sara_numeric", ["$100.00"], ["$100"], 0.0, 1.0),
    "a hundredth of the tax": ("sara_numeric", ["$1.00"], ["$100"], 1.0, 0.0),
    "the number of a section": ("sara_numeric", ["Under section 1 it is due.\nAnswer: $100"], ["$100"], 0.0, 1.0),
    "the section taken for the tax": ("sara_numeric", ["section 1"], ["$1"], 1.0, 0.0),
    "a gold of nothing": ("sara_numeric", ["$0"], ["$0"], 0.0, 1.0),
    "an amount within 10 percent": ("sara_numeric", ["$29,000"], ["$27181"], 1.0, 1.0),
    "an amount beyond 10 percent": ("sara_numeric", ["$30,000"], ["$27181"], 0.0, 0.0),
    "rows cut off": ("citation_prediction_open", ["Roe v. Poe", "nonsense"], ["Roe v. Poe"], 1.0, None),
    "many cases listed": ("citation_prediction_open", ["Roe v. Poe; In re Zed; Alba v. Borg"], ["In re Zed"], 1.0, 0.0),
    "a case with its reporter": ("citation_prediction_open", ["Roe v. Poe, 1 U.S. 2 (1999)"], ["Roe v. Poe,"], 1.0, 1.0),
    "many terms listed": ("definition_extraction", ["sale, writ, promise"], ["promise"], 1.0, 0.0),
    "another word of the same stem": ("definition_extraction", ["authority"], ["authorize"], 1.0, 0.0),
    "another form of the term": ("definition_extraction", ["The answer is “authorized”."], ["authorize"], 0.0, 1.0),
    "one of two forms in the gold": ("definition_extraction", ["ran"], ["run,ran"], 1.0, 1.0),
}  # fmt: skip


@pytest.mark.parametrize(("task", "generations", "answers", "official", "right"), BUGS.values(), ids=BUGS)
def test_a_bug_upstream_and_what_is_right(task, generations, answers, official, right):
    assert official_score(task, generations, answers) == pytest.approx(official)
    if right is None:  # nothing to score, or too little: refused
        with pytest.raises(UserError):
            corrected_score(task, generations, answers)
    else:
        assert corrected_score(task, generations, answers) == pytest.approx(right)


def test_the_mean_over_classes_counts_each_class_once():
    told = ["Answer: Yes", "Answer: Yes", "Answer: No", "no idea"]
    assert corrected_score("hearsay", told, ["Yes", "Yes", "Yes", "No"]) == pytest.approx((2 / 3 + 0) / 2)


def test_micro_f1_counts_an_unreadable_answer_and_the_empty_list():
    told = ["Answer: Ann Lee; Bob Ruiz", "It is\nunclear", "Answer: none"]
    answers = ["['Ann Lee']", "['Not named']", "['Not named']"]
    assert corrected_score("ssla_plaintiff", told, answers) == pytest.approx(2 * 2 / (2 + 0 + 1 + 1 + 1 + 1))


def test_chat_messages_and_canonical_answers_are_taken_too():
    told = [[{"role": "assistant", "content": "So.\nAnswer: mere continuation; de facto merger"}]]
    assert corrected_score("successor_liability", told, ["de facto merger; mere continuation"]) == 1.0
    assert corrected_score("ssla_company_defendants", ["Acme, Inc."], ["Acme, Inc.; Borg"]) == pytest.approx(2 / 3)
    assert (
        corrected_score("sara_numeric", ["$5"], ["5.00"])
        == corrected_score("ssla_plaintiff", ["none"], ["none"])
        == 1.0
    )


REFUSED = {
    "manual": (("rule_qa", ["a"], ["a"]), "legalbench task 'rule_qa' is marked by a person; no program can score its free text"),
    "lengths": (("hearsay", ["a"], []), "legalbench hearsay: 1 generations and 0 answers; as many are legal, one at least"),
    "empty": (("hearsay", [], []), "legalbench hearsay: 0 generations and 0 answers; as many are legal, one at least"),
    "label": (("hearsay", ["a"], ["Maybe"]), "legalbench hearsay: gold answer 'Maybe' is none of: Yes, No"),
    "exception": (("successor_liability", ["a"], ["mere continuation,x"]),
                  "legalbench successor_liability: gold answer 'mere continuation,x' is none of: express agreement, "
                  "fraudulent conveyance, de facto merger, mere continuation"),
    "amount": (("sara_numeric", ["1"], ["much"]), "legalbench sara_numeric: gold answer 'much' is none of: answers of kind amount"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "line"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_scored_is_refused_in_one_line(arguments, line):
    with pytest.raises(UserError) as refused:
        corrected_score(*arguments)
    assert str(refused.value) == line


# ---- real rows --------------------------------------------------------------------------------------


@cache
def problems(name: str) -> list[Problem]:
    return [p for split in ("train", "test") for p in load(name, split, path=BENCH)]


def told(problem: Problem, answer: str) -> list[str]:
    """The same answer on its line, alone, and under an argument that says another thing."""
    return [f"Answer: {answer}", answer, f"It might be {wrong(problem)[0]}.\nBut it is not.\n**Answer: {answer}**"]


def wrong(problem: Problem) -> list[str]:
    """Answers that are worth nothing: every other label, or what shares nothing with the gold answer."""
    if problem.kind == "list":
        rest = [label for label in problem.labels if label not in list_items(problem.answer)]
        return [*rest, "; ".join(rest) or "Nomen Nescio", "Nomen Nescio" if problem.answer == "none" else "none"]
    if problem.kind == "amount":
        value = float(problem.answer)
        return [f"{value * 1.11 + 1:.2f}", f"{value * 0.89 - 1:.2f}", "none", f"{problem.answer} or {value + 1:.2f}"]
    if problem.kind == "text":
        return [f"not {problem.answer}", f"{problem.answer}, or nothing", "none", f"Roe v. Poe; {problem.answer}", ""]
    return [label for label in problem.labels if label != problem.answer]


def rewarded(problem: Problem, completions: list[str]) -> list[float]:
    row = to_row(problem, "short")
    return correct_answer(completions, **{key: [value] * len(completions) for key, value in row.items()})


def test_the_kinds_of_the_benchmark_are_those_of_the_schema():
    assert {task.kind for task in task_table().values()} <= set(KINDS)


@needs_bench
@pytest.mark.parametrize("name", trainable_tasks())
def test_gold_scores_one_and_what_is_wrong_nothing_on_every_real_row(name):
    assert problems(name)
    for problem in problems(name):
        assert rewarded(problem, told(problem, problem.answer)) == [1.0] * 3, problem.id
        for answer in wrong(problem):
            assert rewarded(problem, [f"Answer: {answer}", answer]) == [0.0, 0.0], (problem.id, answer)


@needs_bench
@pytest.mark.parametrize("name", trainable_tasks())
def test_one_row_scores_as_its_reward(name):
    """On the gold cells as the files have them, for the gold answer, a wrong one, half a list and every alternative."""
    by_answer = {p.answer: p for p in problems(name)}
    for cell in cells(name):
        read = gold.read_gold(find_task(name), cell)
        problem = by_answer.get(read.answer)
        if problem is None:  # a text with two answers is no problem
            continue
        half = list_items(problem.answer)[0]
        tries = [
            *told(problem, problem.answer),
            *wrong(problem),
            *problem.alternatives,
            half,
            f"{half}; Nomen Nescio",
            "",
        ]
        scores = [corrected_score(name, [text], [cell]) for text in tries]
        assert scores == rewarded(problem, tries), (name, cell)


def cells(name: str) -> list[str]:
    """The distinct gold cells of a task, as its files have them."""
    found: dict[str, None] = {}
    before = csv.field_size_limit(10**9)
    for file in ("train.tsv", "test.tsv"):
        path = BENCH / "data" / name / file
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as lines:
                found |= dict.fromkeys(row["answer"] for row in csv.DictReader(lines, delimiter="\t"))
    csv.field_size_limit(before)
    return list(found)


def test_the_examples_in_the_files():
    assert doctest.testmod(corrected).failed == doctest.testmod(gold).failed == 0
