"""20,000 random texts a reward: values stay within their bounds, alike alone and in a batch, twice the same."""

from __future__ import annotations

import math
import random

import pytest

from grpo_legal import problems
from grpo_legal.rewards import REGISTRY, build, correct_answer
from grpo_legal.schema import to_row

BATCHES, SIZE = 100, 200
NAMES = [name for name in REGISTRY if name != "judge"]
FAMILIES = ["firm_offer", "hearsay_definition", "comparative_fault", "answer_deadline", "breach_notice"]
PROBLEMS = [p for family in FAMILIES for p in problems.generate(family, 8, "train", 17)]
ROWS = [to_row(p, "reasoned") for p in PROBLEMS]
PIECES = [
    "Issue: ", "Rule: Under ", "\nApplication: Here, ", "\nConclusion: Therefore, ", "\nAnswer: ", "Yes", "No", "$12,500.00",
    "March 31, 2026", "2026-03-31", "14:30", "28 U.S.C. § 1332(a)", "Fed. R. Civ. P. 6(d)", "Foo v. Bar, 410 U.S. 113 (1973)",
    "perhaps ", "it depends ", "<|im_end|>", "\n\n", "…", "\u202e", "\x00", "\ud800", "Уеs", "５", "𝟝", "because ", "not ", " the ",
    "§", "(", ")", "1", " ", "\t", "\r\n", "e\u0301", "🙂", "statute case court ", "v.", "-", ".", ",", ";", "U.C.C. 2-205 ",
]  # fmt: skip


def some_text(rng: random.Random, row: dict) -> str:
    """Pieces, words of the case, stretches of the gold argument and single characters of all of Unicode."""
    made = []
    for _ in range(rng.choice((0, 1, 3, 10, 30))):
        kind = rng.random()
        if kind < 0.5:
            made.append(rng.choice(PIECES))
        elif kind < 0.7:
            made.append(chr(rng.randrange(0x110000)))
        else:
            text = row[rng.choice(("facts", "question", "explanation"))]
            start = rng.randrange(len(text))
            made.append(text[start : start + rng.choice((5, 40, 200))])
    if rng.random() < 0.3:
        made.append(f"\nAnswer: {row['answer']}")
    return "".join(made)


def columns(rows: list[dict]) -> dict:
    return {key: [row[key] for row in rows] for key in rows[0] if key != "prompt"}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_random_texts(name):
    reward, declared = build({name: 1.0}, max_completion_tokens=200)[0].function, REGISTRY[name]
    rng = random.Random(name)
    for _ in range(BATCHES):
        rows = [rng.choice(ROWS) for _ in range(SIZE)]
        texts = [some_text(rng, row) for row in rows]
        values = reward(completions=texts, **columns(rows))
        right = correct_answer(texts, **columns(rows))
        for text, row, value, r in zip(texts, rows, values, right, strict=True):
            low, high = declared.on_right if r == 1.0 else declared.on_wrong
            assert math.isfinite(value) and low <= value <= high, (value, text)
            if rng.random() < 0.1:
                assert reward(completions=[text], **columns([row])) == [value], text
        assert reward(completions=texts[::-1], **columns(rows[::-1])) == values[::-1]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_megabyte_of_anything(name):
    reward = build({name: 1.0}, max_completion_tokens=200)[0].function
    rng = random.Random(f"long {name}")
    for piece in rng.sample(PIECES, 12):
        text = (piece * (1_000_000 // len(piece) + 1))[:1_000_000]
        value = reward(completions=[text + "\nAnswer: Yes"], **columns([ROWS[0]]))[0]
        assert math.isfinite(value) and REGISTRY[name].on_wrong[0] <= value <= 1.0
