"""`calltune split`: rows to train on, rows to test on, on request rows to validate on. In: a `SplitConfig`. Out:
`train.jsonl`, `test.jsonl` and `valid.jsonl`, lines as they were, in their order, and what the leak check says of
them. Which rows belong together is `grouping`'s business. It reads the data two or three times and keeps 8 bytes a
row. It does not check rows."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rich.console import Console

from calltune.data.command import progress_bar
from calltune.data.grouping import TEST, TRAIN, VALID, Division, by_conversation, by_row, by_time
from calltune.data.held_out import by_tool
from calltune.data.leak_report import LeakReport
from calltune.data.leaks import LeaksConfig, compare
from calltune.data.read import Row, read_rows
from calltune.data.source import find_source
from calltune.data.write import LineWriter, refuse_outputs_over_inputs
from calltune.errors import ConfigError, DataError

MOST_NAMED = 12
"""Tools named in the summary; --json names all."""


@dataclass(frozen=True, kw_only=True)
class SplitConfig:
    """Split rows into train.jsonl and test.jsonl (and valid.jsonl), so that what belongs together is on one side."""

    data: str
    """Conversations: a .jsonl or .jsonl.gz file, a JSON array, a folder of them, or a Hugging Face dataset
    (owner/name:split)."""
    out: Path
    """The folder for train.jsonl, test.jsonl and valid.jsonl."""
    by: Literal["row", "tool", "conversation", "time"] = "row"
    """What is on one side only: the same words of users (row), calls of some tools, which then only the test rows call
    (tool), turns of one dialogue (conversation), or the newest rows, which are tested on (time)."""
    test: float = 0.1
    """The share of the rows to test on, between 0 and 1."""
    valid: float = 0.0
    """The share of the rows for valid.jsonl; 0 writes none."""
    column: str | None = None
    """The column with the conversation's id or the time, such as session_id or meta.created; found by its usual names
    where it is not given. Without an id, rows of which one is the beginning of another are one conversation."""
    seed: int = 0
    """Another number gives another split; the same number gives the same split. By time, chance has no part."""


@dataclass(frozen=True, kw_only=True)
class SplitReport:
    """Where the rows went."""

    config: SplitConfig
    train: Path
    test: Path
    valid: Path | None
    train_rows: int
    test_rows: int
    valid_rows: int
    division: Division
    bad_rows: int
    """Rows that are no conversation; they were split too."""
    leaks: LeakReport
    """Of the test rows."""
    valid_leaks: LeakReport | None = None

    @property
    def groups(self) -> int:
        """Groups of rows that stay on one side: different words, dialogues, moments, or tools."""
        return self.division.groups

    @property
    def exit_code(self) -> int:
        """0: the files were written. Leaks are told, and `calltune leaks` makes a no of them."""
        return 0

    def to_json(self) -> dict[str, Any]:
        """One object for --json."""
        rows = self.train_rows + self.test_rows + self.valid_rows
        return {
            "train": str(self.train),
            "test": str(self.test),
            "valid": None if self.valid is None else str(self.valid),
            "train_rows": self.train_rows,
            "test_rows": self.test_rows,
            "valid_rows": self.valid_rows,
            "test_share": round(self.test_rows / rows, 4),
            "by": self.config.by,
            "column": self.division.column,
            "groups": self.groups,
            "held_out": list(self.division.held_out),
            "held_out_valid": list(self.division.held_out_valid),
            **self.division.facts,
            "bad_rows": self.bad_rows,
            "leaks": self.leaks.to_json(),
            "valid_leaks": None if self.valid_leaks is None else self.valid_leaks.to_json(),
        }

    def show(self, console: Console) -> None:
        """What was written, what leaks, and what to do next."""
        rows = self.train_rows + self.test_rows + self.valid_rows
        for path, count in ((self.train, self.train_rows), (self.valid, self.valid_rows), (self.test, self.test_rows)):
            if path is not None:
                _say(console, f"{path}: {count:,} rows ({100 * count / rows:.1f} %)")
        self._show_division(console)
        if self.valid is None and (old := self.config.out / "valid.jsonl").exists():
            _say(console, f"{old} is of an earlier split: its rows may be among those to train on.", "yellow")
        if self.bad_rows:
            text = f"{self.bad_rows:,} rows are no conversations; to see why: calltune check --data "
            text += shlex.quote(self.config.data)
            _say(console, text, "yellow")
        self.leaks.show_result(console)
        if self.valid_leaks is not None and self.valid_leaks.leaks:
            self.valid_leaks.show_result(console)
        if self.leaks.leaks:
            files = f"{shlex.quote(str(self.train))} {shlex.quote(str(self.test))}"
            _say(console, f"To see them: calltune leaks {files}   (--clean FILE writes the test rows without them)")
        data = shlex.quote(str(self.train))
        _say(console, f"Next: calltune train --model base --data {data} --out run, with --tools where rows bring none")

    def _show_division(self, console: Console) -> None:
        division, facts = self.division, self.division.facts
        if division.held_out:
            _say(console, f"called in test rows only: {_names(division.held_out)} of {division.groups:,} tools")
            if division.held_out_valid:
                _say(console, f"not called in training, but in valid.jsonl: {_names(division.held_out_valid)}")
            if facts["mixed_rows"]:
                _say(console, f"{facts['mixed_rows']:,} test rows call other tools too")
            if facts["train_rows_that_offer_them"]:
                text = f"{facts['train_rows_that_offer_them']:,} training rows offer a held-out tool without calling it"
                _say(console, text)
        elif self.config.by == "time":
            text = f"by {division.column}: trained on until {facts['train_until']}, tested on from {facts['test_from']}"
            _say(console, text)
        elif self.config.by == "conversation":
            how = f"the column {division.column}" if division.column else "the beginning that rows share"
            _say(console, f"{division.groups:,} conversations, by {how}")


def split(config: SplitConfig, *, console: Console) -> SplitReport:
    """Write the files, whole or not at all. Raises DataError if the rows cannot be split."""
    _refuse(config)
    train, test = config.out / "train.jsonl", config.out / "test.jsonl"
    valid = config.out / "valid.jsonl" if config.valid else None
    paths = {TRAIN: train, TEST: test} | ({} if valid is None else {VALID: valid})
    refuse_outputs_over_inputs(find_source(config.data), tuple(paths.values()))
    bad = 0
    with progress_bar(console) as bar, ExitStack() as stack:
        task = bar.add_task("reading", total=None)

        def rows() -> Iterator[Row]:
            bar.reset(task, total=1.0)
            return map(_whole, read_rows(config.data, on_progress=lambda share: bar.update(task, completed=share)))

        division = _divide(config, rows)
        bar.update(task, description="writing")
        writers = {part: stack.enter_context(LineWriter(path)) for part, path in paths.items()}
        for part, row in zip(division.parts, rows(), strict=True):
            bad += row.draft is None  # rows may get their tools later, from --tools
            writers[part].write(row.raw)
        for writer in writers.values():
            writer.publish()
    lines = {part: writer.lines for part, writer in writers.items()}
    return SplitReport(
        config=config,
        train=train,
        test=test,
        valid=valid,
        train_rows=lines[TRAIN],
        test_rows=lines[TEST],
        valid_rows=lines.get(VALID, 0),
        division=division,
        bad_rows=bad,
        leaks=compare(LeaksConfig(train=str(train), test=str(test)), console=console),
        valid_leaks=compare(LeaksConfig(train=str(train), test=str(valid)), console=console) if valid else None,
    )


def _refuse(config: SplitConfig) -> None:
    if not 0 < config.test < 1:
        raise ConfigError(
            f"test must be a share between 0 and 1, got {config.test}.", hint="--test 0.1 tests on a tenth of the rows."
        )
    if not (0 <= config.valid < 1 and config.valid + config.test < 1):
        raise ConfigError(
            f"valid must be a share that leaves rows to train on, got {config.valid} beside --test {config.test}.",
            hint="--valid 0.1 validates on a tenth of the rows.",
        )
    if config.column is not None and config.by not in ("conversation", "time"):
        raise ConfigError(
            f"a column is used by conversation and by time, not by {config.by}.",
            hint=f"Type: --by conversation --column {config.column}   or --by time --column {config.column}",
        )


def _divide(config: SplitConfig, rows: Callable[[], Iterator[Row]]) -> Division:
    shares = (config.valid, config.test)
    if config.by == "tool":
        return by_tool(rows, shares, config.seed)
    if config.by == "conversation":
        return by_conversation(rows, shares, config.seed, config.column)
    if config.by == "time":
        return by_time(rows, shares, config.column)
    return by_row(rows, shares, config.seed)


def _whole(row: Row) -> Row:
    if row.cut:
        raise DataError(
            f"{row.source}, line {row.line}: {row.problems[0].message}",
            hint=f"Take the line out first: calltune check --data {shlex.quote(row.source)} --clean FILE",
        )
    return row


def _names(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return f"{', '.join(names[:MOST_NAMED])}{more} ({len(names):,})"


def _say(console: Console, text: str, style: str | None = None) -> None:
    console.print(text, style=style, highlight=False, soft_wrap=True, markup=False)
