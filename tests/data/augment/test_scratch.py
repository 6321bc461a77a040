"""Rows from schemas alone: valid, the same for a seed, for every tool, and nothing in a call that was not said."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from calltune.contract import Tool, Toolset
from calltune.data import Conversation, check_row, read_rows
from calltune.data.augment import scratch
from calltune.data.augment.phrasing_tools import tool_words
from calltune.data.augment.scratch import SHARES, make_rows
from calltune.data.augment.scratch_replies import off_topic
from calltune.demo import helpdesk
from calltune.errors import ConfigError

DESK = Toolset.load(helpdesk.__file__)
SHOP = Toolset(
    [
        Tool(
            name="find_shops",
            description="Find shops in a city.",
            parameters={
                "type": "object",
                "properties": {"city": {"type": "string"}, "open_now": {"type": "boolean"}},
                "required": ["city"],
            },
            returns={"type": "array", "items": {"type": "object", "properties": {"shop": {"type": "string"}}}},
            effect="read",
        ),
        Tool(
            name="order_goods",
            description="Orders goods from a shop.",
            parameters={
                "type": "object",
                "properties": {
                    "shop": {"type": "string"},
                    "items": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                    "delivery_date": {"type": "string", "format": "date"},
                    "express": {"type": "boolean", "default": False},
                },
                "required": ["shop", "items", "delivery_date"],
            },
        ),
        Tool(name="ping"),
    ]
)


def rows_of(toolset: Toolset, rows: int, seed: int = 0) -> tuple[list[dict[str, Any]], Counter[str]]:
    discarded: Counter[str] = Counter()
    return list(make_rows(toolset, rows=rows, seed=seed, discarded=discarded)), discarded


def calls_of(row: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    calls = [call for message in row["messages"] for call in message.get("tool_calls", ())]
    return [(call["function"]["name"], call["function"]["arguments"]) for call in calls]


@pytest.mark.parametrize("toolset", [DESK, SHOP], ids=["desk", "shop"])
def test_every_row_follows_the_contract_and_every_tool_is_called(toolset: Toolset) -> None:
    rows, _ = rows_of(toolset, 250)
    assert len(rows) == 250
    for row in rows:
        assert check_row(Conversation.from_json(row)) == ()
        assert row["tools"] == toolset.to_openai()
    assert {name for row in rows for name, _ in calls_of(row)} == set(toolset.names)
    assert len({json.dumps(row["messages"]) for row in rows}) == 250


def test_the_forms_have_their_shares() -> None:
    rows, _ = rows_of(DESK, 600)
    forms = Counter(row["made"]["form"] for row in rows)
    assert set(forms) == set(SHARES) - {"chain"}  # no result of the desk is promised a field
    assert sum(SHARES.values()) == 100
    assert 30 <= forms["ask"] <= 90 and 20 <= forms["refuse"] <= 80 and forms["call"] >= 270


PROGRAM = """
import json, sys
from calltune.contract import Toolset
from calltune.data.augment.scratch import make_rows
print(json.dumps(list(make_rows(Toolset.load(sys.argv[1]), rows=40, seed=5))))
"""


def test_the_same_seed_gives_the_same_rows_in_another_process(tmp_path: Path) -> None:
    SHOP.save(tmp_path / "tools.json")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "tools.json")],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONHASHSEED": "77"},
    )
    assert done.returncode == 0, done.stderr
    rows, _ = rows_of(SHOP, 40, seed=5)
    assert json.loads(done.stdout) == rows
    assert rows_of(SHOP, 40, seed=6)[0] != rows


def test_nothing_is_in_a_call_that_was_not_said() -> None:
    """Texts that are copied are in what the user has said, or in a result."""
    for toolset in (DESK, SHOP):
        for row in rows_of(toolset, 300, seed=2)[0]:
            said = " ".join(
                message["content"] for message in row["messages"] if message["role"] in ("user", "tool")
            ).lower()
            for _, arguments in calls_of(row):
                for name in ("shop", "city", "ticket", "login", "text", "summary"):
                    value = str(arguments.get(name, "")).lower()
                    assert value in said or value.removeprefix("inc-") in said, row["messages"]
                for item in arguments.get("items", ()):
                    assert item.lower() in said, row["messages"]


def test_days_are_spoken_of_as_near_only_where_the_model_is_told_the_date() -> None:
    near = re.compile(r"\b(today|tomorrow|next \w+day|this \w+day|in \w+ days)\b", re.IGNORECASE)
    rows = [row for row in rows_of(SHOP, 300, seed=4)[0] if any(name == "order_goods" for name, _ in calls_of(row))]
    with_date = [row for row in rows if row["messages"][0]["role"] == "system"]
    without = [row for row in rows if row["messages"][0]["role"] != "system"]
    spoken = [[m["content"] for m in row["messages"] if m["role"] == "user"] for row in without]
    assert not any(near.search(text) for texts in spoken for text in texts)
    assert any(near.search(message["content"]) for row in with_date for message in row["messages"][1:])


def test_what_is_missing_is_asked_for_and_then_called() -> None:
    asked = [row for row in rows_of(DESK, 200)[0] if row["made"]["form"] == "ask"]
    assert asked
    for row in asked:
        first, question, told, call = [message for message in row["messages"] if message["role"] != "system"]
        (made,) = call["tool_calls"]
        required = DESK[made["function"]["name"]].parameters["required"]
        assert (
            any(name.replace("_", " ") in question["content"].lower() for name in required)
            or "tell me" in question["content"]
        )
        assert first["role"] == told["role"] == "user" and not question.get("tool_calls")


def test_a_value_of_a_result_is_taken_on_to_another_tool() -> None:
    chains = [row for row in rows_of(SHOP, 400)[0] if row["made"]["form"] == "chain"]
    assert chains
    for row in chains:
        result = next(message["content"] for message in row["messages"] if message["role"] == "tool")
        name, arguments = calls_of(row)[-1]
        assert name == "order_goods" and arguments["shop"] in result


def test_a_request_that_a_tool_serves_is_not_taken_for_one_that_none_does() -> None:
    weather = [tool_words(Tool(name="get_capital", description="The capital of a country."))]
    joke = [tool_words(Tool(name="joke", description="Tell a joke."))]
    for tools, own, other in ((weather, "capital", "joke"), (joke, "joke", "capital")):
        lines = " ".join(off_topic(tools))
        assert own not in lines and other in lines


def test_a_tool_whose_schema_nothing_follows_is_left_out_and_counted() -> None:
    impossible = {"type": "object", "properties": {"a": {"type": "string", "pattern": "^\\p{L}$"}}, "required": ["a"]}
    rows, discarded = rows_of(Toolset([*SHOP, Tool(name="never", parameters=impossible)]), 60)
    assert len(rows) == 60 and discarded["pattern"] > 10 and discarded["tool_left_out"] == 1
    assert "never" not in {name for row in rows for name, _ in calls_of(row)}
    with pytest.raises(ConfigError, match="pattern: "):
        rows_of(Toolset([Tool(name="never", parameters=impossible)]), 5)


def test_a_contract_with_little_to_say_gives_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "SHARES", {"talk": 1})
    rows, discarded = rows_of(Toolset([Tool(name="ping")]), 2000)
    assert 20 < len(rows) < 2000
    assert discarded["rows_short"] == 2000 - len(rows) and discarded["tool_exhausted"] == 1
    with pytest.raises(ConfigError, match="no tools"):
        rows_of(Toolset([]), 1)


@pytest.mark.parametrize(
    ("name", "description", "verb", "noun"),
    [
        ("get_weather", "", "get", "weather"),
        ("Restaurants_1_ReserveRestaurant", "Reserve a table at a restaurant", "reserve", "a table"),
        ("playlist.add", "Adds a song to a playlist.", "add", "a song"),
        ("air_quality", "Air quality for a city", "get", "air quality"),
        ("SearchScreeningEvent", "Find film screening times.", "find", "film screening times"),
    ],
)
def test_a_tool_is_asked_for_by_its_verb_and_its_thing(name: str, description: str, verb: str, noun: str) -> None:
    words = tool_words(Tool(name=name, description=description))
    assert words.verbs[0].startswith(verb) and words.nouns[0] == noun


@pytest.mark.parametrize("name", ["seal_tools.jsonl.gz", "api_bank.jsonl", "nestful.jsonl"])
def test_rows_are_made_for_every_tool_of_real_contracts(name: str, shared: Path) -> None:
    done: set[str] = set()
    for row in read_rows(shared / "data" / name):
        if row.conversation is None or row.conversation.toolset().fingerprint in done:
            continue
        toolset = row.conversation.toolset()
        made = {one["made"]["tool"] for one in make_rows(toolset, rows=2 * len(toolset), seed=1)}
        assert made == set(toolset.names)
        done.add(toolset.fingerprint)
        if len(done) == 3:
            break
    assert len(done) == 3


def test_nobody_offers_to_repeat_a_write_that_may_have_happened() -> None:
    seen = 0
    for row in rows_of(SHOP, 900, seed=3)[0]:
        if row["made"]["form"] != "failure" or row["made"]["tool"] != "order_goods":
            continue
        result, reply = (message["content"] for message in row["messages"][-2:])
        if "timeout" in result or "internal" in result:
            seen += 1
            assert "Shall I try again" not in reply and "whether it happened" in reply
    assert seen > 2


def test_a_verb_that_ends_in_for_is_not_followed_by_another() -> None:
    schema = {"type": "object", "properties": {"q": {"type": "string", "description": "Words"}}, "required": ["q"]}
    tools = Toolset([Tool(name="search_goods", description="Search for.", parameters=schema)])
    assert not [row for row in rows_of(tools, 200)[0] if "for for" in row["messages"][0]["content"]]


def test_the_genre_of_a_film_is_no_music() -> None:
    schema = {"type": "object", "properties": {"genre": {"type": "string"}}, "required": ["genre"]}
    films = Toolset([Tool(name="find_movies", description="Find movies.", parameters=schema)])
    said = {arguments["genre"].lower() for row in rows_of(films, 150)[0] for _, arguments in calls_of(row)}
    assert "comedy" in said and not said & {"techno", "jazz", "punk"}
