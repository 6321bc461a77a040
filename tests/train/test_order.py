"""Every row once an epoch, in batches that share and that mix."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calltune.train.order import Batches, Limits, batches_with_rows, length_batches, plan_batches, prefix_batches
from calltune.train.packing import build_pack
from calltune.train.rows import RowNumbers

PLANS = (prefix_batches, length_batches)


def numbers(*rows: tuple[int, int, int, int, int]) -> RowNumbers:
    """Of each row its conversation, its group, the tokens of the group's prefix, of what it repeats beyond that, and of
    what is its own."""
    conversations, groups, prefixes, repeats, own = np.array(rows, np.int64).reshape(-1, 5).T
    same = np.append(False, (np.diff(conversations) == 0) & (np.diff(groups) == 0))
    lengths = prefixes + np.where(same, repeats, 0) + own
    repeats = np.where(same, prefixes + repeats, 0)
    return RowNumbers(lengths=lengths, groups=groups, prefixes=prefixes, repeats=repeats, conversations=conversations)


def alike(count: int, group: int = 0, prefix: int = 100, own: int = 10) -> list[tuple[int, int, int, int, int]]:
    """Rows of one toolset, each a conversation of its own."""
    return [(1000 * group + row, group, prefix, 0, own) for row in range(count)]


any_rows = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4)), min_size=1, max_size=60).map(
    lambda rows: numbers(*((talk, group, 20 * group, 3, 5 + talk) for talk, group in sorted(rows)))
)
any_limits = st.one_of(
    st.builds(Limits, rows=st.integers(1, 8)),
    st.builds(Limits, tokens=st.integers(1, 300)),
    st.builds(Limits, rows=st.integers(1, 8), tokens=st.integers(1, 300)),
)


@settings(deadline=None)  # a busy machine is no fault
@given(any_rows, any_limits, st.sampled_from(PLANS), st.integers(0, 3), st.integers(0, 3))
def test_every_row_comes_once_an_epoch_and_the_same_seed_gives_the_same_batches(
    rows: RowNumbers, limits: Limits, plan: Callable[..., list[Any]], seed: int, epoch: int
) -> None:
    batches = plan(rows, limits, seed=seed, epoch=epoch)
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(rows)))
    assert [batch.tolist() for batch in plan(rows, limits, seed=seed, epoch=epoch)] == [b.tolist() for b in batches]
    assert all(len(batch) <= limits.rows for batch in batches if limits.rows)


@settings(deadline=None)
@given(st.data(), any_limits)
def test_no_pack_is_larger_than_the_budget_unless_it_is_one_row(data: st.DataObject, limits: Limits) -> None:
    """The costs are those of real packs, or above: turns of a conversation repeat each other, and share a prompt."""
    rows: list[list[int]] = []
    described = []
    for talk in range(data.draw(st.integers(1, 8))):
        group = data.draw(st.integers(0, 2))
        row = [group] * (1 + 7 * group)
        prefix = len(row)
        for turn in range(data.draw(st.integers(1, 3))):
            row = [*row, *data.draw(st.lists(st.integers(3, 5), min_size=1, max_size=9))]
            rows.append(row)
            described.append((talk, group, prefix, len(rows[-2]) if turn else 0, len(row)))
    talks, groups, prefixes, repeats, lengths = np.array(described).T
    planned = RowNumbers(lengths=lengths, groups=groups, prefixes=prefixes, repeats=repeats, conversations=talks)
    for batch in prefix_batches(planned, limits, seed=0, epoch=0):
        pack = build_pack([(rows[int(row)], [0.0] * len(rows[int(row)])) for row in batch])
        assert limits.tokens is None or len(pack) <= limits.tokens or len(batch) == 1


@settings(deadline=None)
@given(any_rows, st.integers(1, 300))
def test_padding_stays_within_the_budget(rows: RowNumbers, tokens: int) -> None:
    for batch in length_batches(rows, Limits(tokens=tokens), seed=0, epoch=0):
        assert len(batch) == 1 or len(batch) * rows.lengths[batch].max() <= tokens


def test_rows_alone_fill_every_batch() -> None:
    rows = numbers(*alike(10), *alike(7, group=1), *alike(3, group=2))
    assert sorted(len(batch) for batch in prefix_batches(rows, Limits(rows=4), seed=0, epoch=0)) == [4] * 5


def test_a_batch_mixes_toolsets_where_there_are_more() -> None:
    rows = numbers(*(row for group in range(8) for row in alike(64, group, prefix=50)))
    for limits in (Limits(rows=16), Limits(tokens=1600)):
        batches = prefix_batches(rows, limits, seed=0, epoch=0)
        toolsets = [len(set(rows.groups[batch].tolist())) for batch in batches]
        assert np.mean(toolsets) > 2


def test_one_toolset_shares_its_prompt_once_a_batch() -> None:
    rows = numbers(*alike(1000, prefix=1000))
    batches = prefix_batches(rows, Limits(tokens=3000), seed=0, epoch=0)
    assert {len(batch) for batch in batches[:-1]} == {200}


def test_a_budget_is_not_spent_on_prompts() -> None:
    """Many toolsets with long prompts: every batch holds several rows of each of its toolsets."""
    rows = numbers(*(row for group in range(20) for row in alike(100, group, prefix=600)))
    batches = prefix_batches(rows, Limits(tokens=4000), seed=0, epoch=0)
    computed = sum(600 * len(set(rows.groups[batch].tolist())) + 10 * len(batch) for batch in batches)
    assert computed < 2.5 * 10 * len(rows)


def test_turns_of_one_conversation_stay_together() -> None:
    rows = numbers(*((talk, 0, 10, 5, 5) for talk in range(8) for _ in range(2)))
    for batch in prefix_batches(rows, Limits(rows=4), seed=1, epoch=0):
        assert len(set(rows.conversations[batch].tolist())) == 2


def test_padded_batches_hold_rows_of_like_length() -> None:
    random = np.random.default_rng(0)
    rows = numbers(*((talk, talk, 0, 0, int(own)) for talk, own in enumerate(random.integers(10, 1000, 640))))
    batches = length_batches(rows, Limits(rows=8), seed=0, epoch=0)
    assert sum(8 * rows.lengths[batch].max() for batch in batches) < 1.1 * rows.lengths.sum()


def plan(**options: Any) -> Batches:
    return plan_batches(numbers(*alike(100)), "prefix", Limits(rows=10), seed=0, **options)


@pytest.mark.parametrize(("epochs", "batches"), [(1, 10), (2.5, 25), (0.01, 1)])
def test_a_run_is_so_many_epochs(epochs: float, batches: int) -> None:
    run = plan(epochs=epochs)
    assert len(run.rows) == len(run.epochs) == batches
    assert run.epochs[-1] == pytest.approx(max(epochs, 0.1))


def test_a_run_is_so_many_batches_whatever_the_epochs() -> None:
    run = plan(epochs=1, exactly=23)
    assert len(run.rows) == len(run.epochs) == 23
    assert run.epochs[9] == 1.0 and run.epochs[-1] == pytest.approx(2.3)


@pytest.mark.parametrize("processes", [1, 2, 3, 4])
def test_empty_batches_at_the_end_give_every_process_as_many(processes: int) -> None:
    run, alone = plan(epochs=1, multiple_of=processes), plan(epochs=1)
    assert len(run.rows) == len(run.epochs) == -(-10 // processes) * processes
    assert [len(batch) for batch in run.rows] == [10] * 10 + [0] * (len(run.rows) - 10)
    assert [batch.tolist() for batch in run.rows[:10]] == [batch.tolist() for batch in alone.rows]
    assert run.epochs[-1] == 1.0
    assert len(batches_with_rows(run.rows)) == 10


def test_packs_laid_out_already_come_each_alone_once_an_epoch() -> None:
    run = plan_batches(range(5), "each", Limits(), seed=0, epochs=2, multiple_of=4)
    assert [len(batch) for batch in run.rows] == [1] * 10 + [0, 0]
    first, second = ([int(batch[0]) for batch in run.rows[part]] for part in (slice(5), slice(5, 10)))
    assert sorted(first) == sorted(second) == list(range(5)) and first != second
    assert run.epochs[4] == 1.0


def test_epochs_differ() -> None:
    first, second = (plan(epochs=2).rows[part] for part in (slice(0, 10), slice(10, 20)))
    assert [batch.tolist() for batch in first] != [batch.tolist() for batch in second]


def test_the_longest_batch_of_a_step_comes_first() -> None:
    rows = numbers(*((talk, 0, 10, 0, 1 + talk) for talk in range(30)))
    settings: dict[str, Any] = {"seed": 0, "epochs": 1}
    plain = plan_batches(rows, "prefix", Limits(rows=2), **settings)
    sorted_ = plan_batches(rows, "prefix", Limits(rows=2), a_step=4, **settings)
    for start in range(0, len(plain.rows), 4):
        step, same = sorted_.rows[start : start + 4], plain.rows[start : start + 4]
        tokens = [int(rows.lengths[batch].sum()) for batch in step]
        assert tokens == sorted(tokens, reverse=True)
        assert sorted(batch.tolist() for batch in step) == sorted(batch.tolist() for batch in same)
