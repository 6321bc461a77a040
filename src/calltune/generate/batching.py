"""Which prompts run together. In: token ids of every prompt and a budget. Out: batches of indices, each with the
prefix it shares.

Prompts of one evaluation differ mostly at their end: the system text and the schemas in front are the same, row after
row. A batch computes that common prefix once, so prompts are first clustered by prefix and then, inside a cluster,
batched by length. Loads no torch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# What it costs, in prompt tokens, to run one batch more: its decoding steps have a fixed part that does not depend on
# the number of rows. A few dozen steps of a small model on two cores cost about as much as this many tokens of
# prefill.
BATCH_OVERHEAD = 512


@dataclass(frozen=True, slots=True)
class Batch:
    """Prompts that run together."""

    rows: tuple[int, ...]
    """Indices into the prompts given."""
    prefix: int
    """The first so many tokens are the same in all of them and are computed once."""


def plan_batches(
    prompts: Sequence[Sequence[int]], *, max_new: int, batch_tokens: int, max_rows: int, share: bool = True
) -> list[Batch]:
    """Every prompt in exactly one batch; a batch keeps at most `batch_tokens` tokens in its caches (one row always
    fits).

    >>> plan_batches([[1, 2, 3], [1, 2, 4]], max_new=8, batch_tokens=100, max_rows=8)
    [Batch(rows=(0, 1), prefix=2)]
    """
    if not share:
        by_length = sorted(range(len(prompts)), key=lambda row: len(prompts[row]))
        return [Batch(rows, 0) for rows in _cut(by_length, [len(p) + max_new for p in prompts], batch_tokens, max_rows)]
    batches = []
    for cluster, prefix in _clusters(prompts):
        by_length = sorted(cluster, key=lambda row: len(prompts[row]))
        sizes = {row: len(prompts[row]) - prefix + max_new for row in cluster}
        # The prefix lies in memory once, however many rows use it.
        room = max(batch_tokens - prefix, 1)
        batches += [Batch(rows, prefix) for rows in _cut(by_length, sizes, room, max_rows)]
    return batches


def _clusters(prompts: Sequence[Sequence[int]]) -> Iterator[tuple[list[int], int]]:
    """Prompts next to each other in dictionary order share the most; a cluster grows while sharing still pays."""
    order = sorted(range(len(prompts)), key=lambda row: tuple(prompts[row]))
    cluster: list[int] = []
    prefix, longest = 0, 0
    for row in order:
        length = len(prompts[row])
        if cluster:
            shared = min(common_prefix(prompts[cluster[-1]], prompts[row]), prefix, length - 1)
            apart = _work(len(cluster), prefix, longest) + length + BATCH_OVERHEAD
            if _work(len(cluster) + 1, shared, max(longest, length)) <= apart:
                cluster.append(row)
                prefix, longest = shared, max(longest, length)
                continue
            yield cluster, prefix
        # One token at least is left to each row: the logits of its last prompt token begin the completion.
        cluster, prefix, longest = [row], length - 1, length
    if cluster:
        yield cluster, prefix


def _work(rows: int, prefix: int, longest: int) -> int:
    return prefix + rows * (longest - prefix)


def common_prefix(a: Sequence[int], b: Sequence[int]) -> int:
    """How many tokens at the beginning are the same."""
    low, high = 0, min(len(a), len(b))
    if type(a) is not type(b):
        a, b = tuple(a[:high]), tuple(b[:high])
    while low < high:  # by halves: comparing slices is much faster than comparing items
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _cut(
    rows: Sequence[int], sizes: Sequence[int] | dict[int, int], budget: int, max_rows: int
) -> Iterator[tuple[int, ...]]:
    """Cut rows, sorted by length, so that (rows * the longest of them) stays within the budget."""
    batch: list[int] = []
    for row in rows:
        if batch and ((len(batch) + 1) * sizes[row] > budget or len(batch) >= max_rows):
            yield tuple(batch)
            batch = []
        batch.append(row)
    if batch:
        yield tuple(batch)
