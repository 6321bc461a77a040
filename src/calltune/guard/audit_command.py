"""`calltune audit`: whether an audit log is whole, and what is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from calltune.contract.sentences import printable
from calltune.guard.audit import FIRST, Line, read_log
from calltune.guard.outcome import shorten

if TYPE_CHECKING:
    from rich.console import Console

MOST_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class AuditConfig:
    """Check or show an audit log."""

    action: Annotated[Literal["verify", "show"], tyro.conf.Positional]
    """verify: whether a record was changed, taken out or put in. show: what happened, oldest first."""
    file: Annotated[Path, tyro.conf.Positional]
    """The log."""
    last: int | None = None
    """Show only so many records, the newest."""


@dataclass(kw_only=True)
class AuditReport:
    """What a log holds."""

    config: AuditConfig
    """What was asked."""
    records: int = 0
    """Records in the chain."""
    unreadable: list[int] = field(default_factory=list)
    """Lines that are no record: a crash while writing leaves one. The chain goes on behind them."""
    faults: list[tuple[int, str]] = field(default_factory=list)
    """Lines that break the chain, and why."""
    events: Counter[str] = field(default_factory=Counter)
    """Records of each kind."""
    last_hash: str = FIRST
    """Keep it somewhere else: it proves later that nothing was cut off at the end."""
    shown: list[dict[str, Any]] = field(default_factory=list)
    """The records, for `show`."""

    @property
    def exit_code(self) -> int:
        """1 when the chain is broken."""
        return 1 if self.faults else 0

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        counts = {"records": self.records, "unreadable": self.unreadable, "events": dict(self.events)}
        faults = [{"line": line, "fault": fault} for line, fault in self.faults]
        shown = {"shown": self.shown} if self.config.action == "show" else {}
        return {
            "file": str(self.config.file),
            "whole": not faults,
            **counts,
            "faults": faults,
            "last_hash": self.last_hash,
        } | shown

    def show(self, console: Console) -> None:
        """For a person."""
        for record in self.shown:
            console.print(printable(_line(record)), markup=False, soft_wrap=True)
        for number, fault in self.faults[:MOST_SHOWN]:
            console.print(f"line {number}: {fault}", style="red", markup=False)
        if len(self.faults) > MOST_SHOWN:
            console.print(f"and {len(self.faults) - MOST_SHOWN} more", style="red")
        for number in self.unreadable[:MOST_SHOWN]:
            console.print(f"line {number}: no record; the chain goes on behind it (a crash?)", style="yellow")
        events = ", ".join(f"{count} {event}" for event, count in self.events.most_common())
        verdict = "BROKEN" if self.faults else "whole"
        console.print(f"{self.records} records ({events or 'none'}), the chain is {verdict}.", markup=False)
        console.print(f"last hash: {self.last_hash}", markup=False)


def audit(config: AuditConfig, *, console: Console) -> AuditReport:
    """Read the log from its first line to its last."""
    report = AuditReport(config=config)
    for line in read_log(config.file):
        _count(report, line)
        if config.action == "show" and line.record is not None:
            report.shown.append(line.record)
            if config.last is not None and len(report.shown) > max(config.last, 0):
                del report.shown[0]
    return report


def _count(report: AuditReport, line: Line) -> None:
    if line.record is None:
        report.unreadable.append(line.number)
        return
    report.records += 1
    report.events[str(line.record.get("event"))[:64]] += 1
    report.last_hash = line.record["hash"]
    if line.fault:
        report.faults.append((line.number, line.fault))


def _line(record: Mapping[str, Any]) -> str:
    """One record in one line."""
    data = record.get("data")
    data = data if isinstance(data, Mapping) else {}
    seconds = record.get("time")
    try:
        when = datetime.fromtimestamp(float(seconds), UTC).strftime("%Y-%m-%d %H:%M:%S")  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError, OSError):
        when = "?"
    return f"{record['seq']:>5} {when}  {_words(record, data)}"


def _words(record: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    match record.get("event"):
        case "decision":
            calls = ", ".join(_call(call) for call in data.get("calls", ()))
            why = " ".join(str(problem.get("message")) for problem in data.get("problems", ()))
            mended = ", ".join(dict.fromkeys(str(repair.get("kind")) for repair in data.get("repairs", ())))
            parts = (calls or shorten(str(data.get("reply", ""))), f"mended: {mended}" if mended else "", why)
            return f"{data.get('decision', '?'):9} {'; '.join(part for part in parts if part)}"
        case "result":
            what = data.get("value") if data.get("state") == "done" else data.get("error")
            return f"{data.get('state', '?'):9} {_call(data.get('call'))} -> {shorten(what)}"
        case event:
            return f"{str(event)[:20]:9} {shorten(dict(data))}"


def _call(call: Any) -> str:
    if not isinstance(call, Mapping):
        return "?"
    return f"{call.get('name')}({shorten(call.get('arguments'))})"
