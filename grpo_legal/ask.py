"""Put a question of your own to a trained policy, and to the base that it was trained from.

    python -m grpo_legal.ask outputs/run "Is there diversity jurisdiction?" --facts "Ann of Ohio sues Bo of Iowa for $90,000."
    python -m grpo_legal.ask outputs/run "When is the answer due?" --facts-file facts.txt --kind date
    python -m grpo_legal.ask outputs/run "Which clause is this?" --facts-file clause.txt --labels Insurance "Audit rights"

It is asked in the words of the run's prompts, and answered greedily, with as many tokens as the run had. One answer is no
measure of a model: `evaluate` is.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grpo_legal import cli, run_folder, schema
from grpo_legal.errors import UserError

if TYPE_CHECKING:
    from grpo_legal.exporting import Source

Record = dict[str, Any]


def main(argv: Sequence[str]) -> int:
    """The command. Returns its exit status, 0."""
    typed = _parser().parse_args(argv)
    kind, labels = _form(typed)
    facts = _facts(typed)
    from rich.console import Console

    from grpo_legal import exporting

    source = exporting.read(Path(typed.folder), questions=0, adapter=typed.adapter)
    data = source.settings.data
    style = typed.prompt or ("short" if data.prompt == "few_shot" else data.prompt)  # few shots are of one task alone
    messages = schema.question_prompt(facts, typed.question, kind, labels, style)
    console = Console(highlight=False, soft_wrap=True)
    found = {"messages": messages, "kind": kind, "labels": list(labels), "answers": _answers(source, messages, typed)}
    for answer in found["answers"]:
        answer["read"] = schema.read_answer(answer["text"], kind, labels)
        _tell(answer, console)
    if typed.json:
        run_folder.write_copy(typed.json, found)
    return 0


def _parser() -> argparse.ArgumentParser:
    shape = argparse.RawDescriptionHelpFormatter
    parser = cli.Parser("python -m grpo_legal.ask", description=__doc__, formatter_class=shape)
    add = parser.add_argument
    add("folder", help="a run folder, such as outputs/run")
    add("question", help="what is asked about the facts, with the rule that governs")
    facts = parser.add_mutually_exclusive_group()
    facts.add_argument("--facts", metavar="TEXT", default="", help="the facts, or the clause")
    facts.add_argument("--facts-file", metavar="FILE", help="a text file with them")
    add("--kind", choices=schema.KINDS, help="of answer (default yes_no; label where --labels are given)")
    add("--labels", nargs="+", metavar="NAME", default=[], help="the answers to choose from, of a label or a list")
    add("--prompt", choices=("short", "reasoned"), help="the answer alone, or reasoned (default as the run)")
    add("--adapter", metavar="DIR", help="another adapter of the run, such as checkpoints/checkpoint-100")
    add(
        "--max-new-tokens",
        type=cli.positive,
        metavar="N",
        help="tokens after which an answer is cut (default as the run)",
    )
    add("--base", action=argparse.BooleanOptionalAction, default=True, help="ask the base too (default)")
    add("--json", metavar="PATH", help="write prompt and answers as JSON too")
    return parser


def _form(typed: argparse.Namespace) -> tuple[schema.AnswerKind, tuple[str, ...]]:
    """Kind of answer and its labels. Raises UserError where they do not go together."""
    labels = tuple(typed.labels)
    kind = typed.kind or ("label" if labels and labels != schema.YES_NO else "yes_no")
    if not typed.question.strip():
        raise UserError("the question is empty: say what is asked about the facts")
    for name, text in (("question", typed.question), ("--facts", typed.facts), *(("--labels", t) for t in labels)):
        if not schema.is_text(text):
            raise UserError(f"{name} {text[:40]!r} is not UTF-8 text")
    if kind == "label" and (n := len({schema.fold(t) for t in labels})) < 2:
        raise UserError(f"--kind label chooses from --labels, two or more; there are {n}")
    if labels and kind not in ("label", "list", "yes_no"):
        raise UserError(f"--labels say nothing beside --kind {kind}, which chooses from none")
    if kind == "yes_no" and labels not in ((), schema.YES_NO):
        raise UserError(f"--kind yes_no is answered by Yes or No, not by --labels {' '.join(labels)}")
    return kind, schema.YES_NO if kind == "yes_no" else labels


def _facts(typed: argparse.Namespace) -> str:
    if not typed.facts_file:
        return typed.facts.strip()
    try:
        return Path(typed.facts_file).read_text("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise UserError(f"--facts-file {typed.facts_file!r} is not UTF-8 text") from None
    except OSError as error:
        raise UserError(f"--facts-file {typed.facts_file!r} cannot be read: {error.strerror}") from None


def _answers(source: Source, messages: list[dict[str, str]], typed: argparse.Namespace) -> list[Record]:
    """What the trained policy says, and the base before it where that is asked too."""
    from grpo_legal import decoding, policy

    loaded = policy.load(source.policy, seed=source.settings.run.seed, gradient_checkpointing=False)
    ids = loaded.prompt_ids(messages)
    length = typed.max_new_tokens or source.settings.grpo.max_completion_length
    if len(ids) + length > source.policy.max_seq_length:
        raise UserError(
            f"the prompt of {len(ids)} tokens and an answer of {length} do not fit in the "
            f"{source.policy.max_seq_length} tokens of the run's policy.max-seq-length: shorten --facts or --max-new-tokens"
        )
    found = []
    for name in ([None] if typed.base else []) + [loaded.model.active_adapter]:
        with policy.switched_to(loaded, name):
            (((_, tokens, _),),) = decoding.complete(loaded, [ids], max_new_tokens=length, batch_size=1)
        text = loaded.tokenizer.decode(tokens, skip_special_tokens=True)
        cut = length if tokens[-1:] and tokens[-1] not in loaded.eos_token_ids() else None
        who = loaded.name if name is None else source.policy.adapter
        found.append({"model": who, "text": text, "tokens": len(tokens), "cut_at": cut})
    return found


def _tell(answer: Record, console: Any) -> None:
    from rich.text import Text

    from grpo_legal import dashboard

    console.print(Text(dashboard.clean(answer["model"]), "bold"))
    for line in answer["text"].strip().splitlines():
        console.print(f"  {dashboard.clean(line)}", markup=False)
    read = "no answer can be read from its last line" if answer["read"] is None else f"read as {answer['read']}"
    # Where one token is all of the answer, and can be read, that nothing ends it says nothing.
    told = answer["cut_at"] and (answer["cut_at"] > 1 or answer["read"] is None)
    cut = f"; cut at --max-new-tokens {answer['cut_at']}" if told else ""
    console.print(f"  → {read}{cut}", markup=False)


if __name__ == "__main__":
    cli.run(main)
