"""Files become streams of rows; a bad line is a row with problems, a bad file an error that says what to do."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calltune.data import Conversation, lines, read_rows
from calltune.data.read import Row
from calltune.errors import DataError

Write = Callable[..., Path]
TALK = {"messages": [{"role": "user", "content": "Hi ☕"}, {"role": "assistant", "content": "Hello"}]}


def rows_of(source: Path | str) -> list[Row]:
    return list(read_rows(source))


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz", "rows.txt", "gzip_without_its_ending.jsonl"])
def test_lines_are_read_plain_and_gzipped(write: Write, row: dict[str, Any], name: str) -> None:
    path = write(row, TALK, name=name)
    if "without" in name:
        path.write_bytes(gzip.compress(path.read_bytes()))
    first, second = rows_of(path)
    assert (first.line, first.source, first.data, first.problems) == (1, str(path), row, ())
    assert second.conversation is not None and second.conversation.messages[0]["content"] == "Hi ☕"
    assert json.loads(second.raw) == TALK


def test_blank_lines_are_counted_and_skipped_and_line_ends_may_be_windows(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    text = json.dumps(TALK).encode()
    path.write_bytes(b"\xef\xbb\xbf" + text + b"\r\n\r\n   \n" + text)
    assert [(row.line, row.problems, row.raw) for row in rows_of(path)] == [(1, (), text), (4, (), text)]


def test_a_bad_line_is_a_row_with_problems(write: Write) -> None:
    path = write(
        TALK, '{"messages": [', "[1, 2]", '{"messages": [], "messages": []}', '{"messages": [], "x": NaN}', "null", TALK
    )
    rows = rows_of(path)
    assert [[problem.kind for problem in row.problems][:1] for row in rows] == [
        [], ["not_json"], ["not_object"], ["duplicate_key"], ["not_finite"], ["not_object"], [],
    ]  # fmt: skip
    assert [row.conversation is None for row in rows] == [False, True, True, True, True, True, False]
    assert [row.line for row in rows] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    "line", [b'{"messages": "\xff"}', b'{"messages": [{"role": "user", "content": "\\ud800"}]}', b"\x00\x00"]
)
def test_bytes_that_are_no_unicode_are_a_problem(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(json.dumps(TALK).encode() + b"\n" + line + b"\n")
    assert [problem.kind for problem in rows_of(path)[1].problems] == ["not_json"]


def test_an_escaped_emoji_is_no_problem(write: Write) -> None:
    path = write(json.dumps({"messages": [{"role": "user", "content": "😀"}]}))
    assert rows_of(path)[0].problems == ()


@pytest.mark.parametrize("depth", [100, 500, 20_000, 200_000])
def test_deep_nesting_is_a_problem_not_a_crash(write: Write, depth: int) -> None:
    deep = "[" * depth + "]" * depth
    path = write('{"messages": ' + deep + "}", '{"messages": [], "tools": ' + deep + "}", TALK)
    *bad, good = rows_of(path)
    assert all(row.problems for row in bad) and not good.problems


def test_a_line_that_is_too_long_is_a_problem_and_the_next_one_is_read(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "MAX_LINE_BYTES", 5000)
    path = write({"messages": "x" * 200_000}, TALK, {"messages": "x" * 4970})
    long, good, last = rows_of(path)
    assert [problem.kind for problem in long.problems] == ["too_large"] and long.cut and len(long.raw) == 1000
    assert (good.line, good.problems, good.data) == (2, (), TALK)
    assert last.line == 3 and last.data is not None


@pytest.mark.parametrize("name", ["rows.json", "rows.jsonl", "rows.json.gz"])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_json_array_is_read_element_by_element(
    write: Write, row: dict[str, Any], name: str, indent: int | None
) -> None:
    many = [row, TALK] * 40
    path = write(json.dumps(many, indent=indent, ensure_ascii=False), name=name)
    rows = rows_of(path)
    assert [line.data for line in rows] == many
    assert [line.line for line in rows] == list(range(1, 81))


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 64])
def test_the_array_does_not_depend_on_where_the_chunks_end(
    write: Write, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(lines, "CHUNK", chunk)
    path = write(' [ 12 , 345,\n"é☕", {"a": [1, 2]}, null] ', name="rows.json")
    assert [line.raw.decode() for line in lines.read_lines([path])] == ["12", "345", '"é☕"', '{"a": [1, 2]}', "null"]


@pytest.mark.parametrize("text", ['[{"a": 1}, {"a": ', '[{"a": 1}', '[{"a": 1}, nonsense]', "["])
def test_a_broken_array_says_how_far_it_was_read(write: Write, text: str) -> None:
    with pytest.raises(DataError, match="JSON array"):
        rows_of(write(text, name="rows.json"))


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf", b"[]"])
def test_an_empty_file_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(content)
    with pytest.raises(DataError, match="empty"):
        rows_of(path)


def test_a_pretty_printed_object_is_told_from_lines(write: Write) -> None:
    with pytest.raises(DataError, match="several lines"):
        rows_of(write(json.dumps(TALK, indent=2), name="rows.json"))


@pytest.mark.parametrize("start", list(lines.NOT_TEXT))
def test_other_formats_are_named(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(start + b"\0" * 100)
    with pytest.raises(DataError, match="not JSON lines"):
        rows_of(path)


@pytest.mark.parametrize("cut", [-1, -4, -9, 60])
def test_a_broken_gzip_says_how_many_rows_could_be_read(write: Write, cut: int) -> None:
    path = write(*({**TALK, "id": str(number)} for number in range(500)), name="rows.jsonl.gz")
    path.write_bytes(path.read_bytes()[:cut])
    seen = []
    with pytest.raises(DataError, match=r"broken gzip file") as error:
        for row in read_rows(path):
            seen.append(row.line)
    assert seen == list(range(1, len(seen) + 1)) and f"{len(seen)} rows could be read" in str(error.value)
    assert len(seen) == 500 if cut < 0 else len(seen) < 500


def test_gzip_members_and_padding_are_read_and_a_wrong_checksum_is_not_silent(write: Write) -> None:
    path = write(TALK, name="rows.jsonl.gz")
    one = path.read_bytes()
    path.write_bytes(one + one + b"\0" * 1000 + one + b"\0")
    assert len(rows_of(path)) == 3
    path.write_bytes(one[:-8] + b"\1\2\3\4" + one[-4:])
    with pytest.raises(DataError, match="broken gzip"):
        rows_of(path)
    path.write_bytes(one + b"junk")
    with pytest.raises(DataError, match="broken gzip"):
        rows_of(path)


def test_a_folder_is_read_in_order_of_names(write: Write, tmp_path: Path, row: dict[str, Any]) -> None:
    write(TALK, TALK, name="data/b.jsonl")
    write(row, name="data/a.jsonl.gz")
    write("{}", name="data/settings.json")
    write("{}", name="data/.hidden.jsonl")
    assert [(Path(line.source).name, line.line) for line in rows_of(tmp_path / "data")] == [
        ("a.jsonl.gz", 1), ("b.jsonl", 1), ("b.jsonl", 2),
    ]  # fmt: skip


def test_a_folder_without_rows_says_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(DataError, match=r"notes\.txt"):
        rows_of(tmp_path)


def test_a_missing_file_proposes_near_names(write: Write, tmp_path: Path) -> None:
    write(TALK, name="train.jsonl.gz")
    with pytest.raises(DataError, match=r"Did you mean .*train\.jsonl\.gz"):
        rows_of(tmp_path / "train.jsonl")
    with pytest.raises(DataError, match=r"Data files in .*train\.jsonl\.gz"):
        rows_of(tmp_path / "zzz")
    with pytest.raises(DataError, match="there is no folder"):
        rows_of(tmp_path / "nowhere" / "rows.jsonl")


def test_a_file_that_may_not_be_read_is_an_error(tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(TALK)

    def refuse(*_: Any, **__: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DataError, match="Permission denied"):
        rows_of(path)


def test_reading_is_lazy(write: Write) -> None:
    path = write(*[TALK] * 2000, '{"broken')
    assert len(list(itertools.islice(read_rows(path), 10))) == 10


def test_progress_ends_at_all_of_the_bytes(write: Write, tmp_path: Path) -> None:
    write(*[TALK] * 400, name="data/a.jsonl.gz")
    write(*[TALK] * 400, name="data/b.jsonl")
    shares: list[float] = []
    list(read_rows(tmp_path / "data", on_progress=shares.append))
    assert shares == sorted(shares) and shares[-1] == 1.0 and len(shares) > 3


def test_conversations_are_read_one_by_one_and_the_first_bad_line_is_named(write: Write, row: dict[str, Any]) -> None:
    assert [conversation.id for conversation in Conversation.read(write({"id": "a", **row}, {"id": 7, **TALK}))] == [
        "a",
        "7",
    ]
    with pytest.raises(DataError, match=r"line 2 is not a conversation"):
        list(Conversation.read(write(TALK, {"text": "x"})))


def test_rows_of_a_pretty_printed_array_are_one_line_each(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_text(json.dumps([TALK, TALK], indent=2).replace("\n", "\r\n"), encoding="utf-8")
    for row in rows_of(path):
        assert row.problems == () and json.loads(row.raw) == TALK
        assert b"\n" not in row.raw and b"\r" not in row.raw, "split and check write it as a line"


def test_text_after_an_array_is_not_dropped_in_silence(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_text(json.dumps([TALK]) + "\n" + json.dumps([TALK]) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="more text after the end"):
        rows_of(path)
    path.write_text(json.dumps([TALK]) + " " * 200_000 + "x", encoding="utf-8")
    with pytest.raises(DataError, match="more text after the end"):
        rows_of(path)
    path.write_text(json.dumps([TALK]) + "\n" * 200_000, encoding="utf-8")
    assert len(rows_of(path)) == 1


def test_bytes_of_an_array_that_are_not_utf_8_are_a_problem_of_their_row(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_bytes(json.dumps([TALK, TALK, TALK]).encode().replace(b"Hello", b"H\xffllo", 1))
    assert [[problem.kind for problem in row.problems] for row in rows_of(path)] == [["not_json"], [], []]


def test_small_rows_after_a_large_one_cost_linear_time(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_text(json.dumps([{"x": "a" * 9_000_000}, *[TALK] * 10_000]), encoding="utf-8")
    began = time.monotonic()
    assert sum(1 for _ in lines.read_lines([path])) == 10_001
    assert time.monotonic() - began < 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_refused_before_it_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="pipe"):
        rows_of(tmp_path / "pipe")


def test_a_number_beyond_all_numbers_is_a_problem_as_infinity_is(write: Write) -> None:
    path = write(json.dumps({**TALK, "x": 1}).replace(": 1}", ": 1e400}"), TALK)
    first, second = rows_of(path)
    assert [problem.kind for problem in first.problems] == ["not_finite"] and first.data is None
    assert second.problems == ()
