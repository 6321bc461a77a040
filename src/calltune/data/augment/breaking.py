"""Good calls, broken in the ways in which models break them. In: a tool and the arguments of a good call. Out: a call
that is probably wrong; whether it is, the contract says. Nothing here knows what the guard says of it."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from calltune.contract import Tool, Toolset
from calltune.contract.subschema import subschema

Arguments = dict[str, Any]
Broken = tuple[str, Arguments]
"""Name and arguments."""

INVENTED: tuple[tuple[str, Any], ...] = (
    ("language", "en"), ("limit", 10), ("format", "json"), ("verbose", True), ("sort_by", "relevance"), ("page", 1),
    ("user_id", "current_user"), ("include_details", True), ("timezone", "UTC"), ("notes", ""), ("confirm", True),
    ("max_results", 5), ("source", "user"), ("type", "default"),
)  # fmt: skip
"""Arguments that models like to add."""
_VERBS = {"get": "fetch", "find": "search", "search": "find", "create": "add", "add": "create", "set": "update",
          "delete": "remove", "list": "get", "send": "post", "book": "reserve", "reserve": "book", "play": "start",
          "show": "get", "update": "set", "check": "get", "cancel": "delete"}  # fmt: skip
MOST_PLACES = 200


def break_call(rng: Random, toolset: Toolset, name: str, arguments: Arguments) -> Iterator[Broken]:
    """Broken calls, in the order in which they should be tried; each differs from the good one in one place."""
    tool = toolset[name]
    ways = list(WAYS)
    rng.shuffle(ways)
    for way in ways:
        found = WAYS[way](rng, toolset, tool, copy.deepcopy(arguments))
        if found is not None and found != (name, arguments):
            yield found


def cut_short(rng: Random, name: str, arguments: Arguments) -> str:
    """The text of the call in the format of our own template, as it stands when the model stops too early."""
    text = json.dumps({"name": name, "arguments": arguments}, ensure_ascii=False)
    least = min(len(text) - 2, len(name) + 26)
    return "<tool_call>\n" + text[: rng.randint(least, len(text) - 2)]


def _objects(tool: Tool, arguments: Arguments) -> list[tuple[Arguments, dict[str, Any]]]:
    """Every object in the arguments whose properties the schema names, with its schema; the outermost first."""
    found: list[tuple[Arguments, dict[str, Any]]] = []
    stack: list[tuple[Any, list[str]]] = [(arguments, [])]
    while stack and len(found) < MOST_PLACES:
        value, path = stack.pop(0)
        if isinstance(value, dict):
            schema = subschema(tool.parameters, path)
            if schema is not None and isinstance(schema.get("properties"), dict):
                found.append((value, schema))
            stack += [(item, [*path, key]) for key, item in value.items()]
        elif isinstance(value, list):
            stack += [(item, [*path, str(index)]) for index, item in enumerate(value[:8])]
    return found


def _missing(rng: Random, toolset: Toolset, tool: Tool, arguments: Arguments) -> Broken | None:
    places = [
        (value, key)
        for value, schema in _objects(tool, arguments)
        for key in schema.get("required", ())
        if key in value
    ]
    if not places:
        return None
    value, key = rng.choice(places)
    del value[key]
    return tool.name, arguments


def _misspelt(rng: Random, toolset: Toolset, tool: Tool, arguments: Arguments) -> Broken | None:
    places = [(value, key) for value, _ in _objects(tool, arguments) for key in value]
    if not places:
        return None
    value, key = rng.choice(places)
    new = _slip(rng, key)
    if new in value:
        return None
    renamed = {new if name == key else name: item for name, item in value.items()}
    value.clear()
    value.update(renamed)
    return tool.name, arguments


def _slip(rng: Random, name: str) -> str:
    """A name as it is remembered wrongly: the other style, another ending, two letters exchanged."""
    place = rng.randrange(max(1, len(name) - 1))
    swapped = name[:place] + name[place : place + 2][::-1] + name[place + 2 :]
    styled = _camel(name) if "_" in name else _snake(name)
    ending = name[:-1] if name.endswith("s") else name + "s"
    options = [swapped, ending, name + "_name", name.split("_")[-1], styled]
    return rng.choice([option for option in options if option not in ("", name)] or [name + "_"])


def _wrong_type(rng: Random, toolset: Toolset, tool: Tool, arguments: Arguments) -> Broken | None:
    places = [(value, key) for value, _ in _objects(tool, arguments) for key in value]
    rng.shuffle(places)
    for value, key in places:
        options = _other_types(value[key])
        if options:
            value[key] = rng.choice(options)
            return tool.name, arguments
    return None


def _other_types(value: Any) -> list[Any]:
    """The value as a model writes it that has not looked at the schema."""
    if isinstance(value, bool):
        return [str(value).lower(), "yes" if value else "no"]
    if isinstance(value, int | float):
        return [str(value), str(value)]
    if isinstance(value, list):
        plain = [item for item in value if isinstance(item, str)]
        return [json.dumps(value, ensure_ascii=False), *([", ".join(plain), plain[0]] if plain else [])]
    if isinstance(value, dict):
        return [json.dumps(value, ensure_ascii=False)]
    if isinstance(value, str):
        number = [int(value)] if re.fullmatch(r"[1-9][0-9]{0,14}", value) else []
        return number or [[value], {"value": value}, None]
    return []


def _not_in_enum(rng: Random, toolset: Toolset, tool: Tool, arguments: Arguments) -> Broken | None:
    places = [
        (value, key)
        for value, schema in _objects(tool, arguments)
        for key in value
        if isinstance(value[key], str) and "enum" in (subschema(schema, [key]) or {})
    ]
    if not places:
        return None
    value, key = rng.choice(places)
    said = value[key]
    words = re.split(r"[_\s-]+", said)
    options = [
        said + "s",
        said.lower(),
        said.upper(),
        said.title(),
        " ".join(words),
        "_".join(words),
        words[0],
        "any",
        f"{said} {key}",
    ]
    value[key] = rng.choice([option for option in options if option != said])
    return tool.name, arguments


def _invented(rng: Random, toolset: Toolset, tool: Tool, arguments: Arguments) -> Broken | None:
    name, value = rng.choice(INVENTED)
    if name in tool.parameters.get("properties", ()) or name in arguments:
        return None
    return tool.name, {**arguments, name: value}


def _wrong_tool(rng: Random, toolset: Toolset, tool: Tool, arguments: Arguments) -> Broken | None:
    name = tool.name
    first, *rest = re.split(r"(?<=[a-z0-9])(?=[A-Z])|_", name)
    options = [_camel(name) if "_" in name else _snake(name), _slip(rng, name), name.rpartition(".")[2]]
    if rest and first.lower() in _VERBS:
        verb = _VERBS[first.lower()]
        options += [name.replace(first, verb.capitalize() if first[0].isupper() else verb, 1)] * 2
    options = [option for option in options if option and option not in toolset]
    return (rng.choice(options), arguments) if options else None


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[.\-]", "_", name).lower()


WAYS: dict[str, Callable[[Random, Toolset, Tool, Arguments], Broken | None]] = {
    "missing_required": _missing,
    "misspelt": _misspelt,
    "wrong_type": _wrong_type,
    "not_in_enum": _not_in_enum,
    "invented": _invented,
    "wrong_tool": _wrong_tool,
}
"""What can be wrong with a call that can be read."""
