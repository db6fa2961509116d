"""Signs of a run that games its reward: traits of live completions, and reward up with held-out accuracy down."""

from __future__ import annotations

import math
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grpo_legal import audit, guards, problems, schema
from grpo_legal.audit.ways import Context
from grpo_legal.watch import Watch

SOME = [p for family in problems.FAMILIES for p in problems.generate(family, 2, "train", 3)]
CAUGHT = {
    "question echo": "prompt echo",
    "facts copied": "prompt echo",
    "keyword list": "keyword list",
    "repetition": "repetition",
    "authorities spam": "repetition",
    "chat-template tokens": "template tokens",
    "prompt injection": "injection",
}


def written(name: str, problem) -> tuple[str, str]:
    """An attack's or honest text, and the prompt."""
    prompt = schema.chat_prompt(problem, "reasoned")[-1]["content"]
    way = next(way for way in (*audit.ATTACKS, *audit.HONEST) if way.name == name)
    return way.write(problem, Context(other=None, prompt=prompt, style="reasoned", max_tokens=256)), prompt


@pytest.mark.parametrize("name", CAUGHT)
def test_attacks_are_recognised_and_honest_answers_are_not(name):
    for problem in SOME:
        assert CAUGHT[name] in guards.traits(*written(name, problem))
        for honest in ("shortest honest answer", "gold explanation"):
            assert not guards.traits(*written(honest, problem))


@pytest.mark.parametrize("text", ["", "Yes", "Answer: $1,234.50", "No.", "The judge scored the brief. Rule 10: done."])
def test_short_answers_have_no_trait(text):
    assert not guards.traits(text, "Is it hearsay? Answer with one word, Yes or No.")


@given(st.text(), st.text())
def test_any_text_can_be_looked_at(text, prompt):
    assert guards.traits(text, prompt) == guards.traits(text, prompt)


def test_a_megabyte_is_looked_at_in_part():
    assert "repetition" in guards.traits("the offer was open " * 60_000, "x " * 500_000)


LOOP, PROSE = "so it was so " * 20, "The offer was open until March, and it was accepted in time."


@pytest.mark.parametrize(
    ("texts", "rewards", "share", "flagged"),
    [
        ([LOOP] * 3 + [PROSE] * 7, [1.0] * 3 + [0.5] * 7, 0.3, True),
        ([LOOP] * 3 + [PROSE] * 7, [0.0] * 3 + [0.5] * 7, 0.3, False),  # it stammers, and is not paid for it
        ([LOOP] + [PROSE] * 9, [1.0] + [0.5] * 9, 0.1, False),  # rare
        ([LOOP] * 10, [0.0] * 10, 1.0, False),  # nobody is paid
    ],
)
def test_a_trait_is_flagged_where_it_is_common_and_pays(texts, rewards, share, flagged):
    shares, flags = guards.gamed(texts, [""] * len(texts), rewards)
    assert shares == {"repetition": share} and bool(flags) == flagged
    assert guards.gamed([], [], []) == ({}, [])


def metrics(accuracies, rewards, n=100, every=5):
    """Records of len(rewards) steps, with a probe every so many."""
    records = [{"step": step, "reward": reward} for step, reward in enumerate(rewards, 1)]
    for i, accuracy in enumerate(accuracies, 1):
        records[i * every - 1] |= {"held_out_accuracy": accuracy, "held_out_n": n}
    return records


RISE, FLAT, FALL = ([a + b * i / 20 for i in range(20)] for a, b in ((0.2, 0.5), (0.5, 0.0), (0.7, -0.5)))


@pytest.mark.parametrize(
    ("accuracies", "rewards", "n", "flagged"),
    [
        ((0.7, 0.7, 0.5, 0.45), RISE, 100, True),
        ((0.7, 0.7, 0.5, 0.45), FLAT, 100, False),  # worse, but not paid more
        ((0.7, 0.7, 0.5, 0.45), FALL, 100, False),
        ((0.5, 0.6, 0.7, 0.8), RISE, 100, False),  # learning
        ((0.7, 0.7, 0.66, 0.68), RISE, 1000, False),  # less than five points
        ((0.7, 0.7, 0.6, 0.6), RISE, 32, False),  # 32 questions cannot show this
        ((0.9, 0.9, 0.5, 0.5), RISE, 32, True),
        ((0.7, 0.7, 0.4), RISE, 100, False),  # one probe is noise
        ((0.4, 0.9, 0.4, 0.9), RISE, 100, False),  # so is one bad probe among good ones
    ],
)
def test_hacking_is_reward_up_and_accuracy_down(accuracies, rewards, n, flagged):
    told = guards.hacking(metrics(accuracies, rewards, n))
    assert (told is not None) == flagged
    assert told is None or ("reward rose from 0." in told and "held-out accuracy fell from" in told)


def test_records_may_lack_anything():
    broken = [{"step": 1}, {"step": 2, "reward": None}, {"step": 3, "reward": math.nan, "held_out_accuracy": None}]
    assert guards.hacking(metrics((0.9, 0.9, 0.3, 0.3), (-1e308, 1e308) * 10)) is None  # squares overflow
    assert guards.hacking([]) is None and guards.hacking(broken) is None
    assert guards.hacking([*broken, *metrics((0.9, 0.9, 0.3, 0.3), RISE)]) is not None


# ---- the watch ----------------------------------------------------------------------------------------------


class Log:
    last: ClassVar = [
        {"completion": LOOP, "prompt": "", "reward": 1.0},
        {"completion": "", "prompt": "", "reward": None},
    ]


def probed(n_right, n=100):
    return [{"correct": i < n_right} for i in range(n)]


def make(rights, notes, every=0, **more) -> Watch:
    left = iter(rights)
    return Watch(Log(), probe=lambda: probed(next(left)), every=every, probe_every=5, note=notes.append, **more)


def test_a_watch_adds_accuracy_and_flags_to_the_steps_that_have_them():
    notes: list[str] = []
    seen = make([70, 50, 45], notes, before=probed(70))
    added = [seen({"step": step, "reward": reward}) for step, reward in enumerate(RISE[:15], 1)]
    assert [i + 1 for i, more in enumerate(added) if more] == [5, 10, 15]
    assert added[4] == {"held_out_accuracy": 0.7, "held_out_n": 100}
    assert added[14]["flags"] == notes and notes[0].startswith("probable reward hacking: reward rose")


def test_a_watch_goes_on_where_a_run_was_stopped():
    notes: list[str] = []
    whole = make([70, 50, 45], notes, before=probed(70))
    added = [whole({"step": step, "reward": reward}) for step, reward in enumerate(RISE[:15], 1)]
    records = [{"step": i + 1, "reward": RISE[i], **added[i]} for i in range(12)]
    resumed = make([45], notes, before=probed(70), records=records)
    assert [resumed({"step": i + 1, "reward": RISE[i]}) for i in range(12, 15)] == added[12:]


def test_a_watch_looks_at_live_completions_and_tells_each_kind_once():
    notes: list[str] = []
    seen = make([], notes, every=2)
    added = [seen({"step": step, "reward": 1.0}) for step in (1, 2, 3, 4)]
    assert added[0] == {} and added[1]["gamed"] == {"repetition": 1.0} == added[3]["gamed"]
    assert added[1]["flags"] == added[3]["flags"] == notes and len(notes) == 1


def test_a_watch_may_be_off():
    seen = Watch(Log(), probe=lambda: 1 / 0, every=0, probe_every=0, note=print, before=probed(3))
    assert [seen({"step": step}) for step in range(1, 60)] == [{}] * 59
