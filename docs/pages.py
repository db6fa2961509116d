"""The made parts of the pages, by name: each a function that gives Markdown."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from docs import results, row
from docs.text import docstring, quoted, table, told
from grpo_legal import audit, config, problems, rewards
from grpo_legal.planning import machines, report, workload

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "grpo_legal"

# ---- the house ----------------------------------------------------------------------------------------


def house() -> str:
    """The rooms from the lowest up, each with what it is for and what it may import: the table that a test holds."""
    found = _assigned(ROOT / "tests" / "test_house.py")
    rooms: dict[str, set[str]] = found["ROOMS"]
    height: dict[str, int] = {}

    def level(room: str) -> int:
        height[room] = height.get(room) or 1 + max((level(below) for below in rooms[room]), default=0)
        return height[room]

    rows = [
        (f"`{room}`", _purpose(room), ", ".join(sorted(rooms[room])) or "nothing")
        for room in sorted(rooms, key=lambda name: (level(name), name))
    ]
    commands = [(f"`{name}`", _purpose(name)) for name in sorted(found["COMMANDS"])]
    return (
        f"{table(('room', 'holds', 'may import of ours'), rows)}\n\n"
        "The commands may import any room, and never each other:\n\n"
        f"{table(('command', 'does'), commands)}"
    )


def _assigned(path: Path) -> dict[str, Any]:
    """The constants of a module that are written as literals, the module not being run."""
    found = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        target = (
            node.target
            if isinstance(node, ast.AnnAssign)
            else node.targets[0]
            if isinstance(node, ast.Assign)
            else None
        )
        if isinstance(target, ast.Name):
            try:
                found[target.id] = ast.literal_eval(_sets(node.value))
            except ValueError:
                continue
    return found


def _sets(node: ast.expr) -> ast.expr:
    """`set()` as the literal that it has none of: an empty tuple."""
    for inner in ast.walk(node):
        for i, value in enumerate(getattr(inner, "values", [])):
            if isinstance(value, ast.Call):
                inner.values[i] = ast.Tuple([], ast.Load())
    return node


def _purpose(room: str) -> str:
    path = PACKAGE / room
    first = docstring(path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).split("\n\n")[0]
    return " ".join(first.split())


# ---- presets ------------------------------------------------------------------------------------------


def presets() -> str:
    """Each preset with its machine, model and lengths, and what the plan estimates for the GPU ones."""
    columns = ("preset", "machine", "model", "prompt", "completion", "peak GiB, usual to longest", "hours", "dollars")
    return table(columns, [_preset(name) for name in config.PRESETS])


# Of the presets for two cores: README's measured results say of which runs.
MEASURED = {
    "cpu": "12 minutes, measured above",
    "cpu-legalbench": "35 to 39 minutes, SFT and evaluation included, measured above",
}


def _preset(name: str) -> tuple[str, ...]:
    settings = config.resolve(config.preset(name))
    grpo, policy = settings.grpo, settings.policy
    prompt = "the answer alone" if settings.data.prompt == "short" else "reasoning, then the answer"
    machine = machines.named(machines.PRESET_MACHINES[name])
    home = "CPU, two cores" if machine.name == "cpu" else f"{machine.name}, {machine.memory:g} GiB"
    model = policy.model.rpartition("/")[2] + (", 4 bits" if policy.load_in_4bit else ", fp32")
    tokens = f"{grpo.max_completion_length} token{'s' * (grpo.max_completion_length > 1)}"
    told = (name, home, model, prompt, tokens)
    if name in MEASURED:
        return (*told, "", MEASURED[name], "")
    made = report.make(
        settings, workload.of(settings), [machine], {}, sft_batch=settings.sft.batch_size, sft_tokens=1024
    )
    hours = grpo.max_steps / made["machines"][0]["steps_per_hour"]
    peaks = f"{made['usual_gib']['peak']:.0f} to {made['memory_gib']['peak']:.0f}"
    return (*told, peaks, f"{hours:.0f} for {grpo.max_steps} steps", f"{hours * settings.run.usd_per_hour:.0f}")


# ---- rewards ------------------------------------------------------------------------------------------


def reward_list() -> str:
    """Every built-in reward: a table, then each with what its file and its function say."""
    presets = rewards.presets()
    columns = ("reward", "on a right answer", "on a wrong one", *presets)
    rows = [
        (f"[`{name}`](#{name})", _bounds(reward.on_right), _bounds(reward.on_wrong),
         *(preset.weights.get(name, "") for preset in presets.values()))
        for name, reward in rewards.REGISTRY.items()
    ]  # fmt: skip
    parts = [table(columns, rows), *(f"{name}: {preset.about}" for name, preset in presets.items())]
    return "\n\n".join([*parts, *(_reward(name) for name in rewards.REGISTRY)])


def _bounds(bounds: tuple[float, float]) -> str:
    low, high = (f"{bound:g}" for bound in bounds)
    return low if low == high else f"{low} to {high}"


def _reward(name: str) -> str:
    reward = rewards.REGISTRY[name]
    module, _, attribute = reward.place.partition(":")
    found = import_module(f"grpo_legal.rewards.{module}")
    made_of = getattr(found, attribute)
    kind = ["style, paid on a right answer only"] if reward.style else ["read from the answer itself"]
    kind += ["made for the longest completion of the run"] * reward.sized + ["asks a language model"] * reward.judged
    objects = [found, made_of]
    if reward.sized:  # what is made, beside what makes it
        objects.append(getattr(found, name.capitalize()))
    head = f"## {name}\n\n`grpo_legal.rewards.{module}`; {', '.join(kind)}."
    return "\n\n".join([head, *(told(each.__doc__) for each in objects)])


def reward_parts() -> str:
    """The functions that make rewards of rewards."""
    return "\n\n".join(
        f"## {name}\n\n{told(getattr(rewards, name).__doc__)}" for name in ("gated", "capped", "scaled", "mean_of")
    )


def attacks() -> str:
    """The texts that try to be paid without being right."""
    return table(("attack", "text"), [(attack.name, attack.about.strip()) for attack in audit.ATTACKS])


# ---- families -----------------------------------------------------------------------------------------


def family_list() -> str:
    """Every family: a table, then each with its law, its rules and a problem."""
    rows = [
        (f"[`{name}`](#{name})", _kinds(name), ", ".join(family.labels), len(family.outcomes), len(family.rules))
        for name, family in problems.FAMILIES.items()
    ]
    head = table(("family", "answer", "labels", "outcomes drawn in turn", "rules cited"), rows)
    modules = dict(zip(problems.FAMILIES, problems.MODULES, strict=True))
    return "\n\n".join([head, *(_family(name, modules[name]) for name in problems.FAMILIES)])


def _kinds(family: str) -> str:
    """The kinds of answer that its questions ask for."""
    return " or ".join(sorted({problem.kind for problem in problems.generate(family, 60, "train", 1)}))


def _family(name: str, module: str) -> str:
    family = problems.FAMILIES[name]
    one = problems.generate(name, 1, "train", 1, difficulty=1)[0]
    rules = "\n".join(f"- {citation}: {rule}." for citation, rule in family.rules.items())
    return "\n\n".join([
        f"## {name}",
        *(told(text) for text in _law(module)),
        f"Rules that an explanation may cite:\n\n{rules}",
        f"A problem of level 1 (`{one.id}`):",
        quoted(f"{one.facts}\n{one.question}"),
        quoted(one.explanation),
    ])  # fmt: skip


def _law(module: str) -> list[str]:
    """What the family's file says of the law, and what the files say that hold it."""
    folder = PACKAGE / "problems"
    own = docstring(folder / f"{module}.py")
    named = [f"{module}_law.py", f"{module}_rules.py", *re.findall(r"\w+\.py", own)]
    return [text for text in (own, *(docstring(folder / file) for file in dict.fromkeys(named))) if text]


PARTS: dict[str, Callable[[], str]] = {
    "attacks": attacks,
    "cpu_results": results.cpu,
    "family_list": family_list,
    "gpu_results": results.gpu,
    "house": house,
    "presets": presets,
    "reward_list": reward_list,
    "reward_parts": reward_parts,
    "row": row.through_the_house,
}
