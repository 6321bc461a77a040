"""Tools that are held out: called in test rows and in no training row. In: rows and the shares wanted. Out: a
`Division`. A row that calls a held-out tool is tested on, whatever else it calls, so no row is lost; rows without a
call are divided by their words, so that the test asks for them too. What counts is the call, not the offer: a
training row may show the schema of a held-out tool, and the facts say how many do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection

from calltune.data.grouping import TEST, TRAIN, VALID, Division, Rows, place_of_words
from calltune.data.read import Row
from calltune.data.wording import calls_of, digest
from calltune.errors import DataError

FEW = 3
"""How many tools a share should have at least, where they are small enough: one alone says little about new tools."""

Combination = frozenset[str]
"""The tools that a row calls."""


def by_tool(rows: Rows, shares: tuple[float, float], seed: int) -> Division:
    """Some tools occur only in the test rows; with a share for validation, others only there and in the test rows."""
    combinations = Counter(called(row) for row in rows())
    with_calls = Counter({tools: count for tools, count in combinations.items() if tools})
    names = {name for tools in with_calls for name in tools}
    test = _hold_out(with_calls, names, shares[1], seed)
    left = Counter({tools: count for tools, count in with_calls.items() if not tools & test})
    valid = _hold_out(left, names - test, shares[0], seed, of=with_calls.total()) if shares[0] else frozenset()
    parts = bytearray()
    offered = 0
    for row in rows():
        tools = called(row)
        if not tools:
            parts.append(_part_of_words(row, shares, seed))
        else:
            parts.append(TEST if tools & test else VALID if tools & valid else TRAIN)
        offer = None if row.draft is None else row.draft.offer
        if parts[-1] == TRAIN and offer is not None and offer.toolset is not None:
            offered += not test.isdisjoint(offer.toolset.names)
    mixed = sum(count for tools, count in with_calls.items() if tools & test and tools - test)
    facts = {
        "mixed_rows": mixed,
        "train_rows_that_offer_them": offered,
        "rows_without_calls": combinations[frozenset()],
    }
    return Division(
        parts=parts,
        groups=len(names),
        held_out=tuple(sorted(test)),
        held_out_valid=tuple(sorted(valid)),
        facts=facts,
    )


def called(row: Row) -> Combination:
    """The tools that a row calls."""
    return frozenset(call["name"] for call in calls_of(row.draft.messages)) if row.draft is not None else frozenset()


def _hold_out(
    combinations: Counter[Combination], names: Collection[str], share: float, seed: int, of: int | None = None
) -> frozenset[str]:
    """Tools by chance, each taken if the rows that call any of them come nearer to the share wanted; tools that alone
    would fill most of it come last. At least one, and never so many that no row with a call is left."""
    by_tool: dict[str, list[Combination]] = defaultdict(list)
    for tools in combinations:
        for name in tools:
            by_tool[name].append(tools)
    total = combinations.total()
    wanted = share * (total if of is None else of)
    order = sorted((name for name in names if name in by_tool), key=lambda name: (digest(repr((seed, name))), name))
    held: set[str] = set()
    taken: set[Combination] = set()
    rows = 0

    def new(name: str) -> int:
        return sum(combinations[tools] for tools in by_tool[name] if tools not in taken)

    for most in (wanted / FEW, total):
        for name in order:
            more = new(name)
            nearer = abs(rows + more - wanted) < abs(rows - wanted)
            if name not in held and more <= most and rows + more < total and nearer:
                held.add(name)
                taken.update(by_tool[name])
                rows += more
    if not held:
        fitting = [name for name in order if new(name) < total]
        if not fitting:
            why = "all rows with calls call the same tools" if order else "no row that is left calls one"
            raise DataError(
                f"no tool can be held out: {why}.",
                hint="Split by another rule: --by row, --by conversation or --by time",
            )
        held.add(min(fitting, key=new))
    return frozenset(held)


def _part_of_words(row: Row, shares: tuple[float, float], seed: int) -> int:
    at = place_of_words(row, seed) / 2**64
    return TEST if at < shares[1] else VALID if at < shares[0] + shares[1] else TRAIN
