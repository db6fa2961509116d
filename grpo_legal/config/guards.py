"""The section `guards`: what is watched for while a run trains, and what is done about it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator

from grpo_legal.config.base import Section

Action = Literal["off", "warn", "lower", "rollback", "stop"]


class Guards(Section):
    """What is watched for while a run trains, and what is done: warn only, lower the learning rate, go back to the last
    good checkpoint, or stop."""

    non_finite: Action = Field(
        "rollback", description="Loss or gradient that is no finite number. Its step is dropped, unless off."
    )
    kl_spike: Action = Field("lower", description="KL above kl-floor and kl-factor times its median, twice in a row.")
    reward_collapse: Action = Field("rollback", description="Mean reward far below the best it was.")
    entropy_collapse: Action = Field("warn", description="Entropy below min-entropy.")
    truncated: Action = Field("warn", description="Most completions cut off, where they have more than one token.")
    no_variance: Action = Field("warn", description="Most groups without variance.")
    length_explosion: Action = Field("warn", description="Completions many times as long as at first.")
    budget: Literal["off", "warn", "stop"] = Field("stop", description="max-usd or max-hours reached.")
    max_usd: float | None = Field(
        None, gt=0, description="Dollars of training, by run.usd-per-hour, resumed calls added up; none is no limit."
    )
    max_hours: float | None = Field(None, gt=0, description="Hours of training, resumed calls added up.")
    patience: int = Field(
        10, ge=1, description="Steps that a sign must last, over which means are taken, and between two lowerings."
    )
    lower_by: float = Field(0.5, gt=0, lt=1, description="Lower multiplies the learning rate by this.")
    max_lowered: int = Field(3, ge=0, description="Times the learning rate is lowered; after that it only warns.")
    max_rollbacks: int = Field(2, ge=0, description="Times the run goes back; after that it goes back and stops.")
    kl_factor: float = Field(10.0, ge=1, description="A spike of KL is this many times its median.")
    kl_floor: float = Field(0.5, ge=0, description="No KL below this is a spike, in nats a token.")
    reward_drop: float = Field(0.4, gt=0, le=1, description="Share of the best mean reward that is lost in a collapse.")
    min_entropy: float = Field(0.02, ge=0, description="Entropy below this is a collapse, in nats a token.")
    max_truncated: float = Field(0.8, gt=0, le=1, description="Share of completions cut off that is too many.")
    max_zero_variance: float = Field(0.9, gt=0, le=1, description="Share of groups without variance that is too many.")
    length_factor: float = Field(3.0, gt=1, description="Completions this many times as long are an explosion.")

    @field_validator(
        "non_finite", "kl_spike", "reward_collapse", "entropy_collapse", "truncated", "no_variance",
        "length_explosion", "budget", mode="before",
    )  # fmt: skip
    @classmethod
    def _yaml_off(cls, value: Any) -> Any:
        """YAML 1.1 reads a bare off as a boolean."""
        return "off" if value is False else value
