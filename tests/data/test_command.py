"""`check` counts, lists, and puts bad rows aside without losing one."""

from __future__ import annotations

import copy
import gzip
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from calltune.contract import Toolset
from calltune.data import CheckConfig, CheckReport, Conversation, check, read_rows
from calltune.errors import ConfigError, DataError, TemplateError

Write = Callable[..., Path]
Row = dict[str, Any]


def run(data: Path, measure: Callable[[Conversation], int] | None = None, **options: Any) -> CheckReport:
    return check(CheckConfig(data=str(data), **options), console=Console(file=io.StringIO()), measure=measure)


def shown(report: CheckReport) -> str:
    console = Console(file=io.StringIO(), width=200)
    report.show(console)
    return console.file.getvalue()  # type: ignore[attr-defined]


@pytest.fixture
def bad(row: Row) -> Row:
    """The good row with a call that breaks its schema twice."""
    bad = copy.deepcopy(row)
    bad["messages"][0]["content"] = "And in Rome?"
    bad["messages"][1]["tool_calls"][0]["function"]["arguments"] = {"town": "Rome", "place": "Rome", "city": 3}
    return bad


def test_good_rows_give_exit_code_0_and_the_next_command(row: Row, write: Write) -> None:
    report = run(write(row))
    assert (report.exit_code, report.rows, report.calls, report.bad_rows, report.bad_calls) == (0, 1, 1, 0, 0)
    assert (report.toolsets, report.tools, report.by_kind) == (1, 1, {})
    assert "calltune train --model base" in shown(report)


def test_bad_rows_are_counted_listed_and_explained(row: Row, bad: Row, write: Write) -> None:
    report = run(write(row, "", bad, "{oops", bad | {"id": "again"}))
    assert report.exit_code == 1
    assert (report.rows, report.calls, report.bad_rows, report.bad_calls) == (4, 3, 3, 2)
    assert report.by_kind == {"unknown_argument": 2, "wrong_type": 2, "not_json": 1, "duplicate_row": 1}
    assert report.rows_by_kind == report.by_kind
    assert report.problems_total == 8
    text = shown(report)
    assert "line 3 /messages/1/tool_calls/0/function/arguments/" in text and "line 4 (row)" in text
    assert "--quarantine" in text


def test_the_json_object_has_what_was_promised(bad: Row, write: Write) -> None:
    report = run(write(bad), max_problems=2, show=1)
    found = json.loads(json.dumps(report.to_json()))
    assert {"rows", "calls", "bad_rows", "bad_calls", "by_kind", "problems", "problems_total", "fingerprint"} <= set(
        found
    )
    assert len(found["problems"]) == 2 and found["problems_total"] == 3
    assert {"line", "pointer", "kind", "message"} <= set(found["problems"][0])
    assert "and 2 more problems" in shown(report)


def test_the_fingerprint_is_the_same_for_a_file_and_its_gzip(row: Row, bad: Row, write: Write) -> None:
    plain, packed = run(write(row, bad)), run(write(row, bad, name="rows.jsonl.gz"))
    assert plain.fingerprint == packed.fingerprint
    assert (
        plain.fingerprint
        == "sha256:" + hashlib.sha256((json.dumps(row) + "\n" + json.dumps(bad) + "\n").encode()).hexdigest()
    )


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_bad_rows_and_good_rows_are_put_into_files_and_none_is_lost(
    row: Row, bad: Row, write: Write, tmp_path: Path, ending: str
) -> None:
    data = write(row, bad, "[1]", '{"messages": [], "messages": []}')
    quarantine, clean = tmp_path / f"bad.jsonl{ending}", tmp_path / f"good.jsonl{ending}"
    report = run(data, quarantine=quarantine, clean=clean)
    unpack: Callable[[bytes], bytes] = gzip.decompress if ending else bytes
    assert unpack(clean.read_bytes()) == (json.dumps(row) + "\n").encode()
    put_aside = [json.loads(line) for line in unpack(quarantine.read_bytes()).splitlines()]
    assert [(line["line"], line.get("text")) for line in put_aside] == [
        (2, None),
        (3, "[1]"),
        (4, '{"messages": [], "messages": []}'),
    ]
    assert put_aside[0]["messages"] == bad["messages"] and len(put_aside[0]["problems"]) == 3
    assert "the 3 bad rows are in" in shown(report) and "the 1 good rows are in" in shown(report)
    again = run(quarantine)
    assert (again.rows, again.bad_rows, again.bad_calls) == (3, 3, 1)
    assert run(clean).exit_code == 0


def test_duplicates_are_found_across_files_whatever_their_ids(row: Row, write: Write, tmp_path: Path) -> None:
    write({"id": "a", **row}, name="data/a.jsonl")
    write({**dict(reversed(row.items())), "id": "b"}, name="data/b.jsonl")
    report = run(tmp_path / "data")
    assert report.by_kind == {"duplicate_row": 1}
    assert f"line 1 of {tmp_path / 'data' / 'a.jsonl'}" in report.problems[0].problem.message
    other = copy.deepcopy(row)
    other["tools"][0]["function"]["description"] = "Another tool."
    assert run(write(row, other)).exit_code == 0


def test_rows_longer_than_the_limit_are_reported_not_cut(row: Row, bad: Row, write: Write) -> None:
    data = write(row, row | {"messages": row["messages"][:2]}, bad)
    report = run(data, measure=lambda conversation: 10 * len(conversation.messages), max_tokens=30)
    assert report.by_kind["too_long"] == 1 and report.tokens == {"total": 20, "max": 20}
    assert (
        "40 tokens"
        in next(finding for finding in report.problems if finding.problem.kind == "too_long").problem.message
    )


def test_a_row_that_the_template_cannot_render_is_a_bad_row(row: Row, write: Write) -> None:
    def measure(conversation: Conversation) -> int:
        raise TemplateError("roles must alternate")

    assert run(write(row), measure=measure).by_kind == {"template": 1}


def test_a_limit_without_a_model_is_refused(row: Row, write: Write) -> None:
    with pytest.raises(ConfigError, match="--model"):
        run(write(row), max_tokens=100)


def test_one_contract_serves_rows_without_tools_and_others_are_counted(
    row: Row, tool: Row, write: Write, tmp_path: Path
) -> None:
    contract = tmp_path / "tools.json"
    Toolset.from_openai([tool]).save(contract)
    bare = {"messages": row["messages"][:2]}
    report = run(write(bare, row), tools=str(contract))
    assert (report.bad_rows, report.toolsets, report.other_contract) == (0, 1, 0)
    tool["function"]["name"] = "get_tides"
    report = run(write(bare, row | {"tools": [tool]}), tools=str(contract))
    assert (report.by_kind, report.toolsets, report.other_contract) == ({"unknown_tool": 1}, 2, 1)
    assert "other tools than the contract" in shown(report)


def test_a_broken_file_leaves_no_quarantine(row: Row, bad: Row, write: Write, tmp_path: Path) -> None:
    data = write(*[row, bad] * 300, name="rows.jsonl.gz")
    data.write_bytes(data.read_bytes()[:-20])
    with pytest.raises(DataError, match="broken gzip"):
        run(data, quarantine=tmp_path / "bad.jsonl")
    assert list(tmp_path.iterdir()) == [data]


def test_an_interrupt_leaves_no_half_file(row: Row, write: Write, tmp_path: Path) -> None:
    def measure(conversation: Conversation) -> int:
        raise KeyboardInterrupt

    data = write(row)
    with pytest.raises(KeyboardInterrupt):
        run(data, measure=measure, quarantine=tmp_path / "bad.jsonl", clean=tmp_path / "good.jsonl")
    assert list(tmp_path.iterdir()) == [data]


def test_the_data_is_never_overwritten(row: Row, write: Write) -> None:
    data = write(row)
    with pytest.raises(DataError, match="is the data that is read"):
        run(data, clean=data)
    assert [line.data for line in read_rows(data)] == [row]
