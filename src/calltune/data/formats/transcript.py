"""Messages as they are put together from somebody's turns. In: what was said, called and answered, in order. Out: a
list of messages in the OpenAI shape in which calls have ids and results name the call they answer. The order of the
roles is not judged: `calltune check` does that."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from calltune.contract import parse_json
from calltune.data.formats.reading import Notes, note


class Call(NamedTuple):
    """One call as a format wrote it."""

    name: str
    arguments: dict[str, Any]
    id: str | None = None


class Transcript:
    """Grows by turns; `messages` is the result."""

    def __init__(self, notes: Notes, renamed: Mapping[str, str] | None = None) -> None:
        self.messages: list[dict[str, Any]] = []
        self._notes = notes
        self._renamed = renamed or {}
        self._waiting: list[dict[str, Any]] = []
        self._calls = 0

    def system(self, text: str) -> None:
        """Nothing is added where there is no text."""
        if text.strip():
            self.messages.append({"role": "system", "content": text})

    def user(self, text: str) -> None:
        """What the user said; text that looks like a call stays text."""
        self.messages.append({"role": "user", "content": text})

    def assistant(self, text: str, calls: Sequence[Call] = (), reasoning: str | None = None) -> None:
        """Text, calls or both. Calls right after the assistant's text join its message."""
        said = [self._call(call) for call in calls]
        last = self.messages[-1] if self.messages else {}
        if said and not text.strip() and last.get("role") == "assistant":
            message = last
            message["tool_calls"] = [*last.get("tool_calls", []), *said]
        else:
            message = {"role": "assistant", "content": text} | ({"tool_calls": said} if said else {})
            self.messages.append(message)
        if reasoning:
            message["reasoning_content"] = "\n".join(
                part for part in (message.get("reasoning_content"), reasoning) if part
            )
        self._waiting = list(message.get("tool_calls", []))

    def result(self, text: str, *, name: str | None = None, id: str | None = None, failed: bool = False) -> None:
        """The result of an open call: of that id, else of that name, else of the first. One list for several calls is
        shared out among them."""
        if id is None and name is None and len(self._waiting) > 1:
            parts, problems = parse_json(text)
            if not problems and isinstance(parts, list) and len(parts) == len(self._waiting):
                for part in parts:
                    self._answer(part if isinstance(part, str) else json.dumps(part, ensure_ascii=False), None, None)
                return
        self._answer(text, name, id, failed=failed)

    def _answer(self, text: str, name: str | None, id: str | None, *, failed: bool = False) -> None:
        name = self._renamed.get(name, name) if name is not None else None
        by_id = [call for call in self._waiting if id is not None and call["id"] == id]
        by_name = [call for call in self._waiting if name is not None and call["function"]["name"] == name]
        call = next(iter(by_id or ([] if id is not None else by_name or self._waiting)), None)
        message: dict[str, Any] = {"role": "tool", "content": text} | ({"is_error": True} if failed else {})
        if call is not None:
            self._waiting.remove(call)
            message["tool_call_id"] = call["id"]
        elif id is not None:
            message["tool_call_id"] = id
        else:
            note(self._notes, "result without a call", "the result is kept; no open call stands before it.")
        self.messages.append(message)

    def _call(self, call: Call) -> dict[str, Any]:
        name = call.id if call.id is not None else f"call_{self._calls}"
        self._calls += 1
        function = {"name": self._renamed.get(call.name, call.name), "arguments": call.arguments}
        return {"id": name, "type": "function", "function": function}
