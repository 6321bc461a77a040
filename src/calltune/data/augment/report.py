"""What `calltune augment` made. In: counts and rows to show. Out: the object for --json and the summary for people,
with what to do next."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from calltune.data.augment.config import AugmentConfig
from calltune.data.augment.kinds import SEQUENCE
from calltune.data.augment.mixture import GOLD
from calltune.data.augment.preview import Pair, show_pair


@dataclass(frozen=True, kw_only=True)
class AugmentReport:
    """What was made, and of what nothing could be made."""

    config: AugmentConfig
    gold_rows: int
    """Good rows in the data."""
    bad_rows: int
    """Rows that `calltune check` reports; they are not written, and nothing is made of them but of `plan_rows`."""
    plan_rows: int
    """Bad rows whose only fault is that a call names the result of another: `sequence` is made of them."""
    rows_without_tools: int
    """Good rows that offer no tools; nothing is made of them."""
    first_problem: str
    """Of the first bad row; "" where there is none."""
    wanted: Mapping[str, int]
    """Rows of each kind that were asked for, `gold` included."""
    made: Mapping[str, int]
    """Rows of each kind that were written, `gold` included."""
    not_applicable: Mapping[str, int]
    """Gold rows of which no row of the kind could be made, of those that were tried."""
    discarded: Mapping[str, int]
    """Made rows that were not written, by reason: the kind of problem that the check found, or `duplicate_row`."""
    pairs: Sequence[Pair] = field(default=(), repr=False)
    """The rows to show, with --preview."""
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        """1 where not one row could be made."""
        return 0 if sum(count for kind, count in self.made.items() if kind != GOLD) else 1

    def to_json(self) -> dict[str, Any]:
        """One object for --json."""
        return {
            "out": None if self.config.out is None or self.config.preview else str(self.config.out),
            "rows": sum(self.made.values()),
            "gold_rows": self.gold_rows,
            "bad_rows": self.bad_rows,
            "plan_rows": self.plan_rows,
            "rows_without_tools": self.rows_without_tools,
            "wanted": dict(self.wanted),
            "made": dict(self.made),
            "not_applicable": dict(self.not_applicable),
            "discarded": dict(self.discarded),
            "seed": self.config.seed,
            "preview": [pair.to_json() for pair in self.pairs],
            "seconds": round(self.seconds, 3),
        }

    def show(self, console: Console) -> None:
        """The rows to show, the counts, what to do next."""
        for pair in self.pairs:
            show_pair(pair, console)
        table = Table("kind", box=None)
        for heading in ("wanted", "shown" if self.config.preview else "written", "rows it does not apply to"):
            table.add_column(heading, justify="right")
        for kind, wanted in self.wanted.items():
            left = f"{self.not_applicable[kind]:,}" if self.not_applicable.get(kind) else ""
            table.add_row(kind, f"{wanted:,}", f"{self.made.get(kind, 0):,}", left)
        console.print(table)
        for reason, count in self.discarded.items():
            _say(console, f"{count:,} made rows were discarded: {reason}", "yellow")
        if self.rows_without_tools:
            _say(console, f"{self.rows_without_tools:,} gold rows offer no tools: nothing is made of them.")
        if self.bad_rows:
            text = f"{self.bad_rows:,} rows of the data are bad and were left out. The first: {self.first_problem}"
            _say(console, text, "yellow")
        if self.plan_rows and SEQUENCE in self.wanted:
            text = (
                f"{self.plan_rows:,} of these only where a call names the result of another: sequence is made of them."
            )
            _say(console, text)
        short = [kind for kind, wanted in self.wanted.items() if self.made.get(kind, 0) < wanted]
        if short and not self.config.preview:
            text = "There are fewer rows than asked for of: " + ", ".join(short)
            _say(
                console,
                f"{text}. The gold rows give no more; leave the kind out, or give it a smaller share.",
                "yellow",
            )
        self._show_next(console)

    def _show_next(self, console: Console) -> None:
        config = self.config
        if self.exit_code:
            _say(console, "Nothing could be made. To see why not, try one kind with --preview 2.")
            return
        if config.preview:
            _say(console, f"Nothing was written. Next: calltune augment{config.typed()} --out made.jsonl")
            return
        out = shlex.quote(str(config.out))
        tools = f" --tools {shlex.quote(config.tools)}" if config.tools else ""
        _say(console, f"{sum(self.made.values()):,} rows are in {config.out}, every one checked.")
        _say(console, "Rows to test on must be split off before: a made row says what its gold row says.")
        _say(console, f"Next: calltune train --model base{tools} --data {out} --out run")


def _say(console: Console, text: str, style: str | None = None) -> None:
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
