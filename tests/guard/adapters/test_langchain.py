"""LangChain's tools, and LangGraph's node that runs them, behind the guard."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from calltune.guard import Guard
from calltune.guard.adapters.langchain import guarded, toolset_of

tools_module = pytest.importorskip("langchain_core.tools")


def made() -> tuple[list[Any], list[Any]]:
    ran: list[Any] = []

    @tools_module.tool
    def order(item: str, count: int = 1) -> str:
        """Order an item."""
        ran.append((item, count))
        return f"{count} {item}"

    return [order], ran


def invoke(tool: Any, arguments: dict[str, Any]) -> Any:
    return tool.invoke({"type": "tool_call", "id": "1", "name": tool.name, "args": arguments})


def test_langchain_alone_lets_text_through_for_a_number() -> None:
    (order,), ran = made()
    invoke(order, {"item": "lamp", "count": "12"})
    assert ran == [("lamp", 12)]


def test_a_guarded_tool_runs_what_follows_the_contract_and_says_what_does_not() -> None:
    tools, ran = made()
    (order,) = guarded(tools, Guard(toolset_of(tools)))
    assert order.name == "order" and order.tool_call_schema["required"] == ["item"]
    good = invoke(order, {"item": "lamp", "count": 2})
    assert (good.content, good.status, ran) == ('"2 lamp"', "success", [("lamp", 2)])
    for bad in ({"item": "lamp", "count": "12"}, {"item": "lamp", "colour": "red"}, {}):
        message = invoke(order, bad)
        assert message.status == "error" and "Nothing was run" in message.content
    assert ran == [("lamp", 2)]


def test_in_one_run_the_same_write_runs_once() -> None:
    tools, ran = made()
    (order,) = guarded(tools, Guard(toolset_of(tools)), run="one")
    for _ in range(3):
        invoke(order, {"item": "lamp"})
    assert ran == [("lamp", 1)]


def test_it_works_where_the_program_is_asynchronous() -> None:
    tools, ran = made()
    (order,) = guarded(tools, Guard(toolset_of(tools)))
    call = {"type": "tool_call", "id": "1", "name": "order", "args": {"item": "lamp"}}
    assert asyncio.run(order.ainvoke(call)).status == "success" and len(ran) == 1


def test_langgraphs_tool_node_runs_them() -> None:
    pytest.importorskip("langgraph.prebuilt")
    from langchain_core.messages import AIMessage
    from langgraph.graph import MessagesState, StateGraph
    from langgraph.prebuilt import ToolNode

    tools, ran = made()
    graph = StateGraph(MessagesState)
    graph.add_node("tools", ToolNode(guarded(tools, Guard(toolset_of(tools)))))
    graph.set_entry_point("tools")
    calls = [
        {"name": "order", "args": {"item": "lamp", "count": 1}, "id": "1"},
        {"name": "order", "args": {"item": "lamp", "count": "many"}, "id": "2"},
    ]
    said = graph.compile().invoke({"messages": [AIMessage(content="", tool_calls=calls)]})["messages"][1:]
    assert [message.status for message in said] == ["success", "error"] and ran == [("lamp", 1)]
