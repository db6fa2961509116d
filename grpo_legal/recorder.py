"""What a run writes down while it trains: every scored completion, and one metrics record per optimizer step.

The same record goes to `metrics.jsonl` and to the view. Its keys, units in brackets:

    step, max_steps                    optimizer steps
    seconds, step_seconds, eta_seconds training time so far, of this step, still to come
    reward, reward_std, rewards        mean and spread of the weighted sum; mean of each reward unweighted
    failed_rewards                     share of all rewards of all completions that gave no number
    completion_length [tokens], truncated [share cut off], zero_variance [share of groups all alike]
    skipped [share of completions without a backward pass], level [of a curriculum, only with one]
    entropy [nats a token, of those computed], kl [nats a token, only with beta > 0], clip_ratio [share of tokens]
    loss, grad_norm, learning_rate
    tokens [prompt + completion of every sample so far], tokens_per_second, cost_usd
    gamed, held_out_accuracy, held_out_n, flags   on some steps: what watch.py sees
    guards                             on some steps: what the guards saw and did (guarding/)
    overflow, held                     true where fp16's gradient scaler, or a guard after going back, dropped the step

With dynamic sampling rewards, completions, zero_variance and tokens are those of all that a step has sampled; with
skipped completions entropy is a mean over the others, null where there are none. All but seconds, step_seconds,
eta_seconds, tokens_per_second and cost_usd are the same in a second run with the same seed on the same machine.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from transformers import TrainerCallback

from grpo_legal import dashboard, processes, run_folder, schema
from grpo_legal.run_folder import RunFolder

TIMES = ("seconds", "step_seconds", "eta_seconds", "tokens_per_second", "cost_usd")
SHARED_COLUMNS = ("problem_id", "family", "answer")


class View(Protocol):
    """What shows a run to a person."""

    def update(self, record: dict[str, Any]) -> None: ...
    def sample(self, sample: dict[str, Any]) -> None: ...
    def note(self, text: str) -> None: ...


class CompletionLog:
    """Wraps the rewards so that every scored completion is written down with each of them.

    The trainer calls the rewards one after another on the same batch; when the last has answered, the batch
    is a line each in `completions.jsonl`; `last` are those of the step, however many batches it took. Whole groups
    stand together, `group` completions long. A reward that gave none is null there and counts as nothing in the sum,
    which is null where all of them did.
    Each process scores its own completions; the main one writes those of all down.
    """

    def __init__(self, folder: RunFolder, rewards: Sequence[tuple[Callable, float]], group: int) -> None:
        self.folder, self.group = folder, group
        self.weights = {function.__name__: weight for function, weight in rewards}
        self.functions = [self._listen(function) for function, _ in rewards]
        self.last: list[dict[str, Any]] = []
        self.zero_variance: float | None = None
        self.failed: float | None = None
        self._heard: dict[str, list[float | None]] = {}

    def _listen(self, function: Callable) -> Callable:
        def listened(completions: Sequence[Any], **columns: Any) -> list[float | None]:
            values = function(completions, **columns)
            self._heard[listened.__name__] = values
            if len(self._heard) == len(self.weights):
                self._write(completions, columns)
            return values

        listened.__name__ = function.__name__
        return listened

    def _write(self, completions: Sequence[Any], columns: dict[str, Any]) -> None:
        heard, self._heard = self._heard, {}
        state = columns.get("trainer_state")
        tokens = columns.get("completion_ids") or [None] * len(completions)
        batch = []
        for i, completion in enumerate(completions):
            rewards = {name: None if v[i] is None else round(float(v[i]), 6) for name, v in heard.items()}
            batch.append(
                {
                    "step": (state.global_step if state is not None else 0) + 1,
                    **{key: columns[key][i] for key in SHARED_COLUMNS if key in columns},
                    "prompt": _user_text(columns["prompts"][i]),
                    "completion": schema.completion_text(completion),
                    "tokens": None if tokens[i] is None else len(tokens[i]),
                    "rewards": rewards,
                    "reward": self._sum(rewards),
                }
            )
        batch = processes.gather(batch)
        again = self.last and self.last[-1]["step"] == batch[-1]["step"]  # the same step has sampled more
        self.last = [*self.last, *batch] if again else batch
        groups = [[r["reward"] for r in group if r["reward"] is not None] for group in self._groups()]
        self.zero_variance = sum(not g or max(g) - min(g) < 1e-9 for g in groups) / len(groups)
        values = [value for record in self.last for value in record["rewards"].values()]
        self.failed = values.count(None) / len(values)
        if processes.is_main():
            run_folder.append_lines(self.folder.completions, batch)

    def _sum(self, rewards: dict[str, float | None]) -> float | None:
        given = [self.weights[name] * value for name, value in rewards.items() if value is not None]
        return round(sum(given), 6) if given else None

    def _groups(self) -> list[list[dict[str, Any]]]:
        return [self.last[i : i + self.group] for i in range(0, len(self.last), self.group)]

    def sample(self) -> dict[str, Any] | None:
        """Best and worst completion of the group of the last batch that differs most."""
        return dashboard.most_different(self.last, self.group)


def _user_text(prompt: Any) -> str:
    return prompt if isinstance(prompt, str) else prompt[-1]["content"]


class StepLog(TrainerCallback):
    """One metrics record per optimizer step, to the run folder and the view. Time and cost go on after a resume."""

    def __init__(
        self,
        folder: RunFolder,
        view: View,
        *,
        usd_per_hour: float,
        more: Callable[[dict[str, Any]], dict[str, Any]] = lambda record: {},
    ) -> None:
        self.folder, self.view = folder, view
        self.usd_per_hour, self.more = usd_per_hour, more
        self.last: dict[str, Any] = next(iter(deque(run_folder.read_lines(folder.metrics), maxlen=1)), {})
        self.earlier = self.last.get("seconds", 0.0)
        self.paid = self.last.get("cost_usd", 0.0)
        self._began = self._step_began = time.perf_counter()
        self._start_step = 0

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Start the clock."""
        self._began = self._step_began = time.perf_counter()
        self._start_step = state.global_step

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any) -> None:
        """Turn the trainer's log of one step into a record."""
        if not logs or "loss" not in logs or not state.is_world_process_zero:
            return
        self.last = self._record(state, logs)
        self.last |= self.more(self.last)
        run_folder.append_lines(self.folder.metrics, [self.last])
        self.view.update(self.last)

    def values(self, logs: dict[str, Any]) -> dict[str, Any]:
        """What a record holds beside the step, the clock and the tokens."""
        return {key: logs.get(key) for key in ("loss", "grad_norm", "learning_rate")}

    def tokens(self, logs: dict[str, Any]) -> int:
        """Tokens of the run so far."""
        return int(logs.get("num_tokens", 0))

    def _record(self, state: Any, logs: dict[str, Any]) -> dict[str, Any]:
        now = time.perf_counter()
        step_seconds, self._step_began = now - self._step_began, now
        seconds = self.earlier + now - self._began
        per_step = (now - self._began) / (state.global_step - self._start_step)
        tokens = self.tokens(logs)
        new = tokens - self.last.get("tokens", 0)
        record = {
            "step": state.global_step,
            "max_steps": state.max_steps,
            "seconds": round(seconds, 3),
            "step_seconds": round(step_seconds, 3),
            "eta_seconds": round(per_step * (state.max_steps - state.global_step), 1),
            **self.values(logs),
            "tokens": tokens,
            "tokens_per_second": round(new / step_seconds, 1),
            "cost_usd": round(self.paid + (now - self._began) / 3600 * self.usd_per_hour, 6),
        }
        return {key: float(v) if hasattr(v, "item") else v for key, v in record.items()}


class MetricsLog(StepLog):
    """The records of GRPO, and now and then a group of completions for the view."""

    def __init__(
        self,
        folder: RunFolder,
        log: CompletionLog,
        view: View,
        *,
        usd_per_hour: float,
        sample_every: int,
        more: Callable[[dict[str, Any]], dict[str, Any]] = lambda record: {},
    ) -> None:
        super().__init__(folder, view, usd_per_hour=usd_per_hour, more=more)
        self.log, self.sample_every = log, sample_every

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **more: Any) -> None:
        """Write the record down, and show a group at the first step and every `sample_every`."""
        super().on_log(args, state, control, logs, **more)
        if not logs or "loss" not in logs or not state.is_world_process_zero:
            return
        sample = self.log.sample() if state.global_step % self.sample_every == 0 or state.global_step == 1 else None
        if sample:
            self.view.sample(sample)

    def values(self, logs: dict[str, Any]) -> dict[str, Any]:
        """Rewards, completions, entropy, KL, loss."""
        return {
            "reward": logs.get("reward"),
            "reward_std": logs.get("reward_std"),
            "rewards": {name: logs.get(f"rewards/{name}/mean") for name in self.log.weights},
            "failed_rewards": self.log.failed,
            "completion_length": logs.get("completions/mean_length"),
            "truncated": logs.get("completions/clipped_ratio"),
            "zero_variance": self.log.zero_variance,
            "skipped": logs.get("skipped", 0.0),
            "entropy": logs.get("entropy"),
            "kl": logs.get("kl"),
            "clip_ratio": logs.get("clip_ratio/region_mean"),
            **({"level": int(logs["level"])} if logs.get("level") is not None else {}),
            **super().values(logs),
        }


class LossLog(StepLog):
    """The records of supervised fine-tuning: loss [nats an answer token], share of answer tokens that greedy
    decoding would have got right, entropy [nats]. Tokens are those of prompts and answers, without padding."""

    def values(self, logs: dict[str, Any]) -> dict[str, Any]:
        """Loss, accuracy, entropy."""
        seen = {"token_accuracy": logs.get("mean_token_accuracy"), "entropy": logs.get("entropy")}
        return {**super().values(logs), **seen}

    def tokens(self, logs: dict[str, Any]) -> int:
        """The trainer's own count, which a checkpoint carries."""
        return int(logs.get("num_input_tokens_seen", 0))
