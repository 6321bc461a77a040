"""LangChain and LangGraph tools behind the guard. In: tools as LangChain has them. Out: tools of the same names that
check every call against the contract before the tool is invoked; for `create_agent`, `ToolNode`, `bind_tools`.

    guard = Guard(toolset_of(tools), policy="policy.yaml")
    agent = create_agent(model, guarded(tools, guard))

LangChain checks arguments with Pydantic in lax mode, where "12" passes for 12 and extra arguments are dropped; here the
schema that the model was shown is the law.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from calltune.contract import Toolset
from calltune.guard.guard import Guard

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool


def toolset_of(tools: Sequence[BaseTool], *, reads: Sequence[str] = ()) -> Toolset:
    """The contract of some tools. `reads`: the names of those without side effects; LangChain does not say."""
    from langchain_core.utils.function_calling import convert_to_openai_tool

    listed = []
    for tool in tools:
        function = convert_to_openai_tool(tool)["function"]
        listed.append({**function, "effect": "read" if tool.name in reads else "write"})
    return Toolset.from_openai(listed)


def guarded(
    tools: Sequence[BaseTool],
    guard: Guard,
    *,
    run: str | None = None,
    messages: Callable[[], Sequence[Mapping[str, Any]]] | None = None,
) -> list[BaseTool]:
    """The tools, each behind the guard. A rejected call is answered with what is wrong, for the model to mend it.

    `run` names one run of the agent for the ledger: in it, the same write with the same arguments runs once. Without
    it, every call counts as a run of its own. `messages` gives the conversation so far in OpenAI's shape, which rules
    on origins need: LangChain does not hand it to its tools.
    """
    return [_guarded(tool, guard, run, messages) for tool in tools]


def _guarded(
    tool: BaseTool, guard: Guard, run: str | None, messages: Callable[[], Sequence[Mapping[str, Any]]] | None
) -> BaseTool:
    from langchain_core.tools import StructuredTool, ToolException

    async def call(**arguments: Any) -> str:
        said, state = await guard.call(
            tool.name,
            arguments,
            run=run or uuid.uuid4().hex,
            messages=messages() if messages is not None else None,
            functions={tool.name: lambda **given: tool.ainvoke(given)},
        )
        if state != "done":
            raise ToolException(said)
        return said

    def call_here(**arguments: Any) -> str:
        with ThreadPoolExecutor(max_workers=1) as thread:  # the caller may be in a loop of its own
            return thread.submit(lambda: asyncio.run(call(**arguments))).result()

    return StructuredTool(
        name=tool.name,
        description=tool.description,
        args_schema=guard.toolset[tool.name].parameters,
        func=call_here,
        coroutine=call,
        handle_tool_error=True,
    )
