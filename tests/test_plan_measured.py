"""What a plan takes from measurements: its peaks and seconds are those of the committed benchmarks."""

from __future__ import annotations

import json

import pytest
from test_plan import ROOT

from grpo_legal.planning import machines, memory, shapes, speed, workload
from grpo_legal.planning.workload import Workload


def test_measured_peaks_are_within_15_percent():
    """The recorded benchmark, and that its estimates are those of today's formula."""
    from benchmarks import memory as benchmark

    recorded = json.loads((ROOT / "benchmarks/results/memory.json").read_text())
    assert len(recorded["rows"]) >= 3
    for row in recorded["rows"]:
        shape = (row["prompt"], row["group"], row["completion"])
        work = workload.of(benchmark.settings(recorded["model"], shape))
        now = memory.estimate(shapes.known(recorded["model"]), work).peak
        assert now == pytest.approx(row["estimated_gib"], abs=0.002)
        assert now == pytest.approx(row["measured_gib"], rel=0.15)


def measured_on_a_gpu():
    """The lines of the large policy's sides, with a step or the weights measured."""
    for path in sorted((ROOT / "benchmarks/results").glob("gpu-*.json")):
        for side in json.loads(path.read_text())["parts"].get("large", {}).values():
            yield from side["results"]


def test_weights_peaks_and_sampling_of_the_32b_policy_are_as_measured_on_a_gpu():
    shape, lines = shapes.known("Qwen/Qwen2.5-32B-Instruct"), list(measured_on_a_gpu())
    loaded = [line for line in lines if "weights_gib" in line]
    assert {side for line in loaded for side in line["sides"]} == {"unsloth", "plain", "shared"}
    for line in loaded:
        found = memory.weight_bytes(shape, 4, line["engine"]) + 4 * shape.lora_weights(16)
        assert found / 2**30 == pytest.approx(line["weights_gib"], rel=0.01)
    rows = [line for line in lines if line.get("peak_gib")]
    assert rows
    for row in rows:
        work = Workload(
            row["prompt"], row["completion"], row["group"], row["group"], row["micro_batch"], bits=4, rank=16,
            engine="unsloth" if row["side"] == "unsloth" else "transformers", shared=row["side"] == "shared",
            checkpointing=True, optim="adamw_8bit", usual_prompt=row["prompt"], usual_completion=row["completion"],
        )  # fmt: skip
        estimated = memory.estimate(shape, work)
        assert estimated.peak - estimated.process == pytest.approx(row["peak_gib"], rel=0.15)
        step = speed.grpo_step(shape, work, machines.named("H100"))
        assert step.sampling == pytest.approx(row["sampling"], rel=0.1)
        if row["side"] != "unsloth" or row["prompt"] == 1024:  # Unsloth's first step compiles
            assert step.training == pytest.approx(row["seconds"] - row["sampling"], rel=0.35)
