"""What guards decide, from records alone; the real runs in which each of them acts are in test_guarding_runs.py."""

from __future__ import annotations

import math

import pytest
import torch
from transformers import get_scheduler

from grpo_legal import config, guarding, guards
from grpo_legal.errors import UserError
from grpo_legal.guarding import restoring
from grpo_legal.guarding.deciding import Decider


def decider(checkpoints=(), records=(), watched=tuple(guards.WATCHES), **settings):
    return Decider(config.Guards(**settings), watched, records, checkpoints=lambda: sorted(checkpoints, reverse=True))


def bad(step, **more):
    return {"step": step, "max_steps": 1000, "loss": 0.0, "grad_norm": math.nan, **more}


def fine(step, **more):
    return {"step": step, "max_steps": 1000, "loss": 0.0, "grad_norm": 1.0, **more}


def acts(decision):
    return [(e["guard"], e["act"]) for e in decision.entries]


def test_a_sound_step_is_left_alone():
    made = decider()
    assert not made.decide(fine(1)) and made.decide(fine(2)).entries == []


def test_it_goes_back_to_the_newest_checkpoint_and_at_last_stops_there():
    made = decider([20, 40, 60], max_rollbacks=2)
    first = made.decide(bad(53))
    assert (first.back_to, first.stop) == (40, False)
    assert first.entries[0]["did"] == "went back to the weights of step 40"
    assert made.decide(fine(54)).entries == []
    assert made.decide(bad(55)).back_to == 40  # 60 is not there yet in truth; the next is of the third time
    third = made.decide(bad(56))
    assert (third.back_to, third.stop) == (40, True)
    assert (
        third.entries[0]["did"]
        == "went back to the weights of step 40 and stopped, after 2 returns (guards.max-rollbacks)"
    )
    assert guards.stopped({"guards": third.entries}).startswith("non-finite: gradient norm nan")


def test_it_never_goes_back_to_what_it_gave_up():
    """On going back from 51 to 40, 50 was given up, and 51 is saved with the weights of 40."""
    kept = [40, 50]
    made = decider(kept, patience=5)
    told = {step: made.decide(fine(step, reward=1.0 if step < 48 else 0.1)) for step in range(1, 52)}
    assert [step for step, decision in told.items() if decision] == [51] and told[51].back_to == 40
    kept[:] = [50, 51]  # 51 is saved on going back, and 40 has made room for it
    again = made.decide(bad(52))
    assert again.back_to == 51 and again.entries[0]["did"] == "went back to the weights of step 40"


def test_suspect_weights_are_no_place_to_go_back_to():
    made = decider([51, 52], kl_spike="rollback", records=[fine(s, kl=0.01) for s in range(1, 52)])
    made.decide(fine(52, kl=9.0))
    decision = made.decide(fine(53, kl=9.0))
    assert decision.stop and decision.back_to is None
    assert decision.entries[0]["did"] == "stopped: no weights of step 50 or before are kept to go back to"


def test_the_rate_is_lowered_again_only_after_a_while_and_not_for_ever():
    made = decider(patience=5, max_lowered=2, truncated="lower")
    told = {step: acts(made.decide(fine(step, truncated=1.0))) for step in range(1, 30)}
    assert [s for s, a in told.items() if a == [("truncated", "lower")]] == [5, 10]
    assert all(a == [("truncated", "")] for s, a in told.items() if s > 5 and s != 10)


def test_a_warning_is_told_once_as_long_as_the_sign_lasts():
    made = decider(patience=3)
    cut = {"truncated": 1.0, "completion_length": 700.0}
    told = [acts(made.decide(fine(s, **(cut if s < 8 or s > 14 else {"truncated": 0.1})))) for s in range(1, 20)]
    assert [i + 1 for i, a in enumerate(told) if a == [("truncated", "warn")]] == [3, 17]
    assert [i + 1 for i, a in enumerate(told) if a == [("truncated", "")]] == [4, 5, 6, 7, 18, 19]


def test_what_is_off_or_makes_no_sense_here_is_not_looked_at():
    assert decider(non_finite="off").decide(bad(1)).entries == []
    made = decider(watched=guards.SUPERVISED, patience=1)
    assert made.decide(fine(1, entropy=0.0, truncated=1.0, completion_length=9.0)).entries == []


def test_after_the_last_step_there_is_nothing_to_stop():
    made = decider([2], max_usd=1.0, max_rollbacks=0)
    decision = made.decide(bad(4, max_steps=4, cost_usd=2.0))
    assert acts(decision) == [("non_finite", "rollback"), ("budget", "warn")]
    assert not decision.stop and decision.back_to == 2


def test_a_run_that_is_gone_on_with_decides_as_one_that_was_never_stopped():
    def record(step):
        ill = {"grad_norm": math.nan} if step in (9, 22) else {}
        return fine(step, kl=9.0 if step in (4, 5, 15, 16) else 0.01, truncated=float(step > 10), reward=1.0, **ill)

    def run(made, steps):
        out = []
        for step in steps:
            decision = made.decide(record(step))
            out.append({**record(step), **({"guards": decision.entries} if decision.entries else {})})
        return out

    settings = {"checkpoints": range(0, 40, 4), "patience": 4, "max_rollbacks": 1}
    whole = run(decider(**settings), range(1, 30))
    assert {e["act"] for r in whole for e in guards.acts(r)} == {"", "warn", "lower", "rollback", "stop"}
    for cut in range(1, 29):
        assert run(decider(records=whole[:cut], **settings), range(cut + 1, 30)) == whole[cut:], cut


# ---- put back -----------------------------------------------------------------------------------------------------


class Net(torch.nn.Module):
    """One trained matrix under the kind of name that peft gives it, and one that is frozen."""

    active_adapter = "default"

    def __init__(self):
        super().__init__()
        self.lora_A = torch.nn.ModuleDict({"default": torch.nn.Linear(3, 2, bias=False)})
        self.base = torch.nn.Linear(3, 3).requires_grad_(False)


@pytest.mark.parametrize("scheduler", ["constant_with_warmup", "linear", "cosine", "warmup_stable_decay"])
def test_a_lowered_rate_is_lower_at_every_later_step_and_survives_a_checkpoint(scheduler):
    more = {"num_decay_steps": 4} if scheduler == "warmup_stable_decay" else {}

    def fresh():
        optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
        return optimizer, get_scheduler(scheduler, optimizer, 2, 12, more)

    def rates(optimizer, made, n):
        out = []
        for _ in range(n):
            optimizer.step()
            out.append(made.get_last_lr()[0])
            assert out[-1] == pytest.approx(optimizer.param_groups[0]["lr"])
            made.step()
        return out

    plain = rates(*fresh(), 12)
    optimizer, made = fresh()
    assert rates(optimizer, made, 5) == plain[:5]
    restoring.scale_rate(optimizer, made, 0.5)
    resumed, other = fresh()
    resumed.load_state_dict(optimizer.state_dict())
    other.load_state_dict(made.state_dict())
    halved = [pytest.approx(rate / 2) for rate in plain[5:]]
    assert rates(optimizer, made, 7) == halved and rates(resumed, other, 7) == halved


def test_a_checkpoint_of_another_adapter_is_refused(tmp_path):
    from safetensors.torch import save_file

    net = Net()
    save_file({"lora_A.weight": torch.ones(2, 3)}, tmp_path / "adapter_model.safetensors")
    restoring.put_weights(net, restoring.stored(net, tmp_path))
    assert net.lora_A["default"].weight.eq(1).all() and guarding.finite(net)
    save_file({"lora_A.weight": torch.ones(2, 4)}, tmp_path / "adapter_model.safetensors")
    with pytest.raises(UserError, match="is no checkpoint of this run: it lacks lora_A"):
        restoring.stored(net, tmp_path)
    (tmp_path / "adapter_model.safetensors").write_bytes(b"\0" * 7)
    with pytest.raises(UserError, match="cannot be read"):
        restoring.stored(net, tmp_path)
    net.lora_A["default"].weight.data[0, 0] = math.inf
    assert not guarding.finite(net)
