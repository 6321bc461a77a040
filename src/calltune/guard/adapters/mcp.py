"""The tools of an MCP server behind the guard, through the official SDK's client session. In: a session. Out: the
contract that its tools make, and functions for the guard; results are checked against the `outputSchema` that the
server promised.

    async with ClientSession(read, write) as session:
        await session.initialize()
        guard = await guard_session(session, policy="policy.yaml")
        run = await guard.run_async(messages, engine)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from calltune.contract import Toolset
from calltune.contract.closing import opened
from calltune.guard.execute import ToolError, short
from calltune.guard.guard import Guard

if TYPE_CHECKING:
    from mcp import ClientSession

MAX_TOOLS = 10_000


async def toolset_of(session: ClientSession) -> Toolset:
    """The contract: every tool that the server lists, page by page."""
    listed: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = await _page(session, cursor)
        listed += [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in page.tools]
        cursor = getattr(page, "nextCursor", None) or getattr(page, "next_cursor", None)
        if cursor is None or len(listed) > MAX_TOOLS:
            break
    for tool in listed:  # a server may give back more than it promised
        if "outputSchema" in tool:
            tool["outputSchema"] = opened(tool["outputSchema"])
    return Toolset.from_openai(listed)


async def _page(session: Any, cursor: str | None) -> Any:
    if cursor is None:
        return await session.list_tools()
    try:
        from mcp.types import PaginatedRequestParams

        return await session.list_tools(params=PaginatedRequestParams(cursor=cursor))
    except TypeError:  # before version 2
        return await session.list_tools(cursor=cursor)


def functions_of(session: ClientSession, toolset: Toolset) -> dict[str, Callable[..., Awaitable[Any]]]:
    """A function a tool, for `Guard(tools, functions=...)`."""

    def function_of(name: str) -> Callable[..., Awaitable[Any]]:
        async def run(**arguments: Any) -> Any:
            return result_of(await session.call_tool(name, arguments))

        run.__name__ = name
        return run

    return {tool.name: function_of(tool.name) for tool in toolset}


def result_of(result: Any) -> Any:
    """What a tool gave back: its structured content, or its text. ToolError where the server says that it failed."""
    data = result.model_dump(mode="json", by_alias=True)
    texts = [block.get("text", "") for block in data.get("content") or () if block.get("type") == "text"]
    if data.get("isError"):
        raise ToolError(short(" ".join(texts)) or "the tool failed.")
    if data.get("structuredContent") is not None:
        return data["structuredContent"]
    others = [block.get("type") for block in data.get("content") or () if block.get("type") != "text"]
    return "\n".join([*texts, *(f"({kind} left out)" for kind in others)])


async def guard_session(session: ClientSession, **options: Any) -> Guard:
    """A guard for all tools of a session. `options`: those of `Guard`."""
    toolset = await toolset_of(session)
    return Guard(toolset, functions=functions_of(session, toolset), **options)
