"""A row in any of the usual spellings becomes one canonical conversation, or problems that say where it is none."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calltune.contract import Toolset
from calltune.data import Conversation, check_row
from calltune.data.conversation import read_conversation
from calltune.errors import DataError

Row = dict[str, Any]


def kinds(row: Any, tools: Toolset | None = None) -> list[tuple[str, str]]:
    return [(problem.kind, problem.pointer) for problem in read_conversation(row, tools)[1]]


def test_a_canonical_row_is_taken_as_it_is(row: Row) -> None:
    before = copy.deepcopy(row)
    conversation = Conversation.from_json(row)
    assert list(conversation.messages) == row["messages"] == before["messages"]
    assert conversation.toolset().names == ("get_weather",)
    assert conversation.tools == tuple(conversation.toolset().to_openai())


def test_arguments_as_text_become_objects(row: Row) -> None:
    row["messages"][1]["tool_calls"][0]["function"]["arguments"] = '{"city": "Paris"}'
    before = copy.deepcopy(row)
    assert Conversation.from_json(row).messages[1]["tool_calls"][0]["function"]["arguments"] == {"city": "Paris"}
    assert row == before


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"city": "Paris"', "not_json"),
        ('{"city": "Paris", "city": "Rome"}', "duplicate_key"),
        ('{"days": NaN}', "not_finite"),
        ("[1]", "wrong_type"),
        ('"{\\"city\\": \\"Paris\\"}"', "wrong_type"),
    ],
)
def test_arguments_that_are_no_object_are_a_problem_of_the_call(row: Row, text: str, kind: str) -> None:
    row["messages"][1]["tool_calls"][0]["function"]["arguments"] = text
    (found,) = {(kind, pointer.rsplit("arguments")[0]) for kind, pointer in kinds(row)}
    assert found == (kind, "/messages/1/tool_calls/0/function/")


@pytest.mark.parametrize("nothing", [None, "", {}, "{}"])
def test_no_arguments_may_be_written_in_four_ways(row: Row, nothing: Any) -> None:
    row["messages"][1]["tool_calls"][0]["function"]["arguments"] = nothing
    assert Conversation.from_json(row).messages[1]["tool_calls"][0]["function"]["arguments"] == {}


def test_a_legacy_function_call_becomes_a_tool_call_with_its_result(row: Row) -> None:
    row["messages"][1] = {
        "role": "assistant",
        "content": None,
        "function_call": {"name": "get_weather", "arguments": "{}"},
    }
    row["messages"][2] = {"role": "function", "name": "get_weather", "content": '{"celsius": 21}'}
    call, result = Conversation.from_json(row).messages[1:3]
    assert call == {
        "role": "assistant",
        "content": "",
        "tool_calls": [{"id": "call_0", "type": "function", "function": {"name": "get_weather", "arguments": {}}}],
    }
    assert (result["role"], result["tool_call_id"]) == ("tool", "call_0")
    (problem,) = check_row(Conversation.from_json(row))
    assert problem.kind == "missing_required"


def test_ids_that_were_left_out_are_given_in_order(row: Row) -> None:
    call = {"type": "function", "function": {"name": "get_weather", "arguments": {"city": "Rome"}}}
    row["messages"][1]["tool_calls"] = [call, call]
    row["messages"][2:3] = [
        {"role": "tool", "content": '{"celsius": 1}'},
        {"role": "tool", "content": '{"celsius": 2}'},
    ]
    conversation = Conversation.from_json(row)
    assert [made["id"] for made in conversation.messages[1]["tool_calls"]] == ["call_0", "call_1"]
    assert [message["tool_call_id"] for message in conversation.messages[2:4]] == ["call_0", "call_1"]
    assert check_row(conversation) == ()
    assert "id" not in call


def test_results_without_ids_are_matched_by_name_first(row: Row, tool: Row) -> None:
    other = copy.deepcopy(tool)
    other["function"]["name"] = "get_tides"
    row["tools"].append(other)
    row["messages"][1]["tool_calls"] = [
        {"function": {"name": name, "arguments": {"city": "Rome"}}} for name in ("get_weather", "get_tides")
    ]
    row["messages"][2:3] = [
        {"role": "tool", "name": "get_tides", "content": '{"celsius": 1}'},
        {"role": "tool", "name": "get_weather", "content": '{"celsius": 2}'},
    ]
    assert [message["tool_call_id"] for message in Conversation.from_json(row).messages[2:4]] == ["call_1", "call_0"]


def test_a_call_without_an_id_takes_the_id_of_its_result(row: Row) -> None:
    del row["messages"][1]["tool_calls"][0]["id"]
    conversation = Conversation.from_json(row)
    assert conversation.messages[1]["tool_calls"][0]["id"] == "c1"
    assert check_row(conversation) == ()


def test_text_parts_are_joined_and_other_parts_are_a_problem(row: Row) -> None:
    row["messages"][0]["content"] = [{"type": "text", "text": "Weather "}, {"type": "text", "text": "in Paris?"}]
    assert Conversation.from_json(row).messages[0]["content"] == "Weather in Paris?"
    row["messages"][0]["content"].append({"type": "image_url", "image_url": {"url": "x"}})
    assert kinds(row) == [("unsupported_content", "/messages/0/content/2")]


def test_a_result_given_as_an_object_becomes_its_json_text(row: Row) -> None:
    row["messages"][2]["content"] = {"celsius": 21}
    assert json.loads(Conversation.from_json(row).messages[2]["content"]) == {"celsius": 21}


def test_null_keys_and_unknown_keys_of_messages_do_no_harm(row: Row) -> None:
    row["messages"][0] |= {"tool_calls": None, "name": None, "weight": 1}
    row["extra"] = {"any": "thing"}
    assert Conversation.from_json(row).messages[0] == {"role": "user", "content": "Weather in Paris?", "weight": 1}


def test_reasoning_and_refusals_keep_their_text(row: Row) -> None:
    row["messages"][3] = {"role": "assistant", "content": None, "reasoning": "Hm.", "refusal": "I cannot."}
    last = Conversation.from_json(row).messages[3]
    assert (last["reasoning_content"], last["content"]) == ("Hm.", "I cannot.")


def test_developer_is_system(row: Row) -> None:
    row["messages"].insert(0, {"role": "developer", "content": "Be brief."})
    assert Conversation.from_json(row).messages[0]["role"] == "system"


def test_tools_may_be_json_text_or_bare_functions(row: Row, tool: Row) -> None:
    expected = Conversation.from_json(row).tools
    for tools in (json.dumps([tool]), [json.dumps(tool)], [tool["function"]], json.dumps([tool["function"]])):
        assert Conversation.from_json({**row, "tools": tools}).tools == expected


def test_rows_with_the_same_tools_share_one_toolset(row: Row) -> None:
    one, two = Conversation.from_json(row), Conversation.from_json(copy.deepcopy(row))
    assert one.toolset() is two.toolset() and one.tools is two.tools


def test_the_contract_serves_rows_without_tools_and_own_tools_win(row: Row, tool: Row) -> None:
    other = copy.deepcopy(tool)
    other["function"]["name"] = "get_tides"
    contract = Toolset.from_openai([other])
    assert Conversation.from_json(row, contract).toolset().names == ("get_weather",)
    del row["tools"]
    assert Conversation.from_json({**row, "messages": row["messages"][:1]}, contract).toolset() is contract
    assert [problem.kind for problem in check_row(Conversation.from_json(row, contract))] == ["unknown_tool"]


@pytest.mark.parametrize("name", ["functions", "tool_schema", "Tools", "available_tools", "toolz"])
def test_tools_under_another_name_are_a_problem_that_proposes_the_right_one(row: Row, name: str) -> None:
    row[name] = row.pop("tools")
    conversation, (problem,) = read_conversation(row)
    assert (problem.kind, problem.pointer) == ("wrong_columns", f"/{name}")
    assert f"rename '{name}'" in problem.message or (name in problem.message and "'tools'" in problem.message)
    assert conversation is not None and conversation.tools == ()


def test_calls_without_any_tools_are_one_problem_a_row(row: Row) -> None:
    row["messages"] += [{"role": "user", "content": "Again."}, *copy.deepcopy(row["messages"][1:])]
    del row["tools"]
    assert kinds(row) == [("missing_tools", "/messages/1/tool_calls/0")]
    assert kinds({**row, "tools": []}) == [
        ("unknown_tool", "/messages/1/tool_calls/0/function/name"),
        ("unknown_tool", "/messages/5/tool_calls/0/function/name"),
    ]


def test_talk_needs_no_tools() -> None:
    row = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}
    assert check_row(Conversation.from_json(row)) == ()


def test_broken_tools_are_reported_with_every_fault(row: Row) -> None:
    row["tools"][0]["function"]["parameters"]["properties"]["city"]["type"] = "str"
    row["tools"][0]["function"]["parameters"]["properties"]["days"]["type"] = "int"
    found = kinds(row)
    assert [kind for kind, _ in found] == ["broken_tools", "broken_tools"]
    assert found[0][1].startswith("/tools/0/function/parameters/properties/city")
    assert kinds({**row, "tools": 3}) == [("broken_tools", "/tools")]
    assert kinds({**row, "tools": "[{]"})[0] == ("not_json", "/tools")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"conversations": [{"from": "human", "value": "Hi"}]}, "rename 'conversations' to 'messages'"),
        ({"prompt": "Hi", "completion": "Hello"}, "the columns here: prompt, completion"),
        ({"text": "Hi"}, "'text' is text, not a list of messages"),
        ({"messages": None}, "'messages' is null"),
        ({}, "the columns here: none"),
    ],
)
def test_wrong_columns_say_what_is_expected_and_what_came(data: Row, says: str) -> None:
    conversation, (problem,) = read_conversation(data)
    assert conversation is None
    assert problem.kind == "wrong_columns" and '"messages"' in problem.message and says in problem.message


def test_all_faults_of_a_row_come_at_once(row: Row) -> None:
    row["messages"][0]["role"] = "human"
    row["messages"][1]["tool_calls"].append({"function": "get_weather"})
    row["messages"][3] = "21 degrees."
    found = kinds(row)
    assert found == [
        ("unknown_role", "/messages/0/role"),
        ("bad_message", "/messages/1/tool_calls/1/function"),
        ("bad_message", "/messages/3"),
    ]
    with pytest.raises(DataError) as error:
        Conversation.from_json(row)
    assert len(error.value.faults) == 3 and "did you mean 'user'" in str(error.value)


def test_a_user_cannot_call_tools(row: Row) -> None:
    row["messages"][0]["tool_calls"] = row["messages"][1]["tool_calls"]
    assert kinds(row) == [("bad_message", "/messages/0/tool_calls")]


def test_a_conversation_survives_json_and_pickle(row: Row) -> None:
    conversation = Conversation.from_json({"id": "r1", **row})
    assert Conversation.from_json(conversation.to_json()) == conversation
    copied = pickle.loads(pickle.dumps(conversation))
    assert copied == conversation and copied.toolset().names == conversation.toolset().names


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = ("role", "content", "tool_calls", "function_call", "tool_call_id", "name", "reasoning", "refusal")
CALLS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "id": JSON,
            "type": JSON,
            "function": JSON | st.fixed_dictionaries({"name": JSON, "arguments": JSON}),
        },
    )
    | JSON,
    max_size=3,
)
MESSAGE = st.fixed_dictionaries(
    {"role": st.sampled_from(["system", "user", "assistant", "tool", "function", "human"]) | JSON},
    optional={
        "content": st.text(max_size=5) | JSON,
        "tool_calls": CALLS | JSON,
        "tool_call_id": st.sampled_from(["a", "b"]) | JSON,
    }
    | {key: JSON for key in KEYS[3:] if key != "tool_call_id"},
)
ROW = st.fixed_dictionaries(
    {}, optional={"messages": st.lists(MESSAGE | JSON, max_size=6) | JSON, "tools": JSON, "functions": JSON, "id": JSON}
)


@settings(deadline=None)  # a busy machine is no bug
@given(ROW | JSON)
def test_no_row_makes_the_reader_or_the_check_raise(data: Any) -> None:
    conversation, problems = read_conversation(data)
    if conversation is not None and not problems:
        check_row(conversation)
        again, none = read_conversation(conversation.to_json())
        assert none == () and again == conversation
