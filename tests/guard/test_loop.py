"""The loop ends, says how, and keeps what happened."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from calltune.contract import Tool, Toolset
from calltune.data import Conversation
from calltune.errors import ConfigError
from calltune.generate import ScriptedEngine
from calltune.generate.completion import Completion
from calltune.guard import Audit, Fallback, Guard, Limits, Policy, ToolError, approve
from calltune.guard.fallback import SORRY
from calltune.guard.loop import Bounds

CITY = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "description": "Name of the city."},
        "unit": {"enum": ["c", "f"], "description": "Scale."},
    },
    "required": ["city", "unit"],
}
TOOLS = Toolset(
    [
        Tool(name="weather", description="Weather.", parameters=CITY, returns={"type": "number"}, effect="read"),
        Tool(name="almanac", description="Usual weather.", parameters=CITY, effect="read"),
        Tool(
            name="order", description="Order.", parameters={"type": "object", "properties": {"n": {"type": "integer"}}}
        ),
    ]
)
HELLO = [{"role": "user", "content": "How warm is Rome?"}]
ROME = {"city": "Rome", "unit": "c"}


def call(name: str, arguments: Any) -> str:
    return f"<tool_call>{json.dumps({'name': name, 'arguments': arguments})}</tool_call>"


def guard(**options: Any) -> Guard:
    functions = {
        "weather": lambda city, unit: 21.5,
        "almanac": lambda city, unit: 20,
        "order": lambda n=1: {"ordered": n},
    }
    options["functions"] = functions | options.pop("functions", {})
    return Guard(TOOLS, limits=Limits(wait_s=0.001, timeout_s=1), **options)


def test_a_call_runs_and_its_result_goes_back() -> None:
    engine = ScriptedEngine([call("weather", ROME), "21.5 degrees."])
    run = guard().run(HELLO, engine)
    assert (run.decision, run.reply) == ("reply", "21.5 degrees.")
    assert [message["role"] for message in run.messages] == ["user", "assistant", "tool", "assistant"]
    assert run.messages[2]["content"] == "21.5"
    assert run.messages[2]["tool_call_id"] == run.messages[1]["tool_calls"][0]["id"]
    assert [result.state for result in run.results] == ["done"] and len(run.outcomes) == 2
    Conversation(messages=run.messages, tools=TOOLS.to_openai())  # it is one that can be trained on


def test_a_conversation_can_be_given_as_it_is() -> None:
    conversation = Conversation(messages=HELLO, tools=TOOLS.to_openai())
    assert guard().run(conversation, ScriptedEngine(["Warm."])).reply == "Warm."


def test_a_missing_argument_is_asked_for_and_the_answer_continues_the_call() -> None:
    engine = ScriptedEngine([call("weather", {"city": "Rome"}), "Done."])
    asked = []

    def ask(outcome: Any) -> dict[str, Any]:
        asked.append(outcome.question)
        return {outcome.problems[0].pointer: "c"}

    run = guard().run(HELLO, engine, ask=ask)
    assert run.decision == "reply" and run.results[0].call.arguments == ROME
    assert asked == ["Please tell me the unit (Scale; one of c, f)."]


def test_without_somebody_to_ask_the_question_is_the_reply() -> None:
    one = guard()
    run = one.run(HELLO, ScriptedEngine([call("weather", {})]))
    assert run.decision == "ask" and run.pending is not None
    assert run.reply == "Please tell me:\n- the city (Name of the city)\n- the unit (Scale; one of c, f)"
    assert run.messages[-1] == {"role": "assistant", "content": run.reply}
    answered = one.answer(run.pending, {"/calls/0/arguments/city": "Rome", "/calls/0/arguments/unit": "c"})
    assert answered.decision == "calls" and answered.calls[0].arguments == ROME
    later = [*run.messages, {"role": "user", "content": "Rome, in c"}]
    assert one.run(later, ScriptedEngine([call("weather", ROME), "Warm."])).reply == "Warm."


def test_an_answer_is_checked_as_well() -> None:
    one = guard()
    pending = one.run(HELLO, ScriptedEngine([call("weather", {"city": "Rome"})])).pending
    assert pending is not None
    assert one.answer(pending, {"/calls/0/arguments/unit": "kelvin"}).decision == "rejected"
    for pointer in ("", "/x", "/calls/7/arguments/unit", "/calls/0/arguments/city/unit"):
        assert one.answer(pending, {pointer: "c"}).decision == "ask"


def test_a_wrong_call_is_sent_back_with_the_sentences_of_the_contract() -> None:
    engine = ScriptedEngine([call("weather", ROME | {"day": 1}), call("weather", ROME), "Warm."])
    run = guard().run(HELLO, engine)
    assert run.decision == "reply" and len(run.results) == 1
    told = engine.requests[1].messages[-1]
    assert told["role"] == "tool" and "unknown argument day" in told["content"] and '"required"' in told["content"]


def test_the_same_wrong_turn_again_stops_the_loop() -> None:
    bad = call("weather", ROME | {"day": 1})
    run = guard().run(HELLO, ScriptedEngine([bad, bad, "never asked"]))
    assert run.decision == "fallback" and "same wrong turn" in run.why and run.reply == SORRY


def test_tries_turns_and_tokens_are_bounded() -> None:
    wrong = [call("weather", ROME | {f"day{number}": 1}) for number in range(9)]
    run = guard().run(HELLO, ScriptedEngine(wrong))
    assert run.decision == "fallback" and "3 times in a row" in run.why
    turns = guard().run(HELLO, ScriptedEngine(lambda request: call("weather", ROME)), bounds=Bounds(turns=4))
    assert turns.decision == "fallback" and len(turns.results) == 4
    long = Completion(call("weather", ROME), completion_tokens=600)
    tokens = guard().run(HELLO, ScriptedEngine(lambda request: long), bounds=Bounds(tokens=1000))
    assert tokens.decision == "fallback" and tokens.tokens == 1200


def test_the_tokens_to_mend_one_turn_are_bounded() -> None:
    wrong = [Completion(call("weather", ROME | {f"day{n}": 1}), completion_tokens=600) for n in range(9)]
    run = guard().run(HELLO, ScriptedEngine(wrong), bounds=Bounds(retries=8, retry_tokens=1000))
    assert run.decision == "fallback" and "1,200 tokens to mend one turn" in run.why and len(run.outcomes) == 3


def test_a_turn_that_was_cut_off_is_never_run() -> None:
    cut = Completion(call("order", {"n": 1}), finish_reason="length", completion_tokens=9)
    run = guard().run(HELLO, ScriptedEngine([cut, "Sorry."]))
    assert run.results == [] and run.reply == "Sorry."


def test_a_write_of_the_same_run_happens_once_however_often_the_program_starts_over() -> None:
    did: list[int] = []
    one = guard(functions={"order": lambda n=1: did.append(n)})
    for _ in range(3):
        one.run(HELLO, ScriptedEngine([call("order", {"n": 2}), "Ordered."]), run_id="order 17")
    assert did == [2]


def test_a_run_that_starts_over_gets_its_result_although_the_limit_is_used_up() -> None:
    policy = Policy.from_json(
        {
            "calltune_policy": 1,
            "rules": [{"tool": "order", "effect": "allow"}],
            "limits": [{"tool": "order", "calls": 1, "per_s": 3600}],
        },
        TOOLS,
    )
    one = guard(policy=policy)
    turns = [call("order", {"n": 2}), "Ordered."]
    first, again = (one.run(HELLO, ScriptedEngine(turns), run_id="order 17") for _ in range(2))
    assert first.messages == again.messages and again.results[0].replayed
    other = one.run(HELLO, ScriptedEngine(turns), run_id="order 18")
    assert other.outcomes[0].decision == "rejected" and other.outcomes[0].problems[0].kind == "limit"


def test_a_run_that_waited_for_a_yes_goes_on_with_it() -> None:
    one = guard(policy={"calltune_policy": 1, "default": "approve"})
    run = one.run(HELLO, ScriptedEngine([call("order", {"n": 2})]), run_id="order 18")
    assert run.decision == "approve" and run.pending is not None
    yes = one.approved(run.pending, approve(run.pending.proposed), messages=run.messages)
    later = one.run(run.messages, ScriptedEngine(["Ordered."]), run_id=run.id, outcome=yes)
    assert later.reply == "Ordered." and later.results[0].value == {"ordered": 2}
    assert [message["role"] for message in later.messages] == ["user", "assistant", "tool", "assistant"]


def test_an_answer_that_answers_nothing_does_not_go_on_for_ever() -> None:
    for answers in ({}, {"/calls/0/arguments": 1}, {"/calls/7/arguments/unit": "c"}):
        engine = ScriptedEngine([call("weather", {"city": "Rome"})])
        run = guard().run(HELLO, engine, ask=lambda outcome, answers=answers: answers)
        assert run.decision == "ask" and len(run.outcomes) <= 4


def test_what_is_told_of_many_wrong_calls_is_bounded_and_holds_no_control_token() -> None:
    many = "".join(call("weather", {"city": "<|im_end|>", f"x{number}": 1}) for number in range(400))
    engine = ScriptedEngine([many, "Sorry."])
    guard().run(HELLO, engine)
    told = engine.requests[1].messages[2:]
    assert len(told) == 400 and sum(len(message["content"]) for message in told) < 40_000
    assert "<|im_end|>" not in told[0]["content"]
    wide = Toolset([Tool(name=f"tool_{number}") for number in range(3000)])
    assert len(Guard(wide).check(call("nothing", {})).message_for_model()) < 4_000


def test_inside_a_loop_the_asynchronous_face_is_named() -> None:
    async def main() -> None:
        with pytest.raises(ConfigError, match="asynchronous already") as caught:
            guard().run(HELLO, ScriptedEngine(["Hi."]))
        assert "run_async" in str(caught.value.hint)

    asyncio.run(main())


def broken(**given: Any) -> Any:
    raise RuntimeError("secret path /srv/x")


def test_a_declared_substitute_runs_in_place_of_a_tool_that_fails() -> None:
    one = guard(functions={"weather": broken}, fallback=Fallback(substitutes={"weather": "almanac"}))
    run = one.run(HELLO, ScriptedEngine([call("weather", ROME), "Usually 20."]))
    told = json.loads(run.messages[2]["content"])
    assert told["result"] == 20 and "almanac was run in its place" in told["note"]
    assert [result.state for result in run.results] == ["failed", "done"]


def test_a_default_answer_stands_in_and_then_the_failure_in_one_sentence() -> None:
    one = guard(functions={"weather": broken}, fallback=Fallback(defaults={"weather": 15.0}))
    run = one.run(HELLO, ScriptedEngine([call("weather", ROME), "Maybe 15."]))
    assert json.loads(run.messages[2]["content"])["result"] == 15.0
    run = guard(functions={"weather": broken}).run(HELLO, ScriptedEngine([call("weather", ROME), "It failed."]))
    assert run.messages[2]["content"] == '{"error": "weather failed."}'
    assert "secret path" not in json.dumps(run.messages)


def test_a_substitute_never_stands_in_for_a_write_that_may_have_happened() -> None:
    import time

    tools = Toolset([Tool(name="pay", timeout_s=0.05), Tool(name="pay2")])
    functions = {"pay": lambda: time.sleep(0.2), "pay2": lambda: pytest.fail("it ran")}
    one = Guard(tools, functions=functions, fallback=Fallback(substitutes={"pay": "pay2"}))
    run = one.run(HELLO, ScriptedEngine([call("pay", {}), "It is not known whether it was paid."]))
    assert [result.state for result in run.results] == ["unknown"]


def test_a_person_can_take_over() -> None:
    fallback = Fallback(hand_over=lambda why: "Ann will call you back.")
    bad = call("nothing", {})
    assert guard(fallback=fallback).run(HELLO, ScriptedEngine([bad, bad])).reply == "Ann will call you back."


def test_a_fallback_that_does_not_fit_the_contract_is_an_error() -> None:
    with pytest.raises(ConfigError) as caught:
        guard(fallback=Fallback(substitutes={"weather": "almanach"}, defaults={"weather": "mild"}))
    assert "did you mean almanac" in str(caught.value) and "weather" in caught.value.faults[-1]


def test_a_call_that_needs_a_yes_waits_for_it() -> None:
    policy = Policy.from_json({"calltune_policy": 1, "default": "approve"}, TOOLS)
    script = [call("order", {"n": 3}), "Ordered."]
    waiting = guard(policy=policy).run(HELLO, ScriptedEngine(script))
    assert waiting.decision == "approve" and waiting.results == [] and "order" in waiting.reply
    yes = guard(policy=policy).run(HELLO, ScriptedEngine(script), approve=lambda outcome: approve(outcome.proposed))
    assert yes.reply == "Ordered." and yes.results[0].value == {"ordered": 3}
    engine = ScriptedEngine([call("order", {"n": 3}), "Then not."])
    no = guard(policy=policy).run(HELLO, engine, approve=lambda outcome: None)
    assert no.reply == "Then not." and no.results == [] and "does not want it" in no.messages[2]["content"]


def test_everything_is_on_record(tmp_path: Path) -> None:
    def order(n: int = 1) -> dict[str, int]:
        raise ToolError("sold out")

    one = guard(audit=Audit(tmp_path / "log"), functions={"order": order})
    run = one.run(HELLO, ScriptedEngine([call("order", {"n": "x"}), call("order", {"n": 1}), "Sold out."]))
    records = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [record["event"] for record in records] == ["decision", "decision", "result", "decision", "run"]
    assert (
        records[2]["data"]["error"] == "sold out" and records[2]["data"]["run"] == run.id == records[4]["data"]["run"]
    )


def test_inside_an_asynchronous_program() -> None:
    import asyncio

    async def main() -> str:
        return (await guard().run_async(HELLO, ScriptedEngine([call("weather", ROME), "Warm."]))).reply

    assert asyncio.run(main()) == "Warm."
