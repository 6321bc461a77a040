"""`calltune check`: is every row fit to learn from? In: a `CheckConfig`. Out: a `CheckReport`, and the bad and the good
rows in files of their own where asked. Streams: what grows with the data is one digest a row, to find exact
duplicates. It counts tokens only with the `measure` that it is given, and mends rows only with a `mend`."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from calltune.contract import Problem, Toolset
from calltune.data.conversation import Conversation
from calltune.data.fix import Mend
from calltune.data.fixes import Fixes, FixReport, diff_of
from calltune.data.read import Row, read_rows
from calltune.data.report import CheckConfig, CheckReport, Finding
from calltune.data.rules import check_row, count_bad_calls, place_of
from calltune.data.source import find_source
from calltune.data.tools import Offer, offer_of
from calltune.data.write import LineWriter, refuse_outputs_over_inputs
from calltune.errors import ConfigError, TemplateError

Measure = Callable[[Conversation], int]
"""How many tokens a row has for the model; raises TemplateError if its template cannot render the row."""

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


@dataclass(kw_only=True)
class _Tally:
    """The counts while the rows stream by."""

    config: CheckConfig
    contract: Offer | None
    rows: int = 0
    calls: int = 0
    bad_rows: int = 0
    bad_calls: int = 0
    other_contract: int = 0
    total: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    rows_by_kind: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    lengths: list[int] = field(default_factory=lambda: [0, 0])
    hash: Any = field(default_factory=hashlib.sha256)
    toolsets: set[bytes] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    def add(self, row: Row, problems: tuple[Problem, ...]) -> None:
        self.rows += 1
        self.hash.update(row.raw + b"\n")
        conversation = row.draft
        if conversation is not None:
            self.calls += sum(
                len(message["tool_calls"]) for message in conversation.messages if "tool_calls" in message
            )
            self._add_tools(conversation.offer)
        if not problems:
            return
        self.bad_rows += 1
        self.bad_calls += count_bad_calls(problems)
        self.total += len(problems)
        self.by_kind.update(kind for _, kind in {(place_of(problem), problem.kind) for problem in problems})
        self.rows_by_kind.update({problem.kind for problem in problems})
        room = max(self.config.max_problems, self.config.show) - len(self.findings)
        self.findings.extend(
            Finding(source=row.source, line=row.line, problem=problem) for problem in problems[: max(0, room)]
        )

    def _add_tools(self, offer: Offer | None) -> None:
        if offer is None or offer.toolset is None:
            return
        if offer.digest not in self.toolsets:
            self.toolsets.add(offer.digest)
            self.names.update(offer.toolset.names)
        self.other_contract += self.contract is not None and offer.digest != self.contract.digest

    def report(self, seconds: float, *, measured: bool, fixes: FixReport | None) -> CheckReport:
        return CheckReport(
            config=self.config,
            rows=self.rows,
            calls=self.calls,
            bad_rows=self.bad_rows,
            bad_calls=self.bad_calls,
            by_kind=dict(self.by_kind.most_common()),
            rows_by_kind=dict(self.rows_by_kind),
            problems=tuple(self.findings),
            problems_total=self.total,
            fingerprint=f"sha256:{self.hash.hexdigest()}",
            toolsets=len(self.toolsets),
            tools=len(self.names),
            other_contract=self.other_contract,
            tokens={"total": self.lengths[0], "max": self.lengths[1]} if measured else None,
            fixes=fixes,
            seconds=seconds,
        )


def check(
    config: CheckConfig, *, console: Console, measure: Measure | None = None, mend: Mend | None = None
) -> CheckReport:
    """Check every row of the data and write the files asked for. Raises DataError where the data cannot be read or
    written."""
    _refuse(config, mend)
    if config.max_tokens is not None and measure is None:
        raise ConfigError(
            "max_tokens needs a model to count tokens with.", hint="Add --model base, or the model you will train."
        )
    began = time.monotonic()
    contract = None if config.tools is None else Toolset.load(config.tools)
    outputs = [path for path in (config.quarantine, config.clean) if path is not None]
    mended = [] if config.fix is None else [config.fix, diff_of(config.fix)]
    refuse_outputs_over_inputs(find_source(config.data), [*outputs, *mended], config.tools)
    tally, duplicates = _Tally(config=config, contract=None if contract is None else offer_of(contract)), _Duplicates()
    fixes = done = None
    with ExitStack() as stack:
        writers = {path: stack.enter_context(LineWriter(path)) for path in outputs}
        quarantine, clean = writers.get(config.quarantine), writers.get(config.clean)  # type: ignore[arg-type]  # None is no key
        if config.fix is not None and mend is not None:
            fixes = Fixes(config.fix, mend, offer_of(contract), stack, drop_duplicates=config.drop_duplicates)
        bar = stack.enter_context(progress_bar(console))
        task = bar.add_task("checking", total=1.0)
        for row in read_rows(config.data, tools=contract, on_progress=lambda share: bar.update(task, completed=share)):
            found = check_row(row)
            fixed = fixes.mend(row) if fixes is not None and found else None
            now = row if fixed is None else fixed.row
            left = (found if fixed is None else ()) + duplicates.find(now)
            if measure is not None and not left:
                left += _length(now.conversation, measure, config.max_tokens, tally.lengths)
            tally.add(row, left if fixed is None else found + left)
            if left and quarantine is not None:
                quarantine.write(_quarantined(row, left))
            elif not left and clean is not None:
                clean.write(row.raw)
            if fixes is not None:
                fixes.write(row, fixed, left, aside=quarantine is not None)
        for writer in writers.values():
            writer.publish()
        if fixes is not None:
            done = fixes.publish()
    return tally.report(time.monotonic() - began, measured=measure is not None, fixes=done)


def _refuse(config: CheckConfig, mend: Mend | None) -> None:
    if config.fix is None and config.drop_duplicates:
        raise ConfigError("drop-duplicates leaves rows out of the file that --fix writes.", hint="Add --fix OUT.jsonl")
    if config.fix is not None and config.clean is not None:
        raise ConfigError(
            "fix and clean both write the good rows.",
            hint=f"Type: --fix {config.fix} --quarantine {config.fix.stem}.bad.jsonl   to have good rows alone in it.",
        )
    if config.fix is not None and mend is None:
        raise ConfigError("mending rows takes the guard's repairs.", hint="Pass mend=, or use calltune check --fix.")


def progress_bar(console: Console) -> Progress:
    """A bar by bytes read, with the time left; it goes away when it is done."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )


class _Duplicates:
    """Finds a row with the same messages and the same tools as an earlier one, whatever its id and other columns."""

    def __init__(self) -> None:
        self._first: dict[
            bytes, int
        ] = {}  # digest -> number of the file and line, in one int: this is kept for every row
        self._sources: dict[str, int] = {}

    def find(self, row: Row) -> tuple[Problem, ...]:
        if row.conversation is None:
            return ()
        tools = row.conversation.offer.digest if row.conversation.offer is not None else b""
        digest = hashlib.blake2b(tools + _encode(row.conversation.messages).encode(), digest_size=16).digest()
        here = self._sources.setdefault(row.source, len(self._sources)) << 40 | row.line
        first = self._first.setdefault(digest, here)
        if first == here:
            return ()
        line, source = first & (1 << 40) - 1, list(self._sources)[first >> 40]
        where = f"line {line}" if source == row.source else f"line {line} of {source}"
        message = f"the same messages and tools as {where}; keep one of them."
        return (Problem(kind="duplicate_row", pointer="", message=message, got=line),)


def _length(
    conversation: Conversation | None, measure: Measure, limit: int | None, lengths: list[int]
) -> tuple[Problem, ...]:
    assert conversation is not None
    try:
        tokens = measure(conversation)
    except TemplateError as error:
        return (
            Problem(
                kind="template", pointer="", message=f"the model's chat template cannot render the row: {error.message}"
            ),
        )
    if limit is not None and tokens > limit:
        message = f"the row has {tokens:,} tokens, the limit is {limit:,}: cutting it would cut off the call."
        return (Problem(kind="too_long", pointer="", message=message, expected=limit, got=tokens),)
    lengths[:] = lengths[0] + tokens, max(lengths[1], tokens)
    return ()


def _quarantined(row: Row, problems: tuple[Problem, ...]) -> bytes:
    """The row as it was read, with `line`, `source` and `problems`; a line that is no plain JSON object goes in as
    `text`."""
    found = {"line": row.line, "source": row.source, "problems": [problem.to_json() for problem in problems]}
    if row.data is None:
        return json.dumps({"text": row.raw.decode("utf-8", "backslashreplace"), **found}, ensure_ascii=False).encode()
    return json.dumps({**row.data, **found}, ensure_ascii=False, default=str).encode("utf-8", "backslashreplace")
