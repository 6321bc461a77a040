"""Which rows belong together, and which part each goes to. In: rows, twice or more, and the shares wanted. Out: a
`Division`: for every row train, valid or test. Rows that belong together are in one part; the order of the rows and
the other rows change nothing, but for where the line is drawn. 8 bytes a row are kept (8 a turn for dialogues)."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any

from calltune.data.read import Row
from calltune.data.wording import beginnings, digest
from calltune.errors import ConfigError, DataError

TRAIN, VALID, TEST = 0, 1, 2
_YEAR_FIRST = re.compile(r"\A(\d{4})[/.](\d\d)[/.](\d\d)(?!\d)")
"""The one order of day and month that cannot be taken for another."""
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")

Rows = Callable[[], Iterator[Row]]
"""Reads the data once more, from its beginning."""

LOOKED_AT = 100
"""Rows in which a column is looked for."""

ID_COLUMNS = (
    *("conversation_id", "conversationid", "dialogue_id", "dialog_id", "session_id", "sessionid", "thread_id"),
    *("chat_id", "conv_id", "call_id", "ticket_id", "conversation", "session", "thread", "dialogue"),
)
TIME_COLUMNS = (
    *("timestamp", "time", "date", "datetime", "created_at", "createdat", "created", "created_time", "create_time"),
    *("updated_at", "started_at", "start_time", "ts"),
)
"""Usual names, the likeliest first; case does not count, and they may stand in `meta` or `metadata`."""


@dataclass(frozen=True, kw_only=True)
class Division:
    """Where every row goes."""

    parts: bytearray
    """TRAIN, VALID or TEST for each row, in their order."""
    groups: int
    """Groups of rows that belong together."""
    column: str | None = None
    """The column that was used."""
    held_out: tuple[str, ...] = ()
    """Tools that are called in the test rows only."""
    held_out_valid: tuple[str, ...] = ()
    """Tools that the training rows do not call, and the validation rows do."""
    facts: dict[str, Any] = field(default_factory=dict)
    """Counts and times that belong to this way of dividing."""


def by_row(rows: Rows, shares: tuple[float, float], seed: int) -> Division:
    """Rows in which the user says the same stay together."""
    return _by_place(array("Q", (place_of_words(row, seed) for row in rows())), shares)


def by_conversation(rows: Rows, shares: tuple[float, float], seed: int, column: str | None) -> Division:
    """Rows with the same value in a column stay together; without a column, rows of which one is the beginning of the
    other."""
    found = find_column(rows, ID_COLUMNS, column)
    if found is None:
        return _by_place(_places_by_beginning(rows, seed), shares)
    places = array("Q")
    for row in rows():
        value = value_of(row.data, found)
        own = f"{value!r}" if value is not None else f"without {row.raw!r}"
        places.append(digest(repr((seed, own))))
    return _by_place(places, shares, column=found)


def by_time(rows: Rows, shares: tuple[float, float], column: str | None) -> Division:
    """The newest rows are tested on; rows of one moment stay together."""
    found = find_column(rows, TIME_COLUMNS, column, required=True)
    assert found is not None
    times = array("q")
    faults: list[str] = []
    wrong = 0
    for row in rows():
        when = moment(value_of(row.data, found))
        if when is None:
            wrong += 1
            if wrong <= 5:
                faults.append(f"line {row.line}: {value_of(row.data, found)!r:.60}")
        times.append(0 if when is None else when)
    if wrong:
        hint = "A time is ISO 8601 text (2026-03-01T12:00:00Z) or a Unix time in seconds or milliseconds."
        raise DataError(f"{wrong:,} rows have no time in the column {found!r}, for example:", faults=faults, hint=hint)
    test, valid = (-limit for limit in _limits(array("q", (-time for time in times)), shares))
    parts = bytearray(TEST if time >= test else VALID if shares[0] and time >= valid else TRAIN for time in times)
    ends = {"train_until": max(t for t, part in zip(times, parts, strict=True) if part == TRAIN), "test_from": test}
    facts = {name: datetime.fromtimestamp(time / 1e6, UTC).isoformat() for name, time in ends.items()}
    return Division(parts=parts, groups=len(set(times)), column=found, facts=facts)


def place_of_words(row: Row, seed: int) -> int:
    """Where the row's words fall among all words. Case and spacing do not count."""
    said: list[Any] = []
    if row.draft is not None:
        said = [
            " ".join(message["content"].casefold().split())
            for message in row.draft.messages
            if message["role"] == "user"
        ]
    return digest(repr((seed, said)).encode() if any(said) else repr(seed).encode() + row.raw)


def find_column(rows: Rows, usual: Sequence[str], named: str | None, *, required: bool = False) -> str | None:
    """The column named, or the first usual one that is there, `meta.NAME` inside an object. Raises ConfigError that
    lists the columns."""
    there: dict[str, str] = {}
    for row in islice(rows(), LOOKED_AT):
        for name, value in (row.data or {}).items():
            there.setdefault(name.lower(), name)
            if name.lower() in ("meta", "metadata") and isinstance(value, dict):
                for inner in value:
                    there.setdefault(inner.lower(), f"{name}.{inner}")
    if named is not None and named in there.values():
        return named
    found = next((there[name] for name in usual if name in there), None)
    if named is None and (found is not None or not required):
        return found
    what = f"no column {named!r}" if named is not None else "no column that looks like a time"
    raise ConfigError(
        f"there is {what} in the first {LOOKED_AT} rows. Columns: {', '.join(sorted(there.values())) or 'none'}.",
        hint="Name one of them: --column NAME",
    )


def value_of(data: dict[str, Any] | None, column: str) -> Any:
    """The value in a column, `meta.session` being `session` in `meta`."""
    if data is None or column in data:
        return None if data is None else data[column]
    outer, _, inner = column.partition(".")
    value = data.get(outer)
    return value.get(inner) if isinstance(value, dict) else None


def moment(value: Any) -> int | None:
    """Microseconds since 1970 of a time as people write it; without a zone it is UTC. None where it is none.

    >>> moment("1970-01-01T00:00:01Z") == moment(1) == moment("1000000000000") - 999_999_999_000_000 == 1_000_000
    True
    """
    if isinstance(value, str | int) and _DAY.fullmatch(str(value)):
        return _moment_of_text(str(value))  # 20260301 is a day; as seconds it would be in 1970
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return _moment_of_text(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:  # nan is not
        return None
    for limit, factor in ((1e11, 1_000_000), (1e14, 1_000), (1e17, 1), (1e20, 0.001)):
        if value < limit:  # seconds, milliseconds, microseconds, nanoseconds: all of them after 1973
            return int(value * factor)
    return None


def _moment_of_text(text: str) -> int | None:
    text = _YEAR_FIRST.sub(r"\1-\2-\3", text)
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            when = read(text.removesuffix(" UTC"))
            zoned = when if when.tzinfo is not None else when.replace(tzinfo=UTC)
            return int(zoned.timestamp() * 1_000_000)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None


def _places_by_beginning(rows: Rows, seed: int) -> array[int]:
    """A place for every row: that of the shortest row that its dialogue begins with."""
    chains, ends = array("Q"), array("Q")
    for row in rows():
        found = beginnings(row.draft.messages) if row.draft is not None else []
        chains.extend(found or [digest(row.raw)])
        ends.append(len(chains))
    wholes = {chains[end - 1] for end in ends}
    places, start = array("Q"), 0
    for end in ends:
        shortest = next(chains[at] for at in range(start, end) if chains[at] in wholes)
        places.append(digest(repr((seed, shortest))))
        start = end
    return places


def _by_place(places: array[int], shares: tuple[float, float], column: str | None = None) -> Division:
    test, valid = _limits(places, shares)
    parts = bytearray(TEST if place <= test else VALID if place <= valid else TRAIN for place in places)
    return Division(parts=parts, groups=len(set(places)), column=column)


def _limits(places: array[int], shares: tuple[float, float]) -> tuple[int, int]:
    """The places up to which rows are tested and validated on, so that the shares are as near as whole groups allow and
    no part is empty."""
    groups = sorted(Counter(places).items())
    parts = 2 + (shares[0] > 0)
    if len(groups) < parts:
        raise DataError(
            f"the rows cannot be split in {parts}: all {len(places):,} of them are in {len(groups)} group"
            f"{'s' * (len(groups) != 1)} that must stay together.",
            hint=f"A split in {parts} needs at least {parts} groups, better many more; see --by.",
        )
    after_test = _nearest(groups, 0, len(groups) - parts + 1, shares[1] * len(places))
    if not shares[0]:
        return groups[after_test - 1][0], groups[after_test - 1][0]
    after_valid = _nearest(groups, after_test, len(groups) - 1, shares[0] * len(places))
    return groups[after_test - 1][0], groups[after_valid - 1][0]


def _nearest(groups: Sequence[tuple[int, int]], start: int, end: int, wanted: float) -> int:
    """After which group, from `start` and before `end`, the rows counted from `start` are nearest to the number
    wanted."""
    taken, best = 0, (float("inf"), start + 1)
    for index in range(start, end):
        taken += groups[index][1]
        best = min(best, (abs(taken - wanted), index + 1))
    return best[1]
