"""Whether a completion that was read back is the message it was made from.

In: an OpenAI assistant message and what the parser read. Out: "" or one sentence about what is lost. White space around
text and reasoning does not count; types of argument values do: 7, 7.0, "7" and true are four values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from calltune.render.parse import Message, ParseFailure, ToolCall


def message_of(message: Mapping[str, Any]) -> Message:
    """The `Message` that an OpenAI assistant message says."""
    calls = []
    for call in message.get("tool_calls") or ():
        function = call.get("function", call)
        arguments = function.get("arguments")
        if isinstance(arguments, str):
            arguments = json.loads(arguments or "{}")
        calls.append(ToolCall(name=function["name"], arguments={} if arguments is None else arguments))
    reasoning = (message.get("reasoning_content") or "").strip()
    return Message(text=(message.get("content") or "").strip(), reasoning=reasoning or None, calls=tuple(calls))


def difference_of(expected: Message, read: Message | ParseFailure) -> str:
    """What is lost between a message and its reading; "" where nothing is."""
    if isinstance(read, ParseFailure):
        return f"it cannot be read back ({read.message})"
    if len(read.calls) != len(expected.calls):
        return f"it has {_calls(len(expected.calls))}, {_calls(len(read.calls))} came back"
    for number, (wanted, got) in enumerate(zip(expected.calls, read.calls, strict=True), start=1):
        if wanted.name != got.name:
            return f"call {number} is of {wanted.name!r}, {got.name!r} came back"
        if not same_json(wanted.arguments, got.arguments):
            return f"the arguments of call {number} are {_short(wanted.arguments)}, {_short(got.arguments)} came back"
    if expected.text != read.text:
        return f"the text is {_short(expected.text)}, {_short(read.text)} came back"
    if expected.reasoning != read.reasoning:
        return f"the reasoning is {_short(expected.reasoning)}, {_short(read.reasoning)} came back"
    return ""


def same_json(one: Any, other: Any) -> bool:
    """Equality of JSON values, types included."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same_json(value, other[key]) for key, value in one.items())
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same_json, one, other))
    return type(one) is type(other) and bool(one == other)


def _calls(count: int) -> str:
    return f"{count} call" if count == 1 else f"{count} calls"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 120 else text[:117] + "..."
