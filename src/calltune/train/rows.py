"""Conversations -> token rows on disk. In: the data, the contract, a renderer. Out: Arrow files that are mapped, not
held, and the counts of what was kept and what was not.

Every row that is not trained on is in quarantine.jsonl with its line, a JSON Pointer and the reason: rows that break
the contract, rows that the template cannot render, rows that are too long. Nothing is truncated and nothing is repaired
here.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from calltune.contract import Tool, Toolset
from calltune.contract.problem import Problem
from calltune.data import check_row
from calltune.errors import ContractError, DataError, TemplateError
from calltune.train.packing import common_prefix

if TYPE_CHECKING:
    import numpy as np

    from calltune.data import Conversation, Row
    from calltune.render.rendered import Rendered

    Array = np.ndarray[Any, Any]

ROWS_A_RECORD_BATCH = 256
MOST_TOOLS_IN_A_CONTRACT = 512
"""Rows that bring more tools than this between them have no contract of their own to save."""


class Renders(Protocol):
    """What is needed of a renderer."""

    def render(self, conversation: Conversation) -> tuple[Rendered, ...]: ...


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


@dataclass(kw_only=True)
class Counts:
    """What became of the rows. Filled while they are read."""

    conversations: int = 0
    """Rows of the data file."""
    bad: int = 0
    """Of these, in quarantine because they break the contract or cannot be rendered."""
    too_long: int = 0
    """Training rows left out because they are longer than the limit."""
    unlearnable: int = 0
    """Training rows left out because nothing in them is learned."""
    rows: int = 0
    """Training rows: one a conversation, or one a user turn where the template forgets reasoning."""
    validation_rows: int = 0
    """Training rows held out."""
    toolsets: int = 0
    """Different contracts among the rows."""
    fractional: bool = False
    """Whether some token is learned with a weight other than 0 and 1."""
    tokens: Counter[str] = field(default_factory=Counter)
    """Tokens of the training rows by part."""
    learned: Counter[str] = field(default_factory=Counter)
    """Learned tokens of the training rows by part."""
    problems: Counter[str] = field(default_factory=Counter)
    """Problems by kind."""

    def to_json(self) -> dict[str, Any]:
        """Plain data for data.json and the report."""
        plain = {name: dict(value) if isinstance(value, Counter) else value for name, value in vars(self).items()}
        return {**plain, "all_tokens": self.tokens.total(), "learned_tokens": self.learned.total()}


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
    rows: Iterator[Row],
    renderer: Renders,
    folder: Path,
    *,
    limit: int,
    validation_rows: Iterator[Row] | None = None,
    validation_share: float = 0.0,
    seed: int = 0,
    contract: Toolset | None = None,
    quarantine: Path,
    on_row: Callable[[int], None] = lambda count: None,
) -> PreparedRows:
    """Check, render and write every row. Raises `DataError` where nothing is left to learn."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = Counts()
    contracts = _Contracts(contract)
    data_hash, token_hash = hashlib.sha256(), hashlib.sha256()
    with (
        quarantine.open("w", encoding="utf-8") as bad_rows,
        _RowWriter(folder / "train.arrow") as train,
        _RowWriter(folder / "validation.arrow") as validation,
    ):
        for row in rows:
            counts.conversations += 1
            on_row(counts.conversations)
            rendered = _render(row, renderer, counts, bad_rows)
            if rendered is None:
                continue
            text = json.dumps(row.data, sort_keys=True, ensure_ascii=False, default=str).encode()
            held_out = validation_share > 0 and _lot(seed, text) < validation_share
            data_hash.update(text)
            assert row.conversation is not None
            contracts.add(row.conversation)
            for one in _fitting(rendered, row, limit, counts, bad_rows):
                token_hash.update(array("q", [held_out, len(one), *one.ids]).tobytes())
                token_hash.update(array("d", one.weights).tobytes())
                (validation if held_out else train).add(one, counts.conversations)
                counts.validation_rows += held_out
                if not held_out:
                    _count(one, counts)
        for row in validation_rows or ():
            rendered = _render(row, renderer, Counts(), bad_rows)
            for one in _fitting(rendered or (), row, limit, Counts(), bad_rows):
                validation.add(one, row.line)
                counts.validation_rows += 1
    if validation_rows is not None and not len(validation):
        raise DataError("no row of the validation data can be used.", hint=f"The reasons, row by row: {quarantine}")
    counts.toolsets = len(contracts.fingerprints)
    if not len(train):
        raise DataError(_nothing_left(counts, limit), hint=f"The reasons, row by row: {quarantine}")
    return PreparedRows(
        train=train.finished(),
        validation=validation.finished() if len(validation) else None,
        counts=counts,
        contract=contracts.contract(),
        data_fingerprint=f"sha256:{data_hash.hexdigest()}",
        token_fingerprint=f"sha256:{token_hash.hexdigest()}",
    )


def _render(row: Row, renderer: Renders, counts: Counts, bad_rows: IO[str]) -> tuple[Rendered, ...] | None:
    """The rendered rows of a good row; a bad one goes to quarantine and is None."""
    problems = check_row(row)
    if not problems and row.conversation is not None:
        try:
            return renderer.render(row.conversation)
        except (TemplateError, ContractError) as error:
            problems = (Problem(kind="template", pointer="", message=str(error)),)
    counts.bad += 1
    _quarantine(row, problems, counts, bad_rows)
    return None


def _fitting(
    rendered: tuple[Rendered, ...], row: Row, limit: int, counts: Counts, bad_rows: IO[str]
) -> Iterator[Rendered]:
    """The rendered rows that are short enough and teach something; the others are counted and listed."""
    for one in rendered:
        if len(one.ids) > limit:
            message = f"the row has {len(one.ids):,} tokens, the limit is {limit:,}"
            counts.too_long += 1
            _quarantine(row, (Problem(kind="too_long", pointer="", message=message),), counts, bad_rows)
        elif not any(one.weights):
            counts.unlearnable += 1
            problem = Problem(kind="nothing_to_learn", pointer="/messages", message="no token of this row is learned")
            _quarantine(row, (problem,), counts, bad_rows)
        else:
            yield one


def _quarantine(row: Row, problems: tuple[Problem, ...], counts: Counts, bad_rows: IO[str]) -> None:
    counts.problems.update(problem.kind for problem in problems)
    entry = {
        "source": row.source,
        "line": row.line,
        "problems": [problem.to_json() for problem in problems],
        "row": row.data,
    }
    bad_rows.write(json.dumps(entry, ensure_ascii=False, default=str) + "\n")


def _count(one: Rendered, counts: Counts) -> None:
    counts.rows += 1
    counts.tokens.update(one.parts)
    counts.learned.update(part for part, weight in zip(one.parts, one.weights, strict=True) if weight)
    counts.fractional = counts.fractional or not set(one.weights) <= {0.0, 1.0}


def _lot(seed: int, text: bytes) -> float:
    """A number in [0, 1) that depends on the seed and the row alone, so that equal rows are never on both sides."""
    digest = hashlib.sha256(f"{seed}:".encode() + text).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


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

    def add(self, conversation: Conversation) -> None:
        """Take the tools of one row."""
        if self.given is not None or not conversation.tools:
            return
        toolset = conversation.toolset()
        if toolset.fingerprint in self.fingerprints:
            return
        self.fingerprints.add(toolset.fingerprint)
        for tool in toolset if self._agree else ():
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
        self._pending: list[dict[str, list[Any]]] = []
        self._numbers = {name: array("q") for name in ("lengths", "groups", "prefixes", "repeats", "conversations")}
        self._last: Sequence[int] = ()

    def __enter__(self) -> _RowWriter:
        return self

    def __exit__(self, *error: object) -> None:
        self._flush()
        self._stream.close()

    def __len__(self) -> int:
        return len(self._numbers["lengths"])

    def add(self, one: Rendered, conversation: int) -> None:
        """Write one row."""
        weights = [0.0, *one.weights[1:]]  # the first token has no predecessor that could predict it
        labels = [token if weight else -100 for token, weight in zip(one.ids, weights, strict=True)]
        self._pending.append({"input_ids": list(one.ids), "labels": labels, "weights": weights})
        key, prefix = _prefix(one)
        same = len(self) and self._numbers["conversations"][-1] == conversation
        repeats = common_prefix(self._last, one.ids) if same else 0
        for column, number in zip(
            self._numbers.values(), (len(one.ids), key, prefix, repeats, conversation), strict=True
        ):
            column.append(number)
        self._last = one.ids
        if len(self._pending) == ROWS_A_RECORD_BATCH:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._pending:
            self._stream.write_batch(pa.RecordBatch.from_pylist(self._pending, schema=self._schema))
            self._pending = []

    def finished(self) -> RowFile:
        """The rows written."""
        import numpy as np

        columns = {name: np.array(column, np.int64) for name, column in self._numbers.items()}
        return RowFile(path=self.path, numbers=RowNumbers(**columns))


def _prefix(one: Rendered) -> tuple[int, int]:
    """A key of everything up to the last token of the schemas, or, without schemas, up to the first user token; and how
    many tokens that is."""
    if "schemas" in one.parts:
        end = len(one.parts) - one.parts[::-1].index("schemas")
    else:
        end = one.parts.index("user") if "user" in one.parts else 0
    digest = hashlib.blake2b(array("q", one.ids[:end]).tobytes(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True), end


def check_bad_share(counts: Counts, *, most: float, quarantine: Path, data: str, tools: str | None) -> None:
    """Refuse data of which more than the share `most` is bad: then the contract or the columns are probably wrong."""
    if counts.conversations and counts.bad / counts.conversations > most:
        kinds = ", ".join(f"{kind} {number:,}" for kind, number in counts.problems.most_common(5))
        raise DataError(
            f"{counts.bad:,} of {counts.conversations:,} rows of {data} are bad ({kinds}); --max-bad is {most:g}.",
            hint=f"Type: calltune check --data {data}{f' --tools {tools}' if tools else ''}   to see every problem. "
            f"The bad rows are in {quarantine}",
        )
