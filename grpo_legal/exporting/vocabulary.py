"""The vocabulary of a GGUF file: made from a tokenizer of transformers, and read back as llama.cpp reads it.

llama.cpp cuts a text into words by regular expressions that it knows by name (`tokenizer.ggml.pre`), then applies the
merges. Which name is right is found by trying: the first one with which a hard text, and words of every kind, come out
as the model's own tokenizer cuts them. Expressions: llama.cpp, src/llama-vocab.cpp, the names gpt-2, smollm, qwen2 and
llama-bpe.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grpo_legal.errors import UserError

_GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)"
_LATER = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|%s| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
WORDS: dict[str, tuple[str, ...]] = {
    "qwen2": (_LATER % r"\p{N}",),
    "llama-bpe": (_LATER % r"\p{N}{1,3}",),
    "smollm": (r"\p{N}", _GPT2),
    "gpt-2": (_GPT2,),
}
NORMAL, CONTROL, USER_DEFINED, UNUSED = 1, 3, 4, 5  # gguf.TokenType

# Runs of blanks before words, figures and line ends, contractions in capitals, punctuation before a line end, figures
# of one to seven places, scripts without blanks: where the expressions above differ from each other.
HARD = (
    "  12 and  twelve   \n\n \n  \t\tIt's 1,234,567.89 or 1234567; I'LL say we'Re: $4,000.\n\n\nSec. 1332(a)(1)!?\r\n"
    "don't 'told' (\"quoted\")...\n   x= y==z  --  Ümläut façade 東京都 2026年 नमस्ते привет 🙂🙂 ½ ² a1b22c333d4444 ' s 's\u00a0z   "
)


@dataclass(frozen=True)
class Vocabulary:
    """Token texts and types by id, merges as "left right", the name of the word expressions, whether a text begins
    with the bos token."""

    tokens: list[str]
    types: list[int]
    merges: list[str]
    pre: str
    add_bos: bool


def from_tokenizer(tokenizer: Any, size: int, name: str) -> Vocabulary:
    """The vocabulary of a byte-level BPE tokenizer, filled up to the `size` of the embedding with unused tokens.

    Raises UserError for other kinds of tokenizer, and for one that cuts words as none of WORDS does.
    """
    model = json.loads(tokenizer.backend_tokenizer.to_str())["model"]
    byte_level = model["type"] == "BPE" and "Ġ" in model["vocab"]
    if not byte_level or not model["merges"]:
        kind = "BPE without merges" if byte_level else f"{model['type']}, not over bytes"
        raise UserError(f"--to gguf: the tokenizer of {name} is {kind}; byte-level BPE with merges is supported")
    by_id = {i: token for token, i in tokenizer.get_vocab().items()}
    if max(by_id) >= size:
        raise UserError(f"--to gguf: {name} has a token {max(by_id)}, but an embedding of {size} only")
    added = tokenizer.added_tokens_decoder
    tokens = [by_id.get(i, f"[PAD{i}]") for i in range(size)]
    types = [UNUSED if i not in by_id else _type(added.get(i)) for i in range(size)]
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in model["merges"]]
    pre = _words(tokenizer, tokens, types, merges, name)
    bos = tokenizer.bos_token_id
    add_bos = bos is not None and tokenizer.encode("a")[:1] == [bos]
    return Vocabulary(tokens, types, merges, pre, add_bos)


def _type(added: Any) -> int:
    return NORMAL if added is None else CONTROL if added.special else USER_DEFINED


def _words(tokenizer: Any, tokens: list[str], types: list[int], merges: list[str], name: str) -> str:
    texts = [HARD, *HARD.split("\n")]
    wanted = [tokenizer.encode(text, add_special_tokens=False) for text in texts]
    for pre in WORDS:
        made = build(tokens, types, merges, pre)
        if [made.encode(text).ids for text in texts] == wanted:
            return pre
    raise UserError(
        f"--to gguf: the tokenizer of {name} cuts words otherwise than {', '.join(WORDS)}; export it --to merged and "
        "convert that with llama.cpp's convert_hf_to_gguf.py"
    )


def build(tokens: Sequence[str], types: Sequence[int], merges: Sequence[str], pre: str) -> Any:
    """A tokenizers.Tokenizer that does with a vocabulary what llama.cpp does with it."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

    pairs = [tuple(merge.split(" ")) for merge in merges]
    made = Tokenizer(models.BPE({t: i for i, t in enumerate(tokens)}, pairs, ignore_merges=pre == "llama-bpe"))
    cuts = [pre_tokenizers.Split(Regex(words), "isolated") for words in WORDS[pre]]
    to_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    made.pre_tokenizer = pre_tokenizers.Sequence([*cuts, to_bytes])
    made.decoder = decoders.ByteLevel()
    for kind, add in ((CONTROL, made.add_special_tokens), (USER_DEFINED, made.add_tokens)):
        add([AddedToken(t, normalized=False, special=kind == CONTROL) for t, own in zip(tokens, types, strict=True) if own == kind])  # fmt: skip
    return made


# ---- reading a file back ------------------------------------------------------------------------------


class GgufTokenizer:
    """The tokenizer and the chat template of a GGUF file, from what stands in it alone."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        value = {key: field.contents() for key, field in fields.items() if key.startswith("tokenizer.")}
        self.tokens: list[str] = value["tokenizer.ggml.tokens"]
        self.eos_token_id: int = value["tokenizer.ggml.eos_token_id"]
        self.template: str = value["tokenizer.chat_template"]
        self.bos = self._text(value.get("tokenizer.ggml.bos_token_id"))
        types, merges = value["tokenizer.ggml.token_type"], value["tokenizer.ggml.merges"]
        self.tokenizer = build(self.tokens, types, merges, value["tokenizer.ggml.pre"])

    def _text(self, i: int | None) -> str:
        return "" if i is None else self.tokens[i]

    def prompt_ids(self, messages: list[dict[str, str]]) -> list[int]:
        """Token ids of a chat prompt that ends where the assistant begins, as Policy.prompt_ids has them."""
        from transformers.utils.chat_template_utils import render_jinja_template

        special = {"bos_token": self.bos, "eos_token": self._text(self.eos_token_id)}
        rendered, _ = render_jinja_template(
            conversations=[messages], chat_template=self.template, add_generation_prompt=True, enable_thinking=False, **special
        )  # fmt: skip
        return self.tokenizer.encode(rendered[0]).ids

    def decode(self, ids: Sequence[int], skip_special_tokens: bool = False) -> str:
        """The text of tokens."""
        return self.tokenizer.decode(list(ids), skip_special_tokens=skip_special_tokens)


def open_tokenizer(file: Path) -> GgufTokenizer:
    """The tokenizer of a GGUF file that was written here."""
    import gguf

    return GgufTokenizer(gguf.GGUFReader(file).fields)
