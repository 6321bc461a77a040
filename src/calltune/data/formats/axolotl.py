"""Axolotl's chat_template rows. In: a list of messages under any column, with the role and the text under any of the
usual names (`field_messages` and `message_property_mappings` in its settings), and tools. Out: one row. Other names are
given by `--fields`."""

from __future__ import annotations

from typing import Any

from calltune.data.conversation import MESSAGES_ALIASES
from calltune.data.formats import openai, sharegpt
from calltune.data.formats.reading import COLUMNS, POSSIBLE, Evidence, Notes, Record, Refused, Row, note_other_keys
from calltune.data.tools import TOOLS_ALIASES

_MESSAGE_KEYS = ("role", "content", "name", "tool_calls", "tool_call_id", "reasoning_content", "reasoning", "weight")
_ROLE = ("role", "from", "speaker", "author", "sender")
_TEXT = ("content", "value", "text", "message", "utterance")


def detect(record: Record) -> Evidence | None:
    """A list of messages that is not called so, or whose role and text are called otherwise."""
    found = _found(record)
    if found is None:
        return None
    column, role, text = found
    if (column, role, text) == ("messages", "role", "content") or (role, text) == ("from", "value"):
        return None
    why = f"'{column}' of messages with '{role}' and '{text}'"
    return Evidence(COLUMNS if column in ("messages", *MESSAGES_ALIASES) else POSSIBLE, why)


def read(record: Record, notes: Notes) -> list[Row]:
    """One row, read as OpenAI's once the names are OpenAI's."""
    found = _found(record)
    if found is None:
        raise Refused("no turns", "there is no list of messages with a role and a text; say which with --fields.")
    column, role, text = found
    messages = [_message(message, role, text) for message in record[column]]
    note_other_keys(messages, _MESSAGE_KEYS, notes, kept=True)
    tools = next((name for name in ("tools", *TOOLS_ALIASES) if record.get(name)), "tools")
    rest = {key: value for key, value in record.items() if key not in (column, tools)}
    renamed = {**rest, "messages": messages} | ({"tools": record[tools]} if record.get(tools) is not None else {})
    tagged = sharegpt.detect(renamed) is not None
    return sharegpt.read(renamed, notes) if tagged else openai.read(renamed, notes)


def with_fields(record: Record, fields: dict[str, str]) -> Record:
    """The record under the usual names: `messages`, `tools`, `role`, `content` are what `fields` says."""
    outer = {fields[name]: name for name in fields if name not in ("role", "content")}
    inner = {fields[name]: name for name in fields if name in ("role", "content")}
    new = {outer.get(key, key): value for key, value in record.items() if key not in outer.values() or key in outer}
    if inner and isinstance(new.get("messages"), list):
        new["messages"] = [
            {inner.get(key, key): value for key, value in message.items()} if isinstance(message, dict) else message
            for message in new["messages"]
        ]
    return new


def _message(message: dict[str, Any], role: str, text: str) -> dict[str, Any]:
    new = {"role": message.get(role), "content": message.get(text)}
    new["role"] = {"call": "assistant", "result": "tool"}.get(spoken := sharegpt.role_of({"role": new["role"]}), spoken)
    return new | {key: value for key, value in message.items() if key not in (role, text)}


def _found(record: Record) -> tuple[str, str, str] | None:
    """The column, and the keys of role and text. Two columns of messages are two answers, or a question and its answer:
    which of them is learned is not ours to guess."""
    found = [(str(column), *keys) for column, value in record.items() if (keys := _keys(value)) is not None]
    named = [one for one in found if one[0] == "messages"]
    return next(iter(named or found), None) if named or len(found) == 1 else None


def _keys(messages: Any) -> tuple[str, str] | None:
    """Under which keys the messages of a list have role and text."""
    if not isinstance(messages, list) or not messages or not all(isinstance(item, dict) for item in messages):
        return None
    for role in _ROLE:
        if not all(sharegpt.role_of({"role": message.get(role)}) for message in messages):
            continue
        for text in _TEXT:
            texts = [message[text] for message in messages if message.get(text) is not None]
            if texts and all(isinstance(value, str) for value in texts):
                return role, text
    return None
