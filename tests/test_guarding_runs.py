"""Each guard tripped by a fault that is planted in a real run of a tiny model, and doing what it says."""

from __future__ import annotations

import json
import sys

import pytest
import torch
from safetensors.torch import load_file
from test_sft import run as sft_run
from tiny_runs import lines, run

from grpo_legal import cli, recorder, train

ADAPTER, MOMENTS = "adapter_model.safetensors", "optimizer.pt"
KEEP = ["--grpo.keep-checkpoints", "10"]
REWARDS = """
def constant(completions, **columns): return [0.5] * len(completions)
def falling(completions, trainer_state=None, **columns):
    return [1.0 if trainer_state is None or trainer_state.global_step < 4 else 0.1] * len(completions)
"""
OWN = ["--reward.audit", "off", "--reward.weights"]


@pytest.fixture
def out(tmp_path, monkeypatch):
    (tmp_path / "planted.py").write_text(REWARDS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "planted", raising=False)
    return tmp_path / "out"


def plant(monkeypatch, fault, *steps, log=recorder.MetricsLog):
    """`fault(model)` at the beginning of these steps."""

    def begins(self, args, state, control, model=None, **_):
        if state.global_step + 1 in steps:
            fault(model)

    monkeypatch.setattr(log, "on_step_begin", begins, raising=False)


def nan_gradient(model):
    """The next gradient of one weight is no number, once."""
    weight = next(p for n, p in model.named_parameters() if p.requires_grad and "lora_B" in n)
    handle = weight.register_hook(lambda g: (handle.remove(), g * float("nan"))[1])


def certain(model):
    """Every token is a sure thing: no entropy, groups all alike, no end in sight."""
    model.get_output_embeddings().weight.data.mul_(1e5)


def guards_of(folder):
    return {
        r["step"]: [(g["guard"], g["act"]) for g in r["guards"]]
        for r in lines(folder / "metrics.jsonl")
        if "guards" in r
    }


def held(folder, step):
    """Weights and moments of a checkpoint."""
    place = folder / "checkpoints" / f"checkpoint-{step}"
    state = torch.load(place / MOMENTS, weights_only=True)["state"]
    return {**load_file(place / ADAPTER), **{f"{i} {k}": v for i, s in state.items() for k, v in s.items()}}


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[k], other[k]) for k in one)


def resume(out, name, *more):
    with pytest.raises(SystemExit) as left:
        cli.run(train.main, ["--run.output-dir", str(out), "--run.name", name, "--resume", *more])
    return left.value.code


def test_a_gradient_that_is_no_number_never_reaches_the_weights_and_the_run_goes_back(
    tiny_model, out, monkeypatch, capsys
):
    plant(monkeypatch, nan_gradient, 4)
    assert run(tiny_model, out, "x", *KEEP, "--grpo.max-steps", "6", "--grpo.warmup-steps", "0") == 0
    folder = out / "x"
    assert guards_of(folder) == {4: [("non_finite", "rollback")]}
    assert (
        "step 4: non-finite: gradient norm nan: not a finite number; went back to the weights of step 2"
        in capsys.readouterr().out
    )
    assert same(held(folder, 4), held(folder, 2)) and not same(held(folder, 6), held(folder, 4))
    records = lines(folder / "metrics.jsonl")
    assert [r["step"] for r in records] == [1, 2, 3, 4, 5, 6]
    asked = {s: {c["problem_id"] for c in lines(folder / "completions.jsonl") if c["step"] == s} for s in range(1, 7)}
    assert not asked[5] & (asked[3] | asked[4])  # it goes on with other data
    assert all(w.isfinite().all() for w in load_file(folder / "adapter" / ADAPTER).values())


def test_before_the_first_checkpoint_it_goes_back_to_where_it_began(tiny_model, out, monkeypatch):
    plant(monkeypatch, nan_gradient, 3)
    assert run(tiny_model, out, "x", "--grpo.save-steps", "100", "--grpo.warmup-steps", "0") == 0
    began = held(out / "x", 3)
    assert not any(w.any() for name, w in began.items() if "lora_B" in name)
    assert not any(name.endswith("exp_avg") for name in began)
    assert any(w.any() for name, w in load_file(out / "x" / "adapter" / ADAPTER).items() if "lora_B" in name)


def test_where_it_comes_again_and_again_the_run_stops_at_its_last_good_weights_and_can_go_on(
    tiny_model, out, monkeypatch, capsys
):
    long = ["--grpo.max-steps", "8", *KEEP]
    with monkeypatch.context() as patch:
        plant(patch, nan_gradient, 4, 5, 6)
        assert run(tiny_model, out, "x", *long) == 3
    folder = out / "x"
    assert [a for s in guards_of(folder).values() for _, a in s] == ["rollback", "rollback", "stop"]
    told = capsys.readouterr().err
    assert told.startswith("stopped by a guard: non-finite: gradient norm nan") and "--run.name x" in told
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["steps"] == 6 and "(guards.max-rollbacks)" in summary["stopped"] and "delta" in summary
    adapter = load_file(folder / "adapter" / ADAPTER)
    assert same(adapter, load_file(folder / "checkpoints" / "checkpoint-2" / ADAPTER))
    assert resume(out, "x") == 0
    assert [r["step"] for r in lines(folder / "metrics.jsonl")] == list(range(1, 9))
    assert "stopped" not in json.loads((folder / "summary.json").read_text())
    assert json.loads((folder / "summary-step-6.json").read_text()) == summary
    assert len(lines(folder / "eval" / "after-step-6.jsonl")) == len(lines(folder / "eval" / "after.jsonl")) == 12


def test_a_learning_rate_of_nearly_1_is_halved_and_stays_so_after_a_resume(tiny_model, out, monkeypatch):
    wild = ["--grpo.learning-rate", "0.9", "--grpo.beta", "0.05", "--grpo.warmup-steps", "0", "--grpo.lr-scheduler", "constant",
            "--grpo.max-steps", "6", "--guards.non-finite", "off", "--guards.reward-collapse", "off"]  # fmt: skip
    assert run(tiny_model, out, "x", *wild) == 0
    acted = guards_of(out / "x")
    first = min(acted)
    assert acted[first] == [("kl_spike", "lower")] and 2 <= first <= 4
    rates = {r["step"]: r["learning_rate"] for r in lines(out / "x" / "metrics.jsonl")}
    assert {rates[s] for s in rates if s <= first} == {0.9} and {rates[s] for s in rates if s > first} == {0.45}
    # The same, stopped after the step that lowered it, and gone on with.
    assert run(tiny_model, out, "y", *wild, "--grpo.save-steps", "1", "--run.usd-per-hour", "3.6", *KEEP) == 0
    for file in (out / "y" / "checkpoints").glob("checkpoint-*"):
        if int(file.name.partition("-")[2]) > first:
            (file / "trainer_state.json").unlink()
    assert resume(out, "y") == 0
    assert {r["step"]: r["learning_rate"] for r in lines(out / "y" / "metrics.jsonl")} == rates
    assert guards_of(out / "y") == acted


def test_a_reward_that_collapses_takes_the_run_back_to_before_its_fall(tiny_model, out):
    more = [
        "--guards.patience",
        "2",
        "--grpo.save-steps",
        "1",
        "--grpo.max-steps",
        "7",
        "--grpo.warmup-steps",
        "0",
        *KEEP,
    ]
    assert run(tiny_model, out, "x", *OWN, "planted:falling=1", *more) == 0
    folder = out / "x"
    assert [(g, a) for g, a in guards_of(folder)[6] if g == "reward_collapse"] == [("reward_collapse", "rollback")]
    assert same(held(folder, 6), held(folder, 3)) and not same(held(folder, 5), held(folder, 3))


def test_a_constant_reward_stops_the_run_where_that_is_asked_for(tiny_model, out):
    more = ["--guards.no-variance", "stop", "--guards.patience", "2", "--grpo.save-steps", "100"]
    assert run(tiny_model, out, "x", *OWN, "planted:constant=1", *more) == 3
    assert json.loads((out / "x" / "summary.json").read_text())["stopped"] == (
        "no-variance: 100% of the groups all alike, 90% or more for 2 steps: they teach nothing; stopped"
    )
    assert (out / "x" / "checkpoints" / "checkpoint-2" / ADAPTER).is_file()


def test_signs_that_only_warn_are_told_once_and_stand_in_the_records(tiny_model, out, monkeypatch, capsys):
    plant(monkeypatch, certain, 1)
    assert (
        run(tiny_model, out, "x", "--guards.patience", "2", "--grpo.learning-rate", "1e-6", "--grpo.skip-flat", "off")
        == 0
    )
    names = ["entropy_collapse", "truncated", "no_variance"]
    assert guards_of(out / "x") == {
        2: [(n, "warn") for n in names],
        3: [(n, "") for n in names],
        4: [(n, "") for n in names],
    }
    shown = capsys.readouterr().out
    assert all(shown.count(f"note: step 2: {name.replace('_', '-')}: ") == 1 for name in names)
    assert shown.count(": the policy gives one answer; warned") == 1


def test_completions_that_grow_long_are_told(tiny_model, out, monkeypatch):
    handles = []

    def short(model):  # every completion ends at once
        def ends(module, given, logits):
            logits[..., 2] = 1e4
            return logits

        handles.append(model.get_output_embeddings().register_forward_hook(ends))

    def short_then_long(model):
        handles.pop().remove() if handles else short(model)

    plant(monkeypatch, short_then_long, 1, 3)
    more = ["--guards.patience", "2", "--grpo.max-completion-length", "80", "--grpo.batch-size", "4"]
    assert run(tiny_model, out, "x", *more, "--grpo.micro-batch-size", "4") == 0
    lengths = [r["completion_length"] for r in lines(out / "x" / "metrics.jsonl")]
    assert lengths[:2] == [1.0, 1.0] and min(lengths[2:]) > 20
    assert ("length_explosion", "warn") in guards_of(out / "x")[4]


def test_a_budget_stops_the_run_with_a_checkpoint_and_counts_over_resumes(tiny_model, out, capsys):
    dear = ["--run.usd-per-hour", "3.6", "--guards.max-usd", "0.000005", "--grpo.save-steps", "100"]
    assert run(tiny_model, out, "x", *dear) == 3
    folder = out / "x"
    assert (
        guards_of(folder) == {1: [("budget", "stop")]} and (folder / "checkpoints" / "checkpoint-1" / ADAPTER).is_file()
    )
    capsys.readouterr()
    assert resume(out, "x") == 2
    assert "run 'x' cannot go on: $" in (told := capsys.readouterr().err) and "of guards.max-usd; raise it" in told
    spent = lines(folder / "metrics.jsonl")[-1]["cost_usd"]
    assert resume(out, "x", "--guards.max-usd", str(spent + 1e-6)) == 3
    assert [r["step"] for r in lines(folder / "metrics.jsonl")] == [1, 2]
    assert resume(out, "x", "--guards.max-usd", "100") == 0


def test_the_hours_of_supervised_fine_tuning_end_it_too(tiny_model, out, monkeypatch, capsys):
    assert sft_run(tiny_model, out, "x", "--guards.max-hours", "0.000001") == 3
    assert guards_of(out / "x") == {1: [("budget", "stop")]} and "python -m grpo_legal.sft" in capsys.readouterr().err
    assert sft_run(tiny_model, out, "bad", "--guards.min-entropy", "1") == 2
    assert "--guards.min-entropy is not read by python -m grpo_legal.sft" in capsys.readouterr().err


def test_supervised_fine_tuning_goes_back_as_well(tiny_model, out, monkeypatch):
    plant(monkeypatch, nan_gradient, 4, log=recorder.LossLog)
    assert sft_run(tiny_model, out, "x", "--sft.max-steps", "6", "--sft.keep-checkpoints", "9") == 0
    assert guards_of(out / "x") == {4: [("non_finite", "rollback")]}
    assert same(held(out / "x", 4), held(out / "x", 2)) and not same(held(out / "x", 6), held(out / "x", 4))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--guards.max-usd", "5"], "guards.max-usd 5 needs run.usd-per-hour, the price of this machine, above 0"),
        (
            ["--guards.budget", "off", "--guards.max-hours", "2"],
            "guards.max-hours 2 has no effect with guards.budget off",
        ),
        (["--guards.budget", "rollback"], "guards.budget: input should be 'off', 'warn' or 'stop', not 'rollback'"),
        (
            ["--guards.kl-spike", "halt"],
            "guards.kl-spike: input should be 'off', 'warn', 'lower', 'rollback' or 'stop'",
        ),
    ],
)
def test_settings_that_make_no_sense(tiny_model, out, more, told, capsys):
    assert run(tiny_model, out, "x", *more) == 2
    assert told in capsys.readouterr().err and not (out / "x").exists()
