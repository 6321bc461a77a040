"""The contract as a whole: checks that never raise, and a fingerprint that tells contracts apart."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calltune.contract import Problem, Tool, Toolset
from calltune.errors import ContractError

WEATHER = Tool(
    "get_weather",
    "Weather forecast for a city.",
    {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer"}, "unit": {"enum": ["c", "f"]}},
        "required": ["city"],
    },
    returns={"type": "object", "properties": {"celsius": {"type": "number"}}},
    effect="read",
)
MAIL = Tool(
    "send_mail", "Send a mail.", {"type": "object", "properties": {"to": {"type": "string", "format": "email"}}}
)
TOOLS = Toolset([WEATHER, MAIL])


def test_a_good_call_has_no_problems() -> None:
    assert TOOLS.check("get_weather", {"city": "Paris", "days": 3}) == ()
    assert TOOLS.check("get_weather", '{"city": "Paris"}') == ()


def test_an_unknown_tool_proposes_the_near_one() -> None:
    (problem,) = TOOLS.check("get_wether", {})
    assert problem.kind == "unknown_tool" and problem.pointer == ""
    assert problem.message == "no tool named get_wether; did you mean get_weather? Offered: get_weather, send_mail."


def test_text_is_parsed_strictly_and_then_checked() -> None:
    found = TOOLS.check("get_weather", '{"city": "a", "city": 3}')
    assert [problem.kind for problem in found] == ["duplicate_key", "wrong_type"]
    assert [problem.kind for problem in TOOLS.check("get_weather", '{"city": "a"')] == ["not_json"]
    assert [problem.kind for problem in TOOLS.check("get_weather", '{"days": NaN}')] == ["not_finite"]


@pytest.mark.parametrize("arguments", [None, 3, [], "[]", "3", b"{}x", {1: 2}, object(), float("nan"), {"city": {1}}])
def test_arguments_that_are_no_object_are_a_problem(arguments: Any) -> None:
    assert TOOLS.check("get_weather", arguments)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.just(object()) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner)
        | st.dictionaries(st.sampled_from(["city", "days", "x"]) | st.integers() | st.text(), inner, max_size=3)
        | st.sets(st.integers(), max_size=2)
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.sampled_from(["get_weather", "send_mail"]) | st.text() | ANYTHING, ANYTHING)
def test_no_call_makes_the_check_raise(name: Any, arguments: Any) -> None:
    for problem in (*TOOLS.check(name, arguments), *TOOLS.check_result(name, arguments)):
        assert isinstance(problem, Problem)
        json.dumps(problem.to_json(), allow_nan=False).encode()
        assert 0 < len(problem.message) < 2000


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=3) | st.just("city"), st.text(max_size=3) | st.integers(), max_size=3))
def test_a_call_as_text_and_as_an_object_is_judged_alike(arguments: dict[str, Any]) -> None:
    if all(not isinstance(value, int) or -(2**63) <= value < 2**64 for value in arguments.values()):
        assert TOOLS.check("get_weather", arguments) == TOOLS.check("get_weather", json.dumps(arguments))


def test_results_are_checked_where_something_is_promised() -> None:
    assert TOOLS.check_result("get_weather", {"celsius": 3.5}) == ()
    (problem,) = TOOLS.check_result("get_weather", {"celsius": "3"})
    assert problem.message == 'celsius: expected number, got "3" (string); write 3 without quotes.'
    assert TOOLS.check_result("get_weather", "warm")[0].message == 'the result: expected object, got "warm" (string).'
    assert TOOLS.check_result("send_mail", object()) == ()
    assert TOOLS.check_result("nope", 1)[0].kind == "unknown_tool"


def test_a_toolset_is_a_collection_of_its_tools() -> None:
    assert len(TOOLS) == 2 and list(TOOLS) == [WEATHER, MAIL] and TOOLS["send_mail"] is MAIL
    assert "get_weather" in TOOLS and "x" not in TOOLS and 3 not in TOOLS
    assert TOOLS.names == ("get_weather", "send_mail") and TOOLS.functions == {}


def test_the_fingerprint_is_the_same_for_the_same_contract() -> None:
    again = Toolset.from_openai(TOOLS.to_openai())
    assert again.fingerprint != TOOLS.fingerprint  # the OpenAI shape does not carry the effect
    same = Toolset([Tool(**tool.to_json()) for tool in TOOLS])
    assert same.fingerprint == TOOLS.fingerprint and same == TOOLS and hash(same) == hash(TOOLS)
    assert TOOLS.fingerprint.startswith("sha256:") and len(TOOLS.fingerprint) == 71
    older = {"definitions": {"N": {"type": "integer"}}, "properties": {"n": {"$ref": "#/definitions/N"}}}
    old = Tool("t", parameters={"type": "object", **older})
    new = Tool("t", parameters={"properties": {"n": {"type": "integer"}}, "additionalProperties": False})
    assert old == new


@pytest.mark.parametrize(
    "change",
    [
        {"name": "other"},
        {"description": "other"},
        {"effect": "write"},
        {"idempotent": True},
        {"timeout_s": 3.0},
        {"returns": None},
        {"parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
    ],
)
def test_the_fingerprint_changes_with_everything_that_counts(change: dict[str, Any]) -> None:
    assert Toolset([Tool(**{**WEATHER.to_json(), **change}), MAIL]).fingerprint != TOOLS.fingerprint


def test_the_order_of_tools_and_of_properties_counts() -> None:
    assert Toolset([MAIL, WEATHER]).fingerprint != TOOLS.fingerprint
    one, other = ({"properties": {name: {} for name in names}} for names in ("ab", "ba"))
    assert Tool("t", parameters=one) != Tool("t", parameters=other)


def test_a_fingerprint_holds_numbers_of_any_size() -> None:
    assert Tool("t", parameters={"properties": {"n": {"maximum": 2**64}}}).fingerprint


def test_a_saved_contract_is_read_back_equal(tmp_path: Path) -> None:
    TOOLS.save(tmp_path / "contract.json")
    assert Toolset.load(tmp_path / "contract.json") == TOOLS


def test_a_toolset_can_be_sent_to_another_process() -> None:
    again = pickle.loads(pickle.dumps(TOOLS))
    assert again == TOOLS and again.check("get_weather", {})[0].kind == "missing_required"


def test_a_broken_tool_is_refused_with_all_its_faults() -> None:
    with pytest.raises(ContractError) as caught:
        Tool("bad name", parameters={"properties": {"a": {"type": "dict"}}}, returns={"type": "float"}, effect="none")  # type: ignore[arg-type]
    assert len(caught.value.faults) == 4
    assert '$.name: unusable name "bad name"' in caught.value.faults[0] and 'write "bad_name"' in caught.value.faults[0]
    assert caught.value.faults[-1] == '$.returns.type: unknown type "float": write "number"'


def test_a_name_that_comes_twice_is_refused() -> None:
    with pytest.raises(ContractError, match="already taken"):
        Toolset([WEATHER, MAIL, WEATHER])


def test_the_same_list_is_compiled_once() -> None:
    assert Toolset.from_openai(TOOLS.to_openai()) is Toolset.from_openai(TOOLS.to_openai())
    changed = [*TOOLS.to_openai()[:1], Tool("new").to_openai()]
    assert Toolset.from_openai(changed)["get_weather"] is Toolset.from_openai(TOOLS.to_openai())["get_weather"]


def test_the_rows_of_real_data_load(shared: Path) -> None:
    rows = [json.loads(line) for line in (shared / "data" / "api_bank.jsonl").read_text("utf-8").splitlines()]
    bad = 0
    for row in rows:
        tools = Toolset.from_openai(row["tools"])
        calls = [call["function"] for message in row["messages"] for call in message.get("tool_calls") or ()]
        bad += sum(bool(tools.check(call["name"], call["arguments"])) for call in calls)
    assert (len(rows), bad) == (263, 68)
