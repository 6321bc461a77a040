"""A contract as the JSON that others take: tools of OpenAI and Anthropic, an MCP server's `tools/list`, one schema. In:
a `Toolset`. Out: the text, and what the form has no place for. The schemas themselves are the contract's, whole, but
where a service refuses a keyword at their root."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ..keywords import subschemas
from ..not_carried import NotCarried
from ..tools import Tool
from ..toolset import Toolset
from .names import Names

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NOT_AT_ROOT = {
    "openai": ("anyOf", "oneOf", "allOf", "not", "enum", "const"),
    "anthropic": ("anyOf", "oneOf", "allOf"),
}
"""What each service refuses at the root of a tool's schema."""

Written = tuple[str, tuple[NotCarried, ...]]


def openai(toolset: Toolset) -> Written:
    """`[{"type": "function", "function": {"name", "description", "parameters"}}]`."""
    names, left = _names(toolset, "OpenAI")
    tools = []
    for tool in toolset:
        left += _no_place(tool, "OpenAI", "returns", "effect", "idempotent", "timeout_s")
        parameters = _root(tool, "openai", left)
        function = {"name": names[tool.name], "description": tool.description, "parameters": parameters}
        tools.append({"type": "function", "function": function})
    return _text(tools), tuple(left)


def anthropic(toolset: Toolset) -> Written:
    """`[{"name", "description", "input_schema"}]`."""
    names, left = _names(toolset, "Anthropic")
    tools = []
    for tool in toolset:
        left += _no_place(tool, "Anthropic", "returns", "effect", "idempotent", "timeout_s")
        schema = _root(tool, "anthropic", left)
        tools.append({"name": names[tool.name], "description": tool.description, "input_schema": schema})
    return _text(tools), tuple(left)


def mcp(toolset: Toolset) -> Written:
    """`{"tools": [{"name", "description", "inputSchema", "outputSchema", "annotations"}]}`."""
    left: list[NotCarried] = []
    tools = []
    for tool in toolset:
        left += _no_place(tool, "MCP", "timeout_s")
        entry: dict[str, Any] = {"name": tool.name, "description": tool.description, "inputSchema": tool.parameters}
        if tool.returns is not None and tool.returns.get("type") == "object":
            entry["outputSchema"] = tool.returns
        elif tool.returns is not None:
            why = "An outputSchema of MCP is of an object; this one is left out."
            left.append(NotCarried(tool=tool.name, where="/returns", what="returns", why=why))
        entry["annotations"] = {"readOnlyHint": tool.effect == "read", "idempotentHint": tool.idempotent}
        tools.append(entry)
    return _text({"tools": tools}), tuple(left)


def jsonschema(toolset: Toolset) -> Written:
    """One document that accepts `{"name", "arguments"}` of a valid call, with the schemas of every tool in `$defs`:
    `NAME` for the arguments, `NAME:returns` for the result."""
    left: list[NotCarried] = []
    definitions: dict[str, Any] = {}
    calls = []
    for tool in toolset:
        left += _no_place(tool, "JSON Schema", "effect", "idempotent", "timeout_s")
        described = {"description": tool.description, **tool.parameters} if tool.description else tool.parameters
        definitions[tool.name] = _moved(described, f"#/$defs/{tool.name}")
        if tool.returns is not None:
            definitions[f"{tool.name}:returns"] = _moved(tool.returns, f"#/$defs/{tool.name}:returns")
        properties = {"name": {"const": tool.name}, "arguments": {"$ref": f"#/$defs/{tool.name}"}}
        calls.append(
            {
                "type": "object",
                "properties": properties,
                "required": ["name", "arguments"],
                "additionalProperties": False,
            }
        )
    root: dict[str, Any] = {"anyOf": calls} if calls else {"not": {}}
    return _text({"$schema": _DIALECT, "title": "A call of one tool", **root, "$defs": definitions}), tuple(left)


def _text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _names(toolset: Toolset, service: str) -> tuple[dict[str, str], list[NotCarried]]:
    """The names that a service takes: letters, digits, `_` and `-`."""
    plain = {name for name in toolset.names if re.fullmatch(r"[A-Za-z0-9_-]+", name)}
    free = Names(plain)
    names, left = {}, []
    for name in toolset.names:
        wanted = re.sub(r"[^A-Za-z0-9_-]", "_", name)
        names[name] = name if name in plain else free.claim(wanted[:60] if free.has(wanted) else wanted)
        if names[name] != name:
            why = f"{service} takes letters, digits, _ and - in a name: it is called {names[name]} there."
            left.append(NotCarried(tool=name, where="/name", what="name", why=why))
    return names, left


def _no_place(tool: Tool, form: str, *fields: str) -> list[NotCarried]:
    """The facts of a tool that are more than the default, and for which a form has no place."""
    facts = {
        "returns": tool.returns is not None,
        "effect": tool.effect == "read",
        "idempotent": tool.idempotent,
        "timeout_s": tool.timeout_s is not None,
    }
    why = f"{form} has no place for it."
    return [NotCarried(tool=tool.name, where=f"/{word}", what=word, why=why) for word in fields if facts[word]]


def _root(tool: Tool, service: str, left: list[NotCarried]) -> dict[str, Any]:
    """The parameters without what the service refuses at their root."""
    schema = dict(tool.parameters)
    for word in _NOT_AT_ROOT[service]:
        if word in schema:
            del schema[word]
            why = f"The service refuses {word} at the root of a schema; calls that break it are not kept out."
            left.append(NotCarried(tool=tool.name, where=f"/parameters/{word}", what=word, why=why))
    if len(schema) < len(tool.parameters) and schema.pop("unevaluatedProperties", True) is not True:
        why = "The names that it lets pass stood in what the service refuses; undeclared ones are let through."
        where = "/parameters/unevaluatedProperties"
        left.append(NotCarried(tool=tool.name, where=where, what="unevaluatedProperties", why=why))
    return schema


def _moved(schema: Any, home: str) -> Any:
    """A schema whose references still hold when it stands at `home` in another document."""
    if not isinstance(schema, Mapping):
        return schema
    moved = dict(schema)
    if isinstance(target := moved.get("$ref"), str):
        moved["$ref"] = home + target.removeprefix("#")
    for word, key, part in subschemas(dict(schema)):
        if key is None:
            moved[word] = _moved(part, home)
        elif isinstance(key, int):
            moved[word] = [*moved[word][:key], _moved(part, home), *moved[word][key + 1 :]]
        else:
            moved[word] = {**moved[word], key: _moved(part, home)}
    return moved
