"""The tools of an MCP server behind the guard, through the official SDK's client session. In: a session. Out: the
contract that its tools make, and functions for the guard; results are checked against the `outputSchema` that the
server promised. In a program that is not asynchronous, `Guard(Toolset.load("mcp:command"))` does it.

    async with ClientSession(read, write) as session:
        await session.initialize()
        guard = await guard_session(session, policy="policy.yaml")
        run = await guard.run_async(messages, engine)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from calltune.contract.mcp import toolset_of
from calltune.guard.guard import Guard

if TYPE_CHECKING:
    from mcp import ClientSession

__all__ = ["guard_session", "toolset_of"]


async def guard_session(session: ClientSession, **options: Any) -> Guard:
    """A guard for all tools of a session. `options`: those of `Guard`."""
    return Guard(await toolset_of(session), **options)
