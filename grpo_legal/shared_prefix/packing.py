"""Where every token of a batch stands once each distinct prompt is laid out once, and which rows go through together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence


@dataclass(frozen=True)
class Packed:
    """N distinct prompts with their completions. L is the longest prompt + completions of a row."""

    ids: Tensor  # (N, L) token ids, right-padded with 0
    positions: Tensor  # (N, L) rotary positions; padding has 0
    visible: Tensor  # (N, 1, L, L) bool: query row may look at key column
    row: Tensor  # (S,) packed row of each position that predicts completion tokens
    column: Tensor  # (S,) its column: a prompt's last token, or a completion token with one after it
    predictor: Tensor  # (T,) the one of these S positions that predicts completion token t; ascending
    target: Tensor  # (T,) completion token ids
    source: tuple[Tensor, Tensor]  # where token t stands in the (B, C) completion matrix
    groups: list[tuple[int, list[int]]]  # of each row: tokens of the prompt, and those laid out of each completion


def pack(prompt_ids: Tensor, prompt_mask: Tensor, completion_ids: Tensor, completion_mask: Tensor) -> Packed:
    """Lay B rows with prompts (B, P) and completions (B, C) out as one row per distinct prompt.

    Masks are 1 for real tokens; padding may stand on either side. A completion of length 0 or 1 takes no room.
    """
    device = prompt_ids.device
    groups: dict[tuple[int, ...], list[int]] = {}
    for i, (ids, mask) in enumerate(zip(prompt_ids.tolist(), prompt_mask.tolist(), strict=True)):
        groups.setdefault(tuple(t for t, m in zip(ids, mask, strict=True) if m), []).append(i)
    rows, positions, segments, sizes = [], [], [], []
    places: list[tuple[int, int]] = []  # (row, column) of every position that predicts
    tokens: list[tuple[int, int, int]] = []  # of every completion token: its predictor, its row and column in (B, C)
    kept = completion_mask.bool().tolist()
    completions = completion_ids.tolist()
    for n, (prompt, members) in enumerate(groups.items()):
        ids, pos, seg = list(prompt), list(range(len(prompt))), [0] * len(prompt)
        columns = {i: [c for c, keep in enumerate(kept[i]) if keep] for i in members}
        tokens += [(len(places), i, columns[i][0]) for i in members if columns[i]]
        places.append((n, len(prompt) - 1))
        for g, i in enumerate(members, start=1):
            for offset, (c, following) in enumerate(pairwise(columns[i])):
                tokens.append((len(places), i, following))
                places.append((n, len(ids)))
                ids.append(completions[i][c])
                pos.append(len(prompt) + offset)
                seg.append(g)
        sizes.append((len(prompt), [max(len(columns[i]) - 1, 0) for i in members]))
        rows.append(torch.tensor(ids))
        positions.append(torch.tensor(pos))
        segments.append(torch.tensor(seg))
    ids = pad_sequence(rows, batch_first=True).to(device)
    place = torch.tensor(places, dtype=torch.long, device=device).reshape(-1, 2)
    predictor, *back = torch.tensor(tokens, dtype=torch.long, device=device).reshape(-1, 3).T.contiguous()
    return Packed(
        ids=ids,
        positions=pad_sequence(positions, batch_first=True).to(device),
        visible=_visible(pad_sequence(segments, batch_first=True, padding_value=-1).to(device)),
        row=place[:, 0],
        column=place[:, 1],
        predictor=predictor,
        target=completion_ids[back[0], back[1]],
        source=(back[0], back[1]),
        groups=sizes,
    )


def _visible(segments: Tensor) -> Tensor:
    """(N, L) segment numbers (0 prompt, 1… completions, -1 padding) to the (N, 1, L, L) mask of who sees whom."""
    length = segments.size(1)
    causal = torch.ones(length, length, dtype=torch.bool, device=segments.device).tril()
    query, key = segments[:, :, None], segments[:, None, :]
    # Padding keeps itself in view: a query that sees nothing would be NaN.
    itself = torch.eye(length, dtype=torch.bool, device=segments.device)
    return ((causal & ((key == 0) | (key == query)) & (query >= 0)) | itself)[:, None]


def micro_batches(prompt_mask: Tensor, prompt_ids: Tensor, completion_mask: Tensor, max_tokens: int) -> list[list[int]]:
    """The B rows in micro-batches of at most `max_tokens` packed tokens each, padding included.

    Groups stay whole where they fit, and one that does not is cut into parts that each repeat its prompt; a row that is
    longer than the budget by itself goes alone. Rows of like length go together, the longest first: what does not fit
    in memory shows at once, and little is padded.
    """
    lengths = completion_mask.sum(-1).tolist()
    groups: dict[tuple[int, ...], list[int]] = {}
    for i, (ids, mask) in enumerate(zip(prompt_ids.tolist(), prompt_mask.tolist(), strict=True)):
        groups.setdefault(tuple(t for t, m in zip(ids, mask, strict=True) if m), []).append(i)
    pieces = [piece for prompt, rows in groups.items() for piece in _pieces(len(prompt), rows, lengths, max_tokens)]
    pieces.sort(key=lambda piece: (-piece[0], piece[1]))
    batches: list[list[int]] = []
    longest = used = 0
    for size, rows in pieces:
        if not batches or (used + 1) * longest > max_tokens:
            batches.append([])
            longest, used = size, 0
        batches[-1] += rows
        used += 1
    return batches


def _pieces(prompt: int, rows: Sequence[int], lengths: Sequence[int], max_tokens: int) -> list[tuple[int, list[int]]]:
    """One group as (packed tokens, rows), cut where it is longer than `max_tokens`."""
    pieces: list[tuple[int, list[int]]] = []
    for row in rows:
        more = max(lengths[row] - 1, 0)
        if pieces and pieces[-1][0] + more <= max_tokens:
            pieces[-1] = (pieces[-1][0] + more, [*pieces[-1][1], row])
        else:
            pieces.append((prompt + more, [row]))
    return pieces
