"""Hostile completions: the guard never raises, and nothing that three other validators refuse gets through.

The nightly size is `python -m bench.fuzz --completions 1000000`."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from bench.fuzz import FORMATS, HOSTILE, Options, fuzz, toolset
from hypothesis import given
from hypothesis import strategies as st

from calltune.contract import Toolset
from calltune.data import read_rows
from calltune.guard import Guard
from calltune.render.parse import parse, read_plain_call

TOOLS = toolset()
GUARDS = {format: Guard(TOOLS, format=format) for format in FORMATS}


def test_many_completions_and_no_invalid_call_gets_through() -> None:
    found = fuzz(Options(completions=6_000, seed=7, large=1_000))
    assert found.calls > 300 and found.repairs and found.slowest_s < 20
    assert set(found.decisions) == {"calls", "reply", "ask", "rejected"}


@given(
    st.lists(
        st.sampled_from([*HOSTILE, "name", "arguments", "weather", "city", "Rome", '{"', '": "', '"}', " "]),
        max_size=30,
    )
)
def test_any_pieces_in_any_order(pieces: list[str]) -> None:
    for guard in GUARDS.values():
        outcome = guard.check("".join(pieces))
        for call in outcome.calls:
            assert not TOOLS.check(call.name, call.arguments)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.text(max_size=6)
    | st.sampled_from(HOSTILE),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["city", "days", "a", ":", '"']), inner)
    ),
    max_leaves=6,
)


@given(JSON, st.sampled_from(["", " ", "\n"]), st.booleans())
def test_the_short_way_decides_as_the_long_way_does(arguments: Any, space: str, ascii_only: bool) -> None:
    try:
        body = json.dumps(arguments, ensure_ascii=ascii_only, separators=(",", f"{space}:{space}"))
    except UnicodeEncodeError:
        return
    text = f'<tool_call>{space}{{"name": "free", "arguments": {body}}}{space}</tool_call>'
    read = read_plain_call(text)
    if read is not None:
        message = parse(text)
        (call,) = message.calls  # type: ignore[union-attr]
        assert (call.name, call.arguments) == read and not TOOLS.check("free", call.arguments_text or {})
    plain = GUARDS["hermes"].check(text)
    long = GUARDS["hermes"].check(parse(text))
    assert plain.decision == long.decision and plain.problems == long.problems and plain.steps == long.steps
    assert [(c.name, c.arguments) for c in plain.calls] == [(c.name, c.arguments) for c in long.calls]


@pytest.mark.parametrize(
    "body",
    [
        '{"name": "free", "arguments": {"a": 1, "a": 2}}',
        '{"name": "free", "arguments": {"a" : 1, "a": 2}}',
        '{"name": "free", "arguments": {"a"\n: 1, "a": 2, "b": ":"}}',
        '{"name": "free", "name": "now", "arguments": {}}',
        '{"name": "free", "arguments": {"\\u0061": 1, "a": 2}}',
        '{"name": "free", "arguments": {"a": {"b": 1, "b": 1}}}',
        '{"name": "free", "arguments": {"a": 18446744073709551616}}',
        '{"name": "free", "arguments": {"a": 1e999}}',
        '{"name": "free", "arguments": {"a": NaN}}',
        '{"name": "free", "arguments": {"a": "\\ud800"}}',
        '{"name": "free", "arguments": {"a": ' + "[" * 70 + "]" * 70 + "}}",
    ],
)
def test_what_programs_read_differently_never_takes_the_short_way(body: str) -> None:
    text = f"<tool_call>{body}</tool_call>"
    assert read_plain_call(text) is None
    assert GUARDS["hermes"].check(text).decision == "rejected"


def test_real_calls_take_the_short_way(shared: Path) -> None:
    """Otherwise the speed that the benchmark shows would be one of made-up calls."""
    taken = total = 0
    for row in islice(read_rows(shared / "data" / "snips_train.jsonl.gz"), 300):
        assert row.conversation is not None
        tools: Toolset = row.conversation.toolset()
        for message in row.conversation.messages:
            for call in message.get("tool_calls") or ():
                function = call["function"]
                body = json.dumps({"name": function["name"], "arguments": function["arguments"]}, ensure_ascii=False)
                assert Guard(tools).check(f"<tool_call>\n{body}\n</tool_call>").decision in ("calls", "rejected", "ask")
                taken += read_plain_call(f"<tool_call>\n{body}\n</tool_call>") is not None
                total += 1
    assert taken > 0.9 * total
