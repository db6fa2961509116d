"""The shared prompt gives what the repeated prompt gives: log-probabilities, entropies, gradients, greedy tokens."""

from __future__ import annotations

import pytest
import torch
from conftest import KINDS, lora_model, make_model
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoModelForCausalLM

from grpo_legal import shared_prefix
from grpo_legal.shared_prefix import decoders, sampling

TEMPERATURE = 0.7


@pytest.fixture(scope="module", params=KINDS)
def model(request, tmp_path_factory):
    return lora_model(tmp_path_factory.mktemp(request.param), request.param)


def batch(pad_prompt: str, pad_completion: str):
    """Three groups of uneven prompts and completions, lengths 0 and 1 among them, in shuffled order."""
    generator = torch.Generator().manual_seed(3)
    draw = lambda n: torch.randint(3, 259, (n,), generator=generator).tolist()  # noqa: E731
    prompts = [draw(n) for n in (7, 12, 1)]
    rows = [(prompts[g], draw(n)) for g, n in [(0, 4), (1, 1), (0, 0), (2, 5), (1, 3), (0, 5), (2, 1)]]

    def pad(lists, side):
        width = max(map(len, lists))
        fill = [[0] * (width - len(x)) for x in lists]
        marks = [[1] * len(x) for x in lists]
        joined = [f + x if side == "left" else x + f for f, x in zip(fill, lists, strict=True)]
        mask = [f + m if side == "left" else m + f for f, m in zip(fill, marks, strict=True)]
        return torch.tensor(joined), torch.tensor(mask)

    return *pad([p for p, _ in rows], pad_prompt), *pad([c for _, c in rows], pad_completion)


def one_by_one(model, prompt_ids, prompt_mask, completion_ids, completion_mask):
    """The definition: every row alone, unpadded, through the model's ordinary forward."""
    logps = torch.zeros(completion_ids.shape)
    entropies = torch.zeros(completion_ids.shape)
    rows = []
    for i in range(len(prompt_ids)):
        prompt = prompt_ids[i][prompt_mask[i].bool()]
        where = completion_mask[i].nonzero()[:, 0]
        if len(where) == 0:
            continue
        ids = torch.cat([prompt, completion_ids[i][where]])[None]
        logits = model(input_ids=ids).logits[0, len(prompt) - 1 : -1] / TEMPERATURE
        dist = torch.distributions.Categorical(logits=logits)
        logps[i, where] = dist.log_prob(ids[0, len(prompt) :]).detach()
        entropies[i, where] = dist.entropy().detach()
        rows.append((dist.log_prob(ids[0, len(prompt) :]).sum(), dist.entropy().sum()))
    return logps, entropies, rows


@pytest.mark.parametrize("pad_prompt", ["left", "right"])
@pytest.mark.parametrize("pad_completion", ["left", "right"])
def test_logps_and_entropies_equal_the_repeated_prompt(model, pad_prompt, pad_completion):
    tensors = batch(pad_prompt, pad_completion)
    logps, entropies = shared_prefix.completion_logps(model, *tensors, temperature=TEMPERATURE, with_entropy=True)
    expected_logps, expected_entropies, _ = one_by_one(model, *tensors)
    torch.testing.assert_close(logps, expected_logps, atol=1e-4, rtol=0)
    torch.testing.assert_close(entropies, expected_entropies, atol=1e-4, rtol=0)


@pytest.mark.parametrize(("chunk", "max_tokens"), [(4, None), (1024, None), (1024, 1000), (1024, 20), (4, 1)])
def test_gradients_equal_the_repeated_prompt(model, monkeypatch, chunk, max_tokens):
    monkeypatch.setattr(shared_prefix.scoring, "HEAD_CHUNK", chunk)
    tensors = batch("left", "right")
    model.zero_grad()
    logps, entropies = shared_prefix.completion_logps(
        model, *tensors, temperature=TEMPERATURE, with_entropy=True, entropy_grad=True, max_tokens=max_tokens
    )
    (logps.sum() + 0.1 * entropies.sum()).backward()
    ours = {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}
    model.zero_grad()
    _, _, rows = one_by_one(model, *tensors)
    sum(logp + 0.1 * entropy for logp, entropy in rows).backward()
    theirs = {n: p.grad for n, p in model.named_parameters() if p.grad is not None}
    assert ours.keys() == theirs.keys() and len(ours) == 2 * 7 * 2
    for name, gradient in theirs.items():
        assert (ours[name] - gradient).norm() <= 1e-5 * gradient.norm(), name


def test_a_micro_batch_keeps_to_its_budget_and_groups_stay_whole_where_they_fit():
    generator = torch.Generator().manual_seed(1)
    lengths = [(40, (9, 9, 9, 9)), (12, (3, 0, 1, 30)), (90, (5, 5)), (12, (2, 2))]
    prompts = [torch.randint(3, 259, (p,), generator=generator).tolist() for p, _ in lengths]
    rows = [(prompts[g], n) for g, (_, each) in enumerate(lengths) for n in each]
    width = max(len(p) for p, _ in rows)
    prompt_ids = torch.tensor([[0] * (width - len(p)) + p for p, _ in rows])
    prompt_mask = torch.tensor([[0] * (width - len(p)) + [1] * len(p) for p, _ in rows])
    completion_mask = torch.tensor([[1] * n + [0] * (30 - n) for _, n in rows])
    for budget in (60, 80, 100, 200, 10_000):
        batches = shared_prefix.micro_batches(prompt_mask, prompt_ids, completion_mask, budget)
        assert sorted(i for rows in batches for i in rows) == list(range(12))
        for rows_ in batches:
            at = torch.tensor(rows_)
            packed = shared_prefix.pack(prompt_ids[at], prompt_mask[at], completion_mask[at], completion_mask[at])
            alone = len(rows_) == 1 and int(prompt_mask[at].sum()) + max(rows[rows_[0]][1] - 1, 0) > budget
            assert packed.ids.numel() <= budget or alone, (budget, rows_)
    assert len(shared_prefix.micro_batches(prompt_mask, prompt_ids, completion_mask, 10_000)) == 1
    # 40 + 4 x 8 tokens fit in 80, so the first group is not cut; in 60 it is, and in two.
    assert [0, 1, 2, 3] in shared_prefix.micro_batches(prompt_mask, prompt_ids, completion_mask, 80)
    assert [0, 1] in shared_prefix.micro_batches(prompt_mask, prompt_ids, completion_mask, 60)


def test_memory_is_that_of_one_micro_batch(model):
    """What the backward pass keeps, counted: with a budget, a fraction of what the whole batch keeps."""
    tensors = batch("left", "right")
    many = [tensor.repeat(8, 1) for tensor in tensors]
    many[0] = (
        many[0] + torch.arange(8).repeat_interleave(7)[:, None] * many[1]
    ) % 259  # eight times three different prompts

    def kept(max_tokens):
        sizes = []
        with torch.autograd.graph.saved_tensors_hooks(lambda t: sizes.append(t.numel()) or t, lambda t: t):
            shared_prefix.completion_logps(model, *many, with_entropy=True, max_tokens=max_tokens)
        return sum(sizes)

    assert kept(40) < 0.35 * kept(None)


@pytest.mark.parametrize(
    ("kind", "more", "told"),
    [
        ("llama", {}, None),
        ("gemma3", {}, None),
        ("llama", {"attn_implementation": "eager"}, None),
        ("mistral", {}, "sliding window"),
        ("llama", {"final_logit_softcapping": 30.0}, "logits are scaled by final_logit_softcapping"),
        ("llama", {"layer_types": ["full_attention", "linear_attention"]}, "layers of kind linear_attention"),
    ],
)
def test_a_model_whose_prompts_cannot_be_shared_says_why(kind, more, told, tmp_path):
    make_model(tmp_path, kind)
    attention = more.get("attn_implementation", "sdpa")
    loaded = AutoModelForCausalLM.from_pretrained(tmp_path, dtype=torch.float32, attn_implementation=attention)
    for name, value in more.items():
        if name != "attn_implementation":
            setattr(loaded.config, name, value)
    reason = shared_prefix.unsupported(loaded)
    assert reason is None if told is None else told in reason


def test_completions_do_not_see_each_other(model):
    """Changing one completion leaves the log-probabilities of its neighbours as they were, to the bit."""
    prompt_ids, prompt_mask, completion_ids, completion_mask = batch("left", "right")
    before, _ = shared_prefix.completion_logps(model, prompt_ids, prompt_mask, completion_ids, completion_mask)
    changed = completion_ids.clone()
    changed[5] = (changed[5] + 17) % 256 + 3
    after, _ = shared_prefix.completion_logps(model, prompt_ids, prompt_mask, changed, completion_mask)
    others = [i for i in range(len(changed)) if i != 5]
    assert torch.equal(before[others], after[others])
    assert not torch.equal(before[5], after[5])


def test_each_distinct_prompt_is_laid_out_once():
    prompt_ids, prompt_mask, completion_ids, completion_mask = batch("left", "right")
    packed = shared_prefix.pack(prompt_ids, prompt_mask, completion_ids, completion_mask)
    # The widest row: prompt 0 with its three completions, of which the last token has no place.
    assert packed.ids.shape == (3, 7 + 3 + 0 + 4)
    assert len(packed.target) == int(completion_mask.sum())
    assert len(packed.row) == 3 + int((completion_mask.sum(1) - 1).clamp(min=0).sum())  # first tokens share a position


@pytest.mark.parametrize("least", [sampling.LEAST_PADDING_CPU, 0])  # all prompts in one prefill; those of a length
def test_greedy_sampling_equals_generate(model, least, monkeypatch):
    monkeypatch.setattr(sampling, "LEAST_PADDING_CPU", least)
    prompts = [[5, 9, 30, 31], [7] * 11, [5, 9, 30, 31], [200, 100]]
    eos = [2]
    ours = shared_prefix.sample(model, prompts, max_new_tokens=12, eos_token_ids=eos, temperature=0.0)
    for prompt, got in zip(prompts, ours, strict=True):
        out = model.generate(
            input_ids=torch.tensor([prompt]), attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
            max_new_tokens=12, do_sample=False, eos_token_id=eos, pad_token_id=0,
        )  # fmt: skip
        assert got == out[0, len(prompt) :].tolist()


def test_sampling_stops_at_the_end_token_and_follows_the_seed(model):
    prompts = [[5, 9, 30, 31]] * 40
    eos = list(range(3, 60))
    draws = []
    for seed in (0, 0, 1):
        torch.manual_seed(seed)
        draws.append(shared_prefix.sample(model, prompts, max_new_tokens=9, eos_token_ids=eos, temperature=1.0))
    assert draws[0] == draws[1] != draws[2]
    for completion in draws[0]:
        assert 1 <= len(completion) <= 9
        assert not set(completion[:-1]) & set(eos)
        assert len(completion) == 9 or completion[-1] in eos
    assert len({len(c) for c in draws[0]}) > 2  # rows left at different times


@pytest.mark.parametrize(
    ("decoder", "least"), [(decoders.GroupDecoder, 64), (decoders.GroupDecoder, 0), (decoders.RowDecoder, 0)]
)
def test_each_completion_is_decoded_as_if_it_were_alone(model, decoder, least, monkeypatch):
    """Random completions of three groups that end at different times: every token's logits, against a whole forward."""
    generator = torch.Generator().manual_seed(5)
    draw = lambda n: torch.randint(3, 259, (n,), generator=generator).tolist()  # noqa: E731
    distinct = [draw(n) for n in (7, 30, 1)]
    rows = [0, 1, 0, 0, 1, 2, 0, 1, 0]
    lengths = [3, 12, 1, 14, 2, 2, 4, 9, 3]  # of the second group two stop early, the third leaves as a whole
    texts = [draw(n) for n in lengths]
    widths = []
    kept = decoders.GroupDecoder._move_together
    monkeypatch.setattr(
        decoders.GroupDecoder, "_move_together",
        lambda self: (before := self.owner.size(1), kept(self), widths.append((before, self.owner.size(1)))),
    )  # fmt: skip
    with torch.no_grad():
        monkeypatch.setattr(sampling, "LEAST_PADDING_CPU", least)
        cache, mask, _ = sampling._prefill(model, distinct, packed=decoder is decoders.GroupDecoder, kept=True)
        made = decoder(model, cache, mask, torch.tensor(rows))
        alive = list(range(len(rows)))
        for step in range(max(lengths)):
            kept_now = [k for k, i in enumerate(alive) if lengths[i] > step]
            if len(kept_now) < len(alive):
                made.keep(torch.tensor(kept_now))
                alive = [alive[k] for k in kept_now]
            logits = made.step(torch.tensor([texts[i][step] for i in alive]))
            for i, got in zip(alive, logits, strict=True):
                whole = torch.tensor([distinct[rows[i]] + texts[i][: step + 1]])
                torch.testing.assert_close(got, model(input_ids=whole).logits[0, -1], atol=1e-4, rtol=1e-4)
    assert decoder is decoders.RowDecoder or any(after < before for before, after in widths)


def test_a_long_prompt_does_not_make_the_others_as_long(model):
    """Tokens that a prefill goes through, padding included, where nothing is decoded: and no cache is kept."""
    shapes = []
    hook = model.register_forward_hook(
        lambda module, args, kwargs, out: shapes.append((*kwargs["input_ids"].shape, out.past_key_values)),
        with_kwargs=True,
    )
    prompts = [[7] * 300, [8] * 20, [9] * 22, [7] * 300, [8] * 20]
    made = shared_prefix.sample(model, prompts, max_new_tokens=1, eos_token_ids=[], temperature=0.0)
    hook.remove()
    assert shapes == [(1, 300, None), (2, 22, None)]
    assert [made[n] for n in (3, 4)] == [made[n] for n in (0, 1)]


@given(lengths=st.lists(st.integers(1, 3000), min_size=1, max_size=40), least=st.integers(0, 2000))
def test_parts_hold_every_prompt_once_and_little_padding(lengths, least):
    parts = sampling.alike(lengths, least)
    assert sorted(n for part in parts for n in part) == list(range(len(lengths)))
    for part in parts:
        real = sum(lengths[n] for n in part)
        padding = len(part) * max(lengths[n] for n in part) - real
        assert part == sorted(part) and padding <= max(sampling.MOST_PADDING * real, least)


def test_a_group_is_decoded_over_one_copy_of_its_prompt(model):
    """Columns that attention reads at the last step: P + G·t for the group, not G·(P + t)."""
    sizes = []
    attention = model.get_base_model().model.layers[0].self_attn
    hook = attention.register_forward_hook(
        lambda module, args, kwargs, out: sizes.append(tuple(kwargs["past_key_values"].layers[0].keys.shape)),
        with_kwargs=True,
    )
    shared_prefix.sample(model, [[5, 9, 30, 31] * 5] * 6, max_new_tokens=4, eos_token_ids=[])
    hook.remove()
    assert [(n, columns) for n, _, columns, _ in sizes] == [(1, 20), (1, 26), (1, 32), (1, 38)]


def test_sampling_draws_from_the_softmax(model):
    """1,500 first tokens against the model's own distribution: chi-square over tokens expected ten times or more."""
    from scipy.stats import chisquare

    torch.manual_seed(0)
    prompt = [5, 9, 30, 31]
    first = [
        c[0] for c in shared_prefix.sample(model, [prompt] * 1500, max_new_tokens=1, eos_token_ids=[2], temperature=2.0)
    ]
    with torch.no_grad():
        expected = (model(input_ids=torch.tensor([prompt])).logits[0, -1] / 2.0).softmax(-1) * 1500
    common = (expected >= 10).nonzero()[:, 0].tolist()
    seen = [first.count(t) for t in common]
    rest = 1500 - sum(seen)
    wanted = [float(expected[t]) for t in common]
    assert chisquare([*seen, rest], [*wanted, 1500 - sum(wanted)]).pvalue > 1e-3
