"""One row of data on its way through the house, with the values that the code gives for it."""

from __future__ import annotations

import json
from statistics import stdev
from typing import Any

from docs.text import quoted, table
from grpo_legal import evaluation, problems, rewards, schema

FAMILY, SEED, STYLE, PRESET, TOKENS = "firm_offer", 42, "reasoned", "irac", 768


def group(problem: schema.Problem) -> dict[str, str]:
    """Four completions as a group could hold them, by what they are."""
    other = next(label for label in problem.labels if label != problem.answer)
    argued = problem.explanation.rpartition("\n")[0]
    return {
        "argued and right": problem.explanation,
        "right alone": f"Answer: {problem.answer}",
        "argued, wrong answer": f"{argued}\nAnswer: {other}",
        "both labels": f"{argued}\nAnswer: {problem.answer} or {other}",
    }


def scored(problem: schema.Problem, texts: list[str]) -> tuple[dict[str, list[float]], list[float], list[float]]:
    """Each reward's values, the weighted sums, and the advantages, for one group that is the whole batch.

    The advantage is the sum less the mean of its group, over the standard deviation of the batch plus 1e-4
    (`scale_rewards: batch`, trl 1.14.2, GRPOTrainer._generate_and_score_completions).
    """
    specs = rewards.build(rewards.preset_weights(PRESET), max_completion_tokens=TOKENS)
    row = schema.to_row(problem, STYLE)
    columns = {key: [value] * len(texts) for key, value in row.items() if key != "prompt"}
    messages = [[{"role": "assistant", "content": text}] for text in texts]
    values = {spec.name: spec.function(completions=messages, **columns) for spec in specs}
    sums = [sum(spec.weight * values[spec.name][i] for spec in specs) for i in range(len(texts))]
    mean, spread = sum(sums) / len(sums), stdev(sums)
    return values, sums, [(value - mean) / (spread + 1e-4) for value in sums]


def through_the_house() -> str:
    """Problem, prompt, completions, rewards, advantages, and the record of an evaluation."""
    problem = problems.generate(FAMILY, 1, "train", SEED, difficulty=1)[0]
    system, user = (message["content"] for message in schema.chat_prompt(problem, STYLE))
    texts = group(problem)
    values, sums, advantages = scored(problem, list(texts.values()))
    rows = [(f"`{name}`", *(f"{value:.2f}" for value in column)) for name, column in values.items()]
    rows.append(("**weighted sum**", *(f"{value:.2f}" for value in sums)))
    rows.append(("**advantage**", *(f"{value:+.2f}" for value in advantages)))
    return "\n\n".join([
        f"**1. Problem** (`problems.generate({FAMILY!r}, 1, 'train', {SEED}, difficulty=1)`): the gold answer "
        f"{problem.answer!r} comes from the rules engine, the authorities are {'; '.join(problem.authorities)}.",
        quoted(problem.facts),
        f"**2. Prompt** (`schema.chat_prompt`, style `{STYLE}`). System, then user:",
        quoted(f"{system}\n\n{user}"),
        "**3. Completions** are sampled from the policy, a group of them for each prompt. Four that a group could hold, the "
        "first being the gold argument:",
        quoted(problem.explanation),
        f"**4. Rewards** (`rewards`, preset `{PRESET}`) and **5. advantages**. The answer is read from the final answer line "
        "alone; style is paid on top of a right answer only. A group that is all alike would have advantage 0 throughout, "
        "and teach nothing:",
        table(("", *texts), rows),
        _loss(),
        _evaluated(problem, texts["argued and right"]),
    ])  # fmt: skip


def _loss() -> str:
    return (
        "**6. Loss** (`trainer`, TRL's GRPO, `loss_type: dapo`): the mean over all completion tokens of the batch of "
        "`−min(r·A, clip(r, 1 − ε, 1 + ε_high)·A)`, where `A` is the completion's advantage and `r` the token's "
        "probability now over its probability when it was sampled (arXiv 2402.03300, 2503.14476). With one update a "
        "batch `r` is 1, and the step moves each token's log-probability by its share of `A`. With `grpo.beta` above 0 the KL "
        "to the reference policy is added.\n\n"
        "**7. Metrics** (`recorder`): one line a step in `metrics.jsonl`, every completion with its rewards in "
        "`completions.jsonl`; `watch` looks at both for signs of hacking, `dashboard` shows them."
    )


def _evaluated(problem: schema.Problem, text: str) -> str:
    """The record of an answer as an evaluation writes it, without the texts."""
    messages = schema.chat_prompt(problem, STYLE)
    item = evaluation.Item("families", problem.id, problem.family, messages, problem, difficulty=problem.difficulty)
    record: dict[str, Any] = evaluation.record("grpo", item, 0, text, tokens=len(text.split()), seconds=0.0)
    kept = {key: record[key] for key in ("model", "suite", "group", "difficulty", "answer", "gold", "score")}
    return (
        "**8. Evaluation** (`heldout`, `evaluation`): held-out problems, never this one, answered greedily by each model. "
        "Were the first completion such an answer, its record would say:\n\n"
        f"```json\n{json.dumps(kept, ensure_ascii=False)}\n```\n\n"
        "**9. Report** (`stats`, `reporting`): balanced accuracy by family, the difference of two models on the same "
        "questions with its interval and test, and a verdict in words."
    )
