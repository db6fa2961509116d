"""The Modelfile with which Ollama runs a GGUF file: the chat template in Go's syntax, the system message, greedy answers.

The family of a chat template is found by rendering: conversations with and without a system message must come out of
the model's own template (Jinja) as the family writes them, else there is no Modelfile. llama.cpp needs none, it reads the
Jinja template out of the GGUF file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grpo_legal.errors import UserError
from grpo_legal.schema import PromptStyle, chat_messages

CONTEXT = 4096  # Ollama's own window, in tokens, unless a longer one was trained with


@dataclass(frozen=True)
class Family:
    """How a chat is written: before and behind each message, the assistant's name, whether a system message has a turn
    of its own or opens the first of the user. `go` is the same as a template of Go's text/template."""

    name: str
    before: str
    behind: str
    assistant: str
    system_turn: bool
    go: str

    def render(self, messages: list[dict[str, str]]) -> str:
        """A conversation up to where the assistant begins."""
        opening, out = "", ""
        for message in messages:
            role, content = message["role"], message["content"]
            if role == "system" and not self.system_turn:
                opening = f"{content}\n\n"
                continue
            named = self.assistant if role == "assistant" else role
            out += self.before.format(role=named) + opening + content + self.behind
            opening = ""
        return out + self.before.format(role=self.assistant)


FAMILIES = (
    Family(
        "chatml", "<|im_start|>{role}\n", "<|im_end|>\n", "assistant", True,
        "{{- range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n",
    ),
    Family(
        "llama3", "<|start_header_id|>{role}<|end_header_id|>\n\n", "<|eot_id|>", "assistant", True,
        "{{- range .Messages }}<|start_header_id|>{{ .Role }}<|end_header_id|>\n\n{{ .Content }}<|eot_id|>{{ end }}"
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
    ),
    Family(
        "gemma", "<start_of_turn>{role}\n", "<end_of_turn>\n", "model", False,
        '{{- $system := "" }}{{ range .Messages }}{{ if eq .Role "system" }}{{ $system = .Content }}{{ else }}'
        '<start_of_turn>{{ if eq .Role "assistant" }}model{{ else }}{{ .Role }}{{ end }}\n'
        '{{ if $system }}{{ $system }}\n\n{{ $system = "" }}{{ end }}{{ .Content }}<end_of_turn>\n{{ end }}{{ end }}'
        "<start_of_turn>model\n",
    ),
)  # fmt: skip

_TURNS = [("user", "First words."), ("assistant", "An answer."), ("user", "Second words.")]
_CHAT = [{"role": role, "content": content} for role, content in _TURNS]
_SYSTEM = [{"role": "system", "content": "Be brief."}]


def compose(folder: Path, file: str, style: PromptStyle, length: int) -> str:
    """The Modelfile for the GGUF `file` made from the model in `folder`; `style` is that of the prompts in training,
    whose system message it gives, `length` the longest sequence there, in tokens. Raises UserError where the chat template is of none of FAMILIES.
    """
    from transformers import AutoConfig, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    family, usual = family_of(tokenizer)
    trained = next((m["content"] for m in chat_messages("", style) if m["role"] == "system"), usual)
    stops = dict.fromkeys((family.behind.strip(), tokenizer.eos_token))
    longest = AutoConfig.from_pretrained(folder).max_position_embeddings
    lines = [
        f"FROM ./{file}",
        f'TEMPLATE """{family.go}"""',
        *([f'SYSTEM """{trained}"""'] if trained else []),
        *(f'PARAMETER stop "{stop}"' for stop in stops),
        "PARAMETER temperature 0",
        "PARAMETER repeat_penalty 1",
        f"PARAMETER num_ctx {min(longest, max(CONTEXT, length))}",
    ]
    return "\n".join(lines) + "\n"


def family_of(tokenizer: Any) -> tuple[Family, str | None]:
    """The family of a tokenizer's chat template, and the system message that it puts before a chat without one."""
    for family in FAMILIES:
        with_system, without = (_rendered(tokenizer, chat, family) for chat in ([*_SYSTEM, *_CHAT], _CHAT))
        if with_system != family.render([*_SYSTEM, *_CHAT]) or without is None:
            continue
        usual = _put_before(without, family)
        if without == family.render([*([{"role": "system", "content": usual}] if usual else []), *_CHAT]):
            return family, usual
    raise UserError(
        f"no Modelfile: the chat template is of none of {', '.join(f.name for f in FAMILIES)}; llama.cpp reads it out of "
        "the GGUF file (--jinja), for Ollama write TEMPLATE by hand"
    )


def _put_before(text: str, family: Family) -> str | None:
    """The system message that a template has put before a chat of the user."""
    opening = family.before.format(role="system")
    return text.removeprefix(opening).partition(family.behind)[0] if text.startswith(opening) else None


def _rendered(tokenizer: Any, messages: list[dict[str, str]], family: Family) -> str | None:
    """What the model's own template makes of a chat, without a token that begins every text (llama.cpp adds it); None
    where it refuses."""
    from jinja2 import TemplateError

    try:
        text = tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=True, enable_thinking=False
        )
    except TemplateError:
        return None
    begin = tokenizer.bos_token or ""
    return text if family.before.startswith(begin) else text.removeprefix(begin)
