"""OpenAI chat rows, and calltune's own. In: `messages` and `tools` as a request, a fine-tuning file or a log has them:
arguments as JSON text, legacy `functions` and `function_call`. Out: the same row with arguments as objects; nothing
else is changed, so that `to_openai` gives the row back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from calltune.data.formats.calls import has_call_in_text, read_arguments
from calltune.data.formats.reading import COLUMNS, MARK, POSSIBLE, Evidence, Notes, Record, Refused, Row, note, turns_of
from calltune.data.formats.schemas import read_tools
from calltune.data.messages import ROLES

_PREFERENCE = ("input", "preferred_output", "non_preferred_output")
_OWN_KEYS = ("parallel_tool_calls", "functions", "function_call", "tool_choice")


def detect(record: Record) -> Evidence | None:
    """Chat messages with roles; calls as `tool_calls` with arguments as text, or legacy functions."""
    if _is_preference(record):
        return Evidence(MARK, "'input' with messages and 'preferred_output'")
    messages = _messages(record)
    if messages is None:
        return None
    if any(isinstance(call_arguments(call), str) for call in _calls(messages)):
        return Evidence(MARK, "tool_calls whose arguments are JSON text")
    if any(isinstance(message.get("function_call"), dict) for message in messages) or isinstance(
        record.get("functions"), list
    ):
        return Evidence(MARK, "legacy functions and function_call")
    if any(key in record for key in _OWN_KEYS):
        return Evidence(MARK, "the columns of a request: " + ", ".join(key for key in _OWN_KEYS if key in record))
    return Evidence(POSSIBLE if _calls(messages) else COLUMNS, "messages with 'role' and 'content'")


def detect_own(record: Record) -> Evidence | None:
    """calltune's rows: OpenAI's shape with arguments as objects."""
    messages = _messages(record)
    if messages is None:
        return None
    calls = _calls(messages)
    if calls and all(isinstance(call_arguments(call), dict) for call in calls) and "functions" not in record:
        return Evidence(MARK, "tool_calls whose arguments are objects")
    return Evidence(POSSIBLE, "messages with 'role' and 'content'") if not calls else None


def read(record: Record, notes: Notes) -> list[Row]:
    """One row."""
    if _is_preference(record):
        rest = {key: value for key, value in record.items() if key not in _PREFERENCE}
        asked = {key: value for key, value in record["input"].items() if key != "messages"}
        turns = [*turns_of(record["input"], "messages"), *turns_of(record, "preferred_output")]
        note(notes, "wrong answers", "only the answer that is preferred is kept.")
        record = {**rest, **asked, "messages": turns}
    record = _with_answer(record, notes)
    row = {key: value for key, value in record.items() if key not in ("messages", "functions", "tools")}
    given = record.get("tools")
    tools = read_tools(given if given is not None else record.get("functions"), notes)
    if tools.listed is not None:
        row["tools"] = tools.listed
    messages = [_message(message, tools.renamed or {}) for message in turns_of(record, "messages")]
    row["messages"] = [*_system(row, messages, notes), *messages]
    if row.get("function_call") is not None:
        del row["function_call"]
        note(notes, "function_call of the request", "which call to force is no part of a conversation.")
    return [row]


def to_openai(row: Mapping[str, Any]) -> Row:
    """The row as OpenAI has it: arguments as JSON text. The inverse of `read`."""
    messages = []
    for message in row["messages"]:
        if message.get("tool_calls"):
            calls = [
                {**call, "function": {**call["function"], "arguments": _as_text(call["function"].get("arguments"))}}
                for call in message["tool_calls"]
            ]
            message = {**message, "tool_calls": calls}
        messages.append(message)
    return {**row, "messages": messages}


def call_arguments(call: Any) -> Any:
    """The arguments of a call in an envelope or bare, whatever they are."""
    function = call.get("function", call) if isinstance(call, dict) else None
    return function.get("arguments") if isinstance(function, dict) else None


def _as_text(arguments: Any) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)


def _messages(record: Record) -> list[dict[str, Any]] | None:
    messages = record.get("messages")
    if not isinstance(messages, list) or not messages:
        return None
    for message in messages:
        if not isinstance(message, dict) or not isinstance(message.get("role"), str) or message["role"] not in ROLES:
            return None
        content = message.get("content")
        if _calls_in_text(message):
            return None  # another format's
        if isinstance(content, list) and not all(
            isinstance(p, str) or (isinstance(p, dict) and _is_part(p)) for p in content
        ):
            return None
    return messages


def _calls_in_text(message: dict[str, Any]) -> bool:
    content = message.get("content") if message.get("role") == "assistant" and not message.get("tool_calls") else None
    return isinstance(content, str) and has_call_in_text(content)


def _is_part(part: dict[str, Any]) -> bool:
    return part.get("type") not in ("tool_use", "tool_result", "thinking") and "value" not in part


def _calls(messages: list[dict[str, Any]]) -> list[Any]:
    return [
        call for message in messages if isinstance(message.get("tool_calls"), list) for call in message["tool_calls"]
    ]


def _is_preference(record: Record) -> bool:
    """A row for preference fine-tuning."""
    asked = record.get("input")
    return isinstance(asked, dict) and "messages" in asked and isinstance(record.get("preferred_output"), list)


def _with_answer(record: Record, notes: Notes) -> Record:
    """A logged request whose answer stands beside it, as `choices` or in a `response`."""
    response = record.get("response")
    key = "choices" if "choices" in record else "response"
    given = response.get("choices") if isinstance(response, dict) else record.get("choices")
    choices = given if isinstance(given, list) else []
    first = choices[0] if choices else None
    if not isinstance(first, dict) or not isinstance(first.get("message"), dict):
        return record
    if len(choices) > 1:
        note(notes, "other answers", "the model was asked for several; the first one is kept.")
    rest = {name: value for name, value in record.items() if name != key}
    return {**rest, "messages": [*turns_of(record, "messages"), first["message"]]}


def _system(row: Row, messages: list[dict[str, Any]], notes: Notes) -> list[dict[str, Any]]:
    """A system prompt that stands in a column of its own, as Anthropic has it: no template would show it there."""
    system = row.get("system")
    if not isinstance(system, str) or not system.strip():
        return []
    if any(message.get("role") in ("system", "developer") for message in messages):
        note(
            notes, "column 'system'", "it stays a column, because the messages begin with a system prompt of their own."
        )
        return []
    del row["system"]
    note(notes, "column 'system'", "it is the first message now: in a column of its own no template shows it.")
    return [{"role": "system", "content": system}]


def _message(message: dict[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    legacy = message.get("function_call")
    if _calls_in_text(message) and not isinstance(legacy, dict):
        why = "a call stands in the assistant's text, which would be learned as words."
        raise Refused("call in the text", f"{why} If all rows are like this: --from sharegpt")
    if message.get("tool_calls"):
        if not isinstance(message["tool_calls"], list):
            raise Refused("unreadable call", "'tool_calls' must be a list of calls.")
        return {**message, "tool_calls": [_call(call, renamed) for call in message["tool_calls"]]}
    if isinstance(legacy, dict):
        rest = {key: value for key, value in message.items() if key != "function_call"}
        return {**rest, "tool_calls": [_call({"type": "function", "function": legacy}, renamed)]}
    if message.get("role") == "function":
        return {**message, "role": "tool"}
    return message


def _call(call: Any, renamed: Mapping[str, str]) -> dict[str, Any]:
    function = call.get("function", call) if isinstance(call, dict) else None
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise Refused("unreadable call", "a call must have a function with a name and arguments.")
    name = renamed.get(function["name"], function["name"])
    new = {**function, "name": name, "arguments": read_arguments(function.get("arguments"))}
    return {**call, "function": new} if function is not call else {"type": "function", "function": new}
