"""The tools of a row. In: the row's `tools` column (a list, a JSON string, a list of JSON strings) or the one
contract given for all rows. Out: an `Offer`: the canonical tool dicts and their compiled `Toolset`, shared by all
rows with the same tools; faults are `Problem`s. Schemas are judged by `contract`, not here."""

from __future__ import annotations

import difflib
import hashlib
import json
import marshal
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from calltune.contract import Problem, Toolset, parse_json
from calltune.errors import ContractError

TOOLS_ALIASES = (
    "functions", "function", "tool", "tool_schema", "tool_schemas", "tools_schema", "tool_list", "tool_definitions",
    "function_schemas", "function_list", "available_tools", "available_functions", "api_list", "apis", "tools_json",
)  # fmt: skip
"""What other datasets call the tools; used to say "rename this", never to guess."""

CACHED_TOOLSETS = 1024
"""Compiled toolsets kept at once; data with a toolset of its own in every row must not grow without bound."""

_MARSHAL = 2
"""The last version of the format without references, so that equal data has equal bytes: a key three times cheaper than
JSON."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The tools that a row offers to the model."""

    state: Literal["own", "contract", "none", "absent", "broken"]
    """`own`: the row's column; `contract`: the one given; `none`: the row says []; `absent`: nobody said; `broken`:
    unusable."""
    tools: tuple[dict[str, Any], ...] = ()
    toolset: Toolset | None = None
    digest: bytes = b""
    """Of the canonical tools: what the prompt shows. (A fingerprint says more, and costs a hundred times as much.)"""


def offer_of(contract: Toolset | None) -> Offer:
    """What rows without tools of their own offer. Made once a file: rows then share its tool dicts."""
    return Offer("absent") if contract is None else _offer("contract", contract)


def read_tools(data: Mapping[str, Any], default: Offer, problems: list[Problem]) -> Offer:
    """The row's own tools where it has some, else the default. A row's own tools win: they are what its model was
    shown."""
    raw = data.get("tools")
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        if default.state != "absent":
            return default
        wrong = _other_column(data)
        if wrong is not None:
            problems.append(wrong)
            return Offer("broken")
        return default
    before = len(problems)
    listed = _listed(raw, problems)
    if listed is None or len(problems) > before:
        return Offer("broken")
    if not listed:
        return Offer("none")
    try:
        offer, faults = _compiled(marshal.dumps(listed, _MARSHAL))
    except ValueError:
        offer, faults = Offer("broken"), (_broken("$: the tools are not plain JSON data"),)
    problems.extend(faults)
    return offer


def calls_without_tools(messages: Sequence[dict[str, Any]], offer: Offer) -> Iterator[Problem]:
    """Calls in a row that offers nothing: every one where the row says so, one a row where the tools were just not
    given."""
    if offer.state not in ("none", "absent"):
        return
    for index, message in enumerate(messages):
        for number, call in enumerate(message.get("tool_calls", ())):
            at, name = f"/messages/{index}/tool_calls/{number}", call["function"]["name"]
            if offer.state == "none":
                text = f"'{name}' is called, but the row offers no tools ('tools' is [])."
                yield Problem(kind="unknown_tool", pointer=at + "/function/name", message=text, expected=[], got=name)
            else:
                text = f"'{name}' is called, but the row has no 'tools'; add that column, or pass --tools for all rows."
                yield Problem(kind="missing_tools", pointer=at, message=text, expected="tools", got=name)
                return


def _listed(raw: Any, problems: list[Problem]) -> list[Any] | None:
    if isinstance(raw, str):
        raw, faults = parse_json(raw)
        problems.extend(fault.at("/tools") for fault in faults)
        if faults:
            return None
    if isinstance(raw, tuple):
        raw = list(raw)
    if not isinstance(raw, list):
        message = f"'tools' must be a list of tools (or that list as JSON text), got {type(raw).__name__}."
        problems.append(
            Problem(kind="broken_tools", pointer="/tools", message=message, expected="list", got=type(raw).__name__)
        )
        return None
    return [_tool(tool, index, problems) for index, tool in enumerate(raw)]


def _tool(tool: Any, index: int, problems: list[Problem]) -> Any:
    """One entry: JSON text is parsed, a bare function schema gets its envelope; anything else is for the contract to
    judge."""
    if isinstance(tool, str):
        tool, faults = parse_json(tool)
        problems.extend(fault.at(f"/tools/{index}") for fault in faults)
    if isinstance(tool, dict) and "function" not in tool and "name" in tool:
        return {"type": "function", "function": {key: value for key, value in tool.items() if key != "type"}}
    return tool


@lru_cache(maxsize=CACHED_TOOLSETS)
def _compiled(key: bytes) -> tuple[Offer, tuple[Problem, ...]]:
    """The offer of a `tools` column, by its content: thousands of rows share a few. Broken ones are remembered too."""
    listed = marshal.loads(key)
    try:
        return _offer("own", Toolset.from_openai(listed)), ()
    except ContractError as error:
        tools = tuple(tool for tool in listed if isinstance(tool, dict))
        return Offer("broken", tools), tuple(_broken(fault) for fault in error.faults or (error.message,))


def _offer(state: Literal["own", "contract"], toolset: Toolset) -> Offer:
    tools = toolset.to_openai()
    digest = hashlib.blake2b(json.dumps(tools, separators=(",", ":")).encode(), digest_size=16).digest()
    return Offer(state, tuple(tools), toolset, digest)


def _broken(fault: str) -> Problem:
    """A fault of the contract, `$.tools[2].parameters: ...`, as a problem of the row with a JSON Pointer."""
    place = re.match(r"\$?(?:\.tools)?((?:\[\d+\]|\.[\w$-]+)*)", fault)
    steps = re.findall(r"\[(\d+)\]|\.([\w$-]+)", place.group(1) if place else "")
    path = "".join("/" + (index or name) for index, name in steps)
    return Problem(kind="broken_tools", pointer="/tools" + path, message=fault.rstrip(".") + ".")


def _other_column(data: Mapping[str, Any]) -> Problem | None:
    """A tools column under another name. Never read silently: the trainer and the server would not see it either."""
    named = {str(key).lower(): str(key) for key, value in data.items() if value}
    found = next(
        (named[alias] for alias in ("tools", *TOOLS_ALIASES) if alias in named and named[alias] != "tools"), None
    )
    if found is None:
        near = difflib.get_close_matches("tools", named, n=1, cutoff=0.8)
        found = named[near[0]] if near and named[near[0]] != "tools" else None
    if found is None:
        return None
    message = f"the row has no 'tools', but a column '{found}': rename it to 'tools' (or pass --tools for all rows)."
    return Problem(kind="wrong_columns", pointer=f"/{found}", message=message, expected="tools", got=found)
