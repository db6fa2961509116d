"""Print a script with which the Tab key completes the commands and their options: bash, zsh, fish.

    python -m grpo_legal.completion bash >> ~/.bashrc
    python -m grpo_legal.completion zsh  >> ~/.zshrc
    python -m grpo_legal.completion fish > ~/.config/fish/completions/python.fish

Then `python -m grpo_legal.tr<Tab>`, `--grpo.max<Tab>`, `--grpo.loss-type <Tab>`. The options are those that each command
names in its help. Other uses of python complete file names, as before. Print the script again after an update.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import os
import re
from collections.abc import Mapping, Sequence

from grpo_legal import cli, commands

SHELLS = ("bash", "zsh", "fish")
Options = Mapping[str, tuple[str, ...]]  # the values that an option takes, none where they are not a few
_OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z0-9.-]*)(?:[ =]\{([^}\n]+)\})?")
_PARTS = re.compile(r"usage: .*?\b([a-z]+(?:\|[a-z]+)+) \.\.\.")

BASH = """\
_grpo_legal() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} module= options= i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ ${COMP_WORDS[i]} == -m && $((i + 1)) -lt $COMP_CWORD ]] && module=${COMP_WORDS[i+1]} && break
  done
  if [[ $before == -m ]]; then
    COMPREPLY=($(compgen -W "@MODULES@" -- "$word"))
    return
  fi
  case $module in
@OPTIONS@
  *) return ;;
  esac
  case $module:$before in
@VALUES@
  esac
  [[ $word == -* ]] && COMPREPLY=($(compgen -W "$options" -- "$word"))
}
complete -o default -F _grpo_legal python python3
"""


def main(argv: Sequence[str]) -> int:
    """The command. Returns its exit status, 0."""
    parser = cli.Parser(
        "python -m grpo_legal.completion", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shell", choices=SHELLS)
    shell = parser.parse_args(argv).shell
    found = {name: _options(name) for name in commands.listed()}
    print(_fish(found) if shell == "fish" else _bash(found, shell), end="")
    return 0


def _options(name: str) -> dict[str, tuple[str, ...]]:
    """Every option that the command's help names, and that of its parts, such as `data show`."""
    module = importlib.import_module(f"grpo_legal.{name}" if not _is_folder(name) else f"grpo_legal.{name}.__main__")
    text = _help(module.main, [])
    for part in parts[1].split("|") if (parts := _PARTS.search(" ".join(text.split()))) else ():
        text += _help(module.main, [part])
    own = text.partition("\noptions:")  # argparse: examples stand above, with options of other commands
    found = {}
    for option, values in _OPTION.findall(own[2] or text):
        found[option] = tuple(values.split(",")) if values else found.get(option, ())
    return found


def _is_folder(name: str) -> bool:
    return (commands.PACKAGE / name / "__main__.py").is_file()


def _help(main: object, words: Sequence[str]) -> str:
    """What a command prints for --help, in lines long enough to break no option."""
    before, printed = os.environ.get("COLUMNS"), io.StringIO()
    os.environ["COLUMNS"] = "400"
    try:
        with contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
            main([*words, "--help"])  # type: ignore[operator]
    finally:
        os.environ.pop("COLUMNS")
        if before is not None:
            os.environ["COLUMNS"] = before
    return re.sub("\x1b\\[[0-9;]*m", "", printed.getvalue())


def _bash(found: Mapping[str, Options], shell: str) -> str:
    """One function for both shells: zsh runs it through its own bashcompinit."""
    values = {f"grpo_legal.{n}:{option}": v for n, options in found.items() for option, v in options.items() if v}
    filled = {
        "@MODULES@": " ".join(f"grpo_legal.{name}" for name in found),
        "@OPTIONS@": "\n".join(f'  grpo_legal.{n}) options="{" ".join(o)}" ;;' for n, o in found.items()),
        "@VALUES@": "\n".join(
            f'  {option}) COMPREPLY=($(compgen -W "{" ".join(v)}" -- "$word")); return ;;'
            for option, v in values.items()
        ),
    }
    text = BASH
    for mark, words in filled.items():
        text = text.replace(mark, words)
    return f"autoload -Uz bashcompinit && bashcompinit\n{text}" if shell == "zsh" else text


def _fish(found: Mapping[str, Options]) -> str:
    lines = [
        "function __grpo_legal",
        "    set -l words (commandline -opc)",
        "    contains -- grpo_legal.$argv[1] $words",
        "end",
        "function __grpo_legal_module",
        "    set -l words (commandline -opc)",
        "    test (count $words) -ge 2; and test $words[-1] = -m",
        "end",
    ]
    for program in ("python", "python3"):
        names = " ".join(f"grpo_legal.{name}" for name in found)
        lines.append(f"complete -c {program} -n __grpo_legal_module -a '{names}'")
        for name, options in found.items():
            for option, values in options.items():
                given = f" -x -a '{' '.join(values)}'" if values else ""
                lines.append(f"complete -c {program} -n '__grpo_legal {name}' -l {option[2:]}{given}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    cli.run(main)
