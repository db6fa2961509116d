"""TRL's SFT trainer with every argument set on purpose. Import after the policy is loaded, as with trainer.py.

The rows come encoded, with labels on the answer alone: TRL's and Unsloth's own preparation, which encode prompt and
answer as one text and look for where they part, leave such rows as they are. Sequences are padded, not packed: without
flash attention packed ones would see each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import trl
from datasets import Dataset
from datasets.utils.logging import disable_progress_bar
from transformers import PrinterCallback, TrainerCallback

from grpo_legal import trainer
from grpo_legal.arguments import precision
from grpo_legal.config import Settings
from grpo_legal.policy import Policy

SCHEDULERS = {"constant": "constant_with_warmup"}  # ours: transformers' own


def arguments(settings: Settings, *, output_dir: str, cuda: bool, bf16: bool, unsloth: bool) -> dict[str, Any]:
    """Every argument of trl.SFTConfig that this project sets, none left to a default that an engine changes."""
    s = settings.sft
    return {
        "output_dir": output_dir,
        "seed": settings.run.seed,
        "data_seed": settings.run.seed,
        # the batch
        "max_steps": s.max_steps,
        "per_device_train_batch_size": s.micro_batch_size,
        "gradient_accumulation_steps": s.batch_size // s.micro_batch_size,
        "train_sampling_strategy": "sequential",  # the rows come in a seeded order, balanced over every stretch (by_length)
        "shuffle_dataset": False,
        "packing": False,
        "padding_free": False,
        "max_length": None,  # what is too long was left out before
        "dataloader_num_workers": 0,
        # the loss: the mean over the answer tokens of the whole batch
        "loss_type": "nll" if unsloth else "chunked_nll",  # the same; TRL's goes round Unsloth's fused kernel
        # the optimizer
        "optim": s.optim,
        "learning_rate": s.learning_rate,
        "warmup_steps": s.warmup_steps,
        "lr_scheduler_type": SCHEDULERS.get(s.lr_scheduler, s.lr_scheduler),
        "weight_decay": s.weight_decay,
        "adam_beta1": 0.9,
        "adam_beta2": 0.999,
        "max_grad_norm": s.max_grad_norm,
        # the machine
        "use_cpu": not cuda,
        **precision(settings.policy, cuda, bf16),
        "gradient_checkpointing": s.gradient_checkpointing,
        # what is written
        "include_num_input_tokens_seen": "non_padding",
        "logging_steps": 1,
        "logging_strategy": "steps",
        "save_strategy": "steps",
        "save_steps": s.save_steps,
        "save_total_limit": s.keep_checkpoints,
        "report_to": "none",
        "disable_tqdm": True,
    }


def by_length(rows: Sequence[dict[str, list[int]]], batch_size: int) -> list[dict[str, list[int]]]:
    """The rows with those of each optimizer step by length, the longest first: rows that are padded to one length are then
    of like length. Each step learns from the same rows as before, and its loss is a mean over all of their tokens.

    >>> [len(row["input_ids"]) for row in by_length([{"input_ids": [0] * n} for n in (1, 5, 2, 9, 3)], 4)]
    [9, 5, 2, 1, 3]
    """
    steps = (rows[at : at + batch_size] for at in range(0, len(rows), batch_size))
    return [row for step in steps for row in sorted(step, key=lambda row: -len(row["input_ids"]))]


def build(
    policy: Policy,
    rows: Sequence[dict[str, list[int]]],
    settings: Settings,
    *,
    callbacks: Sequence[TrainerCallback],
    output_dir: str,
) -> trl.SFTTrainer:
    """The trainer of this run over encoded `rows`. Raises RuntimeError where Unsloth's patch is not in force on CUDA."""
    cuda, unsloth = torch.cuda.is_available(), policy.engine == "unsloth"
    bf16 = cuda and torch.cuda.is_bf16_supported()
    made = arguments(settings, output_dir=output_dir, cuda=cuda, bf16=bf16, unsloth=unsloth)
    trainer.check_arguments(made, trl.SFTConfig)
    if unsloth and cuda and trl.SFTTrainer.__name__ != "UnslothSFTTrainer":
        raise RuntimeError(f"Unsloth did not patch TRL: the trainer is {trl.SFTTrainer.__name__}")
    adapter = trainer.trained_weights(policy.model)
    disable_progress_bar()
    built = trl.SFTTrainer(
        model=policy.model,
        processing_class=policy.tokenizer,
        args=trl.SFTConfig(**made),
        train_dataset=Dataset.from_list(by_length(rows, settings.sft.batch_size)),
        callbacks=list(callbacks),
    )
    built.remove_callback(PrinterCallback)  # every log line is a record of ours already
    if trl.SFTTrainer.__name__ != "UnslothSFTTrainer":
        trainer.keep_adapter(built.model, adapter)
    return built
