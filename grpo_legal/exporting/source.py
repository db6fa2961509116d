"""What is exported: the adapter of a run, the settings that it was trained with, and held-out prompts to compare it by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from grpo_legal import config, problems, run_folder
from grpo_legal.errors import UserError
from grpo_legal.run_folder import RunFolder
from grpo_legal.schema import Problem, PromptStyle, chat_messages, chat_prompt

HELD_OUT_SEED = 0


@dataclass(frozen=True)
class Asked:
    """A held-out prompt: the id of its problem, and the messages of a chat."""

    problem_id: str
    messages: list[dict[str, str]]


@dataclass(frozen=True)
class Source:
    """A trained policy in its run folder. `policy` names its base and adapter, `merge_into` the 16-bit base of a merge."""

    folder: RunFolder
    name: str
    command: str
    settings: config.Settings
    policy: config.Policy
    merge_into: config.Policy
    asked: tuple[Asked, ...]


def read(path: Path, *, questions: int, adapter: str | None = None, base: str | None = None) -> Source:
    """The policy that lies in a run folder, and `questions` held-out prompts. `adapter` is another than the run's own,
    such as a checkpoint's; `base` another base to merge into. Raises UserError where there is nothing to export.
    """
    folder = RunFolder(path)
    if not folder.config.is_file():
        there = ", ".join(sorted(p.parent.name for p in path.glob("*/config.yaml")))
        raise UserError(
            f"{str(path)!r} is no run folder, it has no config.yaml" + (f"; it holds {there}" if there else "")
        )
    command = run_folder.made_by(folder)
    if command == "pipeline":
        raise UserError(f"{str(path)!r} holds a pipeline: name one of its runs, {path / 'grpo'} or {path / 'sft'}")
    settings = config.resolve(config.read_file(folder.config))
    # The unsloth engine would patch transformers in this process, and what is written must do without it; and it is loaded
    # again in the floats that the machine has.
    policy = settings.policy.model_copy(
        update={"adapter": _adapter(folder, adapter), "engine": "transformers", "dtype": "auto"}
    )  # fmt: skip
    merge_into = policy.model_copy(
        update={"load_in_4bit": False, **({"model": base, "revision": None} if base else {})}
    )
    asked = _asked(folder, settings, questions)
    return Source(folder, path.resolve().name, command, settings, policy, merge_into, asked)


def _adapter(folder: RunFolder, named: str | None) -> str:
    places = (Path(named), folder.path / named) if named else (folder.adapter,)  # from here, or from the run
    for path in places:
        if (path / "adapter_model.safetensors").is_file():
            return str(path)
    if named:
        raise UserError(
            f"--adapter {named!r} is no LoRA adapter folder, here or in {str(folder.path)!r}: it has no "
            "adapter_model.safetensors"
        )
    newest = folder.newest_checkpoint()
    hint = f"; --adapter {newest} takes its newest checkpoint" if newest else ""
    raise UserError(f"run {folder.path.name!r} has no adapter yet, it is saved when the run ends{hint}")


# ---- prompts ------------------------------------------------------------------------------------------


def _asked(folder: RunFolder, settings: config.Settings, n: int) -> tuple[Asked, ...]:
    """`n` held-out prompts of the run, evenly over its answers in the order of their ids; problems of the families for
    those that it has not, also where it was stopped before it answered any."""
    style = settings.data.prompt
    answered = {
        str(record["problem_id"]): Asked(str(record["problem_id"]), chat_messages(str(record["prompt"]), style))
        for which in ("before", "after")
        for record in run_folder.read_lines(folder.answers(which))
        if {"problem_id", "prompt"} <= set(record)
    }
    found = _evenly([answered[key] for key in sorted(answered)], n)
    missing = [p for p in _problems(settings, n) if p.id not in answered][: n - len(found)]
    plain: PromptStyle = "short" if style == "few_shot" else style  # generated problems have no few-shot prompt
    return (*found, *(Asked(p.id, chat_prompt(p, plain)) for p in missing))


def _evenly(found: Sequence[Asked], n: int) -> list[Asked]:
    return [found[i * len(found) // n] for i in range(n)] if len(found) > n else list(found)


def _problems(settings: config.Settings, n: int) -> list[Problem]:
    """Twice `n` held-out problems of the families, in turns."""
    named = [f for f in problems.FAMILIES if any(fnmatchcase(f, glob) for glob in settings.data.families)]
    families = named or list(problems.FAMILIES)
    each = 2 * n // len(families) + 1
    made = [problems.generate(f, each, "test", HELD_OUT_SEED, settings.data.difficulty) for f in families]
    return [problem for turn in zip(*made, strict=True) for problem in turn]
