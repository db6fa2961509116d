"""Write down what a run came to: one page to read, print or send, and its figures.

    python -m grpo_legal.report outputs/run                       outputs/run/report.html and outputs/run/report/*.png
    python -m grpo_legal.report outputs/run --output page.html    page.html, and the figures in page/
    python -m grpo_legal.report outputs/run --examples 20         more answers side by side
    python -m grpo_legal.report outputs/run --no-texts            no question and no answer: of data not to be passed on

The page needs nothing but itself. It is made from what is in the run folder: a run that goes on, or was never evaluated,
gets a report of what there is, which says what is missing. A report that is there already is written anew.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from grpo_legal import cli, reporting, run_folder
from grpo_legal.errors import UserError

SHOWN = 5  # regressions on the terminal; the page has all


def main(argv: Sequence[str]) -> int:
    """The command. Returns its exit status, 0."""
    typed = _parser().parse_args(argv)
    page = Path(typed.output) if typed.output else Path(typed.folder, "report.html")
    run = reporting.read(Path(typed.folder))
    made = reporting.render(run, each=typed.examples, texts=not typed.no_texts)
    pictures = page.with_suffix("")
    if pictures == page:  # a page without an ending: its figures beside it
        pictures = page.with_name(f"{page.name}-figures")
    _write(page, pictures, made)
    _tell(page, pictures, made)
    if typed.json:
        run_folder.write_copy(typed.json, _table(run, made))
    return 0


def _parser() -> argparse.ArgumentParser:
    shape = argparse.RawDescriptionHelpFormatter
    parser = cli.Parser("python -m grpo_legal.report", description=__doc__, formatter_class=shape)
    parser.add_argument("folder", help="a run folder, such as outputs/run")
    parser.add_argument("--output", metavar="PATH", help="the page (default FOLDER/report.html)")
    parser.add_argument(
        "--examples",
        type=_count,
        default=5,
        metavar="N",
        help="answers side by side for each kind of change (default 5)",
    )
    parser.add_argument(
        "--no-texts",
        action="store_true",
        help="leave every question and answer out, where a licence forbids to pass them on",
    )
    parser.add_argument("--json", metavar="PATH", help="write verdicts, regressions and hashes as JSON too")
    return parser


def _count(word: str) -> int:
    if not (word.isascii() and word.isdigit()):
        raise argparse.ArgumentTypeError(f"{word!r} is not a whole number of 0 or more")
    return int(word)


def _write(page: Path, pictures: Path, made: reporting.Report) -> None:
    try:
        run_folder.write_text(page, made.html)
        pictures.mkdir(parents=True, exist_ok=True)
        for figure in made.figures:
            (pictures / f"{figure.name}.png").write_bytes(figure.png)
    except OSError as error:
        raise UserError(f"--output {str(page)!r} cannot be written: {error.strerror}") from None


def _table(run: reporting.Run, made: reporting.Report) -> dict[str, object]:
    return {
        "verdicts": made.verdicts,
        "regressions": made.regressions,
        "missing": made.missing,
        "hashes": run.hashes,
        "training_questions_sha256": run.sampled.sha256 if run.sampled else None,
    }


def _tell(page: Path, pictures: Path, made: reporting.Report) -> None:
    for verdict in made.verdicts:
        print(verdict)
    print(f"regressions: {len(made.regressions) or 'none'}" if made.verdicts else "nothing to compare yet")
    for regression in made.regressions[:SHOWN]:
        print(f"  {regression}")
    if made.missing:
        print(f"missing: {', '.join(made.missing)}")
    print(f"{page}; {len(made.figures)} figures in {pictures}/")


if __name__ == "__main__":
    cli.run(main)
