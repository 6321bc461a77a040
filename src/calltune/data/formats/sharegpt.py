"""ShareGPT and Hermes rows. In: `conversations` of turns with `from` and `value` (or `role` and `content`), calls as
`<tool_call>` in the assistant's text, tools in the system prompt's `<tools>` or in a column. Out: one row; the tools
and the words about their syntax leave the system prompt, because each model's template writes its own."""

from __future__ import annotations

from typing import Any

from calltune.contract import parse_json
from calltune.data.formats.calls import CALL_TAGS, has_call_in_text, read_calls, take_apart
from calltune.data.formats.reading import (
    COLUMNS,
    MARK,
    POSSIBLE,
    Evidence,
    Notes,
    Record,
    Refused,
    Row,
    new_row,
    note,
    note_other_keys,
    text_of,
    turns_of,
)  # fmt: skip
from calltune.data.formats.schemas import read_tool_text, read_tools
from calltune.data.formats.transcript import Transcript

ROLES = {
    "system": "system", "developer": "system", "human": "user", "user": "user", "gpt": "assistant",
    "assistant": "assistant", "chatgpt": "assistant", "bing": "assistant", "bard": "assistant", "model": "assistant",
    "ai": "assistant", "bot": "assistant", "tool": "result", "observation": "result", "function": "result",
    "ipython": "result", "tool_response": "result", "function_response": "result", "function_call": "call",
    "tool_call": "call",
}  # fmt: skip
COLUMN_NAMES = ("conversations", "conversation", "messages")
RESULT_TAGS = ("tool_response", "tool_result", "function_response")
_TURN_KEYS = ("from", "value", "role", "content", "name", "tool_call_id")
_SYNTAX = (
    ("You are a function calling AI model", "</tool_call>"),
    ("# Tools", "</tool_call>"),
    ("For each function call", "</tool_call>"),
    ("You may call one or more functions", "</tool_call>"),
)
"""Where the words about tools and their syntax begin in known prompts, and where they end (the last time it occurs)."""


def detect(record: Record) -> Evidence | None:
    """Turns with 'from' and 'value'; calls in tags mark it, whatever the turns are called."""
    column = column_of(record)
    if column is None:
        return None
    turns = record[column]
    if any(role_of(turn) == "assistant" and has_call_in_text(text_in(turn)) for turn in turns):
        return Evidence(MARK, "calls as <tool_call> in the text")
    if any(role_of(turn) == "system" and "<tools>" in text_in(turn) for turn in turns):
        return Evidence(MARK, "tools as <tools> in the system prompt")
    if any("from" in turn and "value" in turn for turn in turns):
        other = any(role_of(turn) == "call" for turn in turns)  # which is LLaMA-Factory's way
        return Evidence(POSSIBLE if other else COLUMNS, f"'{column}' of turns with 'from' and 'value'")
    return None


def read(record: Record, notes: Notes) -> list[Row]:
    """One row."""
    column = column_of(record)
    if column is None:
        raise Refused("no turns", "there are no 'conversations' with 'from' and 'value'.")
    if "chosen" in record and "rejected" in record:
        raise Refused("preference pair", "its answers stand beside the conversation, a good one and a bad one.")
    turns = turns_of(record, column)
    system, inside = split_system(system_text(record, turns), notes)
    given = read_tools(record.get("tools"), notes)
    tools = given if given.listed or inside is None else read_tools(inside, notes)
    talk = Transcript(notes, tools.renamed)
    talk.system(system)
    read_turns(turns, talk, notes)
    return [new_row(record, {column, "tools", "system"}, talk.messages, tools.listed)]


def read_turns(turns: list[dict[str, Any]], talk: Transcript, notes: Notes) -> None:
    """All turns but the system's, said to `talk`."""
    note_other_keys(turns, _TURN_KEYS, notes, kept=False)
    for turn in turns:
        role, text = role_of(turn), text_in(turn)
        if role == "user":
            talk.user(text)
        elif role == "assistant":
            said = take_apart(text)
            if said.calls and not text.rstrip().endswith(tuple(closing for _, closing in CALL_TAGS)):
                note(notes, "text after a call", "it stands before the call now: a message has one text.")
            talk.assistant(said.text, said.calls, said.reasoning)
        elif role == "call":
            said = take_apart(text, ())
            talk.assistant("", take_apart(said.text).calls or read_calls(said.text), said.reasoning)
        elif role == "result":
            given = turn.get("tool_call_id")
            for part, name, call in _results(text):
                name = name if turn.get("name") is None else str(turn["name"])
                talk.result(part, name=name, id=call if given is None else str(given))
        elif role != "system":
            raise Refused("unknown role", f"a turn is by {str(turn.get('from', turn.get('role')))[:60]!r}.")


def column_of(record: Record) -> str | None:
    """The column that holds turns with roles, where there is one."""
    for column in COLUMN_NAMES:
        turns = record.get(column)
        if isinstance(turns, list) and turns and all(isinstance(turn, dict) and _is_turn(turn) for turn in turns):
            return column
    return None


def _is_turn(turn: dict[str, Any]) -> bool:
    return bool(role_of(turn)) and isinstance(text_in(turn), str) and not turn.get("tool_calls")


def role_of(turn: dict[str, Any]) -> str:
    """Who speaks, in our words; "" where nobody known does."""
    return ROLES.get(str(turn.get("from", turn.get("role"))).lower(), "")


def text_in(turn: dict[str, Any]) -> Any:
    """What is said; nothing is ""."""
    value = turn.get("value", turn.get("content"))
    return "" if value is None else text_of(value, "a turn") if role_of(turn) in ("result", "call") else value


def split_system(text: str, notes: Notes) -> tuple[str, list[Any] | None]:
    """The prompt without its tools and the words about their syntax, and the tools in it."""
    blocks = [piece.partition("</tools>") for piece in text.split("<tools>")[1:]]
    inside = next((block for block, closing, _ in blocks if closing and block.lstrip().startswith(("[", "{"))), None)
    if inside is None:  # "within <tools></tools> XML tags" only names the tags
        return text, None
    listed = read_tool_text(inside)
    left = text.replace(f"<tools>{inside}</tools>", "", 1)
    for start, end in _SYNTAX:
        begin, last = left.find(start), left.rfind(end)
        if 0 <= begin < last:
            left = left[:begin] + left[last + len(end) :]
    note(
        notes, "system prompt", "the tools and the words about their syntax are taken out of it: templates write them."
    )
    return left.strip(), listed


def system_text(record: Record, turns: list[dict[str, Any]]) -> str:
    own = [record["system"]] if isinstance(record.get("system"), str) else []
    return "\n\n".join(part for part in (*own, *(text_in(t) for t in turns if role_of(t) == "system")) if part.strip())


def _results(text: str) -> list[tuple[str, str | None, str | None]]:
    """The results in one turn, each with the name of its tool and the id of its call where it says them."""
    for tag in RESULT_TAGS:
        if f"<{tag}>" in text:
            parts = [piece.partition(f"</{tag}>")[0].strip() for piece in text.split(f"<{tag}>")[1:]]
            return [(part, *_named(part)) for part in parts]
    return [(text, None, None)]


def _named(text: str) -> tuple[str | None, str | None]:
    value, problems = parse_json(text)
    said = value if isinstance(value, dict) and not problems else {}
    name, call = said.get("name"), said.get("tool_call_id")
    return name if isinstance(name, str) else None, call if isinstance(call, str) else None
