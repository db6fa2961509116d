"""Tiny Llama and Qwen2 models whose tokenizer has merges, as GGUF wants them, and a run folder made without training."""

from __future__ import annotations

import json
from pathlib import Path

from conftest import CHAT_TEMPLATE, make_model

from grpo_legal import config, problems, run_folder
from grpo_legal.exporting import vocabulary
from grpo_legal.schema import chat_prompt

VOCABULARY = 400
SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def texts(n: int = 40) -> list[str]:
    return [f"{p.facts}\n{p.question}" for p in problems.generate("firm_offer", n, "train", 1)]


def bpe(pre: str, template: str = CHAT_TEMPLATE):
    """A byte-level BPE tokenizer trained on legal problems that cuts words as `pre` says."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE(ignore_merges=pre == "llama-bpe"))
    cuts = [pre_tokenizers.Split(Regex(words), "isolated") for words in vocabulary.WORDS[pre]]
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    made.pre_tokenizer, made.decoder = pre_tokenizers.Sequence([*cuts, byte_level]), decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY - 10, special_tokens=SPECIALS, initial_alphabet=alphabet)
    made.train_from_iterator([*texts(), *(vocabulary.HARD for _ in range(9))], trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=made, eos_token="<|im_end|>", pad_token="<|endoftext|>", chat_template=template
    )


def model(folder: Path, kind: str, pre: str, template: str = CHAT_TEMPLATE) -> Path:
    """A random model of this kind; ten ids of its embedding have no token."""
    import torch
    import transformers

    make_model(folder, kind)
    small = transformers.AutoConfig.from_pretrained(folder)
    small.vocab_size, small.tie_word_embeddings = VOCABULARY, kind == "llama"
    torch.manual_seed(1)
    made = transformers.AutoModelForCausalLM.from_config(small)
    for name, parameter in made.named_parameters():
        if name.endswith(".bias"):
            torch.nn.init.normal_(parameter, std=0.5)  # zero otherwise, and never missed
    made.save_pretrained(folder)
    bpe(pre, template).save_pretrained(folder)
    return folder


def adapter(base: Path, folder: Path, std: float = 0.3) -> Path:
    """A LoRA adapter on all layers with a second factor of this spread."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.manual_seed(0)
    wrapped = get_peft_model(
        AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32),
        LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM"),
    )
    for name, parameter in wrapped.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=std)
    wrapped.save_pretrained(folder)
    AutoTokenizer.from_pretrained(base).save_pretrained(folder)
    return folder


def run(base: Path, root: Path, name: str = "run", n: int = 30) -> Path:
    """A run folder with settings, an adapter and held-out answers."""
    folder = run_folder.RunFolder(root / name)
    settings = config.resolve({
        "policy": {"model": str(base), "engine": "transformers"},
        "data": {"families": ["firm_offer"], "prompt": "short"}, "grpo": {"max_completion_length": 16},
    })  # fmt: skip
    run_folder.write_settings(folder, "train", config.dump(settings))
    adapter(base, folder.adapter)
    asked = problems.generate("firm_offer", n, "test", 0)
    run_folder.append_lines(folder.answers("after"), [
        {"problem_id": p.id, "family": p.family, "kind": p.kind, "gold": p.answer, "correct": i % 3 > 0, "text": "Yes",
         "prompt": chat_prompt(p, "short")[-1]["content"], "tokens": 1, "seconds": 0.1}
        for i, p in enumerate(asked)
    ])  # fmt: skip
    return folder.path


def export_json(folder: Path) -> dict:
    return json.loads((folder / "export.json").read_text())
