"""The ledger: what has been run, on disk before it runs, so that a write runs at most once even across a crash.

In: the key of a call. Out: whether it may run now, or what became of it before. One SQLite file, or memory. The
protocol:

    1. begin   one transaction: look the key up, check the limits, write "started"; the call may run only if that was
    new 2. run     the effect happens
    3. finish  write "done" with the result, or "failed", or "unknown" after a time-out

A crash before 1 has done nothing. A crash after it leaves "started": nobody knows whether the effect happened, and the
call is never run again by itself (that would need an idempotent tool). `unsettled` lists such calls and `settle` closes
them once a person or a look-up has found out. Not here: the arguments (only their hash is kept) and any retry.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from calltune.errors import ConfigError
from calltune.guard.policy import Limit

State = Literal["started", "done", "failed", "unknown"]

_TABLES = """
create table if not exists calls (
    key text primary key, run text not null, step integer not null, tool text not null,
    state text not null, result text, started_at real not null, finished_at real
) without rowid;
create table if not exists uses (tool text not null, argument text, amount real not null, at real not null);
create index if not exists uses_by_tool on uses (tool, at);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the ledger knows about a call."""

    key: str
    state: State
    """"started": begun, and not known to have ended. "done": it ran, `result` is there. "failed": it said that it
    failed. "unknown": it was given up waiting for."""
    fresh: bool
    """Begun just now, by this very request: the only case in which the call may run."""
    result: Any = None
    """JSON data, where it is done."""
    over: str = ""
    """The limit that this call would break, in words; then nothing was begun."""


def call_key(run: str, step: int, tool: str, arguments: Any) -> str:
    """The key of a call: the same run, step, tool and arguments are the same call, whatever id a model gave it."""
    canonical = json.dumps([run, step, tool, ordered_by_name(arguments)], ensure_ascii=True, separators=(",", ":"))
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
            self._db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=30)
            self._db.execute("pragma synchronous = full")  # "started" is on the disk before the call runs
            self._db.executescript(_TABLES)
        except sqlite3.Error as error:
            raise ConfigError(f"cannot open the ledger {self.path}: {error}", hint="Name another file.") from error

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
        as long as it is not done (idempotent tools)."""
        with self._transaction():
            found = self.entry(key)
            if found is not None and not (again and found.state != "done"):
                return found
            over = self._over(limits, arguments) if found is None else ""
            if over:
                return Entry(key=key, state="failed", fresh=False, over=over)
            now = self.clock()
            self._db.execute(
                "insert or replace into calls values (?, ?, ?, ?, 'started', null, ?, null)",
                (key, run, step, tool, now),
            )
            if found is None:
                rows = [(tool, limit.argument, limit.amount(arguments), now) for limit in limits]
                self._db.executemany("insert into uses values (?, ?, ?, ?)", rows)
        return Entry(key=key, state="started", fresh=True)

    def finish(self, key: str, state: State, result: Any = None) -> None:
        """Say what became of a call that was begun."""
        text = json.dumps(result, ensure_ascii=True) if state == "done" else None
        with self._lock:
            self._db.execute(
                "update calls set state = ?, result = ?, finished_at = ? where key = ?",
                (state, text, self.clock(), key),
            )

    def settle(self, key: str, state: Literal["done", "failed"], result: Any = None) -> None:
        """Close a call whose outcome was not known, once it is: "done" with its result, or "failed" (it did not
        happen). ConfigError where there is no such call."""
        with self._transaction():
            entry = self.entry(key)
            if entry is None or entry.state not in ("started", "unknown"):
                raise ConfigError(f"the ledger has no unsettled call with the key {key[:64]}.")
            self.finish(key, state, result)

    def entry(self, key: str) -> Entry | None:
        """What is known about a call."""
        with self._lock:
            row = self._db.execute("select state, result from calls where key = ?", (key,)).fetchone()
        if row is None:
            return None
        return Entry(key=key, state=row[0], fresh=False, result=None if row[1] is None else json.loads(row[1]))

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
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")
