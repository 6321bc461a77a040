"""The tools of an MCP server behind the guard, through the official SDK's client session. In: a session. Out: the
contract that its tools make, and functions for the guard; results are checked against the `outputSchema` that the
server promised. In a program that is not asynchronous, `Guard(Toolset.load("mcp:command"))` does it.

    async with ClientSession(read, write) as session:
        await session.initialize()
        guard = await guard_session(session, policy="policy.yaml")
        run = await guard.run_async(messages, engine)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from calltune.contract import Toolset
from calltune.contract.mcp import toolset_of
from calltune.contract.mcp_connection import call, failure_of
from calltune.guard.execute import ToolError
from calltune.guard.guard import Guard

if TYPE_CHECKING:
    from mcp import ClientSession

__all__ = ["functions_of", "guard_session", "toolset_of"]


def functions_of(session: ClientSession, toolset: Toolset) -> dict[str, Callable[..., Awaitable[Any]]]:
    """A function a tool, for `Guard(tools, functions=...)`."""

    def function_of(name: str) -> Callable[..., Awaitable[Any]]:
        async def run(**arguments: Any) -> Any:
            try:
                return await call(session, name, arguments)
            except ToolError:
                raise
            except Exception as error:  # whatever the SDK raises
                raise failure_of(error) from error

        run.__name__ = name
        return run

    return {tool.name: function_of(tool.name) for tool in toolset}


async def guard_session(session: ClientSession, **options: Any) -> Guard:
    """A guard for all tools of a session. `options`: those of `Guard`."""
    toolset = await toolset_of(session)
    return Guard(toolset, functions=functions_of(session, toolset), **options)
