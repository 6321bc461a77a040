"""`calltune check --fix OUT`: the data with its bad rows mended, and a diff to review. In: every row with what the
check found. Out: OUT, in the order of the data: good rows byte for byte, mended rows, and the rows that cannot be
mended as they were (with `--quarantine` they are put there instead); OUT.diff; a `FixReport`."""

from __future__ import annotations

import difflib
import json
import shlex
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from calltune.contract import Problem
from calltune.contract.json_text import quote
from calltune.contract.sentences import printable
from calltune.data.fix import Change, Fixed, Mend, fix_row
from calltune.data.read import Row
from calltune.data.tools import Offer
from calltune.data.write import LineWriter

MOST_DIFFED = 200_000
"""Bytes of a row that is shown as a diff of its lines; of a longer one only the changes are listed."""

KEPT_CHANGES = 1000
"""Changes that are kept for --json and the summary; all are counted, and all are in the diff."""


@dataclass(frozen=True, kw_only=True)
class FixReport:
    """What was mended."""

    out: Path
    diff: Path
    rows: int
    """Rows in OUT."""
    fixed_rows: int
    by_kind: dict[str, int]
    """Changes of each kind, most frequent first."""
    fixed_rows_by_kind: dict[str, int]
    """Rows with a change of that kind."""
    left: int
    """Rows that are still bad."""
    dropped: int
    """Duplicates that were left out."""
    changes: tuple[tuple[int, Change], ...]
    """The first ones, each with its line in the data."""

    def to_json(self) -> dict[str, Any]:
        """One object for --json."""
        return {
            "out": str(self.out),
            "diff": str(self.diff),
            "rows": self.rows,
            "fixed_rows": self.fixed_rows,
            "by_kind": self.by_kind,
            "fixed_rows_by_kind": self.fixed_rows_by_kind,
            "rows_still_bad": self.left,
            "duplicates_dropped": self.dropped,
            "changes": [{"line": line, **asdict(change)} for line, change in self.changes],
        }

    def show(self, console: Console, most: int) -> None:
        """Counts, the first changes in colour, where the files are."""
        bad = self.fixed_rows + self.left + self.dropped
        kinds = ", ".join(f"{kind} {times:,}" for kind, times in self.by_kind.items())
        _say(console, Text(f"mended {self.fixed_rows:,} of {bad:,} bad rows" + (f": {kinds}" if kinds else ""), "bold"))
        for line, change in self.changes[:most]:
            _say(
                console,
                Text.assemble(
                    (f"line {line}", "bold"),
                    (f" {printable(change.pointer)}", "cyan"),
                    f"  {change.kind}  ",
                    (printable(quote(change.before)), "red"),
                    " -> ",
                    (printable(quote(change.after)), "green"),
                ),
            )
        if sum(self.by_kind.values()) > most:
            _say(console, Text(f"... all of them are in {self.diff}", "dim"))
        if self.dropped:
            _say(console, Text(f"left out {self.dropped:,} duplicates"))
        _say(console, Text(f"{self.out}: {self.rows:,} rows; to review: less {shlex.quote(str(self.diff))}"))


class Fixes:
    """Mends and writes while rows stream by. Inside a `with` of the stack; `publish()` puts the files in place."""

    def __init__(self, out: Path, mend: Mend, offer: Offer, stack: ExitStack, *, drop_duplicates: bool) -> None:
        self.out = out
        self._mend = mend
        self._offer = offer
        self._drop = drop_duplicates
        self._rows = stack.enter_context(LineWriter(out))
        self._diff = stack.enter_context(LineWriter(diff_of(out)))
        self._times: Counter[str] = Counter()
        self._rows_by_kind: Counter[str] = Counter()
        self._changes: list[tuple[int, Change]] = []
        self._fixed = self._left = self._dropped = 0

    def mend(self, row: Row) -> Fixed | None:
        """The row as a good one, where that is possible."""
        return fix_row(row, self._offer, self._mend)

    def write(self, row: Row, fixed: Fixed | None, left: tuple[Problem, ...], *, aside: bool) -> None:
        """One row of the data, mended or not, with the problems that are left; `aside`: it goes into another file."""
        if left and self._drop and all(problem.kind == "duplicate_row" for problem in left):
            self._dropped += 1
            return
        self._left += bool(left)
        if left and aside:
            return
        self._rows.write(row.raw if fixed is None else fixed.row.raw)
        if fixed is None:
            return
        self._fixed += not left
        self._times.update(change.kind for change in fixed.changes)
        self._rows_by_kind.update({change.kind for change in fixed.changes})
        self._changes.extend((row.line, change) for change in fixed.changes[: KEPT_CHANGES - len(self._changes)])
        for line in diff_lines(row, fixed, f"{self.out} line {self._rows.lines}"):
            self._diff.write(line.encode("utf-8", "backslashreplace"))

    def publish(self) -> FixReport:
        """Both files into place."""
        self._rows.publish()
        self._diff.publish()
        return FixReport(
            out=self.out,
            diff=diff_of(self.out),
            rows=self._rows.lines,
            fixed_rows=self._fixed,
            by_kind=dict(self._times.most_common()),
            fixed_rows_by_kind=dict(self._rows_by_kind.most_common()),
            left=self._left,
            dropped=self._dropped,
            changes=tuple(self._changes),
        )


def diff_of(out: Path) -> Path:
    """Where the diff goes: OUT.diff."""
    return out.with_name(out.name + ".diff")


def diff_lines(row: Row, fixed: Fixed, name: str) -> Iterator[str]:
    """A unified diff of the row as indented JSON, below its changes in words."""
    for change in fixed.changes:
        yield f"# {change.kind} {printable(change.pointer)}: {quote(change.before)} -> {quote(change.after)}"
    before, after = (json.dumps(one.data, indent=2, ensure_ascii=False) for one in (row, fixed.row))
    names = f"{row.source} line {row.line}", name
    if len(row.raw) > MOST_DIFFED:
        yield from (f"--- {names[0]}", f"+++ {names[1]}", "# the row is too long to be shown")
        return
    yield from difflib.unified_diff(before.split("\n"), after.split("\n"), *names, n=3, lineterm="")


def _say(console: Console, text: Text) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
