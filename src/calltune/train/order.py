"""Which rows go into which batch. In: a few numbers of every row, what a batch may hold. Out: the batches of a whole
run as row numbers, the same for the same seed; every row comes once an epoch.

For packs, rows whose prompts begin alike stand together, as far as that shares their prompt, and a batch still mixes
toolsets. For padding, rows of like length do. Plain loops over lists: a million rows take seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Sized
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np

    from calltune.train.rows import RowNumbers

    Array = np.ndarray[Any, Any]

MIXED = 4
"""A batch is made of about this many pieces, each of rows that share their prompt: a step does not learn one toolset
alone where there are more."""
WINDOW = 512
"""Padded rows are sorted by length among this many: enough to save padding and to stay random."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a batch holds at most: what one forward and backward pass computes. One of the two is set, or both."""

    rows: int | None = None
    """Rows."""
    tokens: int | None = None
    """Tokens computed: a shared prompt counts once, padding counts. A longer row is a batch by itself."""


@dataclass(frozen=True, kw_only=True)
class Batches:
    """The batches of a run."""

    rows: Sequence[Array]
    """Row numbers of each batch; none where a batch only fills up (see `plan_batches`)."""
    epochs: Sequence[float]
    """How many times over the data the run has gone after each batch."""


def batches_with_rows(batches: Sequence[Array]) -> list[Array]:
    """Without those that only fill up."""
    return [batch for batch in batches if len(batch)]


def plan_batches(
    numbers: Any,
    kind: Literal["prefix", "length", "each"],
    limits: Limits,
    *,
    seed: int,
    epochs: float,
    exactly: int | None = None,
    a_step: int = 1,
    multiple_of: int = 1,
) -> Batches:
    """Batches for `epochs` times over the data; where `exactly` is given, so many instead. `numbers`: `RowNumbers`, or
    for the kind "each" anything that has a length.

    Of the `a_step` batches of an optimizer step the longest comes first: memory is then taken once and used again by
    the others, and processes that work side by side have about as much to do. Empty ones at the end make them a
    multiple of the processes that share them (`multiple_of`): each gets as many as the others, and no
    row comes twice.
    """
    import numpy as np

    plan = PLANS[kind]
    taken: list[Array] = []
    done: list[float] = []
    for epoch in count():
        if len(taken) >= exactly if exactly else epoch >= epochs:
            break
        batches = plan(numbers, limits, seed=seed, epoch=epoch)
        share = 1.0 if exactly else min(epochs - epoch, 1.0)
        batches = batches[: max(round(share * len(batches)), 1)]
        seen = 0
        for batch in batches:
            seen += len(batch)
            done.append(epoch + seen / len(numbers))
        taken += batches
    taken, done = taken[:exactly], done[:exactly]
    if a_step > 1 and kind != "each":
        taken = _longest_first(taken, numbers, a_step)
    fillers = -len(taken) % multiple_of
    return Batches(rows=taken + [np.empty(0, np.int64)] * fillers, epochs=done + done[-1:] * fillers)


def _longest_first(batches: list[Array], numbers: RowNumbers, a_step: int) -> list[Array]:
    tokens = [int(numbers.lengths[batch].sum()) for batch in batches]
    order = sorted(range(len(batches)), key=lambda number: (number // a_step, -tokens[number]))
    return [batches[number] for number in order]


def prefix_batches(numbers: RowNumbers, limits: Limits, *, seed: int, epoch: int) -> list[Array]:
    """Batches for packs. Rows with the same prompt prefix are shuffled by conversation, so that the turns of one stay
    together, and cut into pieces; batches are filled with pieces in random order."""
    import numpy as np

    random = np.random.default_rng([seed, epoch])
    _, group = np.unique(numbers.groups, return_inverse=True)
    _, conversation = np.unique(numbers.conversations, return_inverse=True)
    group_rank = random.permutation(int(group.max()) + 1)[group]
    conversation_rank = random.permutation(int(conversation.max()) + 1)[conversation]
    order = np.lexsort((np.arange(len(numbers)), conversation_rank, group_rank))
    costs = _Costs(numbers, group_rank, order)
    pieces = list(costs.pieces(limits))
    shuffled = [pieces[index] for index in random.permutation(len(pieces)).tolist()]
    return [order[batch] for batch in costs.fill(shuffled, limits)]


class _Costs:
    """What the rows of an epoch's order cost: lists, for they are read one by one."""

    def __init__(self, numbers: RowNumbers, group: Array, order: Array) -> None:
        import numpy as np

        self.group: list[int] = group[order].tolist()
        self.prefix: list[int] = numbers.prefixes[order].tolist()
        self.alone: list[int] = numbers.lengths[order].tolist()
        """Tokens of a row that shares nothing."""
        follows = np.diff(order, prepend=-2) == 1  # only then is what was measured in the file shared here
        repeated = np.where(follows, numbers.repeats[order], 0)
        shared = np.maximum(numbers.prefixes[order], repeated)
        self.follows: list[bool] = (repeated > 0).tolist()
        """Whether a row is the next turn of the conversation before it."""
        self.more: list[int] = (numbers.lengths[order] - shared).tolist()
        """Tokens that a row adds behind the row before it, where both have the same prompt prefix."""

    def pieces(self, limits: Limits) -> Iterator[tuple[int, int]]:
        """Stretches of whole conversations with one prefix, as (start, stop): about a fraction of a batch, but long
        enough that at least half of it is not prefix."""
        most_rows = -(-limits.rows // MIXED) if limits.rows else len(self.group)
        start = size = 0
        for here, group in enumerate(self.group):
            room = max(limits.tokens // MIXED, 2 * self.prefix[here]) if limits.tokens else size + self.more[here]
            full = here - start >= most_rows or size + self.more[here] > room
            if here and (group != self.group[here - 1] or (full and not self.follows[here])):
                yield start, here
                start, size = here, 0
            size += self.more[here] if size else self.alone[here]
        if self.group:
            yield start, len(self.group)

    def fill(self, pieces: Sequence[tuple[int, int]], limits: Limits) -> Iterator[list[int]]:
        """Batches of places in the order. A piece that does not fit is cut, where that is worth its prefix."""
        batch: list[int] = []
        groups: set[int] = set()
        size = 0
        for start, stop in pieces:
            while start < stop:
                known = self.group[start] in groups
                end, added = self._fitting(start, stop, size, len(batch), limits, known=known)
                cut_short = end < stop and not known and added < 2 * self.prefix[start]
                if batch and (end == start or (cut_short and limits.tokens)):
                    yield batch
                    batch, groups, size = [], set(), 0
                    continue
                if end == start:  # a row longer than the budget goes alone
                    end, added = start + 1, self.alone[start]
                batch.extend(range(start, end))
                groups.add(self.group[start])
                size += added
                start = end
        if batch:
            yield batch

    def _fitting(self, start: int, stop: int, size: int, rows: int, limits: Limits, *, known: bool) -> tuple[int, int]:
        """Up to where the rows from `start` on fit, and the tokens they add."""
        added, end = 0, start
        while end < stop:
            cost = self.more[end] if end > start else self.alone[end] - (self.prefix[end] if known else 0)
            full = limits.rows is not None and rows + end - start >= limits.rows
            if full or (limits.tokens is not None and size + added + cost > limits.tokens):
                break
            added += cost
            end += 1
        return end, added


def length_batches(numbers: RowNumbers, limits: Limits, *, seed: int, epoch: int) -> list[Array]:
    """Batches for padding: rows of like length, the batches in random order."""
    import numpy as np

    random = np.random.default_rng([seed, epoch])
    order = random.permutation(len(numbers))
    window = np.arange(len(order)) // max(WINDOW, 32 * (limits.rows or 0))
    order = order[np.lexsort((-numbers.lengths[order], window))]
    batches: list[Array] = []
    start = 0
    lengths = numbers.lengths[order].tolist()
    for here in range(1, len(order) + 1):
        longest = max(lengths[start], lengths[here]) if here < len(order) else 0
        rows = here + 1 - start
        full = limits.rows is not None and rows > limits.rows
        if here == len(order) or full or (limits.tokens is not None and rows * longest > limits.tokens):
            batches.append(order[start:here])
            start = here
    return [batches[index] for index in random.permutation(len(batches)).tolist()]


def each_alone(numbers: Sized, limits: Limits, *, seed: int, epoch: int) -> list[Array]:
    """Batches of one, in random order: for packs that are laid out already."""
    import numpy as np

    return list(np.random.default_rng([seed, epoch]).permutation(len(numbers))[:, None])


PLANS: dict[str, Callable[..., list[Array]]] = {
    "prefix": prefix_batches,
    "length": length_batches,
    "each": each_alone,
}
