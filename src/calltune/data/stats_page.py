"""The page of `calltune stats --html`. In: a `StatsReport`. Out: HTML for people: how many of what, and what is
missing. Long lists are cut in the chart and whole below it, up to 2,000 lines."""

from __future__ import annotations

from itertools import groupby

from calltune.contract.json_text import quote
from calltune.data.coverage import ArgumentUse, ToolUse
from calltune.data.page import bars, columns, folded, page, section, side_by_side, stack, table, tiles, todo_list
from calltune.data.stats_report import TURN_WORDS, Lengths, StatsReport

CHARTED = 30
"""Tools in the first chart."""
LISTED = 2000
"""Lines of a folded list; --json has them all."""
SHOWN_TODO = 15


def stats_page(report: StatsReport) -> str:
    """The numbers as one HTML document."""
    read = f"{report.data}: {report.rows:,} rows"
    if report.unread_rows:
        read += f", of which {report.unread_rows:,} could not be read"
    facts = (
        ("rows", f"{report.rows:,}"),
        ("calls", f"{report.calls:,}"),
        ("tools", f"{len(report.tools):,}"),
        ("lists of tools", f"{report.toolsets:,}"),
        ("turns of the assistant", f"{sum(report.turns.values()):,}"),
        ("repeated questions", f"{report.duplicates:,}"),
        ("failed results", f"{report.failures:,}"),
    )
    sections = (_todo(report), _balance(report), _tools(report), _turns(report), _lengths(report), _arguments(report))
    return page("What is in the data", read, [tiles(facts), *filter(None, sections)])


def _todo(report: StatsReport) -> str:
    if not report.todo:
        return section("What is missing", note="Nothing of what is looked for.")
    items = [(one.text, one.command) for one in report.todo]
    if len(items) <= SHOWN_TODO:
        return section(f"What is missing ({len(items):,})", _todo_list(items))
    rest = items[SHOWN_TODO : SHOWN_TODO + LISTED]
    more = folded(f"{len(items) - SHOWN_TODO:,} more", _todo_list(rest))
    return section(f"What is missing ({len(items):,})", _todo_list(items[:SHOWN_TODO]), more)


def _todo_list(items: list[tuple[str, str | None]]) -> str:
    """The same command in a row of items is shown once, with the last of them."""
    shown: list[tuple[str, str | None]] = []
    for command, group in groupby(items, key=lambda item: item[1]):
        texts = [text for text, _ in group]
        shown += [(text, None) for text in texts[:-1]]
        shown.append((texts[-1], command))
    return todo_list(shown)


def _balance(report: StatsReport) -> str:
    whole = sum(report.turns.values())
    if not whole:
        return ""
    parts = [
        (TURN_WORDS[kind], float(count), f"{count:,} ({100 * count / whole:.1f} %)")
        for kind, count in report.turns.items()
    ]
    calls = [
        (f"{count} call{'s' * (count != 1)}", float(turns), f"{turns:,}")
        for count, turns in report.calls_per_turn.items()
    ]
    note = "Told by the structure of the conversation; “says that it cannot” by words, and only roughly."
    if len(calls) > CHARTED:
        rest = sum(turns for _, turns, _ in calls[CHARTED - 1 :])
        calls = [*calls[: CHARTED - 1], ("more", rest, f"{rest:,.0f}")]
    return section(
        "What the assistant does, turn by turn", stack(parts), "<h3>Calls in a turn</h3>", bars(calls), note=note
    )


def _tools(report: StatsReport) -> str:
    called = report.called_tools
    if not called:
        return ""
    most = float(called[0][1].calls)
    rows = [(name, float(use.calls), f"{use.calls:,}") for name, use in called]
    more = ""
    if len(rows) > CHARTED:
        more = folded(f"{len(rows) - CHARTED:,} more", bars(rows[CHARTED : CHARTED + LISTED], most))
    never = sum(not use.calls for _, use in called)
    note = f"{never:,} of {len(called):,} tools are never called." if never else ""
    return section("Calls of each tool", bars(rows[:CHARTED], most), more, note=note)


def _turns(report: StatsReport) -> str:
    counts = dict(report.turns_per_row)
    if not counts:
        return ""
    last = min(max(counts), 40)
    rows = [(str(number), counts.get(number, 0)) for number in range(min(counts), last)]
    rows.append(
        (f"{last}" if max(counts) == last else f"{last}+", sum(n for turn, n in counts.items() if turn >= last))
    )
    return section("Turns of the assistant in a row", side_by_side([columns("rows by number of turns", rows)]))


def _lengths(report: StatsReport) -> str:
    measured = {part: one for part, one in report.lengths.items() if one.total}
    if not measured:
        return ""
    parts = [(part, one.mean, f"{one.mean:,.0f}") for part, one in measured.items()]
    rows = [
        (part, f"{one.mean:,.0f}", f"{one.median:,}", f"{one.p95:,}", f"{one.max:,}", f"{one.total:,}")
        for part, one in measured.items()
    ]
    headings = (f"{report.unit} a row", "mean", "median", "95 %", "most", "all rows")
    charts = side_by_side(columns(f"{part}: rows by length", _histogram(one)) for part, one in measured.items())
    note = f"In {report.unit}. The bar shows the mean row; the columns count rows up to the length below each."
    return section("Lengths", stack(parts), table(headings, rows, numbers=range(1, 6)), charts, note=note)


def _histogram(one: Lengths) -> list[tuple[str, int]]:
    counts = dict(one.histogram)
    bounds = [bound for bound in counts if bound]
    steps = (
        [] if not bounds else [1 << power for power in range(min(bounds).bit_length() - 1, max(bounds).bit_length())]
    )
    zero = [("0", counts[0])] if 0 in counts else []
    return zero + [(_short(bound), counts.get(bound, 0)) for bound in steps]


def _short(number: int) -> str:
    for size, letter in ((1 << 20, "M"), (1 << 10, "k")):
        if number >= size:
            return f"{number // size}{letter}"
    return str(number)


def _arguments(report: StatsReport) -> str:
    rows = [
        _argument(tool, use, name, argument)
        for tool, use in report.called_tools
        for name, argument in use.arguments.items()
    ]
    if not rows:
        return ""
    headings = ("tool", "argument", "given", "% of calls", "different values", "range", "enum values that never occur")
    shown = table(headings, rows[:LISTED], numbers=(2, 3, 4, 5))
    more = f" The first {LISTED:,}; --json has all." if len(rows) > LISTED else ""
    note = f"Required ones are marked *, those that the schema does not declare with !.{more}"
    body = shown if len(rows) <= 40 else folded(f"{len(rows):,} arguments", shown)
    return section("Arguments", body, note=note)


def _argument(tool: str, use: ToolUse, name: str, argument: ArgumentUse) -> tuple[str, ...]:
    mark = "*" if argument.required else "" if argument.declared else " !"
    unused = ", ".join(quote(value, 30) for value in argument.unused[:20])
    more = f" and {len(argument.unused) - 20} more" if len(argument.unused) > 20 else ""
    bounds = "" if argument.low is None else f"{argument.low:,} to {argument.high:,}"
    share = f"{100 * argument.given / use.calls:.0f}" if use.calls else ""
    return tool, name + mark, f"{argument.given:,}", share, f"{len(argument.values):,}", bounds, unused + more
