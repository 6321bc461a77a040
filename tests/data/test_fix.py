"""A bad row becomes a good one without loss, or stays as it is."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calltune.compose import mend_recorded_call
from calltune.contract import Toolset
from calltune.data.fix import Fixed, fix_row
from calltune.data.lines import Line
from calltune.data.read import row_of_line
from calltune.data.rules import check_row
from calltune.data.tools import offer_of

Row = dict[str, Any]


def fixed(row: Row | str, contract: Toolset | None = None) -> Fixed | None:
    raw = row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)
    read = row_of_line(Line(7, "rows.jsonl", raw.encode()), offer_of(contract))
    assert check_row(read), "the row must be bad to begin with"
    return fix_row(read, offer_of(contract), mend_recorded_call)


def with_arguments(row: Row, arguments: Any) -> Row:
    made = copy.deepcopy(row)
    made["messages"][1]["tool_calls"][0]["function"]["arguments"] = arguments
    return made


@pytest.mark.parametrize(
    ("kind", "written", "mended"),
    [
        ("number_in_string", {"city": "Paris", "days": "3"}, {"city": "Paris", "days": 3}),
        ("enum_case", {"city": "Paris", "unit": "C"}, {"city": "Paris", "unit": "c"}),
        ("single_quotes", "{'city': 'Paris'}", {"city": "Paris"}),
        ("trailing_comma", '{"city": "Paris",}', {"city": "Paris"}),
        ("encoded_twice", json.dumps(json.dumps({"city": "Paris"})), {"city": "Paris"}),
        ("number_in_string", '{"city": "Paris", "days": "3"}', {"city": "Paris", "days": 3}),
    ],
)
def test_arguments_are_mended_and_the_rest_of_the_row_is_what_it_was(
    row: Row, kind: str, written: Any, mended: Row
) -> None:
    bad = with_arguments(row, written)
    found = fixed(bad)
    assert found is not None and check_row(found.row) == ()
    assert kind in {change.kind for change in found.changes}
    assert json.loads(found.row.raw) == with_arguments(row, mended)
    assert all(change.pointer.startswith("/messages/1/tool_calls/0/function/arguments") for change in found.changes)


def test_a_list_written_as_python_inside_a_string_is_a_list(tool: Row, row: Row) -> None:
    tool["function"]["parameters"]["properties"]["names"] = {"type": "array", "items": {"type": "string"}}
    row["tools"] = [tool]
    found = fixed(with_arguments(row, {"city": "Paris", "names": "['Ann', 'Bob']"}))
    assert found is not None and found.changes[0].kind == "literal_in_string"
    assert json.loads(found.row.raw)["messages"][1]["tool_calls"][0]["function"]["arguments"]["names"] == ["Ann", "Bob"]


@pytest.mark.parametrize(
    "arguments",
    [
        {"days": 3},  # a required one is missing
        {"city": "Paris", "town": "Paris"},  # one too many
        {"city": "Paris", "days": "three"},
        {"city": "Paris", "unit": "kelvin"},
        {"city": "Paris", "days": "3", "unit": "kelvin"},  # one of two
        '{"city": "Paris"',
        '{"city": "Paris", "city": "Rome"}',
    ],
)
def test_what_would_be_a_guess_is_left_alone(row: Row, arguments: Any) -> None:
    assert fixed(with_arguments(row, arguments)) is None


def test_a_row_with_one_problem_that_stays_is_not_touched(row: Row) -> None:
    bad = with_arguments(row, {"city": "Paris", "days": "3"})
    bad["messages"][2]["tool_call_id"] = "another"
    assert fixed(bad) is None


def test_columns_and_roles_get_the_names_that_the_reader_knows(row: Row) -> None:
    odd = {"id": 1, "conversations": row["messages"], "functions": row["tools"]}
    odd["conversations"][0]["role"], odd["conversations"][1]["role"] = "human", "Assistant"
    found = fixed(odd)
    assert found is not None and list(json.loads(found.row.raw)) == ["id", "messages", "tools"]
    assert [change.kind for change in found.changes] == ["column_name", "column_name", "role_name", "role_name"]
    assert [(change.before, change.after) for change in found.changes][2:] == [
        ("human", "user"),
        ("Assistant", "assistant"),
    ]


def test_two_columns_that_could_be_the_messages_are_not_chosen_between(row: Row) -> None:
    assert fixed({"conversation": row["messages"], "dialog": row["messages"], "tools": row["tools"]}) is None


def test_a_column_of_tools_is_left_alone_where_a_contract_is_given(row: Row) -> None:
    bad = with_arguments(row, {"city": "Paris", "days": "3"})
    found = fixed({"messages": bad["messages"], "functions": ["x"]}, Toolset.from_openai(row["tools"]))
    assert found is not None and json.loads(found.row.raw)["functions"] == ["x"]


def test_a_legacy_call_and_messages_as_text_are_mended_where_they_stand(row: Row) -> None:
    legacy = {"name": "get_weather", "arguments": '{"city": "Paris", "days": "3"}'}
    messages = [row["messages"][0], {"role": "assistant", "content": None, "function_call": legacy}]
    for bad in ({"messages": messages}, {"messages": json.dumps(messages)}):
        found = fixed({**bad, "tools": row["tools"]})
        assert found is not None
        assert json.loads(found.row.raw)["messages"][1]["function_call"]["arguments"] == {"city": "Paris", "days": 3}


@pytest.mark.parametrize("options", [{}, {"separators": (",", ":")}, {"ensure_ascii": False}])
def test_the_rest_of_the_line_keeps_its_bytes(row: Row, options: Row) -> None:
    row["messages"][3]["content"] = "21 °C in Zürich"
    bad = with_arguments(row, {"city": "Paris", "days": "3"})
    found = fixed(json.dumps(bad, **options))
    good = json.dumps(with_arguments(row, {"city": "Paris", "days": 3}), **options)
    assert found is not None and found.row.raw.decode() == good


@settings(max_examples=60)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda one: st.lists(one) | st.dictionaries(st.text(), one),
        max_leaves=8,
    ),
    st.sampled_from(["messages", "tools", "call", "arguments", "role", "content"]),
)
def test_whatever_stands_in_a_row_it_is_mended_or_left_and_never_raises(value: Any, where: str) -> None:
    call: Row = {"id": "c", "type": "function", "function": {"name": "f", "arguments": {"n": "1"}}}
    row: Row = {
        "messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "", "tool_calls": [call]}],
        "tools": [
            {"type": "function", "function": {"name": "f", "parameters": {"properties": {"n": {"type": "integer"}}}}}
        ],
    }
    if where in row:
        row[where] = value
    elif where == "call":
        row["messages"][1]["tool_calls"] = value
    elif where == "arguments":
        call["function"]["arguments"] = value
    else:
        row["messages"][0][where] = value
    read = row_of_line(Line(1, "x", json.dumps(row).encode()), offer_of(None))
    if check_row(read):
        found = fix_row(read, offer_of(None), mend_recorded_call)
        assert found is None or (check_row(found.row) == () and found.changes)


@pytest.mark.parametrize("odd", ["[" * 900 + "]" * 900, "1e400"])
def test_a_row_that_could_not_be_written_back_is_left_alone(row: dict[str, Any], odd: str) -> None:
    row["messages"][0]["role"] = "User"
    raw = json.dumps({**row, "x": "?"}).replace('"?"', odd).encode()
    read = row_of_line(Line(1, "rows.jsonl", raw), offer_of(None))
    assert fix_row(read, offer_of(None), mend_recorded_call) is None
