"""What must not be trained on, looked up by what is said. In: the tested rows and the questions of block lists, then
training rows one by one. Out: for each tested row the strongest leak, and what training shows of the tested calls.
What it keeps grows with the tested side and not with the training rows."""

from __future__ import annotations

import json
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from calltune.contract import Toolset
from calltune.data.leak_report import KINDS, Contact, Leak
from calltune.data.near import NearIndex
from calltune.data.read import Row
from calltune.data.wording import beginnings, call_digest, calls_of, digest, plain_words, user_words

SHOWN = 80
"""Characters of a training row that are shown with a leak."""

MOST_MEETINGS = 100
"""Training rows that a group of tested rows which say the same is compared with. Where all rows say the same, each
would be compared with each."""

KEPT_SCHEMAS = 4096
"""Toolsets whose schemas are remembered at once."""


@dataclass(slots=True)
class _Best:
    """The strongest leak of one tested row so far."""

    kind: str
    similarity: float
    source: str
    line: int
    same_calls: bool
    words: str

    @property
    def strength(self) -> tuple[int, float, bool]:
        return -KINDS.index(self.kind), self.similarity, self.same_calls


@dataclass(slots=True)
class _Calls:
    """Calls of the test rows, how often each, and which of them training shows."""

    times: Counter[tuple[str, int, int]] = field(default_factory=Counter)
    """Name, digest of the schema, digest of the whole call."""
    names: dict[str, bool] = field(default_factory=dict)
    schemas: dict[int, bool] = field(default_factory=dict)
    calls: dict[int, bool] = field(default_factory=dict)


class Tested:
    """The tested side: rows by what is said in them, and the leaks found so far. Rows are numbered as they come."""

    def __init__(self, near: float) -> None:
        self.leaks: dict[int, _Best] = {}
        self.rows = 0
        self.wordless = 0
        self.questions: dict[str, int] = defaultdict(int)
        self.near = NearIndex(near) if near < 1 else None
        self._lists: list[str] = []  # the names of the block lists, in the order of their first rows
        self._first_blocked: list[int] = []
        self._sources: list[str] = []
        self._source = array("I")
        self._line = array("Q")
        self._calls = array("Q")
        self._exact: dict[int, list[int]] = defaultdict(list)
        self._plain: dict[int, list[int]] = defaultdict(list)
        self._near: list[int] = []  # the digest of each text in the near index
        self._whole: dict[int, list[int]] = defaultdict(list)
        self._beginning: dict[int, list[int]] = defaultdict(list)
        self._met: Counter[int] = Counter()
        self._schemas: dict[bytes, dict[str, int]] = {}
        self._test_calls = _Calls()

    def add_row(self, row: Row) -> None:
        """A row to test on."""
        self.rows += 1
        messages = row.draft.messages if row.draft is not None else ()
        self.add(row.source, row.line, messages)
        schemas, tested = self._schemas_of(row), self._test_calls
        for call in calls_of(messages):
            name, schema, whole = call["name"], schemas.get(call["name"], 0), call_digest(call)
            tested.times[name, schema, whole] += 1
            tested.names[name] = tested.schemas[schema] = tested.calls[whole] = False

    def add(self, source: str, line: int, messages: Sequence[dict[str, Any]], blocked: str | None = None) -> None:
        """What is said in a tested row, or in a question of the block list `blocked`."""
        number = len(self._line)
        if blocked is not None:
            if blocked not in self._lists:
                self._lists.append(blocked)
                self._first_blocked.append(number)
            self.questions[blocked] += bool(messages)
        if not self._sources or self._sources[-1] != source:
            self._sources.append(source)
        self._source.append(len(self._sources) - 1)
        self._line.append(line)
        self._calls.append(_calls_digest(messages))
        words = user_words(messages)
        plain = plain_words(words)
        if not plain:
            self.wordless += 1
            return
        self._exact[digest(words)].append(number)
        key = digest(plain)
        if self.near is not None and key not in self._plain:
            self.near.add(plain)
            self._near.append(key)
        self._plain[key].append(number)
        turns = beginnings(messages)
        if turns:
            self._whole[turns[-1]].append(number)
            for turn in turns[:-1]:
                self._beginning[turn].append(number)

    def meet(self, row: Row) -> bool:
        """Compare a training row with all that is tested; whether it holds a question of a block list."""
        messages = row.draft.messages if row.draft is not None else ()
        self._note_calls(row)
        words = user_words(messages)
        plain = plain_words(words)
        if not plain:
            return False
        blocked, calls, shown = False, _calls_digest(messages), " ".join(words[:SHOWN].split())
        for group, kind, similarity in self._touched(messages, words, plain):
            blocked = blocked or bool(self._first_blocked and group[-1] >= self._first_blocked[0])
            self._met[id(group)] += 1
            if self._met[id(group)] > MOST_MEETINGS:
                continue
            for number in group:
                best = _Best(kind, similarity, row.source, row.line, self._calls[number] == calls, shown)
                known = self.leaks.get(number)
                if known is None or known.strength < best.strength:
                    self.leaks[number] = best
        return blocked

    def _touched(self, messages: Any, words: str, plain: str) -> Iterator[tuple[list[int], str, float]]:
        """Groups of tested rows, in ascending order, and how the training row touches them."""
        key, turns = digest(plain), beginnings(messages)
        found: list[tuple[list[int] | None, str]] = [
            (self._exact.get(digest(words)), "exact"),
            (self._plain.get(key), "normalised"),
            (self._beginning.get(turns[-1]) if turns else None, "dialogue"),
            *((self._whole.get(turn), "dialogue") for turn in turns),
        ]
        yield from ((group, kind, 1.0) for group, kind in found if group is not None)
        if self.near is not None:
            for index, similarity in self.near.find(plain):
                if self._near[index] != key:
                    yield self._plain[self._near[index]], "near", similarity

    def _note_calls(self, row: Row) -> None:
        tested = self._test_calls
        if not tested.times or row.draft is None:
            return
        for call in calls_of(row.draft.messages):
            if call["name"] in tested.names:
                tested.names[call["name"]] = True
                whole = call_digest(call)
                if whole in tested.calls:
                    tested.calls[whole] = True
        for schema in self._schemas_of(row).values():
            if schema in tested.schemas:
                tested.schemas[schema] = True

    def _schemas_of(self, row: Row) -> dict[str, int]:
        """For each tool that a row offers, a digest of its name and parameters."""
        offer = None if row.draft is None else row.draft.offer
        if offer is None or offer.toolset is None:
            return {}
        if offer.digest not in self._schemas:
            if len(self._schemas) >= KEPT_SCHEMAS:
                self._schemas.clear()
            self._schemas[offer.digest] = _digests(offer.toolset)
        return self._schemas[offer.digest]

    def found(self) -> tuple[Leak, ...]:
        """Every leak, the tested rows in their order."""
        return tuple(
            Leak(
                kind=best.kind,
                similarity=round(best.similarity, 4),
                test_source=self._sources[self._source[number]],
                test_line=self._line[number],
                train_source=best.source,
                train_line=best.line,
                same_calls=best.same_calls,
                words=best.words,
                against=self._list_of(number),
            )
            for number, best in sorted(self.leaks.items())
        )

    def _list_of(self, number: int) -> str | None:
        names = [name for name, first in zip(self._lists, self._first_blocked, strict=True) if number >= first]
        return names[-1] if names else None

    def contact(self) -> Contact:
        """What training shows of the calls that are tested."""
        tested = self._test_calls
        return Contact(
            calls=tested.times.total(),
            tool_called=sum(times for (name, _, _), times in tested.times.items() if tested.names[name]),
            schemas=sum(times for (_, schema, _), times in tested.times.items() if schema),
            schema_shown=sum(times for (_, schema, _), times in tested.times.items() if tested.schemas[schema]),
            same_call=sum(times for (_, _, whole), times in tested.times.items() if tested.calls[whole]),
            tools=len(tested.names),
            tools_called=sum(tested.names.values()),
        )


def _digests(toolset: Toolset) -> dict[str, int]:
    return {tool.name: digest(tool.name + json.dumps(tool.parameters, sort_keys=True)) for tool in toolset}


def _calls_digest(messages: Any) -> int:
    return digest(repr([call_digest(call) for call in calls_of(messages)]))
