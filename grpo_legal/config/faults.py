"""Faults between settings that are each legal alone."""

from __future__ import annotations

import math

from grpo_legal.config.sections import SUITES, Data, Grpo, Policy, Reward, Settings, Sft
from grpo_legal.errors import near
from grpo_legal.judge_settings import judge_faults


def consistency(settings: Settings) -> list[str]:
    """Faults between settings that are each legal alone."""
    faults = [*_batch_faults(settings.grpo), *_data_faults(settings.data), *_reward_faults(settings.reward)]
    faults += vllm_faults(settings.grpo.vllm, settings.policy, settings.policy.engine)
    faults += [*_sft_faults(settings.sft), *_suite_faults(settings), *_budget_faults(settings)]
    faults += _prompt_faults(settings)
    if settings.grpo.max_completion_length >= settings.policy.max_seq_length:
        faults.append(
            f"grpo.max-completion-length {settings.grpo.max_completion_length} leaves no room for a prompt "
            f"in policy.max-seq-length {settings.policy.max_seq_length}"
        )
    if settings.reward.weights.get("judge"):
        faults += judge_faults(settings.judge)
    return faults


def _batch_faults(grpo: Grpo) -> list[str]:
    faults = []
    if grpo.batch_size % grpo.num_generations:
        faults.append(
            f"grpo.batch-size {grpo.batch_size} is not a multiple of the group, grpo.num-generations "
            f"{grpo.num_generations}: try {math.ceil(grpo.batch_size / grpo.num_generations) * grpo.num_generations}"
        )
    if grpo.batch_size % grpo.micro_batch_size:
        faults.append(
            f"grpo.batch-size {grpo.batch_size} is not a multiple of grpo.micro-batch-size {grpo.micro_batch_size}: "
            f"try --grpo.micro-batch-size {_divisor(grpo.batch_size, grpo.micro_batch_size)}"
        )
    if grpo.micro_batch_tokens is not None and grpo.shared_prefix == "off":
        faults.append(f"grpo.micro-batch-tokens {grpo.micro_batch_tokens} needs grpo.shared-prefix on")
    if grpo.lr_scheduler == "stable_decay" and grpo.decay_steps == 0:
        faults.append("grpo.lr-scheduler stable_decay needs grpo.decay-steps of 1 or more, not 0")
    return faults


def _divisor(number: int, most: int) -> int:
    """The largest divisor of `number` that is at most `most`."""
    return next(n for n in range(min(number, most), 0, -1) if number % n == 0)


def vllm_faults(vllm: str, policy: Policy, engine: str) -> list[str]:
    """Why this engine cannot sample through vLLM in this way; of engine "auto" only what holds for every engine.

    Plain TRL hands the weights of a 4-bit base to vLLM as they are packed, which vLLM cannot load (trl issue 4973).
    Unsloth's fast_inference loads the default branch, whatever revision is asked for.
    """
    faults = []
    if vllm in ("colocate", "server"):
        if engine == "unsloth":
            faults.append(f"grpo.vllm {vllm} is TRL's own: with policy.engine unsloth it is grpo.vllm unsloth or off")
        elif engine == "transformers" and policy.load_in_4bit:
            faults.append(
                f"grpo.vllm {vllm} does not work with a policy.load-in-4bit base and plain TRL (trl issue 4973): "
                "try grpo.vllm unsloth with policy.engine unsloth, 16 bits, or grpo.vllm off"
            )
    if vllm == "unsloth" and engine == "transformers":
        faults.append(
            "grpo.vllm unsloth is Unsloth's fast_inference: with policy.engine transformers it is colocate, server or off"
        )
    if vllm == "unsloth" and policy.revision is not None:
        faults.append(f"grpo.vllm unsloth would ignore policy.revision {policy.revision!r}: vLLM loads the newest")
    return faults


def _prompt_faults(settings: Settings) -> list[str]:
    """Faults in how the prompts of a step are chosen."""
    faults, rounds = [], settings.grpo.dynamic_sampling
    if rounds and settings.policy.engine == "unsloth":
        faults.append(no_dynamic_sampling(rounds))
    if settings.data.curriculum == "off":
        return faults
    if settings.data.source != "families":
        faults.append(
            f"data.curriculum on needs data.source families, whose problems have levels, not {settings.data.source}"
        )
    if settings.data.difficulty is not None:
        faults.append(
            f"data.curriculum on goes through the levels: it needs data.difficulty none, not {settings.data.difficulty}"
        )
    if not settings.reward.weights.get("correct_answer"):
        faults.append("data.curriculum on goes by the reward correct_answer, which reward.weights does not name")
    return faults


def no_dynamic_sampling(rounds: int) -> str:
    """The fault of dynamic sampling by Unsloth's trainer, whose batches hold more than TRL's."""
    return f"grpo.dynamic-sampling {rounds} does not work with policy.engine unsloth: use transformers, or 0"


def _sft_faults(sft: Sft) -> list[str]:
    if sft.batch_size % sft.micro_batch_size == 0:
        return []
    return [f"sft.batch-size {sft.batch_size} is not a multiple of sft.micro-batch-size {sft.micro_batch_size}"]


def _budget_faults(settings: Settings) -> list[str]:
    guards, faults = settings.guards, []
    if guards.max_usd is not None and settings.run.usd_per_hour == 0:
        faults.append(f"guards.max-usd {guards.max_usd:g} needs run.usd-per-hour, the price of this machine, above 0")
    if guards.budget == "off":
        limits = {"max-usd": guards.max_usd, "max-hours": guards.max_hours}
        faults += [f"guards.{n} {v:g} has no effect with guards.budget off" for n, v in limits.items() if v is not None]
    return faults


def _suite_faults(settings: Settings) -> list[str]:
    suites, source = settings.pipeline.suites, settings.data.source
    faults = [
        f"pipeline.suites {name!r} is none of {', '.join(SUITES)}{near(name, SUITES)}"
        for name in suites
        if name not in SUITES
    ]
    if "legalbench" in suites and source not in ("dir", "hub"):
        faults.append(f"pipeline.suites legalbench needs data.source dir or hub, not {source}")
    if "own" in suites and source != "file":
        faults.append(f"pipeline.suites own needs data.source file, not {source}")
    return faults


def _data_faults(data: Data) -> list[str]:
    faults = []
    if data.source in ("dir", "file") and not data.path:
        what = "folder with the LegalBench files" if data.source == "dir" else "JSONL, CSV or TSV file"
        faults.append(f"data.source {data.source} needs data.path, the {what}")
    if data.source == "families" and data.path:
        faults.append(f"data.path {data.path!r} is read only with data.source dir, hub or file")
    if (data.source == "families" or data.families_share > 0) and not data.families:
        faults.append("data.families is empty: name at least one family")
    if data.source in ("dir", "hub") and not data.tasks:
        faults.append("data.tasks is empty: name at least one task or glob")
    if data.source == "families" and data.families_share > 0:
        faults.append(f"data.families-share {data.families_share:g} needs data.source dir, hub or file beside it")
    if data.source == "file" and not data.columns:
        faults.append("data.source file needs data.columns, such as facts=text answer=label")
    if data.source != "file" and data.columns:
        faults.append(f"data.columns is read only with data.source file, not {data.source}")
    if data.prompt == "few_shot" and (data.source not in ("dir", "hub") or data.families_share > 0):
        faults.append(
            "data.prompt few_shot is LegalBench's own: it needs data.source dir or hub and no families beside"
        )
    return faults


def _reward_faults(reward: Reward) -> list[str]:
    faults = [f"reward.weights {name}={weight} is negative" for name, weight in reward.weights.items() if weight < 0]
    if not any(weight > 0 for weight in reward.weights.values()):
        faults.append("reward.weights has no weight above 0, so nothing would be learned")
    return faults
