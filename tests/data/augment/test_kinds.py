"""What every made row must be, over hand-made rows and real ones."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calltune import Conversation, Tool, Toolset
from calltune.contract import Problem
from calltune.data import check_row, read_rows
from calltune.data.augment import KINDS, Context
from calltune.data.augment.gold import read_gold
from calltune.data.augment.make import Made, digest_of, make
from calltune.data.augment.mention import stands_in
from calltune.data.augment.no_fit import what_it_does
from calltune.data.augment.similar import may_do_the_same
from calltune.data.augment.turns import arguments_of, calls_in, name_of
from calltune.data.messages import is_learned
from calltune.guard.rehearsal import Rehearsal

SEEDS = st.integers(0, 2**32)
Real = Callable[[], tuple[list[Conversation], Context]]


@pytest.fixture
def context(hand: Any, gold_file: Path) -> Context:
    return hand.context_of(read_gold(read_rows(gold_file, tools=hand.tools)))


def made_of(row: Conversation, kind: str, context: Context, seed: int) -> dict[str, Any] | None:
    """The made row as data; a row with a problem fails the test."""
    made = make(row, kind, context, origin="gold:1", seed=seed, digest=digest_of(row))
    assert not isinstance(made, Problem), (kind, made)
    return None if made is None else json.loads(made.line)


def learned(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [message for message in row["messages"] if message["role"] == "assistant" and is_learned(message)]


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=SEEDS, place=st.integers(0, 10**6))
def test_every_made_row_of_a_real_row_is_good_and_says_where_it_comes_from(
    kind: str, real_gold: Real, seed: int, place: int
) -> None:
    rows, context = real_gold()
    row = rows[place % len(rows)]
    data = made_of(row, kind, context, seed)
    if data is not None:
        assert data["made"] == {"kind": kind, "from": "gold:1", "seed": seed}
        assert not check_row(Conversation.from_json(data))
        assert learned(data)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_applies_to_its_share_of_real_rows(kind: str, real_gold: Real) -> None:
    rows, context = real_gold()
    share = sum(made_of(row, kind, context, 1) is not None for row in rows[::2]) / len(rows[::2])
    assert share >= {"missing": 0.02, "distractors": 0.2, "merged": 0.5, "sequence": 0.1}.get(kind, 0.8)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_makes_the_same_bytes(hand: Any, kind: str, context: Context) -> None:
    def lines(seed: int) -> list[bytes]:
        made = [
            make(row, kind, context, origin="g", seed=seed, digest=digest_of(row))
            for row in [*map(hand.conversation, hand.rows), hand.two_steps()]
        ]
        return [one.line for one in made if isinstance(one, Made)]

    assert lines(3) == lines(3)
    assert len({tuple(lines(seed)) for seed in range(12)}) > 1 or kind == "distractors"


# -- recovery


@given(seed=SEEDS, place=st.sampled_from(range(5)))
def test_a_broken_call_is_told_in_the_sentences_of_the_contract(hand: Any, seed: int, place: int) -> None:
    row = hand.conversation(hand.rows[place])
    data = made_of(row, "recovery", hand.context_of(read_gold([])), seed)
    if data is None:
        return
    *_, wrong, told, right = data["messages"]
    assert wrong["train"] is False and is_learned(right)
    assert right in row.messages
    for broken in wrong.get("tool_calls", ()):
        problems = hand.tools.check(name_of(broken), arguments_of(broken))
        assert problems
        assert all(problem.message in told["content"] for problem in problems)
    if "tool_calls" not in wrong:
        assert told["role"] == "user" and "ends inside a call" in told["content"]


def test_calls_are_broken_in_many_ways(hand: Any, context: Context) -> None:
    row = hand.conversation(hand.rows[4])
    kinds: Counter[str] = Counter()
    for seed in range(150):
        data = made_of(row, "recovery", context, seed)
        assert data is not None
        for broken in data["messages"][-3].get("tool_calls", ()):
            kinds.update({problem.kind for problem in hand.tools.check(name_of(broken), arguments_of(broken))})
        kinds["cut off"] += "tool_calls" not in data["messages"][-3]
    wanted = {"missing_required", "unknown_argument", "wrong_type", "not_in_enum", "unknown_tool", "cut off"}
    assert wanted <= set(kinds)
    assert all(kinds[kind] >= 5 for kind in wanted), kinds


def test_what_the_guard_mends_by_itself_is_no_recovery(hand: Any, context: Context) -> None:
    row = hand.conversation(hand.rows[2])  # get_forecast only reads, so "3" is read as 3 at run time
    for seed in range(100):
        data = made_of(row, "recovery", context, seed)
        assert data is not None
        for broken in data["messages"][-3].get("tool_calls", ()):
            assert arguments_of(broken).get("days") != "3"


def test_only_the_correction_is_learned(hand: Any, context: Context) -> None:
    data = made_of(hand.conversation(hand.rows[4]), "recovery", context, 0)
    assert data is not None
    assert learned(data) == [data["messages"][-1]]


# -- missing


@given(seed=SEEDS, place=st.sampled_from([0, 1, 2]))
def test_a_removed_value_is_gone_until_the_user_gives_it(hand: Any, seed: int, place: int) -> None:
    row = hand.conversation(hand.rows[place])
    data = made_of(row, "missing", hand.context_of(read_gold([])), seed)
    assert data is not None
    said = data["messages"][0]["content"]
    given_then = arguments_of(next(calls_in(list(row.messages))))
    gone = [value for value in given_then.values() if not stands_in(value, said)]
    assert len(gone) == 1
    question = data["messages"][1]["content"]
    assert question.startswith("Please tell me the ") and not stands_in(gone[0], question)
    if len(data["messages"]) > 2:
        assert stands_in(gone[0], data["messages"][2]["content"])
        assert data["messages"][3] == row.messages[1]


def test_the_assistant_asks_in_the_words_of_the_guard(hand: Any, context: Context) -> None:
    data = made_of(hand.conversation(hand.rows[1]), "missing", context, 0)
    assert data is not None
    assert data["messages"][0]["content"] == "How will the weather be?"
    assert data["messages"][1]["content"] == "Please tell me the place (Name of the town)."


def test_a_value_that_the_user_says_elsewhere_is_not_taken_out(hand: Any, context: Context) -> None:
    row = hand.messages(
        "I am in Oslo now.", "Nice.", "How will the weather be in Oslo?", hand.call("get_forecast", place="Oslo")
    )
    assert made_of(hand.conversation(row), "missing", context, 0) is None


def test_a_value_that_may_be_carried_over_is_not_asked_for(hand: Any, context: Context) -> None:
    said = ["Weather in Rome?", hand.call("get_forecast", place="Rome"), "Look for the weather in Oslo, please."]
    result = {"role": "tool", "tool_call_id": "call_0", "content": "sunny"}
    talk = [*hand.messages(*said[:2]), result, *hand.messages(said[2], hand.call("get_forecast", 1, place="Oslo"))]
    for seed in range(10):
        data = made_of(hand.conversation(talk), "missing", context, seed)
        assert data is None or len(data["messages"]) <= 4  # the first call may be asked for, the second not


def test_an_answer_to_a_question_is_not_emptied(hand: Any, context: Context) -> None:
    row = hand.messages(
        "Weather please.", "For which town?", "I mean the town in Oslo.", hand.call("get_forecast", place="Oslo")
    )
    assert made_of(hand.conversation(row), "missing", context, 0) is None


# -- no_fit, distractors


@given(seed=SEEDS, place=st.sampled_from([0, 1, 2, 3]))
def test_no_tool_that_might_do_it_is_left(hand: Any, seed: int, place: int) -> None:
    row = hand.conversation(hand.rows[place])
    data = made_of(row, "no_fit", hand.context_of(read_gold([], hand.tools)), seed)
    assert data is not None
    called = hand.tools[name_of(next(calls_in(list(row.messages))))]
    offered = Toolset.from_openai(data["tools"])
    assert len(offered) and called.name not in offered
    assert not any(may_do_the_same(called, tool) for tool in offered)
    assert [message["role"] for message in data["messages"]] == ["user", "assistant"]


def test_a_greeting_is_not_refused(hand: Any, context: Context) -> None:
    row = hand.messages(
        "Hi there!", "Hello, what can I do?", "Weather in Oslo?", hand.call("get_forecast", place="Oslo")
    )
    assert made_of(hand.conversation(row), "no_fit", context, 0) is None


def test_distractors_add_tools_that_do_something_else(real_gold: Real) -> None:
    rows, context = real_gold()
    checked = 0
    for row in rows[::5]:
        data = made_of(row, "distractors", context, 5)
        if data is None:
            continue
        old, new = row.toolset(), Toolset.from_openai(data["tools"])
        called = [old[name_of(one)] for one in calls_in(list(row.messages))]
        added = [tool for tool in new if tool.name not in old]
        assert added and set(old.names) <= set(new.names)
        assert not any(may_do_the_same(tool, one) for tool in added for one in called)
        assert tuple(data["messages"]) == row.messages
        checked += 1
    assert checked > 5


# -- renamed, reordered

TOOL_AND_ARGUMENT_OF_ONE_NAME = {
    "tools": [
        {
            "type": "function",
            "function": {
                "name": "look_up",
                "description": "Look up a town.",
                "parameters": {
                    "type": "object",
                    "properties": {"look_up": {"type": "string", "description": "What to look_up"}},
                    "required": ["look_up"],
                },
            },
        }
    ]
}


def shape(value: Any) -> Any:
    """The value with its keys replaced by their number."""
    if isinstance(value, dict):
        return [shape(item) for item in value.values()]
    return [shape(item) for item in value] if isinstance(value, list) else value


def test_renamed_rows_say_the_same_under_one_name_for_each(real_gold: Real) -> None:
    rows, context = real_gold()
    checked = 0
    for row in rows[::2]:
        data = made_of(row, "renamed", context, 2)
        if data is None:
            continue
        tools = dict(zip(row.toolset().names, Toolset.from_openai(data["tools"]).names, strict=True))
        assert len(set(tools.values())) == len(tools)
        names: dict[str, str] = {}
        for old, new in zip(calls_in(list(row.messages)), calls_in(data["messages"]), strict=True):
            assert name_of(new) == tools[name_of(old)]
            assert shape(arguments_of(new)) == shape(arguments_of(old))
            for one, other in zip(arguments_of(old), arguments_of(new), strict=True):
                assert names.setdefault(one, other) == other
        checked += 1
    assert checked > 30


def test_descriptions_stay_but_where_they_quote_a_name(hand: Any, context: Context) -> None:
    tools = hand.tools.to_openai()
    tools[0]["function"]["description"] = "Reserve a table; needs party_size. The city is a city."
    row = Conversation.from_json({"messages": hand.rows[0], "tools": tools})
    for seed in range(10):
        data = made_of(row, "renamed", context, seed)
        if data is None:
            continue
        new = next(iter(Toolset.from_openai(data["tools"])))
        size = list(new.parameters["properties"])[1]
        assert new.description == f"Reserve a table; needs {size}. The city is a city."


def test_a_tool_and_an_argument_of_one_name_are_told_apart(hand: Any, context: Context) -> None:
    tools = TOOL_AND_ARGUMENT_OF_ONE_NAME
    row = Conversation.from_json({"messages": hand.messages("Oslo?", hand.call("look_up", look_up="Oslo")), **tools})
    made = [made_of(row, "renamed", context, seed) for seed in range(40)]
    assert sum(data is not None for data in made) > 20


def test_a_long_word_does_not_hold_it_up(hand: Any, context: Context) -> None:
    row = hand.conversation([*hand.rows[0][:3], {"role": "assistant", "content": "a" * 1_000_000}])
    assert made_of(row, "renamed", context, 1) is not None


def test_names_without_meaning_need_descriptions(hand: Any, context: Context) -> None:
    for seed in range(60):  # play_song has arguments without a description
        data = made_of(hand.conversation(hand.rows[3]), "renamed", context, seed)
        names = [] if data is None else Toolset.from_openai(data["tools"]).names
        assert not any(name.startswith(("fn_", "tool_", "func_", "op_", "cmd_", "action_")) for name in names)


def test_reordered_rows_have_the_same_tools_in_another_order(hand: Any, context: Context) -> None:
    row = hand.conversation(hand.rows[0])
    data = made_of(row, "reordered", context, 1)
    assert data is not None and tuple(data["messages"]) == row.messages

    def unordered(value: Any) -> Any:
        if isinstance(value, list):
            return sorted(json.dumps(unordered(item), sort_keys=True) for item in value)
        return {key: unordered(item) for key, item in value.items()} if isinstance(value, dict) else value

    assert unordered(data["tools"]) == unordered(list(row.tools))
    assert json.dumps(data["tools"]) != json.dumps(row.tools)


# -- failed, merged


def test_a_write_without_an_answer_is_never_said_to_have_failed(hand: Any, context: Context) -> None:
    seen = 0
    for seed in range(80):
        data = made_of(hand.conversation(hand.rows[0]), "failed", context, seed)
        assert data is not None
        if "gave no answer" in data["messages"][2]["content"]:
            seen += 1
            assert "It is not known whether it happened" in data["messages"][2]["content"]
            assert any(
                words in data["messages"][3]["content"] for words in ("do not know", "may or may not", "cannot say")
            )
    assert seen > 10


def test_only_a_read_is_tried_once_more(hand: Any, context: Context) -> None:
    again = {place: 0 for place in (0, 1)}
    for place in again:
        for seed in range(60):
            data = made_of(hand.conversation(hand.rows[place]), "failed", context, seed)
            assert data is not None
            again[place] += len(list(calls_in(data["messages"]))) == 2
    assert again[0] == 0 and again[1] > 5


def test_a_declared_substitute_answers_in_the_words_of_the_guard(hand: Any) -> None:
    context = hand.context_of(read_gold([]), substitutes={"book_table": "play_song"})
    contents = set()
    for seed in range(20):
        data = made_of(hand.conversation(hand.rows[0]), "failed", context, seed)
        assert data is not None
        contents.add(data["messages"][2]["content"])
    note = "book_table failed; play_song was run in its place."
    assert json.dumps({"note": note, "result": {"ok": True}}) in contents


def test_merged_rows_hold_the_calls_of_both(hand: Any, context: Context) -> None:
    seen = 0
    for seed in range(30):
        data = made_of(hand.conversation(hand.rows[1]), "merged", context, seed)
        if data is None:
            continue  # drew itself, or a talk that is not one request
        seen += 1
        calls = [(name_of(one), arguments_of(one)) for one in data["messages"][1]["tool_calls"]]
        assert calls[0] == ("get_forecast", {"place": "Oslo"}) and len(calls) == 2
        assert "Oslo" in data["messages"][0]["content"]
        assert len({one["id"] for one in data["messages"][1]["tool_calls"]}) == 2
    assert seen > 5


def test_english_is_not_put_into_a_row_in_another_script(hand: Any, context: Context) -> None:
    row = hand.conversation(hand.messages("请预订奥斯陆的天气。", hand.call("get_forecast", place="奥斯陆")))
    for kind in ("missing", "no_fit", "failed"):
        assert made_of(row, kind, context, 0) is None
    assert made_of(row, "recovery", context, 0) is not None


def test_nobody_says_hello_in_the_middle_of_a_message(hand: Any) -> None:
    rows = [
        hand.messages("Weather in Oslo?", hand.call("get_forecast", place="Oslo")),
        hand.messages("Hi there! Play Hey, Jude.", hand.call("play_song", title="Hey, Jude")),
    ]
    first, second = map(hand.conversation, rows)
    context = Context(texts=Rehearsal(), partners={first.offer.digest: [second]})
    for seed in range(10):
        data = made_of(first, "merged", context, seed)
        assert data is not None
        assert re.search(r"[Pp]lay Hey, Jude\.$", data["messages"][0]["content"]), data["messages"][0]
        assert "Hi there" not in data["messages"][0]["content"]


@pytest.mark.parametrize(
    ("description", "said"),
    [
        (
            "Change the order itself (e.g. to go, for here). Not its items.",
            "change the order itself (e.g. to go, for here)",
        ),
        ("Change the order (to go. For here).", "change order"),
        ("Finds a part, e.g. a bolt. Nothing else.", "finds a part, e.g. a bolt"),
        ("Rounds to 3.5 at most. Then more.", "rounds to 3.5 at most"),
    ],
)
def test_the_reply_ends_a_description_where_its_sentence_ends(description: str, said: str) -> None:
    assert what_it_does(Tool(name="change_order", description=description)) == said


def test_a_call_that_is_wrong_on_purpose_is_not_merged_into_a_learned_turn(hand: Any) -> None:
    wrong = {**hand.call("get_forecast", 8, place="Osslo"), "train": False}
    told = {"role": "tool", "tool_call_id": "call_8", "content": "Nothing was run: no such place."}
    rows = [
        [*hand.messages("Weather in Oslo?", wrong), told, hand.call("get_forecast", place="Oslo")],
        hand.messages("Play Hey Jude.", hand.call("play_song", title="Hey Jude")),
    ]
    recovered, plain = map(hand.conversation, rows)
    for row, partner in ((recovered, plain), (plain, recovered)):
        context = Context(texts=Rehearsal(), partners={row.offer.digest: [partner]})
        for seed in range(10):
            data = made_of(row, "merged", context, seed)
            turns = [] if data is None else [turn for turn in data["messages"] if is_learned(turn)]
            assert "Osslo" not in json.dumps([turn.get("tool_calls") for turn in turns])


def test_a_value_that_is_also_a_name_is_not_renamed_in_a_description(context: Context) -> None:
    properties = {
        "in_stock": {"type": "integer"},
        "status": {"enum": ["in_stock", "sold"], "description": "Is it in_stock or sold? See get_part."},
    }
    function = {"name": "get_part", "description": "x", "parameters": {"type": "object", "properties": properties}}
    calls = [{"id": "a", "type": "function", "function": {"name": "get_part", "arguments": {"status": "in_stock"}}}]
    messages = [{"role": "user", "content": "Parts?"}, {"role": "assistant", "content": "", "tool_calls": calls}]
    row = Conversation.from_json({"tools": [{"type": "function", "function": function}], "messages": messages})
    for seed in range(12):
        data = made_of(row, "renamed", context, seed)
        if data is not None:
            new = data["tools"][0]["function"]
            described = list(new["parameters"]["properties"].values())[1]["description"]
            assert described == f"Is it in_stock or sold? See {new['name']}."
