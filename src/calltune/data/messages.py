"""The messages of a row, made canonical. In: OpenAI chat messages as found in the wild. Out: a list of messages with
`role`, `content` (text), `tool_calls` whose arguments are objects and whose ids link them to their results; what
cannot be read is a `Problem` with a pointer. Messages that are canonical already are returned as they are, not
copied. Keys that no chat format knows are kept and not judged. The order of the roles is `check`'s business."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from typing import Any

from calltune.contract import Problem, parse_json

ROLES = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
}
"""Roles and what they are here: `developer` is OpenAI's newer name for system, `function` the legacy one for tool."""

OTHER_ROLES = {
    "human": "user",
    "gpt": "assistant",
    "model": "assistant",
    "bot": "assistant",
    "observation": "tool",
    "ai": "assistant",
}
"""Roles of other formats; used to propose the right one, never to guess."""

TEXT_PARTS = ("text", "input_text", "output_text")
"""Types of content parts that are text."""


def read_messages(raw: Any, problems: list[Problem]) -> list[dict[str, Any]] | None:
    """The canonical messages, with a problem for everything that is not one; None if there is no list to begin with."""
    if isinstance(raw, str):
        raw, faults = parse_json(raw)
        problems.extend(fault.at("/messages") for fault in faults)
        if faults:
            return None
    if not isinstance(raw, list | tuple):
        message = f"'messages' must be a list of messages, got {type(raw).__name__}."
        problems.append(
            Problem(kind="bad_message", pointer="/messages", message=message, expected="list", got=type(raw).__name__)
        )
        return None
    messages = [_message(message, f"/messages/{index}", problems) for index, message in enumerate(raw)]
    return _link(messages)


def is_learned(message: Mapping[str, Any]) -> bool:
    """Whether an assistant message is learned: wrong calls are marked with `"train": false` or `"weight": 0`."""
    return message.get("train") is not False and message.get("weight", 1) != 0


def _message(raw: Any, at: str, problems: list[Problem]) -> dict[str, Any]:
    if not isinstance(raw, dict):
        problems.append(_bad(at, f"a message must be an object with 'role' and 'content', got {type(raw).__name__}"))
        return {"role": "", "content": ""}
    if type(raw.get("content")) is str and raw.get("role") in ("user", "assistant", "system") and len(raw) == 2:
        return raw  # nearly every message; the rest of this function is for the others
    if raw.get("role") == "tool" and len(raw) == 3 and type(raw.get("content")) is type(raw.get("tool_call_id")) is str:
        return raw
    message = {
        key: value for key, value in raw.items() if value is not None
    }  # a column that other rows use is null here
    message["role"] = _role(message, at, problems)
    message["content"] = _content(message, at, problems)
    if message["role"] == "assistant":
        _assistant(message, at, problems)
    else:
        _no_calls(message, at, problems)
    return message


def _role(message: dict[str, Any], at: str, problems: list[Problem]) -> str:
    role = message.get("role")
    if isinstance(role, str) and role in ROLES:
        return ROLES[role]
    if role is None:
        advice = (
            "; this looks like the ShareGPT shape: rename 'from' to 'role' and 'value' to 'content'"
            if "from" in message
            else ""
        )
        problems.append(_bad(at, f"the message has no 'role'{advice}"))
        return ""
    near = OTHER_ROLES.get(str(role).lower()) or next(
        iter(difflib.get_close_matches(str(role).lower(), ROLES, n=1)), None
    )
    advice = f"; did you mean '{near}'?" if near else ""
    text = f"the role must be one of system, user, assistant, tool, got '{role}'{advice}."
    problems.append(
        Problem(kind="unknown_role", pointer=at + "/role", message=text, expected=list(ROLES), got=str(role))
    )
    return ""


def _content(message: dict[str, Any], at: str, problems: list[Problem]) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    if content is None:
        refusal = message.pop("refusal", None)  # OpenAI puts the text of a refusal beside a null content
        return refusal if isinstance(refusal, str) else ""
    parts = isinstance(content, list) and all(
        (isinstance(part, dict) and "type" in part) or isinstance(part, str) for part in content
    )
    if message["role"] == "tool" and not parts:
        return json.dumps(content, ensure_ascii=False)  # a result given as JSON data instead of JSON text
    if not parts:
        problems.append(
            _bad(at + "/content", f"the content must be text or a list of text parts, got {type(content).__name__}")
        )
        return ""
    return "".join(_part(part, f"{at}/content/{index}", problems) for index, part in enumerate(content))


def _part(part: Any, at: str, problems: list[Problem]) -> str:
    if isinstance(part, str):
        return part
    if part["type"] in TEXT_PARTS and isinstance(part.get("text"), str):
        return str(part["text"])
    text = f"only text can be learned from, got a part of type '{part['type']}'."
    problems.append(
        Problem(kind="unsupported_content", pointer=at, message=text, expected="text", got=str(part["type"]))
    )
    return ""


def _assistant(message: dict[str, Any], at: str, problems: list[Problem]) -> None:
    """Calls into shape, in place: `message` is our own copy."""
    reasoning = message.pop("reasoning", None)
    if isinstance(reasoning, str) and "reasoning_content" not in message:
        message["reasoning_content"] = reasoning
    calls, legacy = message.pop("tool_calls", None), message.pop("function_call", None)
    if isinstance(calls, str):
        calls, faults = parse_json(calls) if calls.strip() else ([], ())
        problems.extend(fault.at(at + "/tool_calls") for fault in faults)
        calls = [] if faults else calls
    if calls and not isinstance(calls, list):
        problems.append(_bad(at + "/tool_calls", f"'tool_calls' must be a list, got {type(calls).__name__}"))
        calls = []
    read = [_call(call, f"{at}/tool_calls/{index}", problems) for index, call in enumerate(calls or [])]
    if legacy is not None and not read:
        read = [_call({"function": legacy}, at + "/function_call", problems, legacy=True)]
    if read:
        message["tool_calls"] = read


def _call(raw: Any, at: str, problems: list[Problem], *, legacy: bool = False) -> dict[str, Any]:
    """One call with its arguments as an object. A call that cannot be read keeps its place, with a problem."""
    envelope = raw if isinstance(raw, dict) else {}
    function = envelope.get("function", envelope if "name" in envelope else None)
    inside = at if legacy or "function" not in envelope else at + "/function"
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        problems.append(
            _bad(inside, 'a call must be {"type": "function", "function": {"name": ..., "arguments": {...}}}')
        )
        return {"type": "function", "function": {"name": "", "arguments": {}}}
    if (
        isinstance(function.get("arguments"), dict)
        and isinstance(envelope.get("id"), str)
        and envelope.get("type") == "function"
    ):
        return envelope
    call: dict[str, Any] = {"id": str(envelope["id"])} if envelope.get("id") is not None else {}
    arguments = _arguments(function.get("arguments"), inside + "/arguments", problems)
    return call | {"type": "function", "function": {"name": function["name"], "arguments": arguments}}


def _arguments(raw: Any, at: str, problems: list[Problem]) -> Any:
    """The arguments as an object; what is not one is reported here, so that the schema check can leave it alone."""
    if isinstance(raw, dict):
        return raw
    if raw is None or raw == "":
        return {}  # servers write a call without arguments in all three ways
    if not isinstance(raw, str):
        problems.append(_not_object(at, raw, ""))
        return None
    value, faults = parse_json(raw)
    problems.extend(fault.at(at) for fault in faults)
    if faults:
        return None
    if not isinstance(value, dict):
        problems.append(
            _not_object(
                at, value, "; it is JSON text inside JSON text: encode it once" if isinstance(value, str) else ""
            )
        )
        return None
    return value


def _no_calls(message: dict[str, Any], at: str, problems: list[Problem]) -> None:
    for key in ("tool_calls", "function_call"):
        if message.pop(key, None):
            problems.append(
                _bad(f"{at}/{key}", f"only an assistant calls tools, not '{message['role'] or message.get('from')}'")
            )
    if message["role"] == "tool" and message.get("tool_call_id") is not None:
        message["tool_call_id"] = str(message["tool_call_id"])


def _link(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ids where they were left out: a result without one answers the first open call (of its name, where it has a
    name)."""
    calls = [call for message in messages for call in message.get("tool_calls", ())]
    results = [message for message in messages if message["role"] == "tool"]
    if all("id" in call for call in calls) and all("tool_call_id" in result for result in results):
        return messages
    taken = {call["id"] for call in calls if "id" in call} | {result.get("tool_call_id") for result in results}
    fresh = (name for name in (f"call_{n}" for n in range(10**9)) if name not in taken)
    linked: list[dict[str, Any]] = []
    waiting: list[dict[str, Any]] = []
    nameless: set[str] = set()  # ids that we made up: a result may still bring the real one
    for message in messages:
        if "tool_calls" in message:
            named = [call if "id" in call else {"id": next(fresh), **call} for call in message["tool_calls"]]
            nameless.update(new["id"] for new, old in zip(named, message["tool_calls"], strict=True) if "id" not in old)
            message = {**message, "tool_calls": named}
            waiting = list(named)
        elif message["role"] == "tool":
            message = _answer(message, waiting, nameless)
        linked.append(message)
    return linked


def _answer(result: dict[str, Any], waiting: list[dict[str, Any]], nameless: set[str]) -> dict[str, Any]:
    """The result with the id of the call it answers; that call leaves `waiting`. A call without an id takes the
    result's."""
    given = result.get("tool_call_id")
    if given is None:
        same = [call for call in waiting if call["function"]["name"] == result.get("name")] or waiting
    else:
        same = [call for call in waiting if call["id"] == given] or [call for call in waiting if call["id"] in nameless]
    if not same:
        return result
    call = same[0]
    waiting.remove(call)
    if given is not None and call["id"] in nameless:
        call["id"] = given  # our own copy, made above
    return {**result, "tool_call_id": call["id"]}


def _bad(at: str, message: str) -> Problem:
    return Problem(kind="bad_message", pointer=at, message=message + ".")


def _not_object(at: str, value: Any, advice: str) -> Problem:
    message = f"the arguments must be an object, got {type(value).__name__}{advice}."
    return Problem(kind="wrong_type", pointer=at, message=message, expected="object", got=type(value).__name__)
