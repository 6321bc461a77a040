"""A real MCP server in another process, through the official SDK."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from calltune.generate import ScriptedEngine
from calltune.guard import Guard, Policy
from calltune.guard.adapters.mcp import guard_session

mcp = pytest.importorskip("mcp")

SERVER = '''
try:
    from mcp.server.mcpserver import MCPServer
except ImportError:  # before version 2
    from mcp.server.fastmcp import FastMCP as MCPServer
from mcp.types import ToolAnnotations

server = MCPServer("shop")


@server.tool(annotations=ToolAnnotations(readOnlyHint=True))
def price(item: str) -> float:
    """What an item costs."""
    if item == "moon":
        raise ValueError("not for sale")
    return 9.5


@server.tool()
def order(item: str, count: int = 1) -> str:
    """Order an item."""
    return f"{count} {item}"


server.run()
'''


def with_guard(tmp_path: Path, work: Any, **options: Any) -> Any:
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    path = tmp_path / "server.py"
    path.write_text(SERVER, encoding="utf-8")

    async def main() -> Any:
        parameters = StdioServerParameters(command=sys.executable, args=[str(path)])
        async with stdio_client(parameters) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            return await work(await guard_session(session, **options))

    return asyncio.run(asyncio.wait_for(main(), 60))


def call(name: str, arguments: Any) -> str:
    return f"<tool_call>{json.dumps({'name': name, 'arguments': arguments})}</tool_call>"


def test_the_tools_of_a_server_run_behind_the_guard(tmp_path: Path) -> None:
    async def work(guard: Guard) -> Any:
        effects = {tool.name: tool.effect for tool in guard.toolset}
        script = [call("price", {"item": "lamp"}), call("order", {"item": "lamp", "count": "two"}), "No."]
        run = await guard.run_async([{"role": "user", "content": "Two lamps."}], ScriptedEngine(script))
        told = await guard.call("price", {"item": "moon"}, run="r")
        return effects, run, told

    effects, run, told = with_guard(tmp_path, work)
    assert effects == {"price": "read", "order": "write"}
    assert [(result.state, result.problems) for result in run.results] == [("done", ())]
    assert run.outcomes[1].problems[0].kind == "wrong_type", "the server would have been asked to order two lamps"
    assert "error" in told[0] and told[1] == "failed"


def test_a_policy_holds_for_a_server_too(tmp_path: Path) -> None:
    async def work(guard: Guard) -> Any:
        guard.policy = Policy.from_json({"calltune_policy": 1, "rules": []}, guard.toolset)
        return await guard.call("order", {"item": "lamp"}, run="r")

    assert with_guard(tmp_path, work)[1] == "rejected"
