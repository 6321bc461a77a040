"""`calltune split`: rows to train on and rows to test on. In: a `SplitConfig`. Out: `train.jsonl` and `test.jsonl`,
lines as they were, in their order. Which side a row goes to depends on a hash of what the user says in it and on
the seed, so the same words are never on both sides and another order of the rows changes nothing. It reads the
data twice and keeps 8 bytes a row. It does not check rows."""

from __future__ import annotations

import hashlib
import shlex
from array import array
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from calltune.data.command import progress_bar
from calltune.data.read import Row, read_rows
from calltune.data.source import find_source
from calltune.data.write import LineWriter, refuse_outputs_over_inputs
from calltune.errors import ConfigError, DataError


@dataclass(frozen=True, kw_only=True)
class SplitConfig:
    """Split rows into train.jsonl and test.jsonl; rows in which the user says the same stay together."""

    data: str
    """Conversations: a .jsonl or .jsonl.gz file, a JSON array, a folder of them, or a Hugging Face dataset
    (owner/name:split)."""
    out: Path
    """The folder for train.jsonl and test.jsonl."""
    test: float = 0.1
    """The share of the rows to test on, between 0 and 1."""
    seed: int = 0
    """Another number gives another split; the same number gives the same split."""


@dataclass(frozen=True, kw_only=True)
class SplitReport:
    """Where the rows went."""

    config: SplitConfig
    train: Path
    test: Path
    train_rows: int
    test_rows: int
    groups: int
    """Different user texts; rows of one group are on one side."""
    bad_rows: int
    """Rows that are no conversation; they were split too."""

    @property
    def exit_code(self) -> int:
        """0: both files were written."""
        return 0

    def to_json(self) -> dict[str, Any]:
        """One object for --json."""
        return {
            "train": str(self.train),
            "test": str(self.test),
            "train_rows": self.train_rows,
            "test_rows": self.test_rows,
            "groups": self.groups,
            "bad_rows": self.bad_rows,
        }

    def show(self, console: Console) -> None:
        """What was written, and what to do next."""
        for path, rows in ((self.train, self.train_rows), (self.test, self.test_rows)):
            console.print(f"{path}: {rows:,} rows", highlight=False, soft_wrap=True, markup=False)
        if self.bad_rows:
            text = f"{self.bad_rows:,} rows are no conversations; to see why: calltune check --data {self.config.data}"
            console.print(text, style="yellow", highlight=False, soft_wrap=True, markup=False)
        data = shlex.quote(str(self.train))
        text = f"Next: calltune train --model base --data {data} --out run, with --tools where rows bring none"
        console.print(text, highlight=False, soft_wrap=True, markup=False)


def split(config: SplitConfig, *, console: Console) -> SplitReport:
    """Write both files, whole or not at all. Raises DataError if the rows cannot be split in two."""
    if not 0 < config.test < 1:
        raise ConfigError(
            f"test must be a share between 0 and 1, got {config.test}.", hint="--test 0.1 tests on a tenth of the rows."
        )
    train, test = config.out / "train.jsonl", config.out / "test.jsonl"
    refuse_outputs_over_inputs(find_source(config.data), (train, test))
    with progress_bar(console) as bar:
        task = bar.add_task("reading", total=2.0)
        places = array(
            "Q",
            (
                _place(row, config.seed)
                for row in read_rows(config.data, on_progress=lambda share: bar.update(task, completed=share))
            ),
        )
        limit = _limit(places, config)
        bad = 0
        with LineWriter(train) as to_train, LineWriter(test) as to_test:
            rows = read_rows(config.data, on_progress=lambda share: bar.update(task, completed=1 + share))
            for place, row in zip(places, rows, strict=True):
                bad += row.draft is None  # rows may get their tools later, from --tools
                (to_test if place <= limit else to_train).write(row.raw)
            to_train.publish()
            to_test.publish()
    return SplitReport(
        config=config,
        train=train,
        test=test,
        train_rows=to_train.lines,
        test_rows=to_test.lines,
        groups=len(set(places)),
        bad_rows=bad,
    )


def _place(row: Row, seed: int) -> int:
    """Where the row's words fall among all words: a number of 64 bits. Case and spacing do not count."""
    if row.cut:
        raise DataError(
            f"{row.source}, line {row.line}: {row.problems[0].message}",
            hint=f"Take the line out first: calltune check --data {row.source} --clean FILE",
        )
    said: list[Any] = []
    if row.draft is not None:
        said = [
            " ".join(message["content"].casefold().split())
            for message in row.draft.messages
            if message["role"] == "user"
        ]
    text = repr((seed, said)).encode() if any(said) else repr(seed).encode() + row.raw
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest())


def _limit(places: array[int], config: SplitConfig) -> int:
    """The place up to which rows are tested on, so that the share is as near as whole groups allow and neither side is
    empty."""
    groups = sorted(Counter(places).items())
    if len(groups) < 2:
        hint = "A split needs rows in which the user says different things."
        raise DataError(
            f"{config.data} cannot be split: its {len(places):,} rows say the same, or there is only one.", hint=hint
        )
    wanted, taken = config.test * len(places), 0
    best = (float("inf"), groups[0][0])
    for place, rows in groups[:-1]:
        taken += rows
        best = min(best, (abs(taken - wanted), place))
    return best[1]
