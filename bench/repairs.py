"""Real calls through the guard: no good call is refused or changed, every bad one is caught, and how many of the bad
ones can be mended without loss, by kind. It needs the folder that `bench.train_speed` describes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.train_speed import SHARED
from calltune.contract import Tool, Toolset
from calltune.contract.json_text import to_plain
from calltune.data import read_rows
from calltune.errors import ContractError
from calltune.guard import Guard
from calltune.render.parse import Message, ToolCall


def calls_of(path: Path, found: Counter[str]) -> Iterator[tuple[Toolset, str, dict[str, Any]]]:
    """Every call of a file, with the tools of its row. Rows that cannot be read, or have a broken schema, have no calls
    to judge (`calltune check` reports them) and are counted."""
    for row in read_rows(path):
        conversation = row.conversation or row.draft
        if conversation is None:
            found["rows left out"] += 1
            continue
        try:
            offered = conversation.toolset()
        except ContractError:
            found["rows left out"] += 1
            continue
        yield from (
            (offered, call["function"]["name"], call["function"]["arguments"])
            for message in conversation.messages
            for call in message.get("tool_calls") or ()
        )


def reading(tools: Toolset) -> Toolset:
    """The same tools, taken to only read, so that every repair may be tried."""
    return Toolset([Tool(**{**tool.to_json(), "effect": "read"}) for tool in tools])


def measure(path: Path) -> dict[str, Any]:
    """The counts of one file."""
    found: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    mended: Counter[str] = Counter()
    guards: dict[str, Guard] = {}
    for tools, name, arguments in calls_of(path, found):
        guard = guards.get(tools.fingerprint) or guards.setdefault(tools.fingerprint, Guard(reading(tools)))
        problems = tools.check(name, arguments)
        outcome = guard.check(Message(calls=(ToolCall(name=name, arguments=arguments),)))
        found["calls"] += 1
        if not problems:
            changed = [repair.kind for repair in outcome.repairs if repair.kind != "integral_float"]
            found["good"] += 1
            found["good and let through"] += outcome.decision == "calls"
            found["good and changed"] += bool(changed) or to_plain(outcome.proposed[0].arguments)[0] != arguments
            continue
        found["bad"] += 1
        found["bad and stopped"] += outcome.decision != "calls"
        kinds.update({problem.kind for problem in problems})
        if outcome.decision == "calls":
            found["bad and mended"] += 1
            assert not tools.check(name, outcome.calls[0].arguments)
            mended.update({repair.kind for repair in outcome.repairs})
        found["bad and asked for"] += outcome.decision == "ask"
    return {"file": path.name, "counts": dict(found), "problems": dict(kinds), "repairs": dict(mended)}


def main() -> list[dict[str, Any]]:
    """Print a line a file and the sum; return everything."""
    folder = SHARED / "data"
    if not folder.is_dir():
        print(f"left out: no real data in {SHARED} (set CALLTUNE_SHARED)")
        return []
    lines = [measure(path) for path in sorted([*folder.glob("*.jsonl"), *folder.glob("*.jsonl.gz")])]
    total: dict[str, Counter[str]] = {key: Counter() for key in ("counts", "problems", "repairs")}
    for line in lines:
        for key, counter in total.items():
            counter.update(line[key])
    for line in [*lines, {"file": "all", **total}]:
        n = Counter(line["counts"])
        good = f"{n['good']:>7,} good ({n['good and let through']:,} let through, {n['good and changed']} changed)"
        bad = f"{n['bad']:>4} bad ({n['bad and mended']} mended, {n['bad and asked for']} asked for, the rest rejected)"
        left = f"; {n['rows left out']} rows left out" if n["rows left out"] else ""
        print(f"{line['file']:32} {n['calls']:>7,} calls: {good}; {bad}{left}")
    print(f"   problems of the bad calls: {json.dumps(total['problems'])}")
    print(f"   repairs of the mended ones: {json.dumps(total['repairs'])}")
    return lines
