"""The guard lets good calls through, and nothing else; it never raises for what a model writes."""

from __future__ import annotations

import json
import subprocess
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from calltune.contract import Tool, Toolset
from calltune.generate.completion import Completion
from calltune.guard import Guard
from calltune.render.parse import Message, ParseFailure, ToolCall

TOOLS = Toolset(
    [
        Tool(
            name="get_weather",
            description="Weather forecast for a city.",
            parameters={
                "type": "object",
                "properties": {
                    "city": {"type": "string"},
                    "days": {"type": "integer", "minimum": 1, "maximum": 7},
                    "unit": {"enum": ["c", "f"]},
                },
                "required": ["city"],
            },
            effect="read",
        ),
        Tool(name="delete_all", description="Delete everything.", effect="write"),
    ]
)
GUARD = Guard(TOOLS)


def call(name: str, arguments: object) -> str:
    return f"<tool_call>{json.dumps({'name': name, 'arguments': arguments})}</tool_call>"


def test_a_good_call_is_accepted_with_its_arguments_as_an_object() -> None:
    outcome = GUARD.check("One moment.\n" + call("get_weather", {"city": "Paris", "days": 2}))
    assert outcome.decision == "calls"
    assert outcome.calls[0].arguments == {"city": "Paris", "days": 2}
    assert outcome.reply == "One moment."
    assert outcome.problems == () and outcome.message_for_model() == ""
    assert [step.verdict for step in outcome.steps] == ["passed", "passed", "passed"]


def test_text_without_a_call_is_a_reply() -> None:
    outcome = GUARD.check("Which city?")
    assert (outcome.decision, outcome.reply, outcome.calls) == ("reply", "Which city?", ())


def test_a_bad_call_is_reported_not_raised() -> None:
    outcome = GUARD.check(call("get_weather", {"days": 9, "unit": "k", "when": "now"}))
    assert outcome.decision == "rejected" and outcome.calls == ()
    assert {p.kind for p in outcome.problems} == {"missing_required", "range", "not_in_enum", "unknown_argument"}
    assert "/calls/0/arguments/days" in {p.pointer for p in outcome.problems}


def test_one_bad_call_rejects_the_whole_turn() -> None:
    outcome = GUARD.check(call("get_weather", {"city": "Paris"}) + "\n" + call("get_weather", {"city": 5}))
    assert outcome.decision == "rejected" and outcome.calls == ()
    assert outcome.problems_of(0) == () and outcome.problems_of(1)
    assert "All 2 calls of the turn were held back" in outcome.message_for_model()


def test_an_unknown_tool_is_rejected_and_the_model_is_told_the_names() -> None:
    outcome = GUARD.check(call("get_whether", {"city": "Paris"}))
    assert [p.kind for p in outcome.problems] == ["unknown_tool"]
    assert "get_weather, delete_all" in outcome.message_for_model()
    assert [s.name for s in outcome.steps if s.verdict == "stopped"] == ["known tool"]


def test_the_message_for_the_model_has_every_sentence_and_the_schema_of_each_wrong_place() -> None:
    outcome = GUARD.check(call("get_weather", {"city": "Rome", "days": "two"}))
    message = outcome.message_for_model()
    assert all(problem.message in message for problem in outcome.problems)
    assert 'days of get_weather: {"type": "integer"' in message and "city" not in message


def test_the_whole_schema_is_shown_where_no_smaller_part_says_what_is_wrong() -> None:
    assert '"required": ["city"]' in GUARD.check(call("get_weather", {"town": "Rome"})).message_for_model()
    point = {
        "type": "object",
        "properties": {"x": {"type": "number"}, "next": {"$ref": "#/$defs/p"}},
        "required": ["x"],
    }
    way = {
        "type": "object",
        "properties": {"way": {"type": "array", "items": {"$ref": "#/$defs/p"}}},
        "$defs": {"p": point},
    }
    guard = Guard(Toolset([Tool(name="go", parameters=way)]))
    wrong = guard.check(call("go", {"way": [{"x": 1}, {"x": 1, "next": {"x": "a"}}]}))
    assert wrong.expected == ('way[1].next.x of go: {"type": "number"}',)
    assert "$defs" in guard.check(call("go", {"way": 5})).expected[0]  # a list of points, which point to themselves


def test_a_truncated_turn_is_rejected_even_if_its_call_is_complete() -> None:
    text = call("get_weather", {"city": "Paris"})
    outcome = GUARD.check(Completion(text, finish_reason="length", completion_tokens=20))
    assert outcome.decision == "rejected" and outcome.problems[0].kind == "truncated"
    parsed = Message(text="", reasoning=None, calls=(ToolCall(name="delete_all", arguments={}),))
    assert GUARD.check(Completion(text, finish_reason="length"), parsed=parsed).decision == "rejected"


def test_an_unclosed_call_is_rejected_whatever_the_finish_reason() -> None:
    assert GUARD.check(Completion('<tool_call>{"name": "delete_all", "arg')).problems[0].kind == "truncated"


def test_duplicate_keys_are_seen_in_the_text_of_the_arguments() -> None:
    outcome = GUARD.check('<tool_call>{"name": "get_weather", "arguments": {"city": "A", "city": "B"}}</tool_call>')
    assert [p.kind for p in outcome.problems] == ["duplicate_key"]


def test_arguments_that_are_no_object_are_a_problem() -> None:
    for arguments in ([], 5, None, True, "text"):
        assert GUARD.check(call("delete_all", arguments)).decision == "rejected"
        message = Message(text="", reasoning=None, calls=(ToolCall(name="delete_all", arguments=arguments),))
        assert GUARD.check(message).decision == "rejected"


def test_a_parsed_message_and_a_parse_failure_are_checked_as_they_are() -> None:
    good = Message(text="", reasoning=None, calls=(ToolCall(name="get_weather", arguments={"city": "Rome"}),))
    assert GUARD.check(good).decision == "calls"
    assert GUARD.check(ParseFailure(kind="malformed", message="No.", text="x")).problems[0].message == "No."


PIECES = st.sampled_from(
    [
        "<tool_call>",
        "</tool_call>",
        "<think>",
        "</think>",
        '{"name": "get_weather", "arguments": ',
        '{"name": "delete_all", "arguments": {}}',
        '{"city": "Paris"}',
        '{"city": "Paris", "days": 1e999}',
        '{"city": "\\ud800"}',
        '{"city": "\ud800"}',
        "NaN",
        "-Infinity",
        "1" * 5000,
        "[" * 3000,
        '{"a":' * 3000,
        "}",
        '"',
        "\\",
        "'",
        ",",
        " ",
        "\n",
        "\x00",
        "\u202e",
        "\ufdd0",
        "null",
        "true",
        "<|im_end|>",
        "[TOOL_CALLS]",
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(PIECES | st.text(max_size=8), max_size=12).map("".join), st.sampled_from(["hermes", "llama3", "mistral"])
)
def test_no_text_makes_the_guard_raise_and_only_valid_calls_pass(text: str, format: str) -> None:
    outcome = Guard(TOOLS, format=format).check(text)
    outcome.message_for_model()
    json.dumps(outcome.to_json(), allow_nan=False)
    for accepted in outcome.calls:
        assert TOOLS.check(accepted.name, accepted.arguments) == ()
    assert (outcome.decision == "rejected") == bool(outcome.problems)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["get_weather", "delete_all", "", "\ud800"]), values)
def test_no_arguments_make_the_guard_raise(name: str, arguments: object) -> None:
    message = Message(text="", reasoning=None, calls=(ToolCall(name=name, arguments=arguments),))
    outcome = GUARD.check(message)
    json.dumps(outcome.to_json(), allow_nan=False)
    assert (outcome.decision == "calls") == (not outcome.problems)


def test_the_guard_needs_neither_torch_nor_transformers() -> None:
    code = (
        "import sys, calltune.guard, calltune.generate.completion\n"
        "calltune.guard.Guard\n"
        "print([m for m in ('torch', 'transformers', 'trl', 'peft', 'datasets') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
