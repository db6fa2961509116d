"""A question of one's own, put to a tiny trained policy and its base: asked as in training, answered as peft alone answers."""

from __future__ import annotations

import io
import json
import shutil

import pytest
import tiny_exports
import torch
from rich.console import Console
from transformers import AutoModelForCausalLM, AutoTokenizer

from grpo_legal import ask, cli, problems, schema

LENGTH = 16  # tokens of an answer in the run
FACTS = "Nora Diaz wrote to Omar Reed on March 3: the offer stays open until April 1."
QUESTION = "May Nora Diaz still revoke the offer?"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    root = tmp_path_factory.mktemp("ask")
    return tiny_exports.run(tiny_exports.model(root / "base", "llama", "smollm"), root)


def command(*words: object) -> int:
    with pytest.raises(SystemExit) as left:
        cli.run(ask.main, [str(word) for word in words])
    return left.value.code


def asked(tmp_path, *words: object) -> dict:
    assert command(*words, "--json", tmp_path / "answers.json") == 0
    return json.loads((tmp_path / "answers.json").read_text())


def test_base_and_trained_policy_answer_as_transformers_and_peft_do(run, tmp_path):
    from peft import PeftModel

    found = asked(tmp_path, run, QUESTION, "--facts", FACTS)
    base, tokenizer = run.parent / "base", AutoTokenizer.from_pretrained(run / "adapter")
    plain = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32).eval()
    text = tokenizer.apply_chat_template(found["messages"], tokenize=False, add_generation_prompt=True)
    ids = torch.tensor([tokenizer.encode(text, add_special_tokens=False)])

    def said(model) -> str:
        made = model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=LENGTH,
                              eos_token_id=2, pad_token_id=0)  # fmt: skip
        return tokenizer.decode(made[0, ids.size(1) :], skip_special_tokens=True)

    expected = [said(plain)]
    expected.append(said(PeftModel.from_pretrained(plain, run / "adapter").eval()))
    assert [answer["text"] for answer in found["answers"]] == expected and expected[0] != expected[1]
    assert found["answers"][1]["model"] == str(run / "adapter")


def test_it_is_asked_in_the_words_of_a_training_prompt(run, tmp_path):
    problem = problems.generate("firm_offer", 1, "train", 1)[0]
    (tmp_path / "facts.txt").write_text("\ufeff" + problem.facts + "\n", "utf-8")
    words = (run, problem.question, "--facts-file", tmp_path / "facts.txt", "--no-base")
    for style in ("short", "reasoned"):
        found = asked(tmp_path, *words, "--prompt", style)
        assert found["messages"] == schema.chat_prompt(problem, style)
    assert asked(tmp_path, *words)["messages"] == schema.chat_prompt(problem, "short")  # as the run


def test_a_checkpoint_of_the_run_is_named_from_here_or_from_the_run(run, tmp_path, monkeypatch):
    shutil.copytree(run / "adapter", run / "checkpoints" / "checkpoint-5")
    for place, name in ((tmp_path, "checkpoints/checkpoint-5"), (run, "checkpoints/checkpoint-5")):
        monkeypatch.chdir(place)
        found = asked(tmp_path, run, QUESTION, "--no-base", "--max-new-tokens", 2, "--adapter", name)
        assert found["answers"][0]["model"].endswith("checkpoints/checkpoint-5")
    assert command(run, QUESTION, "--adapter", "checkpoints/checkpoint-6") == 2


def test_what_is_read_is_told_and_a_cut_answer_too(run, tmp_path, capsys):
    found = asked(tmp_path, run, QUESTION, "--labels", "Stop", "Go", "--no-base", "--max-new-tokens", 3)
    assert found["kind"] == "label" and found["answers"][0]["read"] is None and found["answers"][0]["tokens"] == 3
    assert "→ no answer can be read from its last line; cut at --max-new-tokens 3" in capsys.readouterr().out


def test_answers_are_shown_where_their_file_cannot_be_written(run, capsys):
    assert command(run, QUESTION, "--no-base", "--max-new-tokens", 2, "--json", "/proc/none/answers.json") == 2
    told = capsys.readouterr()
    assert "cut at --max-new-tokens 2" in told.out and "--json '/proc/none/answers.json' cannot be written" in told.err


def test_an_answer_cannot_draw_on_the_terminal():
    shown = io.StringIO()
    ask._tell(
        {"model": "[m]", "text": "Issue [red]\n\x1b[2JAnswer: Go", "read": "Go", "cut_at": None}, Console(file=shown)
    )
    assert shown.getvalue() == "[m]\n  Issue [red]\n  Answer: Go\n  → read as Go\n"


@pytest.mark.parametrize(
    ("read", "told"), [("Yes", "→ read as Yes\n"), (None, "last line; cut at --max-new-tokens 1\n")]
)
def test_one_token_that_can_be_read_is_not_said_to_be_cut(read, told):
    shown = io.StringIO()
    ask._tell({"model": "m", "text": "Yes", "read": read, "cut_at": 1}, Console(file=shown))
    assert shown.getvalue().endswith(told)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([" "], "the question is empty"),
        ([QUESTION, "--kind", "label", "--labels", "A", "A"], "--kind label chooses from --labels, two or more; there are 1"),
        ([QUESTION, "--labels", "A", "(a)"], "two or more; there are 1"),
        (["Is it \udce9?"], "question 'Is it \\udce9?' is not UTF-8 text"),
        ([QUESTION, "--kind", "amount", "--labels", "A", "B"], "--labels say nothing beside --kind amount"),
        ([QUESTION, "--kind", "yes_no", "--labels", "A", "B"], "answered by Yes or No, not by --labels A B"),
        ([QUESTION, "--facts-file", "none.txt"], "--facts-file 'none.txt' cannot be read: No such file or directory"),
        ([QUESTION, "--facts", "x", "--facts-file", "y"], "not allowed with argument"),
        ([QUESTION, "--max-new-tokens", "0"], "'0' is not a whole number of 1 or more"),
        ([QUESTION, "--max-new-tokens", "9999"], "do not fit in the"),
    ],
)  # fmt: skip
def test_faults_are_one_line(run, capsys, words, told):
    assert command(run, *words) == 2
    said = capsys.readouterr().err
    assert told in said and said.startswith("error: ") and said.count("\n") == 1


def test_an_empty_folder_is_no_run(tmp_path, capsys):
    assert command(tmp_path, QUESTION) == 2
    assert "is no run folder, it has no config.yaml" in capsys.readouterr().err
