"""`calltune import`: rows from the formats people have. In: an `ImportConfig`. Out: an `ImportReport`, and a file of
calltune rows. Streams. Every row that is written reads back as a conversation; what cannot be carried over is counted
by kind and listed with its line. Calls are not judged here beyond a count: `calltune check` does that."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Annotated, Any

import tyro
from rich.console import Console
from tyro.conf import Positional

from calltune.contract import Toolset
from calltune.data.command import progress_bar
from calltune.data.formats import ALIASES, FORMATS, Format, candidates, is_unsure
from calltune.data.formats.axolotl import with_fields
from calltune.data.formats.reading import MARK, Notes, Refused, note
from calltune.data.import_report import FileFormat, ImportReport, Tally
from calltune.data.read import row_of
from calltune.data.records import Record, find_files, read_records
from calltune.data.rules import check_row
from calltune.data.tools import Offer, offer_of
from calltune.data.write import LineWriter, refuse_outputs_over_inputs
from calltune.errors import ConfigError, DataError

SAMPLE = 50
"""Records from the beginning of a file that are looked at to tell its format."""
MEDIA = {"images": "<image>", "image": "<image>", "videos": "<video>", "audios": "<audio>"}
"""Columns that hold what is no text, and the mark in the text that stands for it."""
ACCEPTED = ("missing_tools",)
"""Problems with which a row is written all the same: the tools may come with --tools, at any later command."""


@dataclass(frozen=True, kw_only=True)
class ImportConfig:
    """Read rows of another format and write them as calltune rows: messages, tools, arguments as objects."""

    source: Positional[str]
    """A file (.jsonl, .json, .csv, .tsv, .parquet, plain or .gz), a folder of them, or a Hugging Face dataset
    (owner/name:split)."""
    out: Path | None = None
    """The file to write, such as rows.jsonl; without it nothing is written, only counted. Gzip if the name ends in
    .gz."""
    from_: Annotated[str | None, tyro.conf.arg(name="from")] = None
    """The format, where it is not to be found out: calltune, openai, responses, sharegpt (or hermes), llamafactory (or
    alpaca), axolotl, xlam (or apigen), glaive, toolace, toolbench, anthropic, langsmith, langfuse, bfcl, when2call,
    csv."""
    tools: str | None = None
    """Tools for rows that bring none: a file, or a Python module (module:name). They are written into those rows."""
    rejected: Path | None = None
    """Write the records that cannot be carried over to this file, each with its line and the reason."""
    fields: tuple[str, ...] = ()
    """Columns under other names, as NAME=COLUMN: messages=dialogue role=speaker content=utterance tools=apis."""
    show: int = 10
    """How many kinds of losses to print."""
    max_listed: int = 1000
    """How many records with losses to list with --json; all of them are counted."""


def import_rows(config: ImportConfig, *, console: Console) -> ImportReport:
    """Read, convert, verify and write. Raises DataError where the source cannot be read, ConfigError where its format
    is not known."""
    began = time.monotonic()
    source = find_files(config.source)
    fields = _fields(config.fields)
    contract = None if config.tools is None else Toolset.load(config.tools)
    outputs = [path for path in (config.out, config.rejected) if path is not None]
    refuse_outputs_over_inputs(source, outputs, config.tools)
    if config.from_ is not None:
        _format_named(config.from_)
    tally = Tally(max_listed=config.max_listed)
    with ExitStack() as stack:
        writers = {path: stack.enter_context(LineWriter(path)) for path in outputs}
        bar = stack.enter_context(progress_bar(console))
        task = bar.add_task("importing", total=float(max(1, len(source.files))))
        carrier = _Carrier(tally, contract, writers.get(config.out), writers.get(config.rejected))  # type: ignore[arg-type]
        for number, (file, records) in enumerate(
            _sources(source, lambda n, share: bar.update(task, completed=n + share))
        ):
            _import(file, records, fields, config.from_, carrier)
            bar.update(task, completed=number + 1)
        if not tally.records:
            raise DataError(f"{config.source} has no records: it is empty.")
        for path, writer in writers.items():
            if writer.lines or path != config.out:
                writer.publish()
    return ImportReport(
        source=config.source, out=config.out if tally.rows else None, rejected=config.rejected, tools=config.tools,
        show_most=config.show, tally=tally, seconds=time.monotonic() - began,
    )  # fmt: skip


def _sources(source: Any, progress: Callable[[int, float], None]) -> Iterator[tuple[Path, Iterator[Record]]]:
    if source.dataset is not None:
        from calltune.data.hub import read_dataset

        rows = enumerate(read_dataset(source, offer_of(None)), start=1)
        yield Path(source.name), (Record(line=number, source=source.name, data=data) for number, data in rows)
        return
    for number, file in enumerate(source.files):
        yield file, read_records(file, lambda share, number=number: progress(number, share))  # type: ignore[misc]


def _import(
    file: Path, records: Iterator[Record], fields: dict[str, str], named: str | None, carrier: _Carrier
) -> None:
    """One file: its format first, from its first records, then all of them."""

    def renamed(record: Record) -> Record:
        return replace(record, data=with_fields(record.data, fields)) if fields and record.data is not None else record

    stream = map(renamed, records)
    head = list(islice(stream, SAMPLE))
    if not head:
        return
    if named is not None:
        form = _format_named(named)
        carrier.tally.files.append(FileFormat(str(file), form.title, "as --from says"))
    else:
        form, why = _detected(file, head)
        carrier.tally.files.append(FileFormat(str(file), form.title, why))
    join = form.join(file) if form.join is not None else None
    for record in chain(head, stream):
        own = form if named is not None or record.data is None else _own_format(record.data, form)
        joined = join is not None and own is form and record.data is not None
        carrier.carry(replace(record, data=join(record.data)) if joined else record, own, form)  # type: ignore[arg-type, misc]


class _Carrier:
    """Takes records of a known format to the files, and counts."""

    def __init__(
        self, tally: Tally, contract: Toolset | None, out: LineWriter | None, rejected: LineWriter | None
    ) -> None:
        self.tally = tally
        self._offer: Offer = offer_of(contract)
        self._listed = None if contract is None else contract.to_openai()
        self._out = out
        self._rejected = rejected

    def carry(self, record: Record, form: Format, expected: Format) -> None:
        """One record: its rows written, or the reason listed."""
        self.tally.records += 1
        notes: Notes = []
        if form is not expected:
            note(notes, "another format", f"it is read as {form.title}: it does not look like {expected.title}.")
        try:
            if record.data is None:
                raise Refused("not JSON", record.fault)
            _refuse_media(record.data)
            lines = [self._verified(row, record) for row in form.read(record.data, notes)]
        except Refused as refused:
            self.tally.refuse(record.source, record.line, refused)
            if self._rejected is not None:
                self._rejected.write(_with_reason(record, refused))
            return
        except RecursionError:
            self.tally.refuse(record.source, record.line, Refused("too deep", "it is nested too deep to be read."))
            return
        self.tally.part(record.source, record.line, notes)
        for line in lines:
            self.tally.rows += 1
            if self._out is not None:
                self._out.write(line)

    def _verified(self, data: dict[str, Any], record: Record) -> bytes:
        """The row as a line; Refused where it would not read back as a conversation."""
        if self._listed is not None and not data.get("tools"):
            data = {**data, "tools": self._listed}
        try:
            line = json.dumps(data, ensure_ascii=False, allow_nan=False, default=str).encode()
        except ValueError as error:
            raise Refused("not JSON data", f"the row holds what JSON cannot hold: {error}.") from None
        row = row_of(data, record.line, record.source, self._offer, line)
        fatal = [problem for problem in row.problems if problem.kind not in ACCEPTED]
        if fatal:
            where = f" ({fatal[0].pointer})" if fatal[0].pointer else ""
            raise Refused(fatal[0].kind, f"{fatal[0].message.rstrip('.')}{where}.")
        self.tally.judge(row, check_row(row))
        return line


def _detected(file: Path, head: list[Record]) -> tuple[Format, str]:
    """The format of a file. Raises ConfigError where none is known or two are as good."""
    records = [record.data for record in head if record.data is not None]
    found = candidates(records)
    if is_unsure(found):
        faults = [f"{one.name}: {FORMATS[one.name].title}; {one.evidence.why}" for one in found]
        raise ConfigError(
            f"{file}: the format is not sure.", faults=faults, hint=f"Say which it is: --from {found[0].name}"
        )
    if found:
        return FORMATS[found[0].name], found[0].evidence.why
    if not records:
        raise DataError(f"{file} holds no JSON objects: {head[0].fault}", hint=_known())
    columns = ", ".join(list(dict.fromkeys(str(key) for record in records for key in record))[:20])
    raise ConfigError(
        f"{file}: no known format has these columns: {columns or 'none'}.",
        hint=f"{_known()} Columns under other names: --fields messages=COLUMN role=NAME content=NAME",
    )


def _refuse_media(record: dict[str, Any]) -> None:
    """Pictures and sound in a column, with marks for them in the text: the text alone says something else."""
    for column, mark in MEDIA.items():
        if record.get(column) and mark in json.dumps(record, default=str):
            raise Refused("unsupported content", f"only text can be learned from, and {mark} stands for more.")


def _own_format(record: dict[str, Any], expected: Format) -> Format:
    """The format of one record of a file: the file's, unless the record bears the mark of another."""
    seen = expected.detect(record)
    if seen is not None and seen.level == MARK:
        return expected
    found = candidates([record])
    if not found or found[0].evidence.level < MARK or is_unsure(found) or FORMATS[found[0].name] is expected:
        return expected
    other = FORMATS[found[0].name]
    return expected if other.read is expected.read else other


def _format_named(name: str) -> Format:
    form = FORMATS.get(ALIASES.get(name, name))
    if form is None:
        raise ConfigError(f"there is no format {name!r}.", hint=_known())
    return form


def _known() -> str:
    return f"Known formats (--from): {', '.join((*FORMATS, *ALIASES))}."


def _fields(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [item.partition("=") for item in given]
    wrong = [item for item, (name, _, column) in zip(given, pairs, strict=True) if not name or not column]
    if wrong:
        hint = "For example: --fields messages=dialogue role=speaker content=utterance"
        raise ConfigError(f"--fields takes NAME=COLUMN, got {', '.join(map(repr, wrong))}.", hint=hint)
    return {name: column for name, _, column in pairs}


def _with_reason(record: Record, refused: Refused) -> bytes:
    found = {"line": record.line, "source": record.source, "kind": refused.kind, "reason": refused.why}
    data = {"text": record.raw.decode("utf-8", "backslashreplace")} if record.data is None else record.data
    return json.dumps({**data, **found}, ensure_ascii=False, default=str).encode("utf-8", "backslashreplace")
