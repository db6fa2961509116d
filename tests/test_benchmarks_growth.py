"""The benchmarks of growth and of where time goes: the arithmetic on known numbers, and both commands on a tiny model."""

from __future__ import annotations

import json

import pytest

from benchmarks import growth, profile
from grpo_legal.errors import UserError


def test_the_slope_is_that_of_a_power_law():
    sizes = [2, 4, 8, 16]
    assert growth.slope(sizes, [3 * s**0.4 for s in sizes]) == pytest.approx(0.4, abs=1e-4)
    rows = [{"group": s, "seconds": 3 * s**0.4} for s in (2, 4, 16)]
    made = growth.curve(rows, "group")
    assert made["per_doubling"] == pytest.approx(2**0.4, abs=1e-3)
    assert list(made["doublings"]) == ["2 to 4", "4 to 16"]
    assert made["doublings"]["4 to 16"] == pytest.approx(2**0.4, abs=1e-3)  # of one doubling, though it is two


def test_growth_on_a_tiny_model(tiny_model, tmp_path, capsys):
    out, plot = tmp_path / "growth.json", tmp_path / "growth.svg"
    words = [
        "--model",
        str(tiny_model),
        "--groups",
        "2",
        "4",
        "--lengths",
        "16",
        "32",
        "--prompt",
        "32",
        "--group",
        "4",
    ]
    growth.main([*words, "--completion", "3", "--repeats", "2", "--json", str(out), "--plot", str(plot)])
    made = json.loads(out.read_text())
    assert [(r["prompt"], r["group"]) for r in made["group"]["rows"]] == [(32, 2), (32, 4)]
    assert [(r["prompt"], r["group"]) for r in made["prompt"]["rows"]] == [(16, 4), (32, 4)]
    assert made["group"]["rows"][1] == made["prompt"]["rows"][1]  # one shape, measured once
    for row in (*made["group"]["rows"], *made["prompt"]["rows"]):
        assert 0 < row["sampling"] + row["backward"] < row["seconds"]
    assert "a doubling costs" in capsys.readouterr().out and plot.read_text().startswith("<?xml")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--groups", "4", "2"], "--groups 4 2"),
        (["--groups", "1", "2"], "--groups 1 2"),
        (["--lengths", "128"], "--lengths 128"),
        (["--repeats", "0"], "--repeats 0: 1 or more"),
    ],
)
def test_what_cannot_be_measured(words, told):
    with pytest.raises(UserError, match=told):
        growth.main(words)


def test_a_part_inside_another_stops_its_clock():
    ticks = iter([0, 0, 1, 3, 4])  # began; outer begins, inner begins, inner ends, outer ends
    clock = profile.Clock(now=lambda: next(ticks))
    inner = clock.counted("sampling", lambda: "made")
    assert clock.counted("data", lambda: inner())() == "made"
    assert clock.seconds == {"sampling": 2, "data": 2}


def test_profile_of_a_tiny_run(tiny_model, tmp_path):
    small = [
        "--policy.model",
        str(tiny_model),
        "--grpo.batch-size",
        "8",
        "--grpo.num-generations",
        "4",
        "--data.train-size",
        "40",
    ]
    small += [
        "--grpo.micro-batch-size",
        "8",
        "--grpo.max-completion-length",
        "4",
        "--eval.n",
        "8",
        "--grpo.save-steps",
        "2",
    ]
    small += ["--eval.probe-every", "2"]
    before = profile.watched()
    was = [vars(where).get(name) for where, name, _ in before]
    profile.main(["--steps", "3", "--out", str(tmp_path), "--", *small])
    made = json.loads((tmp_path / "profile.json").read_text())
    by_part = {row["part"]: row for row in made["rows"]}
    assert list(by_part) == list(profile.PARTS)
    for part, row in by_part.items():
        assert row["seconds a step"] > 0, part  # every part was met
    assert sum(row["percent"] for row in made["rows"]) == pytest.approx(100, abs=0.5)
    assert (tmp_path / "profile.md").read_text().startswith("# Where the time")
    assert [vars(where).get(name) for where, name, _ in before] == was  # nothing stays wrapped
