"""Dollars: what was spent, what is in flight, and whether one more call could pass the limit.

Tokens are counted, as whole numbers, and priced at the end, so that no rounding adds up over a million calls.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grpo_legal.errors import UserError
from grpo_legal.judge_settings import JudgeSettings
from grpo_legal.rewards.judge.cache import append_line, read_lines

log = logging.getLogger(__name__)

TEMPLATE_TOKENS = 256  # most that a chat template adds around the messages: role names, a date, a default system text


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of a call: of the prompt and generated."""

    prompt: int = 0
    generated: int = 0

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(self.prompt + other.prompt, self.generated + other.generated)

    def __sub__(self, other: Tokens) -> Tokens:
        return Tokens(self.prompt - other.prompt, self.generated - other.generated)


NOTHING = Tokens()


def ceiling(texts: str, max_tokens: int) -> Tokens:
    """The most that a call with these texts can take: no tokenizer makes more tokens than there are bytes.

    >>> ceiling("Ümlaut", 10)
    Tokens(prompt=263, generated=10)
    """
    return Tokens(len(texts.encode("utf-8", "replace")) + TEMPLATE_TOKENS, max_tokens)


class Budget:
    """What the judge may cost. A call reserves its ceiling first and settles by the usage that came back.

    With a `ledger` (a JSONL file, a line per call) a run that was stopped goes on with the rest of its budget.
    """

    def __init__(self, settings: JudgeSettings, ledger: Path | None = None) -> None:
        self._prices = (settings.usd_per_million_in, settings.usd_per_million_out)
        self._limit = settings.budget_usd
        self._ledger: Path | None = None
        self.spent = NOTHING
        self.reserved = NOTHING
        self._beyond = NOTHING
        self.closed = False  # set when a call was refused: no verdicts after that, however cheap the next would be
        if ledger is not None:
            self.keep_in(ledger)

    def keep_in(self, ledger: Path) -> None:
        """From now on every call is written to the ledger, those before among them; what it holds already counts too."""
        before, self._ledger = self.spent, ledger
        for record in read_lines(ledger):
            self.spent += Tokens(_count(record.get("prompt")), _count(record.get("generated")))
        self._write(before)

    def usd(self, tokens: Tokens) -> float:
        """The price of tokens in dollars."""
        return (tokens.prompt * self._prices[0] + tokens.generated * self._prices[1]) / 1e6

    @property
    def spent_usd(self) -> float:
        return self.usd(self.spent)

    def at_most(self, tokens: Tokens) -> Tokens:
        """A ceiling with what calls were seen to take beyond theirs: some services put a text of their own in front."""
        return tokens + self._beyond

    def reserve(self, tokens: Tokens) -> bool:
        """Sets a call's ceiling aside; False, and nothing set aside, where it could pass the limit."""
        over = self._limit is not None and self.usd(self.spent + self.reserved + tokens) > self._limit
        if over or self.closed:
            return False
        self.reserved += tokens
        return True

    def settle(self, reserved: Tokens, used: Tokens) -> None:
        """What was set aside for a call becomes what it took."""
        self.reserved -= reserved
        self.spent += used
        over = used - reserved
        self._beyond += Tokens(max(0, over.prompt), max(0, over.generated))
        self._write(used)

    def _write(self, used: Tokens) -> None:
        if self._ledger is not None and used != NOTHING:
            try:
                append_line(self._ledger, {"prompt": used.prompt, "generated": used.generated})
            except UserError as error:  # a full disk does not end a run; a run after it would not know of the rest
                log.warning("%s: what the judge costs is counted in memory only", error)
                self._ledger = None


def _count(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else 0
