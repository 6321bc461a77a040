"""Every prompt is in exactly one batch, with a prefix that all of its batch have."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from calltune.generate.batching import plan_batches

prompts = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=12), max_size=30)


@given(prompts, st.integers(1, 200), st.integers(1, 8), st.booleans())
def test_batches_are_a_partition_and_share_what_they_say(
    prompts: list[list[int]], budget: int, max_rows: int, share: bool
) -> None:
    batches = plan_batches(prompts, max_new=4, batch_tokens=budget, max_rows=max_rows, share=share)
    assert sorted(row for batch in batches for row in batch.rows) == list(range(len(prompts)))
    for batch in batches:
        rows = [prompts[row] for row in batch.rows]
        assert len({tuple(row[: batch.prefix]) for row in rows}) == 1
        assert all(len(row) > batch.prefix for row in rows), "each row has a token of its own to start from"
        longest = max(map(len, rows)) - batch.prefix + 4
        assert len(rows) == 1 or (
            len(rows) <= max_rows and batch.prefix + len(rows) * longest <= max(budget, batch.prefix + 1)
        )
        assert share or batch.prefix == 0


def test_rows_with_other_tools_go_to_other_batches() -> None:
    first, second = [1] * 2000, [2] * 2000
    batches = plan_batches(
        [[*first, 7], [*second, 7], [*first, 8], [*second, 8, 9]], max_new=4, batch_tokens=100_000, max_rows=64
    )
    assert sorted((batch.rows, batch.prefix) for batch in batches) == [((0, 2), 2000), ((1, 3), 2000)]
