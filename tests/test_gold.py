"""What SFT learns from: the policy's own prompt, the gold answer, and labels on the answer alone."""

from __future__ import annotations

import json

import pytest

from grpo_legal import gold, problems, schema
from grpo_legal.errors import UserError
from grpo_legal.schema import Problem


def problem(kind="yes_no", answer="Yes", **more) -> Problem:
    labels = {"yes_no": ("Yes", "No"), "label": ("Battery", "Assault")}.get(kind, ())
    return Problem(id="p", family="f", facts="Ann sues Bob.", question="Does she win?", answer=answer, kind=kind,
                   labels=labels, **more)  # fmt: skip


@pytest.mark.parametrize("family", problems.FAMILIES)
@pytest.mark.parametrize("style", ["short", "reasoned"])
def test_every_familys_gold_answer_is_right_and_follows_its_own_prompt(family, style):
    for p in problems.generate(family, 4, "train", 1):
        example = gold.of_problem(p, style)
        assert example.messages == schema.chat_prompt(p, style)
        given = schema.read_answer(example.completion, p.kind, p.labels)
        assert schema.is_correct(given, p.answer, p.kind, p.tolerance, p.alternatives), example.completion
        assert (example.completion == p.explanation) == (style == "reasoned")


@pytest.mark.parametrize(
    "kind, answer, completion",
    [("yes_no", "Yes", "Yes"), ("label", "Battery", "Battery"), ("amount", "12500.00", "$12,500.00"),
     ("amount", "-500.00", "-$500.00"),
     ("date", "2026-03-31", "2026-03-31"), ("list", "Ann Lee; Bob Ruiz", "Ann Lee; Bob Ruiz")],
)  # fmt: skip
def test_without_an_explanation_the_bare_answer_is_asked_for(kind, answer, completion):
    p = problem(kind, answer)
    example = gold.of_problem(p, "reasoned")
    assert example.completion == completion and example.messages == schema.chat_prompt(p, "short")
    assert schema.read_answer(example.completion, kind, p.labels) == answer


def test_the_benchmarks_own_prompt_is_continued():
    example = gold.of_problem(problem(few_shot="Q: …\nA:"), "few_shot")
    assert example == gold.Example("p", [{"role": "user", "content": "Q: …\nA:"}], "Yes")


# ---- files ------------------------------------------------------------------------------------------------


GOOD = [
    {"prompt": "Is it?", "completion": "Yes"},
    {"prompt": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Is it?"}], "completion": "No"},
    {"messages": [{"role": "user", "content": "Is it?"}, {"role": "assistant", "content": "Yes"}]},
]


def test_a_file_of_pairs_or_messages_is_read(tmp_path):
    path = tmp_path / "mine.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in GOOD) + "\n\n")
    first, second, third = gold.read(path)
    assert first == gold.Example("mine.jsonl:1", [{"role": "user", "content": "Is it?"}], "Yes")
    assert [m["role"] for m in second.messages] == ["system", "user"] and second.completion == "No"
    assert third[1:] == first[1:]
    (tmp_path / "mine.csv").write_text('prompt,completion\n"Is it, then?",Yes\n')
    assert gold.read(tmp_path / "mine.csv")[0].messages[0]["content"] == "Is it, then?"


BAD = {
    "no json": ("{", "line 1"),
    "no object": ("[1]", "not a JSON object"),
    "no completion": ('{"prompt": "x"}', "no completion among the columns 'prompt'"),
    "empty answer": ('{"prompt": "x", "completion": " "}', "completion holds a message without text"),
    "number": ('{"prompt": 3, "completion": "x"}', "prompt is neither a text nor a list of messages"),
    "role": ('{"messages": [{"role": "tool", "content": "x"}]}', "messages holds a message that is not"),
    "no assistant": ('{"messages": [{"role": "user", "content": "x"}]}', "does not end in a message of role 'user'"),
    "user answers": (
        '{"prompt": "x", "completion": [{"role": "user", "content": "x"}]}',
        "not one message of role 'assistant'",
    ),
    "nothing": ("\n", "holds no example"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_told_in_one_line(case, tmp_path):
    text, told = BAD[case]
    path = tmp_path / "mine.jsonl"
    path.write_text(text)
    with pytest.raises(UserError, match=r"mine\.jsonl") as raised:
        gold.read(path)
    assert told in str(raised.value)


def test_other_suffixes_are_told(tmp_path):
    with pytest.raises(UserError, match=r"suffix '\.txt' is none of \.jsonl, \.csv, \.tsv"):
        gold.read(tmp_path / "mine.txt")


# ---- tokens -----------------------------------------------------------------------------------------------


def encode(examples, max_tokens=100, long="error"):
    return gold.encode(examples, prompt_ids=lambda m: [ord(c) for c in m[-1]["content"]],
                       text_ids=lambda t: [ord(c) for c in t], end=0, max_tokens=max_tokens, long=long)  # fmt: skip


def test_labels_are_on_the_answer_and_its_end_alone():
    encoded = encode([gold.Example("a", [{"role": "user", "content": "pq"}], "yz")])
    assert encoded.rows == [{"input_ids": [112, 113, 121, 122, 0], "labels": [-100, -100, 121, 122, 0]}]
    assert encoded.longest_answer == 2


def test_what_is_too_long_is_told_or_dropped_and_never_cut():
    examples = [gold.Example(n, [{"role": "user", "content": "pq"}], "y" * n) for n in (1, 5)]
    with pytest.raises(UserError, match=r"example 5 has 8 tokens, more than policy\.max-seq-length 7"):
        encode(examples, max_tokens=7)
    encoded = encode(examples, max_tokens=7, long="drop")
    assert len(encoded.rows) == 1 and encoded.dropped == 1
    with pytest.raises(UserError, match="none of 2 examples fits"):
        encode(examples, max_tokens=3, long="drop")


def test_held_out_questions_among_ones_own_prompts_are_found():
    held_out = problems.generate("diversity_jurisdiction", 3, "test", 0)
    given = [{"role": "user", "content": f"{held_out[1].facts}\n{held_out[1].question}"}]
    assert [leak.held_out for leak in gold.leaked(held_out, [gold.Example("a", given, "Yes")])] == [1]
