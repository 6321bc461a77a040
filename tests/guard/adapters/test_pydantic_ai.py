"""Pydantic AI's agent with a toolset behind the guard."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from calltune.contract import Tool, Toolset
from calltune.guard import Guard

pytest.importorskip("pydantic_ai")

SCHEMA = {
    "type": "object",
    "properties": {"amount": {"type": "integer"}},
    "required": ["amount"],
    "additionalProperties": False,
}
TOOLS = Toolset([Tool(name="pay", description="Pay.", parameters=SCHEMA)])


def agent(arguments: list[dict[str, Any]], paid: list[Any], guard: Guard | None = None) -> Any:
    from pydantic_ai import Agent, FunctionToolset
    from pydantic_ai import Tool as PydanticTool
    from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart
    from pydantic_ai.models.function import FunctionModel

    from calltune.guard.adapters.pydantic_ai import GuardedToolset

    async def pay(**given: Any) -> str:
        paid.append(given)
        return "paid"

    remaining = list(arguments)

    def model(messages: Any, info: Any) -> ModelResponse:
        if not remaining:
            return ModelResponse(parts=[TextPart("Done.")])
        return ModelResponse(parts=[ToolCallPart("pay", remaining.pop(0))])

    inner = FunctionToolset([PydanticTool.from_schema(pay, name="pay", description="Pay.", json_schema=SCHEMA)])
    return Agent(FunctionModel(model), toolsets=[GuardedToolset(inner, guard or Guard(TOOLS))], retries=3)


def test_what_pydantic_ai_would_let_through_is_stopped_and_retried() -> None:
    paid: list[Any] = []
    bad = [{"amount": "lots", "zzz": 1}, {"amount": "12"}]
    assert asyncio.run(agent([*bad, {"amount": 12}], paid).run("Pay.")).output == "Done."
    assert paid == [{"amount": 12}]


def test_a_call_that_may_have_happened_is_answered_and_not_asked_for_again() -> None:
    class Broken(list[Any]):
        def append(self, item: Any) -> None:
            super().append(item)
            raise ConnectionError("no answer")

    paid = Broken()
    assert asyncio.run(agent([{"amount": 12}, {"amount": 12}], paid).run("Pay.")).output == "Done."
    assert list(paid) == [{"amount": 12}]


def test_what_a_tool_says_to_pydantic_ai_is_passed_on() -> None:
    from pydantic_ai import ModelRetry

    class Picky(list[Any]):
        def append(self, item: Any) -> None:
            super().append(item)
            if len(self) == 1:
                raise ModelRetry("pay more")

    paid = Picky()
    assert asyncio.run(agent([{"amount": 1}, {"amount": 12}], paid).run("Pay.")).output == "Done."
    assert list(paid) == [{"amount": 1}, {"amount": 12}]


def test_rules_on_origins_know_what_the_user_said() -> None:
    schema = {"type": "object", "properties": {"amount": {"type": "integer"}}, "required": ["amount"]}
    tools = Toolset([Tool(name="pay", description="Pay.", parameters=schema)])
    policy = {
        "calltune_policy": 1,
        "default": "allow",
        "origins": [{"tool": "pay", "argument": "/amount", "source": "user"}],
    }
    paid: list[Any] = []
    guarded = agent([{"amount": 13}, {"amount": 12}], paid, Guard(tools, policy=policy))
    assert asyncio.run(guarded.run("Pay 12.")).output == "Done."
    assert paid == [{"amount": 12}]


def test_a_contract_is_made_from_a_toolset() -> None:
    from pydantic_ai import FunctionToolset, RunContext
    from pydantic_ai.models.test import TestModel
    from pydantic_ai.usage import RunUsage

    from calltune.guard.adapters.pydantic_ai import toolset_of

    def pay(amount: int) -> str:
        """Pay."""
        return "paid"

    context = RunContext(deps=None, model=TestModel(), usage=RunUsage())
    made = asyncio.run(toolset_of(FunctionToolset([pay]), context))
    assert made.names == ("pay",) and made.check("pay", {"amount": "x"})
