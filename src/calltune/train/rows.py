"""Conversations -> token rows on disk. In: the data, the contract, a renderer. Out: Arrow files that are mapped, not
held, and the counts of what was kept and what was not. What is not trained on is in quarantine.jsonl with its line, a
JSON Pointer and the reason (see `part`)."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calltune.contract import Tool, Toolset
from calltune.data import read_rows
from calltune.data.source import find_source
from calltune.errors import DataError
from calltune.train.part import Counts, Part, PartOptions, Renders, TokenRow, prepare_part
from calltune.train.part_processes import ROWS_OF_A_PART, WORTH_BYTES, parts_of_files

if TYPE_CHECKING:
    import numpy as np

    from calltune.data import Row
    from calltune.render.renderer import Renderer

    Array = np.ndarray[Any, Any]

ROWS_A_RECORD_BATCH = 256
MOST_TOOLS_IN_A_CONTRACT = 512
"""Rows that bring more tools than this between them have no contract of their own to save."""


@dataclass(frozen=True, kw_only=True)
class RowNumbers:
    """What planning needs of each row. Arrays of shape (rows,), int64."""

    lengths: Array
    """Tokens."""
    groups: Array
    """Key of the prompt prefix: rows with the same tools and system text have the same."""
    prefixes: Array
    """Tokens of that prefix."""
    repeats: Array
    """Tokens that begin as those of the row before do; 0 where that is of another conversation."""
    conversations: Array
    """Number of the conversation it came from."""

    def __len__(self) -> int:
        return len(self.lengths)


@dataclass(frozen=True, kw_only=True)
class RowFile:
    """Rendered rows in one Arrow file."""

    path: Path
    """Arrow stream with the columns input_ids, labels (-100: not learned) and weights."""
    numbers: RowNumbers

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass(frozen=True, kw_only=True)
class PreparedRows:
    """Everything the trainer needs of the data."""

    train: RowFile
    validation: RowFile | None
    counts: Counts
    contract: Toolset | None
    """The contract trained on: the one given, or the union of the rows' own; None where these contradict each other."""
    data_fingerprint: str
    """SHA-256 over the conversations trained on."""
    token_fingerprint: str
    """SHA-256 over the token ids and weights: changes with the data, the tokenizer and the template."""


def prepare_rows(
    rows: Iterable[Row],
    renderer: Renders,
    folder: Path,
    *,
    limit: int,
    validation_rows: Iterable[Row] | None = None,
    validation_share: float = 0.0,
    seed: int = 0,
    contract: Toolset | None = None,
    quarantine: Path,
    on_row: Callable[[int], None] = lambda count: None,
) -> PreparedRows:
    """Check, render and write every row, in this process. Raises `DataError` where nothing is left to learn."""
    options = PartOptions(limit=limit, validation_share=validation_share, seed=seed, own_tools=contract is None)
    return write_parts(
        _parts(rows, renderer, options),
        folder,
        validation=None if validation_rows is None else _parts(validation_rows, renderer, options),
        contract=contract,
        quarantine=quarantine,
        limit=limit,
        on_row=on_row,
    )


def prepare_data(
    data: str,
    renderer: Renderer,
    folder: Path,
    *,
    limit: int,
    validation: str | None = None,
    validation_share: float = 0.0,
    seed: int = 0,
    contract: Toolset | None = None,
    quarantine: Path,
    on_row: Callable[[int], None] = lambda count: None,
    processes: int = 1,
) -> PreparedRows:
    """`prepare_rows` of what `data` and `validation` name; a large file in so many processes."""
    options = PartOptions(limit=limit, validation_share=validation_share, seed=seed, own_tools=contract is None)
    files = find_source(data).files
    if processes > 1 and sum(file.stat().st_size for file in files) >= WORTH_BYTES:
        parts = parts_of_files(files, renderer, options, contract=contract, processes=processes)
    else:
        parts = _parts(read_rows(data, tools=contract), renderer, options)
    return write_parts(
        parts,
        folder,
        validation=_parts(read_rows(validation, tools=contract), renderer, options) if validation else None,
        contract=contract,
        quarantine=quarantine,
        limit=limit,
        on_row=on_row,
    )


def _parts(rows: Iterable[Row], renderer: Renders, options: PartOptions) -> Iterator[Part]:
    rest = iter(rows)
    while some := list(islice(rest, ROWS_OF_A_PART)):
        yield prepare_part(some, renderer, options)


def write_parts(
    parts: Iterable[Part],
    folder: Path,
    *,
    validation: Iterable[Part] | None,
    contract: Toolset | None,
    quarantine: Path,
    limit: int,
    on_row: Callable[[int], None] = lambda count: None,
) -> PreparedRows:
    """Write the rows of all parts, in order."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = Counts()
    contracts = _Contracts(contract)
    data_hash, token_hash = hashlib.sha256(), hashlib.sha256()
    with (
        quarantine.open("w", encoding="utf-8", errors="backslashreplace") as bad_rows,
        _RowWriter(folder / "train.arrow") as train,
        _RowWriter(folder / "validation.arrow") as held_out,
    ):
        for part in parts:
            data_hash.update(b"".join(part.digests))
            contracts.add(part.toolsets)
            bad_rows.writelines(part.quarantine)
            for row in part.rows:
                token_hash.update(_digest(row))
                (held_out if row.held_out else train).add(row, counts.conversations + row.conversation)
            counts.add(part.counts)
            on_row(counts.conversations)
        before = 0
        for part in validation or ():
            bad_rows.writelines(part.quarantine)
            for row in part.rows:
                held_out.add(row, before + row.conversation)
            counts.validation_rows += len(part.rows)
            before += part.counts.conversations
    if validation is not None and not len(held_out):
        raise DataError("no row of the validation data can be used.", hint=f"The reasons, row by row: {quarantine}")
    counts.toolsets = len(contracts.fingerprints)
    if not len(train):
        raise DataError(_nothing_left(counts, limit), hint=f"The reasons, row by row: {quarantine}")
    return PreparedRows(
        train=train.finished(),
        validation=held_out.finished() if len(held_out) else None,
        counts=counts,
        contract=contracts.contract(),
        data_fingerprint=f"sha256:{data_hash.hexdigest()}",
        token_fingerprint=f"sha256:{token_hash.hexdigest()}",
    )


def _digest(row: TokenRow) -> bytes:
    import numpy as np

    found = hashlib.sha256(np.array([row.held_out, len(row.ids)], np.int64).tobytes())
    found.update(row.ids.tobytes())
    found.update(row.weights.tobytes())
    return found.digest()


def _nothing_left(counts: Counts, limit: int) -> str:
    if not counts.conversations:
        return "the data has no rows."
    reasons = [
        f"{number:,} {reason}"
        for number, reason in (
            (counts.bad, "break the contract or cannot be rendered"),
            (counts.too_long, f"are longer than {limit:,} tokens"),
            (counts.unlearnable, "have nothing to learn"),
            (counts.validation_rows, "are held out for validation"),
        )
        if number
    ]
    return f"none of the {counts.conversations:,} rows can be trained on: {', '.join(reasons)}."


class _Contracts:
    """Gathers the contract that the rows were trained on."""

    def __init__(self, given: Toolset | None) -> None:
        self.given = given
        self.fingerprints: set[str] = {given.fingerprint} if given else set()
        self._tools: dict[str, Tool] = {}
        self._agree = True

    def add(self, toolsets: Mapping[str, list[dict[str, Any]]]) -> None:
        """Take the tools of some rows."""
        for fingerprint, tools in toolsets.items():
            if self.given is not None or fingerprint in self.fingerprints:
                continue
            self.fingerprints.add(fingerprint)
            for tool in Toolset.from_openai(tools) if self._agree else ():
                if self._tools.setdefault(tool.name, tool) != tool or len(self._tools) > MOST_TOOLS_IN_A_CONTRACT:
                    self._agree = False
                    self._tools.clear()
                    break

    def contract(self) -> Toolset | None:
        """The contract given, or the union of the rows' own where the same name always means the same tool."""
        if self.given is not None:
            return self.given
        return Toolset(self._tools.values()) if self._agree and self._tools else None


class _RowWriter:
    """Writes rows to an Arrow stream, a record batch at a time, and keeps a few numbers of each."""

    def __init__(self, path: Path) -> None:
        import pyarrow as pa  # type: ignore[import-untyped]

        self.path = path
        self._schema = pa.schema(
            [
                ("input_ids", pa.list_(pa.int32())),
                ("labels", pa.list_(pa.int32())),
                ("weights", pa.list_(pa.float32())),
            ]
        )
        self._stream = pa.ipc.new_stream(str(path), self._schema)
        self._pending: list[TokenRow] = []
        # kept of every row until the end; of these only the key needs eight bytes
        small = ("lengths", "prefixes", "repeats", "conversations")
        self._numbers = {"groups": array("q"), **{name: array("i") for name in small}}

    def __enter__(self) -> _RowWriter:
        return self

    def __exit__(self, *error: object) -> None:
        self._flush()
        self._stream.close()

    def __len__(self) -> int:
        return len(self._numbers["lengths"])

    def add(self, row: TokenRow, conversation: int) -> None:
        """Write one row."""
        self._pending.append(row)
        numbers = (row.group, len(row.ids), row.prefix, row.repeats, conversation)
        for column, number in zip(self._numbers.values(), numbers, strict=True):
            column.append(number)
        if len(self._pending) == ROWS_A_RECORD_BATCH:
            self._flush()

    def _flush(self) -> None:
        import numpy as np
        import pyarrow as pa

        if not self._pending:
            return
        ends = np.cumsum([0, *(len(row.ids) for row in self._pending)], dtype=np.int32)
        ids = np.concatenate([row.ids for row in self._pending])
        weights = np.concatenate([row.weights for row in self._pending])
        weights[ends[:-1]] = 0.0  # the first token has no predecessor that could predict it
        columns = (ids, np.where(weights > 0, ids, np.int32(-100)), weights)
        lists = [pa.ListArray.from_arrays(ends, pa.array(column)) for column in columns]
        self._stream.write_batch(pa.RecordBatch.from_arrays(lists, schema=self._schema))
        self._pending = []

    def finished(self) -> RowFile:
        """The rows written."""
        import numpy as np

        columns = {name: np.array(column, np.int64) for name, column in self._numbers.items()}
        return RowFile(path=self.path, numbers=RowNumbers(**columns))


def check_bad_share(counts: Counts, *, most: float, quarantine: Path, data: str, tools: str | None) -> None:
    """Refuse data of which more than the share `most` is bad: then the contract or the columns are probably wrong."""
    if counts.conversations and counts.bad / counts.conversations > most:
        kinds = ", ".join(f"{kind} {number:,}" for kind, number in counts.problems.most_common(5))
        raise DataError(
            f"{counts.bad:,} of {counts.conversations:,} rows of {data} are bad ({kinds}); --max-bad is {most:g}.",
            hint=f"Type: calltune check --data {data}{f' --tools {tools}' if tools else ''}   to see every problem. "
            f"The bad rows are in {quarantine}",
        )
