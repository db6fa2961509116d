"""From settings to rows: what is trained on, in what order, and what is held out."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grpo_legal import config, rows
from grpo_legal.errors import UserError
from grpo_legal.schema import Problem


def problem(number: int, family: str, answer: str) -> Problem:
    return Problem(
        id=f"{family}/{number}", family=family, facts=f"Fact {number}.", question="Is it so?", answer=answer,
        kind="yes_no", labels=("Yes", "No"),
    )  # fmt: skip


pools = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["Yes", "No"])), min_size=1, max_size=60).map(
    lambda drawn: [problem(i, family, answer) for i, (family, answer) in enumerate(drawn)]
)


def settings(**data) -> config.Settings:
    return config.resolve(config.preset("cpu"), {"data": {"train_size": 64, **data}, "eval": {"n": 40}})


@given(pools, st.integers(0, 5))
def test_even_order_keeps_every_problem_and_every_stretch_in_proportion(pool, seed):
    order = rows.evenly(pool, seed)
    assert Counter(p.id for p in order) == Counter(p.id for p in pool)
    strata = Counter((p.family, p.answer) for p in pool)
    for end in range(len(order) + 1):
        seen = Counter((p.family, p.answer) for p in order[:end])
        for key, size in strata.items():  # within one of its share, plus one for each stratum in the same place
            assert abs(seen[key] - size * end / len(pool)) <= 1 + len(strata) / 2


def test_a_batch_of_a_balanced_family_is_balanced_and_the_seed_changes_the_order():
    order = rows.read(settings()).train
    for start in range(0, 64, 8):
        assert Counter(p.answer for p in order[start : start + 8]) == {"Yes": 4, "No": 4}
    pool = [problem(i, "f", "Yes" if i % 2 else "No") for i in range(40)]
    assert rows.evenly(pool, 1) != rows.evenly(pool, 2)


@given(pools, st.integers(1, 70))
def test_held_out_problems_are_spread_over_families_and_answers(pool, n):
    chosen = rows.spread(pool, n)
    assert len(chosen) == min(n, len(pool)) and len({p.id for p in chosen}) == len(chosen)
    counts = Counter((p.family, p.answer) for p in chosen)
    sizes = Counter((p.family, p.answer) for p in pool)
    for key, count in counts.items():  # no stratum has two more than another that had any left
        for other, size in sizes.items():
            assert count <= counts[other] + 1 or counts[other] == size, (key, other)


def test_held_out_problems_do_not_depend_on_the_seed_of_the_run():
    one = rows.read(settings())
    other = rows.read(settings().model_copy(update={"run": config.Run(seed=9)}))
    assert one.held_out == other.held_out
    assert not {p.facts for p in one.train} & {p.facts for p in other.train}
    assert not {p.facts for p in one.train} & {p.facts for p in one.held_out}


def test_a_prompt_that_does_not_fit_is_told_or_dropped():
    chosen = settings()
    questions = rows.read(chosen)
    room = chosen.policy.max_seq_length - chosen.grpo.max_completion_length

    def one_long(messages):
        return room + (questions.train[0].facts in messages[-1]["content"])

    with pytest.raises(
        UserError, match=rf"{questions.train[0].id}: its prompt of {room + 1} tokens is longer than the {room}"
    ):
        rows.fit(questions, chosen, one_long)
    dropping = chosen.model_copy(update={"data": chosen.data.model_copy(update={"long_prompts": "drop"})})
    kept = rows.fit(questions, dropping, one_long)
    assert kept.dropped == 1 and questions.train[0] not in kept.train and len(kept.train) == len(questions.train) - 1
    with pytest.raises(UserError, match="no prompt fits"):
        rows.fit(questions, dropping, lambda messages: room + 1)


def test_an_answer_longer_than_a_completion_is_told():
    chosen = settings()
    with pytest.raises(UserError, match="cuts the right answer 'Yes', which needs 4 tokens"):
        rows.check_answers(rows.read(chosen), chosen, len)
