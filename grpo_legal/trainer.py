"""TRL's GRPO trainer, with a group's prompt computed once.

Import after the policy is loaded: where Unsloth is the engine, `trl.GRPOTrainer` is by then Unsloth's own.
Departure from plain TRL on the transformers engine: sampling and log-probabilities go through
`shared_prefix`, which gives the same numbers for fewer tokens; `grpo.shared_prefix: off` undoes it. Rows without a
gradient are skipped, prompts of flat groups replaced and levels chosen by `informative`, each where it is asked for.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
import trl
from datasets import Dataset
from transformers import PrinterCallback, Trainer, TrainerCallback

from grpo_legal import arguments, processes, shared_prefix, wrapped
from grpo_legal.callbacks import StopOnInterrupt, WeightsChange
from grpo_legal.config import Settings, no_dynamic_sampling
from grpo_legal.errors import UserError
from grpo_legal.informative import ChoosesLevels, Curriculum, Refills, SkipsFlat
from grpo_legal.policy import REFERENCE, Policy, add_reference, return_large_blocks, roomy, save_default_only
from grpo_legal.whole_groups import WholeGroups

__all__ = ["SharedPrefixTrainer", "StopOnInterrupt", "WeightsChange", "build", "path", "run"]


class SharedPrefixTrainer(trl.GRPOTrainer):
    """TRL's trainer, with each distinct prompt of a batch prefilled and scored once."""

    micro_batch_tokens: int | None = None  # of a forward and backward pass; None: the rows that TRL hands over

    def _get_per_token_logps_and_entropies(
        self,
        model: Any,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        logits_to_keep: int,
        *args: Any,
        **kwargs: Any,
    ) -> tuple[torch.Tensor, torch.Tensor | None, None]:
        """(B, C) log-probabilities and entropies of the last `logits_to_keep` tokens, as TRL's own method."""
        logps, entropies = wrapped.inside(
            model,
            self.accelerator.unwrap_model(model),
            shared_prefix.completion_logps,
            input_ids[:, :-logits_to_keep],
            attention_mask[:, :-logits_to_keep],
            input_ids[:, -logits_to_keep:],
            attention_mask[:, -logits_to_keep:],
            temperature=self.temperature,
            with_entropy=kwargs.get("compute_entropy", False),
            entropy_grad=self._entropy_bonus_enabled,
            max_tokens=self.micro_batch_tokens,
        )
        return logps, entropies, None

    def _generate_single_turn(
        self, prompt_ids: Any, images: Any, multimodal_fields: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """One completion per prompt row; no log-probabilities, as with TRL's own generation. vLLM, which shares
        prompts by itself, gives both."""
        if self.use_vllm:
            return super()._generate_single_turn(prompt_ids, images, multimodal_fields, *args, **kwargs)
        model = self.accelerator.unwrap_model(self.model_wrapped)
        was_training = model.training
        model.eval()
        try:
            completions = shared_prefix.sample(
                model, prompt_ids, max_new_tokens=self.max_completion_length,
                eos_token_ids=self.eos_token_ids, temperature=self.temperature,
            )  # fmt: skip
        finally:
            model.train(was_training)
        return completions, None


class SharingTrainer(ChoosesLevels, Refills, SkipsFlat, WholeGroups, SharedPrefixTrainer):
    """The trainer of the transformers engine."""


class GroupedTrainer(WholeGroups, trl.GRPOTrainer):
    """Unsloth's trainer, with the rows of a group side by side."""


class PlainTrainer(ChoosesLevels, Refills, SkipsFlat, WholeGroups, trl.GRPOTrainer):
    """The same where prompts are not shared; and Unsloth's trainer with a curriculum."""


def kind(policy: Policy, settings: Settings) -> type[trl.GRPOTrainer]:
    """The class of this run's trainer."""
    if policy.engine == "unsloth":
        return PlainTrainer if settings.data.curriculum == "on" else GroupedTrainer
    return SharingTrainer if path(policy, settings)[0] else PlainTrainer


def _tell(trainer: trl.GRPOTrainer, policy: Policy, settings: Settings, curriculum: Curriculum | None) -> None:
    """Turn on in `trainer` what the settings ask for."""
    if isinstance(trainer, SharedPrefixTrainer):
        trainer.micro_batch_tokens = settings.grpo.micro_batch_tokens
    if isinstance(trainer, PlainTrainer | SharingTrainer):
        trainer.curriculum = curriculum
        trainer.skip_flat = settings.grpo.skip_flat == "on" and policy.engine == "transformers"
        trainer.rounds = settings.grpo.dynamic_sampling


def path(policy: Policy, settings: Settings) -> tuple[bool, str]:
    """Whether prompts are shared by our code, and how a group is computed, in a phrase for the person who watches.

    Raises UserError where a budget of tokens is asked for that nothing would keep to.
    """
    why = None
    if policy.engine == "unsloth":
        # Its prefix grouping stands aside where entropies are asked for (unsloth_zoo 2026.10.9, grpo_accumulated_loss).
        grouping = "" if settings.grpo.entropy_coef > 0 else " and prefix grouping"
        why = f"Unsloth's own sequence packing{grouping}"
    elif settings.grpo.shared_prefix == "off":
        why = "plain TRL, the prompt repeated for each completion (grpo.shared-prefix off)"
    elif sharder := processes.sharded():
        why = f"plain TRL, the prompt repeated for each completion: {sharder} splits the model"
    elif reason := shared_prefix.unsupported(policy.model):
        why = f"plain TRL, the prompt repeated for each completion: {reason}"
    if why and settings.grpo.micro_batch_tokens is not None:
        raise UserError(
            f"grpo.micro-batch-tokens {settings.grpo.micro_batch_tokens} has no effect here: groups go by {why}"
        )
    sampled = "" if settings.grpo.vllm == "off" else f"; sampled through vLLM ({settings.grpo.vllm})"
    return why is None, (why or "each prompt once per group") + sampled


def check_arguments(made: dict[str, Any], kind: type) -> None:
    """Raise RuntimeError where TRL's configuration class `kind` lacks an argument: Unsloth prints and ignores those."""
    unknown = set(made) - {f.name for f in dataclasses.fields(kind)}
    if unknown:
        raise RuntimeError(f"trl {trl.__version__}: {kind.__name__} has no argument {', '.join(sorted(unknown))}")


def build(
    policy: Policy,
    rows: Sequence[dict[str, Any]],
    settings: Settings,
    *,
    reward_functions: Sequence[Callable],
    reward_weights: Sequence[float],
    callbacks: Sequence[TrainerCallback],
    output_dir: str,
    note: Callable[[str], None] = lambda text: None,
) -> trl.GRPOTrainer:
    """The trainer of this run; `note` is told when a curriculum goes up a level.

    Raises RuntimeError where Unsloth's patch of TRL is not in force on CUDA, and UserError for an entropy target, which
    that patch drops together with the bonus (unsloth_zoo 2026.10.9), and for KL without a copy of the adapter.
    """
    if not torch.cuda.is_available() and not roomy():
        return_large_blocks()
    _check_unsloth(policy.engine, settings, torch.cuda.is_available())
    made = _configured(settings, output_dir, reward_weights)
    if settings.grpo.vllm == "colocate":
        # TRL has vLLM read the base from here; a public name may not be on this machine.
        policy.model.get_base_model().name_or_path = policy.folder
    curriculum = Curriculum([row["difficulty"] for row in rows], note) if settings.data.curriculum == "on" else None
    patched = trl.GRPOTrainer.__name__ == "UnslothGRPOTrainer"
    adapter = trained_weights(policy.model)
    if settings.grpo.beta > 0:
        save_default_only(policy)
        if patched:
            add_reference(policy)
    chosen = kind(policy, settings)
    if issubclass(chosen, SharedPrefixTrainer):
        shared_prefix.attend_in_parts(policy.model)
    trainer = chosen(
        model=policy.model,
        processing_class=policy.tokenizer,
        reward_funcs=list(reward_functions),
        args=made,
        train_dataset=Dataset.from_list(list(rows)),
        callbacks=[*callbacks, *([curriculum] if curriculum else [])],
    )
    _tell(trainer, policy, settings, curriculum)
    trainer.remove_callback(PrinterCallback)  # every log line is a record of ours already
    if not patched:
        keep_adapter(trainer.model, adapter)
    _check_reference(policy, settings.grpo.beta)
    return trainer


def _configured(settings: Settings, output_dir: str, reward_weights: Sequence[float]) -> trl.GRPOConfig:
    cuda = torch.cuda.is_available()
    made = arguments.make(
        settings, output_dir=output_dir, cuda=cuda, bf16=cuda and torch.cuda.is_bf16_supported(),
        reward_weights=list(reward_weights),
    )  # fmt: skip
    check_arguments(made, trl.GRPOConfig)
    return trl.GRPOConfig(**made)


def _check_reference(policy: Policy, beta: float) -> None:
    """That KL has a copy of the adapter to count from."""
    if beta > 0 and REFERENCE not in policy.model.peft_config:
        raise UserError(
            f"grpo.beta {beta:g}: the trainer has no copy of the adapter as reference, so KL would pull "
            "towards the base; set grpo.beta 0"
        )


def _check_unsloth(engine: str, settings: Settings, cuda: bool) -> None:
    """That Unsloth's trainer is in force where it is the engine, and nothing is asked of it that it would drop."""
    patched = trl.GRPOTrainer.__name__ == "UnslothGRPOTrainer"
    if engine == "unsloth" and settings.grpo.dynamic_sampling:
        raise UserError(no_dynamic_sampling(settings.grpo.dynamic_sampling))
    if engine == "unsloth" and cuda and not patched:
        raise RuntimeError(f"Unsloth did not patch TRL: the trainer is {trl.GRPOTrainer.__name__}")
    target = settings.grpo.entropy_target
    if patched and target is not None and settings.grpo.entropy_coef > 0:
        raise UserError(
            f"grpo.entropy-target {target:g} does not work with policy.engine unsloth, which would drop the whole bonus: "
            "use grpo.entropy-target none"
        )


def trained_weights(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Copies of the weights that are trained, by name."""
    return {n: p.detach().clone() for n, p in model.named_parameters() if p.requires_grad}


def keep_adapter(model: torch.nn.Module, adapter: dict[str, torch.Tensor]) -> None:
    """Put the adapter back as it was, in 32 bits.

    Under 4 bits plain TRL casts it to bf16: a trained adapter is rounded, and Adam's small steps on it round away.
    """
    for name, parameter in model.named_parameters():
        if name in adapter:
            parameter.data = adapter[name].float()


def run(trainer: Trainer, checkpoint: Path | None) -> None:
    """Train, from a checkpoint where there is one. A fault of a user's reward leaves a checkpoint behind."""
    if checkpoint is not None and int(checkpoint.name.rpartition("-")[2]) >= trainer.args.max_steps:
        trainer._load_from_checkpoint(str(checkpoint))  # every step was made; only what follows training was not
        return
    deterministic = torch.are_deterministic_algorithms_enabled()
    if trainer.args.use_cpu:  # the sums of a gathered gradient would else depend on the threads' order
        torch.use_deterministic_algorithms(True)
        torch.utils.deterministic.fill_uninitialized_memory = False  # a tenth of a step in bf16; nothing reads it
    try:
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    except UserError:
        if trainer.state.global_step > 0:
            trainer._save_checkpoint(trainer.model, trial=None)
        raise
    finally:
        torch.use_deterministic_algorithms(deterministic)
