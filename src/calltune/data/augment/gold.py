"""What is learned about the gold rows before anything is made of them. In: the data, once. Out: which rows are good,
the pool of their tools, and rows to merge with. Bounded: one byte a row, MOST_TOOLS tools, MOST_PARTNERS rows a
toolset, MOST_TOOLSETS of these; the ones kept are chosen by their content, so another order of the rows keeps the
same."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field

from calltune.contract import Tool
from calltune.data.augment.make import digest_of
from calltune.data.augment.merged import first_task
from calltune.data.augment.plans import is_plan
from calltune.data.conversation import Conversation
from calltune.data.read import Row
from calltune.data.rules import check_row

BAD, KEPT, USED, PLAN = range(4)
MOST_TOOLS = 1000
MOST_PARTNERS = 64
MOST_TOOLSETS = 1024
"""Toolsets of which partners are kept: those with the lowest digests."""


@dataclass(kw_only=True)
class Gold:
    """The rows that are fit to make others of."""

    states: bytearray = field(default_factory=bytearray)
    """For each row, in their order: BAD, KEPT (good, but it offers no tools: nothing can be made of it), USED,
    or PLAN (bad, but only where a call names the result of another: `sequence` can be made of it)."""
    first_problem: str = ""
    """Where the first bad row stands and what is wrong with it."""
    _tools: dict[str, tuple[bytes, Tool]] = field(default_factory=dict)
    _partners: dict[bytes, list[tuple[bytes, Conversation]]] = field(default_factory=dict)
    _highest: bytes = b"\xff" * 64
    """Toolsets with a higher digest are not kept."""

    @property
    def rows(self) -> int:
        """How many are good."""
        return len(self.states) - self.bad_rows

    @property
    def used_rows(self) -> int:
        """How many of these others can be made of."""
        return self.states.count(USED)

    @property
    def bad_rows(self) -> int:
        """How many are not good."""
        return self.states.count(BAD) + self.plans

    @property
    def plans(self) -> int:
        """How many of these `sequence` can be made of."""
        return self.states.count(PLAN)

    @property
    def pool(self) -> tuple[Tool, ...]:
        """One tool of each name, by name."""
        return tuple(tool for _, (_, tool) in sorted(_lowest(self._tools).items()))

    @property
    def partners(self) -> dict[bytes, tuple[Conversation, ...]]:
        """By toolset: rows to merge with."""
        kept = heapq.nsmallest(MOST_TOOLSETS, self._partners)
        return {key: tuple(row for _, row in self._partners[key]) for key in kept}

    def add(self, row: Row) -> None:
        """One row, as it is read."""
        problems = check_row(row)
        if problems or row.conversation is None:
            plan = row.conversation is not None and is_plan(row.conversation, problems)
            self.states.append(PLAN if plan else BAD)
            self.first_problem = self.first_problem or f"{row.source}:{row.line}: {problems[0].message}"
            return
        conversation, offer = row.conversation, row.conversation.offer
        self.states.append(KEPT if offer is None or offer.toolset is None else USED)
        if offer is None or offer.toolset is None:
            return
        self.add_tools(offer.toolset)
        task = first_task(conversation)
        if task is not None:
            self._add_partner(offer.digest, task)

    def add_tools(self, tools: Iterable[Tool]) -> None:
        """Tools for the pool; of two with one name, and of too many, those with the lowest hash stay."""
        for tool in tools:
            known = self._tools.get(tool.name)
            if known is not None and known[1] is tool:  # thousands of rows share their tools
                continue
            rank = hashlib.blake2b(tool.fingerprint.encode(), digest_size=8).digest()
            if known is None or rank < known[0]:
                self._tools[tool.name] = (rank, tool)
        if len(self._tools) > 2 * MOST_TOOLS:
            self._tools = _lowest(self._tools)

    def _add_partner(self, key: bytes, row: Conversation) -> None:
        if key > self._highest:
            return
        kept = self._partners.setdefault(key, [])
        digest = digest_of(row)
        if len(kept) < MOST_PARTNERS or digest < kept[-1][0]:
            kept.append((digest, row))
            kept.sort(key=lambda one: one[0])
            del kept[MOST_PARTNERS:]
        if len(self._partners) > 2 * MOST_TOOLSETS:  # what goes is never among the lowest again
            self._partners = {one: self._partners[one] for one in heapq.nsmallest(MOST_TOOLSETS, self._partners)}
            self._highest = max(self._partners)


def _lowest(tools: dict[str, tuple[bytes, Tool]]) -> dict[str, tuple[bytes, Tool]]:
    """The tools with the lowest hashes."""
    return dict(heapq.nsmallest(MOST_TOOLS, tools.items(), key=lambda item: (item[1][0], item[0])))


def read_gold(rows: Iterable[Row], extra: Iterable[Tool] = ()) -> Gold:
    """All rows, once; `extra`: more tools for the pool."""
    gold = Gold()
    for row in rows:
        gold.add(row)
    gold.add_tools(extra)
    return gold
