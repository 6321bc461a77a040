"""Tools from files and from lists in other people's shapes. In: an OpenAI `tools` list, `{"tools": [...]}`, an MCP
`tools/list` result, bare function schemas, or our contract.json; JSON or YAML. Out: a `Toolset`, or one
`ContractError` with every fault and its place. Python sources are handed on to `functions`, MCP servers to `mcp`, Zod
schemas to `zod_source`, OpenAPI documents to `openapi`."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from calltune.errors import ConfigError, ContractError

from .choosing import Choice
from .json_text import parse_json, quote, type_name
from .keywords import near, place
from .openapi import openapi_tools
from .openapi_document import is_openapi
from .tools import Tool, examine
from .toolset import Toolset, twice
from .yaml_text import MAX_VALUES, parse_yaml
from .zod_source import is_zod, load_zod

_MAX_FILE_BYTES = 64 << 20
_FILE_ENDINGS = (".json", ".yaml", ".yml")
_FIELDS = ("name", "description", "parameters", "returns", "effect", "idempotent", "timeout_s")
_ELSEWHERE = (
    "type", "function", "strict", "inputSchema", "outputSchema", "annotations", "title", "input_schema",
    "output_schema", "_meta", "icons", "execution", "cache_control", "metadata", "response", "return",
    "defer_loading",
)  # fmt: skip
"""What other people's tools carry beside our fields, left alone."""

_OPENAPI = re.compile(r"""^["']?(?:openapi|swagger)["']?[ \t]*:""", re.MULTILINE)
"""YAML of an OpenAPI document; programs that write those use aliases."""


def load_source(source: str | Path, choice: Choice | None = None) -> Toolset:
    """The toolset in a file, at an address or behind a Python name. A choice is for OpenAPI documents."""
    text = str(source)
    if text.startswith("mcp:"):
        from .mcp import load_mcp

        _no_choice(choice, text)
        return load_mcp(text.removeprefix("mcp:"))
    if is_zod(text) and not _is_address(text):
        _no_choice(choice, text)
        return load_zod(text)
    if text.endswith(".py") or ".py:" in text:
        from .functions import load_functions

        _no_choice(choice, text)
        return load_functions(text)
    if _is_address(text) or Path(text).suffix.lower() in _FILE_ENDINGS or os.path.isfile(text):
        data = read_source(text)
        if is_openapi(data):
            return openapi_tools(data, source=text, choice=choice)
        _no_choice(choice, text)
        return read_tools(data, source=text)
    _no_choice(choice, text)
    if os.path.isdir(text):
        raise ContractError(f"{text} is a folder.", hint="Give a file in it, such as tools.json.")
    if re.fullmatch(r"[A-Za-z_][\w.]*(:[A-Za-z_][\w.]*)?", text):
        from .functions import load_functions

        return load_functions(text)
    raise ContractError(
        f"no tools found at {text!r}: it is neither a file nor a Python name.",
        hint="Give tools.json, tools.yaml, schemas.mjs, module:function, module, path/to/file.py, "
        'or mcp:"command of a server".',
    )


def _no_choice(choice: Choice | None, source: str) -> None:
    if choice not in (None, Choice()):
        raise ConfigError(
            f"{source} is no OpenAPI document; --include, --exclude, --no-deprecated and --no-returns are for those.",
            hint="Leave them out, or give the document.",
        )


def _is_address(source: str) -> bool:
    return source.startswith(("https://", "http://"))


def read_source(source: str | Path) -> Any:
    """The parsed data of a JSON or YAML file, or of what an http(s) address answers."""
    text = str(source)
    if not _is_address(text):
        return _parse(Path(text))
    from .download import download

    answer = download(text, max_bytes=_MAX_FILE_BYTES)
    is_json = answer.lstrip()[:1] in ("{", "[")
    return _parse_json(text, answer) if is_json else _parse_yaml(text, answer)


def _parse(path: Path) -> Any:
    if not path.is_file():
        near_files = [other.name for other in path.parent.iterdir() if other.is_file()] if path.parent.is_dir() else []
        meant = near(path.name, near_files)
        raise ContractError(
            f"there is no file {str(path)!r}.", hint=f"Did you mean {str(path.parent / meant)!r}?" if meant else None
        )
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise ContractError(f"{path} is larger than {_MAX_FILE_BYTES >> 20} MiB; that is no list of tools.")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError(f"{path} cannot be read: {error}") from error
    return _parse_yaml(path, text) if path.suffix.lower() in (".yaml", ".yml") else _parse_json(path, text)


def _parse_json(path: Path | str, text: str) -> Any:
    value, problems = parse_json(text, max_bytes=_MAX_FILE_BYTES, max_depth=256, max_values=MAX_VALUES)
    if is_openapi(
        value
    ):  # bounds beyond 64 bits are found in real documents; the schema that has one is judged by itself
        problems = tuple(problem for problem in problems if problem.kind != "range")
    if problems:
        faults = []
        for problem in problems:
            found = re.search(r"at character (\d+)", problem.message)
            line = f"line {text.count(chr(10), 0, int(found[1]) - 1) + 1}: " if found else ""
            faults.append(f"{line}{problem.pointer or '$'}: {problem.message}")
        raise ContractError(f"{path} is not strict JSON:", faults=faults)
    return value


def _parse_yaml(path: Path | str, text: str) -> Any:
    try:
        return parse_yaml(text, aliases=_OPENAPI.search(text) is not None)
    except ValueError as error:
        raise ContractError(f"{path} is not YAML: {error}") from error


def read_tools(data: Any, *, source: str | None = None) -> Toolset:
    """The toolset in parsed data of any of the known shapes."""
    entries, where = _entries(data, source)
    tools: list[Tool] = []
    names: list[Any] = []
    faults: list[str] = []
    for index, entry in enumerate(entries):
        tool, name, found = _entry(entry, (*where, index) if isinstance(data, list) or len(where) > 1 else where)
        faults += found
        names.append(name)
        if tool is not None:
            tools.append(tool)
    faults += twice(names, lambda index: place((*where, index)))
    if faults:
        count = f"{len(faults)} fault{'s' if len(faults) > 1 else ''}"
        raise ContractError(f"{source or 'the list of tools'} is broken: {count}.", faults=faults)
    return Toolset(tools)


def _entries(data: Any, source: str | None) -> tuple[list[Any], tuple[str, ...]]:
    """The list of tools in the data, and the path to it."""
    if isinstance(data, list | tuple):
        return list(data), ("$",)
    if isinstance(data, Mapping):
        for outer in ((), ("result",), ("params",)):  # MCP servers answer {"jsonrpc", "id", "result": {"tools": [...]}}
            inner: Any = data
            for key in outer:
                inner = inner.get(key) if isinstance(inner, Mapping) else None
            if isinstance(inner, Mapping):
                for key in ("tools", "functions"):
                    if isinstance(inner.get(key), list):
                        return list(inner[key]), ("$", *outer, key)
        if "name" in data or "function" in data:
            return [data], ("$",)
    raise ContractError(
        f"{source or 'the data'} holds no list of tools: got {type_name(data)} {quote(data)}.",
        hint='Expected [{"type": "function", "function": {"name": ..., "parameters": ...}}, ...] or {"tools": [...]}.',
    )


def _entry(entry: Any, where: tuple[str | int, ...]) -> tuple[Tool | None, Any, list[str]]:
    """One tool, its name as it stands, and its faults."""
    try:
        key = json.dumps(entry, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return _read_entry(entry, where)
    tool = _compiled(key)
    return (tool, tool.name, []) if tool is not None else _read_entry(entry, where)


@lru_cache(maxsize=8192)
def _compiled(key: str) -> Tool | None:
    """A tool by its text: rows of a data file share tools even where they do not share toolsets. None where it has
    faults."""
    return _read_entry(json.loads(key), ("$",))[0]


def _read_entry(entry: Any, where: tuple[str | int, ...]) -> tuple[Tool | None, Any, list[str]]:
    if not isinstance(entry, Mapping):
        return None, None, [f"{place(where)}: expected a tool (an object), got {quote(entry)}"]
    outer, function = entry, entry.get("function", entry)
    if function is not entry:
        where = (*where, "function")
        if not isinstance(function, Mapping):
            return None, None, [f"{place(where)}: expected an object with name and parameters, got {quote(function)}"]
    faults = []
    kind = outer.get("type", "function")
    if function is not entry and kind != "function":
        faults.append(f'{place(where[:-1])}.type: expected "function", got {quote(kind)}')
    faults += _near_misses(function, where)
    if "name" not in function:
        return None, None, [*faults, f"{place(where)}: a tool needs a name"]
    values, called = _fields(
        {**{key: outer[key] for key in ("effect", "idempotent", "timeout_s") if key in outer}, **function}
    )
    values, found = examine(values, where, called)
    faults += found
    return (None if faults else Tool._examined(values)), values["name"], faults


def _near_misses(function: Mapping[str, Any], where: tuple[str | int, ...]) -> list[str]:
    faults = []
    known = (*_FIELDS, *_ELSEWHERE)
    for key in function:
        if isinstance(key, str) and key not in known and not key.startswith(("x-", "_")):
            meant = near(key, _FIELDS, cutoff=0.84)
            if meant and meant not in function:
                faults.append(f"{place((*where, key))}: unknown field {quote(key)}; did you mean {quote(meant)}?")
    return faults


def _fields(function: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of a tool's fields from any of the shapes, and what each is called there."""
    called: dict[str, str] = {}
    values: dict[str, Any] = {
        "name": function["name"],
        "description": function.get("description", ""),
        "parameters": None,
        "returns": None,
        "effect": "write",
        "idempotent": False,
        "timeout_s": None,
    }
    for field, keys in (
        ("parameters", ("parameters", "inputSchema", "input_schema")),
        ("returns", ("returns", "outputSchema", "output_schema")),
    ):
        for key in keys:
            if function.get(key) is not None:
                values[field], called[field] = function[key], key
                break
    if values["parameters"] is None or values["parameters"] == {}:
        values["parameters"] = {"type": "object", "properties": {}}
    hints = function.get("annotations")
    if isinstance(hints, Mapping):  # MCP: hints, with these defaults: not read-only, destructive, not idempotent
        reads = hints.get("readOnlyHint") is True
        values["effect"] = "read" if reads else "write"
        values["idempotent"] = hints.get("idempotentHint", reads) is True
    for field in ("effect", "idempotent", "timeout_s"):
        if field in function:
            values[field] = function[field]
    return values, called
