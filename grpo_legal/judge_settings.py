"""The settings of the judge: which model at which endpoint, how fast, how dear, by which rubric.

A section like those in config.py, in a file of its own so that the settings and the rewards can both import it.
The API key is not among them: they are written to the run folder, so they name the environment variable only.

    >>> JudgeSettings(model="Qwen/Qwen2.5-7B-Instruct").base_url
    'http://localhost:8000/v1'
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

# Criteria and scale of the 0–20 rubric; every statement of law or fact is measured against the reference.
RUBRIC = """\
knowledge: the governing rule and its authority are named and stated correctly; an invented authority earns 0 here.
accuracy: the conclusion and every statement of law or fact agree with the reference; another conclusion earns 0 here.
reasoning: the rule is applied step by step to the facts of this question, and the conclusion follows from that.
completeness: every part of the question and every element of the rule that decides it is dealt with.
Length, headings and legal words earn nothing by themselves. Text without sense earns 0 throughout."""

WITHHELD = "(withheld)"  # shown in place of what may be a secret
_VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"
_LOOPBACK = ("localhost", "127.0.0.1", "::1", "0.0.0.0")


class JudgeSettings(BaseModel):
    """A language model that grades answers, behind any OpenAI-compatible endpoint."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, validate_default=True)

    base_url: str = Field(
        "http://localhost:8000/v1", pattern=r"^https?://[^\s/]", description="OpenAI-compatible endpoint, with its /v1."
    )
    model: str | None = Field(None, min_length=1, description="Model name at the endpoint.")
    api_key_env: str | None = Field(
        None, pattern=_VARIABLE, description="Environment variable that holds the API key; none sends no key."
    )
    concurrency: int = Field(8, ge=1, le=1024, description="Calls in flight at once.")
    timeout_s: float = Field(60.0, gt=0, description="Seconds that one attempt may take.")
    max_retries: int = Field(4, ge=0, le=20, description="Further attempts after 429, 5xx, a timeout or no connection.")
    usd_per_million_in: float = Field(0.0, ge=0, description="Price of a million prompt tokens in dollars.")
    usd_per_million_out: float = Field(0.0, ge=0, description="Price of a million generated tokens in dollars.")
    budget_usd: float | None = Field(
        5.0, ge=0, description="Dollars that the judge may cost; no verdicts after that. None for no limit."
    )
    cache: str | None = Field(None, description="JSONL file of verdicts; by default in the user's cache folder.")
    rubric: str = Field(RUBRIC, min_length=1, description="What the four criteria mean, each from 0 to 5.")
    only_right: bool = Field(True, description="Ask about right answers only; a wrong one gets 0 and costs nothing.")
    max_tokens: int = Field(300, ge=16, description="Longest reply of the judge in tokens, its own reasoning included.")
    max_characters: int = Field(20_000, ge=100, le=200_000, description="A longer completion is cut for the judge.")
    temperature: float = Field(0.0, ge=0, le=2, description="Sampling temperature of the judge.")
    seed: int = Field(1, ge=0, description="Sampling seed of the judge, where the endpoint knows one.")

    @field_validator("api_key_env", mode="before")
    @classmethod
    def _no_key_in_messages(cls, value: Any) -> Any:
        """A key given in place of its variable must not stand in the error that refuses it."""
        return WITHHELD if isinstance(value, str) and not re.match(_VARIABLE, value) else value

    @field_validator("base_url", mode="before")
    @classmethod
    def _no_password_in_url(cls, value: Any) -> Any:
        """Nor a password or key within the address, which would be written down with the settings."""
        return WITHHELD if isinstance(value, str) and _has_secret(value) else value

    @property
    def is_local(self) -> bool:
        """Whether the endpoint is on this machine, where tokens cost nothing."""
        return urlsplit(self.base_url).hostname in _LOOPBACK


def _has_secret(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:  # not an address at all: the pattern's business
        return True
    return "@" in parts.netloc or bool(parts.query)


def judge_faults(settings: JudgeSettings) -> list[str]:
    """What is missing or does not go together, as phrases; for the check of all settings and the preflight.

    >>> judge_faults(JudgeSettings())
    ['judge.model is not set: name the model that the endpoint serves']
    """
    faults = []
    if settings.model is None:
        faults.append("judge.model is not set: name the model that the endpoint serves")
    free = settings.usd_per_million_in == settings.usd_per_million_out == 0
    if free and settings.budget_usd is not None and not settings.is_local:
        faults.append(
            f"judge.budget-usd {settings.budget_usd:g} cannot be kept without prices: set judge.usd-per-million-in and "
            "judge.usd-per-million-out, or judge.budget-usd none where calls cost nothing"
        )
    return faults
