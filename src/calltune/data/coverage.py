"""Which part of the contract the rows use. In: the tools that rows offer and the calls they make. Out: for each tool
its calls, for each argument how often it is given, its different values, its range, and the values of an enum that
never come. Arguments are those of the first level; values are kept as digests, at most 10,000 of an argument."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from calltune.contract import Tool, Toolset
from calltune.data.wording import digest

MOST_TOOLS = 20_000
"""Tools that are told apart; calls of others are counted together."""
MOST_VALUES = 10_000
"""Different values of an argument that are told apart."""


@dataclass(slots=True)
class ArgumentUse:
    """How one argument is used."""

    required: bool = False
    declared: bool = True
    options: tuple[Any, ...] = ()
    """The values that the schema allows, where it lists them."""
    given: int = 0
    """Calls that give it."""
    low: float | None = None
    high: float | None = None
    values: set[int] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    """Of the options, those given, as JSON."""

    def add(self, value: Any) -> None:
        """One value that a call gives."""
        self.given += 1
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < math.inf:  # nan is not
            self.low = value if self.low is None else min(self.low, value)
            self.high = value if self.high is None else max(self.high, value)
        text = json.dumps(value, sort_keys=True, default=str)
        if len(self.values) < MOST_VALUES:
            self.values.add(digest(text))
        if self.options:
            for item in value if isinstance(value, list) else (value,):
                self.used.add(json.dumps(item, sort_keys=True, default=str))

    @property
    def unused(self) -> tuple[Any, ...]:
        """Options that no call gives."""
        return tuple(option for option in self.options if json.dumps(option, sort_keys=True) not in self.used)

    def to_json(self, calls: int) -> dict[str, Any]:
        """Plain data."""
        return {
            "required": self.required,
            "declared": self.declared,
            "given": self.given,
            "share": round(self.given / calls, 4) if calls else None,
            "distinct": len(self.values),
            "range": None if self.low is None else [self.low, self.high],
            "enum": list(self.options) or None,
            "enum_unused": list(self.unused),
        }


@dataclass(slots=True)
class ToolUse:
    """How one tool is used."""

    calls: int = 0
    rows: int = 0
    """Rows that call it."""
    offered: int = 0
    """Rows that offer it."""
    arguments: dict[str, ArgumentUse] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "calls": self.calls,
            "rows": self.rows,
            "offered_in_rows": self.offered,
            "arguments": {name: use.to_json(self.calls) for name, use in self.arguments.items()},
        }


class Coverage:
    """The tools of a data set, while its rows stream by."""

    def __init__(self) -> None:
        self.tools: dict[str, ToolUse] = {}
        self.untracked = 0
        """Calls of tools beyond MOST_TOOLS."""

    def offer(self, toolset: Toolset) -> None:
        """A row offers these tools. The first schema of a name is the one that counts."""
        for tool in toolset:
            use = self._use(tool.name)
            if use is None:
                continue
            use.offered += 1
            if use.offered == 1:
                _declare(use, tool)

    def know(self, toolset: Toolset) -> None:
        """Tools of the contract, whether a row offers them or not."""
        for tool in toolset:
            use = self._use(tool.name)
            if use is not None:
                _declare(use, tool)

    def call(self, call: Mapping[str, Any], *, first_in_row: bool) -> None:
        """A call in a row."""
        use = self._use(call["name"])
        if use is None:
            self.untracked += 1
            return
        use.calls += 1
        use.rows += first_in_row
        arguments = call["arguments"] if isinstance(call["arguments"], dict) else {}
        for name, value in arguments.items():
            if name not in use.arguments:
                if len(use.arguments) >= MOST_TOOLS:
                    continue
                use.arguments[name] = ArgumentUse(declared=False)
            use.arguments[name].add(value)

    def _use(self, name: str) -> ToolUse | None:
        if name not in self.tools and len(self.tools) >= MOST_TOOLS:
            return None
        return self.tools.setdefault(name, ToolUse())


def _declare(use: ToolUse, tool: Tool) -> None:
    properties = tool.parameters.get("properties", {})
    required = tool.parameters.get("required", ())
    for name, schema in properties.items():
        known = use.arguments.setdefault(name, ArgumentUse())
        known.declared, known.required, known.options = True, name in required, _options(schema)


def _options(schema: Any) -> tuple[Any, ...]:
    """The values that a schema lists, for itself or for the items of its list."""
    if not isinstance(schema, dict):
        return ()
    if isinstance(schema.get("enum"), list):
        return tuple(option for option in schema["enum"] if option is not None)
    if schema.get("type") == "boolean":
        return (True, False)
    return _options(schema.get("items")) if schema.get("type") == "array" else ()
