"""Every argument of trl.GRPOConfig that a run sets, none left to a default that an engine changes.

    arguments.make(settings, output_dir="outputs/run/checkpoints", cuda=False, bf16=False, reward_weights=[1.0, 0.1])

Unsloth changes the defaults of many and ignores those it does not know, so all that matter are named here, by subject.
"""

from __future__ import annotations

from typing import Any

from grpo_legal.config import Grpo, Policy, Settings

SCHEDULERS = {"constant": "constant_with_warmup", "stable_decay": "warmup_stable_decay"}  # ours: transformers' own
PLAIN_SAMPLING = {"top_p": 1.0, "top_k": 0}  # truncated sampling breaks the match of log-probabilities


def make(settings: Settings, *, output_dir: str, cuda: bool, bf16: bool, reward_weights: list[float]) -> dict[str, Any]:
    """The arguments by name. `cuda` and `bf16` say what the machine has."""
    grpo = settings.grpo
    return {
        "seed": settings.run.seed,
        "data_seed": settings.run.seed,
        "reward_weights": reward_weights,
        **_batch(grpo),
        **_sampling(settings),
        **_loss(grpo),
        **_entropy(grpo),
        **_optimizer(grpo),
        **precision(settings.policy, cuda, bf16),
        **_machine(grpo, cuda),
        **_written(grpo, output_dir),
    }


def _batch(grpo: Grpo) -> dict[str, Any]:
    by_tokens = grpo.micro_batch_tokens is not None
    rows = grpo.batch_size if by_tokens else grpo.micro_batch_size  # by tokens they are cut in the forward
    accumulation = grpo.batch_size // rows
    return {
        "max_steps": grpo.max_steps,
        "per_device_train_batch_size": rows,
        "gradient_accumulation_steps": accumulation,
        "steps_per_generation": accumulation,
        "num_generations": grpo.num_generations,
        "num_iterations": grpo.num_iterations,
        "shuffle_dataset": False,  # the rows come in a seeded order, balanced over every stretch
        "remove_unused_columns": False,
        "dataloader_num_workers": 0,
    }


def _sampling(settings: Settings) -> dict[str, Any]:
    return {
        "temperature": settings.grpo.temperature,
        **PLAIN_SAMPLING,
        **_vllm(settings),
        "max_completion_length": settings.grpo.max_completion_length,
        "mask_truncated_completions": settings.grpo.mask_truncated,
    }


def _vllm(settings: Settings) -> dict[str, Any]:
    """TRL's arguments for sampling through vLLM. What vLLM sampled is scored again by the policy, and tokens whose
    probabilities differ are reweighted: the correction that TRL has on and Unsloth off by default."""
    g = settings.grpo
    if g.vllm == "off":
        return {"use_vllm": False}
    return {
        "use_vllm": True,
        "vllm_mode": "server" if g.vllm == "server" else "colocate",  # fast_inference is colocated too
        "vllm_gpu_memory_utilization": g.vllm_gpu_memory_utilization,
        "vllm_max_model_length": settings.policy.max_seq_length,
        "vllm_server_host": g.vllm_server_host,
        "vllm_server_port": g.vllm_server_port,
        "vllm_importance_sampling_correction": True,
    }


def _loss(grpo: Grpo) -> dict[str, Any]:
    return {
        "loss_type": grpo.loss_type,
        "scale_rewards": grpo.scale_rewards,
        "multi_objective_aggregation": "sum_then_normalize",
        "beta": grpo.beta,
        "epsilon": grpo.epsilon,
        "epsilon_high": grpo.epsilon_high,
        "disable_dropout": True,
    }


def _entropy(grpo: Grpo) -> dict[str, Any]:
    """The entropy bonus.

    With a target it acts only below it (arXiv 2505.22312). Its size stays: one that grows, as there, was seen to drive
    the policy of a one-word answer out of the answers.
    """
    return {
        "entropy_coef": grpo.entropy_coef,
        "use_adaptive_entropy": grpo.entropy_target is not None,
        "entropy_target": grpo.entropy_target or 0.0,
        "entropy_coef_min": grpo.entropy_coef,
        "entropy_coef_max": grpo.entropy_coef,
        "entropy_coef_delta": 0.0,
    }


def _optimizer(grpo: Grpo) -> dict[str, Any]:
    return {
        "optim": grpo.optim,
        "learning_rate": grpo.learning_rate,
        "warmup_steps": grpo.warmup_steps,
        "lr_scheduler_type": SCHEDULERS.get(grpo.lr_scheduler, grpo.lr_scheduler),
        "lr_scheduler_kwargs": _decay(grpo),
        "weight_decay": grpo.weight_decay,
        "adam_beta1": 0.9,
        "adam_beta2": grpo.adam_beta2,
        "max_grad_norm": grpo.max_grad_norm,
    }


def _decay(grpo: Grpo) -> dict[str, int]:
    """How many of the last steps stable_decay takes; in a run cut short, what the warm-up leaves."""
    if grpo.lr_scheduler != "stable_decay":
        return {}
    return {"num_decay_steps": max(1, min(grpo.decay_steps, grpo.max_steps - grpo.warmup_steps))}


def precision(policy: Policy, cuda: bool, bf16: bool) -> dict[str, bool]:
    """transformers' two switches for mixed precision. `cuda` and `bf16` say what the machine has."""
    chosen = policy.dtype == "auto" and cuda
    return {"bf16": policy.dtype == "bfloat16" or (chosen and bf16), "fp16": chosen and not bf16}


def _machine(grpo: Grpo, cuda: bool) -> dict[str, Any]:
    return {
        "use_cpu": not cuda,
        "gradient_checkpointing": grpo.gradient_checkpointing,
        "ddp_find_unused_parameters": False,  # of several processes: every forward uses the whole adapter
    }


def _written(grpo: Grpo, output_dir: str) -> dict[str, Any]:
    return {
        "output_dir": output_dir,
        "logging_steps": 1,
        "logging_strategy": "steps",
        "save_strategy": "steps",
        "save_steps": grpo.save_steps,
        "save_total_limit": grpo.keep_checkpoints,
        "report_to": "none",
        "disable_tqdm": True,
        "log_completions": False,
    }
