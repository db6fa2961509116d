"""A model small enough for a test, made here: random weights, a byte-level tokenizer, no network."""

from __future__ import annotations

import os
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"  # before any import of huggingface_hub
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ["OMP_NUM_THREADS"] = "1"  # models this small only wait for their threads

import pytest

CHAT_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def make_tokenizer(folder: Path) -> None:
    """A byte-level tokenizer: every text can be written, no word is known."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    specials = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={t: i for i, t in enumerate(specials + alphabet)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(specials)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>", chat_template=CHAT_TEMPLATE
    ).save_pretrained(folder)


def make_model(folder: Path, kind: str = "llama", hidden: int = 32) -> None:
    """A two-layer causal language model of the given kind with random weights."""
    import torch
    import transformers

    names = {"llama": "Llama", "qwen2": "Qwen2", "gemma3": "Gemma3", "mistral": "Mistral"}
    config_class = getattr(transformers, f"{names[kind]}{'Text' if kind == 'gemma3' else ''}Config")
    model_class = getattr(transformers, f"{names[kind]}ForCausalLM")
    layers = {"head_dim": 8, "sliding_window": 6, "layer_types": ["sliding_attention", "full_attention"]}
    torch.manual_seed(0)
    config = config_class(
        vocab_size=259, hidden_size=hidden, intermediate_size=2 * hidden, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=2048, bos_token_id=None, eos_token_id=2, pad_token_id=0,
        initializer_range=0.2, **(layers if kind == "gemma3" else {}),
    )  # fmt: skip
    model_class(config).save_pretrained(folder)
    make_tokenizer(folder)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a tiny Llama."""
    folder = tmp_path_factory.mktemp("tiny-llama")
    make_model(folder)
    return folder


BENCH = Path(os.environ.get("GRPO_LEGAL_BENCH_DIR", Path(__file__).parents[1] / "../shared/legalbench"))
needs_bench = pytest.mark.skipif(not (BENCH / "tasks").is_dir(), reason=f"no LegalBench files in {BENCH}")


KINDS = ("llama", "qwen2", "gemma3")  # of tiny models; the last has layers with a sliding window


def lora_model(folder: Path, kind: str):
    """A model of `make_model` with an adapter on every linear layer, whose weights are not zero."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    make_model(folder, kind)
    base = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="sdpa")
    wrapped = get_peft_model(base, LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM"))
    torch.manual_seed(1)
    for name, parameter in wrapped.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.2)
    return wrapped
