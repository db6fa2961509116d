"""The Unsloth engine against the real package, without a GPU.

Two ways, each in a process of its own, since importing unsloth patches the libraries under it: its CPU backend
runs our engine as it is, and its CUDA-shaped path gives the trainer that a GPU machine would use. What a CPU
cannot show: the GPU loader, the Triton kernels, 8-bit Adam, bf16, memory.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = Path(__file__).parent
pytestmark = [
    pytest.mark.skipif(not all(map(find_spec, ("unsloth", "unsloth_zoo", "bitsandbytes", "PIL"))), reason="unsloth is not installed"),
    pytest.mark.timeout(400),
]  # fmt: skip


def result_of(script: str, work: Path) -> dict:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("UNSLOTH_")} | {
        "HF_HUB_OFFLINE": "1", "UNSLOTH_COMPILE_DISABLE": "1", "UNSLOTH_COMPILE_LOCATION": str(work / "compiled"),
        "UNSLOTH_DISABLE_STATISTICS": "1", "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE)]),
        "CUDA_VISIBLE_DEVICES": "",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, str(HERE / script), str(work)],
        cwd=work,
        env=environment,
        text=True,
        capture_output=True,
        timeout=380,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return json.loads(next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))[7:])


def test_our_engine_trains_and_continues_on_the_cpu_backend(tmp_path):
    got = result_of("unsloth_cpu_backend.py", tmp_path)
    assert got["device"] == "cpu" and got["status"] == got["sft_status"] == got["second_status"] == 0
    assert got["sft_loss"][1] < got["sft_loss"][0]
    assert got["second_kl"] == pytest.approx(
        0, abs=1e-5
    )  # from the 4-bit base and the adapter that SFT left, not rounded
    assert got["fresh"] == {"engine": "unsloth", "in_4_bits": 14, "trained": 28, "lora_b_not_zero": 0}
    assert got["continued"] == {"engine": "unsloth", "in_4_bits": 14, "trained": 28, "lora_b_not_zero": 14}
    assert got["summary"]["engine"] == "unsloth" and got["summary"]["steps"] == 2 and got["summary"]["before"]["n"] == 4


def test_our_arguments_rewards_and_callbacks_reach_unsloths_trainer(tmp_path):
    got = result_of("unsloth_gpu_shape.py", tmp_path)
    assert got["trainer"] == ["GroupedTrainer", "WholeGroups", "UnslothGRPOTrainer"] and got["config_is_unsloths"]
    assert got["unknown_config"] == got["unknown_load"] == got["unknown_lora"] == []
    assert got["reward_weights"] == [1.0, 0.25] and got["reward_names"] == ["correct_answer", "answer_format"]
    assert [r["step"] for r in got["metrics"]] == [1, 2] and got["completions"] == 16
    for record in got["metrics"]:
        parts = record["rewards"]
        assert record["reward"] == pytest.approx(parts["correct_answer"] + 0.25 * parts["answer_format"], abs=1e-5)
        assert record["completion_length"] > 0
    assert got["trained"] == 28
    assert len(got["noted"]) == 1 and got["noted"][0].startswith(
        "preflight: 4 completions of 8 tokens on a prompt of 40"
    )
    assert got["target_told"].startswith("grpo.entropy-target 0.64 does not work with policy.engine unsloth")
    _reference_is_the_sft_policy(got["with_kl"])
    _answers_alone_are_learned(got["fine_tuned"])


def _reference_is_the_sft_policy(got: dict) -> None:
    """Unsloth's trainer takes TRL's reference adapter out: with ours, KL is 0 at step 0 and counts from SFT."""
    assert got["kl"][0] == pytest.approx(0, abs=1e-5) and got["kl"][-1] > 1e-4
    assert (
        got["reference_asked"] and got["reference_is_sft"] and got["reference_stays"] and not got["reference_is_base"]
    )
    assert got["trained"] == ["default"] and got["left_behind"] == []


def _answers_alone_are_learned(got: dict) -> None:
    assert got["trainer"] == "UnslothSFTTrainer" and got["unknown_config"] == []
    assert got["labels"] == got["answer_tokens"]
    assert got["loss"][0] == pytest.approx(got["expected"], rel=1e-3) and got["loss"][1] < got["loss"][0]
    assert got["tokens"][1] == 2 * got["tokens"][0] > 0
