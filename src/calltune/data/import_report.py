"""What `calltune import` carried over and what not. In: counts while the records stream by. Out: the object for --json
and the summary for people, which ends with what to do next."""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from calltune.contract import Problem
from calltune.contract.sentences import printable
from calltune.data.formats.reading import Notes, Refused
from calltune.data.read import Row


@dataclass(frozen=True)
class FileFormat:
    """How a file was read."""

    file: str
    format: str
    why: str


@dataclass
class Loss:
    """One kind of thing that was not carried over."""

    records: int = 0
    first: str = ""
    why: str = ""


@dataclass(kw_only=True)
class Tally:
    """The counts of one run."""

    max_listed: int
    records: int = 0
    rows: int = 0
    calls: int = 0
    refused: int = 0
    partly: int = 0
    """Records that became rows, with something left behind or changed."""
    broken_rows: int = 0
    """Rows written whose calls, results or roles are not what `calltune check` wants."""
    rows_without_tools: int = 0
    """Rows that call tools and bring none."""
    files: list[FileFormat] = field(default_factory=list)
    refused_by_kind: dict[str, Loss] = field(default_factory=dict)
    partly_by_kind: dict[str, Loss] = field(default_factory=dict)
    broken_by_kind: Counter[str] = field(default_factory=Counter)
    listed: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, source: str, line: int, refused: Refused) -> None:
        """A record that is left out."""
        self.refused += 1
        _count(self.refused_by_kind, refused.kind, source, line, refused.why)
        self._list(source, line, "left out", refused.kind, refused.why)

    def part(self, source: str, line: int, notes: Notes) -> None:
        """A record that is carried over but for the notes."""
        self.partly += bool(notes)
        for kind, one in {one.what: one for one in reversed(notes)}.items():
            about = f"{one.tool}{one.where}: " if one.tool or one.where else ""
            _count(self.partly_by_kind, kind, source, line, about + one.why)
            self._list(source, line, "changed", kind, about + one.why)

    def judge(self, row: Row, problems: tuple[Problem, ...]) -> None:
        """A row that is written, and what `check` would say of it."""
        if row.draft is not None:
            self.calls += sum(len(message.get("tool_calls", ())) for message in row.draft.messages)
        kinds = {problem.kind for problem in problems}
        self.rows_without_tools += "missing_tools" in kinds
        kinds.discard("missing_tools")
        self.broken_rows += bool(kinds)
        self.broken_by_kind.update(kinds)

    def _list(self, source: str, line: int, outcome: str, kind: str, why: str) -> None:
        if len(self.listed) < self.max_listed:
            self.listed.append({"line": line, "source": source, "outcome": outcome, "kind": kind, "reason": why})


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What was read, written and left out."""

    source: str
    out: Path | None
    rejected: Path | None
    tools: str | None
    show_most: int
    tally: Tally
    seconds: float

    @property
    def exit_code(self) -> int:
        """0 if every record became a row, else 1."""
        return 1 if self.tally.refused or not self.tally.rows else 0

    def to_json(self) -> dict[str, Any]:
        """One object for --json."""
        tally = self.tally
        return {
            "source": self.source,
            "files": [vars(one) for one in tally.files],
            "records": tally.records,
            "rows": tally.rows,
            "calls": tally.calls,
            "left_out": tally.refused,
            "left_out_by_kind": {kind: vars(loss) for kind, loss in tally.refused_by_kind.items()},
            "changed": tally.partly,
            "changed_by_kind": {kind: vars(loss) for kind, loss in tally.partly_by_kind.items()},
            "broken_rows": tally.broken_rows,
            "broken_by_kind": dict(tally.broken_by_kind.most_common()),
            "rows_without_tools": tally.rows_without_tools,
            "listed": tally.listed,
            "out": None if self.out is None else str(self.out),
            "rejected": None if self.rejected is None else str(self.rejected),
            "seconds": round(self.seconds, 3),
        }

    def show(self, console: Console) -> None:
        """The formats, the counts, the losses and what to do next."""
        tally = self.tally
        for one in tally.files[: self.show_most]:
            _say(console, f"{one.file} is {one.format}: {one.why}")
        if len(tally.files) > self.show_most:
            _say(console, f"... and {len(tally.files) - self.show_most} more files", style="dim")
        rate = f" ({tally.records / self.seconds:,.0f} records/s)" if self.seconds > 2 else ""
        made = f"{tally.rows:,} rows with {tally.calls:,} calls"
        _say(console, f"{tally.records:,} records -> {made} in {self.seconds:.1f} s{rate}")
        title = f"{tally.refused:,} records could not be carried over:"
        self._show_losses(console, title, tally.refused_by_kind)
        title = f"{tally.partly:,} records were carried over with something left behind or changed:"
        self._show_losses(console, title, tally.partly_by_kind)
        if tally.rows_without_tools:
            _say(console, f"{tally.rows_without_tools:,} rows call tools and bring none: add --tools T, here or later.")
        if tally.broken_rows:
            kinds = ", ".join(f"{kind} {rows:,}" for kind, rows in tally.broken_by_kind.most_common(5))
            _say(console, f"{tally.broken_rows:,} rows are written as they are, but check will not pass them: {kinds}")
        self._show_next(console)

    def _show_losses(self, console: Console, title: str, losses: dict[str, Loss]) -> None:
        if not losses:
            return
        _say(console, title, style="yellow")
        ranked = sorted(losses.items(), key=lambda item: -item[1].records)
        for kind, loss in ranked[: self.show_most]:
            count = Text(f"{loss.records:>7,}  ")
            _say(console, Text.assemble(count, (kind, "bold"), (f" (first: {loss.first})", "cyan"), f"  {loss.why}"))
        if len(ranked) > self.show_most:
            _say(console, f"... and {len(ranked) - self.show_most} more kinds (--show N, or --json)", style="dim")

    def _show_next(self, console: Console) -> None:
        if self.rejected is not None:
            _say(console, f"The {self.tally.refused:,} records that were left out are in {self.rejected}.")
        if self.out is not None:
            _say(console, f"Wrote {self.out}.")
            tools = f" --tools {shlex.quote(self.tools or 'tools.json')}" if self.tally.rows_without_tools else ""
            _say(console, f"Next: calltune check --data {shlex.quote(str(self.out))}{tools}")
        elif self.tally.rows:
            _say(console, f"Nothing was written. Next: calltune import {shlex.quote(self.source)} --out rows.jsonl")
        else:
            _say(console, "No row could be carried over, so nothing was written.")


def _count(losses: dict[str, Loss], kind: str, source: str, line: int, why: str) -> None:
    first = f"{Path(source).name}:{line}"
    loss = losses.setdefault(kind, Loss(first=first, why=printable(why)))
    loss.records += 1


def _say(console: Console, text: str | Text, style: str | None = None) -> None:
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
