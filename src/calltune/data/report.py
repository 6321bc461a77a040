"""What `calltune check` is told and what it found. In: counts and problems. Out: the object for --json and the summary
for people, which ends with what to do next."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from calltune.contract import Problem
from calltune.data.fixes import FixReport


@dataclass(frozen=True, kw_only=True)
class CheckConfig:
    """Check every row: calls against their schema, results against `returns`, roles, ids, duplicates, length."""

    data: str
    """Conversations: a .jsonl or .jsonl.gz file, a JSON array, a folder of them, or a Hugging Face dataset
    (owner/name:split)."""
    tools: str | None = None
    """The contract, for rows that carry no `tools` of their own: a file, or a Python module (module:name)."""
    quarantine: Path | None = None
    """Write the bad rows to this file, each with its `line` and its `problems`. Gzip if the name ends in .gz."""
    clean: Path | None = None
    """Write the good rows to this file, as they are. Gzip if the name ends in .gz."""
    fix: Path | None = None
    """Write the rows to this file with the bad ones mended, where all their problems can be mended without loss, and a
    diff beside it (.diff). Other bad rows stay as they are, or go to --quarantine."""
    drop_duplicates: bool = False
    """With --fix: leave out rows whose messages and tools an earlier row has."""
    model: str | None = None
    """Count tokens as this model does, and report rows that are longer than it can read."""
    max_tokens: int | None = None
    """Report rows with more tokens than this; needs --model. Without it, the limit is the model's own."""
    show: int = 20
    """How many problems to print."""
    max_problems: int = 1000
    """How many problems to list with --json; all of them are counted."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A problem and the row that has it."""

    source: str
    line: int
    problem: Problem

    def to_json(self) -> dict[str, Any]:
        """`line`, `pointer`, `kind`, `message`, `expected`, `got`, `source`."""
        return {"line": self.line, **self.problem.to_json(), "source": self.source}


@dataclass(frozen=True, kw_only=True)
class CheckReport:
    """What the check found."""

    config: CheckConfig
    rows: int
    calls: int
    bad_rows: int
    bad_calls: int
    """Calls that break their contract: an unknown tool, arguments against the schema or not readable."""
    by_kind: dict[str, int]
    """Calls (or results, messages, tools, rows) with a problem of that kind, most frequent first. A call with two
    missing arguments counts once; `problems_total` counts both."""
    rows_by_kind: dict[str, int]
    """Rows that have a problem of that kind."""
    problems: tuple[Finding, ...]
    """The first ones; see `problems_total`."""
    problems_total: int
    fingerprint: str
    """SHA-256 of the rows as written, each followed by a newline: the same for a file and its gzip."""
    toolsets: int
    """Different toolsets in the rows."""
    tools: int
    """Different tool names in them."""
    other_contract: int = 0
    """Rows with tools of their own that are not the contract given."""
    tokens: dict[str, int] | None = None
    """`total` and `max` tokens of the good rows, where they were counted."""
    fixes: FixReport | None = None
    """What was mended, where that was asked for."""
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        """0 if every row is good, or was mended; else 1."""
        return 1 if self.bad_rows_left else 0

    @property
    def bad_rows_left(self) -> int:
        """Rows that are bad after mending."""
        return self.bad_rows if self.fixes is None else self.fixes.left

    def to_json(self) -> dict[str, Any]:
        """One object for --json."""
        return {
            "rows": self.rows,
            "calls": self.calls,
            "bad_rows": self.bad_rows,
            "bad_calls": self.bad_calls,
            "by_kind": self.by_kind,
            "rows_by_kind": self.rows_by_kind,
            "problems_total": self.problems_total,
            "problems": [finding.to_json() for finding in self.problems],
            "toolsets": self.toolsets,
            "tools": self.tools,
            "rows_with_other_tools": self.other_contract,
            "tokens": self.tokens,
            "fingerprint": self.fingerprint,
            "data": self.config.data,
            "quarantine": None if self.config.quarantine is None else str(self.config.quarantine),
            "clean": None if self.config.clean is None else str(self.config.clean),
            "fix": None if self.fixes is None else self.fixes.to_json(),
            "seconds": round(self.seconds, 3),
        }

    def show(self, console: Console) -> None:
        """The summary, the first problems and what to do next."""
        rate = f" ({self.rows / self.seconds:,.0f} rows/s)" if self.seconds > 2 else ""
        sets = f"{self.toolsets:,} toolset{'s' * (self.toolsets != 1)} with {self.tools:,} tools"
        _say(console, f"{self.rows:,} rows, {self.calls:,} calls, {sets} in {self.seconds:.1f} s{rate}")
        if self.tokens is not None:
            _say(console, f"{self.tokens['total']:,} tokens, the longest row {self.tokens['max']:,}")
        if self.other_contract:
            text = "rows have other tools than the contract; they were checked against their own."
            _say(console, f"{self.other_contract:,} {text}", style="yellow")
        if self.bad_rows:
            self._show_kinds(console)
            self._show_problems(console)
        if self.fixes is not None:
            self.fixes.show(console, self.config.show)
        self._show_next(console)

    def _show_kinds(self, console: Console) -> None:
        title = f"{self.bad_rows:,} bad rows, {self.bad_calls:,} bad calls"
        table = Table("problem", title=title, title_justify="left")
        for heading in ("times", "rows", "first"):
            table.add_column(heading, justify="right")
        first = {finding.problem.kind: finding.line for finding in reversed(self.problems)}
        for kind, times in self.by_kind.items():
            where = f"line {first[kind]}" if kind in first else ""
            table.add_row(kind, f"{times:,}", f"{self.rows_by_kind[kind]:,}", where)
        console.print(table)

    def _show_problems(self, console: Console) -> None:
        several = len({finding.source for finding in self.problems}) > 1
        for finding in self.problems[: self.config.show]:
            place = f"{finding.source}:{finding.line}" if several else f"line {finding.line}"
            where = finding.problem.pointer or "(row)"
            _say(console, Text.assemble((place, "bold"), " ", (where, "cyan"), f"  {finding.problem.message}"))
        hidden = self.problems_total - min(self.config.show, len(self.problems))
        if hidden:
            _say(console, f"... and {hidden:,} more problems (--show N, or --json)", style="dim")

    def _show_next(self, console: Console) -> None:
        config, good = self.config, self.rows - self.bad_rows
        tools = f" --tools {shlex.quote(config.tools)}" if config.tools else ""
        bad = self.bad_rows if self.fixes is None else self.fixes.left + self.fixes.dropped
        for path, what, rows in ((config.quarantine, "bad", bad), (config.clean, "good", good)):
            if path is not None:
                _say(console, f"the {rows:,} {what} rows are in {path}")
        if self.fixes is not None:
            self._show_next_after_fixes(console, tools)
            return
        if self.bad_rows and (config.clean is None or not good):
            name = Path(config.data).name.partition(".")[0] or "rows"
            command = (
                f"calltune check --data {shlex.quote(config.data)}{tools}"
                f" --quarantine {shlex.quote(f'{name}.bad.jsonl')} --clean {shlex.quote(f'{name}.good.jsonl')}"
            )
            _say(console, f"Next: mend these rows, or put them aside: {command}" if good else "Next: mend these rows.")
            return
        what = "Next, with the good rows:" if self.bad_rows else "Every row is good. Next:"
        data = shlex.quote(str(config.clean or config.data))
        _say(console, f"{what} calltune train --model {config.model or 'base'}{tools} --data {data} --out run")

    def _show_next_after_fixes(self, console: Console, tools: str) -> None:
        assert self.fixes is not None
        out = shlex.quote(str(self.fixes.out))
        if not self.fixes.left or self.config.quarantine is not None:
            _say(console, f"Next: calltune train --model {self.config.model or 'base'}{tools} --data {out} --out run")
            return
        command = f"calltune check --data {out}{tools} --quarantine rest.bad.jsonl --clean rest.good.jsonl"
        _say(console, f"Next: {self.fixes.left:,} rows are bad still; mend them by hand, or put them aside: {command}")


def _say(console: Console, text: str | Text, style: str | None = None) -> None:
    """One line as it is: no markup in file names, no breaks in commands."""
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
