"""The model card: what was trained, on what, how well it does and how sure that is, what it cost, how to use it, its limits.

Front matter in YAML as the Hub reads it (huggingface_hub's ModelCardData, scores as EvalResult), then prose and tables.
Everything comes from the run folder; what is not there is not told. No question, answer or completion is quoted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from grpo_legal import reporting
from grpo_legal.exporting.answers import Comparison
from grpo_legal.exporting.source import Source
from grpo_legal.reporting import findings, words
from grpo_legal.reporting.scores import Score, scores
from grpo_legal.reporting.spent import spent
from grpo_legal.schema import chat_messages

LEGALBENCH = "nguha/legalbench"
LIBRARIES = {"adapter": "peft", "merged": "transformers", "gguf": "gguf"}
SHOWN = ("policy.lora_rank", "policy.lora_alpha", "policy.load_in_4bit", "policy.max_seq_length", "data.source",
         "data.prompt", "run.seed")  # fmt: skip
OF = {
    "train": ("grpo.max_steps", "grpo.batch_size", "grpo.num_generations", "grpo.max_completion_length",
              "grpo.learning_rate", "grpo.lr_scheduler", "grpo.loss_type", "grpo.scale_rewards", "grpo.beta",
              "grpo.temperature", "grpo.entropy_coef"),
    "sft": ("sft.max_steps", "sft.batch_size", "sft.learning_rate", "sft.lr_scheduler"),
}  # fmt: skip


def write_card(source: Source, folder: Path, kind: str, checked: Comparison | None, licence: str | None) -> None:
    """README.md in `folder`. `kind` is adapter, merged or gguf; `licence` a licence as the Hub names them, or None."""
    from huggingface_hub import ModelCard

    run = reporting.read(source.folder.path)
    found = scores(run)
    data = _front_matter(source, run, found, kind, licence)
    body = "\n\n".join(part for part in _body(source, run, found, kind, checked) if part)
    ModelCard(f"---\n{data.to_yaml()}\n---\n\n{body}\n").save(folder / "README.md")


# ---- front matter -------------------------------------------------------------------------------------


def _front_matter(source: Source, run: reporting.Run, found: Sequence[Score], kind: str, licence: str | None) -> Any:
    from huggingface_hub import EvalResult, ModelCardData

    base = _base(source, run)
    on_hub = base.count("/") == 1 and not Path(base).exists()
    results = [
        EvalResult(
            task_type="text-generation",
            task_name="legal questions",
            dataset_type=LEGALBENCH if s.suite == "legalbench" else f"grpo_legal/{s.suite}",
            dataset_name=findings.title(s.suite),
            metric_type="accuracy" if s.suite == "rubric" else "balanced_accuracy",
            metric_name=f"{_metric(s)}, 95% interval {words.spread(s.ci95, s.suite)}",
            metric_value=round(s.value, 6),
        )
        for s in _of_the_policy(source, run, found)
        if s.value is not None
    ]
    return ModelCardData(
        language="en",
        license=licence,
        library_name=LIBRARIES[kind],
        pipeline_tag="text-generation",
        base_model=base if on_hub else None,
        datasets=[LEGALBENCH] if _legalbench(run) else None,
        tags=["grpo_legal", "legal", "lora", "sft" if source.command == "sft" else "grpo", *(["gguf"] if kind == "gguf" else [])],
        model_name=source.name,
        eval_results=results or None,
    )  # fmt: skip


def _base(source: Source, run: reporting.Run) -> str:
    """The base by its public name: that of the summary, for the settings may say it shorter; a folder by its own name."""
    name = str(run.summary.get("model") or source.policy.model)
    return Path(name).name if Path(name).is_absolute() or Path(name).is_dir() else name


def _of_the_policy(source: Source, run: reporting.Run, found: Sequence[Score]) -> list[Score]:
    """The scores of what is exported: after training, and, of an evaluation, those of the model with its adapter."""
    own = run.hashes.get("adapter/adapter_model.safetensors")
    adapters = run.results.get("adapters") or {}
    names = {name for name, said in adapters.items() if own and isinstance(said, dict) and said.get("sha256") == own}
    if Path(str(source.policy.adapter)).resolve() != source.folder.adapter.resolve():
        return []  # a checkpoint: none of the scores are its own
    return [s for s in found if s.model in names or (s.suite, s.model) == ("training", "after")]


def _metric(score: Score) -> str:
    if score.suite == "rubric":
        return "mean score, share of 20 points"
    return "mean of the tasks' official metrics" if score.suite == "legalbench" else "balanced accuracy"


def _legalbench(run: reporting.Run) -> list[findings.Licence]:
    return [row for row in findings.licences(run) if row.name.startswith("LegalBench") and row.use == "training"]


# ---- prose --------------------------------------------------------------------------------------------


def _body(
    source: Source, run: reporting.Run, found: Sequence[Score], kind: str, checked: Comparison | None
) -> Iterable[str]:
    base = _base(source, run)
    how = "supervised fine-tuning on gold answers" if source.command == "sft" else "GRPO on checked answers"
    what = {"adapter": "A LoRA adapter for", "merged": "A merged fine-tune of", "gguf": "A GGUF file of a fine-tune of"}
    yield f"# {source.name}"
    yield f"{what[kind]} {base}, trained by {how} on legal questions, with grpo_legal."
    yield _check_words(kind, checked)
    yield "## Use\n\n" + _use(source, base, kind)
    yield _scores(found)
    yield _contrasts(run)
    yield _data(run)
    yield _audit(run)
    yield _cost(run)
    yield _settings(source)
    yield _limits(source, run)


def _check_words(kind: str, checked: Comparison | None) -> str:
    if checked is None:
        return "Its answers were not compared with those of the trained policy."
    return (
        f"Reloaded after export, it answered {checked.equal} of {checked.n} held-out prompts with the trained policy's own "
        f"tokens (greedy, the first {checked.tokens} of each answer)."
    )


def _use(source: Source, base: str, kind: str) -> str:
    if kind == "gguf":
        return "    ollama create NAME -f Modelfile && ollama run NAME\n    llama-cli -m FILE.gguf --jinja --temp 0"
    system = next((m["content"] for m in chat_messages("", source.settings.data.prompt) if m["role"] == "system"), None)
    messages = ([f'{{"role": "system", "content": "{system}"}}'] if system else []) + ['{"role": "user", "content": QUESTION}']  # fmt: skip
    if kind == "adapter":
        load = [
            "from peft import PeftModel",
            "from transformers import AutoModelForCausalLM, AutoTokenizer",
            f'model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained("{base}"), FOLDER)',
        ]
    else:
        load = ["from transformers import AutoModelForCausalLM, AutoTokenizer", "model = AutoModelForCausalLM.from_pretrained(FOLDER)"]  # fmt: skip
    ask = [
        "tokenizer = AutoTokenizer.from_pretrained(FOLDER)",
        f"messages = [{', '.join(messages)}]",
        'prompt = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=True, return_tensors="pt")',
        f"answer = model.generate(**prompt, do_sample=False, max_new_tokens={source.settings.grpo.max_completion_length})",
        'print(tokenizer.decode(answer[0, prompt["input_ids"].shape[1]:], skip_special_tokens=True))',
    ]
    return "```python\n" + "\n".join([*load, *ask]) + "\n```"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines)


def _scores(found: Sequence[Score]) -> str:
    if not found:
        return ""
    rows = [
        (findings.title(s.suite), words.plain(s.model), words.score(s.value, s.suite), words.spread(s.ci95, s.suite),
         words.count(s.n), words.score(s.unreadable))
        for s in found
    ]  # fmt: skip
    note = (
        "Greedy answers, never the training reward. Balanced accuracy, averaged over families; LegalBench by the mean of "
        "its tasks' official metrics, the interval of their balanced accuracy; the rubric in points of 20."
    )
    return f"## Scores\n\n{_table(('questions', 'model', 'score', '95% interval', 'n', 'unreadable'), rows)}\n\n{note}"


def _contrasts(run: reporting.Run) -> str:
    found = findings.contrasts(run)
    return "\n".join(f"- {c.title}: {c.verdict}" for c in found)


def _data(run: reporting.Run) -> str:
    rows = [
        (row.name, row.use, words.count(row.questions), row.licence, {True: "yes", False: "no", None: "its owner knows"}[row.commercial])
        for row in findings.licences(run)
    ]  # fmt: skip
    if not rows:
        return ""
    restricted = any(row.commercial is False and row.use == "training" for row in findings.licences(run))
    note = "\n\n**Some of what it was trained on may not be used commercially.**" if restricted else ""
    return f"## Data and licences\n\n{_table(('questions', 'used in', 'n', 'licence', 'commercial use'), rows)}{note}"


def _audit(run: reporting.Run) -> str:
    audited = findings.audited(run.audit)
    return f"## Audit of the rewards\n\n{audited.verdict}" if audited else ""


def _cost(run: reporting.Run) -> str:
    rows = [(s.part, words.duration(s.seconds), words.count(s.tokens), words.dollars(s.dollars)) for s in spent(run)]
    return f"## Time and cost\n\n{_table(('part', 'time', 'tokens', 'dollars'), rows)}" if rows else ""


def _settings(source: Source) -> str:
    names = (*SHOWN, *OF.get(source.command, ()))
    values = source.settings.model_dump(mode="json")
    rows = [(name.replace("_", "-"), str(values[name.split(".")[0]][name.split(".")[1]])) for name in names]
    if source.command == "train":
        rows.append(("reward.weights", " ".join(f"{k}={v:g}" for k, v in source.settings.reward.weights.items())))
    return f"## Settings\n\n{_table(('setting', 'value'), rows)}"


def _limits(source: Source, run: reporting.Run) -> str:
    lines = ["It was trained to answer questions of the kinds above; what it says of others is not measured."]
    if source.settings.data.source == "families" or source.settings.data.families_share:
        lines.append("The generated questions rest on rules as of the date that each of them names; law changes.")
    if source.settings.policy.load_in_4bit:
        lines.append("It was trained beside a base in 4 bits; on the 16-bit base its answers may differ.")
    small = [s for s in scores(run) if (s.n or 0) < 100]
    if small:
        lines.append("Scores on fewer than 100 questions have wide intervals: read these, not the score.")
    lines.append("It makes mistakes, also in citations. Nothing that it says is legal advice.")
    return "## Limits\n\n" + "\n".join(f"- {line}" for line in lines)
