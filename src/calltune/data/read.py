"""Rows from files. In: a JSONL file (plain or gzip), a JSON array, a folder of them, or the name of a Hugging Face
dataset. Out: a stream of `Row`s, one at a time, never the whole file; a line that is no row is a `Row` with
problems, a file that cannot be read, or is of a format that `calltune import` reads, is a DataError. It checks the
shape of a row, not its calls: `check_row` does that."""

from __future__ import annotations

import json
import math
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from calltune.contract import Problem, Toolset, parse_json
from calltune.data.conversation import Conversation, not_an_object, read_conversation
from calltune.data.formats import FORMATS, foreign_format
from calltune.data.lines import MAX_LINE_BYTES, Line, read_lines
from calltune.data.source import find_source
from calltune.data.tools import Offer, offer_of
from calltune.errors import DataError

MAX_ROW_DEPTH = 128
"""Levels of nesting in a row; arguments of 64 levels sit a few levels down in it."""

SAMPLE = 5
"""Rows at the beginning of the data that tell whether all of it is of another format."""
OTHER_FORMAT = "other_format"

_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the data. A bad row is a value too."""

    line: int
    """1-based line in its file; in a JSON array and a Hugging Face dataset, the number of the row."""
    source: str
    """The file or the dataset."""
    data: dict[str, Any] | None
    """The row as it was read, with every column; None if the line is not a JSON object, or says more than one
    (duplicate keys, NaN)."""
    conversation: Conversation | None
    """The row in canonical shape; None if it has problems."""
    problems: tuple[Problem, ...] = ()
    """Why it is not a conversation. () does not mean that its calls are right: see `check_row`."""
    draft: Conversation | None = field(default=None, repr=False)
    """What could be read of a row with problems, so that a check reports the rest as well. Not to be learned from."""
    raw: bytes = field(default=b"", repr=False)
    """The JSON text of the row as it stands in the file, without the end of the line."""
    cut: bool = False
    """The line was longer than MAX_LINE_BYTES; `raw` is its beginning."""


def read_rows(
    source: str | Path, *, tools: Toolset | None = None, on_progress: Callable[[float], None] | None = None
) -> Iterator[Row]:
    """Every row of `source`, in order; `tools` are offered by the rows that have none of their own.

    `on_progress` is told now and then which share of the bytes has been read. Raises DataError for a missing, empty or
    broken file, after the rows that could be read."""
    found = find_source(source)
    offer = offer_of(tools)
    if found.dataset is not None:
        from calltune.data.hub import read_dataset

        yield from (
            row_of(data, number, found.name, offer) for number, data in enumerate(read_dataset(found, offer), start=1)
        )
        return
    rows = (row_of_line(line, offer) for line in read_lines(found.files, on_progress))
    head = list(islice(rows, SAMPLE))
    yield from chain(_of_ours(head), rows)
    if not head:
        what = "has no rows" if len(found.files) == 1 else f"has no rows in its {len(found.files)} files"
        raise DataError(
            f"{source} {what}: it is empty.", hint="Expected one JSON object a line with 'messages' and 'tools'."
        )


def _of_ours(head: list[Row]) -> list[Row]:
    """The first rows. Raises DataError if all of them are of one other format: nothing in such a file is a row."""
    found = {row.problems[0].message if row.problems else "" for row in head if row.source == head[0].source}
    if head and len(found) == 1 and head[0].problems and head[0].problems[0].kind == OTHER_FORMAT:
        message, _, command = head[0].problems[0].message.rpartition("; type: ")
        raise DataError(f"{head[0].source}: {message}.", hint=f"Type: {command}")
    return head


def row_of_line(line: Line, offer: Offer) -> Row:
    """What one line says; `offer` are the tools of a row that brings none."""
    if line.cut:
        text = f"the line is longer than {MAX_LINE_BYTES >> 20} MiB, which is no conversation"
        problem = Problem(kind="too_large", pointer="", message=f"{text}.", expected=MAX_LINE_BYTES)
        return Row(
            line=line.number,
            source=line.source,
            data=None,
            conversation=None,
            problems=(problem,),
            raw=line.raw,
            cut=True,
        )
    value, faults = parse_line(line.raw)
    if not isinstance(value, dict):
        return Row(
            line=line.number,
            source=line.source,
            data=None,
            conversation=None,
            problems=faults or (not_an_object(value),),
            raw=line.raw,
        )
    row = row_of(value, line.number, line.source, offer, line.raw)
    if not faults:
        return row
    return replace(row, problems=faults + row.problems, conversation=None, data=None)


def row_of(data: dict[str, Any], number: int, source: str, offer: Offer, raw: bytes | None = None) -> Row:
    """A row from plain data, as if it had been read at that line."""
    draft, problems = read_conversation(data, offer)
    if problems:
        problems = _with_format(data, source, problems)
    return Row(
        line=number,
        source=source,
        data=data,
        conversation=None if problems else draft,
        problems=problems,
        draft=draft,
        raw=json.dumps(data, ensure_ascii=False, default=str).encode("utf-8", "backslashreplace")
        if raw is None
        else raw,
    )


def _with_format(data: dict[str, Any], source: str, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """The problems, before them which known format the row is of, where it is one that `calltune import` reads."""
    found = foreign_format(data)
    if found is None:
        return problems
    title, command = FORMATS[found.name].title, f"calltune import {shlex.quote(source)} --out rows.jsonl"
    message = f"this looks like {title} ({found.evidence.why}); type: {command}"
    looks = Problem(kind=OTHER_FORMAT, pointer="", message=message, expected="messages", got=found.name)
    return (looks, *(problem for problem in problems if problem.kind != "wrong_columns"))


def parse_line(raw: bytes) -> tuple[Any, tuple[Problem, ...]]:
    """The line as JSON. A line that is fine takes the fast way; anything odd is read again by the strict parser, for
    its report."""
    try:
        text = raw.decode("utf-8")
        value = _fast.decode(text)
    except (ValueError, RecursionError):
        return parse_json(raw, max_depth=MAX_ROW_DEPTH, max_bytes=MAX_LINE_BYTES)
    if _ESCAPED_SURROGATE.search(text) and not _is_unicode(value):
        message = "the row holds half of a surrogate pair (\\ud800 to \\udfff), which is not Unicode text."
        return value, (Problem(kind="not_json", pointer="", message=message, expected="Unicode"),)
    return value, ()


def _is_unicode(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("duplicate key")
    return value


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _finite(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError(digits)
    return value


_fast = json.JSONDecoder(object_pairs_hook=_no_duplicates, parse_constant=_no_constant, parse_float=_finite)
