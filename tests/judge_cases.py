"""A judge for a test's server and folder, and the questions that it is asked about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from chat_server import MODEL

from grpo_legal.rewards.judge import Judge, JudgeSettings

KEY = "sk-very-secret-0123456789"
RETRY_NOW = {"retry-after-ms": "5"}


def judges_in(folder: Path) -> Callable[..., Judge]:
    """Makes judges for a server's address; their verdicts lie in `folder`."""

    def made(url: str, ledger: Path | None = None, **settings) -> Judge:
        given = {"base_url": url, "model": MODEL, "cache": str(folder / "verdicts.jsonl"), "timeout_s": 20} | settings
        return Judge(JudgeSettings(**given), ledger)

    return made


def told(judge: Judge, *texts: str, answer: str = "Yes", **columns) -> list[float | None]:
    """The judge's values for completions of one yes-or-no question."""
    n = len(texts)
    row = {"question": "Is it hearsay?", "answer": answer, "kind": "yes_no", "labels": ["Yes", "No"]}
    return judge(completions=list(texts), **{name: [value] * n for name, value in row.items()}, **columns)


def right(n: int) -> str:
    """The nth of many right answers."""
    return f"The statement number {n} is offered for its truth.\nAnswer: Yes"
