"""Anthropic Messages. In: a request (`system`, `tools` with `input_schema`, `messages` with content blocks), with or
without the `response` to it. Out: one row: tool_use is a call, tool_result its result, thinking is reasoning. Images,
documents and tools that run at the server are refused."""

from __future__ import annotations

from typing import Any

from calltune.data.formats.reading import MARK, Evidence, Notes, Record, Refused, Row, new_row, note, text_of, turns_of
from calltune.data.formats.schemas import read_tools
from calltune.data.formats.transcript import Call, Transcript

_BLOCKS = ("tool_use", "tool_result", "thinking", "redacted_thinking")
_REQUEST = {
    "system", "response", "model", "max_tokens", "temperature", "tool_choice", "stream", "stop_sequences", "top_p",
    "top_k", "thinking",
}  # fmt: skip


def detect(record: Record) -> Evidence | None:
    """Content blocks of its kinds, or tools with `input_schema`, beside `messages`."""
    messages, tools = record.get("messages"), record.get("tools")
    if not isinstance(messages, list) or not messages:
        return None
    for message in messages:
        content = message.get("content") if isinstance(message, dict) else None
        for block in content if isinstance(content, list) else []:
            if isinstance(block, dict) and block.get("type") in _BLOCKS and "value" not in block:
                return Evidence(MARK, f"content blocks of the type {block['type']}")
    if isinstance(tools, list) and any(isinstance(tool, dict) and "input_schema" in tool for tool in tools):
        return Evidence(MARK, "tools with 'input_schema'")
    return None


def read(record: Record, notes: Notes) -> list[Row]:
    """One row."""
    tools = read_tools(record.get("tools"), notes)
    talk = Transcript(notes, tools.renamed)
    talk.system("\n\n".join(_text(block) for block in _blocks(record.get("system"), notes)))
    turns = turns_of(record, "messages")
    response = record.get("response")
    for message in [*turns, *([{**response, "role": "assistant"}] if isinstance(response, dict) else [])]:
        blocks = _blocks(message.get("content"), notes)
        if message.get("role") == "assistant":
            _answer(talk, blocks, notes)
        elif message.get("role") == "user":
            _ask(talk, blocks, notes)
        else:
            raise Refused("unknown role", f"a message is by {str(message.get('role'))[:60]!r}.")
    settings = sorted(key for key in _REQUEST - {"system", "response"} if record.get(key) is not None)
    if settings:
        note(notes, "settings of the request", "the model, its limits and its choices are no part of a conversation.")
    return [new_row(record, _REQUEST | {"tools"}, talk.messages, tools.listed)]


def _blocks(content: Any, notes: Notes) -> list[dict[str, Any]]:
    if content is None:
        return []
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    if not isinstance(content, list) or not all(isinstance(block, dict) for block in content):
        raise Refused("unreadable content", "the content must be text or a list of blocks.")
    if any("cache_control" in block for block in content):
        note(notes, "cache_control", "where a prompt is cached is no part of a conversation.")
    return content


def _text(block: dict[str, Any]) -> str:
    if block.get("type") != "text" or not isinstance(block.get("text"), str):
        raise Refused("unsupported content", f"only text can be learned from, got a block of {block.get('type')!r}.")
    return str(block["text"])


def _answer(talk: Transcript, blocks: list[dict[str, Any]], notes: Notes) -> None:
    texts: list[str] = []
    calls: list[Call] = []
    thoughts: list[str] = []
    for block in blocks:
        kind = block.get("type")
        if kind == "tool_use":
            name, given = block.get("name"), block.get("input")
            if not isinstance(name, str) or not isinstance(given, dict):
                raise Refused("unreadable call", "a tool_use block must have a name and an input.")
            calls.append(Call(name, given, None if block.get("id") is None else str(block["id"])))
        elif kind == "thinking" and isinstance(block.get("thinking"), str):
            thoughts.append(block["thinking"])
        elif kind == "redacted_thinking":
            note(notes, "redacted thinking", "it is encrypted; nothing can be learned from it.")
        else:
            if calls:
                note(notes, "text after a call", "it stands before the call now: a message has one text.")
            texts.append(_text(block))
    talk.assistant("".join(texts), calls, "\n".join(thoughts) or None)


def _ask(talk: Transcript, blocks: list[dict[str, Any]], notes: Notes) -> None:
    """Results first, then what the user says with them."""
    for block in blocks:
        if block.get("type") == "tool_result":
            content = block.get("content")
            text = (
                "".join(map(_text, _blocks(content, notes)))
                if isinstance(content, list)
                else text_of(content, "a result")
            )
            given = None if block.get("tool_use_id") is None else str(block["tool_use_id"])
            talk.result(text, id=given, failed=block.get("is_error") is True)
    said = [_text(block) for block in blocks if block.get("type") != "tool_result"]
    if said:
        talk.user("".join(said))
