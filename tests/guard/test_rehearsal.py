"""What is rehearsed is what a run says."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from calltune import Guard, Tool, Toolset
from calltune.data.rules import is_failure
from calltune.errors import ConfigError
from calltune.generate.scripted import ScriptedEngine
from calltune.guard.execute import Limits, TookTooLongError, ToolError
from calltune.guard.fallback import Fallback
from calltune.guard.rehearsal import Rehearsal
from calltune.render.parse import ToolCall

PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string", "description": "The town"}},
    "required": ["city"],
}
TOOLS = Toolset(
    [Tool(name="warn", parameters=PARAMETERS), Tool(name="look", parameters=PARAMETERS, effect="read", timeout_s=2)]
)
USER = {"role": "user", "content": "Warn Oslo."}
"""The conversation before."""


def written(name: str, arguments: str) -> str:
    return f'<tool_call>\n{{"name": "{name}", "arguments": {arguments}}}\n</tool_call>'


def run(*texts: str, **guard: Any) -> list[dict[str, Any]]:
    """The messages of a run in which the model writes these texts."""
    return Guard(TOOLS, **guard).run([USER], ScriptedEngine([*texts])).messages


def test_a_rejected_turn_reads_as_in_a_run() -> None:
    said = run(written("warn", '{"citty": "Oslo"}'), "Sorry.")
    rehearsed = Rehearsal().rejected(TOOLS, [("warn", {"citty": "Oslo"})], 1)
    assert rehearsed == said[1:3]
    assert is_failure(said[2]["content"])


def test_a_turn_that_breaks_off_reads_as_in_a_run() -> None:
    text = written("warn", '{"city": "Oslo"}')[:40]
    assert Rehearsal().unreadable(TOOLS, text) == run(text, "Sorry.")[1:3]


def test_a_question_is_the_one_of_a_run() -> None:
    assert Rehearsal().question(TOOLS, [("warn", {})]) == run(written("warn", "{}"))[-1]["content"]
    assert Rehearsal().question(TOOLS, [("warn", {"x": 1})]) == ""


def test_what_the_guard_lets_through_is_not_rejected() -> None:
    assert Rehearsal().rejected(TOOLS, [("warn", {"city": "Oslo"})], 1) is None
    assert Rehearsal().unreadable(TOOLS, written("warn", '{"city": "Oslo"}')) is None


@pytest.mark.parametrize("name", ["warn", "look"])
def test_a_failure_reads_as_in_a_run(name: str) -> None:
    def content(error: Exception) -> str:
        async def fail(city: str) -> None:
            raise error

        guard = Guard(TOOLS, functions={name: fail}, limits=Limits(attempts=1))
        outcome = guard.check_call(name, {"city": "Oslo"})
        (result,) = asyncio.run(guard.execute(outcome, run="r", step=1))
        return result.text

    rehearsal, arguments = Rehearsal(), {"city": "Oslo"}
    seconds = TOOLS[name].timeout_s or Limits().timeout_s
    assert rehearsal.timed_out(TOOLS[name], arguments) == content(TookTooLongError(seconds))
    assert rehearsal.failed(TOOLS[name], arguments, "It is closed.") == content(ToolError("It is closed."))


def test_a_substitute_reads_as_in_a_run() -> None:
    def fail(city: str) -> None:
        raise ToolError("no")

    said = run(
        written("warn", '{"city": "Oslo"}'),
        "Done.",
        functions={"warn": fail, "look": lambda city: {"sun": True}},
        fallback=Fallback(substitutes={"warn": "look"}),
    )
    assert said[2]["content"] == Rehearsal().substituted("warn", "look", {"sun": True})
    with pytest.raises(ConfigError):
        Rehearsal().check_substitutes(TOOLS, {"warn": "lok"})


def test_calls_are_not_changed_by_being_rehearsed() -> None:
    arguments = {"city": 7}
    Rehearsal().rejected(TOOLS, [("look", arguments)], 1)
    assert arguments == {"city": 7}
    assert ToolCall(name="look", arguments=arguments).arguments == {"city": 7}
