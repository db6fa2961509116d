"""Decoding over columns laid out ahead, as it is recorded on CUDA, gives what decoding step by step gives.

What is recorded is run here in place of a graph; benchmarks/gpu holds the graphs themselves to the same tokens.
"""

from __future__ import annotations

import pytest
import torch
from conftest import KINDS, lora_model

from grpo_legal import shared_prefix
from grpo_legal.shared_prefix import recorded, sampling

PROMPTS = [[5, 9, 30, 31], [7] * 11, [5, 9, 30, 31], [200, 100], [7] * 11, [5, 9, 30, 31]]


@pytest.fixture(scope="module", params=KINDS)
def model(request, tmp_path_factory):
    return lora_model(tmp_path_factory.mktemp(request.param), request.param)


def run_again(step):
    """In place of a graph: every replay makes the step again, into the output of the first."""
    out = step().clone()
    return lambda: out.copy_(step())


@pytest.fixture()
def stretches(monkeypatch):
    """Recording in force, in stretches of at least 3 steps; the (prompts, columns, steps) of each."""
    laid: list[tuple[int, int, int]] = []
    monkeypatch.setattr(recorded, "FEWEST_STEPS", 3)
    monkeypatch.setattr(recorded, "FIRST_STRETCH", 3)
    monkeypatch.setattr(recorded, "usable", lambda model, steps: steps >= recorded.FEWEST_STEPS)
    monkeypatch.setattr(recorded, "record", run_again)
    inner = recorded.Stretch.__init__

    def noted(self, *args):
        inner(self, *args)
        laid.append((len(self.owner), len(self.columns), self.steps))

    monkeypatch.setattr(recorded.Stretch, "__init__", noted)
    return laid


def sampled(model, **how):
    torch.manual_seed(4)
    return shared_prefix.sample(model, PROMPTS, **{"max_new_tokens": 24, "eos_token_ids": [2], **how})


@pytest.mark.parametrize("few", [4, 1])  # 1: whenever a completion ends, the stretch does, columns left unwritten
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_tokens_are_those_of_decoding_step_by_step(model, stretches, temperature, few, monkeypatch):
    monkeypatch.setattr(recorded, "FEW_LEFT", few)
    ends = {"eos_token_ids": list(range(3, 40)) if temperature else [2], "temperature": temperature}
    made = sampled(model, **ends)
    assert len(stretches) > 1
    monkeypatch.setattr(recorded, "usable", lambda model, steps: False)
    assert made == sampled(model, **ends)
    assert temperature == 0.0 or len({len(c) for c in made}) > 2  # rows left at different times


def test_stretches_grow_and_the_last_takes_what_would_not_be_worth_one(model, stretches):
    sampled(model, eos_token_ids=[], max_new_tokens=24)
    assert [steps for *_, steps in stretches] == [3, 6, 14]  # of 23: after 9 come 12, and 2 would be left


def test_a_stretch_lays_out_so_many_columns_at_most(model, stretches, monkeypatch):
    monkeypatch.setattr(recorded, "MOST_COLUMNS", 3 * 3 * 5)
    sampled(model, eos_token_ids=[], max_new_tokens=17)
    assert [steps for *_, steps in stretches] == [3, 5, 5, 3]


def test_each_completion_is_decoded_as_if_it_were_alone(model, stretches):
    """Completions of three groups that end at different times: every token's logits, against a whole forward."""
    generator = torch.Generator().manual_seed(5)
    draw = lambda n: torch.randint(3, 259, (n,), generator=generator).tolist()  # noqa: E731
    distinct, rows = [draw(n) for n in (7, 30, 1)], [0, 1, 0, 0, 1, 2, 0, 1, 0]
    lengths = [3, 12, 1, 14, 2, 2, 4, 9, 3]
    texts = [draw(n) for n in lengths]
    with torch.no_grad():
        cache, mask, _ = sampling._prefill(model, distinct, packed=True, kept=True)
        made = recorded.RecordedDecoder(model, cache, mask, torch.tensor(rows), 14)
        alive = list(range(len(rows)))
        for step in range(14):
            now = [k for k, i in enumerate(alive) if lengths[i] > step]
            if len(now) < len(alive):
                made.keep(torch.tensor(now))
                alive = [alive[k] for k in now]
            logits = made.step(torch.tensor([texts[i][step] for i in alive]))
            for i, got in zip(alive, logits, strict=True):
                whole = torch.tensor([distinct[rows[i]] + texts[i][: step + 1]])
                torch.testing.assert_close(got, model(input_ids=whole).logits[0, -1], atol=1e-4, rtol=1e-4)
    assert stretches == [(3, 5, 3), (2, 2, 6), (2, 1, 5)]  # what has ended leaves between stretches


def test_what_cannot_be_recorded_is_decoded_step_by_step_and_said_once(model, stretches, monkeypatch, caplog):
    def refuse(step):
        raise RuntimeError("operation not permitted when stream is capturing\nand more")

    plain = sampled(model, temperature=1.0)
    monkeypatch.setattr(recorded, "_refused", [])
    monkeypatch.setattr(recorded, "record", refuse)
    stretches.clear()
    assert [sampled(model, temperature=1.0) for _ in range(2)] == [plain, plain]
    assert len(stretches) == 1
    said = [r.getMessage() for r in caplog.records]
    assert said == ["CUDA graphs are off, so that sampling is slower: operation not permitted when stream is capturing"]


def test_a_replay_that_comes_to_other_logits_is_not_trusted(model, stretches, monkeypatch, caplog):
    plain = sampled(model)
    monkeypatch.setattr(recorded, "_refused", [])
    monkeypatch.setattr(recorded, "record", lambda step: lambda: step() * 1.1)
    assert sampled(model) == plain
    assert "other logits" in caplog.text and recorded._refused


def test_a_cpu_and_a_model_on_two_devices_do_not_record(model):
    assert recorded.usable(model, 100) is False
    two = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2, device="meta"))
    assert recorded.usable(two, 100) is False
