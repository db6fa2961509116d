"""Experiment trackers by setting: TensorBoard, Weights & Biases, trackio, MLflow.

    python -m grpo_legal.train --run.name mine --run.trackers tensorboard trackio
    tensorboard --logdir outputs/mine/tensorboard
    trackio show --project grpo-legal

Each is transformers' own integration, configured as its own documentation says (WANDB_PROJECT, WANDB_MODE, TRACKIO_DIR,
TRACKIO_SPACE_ID, MLFLOW_TRACKING_URI, …). It gets what metrics.jsonl gets, under the same names, and the run's settings.
callback.py is the part that runs in the trainer; this file imports neither torch nor transformers.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

PACKAGES = {
    "tensorboard": ("tensorboard", "tensorboardX"),
    "wandb": ("wandb",),
    "trackio": ("trackio",),
    "mlflow": ("mlflow",),
}  # any one of them will do
PROJECT = "grpo-legal"


def faults(names: Sequence[str]) -> list[str]:
    """A phrase for each tracker whose package is not installed."""
    missing = [n for n in dict.fromkeys(names) if n in PACKAGES and not any(map(find_spec, PACKAGES[n]))]
    return [f"run.trackers {n}: the package {n} is not installed (pip install {n})" for n in missing]
