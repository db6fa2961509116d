"""Look at the questions before training on them.

    python -m grpo_legal.data tasks --reasoning issue --licence commercial     LegalBench's 162 tasks, filtered
    python -m grpo_legal.data tasks --path legalbench --min-rows 100           with the rows that lie in a folder
    python -m grpo_legal.data show hearsay -n 3 --path legalbench              filled prompts with gold answers
    python -m grpo_legal.data show comparative_fault -n 3 --difficulty 2       the same for a generated family
    python -m grpo_legal.data balance --preset h100 --data.licence commercial  what a run would train on, by answer

`tasks` and `balance` write their table as JSON too with `--json PATH`. Imports no torch.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grpo_legal import cli, config, legalbench, problems, rewards, rows, run_folder, schema
from grpo_legal.errors import UserError, near

COMMANDS = ("tasks", "show", "balance")
# Columns of `tasks`, and the width of the terminal from which on each is shown: --json has all of them.
SHOWN_FROM = {"task": 0, "reasoning": 0, "licence": 0, "metric": 120, "columns": 150, "answers": 0, "rows": 0}
LEAST = {"task": 24, "answers": 14}  # cells; names of tasks have up to 116


def main(argv: Sequence[str]) -> int:
    """The command. Returns its exit status, 0."""
    if argv and argv[0] == "balance":
        return _balance(argv[1:])
    typed = _parser().parse_args(argv)
    return _tasks(typed) if typed.command == "tasks" else _show(typed)


def _parser() -> argparse.ArgumentParser:
    usage = argparse.RawDescriptionHelpFormatter
    parser = cli.Parser("python -m grpo_legal.data", description=__doc__, formatter_class=usage)
    commands = parser.add_subparsers(dest="command", required=True, metavar="|".join(COMMANDS), parser_class=cli.Parser)
    tasks = commands.add_parser("tasks", help="LegalBench's tasks")
    table = legalbench.task_table().values()
    for name in ("reasoning", "metric"):
        tasks.add_argument(f"--{name}", choices=sorted({getattr(task, name) for task in table}))
    tasks.add_argument("--licence", choices=("commercial", "non-commercial"))
    tasks.add_argument("--path", help="folder with LegalBench files: shows how many rows each task has there")
    tasks.add_argument("--min-rows", type=int, default=0, help="only tasks with so many rows under --path")
    tasks.add_argument("--max-rows", type=int, help="only tasks with at most so many rows under --path")
    tasks.add_argument("--json", metavar="PATH", help="write the table as JSON too")
    show = commands.add_parser("show", help="filled prompts with gold answers")
    show.add_argument("name", help="a LegalBench task or a generated family")
    show.add_argument("-n", type=int, default=3, help="problems (default 3)")
    show.add_argument("--source", choices=("dir", "hub"), default="dir", help="where LegalBench comes from")
    show.add_argument("--path", help="folder with LegalBench files")
    show.add_argument("--split", choices=("train", "test"), default="train")
    show.add_argument("--prompt", choices=("short", "reasoned", "few_shot"), default="reasoned")
    show.add_argument("--difficulty", type=int, choices=problems.DIFFICULTIES, help="of a family; by default all")
    show.add_argument("--seed", type=int, default=1, help="of a family")
    commands.add_parser("balance", help="what a run would train on, by answer; takes the settings of train")
    return parser


# ---- tasks --------------------------------------------------------------------------------------------


def _tasks(typed: argparse.Namespace) -> int:
    if typed.path is None and (typed.min_rows or typed.max_rows is not None):
        raise UserError("--min-rows and --max-rows count the rows in a folder: say which with --path")
    counts = legalbench.count_rows(typed.path) if typed.path is not None else {}
    chosen = []
    for task in legalbench.task_table().values():
        n = counts.get(task.name, 0)
        kept = typed.reasoning in (None, task.reasoning) and typed.metric in (None, task.metric)
        kept &= typed.licence in (None, "commercial" if task.commercial else "non-commercial")
        kept &= n >= typed.min_rows and (typed.max_rows is None or n <= typed.max_rows)
        if kept:
            chosen.append({
                "task": task.name, "reasoning": task.reasoning, "licence": task.licence,
                "commercial": task.commercial, "metric": task.metric, "columns": list(task.columns),
                "kind": task.kind, "labels": list(task.labels), "trainable": task.trainable,
                **({"rows": n} if typed.path is not None else {}),
            })  # fmt: skip
    table = Table(title=f"{len(chosen)} of LegalBench's {len(legalbench.task_table())} tasks", title_justify="left",
                  box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False)  # fmt: skip
    width = Console().width
    names = [name for name, least in SHOWN_FROM.items() if width >= least and (name != "rows" or typed.path)]
    for name in names:
        side, whole = "right" if name == "rows" else "left", name in ("reasoning", "licence", "metric", "rows")
        table.add_column(name, justify=side, overflow="fold", no_wrap=whole, min_width=LEAST.get(name))
    for row in chosen:
        cells = {**row, "columns": ", ".join(row["columns"]), "answers": _answers(row)}
        table.add_row(*(Text(str(cells[name])) for name in names))
    _print(table, typed.json, chosen)
    return 0


def _answers(row: dict[str, Any]) -> str:
    """What answers look like: the labels, or the kind where there are none."""
    labels = ", ".join(row["labels"]) if len(row["labels"]) <= 4 else f"{len(row['labels'])} labels"
    if row["kind"] == "list":
        return f"list of {labels or 'names'}"
    return labels or (row["kind"] if row["trainable"] else f"{row['kind']}, not trainable")


# ---- show ---------------------------------------------------------------------------------------------


def _show(typed: argparse.Namespace) -> int:
    if typed.n < 1:
        raise UserError(f"-n {typed.n} must be 1 or more")
    console = Console(highlight=False)
    for problem in _problems(typed):
        console.rule(Text(f"{problem.id}  {problem.kind}  difficulty {problem.difficulty}"), align="left")
        for message in schema.chat_prompt(problem, typed.prompt):
            console.print(Text(f"{message['role']}: ", "bold"), Text(message["content"]), sep="")
        console.print(Text("gold answer: ", "bold green"), Text(problem.answer), sep="")
        if problem.tolerance:
            console.print(Text(f"right within {problem.tolerance:.0%} of it", "dim"))
        if problem.alternatives:
            console.print(Text(f"right as well: {'; '.join(problem.alternatives)}", "dim"))
        if problem.explanation:
            console.print(Text(problem.explanation, "dim"))
    return 0


def _problems(typed: argparse.Namespace) -> list[schema.Problem]:
    if typed.name in problems.FAMILIES:
        if typed.prompt == "few_shot":
            raise UserError("--prompt few_shot is LegalBench's own; a generated family has short and reasoned")
        return problems.generate(typed.name, typed.n, typed.split, typed.seed, typed.difficulty)
    if typed.name not in legalbench.task_table():
        known = [*problems.FAMILIES, *legalbench.task_table()]
        raise UserError(f"{typed.name!r} is neither a family nor a LegalBench task{near(typed.name, known)}")
    if typed.source == "dir" and typed.path is None:
        raise UserError(f"LegalBench task {typed.name} needs --path, a folder with its files, or --source hub")
    found = legalbench.load(typed.name, typed.split, source=typed.source, path=typed.path)[: typed.n]
    if typed.prompt == "few_shot":
        texts = legalbench.few_shot_prompts(typed.name, typed.split, source=typed.source, path=typed.path)
        found = [rows.with_few_shot(problem, texts) for problem in found]
    return found


# ---- balance ------------------------------------------------------------------------------------------


def _balance(argv: Sequence[str]) -> int:
    line = cli.parse("python -m grpo_legal.data balance", "What a run would train on and hold out, by answer.", argv)
    preset = line.preset or "cpu"  # train looks at the hardware, which takes torch
    layers = [config.preset(preset), *([config.read_file(line.config)] if line.config else [])]
    checks = (lambda s: rewards.check_names(s.reward.weights), rows.check_families)
    settings = config.resolve(*layers, line.overrides, faults=line.faults, checks=checks)
    described = rows.read(settings).describe()
    told = f"preset {preset}{'' if line.preset else ', as none is named'}"
    table = Table(title=f"Problems by family or task, and by answer ({told})", title_justify="left")
    for name, side in (("family", "left"), ("train", "right"), ("held out", "right")):
        table.add_column(name, justify=side, overflow="fold")
    table.add_column("answers: train / held out", overflow="fold")
    for name, counts in described["families"].items():
        told = [f"{a} {n['train']} / {n['held_out']}" for a, n in sorted(counts["answers"].items())]
        open_ = [counts[side] - sum(n[side] for n in counts["answers"].values()) for side in ("train", "held_out")]
        told += [f"amounts, dates, texts {open_[0]} / {open_[1]}"] if any(open_) else []
        cells = (name, str(counts["train"]), str(counts["held_out"]), ", ".join(told))
        table.add_row(*map(Text, cells))
    table.add_section()
    table.add_row("all", str(described["train"]), str(described["held_out"]), "")
    _print(table, line.json, described)
    Console(highlight=False, soft_wrap=True).print(rows.notices(described))
    return 0


def _print(table: Table, path: str | None, data: Any) -> None:
    Console(highlight=False).print(table)
    if path is not None:
        run_folder.write_copy(path, data)


if __name__ == "__main__":
    cli.run(main)
