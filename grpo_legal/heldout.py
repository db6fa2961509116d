"""Held-out problems answered greedily and scored: what training is judged by, and never trained on.

Before and after see the same prompts, are decoded greedily, and are scored by reading the final answer
line against the gold answer; the training reward plays no part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from grpo_legal import schema, stats
from grpo_legal.schema import Problem

if TYPE_CHECKING:
    from grpo_legal.policy import Policy


def answer(
    policy: Policy,
    problems: Sequence[Problem],
    *,
    style: schema.PromptStyle,
    max_new_tokens: int,
    batch_size: int,
    done: Callable[[int], None] = lambda n: None,
) -> Iterator[dict[str, Any]]:
    """One record per problem: prompt, text, parsed answer, gold, whether it is right, tokens, seconds.

    Problems are answered in batches of like length, so records come in that order; `done` hears how many.
    """
    from grpo_legal import decoding  # torch; the scores below need none

    messages = [schema.chat_prompt(p, style) for p in problems]
    ids = [policy.prompt_ids(m) for m in messages]
    finished = 0
    for batch in decoding.complete(policy, ids, max_new_tokens=max_new_tokens, batch_size=batch_size):
        for i, tokens, seconds in batch:
            text = policy.tokenizer.decode(tokens, skip_special_tokens=True)
            yield _record(problems[i], messages[i][-1]["content"], text, len(tokens), seconds)
        finished += len(batch)
        done(finished)


def _record(problem: Problem, prompt: str, text: str, tokens: int, seconds: float) -> dict[str, Any]:
    given = schema.read_answer(text, problem.kind, problem.labels)
    return {
        "problem_id": problem.id,
        "family": problem.family,
        "template": problem.template,
        "kind": problem.kind,
        "prompt": prompt,
        "text": text,
        "answer": given,
        "gold": problem.answer,
        "correct": schema.is_correct(given, problem.answer, problem.kind, problem.tolerance, problem.alternatives),
        "tokens": tokens,
        "seconds": round(seconds, 4),
    }


# ---- scores -------------------------------------------------------------------------------------------


def _columns(records: Sequence[dict[str, Any]]) -> tuple[list[bool], list[str], list[str]]:
    """Correct, gold class and family. Open answers (amounts, dates) have no classes: plain accuracy."""
    gold = [r["gold"] if r["kind"] in ("yes_no", "label") else "*" for r in records]
    return [r["correct"] for r in records], gold, [r["family"] for r in records]


def score(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Macro balanced accuracy over families, share of unreadable answers, and both for each family."""
    families = {}
    for family in sorted({r["family"] for r in records}):
        own = [r for r in records if r["family"] == family]
        correct, gold, _ = _columns(own)
        families[family] = {
            "balanced_accuracy": round(stats.balanced_accuracy(correct, gold), 6),
            "unreadable": round(sum(r["answer"] is None for r in own) / len(own), 6),
            "n": len(own),
        }
    return {
        "balanced_accuracy": round(stats.macro([f["balanced_accuracy"] for f in families.values()]), 6),
        "unreadable": round(sum(r["answer"] is None for r in records) / len(records), 6),
        "n": len(records),
        "only_answer": _only_answer(records),
        "families": families,
    }


def _only_answer(records: Sequence[dict[str, Any]]) -> str | None:
    """The one answer that was given to every question with labels, where the right ones differ: a policy that no longer
    reads. None where answers differ."""
    labelled = [r for r in records if r["kind"] in ("yes_no", "label")]
    given = {r["answer"] for r in labelled}
    return given.pop() if len(given) == 1 and len({r["gold"] for r in labelled}) > 1 else None


def compare(before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]], *, seed: int) -> dict[str, Any]:
    """Scores of both and their paired difference with its 95% interval and p-value, by problem."""
    later = {r["problem_id"]: r for r in after}
    pairs = sorted((r["problem_id"], r, later[r["problem_id"]]) for r in before)
    first, second = [p[1] for p in pairs], [p[2] for p in pairs]
    (was, gold, family), (now, _, _) = _columns(first), _columns(second)
    overall = stats.paired_difference(was, now, gold, family, seed=seed)
    by_family = stats.family_differences(was, now, gold, family, seed=seed)
    return {
        "before": score(first),
        "after": score(second),
        "delta": round(overall.delta, 6),
        "ci95": [round(x, 6) for x in overall.ci95],
        "p_value": overall.p_value,
        "families": {
            name: {"delta": round(d.delta, 6), "ci95": [round(x, 6) for x in d.ci95], "p_value": d.p_value}
            for name, d in by_family.items()
        },
    }
