"""base_prompt.txt to zero-shot question: instruction and label descriptions stay, examples and cue go."""

import re
from pathlib import Path

import pytest
from conftest import BENCH, needs_bench

from grpo_legal.errors import UserError
from grpo_legal.legalbench import find_task, task_table
from grpo_legal.legalbench.prompt import parse_prompt, template_for
from grpo_legal.legalbench.tsv import read_tsv

TASKS = list(task_table())
LONGEST_QUESTION = 1100  # characters: the nine options of one MAUD task


def parsed(text: str, task: str = "hearsay"):
    return parse_prompt(text, find_task(task), Path("p.txt"))


def official(name: str) -> tuple[str, str]:
    """The raw prompt and the question made of it."""
    path = BENCH / "tasks" / name / "base_prompt.txt"
    return path.read_text(encoding="utf-8"), template_for(find_task(name), path).question


# A made-up prompt -> the question, and the facts of the row {"text": "ROW"}.
SHAPES = {
    "wording after the row": ("Rule.\n\nQ: One. Is it?\nA: No\n\nQ: {{text}} Is it?\nA:", "Rule.\nIs it?"),
    "clause and label": ("Does it?\n\nClause: One\nLabel: No\n\nClause: {{text}}\nLabel:", "Does it?"),
    "no blank lines": ("Does it?\nClause: One\nLabel: No\nClause: {{text}}\nLabel:", "Does it?"),
    "blank lines in an example": ("Does it?\n\nPost: One\n\ntwo\n\nLabel: No\n\nPost: {{text}}\n\nLabel:", "Does it?"),
    "instruction of paragraphs": (
        "Classify.\n\n- Yes: it does.\n- No: not.\n\n\nText: a\nLabel: No\n\nText: {{text}}\nLabel:",
        "Classify.\n\n- Yes: it does.\n- No: not.",
    ),
    "question after the row": (
        "{{text}}\n\nQuestion: Does it? It may.  Answer yes or no.\nAnswer:",
        "Does it? It may.",
    ),
    "cue of several words": ("Rule.\nText: {{text}}\nIs it? FINAL ANSWER:", "Rule.\nIs it?"),
    "cue with question mark": ("Is it?\n\nText: a\nSupportive? No\n\nText: {{text}}\nSupportive?", "Is it?"),
    "no examples": ("Is it? Answer Yes or No.\n\nEXCERPT: {{text}}\nOUTCOME:", "Is it?"),
    "placeholder with spaces": ("Is it?\n\nQ: {{ text }}. Say so.\nA:", "Is it?\nSay so."),
    "row without a label": ("Is it?\n\n{{text}}\n\nAnswer:", "Is it?"),
    "CRLF": ("Is it?\r\n\r\nQ: One\r\nA: No\r\n\r\nQ: {{text}}\r\nA:", "Is it?"),
    "nothing but the row": ("Q: {{text}}\nA:", find_task("hearsay").question),
}


@pytest.mark.parametrize(("text", "question"), SHAPES.values(), ids=SHAPES)
def test_shapes_of_prompts(text, question):
    template = parsed(text)
    assert template.question == question
    assert template.facts({"text": "ROW"}) == "ROW"


def test_of_several_columns_each_keeps_its_label_or_gets_one():
    text = "Ask.\n\n{{contract}}\n\nQuestion: {{question}} Answer Yes or No.\nAnswer:"
    facts = parsed(text, "consumer_contracts_qa").facts({"contract": " Pay.\r\nNow. ", "question": "Must I?"})
    assert facts == "Contract: Pay.\nNow.\n\nQuestion: Must I?"


def test_lines_between_placeholders_are_facts():
    choices = "\n".join(f"{n}: {{{{choice_{n}}}}}" for n in range(5))
    template = parsed(f"Pick:\n\nQuestion: {{{{question}}}}\nChoices:\n{choices}\nAnswer:", "scalr")
    cells = {"question": "Q", **{f"choice_{n}": f"c{n}" for n in range(5)}}
    assert template.facts(cells) == "Question: Q\nChoices:\n0: c0\n1: c1\n2: c2\n3: c3\n4: c4"
    assert template.question == "Pick:"


def test_a_value_is_not_searched_for_placeholders():
    template = parsed("Ask.\nPolicy: {{policy}}\nClaim: {{claim}}\nLabel:", "insurance_policy_interpretation")
    assert (
        template.facts({"policy": "{{claim}}", "claim": r"\1 {{policy}}"}) == "Policy: {{claim}}\nClaim: \\1 {{policy}}"
    )


def test_without_a_prompt_file_the_table_asks_and_labels_the_columns():
    task = find_task("insurance_policy_interpretation")
    template = template_for(task, None)
    assert template.question == task.question
    assert template.facts({"policy": "p", "claim": "c"}) == "Policy: p\nClaim: c"


@pytest.mark.parametrize(
    ("text", "found"),
    [("Is it?\nQ: {{slice}}\nA:", "slice"), ("Is it?", "none"), ("Q: {{text}} {{slice}}\nA:", "text, slice")],
)
def test_placeholders_other_than_the_columns_are_refused(text, found):
    with pytest.raises(UserError) as refused:
        parsed(text)
    assert str(refused.value) == f"p.txt: the placeholders are {found}; for hearsay they must be text"


def test_an_undecodable_prompt_is_refused(tmp_path):
    path = tmp_path / "base_prompt.txt"
    path.write_bytes(b"Is it?\nQ: {{text}} \xff\nA:")
    with pytest.raises(UserError) as refused:
        template_for(find_task("hearsay"), path)
    assert str(refused.value) == f"{path}, line 2: byte 0xff is not UTF-8, the only legal encoding"


@needs_bench
@pytest.mark.parametrize("name", TASKS)
def test_official_prompts_lose_their_examples_and_nothing_else(name):
    prompt, question = official(name)
    assert "{{" not in question and 0 < len(question) <= LONGEST_QUESTION
    assert not re.search(r"(^|\s)(A|Label|Answer|OUTCOME|Governed by|FINAL ANSWER):$", question)
    opening = prompt[: prompt.index("{{")].splitlines()[-1] if not prompt.startswith("{{") else "{{"
    assert not any(line.startswith(opening.strip()) for line in question.splitlines()), opening
    instruction = prompt.splitlines()[0].strip()
    if "{{" not in instruction:
        kept = re.sub(r" Answer Yes or No\.$", "", instruction)
        assert question.startswith(kept)
    wording = prompt.rsplit("}}", 1)[1].splitlines()[0].strip()
    if wording not in ("", "Answer Yes or No."):
        assert question.endswith(wording.lstrip(". "))


@needs_bench
def test_no_few_shot_text_is_in_the_question():
    seen = 0
    for name in TASKS:
        prompt, question = official(name)
        file = BENCH / "tasks" / name / "train.tsv"
        for record in read_tsv(file, may_be_empty=name == "rule_qa") if file.is_file() else []:
            for column in find_task(name).columns:
                cell = record.cells[column].strip()
                seen += cell in prompt
                assert cell not in question, (name, cell[:80])
    assert seen > 600  # the prompts' examples are the rows of train.tsv


@needs_bench
def test_label_descriptions_are_kept():
    for name in TASKS:
        question, labels = official(name)[1], find_task(name).labels
        if name.startswith("maud_"):
            assert re.findall(r"^Option ([A-Z]): \S", question, re.M) == list(labels), name
        if name in ("function_of_decision_section", "insurance_policy_interpretation"):
            assert all(f"{label}:" in question for label in labels), name
        if name in ("abercrombie", "oral_argument_question_purpose", "unfair_tos"):
            assert all(label in question for label in labels), name
