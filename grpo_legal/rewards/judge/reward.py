"""The judge itself: a batch of completions into verdicts, and verdicts into a reward."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from grpo_legal.errors import UserError
from grpo_legal.judge_settings import JudgeSettings, judge_faults
from grpo_legal.rewards.correct import correct_answer
from grpo_legal.rewards.judge.budget import Budget
from grpo_legal.rewards.judge.cache import VerdictCache, cache_file
from grpo_legal.rewards.judge.endpoint import Line, OverBudget, Unanswered, connected, first_request
from grpo_legal.rewards.judge.injection import addresses_the_judge
from grpo_legal.rewards.judge.prompt import JudgeItem, asked_again, content_key, messages, sent_text
from grpo_legal.rewards.judge.trial import tried_out
from grpo_legal.rewards.judge.verdict import Verdict, parse_verdict, zero
from grpo_legal.schema import completion_text

log = logging.getLogger(__name__)
T = TypeVar("T")


class Judge:
    """A reward from a language model's verdict: its 0–20 total over 20, in [0, 1], or None without a verdict.

    A completion without text, one that tells the judge what to score, and (unless `only_right` is off) one whose
    final answer is wrong get 0.0 and are not sent. The same case is asked about once, ever (VerdictCache).
    With a `ledger` a stopped run keeps to its budget. It holds no connection between calls, and may be called where
    an event loop is running, as in a notebook. A network's failure gives None for that completion; only `check`
    raises on one.

        judge = Judge(JudgeSettings(model="qwen2.5-7b-instruct", base_url="http://localhost:8000/v1"))
        judge.check()
        values = judge(completions, question=…, answer=…, kind=…, labels=…)
    """

    __name__ = "judge"

    def __init__(self, settings: JudgeSettings, ledger: Path | None = None) -> None:
        self.settings = settings
        self.budget = Budget(settings, ledger)
        self.cache = VerdictCache(cache_file(settings))
        self._dialect = first_request(settings)
        self._told: set[str] = set()

    def __call__(
        self,
        completions: Sequence[Any],
        *,
        question: Sequence[str],
        answer: Sequence[str],
        facts: Sequence[str] | None = None,
        authorities: Sequence[Sequence[str]] | None = None,
        explanation: Sequence[str] | None = None,
        log_metric: Callable[[str, float], None] | None = None,
        **columns: Any,
    ) -> list[float | None]:
        """One value within [0, 1] or None for each completion."""
        texts = [completion_text(c) for c in completions]
        n = len(texts)
        items = [
            JudgeItem(text, *case)
            for text, *case in zip(
                texts,
                question,
                answer,
                facts or [""] * n,
                authorities or [()] * n,
                explanation or [""] * n,
                strict=True,
            )
        ]
        right = [True] * n
        if self.settings.only_right:
            right = [value == 1.0 for value in correct_answer(completions, answer=answer, **columns)]
        verdicts = iter(self.verdicts([item for item, asked in zip(items, right, strict=True) if asked]))
        found = [next(verdicts) if asked else None for asked in right]
        self._record([verdict for verdict in found if verdict is not None], log_metric)
        return [0.0 if verdict is None else verdict.value for verdict in found]

    def verdicts(self, items: Sequence[JudgeItem]) -> list[Verdict]:
        """A verdict for each item, in order; equal items are asked about once."""
        keys = [content_key(item, self.settings) for item in items]
        known = {key: self._without_asking(key, item) for key, item in zip(keys, items, strict=True)}
        open_ = {key: item for key, item in zip(keys, items, strict=True) if known[key] is None}
        asked = run_coroutine(self._ask_all(open_)) if open_ else {}
        return [known[key] or asked[key] for key in keys]

    def check(self) -> Verdict:
        """Tries the endpoint with one small case, before a run. Its verdict, which may be unreadable; else a UserError.

        UserError: settings that do not go together, no `openai`, the key's variable unset, the endpoint out of reach,
        the key refused, the model unknown, the cache not writable, the trial above the budget.
        """
        faults = judge_faults(self.settings)
        if faults:
            raise UserError("; ".join(faults))
        self.cache.try_out()
        chat = messages(TRIAL, self.settings)
        reply, self._dialect = run_coroutine(tried_out(chat, self.settings, self.budget, self._dialect))
        verdict = parse_verdict(reply)
        if verdict is None:
            self._tell(
                "judge: the reply to a trial case was no verdict; such completions are asked about twice and get none"
            )
        return verdict or Verdict("unreadable")

    def _without_asking(self, key: str, item: JudgeItem) -> Verdict | None:
        if not item.completion.strip():
            return zero("empty")
        if addresses_the_judge(sent_text(item.completion, self.settings)):
            return zero("injected")
        return self.cache.get(key)

    async def _ask_all(self, items: dict[str, JudgeItem]) -> dict[str, Verdict]:
        gate = asyncio.Semaphore(self.settings.concurrency)
        async with connected(self.settings) as client:
            line = Line(client, self.settings, self.budget, self._dialect)

            async def ask(key: str, item: JudgeItem) -> Verdict:
                async with gate:
                    return await self._ask(line, key, item)

            try:
                found = await asyncio.gather(*(ask(key, item) for key, item in items.items()))
            finally:
                self._dialect = line.dialect
        return dict(zip(items, found, strict=True))

    async def _ask(self, line: Line, key: str, item: JudgeItem) -> Verdict:
        """A verdict on one item: asked, and once again where the reply cannot be read."""
        chat = messages(item, self.settings)
        try:
            reply = await line.ask(chat)
            verdict = parse_verdict(reply)
            if verdict is None:
                verdict = parse_verdict(await line.ask(asked_again(chat, reply)))
        except Unanswered as error:
            self._tell(f"judge: no verdict for want of an answer ({error.reason}); this is told once for each reason")
            return Verdict("unanswered")
        except OverBudget:
            self._tell(
                f"judge: the next call could pass judge.budget-usd {self.settings.budget_usd:g} "
                f"(${self.budget.spent_usd:.4f} spent): no more verdicts but those known already"
            )
            return Verdict("over_budget")
        if verdict is None:
            return Verdict("unreadable")
        try:
            self.cache.put(key, verdict)
        except UserError as error:  # a full disk: this run goes on with what it has in memory
            self._tell(str(error))
        return verdict

    def _tell(self, line: str) -> None:
        """A warning, once. What it says changes with the reason only."""
        reason = line.partition("($")[0]
        if reason not in self._told:
            self._told.add(reason)
            log.warning("%s", line)

    def _record(self, verdicts: Sequence[Verdict], log_metric: Callable[[str, float], None] | None) -> None:
        """Shares of this batch and the dollars so far, among the run's metrics."""
        if log_metric is None or not verdicts:
            return
        counts = Counter(verdict.status for verdict in verdicts)
        for name in ("scored", "injected", "unreadable", "unanswered", "over_budget"):
            log_metric(f"judge/{name}", counts[name] / len(verdicts))
        log_metric("judge/cached", sum(verdict.cached for verdict in verdicts) / len(verdicts))
        log_metric("judge/usd", self.budget.spent_usd)


TRIAL = JudgeItem(
    "A will is a unilateral instrument, and its maker may revoke it at any time before death.\nAnswer: Yes",
    question="May a living testator with capacity revoke a will?",
    reference="Yes",
)


def judge_scores(items: Sequence[JudgeItem], settings: JudgeSettings) -> list[Verdict]:
    """A verdict with the four criteria (0 to 5 each) and the total (0 to 20) for each item, right or wrong.

    For evaluation: every item is judged, unlike by the reward. UserError as `Judge.check` where it cannot begin.
    """
    judge = Judge(settings)
    judge.check()
    return judge.verdicts(items)


def run_coroutine(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine, with an event loop of its own; on another thread where one is running here."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(1, thread_name_prefix="judge") as pool:
        return pool.submit(asyncio.run, coroutine).result()
