"""python -m grpo_legal.sft on a tiny model: loss on the answer only, the run folder, stop and resume, and on to GRPO."""

from __future__ import annotations

import doctest
import json
import signal
import sys

import pytest
import torch
from safetensors.torch import load_file
from tiny_runs import lines
from tiny_runs import run as train_run

from grpo_legal import cli, config, gold, policy, problems, recorder, sft, supervised

SMALL = [
    "--preset", "cpu", "--sft.max-steps", "4", "--sft.batch-size", "4", "--sft.micro-batch-size", "2", "--sft.save-steps", "2",
    "--sft.learning-rate", "0.01", "--sft.warmup-steps", "1", "--data.train-size", "40", "--eval.n", "12",
    "--grpo.max-completion-length", "8",
]  # fmt: skip
WEIGHTS = "adapter/adapter_model.safetensors"


def run(model, out, name, *more: str) -> int:
    argv = [*SMALL, "--policy.model", str(model), "--run.output-dir", str(out), "--run.name", name, *more]
    with pytest.raises(SystemExit) as left:
        cli.run(sft.main, argv)
    return left.value.code


def steady(path) -> list[dict]:
    return [{k: v for k, v in r.items() if k not in recorder.TIMES} for r in lines(path)]


@pytest.fixture(scope="module")
def done(tiny_model, tmp_path_factory):
    out = tmp_path_factory.mktemp("outputs")
    assert run(tiny_model, out, "whole") == 0
    return out / "whole"


# ---- the loss ---------------------------------------------------------------------------------------------


def built(model, tmp_path, rows, **more):
    loaded = policy.load(config.Policy(model=str(model), lora_rank=4), seed=1, gradient_checkpointing=False)
    small = {"max_steps": 1, "batch_size": len(rows), "micro_batch_size": 1, "warmup_steps": 0, **more}
    settings = config.resolve(config.preset("cpu"), {"sft": small})
    return loaded, supervised.build(loaded, rows, settings, callbacks=[], output_dir=str(tmp_path))


def examples(loaded, n=3):
    found = [gold.of_problem(p, "reasoned") for p in problems.generate("firm_offer", n, "train", 1)]
    return gold.encode(found, prompt_ids=loaded.prompt_ids, text_ids=loaded.text_ids, end=loaded.end_of_turn(),
                       max_tokens=4000, long="error").rows  # fmt: skip


def test_the_trainers_loss_is_the_mean_over_answer_tokens_whatever_the_prompts_targets(tiny_model, tmp_path):
    loaded = policy.load(config.Policy(model=str(tiny_model)), seed=1, gradient_checkpointing=False)
    rows = examples(loaded)
    loaded, trainer = built(tiny_model, tmp_path, rows)
    batch = next(iter(trainer.get_train_dataloader()))
    batches = list(trainer.get_train_dataloader())
    rows.sort(key=lambda row: -len(row["labels"]))
    assert [b["labels"][0].tolist() for b in batches] == [row["labels"] for row in rows]
    assert (batch["labels"][0] == -100).sum() == rows[0]["labels"].count(-100) > 0

    total, count = 0.0, 0
    for row in rows:  # by the definition: -log p of each answer token, the end token included
        ids, labels = torch.tensor([row["input_ids"]]), torch.tensor(row["labels"])
        logp = loaded.model(input_ids=ids).logits[0, :-1].log_softmax(-1)
        kept = labels[1:] != -100
        total -= logp[kept, labels[1:][kept]].sum().item()
        count += int(kept.sum())
    trainer.train()
    assert trainer.state.log_history[0]["loss"] == pytest.approx(total / count, rel=1e-4)


def test_rows_of_a_step_share_micro_batches_by_length_and_the_step_stays_the_same(tiny_model, tmp_path, monkeypatch):
    loaded = policy.load(config.Policy(model=str(tiny_model)), seed=1, gradient_checkpointing=False)
    rows = [*examples(loaded, 12)]
    for at in range(0, 12, 3):  # a third of them short: in their own order two of three micro-batches have one
        rows[at] = {key: value[-40:] for key, value in rows[at].items()}

    def trained(name):
        _, trainer = built(tiny_model, tmp_path / name, rows, max_steps=2, batch_size=6, micro_batch_size=2)
        padded = [batch["input_ids"].numel() for batch in trainer.get_train_dataloader()]
        trainer.train()
        logs = [log for log in trainer.state.log_history if "loss" in log]
        return sum(padded), [(log["loss"], log["grad_norm"], log["num_input_tokens_seen"]) for log in logs]

    padded, now = trained("now")
    monkeypatch.setattr(supervised, "by_length", lambda rows, batch_size: list(rows))
    before, then = trained("then")
    assert now == [pytest.approx(each, rel=1e-5) for each in then] and len(now) == 2
    assert padded < 0.9 * before


def test_the_example_in_the_file():
    assert doctest.testmod(supervised).failed == 0


def test_what_the_prompts_tokens_are_followed_by_changes_nothing(tiny_model, tmp_path):
    """The last hidden state at a position bears on the prediction of the next token alone: where that is the prompt's,
    its gradient is 0 to the bit, so no other target there could change the loss."""
    loaded = policy.load(config.Policy(model=str(tiny_model)), seed=1, gradient_checkpointing=False)
    row = examples(loaded, 1)[0]
    loaded, trainer = built(tiny_model, tmp_path, [row])
    seen = []
    norm = loaded.model.get_base_model().model.norm
    norm.register_forward_hook(lambda module, given, out: (out.retain_grad(), seen.append(out))[0])
    loss = trainer.compute_loss(trainer.model, next(iter(trainer.get_train_dataloader())))
    loss.backward()
    pushed = seen[0].grad[0].abs().sum(-1) > 0
    assert pushed[:-1].tolist() == [label != -100 for label in row["labels"][1:]] and not pushed[-1]


def test_an_answer_ends_as_the_chat_template_ends_it(tiny_model):
    loaded = policy.load(config.Policy(model=str(tiny_model)), seed=1, gradient_checkpointing=False)
    assert loaded.tokenizer.decode([loaded.end_of_turn()]) == "<|im_end|>"
    row = examples(loaded, 1)[0]
    assert loaded.tokenizer.decode(row["input_ids"]).count("<|im_start|>assistant\nIssue: ") == 1


# ---- the command ------------------------------------------------------------------------------------------


def test_run_folder_holds_what_it_should(done):
    assert sorted(p.name for p in (done / "checkpoints").glob("checkpoint-*")) == ["checkpoint-2", "checkpoint-4"]
    records = lines(done / "metrics.jsonl")
    assert [r["step"] for r in records] == [1, 2, 3, 4] and records[-1]["loss"] < records[0]["loss"]
    assert {"loss", "learning_rate", "tokens", "seconds", "token_accuracy", "cost_usd"} <= set(records[0])
    assert records[-1]["tokens"] > records[0]["tokens"] > 0
    summary = json.loads((done / "summary.json").read_text())
    assert summary["steps"] == 4 and summary["before"]["n"] == 12 and summary["data"]["examples"] == 40
    assert {r["problem_id"] for r in lines(done / "eval" / "after.jsonl")} == {
        r["problem_id"] for r in lines(done / "eval" / "before.jsonl")
    }


def test_ctrl_c_saves_and_resume_ends_as_if_never_stopped(done, tiny_model, capsys, monkeypatch):
    def interrupt_at_three(self, args, state, control, **_):
        if state.global_step == 2:
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(recorder.LossLog, "on_step_begin", interrupt_at_three, raising=False)
        assert run(tiny_model, done.parent, "stopped") == 130
    assert "python -m grpo_legal.sft --run.name stopped" in capsys.readouterr().err
    stopped = done.parent / "stopped"
    with pytest.raises(SystemExit) as left:
        cli.run(sft.main, ["--run.output-dir", str(done.parent), "--run.name", "stopped", "--resume"])
    assert left.value.code == 0
    assert steady(stopped / "metrics.jsonl") == steady(done / "metrics.jsonl")
    assert (stopped / WEIGHTS).read_bytes() == (done / WEIGHTS).read_bytes()


@pytest.mark.parametrize("where", ["adapter", "checkpoints/checkpoint-4"])
def test_grpo_goes_on_from_it(done, tiny_model, where, capsys):
    name = where.replace("/", "-")
    more = ["--policy.adapter", str(done / where), "--grpo.max-steps", "1", "--grpo.warmup-steps", "0"]
    assert train_run(tiny_model, done.parent, name, *more) == 0
    assert f"adapter {done / where} goes on: " in (out := capsys.readouterr().out)
    assert "lora_B not zero in 14 of 14 layers, base not in 4 bits" in out
    texts = [sorted((r["problem_id"], r["text"]) for r in lines(p)) for p in
             (done / "eval" / "after.jsonl", done.parent / name / "eval" / "before.jsonl")]  # fmt: skip
    assert texts[0] == texts[1]
    one, other = (load_file(folder / WEIGHTS) for folder in (done, done.parent / name))
    assert one.keys() == other.keys() and any(not torch.equal(one[k], other[k]) for k in one)


def test_examples_of_ones_own(tiny_model, tmp_path):
    mine = tmp_path / "mine.jsonl"
    rows = [{"prompt": f"Does rule {n} bind clerk {n * 7}?", "completion": "Yes, it does."} for n in range(8)]
    mine.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert run(tiny_model, tmp_path / "out", "x", "--sft.path", str(mine), "--sft.max-steps", "1") == 0
    data = json.loads((tmp_path / "out" / "x" / "summary.json").read_text())["data"]
    assert data["examples"] == 8 and data["train"] == 0 and data["sft_path"] == str(mine)


LEAK = problems.generate("diversity_jurisdiction", 12, "test", 0, difficulty=1)
BAD = {
    "GRPO's settings": (["--grpo.learning-rate", "1e-5"], "--grpo.learning-rate is not read by python -m grpo_legal.sft"),
    "misspelt": (["--sft.max-stps", "3"], "--sft.max-stps is not a setting; did you mean --sft.max-steps"),
    "batch": (["--sft.batch-size", "3"], "sft.batch-size 3 is not a multiple of sft.micro-batch-size 2"),
    "no file": (["--sft.path", "{tmp}/none.jsonl"], "none.jsonl"),
    "held-out questions": (["--sft.path", "{tmp}/leak.jsonl"], "have a near-duplicate among its prompts"),
    "too long": (["--data.prompt", "reasoned", "--policy.max-seq-length", "900"], "more than policy.max-seq-length 900"),
    "no adapter": (["--policy.adapter", "{tmp}/none"], "policy.adapter"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line_and_status_2(case, tiny_model, tmp_path, capsys):
    pairs = [{"prompt": f"{p.facts}\n{p.question}", "completion": p.answer} for p in LEAK]
    (tmp_path / "leak.jsonl").write_text("".join(json.dumps(pair) + "\n" for pair in pairs))
    more, told = BAD[case]
    assert run(tiny_model, tmp_path / "out", "x", *(m.format(tmp=tmp_path) for m in more)) == 2
    err = capsys.readouterr().err
    assert err.startswith("error: ") and err.count("\n") == 1 and told in err and "Traceback" not in err, err
    assert not (tmp_path / "out" / "x").exists()


def test_a_run_is_gone_on_with_by_its_own_command(done, tiny_model, capsys):
    assert train_run(tiny_model, done.parent, "whole", "--resume") == 2
    assert "run 'whole' is one of python -m grpo_legal.sft: go on with it by that" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["sft", "pipeline"])
def test_help_answers_without_torch(command):
    import subprocess

    code = f"import sys, runpy; sys.argv = ['x', '--help']\ntry: runpy.run_module('grpo_legal.{command}', run_name='__main__')\n" \
           "finally: assert 'torch' not in sys.modules"  # fmt: skip
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0
