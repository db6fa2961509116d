"""Is the endpoint there, does it take the key, does it serve the model? One small call before a run, one clear line.

What the endpoint said is not passed on: the body of an error may quote the key or the prompt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from grpo_legal.errors import UserError
from grpo_legal.judge_settings import JudgeSettings
from grpo_legal.rewards.judge.budget import Budget
from grpo_legal.rewards.judge.endpoint import Line, OverBudget, Unanswered, connected
from grpo_legal.rewards.judge.prompt import Message

if TYPE_CHECKING:
    from openai import AsyncOpenAI

SHOWN_MODELS = 8


async def tried_out(
    chat: Sequence[Message], settings: JudgeSettings, budget: Budget, dialect: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    """The reply to `chat` and the request that the endpoint took. UserError says what is wrong and what is legal."""
    async with connected(settings) as client:
        line = Line(client, settings, budget, dialect)
        try:
            return await line.ask(chat), line.dialect
        except OverBudget:
            raise UserError(
                f"judge.budget-usd {settings.budget_usd:g} does not pay for one call (${budget.spent_usd:.4f} spent)"
            ) from None
        except Unanswered as error:
            served = await _served(client) if error.status in (400, 404, 422) else None
            raise UserError(_what_is_wrong(error, settings, served)) from None


async def _served(client: AsyncOpenAI) -> list[str] | None:
    """The models that the endpoint lists, or None where it has no list."""
    try:
        return [model.id async for model in client.models.list()]
    except Exception:  # whatever it is: the list only helps the message
        return None


def _what_is_wrong(error: Unanswered, settings: JudgeSettings, served: list[str] | None) -> str:
    where = f"judge.base-url {settings.base_url!r}"
    if error.status in (401, 403):
        key = (
            f"the key in {settings.api_key_env}"
            if settings.api_key_env
            else "a call without a key: set judge.api-key-env"
        )
        return f"{where} refuses {key} (status {error.status})"
    if error.status in (400, 404, 422):
        model = f"judge.model {settings.model!r}"
        if served and settings.model not in served:
            more = f", … ({len(served)})" if len(served) > SHOWN_MODELS else ""
            return f"{model} is not served at {settings.base_url!r} (legal: {', '.join(sorted(served)[:SHOWN_MODELS])}{more})"
        return (
            f"{where} refuses a trial call with status {error.status}: "
            f"is {model} the name it serves, and does the address end where /chat/completions begins (often in /v1)?"
        )
    if error.status is None and error.reason != "unreadable reply":
        return f"{where} cannot be reached ({error.reason}): start its server, or name another address"
    return f"{where} gives no answer to a trial call ({error.reason}); legal is an OpenAI-compatible endpoint"
