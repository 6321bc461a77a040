"""Files that appear whole or not at all. In: a path and lines of JSON. Out: the file, gzip where its name ends in
`.gz`, renamed into place when everything is written. A full disk is a DataError; it, Ctrl-C and any other exception
leave the old file, if there was one, and no half file."""

from __future__ import annotations

import gzip
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO

from calltune.data.source import Source
from calltune.errors import DataError

FAST_GZIP = 5
"""Compression level: 9 takes three times as long for 3 % less."""


class LineWriter:
    """Writes lines to a temporary file beside `path`. Inside a `with`; `publish()` puts it in place, leaving without it
    drops it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = 0
        with _explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            number, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        self._part = Path(name)
        self._file = os.fdopen(number, "wb")
        self._out: IO[bytes] = self._file
        if path.name.lower().endswith(".gz"):  # no name and no time in the header: the same rows give the same bytes
            self._out = gzip.GzipFile(filename="", fileobj=self._file, mode="wb", compresslevel=FAST_GZIP, mtime=0)  # type: ignore[assignment]

    def write(self, line: bytes) -> None:
        """One line, without its end."""
        with _explained(self.path):
            self._out.write(line + b"\n")
        self.lines += 1

    def publish(self) -> None:
        """Everything to the disk, then into place."""
        with _explained(self.path):
            if self._out is not self._file:
                self._out.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._part.chmod(0o666 & ~_umask())
            self._part.replace(self.path)

    def __enter__(self) -> LineWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # closing writes what is buffered, which fails again on a full disk
            if self._out is not self._file:
                self._out.close()
        with suppress(OSError):
            self._file.close()
        self._part.unlink(missing_ok=True)


def refuse_outputs_over_inputs(source: Source, outputs: Sequence[Path], tools: str | None = None) -> None:
    """Raises DataError if an output would replace or join the data that is read, or replace the file that `tools` come
    from, or another output."""
    inputs = {file.resolve() for file in source.files}
    folders = {file.parent for file in inputs} if Path(source.name).is_dir() else set()
    for number, output in enumerate(outputs):
        if output.is_dir():
            raise DataError(f"{output} is a folder; name a file, such as {output / 'rows.jsonl'}.")
        if output.resolve() in inputs:
            raise DataError(f"{output} is the data that is read; write to another file.")
        if tools is not None and output.exists() and output.resolve() == Path(tools).resolve():
            raise DataError(f"{output} is the file that the tools are read from; write to another file.")
        if output.resolve().parent in folders:
            raise DataError(
                f"{output} lies in the folder that is read, so the next run would read it as data.",
                hint="Write to another folder.",
            )
        if output.resolve() in {other.resolve() for other in outputs[:number]}:
            raise DataError(f"two outputs have the same name, {output}.")


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = " (the disk is full)" if error.errno == 28 else ""
        raise DataError(
            f"{path} cannot be written: {error.strerror or error}{full}. Nothing was changed.",
            hint=f"{'Free some space, or name' if full else 'Name'} a file in another folder.",
        ) from error


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
