"""The trackers of a run as one callback of the trainer.

Departure from `report_to`: the integrations are called through this callback, which comes after the one that writes
metrics.jsonl, so that a tracker shows the same record and not the trainer's own log. A tracker that cannot start ends the
run with one line; one that fails later is dropped with a warning, and training goes on.
"""

from __future__ import annotations

import copy
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from transformers import TrainerCallback
from transformers.integrations import get_reporting_integration_callbacks

from grpo_legal import run_folder
from grpo_legal.errors import UserError
from grpo_legal.run_folder import RunFolder
from grpo_legal.trackers import PROJECT

DEFAULTS = {
    "WANDB_PROJECT": PROJECT,
    "WANDB_CONSOLE": "off",
    "MLFLOW_EXPERIMENT_NAME": PROJECT,
}  # the view needs stdout
IDS = "trackers.json"  # of the runs at W&B and MLflow, for a resumed run to go on with


class Trackers(TrainerCallback):
    """Hands every record to the trackers of `names`.

    `record` gives the latest metrics record, `settings` what the run was asked for, by section; `note` hears of a tracker
    that failed. Raises UserError where one cannot be made or started.
    """

    def __init__(
        self,
        names: Sequence[str],
        folder: RunFolder,
        record: Callable[[], Mapping[str, Any]],
        settings: Mapping[str, Mapping[str, Any]],
        note: Callable[[str], None],
    ) -> None:
        self.folder, self.record, self.settings, self.note = folder, record, flat(settings, "."), note
        self.made: dict[str, TrainerCallback] = {}
        for name in dict.fromkeys(names):
            self._or_stop(
                name, lambda name=name: self.made.update({name: get_reporting_integration_callbacks([name])[0]()})
            )

    def on_train_begin(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """Start every tracker, under the run's name, and tell it the settings."""
        if not state.is_world_process_zero:
            return
        ours = {k: v for k, v in {**DEFAULTS, **self._earlier()}.items() if k not in os.environ}
        os.environ.update(ours)
        for name, tracker in self.made.items():
            self._or_stop(
                name, lambda name=name, tracker=tracker: self._start(name, tracker, args, state, control, more)
            )
        self._keep_ids()
        for name in ours:  # another run of this process is another run there too
            os.environ.pop(name, None)

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **more: Any) -> None:
        """The record of this step in place of the trainer's log; what is logged at the end of training as it is."""
        record = self.record()
        numbers = {key: value for key, value in (logs or {}).items() if isinstance(value, (int, float))}
        if record and "loss" in numbers:
            numbers = scalars(record)
        self._each("on_log", args, state, control, logs=numbers, **more)

    def on_save(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """Hand on: W&B and MLflow can be told to keep checkpoints."""
        self._each("on_save", args, state, control, **more)

    def on_train_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """Hand on: every tracker closes its run."""
        self._each("on_train_end", args, state, control, **more)

    def _each(self, event: str, args: Any, state: Any, control: Any, **more: Any) -> None:
        if not state.is_world_process_zero:
            return
        for name, tracker in list(self.made.items()):
            try:
                getattr(tracker, event)(self._named(args), state, control, **more)
            except Exception as error:  # whatever a tracker's network or disk does
                self.made.pop(name)
                self.note(f"tracker {name} failed and is left out from here on: {_phrase(error)}")

    def _or_stop(self, name: str, act: Callable[[], Any]) -> None:
        try:
            act()
        except Exception as error:
            raise UserError(f"run.trackers {name} could not start: {_phrase(error)}") from error

    def _named(self, args: Any) -> Any:
        """The trainer's arguments with the run's name, which the trackers take from there."""
        named = copy.copy(args)
        named.run_name, named.project = self.folder.path.name, PROJECT
        return named

    def _start(self, name: str, tracker: Any, args: Any, state: Any, control: Any, more: dict[str, Any]) -> None:
        if name == "tensorboard":  # of steps that a resumed run makes again, the later ones are shown
            tracker.tb_writer = tracker._SummaryWriter(
                log_dir=str(self.folder.path / "tensorboard"), purge_step=state.global_step + 1
            )
        tracker.on_train_begin(self._named(args), state, control, **more)
        if name == "tensorboard":
            lines = (f"| {key} | {str(value).replace('|', '¦')} |" for key, value in self.settings.items())
            tracker.tb_writer.add_text("settings", "\n".join(("| setting | value |", "|---|---|", *lines)))
        elif name == "wandb":
            tracker._wandb.config.update({"settings": self.settings}, allow_val_change=True)
        elif name == "trackio":
            tracker._trackio.config.update({"settings": self.settings})
        elif not os.environ.get("MLFLOW_RUN_ID"):  # a parameter may be given once
            tracker._ml_flow.log_params({key: str(value)[:250] for key, value in self.settings.items()})

    # ---- going on with the same run -------------------------------------------------------------------------

    def _earlier(self) -> dict[str, str]:
        """Environment variables that name the runs to go on with. W&B's name is ours to choose, MLflow's is not."""
        path = self.folder.path / IDS
        ids = run_folder.read_json(path) if path.is_file() else {}
        found = {"WANDB_RUN_ID": ids.get("wandb") or secrets.token_hex(4), "WANDB_RESUME": "allow"}
        return {**found, "MLFLOW_RUN_ID": ids["mlflow"]} if "mlflow" in ids else found

    def _keep_ids(self) -> None:
        ids = {}
        if "wandb" in self.made:
            ids["wandb"] = self.made["wandb"]._wandb.run.id
        if "mlflow" in self.made:
            ids["mlflow"] = self.made["mlflow"]._ml_flow.active_run().info.run_id
        if ids:
            run_folder.write_json(self.folder.path / IDS, ids)


def flat(values: Mapping[str, Any], between: str = "/") -> dict[str, Any]:
    """Nested mappings as one.

    >>> flat({"step": 1, "rewards": {"correct_answer": 0.5}})
    {'step': 1, 'rewards/correct_answer': 0.5}
    """
    out: dict[str, Any] = {}
    for key, value in values.items():
        out |= (
            {f"{key}{between}{k}": v for k, v in flat(value, between).items()}
            if isinstance(value, Mapping)
            else {key: value}
        )
    return out


def scalars(record: Mapping[str, Any]) -> dict[str, float]:
    """The numbers of a metrics record by name; a list, such as that of the flags, by its length.

    >>> scalars({"reward": 0.5, "kl": None, "flags": ["all alike"], "rewards": {"form": 1.0}})
    {'reward': 0.5, 'flags': 1, 'rewards/form': 1.0}
    """
    sized = {key: len(value) if isinstance(value, list) else value for key, value in flat(record).items()}
    return {key: value for key, value in sized.items() if isinstance(value, (int, float))}


def _phrase(error: Exception) -> str:
    return " ".join(f"{error.__class__.__name__}: {error}".split())[:300]
