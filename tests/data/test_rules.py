"""Every fault of a row is found, with a pointer to it; good rows are left alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calltune.data import Conversation, check_row, read_rows
from calltune.data.rules import count_bad_calls, is_failure

Row = dict[str, Any]


def found(row: Row) -> list[tuple[str, str]]:
    return [(problem.kind, problem.pointer) for problem in check_row(Conversation.from_json(row))]


def user(text: str = "Hi") -> Row:
    return {"role": "user", "content": text}


def says(text: str = "Hello") -> Row:
    return {"role": "assistant", "content": text}


def calls(*ids: str, **arguments: Any) -> Row:
    function = {"name": "get_weather", "arguments": arguments or {"city": "Rome"}}
    return {
        "role": "assistant",
        "content": "",
        "tool_calls": [{"id": i, "type": "function", "function": function} for i in ids],
    }


def result(name: str, content: str = '{"celsius": 21}') -> Row:
    return {"role": "tool", "tool_call_id": name, "content": content}


def test_a_good_row_has_no_problems(row: Row) -> None:
    assert found(row) == []


def test_a_bad_call_is_reported_not_raised(row: Row) -> None:
    row["messages"][1] = calls("c1", days="two", town="Rome")
    assert sorted(found(row)) == [
        ("missing_required", "/messages/1/tool_calls/0/function/arguments/city"),
        ("unknown_argument", "/messages/1/tool_calls/0/function/arguments/town"),
        ("wrong_type", "/messages/1/tool_calls/0/function/arguments/days"),
    ]
    assert count_bad_calls(check_row(Conversation.from_json(row))) == 1


def test_a_call_that_is_not_learned_may_be_wrong(row: Row) -> None:
    wrong = calls("c0", days="two", town="Rome")
    told = result("c0", "Nothing was run, because of this:\n- /calls/0/arguments/city: missing required argument city.")
    row["messages"][1:1] = [{**wrong, "train": False}, told]
    assert found(row) == []
    row["messages"][1]["train"] = True
    assert len(found(row)) == 3


def test_a_row_of_which_nothing_is_learned_is_reported(row: Row) -> None:
    for message in row["messages"][1::2]:
        message["train"] = False
    assert found(row) == [("no_assistant_turn", "/messages")]


def test_the_result_of_a_substitute_need_not_be_what_the_tool_promises(row: Row) -> None:
    row["messages"][2]["content"] = '{"note": "get_weather failed; look was run in its place.", "result": [1]}'
    assert found(row) == []


def test_an_unknown_tool_points_at_its_name(row: Row) -> None:
    row["messages"][1]["tool_calls"][0]["function"]["name"] = "get_wether"
    (problem,) = check_row(Conversation.from_json(row))
    assert (problem.kind, problem.pointer) == ("unknown_tool", "/messages/1/tool_calls/0/function/name")


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([user(), says()], []),
        ([{"role": "system", "content": "Be brief."}, user(), says()], []),
        ([says("How can I help?"), user(), says()], []),
        ([user(), calls("a")], []),
        ([user(), calls("a"), result("a")], []),
        ([user(), calls("a"), result("a"), user("And then?"), says()], []),
        ([user(), calls("a"), result("a"), calls("a"), result("a"), says()], []),
        ([user(), calls("a", "b"), result("b"), result("a"), says()], []),
        ([user(), {"role": "system", "content": "x"}, says()], [("role_order", "/messages/1/role")]),
        ([user(), user(), says()], [("role_order", "/messages/1/role")]),
        ([user(), says(), says()], [("role_order", "/messages/2/role")]),
        ([user()], [("no_assistant_turn", "/messages")]),
        ([], [("empty_row", "/messages")]),
        ([user(" "), says("")], [("empty_row", "/messages")]),
        ([user(), says("")], [("empty_message", "/messages/1")]),
        ([user(), result("a"), says()], [("orphan_result", "/messages/1/tool_call_id")]),
        ([user(), calls("a"), result("a"), result("a"), says()], [("orphan_result", "/messages/3/tool_call_id")]),
        ([user(), calls("a"), user(), says()], [("unanswered_call", "/messages/1/tool_calls/0")]),
        ([user(), calls("a"), says()], [("unanswered_call", "/messages/1/tool_calls/0")]),
        ([user(), calls("a", "b"), result("b")], [("unanswered_call", "/messages/1/tool_calls/0")]),
        (
            [user(), calls("a", "a"), result("a"), says()],
            [("duplicate_call_id", "/messages/1/tool_calls/1/id")],
        ),
        (
            [user(), calls("a"), result("x"), says()],
            [("orphan_result", "/messages/2/tool_call_id"), ("unanswered_call", "/messages/1/tool_calls/0")],
        ),
    ],
)
def test_messages_must_be_in_order(row: Row, messages: list[Row], expected: list[tuple[str, str]]) -> None:
    assert found({**row, "messages": messages}) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"celsius": 21.5}', []),
        ('{"celsius": "21"}', [("result_wrong_type", "/messages/2/content/celsius")]),
        ("{}", [("result_missing_required", "/messages/2/content/celsius")]),
        ("21 degrees", [("result_not_json", "/messages/2/content")]),
        ("[21]", [("result_wrong_type", "/messages/2/content")]),
        ('{"error": "no such city"}', []),
        ('{"success": false}', []),
        ("Error: timeout", []),
    ],
)
def test_results_must_fit_what_the_tool_returns(row: Row, content: str, expected: list[tuple[str, str]]) -> None:
    row["messages"][2]["content"] = content
    assert found(row) == expected
    del row["tools"][0]["function"]["returns"]
    assert found(row) == []


@pytest.mark.parametrize(
    ("returns", "content"), [("string", "75001"), ("string", "fine"), ("string", '"fine"'), ("null", "")]
)
def test_a_text_result_is_plain_text_or_json(row: Row, returns: str, content: str) -> None:
    row["tools"][0]["function"]["returns"] = {"type": returns}
    row["messages"][2]["content"] = content
    assert found(row) == []


def test_a_failure_is_told_from_a_result() -> None:
    failures: list[Any] = [
        {"error": "x"},
        {"isError": True},
        {"status": "error"},
        "Traceback (most",
        "[Error] x",
        {"errors": [1]},
    ]
    assert all(is_failure(failure) for failure in failures)
    assert not any(
        is_failure(fine) for fine in [{"error": None}, {"status": "ok"}, "fine", 3, None, [], {"errors": []}]
    )


def test_pointers_follow_the_row_as_it_is_written(row: Row, write: Callable[..., Path]) -> None:
    legacy = {
        "role": "assistant",
        "content": None,
        "function_call": {"name": "get_weather", "arguments": '{"town": "Rome"}'},
    }
    bare = {"role": "assistant", "content": "", "tool_calls": [{"name": "get_wether", "arguments": {}}]}
    path = write({**row, "messages": [user(), legacy]}, {**row, "messages": [user(), bare]})
    one, two = (check_row(line) for line in read_rows(path))
    assert sorted(problem.pointer for problem in one) == [
        "/messages/1/function_call/arguments/city",
        "/messages/1/function_call/arguments/town",
    ]
    assert [problem.pointer for problem in two] == ["/messages/1/tool_calls/0/name"]


def test_a_row_with_a_shape_problem_is_still_checked_as_far_as_it_can_be_read(
    row: Row, write: Callable[..., Path]
) -> None:
    row["messages"][1] = calls("c1", town="Rome")
    row["messages"][3]["content"] = 21
    (line,) = read_rows(write(row))
    assert line.conversation is None
    assert {problem.kind for problem in check_row(line)} == {
        "bad_message",
        "missing_required",
        "unknown_argument",
        "empty_message",
    }
    assert json.loads(line.raw) == row
