"""Two steps for one request: the value that is taken on comes out of the result, and out of nothing else."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calltune import Conversation, Toolset
from calltune.cli import main
from calltune.contract import Problem
from calltune.data import check_row, read_rows
from calltune.data.augment import Context
from calltune.data.augment.gold import read_gold
from calltune.data.augment.make import Made, digest_of, make
from calltune.data.augment.merged import first_task
from calltune.data.augment.plans import is_plan, refers
from calltune.data.augment.turns import arguments_of, name_of
from calltune.data.messages import is_learned
from calltune.guard.rehearsal import Rehearsal

SEEDS = st.integers(0, 2**32)
FIND = {"name": "find_hotels", "arguments": {"city": "Cork"}}


def book(**arguments: Any) -> dict[str, Any]:
    given = {"hotel_id": "$var1.hotel_id$", "number_of_nights": 2, "arrival": "2026-05-09", **arguments}
    return {"name": "book_room", "arguments": given}


@pytest.fixture
def context(hand: Any) -> Context:
    return hand.context_of(read_gold([]))


def made_of(row: Conversation, context: Context, seed: int = 0) -> dict[str, Any] | Problem | None:
    made = make(row, "sequence", context, origin="gold:1", seed=seed, digest=digest_of(row))
    return json.loads(made.line) if isinstance(made, Made) else made


def steps_of(messages: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [message["tool_calls"] for message in messages if is_learned(message) and message.get("tool_calls")]


def passes_the_guard(data: dict[str, Any]) -> bool:
    """Whether the guard lets every step run as it stands."""
    tools = Toolset.from_openai(data["tools"])
    turns = [[(name_of(call), arguments_of(call)) for call in calls] for calls in steps_of(data["messages"])]
    return all(Rehearsal().rejected(tools, turn, 0) is None for turn in turns)


# -- dialogues


@given(seed=SEEDS, place=st.sampled_from([0, 1]))
def test_the_request_asks_for_both_steps_and_does_not_say_what_is_taken_on(hand: Any, seed: int, place: int) -> None:
    row = hand.two_steps(place, breakfast=False)
    data = made_of(row, hand.context_of(read_gold([])), seed)
    assert isinstance(data, dict)
    asked, first, found, second, *rest = data["messages"][2:]
    assert asked["content"].startswith("In Cork") and f"the {('first', 'second')[place]} one" in asked["content"]
    assert "2026" in asked["content"] and "without breakfast" in asked["content"]
    assert "H-" not in asked["content"] and "Heron" not in json.dumps(data["messages"][:3])
    assert first["tool_calls"] == row.messages[3]["tool_calls"] and found == row.messages[4]
    assert second == row.messages[7] and rest == [*row.messages[8:]]
    assert [is_learned(turn) for turn in data["messages"] if turn["role"] == "assistant"] == [False, True, True, True]


def test_a_value_that_was_said_before_is_not_taken_on(hand: Any, context: Context) -> None:
    row = hand.two_steps().to_json()
    row["messages"][2]["content"] = "In Cork, I liked H-31 there."
    assert made_of(Conversation.from_json(row), context) is None


def test_a_value_that_the_result_does_not_hold_is_not_taken_on(hand: Any, context: Context) -> None:
    row = hand.two_steps().to_json()
    row["messages"][4]["content"] = json.dumps([{"hotel_id": "H-9"}, {"hotel_id": "H-77"}])
    assert made_of(Conversation.from_json(row), context) is None


def test_calls_that_are_steps_already_are_left_alone(hand: Any, context: Context) -> None:
    row = hand.two_steps().to_json()
    del row["messages"][5:7]
    assert made_of(Conversation.from_json(row), context) is None


def test_an_answer_to_a_question_that_is_gone_is_left_out(hand: Any, context: Context) -> None:
    row = hand.two_steps().to_json()
    row["messages"][6]["content"] = "Fine, two nights. Is there a pool?"
    data = made_of(Conversation.from_json(row), context)
    assert isinstance(data, dict) and data["messages"][-1]["tool_calls"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=SEEDS, place=st.integers(0, 10**6))
def test_in_real_rows_each_later_argument_is_in_the_result_or_was_said(
    real_gold: Callable[[], tuple[list[Conversation], Context]], seed: int, place: int
) -> None:
    rows, context = real_gold()
    row = rows[place % len(rows)]
    data = made_of(row, context, seed)
    assert not isinstance(data, Problem)
    if data is None:
        return
    first, second = (calls[0] for calls in steps_of(data["messages"]))
    at = next(n for n, message in enumerate(data["messages"]) if message.get("tool_calls") == [first])
    result = data["messages"][at + 1]["content"]
    said = " ".join(message["content"] for message in data["messages"][:at])
    new = {key: value for key, value in arguments_of(second).items() if arguments_of(first).get(key) != value}
    taken = [value for value in new.values() if isinstance(value, str) and f'"{value}"' in result and value not in said]
    assert taken and name_of(first) != name_of(second) and passes_the_guard(data)


# -- plans


@given(seed=SEEDS)
def test_a_reference_becomes_a_value_of_the_result_before_it(hand: Any, seed: int) -> None:
    row = hand.plan(FIND, book(hotel_id="$var1[0].hotel_id$", number_of_nights="$var1[1].stars$"))
    assert is_plan(row, check_row(row)) and refers(row)
    data = made_of(row, hand.context_of(read_gold([])), seed)
    if isinstance(data, Problem):  # one hotel is found, and a second one is not made up
        assert data.kind.startswith("plan_")
        return
    assert data is not None
    assert [message["role"] for message in data["messages"]] == ["user", "assistant", "tool", "assistant"]
    found, arguments = json.loads(data["messages"][2]["content"]), arguments_of(data["messages"][3]["tool_calls"][0])
    assert arguments["hotel_id"] == found[0]["hotel_id"] and arguments["number_of_nights"] == found[1]["stars"]
    assert not hand.two_steps().toolset().check_result("find_hotels", found)


def test_calls_stand_side_by_side_up_to_the_first_that_needs_a_result(hand: Any, context: Context) -> None:
    other = {"name": "find_hotels", "arguments": {"city": "Bari"}}
    row = hand.plan(FIND, other, book(hotel_id="$var2[0].hotel_id$"), FIND)
    data = made_of(row, context)
    assert isinstance(data, dict)
    calls = steps_of(data["messages"])
    assert [len(step) for step in calls] == [2, 2]
    assert [call["id"] for step in calls for call in step] == ["call_0", "call_1", "call_2", "call_3"]


def test_a_tool_that_promises_nothing_gives_what_is_taken_from_it(hand: Any, context: Context) -> None:
    tools = [{**tool, "function": {**tool["function"]}} for tool in hand.two_steps().tools]
    tools[0]["function"].pop("returns", None)
    row = Conversation.from_json({**hand.plan(FIND, book()).to_json(), "tools": tools})
    data = made_of(row, context)
    assert isinstance(data, dict)
    found = json.loads(data["messages"][2]["content"])
    assert found == {"hotel_id": arguments_of(data["messages"][3]["tool_calls"][0])["hotel_id"]}


def test_a_reference_in_a_text_becomes_words_of_it(hand: Any, context: Context) -> None:
    note = {"name": "find_hotels", "arguments": {"city": "near $var1.distance$ km from $var1.hotel_id$"}}
    tools = [{**tool, "function": {**tool["function"]}} for tool in hand.two_steps().tools]
    tools[0]["function"].pop("returns", None)
    data = made_of(Conversation.from_json({**hand.plan(FIND, note).to_json(), "tools": tools}), context)
    assert isinstance(data, dict)
    found = json.loads(data["messages"][2]["content"])
    assert isinstance(found["distance"], int | float)
    city = arguments_of(data["messages"][3]["tool_calls"][0])["city"]
    assert city == f"near {found['distance']} km from {found['hotel_id']}"


@pytest.mark.parametrize(
    ("calls", "kind"),
    [
        ([FIND, book(hotel_id="$var2[0].hotel_id$")], "plan_reference"),
        ([FIND, book(hotel_id="$var3[0].hotel_id$")], "plan_reference"),
        ([FIND, book(hotel_id="$var0[0].hotel_id$")], "plan_reference"),
        ([FIND, book(hotel_id="$var1.rooms.id$")], "plan_not_promised"),
        ([FIND, book(hotel_id="$var1[900].hotel_id$")], "plan_too_many_items"),
        ([FIND, book(hotel_id="$var1[0].hotel_id$", arrival="$var1[0].hotel_name$ soon")], "format"),
    ],
)
def test_a_plan_of_which_no_good_row_comes_is_counted_by_its_reason(
    hand: Any, context: Context, calls: list[dict[str, Any]], kind: str
) -> None:
    found = made_of(hand.plan(*calls), context)
    assert isinstance(found, Problem) and found.kind == kind


def test_a_row_that_is_wrong_elsewhere_is_no_plan(hand: Any) -> None:
    for arguments in ({"stars": 3}, {"number_of_nights": "two"}, {"breakfast": "$var$"}):
        row = hand.plan(FIND, book(**arguments))
        assert not is_plan(row, check_row(row))


def test_plans_are_not_merged(hand: Any) -> None:
    row = hand.plan(FIND, book())
    assert not check_row(row) and first_task(row) is None


def test_rows_that_are_bad_only_where_they_refer_are_steps_and_nothing_else(
    hand: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    data, out = tmp_path / "plans.jsonl", tmp_path / "made.jsonl"
    row = hand.plan(FIND, book(hotel_id="$var1[0].hotel_id$", number_of_nights="$var1[0].stars$"))
    data.write_text(json.dumps(row.to_json()) + "\n")
    options = ("--data", str(data), "--out", str(out), "--rows", "3", "--no-keep-gold", "--json")
    assert main(["augment", *options, "--kinds", "sequence,renamed"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["bad_rows"] == report["plan_rows"] == 1 and report["made"] == {"sequence": 2, "renamed": 0}
    assert not any(check_row(row) for row in read_rows(out))
    assert main(["augment", *options, "--kinds", "renamed"]) == 2


def test_most_of_nestful_becomes_steps(shared: Path, context: Context) -> None:
    found: Counter[str] = Counter()
    for row in read_rows(shared / "data" / "nestful.jsonl"):
        problems = check_row(row)
        if row.conversation is None or (problems and not is_plan(row.conversation, problems)):
            continue
        data = made_of(row.conversation, context)
        found["plan" if isinstance(data, dict) else data.kind if data else "none"] += 1
        if isinstance(data, dict):
            assert not check_row(Conversation.from_json(data)) and "$var" not in json.dumps(data["messages"])
            assert len(steps_of(data["messages"])) >= 2 and passes_the_guard(data)
            assert Toolset.from_openai(data["tools"]).names == row.conversation.toolset().names
    assert found["plan"] > 200 and found["none"] == 0
