"""A repair never changes what was said: it only writes it as the contract wants it."""

from __future__ import annotations

import ast
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calltune.contract import Tool, Toolset
from calltune.errors import ConfigError
from calltune.guard import Guard
from calltune.guard.mend import mend_json, mend_text
from calltune.guard.repair import ALL, SYNTAX, VALUES
from calltune.render.parse import Message, ToolCall

TOOLS = Toolset(
    [
        Tool(
            name="search",
            description="Search flights.",
            parameters={
                "type": "object",
                "properties": {
                    "city": {"type": "string"},
                    "days": {"type": "integer"},
                    "price": {"type": "number"},
                    "direct": {"type": "boolean"},
                    "unit": {"enum": ["Celsius", "Kelvin"]},
                    "cabin": {"enum": ["eco", "ECO", "first"]},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "window": {"type": "object", "properties": {"start": {"type": "integer"}}, "required": ["start"]},
                    "either": {"type": ["integer", "boolean"]},
                    "any": {"type": ["integer", "string"]},
                },
            },
            effect="read",
        ),
        Tool(
            name="pay",
            description="Pay.",
            parameters={"type": "object", "properties": {"amount": {"type": "integer"}, "note": {"type": "string"}}},
            effect="write",
        ),
    ]
)
GUARD = Guard(TOOLS)


def marked(body: str) -> str:
    return f"<tool_call>{body}</tool_call>"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("code_fence", '<tool_call>\n```json\n{"name": "pay", "arguments": {"amount": 1}}\n```\n</tool_call>'),
        ("markers", '{"name": "pay", "arguments": {"amount": 1}}'),
        ("code_fence", '```json\n{"name": "pay", "arguments": {"amount": 1}}\n```'),
        ("trailing_comma", '<tool_call>{"name": "pay", "arguments": {"amount": 1,},}</tool_call>'),
        ("single_quotes", "<tool_call>{'name': 'pay', 'arguments': {'amount': 1}}</tool_call>"),
    ],
)
def test_syntax_is_mended_also_for_calls_with_side_effects(kind: str, text: str) -> None:
    outcome = GUARD.check(text)
    assert outcome.decision == "calls" and outcome.calls[0].arguments == {"amount": 1}
    assert kind in {repair.kind for repair in outcome.repairs}
    assert "mended" in {step.verdict for step in outcome.steps}
    assert Guard(TOOLS, repairs=ALL - {kind}).check(text).decision == "rejected", "every repair can be turned off"


def test_words_inside_the_markers_are_said_and_hold_back_a_call_with_side_effects() -> None:
    read = GUARD.check(marked('Here it is: {"name": "search", "arguments": {"city": "Rome"}} done.'))
    assert read.decision == "calls" and read.reply == "Here it is:\ndone." and read.repairs[0].kind == "prose"
    assert Guard(TOOLS, repairs=ALL - {"prose"}).check(marked('Hm: {"name": "search", "arguments": {}}')).problems
    write = GUARD.check(marked('Do NOT run this, only an example: {"name": "pay", "arguments": {"amount": 1}}'))
    assert write.decision == "rejected" and write.calls == ()


@pytest.mark.parametrize("text", ["['a', 'b']", '["a", "b"', "a, b", "a; b", "a|b", "a\nb", "(a)"])
def test_a_text_that_may_be_several_items_is_not_made_one(text: str) -> None:
    assert GUARD.check_call("search", {"tags": text}).calls == ()


@pytest.mark.parametrize("text", ["1e9999999", "-1e-9999999", "1e401", "1" * 4000])
def test_a_number_beyond_reason_is_no_number(text: str) -> None:
    assert GUARD.check_call("search", {"days": text}).decision == "rejected"


def test_a_huge_value_is_not_mended() -> None:
    start = time.perf_counter()
    outcome = GUARD.check_call("search", {"tags": ["x"] * 90_000 + [1] * 60})
    assert outcome.decision == "rejected" and time.perf_counter() - start < 5, "60 candidates cost one check each"


def test_a_raw_newline_in_a_string_is_the_newline_that_was_meant() -> None:
    outcome = GUARD.check(marked('{"name": "pay", "arguments": {"note": "a\nb\tc"}}'))
    assert outcome.calls[0].arguments == {"note": "a\nb\tc"}


def test_python_literals_are_read_as_python_reads_them() -> None:
    outcome = GUARD.check(marked("{'name': 'search', 'arguments': {'city': 'L\\'Aquila', 'direct': True}}"))
    assert outcome.calls[0].arguments == {"city": "L'Aquila", "direct": True}


@pytest.mark.parametrize(
    "text",
    [
        marked('{"name": "pay", "arguments": {"amount": 1}'),  # a bracket is missing
        marked('{"name": "pay", "arguments": {"note": "a}}'),  # a quote is missing
        '<tool_call>{"name": "pay", "arguments": {"amount": 1',
        marked("{'name': 'pay', 'arguments': {'note': 'L'Aquila'}}"),  # two readings
        marked('{"name": "pay", "arguments": {"amount": 1 "note": "a"}}'),  # a comma is missing
        marked('{"name": "pay", "arguments": {amount: 1}}'),
        marked('{"name": "pay", "arguments": {"amount": NaN}}'),
        marked('{"name": "pay", "arguments": {"amount": 1}} {"name": "pay", "arguments": {"amount": 2}}'),
        marked('{"name": "pay", "arguments": {"amount": 1}}}'),
        'You could write {"name": "pay", "arguments": {"amount": 1}} to me.',
        '<tool_call>{"name": "pay", "arguments": {"amount": 1, "amount": 2,}}</tool_call>',
    ],
)
def test_what_is_cut_off_or_has_two_readings_is_never_mended(text: str) -> None:
    assert GUARD.check(text).decision in ("rejected", "reply")
    assert not GUARD.check(text).calls


@pytest.mark.parametrize(
    ("kind", "given_value", "mended"),
    [
        ("number_in_string", {"days": "10"}, {"days": 10}),
        ("number_in_string", {"days": "10.0"}, {"days": 10}),
        ("number_in_string", {"price": "9.95"}, {"price": 9.95}),
        ("boolean_in_string", {"direct": "true"}, {"direct": True}),
        ("integral_float", {"days": 3.0}, {"days": 3}),
        ("integral_float", {"window": {"start": 3.0}}, {"window": {"start": 3}}),
        ("enum_case", {"unit": "celsius"}, {"unit": "Celsius"}),
        ("single_item", {"tags": "sun"}, {"tags": ["sun"]}),
        ("json_in_string", {"tags": '["sun", "sea"]'}, {"tags": ["sun", "sea"]}),
        ("json_in_string", {"window": '{"start": 4}'}, {"window": {"start": 4}}),
        ("json_in_string", {"window": '{"start": "4"}'}, {"window": {"start": 4}}),
        ("number_in_string", {"either": "1"}, {"either": 1}),
    ],
)
def test_values_are_mended_where_there_is_one_reading(
    kind: str, given_value: dict[str, Any], mended: dict[str, Any]
) -> None:
    outcome = GUARD.check_call("search", given_value)
    assert outcome.decision == "calls" and outcome.calls[0].arguments == mended
    assert json.dumps(outcome.calls[0].arguments) == json.dumps(mended)
    assert kind in {repair.kind for repair in outcome.repairs}
    assert outcome.repairs[0].pointer.startswith("/calls/0/arguments/")
    off = Guard(TOOLS, repairs=ALL - {kind}).check_call("search", given_value)
    assert kind not in {repair.kind for repair in off.repairs}
    assert GUARD.check_call("search", mended).repairs == (), "what is right is left alone"


@pytest.mark.parametrize(
    "arguments",
    [
        {"days": "10.5"},
        {"days": "ten"},
        {"days": "1_0"},
        {"days": " 10"},
        {"days": "010"},
        {"days": "99999999999999999999"},
        {"direct": "yes"},
        {"direct": 1},
        {"price": "0.10000000000000000001"},  # no float is that number
        {"cabin": "Eco"},  # two are alike
        {"unit": "celcius"},
        {"tags": None},
        {"tags": 5},
        {"window": '{"start": 4'},
        {"window": '{"start": 4, "start": 5}'},
        {"colour": "red"},
        {"days": "10", "colour": "red"},
    ],
)
def test_what_is_not_exact_or_has_two_readings_is_rejected_unchanged(arguments: dict[str, Any]) -> None:
    outcome = GUARD.check_call("search", arguments)
    assert outcome.decision == "rejected" and outcome.repairs == ()
    assert outcome.proposed[0].arguments == arguments


def test_a_value_is_never_mended_where_the_call_has_side_effects() -> None:
    assert GUARD.check_call("pay", {"amount": "10"}).decision == "rejected"


def test_a_text_that_the_schema_takes_stays_a_text() -> None:
    assert GUARD.check_call("search", {"any": "10", "city": "true"}).calls[0].arguments == {"any": "10", "city": "true"}


def test_arguments_as_text_are_mended_too() -> None:
    outcome = GUARD.check_call("search", "```json\n{'city': 'Rome', 'days': '2',}\n```")
    assert outcome.calls[0].arguments == {"city": "Rome", "days": 2}
    kinds = [repair.kind for repair in outcome.repairs]
    assert kinds[0] == "code_fence" and kinds[-1] == "number_in_string" and "trailing_comma" in kinds


def test_typed_markers_are_never_mended_into_a_call() -> None:
    """An engine that knows the model's tokens says that the text alone cannot be trusted."""
    from calltune.render.parse import ParseFailure

    failure = ParseFailure(kind="malformed", message="no", text=marked('{"name": "pay", "arguments": {"amount": 1,}}'))
    assert GUARD.check(failure).decision == "rejected"


def test_a_repair_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ConfigError, match="enum_case"):
        Guard(TOOLS, repairs={"guess"})


def test_the_table_of_the_module_names_every_repair() -> None:
    from calltune.guard import repair

    assert repair.__doc__ is not None
    assert {kind for kind in ALL if f"    {kind} " in repair.__doc__} == ALL == SYNTAX | VALUES


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_json_is_left_as_it_is(value: Any) -> None:
    text = json.dumps(value)
    mended = mend_json(text)
    assert mended is not None and mended.repairs == () and json.loads(mended.text) == value and mended.end == len(text)


@given(JSON)
def test_python_is_read_as_python_reads_it(value: Any) -> None:
    mended = mend_json(repr(value))
    if mended is not None:  # repr may use escapes that JSON has not
        assert json.loads(mended.text) == ast.literal_eval(repr(value))


@given(st.text(alphabet="{}[]'\",: \\ntrue1.`\n", max_size=40))
def test_whatever_is_mended_is_json_and_complete(text: str) -> None:
    mended = mend_json(text)
    if mended is not None:
        json.loads(mended.text)
        assert mend_json(text[: mended.end - 1]) is None or text[mended.end - 1] in "0123456789 e."


@given(st.text(alphabet="{}[]'\",: nametrue1", max_size=60))
def test_no_text_makes_it_raise(text: str) -> None:
    for format in ("hermes", "llama3", "mistral"):
        mend_text(f"<tool_call>{text}</tool_call>", format)
        mend_text(f"[TOOL_CALLS]{text}", format)
        mend_text(text, format)


def test_a_message_read_elsewhere_is_decided_about_too() -> None:
    message = Message(calls=(ToolCall(name="search", arguments={"days": "2"}),))
    assert GUARD.check(message).calls[0].arguments == {"days": 2}
