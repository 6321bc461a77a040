"""What a reader of a foreign format gives back. In: one record of somebody's file. Out: `Evidence` that it is of a
format, rows in the OpenAI shape, what could not be carried over (`NotCarried`), or `Refused` with the reason. The
command counts and lists all of it; nothing here reads files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from calltune.contract import parse_json
from calltune.contract.not_carried import NotCarried

Record = dict[str, Any]
Row = dict[str, Any]
Notes = list[NotCarried]

POSSIBLE: Final = 1
COLUMNS: Final = 2
MARK: Final = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """That a record is of a format."""

    level: Literal[1, 2, 3]
    """MARK: it holds something that only this format has; COLUMNS: its columns are this format's; POSSIBLE: it can be
    read as it."""
    why: str
    """What was seen, for people: "roles function_call and observation"."""


class Refused(Exception):
    """The record cannot become a row. Caught where the rows are written, and listed there with its line."""

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(why)
        self.kind = kind
        """In a word or two, so that they can be counted: "unreadable call"."""
        self.why = why
        """One sentence."""


def note(notes: Notes, what: str, why: str, *, tool: str = "", where: str = "") -> None:
    """Say that a part of the record is left behind or changed."""
    notes.append(NotCarried(tool=tool, where=where, what=what, why=why))


def new_row(
    record: Mapping[str, Any], used: Iterable[str], messages: list[dict[str, Any]], tools: list[dict[str, Any]] | None
) -> Row:
    """The row; columns that the format does not use come along as they are."""
    taken = {*used, "messages", "tools"}
    row = {key: value for key, value in record.items() if key not in taken and value is not None}
    return row | ({} if tools is None else {"tools": tools}) | {"messages": messages}


def json_value(value: Any, what: str) -> Any:
    """The value, parsed where it is JSON text. Refused where the text is not JSON."""
    if not isinstance(value, str):
        return value
    parsed, problems = parse_json(value)
    if problems:
        raise Refused(f"unreadable {what}", f"the {what} cannot be read: {problems[0].message}")
    return parsed


def text_of(value: Any, where: str) -> str:
    """Text as it is, nothing as "", data as JSON text."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise Refused("not JSON data", f"{where} holds something that JSON cannot hold.") from None


def turns_of(record: Mapping[str, Any], column: str) -> list[dict[str, Any]]:
    """The list of turns in a column, each an object. Refused where it is something else."""
    turns = json_value(record.get(column), column)
    if not isinstance(turns, list) or not turns or not all(isinstance(turn, dict) for turn in turns):
        raise Refused("no turns", f"'{column}' must be a list of turns, and not empty.")
    return turns


def note_other_keys(turns: Iterable[Mapping[str, Any]], known: Iterable[str], notes: Notes, *, kept: bool) -> None:
    """Say which keys of the turns nothing is learned from."""
    other = {str(key) for turn in turns for key, value in turn.items() if value is not None} - {*known}
    for key in sorted(other)[:20]:
        what = "it stays in the message, where no template shows it." if kept else "it is left out."
        note(notes, f"key {key[:40]!r} of a turn", what)
