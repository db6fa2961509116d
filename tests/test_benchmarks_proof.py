"""The proof run's claims: what bears them out, and what is said where they fail."""

from __future__ import annotations

import json
from datetime import date

import pytest

from benchmarks import proof

MORE = {"delta": 0.1, "ci95": [0.05, 0.15], "n": 100}
HOLDS = {"holds": True, "best": "padding", "best_share": 0.0, "limit": 0.2}


def change(delta: float, low: float, high: float, n: int = 100) -> dict:
    return {"delta": delta, "ci95": [low, high], "n": n}


def legalbench(delta=0.2, low=0.1, high=0.3, **groups) -> dict:
    named = {"hearsay": change(delta, low, high), **groups}
    tested = {"suite": "legalbench", "before": "base", "after": "grpo", "p_holm": 0.0123}
    return {**tested, **change(delta, low, high), "groups": named}


@pytest.mark.parametrize(
    "difference, by_grpo, audit, faults",
    [
        (legalbench(), MORE, HOLDS, []),
        (legalbench(proua=change(-0.05, -0.2, 0.1)), MORE, HOLDS, []),  # worse, but not by more than chance
        (legalbench(proua=change(-0.15, -0.2, -0.1)), MORE, HOLDS, ["proua is worse, beyond its interval"]),
        (legalbench(0.07, 0.01, 0.13), MORE, HOLDS, ["SFT + GRPO is 7.0 points above base, not 8"]),
        (legalbench(0.09, -0.01, 0.19), MORE, HOLDS, ["the interval begins at -1.0 points, not above 0"]),
        (legalbench(), change(0.05, -0.002, 0.1), HOLDS, ["above SFT the interval begins at -0.2 points, not above 0"]),
        (legalbench(), MORE, {**HOLDS, "holds": False}, ["the rewards can be gamed"]),
    ],
)
def test_claims_that_a_seed_does_not_bear_out(difference, by_grpo, audit, faults):
    assert proof.faults_of(difference, by_grpo, audit) == faults


def test_the_command_names_tasks_that_are_not_the_usual_ones():
    usual = proof.command_of(proof._parser().parse_args(["--path", "here", "--seeds", "2"]))
    other = proof.command_of(
        proof._parser().parse_args(["--path", "here", "--seeds", "2", "--tasks", "hearsay", "proa"])
    )
    assert usual == "python -m benchmarks.proof --path legalbench --seeds 2"
    assert other == f"{usual} --tasks hearsay proa"


def test_what_a_pipeline_came_to(tmp_path):
    scores = {m: {s: {"score": v} for s in proof.SUITES} for m, v in (("base", 0.5), ("sft", 0.6), ("grpo", 0.7))}
    families = {**legalbench(0.4, 0.3, 0.5), "suite": "families"}
    other = {**legalbench(-1.0, -1.0, -1.0), "after": "sft"}
    (tmp_path / "grpo/eval").mkdir(parents=True)
    by_grpo = [{**each, "before": "sft", **change(0.1, 0.02, 0.18)} for each in (legalbench(), families)]
    results = {"scores": scores, "contrasts": [other, *by_grpo, legalbench(), families]}
    (tmp_path / "grpo/eval/results.json").write_text(json.dumps(results))
    (tmp_path / "grpo/audit.json").write_text(json.dumps({**HOLDS, "worst_text": "of LegalBench"}))
    (tmp_path / "pipeline.json").write_text(json.dumps({"sft": {"seconds": 60.0}, "grpo": {"seconds": 120.0}}))
    seed = proof.found(3, tmp_path)
    assert seed["faults"] == [] and "of LegalBench" not in json.dumps(seed)
    about = {
        "cpu": "2 cores",
        "python": "3.11",
        "versions": dict.fromkeys(("torch", "transformers", "trl", "peft"), "1.0"),
    }
    page = proof.page_of([seed], "python -m benchmarks.proof", about, [])
    assert f"{date.today()}; 2 cores; Python 3.11, torch 1.0," in page
    assert "[seed 3](proof-3.html)" in page and "](proof.png)" in page
    assert proof.picture([seed]).startswith(b"\x89PNG")
    assert (
        "| 3 | LegalBench | 100 | 50.0 | 60.0 | 70.0 | +20.0 (10.0 to 30.0), p .012 | +10.0 (2.0 to 18.0), p .012 | 3 |"
        in page
    )
    assert "| hearsay | +20.0 (10.0 to 30.0) |" in page
    assert "In every seed: SFT + GRPO above SFT and at least 8 points above base on LegalBench" in page
    assert "Not borne out: seed 3: too little." in proof.page_of([seed], "", about, ["seed 3: too little"])
