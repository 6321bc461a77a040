"""Pydantic AI toolsets behind the guard. In: any toolset. Out: a toolset that checks every call against the contract
before it is made. Pydantic AI validates the arguments of functions in lax mode, and those of MCP and external tools
not at all.

    agent = Agent(model, toolsets=[GuardedToolset(toolset, guard)])

A rejected call is a `ModelRetry` with the sentences of the contract. Tools that the contract does not have are not
offered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic_ai import ModelRetry, RunContext
from pydantic_ai.toolsets import ToolsetTool, WrapperToolset

from calltune.contract import Toolset
from calltune.guard.guard import Guard


async def toolset_of(wrapped: Any, ctx: RunContext[Any], *, reads: tuple[str, ...] = ()) -> Toolset:
    """The contract of a toolset. `reads`: the names of the tools without side effects."""
    listed = [
        {
            "name": tool.tool_def.name,
            "description": tool.tool_def.description or "",
            "parameters": tool.tool_def.parameters_json_schema,
            "effect": "read" if tool.tool_def.name in reads else "write",
        }
        for tool in (await wrapped.get_tools(ctx)).values()
    ]
    return Toolset.from_openai(listed)


@dataclass
class GuardedToolset(WrapperToolset[Any]):  # type: ignore[misc]  # not looked into
    """A toolset whose calls pass the guard."""

    guard: Guard

    async def get_tools(self, ctx: RunContext[Any]) -> dict[str, ToolsetTool[Any]]:
        """Those that the contract has."""
        tools = await super().get_tools(ctx)
        return {name: tool for name, tool in tools.items() if name in self.guard.toolset}

    async def call_tool(
        self, name: str, tool_args: dict[str, Any], ctx: RunContext[Any], tool: ToolsetTool[Any]
    ) -> Any:
        """Make the call if the guard lets it through."""

        async def run(**arguments: Any) -> Any:
            return await super(GuardedToolset, self).call_tool(name, arguments, ctx, tool)

        said, fine = await self.guard.call(
            name, tool_args, run=str(ctx.run_id), step=ctx.run_step, functions={name: run}
        )
        if not fine:
            raise ModelRetry(said)
        return said
