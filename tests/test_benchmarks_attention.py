"""The benchmark of attention in two parts: what it counts on known numbers, and the command on a tiny model."""

from __future__ import annotations

import json

import pytest

from benchmarks import attention
from grpo_legal.errors import UserError


def test_pairs_are_counted():
    """A prompt of 4 with 2 completions of which 3 tokens each are laid out: 100 pairs under one mask."""
    assert attention._pairs(4, 3, 2, copies=False) == pytest.approx(100 / (8 + 6 * 10))
    assert attention._pairs(4, 3, 2, copies=True) == pytest.approx(100 / (8 + 6 * 5.5))


def test_on_a_tiny_model(tiny_model, tmp_path, capsys):
    out = tmp_path / "made/attention.json"
    words = ["--shapes", "16,4,2", "8,70,4", "--repeats", "2", "--model", str(tiny_model), "--json", str(out)]
    assert attention.main(words) == 0
    made = json.loads(out.read_text())
    assert [(row["prompt"], row["copies"]) for row in made["rows"]] == [(16, "no"), (8, "yes")]
    assert made["rows"][0]["pairs"] == 1 < made["rows"][1]["pairs"]  # a row of 22 tokens goes by one mask
    for row in made["rows"]:
        assert row["ratio"] == pytest.approx(row["one_mask_seconds"] / row["two_parts_seconds"], rel=0.2)
    assert made["machine"]["command"] == "python -m benchmarks.attention " + " ".join(words)
    assert capsys.readouterr().out.count("\n|") == 3  # one head for both rows


def test_what_cannot_be_measured():
    with pytest.raises(UserError, match="--repeats 0: 1 or more"):
        attention.main(["--repeats", "0"])
