"""Lines of files. In: paths of JSONL or JSON-array files, gzip or plain (told by their first bytes, not by their
name). Out: `Line`s, one at a time with bounded memory. Blank lines are counted, not returned; what is no text of
rows at all (Parquet, a broken gzip, a pretty- printed object) is a DataError that says how far it was read."""

from __future__ import annotations

import codecs
import io
import json
import re
import shlex
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calltune.errors import DataError

MAX_LINE_BYTES = 16 << 20
"""No conversation is longer; without a limit, one missing newline reads the whole file into memory."""

KEPT_OF_A_CUT_LINE = 1000
"""Bytes of a line that is too long, so that it can be recognised."""

CHUNK = 1 << 16
PROGRESS_EVERY = 128
_GZIP = 31
"""zlib's number for "gzip header and checksum"."""
_SEPARATOR = (re.compile(r"\s*\[?\s*"), re.compile(r"\s*,?\s*"))
_NEWLINE = re.compile(r"\s*[\r\n]\s*")

NOT_TEXT = {
    b"PAR1": "a Parquet file",
    b"ARROW1": "an Arrow file",
    b"PK\x03\x04": "a zip archive",
    b"\x28\xb5\x2f\xfd": "zstd-compressed",
    b"BZh": "bzip2-compressed",
    b"\xfd7zXZ": "xz-compressed",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}
"""First bytes of files that people give us instead of JSONL."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line with something on it, or one element of a JSON array."""

    number: int
    source: str
    raw: bytes
    cut: bool = False


def read_lines(files: Sequence[Path], on_progress: Callable[[float], None] | None = None) -> Iterator[Line]:
    """The lines of all files in order. Raises DataError where a file cannot be read further."""
    sizes = [file.stat().st_size for file in files]
    total, before, lines = max(1, sum(sizes)), 0, 0
    for file, size in zip(files, sizes, strict=True):
        rows = 0
        try:
            with file.open("rb") as handle:
                for line in _lines(handle, str(file)):
                    yield line
                    rows += 1
                    lines += 1
                    if on_progress is not None and lines % PROGRESS_EVERY == 0:
                        on_progress(min(1.0, (before + handle.tell()) / total))
        except (EOFError, zlib.error) as error:
            hint = "Copy or download the file again; the rows before the break are intact."
            raise DataError(
                f"{file} is a broken gzip file: {error}; {rows:,} rows could be read.", hint=hint
            ) from error
        except OSError as error:
            raise DataError(
                f"{file} cannot be read: {error.strerror or error}; {rows:,} rows could be read."
            ) from error
        before += size
    if on_progress is not None:
        on_progress(1.0)


def _lines(handle: io.BufferedReader, source: str) -> Iterator[Line]:
    stream = handle
    if handle.peek(2)[:2] == b"\x1f\x8b":
        stream = io.BufferedReader(_Gunzip(handle), CHUNK)
    start = stream.peek(8)
    for magic, what in NOT_TEXT.items():
        if start.startswith(magic):
            hint = "Expected UTF-8 text with one JSON object a line, plain or gzip."
            if magic == b"PAR1":
                hint = f"Type: calltune import {shlex.quote(source)} --out rows.jsonl"
            raise DataError(f"{source} is {what}, not JSON lines.", hint=hint)
    if Path(source).name.lower().removesuffix(".gz").endswith((".csv", ".tsv")):
        hint = f"Type: calltune import {shlex.quote(source)} --out rows.jsonl"
        raise DataError(f"{source} is a table, not JSON lines.", hint=hint)
    if start.startswith(b"\xef\xbb\xbf"):
        stream.read(3)
    if stream.peek(CHUNK).lstrip().startswith(b"["):
        yield from _array(stream, source)
        return
    number = rows = 0
    while raw := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        cut = len(raw) > MAX_LINE_BYTES and not raw.endswith(b"\n")
        if cut:
            raw = raw[:KEPT_OF_A_CUT_LINE]
            while (rest := stream.readline(CHUNK)) and not rest.endswith(b"\n"):
                pass
        raw = raw.strip()
        if not raw:
            continue
        if raw == b"{" and not rows:
            command = f"calltune import {shlex.quote(source)} --out rows.jsonl"
            hint = f"Put each row on one line (jq -c . FILE > rows.jsonl). If the rows are a list in it: {command}"
            raise DataError(f"{source}, line {number}: one JSON object spread over several lines.", hint=hint)
        rows += 1
        yield Line(number, source, raw, cut)


class _Gunzip(io.RawIOBase):
    """Like gzip.GzipFile, but everything before a break is returned before the break is raised."""

    def __init__(self, handle: io.BufferedReader) -> None:
        self._handle = handle
        self._rest = b""
        self._inflate = zlib.decompressobj(wbits=_GZIP)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = b""
        while not data:
            if self._inflate.eof:  # another member may follow; zeros are padding
                self._rest = self._inflate.unused_data.lstrip(b"\0") or self._rest
                while not self._rest and (more := self._handle.read(CHUNK)):
                    self._rest = more.lstrip(b"\0")
                if not self._rest:
                    return 0
                self._inflate = zlib.decompressobj(wbits=_GZIP)
            self._rest = self._rest or self._handle.read(CHUNK)
            if not self._rest:
                raise EOFError("it ends in the middle")
            data = self._inflate.decompress(self._rest, len(buffer))
            self._rest = self._inflate.unconsumed_tail
        buffer[: len(data)] = data
        return len(data)


def _array(stream: io.BufferedReader, source: str) -> Iterator[Line]:
    """The elements of a JSON array, with no more than one of them and a chunk in memory. A broken element ends the
    file: there is no next line."""
    scan = json.JSONDecoder().raw_decode
    decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode  # the bytes come out as they went in
    text, at, number, chunk = "", 0, 0, CHUNK
    ended = False
    while True:
        at = _SEPARATOR[number > 0].match(text, at).end()  # type: ignore[union-attr]  # it matches nothing, too
        if text[at : at + 1] == "]" or (ended and at == len(text)):
            break
        try:
            _, end = scan(text, at)
            if end == len(text) and not ended:
                raise ValueError("a number may go on in the next chunk")
        except (ValueError, RecursionError) as error:
            if ended or len(text) - at > MAX_LINE_BYTES:
                raise DataError(f"{source}: element {number + 1} of the JSON array is broken: {error}.") from error
            data = stream.read(chunk)
            text, at, ended = text[at:] + decode(data, not data), 0, not data
            chunk = min(2 * chunk, MAX_LINE_BYTES)
            continue
        number, chunk = number + 1, CHUNK
        # a row is written as one line, and between the parts of a pretty-printed one a space says the same as a newline
        yield Line(number, source, _NEWLINE.sub(" ", text[at:end]).encode("utf-8", "surrogateescape"))
        at = end
    if text[at : at + 1] != "]":
        raise DataError(f"{source}: the JSON array has no end; {number:,} rows could be read.")
    rest = text[at + 1 :].encode("utf-8", "surrogateescape")
    while not rest.strip() and (rest := stream.read(CHUNK)):
        pass
    if rest.strip():
        raise DataError(
            f"{source}: there is more text after the end of the JSON array; {number:,} rows could be read.",
            hint="Put each row on one line, or all of them in one array.",
        )
