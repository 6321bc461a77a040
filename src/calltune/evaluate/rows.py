"""Conversations -> the turns to be predicted. In: checked rows. Out: one `EvalRow` for each assistant turn that is
asked for.

Rows that break their own contract are left out and counted: nobody can score against an expectation that is itself
wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from calltune.contract import Toolset
from calltune.data import Conversation, check_row, read_rows
from calltune.data.messages import is_learned
from calltune.errors import ContractError, DataError
from calltune.generate.completion import Request

Turns = Literal["all", "first", "last"]


@dataclass(frozen=True, slots=True)
class EvalRow:
    """One assistant turn to be predicted."""

    id: str
    """The conversation's id, or file and line; then # and the place of the turn among the messages."""
    request: Request
    """What the model is asked."""
    expected: dict[str, Any]
    """The assistant message of the data."""
    toolset: Toolset
    """The contract of this row."""


@dataclass(slots=True)
class Skipped:
    """Rows that were not asked, and why; filled while rows are read."""

    bad_rows: int = 0
    """Rows that `calltune check` would report."""
    no_turn: int = 0
    """Conversations without an assistant turn that answers something."""
    examples: list[str] = field(default_factory=list)
    """The first few, one sentence each."""

    def note(self, sentence: str) -> None:
        """Keep the first five examples."""
        if len(self.examples) < 5:
            self.examples.append(sentence)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"bad_rows": self.bad_rows, "no_turn": self.no_turn, "examples": list(self.examples)}


def eval_rows(
    data: str, *, tools: Toolset | None, turns: Turns = "all", limit: int | None = None
) -> tuple[list[EvalRow], Skipped]:
    """The turns of a file, at most `limit` of them. Raises `DataError` when there is none."""
    skipped = Skipped()
    rows: list[EvalRow] = []
    for row in _read(data, tools, turns, skipped):
        if limit is not None and len(rows) >= limit:
            break
        rows.append(row)
    if not rows:
        raise DataError(
            f"{data}: no row can be evaluated.",
            faults=skipped.examples,
            hint=f"To see why, type: calltune check --data {data}{', with the same --tools' if tools else ''}",
        )
    return rows, skipped


def _read(data: str, tools: Toolset | None, turns: Turns, skipped: Skipped) -> Iterator[EvalRow]:
    for row in read_rows(data, tools=tools):
        conversation = row.conversation
        problems = row.problems if conversation is None else check_row(row)
        if conversation is None or problems:
            skipped.bad_rows += 1
            skipped.note(f"line {row.line}: {problems[0].message if problems else 'not a conversation'}")
            continue
        try:
            toolset = conversation.toolset()
        except ContractError as error:
            skipped.bad_rows += 1
            skipped.note(f"line {row.line}: {error.message}")
            continue
        found = turns_of(conversation, toolset, f"{row.source}:{row.line}", turns)
        if not found:
            skipped.no_turn += 1
            skipped.note(f"line {row.line}: no assistant turn answers a user or a tool")
        yield from found


def turns_of(conversation: Conversation, toolset: Toolset, place: str, turns: Turns = "all") -> list[EvalRow]:
    """The assistant turns that answer a user or a tool; those that are not learned are not asked for."""
    messages = conversation.messages
    answers = [
        index
        for index, message in enumerate(messages)
        if message["role"] == "assistant"
        and is_learned(message)
        and any(m["role"] in ("user", "tool") for m in messages[:index])
    ]
    chosen = {"all": answers, "first": answers[:1], "last": answers[-1:]}[turns]
    name = conversation.id or place
    tools = tuple(conversation.tools)
    return [EvalRow(f"{name}#{i}", Request(messages[:i], tools), messages[i], toolset) for i in chosen]
