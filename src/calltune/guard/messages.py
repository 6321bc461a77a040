"""A decision and its results as messages of a conversation, in the OpenAI shape. In: outcomes and results. Out: new
messages; the conversation itself is not touched."""

from __future__ import annotations

from typing import Any

from calltune.guard.outcome import Outcome
from calltune.render.parse import ToolCall


def assistant_message(outcome: Outcome, number: int) -> dict[str, Any]:
    """The turn as a message, arguments as objects; ids are made from its number so that results can name their call."""
    calls = [
        {
            "id": call_id(number, place),
            "type": "function",
            "function": {"name": call.name, "arguments": call.arguments},
        }
        for place, call in enumerate(outcome.proposed)
    ]
    return {"role": "assistant", "content": outcome.reply, "tool_calls": calls}


def tool_message(call: ToolCall, number: int, place: int, content: str) -> dict[str, Any]:
    """The result of call `place` of the assistant message `number`."""
    return {"role": "tool", "tool_call_id": call_id(number, place), "name": call.name, "content": content}


def retry_messages(outcome: Outcome, text: str, number: int = 0) -> list[dict[str, Any]]:
    """The rejected turn and what is wrong with it. Calls that could be read get the reasons as the result of the first;
    a turn that could not be read is quoted as plain text."""
    reasons = outcome.message_for_model()
    if outcome.proposed and all(isinstance(call.arguments, dict) for call in outcome.proposed):
        turn = assistant_message(outcome, number)
        told = [reasons] + ["Not run either: see the first result."] * (len(outcome.proposed) - 1)
        results = zip(outcome.proposed, told, strict=True)
        return [turn, *(tool_message(call, number, place, said) for place, (call, said) in enumerate(results))]
    return [{"role": "assistant", "content": text or "(nothing)"}, {"role": "user", "content": reasons}]


def call_id(number: int, place: int) -> str:
    """Nine letters and digits: Mistral's template accepts nothing else."""
    return f"call{number:03d}{place:02d}"[-9:]
