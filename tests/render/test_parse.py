from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calltune.render.parse import FORMATS, MAX_CHARACTERS, Message, ParseFailure, ToolCall, parse


def message(text: str, **options: Any) -> Message:
    read = parse(text, **options)
    assert isinstance(read, Message), read
    return read


def failure(text: str, **options: Any) -> str:
    read = parse(text, **options)
    assert isinstance(read, ParseFailure), read
    assert read.text == text and read.message
    return read.kind


def names(read: Message) -> list[tuple[str, Any]]:
    return [(call.name, call.arguments) for call in read.calls]


def test_plain_text_is_a_message_without_calls() -> None:
    assert parse("It is sunny.\n") == Message(text="It is sunny.")


def test_a_call_reads_back_with_its_arguments_as_written() -> None:
    read = message('<tool_call>{"name": "f", "arguments": {"a": 1.50}}</tool_call>')
    assert read.calls == (ToolCall(name="f", arguments={"a": 1.5}, arguments_text='{"a": 1.50}'),)


def test_text_and_parallel_calls_stand_beside_each_other() -> None:
    read = message(
        'Let me look.\n<tool_call>\n{"name": "f", "arguments": {}}\n</tool_call>\n'
        '<tool_call>{"name": "g", "arguments": {}}</tool_call>\nSo.'
    )
    assert names(read) == [("f", {}), ("g", {})]
    assert read.text == "Let me look.\nSo."


def test_arguments_may_be_json_text() -> None:
    read = message('<tool_call>{"name": "f", "arguments": "{\\"a\\": 1}"}</tool_call>')
    assert read.calls[0].arguments == {"a": 1} and read.calls[0].arguments_text == '{"a": 1}'


def test_a_closing_marker_inside_an_argument_is_text() -> None:
    read = message('<tool_call>{"name": "f", "arguments": {"a": "</tool_call>"}}</tool_call>')
    assert names(read) == [("f", {"a": "</tool_call>"})]


def test_the_thought_is_split_off() -> None:
    assert parse("<think>\nHm.\n</think>\n\nYes.") == Message(text="Yes.", reasoning="Hm.")
    assert parse("<think>\n\n</think>\n\nYes.") == Message(text="Yes.")


def test_a_call_inside_a_thought_is_not_a_call() -> None:
    read = message('<think><tool_call>{"name": "f", "arguments": {}}</tool_call></think>No.')
    assert not read.calls and read.text == "No."


def test_a_thought_that_the_prompt_opened_is_closed_by_the_completion() -> None:
    assert parse("Hm.\n</think>\n\nYes.", thinking=True) == Message(text="Yes.", reasoning="Hm.")
    assert parse("Hm.\n</think>\n\nYes.") == Message(text="Yes.", reasoning="Hm.")
    assert failure("Hm. Yes.", thinking=True) == "truncated"


def test_the_end_of_a_thought_inside_an_argument_hides_no_call() -> None:
    call = '<tool_call>{"name": "f", "arguments": {"a": "</think>"}}</tool_call>'
    assert names(message(call)) == [("f", {"a": "</think>"})]
    assert names(message(call, thinking=False)) == [("f", {"a": "</think>"})]
    llama = '{"name": "f", "parameters": {"a": "</think>"}}'
    assert names(message(llama, format="llama3")) == [("f", {"a": "</think>"})]


@pytest.mark.parametrize(
    "text",
    [
        "<think>Hm.",
        "<tool_call>",
        '<tool_call>{"name": "f", "argum',
        '<tool_call>{"name": "f", "arguments": {"a": "unclosed',
        '<tool_call>{"name": "f", "arguments": {}}',
        '<tool_call>{"name": "f", "arguments": {}}</tool_',
        'Fine. <tool_call>{"name": "f", "arguments": {}}</tool_call><tool_call>{"na',
    ],
)
def test_a_completion_that_stops_inside_a_call_is_truncated(text: str) -> None:
    assert failure(text) == "truncated"


@pytest.mark.parametrize(
    "text",
    [
        "<tool_call>get_weather(city='Paris')</tool_call>",
        "<tool_call></tool_call>",
        '<tool_call>{"name": "f", "arguments": {"a": }}</tool_call>',
        '<tool_call>{"name": "f", "arguments": {"a": 1,}}</tool_call>',
        '<tool_call>{"name": "f", "arguments": {"a": 1}</tool_call>',
        "<tool_call>{'name': 'f', 'arguments': {}}</tool_call>",
        '<tool_call>{"name": "f"}</tool_call>',
        '<tool_call>{"arguments": {}}</tool_call>',
        '<tool_call>{"name": 7, "arguments": {}}</tool_call>',
        '<tool_call>{"name": "f", "name": "g", "arguments": {}}</tool_call>',
        '<tool_call>{"name": "f", "arguments": {}, "sure": true}</tool_call>',
        '<tool_call>{"name": "f", "arguments": "not json"}</tool_call>',
        '<tool_call>{"name": "f", "arguments": {}} and more</tool_call>',
        '<tool_call>[{"name": "f", "arguments": {}}]</tool_call>',
        '<tool_call>{"name": "f", "arguments": {}]</tool_call>',
        '<tool_call>{"name": "f", "arguments": {"a": [1}]}</tool_call>',
        '{"name": "f", "arguments": {}}</tool_call>',
        '{"name": "f", "arguments": {}}',
    ],
)
def test_a_broken_call_is_malformed_and_never_no_call(text: str) -> None:
    assert failure(text) == "malformed"


def test_what_the_contract_must_report_is_not_a_parse_failure() -> None:
    read = message('<tool_call>{"name": "f", "arguments": {"a": 1, "a": NaN}}</tool_call>')
    assert read.calls[0].arguments_text == '{"a": 1, "a": NaN}'
    deep = "[" * 80 + "]" * 80
    read = message(f'<tool_call>{{"name": "f", "arguments": {{"a": {deep}}}}}</tool_call>')
    assert read.calls[0].arguments_text == f'{{"a": {deep}}}'
    assert message('<tool_call>{"name": "f", "arguments": [1]}</tool_call>').calls[0].arguments == [1]


def test_llama3_calls_are_bare_json() -> None:
    one = '{"name": "f", "parameters": {"a": 1}}'
    for text in (one, f"<|python_tag|>{one}", f"  {one}\n"):
        assert names(message(text, format="llama3")) == [("f", {"a": 1})]
    assert names(message(f'{one}; {{"name": "g", "parameters": {{}}}}', format="llama3")) == [
        ("f", {"a": 1}),
        ("g", {}),
    ]
    assert names(message('{"type": "function", "name": "f", "parameters": {}}', format="llama3")) == [("f", {})]
    assert parse("I cannot.", format="llama3") == Message(text="I cannot.")
    assert parse('{"answer": 42}', format="llama3") == Message(text='{"answer": 42}')
    read = message("Sure. " + one, format="llama3")
    assert read.text == "Sure." and names(read) == [("f", {"a": 1})]


def test_broken_llama3_calls_are_failures() -> None:
    assert failure('{"name": "f", "param', format="llama3") == "truncated"
    assert failure("<|python_tag|>", format="llama3") == "truncated"
    assert failure("<|python_tag|>print(1)", format="llama3") == "malformed"
    assert failure('{"name": "f", "parameters": {}} done', format="llama3") == "malformed"


def test_mistral_calls_are_a_list_or_named() -> None:
    assert names(message('[TOOL_CALLS][{"name": "f", "arguments": {"a": 1}}]', format="mistral")) == [("f", {"a": 1})]
    both = '[TOOL_CALLS] [{"name": "f", "arguments": {}, "id": "call00001"}, {"name": "g", "arguments": {}}]'
    assert names(message(both, format="mistral")) == [("f", {}), ("g", {})]
    assert message(both, format="mistral").calls[0].id == "call00001"
    named = '[TOOL_CALLS]f[ARGS]{"a": 1}[TOOL_CALLS]g[CALL_ID]abc[ARGS]{}'
    assert names(message(named, format="mistral")) == [("f", {"a": 1}), ("g", {})]
    assert parse("No.", format="mistral") == Message(text="No.")
    assert message("Well. " + named, format="mistral").text == "Well."


def test_broken_mistral_calls_are_failures() -> None:
    assert failure('[TOOL_CALLS][{"name": "f", "arguments": {', format="mistral") == "truncated"
    assert failure("[TOOL_CALLS]f[AR", format="mistral") == "truncated"
    assert (
        failure('[TOOL_CALLS][{"name": "f", "arguments": {}} {"name": "g", "arguments": {}}]', format="mistral")
        == "malformed"
    )
    assert failure('[TOOL_CALLS][{"name": "f", "arguments": {}},]', format="mistral") == "malformed"
    assert failure("[TOOL_CALLS]f[ARGS]{} done", format="mistral") == "malformed"
    assert failure('[TOOL_CALLS]f[ARGS]{"a": }', format="mistral") == "malformed"


PIECES = [
    "<tool_call>",
    "</tool_call>",
    "<think>",
    "</think>",
    "[TOOL_CALLS]",
    "[ARGS]",
    "[CALL_ID]",
    "<|python_tag|>",
    '{"name": "f", ',
    '"arguments": ',
    '"parameters": ',
    "{}",
    "{",
    "}",
    "[",
    "]",
    '"',
    "\\",
    ",",
    ":",
    ";",
    "NaN",
    "1e999",
    '{"a": 1, "a": 2}',
    "x",
    " ",
    "\n",
    "\ufdd0",
    "\ud800",
    "é",
    '{"name": "f", "arguments": {}}',
    '{"name": "f", "parameters": {}}',
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=14).map("".join))
def test_no_completion_makes_the_parser_raise_or_lose_a_call(text: str) -> None:
    for name in FORMATS:
        for thinking in (None, False, True):
            read = parse(text, format=name, thinking=thinking)
            if isinstance(read, Message) and name == "hermes" and thinking is False and "<think>" not in text:
                assert len(read.calls) == 0 if "<tool_call>" not in text else len(read.calls) > 0


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=8)
    | st.sampled_from(["</tool_call>", "<tool_call>", '"', "\\", "</think>", "[ARGS]"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.lists(
        st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), JSON, max_size=3), min_size=1, max_size=3
    )
)
def test_every_json_object_reads_back_as_arguments(arguments: list[dict[str, Any]]) -> None:
    hermes = "\n".join(f"<tool_call>{json.dumps({'name': 'f', 'arguments': one})}</tool_call>" for one in arguments)
    llama = ";".join(json.dumps({"name": "f", "parameters": one}) for one in arguments)
    mistral = "[TOOL_CALLS]" + json.dumps([{"name": "f", "arguments": one} for one in arguments])
    named = "".join(f"[TOOL_CALLS]f[ARGS]{json.dumps(one)}" for one in arguments)
    for text, name in ((hermes, "hermes"), (llama, "llama3"), (mistral, "mistral"), (named, "mistral")):
        assert [call.arguments for call in message(text, format=name, thinking=False).calls] == arguments


@pytest.mark.parametrize(
    "piece",
    [
        "<tool_call>",
        "</tool_call>",
        '<tool_call>{"name": "f", "arguments": {}}</tool_call>',
        "{",
        "[",
        '"',
        '\\"',
        "<think>",
        " ",
        '{"name":"',
        '{"name": "f", "parameters": {}};',
        "[TOOL_CALLS]",
        "[TOOL_CALLS]f[ARGS]{}",
        '[TOOL_CALLS][{"',
        '<tool_call>{"\\"',
    ],
)
def test_a_megabyte_of_markers_is_read_in_linear_time(piece: str) -> None:
    text = piece * ((1 << 20) // len(piece))
    start = time.perf_counter()
    for name in FORMATS:
        parse(text, format=name)
    assert time.perf_counter() - start < 5


def test_too_much_is_refused_unread() -> None:
    assert failure("x" * (MAX_CHARACTERS + 1)) == "too_large"
    assert failure('<tool_call>{"name": "f", "arguments": {}}</tool_call>' * 5000) == "too_large"


def test_the_parser_needs_no_torch_and_no_transformers() -> None:
    heavy = "{'torch', 'transformers', 'jinja2'}"
    code = f"import calltune.render.parse, calltune.render.rendered, sys; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
