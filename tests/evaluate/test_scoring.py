"""A score says what was asked of the row, and only that; wrong is never the same as absent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from calltune.contract import Tool, Toolset
from calltune.evaluate.scoring import Score, score
from calltune.generate.completion import Completion, cut_off
from calltune.guard import Guard
from calltune.render.parse import Message, ParseFailure, ToolCall, parse

TOOLS = Toolset(
    [
        Tool(
            name="book",
            parameters={
                "type": "object",
                "properties": {
                    "city": {"type": "string"},
                    "nights": {"type": "number", "default": 1},
                    "breakfast": {"type": ["boolean", "number"]},
                    "guests": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"name": {"type": "string"}, "adult": {"type": "boolean", "default": True}},
                            "required": ["name"],
                        },
                    },
                },
                "required": ["city"],
            },
        ),
        Tool(name="cancel", parameters={"type": "object", "properties": {"id": {"type": "integer"}}}),
    ]
)


def wanted(*calls: tuple[str, Any], text: str = "") -> dict[str, Any]:
    tool_calls = [{"type": "function", "function": {"name": n, "arguments": a}} for n, a in calls]
    return {"role": "assistant", "content": text, **({"tool_calls": tool_calls} if calls else {})}


def said(*calls: tuple[str, Any], text: str = "") -> Message:
    found = tuple(ToolCall(name=n, arguments=a, arguments_text=json.dumps(a)) for n, a in calls)
    return Message(text=text, reasoning=None, calls=found)


def scored(expected: dict[str, Any], predicted: Message | ParseFailure) -> Score:
    return score(expected, predicted, Guard(TOOLS).check(predicted), TOOLS)


PARIS = ("book", {"city": "Paris"})
CANCEL = ("cancel", {"id": 1})


def test_the_expected_call_is_right_in_everything() -> None:
    score = scored(wanted(PARIS), said(PARIS))
    assert [score.parsed, score.decision, score.tool_name, score.schema_valid] == [True] * 4
    assert score.arguments_exact and score.call_exact
    assert (score.expected, score.predicted) == ("call", "call")


def test_text_where_text_is_expected_has_no_verdict_about_calls() -> None:
    score = scored(wanted(text="Which city?"), said(text="Where to?"))
    assert score.parsed and score.decision
    assert (score.tool_name, score.schema_valid, score.arguments_exact, score.call_exact) == (None, None, None, None)


def test_a_call_where_text_is_expected_is_a_wrong_decision_with_a_schema_verdict() -> None:
    score = scored(wanted(text="No."), said(("book", {"town": "Paris"})))
    assert (score.parsed, score.decision, score.schema_valid, score.call_exact) == (True, False, False, None)


def test_text_where_a_call_is_expected_misses_the_call() -> None:
    score = scored(wanted(PARIS), said(text="Sure."))
    assert (score.parsed, score.decision, score.tool_name, score.call_exact) == (True, False, False, False)
    assert score.schema_valid is None


@pytest.mark.parametrize(
    "text", ['<tool_call>{"name": "book", "argu', "<tool_call>book(Paris)</tool_call>", "</tool_call> No."]
)
def test_an_unparsable_call_is_never_a_refusal(text: str) -> None:
    failure = parse(text)
    assert isinstance(failure, ParseFailure)
    for expected in (wanted(text="I cannot do that."), wanted(PARIS)):
        score = scored(expected, failure)
        assert (score.parsed, score.decision, score.schema_valid, score.predicted) == (False, False, False, "malformed")


def test_a_reply_that_was_cut_off_is_not_parsed_and_attempts_no_call() -> None:
    failure = cut_off(Completion("Once upon a time", finish_reason="length", completion_tokens=4))
    assert failure is not None
    score = scored(wanted(text="No."), failure)
    assert (score.parsed, score.decision, score.schema_valid) == (False, False, None)


def test_parallel_calls_are_compared_in_any_order() -> None:
    rome = ("book", {"city": "Rome"})
    assert scored(wanted(PARIS, CANCEL, rome), said(rome, PARIS, CANCEL)).call_exact
    score = scored(wanted(PARIS, rome), said(PARIS, PARIS))
    assert (score.tool_name, score.arguments_exact, score.call_exact) == (True, False, False)


def test_a_call_too_many_or_too_few_is_not_exact() -> None:
    for expected, predicted in [((PARIS,), (PARIS, PARIS)), ((PARIS, PARIS), (PARIS,))]:
        score = scored(wanted(*expected), said(*predicted))
        assert (score.tool_name, score.arguments_exact, score.call_exact) == (False, False, False)


def test_the_right_arguments_for_the_wrong_tool_are_counted_apart() -> None:
    score = scored(wanted(("book", {"city": "Paris"})), said(("cancel", {"city": "Paris"})))
    assert (score.tool_name, score.arguments_exact, score.call_exact) == (False, True, False)


@pytest.mark.parametrize(
    ("expected", "predicted", "equal"),
    [
        ({"city": "P", "nights": 2}, {"nights": 2.0, "city": "P"}, True),
        ({"city": "P", "breakfast": 1}, {"city": "P", "breakfast": True}, False),
        ({"city": "P", "breakfast": 0}, {"city": "P", "breakfast": False}, False),
        ({"city": "P"}, {"city": "P", "nights": 1}, True),
        ({"city": "P", "nights": 1.0}, {"city": "P"}, True),
        ({"city": "P"}, {"city": "P", "nights": 2}, False),
        ({"city": "P"}, {"city": "p"}, False),
        ({"city": "P", "guests": [{"name": "A"}]}, {"city": "P", "guests": [{"name": "A", "adult": True}]}, True),
        ({"city": "P", "guests": [{"name": "A"}]}, {"city": "P", "guests": [{"name": "A", "adult": False}]}, False),
        ({"city": "P", "guests": []}, {"city": "P", "guests": {}}, False),
        (
            {"city": "P", "guests": [{"name": "A"}, {"name": "B"}]},
            {"city": "P", "guests": [{"name": "B"}, {"name": "A"}]},
            False,
        ),
        ({"city": 2**53 + 1}, {"city": float(2**53)}, False),
    ],
)
def test_arguments_are_equal_as_json_values_with_defaults_left_out(
    expected: dict[str, Any], predicted: dict[str, Any], equal: bool
) -> None:
    score = scored(wanted(("book", expected)), said(("book", predicted)))
    assert (score.arguments_exact, score.call_exact) == (equal, equal)


def test_exact_is_judged_apart_from_valid() -> None:
    score = scored(wanted(("book", {"city": 5})), said(("book", {"city": 5})))
    assert (score.call_exact, score.schema_valid) == (True, False)


def test_a_call_to_a_tool_that_does_not_exist_is_wrong_and_does_not_raise() -> None:
    score = scored(wanted(PARIS), said(("fly", {"city": "Paris"})))
    assert (score.tool_name, score.schema_valid, score.call_exact) == (False, False, False)
