"""Records of files of any shape. In: JSON lines, a JSON array, a JSON object with a list in it, CSV, TSV or Parquet,
plain or gzip; a folder of them. Out: one `Record` at a time, with bounded memory. What a record means is the business
of `formats`; a file that cannot be read further is a DataError that says how far it was read."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from calltune.contract import parse_json
from calltune.data.formats import candidates
from calltune.data.lines import MAX_LINE_BYTES, read_lines
from calltune.data.read import parse_line
from calltune.data.source import Source, find_source
from calltune.errors import DataError, MissingExtraError

MAX_OBJECT_BYTES = 64 << 20
"""A JSON object with the rows in it is read whole; a larger one must be lines or an array."""
PARQUET_BATCH = 64
TABLES = {".csv": ",", ".tsv": "\t"}
ENDINGS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet")
CONTAINERS = ("data", "rows", "items", "examples", "records", "runs", "traces", "observations", "conversations")
"""What the list of rows is called in an object that holds several lists."""
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record as the file has it."""

    line: int
    """Line of the file; in an array, an object or Parquet the number of the record."""
    source: str
    data: dict[str, Any] | None
    """None where it is no JSON object."""
    fault: str = ""
    """Why it is none."""
    raw: bytes = b""


def find_files(source: str) -> Source:
    """The files that `source` names, tables included. Raises DataError where there are none."""
    path = Path(source).expanduser()
    if not path.is_dir() or (path / "dataset_info.json").exists() or (path / "dataset_dict.json").exists():
        return find_source(source)
    found = sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
    files = [file for file in found if file.name.lower().removesuffix(".gz").endswith(ENDINGS)]
    if not files:
        raise DataError(f"the folder {source} holds no files of rows.", hint=f"Expected files in {', '.join(ENDINGS)}.")
    return Source(name=source, files=tuple(files))


def read_records(file: Path, on_progress: Progress | None = None) -> Iterator[Record]:
    """The records of one file, in order."""
    name = file.name.lower().removesuffix(".gz")
    ending = next((ending for ending in TABLES if name.endswith(ending)), None)
    if ending is not None:
        return _table(file, TABLES[ending], on_progress)
    if name.endswith(".parquet") or _begins(file, 4) == b"PAR1":
        return _parquet(file, on_progress)
    if _begins(file, 1) == b"{" and (value := _object(file)) is not None:
        return _inside(value, str(file))
    return _json(file, on_progress)


def _json(file: Path, on_progress: Progress | None) -> Iterator[Record]:
    for line in read_lines([file], on_progress):
        if line.cut:
            fault = f"the line is longer than {MAX_LINE_BYTES >> 20} MiB."
            yield Record(line=line.number, source=line.source, data=None, fault=fault, raw=line.raw)
            continue
        value, problems = parse_line(line.raw)
        fault = problems[0].message if problems else "" if isinstance(value, dict) else "it is no JSON object."
        yield Record(line=line.number, source=line.source, data=None if fault else value, fault=fault, raw=line.raw)


def _object(file: Path) -> dict[str, Any] | None:
    """The file as one JSON object; None where it is lines of objects."""
    with _opened(file) as stream:
        first = stream.readline(MAX_OBJECT_BYTES).removeprefix(b"\xef\xbb\xbf")
        more = stream.read(1 << 16)
        lines = [line for line in more.split(b"\n") if line.strip()]
        if lines and (_is_object(first) or _is_object(lines[0])):
            return None
        text = first + more + stream.read(MAX_OBJECT_BYTES - len(first))
    if len(text) >= MAX_OBJECT_BYTES:
        hint = f"Make it one object a line: jq -c '.LIST[]' {file} > rows.jsonl"
        raise DataError(f"{file} is one JSON object of more than {MAX_OBJECT_BYTES >> 20} MiB.", hint=hint)
    value, problems = parse_json(text, max_depth=256, max_bytes=MAX_OBJECT_BYTES)
    if problems and (not lines or any(map(_is_object, lines))):
        return None  # broken lines: reported with their numbers
    if problems:
        raise DataError(f"{file} cannot be read as JSON: {problems[0].message}")
    return value if isinstance(value, dict) else None


def _is_object(line: bytes) -> bool:
    """Whether the line is an object of its own, be it one with a NaN or a key given twice."""
    return isinstance(parse_line(line)[0], dict)


def _inside(value: dict[str, Any], source: str) -> Iterator[Record]:
    """The records in an object: it is one itself, or holds a list of them."""
    lists = {key: item for key, item in value.items() if isinstance(item, list) and item and isinstance(item[0], dict)}
    named = next((name for name in CONTAINERS if name in lists), None)
    key = named or next((name for name, items in lists.items() if candidates(items[:1])), None)
    if key is not None and not candidates([value]):
        for number, item in enumerate(lists[key], start=1):
            is_object = isinstance(item, dict)
            fault = "" if is_object else "it is no JSON object."
            raw = b"" if is_object else json.dumps(item).encode()
            yield Record(line=number, source=source, data=item if is_object else None, fault=fault, raw=raw)
        return
    yield Record(line=1, source=source, data=value)


def _table(file: Path, delimiter: str, on_progress: Progress | None) -> Iterator[Record]:
    csv.field_size_limit(MAX_LINE_BYTES)
    size = max(1, file.stat().st_size)
    rows = 0
    try:
        with file.open("rb") as handle, _plain(handle) as stream:
            text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
            header = text.readline(MAX_LINE_BYTES)
            if delimiter == "," and header.count(";") > header.count(","):
                delimiter = ";"
            ended: list[bool] = []
            reader = csv.DictReader(_bounded(header, text, file, ended), delimiter=delimiter)
            names = list(reader.fieldnames or ())
            if len(set(names)) != len(names):
                raise DataError(f"{file}: two columns have the same name.", hint=f"The columns: {', '.join(names)}.")
            for values in reader:
                rows += 1
                more = values.pop(None, None)  # DictReader puts there what has no column
                fault = "it has more fields than there are columns." if more else ""
                if ended:  # no line ends a record but its own, unless all that follow are inside a quote
                    fault = "a quote in it is never closed: all lines to the end of the file are in it."
                data = {key: value for key, value in values.items() if value is not None}
                raw = json.dumps([*values.values(), *(more or ())], ensure_ascii=False).encode() if fault else b""
                yield Record(line=reader.line_num, source=str(file), data=None if fault else data, fault=fault, raw=raw)
                if on_progress is not None and rows % 128 == 0:
                    on_progress(min(1.0, handle.tell() / size))
    except UnicodeDecodeError as error:
        raise DataError(f"{file} is not UTF-8 text: {error.reason}; {rows:,} rows could be read.") from error
    except (csv.Error, EOFError, zlib.error, OSError) as error:
        raise DataError(f"{file} cannot be read further: {error}; {rows:,} rows could be read.") from error


def _bounded(header: str, text: io.TextIOWrapper, file: Path, ended: list[bool]) -> Iterator[str]:
    """The lines of a table; `ended` says when there are no more. Raises DataError at one that would fill the memory."""
    line = header
    while line:
        if len(line) >= MAX_LINE_BYTES and not line.endswith("\n"):
            raise DataError(f"{file}: a line is longer than {MAX_LINE_BYTES >> 20} MiB, which is no table.")
        yield line
        line = text.readline(MAX_LINE_BYTES)
    ended.append(True)


def _parquet(file: Path, on_progress: Progress | None) -> Iterator[Record]:
    from calltune.data.hub import without_ghosts
    from calltune.data.tools import offer_of

    try:
        import pyarrow  # type: ignore[import-untyped]
        import pyarrow.parquet  # type: ignore[import-untyped]
    except ImportError:
        raise MissingExtraError("pyarrow (for Parquet files)", "train") from None
    number = 0
    try:
        table = pyarrow.parquet.ParquetFile(file)
        total, offer = max(1, table.metadata.num_rows), offer_of(None)
        for batch in table.iter_batches(batch_size=PARQUET_BATCH):
            for data in batch.to_pylist():
                number += 1
                yield Record(line=number, source=str(file), data=without_ghosts(data, offer))
            if on_progress is not None:
                on_progress(number / total)
    except (pyarrow.ArrowException, OSError) as error:
        raise DataError(f"{file} cannot be read further: {error}; {number:,} rows could be read.") from error


def _begins(file: Path, size: int) -> bytes:
    with _opened(file) as stream:
        start = stream.read(64)
    return start.lstrip(b"\xef\xbb\xbf \t\r\n")[:size]


class _opened:
    """The bytes of a file, unpacked where it is gzip; faults become DataErrors."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __enter__(self) -> BinaryIO:
        try:
            self._handle = self._file.open("rb")
        except OSError as error:
            raise DataError(f"{self._file} cannot be read: {error.strerror or error}.") from error
        return _plain(self._handle)

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self._handle.close()
        if isinstance(error, EOFError | zlib.error | OSError):
            raise DataError(f"{self._file} is a broken gzip file: {error}.") from error


def _plain(handle: io.BufferedReader) -> BinaryIO:
    return gzip.GzipFile(fileobj=handle) if handle.peek(2)[:2] == b"\x1f\x8b" else handle  # type: ignore[return-value]
