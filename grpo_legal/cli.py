"""The command line of a command with settings: `--preset`, `--config`, `--grpo.max-steps 30`, `--help`.

tyro reads the words and prints the help; every value stays text until pydantic checks all of them at
once, so that a line with three mistakes gets one answer that names the three. Imports no torch.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import sys
import time
import types
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, NoReturn, get_args, get_origin

import tyro

from grpo_legal import config, processes
from grpo_legal.errors import UserError, near

Words = tuple[str, ...]
OPTIONS = {
    "preset": ("NAME", f"Settings for a kind of machine: {', '.join(config.PRESETS)}; by default, by hardware."),
    "config": ("FILE", "YAML settings, such as the config.yaml of an earlier run; over the preset."),
    "json": ("PATH", "Write the table that is printed at the end as JSON too."),
}
AFTER_MAIN_S = 3.0
DEFAULTS_SHOWN = "Defaults shown are those of the preset cpu; beside --preset NAME, that preset's."
FLAGS = {
    "resume": "Go on with the run of this name from its newest whole checkpoint.",
    "force": "With --resume: change settings that leave what was learned as it is, such as --grpo.max-steps.",
}


class Parser(argparse.ArgumentParser):
    """argparse for the commands without settings. Faults are one line and status 2, as with every command."""

    def error(self, message: str) -> NoReturn:
        raise UserError(f"{self.prog}: {message}")


def positive(word: str) -> int:
    """A word of such a command as a whole number of 1 or more; argparse tells the fault."""
    if not (word.isascii() and word.isdigit()) or int(word) < 1:
        raise argparse.ArgumentTypeError(f"{word!r} is not a whole number of 1 or more")
    return int(word)


@dataclasses.dataclass(frozen=True)
class CommandLine:
    """What the user typed. `overrides` is nested by section and still text."""

    preset: str | None
    config: str | None
    json: str | None
    resume: bool
    force: bool
    overrides: dict[str, Any]
    faults: tuple[str, ...]


def parse(
    prog: str, description: str, argv: Sequence[str], *, reads: Callable[[str], bool] = lambda setting: True
) -> CommandLine:
    """Read `argv`; `--help` prints and exits 0. Words that make no sense are told in `faults`.

    `reads("grpo.max-steps")` says whether the command has a use for a setting: others are not in its help, and a fault
    on its command line. A file may hold them all the same, so that one file serves several commands.
    """
    shown = _shown_defaults(argv)
    typed, unknown = tyro.cli(
        _mirror(shown, reads),
        prog=prog,
        description=f"{description} {DEFAULTS_SHOWN}".strip(),
        args=list(argv),
        return_unknown_args=True,
        compact_help=False,
    )
    faults = _unknown_faults(unknown, prog, reads)
    chosen = {name: _one(f"--{name}", getattr(typed, name), faults) for name in OPTIONS}
    overrides: dict[str, Any] = {}
    for section in config.Settings.model_fields:
        if section == "preset":
            continue
        for name, words in vars(getattr(typed, section)).items():
            if words is not None:
                field = config.Settings.model_fields[section].annotation.model_fields[name]
                option = f"--{section}.{name}".replace("_", "-")
                if _takes_many(field.annotation) or _one(option, words, faults) is not None:
                    overrides.setdefault(section, {})[name] = _value(option, field.annotation, words, faults)
    if {"preset", "weights"} <= overrides.get("reward", {}).keys():
        faults.append("--reward.preset and --reward.weights are given together: name one of them")
    if typed.force and not typed.resume:
        faults.append("--force is of use beside --resume alone")
    return CommandLine(overrides=overrides, resume=typed.resume, force=typed.force, faults=tuple(faults), **chosen)


def run(main: Callable[[Sequence[str]], int], argv: Sequence[str] | None = None) -> None:
    """Call `main` and leave with its status; a UserError is one line on stderr and status 2.

    With several processes the main one says it. What another meets alone it says itself, later: an error that all of them
    met has ended them by then.
    """
    try:
        status = main(sys.argv[1:] if argv is None else argv)
    except UserError as error:
        where = ""
        if not processes.is_main():
            time.sleep(AFTER_MAIN_S)
            where = f"process {processes.rank()}: "
        print(f"error: {where}{' '.join(str(error).split())}", file=sys.stderr)
        status = 2
    except KeyboardInterrupt:
        if processes.is_main():
            print("stopped", file=sys.stderr)
        status = 130
    sys.exit(status)


# ---- the mirror that tyro sees: the settings' names and sentences, every value as words -----------------


def _mirror(shown: config.Settings, reads: Callable[[str], bool]) -> type:
    fields: list[tuple[str, Any, Any]] = []
    for name, (metavar, text) in OPTIONS.items():
        fields.append(
            (name, Annotated[Words | None, tyro.conf.arg(metavar=metavar, help=text, help_behavior_hint="")], None)
        )
    for name, text in FLAGS.items():
        fields.append((name, Annotated[bool, tyro.conf.FlagCreatePairsOff, tyro.conf.arg(help=text)], False))
    for section, field in config.Settings.model_fields.items():
        if section != "preset":
            mirror = _section_mirror(section, field.annotation, getattr(shown, section), reads)
            fields.append((section, mirror, dataclasses.MISSING))
    return dataclasses.make_dataclass(
        "Command",
        [(n, t, dataclasses.field(default_factory=t) if d is dataclasses.MISSING else d) for n, t, d in fields],
    )


def _section_mirror(
    name: str, section: type[config.Section], shown: config.Section, reads: Callable[[str], bool]
) -> type:
    fields = []
    for leaf, field in section.model_fields.items():
        hint = f"(default: {_text(getattr(shown, leaf))})"
        note = tyro.conf.arg(metavar=_metavar(field.annotation), help=field.description, help_behavior_hint=hint)
        if reads(f"{name}.{leaf}".replace("_", "-")):
            fields.append((leaf, Annotated[Words | None, note], None))
    made = dataclasses.make_dataclass(name.title(), fields)
    made.__doc__ = section.__doc__
    return made


def _metavar(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return "{" + ",".join(get_args(kind)) + "}"
    if get_origin(kind) in (types.UnionType,):
        return _metavar(next(k for k in get_args(kind) if k is not type(None)))
    if get_origin(kind) is list:
        return "NAME [NAME ...]" if get_args(kind) == (str,) else f"{_metavar(get_args(kind)[0])} [...]"
    if get_origin(kind) is dict:
        return "NAME=VALUE [...]"
    return {int: "INT", float: "FLOAT", bool: "{true,false}"}.get(kind, "TEXT")


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{k}={v}" for k, v in value.items())
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _shown_defaults(argv: Sequence[str]) -> config.Settings:
    """Help shows the values of the preset that the line names, else of `cpu`; an unknown one is told later."""
    named = [b for a, b in itertools.pairwise(argv) if a == "--preset"]
    name = named[-1] if named and named[-1] in config.PRESETS else "cpu"
    return config.resolve(config.preset(name)) if {"-h", "--help"} & set(argv) else config.Settings()


# ---- words to values ------------------------------------------------------------------------------------


def _unknown_faults(unknown: Sequence[str], prog: str, reads: Callable[[str], bool]) -> list[str]:
    others = {f"--{n}" for n in config.setting_names() if not reads(n)}
    legal = [n for n in (f"--{n}" for n in (*config.setting_names(), *OPTIONS, *FLAGS)) if n not in others]
    named = [w.split("=")[0] for w in unknown if w.startswith("--")]
    loose = [w for w in unknown if not w.startswith("--")]
    if named:  # words after an unknown option are its values
        return [
            f"{name} is not {f'read by {prog}' if name in others else 'a setting'}{near(name, legal)}" for name in named
        ]
    return [f"{word!r} belongs to no option" for word in loose]


def _one(option: str, words: Words | None, faults: list[str]) -> str | None:
    if words is not None and len(words) != 1:
        faults.append(f"{option} takes one value, not {len(words)}")
        return None
    return words[0] if words else None


def _takes_many(kind: Any) -> bool:
    return get_origin(kind) in (list, dict)


def _value(option: str, kind: Any, words: Words, faults: list[str]) -> Any:
    if get_origin(kind) is list:
        return list(words)
    if get_origin(kind) is dict:
        pairs = [w.partition("=") for w in words]
        faults.extend(
            f"{option} {w!r} is not NAME=VALUE" for w, p in zip(words, pairs, strict=True) if not p[0] or not p[1]
        )
        return {name: value for name, _, value in pairs}
    optional = type(None) in get_args(kind)
    return None if optional and words[0] in ("none", "null") else words[0]
