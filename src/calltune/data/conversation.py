"""The dataset row. In: one JSON object as found in the wild (arguments as text, legacy `function_call`, content in
parts, ids left out). Out: a `Conversation` in the OpenAI chat shape, or `Problem`s that say where it is not one. It
does not judge calls against their schema (`check` does) and reads no files (`read` does)."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from calltune.contract import Problem, Toolset
from calltune.data.messages import read_messages
from calltune.data.tools import Offer, calls_without_tools, offer_of, read_tools
from calltune.errors import DataError

MESSAGES_ALIASES = (
    "conversations",
    "conversation",
    "message",
    "dialogue",
    "dialog",
    "chat",
    "turns",
    "history",
    "prompt",
    "text",
)
"""What other datasets call the messages; used to say "rename this", never to guess."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said and which tools were offered, in the OpenAI chat shape. Rendered, trained on, scored, guarded and
    served."""

    messages: tuple[dict[str, Any], ...]
    """`role`, `content` (text), `tool_calls` (arguments are objects), `tool_call_id`, `reasoning_content`."""
    tools: tuple[dict[str, Any], ...] = ()
    """`{"type": "function", "function": {...}}` with canonical schemas: what the prompt shows."""
    id: str | None = None
    """The row's own name, where it has one."""
    offer: Offer | None = field(default=None, repr=False, compare=False)
    """The tools as the reader found and compiled them; ask `toolset()`."""

    def toolset(self) -> Toolset:
        """The tools, compiled; rows that share their tools share one `Toolset`. Raises ContractError if they are
        broken."""
        if self.offer is not None and self.offer.toolset is not None:
            return self.offer.toolset
        return Toolset.from_openai(self.tools)

    @classmethod
    def from_json(cls, data: Mapping[str, Any], tools: Toolset | None = None) -> Conversation:
        """A conversation from a plain row; `tools` are those of a row that has none. Raises DataError with all
        faults."""
        conversation, problems = read_conversation(data, tools)
        if conversation is None or problems:
            faults = [f"{problem.pointer or '(row)'}: {problem.message}" for problem in problems]
            raise DataError("this is not a conversation.", faults=faults)
        return conversation

    @staticmethod
    def read(source: str | Path, *, tools: Toolset | None = None) -> Iterator[Conversation]:
        """Every row of a file, a folder or a dataset, streamed. Raises DataError at the first row that is not a
        conversation."""
        from calltune.data.read import read_rows  # read builds on this module

        for row in read_rows(source, tools=tools):
            if row.conversation is None:
                faults = [f"{problem.pointer or '(row)'}: {problem.message}" for problem in row.problems]
                hint = f"To see every bad row, type: calltune check --data {shlex.quote(str(source))}"
                raise DataError(f"{row.source}, line {row.line} is not a conversation.", faults=faults, hint=hint)
            yield row.conversation

    def to_json(self) -> dict[str, Any]:
        """The row as plain data; `Conversation.from_json` reads it back equal."""
        row: dict[str, Any] = {} if self.id is None else {"id": self.id}
        return row | {"tools": list(self.tools), "messages": list(self.messages)}

    def __reduce__(self) -> tuple[Any, ...]:
        # a compiled Toolset need not be picklable; the other process compiles it again
        return (Conversation, (self.messages, self.tools, self.id))


def read_conversation(
    data: Mapping[str, Any], tools: Toolset | Offer | None = None
) -> tuple[Conversation | None, tuple[Problem, ...]]:
    """The row as a conversation and every way in which it is not one. With problems, the conversation is what could be
    read."""
    if not isinstance(data, Mapping):
        return None, (not_an_object(data),)
    problems: list[Problem] = []
    messages = _messages(data, problems)
    offer = read_tools(data, tools if isinstance(tools, Offer) else offer_of(tools), problems)
    if messages is None:
        return None, tuple(problems)
    problems.extend(calls_without_tools(messages, offer))
    name = data.get("id")
    row_id = None if name is None else name if isinstance(name, str) else json.dumps(name, default=str)
    return Conversation(tuple(messages), offer.tools, row_id, offer), tuple(problems)


def not_an_object(value: Any) -> Problem:
    """A row, or a line of the file, that is JSON but not a JSON object."""
    message = f'expected a row like {{"messages": [...], "tools": [...]}}, got {_name(value)}.'
    return Problem(kind="not_object", pointer="", message=message, expected="object", got=_name(value))


def _messages(data: Mapping[str, Any], problems: list[Problem]) -> list[dict[str, Any]] | None:
    if data.get("messages") is None:
        problems.append(_wrong_columns(data))
        return None
    return read_messages(data["messages"], problems)


def _wrong_columns(data: Mapping[str, Any]) -> Problem:
    came = ", ".join(str(key) for key in data) or "none"
    lower = {str(key).lower(): str(key) for key in data}
    alias = lower.get("messages") or next((lower[name] for name in MESSAGES_ALIASES if name in lower), None)
    advice = ""
    if alias == "messages":
        advice = "; 'messages' is null"
    elif alias is not None and isinstance(data[alias], list):
        advice = f"; rename '{alias}' to 'messages' and give each message 'role' and 'content'"
    elif alias is not None:
        advice = f"; '{alias}' is {_name(data[alias])}, not a list of messages with 'role' and 'content'"
    shape = '{"messages": [{"role": ..., "content": ...}], "tools": [...]}'
    message = f"expected a row like {shape}; the columns here: {came}{advice}."
    return Problem(kind="wrong_columns", pointer="", message=message, expected="messages", got=came)


def _name(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}
    return "null" if value is None else names.get(type(value), type(value).__name__)
