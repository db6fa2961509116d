"""What is asked of every model, how the answers are scored, and whether two models differ.

    items = build(Suites(names=("families",), families=("firm_offer",), n=100))
    scores = score(records)                         of one model, by suite
    contrasts = compare({"base": …, "sft": …})      paired by question, with intervals

A record is one answer: model, suite, id, sample, group, difficulty, reasoning, template, prompt, text, answer, gold,
score (0 to 1), scores, tokens, seconds. Training rewards play no part here.
"""

from grpo_legal.evaluation.contrasts import compare
from grpo_legal.evaluation.items import Item, Suites, build, record
from grpo_legal.evaluation.scores import score

__all__ = ["Item", "Suites", "build", "compare", "record", "score"]
