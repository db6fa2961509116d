"""The table of 162 tasks against the official files: licences, labels, columns, and that none of their text is in it.

GRPO_LEGAL_BENCH_DIR=../shared/legalbench python -m pytest -q tests/test_legalbench_table.py
"""

import csv
import re
from collections import Counter

import pytest
from conftest import BENCH, needs_bench

from grpo_legal.errors import UserError
from grpo_legal.legalbench import commercial_tasks, find_task, task_table
from grpo_legal.legalbench.table import fold_label, trainable_tasks
from grpo_legal.schema import parse_answer

TASKS = task_table()
LABELLED = [task for task in TASKS.values() if task.kind in ("yes_no", "label")]
SPECIAL = {  # task -> kind, metric
    "citation_prediction_open": ("text", "citation_contained"),
    "definition_extraction": ("text", "stemmed_term_match"),
    "rule_qa": ("text", "manual"),
    "sara_numeric": ("amount", "numeric_within_10_percent"),
    "ssla_company_defendants": ("list", "names_micro_f1"),
    "ssla_individual_defendants": ("list", "names_micro_f1"),
    "ssla_plaintiff": ("list", "names_micro_f1"),
    "successor_liability": ("list", "exceptions_micro_f1"),
}


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def base_prompt(name: str) -> str:
    return (BENCH / "tasks" / name / "base_prompt.txt").read_text(encoding="utf-8")


def test_counts_are_those_of_the_benchmark():
    assert len(TASKS) == 162 and len(trainable_tasks()) == 161
    assert Counter(task.kind for task in TASKS.values()) == {
        "yes_no": 109,
        "label": 45,
        "list": 4,
        "text": 3,
        "amount": 1,
    }
    reasoning = {"issue": 17, "rule-recall": 5, "conclusion": 12, "interpretation": 118, "rhetoric": 10}
    assert Counter(task.reasoning for task in TASKS.values()) == reasoning
    families = {"cuad_": 38, "maud_": 34, "contract_nli_": 14, "supply_chain_disclosure_": 10, "opp115_": 9}
    assert {prefix: sum(name.startswith(prefix) for name in TASKS) for prefix in families} == families


def test_30_tasks_are_non_commercial():
    closed = {name for name, task in TASKS.items() if not task.commercial}
    families = {name for name in TASKS if name.startswith(("learned_hands_", "opp115_", "textualism_tool_"))}
    alone = {"privacy_policy_entailment", "canada_tax_court_outcomes", "consumer_contracts_qa"}
    assert closed == families | alone and len(closed) == 30
    assert all(("NC" in task.licence) != task.commercial for task in TASKS.values())
    assert set(commercial_tasks()) == set(TASKS) - closed and len(commercial_tasks()) == 132


def test_no_cell_of_the_table_is_missing():
    for name, task in TASKS.items():
        assert task.name == name and task.reasoning and task.licence and task.metric, name
        assert task.columns and all(column.strip() for column in task.columns), name
        assert task.question.endswith((".", "?")), name
        assert bool(task.labels) == (name not in SPECIAL or name == "successor_liability"), name


def test_eight_tasks_are_not_scored_by_balanced_accuracy():
    special = {name: (task.kind, task.metric) for name, task in TASKS.items() if task.metric != "balanced_accuracy"}
    assert special == SPECIAL
    assert [name for name, task in TASKS.items() if task.tolerance] == ["sara_numeric"]
    assert TASKS["sara_numeric"].tolerance == 0.1
    assert [name for name, task in TASKS.items() if not task.trainable] == ["rule_qa"]
    assert [name for name, task in TASKS.items() if task.may_be_empty("train.tsv")] == ["rule_qa"]
    assert not any(task.may_be_empty("test.tsv") for task in TASKS.values())


def test_yes_no_means_exactly_yes_and_no():
    for task in LABELLED:
        assert (task.labels == ("Yes", "No")) == (task.kind == "yes_no"), task.name
        assert all(label == " ".join(label.split()) for label in task.labels), task.name
        assert len(task.labels) >= 2 and task.question.endswith((".", "?")), task.name


@pytest.mark.parametrize("task", LABELLED, ids=lambda task: task.name[:40])
def test_every_label_is_read_back_as_itself(task):
    assert len({fold_label(label) for label in task.labels}) == len(task.labels)
    for label in task.labels:
        assert parse_answer(label, task.kind, task.labels) == label
        assert parse_answer(f" **{label.upper()}**. ", task.kind, task.labels) == label
        assert task.label_of(f" {label.lower()}. ") == label
    assert task.label_of("Maybe") is None and task.label_of("") is None


def test_helper_columns_are_no_prompt_columns():
    columns = {column for task in TASKS.values() for column in task.columns}
    assert columns.isdisjoint({"index", "answer", "slice", "parties_are_diverse", "aic_is_met", "document_name"})
    assert TASKS["scalr"].columns == ("question", *(f"choice_{n}" for n in range(5)))


@needs_bench
def test_licence_and_reasoning_agree_with_the_official_list():
    official = list(csv.DictReader((BENCH / "licences.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t"))
    assert [row["task"] for row in official] == list(TASKS)
    for row in official:
        task = TASKS[row["task"]]
        assert set(words(task.licence)) <= set(words(row["licence"].replace("Attribution-NonCommercial", "CC BY NC")))
        assert task.commercial == (not re.search(r"-NC|NonCommercial", row["licence"]))
        assert task.reasoning[:5] in row["reasoning_type"].lower().replace("rhetorical", "rhetoric")


@needs_bench
@pytest.mark.parametrize("name", TASKS)
def test_columns_are_the_placeholders_of_the_official_prompt(name):
    assert tuple(dict.fromkeys(re.findall(r"\{\{(.+?)\}\}", base_prompt(name)))) == TASKS[name].columns


@needs_bench
def test_labels_are_those_that_the_official_prompts_list():
    listed = 0
    for task in LABELLED:
        prompt = base_prompt(task.name)
        options = re.findall(r"^Option ([A-Z]):", prompt, re.M) or re.findall(r"^- ([A-Z][A-Za-z ]+):", prompt, re.M)
        line = re.search(r"Options: (.+)$", prompt, re.M)
        if line and task.name != "canada_tax_court_outcomes":  # "dimissed" there
            options = line.group(1).split(", ")
        if options:
            assert task.labels == tuple(options), task.name
            listed += 1
    assert listed == 37  # 34 of MAUD, and three that list or define their classes


@needs_bench
def test_no_text_of_the_benchmark_is_in_the_table():
    for task in LABELLED:
        theirs, ours = words(base_prompt(task.name)), words(task.question)
        runs = {tuple(theirs[at : at + 8]) for at in range(len(theirs) - 7)}
        copied = [ours[at : at + 8] for at in range(len(ours) - 7) if tuple(ours[at : at + 8]) in runs]
        assert not copied, (task.name, copied)


SUMMARY = (
    "abercrombie, canada_tax_court_outcomes, citation_prediction_classification, citation_prediction_open, "
    "consumer_contracts_qa, contract_nli_*, contract_qa, corporate_lobbying, cuad_*, definition_classification, "
    "definition_extraction, diversity_*, function_of_decision_section, hearsay, insurance_policy_interpretation, "
    "international_citizenship_questions, jcrew_blocker, learned_hands_*, legal_reasoning_causality, maud_*, "
    "nys_judicial_ethics, opp115_*, oral_argument_question_purpose, overruling, personal_jurisdiction, "
    "privacy_policy_entailment, privacy_policy_qa, proa, rule_qa, sara_entailment, sara_numeric, scalr, ssla_*, "
    "successor_liability, supply_chain_disclosure_*, telemarketing_sales_rule, textualism_tool_dictionaries, "
    "textualism_tool_plain, ucc_v_common_law, unfair_tos"
)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("hearsy", "legalbench task 'hearsy' is none of LegalBench's 162 tasks; did you mean hearsay?"),
        ("zzzzqx", f"legalbench task 'zzzzqx' is none of LegalBench's 162 tasks; the tasks are {SUMMARY}"),
    ],
)
def test_an_unknown_task_is_refused_in_one_line(name, line):
    with pytest.raises(UserError) as refused:
        find_task(name)
    assert str(refused.value) == line
