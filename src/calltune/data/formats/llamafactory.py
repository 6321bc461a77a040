"""LLaMA-Factory rows. In: `conversations` with the roles function_call and observation and a `tools` column; Alpaca
(`instruction`, `input`, `output`, `history`); or `messages` whose content is a list of typed `value`s. Out: one row."""

from __future__ import annotations

from typing import Any

from calltune.data.formats import sharegpt, toolace
from calltune.data.formats.calls import read_calls, take_apart
from calltune.data.formats.reading import (
    COLUMNS,
    MARK,
    POSSIBLE,
    Evidence,
    Notes,
    Record,
    Refused,
    Row,
    json_value,
    new_row,
    note_other_keys,
    text_of,
    turns_of,
)  # fmt: skip
from calltune.data.formats.schemas import read_tools
from calltune.data.formats.transcript import Transcript

_ALPACA = {"instruction", "input", "output", "history", "system", "tools"}
_PARTS = ("text", "reasoning", "tool_call", "tools", "tool_result")


def detect(record: Record) -> Evidence | None:
    """The roles function_call and observation; Alpaca's columns; or content as a list of typed values."""
    column = sharegpt.column_of(record)
    if column is not None:
        turns = record[column]
        if any(sharegpt.role_of(turn) == "call" for turn in turns):
            return Evidence(MARK, "turns by function_call")
        if isinstance(record.get("tools"), str) and any("from" in turn for turn in turns):
            return Evidence(POSSIBLE, "turns with 'from' and 'value', and tools as JSON text")
        return None
    if isinstance(record.get("instruction"), str) and isinstance(record.get("output"), str):
        return Evidence(COLUMNS, "the columns 'instruction' and 'output'")
    if _typed(record.get("messages")):
        return Evidence(MARK, "content as a list of typed values")
    return None


def read(record: Record, notes: Notes) -> list[Row]:
    """One row."""
    if "instruction" in record and "output" in record:
        return [_alpaca(record, notes)]
    if _typed(record.get("messages")):
        return [_typed_row(record, notes)]
    if not read_tools(record.get("tools"), []).listed and toolace.tools_in_system(record):
        return toolace.read(record, notes)
    return sharegpt.read(record, notes)


def _alpaca(record: Record, notes: Notes) -> Row:
    if not isinstance(record["output"], str):
        raise Refused("no answer", "'output' must be text: a list of answers is a preference pair.")
    tools = read_tools(record.get("tools"), notes)
    talk = Transcript(notes, tools.renamed)
    talk.system(text_of(record.get("system"), "'system'"))
    history = json_value(record.get("history"), "history") or []
    if not isinstance(history, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in history):
        raise Refused("unreadable history", "'history' must be a list of pairs of what was asked and answered.")
    asked = [text_of(record.get(key), key) for key in ("instruction", "input")]
    for question, answer in [*history, ["\n".join(part for part in asked if part), record["output"]]]:
        said = take_apart(text_of(answer, "an answer"))
        talk.user(text_of(question, "a question"))
        talk.assistant(said.text, said.calls, said.reasoning)
    return new_row(record, _ALPACA, talk.messages, tools.listed)


def _typed(messages: Any) -> bool:
    if not isinstance(messages, list) or not messages:
        return False
    contents = [message.get("content") if isinstance(message, dict) else None for message in messages]
    return all(
        isinstance(content, list)
        and all(isinstance(part, dict) and part.get("type") in _PARTS and "value" in part for part in content)
        for content in contents
    )


def _typed_row(record: Record, notes: Notes) -> Row:
    tools = read_tools(record.get("tools"), notes)
    talk = Transcript(notes, tools.renamed)
    messages = turns_of(record, "messages")
    note_other_keys(messages, ("role", "content"), notes, kept=False)
    for message in messages:
        parts = {kind: [part["value"] for part in message["content"] if part["type"] == kind] for kind in _PARTS}
        text = "".join(text_of(value, "a text") for value in parts["text"] + parts["tool_result"])
        role = sharegpt.role_of(message)
        if role == "assistant":
            calls = [call for value in parts["tool_call"] for call in read_calls(value)]
            talk.assistant(text, calls, "\n".join(map(str, parts["reasoning"])) or None)
        elif role in ("system", "user", "result"):
            {"system": talk.system, "user": talk.user, "result": talk.result}[role](text)
        else:
            raise Refused("unknown role", f"a message is by {str(message.get('role'))[:60]!r}.")
    return new_row(record, {"tools"}, talk.messages, tools.listed)
