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


def test_a_third_file_shares_no_words_with_the_others(write: Write, tmp_path: Path) -> None:
    data = write(*(talk(f"question {number}", id=number) for number in range(500)))
    plain, report = run(data, tmp_path / "two", test=0.2), run(data, tmp_path / "three", test=0.2, valid=0.1)
    assert report.valid is not None and (report.train_rows, report.valid_rows, report.test_rows) == (350, 50, 100)
    assert lines(report.test) == lines(plain.test), "the test rows are the same with and without"
    everything = [line for path in (report.train, report.valid, report.test) for line in lines(path)]
    assert sorted(everything) == sorted(lines(data))
    assert plain.valid is None and not (tmp_path / "two" / "valid.jsonl").exists()


def test_the_split_says_what_leaks(write: Write, tmp_path: Path) -> None:
    data = write(*(talk(f"pay {number} euros to Bob", session_id=number) for number in range(40)))
    report = run(data, tmp_path / "out", test=0.5, by="conversation")
    console = Console(file=io.StringIO(), width=200)
    report.show(console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "rows of test.jsonl that leak: 20 of 20 (100.0 %): normalised 20" in text
    assert "40 conversations, by the column session_id" in text and "calltune leaks" in text
    assert report.exit_code == 0 and report.to_json()["leaks"]["by_kind"]["normalised"] == 20


def test_a_split_by_time_and_by_tool_say_how(write: Write, tmp_path: Path) -> None:
    calls = [{"function": {"name": name, "arguments": {}}} for name in ("a", "b", "c")]
    rows = [talk(f"question {number}", when=1_700_000_000 + number) for number in range(30)]
    for number, row in enumerate(rows):
        row["messages"][1]["tool_calls"] = [calls[number % 3]]
    data = write(*rows)
    console = Console(file=io.StringIO(), width=200)
    run(data, tmp_path / "time", by="time", column="when").show(console)
    report = run(data, tmp_path / "tool", by="tool")
    report.show(console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "by when: trained on until 2023-11-14T22:13:46+00:00, tested on from 2023-11-14T22:13:47" in text
    assert f"called in test rows only: {report.division.held_out[0]} (1) of 3 tools" in text


@pytest.mark.parametrize(
    "options", [{"valid": 0.95}, {"valid": -0.1}, {"column": "id"}, {"by": "tool", "column": "id"}]
)
def test_a_split_that_makes_no_sense_is_refused(write: Write, tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        run(write(talk("a"), talk("b")), tmp_path, **options)


def test_a_validation_file_of_an_earlier_split_is_told(write: Write, tmp_path: Path) -> None:
    data = write(*(talk(f"question number {number}") for number in range(20)))
    run(data, tmp_path / "out", valid=0.2)
    console = Console(file=io.StringIO(), width=200)
    run(data, tmp_path / "out").show(console)
    assert "valid.jsonl is of an earlier split" in console.file.getvalue()  # type: ignore[attr-defined]
