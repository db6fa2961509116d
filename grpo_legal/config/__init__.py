"""Every setting of a run, typed and checked, with one error that lists all faults.

A run's settings are the defaults of sections.py, then a preset (`presets/*.yaml`), then a file of one's own, then
the command line. The result is written to the run folder as `config.yaml`, and a run can be started
again from that file alone. faults.py has the rules
between settings. Imports nothing of ours but the error class and the judge's settings, and no torch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from grpo_legal.config.base import Section
from grpo_legal.config.faults import consistency, no_dynamic_sampling, vllm_faults
from grpo_legal.config.guards import Guards
from grpo_legal.config.sections import (
    CPU_PRESETS,
    EMBEDDED,
    PRESETS,
    REWARD_PRESETS,
    SUITES,
    Data,
    Eval,
    Grpo,
    Pipeline,
    Policy,
    Reward,
    Run,
    Settings,
    Sft,
)
from grpo_legal.errors import UserError, near

__all__ = [
    "CPU_PRESETS",
    "EMBEDDED",
    "PRESETS",
    "REWARD_PRESETS",
    "SUITES",
    "Check",
    "Data",
    "Eval",
    "Grpo",
    "Guards",
    "Pipeline",
    "Policy",
    "Reward",
    "Run",
    "Section",
    "Settings",
    "Sft",
    "changed",
    "consistency",
    "differences",
    "dump",
    "no_dynamic_sampling",
    "preset",
    "read_file",
    "resolve",
    "setting_names",
    "values",
    "vllm_faults",
]

Check = Callable[[Settings], list[str]]


def resolve(*layers: dict[str, Any], faults: Sequence[str] = (), checks: Sequence[Check] = ()) -> Settings:
    """The settings that `layers` give, later ones on top.

    `checks` are further rules (that a reward exists, say), each giving its faults as phrases; `faults` were
    found before. Raises UserError with every fault in one line: a setting that cannot be read is told and
    taken out, so that the rules about the others are checked all the same.
    """
    merged: dict[str, Any] = {}
    for layer in layers:
        merged = _merge(merged, _with_weights(layer))
    found, settings = list(faults), None
    while settings is None:
        try:
            settings = Settings.model_validate(merged)
        except ValidationError as error:
            found += [_fault(e) for e in error.errors()]
            merged = _without(merged, [e["loc"] for e in error.errors()])
    found += [fault for check in (consistency, *checks) for fault in check(settings)]
    if found:
        raise UserError("settings: " + "; ".join(dict.fromkeys(found)))
    return settings


def _without(settings: dict[str, Any], places: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    """A copy without the settings at `places`; pydantic's deeper steps into a list or mapping are ignored."""
    out = {k: dict(v) if isinstance(v, dict) else v for k, v in settings.items()}
    for section, *rest in places:
        if rest and isinstance(out.get(section), dict):
            out[section].pop(rest[0], None)
        else:
            out.pop(section, None)
    return out


def _merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    out = dict(below)
    for key, value in above.items():
        nested = isinstance(value, dict) and isinstance(out.get(key), dict) and key != "weights"
        out[key] = _merge(out[key], value) if nested else value
    return out


def _with_weights(layer: dict[str, Any]) -> dict[str, Any]:
    """The layer with the weights of the reward preset that it names written out, so that the last layer wins whole.

    Where it gives both, as config.yaml does, the weights win, and the name stays only if it is theirs.
    """
    reward = layer.get("reward")
    if not isinstance(reward, dict) or not (reward.get("preset") or reward.get("weights")):
        return layer
    text = resources.files("grpo_legal").joinpath(REWARD_PRESETS).read_text("utf-8")
    named, known = reward.get("preset"), yaml.safe_load(text)
    preset = known[named]["weights"] if isinstance(named, str) and named in known else None
    weights = reward.get("weights") or preset
    if named and preset is None:
        return layer  # a fault, told by its value
    return {**layer, "reward": {**reward, "weights": weights, "preset": named if weights == preset else None}}


def _fault(error: Any) -> str:
    """One pydantic error as a phrase that names setting, value and what would be legal."""
    name = ".".join(str(p) for p in error["loc"]).replace("_", "-")
    if error["type"] == "extra_forbidden":
        return f"{name} is not a setting{near(name, setting_names())}"
    message = error["msg"].removeprefix("Value error, ")
    if not name:
        return message
    message = message[0].lower() + message[1:]
    return f"{name}: {message}, not {error['input']!r}"


def setting_names() -> list[str]:
    """All settings as the command line writes them: "grpo.max-steps" and so on."""
    return [
        f"{section}.{name}".replace("_", "-")
        for section, field in Settings.model_fields.items()
        if section != "preset"
        for name in field.annotation.model_fields
    ]


def preset(name: str) -> dict[str, Any]:
    """The settings of a preset by name."""
    if name not in PRESETS:
        raise UserError(f"preset {name!r} is none of {', '.join(PRESETS)}{near(name, PRESETS)}")
    return yaml.safe_load(resources.files("grpo_legal").joinpath(f"presets/{name}.yaml").read_text("utf-8"))


def read_file(path: str | Path) -> dict[str, Any]:
    """Settings from a YAML file. Raises UserError for a missing, unreadable or non-mapping file."""
    try:
        loaded = yaml.safe_load(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"settings file {str(path)!r} cannot be read: {error.__class__.__name__}: {error}") from None
    except yaml.YAMLError as error:
        raise UserError(f"settings file {str(path)!r} is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(loaded, dict):
        raise UserError(f"settings file {str(path)!r} holds no settings (a mapping such as 'grpo: {{max_steps: 30}}')")
    return loaded


def dump(settings: Settings) -> str:
    """The settings as YAML that `read_file` reads back."""
    return yaml.safe_dump(settings.model_dump(mode="json"), sort_keys=False, allow_unicode=True)


def differences(one: Settings, other: Settings, ignore: Sequence[str] = ()) -> list[str]:
    """Settings that differ, each as "grpo.max-steps 30 -> 60". A reward preset is compared by its weights."""
    changes = changed(values(one), values(other))
    return [f"{name} {was} -> {now}" for name, was, now in changes if name not in ignore]


def changed(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Name, old and new value of what differs between two sets of `values`. A name that only one has is left out."""
    names = [n for n in one if n in other and n != "reward.preset"]
    return [(name, one[name], other[name]) for name in names if one[name] != other[name]]


def values(settings: Settings) -> dict[str, Any]:
    """Every setting by name, as JSON has it: {"grpo.max-steps": 30, …}."""
    given = settings.model_dump(mode="json")
    split = [(name, *name.replace("-", "_").split(".")) for name in setting_names()]
    return {name: given[section][leaf] for name, section, leaf in split}
