"""The audit log: what was proposed, decided, repaired and run, one JSON object a line, each bound to the one before it.

In: outcomes and results. Out: a file that only grows. Every record carries the SHA-256 of the record before it and of
itself (canonical JSON, RFC 8785), so that a line that was changed, taken out or put in is found by `verify`. What is
cut off at the end, or written anew from some line to the end, is not: for that, keep the last hash elsewhere. Arguments
and results that the schema marks `writeOnly` are secrets: neither they nor sentences that quote them are written.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import rfc8785

from calltune.contract import Toolset
from calltune.contract.problem import decode_pointer
from calltune.errors import ConfigError, DataError
from calltune.guard.approval import call_digest
from calltune.guard.execute import Result
from calltune.guard.outcome import Outcome, Turn, json_safe
from calltune.guard.secrets import REDACTED, has_secrets, of_arguments, of_result, without
from calltune.render.parse import ToolCall

FIRST = "0" * 64
MAX_LINE = 16 << 20
_MAX_VALUE = 20_000


class Audit:
    """Appends records to a file. Several threads and processes may write to the same file."""

    def __init__(self, path: str | Path, *, clock: Callable[[], float] = time.time, sync: bool = True) -> None:
        self.path = Path(path)
        self.clock = clock
        self.sync = sync
        """Whether every record is on the disk before the call goes on."""
        self._lock = threading.Lock()
        try:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise ConfigError(f"cannot open the audit log {path}: {error.strerror}.") from error

    def write(self, event: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """Append one record and return it."""
        with self._lock, _locked(self._file):
            previous, whole = _last(self._file)
            record = {
                "seq": previous["seq"] + 1 if previous else 0,
                "time": round(self.clock(), 3),
                "event": event,
                "data": _bounded(_exact(data)),
                "previous": previous["hash"] if previous else FIRST,
            }
            record["hash"] = record_hash(record)
            # A line that a crash tore stays, on a line of its own: nothing that was written is taken away.
            _write_all(self._file, ("" if whole else "\n").encode() + _line(record) + b"\n")
            if self.sync:
                os.fsync(self._file)
        return record

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def record_hash(record: Mapping[str, Any]) -> str:
    """SHA-256 of the record without its hash."""
    return hashlib.sha256(rfc8785.dumps({key: value for key, value in record.items() if key != "hash"})).hexdigest()


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()


def _bounded(data: Any) -> Any:
    """The data, or its beginning where its line would be too long to be read back."""
    line = _line(data)
    if len(line) <= MAX_LINE // 4:
        return data
    return {"cut": True, "bytes": len(line), "beginning": line[:_MAX_VALUE].decode()}


def _write_all(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]


class _locked:
    """Other processes wait, where the system can lock files."""

    def __init__(self, file: int) -> None:
        self.file = file

    def __enter__(self) -> None:
        try:
            import fcntl
        except ImportError:  # Windows: one process a file
            return
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *error: object) -> None:
        try:
            import fcntl
        except ImportError:
            return
        fcntl.flock(self.file, fcntl.LOCK_UN)


def _last(file: int) -> tuple[dict[str, Any] | None, bool]:
    """The last whole record, and whether the file ends with a whole line."""
    end = os.lseek(file, 0, os.SEEK_END)
    size, tail = 1 << 14, b""
    while len(tail) < end:
        size = min(size * 4, end)
        tail = os.pread(file, size, end - size)
        lines = tail.split(b"\n")
        complete = lines if size == end else lines[1:]  # the first may be the rest of a line
        for line in reversed(complete):
            record = _record(line)
            if record is not None:
                return record, tail.endswith(b"\n")
    return None, not tail or tail.endswith(b"\n")


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    good = isinstance(value, dict) and isinstance(value.get("seq"), int) and isinstance(value.get("hash"), str)
    return value if good else None


def _exact(value: Any) -> Any:
    """The value as canonical JSON can carry it: integers beyond 2**53 as text, odd text mended, nothing huge."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        text = value.encode("utf-8", "backslashreplace").decode()
        return text if len(text) <= _MAX_VALUE else f"{text[:_MAX_VALUE]}... ({len(text):,} characters)"
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else repr(value)
    if isinstance(value, Mapping):
        return {_exact(str(key)): _exact(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(item) for item in value]
    return repr(value)[:200]


# -- what is written


def outcome_record(toolset: Toolset, outcome: Outcome) -> dict[str, Any]:
    """A decision, without secrets."""
    any_secrets = has_secrets(toolset)
    secret = partial(_is_secret, toolset, outcome)
    record = {
        "contract": toolset.fingerprint,
        **_turn(outcome.turn),
        "decision": outcome.decision,
        "calls": [_call(toolset, call) for call in outcome.proposed],
        "problems": [
            {
                "kind": problem.kind,
                "pointer": problem.pointer,
                "message": REDACTED if any_secrets and secret(problem.pointer) else problem.message,
            }
            for problem in outcome.problems
        ],
        "repairs": [
            {"kind": repair.kind, "pointer": repair.pointer}
            if any_secrets and secret(repair.pointer)
            else repair.to_json()
            for repair in outcome.repairs
        ],
        "steps": [{"name": step.name, "verdict": step.verdict} for step in outcome.steps],
        "question": outcome.question if outcome.decision == "ask" or not any_secrets else REDACTED,
        "reply": outcome.reply,
    }
    return without(_texts(toolset, outcome.proposed), record) if any_secrets else record


def result_record(toolset: Toolset, result: Result) -> dict[str, Any]:
    """What became of a call, without secrets."""
    tool = toolset.get(result.call.name)
    secrets = tool is not None and (of_arguments(tool).any or of_result(tool).any)
    value = json_safe(result.value)
    record = {
        "call": _call(toolset, result.call),
        "state": result.state,
        "value": of_result(tool).redacted(value) if tool else value,
        "error": result.error,
        "detail": result.detail.split(":")[0] if secrets else result.detail,
        "attempts": result.attempts,
        "replayed": result.replayed,
        "time_s": round(result.time_s, 6),
    }
    return without(_texts(toolset, [result.call]), record) if secrets else record


def approval_record(toolset: Toolset, outcome: Outcome) -> dict[str, Any]:
    """A person's yes: to which calls, by whom, until when."""
    approval = outcome.approval
    assert approval is not None
    calls = [_digest(toolset, call) for call in outcome.proposed]
    return {**_turn(outcome.turn), "by": approval.by, "calls": calls, "expires_at": round(approval.expires_at, 3)}


def _turn(turn: Turn | None) -> dict[str, Any]:
    return {} if turn is None else {"run": turn[0], "step": turn[1]}


def _call(toolset: Toolset, call: ToolCall) -> dict[str, Any]:
    tool = toolset.get(call.name)
    name = call.name if tool else call.name[:256]
    if (tool is None or not isinstance(call.arguments, dict)) and has_secrets(toolset):
        return {"name": name, "arguments": REDACTED}
    arguments = of_arguments(tool).redacted(call.arguments) if tool else call.arguments
    return {"arguments": json_safe(arguments), **_digest(toolset, call)}


def _digest(toolset: Toolset, call: ToolCall) -> dict[str, Any]:
    """What names a call; of one with secrets no hash is kept, for short ones could be guessed from it."""
    tool = toolset.get(call.name)
    named = {"name": call.name if tool else call.name[:256]}
    return named if tool is None or of_arguments(tool).any else {**named, "digest": call_digest(call)}


def _texts(toolset: Toolset, calls: Sequence[ToolCall]) -> set[str]:
    """The secrets in some calls."""
    tools = [(toolset.get(call.name), call.arguments) for call in calls]
    return {text for tool, arguments in tools if tool for text in of_arguments(tool).texts(arguments)}


def _is_secret(toolset: Toolset, outcome: Outcome, pointer: str) -> bool:
    """Whether a place in the calls is a secret, lies in one, or holds one; a place that is not told may."""
    parts = decode_pointer(pointer)
    if len(parts) < 2 or not parts[1].isdecimal() or int(parts[1]) >= len(outcome.proposed):
        return True
    tool = toolset.get(outcome.proposed[int(parts[1])].name)
    return tool is None or of_arguments(tool).at(parts[3:])


# -- reading
# -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a log."""

    number: int
    record: dict[str, Any] | None
    """None: it is no record."""
    fault: str = ""
    """What is wrong with it; "" when it continues the chain."""


def read_log(path: str | Path) -> Iterator[Line]:
    """The lines of a log, checked one after the other. DataError where the file cannot be read."""
    previous, seq = FIRST, 0
    try:
        with Path(path).open("rb") as file:
            number = 0
            while line := file.readline(MAX_LINE):
                number += 1
                record = _record(line)
                if record is None:
                    torn = not line.endswith(b"\n")
                    yield Line(number=number, record=None, fault="cut off" if torn else "not a record")
                    continue
                fault = _fault(record, previous, seq)
                yield Line(number=number, record=record, fault=fault)
                previous, seq = record["hash"], record["seq"] + 1
    except OSError as error:
        raise DataError(f"cannot read the audit log {path}: {error.strerror}.") from error


def _fault(record: dict[str, Any], previous: str, seq: int) -> str:
    try:
        own = record_hash(record)
    except Exception:  # not canonical JSON: nothing that we wrote
        own = ""
    if own != record["hash"]:
        return "changed: its hash is not that of its content"
    if record.get("previous") != previous or record["seq"] != seq:
        return "does not follow the record before it: something was taken out, put in or moved"
    return ""
