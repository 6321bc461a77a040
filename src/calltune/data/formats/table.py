"""Tables of questions and calls. In: flat columns, from CSV or anywhere: a question, and a call as JSON, as
`name(a=1)`, or as a name and arguments in two columns; an answer where nothing is called; tools, a system prompt. Out:
one row. Columns are found by their names, then by what is in them."""

from __future__ import annotations

from typing import Any

from calltune.data.formats.calls import read_arguments, read_calls
from calltune.data.formats.reading import COLUMNS, Evidence, Notes, Record, Refused, Row, new_row
from calltune.data.formats.schemas import read_tools
from calltune.data.formats.transcript import Call, Transcript

COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "question": ("question", "query", "prompt", "user", "utterance", "user_message", "request", "instruction", "text",
                 "input", "message"),
    "call": ("call", "calls", "tool_call", "tool_calls", "function_call", "functioncall", "expected_call", "expected",
             "api_call", "action", "target", "label", "output", "answer", "completion"),
    "name": ("tool", "tool_name", "function", "function_name", "name", "intent", "api"),
    "arguments": ("arguments", "args", "parameters", "params", "slots", "kwargs"),
    "answer": ("reply", "response", "answer", "assistant", "text_response", "assistant_message", "output",
               "completion"),
    "tools": ("tools", "functions", "available_tools"),
    "system": ("system", "system_prompt"),
}  # fmt: skip
"""What each column is called in the tables of others; the first that is there counts."""
CALLS = ("call", "calls", "tool_call", "tool_calls", "function_call", "functioncall", "expected_call", "api_call")
"""Columns that hold calls and nothing else: what cannot be read there is refused, not taken for words."""


def detect(record: Record) -> Evidence | None:
    """Flat columns with a question and a call."""
    if any(isinstance(value, list | dict) for value in record.values()):
        return None
    found = columns_of(record)
    if "question" not in found or not ("call" in found or {"name", "arguments"} <= found.keys()):
        return None
    used = [found[key] for key in ("question", "call", "name", "arguments") if key in found]
    return Evidence(COLUMNS, "the columns " + ", ".join(f"'{name}'" for name in used))


def read(record: Record, notes: Notes) -> list[Row]:
    """One row."""
    found = columns_of(record)
    question = _text(record, found.get("question"))
    if not question:
        raise Refused("no question", "no column holds a question; name it with --fields question=COLUMN.")
    tools = read_tools(_text(record, found.get("tools")) or None, notes)
    talk = Transcript(notes, tools.renamed)
    talk.system(_text(record, found.get("system")))
    talk.user(question)
    answer = _text(record, found.get("answer"))
    calls = _calls(record, found)
    if not calls and not answer:
        raise Refused("no answer", "the line has neither a call nor a text that answers.")
    talk.assistant(answer, calls)
    return [new_row(record, found.values(), talk.messages, tools.listed)]


def columns_of(record: Record) -> dict[str, str]:
    """Which column is what. A column called like an answer is a call where a call is in it."""
    lower = {str(key).strip().lower().replace(" ", "_"): key for key in record}
    found: dict[str, str] = {}
    for what, names in COLUMN_NAMES.items():
        for name in names:
            key = lower.get(name)
            if key is None or key in found.values():
                continue
            if what == "call" and not (name in CALLS or _holds_call(record[key])):
                continue
            found[what] = key
            break
    if "arguments" not in found or "call" in found:
        found.pop("name", None)
        found.pop("arguments", None)
    return found


def _holds_call(value: Any) -> bool:
    """Whether a column that may hold calls or words holds a call here."""
    try:
        return isinstance(value, str) and bool(value.strip()) and bool(read_calls(value))
    except Refused:
        return False


def _calls(record: Record, found: dict[str, str]) -> list[Call]:
    if "call" in found:
        text = _text(record, found["call"])
        return read_calls(text) if text and text not in ("[]", "{}", "null", "None", "none") else []
    name = _text(record, found.get("name"))
    return [Call(name, read_arguments(_text(record, found.get("arguments"))))] if name else []


def _text(record: Record, column: str | None) -> str:
    value = None if column is None else record.get(column)
    return "" if value is None else value.strip() if isinstance(value, str) else str(value)
