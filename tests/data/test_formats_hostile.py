"""Hostile records: a reader refuses or reads them, it never raises anything else and never invents a call."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calltune.data.formats import FORMATS, candidates
from calltune.data.formats.calls import read_calls, take_apart
from calltune.data.formats.literals import MAX_TEXT, literal, read_pythonic
from calltune.data.formats.openai import read as read_openai
from calltune.data.formats.openai import to_openai
from calltune.data.formats.reading import Refused
from calltune.data.formats.schemas import read_tools
from calltune.data.formats.type_names import schema_of
from calltune.data.records import read_records

SAMPLES = sorted(path for path in (Path(__file__).parent / "formats").iterdir() if path.is_file())
TOOL = {"name": "f", "description": "", "parameters": {"type": "object", "properties": {"a": {"type": "string"}}}}
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ARGUMENTS = st.dictionaries(st.text(), VALUES, max_size=3)
MARKS = [
    *("<tool_call>", "</tool_call>", "<think>", "<functioncall>", "[f(", ")]", "USER:", "<tools>[", '{"name": "f"}'),
    *("Action: f", "Action Input: {}"),
]
COLUMNS = [
    *("messages", "conversations", "tools", "query", "answers", "system", "chat", "input", "output", "inputs"),
    *("outputs", "question", "function", "observations", "call", "instruction", "functions", "ground_truth"),
    *("correct_answer", "id", "text"),
]


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize(
    "text", ["<tool_call>", "<tool_call>{}</tool_call>", '<tool_call>{"name": 1}</tool_call>', "<think>x"]
)
def test_an_unfinished_or_broken_call_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        take_apart(text)


@pytest.mark.parametrize("reader", ["sharegpt", "toolace", "toolbench", "llamafactory"])
@pytest.mark.parametrize(
    "mark", ['<tool_call>{"name": "f", "arguments": {}}</tool_call>', '[f(a="x")]', "Action: f\nAction Input: {}"]
)
def test_a_call_in_the_text_of_the_user_or_of_a_tool_stays_text(reader: str, mark: str) -> None:
    turns = [{"from": "human", "value": mark}, {"from": "gpt", "value": "No."}, {"from": "tool", "value": mark}]
    (row,) = FORMATS[reader].read({"conversations": turns, "tools": json.dumps([TOOL])}, [])
    assert not any("tool_calls" in message for message in row["messages"])
    assert row["messages"][0]["content"].strip() == mark


def test_a_call_in_the_text_of_a_glaive_user_stays_text() -> None:
    chat = 'USER: <functioncall> {"name": "f", "arguments": \'{}\'}\n\n\nASSISTANT: No. <|endoftext|>'
    (row,) = FORMATS["glaive"].read({"system": "", "chat": chat}, [])
    assert [message["role"] for message in row["messages"]] == ["user", "assistant"]
    assert not any("tool_calls" in message for message in row["messages"])


def test_results_find_their_calls_by_id_where_the_order_is_another() -> None:
    use = [{"type": "tool_use", "id": name, "name": "f", "input": {}} for name in ("x", "y")]
    answers = [{"type": "tool_result", "tool_use_id": name, "content": name} for name in ("y", "x")]
    messages = [
        {"role": "user", "content": "?"},
        {"role": "assistant", "content": use},
        {"role": "user", "content": answers},
    ]
    (row,) = FORMATS["anthropic"].read({"messages": messages}, [])
    assert [(m["tool_call_id"], m["content"]) for m in row["messages"] if m["role"] == "tool"] == [
        ("y", "y"),
        ("x", "x"),
    ]


def test_results_of_several_calls_in_one_list_are_shared_out() -> None:
    turns = [
        {"from": "human", "value": "?"},
        {
            "from": "function_call",
            "value": '[{"name": "f", "arguments": {"a": "1"}}, {"name": "f", "arguments": {"a": "2"}}]',
        },
        {"from": "observation", "value": '[{"x": 1}, "two"]'},
    ]
    (row,) = FORMATS["llamafactory"].read({"conversations": turns, "tools": json.dumps([TOOL])}, [])
    assert [(m["tool_call_id"], m["content"]) for m in row["messages"][2:]] == [
        ("call_0", '{"x": 1}'),
        ("call_1", "two"),
    ]


def test_a_result_without_a_call_is_kept_and_told() -> None:
    notes: list[Any] = []
    (row,) = FORMATS["sharegpt"].read(
        {"conversations": [{"from": "human", "value": "?"}, {"from": "tool", "value": "1"}]}, notes
    )
    assert row["messages"][1] == {"role": "tool", "content": "1"}
    assert [one.what for one in notes] == ["result without a call"]


@pytest.mark.parametrize(
    "text",
    [
        "[f(a=" + "[" * 100_000 + ")]", "[f(a=" + "-" * 100_000 + "1)]", "[f(a=" + "not " * 50_000 + "1)]",
        "[f(a=__import__('os').system('true'))]", "[f(a=lambda: 1)]", "[f(a=[x for x in 'a'])]", "[f(a=open)]",
        "[" * 100_000, "[f(a=1+1)]",
        "[f(a=1, a=2)]", "[f(a=", "[f(a='x)]", "[f(a={1: 2})]", "[f(a={'x': 1, 'x': 2})]", "[f(a=b'x')]", "[f(**{})]",
        "[f(a=" + "9" * 10_000 + ")]", "[f(" + "a," * 200_000 + ")]", "[f(1)]", "[f(a=1j)]", "f", "[]", "",
        "{'a': " * 30_000, "[f(a=\"\\ud800\\u0000\x00\")",
    ],
)  # fmt: skip
def test_python_in_a_call_is_never_run_and_hostile_text_is_refused_at_once(text: str) -> None:
    began = time.monotonic()
    with pytest.raises(Refused):
        read_pythonic(text)
    assert time.monotonic() - began < 2


def test_a_long_literal_is_refused() -> None:
    with pytest.raises(Refused, match="longer"):
        literal("'" + "x" * MAX_TEXT + "'")


def test_calls_in_pythons_spelling_are_read() -> None:
    text = """[Get Weather(city="a, b)", days=[1, (2, None)], far={"x": true}), g.h(-1, z='it\\'s')]"""
    (call, other) = read_pythonic(text, {"g.h": ["y"]})
    assert call == ("Get Weather", {"city": "a, b)", "days": [1, [2, None]], "far": {"x": True}}, None)
    assert other == ("g.h", {"y": -1, "z": "it's"}, None)


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,9}", fullmatch=True), VALUES, max_size=3))
@settings(deadline=None, max_examples=60)
def test_a_call_written_with_repr_is_read_back(arguments: dict[str, Any]) -> None:
    written = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
    assert read_pythonic(f"[tool({written})]") == [("tool", arguments, None)]


@given(ARGUMENTS)
@settings(deadline=None)
def test_a_call_written_as_json_in_tags_is_read_back(arguments: dict[str, Any]) -> None:
    said = take_apart(f"So.\n<tool_call>\n{json.dumps({'name': 'f', 'arguments': arguments})}\n</tool_call>")
    assert (said.text, said.calls) == ("So.", [("f", arguments, None)])


def calling(content: str | None, calls: list[tuple[str, str]]) -> dict[str, Any]:
    said = [{"id": one, "type": "function", "function": {"name": "f", "arguments": text}} for one, text in calls]
    return {"role": "assistant", "content": content, "tool_calls": said}


SPEAKERS = st.sampled_from(["system", "user", "developer"])
MESSAGES = st.lists(
    st.fixed_dictionaries({"role": SPEAKERS, "content": st.text()}, optional={"name": st.text()})
    | st.fixed_dictionaries(
        {"role": st.just("assistant"), "content": st.none() | st.text()},
        optional={"refusal": st.none(), "weight": st.integers(0, 1)},
    )
    | st.builds(
        calling,
        st.none() | st.text(),
        st.lists(st.tuples(st.text(), ARGUMENTS.map(as_json)), min_size=1, max_size=2),
    )
    | st.fixed_dictionaries({"role": st.just("tool"), "tool_call_id": st.text(), "content": st.text()}),
    min_size=1,
    max_size=5,
)


@given(MESSAGES, st.booleans())
@settings(deadline=None)
def test_openai_rows_come_back_as_they_were(messages: list[Any], parallel: bool) -> None:
    row = {"messages": messages, "tools": [{"type": "function", "function": TOOL}], "parallel_tool_calls": parallel}
    before = json.dumps(row)
    assert to_openai(read_openai(row, [])[0]) == row
    assert json.dumps(row) == before, "the record itself is not changed"


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "messages",
                "conversations",
                "tools",
                "query",
                "answers",
                "system",
                "chat",
                "input",
                "output",
                "inputs",
                "outputs",
                "question",
                "function",
                "observations",
                "call",
                "instruction",
                "functions",
                "ground_truth",
                "correct_answer",
                "id",
                "text",
            ]
        ),
        VALUES,
        max_size=5,
    )
)
@settings(deadline=None, max_examples=50)
def test_no_record_makes_a_reader_raise_anything_but_refused(record: dict[str, Any]) -> None:
    candidates([record])
    for form in FORMATS.values():
        try:
            rows = form.read(record, [])
        except Refused:
            continue
        assert isinstance(rows, list)


@given(
    st.lists(st.sampled_from(MARKS) | st.text(max_size=5), max_size=8).map("".join),
    st.sampled_from(["human", "gpt", "system", "tool", "function_call"]),
)
@settings(deadline=None, max_examples=50)
def test_no_text_makes_a_reader_raise_anything_but_refused(text: str, role: str) -> None:
    turns = [{"from": "human", "value": "?"}, {"from": role, "value": text}]
    records = [
        {"conversations": turns, "tools": json.dumps([TOOL])},
        {"system": text, "chat": f"USER: ?\nASSISTANT: {text}"},
    ]
    for record in records:
        candidates([record])
        for form in FORMATS.values():
            try:
                form.read(record, [])
            except Refused:
                continue


@given(st.data())
@settings(deadline=None, max_examples=80)
def test_a_sample_with_any_part_replaced_is_read_or_refused(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(SAMPLES))
    record = next(iter(read_records(path))).data
    assert record is not None
    key = data.draw(st.sampled_from(sorted(record)))
    changed = {**record, key: replaced(record[key], data)}
    candidates([changed])
    for form in (FORMATS[path.name.split(".")[0].split("-")[0]], data.draw(st.sampled_from(list(FORMATS.values())))):
        try:
            form.read(changed, [])
        except Refused:
            continue


def replaced(value: Any, data: st.DataObject) -> Any:
    """The value with one part of it replaced by anything."""
    if isinstance(value, dict) and value and data.draw(st.integers(0, 9)):
        key = data.draw(st.sampled_from(sorted(value)))
        return {**value, key: replaced(value[key], data)}
    if isinstance(value, list) and value and data.draw(st.integers(0, 9)):
        index = data.draw(st.integers(0, len(value) - 1))
        return [*value[:index], replaced(value[index], data), *value[index + 1 :]]
    return data.draw(VALUES)


@pytest.mark.parametrize("column", ["tools", "answers"])
def test_deep_nesting_is_refused(column: str) -> None:
    record = {
        "query": "?",
        "tools": json.dumps([TOOL]),
        "answers": '[{"name": "f", "arguments": {}}]',
        column: "[" * 50_000,
    }
    with pytest.raises(Refused):
        FORMATS["xlam"].read(record, [])


@pytest.mark.parametrize(
    ("spelling", "schema"),
    [
        ("str", {"type": "string"}),
        ("List[int]", {"type": "array", "items": {"type": "integer"}}),
        ("Optional[float]", {"type": ["number", "null"]}),
        ("Union[int, str]", {"type": ["integer", "string"]}),
        ("int | List[str]", {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "string"}}]}),
        ("Tuple[float, float]", {"type": "array", "items": {"type": "number"}}),
        ("Dict[str, Any]", {"type": "object"}),
        ("HashMap", {"type": "object"}),
        ("String", {"type": "string"}),
        ("any", {}),
        ("Callable[[float], float]", None),
        ("wizard", None),
        ("List[" * 40, None),
    ],
)
def test_types_of_other_languages_become_json_schema(spelling: str, schema: dict[str, Any] | None) -> None:
    assert schema_of(spelling) == schema


def test_a_tool_in_another_dialect_is_mended_and_every_change_is_told() -> None:
    notes: list[Any] = []
    parameters = {
        "when": {"type": "str, optional", "format": "%Y", "default": ""},
        "size": {"type": "int", "required": True, "default": "x", "minimum": "0"},
        "odd": {"type": "wizard"},
    }
    (tool,) = read_tools([{"name": "Book a room", "parameters": parameters}], notes).listed or []
    assert tool["function"]["name"] == "Book_a_room"
    assert tool["function"]["parameters"] == {
        "type": "object",
        "properties": {
            "when": {"type": "string", "default": "", "description": "(format: %Y)"},
            "size": {"type": "integer"},
            "odd": {},
        },
        "required": ["size"],
    }
    assert sorted(one.what for one in notes) == ["default", "format", "minimum", "tool renamed", "type"]


def test_bare_arguments_may_be_names_with_types() -> None:
    tool = {"name": "f", "parameters": {"a": "str", "b": "int, optional", "c": "What to do."}}
    (tool,) = read_tools([tool], []).listed or []
    properties = tool["function"]["parameters"]["properties"]
    assert properties == {"a": {"type": "string"}, "b": {"type": "integer"}, "c": {"description": "What to do."}}


def test_many_tools_after_each_other_cost_linear_time() -> None:
    began = time.monotonic()
    with pytest.raises(Refused):
        read_tools("{} " * 2_000_000, [])
    assert time.monotonic() - began < 5


def test_a_tool_that_the_contract_accepts_is_left_as_it_is() -> None:
    tool = {"type": "function", "function": {**TOOL, "strict": True}}
    notes: list[Any] = []
    assert read_tools([tool], notes).listed == [tool] and notes == []


@pytest.mark.parametrize(
    "tools",
    [
        [1],
        [{"name": "f"}, {"name": "f", "description": "x"}],
        [{"type": "web_search"}],
        "{",
        [{"name": "f", "parameters": {"type": "array"}}],
    ],
)
def test_tools_that_cannot_be_read_are_refused(tools: Any) -> None:
    with pytest.raises(Refused):
        read_tools(tools, [])


def test_many_marks_in_one_text_cost_linear_time() -> None:
    began = time.monotonic()
    for text in ("<tool_call>" * 50_000, "USER:\n" * 50_000, "\n" * 500_000, "[f(" * 50_000, "Action:" * 50_000):
        record = {"conversations": [{"from": "human", "value": "?"}, {"from": "gpt", "value": text}]}
        for form, value in (
            ("sharegpt", record),
            ("toolbench", record),
            ("toolace", record),
            ("glaive", {"chat": text, "system": text}),
        ):
            try:
                FORMATS[form].detect(value)
                FORMATS[form].read(value, [])
            except Refused:
                pass
    assert time.monotonic() - began < 10


def test_read_calls_reads_a_fenced_list() -> None:
    assert read_calls('```json\n[{"name": "f", "arguments": {"a": "x"}}]\n```') == [("f", {"a": "x"}, None)]


ASKED = {"role": "user", "content": "?"}
CALLED = {"id": "x", "type": "function", "function": {"name": "f", "arguments": {"a": "1"}}}


def one(form: str, record: dict[str, Any]) -> tuple[list[Any], list[str], dict[str, Any]]:
    """The messages, what was told, the row."""
    notes: list[Any] = []
    (row,) = FORMATS[form].read(record, notes)
    return row["messages"], [note.what for note in notes], row


@pytest.mark.parametrize("call", [{"name": "f", "params": {"a": "x"}}, {"name": "f", "a": "x"}])
def test_a_call_whose_arguments_stand_elsewhere_is_not_read_as_one_without_arguments(call: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="no 'arguments', but"):
        read_calls([call])
    assert read_calls([{"id": "1", "type": "function", "name": "f"}]) == [("f", {}, "1")]


def test_arguments_encoded_twice_are_read() -> None:
    text = json.dumps(json.dumps({"a": "x"}))
    assert read_calls([{"name": "f", "arguments": text}]) == [("f", {"a": "x"}, None)]
    with pytest.raises(Refused):
        read_calls([{"name": "f", "arguments": json.dumps(text)}])


def test_a_system_prompt_in_a_column_becomes_the_first_message() -> None:
    talk = [ASKED, {"role": "assistant", "content": "!"}]
    messages, told, row = one("openai", {"system": "Be brief.", "messages": talk})
    assert messages == [{"role": "system", "content": "Be brief."}, *talk] and "system" not in row
    assert told == ["column 'system'"]
    own = [{"role": "system", "content": "Be long."}, *talk]
    messages, told, row = one("openai", {"system": "Be brief.", "messages": own})
    assert messages == own and row["system"] == "Be brief." and told == ["column 'system'"]


def test_a_call_in_the_text_of_an_openai_row_is_not_learned_as_words() -> None:
    text = '<tool_call>{"name": "f", "arguments": {}}</tool_call>'
    with pytest.raises(Refused, match="--from sharegpt"):
        read_openai({"messages": [ASKED, {"role": "assistant", "content": text}]}, [])
    read_openai({"messages": [{"role": "user", "content": text}, {"role": "assistant", "content": "No."}]}, [])


def react(*texts: str) -> dict[str, Any]:
    return {"conversations": [{"from": "human", "value": "?"}, *({"from": "gpt", "value": text} for text in texts)]}


def test_a_react_action_may_have_the_word_in_its_arguments() -> None:
    messages, _, _ = one("toolbench", react('Thought: so\nAction: f\nAction Input: {"a": "Action: x"}'))
    assert messages[1]["tool_calls"][0]["function"]["arguments"] == {"a": "Action: x"}
    assert messages[1]["reasoning_content"] == "so"


def test_a_final_answer_of_react_is_the_text_and_its_thought_is_reasoning() -> None:
    messages, _, _ = one("toolbench", react("Thought: I know it.\nFinal Answer: 42"))
    assert messages[1] == {"role": "assistant", "content": "42", "reasoning_content": "I know it."}


@pytest.mark.parametrize(
    "text",
    [
        'Action: f\nAction Input: {"a": "1"}\nAction: f\nAction Input: {"a": "2"}', "Thought: t\nAction: f",
        'Thought: t\nAction Input: {"a": "1"}', 'Thought: t. Action: f\nAction Input: {"a": "1"}',
    ],
)  # fmt: skip
def test_react_turns_that_cannot_be_told_apart_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        FORMATS["toolbench"].read(react(text), [])


def test_a_turn_by_function_call_is_not_left_out_of_a_react_row() -> None:
    turns = [*react('Action: f\nAction Input: {"a": "1"}')["conversations"], {"from": "function_call", "value": "{}"}]
    with pytest.raises(Refused, match="function_call"):
        FORMATS["toolbench"].read({"conversations": turns}, [])


def test_a_broken_call_in_a_table_is_refused_even_where_an_answer_stands_beside_it() -> None:
    with pytest.raises(Refused, match="neither JSON nor a Python literal"):
        FORMATS["csv"].read({"question": "?", "call": "f(a=x y)", "response": "Sunny."}, [])
    messages, _, _ = one("csv", {"question": "?", "output": "Sunny."})
    assert messages[1] == {"role": "assistant", "content": "Sunny."}


def test_a_result_of_responses_may_be_a_list_of_texts() -> None:
    asked = [
        {"role": "user", "content": "?"},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "so"}]},
        {"type": "function_call", "call_id": "x", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "x", "output": [{"type": "input_text", "text": "sunny"}]},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "lost"}]},
    ]
    messages, told, _ = one("responses", {"input": asked, "previous_response_id": "r1"})
    assert messages[2] == {"role": "tool", "content": "sunny", "tool_call_id": "x"}
    assert messages[1]["reasoning_content"] == "so" and told == ["reasoning", "previous response"]
    asked[3]["output"] = [{"type": "input_image", "image_url": "x"}]
    with pytest.raises(Refused, match="only text"):
        FORMATS["responses"].read({"input": asked}, [])


def run(*messages: Any, output: Any, **inputs: Any) -> dict[str, Any]:
    return {"run_type": "llm", "inputs": {"messages": list(messages), **inputs}, "outputs": output}


def test_calls_in_a_trace_of_anthropic_are_read() -> None:
    answer = {"role": "assistant", "content": [{"type": "tool_use", "id": "x", "name": "f", "input": {"a": "1"}}]}
    result = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "x", "content": "2"}]}
    system = {"role": "system", "content": "Be brief."}
    said = {"role": "assistant", "content": [{"type": "text", "text": "Two."}]}
    tools = [{"name": "f", "input_schema": TOOL["parameters"]}]
    messages, _, row = one("langsmith", run(system, ASKED, answer, result, output=said, tools=tools))
    assert [message["role"] for message in messages] == ["system", "user", "assistant", "tool", "assistant"]
    assert messages[2]["tool_calls"] == [CALLED] and messages[3]["tool_call_id"] == "x"
    assert row["tools"][0]["function"]["name"] == "f"


def test_calls_and_thoughts_among_the_parts_of_a_langchain_message_are_read_once() -> None:
    parts = [
        {"type": "thinking", "thinking": "so"},
        {"type": "text", "text": "Wait."},
        {"type": "tool_use", "id": "x", "name": "f", "input": {"a": "1"}},
    ]
    calls = [{"name": "f", "args": {"a": "1"}, "id": "x"}]
    for more in ({}, {"tool_calls": calls}):
        messages, _, _ = one("langsmith", run(ASKED, output={"type": "ai", "content": parts, **more}))
        assert messages[1]["tool_calls"] == [CALLED] and messages[1]["reasoning_content"] == "so"


def test_tools_that_langfuse_logs_as_messages_are_tools() -> None:
    offered = {"role": "tool", "content": {"type": "function", "function": TOOL}}
    answer = {"role": "assistant", "content": "", "tool_calls": [{"name": "f", "args": {"a": "1"}, "id": "x"}]}
    record = {"traceId": "t", "type": "GENERATION", "input": [ASKED, offered], "output": answer}
    messages, _, row = one("langfuse", record)
    assert [message["role"] for message in messages] == ["user", "assistant"]
    assert row["tools"] == [{"type": "function", "function": TOOL}]


def test_what_a_trace_says_beside_its_first_answer_is_told_or_refused() -> None:
    choices = [{"message": {"role": "assistant", "content": text}} for text in "AB"]
    messages, told, _ = one("langsmith", run(ASKED, output={"choices": choices}))
    assert messages[1]["content"] == "A" and "other answers" in told
    broken = {"role": "assistant", "content": "", "invalid_tool_calls": [{"name": "f", "args": "{", "id": "x"}]}
    with pytest.raises(Refused, match="could not be read"):
        FORMATS["langsmith"].read(run(ASKED, output=broken), [])
    failed = {"type": "tool", "content": "boom", "tool_call_id": "x", "status": "error"}
    calling = {"type": "ai", "content": "", "tool_calls": [{"name": "f", "args": {}, "id": "x"}]}
    messages, _, _ = one("langsmith", run(ASKED, calling, failed, output={"role": "assistant", "content": "Sorry."}))
    assert messages[2]["is_error"] is True


def test_of_a_preference_row_of_openai_only_the_preferred_answer_is_learned() -> None:
    good, bad = ({"role": "assistant", "content": text} for text in ("Good.", "Bad."))
    tools = [{"type": "function", "function": TOOL}]
    asked = {"messages": [ASKED], "tools": tools, "parallel_tool_calls": True}
    record = {"non_preferred_output": [bad], "input": asked, "preferred_output": [good]}
    assert candidates([record])[0].name == "openai"
    messages, told, row = one("openai", record)
    assert messages == [ASKED, good] and told == ["wrong answers"] and row["tools"] == tools


@pytest.mark.parametrize("names", [("rejected", "chosen"), ("prompt", "completion"), ("non_preferred", "preferred")])
def test_of_two_columns_of_messages_none_is_guessed(names: tuple[str, str]) -> None:
    talk = [ASKED, {"role": "assistant", "content": "!"}]
    assert candidates([dict.fromkeys(names, talk)]) == []
    with pytest.raises(Refused, match="--fields"):
        FORMATS["axolotl"].read(dict.fromkeys(names, talk), [])


def test_the_answer_beside_a_logged_request_is_its_last_message() -> None:
    choices = [{"message": {"role": "assistant", "content": None, "tool_calls": [CALLED]}, "finish_reason": "stop"}]
    for record in ({"choices": choices}, {"response": {"id": "r", "choices": choices}}):
        messages, told, row = one("openai", {"messages": [ASKED], **record})
        assert [message["role"] for message in messages] == ["user", "assistant"] and told == []
        assert messages[1]["tool_calls"] == [CALLED] and set(row) == {"messages"}


@pytest.mark.parametrize("mark", ["<|python_tag|>", "[TOOL_CALLS] ", "<function=f>", "<functioncall> "])
def test_a_call_in_the_syntax_of_another_template_is_not_learned_as_words(mark: str) -> None:
    turns = [{"from": "human", "value": "?"}, {"from": "gpt", "value": mark + '{"name": "f", "parameters": {}}'}]
    with pytest.raises(Refused, match="another syntax"):
        FORMATS["sharegpt"].read({"conversations": turns}, [])


def test_text_after_a_call_in_tags_is_told() -> None:
    call = '<tool_call>{"name": "f", "arguments": {}}</tool_call>'
    for text, told in ((f"A {call} B", ["text after a call"]), (f"A {call}\n", [])):
        turns = [{"from": "human", "value": "?"}, {"from": "gpt", "value": text}]
        assert one("sharegpt", {"conversations": turns})[1] == told


def test_preference_pairs_beside_a_conversation_are_refused() -> None:
    turns = [{"from": "human", "value": "?"}]
    pair = {"chosen": {"from": "gpt", "value": "A"}, "rejected": {"from": "gpt", "value": "B"}}
    with pytest.raises(Refused, match="a good one and a bad one"):
        FORMATS["sharegpt"].read({"conversations": turns, **pair}, [])
    with pytest.raises(Refused, match="preference"):
        FORMATS["llamafactory"].read({"instruction": "?", "output": ["A", "B"]}, [])
