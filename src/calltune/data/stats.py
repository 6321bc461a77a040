"""`calltune stats`: what is in the data, and what is not. In: a `StatsConfig`. Out: a `StatsReport`, and one HTML file
on request. Streams; what grows with the data is one digest and some lengths a row. Rows that are bad are counted as far
as they can be read; `check` is who judges them."""

from __future__ import annotations

import json
import time
from array import array
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from calltune.contract import Toolset
from calltune.contract.files import write_whole
from calltune.data.command import progress_bar
from calltune.data.conversation import Conversation
from calltune.data.coverage import Coverage
from calltune.data.missing import Seen, todo
from calltune.data.read import read_rows
from calltune.data.source import find_source
from calltune.data.stats_report import PARTS, StatsReport, lengths
from calltune.data.turns import TURNS, failed, turns_of
from calltune.data.wording import calls_of, digest, user_words
from calltune.data.write import refuse_outputs_over_inputs
from calltune.errors import DataError, TemplateError

CountTokens = Callable[[Conversation], Mapping[str, int]]
"""The tokens of a row by part; raises TemplateError if the model's template cannot render it."""


@dataclass(frozen=True, kw_only=True)
class StatsConfig:
    """Count what the rows hold: calls, arguments, turns, lengths; and list what they do not."""

    data: str
    """Conversations: a .jsonl or .jsonl.gz file, a JSON array, a folder of them, or a Hugging Face dataset
    (owner/name:split)."""
    tools: str | None = None
    """The contract: its tools are looked for, and rows without `tools` of their own offer them."""
    html: Path | None = None
    """Write the numbers as one page with charts, to be opened in a browser; it loads nothing."""
    model: str | None = None
    """Count tokens as this model does, by part, instead of characters."""
    show: int = 20
    """How many tools and things to do are printed."""


@dataclass(kw_only=True)
class _Tally:
    """The counts while the rows stream by."""

    rows: int = 0
    unread: int = 0
    unmeasured: int = 0
    calls: int = 0
    failures: int = 0
    duplicates: int = 0
    coverage: Coverage = field(default_factory=Coverage)
    turns: Counter[str] = field(default_factory=Counter)
    calls_per_turn: Counter[int] = field(default_factory=Counter)
    turns_per_row: Counter[int] = field(default_factory=Counter)
    lengths: dict[str, array[int]] = field(default_factory=dict)
    toolsets: set[bytes] = field(default_factory=set)
    said: set[int] = field(default_factory=set)

    def add(self, conversation: Conversation) -> None:
        messages = conversation.messages
        offer = conversation.offer
        if offer is not None and offer.toolset is not None:
            self.toolsets.add(offer.digest)
            self.coverage.offer(offer.toolset)
        called: set[str] = set()
        for call in calls_of(messages):
            self.calls += 1
            self.coverage.call(call, first_in_row=call["name"] not in called)
            called.add(call["name"])
        kinds = turns_of(messages)
        self.turns.update(kinds)
        self.turns_per_row[len(kinds)] += 1
        for message in messages:
            if message["role"] == "assistant":
                self.calls_per_turn[len(message.get("tool_calls", ()))] += 1
            elif message["role"] == "tool":
                self.failures += failed(message["content"])
        words = user_words(messages)
        if words:
            key = digest(" ".join(words.casefold().split()))
            self.duplicates += key in self.said
            self.said.add(key)

    def add_lengths(self, parts: Mapping[str, int]) -> None:
        for part, length in parts.items():
            self.lengths.setdefault(part, array("Q")).append(length)


def stats(config: StatsConfig, *, console: Console, count_tokens: CountTokens | None = None) -> StatsReport:
    """Count, and write the page asked for. Raises DataError where the data cannot be read or the page not written."""
    began = time.monotonic()
    contract = None if config.tools is None else Toolset.load(config.tools)
    if config.html is not None:
        refuse_outputs_over_inputs(find_source(config.data), [config.html], config.tools)
    tally = _Tally()
    if contract is not None:
        tally.coverage.know(contract)
    with progress_bar(console) as bar:
        task = bar.add_task("counting", total=1.0)
        for row in read_rows(config.data, tools=contract, on_progress=lambda share: bar.update(task, completed=share)):
            tally.rows += 1
            if row.draft is None:
                tally.unread += 1
                continue
            tally.add(row.draft)
            if count_tokens is None:
                tally.add_lengths(characters(row.draft))
            elif row.conversation is not None:
                try:
                    tally.add_lengths(count_tokens(row.conversation))
                except TemplateError:
                    tally.unmeasured += 1
    report = _report(config, tally, time.monotonic() - began, tokens=count_tokens is not None)
    if config.html is not None:
        from calltune.data.stats_page import stats_page

        try:
            config.html.parent.mkdir(parents=True, exist_ok=True)
            write_whole(config.html, stats_page(report))
        except OSError as error:
            raise DataError(f"{config.html} cannot be written: {error.strerror or error}.") from error
    return report


def characters(conversation: Conversation) -> dict[str, int]:
    """The characters of a row by part; calls count as JSON text."""
    found = dict.fromkeys(PARTS, 0)
    parts = {"system": "system", "user": "user", "assistant": "assistant", "tool": "results"}
    for message in conversation.messages:
        if message["role"] in parts:
            found[parts[message["role"]]] += len(message["content"])
        for call in message.get("tool_calls", ()):
            found["assistant"] += len(call["function"]["name"]) + len(_json(call["function"]["arguments"]))
    found["tools"] = _tools_length(conversation)
    return found


_json = json.JSONEncoder(ensure_ascii=False, default=str).encode
_LENGTHS: dict[bytes, int] = {}


def _tools_length(conversation: Conversation) -> int:
    """Characters of the tools; rows that share them are measured once."""
    key = b"" if conversation.offer is None else conversation.offer.digest
    if key not in _LENGTHS:
        if len(_LENGTHS) > 4096:
            _LENGTHS.clear()
        _LENGTHS[key] = len(_json(conversation.tools)) if conversation.tools else 0
    return _LENGTHS[key]


def _report(config: StatsConfig, tally: _Tally, seconds: float, *, tokens: bool) -> StatsReport:
    seen = Seen(
        data=config.data,
        contract=config.tools,
        rows=tally.rows,
        tools=tally.coverage.tools,
        turns=tally.turns,
        parallel=sum(count for calls, count in tally.calls_per_turn.items() if calls > 1),
        toolsets=len(tally.toolsets),
        duplicates=tally.duplicates,
    )
    return StatsReport(
        data=config.data,
        html=config.html,
        show_at_most=config.show,
        rows=tally.rows,
        unread_rows=tally.unread,
        calls=tally.calls,
        tools=tally.coverage.tools,
        untracked_calls=tally.coverage.untracked,
        toolsets=len(tally.toolsets),
        turns={kind: tally.turns[kind] for kind in TURNS},
        turns_per_row=dict(sorted(tally.turns_per_row.items())),
        calls_per_turn=dict(sorted(tally.calls_per_turn.items())),
        failures=tally.failures,
        duplicates=tally.duplicates,
        unit="tokens" if tokens else "characters",
        lengths={part: lengths(values) for part, values in tally.lengths.items()},
        unmeasured_rows=tally.unmeasured,
        todo=todo(seen),
        seconds=seconds,
    )
