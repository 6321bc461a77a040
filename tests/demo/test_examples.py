"""The example of the README: its functions make a contract, its rows follow it, and the functions run."""

from __future__ import annotations

from pathlib import Path

import pytest

from calltune.contract import Toolset
from calltune.data import read_rows
from calltune.data.rules import check_row

WEATHER = Path(__file__).parents[2] / "examples" / "weather"


@pytest.fixture(scope="module")
def toolset() -> Toolset:
    return Toolset.load(str(WEATHER / "tools.py"))


def test_the_rows_of_the_weather_example_follow_its_functions(toolset: Toolset) -> None:
    rows = list(read_rows(str(WEATHER / "conversations.jsonl"), tools=toolset))
    assert 10 <= len(rows) <= 30
    assert [(row.line, check_row(row)) for row in rows if check_row(row)] == []


def test_the_calls_of_the_weather_example_run(toolset: Toolset) -> None:
    used = set()
    for row in read_rows(str(WEATHER / "conversations.jsonl"), tools=toolset):
        assert row.conversation is not None
        for message in row.conversation.messages:
            for call in message.get("tool_calls", ()):
                name, arguments = call["function"]["name"], call["function"]["arguments"]
                assert toolset.check_result(name, toolset.functions[name](**arguments)) == ()
                used.add(name)
    assert used == set(toolset.names)
