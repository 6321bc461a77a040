"""What `calltune stats` counted. In: counts. Out: the object for --json and the summary for people, which ends
with what the data lacks."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from calltune.contract.sentences import printable
from calltune.data.coverage import ToolUse
from calltune.data.missing import Todo

PARTS = ("system", "tools", "user", "assistant", "results")
"""Parts of a row whose characters are counted."""

TURN_WORDS = {
    "call": "calls",
    "answer": "answers with a result",
    "recovery": "recovers from an error",
    "ask": "asks",
    "refuse": "says that it cannot",
    "chat": "other text",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """Lengths of one part over all rows."""

    total: int
    mean: float
    median: int
    p95: int
    max: int
    histogram: tuple[tuple[int, int], ...] = ()
    """Upper bounds, powers of two, and how many rows are within them and above the one before."""


def lengths(values: Iterable[int]) -> Lengths:
    """The lengths of one part, one a row."""
    ordered = sorted(values)
    if not ordered:
        return Lengths(total=0, mean=0.0, median=0, p95=0, max=0)
    counts: dict[int, int] = {}
    for value in ordered:
        bound = 1 << max(0, value - 1).bit_length() if value else 0
        counts[bound] = counts.get(bound, 0) + 1
    return Lengths(
        total=sum(ordered),
        mean=sum(ordered) / len(ordered),
        median=ordered[len(ordered) // 2],
        p95=ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))],
        max=ordered[-1],
        histogram=tuple(sorted(counts.items())),
    )


@dataclass(frozen=True, kw_only=True)
class StatsReport:
    """What is in the data."""

    data: str
    html: Path | None
    show_at_most: int
    rows: int
    unread_rows: int
    """Rows of which nothing could be read."""
    calls: int
    tools: Mapping[str, ToolUse]
    untracked_calls: int
    toolsets: int
    turns: Mapping[str, int]
    """Assistant turns by kind; see calltune.data.turns."""
    turns_per_row: Mapping[int, int]
    """Rows by their number of assistant turns."""
    calls_per_turn: Mapping[int, int]
    """Assistant turns by their number of calls."""
    failures: int
    duplicates: int
    unit: str
    """characters or tokens."""
    lengths: Mapping[str, Lengths]
    unmeasured_rows: int
    """Rows that the model's template cannot render."""
    todo: tuple[Todo, ...]
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        """Always 0: what is missing may be meant to be."""
        return 0

    @property
    def called_tools(self) -> list[tuple[str, ToolUse]]:
        """Tools by calls, most frequent first."""
        return sorted(self.tools.items(), key=lambda item: (-item[1].calls, item[0]))

    def to_json(self) -> dict[str, Any]:
        """One object for --json."""
        return {
            "data": self.data,
            "rows": self.rows,
            "rows_unread": self.unread_rows,
            "calls": self.calls,
            "calls_of_untracked_tools": self.untracked_calls,
            "toolsets": self.toolsets,
            "tools": {name: use.to_json() for name, use in self.called_tools},
            "turns": dict(self.turns),
            "turns_per_row": {str(count): rows for count, rows in self.turns_per_row.items()},
            "calls_per_turn": {str(count): turns for count, turns in self.calls_per_turn.items()},
            "failed_results": self.failures,
            "rows_with_a_duplicate_question": self.duplicates,
            "unit": self.unit,
            "lengths": {part: asdict(length) for part, length in self.lengths.items()},
            "rows_not_measured": self.unmeasured_rows,
            "todo": [asdict(one) for one in self.todo],
            "html": None if self.html is None else str(self.html),
            "seconds": round(self.seconds, 3),
        }

    def show(self, console: Console) -> None:
        """The counts, and what is missing."""
        _say(console, f"{self.rows:,} rows, {self.calls:,} calls, {len(self.tools):,} tools in {self.seconds:.1f} s")
        if self.unread_rows:
            text = f"{self.unread_rows:,} rows could not be read; to see why: calltune check --data "
            text += shlex.quote(self.data)
            _say(console, text, "yellow")
        self._show_tools(console)
        turns = sum(self.turns.values())
        parts = [f"{TURN_WORDS[kind]} {count:,}" for kind, count in self.turns.items() if count]
        _say(console, f"{turns:,} turns of the assistant: {', '.join(parts) or 'none'}")
        calls = [f"{count} in {turns:,}" for count, turns in self.calls_per_turn.items()]
        _say(console, f"calls in a turn: {', '.join(calls[:6])}{', ...' if len(calls) > 6 else ''}")
        self._show_lengths(console)
        if self.unmeasured_rows:
            _say(console, f"{self.unmeasured_rows:,} rows cannot be rendered with the model's template", "yellow")
        self._show_todo(console)
        if self.html is not None:
            _say(console, f"written: {self.html}")
        else:
            _say(console, f"Next: with charts: calltune stats --data {shlex.quote(self.data)} --html stats.html")

    def _show_tools(self, console: Console) -> None:
        table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
        table.add_column("tool", overflow="fold")
        for heading in ("calls", "rows", "offered"):
            table.add_column(heading, justify="right")
        table.add_column("arguments: given in % of its calls, and different values", overflow="fold")
        for name, use in self.called_tools[: self.show_at_most]:
            given = [
                f"{escape(printable(argument))} {100 * one.given / use.calls:.0f} ({len(one.values):,})"
                for argument, one in use.arguments.items()
                if use.calls
            ]
            more = f", {len(given) - 8} more" if len(given) > 8 else ""
            numbers = (f"{use.calls:,}", f"{use.rows:,}", f"{use.offered:,}")
            table.add_row(escape(printable(name)), *numbers, ", ".join(given[:8]) + more)
        console.print(table)
        if len(self.tools) > self.show_at_most:
            _say(console, f"... and {len(self.tools) - self.show_at_most:,} more tools (--show N, or --html)", "dim")

    def _show_lengths(self, console: Console) -> None:
        table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
        table.add_column(f"{self.unit} a row")
        for heading in ("mean", "median", "95 %", "most", "all rows"):
            table.add_column(heading, justify="right")
        for part, one in self.lengths.items():
            if one.total:
                numbers = (f"{one.mean:,.0f}", f"{one.median:,}", f"{one.p95:,}", f"{one.max:,}", f"{one.total:,}")
                table.add_row(part, *numbers)
        console.print(table)

    def _show_todo(self, console: Console) -> None:
        if not self.todo:
            _say(console, "Nothing is missing of what is looked for.")
            return
        _say(console, f"missing ({len(self.todo):,}):", "bold")
        commands: dict[str, None] = {}
        for one in self.todo[: self.show_at_most]:
            _say(console, Text(f"  {printable(one.text)}"))
            if one.command is not None:
                commands[one.command] = None
        if len(self.todo) > self.show_at_most:
            _say(console, f"  ... and {len(self.todo) - self.show_at_most:,} more (--show N, --html or --json)", "dim")
        for command in commands:
            _say(console, f"type: {command}")


def _say(console: Console, text: str | Text, style: str | None = None) -> None:
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
