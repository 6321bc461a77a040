"""The tools of an MCP server as a contract, through the official SDK. In: a session, or what stands behind `mcp:` (a
command or an address). Out: a `Toolset`, bounded; what a server offers beside tools that can be called is listed in its
`not_carried`. A list of which no tool can be read is one `ContractError` with every fault.

Annotations become effect and idempotence (without a hint a tool writes, and not idempotently, as MCP says),
`outputSchema` becomes `returns`, open where it does not say itself that it is closed: a server may give more than it
promised. A name that a contract cannot hold is made one that it can. Titles and icons are for people and stay where
they are."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from calltune.errors import CalltuneError, ContractError

from .closing import opened
from .dialects import modern_words
from .json_text import MAX_DEPTH, quote
from .keywords import place, subschemas
from .mcp_connection import START_S, Calls, Connection, session_function
from .mcp_server import read_server, trouble
from .names import legal_names
from .not_carried import NotCarried
from .problem import pointer
from .sources import read_tools
from .toolset import Toolset

if TYPE_CHECKING:
    from mcp import ClientSession

LIST = "the list of tools of the MCP server"
MAX_FAULTS = 100
MAX_TOOLS = 10_000
MAX_PAGES = 1_000
MAX_BYTES = 16 << 20
"""Of all tools together, as JSON."""
LOOK_S = 2.0
"""For a server to say whether it has prompts or resources."""


def load_mcp(text: str, *, start_s: float = START_S) -> Toolset:
    """The toolset of the server behind `text`, with functions that call it. The server is ended once it has listed its
    tools; a call starts it again."""
    server = read_server(text)
    began = time.monotonic()
    connection = Connection(server, start_s=start_s)
    try:
        left = max(1.0, start_s - (time.monotonic() - began))
        offered = connection.ask(_offered, within_s=left)
    except CalltuneError:
        raise
    except Exception as error:  # whatever the SDK raises
        connection.close()  # then all that it has said is there
        raise trouble(server, error, connection.said, within_s=start_s) from error
    finally:
        connection.close()
    return _contract(*offered, Calls(server).function)


async def toolset_of(session: ClientSession) -> Toolset:
    """The contract of a session that is initialised, every tool that the server lists, page by page; with functions
    that call it."""
    return _contract(*await _offered(session), partial(session_function, session))


def _contract(
    listed: list[dict[str, Any]], left: list[NotCarried], function_of: Callable[[str], Callable[..., Any]]
) -> Toolset:
    """`function_of` gives the function behind the server's own name of a tool."""
    known = list(dict.fromkeys(tool["name"] for tool in listed))  # one that comes twice is a fault of the list
    called = dict(zip(known, legal_names(known), strict=True))
    tools = []
    for index, tool in enumerate(listed):
        name = called[tool["name"]]
        left += _left_of(tool, name, f"/tools/{index}")
        schemas: dict[str, Any] = {
            part: _settled(tool[part], name, f"/tools/{index}/{part}", left)
            for part in ("inputSchema", "outputSchema")
            if part in tool
        }
        if "outputSchema" in schemas:
            schemas["outputSchema"] = opened(schemas["outputSchema"])
        tools.append({**tool, "name": name, **schemas})
    toolset = read_tools(_readable(tools, left) or tools, source=LIST)  # where none is: every fault of every one
    functions = {name: function_of(own) for own, name in called.items() if name in toolset}
    return Toolset(toolset.tools, functions=functions, not_carried=left)


def _readable(tools: list[dict[str, Any]], left: list[NotCarried]) -> list[dict[str, Any]]:
    """The tools that a contract can hold. Nobody here can mend a server, so a broken schema costs what it describes
    (the result or the tool) and not the other tools."""
    readable = []
    for index, tool in enumerate(tools):
        name, where = tool["name"], f"/tools/{index}"
        fault = _fault(tool)
        without_result = {key: value for key, value in tool.items() if key != "outputSchema"}
        if fault and "outputSchema" in tool and not _fault(without_result):
            why = f"Nothing is promised about it: {fault}."
            left.append(NotCarried(tool=name, where=f"{where}/outputSchema", what="result", why=why))
            tool, fault = without_result, ""
        if fault:
            left.append(NotCarried(tool=name, where=where, what="tool", why=f"It is left out: {fault}."))
        else:
            readable.append(tool)
    return readable


def _fault(tool: dict[str, Any]) -> str:
    """What is wrong with a tool first; "" where nothing is."""
    try:
        read_tools([tool])
    except ContractError as error:
        return (error.faults or (error.message,))[0].removeprefix("$[0].").rstrip(".")
    return ""


def _left_of(tool: dict[str, Any], name: str, where: str) -> Iterator[NotCarried]:
    """A name that a contract cannot hold; and tools that can be called only as tasks, which calltune does not do."""
    if name != tool["name"]:
        why = (
            f"A contract cannot hold {quote(tool['name'])}; here the tool is called {name}, and calls use its own name."
        )
        yield NotCarried(tool=name, where=f"{where}/name", what="name", why=why)
    if (tool.get("execution") or {}).get("taskSupport") == "required":
        why = "The server runs it only as a task, so a plain call of it will be refused by the server."
        yield NotCarried(tool=name, where=f"{where}/execution/taskSupport", what="task", why=why)


def _settled(node: Any, tool: str, where: str, left: list[NotCarried], depth: int = 0) -> Any:
    """The schema without a format that nobody knows and without a pattern that is not run: nobody but the server can
    write them otherwise, and without them it is only wider."""
    if not isinstance(node, dict) or depth > MAX_DEPTH:
        return node
    result = dict(node)
    words = {key: node[key] for key in ("type", "format", "pattern") if key in node}
    for keyword in {str(below[0]) for below, _ in modern_words(words)[1]} - {"type"}:
        del result[keyword]
        why = f"{quote(node[keyword])} is no {keyword} that the contract can check; it is left out."
        left.append(NotCarried(tool=tool, where=f"{where}/{keyword}", what=keyword, why=why))
    for keyword, key, child in subschemas(node):
        at = f"{where}{pointer(keyword) if key is None else pointer(keyword, key)}"
        settled = _settled(child, tool, at, left, depth + 1)
        if key is None:
            result[keyword] = settled
        else:
            if result[keyword] is node[keyword]:
                result[keyword] = node[keyword].copy()
            result[keyword][key] = settled
    return result


async def _offered(session: ClientSession) -> tuple[list[dict[str, Any]], list[NotCarried]]:
    """The tools as they are listed, and what else there is."""
    from pydantic import ValidationError

    try:
        return await _listed(session), await _beside(session)
    except ValidationError as error:  # the SDK's word for a list that is none
        faults = [f"{place(('$', *one['loc']))}: {one['msg']}" for one in error.errors(include_url=False)]
        raise ContractError(f"{LIST} is broken:", faults=faults[:MAX_FAULTS]) from error


async def _listed(session: ClientSession) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = []
    cursors: set[str] = set()
    size = 0
    cursor: str | None = None
    while True:
        page = await _page(session, cursor)
        tools = [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in page.tools]
        listed += tools
        size += sum(len(json.dumps(tool)) for tool in tools)
        if len(listed) > MAX_TOOLS:
            raise ContractError(f"the MCP server lists more than {MAX_TOOLS:,} tools.")
        if size > MAX_BYTES:
            raise ContractError(f"the tools of the MCP server are larger than {MAX_BYTES >> 20} MiB.")
        cursor = getattr(page, "nextCursor", None) or getattr(page, "next_cursor", None)
        if cursor is None:
            return listed
        if cursor in cursors or len(cursors) >= MAX_PAGES:
            raise ContractError(f"{LIST} has no end: page {len(cursors) + 2} follows {quote(cursor)}.")
        cursors.add(cursor)


async def _page(session: Any, cursor: str | None) -> Any:
    if cursor is None:
        return await session.list_tools()
    from mcp.types import PaginatedRequestParams

    return await session.list_tools(params=PaginatedRequestParams(cursor=cursor))


async def _beside(session: Any) -> list[NotCarried]:
    """What the server offers that is no tool."""
    capabilities = getattr(session, "server_capabilities", None)  # since version 2
    if capabilities is None and hasattr(session, "get_server_capabilities"):
        capabilities = session.get_server_capabilities()
    why = "A contract has tools only; a program that speaks MCP still gets them from the server."
    return [
        NotCarried(tool="", where=f"/capabilities/{name}", what=name, why=why)
        for name, look in (("prompts", session.list_prompts), ("resources", session.list_resources))
        if getattr(capabilities, name, None) is not None and await _has_some(look, name)
    ]


async def _has_some(look: Callable[[], Awaitable[Any]], name: str) -> bool:
    """Many servers say that they offer what they have none of. One that does not answer is taken at its word."""
    try:
        async with asyncio.timeout(LOOK_S):
            return bool(getattr(await look(), name))
    except Exception:
        return True
