"""`check --fix`: good rows byte for byte, mended rows in their place, a diff of what changed."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from calltune.compose import mend_recorded_call
from calltune.data import CheckConfig, CheckReport, check
from calltune.errors import ConfigError, DataError

Write = Callable[..., Path]
Row = dict[str, Any]


def run(data: Path, **options: Any) -> CheckReport:
    return check(CheckConfig(data=str(data), **options), console=Console(file=io.StringIO()), mend=mend_recorded_call)


def shown(report: CheckReport) -> str:
    console = Console(file=io.StringIO(), width=200)
    report.show(console)
    return console.file.getvalue()  # type: ignore[attr-defined]


@pytest.fixture
def rows(row: Row) -> list[Row]:
    """A good row, one that can be mended, one that cannot, and the good one again."""
    mendable, hopeless = copy.deepcopy(row), copy.deepcopy(row)
    mendable["messages"][1]["tool_calls"][0]["function"]["arguments"] = {"city": "Rome", "days": "2"}
    hopeless["messages"][1]["tool_calls"][0]["function"]["arguments"] = {"town": "Rome"}
    return [row, mendable, hopeless, {**row, "id": "again"}]


def test_only_the_mended_row_changes(rows: list[Row], write: Write, tmp_path: Path) -> None:
    data, out = write(*rows), tmp_path / "out.jsonl"
    report = run(data, fix=out)
    before, after = data.read_text().splitlines(), out.read_text().splitlines()
    assert [number for number in range(4) if before[number] != after[number]] == [1]
    assert json.loads(after[1])["messages"][1]["tool_calls"][0]["function"]["arguments"]["days"] == 2
    assert report.fixes is not None and report.bad_rows == 3 and report.exit_code == 1
    assert (report.fixes.fixed_rows, report.fixes.left, report.fixes.by_kind) == (1, 2, {"number_in_string": 1})
    assert "mended 1 of 3 bad rows: number_in_string 1" in shown(report) and "2 rows are bad still" in shown(report)


def test_the_diff_says_what_changed_where(rows: list[Row], write: Write, tmp_path: Path) -> None:
    data, out = write(*rows), tmp_path / "out.jsonl"
    run(data, fix=out)
    diff = (tmp_path / "out.jsonl.diff").read_text().splitlines()
    assert diff[0] == '# number_in_string /messages/1/tool_calls/0/function/arguments/days: "2" -> 2'
    assert diff[1:3] == [f"--- {data} line 2", f"+++ {out} line 2"]
    changed = [line.split() for line in diff[3:] if line[0] in "+-"]
    assert changed == [["-", '"days":', '"2"'], ["+", '"days":', "2"]]


def test_what_cannot_be_mended_may_go_into_a_file_of_its_own(rows: list[Row], write: Write, tmp_path: Path) -> None:
    out, aside = tmp_path / "out.jsonl", tmp_path / "bad.jsonl"
    report = run(write(*rows), fix=out, quarantine=aside, drop_duplicates=True)
    assert [json.loads(line)["line"] for line in aside.read_text().splitlines()] == [3, 4]
    assert report.fixes is not None and (report.fixes.rows, report.fixes.dropped, report.fixes.left) == (2, 1, 1)
    assert f"the 2 bad rows are in {aside}" in shown(report)
    assert run(out).exit_code == 0


def test_duplicates_are_dropped_only_on_request(row: Row, write: Write, tmp_path: Path) -> None:
    data = write(row, {**row, "id": "again"})
    assert run(data, fix=tmp_path / "kept.jsonl").exit_code == 1
    report = run(data, fix=tmp_path / "out.jsonl", drop_duplicates=True)
    assert (tmp_path / "kept.jsonl").read_text() == data.read_text()
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 1
    assert report.exit_code == 0 and "left out 1 duplicates" in shown(report)


def test_a_row_that_is_mended_into_another_row_is_its_duplicate(row: Row, write: Write, tmp_path: Path) -> None:
    twin = copy.deepcopy(row)
    twin["messages"][1]["tool_calls"][0]["function"]["arguments"] = "{'city': 'Paris'}"
    report = run(write(row, twin), fix=tmp_path / "out.jsonl", drop_duplicates=True)
    assert report.fixes is not None and (report.fixes.rows, report.fixes.dropped) == (1, 1)


def test_options_that_contradict_each_other_are_refused(row: Row, write: Write, tmp_path: Path) -> None:
    data = write(row)
    with pytest.raises(ConfigError, match="Add --fix"):
        run(data, drop_duplicates=True)
    with pytest.raises(ConfigError, match="--quarantine"):
        run(data, fix=tmp_path / "a.jsonl", clean=tmp_path / "b.jsonl")
    with pytest.raises(DataError, match="is the data that is read"):
        run(data, fix=data)
    with pytest.raises(DataError, match="same name"):
        run(data, fix=tmp_path / "a", quarantine=tmp_path / "a.diff")
    with pytest.raises(ConfigError, match="guard's repairs"):
        check(CheckConfig(data=str(data), fix=tmp_path / "a"), console=Console(file=io.StringIO()))
    assert list(tmp_path.iterdir()) == [data]


def test_a_long_row_is_listed_and_not_compared_line_by_line(row: Row, write: Write, tmp_path: Path) -> None:
    row["messages"][1]["tool_calls"][0]["function"]["arguments"] = {"city": "Rome", "days": "2"}
    row["messages"][0]["content"] = "x" * 300_000
    run(write(row), fix=tmp_path / "out.jsonl")
    assert "too long to be shown" in (tmp_path / "out.jsonl.diff").read_text()
