"""The shared prompt on SmolLM2-135M's own weights: what the repeated prompt gives, with real questions and answers."""

from __future__ import annotations

import pytest
import torch
from test_shared_prefix import TEMPERATURE, one_by_one

from grpo_legal import config, policy, problems, schema, shared_prefix
from grpo_legal.errors import UserError

pytestmark = pytest.mark.slow
ANSWERS = [
    "Answer: Yes",
    "No, the parties are from one state.\nAnswer: No",
    "Yes",
    "The amount is above $75,000. Answer: Yes",
]


@pytest.fixture(scope="module")
def loaded():
    """The policy, its LoRA weights not zero."""
    try:
        made = policy.load(config.Policy(engine="transformers"), seed=1, gradient_checkpointing=False)
    except UserError as error:
        pytest.skip(str(error))
    torch.manual_seed(1)
    for name, parameter in made.model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.02)
    return made


@pytest.fixture(scope="module")
def asked(loaded):
    """Two prompts of unequal length, as token ids."""
    found = [problems.generate(family, 1, "train", 5, 1)[0] for family in ("diversity_jurisdiction", "firm_offer")]
    return [loaded.prompt_ids(schema.chat_prompt(problem, "short")) for problem in found]


@pytest.fixture(scope="module")
def batch(loaded, asked):
    """Prompts left-padded, completions right-padded: (8, P), (8, P), (8, C), (8, C)."""
    completions = [loaded.text_ids(text) for text in ANSWERS]
    rows = [(prompt, completion) for prompt in asked for completion in completions]
    prompt, completion = max(map(len, asked)), max(map(len, completions))
    return (
        torch.tensor([[0] * (prompt - len(p)) + p for p, _ in rows]),
        torch.tensor([[0] * (prompt - len(p)) + [1] * len(p) for p, _ in rows]),
        torch.tensor([c + [0] * (completion - len(c)) for _, c in rows]),
        torch.tensor([[1] * len(c) + [0] * (completion - len(c)) for _, c in rows]),
    )


def test_logps_and_gradients_equal_the_repeated_prompt(loaded, batch):
    model = loaded.model
    model.zero_grad()
    logps, _ = shared_prefix.completion_logps(model, *batch, temperature=TEMPERATURE)
    logps.sum().backward()
    ours = {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}
    model.zero_grad()
    expected, _, rows = one_by_one(model, *batch)
    sum(logp for logp, _ in rows).backward()
    torch.testing.assert_close(logps.detach(), expected, atol=1e-4, rtol=0)
    theirs = {n: p.grad for n, p in model.named_parameters() if p.grad is not None}
    assert ours.keys() == theirs.keys() and theirs
    squared = {n: (float((ours[n] - g).square().sum()), float(g.square().sum())) for n, g in theirs.items()}
    difference, whole = (sum(column) ** 0.5 for column in zip(*squared.values(), strict=True))
    assert whole > 0 and difference <= 1e-5 * whole
    model.zero_grad()


def test_greedy_sampling_equals_generate(loaded, asked):
    prompts = [asked[0], asked[1], asked[0], asked[0]]
    ours = shared_prefix.sample(
        loaded.model, prompts, max_new_tokens=24, eos_token_ids=loaded.eos_token_ids(), temperature=0.0
    )
    for prompt, got in zip(prompts, ours, strict=True):
        ids = torch.tensor([prompt])
        out = loaded.model.generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=24, do_sample=False, pad_token_id=0
        )
        assert got == out[0, len(prompt) :].tolist()
