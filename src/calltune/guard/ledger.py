"""The ledger: what has been run, on disk before it runs, so that a write runs at most once even across a crash.

In: the key of a call. Out: whether it may run now, or what became of it before. One SQLite file, or memory. The
protocol:

    1. begin   one transaction: look the key up, check the limits, write "started"; the call may run if it is new
    2. run     the effect happens
    3. finish  write "done" with the result, or "failed", or "unknown" where nobody knows whether it happened

A crash before 1 has done nothing. A crash after it leaves "started": nobody knows whether the effect happened, and the
call is not run again by itself, in this step or a later one of the run (that would need an idempotent tool).
`unsettled` lists such calls and `settle` closes them once a person or a look-up has found out. Not here: the arguments
(only their hash is kept) and any retry. Results are kept as they are: the file is for its owner's eyes.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from calltune.contract import Problem
from calltune.errors import ConfigError
from calltune.guard.policy import Limit

State = Literal["started", "done", "failed", "unknown", "undone"]

_TABLES = """
create table if not exists calls (
    key text primary key, same text not null, run text not null, step integer not null, tool text not null,
    state text not null, result text, problems text, started_at real not null, finished_at real
) without rowid;
create index if not exists calls_by_same on calls (same, state);
create table if not exists uses (tool text not null, argument text, amount real not null, at real not null);
create index if not exists uses_by_tool on uses (tool, at);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the ledger knows about a call."""

    key: str
    state: State
    """"started": begun, and not known to have ended. "done": it ran, `result` is there. "failed": it said that it
    failed. "unknown": it may have happened. "undone": a person has found out that it did not happen; it may run."""
    fresh: bool
    """Begun just now, by this very request: the only case in which the call may run."""
    result: Any = None
    """JSON data, where it is done."""
    problems: tuple[Problem, ...] = ()
    """What of the result was no JSON data when it came."""
    over: str = ""
    """The limit that this call would break, in words; then nothing was begun."""


def call_key(run: str, step: int, tool: str, arguments: Any) -> str:
    """The key of a call: the same run, step, tool and arguments are the same call, whatever id a model gave it."""
    return _digest([run, step, tool, arguments])


def _digest(value: Any) -> str:
    canonical = json.dumps(ordered_by_name(value), ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def ordered_by_name(value: Any) -> Any:
    """JSON data in one form: properties by name, and 10.0 as 10, for they mean the same call."""
    if isinstance(value, dict):
        return {key: ordered_by_name(value[key]) for key in sorted(value)}
    if isinstance(value, list | tuple):
        return [ordered_by_name(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


class Ledger:
    """Calls that were begun. Safe for several threads, and on disk for several processes."""

    def __init__(self, path: str | Path = ":memory:", *, clock: Callable[[], float] = time.time) -> None:
        self.path = str(path)
        self.clock = clock
        self._lock = threading.RLock()
        try:
            if not self.in_memory:
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            self._db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=30)
            self._db.execute("pragma journal_mode = wal")  # who reads the file does not hold up who writes
            self._db.execute("pragma synchronous = full")  # "started" is on the disk before the call runs
            self._db.executescript(_TABLES)
        except (sqlite3.Error, OSError) as error:
            raise ConfigError(f"cannot open the ledger {self.path}: {error}", hint="Name another file.") from error

    @property
    def in_memory(self) -> bool:
        """Whether it is gone with the process."""
        return self.path == ":memory:"

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def begin(
        self,
        key: str,
        *,
        run: str,
        step: int,
        tool: str,
        arguments: Any,
        limits: Sequence[Limit] = (),
        again: bool = False,
    ) -> Entry:
        """Begin a call, if it is new and within its limits. `again`: it may be run again although it was begun before,
        as long as it is not done (idempotent tools). Without it, a call of the same run with the same arguments that
        may have happened in another step stands for this one."""
        same = _digest([run, tool, arguments])
        with self._transaction():
            found = self.entry(key) or (None if again else self._open(same))
            if found is not None and found.state != "undone" and not (again and found.state != "done"):
                return found
            if over := self._over(limits, arguments):
                return Entry(key=key, state="failed", fresh=False, over=over)
            now = self.clock()
            self._db.execute(
                "insert or replace into calls values (?, ?, ?, ?, ?, 'started', null, null, ?, null)",
                (key, same, run, step, tool, now),
            )
            self._use(tool, limits, arguments)
        return Entry(key=key, state="started", fresh=True)

    def count(self, tool: str, limits: Sequence[Limit], arguments: Any) -> str:
        """Count a call that need not be remembered, because it only reads, or say which limit it would break."""
        with self._transaction():
            over = self._over(limits, arguments)
            if not over:
                self._use(tool, limits, arguments)
        return over

    def _use(self, tool: str, limits: Sequence[Limit], arguments: Any) -> None:
        amounts = {limit.argument: limit.amount(arguments) for limit in limits}  # two limits may sum up the same
        rows = [(tool, argument, amount, self.clock()) for argument, amount in amounts.items()]
        self._db.executemany("insert into uses values (?, ?, ?, ?)", rows)

    def _open(self, same: str) -> Entry | None:
        row = self._db.execute(
            "select key from calls where same = ? and state in ('started', 'unknown') limit 1", (same,)
        ).fetchone()
        return self.entry(row[0]) if row else None

    def finish(self, key: str, state: State, result: Any = None, problems: Sequence[Problem] = ()) -> None:
        """Say what became of a call that was begun. `problems`: what of its result was no JSON data."""
        text = json.dumps(result, ensure_ascii=True) if state == "done" else None
        odd = json.dumps([[problem.kind, problem.pointer, problem.message] for problem in problems])
        with self._lock:
            self._db.execute(
                "update calls set state = ?, result = ?, problems = ?, finished_at = ? where key = ?",
                (state, text, odd, self.clock(), key),
            )

    def settle(self, key: str, state: Literal["done", "undone"], result: Any = None) -> None:
        """Close a call whose outcome was not known, once it is: "done" with its result, or "undone" (it did not happen,
        and may be run). ConfigError where there is no such call."""
        with self._transaction():
            entry = self.entry(key)
            if entry is None or entry.state not in ("started", "unknown"):
                raise ConfigError(f"the ledger has no unsettled call with the key {key[:64]}.")
            self.finish(key, state, result)

    def entry(self, key: str) -> Entry | None:
        """What is known about a call."""
        with self._lock:
            row = self._db.execute("select state, result, problems from calls where key = ?", (key,)).fetchone()
        if row is None:
            return None
        state, result, problems = row[0], *(None if text is None else json.loads(text) for text in row[1:])
        odd = tuple(Problem(kind=kind, pointer=at, message=message) for kind, at, message in problems or ())
        return Entry(key=key, state=state, fresh=False, result=result, problems=odd)

    def unsettled(self) -> list[dict[str, Any]]:
        """Calls that were begun and of which nobody knows whether they happened, oldest first."""
        columns = ("key", "run", "step", "tool", "state", "started_at")
        with self._lock:
            rows = self._db.execute(
                f"select {', '.join(columns)} from calls where state in ('started', 'unknown') order by started_at"
            ).fetchall()
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def over(self, limits: Sequence[Limit], arguments: Any) -> str:
        """The limit that a call would break now, in words; "" for none. Only `begin` decides for good."""
        with self._lock:
            return self._over(limits, arguments)

    def _over(self, limits: Sequence[Limit], arguments: Any) -> str:
        for limit in limits:
            amount = limit.amount(arguments)
            if amount is None:
                return f"{limit.sentence()}, and what this call adds cannot be told."
            used = self._db.execute(
                "select coalesce(sum(amount), 0) from uses where tool = ? and argument is ? and at > ?",
                (limit.tool, limit.argument, self.clock() - limit.per_s),
            ).fetchone()[0]
            if used + amount > limit.most:
                return f"{limit.sentence()}; {used:g} are used and this call adds {amount:g}."
        return ""

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._db.execute("begin immediate")
            try:
                yield
                self._db.execute("commit")
            except BaseException:  # whatever it was, half a transaction must not stay open; it is raised again
                if self._db.in_transaction:
                    self._db.execute("rollback")
                raise
