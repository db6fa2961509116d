"""The benchmarks on small numbers: they run, count what they say they count, and write what they print."""

from __future__ import annotations

import json
import random
import re

import pytest
from conftest import BENCH, needs_bench

from benchmarks import base_families, generate, leakage, shared_texts, tables
from grpo_legal import problems


def test_a_table_puts_numbers_to_the_right_and_writes_them_for_reading():
    rows = [{"name": "a", "n": 1_000, "share": 0.5, "none": None}, {"name": "b", "n": 2, "share": 1.0, "none": None}]
    assert tables.markdown(rows).splitlines() == [
        "| name | n | share | none |",
        "|---|---:|---:|---:|",
        "| a | 1,000 | 0.500 | – |",
        "| b | 2 | 1.000 | – |",
    ]


@pytest.mark.parametrize("family", problems.FAMILIES)
def test_train_and_test_share_no_text_at_another_seed(family):
    (row,) = shared_texts.count([family], n=400, seed=5)
    assert row["shared"] == 0 and row["repeated in train"] <= 4 and row["repeated in test"] <= 4


def test_a_shared_text_is_counted_whatever_its_case_and_spacing(monkeypatch, capsys, tmp_path):
    drawn = problems.generate("firm_offer", 3, "train", 1)
    loud = [problem.__class__(**{**fields(problem), "facts": f"  {problem.facts.upper()} "}) for problem in drawn[:2]]
    monkeypatch.setattr(
        problems, "generate", lambda name, n, split, seed, start=0: drawn[:n] if split == "train" else (loud + loud)[:n]
    )
    assert shared_texts.main(["-n", "3", "--family", "firm_offer", "--json", str(tmp_path / "a/b.json")]) == 1
    (row,) = json.loads((tmp_path / "a/b.json").read_text())
    assert (row["shared"], row["repeated in train"], row["repeated in test"]) == (2, 0, 1)
    assert "| firm_offer | 3 | 2 | 0 | 1 |" in capsys.readouterr().out


def fields(problem):
    return {name: getattr(problem, name) for name in problem.__dataclass_fields__}


def test_the_rate_is_that_of_the_best_round(capsys, tmp_path):
    status = generate.main(["-n", "20", "--rounds", "2", "--family", "miranda", "--json", str(tmp_path / "speed.json")])
    (row,) = json.loads((tmp_path / "speed.json").read_text())
    assert row["family"] == "miranda" and row["problems a second"] > 100
    assert status == int(row["problems a second"] < generate.WANTED)
    assert f"{row['problems a second']:,}" in capsys.readouterr().out


# ---- leakage -----------------------------------------------------------------------------------------------


def test_a_disguise_changes_no_word():
    rng, text = random.Random(1), "The Buyer (a farmer) paid $4,500.50; the seller's agent, on May 3, refused it."
    told = {leakage.disguised(text, rng) for _ in range(20)}
    assert len(told) == 20 and {leakage.folded(each) for each in told} == {leakage.folded(text)}


def test_planted_stories_are_found_and_clean_ones_are_not():
    (row,) = leakage.run(None, n=150, seed=2)
    assert row["planted"] == row["clean"] == 150
    assert row["recall"] >= 0.98 and row["precision"] >= 0.98, row


@needs_bench
def test_planted_rows_are_found_and_few_others_are_reported():
    groups = leakage.groups_of_rows(str(BENCH), 60, ["hearsay", "personal_jurisdiction", "cuad_governing_law", "proa"])
    assert len(groups) == 4
    planted, clean = leakage.pairs(groups, 100, random.Random(3))
    row = leakage.measure("some tasks", planted, clean)
    assert row["recall"] >= 0.97 and row["precision"] >= 0.9, row
    assert row["alike by difflib"] <= row["false alarms"] <= 10


def test_clean_pairs_are_never_one_text():
    groups = {"a": [f"text {n}" for n in range(5)], "b": ["one", "two"]}
    planted, clean = leakage.pairs(groups, 40, random.Random(4))
    assert all(leakage.folded(one) != leakage.folded(other) for one, other in clean)
    assert all(leakage.folded(one) == leakage.folded(other) for one, other in planted)
    assert {other for _, other in planted} == {*groups["a"], *groups["b"]}


# ---- the floor -----------------------------------------------------------------------------------------------


def test_the_floor_is_measured_with_any_model_and_written_as_json_and_as_a_table(tiny_model, tmp_path, capsys):
    chosen = ["firm_offer", "intestacy", "breach_notice"]
    argv = ["-n", "4", "--model", str(tiny_model), "--tokens", "4", "--out", str(tmp_path), "--family", *chosen]
    assert base_families.main(argv) == 0
    found = json.loads((tmp_path / "base_families.json").read_text())
    assert found["settings"]["n"] == 4 and found["settings"]["split"] == "test"
    rows = found["rows"]
    assert [(row["family"], row["difficulty"]) for row in rows] == [
        (f, d) for f in chosen for d in problems.DIFFICULTIES
    ]
    assert {row["chance"] for row in rows if row["family"] == "firm_offer"} == {0.5}
    assert {row["chance"] for row in rows if row["family"] == "intestacy"} == {0.0}
    assert all(0 <= row["balanced accuracy"] <= 1 and 0 <= row["unreadable"] <= 1 for row in rows)
    table = (tmp_path / "base_families.md").read_text()
    assert "| family | level 1 | level 2 | level 3 | chance | unreadable |" in table
    assert re.findall(r"^\| (\w+) \|", table, re.M) == ["family", *chosen]
    assert "firm_offer at difficulty 1: " in capsys.readouterr().out
