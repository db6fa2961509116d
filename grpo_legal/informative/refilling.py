"""Dynamic sampling: other prompts in the place of those whose groups are flat.

DAPO (arXiv 2503.14476, section 3.2) samples until the batch is full of groups with a signal. Here a round samples as
many further prompts as places are open, and there are so many rounds at most; what is flat then stays. A further
prompt is of the family, level and gold answer of the one that it replaces: a batch stays as balanced as it was made.

Further prompts are drawn by a generator seeded with the step and the round, so a resumed run draws the same. All that
was sampled is scored, written down and counted; the metrics of a step are means over it.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from grpo_legal.informative import flat
from grpo_legal.informative.skipping import KeepsRewards


class Further:
    """The training rows by family, level and gold answer, to draw others of the same kind from."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._alike: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        self._places: dict[str, int] = {}
        for place, row in enumerate(rows):
            self._alike[_kind(row)].append(place)
            self._places[_name(row)] = place
        self._all = range(len(rows))

    def place(self, row: Mapping[str, Any]) -> int:
        """Where this training row stands."""
        return self._places[_name(row)]

    def draw(self, like: Mapping[str, Any], without: set[int], rng: random.Random) -> int:
        """The place of a row like this one that is not among `without`; of any other row where there is none."""
        for pool in (self._alike[_kind(like)], self._all):
            left = [place for place in pool if place not in without]
            if left:
                return rng.choice(left)
        return rng.choice(self._all)


def _kind(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """A free text is no label: there family and level say what a row is like."""
    return row.get("family"), row.get("difficulty"), row.get("answer") if row.get("labels") else None


def _name(row: Mapping[str, Any]) -> str:
    return str(row.get("problem_id", row["prompt"]))


class Refills(KeepsRewards):
    """A mixin over trl.GRPOTrainer. `rounds` is how often at most further prompts are sampled in a step."""

    rounds: int = 0
    _further: Further | None = None

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        """TRL's batch, with flat groups replaced as far as `rounds` rounds of sampling go."""
        if not self.rounds or not self.model.training:
            return super()._generate_and_score_completions(inputs)
        lengths = {name: len(values) for name, values in self._metrics["train"].items()}
        batch = super()._generate_and_score_completions(inputs)
        earned = self.own_earned(len(inputs)).clone()
        sampled, group = [self.earned], self.num_generations
        used = set()
        for round_ in range(self.rounds):
            open_ = flat.is_flat(earned, group).nonzero()[:, 0].tolist()
            count = int(self.accelerator.gather(torch.tensor(len(open_), device=earned.device)).max())
            if not count:
                break
            prompts = self._others([inputs[g * group] for g in range(len(inputs) // group)], open_, count, round_, used)
            more = super()._generate_and_score_completions([dict(row) for row in prompts for _ in range(group)])
            sampled.append(self.earned)
            new = self.own_earned(count * group)
            good = (~flat.is_flat(new, group)).nonzero()[:, 0].tolist()
            pairs = list(zip(open_, good, strict=False))
            at, by = (_rows([pair[side] for pair in pairs], group, earned.device) for side in (0, 1))
            batch = replaced(batch, more, at, by, pad=self._tokenizer.pad_token_id)
            earned[at] = new[by]
        if len(sampled) > 1:
            self._pool(lengths, sampled)
        return batch | self._of_the_whole(earned, batch["completion_mask"])

    def _others(
        self, rows: Sequence[Mapping[str, Any]], open_: Sequence[int], count: int, round_: int, used: set[int]
    ) -> list[Mapping[str, Any]]:
        """`count` training rows, one like each open place's; `used` are the places of rows this step has sampled."""
        if self._further is None:
            self._further = Further(list(self.train_dataset))
        used |= {self._further.place(row) for row in rows}
        seed = self.args.seed, self.state.global_step, round_, self.accelerator.process_index
        rng = random.Random("/".join(map(str, ("further", *seed))))
        found = []
        for n in range(count):
            like = rows[open_[n % len(open_)] if open_ else n % len(rows)]
            found.append(self._further.draw(like, used, rng))
            used.add(found[-1])
        return [self.train_dataset[place] for place in found]

    def _of_the_whole(self, earned: Tensor, mask: Tensor) -> dict[str, Tensor]:
        """What depends on the batch as a whole: advantages, and how many tokens are in the loss."""
        everyone = self.accelerator.gather(earned)
        return {
            "advantages": flat.advantages(earned, self.num_generations, self.scale_rewards, everyone),
            "num_items_in_batch": self.accelerator.gather(mask.sum()).sum(),
        }

    def _pool(self, lengths: Mapping[str, int], sampled: Sequence[Tensor]) -> None:
        """One number for a metric that every round has added to: the mean by completions; of rewards their true spread."""
        sizes = [len(part) for part in sampled]
        for name, values in self._metrics["train"].items():
            start = lengths.get(name, 0)
            known = [(v, n) for v, n in zip(values[start:], sizes, strict=False) if v == v]
            if len(values) - start == len(sizes):
                mean = sum(v * n for v, n in known) / sum(n for _, n in known) if known else torch.nan
                values[start:] = [mean]
        earned = torch.cat(list(sampled))
        self._metrics["train"]["reward_std"][-1] = earned[~earned.isnan()].std().item()


def _rows(groups: Sequence[int], group: int, device: torch.device) -> Tensor:
    """The rows of these groups."""
    first = torch.tensor(groups, dtype=torch.long, device=device) * group
    return (first[:, None] + torch.arange(group, device=device)).flatten()


def replaced(batch: Mapping[str, Any], more: Mapping[str, Any], at: Tensor, by: Tensor, *, pad: int) -> dict[str, Any]:
    """`batch` with its rows `at` replaced by the rows `by` of `more`; token matrices are padded to the wider one.

    Prompts are padded on the left, all else on the right, ids with `pad`, all else with 0. What is no row each, such as
    the number of tokens, stays.
    """
    out = dict(batch)
    for name, old in batch.items():
        if isinstance(old, Tensor) and old.ndim > 0:
            width = max(tensor.size(-1) for tensor in (old, more[name])) if old.ndim == 2 else 0
            old, new = (_widened(name, tensor, width, pad) for tensor in (old, more[name]))
            out[name] = old.index_put((at,), new[by])
    return out


def _widened(name: str, tensor: Tensor, width: int, pad: int) -> Tensor:
    missing = width - tensor.size(-1)
    if tensor.ndim != 2 or missing <= 0:
        return tensor
    sides = (missing, 0) if name.startswith("prompt_") else (0, missing)
    return functional.pad(tensor, sides, value=pad if name.endswith("_ids") else 0)
