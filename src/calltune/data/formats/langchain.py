"""Messages as LangChain and its relatives log them. In: the constructor form (`lc`, `id`, `kwargs`), `{"type": "human",
"data": {...}}`, the flat form, or OpenAI's. Out: an OpenAI message. Used by the readers of traces."""

from __future__ import annotations

from typing import Any

from calltune.data.formats.calls import read_arguments
from calltune.data.formats.reading import Refused

_KINDS = {
    "human": "user", "user": "user", "ai": "assistant", "assistant": "assistant", "aimessagechunk": "assistant",
    "system": "system", "developer": "system", "tool": "tool", "function": "tool",
}  # fmt: skip


def openai_message(raw: Any) -> dict[str, Any]:
    """The message in OpenAI's shape. Refused where it is none of the known ones."""
    if isinstance(raw, list | tuple) and len(raw) == 2 and isinstance(raw[0], str):
        raw = {"role": raw[0], "content": raw[1]}
    if not isinstance(raw, dict):
        raise Refused("unreadable message", f"a message must be an object, got {type(raw).__name__}.")
    kind, fields = _kind_and_fields(raw)
    role = _KINDS.get(kind)
    if role is None:
        raise Refused("unknown role", f"a message is by {kind[:60]!r}.")
    more = fields.get("additional_kwargs")
    extra: dict[str, Any] = more if isinstance(more, dict) else {}
    message: dict[str, Any] = {
        "role": role,
        "content": fields.get("content") if fields.get("content") is not None else "",
    }
    if role == "tool" and fields.get("tool_call_id") is not None:
        message["tool_call_id"] = fields["tool_call_id"]
    if role == "tool" and isinstance(fields.get("name"), str):
        message["name"] = fields["name"]
    reasoning = fields.get("reasoning_content") or extra.get("reasoning_content")
    if role == "assistant" and isinstance(reasoning, str):
        message["reasoning_content"] = reasoning
    if role == "tool" and fields.get("status") == "error":
        message["is_error"] = True
    calls = fields.get("tool_calls") or extra.get("tool_calls")
    if role == "assistant" and fields.get("invalid_tool_calls"):
        raise Refused("unreadable call", "a call was logged as one that could not be read.")
    legacy = fields.get("function_call") or extra.get("function_call")
    if role == "assistant" and isinstance(calls, list) and calls:
        message["tool_calls"] = [_call(call) for call in calls]
    elif role == "assistant" and isinstance(legacy, dict):
        message["tool_calls"] = [_call({"function": legacy})]
    if isinstance(message["content"], list):
        _take_parts(message)
    return message


def _take_parts(message: dict[str, Any]) -> None:
    """Calls and thoughts that providers put among the parts of the content, in place. A call is often said twice, there
    and in `tool_calls`."""
    parts = message["content"]
    calls = [part for part in parts if _is_call(part)]
    thoughts = [part for part in parts if isinstance(part, dict) and part.get("type") in ("thinking", "reasoning")]
    said = [str(part.get(part["type"])) for part in thoughts if isinstance(part.get(part["type"]), str)]
    if message["role"] != "assistant" or len(said) < len(thoughts):
        return
    message["content"] = [part for part in parts if part not in calls and part not in thoughts]
    if calls and "tool_calls" not in message:
        message["tool_calls"] = [_call(call) for call in calls]
    if said and "reasoning_content" not in message:
        message["reasoning_content"] = "\n".join(said)


def _kind_and_fields(raw: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if isinstance(raw.get("kwargs"), dict) and isinstance(raw.get("id"), list) and raw["id"]:
        return str(raw["id"][-1]).lower().removesuffix("messagechunk").removesuffix("message"), raw["kwargs"]
    if isinstance(raw.get("data"), dict):
        return str(raw.get("type", "")).lower(), raw["data"]
    return str(raw.get("role") or raw.get("type", "")).lower(), raw


def _is_call(part: Any) -> bool:
    """Providers repeat a call as a content part beside `tool_calls`."""
    return isinstance(part, dict) and part.get("type") in ("tool_use", "tool_call", "function_call")


def _call(raw: Any) -> dict[str, Any]:
    inner = raw.get("function", raw) if isinstance(raw, dict) else None
    if not isinstance(inner, dict) or not isinstance(inner.get("name"), str):
        raise Refused("unreadable call", "a call must have a name and arguments.")
    arguments = next((inner[key] for key in ("arguments", "args", "input") if key in inner), None)
    call = {"type": "function", "function": {"name": inner["name"], "arguments": read_arguments(arguments)}}
    return call if raw.get("id") is None else {"id": str(raw["id"]), **call}
