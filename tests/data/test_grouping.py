"""Rows that belong together: by conversation, by time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calltune.data.grouping import TEST, TRAIN, VALID, by_conversation, by_row, by_time, find_column, moment
from calltune.data.read import Row, read_rows
from calltune.errors import ConfigError, DataError

Write = Callable[..., Path]


def rows_of(path: Path) -> Callable[[], Iterator[Row]]:
    return lambda: read_rows(path)


def talk(*texts: str, **more: Any) -> dict[str, Any]:
    messages = [{"role": ("user", "assistant")[n % 2], "content": text} for n, text in enumerate(texts)]
    return {"messages": messages, **more}


def test_turns_of_a_dialogue_are_together_by_their_beginning(write: Write) -> None:
    dialogues = [[f"hello {n}", "hi", f"more {n}", "yes", f"last {n}", "bye"] for n in range(30)]
    rows = [talk(*texts[:end]) for texts in dialogues for end in (2, 4, 6)]
    random.Random(0).shuffle(rows)
    division = by_conversation(rows_of(write(*rows)), (0.2, 0.2), 0, None)
    parts: dict[str, set[int]] = {}
    for row, part in zip(rows, division.parts, strict=True):
        parts.setdefault(row["messages"][0]["content"], set()).add(part)
    assert division.groups == 30 and all(len(found) == 1 for found in parts.values())
    assert {part for found in parts.values() for part in found} == {TRAIN, VALID, TEST}


def test_turns_of_a_dialogue_are_together_by_a_column(write: Write) -> None:
    rows = [talk(f"text {n}", "yes", meta={"Session_ID": n // 4}) for n in range(80)]
    division = by_conversation(rows_of(write(*rows)), (0.0, 0.25), 0, None)
    assert division.column == "meta.Session_ID" and division.groups == 20
    assert all(len(set(division.parts[at : at + 4])) == 1 for at in range(0, 80, 4))
    assert division.parts.count(TEST) == 20


def test_a_row_without_an_id_is_a_conversation_of_its_own(write: Write) -> None:
    rows = [talk("a", "b", session_id="s1"), talk("c", "d"), talk("e", "f"), talk("g", "h", session_id="s1")]
    assert by_conversation(rows_of(write(*rows)), (0.0, 0.3), 0, None).groups == 3


def test_the_newest_rows_are_tested_on(write: Write) -> None:
    rows = [talk(f"text {n}", "yes", created_at=f"2026-03-{n + 1:02}T10:00:00Z") for n in range(20)]
    random.Random(3).shuffle(rows)
    division = by_time(rows_of(write(*rows)), (0.2, 0.1), None)
    by_day = sorted(zip((row["created_at"] for row in rows), division.parts, strict=True))
    assert [part for _, part in by_day] == [TRAIN] * 14 + [VALID] * 4 + [TEST] * 2
    assert division.facts["train_until"].startswith("2026-03-14") and division.facts["test_from"].startswith(
        "2026-03-19"
    )


def test_rows_of_one_moment_are_together(write: Write) -> None:
    rows = [talk(f"text {n}", "yes", ts=1_700_000_000 + n // 5) for n in range(20)]
    division = by_time(rows_of(write(*rows)), (0.0, 0.1), None)
    assert division.parts.count(TEST) == 5 and division.parts[15:].count(TEST) == 5


def test_rows_without_a_time_are_all_counted_and_some_shown(write: Write) -> None:
    rows = [talk("a", "b", time="yesterday"), talk("c", "d", time=1), talk("e", "f"), *[talk("g", "h", time=None)] * 9]
    with pytest.raises(DataError, match="11 rows have no time") as error:
        by_time(rows_of(write(*rows)), (0.0, 0.5), None)
    assert "line 1: 'yesterday'" in str(error.value) and len(error.value.faults) == 5


def test_a_column_that_is_not_there_is_an_error_that_lists_the_columns(write: Write) -> None:
    rows = rows_of(write(talk("a", "b", opened=1, meta={"day": 2})))
    with pytest.raises(ConfigError, match=r"messages, meta, meta\.day, opened"):
        find_column(rows, ("x",), "closed")
    with pytest.raises(ConfigError, match="looks like a time"):
        by_time(rows, (0.0, 0.5), None)
    assert find_column(rows, ("x",), "opened") == "opened" and find_column(rows, ("x",), None) is None


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T12:00:00Z", "2026-03-01 12:00:00", "2026-03-01T13:00:00+01:00", "Sun, 01 Mar 2026 12:00:00 GMT",
        "2026-03-01 12:00:00 UTC", 1772366400, "1772366400", 1772366400000, 1772366400000000, 1772366400 * 10**9,
    ],
)  # fmt: skip
def test_a_moment_is_the_same_however_it_is_written(text: Any) -> None:
    assert moment(text) == 1_772_366_400_000_000


@given(st.none() | st.booleans() | st.text() | st.integers() | st.floats() | st.lists(st.integers()))
def test_anything_is_a_moment_or_none(value: Any) -> None:
    found = moment(value)
    assert found is None or isinstance(found, int)


@given(st.lists(st.integers(0, 12), min_size=3, max_size=60), st.floats(0.01, 0.4), st.floats(0, 0.4))
def test_no_part_is_empty_and_groups_stay_whole(words: list[int], test: float, valid: float) -> None:
    if len(set(words)) < 3:
        return
    rows = [
        Row(line=n, source="", data=None, conversation=None, raw=str(word).encode()) for n, word in enumerate(words)
    ]
    division = by_row(lambda: iter(rows), (valid, test), 0)
    assert set(division.parts) == ({TRAIN, VALID, TEST} if valid else {TRAIN, TEST})
    assert all(len({p for w, p in zip(words, division.parts, strict=True) if w == word}) == 1 for word in set(words))


def test_eight_digits_that_are_a_day_are_a_day_and_not_a_second_of_1970() -> None:
    assert moment("20260301") == moment(20260301) == moment("2026-03-01")
    assert moment("2026/03/01 12:00:00") == moment("2026.03.01T12:00:00Z") == moment("2026-03-01T12:00:00+00:00")
    assert moment("01/03/2026") is None, "the first of March, or the third of January"
    assert moment("20261301") == 20261301 * 1_000_000, "no month 13: seconds"
