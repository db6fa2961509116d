"""Dynamic sampling and the curriculum: which prompts a step is made of, what is counted, and that a resumed run goes on."""

from __future__ import annotations

import random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from test_informative_skipping import ran, settings_for
from test_train import steady
from tiny_runs import lines, run

from grpo_legal import cli, config, policy, rows, train, trainer
from grpo_legal.errors import UserError
from grpo_legal.informative import Curriculum
from grpo_legal.informative.curriculum import EVERY, WINDOW
from grpo_legal.informative.refilling import Further, replaced

ROWS = [
    {
        "prompt": [{"role": "user", "content": f"Is claim {n} barred?"}],
        "problem_id": f"p{n}", "family": "ab"[n % 2], "difficulty": 1, "labels": ["Yes", "No"], "answer": "Yes",
    }
    for n in range(24)
]  # fmt: skip


# ---- dynamic sampling -------------------------------------------------------------------------------------


class Sampled:
    """A reward that gives flat groups to prompts of even number; remembers what it was asked."""

    def __init__(self):
        self.asked, self.__name__ = [], "sampled"

    def __call__(self, completions, problem_id, **_):
        self.asked.append(problem_id[::4])
        spread = [0.0, 1.0, 0.5, 0.5]
        return [0.5 if int(p[1:]) % 3 else spread[i % 4] for i, p in enumerate(problem_id)]


def built(model, folder, rounds, **grpo):
    settings = settings_for(model, dynamic_sampling=rounds, max_steps=2, **grpo)
    reward = Sampled()
    made = trainer.build(
        policy.load(settings.policy, seed=1, gradient_checkpointing=False), ROWS, settings, reward_functions=[reward],
        reward_weights=[1.0], callbacks=[], output_dir=str(folder),
    )  # fmt: skip
    batches = []
    whole = made._generate_and_score_completions
    made._generate_and_score_completions = lambda inputs: batches.append(whole(inputs)) or batches[-1]
    return made, reward, batches


@pytest.mark.parametrize("more", [{"scale_rewards": "batch"}, {"scale_rewards": "group", "shared_prefix": "off"}])
def test_flat_groups_are_replaced_until_none_is_left(tiny_model, tmp_path, more):
    made, reward, batches = built(tiny_model, tmp_path, 8, **more)
    trainer.run(made, None)
    assert len(batches) == 2
    for batch in batches:
        assert (batch["advantages"].view(3, 4).abs().amax(1) > 0).all()
        assert batch["num_items_in_batch"] == batch["completion_mask"].sum()
        for prompt in batch["prompt_ids"].view(3, 4, -1):
            assert (prompt == prompt[0]).all()
    # A round asks for as many prompts as places are open, each of the family of the one that it stands in for.
    by_step = iter(reward.asked)
    first = next(by_step)
    assert [len(first), first] == [3, ["p0", "p1", "p2"]]
    second = next(by_step)
    assert [int(p[1:]) % 2 for p in second] == [1, 0]  # in the places of p1 and p2
    log = made.state.log_history[0]
    assert log["skipped"] == 0.5  # of every group the two that earned its mean


def test_what_a_round_does_not_fill_stays(tiny_model, tmp_path):
    made, reward, _ = built(tiny_model, tmp_path, 1)
    trainer.run(made, None)
    asked = [len(batch) for batch in reward.asked]
    assert asked[0] == 3 and 1 <= asked[1] <= 2
    earned = [0.0 if int(p[1:]) % 3 else 1.0 for p in (*reward.asked[0], *reward.asked[1])]
    flat = sum(not x for x in earned)
    log = made.state.log_history[0]
    whole = [0.5 if not x else v for x in earned for v in (0.0, 1.0, 0.5, 0.5)]
    assert flat and log["reward_std"] == pytest.approx(torch.tensor(whole).std().item())
    assert log["reward"] == pytest.approx(0.5)


def test_without_rounds_nothing_changes(tiny_model, tmp_path):
    gradients = [ran(tiny_model, tmp_path / str(n), max_steps=2, dynamic_sampling=n, kinds=("mixed",)) for n in (0, 3)]
    for none, some in zip(gradients[0][0], gradients[1][0], strict=True):
        torch.testing.assert_close(none, some, atol=1e-7, rtol=1e-5)


@given(st.integers(0, 23), st.sets(st.integers(0, 23), max_size=23), st.integers(0, 9))
def test_a_further_prompt_is_alike_and_new(place, without, seed):
    further = Further(ROWS)
    drawn = further.draw(ROWS[place], without, random.Random(seed))
    assert drawn == further.draw(ROWS[place], without, random.Random(seed)) and drawn not in without
    alike = [n for n in range(24) if n % 2 == place % 2 and n not in without]
    assert drawn in alike or not alike


def test_rows_of_other_lengths_are_padded_on_their_side():
    batch = {
        "prompt_ids": torch.tensor([[1, 2], [3, 4]]), "prompt_mask": torch.ones(2, 2), "advantages": torch.zeros(2),
        "completion_ids": torch.tensor([[5, 6, 7], [8, 9, 1]]), "num_items_in_batch": torch.tensor(6),
    }  # fmt: skip
    more = {
        "prompt_ids": torch.tensor([[7, 7, 7]]), "prompt_mask": torch.ones(1, 3), "advantages": torch.ones(1),
        "completion_ids": torch.tensor([[4]]), "num_items_in_batch": torch.tensor(1),
    }  # fmt: skip
    out = replaced(batch, more, torch.tensor([1]), torch.tensor([0]), pad=99)
    assert out["prompt_ids"].tolist() == [[99, 1, 2], [7, 7, 7]] and out["prompt_mask"].tolist() == [
        [0, 1, 1],
        [1, 1, 1],
    ]
    assert out["completion_ids"].tolist() == [[5, 6, 7], [4, 99, 99]] and out["advantages"].tolist() == [0, 1]
    assert out["num_items_in_batch"] == 6


# ---- curriculum -------------------------------------------------------------------------------------------


def test_levels_follow_one_another_as_problems_are_answered():
    told = []
    curriculum = Curriculum([1, 2, 1, 2, 3], told.append)
    assert curriculum.take(3) == [0, 2, 0]
    curriculum.saw([1] * WINDOW, [0.0] * WINDOW)
    curriculum.saw([1] * (WINDOW - 40), [1.0] * (WINDOW - 40))
    assert curriculum.level == 1  # 69%
    curriculum.saw([1] * 4, [1.0] * 4)
    assert curriculum.level == 2 and len(told) == 1 and "72% of the last 128 completions at level 1" in told[0]
    taken = curriculum.take(10 * EVERY)
    assert sum(row in (0, 2) for row in taken) == 10 and set(taken) == {0, 1, 2, 3}
    curriculum.saw([1] * WINDOW, [1.0] * WINDOW)
    assert curriculum.level == 2  # completions at another level do not count
    curriculum.saw([2] * WINDOW, [1.0] * WINDOW)
    curriculum.saw([3] * WINDOW, [1.0] * WINDOW)
    assert curriculum.level == 3 and len(told) == 2
    assert {(1, 2)[row in (1, 3)] for row in curriculum.take(100) if row != 4} == {1, 2}  # the old ones in turn


@given(st.lists(st.lists(st.sampled_from([0.0, 1.0, float("nan")]), min_size=12, max_size=12), max_size=60), st.data())
def test_a_state_from_a_checkpoint_goes_on_alike(seen, data):
    levels = [1, 1, 2, 3, 2]
    whole, cut = Curriculum(levels), Curriculum(levels)
    at = data.draw(st.integers(0, len(seen)))
    for step, correct in enumerate(seen):
        if step == at:
            stored, cut = cut.state()["attributes"], Curriculum(levels)
            cut.on_train_begin(
                None, type("State", (), {"stateful_callbacks": {"Curriculum": {"attributes": stored}}}), None
            )
        taken = whole.take(3)
        assert taken == cut.take(3)
        for one in (whole, cut):
            one.saw([levels[row] for row in taken for _ in range(4)], correct)
    assert whole.level == cut.level


def test_problems_come_by_level(tiny_model):
    questions = rows.read(config.resolve(config.preset("cpu"), {"data": {"difficulty": None, "curriculum": "on"}}))
    levels = [p.difficulty for p in questions.train]
    assert levels == sorted(levels) and set(levels) == {1, 2, 3}
    with pytest.raises(UserError, match=r"problems of several difficulties; all of these are of level 2"):
        rows.by_level([p for p in questions.train if p.difficulty == 2], 1)


BAD = {
    "needs data.difficulty none, not 1": {"data": {"curriculum": "on"}},
    "needs data.source families": {"data": {"curriculum": True, "source": "hub", "difficulty": None}},
    "goes by the reward correct_answer": {
        "data": {"curriculum": "on", "difficulty": None}, "reward": {"weights": {"calibrated_abstention": 1.0}},
    },
    "grpo.dynamic-sampling 2 does not work with policy.engine unsloth": {
        "policy": {"engine": "unsloth"}, "grpo": {"dynamic_sampling": 2},
    },
}  # fmt: skip


@pytest.mark.parametrize("told", BAD)
def test_what_cannot_work_is_told(told):
    with pytest.raises(UserError, match=told):
        config.resolve(config.preset("cpu"), BAD[told])


# ---- whole runs -------------------------------------------------------------------------------------------

# Rewards by length: some groups of random texts are flat, others not.
SHORT = "def short(completions, **columns): return [float(len(c[0]['content']) > 6) for c in completions]\n"


@pytest.fixture
def rewarded(tmp_path, monkeypatch):
    (tmp_path / "own_rewards.py").write_text(SHORT)
    monkeypatch.chdir(tmp_path)
    return ["--reward.weights", "correct_answer=1", "own_rewards:short=1", "--reward.audit", "off",
            "--grpo.entropy-coef", "0", "--data.difficulty", "none"]  # fmt: skip


@pytest.mark.parametrize(
    "more", [["--grpo.dynamic-sampling", "2"], ["--data.curriculum", "on", "--grpo.dynamic-sampling", "1"]],
    ids=["dynamic sampling", "curriculum"],
)  # fmt: skip
def test_a_resumed_run_is_the_same_to_the_bit(tiny_model, tmp_path, monkeypatch, rewarded, more):
    monkeypatch.setattr("grpo_legal.informative.curriculum.WINDOW", 8)
    monkeypatch.setattr("grpo_legal.informative.curriculum.PASS", 0.0)
    argv = [*rewarded, *more, "--eval.n", "4"]
    assert run(tiny_model, tmp_path, "whole", *argv) == 0
    assert run(tiny_model, tmp_path, "cut", *argv) == 0
    cut, whole = tmp_path / "cut", tmp_path / "whole"
    for left in ("checkpoints/checkpoint-4", "adapter"):
        (cut / left).rename(tmp_path / f"away-{left.rpartition('/')[2]}")
    with pytest.raises(SystemExit) as ended:
        cli.run(train.main, ["--run.output-dir", str(tmp_path), "--run.name", "cut", "--resume"])
    assert ended.value.code == 0
    assert steady(cut / "metrics.jsonl") == steady(whole / "metrics.jsonl")
    assert lines(cut / "completions.jsonl") == lines(whole / "completions.jsonl")
    weights = "adapter/adapter_model.safetensors"
    assert (cut / weights).read_bytes() == (whole / weights).read_bytes()
    _agrees(whole)
    records = lines(whole / "metrics.jsonl")
    if "--data.curriculum" in more:
        levels = [r["level"] for r in records]
        assert levels == sorted(levels) and levels[0] == 1 and levels[-1] == 3
    else:
        assert "level" not in records[0]


def _agrees(folder):
    """Metrics are of all that was sampled: more than the batch of 8 in some step."""
    completions, more = lines(folder / "completions.jsonl"), 0
    for record in lines(folder / "metrics.jsonl"):
        own = [c for c in completions if c["step"] == record["step"]]
        more += len(own) > 8
        groups = [[c["reward"] for c in own[i : i + 4]] for i in range(0, len(own), 4)]
        assert all(len({c["prompt"] for c in own[i : i + 4]}) == 1 for i in range(0, len(own), 4))
        assert record["zero_variance"] == pytest.approx(sum(len(set(g)) == 1 for g in groups) / len(groups))
        assert record["reward"] == pytest.approx(sum(c["reward"] for c in own) / len(own), abs=1e-5)
        assert record["completion_length"] == pytest.approx(sum(c["tokens"] for c in own) / len(own), abs=1e-5)
    assert more
