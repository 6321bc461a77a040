"""The turns of a made row. In: messages of a gold row. Out: new messages; nothing is changed in place. The old turns of
a made row are not learned again (`"train": false`): the gold row teaches those, the made row what is new in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from calltune.contract import Toolset
from calltune.data.conversation import Conversation
from calltune.data.messages import is_learned
from calltune.data.tools import offer_of
from calltune.errors import ContractError

Message = dict[str, Any]
ENGLISH_SHARE = 0.9
"""Of the letters of what a user says: ASCII letters, so that an English answer is not put into a Chinese row."""
_LETTER = re.compile(r"[^\W\d_]")
_ASCII_LETTER = re.compile(r"[A-Za-z]")


def user(text: str) -> Message:
    """What the user says."""
    return {"role": "user", "content": text}


def assistant(text: str) -> Message:
    """What the assistant says."""
    return {"role": "assistant", "content": text}


def result(call: Mapping[str, Any], content: str) -> Message:
    """The result of a call."""
    return {"role": "tool", "tool_call_id": call["id"], "content": content}


def unlearned(messages: Sequence[Message]) -> list[Message]:
    """The messages with no assistant turn that is learned."""
    return [{**message, "train": False} if message["role"] == "assistant" else message for message in messages]


def call_turns(row: Conversation) -> list[int]:
    """Places of the assistant messages that call something and are learned."""
    messages = row.messages
    return [index for index, message in enumerate(messages) if message.get("tool_calls") and is_learned(message)]


def calls_in(messages: Sequence[Message]) -> Iterator[dict[str, Any]]:
    """Every call."""
    for message in messages:
        yield from message.get("tool_calls", ())


def name_of(call: Mapping[str, Any]) -> str:
    """The tool that is called."""
    return str(call["function"]["name"])


def arguments_of(call: Mapping[str, Any]) -> dict[str, Any]:
    """Its arguments."""
    arguments: dict[str, Any] = call["function"]["arguments"]
    return arguments


def with_arguments(call: Mapping[str, Any], arguments: Mapping[str, Any], name: str | None = None) -> dict[str, Any]:
    """The same call with other arguments."""
    return {**call, "function": {"name": name or name_of(call), "arguments": dict(arguments)}}


def with_messages(row: Conversation, messages: Sequence[Message]) -> Conversation:
    """The row with other messages."""
    return replace(row, messages=tuple(messages))


def with_tools(row: Conversation, tools: Sequence[Mapping[str, Any]]) -> Conversation | None:
    """The row with other tools; None where they make no contract."""
    try:
        offer = offer_of(Toolset.from_openai(list(tools)))
    except ContractError:
        return None
    return replace(row, tools=offer.tools, offer=offer)


def says_english(row: Conversation) -> bool:
    """Whether English words fit into the row, as far as the letters tell."""
    said = "".join(message["content"][:2000] for message in row.messages if message["role"] == "user")
    letters = len(_LETTER.findall(said))
    return letters > 0 and len(_ASCII_LETTER.findall(said)) >= ENGLISH_SHARE * letters
