"""Rows without a gradient are skipped: fewer tokens through the model, the same loss, gradient, metrics and adapter."""

from __future__ import annotations

import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import TrainerCallback

from grpo_legal import config, policy, trainer
from grpo_legal.informative import flat

ROWS = [{"prompt": [{"role": "user", "content": f"Is claim {n} barred?"}], "answer": "Yes"} for n in range(40)]
SMALL = {
    "max_steps": 3, "batch_size": 12, "num_generations": 4, "micro_batch_size": 12, "max_completion_length": 6,
    "learning_rate": 1e-3, "warmup_steps": 0, "entropy_coef": 0.0, "entropy_target": None, "mask_truncated": False,
}  # fmt: skip


class Gradients(TrainerCallback):
    """The gradient of every optimizer step, before it is clipped, and the weights that it was taken at."""

    def __init__(self):
        self.seen = []

    def on_pre_optimizer_step(self, args, state, control, model=None, **_):
        self.seen.append(torch.cat([p.grad.flatten().clone() for p in model.parameters() if p.requires_grad]))


def settings_for(model, **grpo):
    made = {"policy": {"model": str(model), "max_seq_length": 512, "lora_rank": 4}, "grpo": {**SMALL, **grpo}}
    return config.resolve(config.preset("cpu"), made)


def draws(steps, rows):
    """Completions of 1 to 6 tokens, about half of them with an end token."""
    generator = torch.Generator().manual_seed(5)
    made = []
    for n in range(steps * rows):
        length = int(torch.randint(1, 7, (1,), generator=generator))
        made.append([*torch.randint(3, 259, (length - 1,), generator=generator).tolist(), 2 if n % 2 else 9])
    return [made[i : i + rows] for i in range(0, len(made), rows)]


def earned(kinds):
    """A reward function: groups by their kind in turn, "flat" (all .7) or "mixed"."""
    turn = itertools.cycle(kinds)

    def reward(completions, **_):
        groups = len(completions) // 4
        return [v for _ in range(groups) for v in ([0.7] * 4 if next(turn) == "flat" else [0.2, 1.0, 0.6, 0.2])]

    return reward


def build(model, folder, settings, kinds):
    loaded = policy.load(settings.policy, seed=1, gradient_checkpointing=False)
    torch.manual_seed(3)
    for name, weight in loaded.model.named_parameters():
        if "lora_B" in name:  # else no gradient reaches lora_A
            torch.nn.init.normal_(weight, std=0.05)
    gradients = Gradients()
    built = trainer.build(
        loaded, ROWS, settings, reward_functions=[earned(kinds)], reward_weights=[1.0], callbacks=[gradients],
        output_dir=str(folder),
    )  # fmt: skip
    fixed = iter(draws(settings.grpo.max_steps, settings.grpo.batch_size))
    built._generate_single_turn = lambda ids, *a, **k: (next(fixed), None)
    return built, gradients


def ran(model, folder, kinds=("flat", "mixed", "flat"), **grpo):
    """Gradients, weights, logs, and tokens through the decoder, of a run."""
    built, gradients = build(model, folder, settings_for(model, **grpo), kinds)
    tokens = []
    decoder = built.model.get_base_model().get_decoder()
    decoder.register_forward_pre_hook(lambda m, a, k: tokens.append(k["input_ids"].numel()), with_kwargs=True)
    trainer.run(built, None)
    weights = torch.cat([p.detach().flatten() for p in built.model.parameters() if p.requires_grad])
    return gradients.seen, weights, [log for log in built.state.log_history if "loss" in log], sum(tokens)


SAME = ("loss", "grad_norm", "reward", "reward_std", "clip_ratio/region_mean", "completions/mean_length")


def agree(one, other, atol=1e-6):
    for own, plain in zip(one[0], other[0], strict=True):
        torch.testing.assert_close(own, plain, atol=atol, rtol=1e-4)
    for own, plain in zip(one[2], other[2], strict=True):
        there = [k for k in SAME if k in plain]  # a second update of a batch samples nothing
        assert {k: own[k] for k in there} == pytest.approx({k: plain[k] for k in there}, abs=1e-5)


CASES = [
    {"loss_type": loss, "scale_rewards": scale, **more}
    for (loss, scale), more in zip(
        itertools.product(("dapo", "dr_grpo", "grpo", "bnpo"), ("batch", "group", "none")),
        itertools.cycle(
            [
                {"micro_batch_size": 4},
                {"micro_batch_tokens": 60, "mask_truncated": True},
                {"mask_truncated": True, "micro_batch_size": 6},
                {"shared_prefix": "off"},
                {},
            ]
        ),
        strict=False,
    )
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(map(str, case.values())))
def test_loss_gradient_and_metrics_are_those_of_the_whole_batch(tiny_model, tmp_path, case):
    skipped, whole = (ran(tiny_model, tmp_path / on, skip_flat=on, max_steps=2, **case) for on in ("on", "off"))
    assert any(gradient.abs().max() > 1e-4 for gradient in whole[0])
    agree(skipped, whole)
    assert skipped[3] < 0.75 * whole[3]
    assert all(log["skipped"] > 0.5 for log in skipped[2])


def test_training_with_skipping_leaves_the_same_adapter(tiny_model, tmp_path):
    """Updates after the first one need no scoring pass either: theirs are the first one's own log-probabilities."""
    more = {"num_iterations": 2, "max_steps": 6, "micro_batch_size": 4}
    skipped, whole = (ran(tiny_model, tmp_path / on, skip_flat=on, **more) for on in ("on", "off"))
    agree(skipped, whole)
    torch.testing.assert_close(skipped[1], whole[1], atol=1e-6, rtol=0)
    assert any(log["clip_ratio/region_mean"] > 0 for log in whole[2])
    assert skipped[3] < whole[3] / 3


def test_a_step_of_flat_groups_computes_nothing_and_moves_what_momentum_moves(tiny_model, tmp_path):
    kinds = ["mixed"] * 3 + ["flat"] * 3
    skipped, whole = (ran(tiny_model, tmp_path / on, kinds, skip_flat=on, max_steps=2) for on in ("on", "off"))
    assert skipped[0][1].abs().max() == 0
    agree(skipped, whole)
    torch.testing.assert_close(skipped[1], whole[1], atol=1e-6, rtol=0)
    assert skipped[2][1]["skipped"] == 1.0 and skipped[2][1]["entropy"] is None
    assert 0.4 * whole[3] < skipped[3] < 0.6 * whole[3]  # the first step's


def test_with_an_entropy_bonus_or_kl_flat_rows_are_kept(tiny_model, tmp_path):
    for n, more in enumerate(({"entropy_coef": 0.1}, {"beta": 0.1})):
        skipped, whole = (
            ran(tiny_model, tmp_path / f"{n}{on}", skip_flat=on, max_steps=2, **more) for on in ("on", "off")
        )
        agree(skipped, whole)
        assert skipped[3] == whole[3] and skipped[2][0]["skipped"] == 0


@pytest.mark.parametrize(("target", "learned"), [(0.01, 1 / 3), (99.0, 1.0)], ids=["rests", "acts"])
def test_while_a_bonus_with_a_target_rests_flat_rows_go_forward_only(tiny_model, tmp_path, target, learned):
    """The entropy of all rows is what turns it on: the metric stays that of all."""
    more = {"entropy_coef": 0.1, "entropy_target": target, "max_steps": 3}
    skipped, whole = (ran(tiny_model, tmp_path / on, skip_flat=on, **more) for on in ("on", "off"))
    agree(skipped, whole)
    assert [log["entropy"] for log in skipped[2]] == pytest.approx([log["entropy"] for log in whole[2]], abs=1e-5)
    assert skipped[2][-1]["skipped"] == pytest.approx(1 - learned)


def test_entropy_is_the_mean_over_what_was_computed(tiny_model, tmp_path):
    kinds = ("flat", "mixed", "flat")
    skipped = ran(tiny_model, tmp_path / "on", kinds, max_steps=1)
    alone = ran(tiny_model, tmp_path / "off", kinds, max_steps=1, skip_flat="off")
    assert skipped[2][0]["entropy"] != pytest.approx(alone[2][0]["entropy"], abs=1e-4)  # other rows, other mean
    assert 0 < skipped[2][0]["entropy"] < 6


# ---- the pure part ----------------------------------------------------------------------------------------

REWARD = st.sampled_from([0.0, 0.1, 0.7, 1.0, 1.1, float("nan")])


@given(st.lists(REWARD, min_size=12, max_size=12), st.sampled_from(["batch", "group", "none"]))
def test_advantages_are_trls(values, scale):
    """The formula of trl's "sum_then_normalize", written down again; flat groups are 0 up to its rounding."""
    from trl.trainer.utils import nanstd

    rewards = torch.tensor(values)
    grouped = rewards.view(-1, 4)
    theirs = rewards - grouped.nanmean(1).repeat_interleave(4)
    if scale != "none":
        std = nanstd(rewards) if scale == "batch" else nanstd(grouped, dim=1).repeat_interleave(4)
        theirs = theirs / (std + 1e-4)
    theirs = theirs.nan_to_num(nan=0.0)
    own = flat.advantages(rewards, 4, scale)
    torch.testing.assert_close(own, theirs, atol=2e-3, rtol=1e-4)
    same = flat.is_flat(rewards, 4).repeat_interleave(4)
    assert (own[same] == 0).all()
    torch.testing.assert_close(own[~same], theirs[~same])


def test_a_residue_of_rounding_is_no_advantage():
    """Five completions that all earned 1.1: TRL's formula leaves each an advantage."""
    same = torch.full((40,), 1.1)
    theirs = same - same.view(-1, 5).nanmean(1).repeat_interleave(5)
    assert flat.without_residue(theirs + 1e-7, same, 5).abs().max() == 0
    assert flat.is_flat(torch.tensor([1.1, 1.1, torch.nan, 1.1]), 4).all()
    assert flat.is_flat(torch.full((4,), torch.nan), 4).all()
    assert not flat.is_flat(torch.tensor([1.1, 1.1, 1.1, 1.1001]), 4).any()


@given(
    st.lists(st.sampled_from([0.0, -0.4, 0.9]), min_size=6, max_size=6),
    st.lists(st.integers(0, 3), min_size=6, max_size=6),
)
def test_every_row_that_counts_is_in_its_place(advantage, lengths):
    mask = (torch.arange(3) < torch.tensor(lengths)[:, None]).long()
    given_ = torch.tensor(advantage)
    counted = {i for i in range(6) if lengths[i]}
    moving = {i for i in counted if advantage[i]}
    parts = {needs: flat.divide(given_, mask, needs) for needs in ("advantage", "entropy", "all")}
    assert set(parts["all"].learned.tolist()) == counted and not len(parts["all"].watched)
    assert set(parts["advantage"].learned.tolist()) == moving and not len(parts["advantage"].watched)
    assert set(parts["entropy"].learned.tolist()) == moving
    assert set(parts["entropy"].watched.tolist()) == counted - moving
    assert len(flat.divide(given_, mask, "advantage", least=1).learned) == max(1, len(moving))
