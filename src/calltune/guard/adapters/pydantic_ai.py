"""Pydantic AI toolsets behind the guard. In: any toolset. Out: a toolset that checks every call against the contract
before it is made. Pydantic AI validates the arguments of functions in lax mode, and those of MCP and external tools
not at all.

    agent = Agent(model, toolsets=[GuardedToolset(toolset, guard)])

A rejected call is a `ModelRetry` with the sentences of the contract; a call that ran and failed, or of which nobody
knows whether it happened, is an answer, for a retry would make it again. Tools that the contract does not have are not
offered.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic_ai import ApprovalRequired, CallDeferred, ModelRetry, RunContext
from pydantic_ai.toolsets import ToolsetTool, WrapperToolset

from calltune.contract import Toolset
from calltune.guard.execute import ToolError
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

        passed_on: list[Exception] = []

        async def run(**arguments: Any) -> Any:
            try:
                return await super(GuardedToolset, self).call_tool(name, arguments, ctx, tool)
            except _THEIRS as error:  # is said to Pydantic AI, not to us
                passed_on.append(error)
                raise ToolError(f"{name} did not run.") from error

        said, state = await self.guard.call(
            name,
            tool_args,
            run=str(ctx.run_id),
            step=ctx.run_step,
            messages=list(_messages(ctx)),
            functions={name: run},
        )
        if passed_on:
            raise passed_on[0]
        if state == "rejected":
            raise ModelRetry(said)
        return said


_THEIRS = (ModelRetry, CallDeferred, ApprovalRequired)


def _messages(ctx: RunContext[Any]) -> Iterator[dict[str, Any]]:
    """What the user and the tools said, as far as rules on origins ask."""
    roles = {"system-prompt": "system", "user-prompt": "user", "tool-return": "tool", "retry-prompt": "tool"}
    for message in ctx.messages:
        for part in message.parts:
            role = roles.get(part.part_kind)
            if role is not None:
                content = part.content
                texts = [content] if isinstance(content, str) else [json.dumps(content, default=str)]
                if role in ("user", "system") and not isinstance(content, str):
                    texts = [item for item in content if isinstance(item, str)]
                yield {"role": role, "content": "\n".join(texts)}
