"""Tools as formats write them. In: a list, JSON text or a Python literal of tools: OpenAI, Anthropic or MCP shape, bare
functions, arguments without an object around them, types of Python, Java or BFCL. Out: OpenAI tools whose schemas the
contract accepts, and what had to be changed for that. Tools that the contract accepts as they are are not touched."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from calltune.contract import Toolset
from calltune.contract.keywords import ANNOTATIONS
from calltune.contract.not_carried import NotCarried
from calltune.contract.tools import NAME
from calltune.data.formats.calls import read_data
from calltune.data.formats.dialect import json_schema, without_bad_defaults
from calltune.data.formats.reading import Notes, Refused, note
from calltune.data.formats.type_names import schema_of
from calltune.errors import ContractError

MAX_TOOLS = 2000
_SEPARATORS = re.compile(r"[\s,;]*+")
_SCHEMA_KEYS = ("parameters", "input_schema", "inputSchema", "arguments", "args")
_ENVELOPE = {"name", "description", "type", "function", "required", *_SCHEMA_KEYS}
_STRUCTURE = ("properties", "type", "$ref", "anyOf", "oneOf", "allOf", "additionalProperties")


@dataclass(frozen=True)
class Tools:
    """The tools of a record."""

    listed: list[dict[str, Any]] | None = None
    """In the OpenAI shape; None where the record says nothing about tools."""
    renamed: Mapping[str, str] | None = None
    """Names that the contract cannot hold, and what they are now."""

    def order(self) -> dict[str, list[str]]:
        """The arguments of each tool in their order, by the name that the record uses."""
        before = {new: old for old, new in (self.renamed or {}).items()}
        functions = [tool["function"] for tool in self.listed or []]
        return {
            before.get(function["name"], function["name"]): list(function["parameters"].get("properties", ()))
            for function in functions
        }


def read_tools(raw: Any, notes: Notes) -> Tools:
    """The tools; `Tools()` where there are none to speak of. Refused where they cannot be read."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return Tools()
    if isinstance(raw, str):
        raw = read_tool_text(raw)
    if isinstance(raw, dict) and isinstance(raw.get("tools"), list):
        raw = raw["tools"]
    entries = raw if isinstance(raw, list) else [raw]
    if len(entries) > MAX_TOOLS:
        raise Refused("broken tools", f"{len(entries):,} tools are offered; {MAX_TOOLS:,} are read at most.")
    entries = [read_data(entry, "tool") if isinstance(entry, str) else entry for entry in entries]
    try:
        key = json.dumps(entries, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise Refused("broken tools", "the tools are not plain JSON data.") from None
    found = _read(key)
    if isinstance(found, Refused):
        raise Refused(found.kind, found.why)
    tools, renamed, changes = found
    notes.extend(changes)
    return Tools(tools, renamed)


def read_tool_text(text: str) -> list[Any]:
    """Tools from text: one JSON value or several after each other, or a Python literal."""
    decode = json.JSONDecoder().raw_decode
    values: list[Any] = []
    at = 0
    try:
        while (start := _SEPARATORS.match(text, at).end()) < len(text):  # type: ignore[union-attr]  # it matches nothing, too
            value, at = decode(text, start)
            values.append(value)
            if len(values) > MAX_TOOLS:
                raise Refused("broken tools", f"the text holds more than {MAX_TOOLS:,} tools.")
    except (ValueError, RecursionError):
        value = read_data(text.strip(), "list of tools")
        return value if isinstance(value, list) else [value]
    return [tool for value in values for tool in (value if isinstance(value, list) else [value])]


@lru_cache(maxsize=1024)
def _read(key: str) -> tuple[list[dict[str, Any]], dict[str, str], list[NotCarried]] | Refused:
    """By content: thousands of rows share a few lists."""
    notes: Notes = []
    renamed: dict[str, str] = {}
    try:
        tools = _without_twins([_tool(entry, notes) for entry in json.loads(key)], notes)
        taken = {tool["function"]["name"] for tool in tools}
        for tool in tools:
            _rename(tool["function"], renamed, taken, notes)
        return [_accepted(tool, notes) for tool in tools], renamed, notes
    except Refused as refused:
        return refused


def _accepted(tool: dict[str, Any], notes: Notes) -> dict[str, Any]:
    """The tool as the contract accepts it, and what had to be changed."""
    found = _mended(json.dumps(tool, ensure_ascii=False))
    if isinstance(found, Refused):
        raise Refused(found.kind, found.why)
    notes.extend(found[1])
    return found[0]


@lru_cache(maxsize=8192)
def _mended(key: str) -> tuple[dict[str, Any], Notes] | Refused:
    """By content: lists of tools differ more than the tools in them."""
    notes: Notes = []
    try:
        return _in_words_of_json_schema(json.loads(key), notes), notes
    except Refused as refused:
        return refused


def _tool(entry: Any, notes: Notes) -> dict[str, Any]:
    if not isinstance(entry, dict):
        raise Refused("broken tools", f"a tool must be an object, got {type(entry).__name__}.")
    function = entry.get("function", entry)
    if entry.get("type", "function") not in ("function", "custom") and function is entry:
        kind = str(entry["type"])
        if "name" not in entry or not any(key in entry for key in _SCHEMA_KEYS):
            raise Refused("built-in tool", f"a tool of the type {kind[:60]!r} has no schema: only functions are read.")
    if not isinstance(function, dict) or not isinstance(function.get("name"), str) or not function["name"]:
        raise Refused("broken tools", "a tool must be an object with a name and parameters.")
    if function is not entry and isinstance(function.get("parameters"), dict) and "required" not in function:
        return {**entry, "type": entry.get("type", "function"), "function": dict(function)}
    found = next((key for key in _SCHEMA_KEYS if function.get(key) is not None), "")
    parameters = function.get(found) or {"type": "object", "properties": {}}
    required = function.get("required")
    if isinstance(required, list) and required and isinstance(parameters, dict) and not parameters.get("required"):
        parameters = {**(parameters if _is_schema(parameters) else _wrapped(parameters)), "required": required}
        note(notes, "required beside parameters", "it is moved into the parameters.", tool=function["name"])
    new = {"name": function["name"], "description": function.get("description") or "", "parameters": parameters}
    kept = {key: value for key, value in function.items() if key not in _ENVELOPE and value is not None}
    return {"type": "function", "function": new | kept}


def _without_twins(tools: list[dict[str, Any]], notes: Notes) -> list[dict[str, Any]]:
    seen: dict[str, dict[str, Any]] = {}
    for tool in tools:
        name = tool["function"]["name"]
        if name not in seen:
            seen[name] = tool
        elif seen[name] == tool:
            note(notes, "tool given twice", "the second of two equal tools is left out.", tool=name)
        else:
            raise Refused("broken tools", f"two different tools have the name {name[:80]!r}.")
    return list(seen.values())


def _rename(function: dict[str, Any], renamed: dict[str, str], taken: set[str], notes: Notes) -> None:
    """A name that the contract can hold; the calls are renamed with it."""
    old = function["name"]
    if NAME.fullmatch(old):
        return
    stem = re.sub(r"[^A-Za-z0-9_.-]+", "_", old[:400]).strip("_") or "tool"
    stem = stem if stem[0].isalpha() or stem[0] == "_" else f"_{stem}"
    new, number = stem[:64], 2
    while new in taken:
        new, number = f"{stem[:60]}_{number}", number + 1
    taken.add(new)
    function["name"] = renamed[old] = new
    note(
        notes, "tool renamed", f"{old[:80]!r} is now {new!r}: a name has letters, digits, _ . -, at most 64.", tool=new
    )


def _in_words_of_json_schema(tool: dict[str, Any], notes: Notes) -> dict[str, Any]:
    """The tool as it is where the contract accepts it, else in the words of JSON Schema."""
    function = tool["function"]
    name, parameters = function["name"], function["parameters"]
    if not _faults(tool) and not _is_bare(parameters):
        return tool
    if not isinstance(parameters, dict):
        raise Refused("broken tools", f"the parameters of {name} must be a schema, got {type(parameters).__name__}.")
    if not _is_schema(parameters):
        parameters = _wrapped(parameters)
    changed = {**function, "description": str(function.get("description") or "")}
    changed["parameters"] = json_schema({"type": "object", **parameters}, name, "", notes, 0)
    tool = {**tool, "type": "function", "function": changed}
    results = [key for key in ("returns", "outputSchema", "output_schema") if key in changed]
    if results and _faults(tool):
        changed = {key: value for key, value in changed.items() if key not in results}
        tool = {**tool, "function": changed}
        note(notes, "result schema", "it is left out: only the arguments' schema is put into today's words.", tool=name)
    if _faults(tool):
        dropped: list[str] = []
        tool = {**tool, "function": {**changed, "parameters": without_bad_defaults(changed["parameters"], dropped)}}
        if still := _faults(tool):
            raise Refused("broken tools", f"the tool {name} is broken: {still[0].rstrip('.')}.")
        note(notes, "default", f"{', '.join(dropped[:5])} is no value of its argument: it is left out.", tool=name)
    return tool


def _faults(tool: dict[str, Any]) -> tuple[str, ...]:
    try:
        Toolset.from_openai([tool])
    except ContractError as error:
        return error.faults or (error.message,)
    return ()


def _is_schema(parameters: dict[str, Any]) -> bool:
    """A schema of the arguments object, and not the arguments themselves (one of which may be called `type`)."""
    return (
        any(key in parameters and not (key != "properties" and isinstance(parameters[key], dict)) for key in _STRUCTURE)
        or not parameters
    )


def _is_bare(parameters: Any) -> bool:
    """Arguments as texts, `{"city": "str"}`: to a validator, words that say nothing."""
    texts = isinstance(parameters, dict) and all(isinstance(value, str) for value in parameters.values())
    return texts and not _is_schema(parameters) and not parameters.keys() <= {*ANNOTATIONS, "$schema", "$id"}


def _wrapped(parameters: dict[str, Any]) -> dict[str, Any]:
    """An object around bare arguments. Required are those that say so; where none does, those that are not called
    optional and have no default."""
    arguments = {key: _argument(value) for key, value in parameters.items()}
    said = any(isinstance(value.get("required"), bool) for value in arguments.values())
    required = [
        key
        for key, value in arguments.items()
        if (value.get("required") is True if said else "default" not in value and not _is_optional(value))
    ]
    return {"type": "object", "properties": arguments, "required": required}


def _argument(value: Any) -> dict[str, Any]:
    """The schema of a bare argument; a text is its type, or what it is for."""
    if isinstance(value, dict):
        return value
    kind = str(value).replace(", optional", "")
    return {"type": value} if isinstance(value, str) and schema_of(kind) is not None else {"description": str(value)}


def _is_optional(schema: dict[str, Any]) -> bool:
    kind = schema.get("type")
    return schema.get("optional") is True or (isinstance(kind, str) and "optional" in kind.lower())
