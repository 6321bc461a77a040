"""Kind `renamed`: tools and arguments have other names, the same ones everywhere in the row, so that names are looked
up in the contract and not known by heart. Descriptions stay, but where they quote a name; results stay as they are.

In one row an argument name becomes one other name, at every depth and in every tool. Names without meaning are only
given where everything is described. Left out are rows whose meaning hangs on names that cannot be followed: a default,
a constant or an example that is an object, `patternProperties`, calls that are wrong on purpose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from calltune.contract import Tool, Toolset
from calltune.contract.keywords import subschemas, with_subschemas
from calltune.data.augment.context import Context
from calltune.data.augment.naming import STYLES, new_name
from calltune.data.augment.turns import Message, arguments_of, name_of, with_messages, with_tools
from calltune.data.conversation import Conversation
from calltune.data.messages import is_learned

Names = Mapping[str, str]
_IDENTIFIER = re.compile(r"[A-Za-z]\w*(?:_\w+|[a-z][A-Z]\w*)")
"""What can only be a name in a sentence: it has an underscore or a hump."""
_BY_NAME = ("required", "dependentRequired", "dependentSchemas")


def renamed(rng: Random, row: Conversation, context: Context) -> Conversation | None:
    """The row under other names."""
    toolset = row.toolset()
    if not len(toolset) or not all(map(_can_follow, row.messages)) or any(map(_hides_names, toolset)):
        return None
    styles = [style for style in STYLES if style != "opaque" or all(map(_is_described, toolset))]
    style, argument_style = rng.choice(styles), rng.choice(styles)
    tools = _mapped(rng, toolset.names, style, argument=False)
    arguments = _mapped(rng, sorted(set(_declared(toolset))), argument_style, argument=True)
    if all(old == new for names in (tools, arguments) for old, new in names.items()):
        return None
    made = with_tools(row, [_tool(tool, tools, arguments) for tool in toolset])
    return made and with_messages(made, [_message(message, toolset, tools, arguments) for message in row.messages])


def _mapped(rng: Random, names: Any, style: Any, *, argument: bool) -> dict[str, str]:
    """A new name for each; none is an old name of another, so that no text can mean both."""
    found: dict[str, str] = {}
    for name in names:
        taken = (set(names) - {name}) | set(found.values())
        found[name] = new_name(rng, name, style, taken, argument=argument)
    return found


def _can_follow(message: Message) -> bool:
    return message["role"] != "assistant" or is_learned(message) or not message.get("tool_calls")


def _hides_names(tool: Tool) -> bool:
    """Whether names stand in the schema where they cannot be told from data."""
    return any(
        keyword == "patternProperties"
        or keyword == "$ref"
        or (keyword in ("default", "const", "enum", "examples", "example") and _holds_object(value))
        for node in _nodes(tool.parameters)
        for keyword, value in node.items()
    )


def _holds_object(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(map(_holds_object, value)))


def _is_described(tool: Tool) -> bool:
    properties = [inner for node in _nodes(tool.parameters) for inner in node.get("properties", {}).values()]
    return bool(tool.description) and all(isinstance(one, dict) and one.get("description") for one in properties)


def _nodes(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for _, _, inner in subschemas(schema):
            yield from _nodes(inner)


def _declared(toolset: Toolset) -> Iterator[str]:
    for tool in toolset:
        for node in _nodes(tool.parameters):
            yield from node.get("properties", ())


def _tool(tool: Tool, tools: Names, arguments: Names) -> dict[str, Any]:
    function = tool.to_openai()["function"]
    names = {**arguments, **tools}
    new = {**function, "name": tools[tool.name], "description": _text(tool.description, names)}
    return {"type": "function", "function": {**new, "parameters": _schema(tool.parameters, names)}}


def _schema(schema: Any, names: Names) -> Any:
    """The schema with its properties under their new names."""
    if not isinstance(schema, dict):
        return schema
    new = with_subschemas(schema, lambda inner: _schema(inner, names))
    if "description" in new and isinstance(new["description"], str):
        new["description"] = _text(new["description"], names)
    if "properties" in new:
        new["properties"] = {names.get(key, key): inner for key, inner in new["properties"].items()}
    for keyword in _BY_NAME:
        if keyword in new:
            new[keyword] = _listed(new[keyword], names)
    return new


def _listed(value: Any, names: Names) -> Any:
    """Names in a list, or as keys (and in lists under them)."""
    if isinstance(value, list):
        return [names.get(name, name) for name in value]
    return {
        names.get(key, key): _listed(inner, names) if isinstance(inner, list) else inner for key, inner in value.items()
    }


def _message(message: Message, toolset: Toolset, tools: Names, arguments: Names) -> Message:
    new = dict(message)
    if message["role"] in ("assistant", "system"):
        new["content"] = _text(message["content"], {**arguments, **tools})
    if "name" in message and message["role"] == "tool":
        new["name"] = tools.get(message["name"], message["name"])
    if message.get("tool_calls"):
        new["tool_calls"] = [_call(call, toolset, tools, arguments) for call in message["tool_calls"]]
    return new


def _call(call: Mapping[str, Any], toolset: Toolset, tools: Names, arguments: Names) -> dict[str, Any]:
    tool = toolset.get(name_of(call))
    given = arguments_of(call)
    new = given if tool is None else _given(given, [tool.parameters], arguments)
    return {**call, "function": {"name": tools.get(name_of(call), name_of(call)), "arguments": new}}


def _given(value: Any, schemas: list[Any], names: Names) -> Any:
    """Arguments with the declared keys under their new names. `schemas`: all that speak about this place."""
    nodes = [node for schema in schemas for node in _here(schema)]
    if isinstance(value, dict):
        made = {}
        for key, item in value.items():
            inner = [node["properties"][key] for node in nodes if key in node.get("properties", {})]
            rest = [node["additionalProperties"] for node in nodes if "additionalProperties" in node]
            made[names[key] if inner else key] = _given(item, inner or rest, names)
        return made
    if isinstance(value, list):
        inner = [part for node in nodes for part in (*node.get("prefixItems", ()), node.get("items"))]
        return [_given(item, inner, names) for item in value]
    return value


def _here(schema: Any) -> Iterator[dict[str, Any]]:
    """The schema and its branches that speak about the same value."""
    if isinstance(schema, dict):
        yield schema
        for keyword, _, inner in subschemas(schema):
            if keyword in ("allOf", "anyOf", "oneOf", "then", "else", "dependentSchemas"):
                yield from _here(inner)


def _text(text: str, names: Names) -> str:
    """The text with the names that it quotes; a plain word is no name."""
    return _IDENTIFIER.sub(lambda match: names.get(match[0], match[0]), text)
