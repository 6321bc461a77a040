"""Kind `renamed`: tools and arguments have other names, the same ones everywhere in the row, so that names are looked
up in the contract and not known by heart. Descriptions stay, but where they quote a name; results stay as they are.

In one row an argument name becomes one other name, at every depth and in every tool. Names without meaning are only
given where everything is described. Left out are rows whose meaning hangs on names that cannot be followed: a default,
a constant or an example that is an object, `patternProperties`, calls that are wrong on purpose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

from calltune.contract import Tool, Toolset
from calltune.contract.keywords import subschemas, with_subschemas
from calltune.data.augment.context import Context
from calltune.data.augment.naming import STYLES, Style, new_name
from calltune.data.augment.turns import Message, arguments_of, name_of, with_arguments, with_messages, with_tools
from calltune.data.conversation import Conversation
from calltune.data.messages import is_learned

_BY_NAME = ("required", "dependentRequired", "dependentSchemas")
"""Keywords whose value names properties, beside `properties`."""


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
    new = _Renaming(toolset=toolset, tools=tools, arguments=arguments)
    made = with_tools(row, [new.tool(tool) for tool in toolset])
    return made and with_messages(made, [new.message(message) for message in row.messages])


def _mapped(rng: Random, names: Sequence[str], style: Style, *, argument: bool) -> dict[str, str]:
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


def _listed_texts(toolset: Toolset) -> Iterator[str]:
    """Texts that the schemas offer as values."""
    for tool in toolset:
        for node in _nodes(tool.parameters):
            for value in (*node.get("enum", ()), node.get("const"), node.get("default")):
                if isinstance(value, str):
                    yield value


def _declared(toolset: Toolset) -> Iterator[str]:
    for tool in toolset:
        for node in _nodes(tool.parameters):
            yield from node.get("properties", ())


@dataclass(frozen=True, kw_only=True)
class _Renaming:
    """Old names -> new ones, and everything in which they stand."""

    toolset: Toolset
    tools: Mapping[str, str]
    arguments: Mapping[str, str]

    @cached_property
    def quoted(self) -> dict[str, str]:
        """Names that are recognised in a sentence: they have an underscore or a hump, and are no plain words, nor a
        value of the schema ("in_stock or sold")."""
        names = {**self.arguments, **self.tools}
        values = set(_listed_texts(self.toolset))
        return {old: new for old, new in names.items() if re.search(r"_|[a-z0-9][A-Z]", old) and old not in values}

    def text(self, text: str) -> str:
        """The text with the names that it quotes."""
        return re.sub(r"\w+", lambda word: self.quoted.get(word[0], word[0]), text)

    def tool(self, tool: Tool) -> dict[str, Any]:
        """The tool in OpenAI's shape."""
        function = tool.to_openai()["function"]
        new = {"name": self.tools[tool.name], "description": self.text(tool.description)}
        return {"type": "function", "function": {**function, **new, "parameters": self.schema(tool.parameters)}}

    def schema(self, schema: Any) -> Any:
        """The schema with its properties under their new names."""
        if not isinstance(schema, dict):
            return schema
        new = with_subschemas(schema, self.schema)
        if isinstance(new.get("description"), str):
            new["description"] = self.text(new["description"])
        if "properties" in new:
            new["properties"] = {self.arguments[key]: inner for key, inner in new["properties"].items()}
        for keyword in _BY_NAME:
            if keyword in new:
                new[keyword] = self.listed(new[keyword])
        return new

    def listed(self, value: Any) -> Any:
        """Names in a list, or as keys (and in lists under them)."""
        if isinstance(value, list):
            return [self.arguments.get(name, name) for name in value]
        return {
            self.arguments.get(key, key): self.listed(inner) if isinstance(inner, list) else inner
            for key, inner in value.items()
        }

    def message(self, message: Message) -> Message:
        """The message; what the user says stays."""
        new = dict(message)
        if message["role"] in ("assistant", "system"):
            new["content"] = self.text(message["content"])
        if "name" in message and message["role"] == "tool":
            new["name"] = self.tools.get(message["name"], message["name"])
        if message.get("tool_calls"):
            new["tool_calls"] = [
                with_arguments(
                    call,
                    self.given(arguments_of(call), [self.toolset[name_of(call)].parameters]),
                    self.tools[name_of(call)],
                )
                for call in message["tool_calls"]
            ]
        return new

    def given(self, value: Any, schemas: list[Any]) -> Any:
        """Arguments with the declared keys under their new names. `schemas`: all that speak about this place."""
        nodes = [node for schema in schemas for node in _here(schema)]
        if isinstance(value, dict):
            made = {}
            for key, item in value.items():
                inner = [node["properties"][key] for node in nodes if key in node.get("properties", {})]
                rest = [node["additionalProperties"] for node in nodes if "additionalProperties" in node]
                made[self.arguments[key] if inner else key] = self.given(item, inner or rest)
            return made
        if isinstance(value, list):
            inner = [part for node in nodes for part in (*node.get("prefixItems", ()), node.get("items"))]
            return [self.given(item, inner) for item in value]
        return value


def _here(schema: Any) -> Iterator[dict[str, Any]]:
    """The schema and its branches that speak about the same value."""
    if isinstance(schema, dict):
        yield schema
        for keyword, _, inner in subschemas(schema):
            if keyword in ("allOf", "anyOf", "oneOf", "then", "else", "dependentSchemas"):
                yield from _here(inner)
