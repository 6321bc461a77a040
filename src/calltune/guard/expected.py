"""What the model should have written, for the retry message: the schema of each wrong place, and the whole schema of a
tool only where no smaller part says it. In: the calls and their problems. Out: lines of text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from calltune.contract import Problem, Tool, Toolset
from calltune.contract.problem import decode_pointer
from calltune.contract.sentences import label, listed
from calltune.contract.subschema import subschema
from calltune.render.parse import ToolCall

MOST_NAMES = 100
"""Tools named to a model that called one that does not exist."""


def expected_of(toolset: Toolset, calls: Sequence[ToolCall], problems: Sequence[Problem]) -> tuple[str, ...]:
    """One line a wrong place, in order, none twice; tools that do not exist give a line with the names.

    >>> days = {"type": "object", "properties": {"days": {"type": "integer", "maximum": 7}}}
    >>> problem = Problem(kind="range", pointer="/calls/0/arguments/days", message="days must be at most 7; got 9.")
    >>> expected_of(Toolset([Tool(name="f", parameters=days)]), [ToolCall(name="f", arguments={"days": 9})], [problem])
    ('days of f: {"type": "integer", "maximum": 7}',)
    """
    places: dict[str, dict[str, str | None]] = {}
    unknown = False
    for problem in problems:
        _, number, *path = decode_pointer(problem.pointer)
        name = calls[int(number)].name
        if name not in toolset:
            unknown = True
            continue
        path = path[1:]  # without "arguments"
        if problem.kind == "unknown_argument":
            path = path[:-1]
        at = label([int(part) if part.isdecimal() else part for part in path])
        places.setdefault(name, {})[at] = _smallest(toolset[name], path)
    lines = [line for name, found in places.items() for line in _lines(toolset[name], found)]
    return (*lines, f"The tools are: {listed(toolset.names, MOST_NAMES)}.") if unknown else tuple(lines)


def _lines(tool: Tool, found: dict[str, str | None]) -> Iterator[str]:
    if None in found.values():
        yield f"{tool.name}: {json.dumps(tool.parameters, ensure_ascii=False)}"
    else:
        yield from (f"{at} of {tool.name}: {schema}" for at, schema in found.items())


def _smallest(tool: Tool, path: Sequence[str]) -> str | None:
    """The schema of one place; None where the whole tool has to be shown."""
    schema = subschema(tool.parameters, path) if path else None
    return None if schema is None or _refers(schema) else json.dumps(schema, ensure_ascii=False)


def _refers(schema: Any) -> bool:
    """Whether it points to definitions that would not be shown with it."""
    if isinstance(schema, dict):
        return "$ref" in schema or any(_refers(value) for value in schema.values())
    return isinstance(schema, list) and any(_refers(item) for item in schema)
