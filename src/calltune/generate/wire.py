"""OpenAI's chat protocol as data: what is sent, and what comes back, which may be anything. In: messages and tools;
answers and events of a server. Out: the shapes of the wire; a `Completion`. A `StrangeError` says what is not as the
protocol says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from calltune.errors import ModelError
from calltune.generate.completion import Completion, Request
from calltune.render.parse import Message, ToolCall

MAX_TURN = 8 << 20
"""Characters of a streamed turn; a server that sends more is cut off."""


class StrangeError(ModelError):
    """Not what the protocol says."""


def plain(sent: Any) -> dict[str, Any]:
    """An answer as data."""
    return as_dict(sent.model_dump(warnings=False) if hasattr(sent, "model_dump") else sent, "answer")


def first_choice(data: Mapping[str, Any]) -> dict[str, Any]:
    """The choice of an answer that is no stream. StrangeError where there is none, or no message in it."""
    if data.get("error"):
        raise StrangeError(f"an error: {_said(data['error'])}")
    choices = as_list(data.get("choices"), "choices")
    if not choices:
        raise StrangeError("no choice")
    choice = as_dict(choices[0], "choice")
    if not choice.get("message"):
        raise StrangeError("no message")
    return choice


def as_dict(value: Any, what: str) -> dict[str, Any]:
    """An object, or an empty one for null. StrangeError for anything else."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise StrangeError(f"the {what} is no object but {type(value).__name__}")
    return value


def as_list(value: Any, what: str) -> list[Any]:
    """A list, or an empty one for null. StrangeError for anything else."""
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise StrangeError(f"{what} is no list but {type(value).__name__}")
    return list(value)


def _text_of(value: Any) -> str:
    """A text, or the texts of a list of parts."""
    if isinstance(value, list):
        return "".join(_text_of(part.get("text")) for part in value if isinstance(part, dict))
    return value if isinstance(value, str) else ""


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _said(error: Any) -> str:
    text = error.get("message") if isinstance(error, Mapping) else error
    return " ".join(str(text).split())[:300]


class Streamed:
    """A turn while its pieces arrive."""

    def __init__(self) -> None:
        self.text = ""
        self.reasoning = ""
        self.calls: list[dict[str, Any]] = []
        self.finish: str | None = None
        self.usage: Any = None
        self.first_s = 0.0
        self.size = 0
        self.events = 0

    def take(self, event: Mapping[str, Any], at: float) -> str:
        """One event; the text that is new."""
        self.events += 1
        self.usage = event.get("usage") or self.usage
        if event.get("error"):
            raise StrangeError(f"an error: {_said(event['error'])}")
        choices = as_list(event.get("choices"), "choices")
        if not choices:
            return ""
        choice = as_dict(choices[0], "choice")
        self.finish = choice.get("finish_reason") or self.finish
        delta = as_dict(choice.get("delta"), "delta")
        text = _text_of(delta.get("content")) or _text_of(delta.get("refusal"))
        reasoning = _text_of(delta.get("reasoning_content")) or _text_of(delta.get("reasoning"))
        self.text += text
        self.reasoning += reasoning
        self.size += len(text) + len(reasoning)
        for piece in as_list(delta.get("tool_calls"), "tool_calls"):
            self._piece(as_dict(piece, "tool call"))
        if self.size > MAX_TURN:
            raise StrangeError(f"a turn of more than {MAX_TURN:,} characters")
        self.first_s = self.first_s or at
        return text

    def _piece(self, piece: Mapping[str, Any]) -> None:
        """A piece of a call: of a new one where its number, its id or its name is new."""
        function = as_dict(piece.get("function"), "function")
        number, name = piece.get("index"), function.get("name")
        known = [call for call in self.calls if number is not None and call["number"] == number]
        known = known or (self.calls[-1:] if number is None else [])
        call = known[-1] if known else None
        is_new = call is None or bool(piece.get("id") and call["id"] and piece["id"] != call["id"])
        is_new = is_new or bool(call and number is None and name and call["name"])
        if is_new or call is None:
            call = {"number": number, "id": "", "name": "", "arguments": ""}
            self.calls.append(call)
        call["id"] = call["id"] or piece.get("id") or ""
        call["name"] = call["name"] or name or ""
        arguments = function.get("arguments")
        written = arguments if isinstance(arguments, str) else "" if arguments is None else json.dumps(arguments)
        call["arguments"] += written
        self.size += len(written)

    def completion(self, request: Request, seconds: float) -> Completion:
        """The whole turn."""
        calls = [{"id": call["id"] or None, "function": call} for call in self.calls]
        message = message_of({"content": self.text, "reasoning_content": self.reasoning or None, "tool_calls": calls})
        finish = self.finish or "length"  # the stream broke off
        return completion_of(message, finish, self.usage, request, seconds, self.first_s)


def message_of(message: Mapping[str, Any]) -> Message:
    """An assistant message in OpenAI's shape, as the guard takes it:
    `guard.check(message_of(choice.message.model_dump()))`. Arguments stay the text that the model wrote. StrangeError
    where it is no such message."""
    calls = []
    for call in as_list(message.get("tool_calls"), "tool_calls"):
        function = as_dict(as_dict(call, "tool call").get("function"), "function")
        written = function.get("arguments")
        text = written if isinstance(written, str) else None
        # an empty text is how servers write "no arguments"
        text = "{}" if text is not None and not text.strip() else text
        given = call.get("id")
        calls.append(
            ToolCall(
                name=str(function.get("name") or ""),
                arguments=text or written,
                arguments_text=text,
                id=given if isinstance(given, str) else None,
            )
        )
    reasoning = _text_of(message.get("reasoning_content")) or _text_of(message.get("reasoning"))
    said = _text_of(message.get("content")) or _text_of(message.get("refusal"))
    return Message(text=said.strip(), reasoning=reasoning or None, calls=tuple(calls))


def wire_message(message: Mapping[str, Any]) -> dict[str, Any]:
    """A message as the wire wants it: arguments as JSON text."""
    sent = {key: value for key, value in message.items() if key in _SENT and value is not None}
    if sent.get("tool_calls"):
        sent["tool_calls"] = [
            {**call, "function": {**call["function"], "arguments": _text(call["function"].get("arguments"))}}
            for call in sent["tool_calls"]
        ]
    if sent.get("role") == "tool":
        sent.pop("name", None)
    return sent


_SENT = ("role", "content", "name", "tool_calls", "tool_call_id")


def _text(arguments: Any) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)


def wire_tool(tool: Mapping[str, Any], *, strict: bool = False) -> dict[str, Any]:
    """A tool without what the wire does not know."""
    function = {key: value for key, value in tool["function"].items() if key != "returns"}
    return {"type": "function", "function": function | ({"strict": True} if strict else {})}


def completion_of(
    message: Message, finish: Any, usage: Any, request: Request, seconds: float, first_s: float = 0.0
) -> Completion:
    usage = usage if isinstance(usage, Mapping) else {}
    details = usage.get("prompt_tokens_details")
    return Completion(
        text=message.text,
        finish_reason="length" if finish in ("length", "content_filter") else "stop",
        prompt_tokens=_count(usage.get("prompt_tokens")),
        completion_tokens=_count(usage.get("completion_tokens")),
        cached_tokens=_count(details.get("cached_tokens")) if isinstance(details, Mapping) else 0,
        time_s=seconds,
        first_token_s=first_s,
        message=message,
        request=request,
    )
