"""Make of a trained run what others can use, and see that it still answers as the trained policy does.

    python -m grpo_legal.export outputs/run --to merged              base and adapter in 16 bits, safetensors
    python -m grpo_legal.export outputs/run --to gguf --quant q8_0   for llama.cpp and Ollama, with a Modelfile
    python -m grpo_legal.export outputs/run --to adapter             the adapter alone, with a model card
    HF_TOKEN=... python -m grpo_legal.export outputs/run --to adapter --push USER/NAME

What was written is loaded again and asked 20 held-out prompts; export.json and the model card tell how many it answered
with the trained policy's own tokens. Exit status: 0, or 1 where fewer than 9 in 10 were.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grpo_legal import cli, progress, run_folder
from grpo_legal.errors import UserError

if TYPE_CHECKING:
    from rich.console import Console

    from grpo_legal.exporting import Comparison, Source

DTYPES = ("bf16", "fp16", "fp32")
QUANTS = ("f16", "bf16", "q8_0", "f32")
SMALLER = "llama.cpp's llama-quantize makes smaller ones of a 16-bit file"


def main(argv: Sequence[str]) -> int:
    """The command. Returns its exit status."""
    typed = _parser().parse_args(argv)
    _check(typed)
    os.environ.setdefault("TQDM_DISABLE", "1")  # transformers' GGUF reader has no other switch for its bar
    from rich.console import Console

    from grpo_legal import exporting

    console = Console(highlight=False, soft_wrap=True)
    out = Path(typed.out) if typed.out else Path(typed.folder, "export", typed.to)
    exporting.check_out(out)
    source = exporting.read(Path(typed.folder), questions=typed.check, adapter=typed.adapter, base=typed.base)
    if typed.push:
        exporting.check_push(typed.push)
    if typed.to == "gguf":
        exporting.check_base(source)
    with exporting.staged(out) as folder:
        found, said = _export(source, folder, typed, console)
    _tell(found, said, out, console)
    if typed.push:
        console.print(f"pushed to {exporting.push(typed.push, out, source, private=typed.private)}")
    return 0 if found is None or exporting.enough(found) else 1


def _parser() -> argparse.ArgumentParser:
    shape = argparse.RawDescriptionHelpFormatter
    parser = cli.Parser("python -m grpo_legal.export", description=__doc__, formatter_class=shape)
    add = parser.add_argument
    add("folder", help="a run folder, such as outputs/run")
    add("--to", required=True, choices=("merged", "gguf", "adapter"), help="what to make")
    add("--out", metavar="DIR", help="folder to write, a new one (default FOLDER/export/merged, gguf or adapter)")
    add("--adapter", metavar="DIR", help="another adapter of the run, such as checkpoints/checkpoint-100")
    add("--base", metavar="NAME", help="base to merge into, where the trained one is quantised: Hub name or folder")
    add("--dtype", choices=DTYPES, help="of merged weights (default bf16)")
    add("--quant", metavar="TYPE", help=f"of a GGUF file: {', '.join(QUANTS)} (default f16); {SMALLER}")
    add("--check", type=_count, default=20, metavar="N", help="prompts to compare; 0 compares none (default 20)")
    add("--check-tokens", type=cli.positive, default=32, metavar="N", help="tokens of each answer (default 32)")
    add("--licence", metavar="ID", help="of what is exported, as the Hub names licences, for the model card")
    add("--push", metavar="USER/NAME", help="send it to this repository of the Hub, by the token in HF_TOKEN")
    add("--private", action=argparse.BooleanOptionalAction, default=True, help="a private repository (default)")
    return parser


def _count(word: str) -> int:
    if not (word.isascii() and word.isdigit()):
        raise argparse.ArgumentTypeError(f"{word!r} is not a whole number of 0 or more")
    return int(word)


def _check(typed: argparse.Namespace) -> None:
    """Raise UserError that lists every fault of the line."""
    faults = []
    if typed.quant is not None and typed.quant not in QUANTS:
        faults.append(f"--quant {typed.quant!r} is none of {', '.join(QUANTS)}; {SMALLER}")
    faults += [
        f"{option} {value} says nothing beside --to {typed.to}: it is read with --to {reader}"
        for option, value, reader in (("--quant", typed.quant, "gguf"), ("--dtype", typed.dtype, "merged"))
        if value is not None and typed.to != reader
    ]
    if typed.base is not None and typed.to == "adapter":
        faults.append(f"--base {typed.base} says nothing beside --to adapter, which merges nothing")
    if faults:
        raise UserError("; ".join(faults))


def _export(
    source: Source, folder: Path, typed: argparse.Namespace, console: Console
) -> tuple[Comparison | None, dict[str, Any]]:
    """Write the export into `folder`, with its check, export.json and card."""
    from grpo_legal import exporting

    tokens, trained, found = typed.check_tokens, None, None
    if typed.check:
        with progress.stage(console, f"asking the trained policy {typed.check} prompts"):
            trained = exporting.trained_answers(source, tokens)
    with progress.stage(console, f"writing {typed.to}"):
        said = _write(source, folder, typed)
    if trained is not None:
        made = said.get("file", typed.to)
        with progress.stage(console, "asking what was written"):
            exported = exporting.reload(source, made, folder, tokens, trained.ends)
        found = exporting.compare(source, trained, exported, tokens)
    said = {"to": typed.to, "run": source.name, **said, "check": found.as_json() if found else None}
    run_folder.write_json(folder / "export.json", said)
    exporting.write_card(source, folder, typed.to, found, typed.licence)
    return found, said


def _write(source: Source, folder: Path, typed: argparse.Namespace) -> dict[str, Any]:
    from grpo_legal import exporting

    if typed.to == "adapter":
        return exporting.write_adapter(source, folder)
    if typed.to == "merged":
        return exporting.write_merged(source, folder, typed.dtype or "bf16")
    return exporting.write_gguf(source, folder, typed.quant or "f16")


def _tell(found: Comparison | None, said: dict[str, Any], out: Path, console: Console) -> None:
    from grpo_legal import exporting

    for key in ("note", "no_modelfile"):
        if key in said:
            console.print(said[key], markup=False)
    if found is None:
        console.print("not compared with the trained policy")
    else:
        console.print(
            f"{found.equal} of {found.n} prompts are answered as by the trained policy ({found.tokens} tokens each)"
        )
        if found.first:
            console.print(f"first difference: {found.first}", markup=False)
        if not exporting.enough(found):
            console.print("that is fewer than 9 in 10: do not use it before you know why")
    console.print(f"{out}: {', '.join(sorted(p.name for p in out.iterdir()))}", markup=False)


if __name__ == "__main__":
    cli.run(main)
