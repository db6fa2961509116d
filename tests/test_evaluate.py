"""The evaluation command on a tiny model: same questions, adapters on and off, resumed after a kill, exact."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from grader import Grader, serving
from peft import LoraConfig, get_peft_model
from tiny_runs import GOOD, lines, tsv
from transformers import AutoModelForCausalLM

from grpo_legal import cli, decoding, evaluate, evaluation, policy, problems
from grpo_legal.config import Policy
from grpo_legal.evaluation.items import CRITERIA
from grpo_legal.evaluation.judged import agreement


def adapter(model: Path, folder: Path, std: float) -> Path:
    """A LoRA adapter whose second factor is drawn with this spread; 0 changes nothing."""
    torch.manual_seed(0)
    wrapped = get_peft_model(
        AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32),
        LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM"),
    )
    for name, parameter in wrapped.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=std)
    wrapped.save_pretrained(folder)
    return folder


def run(model: Path, out: Path, *more: str) -> int:
    """The command in this process; its exit status."""
    argv = ["--model", str(model), "--engine", "transformers", "--max-new-tokens", "12", "--output", str(out), *more]
    with pytest.raises(SystemExit) as left:
        cli.run(evaluate.main, argv)
    return left.value.code


@pytest.fixture(scope="module")
def adapters(tiny_model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("adapters")
    return {"zero": adapter(tiny_model, folder / "zero", 0.0), "sft": adapter(tiny_model, folder / "sft", 0.5)}


@pytest.fixture(scope="module")
def done(tiny_model, adapters, tmp_path_factory):
    """An evaluation of three models on all three suites, with its JSON."""
    out = tmp_path_factory.mktemp("evaluation")
    bench = tsv(out / "bench", "hearsay", GOOD)
    models = ["base=", *(f"{name}={folder}" for name, folder in adapters.items())]
    status = run(
        tiny_model, out / "run", "--models", *models, "--suite", "families", "legalbench", "rubric", "-n", "24",
        "--families", "firm_offer", "comparative*", "--path", str(bench), "--tasks", "hearsay", "--prompt", "short",
        "--domains", "contract", "--json", str(out / "table.json"), "--max-seq-length", "4000",
    )  # fmt: skip
    assert status == 0
    return out / "run"


def test_every_model_answers_the_same_questions(done):
    asked = {name: [(r["suite"], r["id"], r["prompt"]) for r in lines(done / f"eval/{name}.jsonl")] for name in
             ("base", "zero", "sft")}  # fmt: skip
    assert sorted(asked["base"]) == sorted(asked["zero"]) == sorted(asked["sft"])
    assert {suite for suite, _, _ in asked["base"]} == {"families", "legalbench", "rubric"}
    record = lines(done / "eval/base.jsonl")[0]
    assert set(record) >= {"prompt", "text", "answer", "gold", "score", "scores", "seconds", "tokens", "model"}


def test_an_adapter_of_zeros_answers_as_the_base_and_another_does_not(done):
    texts = {n: {r["id"]: r["text"] for r in lines(done / f"eval/{n}.jsonl")} for n in ("base", "zero", "sft")}
    assert texts["base"] == texts["zero"] != texts["sft"]


def test_results_hold_scores_contrasts_and_hashes(done):
    results = json.loads((done / "eval/results.json").read_text())
    assert json.loads((done.parent / "table.json").read_text()) == results
    assert set(results["scores"]) == {"base", "zero", "sft"} and results["adapters"]["base"] is None
    assert len(results["adapters"]["sft"]["sha256"]) == 64
    families = results["scores"]["base"]["families"]
    assert set(families["groups"]) == {"firm_offer", "comparative_fault"} and set(families["by_difficulty"]) == {
        "1",
        "2",
        "3",
    }
    for family in families["groups"].values():
        levels = family["by_difficulty"]
        assert set(levels) == {"1", "2", "3"} and sum(level["n"] for level in levels.values()) == family["n"]
    bench = results["scores"]["base"]["legalbench"]
    assert set(bench["groups"]["hearsay"]) >= {"score", "official", "n", "unreadable"}
    assert [found["tasks"] for found in bench["by_reasoning"].values()] == [1]
    assert set(results["scores"]["base"]["rubric"]["criteria"]) == set(CRITERIA)
    pairs = [(c["suite"], c["before"], c["after"]) for c in results["contrasts"]]
    assert pairs == [(s, *p) for s in ("families", "legalbench", "rubric")
                     for p in (("base", "zero"), ("base", "sft"), ("zero", "sft"))]  # fmt: skip
    same = next(c for c in results["contrasts"] if c["after"] == "zero")
    assert same["delta"] == 0 and same["p_holm"] == 1.0 and same["verdict"].startswith("no difference that")


def test_answers_already_there_are_kept_and_not_asked_again(done, tiny_model, adapters, tmp_path):

    copy = tmp_path / "run"
    shutil.copytree(done, copy)
    path = copy / "eval/sft.jsonl"
    whole = path.read_text().splitlines(keepends=True)
    path.write_text("".join(whole[:7]) + whole[7][:40])  # a kill in the middle of a line
    assert again(copy, tiny_model, adapters, done) == 0
    kept = path.read_text().splitlines(keepends=True)
    assert kept[:7] == whole[:7] and len(kept) == len(whole)
    without_clock = lambda rows: sorted((r["id"], r["text"], r["score"]) for r in map(json.loads, rows))  # noqa: E731
    assert without_clock(kept) == without_clock(whole)


@pytest.mark.slow
def test_a_process_that_is_killed_goes_on_and_answers_as_one_that_was_not(tiny_model, tmp_path):
    asked = ["--models", "base=", "--families", "firm_offer", "-n", "40", "--batch-size", "2", "--prompt", "short"]
    assert run(tiny_model, tmp_path / "whole", *asked) == 0
    line = ["--model", str(tiny_model), "--engine", "transformers", "--max-new-tokens", "12", *asked]
    left, path = tmp_path / "killed", tmp_path / "killed/eval/base.jsonl"
    process = subprocess.Popen([sys.executable, "-m", "grpo_legal.evaluate", *line, "--output", str(left)])
    while process.poll() is None and not (path.is_file() and path.read_text().count("\n") >= 4):
        time.sleep(0.01)
    process.kill()
    assert process.wait() == -9 and 4 <= path.read_text().count("\n") < 40
    kept = path.read_text().splitlines(keepends=True)[:4]
    assert run(tiny_model, left, *asked) == 0
    assert path.read_text().splitlines(keepends=True)[:4] == kept
    texts = [{r["id"]: r["text"] for r in lines(tmp_path / n / "eval/base.jsonl")} for n in ("whole", "killed")]
    assert texts[0] == texts[1] and len(texts[0]) == 40


def again(out: Path, model: Path, adapters: dict[str, Path], done: Path, *more: str) -> int:
    models = ["base=", *(f"{name}={folder}" for name, folder in adapters.items())]
    return run(
        model, out, "--models", *models, "--suite", "families", "legalbench", "rubric", "-n", "24",
        "--families", "firm_offer", "comparative*", "--path", str(done.parent / "bench"), "--tasks", "hearsay",
        "--prompt", "short", "--domains", "contract", "--max-seq-length", "4000", *more,
    )  # fmt: skip


def test_answers_of_other_settings_are_never_mixed_in(done, tiny_model, adapters, capsys):
    assert again(done, tiny_model, adapters, done, "--seed", "7") == 2
    assert "holds answers of other settings (seed)" in capsys.readouterr().err


def test_long_prompts_are_left_out_where_that_is_said(tiny_model, tmp_path, capsys):
    few = ["--models", "base=", "-n", "60", "--prompt", "short", "--max-seq-length", "800"]
    assert run(tiny_model, tmp_path / "out", *few) == 2
    assert "--long-prompts drop leaves it out" in capsys.readouterr().err
    assert run(tiny_model, tmp_path / "out", *few, "--long-prompts", "drop") == 0
    told = capsys.readouterr().out
    kept, asked = (
        len(lines(tmp_path / "out/eval/base.jsonl")),
        json.loads((tmp_path / "out/eval/evaluation.json").read_text()),
    )
    assert 0 < kept < asked["questions"] and f"{kept} questions, base; {asked['questions'] - kept} left out" in told
    assert run(tiny_model, tmp_path / "none", *few[:-1], "40", "--long-prompts", "drop") == 2
    assert "no question fits in the 28 tokens" in capsys.readouterr().err


def test_settings_without_an_answer_hold_nobody_up(tiny_model, tmp_path):
    (tmp_path / "out/eval").mkdir(parents=True)
    (tmp_path / "out/eval/evaluation.json").write_text('{"suite": ["rubric"], "adapters_sha256": {}}')
    (tmp_path / "out/eval/before.jsonl").write_text("{}\n")
    assert run(tiny_model, tmp_path / "out", "--models", "base=", "-n", "2", "--prompt", "short") == 0


def test_the_rubric_is_judged_beside_its_scorer(tiny_model, adapters, tmp_path):
    Grader.asked = 0
    with serving() as endpoint:
        line = [
            "--models",
            "base=",
            f"sft={adapters['sft']}",
            "--suite",
            "rubric",
            "--domains",
            "tort",
            "--judge-model",
            "g",
        ]
        assert (
            run(
                tiny_model,
                tmp_path / "out",
                *line,
                "--judge-base-url",
                endpoint,
                "--judge-cache",
                str(tmp_path / "c.jsonl"),
            )
            == 0
        )
    judge = json.loads((tmp_path / "out/eval/results.json").read_text())["judge"]
    given = lines(tmp_path / "out/eval/judge.jsonl")
    assert len(given) == 12 and {r["model"] for r in given} == {"base", "sft"}
    scored = [r for r in given if r["status"] == "scored"]
    assert len(scored) == sum(
        bool(r["text"].strip()) for n in ("base", "sft") for r in lines(tmp_path / f"out/eval/{n}.jsonl")
    )
    assert all(r["judged"] == 15 and r["criteria"]["completeness"] == 3 for r in scored)
    assert judge["n"] + judge["without_verdict"] == 12 and set(judge["models"]) == {"base", "sft"}


def test_agreement_is_a_rank_correlation_over_what_was_judged():
    told = [(2.0, 3), (10.0, 8), (18.0, 19), (6.0, None), (12.0, 15)]
    found = agreement([{"model": "m", "points": p, "judged": j} for p, j in told])
    assert found["n"] == 4 and found["without_verdict"] == 1 and found["spearman"] == 1.0
    assert found["mean_difference"] == pytest.approx((1 - 2 + 1 + 3) / 4)
    assert agreement([{"model": "m", "points": 1.0, "judged": None}])["spearman"] is None


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (["--models", "base=", "--judge-model", "g"], "judges the suite rubric, which --suite does not name"),
        (
            ["--models", "base=", "--suite", "rubric", "--judge-model", "g", "--judge-base-url", "x"],
            "--judge-base-url 'x'",
        ),
        (["--models", "base"], "'base' is not NAME=ADAPTER"),
        (["--models", "before="], "other than before, after"),
        (["--models", "a=", "a="], "names 'a' twice"),
        (["--models", "a=nowhere"], "'nowhere' is no LoRA adapter folder"),
        (["--models", "base=", "--suite", "famlies"], "did you mean families"),
        (["--models", "base=", "--families", "firm_ofer"], "did you mean firm_offer"),
        (["--models", "base=", "--suite", "legalbench"], "needs --path"),
        (["--models", "base=", "--suite", "legalbench", "--source", "file", "--path", "x"], "legalbench needs --path"),
        (["--models", "base=", "--suite", "own", "--path", "x"], "suite own needs --source file"),
        (["--models", "base=", "--suite", "own", "--source", "file", "--path", "x.csv"], "the columns name nothing"),
        (["--models", "base=", "--samples", "4"], "would be alike"),
        (["--models", "base=", "--max-seq-length", "20"], "'20' is not a whole number of 32 or more"),
        (["--models", "base=", "--temperature", "nan"], "'nan' is not a number of 0 or more"),
        (["--models", "base=", "--temperature", "-1"], "'-1' is not a number of 0 or more"),
        (["--models", "base=", "-n", "0"], "'0' is not a whole number of 1 or more"),
        (["--models", "base=", "--max-seq-length", "100", "--max-new-tokens", "40"], "longer than the 60"),
    ],
)
def test_bad_input_is_one_line(line, told, tiny_model, tmp_path, capsys):
    assert run(tiny_model, tmp_path / "out", *line) == 2
    said = capsys.readouterr().err
    assert told in said and said.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_samples_differ_and_a_second_run_gives_the_same_ones(tiny_model, tmp_path):
    texts = []
    for name in ("a", "b"):
        line = ["--models", "base=", "--families", "firm_offer", "-n", "4", "--samples", "3", "--temperature", "1"]
        assert run(tiny_model, tmp_path / name, *line) == 0
        texts.append([(r["id"], r["sample"], r["text"]) for r in lines(tmp_path / name / "eval/base.jsonl")])
    assert texts[0] == texts[1] and len({text for _, _, text in texts[0]}) > 4


@pytest.mark.parametrize("size", [1, 3, 16])
def test_batch_size_and_padding_do_not_change_greedy_answers(tiny_model, size):
    loaded = policy.load(Policy(engine="transformers", model=str(tiny_model)), seed=0, gradient_checkpointing=False)
    drawn = [p for f in ("firm_offer", "sara_tax") for p in problems.generate(f, 8, "test", 0)]
    ids = [loaded.prompt_ids([{"role": "user", "content": p.facts}]) for p in drawn]
    assert len({len(i) for i in ids}) > 8

    def greedy(batch_size: int) -> dict[int, list[int]]:
        made = decoding.complete(loaded, ids, max_new_tokens=16, batch_size=batch_size)
        return {c.index: c.tokens for batch in made for c in batch}

    alone = {}
    for i, prompt in enumerate(ids):  # the reference: transformers' own generate, one prompt at a time
        out = loaded.model.generate(
            input_ids=torch.tensor([prompt]), attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
            max_new_tokens=16, do_sample=False, eos_token_id=loaded.eos_token_ids(), pad_token_id=0,
        )  # fmt: skip
        alone[i] = out[0, len(prompt) :].tolist()
    assert greedy(size) == alone


def test_a_family_is_scored_at_each_difficulty_over_questions_and_not_samples():
    def answer(place: int, level: int, sample: int, right: float) -> dict:
        return {"suite": "families", "id": f"f/{place}", "sample": sample, "group": "f", "difficulty": level, "kind": "amount",
                "gold": "1.00", "answer": "1.00", "score": right, "scores": {"correct": right}}  # fmt: skip

    told = [answer(place, 1 + place % 2, sample, float(place % 2)) for place in range(6) for sample in range(2)]
    found = evaluation.score(told)["families"]
    assert found["groups"]["f"]["by_difficulty"] == {"1": {"score": 0.0, "n": 3}, "2": {"score": 1.0, "n": 3}}
    assert found["by_difficulty"] == {"1": {"score": 0.0, "n": 3}, "2": {"score": 1.0, "n": 3}} and found["n"] == 6


def test_few_questions_are_spread_over_tasks_and_answers():
    from grpo_legal.evaluation.items import _shares

    assert _shares({"a": 2, "b": 100, "c": 100}, 10) == {"a": 2, "b": 4, "c": 4}
    drawn = evaluation.build(evaluation.Suites(families=("firm_offer", "hearsay*"), n=100))
    assert len(drawn) == 100 and len({item.id for item in drawn}) == 100
