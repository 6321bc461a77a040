"""Which rows go into which step. In: for every row its length, a key of its prompt prefix and its conversation. Out: an
order of row numbers for each epoch, the same for the same seed, to be cut into batches of equal size.

Rows whose prompts begin alike stand together for prefix packs, rows of like length for padding. Batches are shuffled.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

LENGTH_WINDOW_BATCHES = 32
"""Padded batches are sorted by length within this many batches: enough to save padding and to stay random."""


def prefix_order(groups: Array, conversations: Array, *, rows: int, seed: int, epoch: int) -> Array:
    """Row numbers so that each batch of `rows` shares its prefix where it can.

    Rows of one group (same tools) are shuffled by conversation, so that turns of one conversation stay together, and
    cut into batches; what is left over of every group forms mixed batches. Then whole batches are shuffled.
    """
    import numpy as np

    random = np.random.default_rng([seed, epoch])
    _, group = np.unique(groups, return_inverse=True)
    _, conversation = np.unique(conversations, return_inverse=True)
    group_rank = random.permutation(int(group.max()) + 1)[group]
    conversation_rank = random.permutation(int(conversation.max()) + 1)[conversation]
    order = np.lexsort((np.arange(len(groups)), conversation_rank, group_rank))
    sizes = np.bincount(group_rank)
    starts = np.cumsum(sizes) - sizes
    place = np.arange(len(order)) - starts[group_rank[order]]  # place of the row within its group
    full = place < (sizes // rows * rows)[group_rank[order]]
    return _shuffle_batches(np.concatenate([order[full], order[~full]]), rows=rows, random=random)


def length_order(lengths: Array, *, rows: int, seed: int, epoch: int) -> Array:
    """Row numbers so that each batch of `rows` holds rows of like length."""
    import numpy as np

    random = np.random.default_rng([seed, epoch])
    order = random.permutation(len(lengths))
    window = np.arange(len(order)) // (rows * LENGTH_WINDOW_BATCHES)
    order = order[np.lexsort((-lengths[order], window))]
    return _shuffle_batches(order, rows=rows, random=random)


def _shuffle_batches(order: Array, *, rows: int, random: np.random.Generator) -> Array:
    """Shuffle whole batches of `rows`; the one that is not full stays last, since a sampler cuts by counting."""
    import numpy as np

    whole = len(order) // rows
    batches = order[: whole * rows].reshape(whole, rows)
    return np.concatenate([batches[random.permutation(whole)].reshape(-1), order[whole * rows :]])


class Order:
    """A sampler for the trainer: the order of the current epoch. `set_epoch` is called before each epoch."""

    def __init__(
        self,
        kind: Literal["prefix", "length"],
        *,
        lengths: Array,
        groups: Array,
        conversations: Array,
        rows: int,
        seed: int,
    ) -> None:
        self.epoch = 0
        self.rows = rows
        self._kind = kind
        self._lengths = lengths
        self._groups = groups
        self._conversations = conversations
        self._seed = seed

    def set_epoch(self, epoch: int) -> None:
        """Take the order of this epoch from now on."""
        self.epoch = epoch

    def indices(self) -> Array:
        """Row numbers of the current epoch."""
        if self._kind == "length":
            return length_order(self._lengths, rows=self.rows, seed=self._seed, epoch=self.epoch)
        return prefix_order(self._groups, self._conversations, rows=self.rows, seed=self._seed, epoch=self.epoch)

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        return iter(self.indices().tolist())
