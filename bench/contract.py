"""How fast a typical five-argument call is checked, beside the bare validators. Medians over alternating rounds."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from typing import Annotated, Any, Literal

import jsonschema_rs
from pydantic import BaseModel, ConfigDict, Field

from calltune.contract import Tool, Toolset

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "maxLength": 80},
        "priority": {"enum": ["low", "normal", "high"]},
        "count": {"type": "integer", "minimum": 1, "maximum": 50},
        "tags": {"type": "array", "items": {"type": "string"}},
        "place": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "zip": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
    "required": ["title", "priority", "count"],
    "additionalProperties": False,
}
GOOD = {
    "title": "Printer",
    "priority": "high",
    "count": 3,
    "tags": ["a", "b"],
    "place": {"city": "Oslo", "zip": "0150"},
}
BAD = {"title": "Printer", "priority": "urgent", "count": 0, "tags": ["a", 1]}
ROUNDS, CALLS = 7, 20_000


class Place(BaseModel):
    """The same contract as a Pydantic model."""

    model_config = ConfigDict(extra="forbid")
    city: str
    zip: str | None = None


class Call(BaseModel):
    """The same contract as a Pydantic model."""

    model_config = ConfigDict(extra="forbid", strict=True)
    title: Annotated[str, Field(max_length=80)]
    priority: Literal["low", "normal", "high"]
    count: Annotated[int, Field(ge=1, le=50)]
    tags: list[str] | None = None
    place: Place | None = None


def main() -> dict[str, Any]:
    """Print the table; return it."""
    tools = Toolset([Tool(name="create", parameters=SCHEMA)])
    bare = jsonschema_rs.validator_for(SCHEMA, validate_formats=True)
    good_text, bad_text = json.dumps(GOOD), json.dumps(BAD)

    def pydantic_bad() -> None:
        try:
            Call.model_validate_json(bad_text)
        except ValueError:
            return

    contestants: dict[str, Callable[[], Any]] = {
        "calltune check(object), valid": lambda: tools.check("create", GOOD),
        "bare jsonschema-rs is_valid(object)": lambda: bare.is_valid(GOOD),
        "calltune check(text), valid": lambda: tools.check("create", good_text),
        "bare json.loads + jsonschema-rs": lambda: bare.is_valid(json.loads(good_text)),
        "pydantic strict, text, valid": lambda: Call.model_validate_json(good_text),
        "calltune check(object), 3 problems": lambda: tools.check("create", BAD),
        "bare jsonschema-rs, all errors": lambda: list(bare.iter_errors(BAD)),
        "pydantic strict, text, 3 problems": pydantic_bad,
    }
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, work in contestants.items():
            start = time.perf_counter()
            for _ in range(CALLS):
                work()
            times[name].append((time.perf_counter() - start) / CALLS)
    rates = {name: round(1 / statistics.median(values)) for name, values in times.items()}
    for name, rate in rates.items():
        print(f"{name:40} {rate:>12,} calls/s")
    return rates
