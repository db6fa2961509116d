"""Steps of decoding recorded as a CUDA graph and replayed, so that a token costs what its kernels cost.

A decoding step of a large policy is thousands of small kernels, and launching them one by one from Python takes longer
than running them: 320 ms a token in place of 91 for a 32B policy in 4 bits with LoRA on an H100
(benchmarks/results/gpu-2026-11-28-*.json). A graph is launched as one, but wants every tensor in one place and of one
shape. So the columns of the next steps, a stretch, are laid out ahead, and a completion that ends keeps its place, unseen,
until the next stretch:

    cache of a prompt    p0 p1 p2 | a0 b0 c0 | a1 -- c1 | .. .. .. | .. .. ..     b has ended
                                               the step's columns, moved on by a tensor that the graph reads

The first step of a stretch runs as ever and the second is the first to be replayed. Numbers are those of GroupDecoder:
unwritten columns are hidden by the mask.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from transformers import DynamicCache

from grpo_legal.shared_prefix.decoders import NOBODY, GroupDecoder, rank, visible_columns
from grpo_legal.shared_prefix.scoring import attention_masks

SWITCH = "GRPO_LEGAL_CUDA_GRAPHS"  # 0: never record
FEWEST_STEPS = 8  # recording takes the time of about two steps
FIRST_STRETCH = 64  # steps; each next one is twice as long
MOST_COLUMNS = 32768  # that a stretch lays out, over all prompts
FEW_LEFT = 4  # a stretch ends before its steps are made once a quarter of its completions is left
SAME = 0.01  # of the norm of the logits: a replayed step that is further from the same step as it ran is not trusted

log = logging.getLogger(__name__)
Replay = Callable[[], Tensor]
_refused: list[str] = []  # why this process records no more


def usable(model: nn.Module, steps: int) -> bool:
    """Whether `steps` more steps of this model are worth recording and can be: all of it on one CUDA device."""
    if steps < FEWEST_STEPS or _refused or os.environ.get(SWITCH, "1") == "0":
        return False
    devices = {parameter.device for parameter in model.parameters()}
    return len(devices) == 1 and devices.pop().type == "cuda"


def record(step: Replay) -> Replay:
    """The work that `step` puts on the GPU, as a call that does it again in one launch and returns its (same) output.

    Raises RuntimeError where something in it cannot be recorded, such as a wait for the GPU.
    """
    graph, stream = torch.cuda.CUDAGraph(), torch.cuda.current_stream()
    try:
        with torch.cuda.graph(graph, capture_error_mode="thread_local"):  # other threads may use the GPU meanwhile
            out = step()
    except RuntimeError:
        torch.cuda.set_stream(stream)  # torch leaves its side stream current
        raise

    def replay() -> Tensor:
        graph.replay()
        return out

    return replay


class RecordedDecoder(GroupDecoder):
    """A GroupDecoder whose steps are replayed. `steps` is how many may be asked for at most."""

    def __init__(self, model: nn.Module, cache: Any, mask: Tensor, rows: Tensor, steps: int) -> None:
        super().__init__(model, cache, mask, rows)
        self.left, self.length = steps, FIRST_STRETCH
        self.stretch: Stretch | None = None

    def keep(self, kept: Tensor) -> None:
        """Drop the other completions; their columns and places stay until the stretch is over."""
        if self.stretch is None:
            super().keep(kept)
            return
        self.row, self.number, self.position = self.row[kept], self.number[kept], self.position[kept]
        self.stretch.place = self.stretch.place[kept]
        if FEW_LEFT * len(self.row) <= self.stretch.rows:
            self._end_stretch()

    def step(self, token: Tensor) -> Tensor:
        """(R,) the newest token of each completion to (R, V) the logits of its next."""
        if self.stretch is not None and self.stretch.steps == 0:
            self._end_stretch()
        if self.stretch is None and self.left >= FEWEST_STEPS and not _refused:
            self.stretch = self._new_stretch()
        self.left -= 1
        if self.stretch is None:
            return super().step(token)
        logits = self.stretch.step(token, self.row, self.position, self.number)
        self.position = self.position + 1
        return logits

    def _new_stretch(self) -> Stretch:
        column = rank(self.row)
        shape = (len(self.owner), int(column.max()) + 1)  # (N, K)
        steps = min(self.left, self.length, max(FEWEST_STEPS, MOST_COLUMNS // (shape[0] * shape[1])))
        if self.left - steps < FEWEST_STEPS:  # what would be left is not worth recording
            steps = self.left
        self.length *= 2
        return Stretch(self.model, self.cache, self.owner, self.column_position, column, shape[1], steps)

    def _end_stretch(self) -> None:
        """Back to a cache of the columns written, less those of prompts and completions that have ended."""
        assert self.stretch is not None
        self.owner, self.column_position = self.stretch.give_back()
        self.stretch = None
        super().keep(torch.arange(len(self.row), device=self.row.device))


class Stretch:
    """Steps over tensors that stay in their place. Of `steps` those that are left; `rows` completions began it."""

    def __init__(
        self,
        model: nn.Module,
        cache: DynamicCache,
        owner: Tensor,
        column_position: Tensor,
        place: Tensor,
        width: int,
        steps: int,
    ) -> None:
        self.model, self.cache, self.steps, self.rows = model, cache, steps, len(place)
        self.place = place  # (R,) of each completion among the K columns of its prompt
        self.written = owner.size(1)
        self.columns = torch.arange(self.written, self.written + width, device=owner.device)  # (K,) of this step
        self.owner, self.column_position = (
            _wider(owner, steps * width, NOBODY),
            _wider(column_position, steps * width, 0),
        )
        self.ids, self.positions, self.queries = (owner.new_zeros(len(owner), width) for _ in range(3))
        self.replay: Replay | None = None
        self.tried = False
        self.placed = PlacedCache(cache, steps * width, self.columns)

    def step(self, token: Tensor, row: Tensor, position: Tensor, number: Tensor) -> Tensor:
        """(R,) token, prompt, position and number of each completion to the (R, V) logits of its next token."""
        at = (row, self.place)
        for buffer, fill, values in (
            (self.ids, 0, token), (self.positions, 0, position), (self.queries, NOBODY, number)
        ):  # fmt: skip
            buffer.fill_(fill)
            buffer[at] = values
        if self.replay is not None:
            logits = self.replay()[at]
        else:
            logits = self._forward()[at]
            if not self.tried:
                self._record(at, logits)
        self.steps -= 1
        self.written += len(self.columns)
        self.columns += len(self.columns)
        return logits

    def _forward(self) -> Tensor:
        self.owner.index_copy_(1, self.columns, self.queries)
        self.column_position.index_copy_(1, self.columns, self.positions)
        visible = visible_columns(self.owner, self.queries)
        config = self.model.config.get_text_config()
        return self.model(
            input_ids=self.ids, attention_mask=attention_masks(config, visible, self.positions, self.column_position),
            position_ids=self.positions, past_key_values=self.placed, use_cache=True,
        ).logits  # fmt: skip

    def _record(self, at: tuple[Tensor, Tensor], logits: Tensor) -> None:
        """Record the step that was just made; made again, it must come to the same logits."""
        self.tried = True
        try:
            replay = record(self._forward)
            again = replay()[at]
            if not (again - logits).norm() <= SAME * logits.norm():
                raise RuntimeError("a replayed step came to other logits than the step itself")
        except RuntimeError as error:
            why = str(error).strip() or type(error).__name__
            _refused.append(why)
            log.warning("CUDA graphs are off, so that sampling is slower: %s", why.splitlines()[0])
        else:
            self.replay = replay

    def give_back(self) -> tuple[Tensor, Tensor]:
        """The cache has its columns again, those of this stretch among them. Returns whose they are and their positions."""
        self.replay = None
        self.placed.give_back(self.cache, self.written)
        return self.owner[:, : self.written], self.column_position[:, : self.written]


class PlacedCache(DynamicCache):
    """A cache with room for `more` columns, of which a pass writes those in the tensor `columns`. It empties the one
    that it is made of."""

    def __init__(self, cache: DynamicCache, more: int, columns: Tensor) -> None:
        super().__init__()
        self.columns = columns
        self.kept: list[tuple[Tensor, Tensor]] = []
        for layer in cache.layers:
            # Zeros and not whatever lies there: a hidden NaN is a NaN.
            keys, values = (_wider(tensor, more, 0, dim=2) for tensor in (layer.keys, layer.values))
            layer.keys = layer.values = None  # so that no more than one layer is held twice
            self.kept.append((keys, values))

    def update(
        self, key_states: Tensor, value_states: Tensor, layer_idx: int, *args: Any, **kwargs: Any
    ) -> tuple[Tensor, Tensor]:
        """Write the keys and values of this pass; all of the layer's columns."""
        keys, values = self.kept[layer_idx]
        keys.index_copy_(2, self.columns, key_states.to(keys.dtype))
        values.index_copy_(2, self.columns, value_states.to(values.dtype))
        return keys, values

    def give_back(self, cache: DynamicCache, written: int) -> None:
        """Put the first `written` columns into `cache`."""
        for layer, (keys, values) in zip(cache.layers, self.kept, strict=True):
            layer.keys, layer.values = keys[:, :, :written], values[:, :, :written]


def _wider(tensor: Tensor, more: int, fill: int, dim: int = 1) -> Tensor:
    """A copy with `more` columns of `fill` behind."""
    size = list(tensor.shape)
    size[dim] += more
    wide = tensor.new_full(size, fill)
    wide.narrow(dim, 0, tensor.size(dim)).copy_(tensor)
    return wide
