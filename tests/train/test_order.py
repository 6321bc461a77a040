"""Every row once an epoch, in batches that share."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from calltune.train.order import Order, length_order, prefix_order

groups_of_rows = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), min_size=1, max_size=60)


@settings(deadline=None)  # a busy machine is no fault
@given(groups_of_rows, st.integers(1, 8), st.integers(0, 3), st.integers(0, 3))
def test_every_row_comes_once_an_epoch_and_the_same_seed_gives_the_same_order(
    rows: list[tuple[int, int]], size: int, seed: int, epoch: int
) -> None:
    groups, talks = np.array(rows).T
    for order in (
        lambda: prefix_order(groups, talks, rows=size, seed=seed, epoch=epoch),
        lambda: length_order(talks, rows=size, seed=seed, epoch=epoch),
    ):
        assert sorted(order().tolist()) == list(range(len(rows)))
        assert order().tolist() == order().tolist()


@settings(deadline=None)  # a busy machine is no fault
@given(groups_of_rows, st.integers(1, 8))
def test_as_many_batches_as_possible_hold_one_group(rows: list[tuple[int, int]], size: int) -> None:
    groups, talks = np.array(rows).T
    order = prefix_order(groups, talks, rows=size, seed=0, epoch=0)
    whole = [order[start : start + size] for start in range(0, len(order) - size + 1, size)]
    pure = sum(len(set(groups[batch].tolist())) == 1 for batch in whole)
    assert pure >= sum(count // size for count in np.bincount(groups))


def test_turns_of_one_conversation_stay_together() -> None:
    talks = np.repeat(np.arange(8), 2)  # eight conversations of two turns, one contract
    order = prefix_order(np.zeros(16, np.int64), talks, rows=4, seed=1, epoch=0)
    for start in range(0, 16, 4):
        assert len(set(talks[order[start : start + 4]].tolist())) == 2


def test_epochs_differ() -> None:
    order = Order("length", lengths=np.arange(100), groups=np.zeros(100), conversations=np.zeros(100), rows=4, seed=0)
    first = list(order)
    order.set_epoch(1)
    assert first != list(order)


def test_padded_batches_hold_rows_of_like_length() -> None:
    lengths = np.random.default_rng(0).integers(10, 1000, 640)
    order = length_order(lengths, rows=8, seed=0, epoch=0)
    padded = sum(8 * lengths[order[start : start + 8]].max() for start in range(0, 640, 8))
    assert padded < 1.1 * lengths.sum()
