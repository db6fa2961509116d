"""Held-out prompts answered greedily by the trained policy and by what was exported, token by token the same or not.

Both are asked in the same batches, through the same code. A prompt counts as equal where it is tokenised alike and the
first tokens of its answer, up to an end token, are the same.
"""

from __future__ import annotations

import gc
import importlib.util
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grpo_legal import config, decoding, policy
from grpo_legal.errors import UserError
from grpo_legal.exporting.source import Source
from grpo_legal.policy import Policy

SHARE = 0.9  # of the prompts that must be answered alike
BATCH = 4


@dataclass(frozen=True)
class Answer:
    """Token ids of a prompt as the model was asked it, and of what it said."""

    prompt: tuple[int, ...]
    tokens: tuple[int, ...]


@dataclass(frozen=True)
class Answers:
    """Those of one model. `ends` are the tokens that end its answers, `decode` makes text of tokens."""

    answers: tuple[Answer, ...]
    ends: tuple[int, ...]
    decode: Callable[[Sequence[int]], str]


@dataclass(frozen=True)
class Difference:
    """The first prompt that was answered otherwise: `at` is the place in the answer, None where the prompt itself is
    tokenised otherwise; `trained` and `exported` are the tokens there, empty behind an end."""

    problem_id: str
    at: int | None
    trained: str
    exported: str

    def __str__(self) -> str:
        if self.at is None:
            return f"{self.problem_id}: the prompt is tokenised otherwise, {self.trained!r} became {self.exported!r}"
        return f"{self.problem_id}: token {self.at + 1} is {self.exported!r}, the trained policy's is {self.trained!r}"


@dataclass(frozen=True)
class Comparison:
    """How many of `n` prompts were answered alike over at most `tokens` tokens, and the first that was not."""

    n: int
    equal: int
    tokens: int
    first: Difference | None

    def as_json(self) -> dict[str, Any]:
        """For export.json."""
        return asdict(self)


def enough(found: Comparison) -> bool:
    """Whether at least 9 in 10 prompts were answered alike."""
    return found.equal >= math.ceil(SHARE * found.n)


def compare(source: Source, trained: Answers, exported: Answers, tokens: int) -> Comparison:
    """The answers of both, in the order of source.asked, at most `tokens` each."""
    first, equal = None, 0
    for asked, one, other in zip(source.asked, trained.answers, exported.answers, strict=True):
        equal += one == other
        if one != other and first is None:
            first = _difference(asked.problem_id, one, other, trained.decode)
    return Comparison(len(source.asked), equal, tokens, first)


def _difference(problem_id: str, one: Answer, other: Answer, decode: Callable[[Sequence[int]], str]) -> Difference:
    of_prompt = one.prompt != other.prompt
    a, b = (one.prompt, other.prompt) if of_prompt else (one.tokens, other.tokens)
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return Difference(problem_id, None if of_prompt else at, decode(a[at : at + 1]), decode(b[at : at + 1]))


# ---- asking -------------------------------------------------------------------------------------------


def trained_answers(source: Source, tokens: int) -> Answers:
    """What the trained policy says, its base held as in training (in 4 bits where it was), by transformers and peft.

    Raises UserError where it cannot be loaded.
    """
    if source.policy.load_in_4bit and importlib.util.find_spec("bitsandbytes") is None:
        raise UserError(
            "policy.load-in-4bit true: to ask the trained policy takes bitsandbytes, which is not installed: pip install "
            "bitsandbytes, or --check 0 to export without comparing"
        )
    return ask_adapter(source, source.policy, tokens)


def ask_adapter(source: Source, settings: config.Policy, tokens: int) -> Answers:
    """What the base of `settings` says with its adapter on."""
    loaded = policy.load(settings, seed=source.settings.run.seed, gradient_checkpointing=False)
    return _asked(source, loaded, [loaded.prompt_ids(a.messages) for a in source.asked], tokens)


def reload(source: Source, made: str, folder: Path, tokens: int, ends: Sequence[int]) -> Answers:
    """What an exported folder says, read from its files alone but for the base of an adapter.

    `made` is adapter, merged, or the name of a GGUF file. `ends` are the tokens that ended the trained policy's answers.
    """
    if made == "adapter":
        return ask_adapter(source, source.policy.model_copy(update={"adapter": str(folder)}), tokens)
    from transformers import AutoTokenizer

    if made == "merged":
        loaded = _plain(source, folder, AutoTokenizer.from_pretrained(folder))
        return _asked(source, loaded, [loaded.prompt_ids(a.messages) for a in source.asked], tokens)
    from grpo_legal.exporting import vocabulary

    read = vocabulary.open_tokenizer(folder / made)
    loaded = _plain(source, folder, read, gguf_file=made)
    loaded.model.generation_config.eos_token_id = list(ends)
    return _asked(source, loaded, [read.prompt_ids(a.messages) for a in source.asked], tokens)


def _plain(source: Source, folder: Path, tokenizer: Any, **more: Any) -> Policy:
    """The model of a folder, computed as policies are: bf16 on a GPU that holds it, fp32 on the CPU."""
    import torch
    from transformers import AutoModelForCausalLM

    size = sum(file.stat().st_size for file in (*folder.glob("*.safetensors"), *folder.glob("*.gguf")))
    cuda = policy.cuda_gib() > 0 and torch.cuda.mem_get_info()[0] > 2 * size
    dtype = torch.bfloat16 if cuda and torch.cuda.is_bf16_supported() else torch.float32
    model = AutoModelForCausalLM.from_pretrained(
        folder, dtype=dtype, device_map={"": 0} if cuda else None, attn_implementation="sdpa",
        trust_remote_code=source.policy.trust_remote_code, **more,
    )  # fmt: skip
    return Policy(model.eval(), tokenizer, "transformers", source.name, str(folder))


def _asked(source: Source, loaded: Policy, prompts: list[list[int]], tokens: int) -> Answers:
    """Greedy answers of a model, which is let go of afterwards: there may be no room for a second one."""
    import torch

    said: dict[int, tuple[int, ...]] = {}
    for batch in decoding.complete(loaded, prompts, max_new_tokens=tokens, batch_size=BATCH):
        said |= {i: tuple(found) for i, found, _ in batch}
    ends, tokenizer = tuple(loaded.eos_token_ids()), loaded.tokenizer
    loaded.model = None
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    answers = tuple(Answer(tuple(prompt), said[i]) for i, prompt in enumerate(prompts))
    return Answers(answers, ends, tokenizer.decode)
