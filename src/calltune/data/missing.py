"""What the data does not show, as things to do. In: the counts of `calltune stats`. Out: one `Todo` for each gap, with
the command that fills it where there is one, the widest gap first. What is rare by nature is not told from what was
forgotten: that is for people."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from calltune.contract.json_text import quote
from calltune.data.coverage import ToolUse

FEW_CALLS = 5
"""Calls of a tool below which it is hardly learned."""
ENOUGH_CALLS = 20
"""Calls of a tool from which an argument that is always, or never, given is worth a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """One gap."""

    kind: str
    """tool_never_called, enum_value_never_used, no_ask, ..."""
    text: str
    """What is missing."""
    command: str | None = None
    """What to type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The counts that gaps are read from."""

    data: str
    contract: str | None
    rows: int
    tools: Mapping[str, ToolUse]
    turns: Mapping[str, int]
    parallel: int
    """Turns with two or more calls."""
    toolsets: int
    """Different lists of tools that rows offer."""
    duplicates: int
    """Rows in which users say what they say in an earlier row."""


def todo(seen: Seen) -> tuple[Todo, ...]:
    """Every gap."""
    return (*_of_turns(seen), *_of_tools(seen))


def _of_turns(seen: Seen) -> Iterator[Todo]:
    if not any(seen.turns.values()):
        return
    for kind, what, kinds in (
        ("ask", "no row where an argument is missing and the assistant asks", "missing"),
        ("refuse", "no row with an unfitting request that the assistant turns down", "no_fit"),
        ("recovery", "no row where a call fails and the assistant recovers", "recovery,failed"),
    ):
        if not seen.turns.get(kind):
            yield Todo(kind=f"no_{kind}", text=what, command=_augment(seen, kinds))
    if not seen.turns.get("answer"):
        yield Todo(kind="no_answer", text="no row where the assistant tells the user a result")
    if seen.turns.get("call") and not seen.parallel:
        yield Todo(kind="no_parallel", text="no turn with two calls at once", command=_augment(seen, "merged"))
    if seen.toolsets == 1 and seen.rows > 1:
        text = "every row offers the same tools in the same order, so their place and names may be learned by heart"
        yield Todo(kind="one_toolset", text=text, command=_augment(seen, "reordered,renamed,distractors"))
    if seen.duplicates * 20 > seen.rows:
        share = f"{100 * seen.duplicates / seen.rows:.0f} %"
        text = f"{seen.duplicates:,} rows ask what an earlier row asks ({share}); to drop those that are the same:"
        command = f"calltune check --data {shlex.quote(seen.data)} --fix unique.jsonl --drop-duplicates"
        yield Todo(kind="duplicate_questions", text=text, command=command)


def _of_tools(seen: Seen) -> Iterator[Todo]:
    scratch = _augment(seen, "scratch")
    for name, use in seen.tools.items():
        if not use.calls:
            yield Todo(kind="tool_never_called", text=f"tool {name}: no row calls it", command=scratch)
    for name, use in seen.tools.items():
        if 0 < use.calls < FEW_CALLS:
            text = f"tool {name}: only {use.calls} call{'s' * (use.calls > 1)}"
            yield Todo(kind="tool_rarely_called", text=text, command=scratch)
    for name, use in seen.tools.items():
        yield from _of_arguments(name, use)


def _of_arguments(tool: str, use: ToolUse) -> Iterator[Todo]:
    if not use.calls:
        return
    for name, argument in use.arguments.items():
        where = f"argument {name} of {tool}"
        if argument.declared and not argument.given:
            yield Todo(kind="argument_never_given", text=f"{where}: never given")
            continue
        if argument.unused:
            values = ", ".join(quote(value, 30) for value in argument.unused[:8])
            more = f" and {len(argument.unused) - 8} more" if len(argument.unused) > 8 else ""
            several = "values" if len(argument.unused) > 1 else "value"
            text = f"{where}: the {several} {values}{more} never occur{'s' * (len(argument.unused) == 1)}"
            yield Todo(kind="enum_value_never_used", text=text)
        if use.calls < ENOUGH_CALLS:
            continue
        if not argument.required and argument.given == use.calls:
            text = f"{where}: optional, and given in all {use.calls:,} calls"
            yield Todo(kind="optional_always_given", text=text)
        if len(argument.values) == 1 and argument.given >= ENOUGH_CALLS and not argument.options:
            text = f"{where}: the same value in all {argument.given:,} calls that give it"
            yield Todo(kind="one_value", text=text)


def _augment(seen: Seen, kinds: str) -> str:
    tools = f" --tools {shlex.quote(seen.contract)}" if seen.contract else ""
    return f"calltune augment{tools} --data {shlex.quote(seen.data)} --out more.jsonl --kinds {kinds}"
