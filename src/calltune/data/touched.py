"""Which rows a change of the contract touches. In: a `Diff` and a source of rows. Out: `Touched`: the rows that break
the new contract and did not break the old one, the rows whose prompt reads differently, and those that call a tool that
changed. Streams; changes no row.

Rows without tools of their own are taken to offer the old contract. Of a row's own tools those that are the old
contract's are exchanged for the new ones; others stay, for they are another contract's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from calltune.contract import Problem, Toolset
from calltune.contract.diff import Diff
from calltune.contract.difference import demands
from calltune.data.conversation import Conversation
from calltune.data.read import Row, read_rows
from calltune.data.report import Finding
from calltune.data.rules import check_row
from calltune.data.tools import CACHED_TOOLSETS, Offer, offer_of

MOST_FINDINGS = 1000


@dataclass(frozen=True, kw_only=True)
class Touched:
    """What the rows say about a change."""

    rows: int
    """All of them."""
    shown: int
    """Rows whose prompt reads differently."""
    calling: dict[str, int]
    """Changed or removed tool -> rows that call it, most first."""
    broken: int
    """Rows with a problem under the new contract that they did not have under the old."""
    broken_before: int
    """Rows that break the old contract already."""
    by_kind: dict[str, int]
    """New problems by kind, most first."""
    findings: tuple[Finding, ...]
    """The first of them, at most 1,000."""
    problems: int
    """New problems in all."""
    own_tools: int
    """Rows whose `tools` column holds the old contract, or some of it."""
    other_tools: int
    """Rows with a tool of their own that is not the old contract's, although one there has its name."""
    uncalled: tuple[str, ...]
    """Tools of the new contract that no row calls and the old one did not have."""

    def to_json(self) -> dict[str, Any]:
        """Plain data for --json."""
        return {
            "rows": self.rows,
            "rows_shown_differently": self.shown,
            "rows_calling": self.calling,
            "rows_broken": self.broken,
            "rows_broken_before": self.broken_before,
            "by_kind": self.by_kind,
            "problems_total": self.problems,
            "problems": [finding.to_json() for finding in self.findings],
            "rows_with_own_tools": self.own_tools,
            "rows_with_other_tools": self.other_tools,
            "uncalled": list(self.uncalled),
        }


def touched(found: Diff, data: str, *, on_progress: Callable[[float], None] | None = None) -> Touched:
    """Read every row under both contracts. Raises DataError where the data cannot be read."""
    exchange = _Exchange(found)
    affected = {*found.changed, *found.removed}
    rows = shown = broken = broken_before = own = other = 0
    calling: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    called: set[str] = set()
    findings: list[Finding] = []
    for row in read_rows(data, tools=found.old, on_progress=on_progress):
        rows += 1
        before = check_row(row)
        broken_before += bool(before)
        if row.draft is None or row.draft.offer is None or row.draft.offer.toolset is None:
            continue
        given, mixed = exchange.of(row.draft.offer)
        shown += given.digest != row.draft.offer.digest
        own += row.draft.offer.state == "own" and given is not row.draft.offer
        other += mixed
        names = _called(row.draft)
        called |= names
        calling.update(names & affected)
        fresh = _fresh(row, before, given)
        broken += bool(fresh)
        kinds.update(problem.kind for problem in fresh)
        room = max(0, MOST_FINDINGS - len(findings))
        findings += [Finding(source=row.source, line=row.line, problem=problem) for problem in fresh[:room]]
    return Touched(
        rows=rows,
        shown=shown,
        calling=dict(calling.most_common()),
        broken=broken,
        broken_before=broken_before,
        by_kind=dict(kinds.most_common()),
        findings=tuple(findings),
        problems=kinds.total(),
        own_tools=own,
        other_tools=other,
        uncalled=tuple(name for name in found.added if name not in called),
    )


def _called(conversation: Conversation) -> set[str]:
    return {call["function"]["name"] for message in conversation.messages for call in message.get("tool_calls", ())}


def _fresh(row: Row, before: tuple[Problem, ...], given: Offer) -> list[Problem]:
    """The problems that a row has only under the new contract."""
    assert row.draft is not None
    if given is row.draft.offer:
        return []
    known = {(problem.kind, problem.pointer) for problem in before}
    now = check_row(replace(row, draft=replace(row.draft, tools=given.tools, offer=given)))
    return [problem for problem in now if (problem.kind, problem.pointer) not in known]


class _Exchange:
    """What rows offer once the new contract holds; rows with the same tools share the answer."""

    def __init__(self, found: Diff) -> None:
        self.found = found
        self.new = offer_of(found.new)
        self._demands = {tool.name: demands(tool.parameters) for tool in found.old}
        self._known: dict[bytes, tuple[Offer, bool]] = {}

    def of(self, offer: Offer) -> tuple[Offer, bool]:
        """The offer under the new contract (the same object where nothing is exchanged), and whether it holds a tool
        that only has its name in common with the old contract's."""
        if offer.state == "contract":
            return self.new, False
        if offer.digest not in self._known:
            if len(self._known) >= CACHED_TOOLSETS:
                self._known.clear()
            self._known[offer.digest] = self._exchanged(offer)
        kept, mixed = self._known[offer.digest]
        return (offer if kept.digest == offer.digest else kept), mixed

    def _exchanged(self, offer: Offer) -> tuple[Offer, bool]:
        assert offer.toolset is not None
        ours = {tool.name for tool in offer.toolset if self._demands.get(tool.name) == demands(tool.parameters)}
        if len(ours) == len(self.found.old) == len(offer.toolset):
            return self.new, False
        taken = {tool.name for tool in offer.toolset} - ours
        mixed = bool(taken & self._demands.keys())
        tools = []
        for tool in offer.toolset:
            now = self.found.new.get(self.found.renames.get(tool.name, tool.name)) if tool.name in ours else tool
            if now is not None and (now is tool or now.name not in taken):
                tools.append(now)
                taken.add(now.name)
        return offer_of(Toolset(tools)), mixed
