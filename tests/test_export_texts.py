"""What stands beside exported weights: the vocabulary's word rules and the Modelfile."""

from __future__ import annotations

import jinja2
import pytest
import tiny_exports
from hypothesis import given, settings
from hypothesis import strategies as st

from grpo_legal import exporting
from grpo_legal.errors import UserError
from grpo_legal.exporting import modelfile, vocabulary

# ---- vocabulary ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tokenizers():
    return {pre: tiny_exports.bpe(pre) for pre in vocabulary.WORDS}


@pytest.mark.parametrize("pre", vocabulary.WORDS)
def test_word_rules_are_recognised_by_what_they_do(tokenizers, pre):
    assert vocabulary.from_tokenizer(tokenizers[pre], tiny_exports.VOCABULARY, "it").pre == pre


def test_word_rules_that_llama_cpp_has_not_are_refused():
    from tokenizers import pre_tokenizers

    made = tiny_exports.bpe("gpt-2")
    whole = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    made.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.UnicodeScripts(), whole])
    with pytest.raises(UserError, match="cuts words otherwise than qwen2, llama-bpe, smollm, gpt-2"):
        vocabulary.from_tokenizer(made, tiny_exports.VOCABULARY, "it")


@settings(max_examples=200, deadline=None)
@given(
    text=st.text(alphabet=st.sampled_from("ab  \n\t19.,'$Tt's—é東"), max_size=30),
    pre=st.sampled_from([*vocabulary.WORDS]),
)
def test_a_text_has_the_tokens_of_the_models_own_tokenizer(tokenizers, text, pre):
    own = tokenizers[pre]
    vocab = vocabulary.from_tokenizer(own, tiny_exports.VOCABULARY, "it") if pre not in _BUILT else None
    built = _BUILT.setdefault(pre, vocab and vocabulary.build(vocab.tokens, vocab.types, vocab.merges, vocab.pre))
    assert built.encode(text).ids == own.encode(text, add_special_tokens=False)


_BUILT: dict = {}

# ---- Modelfile ----------------------------------------------------------------------------------------

CHATML = tiny_exports.CHAT_TEMPLATE
SMOLLM = (
    "{% for m in messages %}{% if loop.first and messages[0]['role'] != 'system' %}<|im_start|>system\nBe a help."
    "<|im_end|>\n{% endif %}" + CHATML.removeprefix("{% for m in messages %}")
)
LLAMA3 = (
    "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m['role'] }}<|end_header_id|>\n\n{{ m['content'] | trim }}"
    "<|eot_id|>{% endfor %}{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
)
GEMMA = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{% set first = messages[0]['content'] + '\n\n' %}"
    "{% set rest = messages[1:] %}{% else %}{% set first = '' %}{% set rest = messages %}{% endif %}"
    "{% for m in rest %}<start_of_turn>{{ 'model' if m['role'] == 'assistant' else m['role'] }}\n"
    "{{ first if loop.first else '' }}{{ m['content'] | trim }}<end_of_turn>\n{% endfor %}"
    "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
# Go's text/template to Jinja, for the words that our templates are made of.
GO = {
    '{{- $system := "" }}': "{% set ns = namespace(system='') %}", "{{- range .Messages }}": "{% for m in messages %}",
    "{{ range .Messages }}": "{% for m in messages %}", "{{ .Role }}": "{{ m.role }}", "{{ .Content }}": "{{ m.content }}",
    '{{ if eq .Role "system" }}{{ $system = .Content }}{{ else }}': "{% if m.role == 'system' %}{% set ns.system = m.content %}{% else %}",
    '{{ if eq .Role "assistant" }}model{{ else }}{{ m.role }}{{ end }}': "{{ 'model' if m.role == 'assistant' else m.role }}",
    '{{ if $system }}{{ $system }}\n\n{{ $system = "" }}{{ end }}': "{% if ns.system %}{{ ns.system }}\n\n{% set ns.system = '' %}{% endif %}",
    "{{ end }}{{ end }}": "{% endif %}{% endfor %}", "{{ end }}": "{% endfor %}",
}  # fmt: skip


def rendered_by_go(family: modelfile.Family, messages: list[dict[str, str]]) -> str:
    text = family.go
    for go, jinja in GO.items():
        text = text.replace(go, jinja)
    return jinja2.Environment(keep_trailing_newline=True).from_string(text).render(messages=messages)


def tokenizer(template: str, bos: str | None = None):
    made = tiny_exports.bpe("gpt-2", template)
    if bos:
        made.bos_token = bos
    return made


@pytest.mark.parametrize(
    ("template", "bos", "name", "usual"),
    [(CHATML, None, "chatml", None), (SMOLLM, "<|im_start|>", "chatml", "Be a help."),
     (LLAMA3, "<|begin_of_text|>", "llama3", None), (GEMMA, "<bos>", "gemma", None)],
)  # fmt: skip
def test_the_go_template_says_what_the_models_own_says(template, bos, name, usual):
    made = tokenizer(template, bos)
    family, found = modelfile.family_of(made)
    assert (family.name, found) == (name, usual)
    turns = [
        ("user", "Is it\nhearsay?"),
        ("assistant", "No."),
        ("user", "Why?"),
        ("assistant", "So."),
        ("user", "Is it?"),
    ]
    for system in ([], [("system", "You are brief.\n\nVery.")]):
        chat = [{"role": r, "content": c} for r, c in [*system, *turns]]
        own = made.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
        if usual and not system:
            chat = [{"role": "system", "content": usual}, *chat]
        assert rendered_by_go(family, chat) == own.removeprefix(bos if name != "chatml" and bos else "")


def test_a_template_of_no_family_gives_no_modelfile_but_a_file(tmp_path):
    odd = CHATML.replace("<|im_end|>\n", "<|im_end|>")
    base = tiny_exports.model(tmp_path / "base", "llama", "gpt-2", odd)
    source = exporting.read(tiny_exports.run(base, tmp_path), questions=0)
    (tmp_path / "out").mkdir()
    said = exporting.write_gguf(source, tmp_path / "out", "f16")
    assert said["modelfile"] is None and "of none of chatml, llama3, gemma" in said["no_modelfile"]
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["run-F16.gguf"]


def test_the_modelfile_has_the_system_message_of_training(tmp_path):
    base = tiny_exports.model(tmp_path / "base", "llama", "gpt-2", SMOLLM)
    lines = modelfile.compose(base, "x.gguf", "short", 9000).splitlines()
    assert lines[0] == "FROM ./x.gguf" and 'SYSTEM """You are a careful lawyer. Give only the answer."""' in lines
    assert {'PARAMETER stop "<|im_end|>"', "PARAMETER temperature 0", "PARAMETER num_ctx 2048"} <= set(lines)
    assert 'SYSTEM """Be a help."""' in modelfile.compose(base, "x.gguf", "few_shot", 100)
