"""Rows that share a prefix -> one `Pack` that computes the prefix once.

In: rows of token ids with a learning weight per token. Out: a token trie laid out depth first, so that the nodes of
every subtree are contiguous. A token attends to its ancestors and itself: `k <= q and q < subtree_end[k]`; its
position is its depth. A node's weight is the sum of the weights of the rows that run through it, and it is predicted
from its *parent*, not from the token before it in the sequence. Loss and gradient are those of the ordinary padded
batch.

Not here: which rows go together, and the training step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import torch


@dataclass(frozen=True, kw_only=True)
class Pack:
    """A token trie, depth first. All arrays have one entry a node, shape (nodes,)."""

    ids: np.ndarray[Any, Any]
    """Token ids, int64."""
    position_ids: np.ndarray[Any, Any]
    """Depth of the node: the position of its token in every row that runs through it."""
    parent: np.ndarray[Any, Any]
    """Index of the node before it, -1 for the first token of a row."""
    subtree_end: np.ndarray[Any, Any]
    """One past the last node of its subtree."""
    weights: np.ndarray[Any, Any]
    """How much the token is learned as a target, summed over the rows that share it; float32."""
    rows: int
    """Number of rows in the pack."""
    row_tokens: int
    """Number of tokens of the rows apart: `row_tokens / len(ids)` is what sharing saves."""

    def __len__(self) -> int:
        return len(self.ids)


def build_pack(rows: Sequence[tuple[Sequence[int], Sequence[float]]]) -> Pack:
    """The pack of `rows`, each `(ids, weights)` of equal length. The order of the rows does not matter.

    >>> pack = build_pack([([1, 2, 3], [0, 0, 1]), ([1, 2, 4], [0, 0, 1])])
    >>> pack.ids.tolist(), pack.parent.tolist(), pack.subtree_end.tolist()
    ([1, 2, 3, 4], [-1, 0, 1, 1], [4, 4, 3, 4])
    """
    import numpy as np

    assert rows, "a pack needs at least one row"
    arrays = sorted(
        ((np.asarray(ids, dtype=np.int64), np.asarray(weights, dtype=np.float32)) for ids, weights in rows),
        key=lambda row: row[0].astype(">u4").tobytes(),  # big-endian bytes sort as the ids do
    )
    total = sum(len(ids) for ids, _ in arrays)
    ids_out, position_ids = np.empty(total, np.int64), np.empty(total, np.int64)
    parent, subtree_end = np.empty(total, np.int64), np.empty(total, np.int64)
    weights_out = np.zeros(total, np.float32)

    size = 0
    path = np.empty(0, np.int64)  # node of each token of the row before
    previous = np.empty(0, np.int64)
    for ids, weights in arrays:
        assert len(ids) == len(weights), f"{len(ids)} ids but {len(weights)} weights"
        assert len(ids) and weights[0] == 0, "the first token of a row has no predecessor and cannot be learned"
        shared = common_prefix(previous, ids)
        subtree_end[path[shared:]] = size
        added = len(ids) - shared
        nodes = np.arange(size, size + added)
        ids_out[nodes] = ids[shared:]
        position_ids[nodes] = np.arange(shared, len(ids))
        parent[nodes] = nodes - 1
        if added:
            parent[size] = path[shared - 1] if shared else -1
        path = np.concatenate([path[:shared], nodes])
        weights_out[path] += weights
        previous = ids
        size += added
    subtree_end[path] = size
    return Pack(
        ids=ids_out[:size],
        position_ids=position_ids[:size],
        parent=parent[:size],
        subtree_end=subtree_end[:size],
        weights=weights_out[:size],
        rows=len(arrays),
        row_tokens=total,
    )


def tree_mask(subtree_end: torch.Tensor) -> torch.Tensor:
    """Boolean attention mask, shape (1, 1, nodes, nodes), True where the query (row) may attend to the key (column)."""
    import torch

    index = torch.arange(len(subtree_end), device=subtree_end.device)
    allowed = (index[None, :] <= index[:, None]) & (index[:, None] < subtree_end[None, :])
    return allowed[None, None]


def common_prefix(left: Sequence[int] | np.ndarray[Any, Any], right: Sequence[int] | np.ndarray[Any, Any]) -> int:
    """How many tokens two rows share from the start."""
    import numpy as np

    left, right = np.asarray(left), np.asarray(right)
    length = min(len(left), len(right))
    different = left[:length] != right[:length]
    return int(different.argmax()) if different.any() else length
