"""Decisions a second for a typical five-argument call, beside bare validators and other libraries' paths: each from the
text a model wrote to checked arguments. Taking turns, medians of the rounds; p50 and p99 of single decisions; and
whether a decision takes longer in a contract of 10,000 tools."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import orjson
from pydantic import TypeAdapter

from bench.contract import BAD, GOOD, SCHEMA, Call
from calltune.contract import Tool, Toolset
from calltune.guard import Guard

ROUNDS, CALLS, SINGLE = 7, 20_000, 50_000
TOOL_COUNTS = (1, 100, 10_000)
ARGUMENTS = json.dumps(GOOD)
TURN = f'<tool_call>\n{{"name": "open_ticket", "arguments": {ARGUMENTS}}}\n</tool_call>'
WRONG = f'<tool_call>\n{{"name": "open_ticket", "arguments": {json.dumps(BAD)}}}\n</tool_call>'


def toolset(count: int = 1) -> Toolset:
    """`count` tools, the one that is called in the middle."""
    names = [f"tool_{number}" for number in range(count - 1)]
    names.insert(count // 2, "open_ticket")
    return Toolset([Tool(name=name, description="Open a ticket.", parameters=SCHEMA, effect="read") for name in names])


def contestants() -> dict[str, Callable[[], Any]]:
    """Those that are installed. Each raises where the call is not good."""
    guard = Guard(toolset())
    validator = jsonschema_rs.Draft202012Validator(SCHEMA)
    adapter = TypeAdapter(Call)

    def ours() -> Any:
        outcome = guard.check(TURN)
        assert outcome.decision == "calls"
        return outcome

    def rejected() -> Any:
        outcome = guard.check(WRONG)
        assert outcome.decision == "rejected"
        return outcome

    def bare() -> Any:
        value = orjson.loads(ARGUMENTS)
        assert validator.is_valid(value)
        return value

    found: dict[str, Callable[[], Any]] = {
        "calltune: the turn, decided": ours,
        "calltune: a bad turn, with its problems": rejected,
        "orjson + jsonschema-rs, arguments only": bare,
        "pydantic TypeAdapter, arguments only": lambda: adapter.validate_json(ARGUMENTS),
    }
    for name, make in (
        ("json + fastjsonschema, arguments only", _fastjsonschema),
        ("json + jsonschema, arguments only", _jsonschema),
        ("Instructor, arguments only", _instructor),
        ("Pydantic AI, arguments only", _pydantic_ai),
    ):
        try:
            found[name] = make()
        except ImportError as error:
            print(f"   left out: {name} ({error.name} is not installed)")
    return found


def _fastjsonschema() -> Callable[[], Any]:
    import fastjsonschema

    validate = fastjsonschema.compile(SCHEMA)
    return lambda: validate(json.loads(ARGUMENTS))


def _jsonschema() -> Callable[[], Any]:
    import jsonschema

    validator = jsonschema.Draft202012Validator(SCHEMA)

    def check() -> Any:
        value = json.loads(ARGUMENTS)
        validator.validate(value)
        return value

    return check


def _instructor() -> Callable[[], Any]:
    """As `from_response` reads the arguments of a tool call."""
    import instructor
    from openai.types.chat import ChatCompletion

    try:
        from instructor.processing.function_calls import openai_schema
    except ImportError:
        openai_schema = instructor.openai_schema
    model = openai_schema(Call)
    call = {"id": "1", "type": "function", "function": {"name": model.openai_schema["name"], "arguments": ARGUMENTS}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    choice = {"index": 0, "finish_reason": "tool_calls", "message": message}
    response = ChatCompletion.model_validate(
        {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
    )
    return lambda: model.from_response(response, mode=instructor.Mode.TOOLS)


def _pydantic_ai() -> Callable[[], Any]:
    """The validator of a tool made from a function, as its tool manager calls it."""
    from pydantic_ai import Tool as PydanticTool

    def open_ticket(call: Call) -> None: ...

    schema = PydanticTool(open_ticket, takes_ctx=False).function_schema
    return lambda: schema.validator.validate_json(ARGUMENTS, allow_partial="off")


def rates(run: dict[str, Callable[[], Any]], calls: int = CALLS) -> dict[str, float]:
    """Calls a second of each, medians over rounds in which all take turns."""
    found: dict[str, list[float]] = {name: [] for name in run}
    counts = {name: _count(function, calls) for name, function in run.items()}
    for _ in range(ROUNDS):
        for name, function in run.items():
            start = time.perf_counter()
            for _ in range(counts[name]):
                function()
            found[name].append(counts[name] / (time.perf_counter() - start))
    return {name: statistics.median(several) for name, several in found.items()}


def _count(function: Callable[[], Any], calls: int) -> int:
    start = time.perf_counter()
    for _ in range(100):
        function()
    return max(min(calls, int(0.25 * 100 / (time.perf_counter() - start))), 100)


def percentiles(function: Callable[[], Any]) -> tuple[float, float]:
    """Microseconds of a single call: p50 and p99."""
    taken = []
    for _ in range(SINGLE):
        start = time.perf_counter_ns()
        function()
        taken.append(time.perf_counter_ns() - start)
    taken.sort()
    return taken[len(taken) // 2] / 1000, taken[len(taken) * 99 // 100] / 1000


def main() -> dict[str, Any]:
    """Print the tables; return the numbers."""
    run = contestants()
    found = rates(run)
    reference = found["orjson + jsonschema-rs, arguments only"]
    for name, rate in found.items():
        p50, p99 = percentiles(run[name])
        print(f"{name:42} {rate:>10,.0f}/s {rate / reference:6.2f}x   p50 {p50:7.1f} us  p99 {p99:7.1f} us")
    sizes = {}
    for count in TOOL_COUNTS:
        guard = Guard(toolset(count))
        sizes[count] = lambda guard=guard: guard.check(TURN)
    by_size = rates({f"{count:,} tools": function for count, function in sizes.items()})
    for name, rate in by_size.items():
        print(f"   {name:>14}: {rate:>10,.0f} decisions/s")
    return {"rates": found, "by_size": by_size}
