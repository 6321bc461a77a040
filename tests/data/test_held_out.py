"""Tools that only the test rows call."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calltune.data.grouping import TEST, TRAIN, VALID, Division
from calltune.data.held_out import by_tool, called
from calltune.data.read import read_rows
from calltune.errors import DataError

Write = Callable[..., Path]


def calling(number: int, *tools: str) -> dict[str, Any]:
    offered = [{"type": "function", "function": {"name": name, "parameters": {"type": "object"}}} for name in tools]
    calls = [{"function": {"name": name, "arguments": {}}} for name in tools]
    messages = [{"role": "user", "content": f"do {number}"}, {"role": "assistant", "content": "", "tool_calls": calls}]
    return {"tools": offered, "messages": messages if tools else [messages[0], {"role": "assistant", "content": "no"}]}


def divide(path: Path, valid: float = 0.0, test: float = 0.2, seed: int = 0) -> Division:
    return by_tool(lambda: read_rows(path), (valid, test), seed)


def tools_by_part(path: Path, division: Division) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {TRAIN: set(), VALID: set(), TEST: set()}
    for row, part in zip(read_rows(path), division.parts, strict=True):
        found[part] |= called(row)
    return found


def test_held_out_tools_are_called_in_the_test_rows_only(write: Write) -> None:
    path = write(*(calling(n, f"tool_{n % 10}") for n in range(200)))
    division = divide(path, valid=0.1)
    tools = tools_by_part(path, division)
    assert tools[TEST] == set(division.held_out) and len(tools[TEST]) == 2 and division.parts.count(TEST) == 40
    assert tools[VALID] == set(division.held_out_valid) and len(tools[VALID]) == 1
    assert tools[TRAIN].isdisjoint(tools[TEST] | tools[VALID])


def test_no_row_is_lost_where_rows_call_several_tools(write: Write) -> None:
    choose = random.Random(4)
    rows = [calling(n, *{f"tool_{choose.randrange(30)}" for _ in range(choose.randrange(1, 4))}) for n in range(400)]
    path = write(*rows)
    division = divide(path, valid=0.1)
    tools = tools_by_part(path, division)
    assert len(division.parts) == 400 and tools[TRAIN].isdisjoint(division.held_out)
    assert set(division.held_out) <= tools[TEST] and tools[VALID].isdisjoint(division.held_out)
    assert division.facts["mixed_rows"] > 0 and 60 <= division.parts.count(TEST) <= 100


def test_another_order_of_the_rows_holds_out_the_same_tools_and_another_seed_others(write: Write) -> None:
    rows = [calling(n, f"tool_{n % 20}") for n in range(200)]
    one = divide(write(*rows, name="a.jsonl"))
    random.Random(1).shuffle(rows)
    assert divide(write(*rows, name="b.jsonl")).held_out == one.held_out != divide(write(*rows), seed=5).held_out


def test_rows_without_calls_are_on_both_sides(write: Write) -> None:
    path = write(*(calling(n, *([f"tool_{n % 5}"] if n % 2 else [])) for n in range(400)))
    division = divide(path)
    silent = [part for row, part in zip(read_rows(path), division.parts, strict=True) if not called(row)]
    assert 20 < silent.count(TEST) < 60 and division.facts["rows_without_calls"] == 200


def test_a_tool_bigger_than_the_share_is_held_out_where_there_is_no_smaller(write: Write) -> None:
    path = write(*(calling(n, "big" if n % 2 else "huge") for n in range(20)))
    assert divide(path, test=0.01).parts.count(TEST) == 10


def test_one_tool_cannot_be_held_out(write: Write) -> None:
    with pytest.raises(DataError, match="no tool can be held out"):
        divide(write(calling(1, "a"), calling(2, "a")))
    with pytest.raises(DataError, match="no tool can be held out"):
        divide(write(calling(1, "a", "b"), calling(2, "a", "b")))


def test_training_rows_that_offer_a_held_out_tool_are_counted(write: Write) -> None:
    rows = [calling(n, f"tool_{n % 4}") for n in range(40)]
    everything = [tool for row in rows[:4] for tool in row["tools"]]
    division = divide(write(*(row | {"tools": everything} for row in rows)), test=0.25)
    assert division.facts["train_rows_that_offer_them"] == 30
