"""ToolACE rows. In: a system prompt with the list of functions in JSON, turns with `from` and `value`, calls as
`[name(a=1, b="x")]`. Out: one row; the list and the words about the syntax leave the system prompt."""

from __future__ import annotations

import json
from typing import Any

from calltune.data.formats import sharegpt
from calltune.data.formats.calls import split_reasoning
from calltune.data.formats.literals import looks_pythonic, read_pythonic
from calltune.data.formats.reading import COLUMNS, MARK, Evidence, Notes, Record, Refused, Row, new_row, note, turns_of
from calltune.data.formats.schemas import read_tools
from calltune.data.formats.transcript import Transcript

_WORDS = (
    ("You are an expert in composing functions", "that you can invoke:"),
    ("Should you decide to return the function call", "NO other text MUST be included."),
    ("Should you decide to return the function call", "]"),
)
"""The words about tools in its prompt: from here to there."""


def detect(record: Record) -> Evidence | None:
    """Calls as `[name(...)]` by the assistant, or its system prompt."""
    column = sharegpt.column_of(record)
    if column is None:
        return None
    turns = record[column]
    if any(sharegpt.role_of(turn) == "call" for turn in turns):
        return None
    called = any(sharegpt.role_of(t) == "assistant" and looks_pythonic(sharegpt.text_in(t)) for t in turns)
    if tools_in_system(record):
        return Evidence(MARK, "a list of functions in the system prompt" + (", calls as [name(...)]" if called else ""))
    return Evidence(COLUMNS, "calls as [name(...)]") if called else None


def read(record: Record, notes: Notes) -> list[Row]:
    """One row."""
    column = sharegpt.column_of(record)
    if column is None:
        raise Refused("no turns", "there are no 'conversations' of turns.")
    turns = turns_of(record, column)
    prompt = sharegpt.system_text(record, turns)
    found = _functions(prompt)
    tools = read_tools(record.get("tools"), notes) if found is None else read_tools(found[0], notes)
    talk = Transcript(notes, tools.renamed)
    talk.system(prompt if found is None else _without_words(prompt, found, notes))
    order = tools.order()
    for turn in turns:
        text = sharegpt.text_in(turn)
        if sharegpt.role_of(turn) == "assistant":
            reasoning, text = split_reasoning(text)
            if looks_pythonic(text) or _begins_with_call(text, order):
                talk.assistant("", read_pythonic(text, order), reasoning)
            else:
                talk.assistant(text, (), reasoning)
        elif sharegpt.role_of(turn) != "system":
            sharegpt.read_turns([turn], talk, notes)
    return [new_row(record, {column, "tools", "system"}, talk.messages, tools.listed)]


def _begins_with_call(text: str, order: dict[str, list[str]]) -> bool:
    """A call of an offered tool that is not finished must not become the text of an answer."""
    name, bracket, _ = text.strip().removeprefix("[").partition("(")
    return text.lstrip().startswith("[") and bool(bracket) and name.strip() in order


def tools_in_system(record: Record) -> bool:
    """Whether the system prompt holds a JSON list of functions."""
    column = sharegpt.column_of(record)
    return column is not None and _functions(sharegpt.system_text(record, record[column])) is not None


def _functions(prompt: str) -> tuple[list[Any], int, int] | None:
    """The first JSON list of objects with a name, and where it stands."""
    start = prompt.find("[{")
    if start < 0:
        return None
    try:
        value, end = json.JSONDecoder().raw_decode(prompt, start)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list) and all(isinstance(item, dict) and "name" in item for item in value):
        return value, start, end
    return None


def _without_words(prompt: str, found: tuple[list[Any], int, int], notes: Notes) -> str:
    _, start, end = found
    text = prompt[:start] + prompt[end:]
    for opening, closing in _WORDS:
        begin = text.find(opening)
        last = text.find(closing, begin)
        if 0 <= begin < last:
            text = text[:begin] + text[last + len(closing) :]
    note(
        notes, "system prompt", "the tools and the words about their syntax are taken out of it: templates write them."
    )
    return text.strip(" \t\r\n.")
