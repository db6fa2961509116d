"""One chat completion from an OpenAI-compatible endpoint: attempts, waiting, what it cost, and the endpoint's dialect.

The client could try again by itself. It is told not to, since an attempt that ran out of time may have been charged
for, and the budget has to see every one. No message or log line here holds a prompt, a reply, a key or the body
of an error (which may quote all three).
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grpo_legal.errors import UserError
from grpo_legal.judge_settings import JudgeSettings
from grpo_legal.rewards.judge.budget import NOTHING, Budget, Tokens, ceiling
from grpo_legal.rewards.judge.prompt import Message
from grpo_legal.rewards.judge.verdict import SCHEMA

if TYPE_CHECKING:
    from openai import AsyncOpenAI

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
AGAIN = (408, 409, 425, 429)  # and every 5xx
NO_KEY = "none"  # the client insists on one; and without it would send OPENAI_API_KEY to whatever endpoint this is

_JSON_SCHEMA = {"type": "json_schema", "json_schema": {"name": "verdict", "strict": True, "schema": SCHEMA}}
_JSON_OBJECT = {"type": "json_object"}


class Unanswered(Exception):
    """No reply. `reason` is a word or two for a log line; `status` the HTTP status, where there was one."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.status = reason, status


class OverBudget(Exception):
    """The next attempt could pass the budget."""


def import_openai() -> Any:
    """The `openai` package, which only the judge needs. UserError where it is not installed."""
    try:
        import openai
    except ImportError as error:
        raise UserError(f"the judge needs the extra judge ({error}): pip install 'grpo-legal[judge]'") from None
    return openai


def api_key(settings: JudgeSettings) -> str:
    """The key out of the environment. UserError names the variable, never a value."""
    if settings.api_key_env is None:
        return NO_KEY
    key = os.environ.get(settings.api_key_env, "").strip()
    if not key:
        raise UserError(f"judge.api-key-env: the environment variable {settings.api_key_env} is not set or empty")
    return key


@asynccontextmanager
async def connected(settings: JudgeSettings) -> AsyncIterator[AsyncOpenAI]:
    """A client for one event loop, closed behind it."""
    openai = import_openai()
    async with openai.AsyncOpenAI(
        base_url=settings.base_url, api_key=api_key(settings), timeout=settings.timeout_s, max_retries=0
    ) as client:
        yield client


def first_request(settings: JudgeSettings) -> dict[str, Any]:
    """What is asked of an endpoint that nothing is known about: greedy, seeded, JSON by schema."""
    return {
        "model": settings.model,
        "temperature": settings.temperature,
        "seed": settings.seed,
        "max_tokens": settings.max_tokens,
        "response_format": _JSON_SCHEMA,
    }


def adapted(request: dict[str, Any], complaint: str) -> dict[str, Any] | None:
    """The request without what the endpoint refused (status 400 or 422), or None where nothing can be left out.

    Endpoints differ: OpenAI's reasoning models take max_completion_tokens and no temperature, many local servers no
    schema. `complaint` is the body of the error, in lower case.

    >>> adapted({"max_tokens": 9}, "use 'max_completion_tokens' instead"), adapted({"seed": 1}, "seed?"), adapted({}, "")
    ({'max_completion_tokens': 9}, {}, None)
    """
    without = dict(request)
    if "max_completion_tokens" in complaint and "max_tokens" in request:
        return without | {"max_completion_tokens": without.pop("max_tokens")}
    for name in ("temperature", "seed"):
        if name in complaint and name in request:
            del without[name]
            return without
    form = without.pop("response_format", None)
    if form is None:
        return None
    return without | {"response_format": _JSON_OBJECT} if form is _JSON_SCHEMA else without


@dataclass
class Line:
    """The endpoint during one batch: the budget is waited for, and an endpoint that is down is asked once a call."""

    client: AsyncOpenAI
    settings: JudgeSettings
    budget: Budget
    dialect: dict[str, Any]  # the request that the endpoint took last; the Judge keeps it over batches
    down: bool = False

    def __post_init__(self) -> None:
        self._settled = asyncio.Condition()

    async def ask(self, chat: Sequence[Message]) -> str:
        """The reply's text. Raises Unanswered, or OverBudget before an attempt that could pass the budget."""
        request, attempt = dict(self.dialect), 0
        while True:
            try:
                reply = await self._attempt(chat, request)
            except _Refused as refused:
                changed = adapted(request, refused.complaint)
                if changed is None:
                    raise Unanswered(f"status {refused.status}", refused.status) from None
                request = changed
            except _Later as later:
                if attempt >= self.settings.max_retries or self.down:
                    self.down = True
                    raise Unanswered(later.reason, later.status) from None
                attempt += 1
                await asyncio.sleep(later.wait_s if later.wait_s is not None else _backoff(attempt))
            else:
                self.dialect, self.down = request, False
                return reply

    async def _attempt(self, chat: Sequence[Message], request: dict[str, Any]) -> str:
        """One call, paid for by what it used; by its ceiling where it may have been charged without an answer."""
        words = "".join(message["content"] for message in chat) + str(request.get("response_format", ""))
        most = self.budget.at_most(ceiling(words, self.settings.max_tokens))
        await self._reserve(most)
        used = most  # unless shown otherwise
        try:
            answer = await self.client.chat.completions.create(messages=list(chat), **request)
            used = _usage(answer, most)
            return _content(answer)
        except Exception as error:
            if not _was_charged(error):
                used = NOTHING
            raise _sorted(error) from None
        finally:
            async with self._settled:
                self.budget.settle(most, used)
                self._settled.notify_all()

    async def _reserve(self, most: Tokens) -> None:
        """Waits while calls in flight, which set aside more than they take, are all that stands in the way."""
        async with self._settled:
            while not self.budget.reserve(most):
                if self.budget.closed or self.budget.reserved == NOTHING:
                    self.budget.closed = True
                    raise OverBudget
                await self._settled.wait()


# ---- what came back ---------------------------------------------------------------------------------


class _Refused(Exception):
    """The request itself was not understood."""

    def __init__(self, status: int, complaint: str) -> None:
        super().__init__()
        self.status, self.complaint = status, complaint


class _Later(Exception):
    """Worth another attempt, after `wait_s` seconds where the endpoint named a time."""

    def __init__(self, reason: str, status: int | None = None, wait_s: float | None = None) -> None:
        super().__init__()
        self.reason, self.status, self.wait_s = reason, status, wait_s


def _sorted(error: Exception) -> Exception:
    """Any failure of a call as one of ours, without its text."""
    openai = import_openai()
    if isinstance(error, openai.APITimeoutError):
        return _Later("timeout")
    if isinstance(error, openai.APIConnectionError):
        return _Later("no connection")
    if not isinstance(error, openai.APIStatusError):
        return Unanswered("unreadable reply")
    status = error.status_code
    if status in (400, 422):
        return _Refused(status, str(error.body or error.message).lower())
    if status in AGAIN or status >= 500:
        return _Later(f"status {status}", status, _asked_wait(error.response.headers))
    return Unanswered(f"status {status}", status)


def _was_charged(error: Exception) -> bool:
    """Whether the endpoint may have worked on the call: not where it refused it or was never reached."""
    openai = import_openai()
    if isinstance(error, openai.APIStatusError):
        return False
    never_reached = type(error.__cause__).__name__ in ("ConnectError", "ConnectTimeout", "PoolTimeout")
    return not (isinstance(error, openai.APIConnectionError) and never_reached)


def _asked_wait(headers: Any) -> float | None:
    """The seconds of a Retry-After header, or None where it is missing, a date or out of reason."""
    for name, scale in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            wait = float(headers.get(name, "")) / scale
        except ValueError:
            continue
        if 0 <= wait <= LONGEST_WAIT_S:
            return wait
    return None


def _backoff(attempt: int) -> float:
    """Half a second, then twice that, …, up to `LONGEST_WAIT_S`; up to a quarter off, so that calls do not march."""
    return min(FIRST_WAIT_S * 2.0 ** (attempt - 1), LONGEST_WAIT_S) * random.uniform(0.75, 1.0)


def _usage(answer: Any, most: Tokens) -> Tokens:
    """The tokens that the endpoint counted, or the ceiling where it counts none."""
    usage = getattr(answer, "usage", None)
    counts = (getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None))
    if not all(isinstance(count, int) and count >= 0 for count in counts):
        return most
    return Tokens(*counts)


def _content(answer: Any) -> str:
    """The text of the first choice; an empty one for a refusal. Raises where the answer has no choice."""
    return answer.choices[0].message.content or ""
