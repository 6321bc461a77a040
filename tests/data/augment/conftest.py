"""A contract and gold rows written by hand, and real ones; a context with the guard's own words."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from calltune import Conversation, Tool, Toolset
from calltune.data import check_row, read_rows
from calltune.data.augment import Context
from calltune.data.augment.gold import Gold, read_gold
from calltune.guard.rehearsal import Rehearsal

TEXT = {"type": "string"}
TOOLS = Toolset(
    [
        Tool(
            name="book_table",
            description="Reserve a table at a restaurant.",
            parameters={
                "type": "object",
                "properties": {
                    "city": {**TEXT, "description": "City of the restaurant"},
                    "party_size": {"type": "integer", "description": "How many people come"},
                    "seating": {"enum": ["inside", "outside"], "description": "Where to sit"},
                    "contact": {
                        "type": "object",
                        "description": "Who books",
                        "properties": {"name": {**TEXT, "description": "Full name"}},
                        "required": ["name"],
                    },
                },
                "required": ["city", "party_size"],
            },
            returns={"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]},
        ),
        Tool(
            name="get_forecast",
            description="Weather for the next days.",
            parameters={
                "type": "object",
                "properties": {"place": {**TEXT, "description": "Name of the town"}, "days": {"type": "integer"}},
                "required": ["place"],
            },
            effect="read",
        ),
        Tool(
            name="play_song",
            description="Play music on a device.",
            parameters={"type": "object", "properties": {"title": TEXT, "tags": {"type": "array", "items": TEXT}}},
        ),
    ]
)
"""Three tools: one with nesting, an enum and a promised result, one that only reads, one without anything required."""


def call(name: str, number: int = 0, **arguments: Any) -> dict[str, Any]:
    """An assistant turn with one call."""
    function = {"name": name, "arguments": arguments}
    return {
        "role": "assistant",
        "content": "",
        "tool_calls": [{"id": f"call_{number}", "type": "function", "function": function}],
    }


def messages(*said: Any) -> list[dict[str, Any]]:
    """User and assistant by turns; messages stay as they are."""
    roles = ("user", "assistant")
    return [one if isinstance(one, dict) else {"role": roles[n % 2], "content": one} for n, one in enumerate(said)]


ROWS: list[list[dict[str, Any]]] = [
    [
        *messages(
            "Book a table for two people in San Jose, please.", call("book_table", city="San Jose", party_size=2)
        ),
        {"role": "tool", "tool_call_id": "call_0", "content": '{"ok": true}'},
        {"role": "assistant", "content": "Your table is booked."},
    ],
    messages("How will the weather be in Oslo?", call("get_forecast", place="Oslo")),
    messages("Will it rain in Bergen for 3 days?", call("get_forecast", place="Bergen", days=3)),
    messages("Play Hey Jude.", call("play_song", title="Hey Jude", tags=["pop", "old"])),
    messages(
        "I want to eat out.",
        "Where, and how many are you?",
        "In Turin, the two of us.",
        call("book_table", city="Turin", party_size=2, seating="outside", contact={"name": "Ida Rossi"}),
    ),
]

HOTELS = Toolset(
    [
        Tool(
            name="find_hotels",
            description="Find hotels in a city.",
            parameters={
                "type": "object",
                "properties": {"city": TEXT, "pets": {"type": "boolean"}},
                "required": ["city"],
            },
            returns={
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"hotel_id": TEXT, "hotel_name": TEXT, "stars": {"type": "integer"}},
                },
            },
            effect="read",
        ),
        Tool(
            name="book_room",
            description="Book a room for some nights.",
            parameters={
                "type": "object",
                "properties": {
                    "city": TEXT,
                    "hotel_id": TEXT,
                    "number_of_nights": {"type": "integer"},
                    "arrival": {"type": "string", "format": "date"},
                    "breakfast": {"type": "boolean"},
                },
                "required": ["hotel_id", "number_of_nights", "arrival"],
            },
        ),
    ]
)
"""Two tools of which the second wants what the first one gives."""

FOUND = [
    {"hotel_id": "H-31", "hotel_name": "Gull", "stars": 3},
    {"hotel_id": "H-77", "hotel_name": "Heron", "stars": 4},
]


def two_steps(place: int = 0, **given: Any) -> Conversation:
    """A dialogue in which the second call takes a value of the first one's result."""
    arguments = {"city": "Cork", "hotel_id": FOUND[place]["hotel_id"], "number_of_nights": 2, "arrival": "2026-05-09"}
    said = [
        *messages("I need a hotel.", "In which city?", "In Cork.", call("find_hotels", city="Cork")),
        {"role": "tool", "tool_call_id": "call_0", "content": json.dumps(FOUND)},
        {"role": "assistant", "content": f"How about the {FOUND[place]['hotel_name']}?"},
        {"role": "user", "content": "Fine, two nights from the 9th of May, please."},
        call("book_room", 1, **arguments, **given),
        {"role": "tool", "tool_call_id": "call_1", "content": "booked"},
        {"role": "assistant", "content": "It is booked."},
    ]
    return conversation(said, HOTELS)


def plan(*calls: dict[str, Any], said: str = "Find me a hotel in Cork and book it for two nights.") -> Conversation:
    """A request and calls that name results of each other."""
    made = [{"id": f"call_{n}", "type": "function", "function": one} for n, one in enumerate(calls)]
    turn = {"role": "assistant", "content": "", "tool_calls": made}
    return conversation([{"role": "user", "content": said}, turn], HOTELS)


def conversation(said: list[dict[str, Any]], tools: Toolset = TOOLS) -> Conversation:
    """A row over the contract."""
    return Conversation.from_json({"messages": json.loads(json.dumps(said))}, tools)


def context_of(gold: Gold, **more: Any) -> Context:
    """The context that the command makes."""
    return Context(texts=Rehearsal(), pool=gold.pool, partners=gold.partners, **more)


@pytest.fixture
def gold_file(tmp_path: Path) -> Path:
    """The hand-made rows as a file, without tools of their own."""
    path = tmp_path / "gold.jsonl"
    path.write_text("".join(json.dumps({"messages": row}) + "\n" for row in ROWS), encoding="utf-8")
    return path


class Hand(NamedTuple):
    """Hand-made rows, and what makes more of them."""

    tools: Toolset
    rows: list[list[dict[str, Any]]]
    call: Callable[..., dict[str, Any]]
    messages: Callable[..., list[dict[str, Any]]]
    conversation: Callable[..., Conversation]
    context_of: Callable[..., Context]
    two_steps: Callable[..., Conversation]
    plan: Callable[..., Conversation]


@pytest.fixture(scope="session")
def hand() -> Hand:
    """Hand-made rows, and what makes more of them."""
    return Hand(TOOLS, ROWS, call, messages, conversation, context_of, two_steps, plan)


REAL = ("snips_train.jsonl.gz", "sgd_train.jsonl.gz", "taskmaster4_coffee.jsonl.gz", "api_bank.jsonl")


@pytest.fixture(scope="session")
def real_gold(shared: Path) -> Callable[[], tuple[list[Conversation], Context]]:
    """Some dozens of good rows of each of several corpora, and the context that goes with them."""

    @cache
    def load() -> tuple[list[Conversation], Context]:
        found = [
            row
            for name in REAL
            for row in islice(read_rows(shared / "data" / name), 0, 1200, 24 if name.endswith(".gz") else 4)
            if row.conversation is not None and not check_row(row)
        ]
        return [row.conversation for row in found if row.conversation], context_of(read_gold(found))

    return load
