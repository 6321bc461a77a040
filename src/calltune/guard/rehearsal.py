"""What the guard will say, for training rows that are made before there is a run: the same decisions and the same
texts, out of the same functions. In: a toolset and calls. Out: messages and contents of tool messages, in the shape
that a run has them. Nothing is run here; `calltune.data.augment` says what it is used for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from calltune.contract import Tool, Toolset
from calltune.guard.execute import Limits, Result, failure_of, no_answer
from calltune.guard.fallback import Fallback, substituted_text
from calltune.guard.guard import Guard
from calltune.guard.messages import retry_messages
from calltune.render.parse import Message, ToolCall

Call = tuple[str, Mapping[str, Any]]
"""Name and arguments."""


class Rehearsal:
    """The guard's words about calls that nobody makes. Fills in `calltune.data.augment.context.RunTimeTexts`."""

    def rejected(self, toolset: Toolset, calls: Sequence[Call], number: int) -> list[dict[str, Any]] | None:
        """The turn and what the model is told of it, as messages `number` and following; None where the guard would
        let it through, for example because it can mend it."""
        outcome = _guard(toolset).check(Message(calls=_calls(calls)))
        return retry_messages(outcome, "", number) if outcome.decision == "rejected" else None

    def unreadable(self, toolset: Toolset, text: str) -> list[dict[str, Any]] | None:
        """The same for a turn that was written as `text`; None where it can be read or mended."""
        outcome = _guard(toolset).check(text)
        unread = outcome.decision == "rejected" and not outcome.proposed
        return retry_messages(outcome, text) if unread else None

    def question(self, toolset: Toolset, calls: Sequence[Call]) -> str:
        """What the user is asked where these calls lack required arguments and nothing else is wrong; "" otherwise."""
        return _guard(toolset, "ask").check(Message(calls=_calls(calls))).question

    def timed_out(self, tool: Tool, arguments: Mapping[str, Any]) -> str:
        """The content of the tool message of a call that took too long."""
        state, error = failure_of(tool, no_answer(tool, tool.timeout_s or Limits().timeout_s))
        return Result(call=ToolCall(name=tool.name, arguments=arguments), state=state, error=error).text

    def failed(self, tool: Tool, arguments: Mapping[str, Any], error: str) -> str:
        """The content of the tool message of a call whose function raised `ToolError(error)`."""
        state, said = failure_of(tool, error, certain=True)
        return Result(call=ToolCall(name=tool.name, arguments=arguments), state=state, error=said).text

    def substituted(self, name: str, instead: str, value: Any) -> str:
        """The content of the tool message of a call that failed, where a declared substitute gave `value`."""
        failed = Result(call=ToolCall(name=name, arguments={}), state="failed")
        return substituted_text(failed, Result(call=ToolCall(name=instead, arguments={}), state="done", value=value))

    def check_substitutes(self, toolset: Toolset, substitutes: Mapping[str, str]) -> None:
        """Raises ConfigError for tools that the contract does not have."""
        Fallback(substitutes=substitutes).check(toolset)


@lru_cache(maxsize=256)
def _guard(toolset: Toolset, missing: Any = "reject") -> Guard:
    return Guard(toolset, missing=missing)


def _calls(calls: Sequence[Call]) -> tuple[ToolCall, ...]:
    return tuple(ToolCall(name=name, arguments=arguments) for name, arguments in calls)
