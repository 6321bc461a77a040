"""Train and test rows: deterministic, no words on both sides, no row lost."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from calltune.data.split import SplitConfig, SplitReport, split
from calltune.errors import ConfigError, DataError

Write = Callable[..., Path]


def run(data: Path, out: Path, **options: Any) -> SplitReport:
    return split(SplitConfig(data=str(data), out=out, **options), console=Console(file=io.StringIO()))


def talk(text: str, **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}, {"role": "assistant", "content": "Yes."}], **more}


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_every_row_is_on_one_side_in_its_order(write: Write, tmp_path: Path) -> None:
    data = write(*(talk(f"question {number}", id=number) for number in range(500)))
    report = run(data, tmp_path / "out", test=0.2)
    train, test = lines(tmp_path / "out" / "train.jsonl"), lines(tmp_path / "out" / "test.jsonl")
    assert (report.train_rows, report.test_rows, report.groups) == (len(train), len(test), 500) == (400, 100, 500)
    position = {line: number for number, line in enumerate(lines(data))}
    assert sorted(train + test, key=position.__getitem__) == lines(data)
    assert train == sorted(train, key=position.__getitem__)
    assert "calltune train" in str(report.to_json()) or report.to_json()["test_rows"] == 100


def test_the_split_depends_on_the_words_and_the_seed_alone(write: Write, tmp_path: Path) -> None:
    rows = [talk(f"question {number}") for number in range(200)]
    one = run(write(*rows), tmp_path / "one")
    random.Random(1).shuffle(rows)
    two, other = run(write(*rows), tmp_path / "two"), run(write(*rows), tmp_path / "other", seed=1)
    assert set(lines(one.test)) == set(lines(two.test)) != set(lines(other.test))


def test_the_same_words_are_never_on_both_sides(write: Write, tmp_path: Path) -> None:
    rows = [
        talk(text, id=copy)
        for number in range(50)
        for copy, text in enumerate((f"Ask {number}", f"  ask   {number}", f"ASK {number}"))
    ]
    report = run(write(*rows), tmp_path / "out", test=0.3)
    said = [
        {line.split('"content": "')[1].split('"')[0].lower().split()[1] for line in lines(path)}
        for path in (report.train, report.test)
    ]
    assert said[0].isdisjoint(said[1]) and report.groups == 50 and report.test_rows == 45


def test_neither_side_is_empty(write: Write, tmp_path: Path) -> None:
    report = run(write(talk("a"), talk("b")), tmp_path / "out", test=0.01)
    assert (report.train_rows, report.test_rows) == (1, 1)
    with pytest.raises(DataError, match="cannot be split"):
        run(write(talk("a"), talk("a")), tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_rows_that_are_no_conversations_are_kept_and_counted(write: Write, tmp_path: Path) -> None:
    report = run(write(talk("a"), talk("b"), "{oops", '{"text": "x"}'), tmp_path / "out", test=0.5)
    assert report.bad_rows == 2 and report.train_rows + report.test_rows == 4


def test_a_share_outside_0_and_1_is_refused(write: Write, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="between 0 and 1"):
        run(write(talk("a")), tmp_path, test=10)


def test_the_data_is_never_overwritten(write: Write, tmp_path: Path) -> None:
    data = write(talk("a"), talk("b"), name="train.jsonl")
    with pytest.raises(DataError, match="is the data that is read"):
        run(data, tmp_path)
    assert len(lines(data)) == 2
