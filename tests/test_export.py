"""Exports of tiny policies, read back by other code than wrote them: the same greedy tokens, or the command says not."""

from __future__ import annotations

import functools
import json
import shutil
from pathlib import Path

import pytest
import tiny_exports
import torch
from tiny_exports import export_json
from transformers import AutoModelForCausalLM, AutoTokenizer

from grpo_legal import checkpoints, cli, config, export, exporting, run_folder
from grpo_legal.exporting import gguf_file, vocabulary

LENGTH = {"bf16": 2}  # 8 bits of a random weight move its answers after a few tokens; those of a trained model hold


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A run of each architecture."""
    root = tmp_path_factory.mktemp("exports")
    made = {}
    for kind, pre in (("llama", "smollm"), ("qwen2", "qwen2")):
        base = tiny_exports.model(root / f"base-{kind}", kind, pre)
        made[kind] = tiny_exports.run(base, root, kind)
    return made


def command(*words: object) -> int:
    with pytest.raises(SystemExit) as left:
        cli.run(export.main, [str(word) for word in words])
    return left.value.code


def prompts(run: Path) -> list[str]:
    """Twenty held-out prompts, rendered by the adapter's own tokenizer."""
    tokenizer = AutoTokenizer.from_pretrained(run / "adapter")
    asked = exporting.read(run, questions=20).asked
    return [tokenizer.apply_chat_template(a.messages, tokenize=False, add_generation_prompt=True) for a in asked]


def generated(model, tokenizer, texts: list[str], length: int) -> list[list[int]]:
    """Greedy tokens, one prompt at a time, by the model's own generate."""
    out = []
    for text in texts:
        ids = torch.tensor([tokenizer.encode(text, add_special_tokens=False)])
        made = model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            max_new_tokens=length,
            eos_token_id=2,
            pad_token_id=0,
        )
        out.append(made[0, ids.size(1) :].tolist())
    return out


@functools.cache
def trained(run: Path, length: int) -> list[list[int]]:
    """What base and adapter say, put together by peft alone."""
    from peft import PeftModel

    base = config.read_file(run / "config.yaml")["policy"]["model"]
    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32), run / "adapter")
    return generated(model.eval(), AutoTokenizer.from_pretrained(base), prompts(run), length)


def same(one: list[list[int]], other: list[list[int]]) -> int:
    return sum(a == b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("dtype", ["bf16", "fp16", "fp32"])
def test_a_merged_model_answers_as_base_and_adapter_do(runs, tmp_path, dtype, capsys):
    out, run, length = tmp_path / "out", runs["llama"], LENGTH.get(dtype, 24)
    assert command(run, "--to", "merged", "--dtype", dtype, "--out", out, "--check-tokens", length) == 0
    told = capsys.readouterr().out
    assert "of 20 prompts are answered as by the trained policy" in told
    stages = ["asking the trained policy 20 prompts", "writing merged", "asking what was written"]
    assert told.splitlines()[:3] == stages  # no terminal: a line each
    model = AutoModelForCausalLM.from_pretrained(out)
    assert str(model.dtype) == f"torch.{ {'bf16': 'bfloat16', 'fp16': 'float16', 'fp32': 'float32'}[dtype] }"
    said_now = generated(model.float(), AutoTokenizer.from_pretrained(out), prompts(run), length)
    assert same(said_now, trained(run, length)) >= 18
    assert model.generation_config.eos_token_id == 2 and (out / "chat_template.jinja").is_file()
    said = export_json(out)
    assert said["check"]["equal"] >= 18 and said["summed_in"] == "float32" and said["dtype"] == dtype


@pytest.mark.parametrize(("kind", "quant"), [("llama", "f16"), ("llama", "bf16"), ("qwen2", "f16"), ("qwen2", "f32")])
def test_a_gguf_file_read_by_transformers_answers_as_base_and_adapter_do(runs, tmp_path, kind, quant):
    out, run, length = tmp_path / "out", runs[kind], LENGTH.get(quant, 24)
    assert command(run, "--to", "gguf", "--quant", quant, "--out", out, "--check-tokens", length) == 0
    file = f"{kind}-{quant.upper()}.gguf"
    assert sorted(p.name for p in out.iterdir()) == ["Modelfile", "README.md", "export.json", file]
    model = AutoModelForCausalLM.from_pretrained(out, gguf_file=file, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(run / "adapter")
    assert same(generated(model, tokenizer, prompts(run), length), trained(run, length)) >= 18
    read = vocabulary.open_tokenizer(out / file)
    for text in (*prompts(run), vocabulary.HARD):
        assert read.tokenizer.encode(text).ids == tokenizer.encode(text, add_special_tokens=False)
    assert (read.eos_token_id, len(read.tokens)) == (2, tiny_exports.VOCABULARY)


def test_eight_bits_are_near_and_as_large_as_they_should_be(runs, tmp_path):
    import gguf

    assert command(runs["llama"], "--to", "gguf", "--quant", "q8_0", "--out", tmp_path / "q", "--check", 0) == 0
    assert command(runs["llama"], "--to", "gguf", "--quant", "f32", "--out", tmp_path / "f", "--check", 0) == 0
    eight, whole = (gguf.GGUFReader(next((tmp_path / d).glob("*.gguf"))).tensors for d in "qf")
    for a, b in zip(eight, whole, strict=True):
        assert a.name == b.name and a.tensor_type.name == ("Q8_0" if len(b.shape) > 1 else "F32")
        near = gguf.dequantize(a.data, a.tensor_type) - gguf.dequantize(b.data, b.tensor_type)
        assert abs(near).max() <= abs(b.data).max() / 127
    assert export_json(tmp_path / "q")["check"] is None


def test_the_adapter_alone_with_its_card(runs, tmp_path):
    from huggingface_hub import ModelCard

    assert command(runs["llama"], "--to", "adapter", "--out", tmp_path / "out", "--licence", "apache-2.0") == 0
    weights = [folder / "adapter_model.safetensors" for folder in (tmp_path / "out", runs["llama"] / "adapter")]
    assert weights[0].read_bytes() == weights[1].read_bytes()
    said = json.loads((tmp_path / "out/adapter_config.json").read_text())
    assert said["base_model_name_or_path"] == "base-llama"  # not where it lies
    card = ModelCard.load(tmp_path / "out/README.md")
    assert (card.data.library_name, card.data.license, card.data.base_model) == ("peft", "apache-2.0", None)
    assert str(runs["llama"].parent) not in card.content and "20 of 20 held-out prompts" in card.content
    assert "| generated: firm offer | held out | 30 | Apache-2.0 | yes |" in card.content


def test_a_file_that_answers_otherwise_ends_with_status_1_and_says_where(runs, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(gguf_file, "turned", lambda weights, key, config: weights)  # rows in the wrong order
    assert command(runs["llama"], "--to", "gguf", "--out", tmp_path / "out") == 1
    told = capsys.readouterr().out
    assert "first difference: firm_offer/test/0/" in told and "fewer than 9 in 10" in told
    check = export_json(tmp_path / "out")["check"]
    assert check["equal"] < 18 and check["first"]["trained"] != check["first"]["exported"]


def test_prompts_are_those_of_the_run_then_of_its_families(runs, tmp_path):
    asked = exporting.read(runs["llama"], questions=20).asked
    answered = [r["problem_id"] for r in run_folder.read_lines(runs["llama"] / "eval/after.jsonl")]
    assert len({a.problem_id for a in asked}) == 20 and {a.problem_id for a in asked} <= set(answered)
    more = exporting.read(runs["llama"], questions=40).asked
    assert len({a.problem_id for a in more}) == 40 and [a.problem_id for a in more[:30]] == sorted(answered)
    assert all(a.messages[0]["role"] == "system" and "firm_offer/test" in a.problem_id for a in more)


# ---- what is refused ----------------------------------------------------------------------------------


def refused(capsys, *words: object) -> str:
    assert command(*words) == 2
    told = capsys.readouterr().err
    assert told.startswith("error: ") and told.count("\n") == 1
    return told


def copy(run: Path, to: Path) -> Path:
    return Path(shutil.copytree(run, to))


def test_a_run_without_an_adapter(runs, tmp_path, capsys):
    run = copy(runs["llama"], tmp_path / "llama")
    shutil.move(run / "adapter", run / "checkpoints/checkpoint-3")
    (run / "checkpoints/checkpoint-3/trainer_state.json").write_text("{}")
    checkpoints.write_manifest(run / "checkpoints/checkpoint-3", step=3)
    told = refused(capsys, run, "--to", "adapter")
    assert "run 'llama' has no adapter yet" in told and f"--adapter {run}/checkpoints/checkpoint-3 takes" in told
    out = tmp_path / "out"
    assert command(run, "--to", "adapter", "--adapter", run / "checkpoints/checkpoint-3", "--out", out) == 0
    assert not (run / "export").exists()


def test_faults_of_the_line(runs, tmp_path, capsys):
    run = runs["llama"]
    assert "none" in refused(capsys, tmp_path / "none", "--to", "merged")
    assert "invalid choice: 'onnx'" in refused(capsys, run, "--to", "onnx")
    told = refused(capsys, run, "--to", "adapter", "--quant", "q4_k_m", "--dtype", "fp16")
    assert "--quant 'q4_k_m' is none of f16, bf16, q8_0, f32" in told and "--dtype fp16 says nothing" in told
    (tmp_path / "there").mkdir()
    assert "exists and is never overwritten" in refused(capsys, run, "--to", "adapter", "--out", tmp_path / "there")
    (tmp_path / "file").touch()
    assert "cannot be written" in refused(capsys, run, "--to", "adapter", "--out", tmp_path / "file/below")
    assert tuple(exporting.QUANTS) == export.QUANTS


def test_a_disk_that_is_too_small_is_told_before_anything_is_written(runs, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(2**30, 2**30, 2**20))
    for to in ("merged", "gguf", "adapter"):
        told = refused(capsys, runs["llama"], "--to", to, "--out", tmp_path / to, "--check", 0)
        assert "GiB free: make room" in told
    assert not list(tmp_path.iterdir())


def test_another_architecture_is_refused_with_what_to_do(tmp_path, capsys):
    base = tiny_exports.model(tmp_path / "base", "mistral", "gpt-2")
    told = refused(capsys, tiny_exports.run(base, tmp_path), "--to", "gguf")
    assert "is a MistralForCausalLM, and LlamaForCausalLM and Qwen2ForCausalLM are supported" in told
    assert "python convert_hf_to_gguf.py" in told


def test_a_tokenizer_without_merges_is_refused(tiny_model, tmp_path, capsys):
    told = refused(capsys, tiny_exports.run(tiny_model, tmp_path), "--to", "gguf", "--check", 0)
    assert "BPE without merges" in told and sorted(p.name for p in (tmp_path / "run/export").iterdir()) == []
