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
from calltune.contract.json_text import quote
from calltune.contract.keywords import ANNOTATIONS, TYPES, keyword_faults, meaning_of, subschemas
from calltune.contract.not_carried import NotCarried
from calltune.contract.tools import NAME
from calltune.contract.validate import build_validator
from calltune.data.formats.calls import read_data
from calltune.data.formats.reading import Notes, Refused, note
from calltune.data.formats.type_names import schema_of
from calltune.errors import ContractError

MAX_TOOLS = 2000
_SEPARATORS = re.compile(r"[\s,;]*+")
MAX_DEPTH = 64
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
    changed["parameters"] = _converted({"type": "object", **parameters}, name, "", notes, 0)
    tool = {**tool, "type": "function", "function": changed}
    results = [key for key in ("returns", "outputSchema", "output_schema") if key in changed]
    if results and _faults(tool):
        changed = {key: value for key, value in changed.items() if key not in results}
        tool = {**tool, "function": changed}
        note(notes, "result schema", "it is left out: only the arguments' schema is put into today's words.", tool=name)
    if _faults(tool):
        dropped: list[str] = []
        tool = {**tool, "function": {**changed, "parameters": _without_bad_defaults(changed["parameters"], dropped)}}
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


def _converted(node: Any, tool: str, at: str, notes: Notes, depth: int) -> Any:
    """The schema in the words of JSON Schema. What has no such words is left out and told."""
    if isinstance(node, str):
        node = {"type": node}
    if isinstance(node, bool) or depth > MAX_DEPTH:
        return node
    if not isinstance(node, dict):
        note(notes, "schema", f"{type(node).__name__} is no schema: any value is allowed.", tool=tool, where=at)
        return {}
    new = {key: value for key, value in node.items() if value is not None or key in ("default", "const")}
    _convert_type(new, tool, at, notes)
    _convert_required(new)
    properties = new.get("properties")
    if isinstance(properties, dict):
        new["properties"] = {
            key: _converted(value, tool, f"{at}/properties/{key}", notes, depth + 1)
            for key, value in properties.items()
        }
        required = new["required"] if isinstance(new.get("required"), list) else []
        if unknown := [name for name in required if not isinstance(name, str) or name not in properties]:
            new["required"] = [name for name in required if name not in unknown]
            why = f"{', '.join(map(str, unknown))[:200]} is required but not among the properties: it is left out."
            note(notes, "required", why, tool=tool, where=at)
        if not new.get("required"):
            new.pop("required", None)
    for keyword, key, child in list(subschemas({k: v for k, v in new.items() if k != "properties"})):
        converted = _converted(child, tool, f"{at}/{keyword}", notes, depth + 1)
        if key is None:
            new[keyword] = converted
        else:
            new[keyword] = new[keyword].copy()
            new[keyword][key] = converted
    return _without_faults(new, tool, at, notes)


def _convert_type(new: dict[str, Any], tool: str, at: str, notes: Notes) -> None:
    kind = new.get("type")
    if isinstance(kind, list):
        meanings = [meaning_of(item) if isinstance(item, str) else None for item in kind]
        if all(meanings):
            new["type"] = list(dict.fromkeys(meanings))
            return
        kind = " | ".join(map(str, kind))
    if kind is None or (isinstance(kind, str) and kind in TYPES):
        return
    spelling = str(kind).replace(", optional", "").replace(",optional", "").strip()
    found = schema_of(spelling)
    del new["type"]
    if found is None:
        note(notes, "type", f"the type {str(kind)[:80]!r} is not known: any value is allowed.", tool=tool, where=at)
        return
    for keyword, value in found.items():
        new.setdefault(keyword, value)


def _convert_required(new: dict[str, Any]) -> None:
    """`required: true` inside the properties becomes the list on the object."""
    required, properties = new.get("required"), new.get("properties")
    if isinstance(required, bool):
        del new["required"]
    new.pop("optional", None)
    if not isinstance(properties, dict):
        return
    said = [key for key, value in properties.items() if isinstance(value, dict) and value.get("required") is True]
    if said and not isinstance(required, list):
        new["required"] = said


def _without_faults(new: dict[str, Any], tool: str, at: str, notes: Notes) -> dict[str, Any]:
    """Without the keywords that are not written as JSON Schema has them, each of them told."""
    for below, sentence in list(keyword_faults(new)):
        keyword = str(below[0])
        if keyword not in new:
            continue
        value = new.pop(keyword)
        note(notes, keyword, f"it is left out: {sentence.rstrip('.')}.", tool=tool, where=at)
        if keyword == "format" and isinstance(value, str):  # the model can still read it
            new["description"] = f"{new.get('description', '')} (format: {value[:100]})".strip()
    return new


def _without_bad_defaults(node: Any, dropped: list[str], *, names: bool = False) -> Any:
    """Without the defaults that break their own schema. `names`: the keys are names of arguments."""
    if isinstance(node, list):
        return [_without_bad_defaults(item, dropped) for item in node]
    if not isinstance(node, dict):
        return node
    inner = {
        key: value
        if key == "default" and not names
        else _without_bad_defaults(value, dropped, names=key == "properties" and not names)
        for key, value in node.items()
    }
    if names or "default" not in inner:
        return inner
    plain = {key: value for key, value in inner.items() if key != "default"}
    if _accepts(plain, inner["default"]):
        return inner
    dropped.append(quote(inner["default"]))
    return plain


def _accepts(schema: dict[str, Any], value: Any) -> bool:
    """Whether the value follows the schema; True where that cannot be told of the part alone (a `$ref`)."""
    try:
        return bool(build_validator(schema).is_valid(value))
    except ValueError:
        return True
