"""What runs, how often, and what the model is told of it."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from calltune.contract import Tool, Toolset
from calltune.guard import Ledger, Limits, ToolError, TransientError
from calltune.guard.execute import Breaker, Executor, MayHaveHappenedError, Result
from calltune.guard.results import MAX_CHARACTERS, result_text
from calltune.render.parse import ToolCall

NUMBER = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
TOOLS = Toolset(
    [
        Tool(name="look", description="Look.", parameters=NUMBER, returns={"type": "integer"}, effect="read"),
        Tool(name="act", description="Act.", parameters=NUMBER, timeout_s=0.6),
        Tool(name="put", description="Put.", parameters=NUMBER, timeout_s=0.6, idempotent=True),
    ]
)
QUICK = Limits(timeout_s=0.6, wait_s=0.001, failures=3, rest_s=0.5)


def call(name: str, n: Any = 1) -> ToolCall:
    return ToolCall(name=name, arguments={"n": n})


def run(executor: Executor, *calls: ToolCall, step: int = 0) -> tuple[Result, ...]:
    return asyncio.run(executor.run(calls, run="run", step=step))


def executor(**functions: Any) -> Executor:
    return Executor(TOOLS, functions, limits=QUICK)


def test_plain_and_async_functions_give_their_results_in_order() -> None:
    async def look(n: int) -> int:
        await asyncio.sleep(0.02 / n)
        return n

    results = run(executor(look=look, act=lambda n: {"did": n}), call("look", 1), call("look", 2), call("act", 3))
    assert [result.value for result in results] == [1, 2, {"did": 3}]
    assert {result.state for result in results} == {"done"} and results[2].text == '{"did": 3}'


def test_calls_that_read_run_side_by_side_and_writes_alone_in_their_place() -> None:
    running, most, order = 0, 0, []
    lock = threading.Lock()

    def look(n: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.05)
        with lock:
            running -= 1
            order.append(f"look {n}")
        return n

    def act(n: int) -> int:
        assert running == 0
        order.append("act")
        return n

    run(executor(look=look, act=act), call("look", 1), call("look", 2), call("act"), call("look", 3))
    assert most == 2 and order[2:] == ["act", "look 3"]


def test_nothing_invalid_runs_however_it_got_here() -> None:
    never = executor(look=lambda n: pytest.fail("it ran"), act=lambda n: pytest.fail("it ran"))
    for bad in (
        call("look", "1"),
        ToolCall(name="look", arguments={}),
        ToolCall(name="gone", arguments={}),
        call("put"),
    ):
        (result,) = run(never, bad)
        assert result.state == "refused" and result.attempts == 0 and json.loads(result.text)["error"]


def test_a_transient_failure_of_a_read_is_tried_again_and_of_a_write_is_not() -> None:
    tries: list[str] = []

    def flaky(name: str) -> Any:
        def function(n: int) -> int:
            tries.append(name)
            if tries.count(name) < 3:
                raise ConnectionError("reset by peer at 10.0.0.7")
            return n

        return function

    results = run(
        executor(look=flaky("look"), act=flaky("act"), put=flaky("put")), call("look"), call("put"), call("act")
    )
    assert [result.state for result in results] == ["done", "done", "unknown"]
    assert [result.attempts for result in results] == [3, 3, 1]
    assert "10.0.0.7" not in results[2].text and "10.0.0.7" in results[2].detail


def test_the_model_reads_what_a_tool_error_says_and_of_other_exceptions_nothing() -> None:
    def look(n: int) -> int:
        if n == 1:
            raise ToolError("there is no page 1")
        if n == 2:
            raise TransientError("busy")
        raise KeyError("password=hunter2")

    results = run(executor(look=look), call("look", 1), call("look", 2), call("look", 3))
    assert [json.loads(result.text)["error"] for result in results] == ["there is no page 1", "busy", "look failed."]
    assert [result.attempts for result in results] == [1, 3, 1]
    assert "hunter2" in results[2].detail


def test_a_write_that_takes_too_long_has_an_unknown_outcome_and_is_never_run_again() -> None:
    times = 0

    def act(n: int) -> int:
        nonlocal times
        times += 1
        time.sleep(1.2)
        return n

    one = executor(act=act)
    (first,), (second,) = run(one, call("act")), run(one, call("act"))
    assert (first.state, second.state, times) == ("unknown", "unknown", 1)
    assert "not known whether it happened" in first.text and second.replayed
    assert [entry["state"] for entry in one.ledger.unsettled()] == ["unknown"]
    one.ledger.settle(one.ledger.unsettled()[0]["key"], "done", 1)
    assert run(one, call("act"))[0].value == 1 and times == 1


def test_an_async_write_that_takes_too_long_is_cancelled() -> None:
    cancelled = []

    async def act(n: int) -> int:
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            cancelled.append(n)
            raise
        return n

    assert run(executor(act=act), call("act"))[0].state == "unknown" and cancelled == [1]


def test_a_read_that_takes_too_long_has_failed() -> None:
    (result,) = run(executor(look=lambda n: time.sleep(2)), call("look"))
    assert result.state == "failed" and "no answer within 0.6 s" in result.text


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (TimeoutError("upstream"), "unknown"),
        (ConnectionError("reset"), "unknown"),
        (ValueError("odd"), "unknown"),
        (MayHaveHappenedError("no answer"), "unknown"),
        (TransientError("busy"), "failed"),
        (ToolError("no such account"), "failed"),
    ],
)
def test_a_write_has_failed_only_where_it_says_that_nothing_happened(error: Exception, state: str) -> None:
    tries: list[int] = []

    def act(n: int) -> int:
        tries.append(n)
        raise error

    one = executor(act=act)
    assert [run(one, call("act"), step=step)[0].state for step in (0, 0)] == [state, state]
    assert len(tries) == 1
    later = run(one, call("act"), step=1)[0]
    if state == "unknown":  # a model that asks again a turn later does not make it happen twice
        assert later.state == "unknown" and later.replayed and len(tries) == 1
        (key,) = [entry["key"] for entry in one.ledger.unsettled()]
        one.ledger.settle(key, "undone")
        run(one, call("act"), step=2)
    assert len(tries) == 2


def test_after_a_write_that_did_not_succeed_the_writes_behind_it_do_not_run() -> None:
    did: list[int] = []

    def act(n: int) -> int:
        if n == 1:
            raise ToolError("there is not enough money")
        did.append(n)
        return n

    results = run(executor(act=act, look=lambda n: n), call("act", 1), call("look", 2), call("act", 3))
    assert [result.state for result in results] == ["failed", "done", "refused"] and did == []


def test_a_function_gets_arguments_of_its_own_each_time() -> None:
    seen: list[Any] = []

    def look(ids: list[int]) -> int:
        seen.append(list(ids))
        ids.clear()
        raise ConnectionError

    ids = {"type": "object", "properties": {"ids": {"type": "array", "items": {"type": "integer"}, "minItems": 1}}}
    tools = Toolset([Tool(name="look", parameters=ids, effect="read")])
    given = ToolCall(name="look", arguments={"ids": [1, 2]})
    (result,) = run(Executor(tools, {"look": look}, limits=QUICK), given)
    assert seen == [[1, 2]] * 3 and result.call.arguments == {"ids": [1, 2]}


class Unprintable:
    def __str__(self) -> str:
        raise KeyError("secret text")

    __repr__ = __str__


def leave(n: int) -> int:
    raise SystemExit("bye")


async def leave_later(n: int) -> int:
    raise SystemExit("bye")


async def cancel_itself(n: int) -> int:
    raise asyncio.CancelledError


def broken_generator(n: int) -> Any:
    def numbers() -> Any:
        yield 1
        raise RuntimeError("in the middle")

    return numbers()


@pytest.mark.parametrize("look", [leave, leave_later, cancel_itself])
def test_a_function_cannot_end_the_program(look: Any) -> None:
    (result,) = run(executor(look=look), call("look"))
    assert result.state == "failed" and result.error == "look failed." and "ExitedError" in result.detail


@pytest.mark.parametrize("look", [lambda n: Unprintable(), broken_generator, lambda n: object(), lambda n: {1, 2}])
def test_a_value_that_is_no_json_data_is_a_broken_result(look: Any) -> None:
    (result,) = run(executor(look=look), call("look"))
    assert result.state == "done" and "not as promised" in result.text and "object at" not in result.text


def test_an_error_that_cannot_say_what_it_is_is_told_by_its_name() -> None:
    class Odd(Exception):
        def __str__(self) -> str:
            raise KeyError

    def look(n: int) -> int:
        raise Odd

    assert run(executor(look=look), call("look"))[0].detail == "Odd"


def test_a_result_that_broke_its_contract_is_no_better_the_second_time() -> None:
    one = executor(act=lambda n: {"price": float("nan")})
    first, again = (run(one, call("act"))[0] for _ in range(2))
    assert again.replayed and first.text == again.text and "not as promised" in again.text


def test_nothing_runs_that_cannot_be_put_on_record(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    ledger._db.execute("drop table calls")
    did: list[int] = []
    (result,) = run(Executor(TOOLS, {"act": did.append}, ledger=ledger), call("act"))
    assert result.state == "refused" and did == [] and "could not be put on record" in result.text


def test_the_same_write_in_the_same_turn_runs_once_and_in_another_turn_again() -> None:
    did: list[int] = []
    one = executor(act=lambda n: did.append(n) or len(did))  # type: ignore[func-returns-value]
    first, same = run(one, call("act"), call("act"))
    assert did == [1] and same.replayed and same.value == first.value
    again = run(one, ToolCall(name="act", arguments={"n": 1.0}))
    assert again[0].replayed, "1.0 is the same integer"
    run(one, call("act"), step=1)
    assert did == [1, 1]


def test_cancelling_a_run_leaves_a_write_unknown() -> None:
    async def act(n: int) -> int:
        await asyncio.sleep(5)
        return n

    one = Executor(TOOLS, {"act": act}, limits=Limits())

    async def main() -> None:
        task = asyncio.create_task(one.run([call("act")], run="run", step=0))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert [entry["state"] for entry in one.ledger.unsettled()] == ["unknown"]


def test_a_tool_that_fails_again_and_again_gets_a_rest() -> None:
    times = 0

    def look(n: int) -> int:
        nonlocal times
        times += 1
        raise OSError("down")

    one = executor(look=look)
    states = [run(one, call("look"))[0].state for _ in range(5)]
    assert states == ["failed"] * 3 + ["unavailable"] * 2 and times == 3
    time.sleep(0.6)
    assert [run(one, call("look"))[0].state for _ in range(2)] == ["failed", "unavailable"], "one call may try"


def test_a_breaker_closes_after_a_success() -> None:
    now = [0.0]
    breaker = Breaker(failures=2, rest_s=10, clock=lambda: now[0])
    for _ in range(2):
        breaker.record(failed=True)
    assert not breaker.lets_through()
    now[0] = 11
    assert breaker.lets_through() and not breaker.lets_through()
    breaker.record(failed=False)
    assert breaker.lets_through() and breaker.lets_through()


@pytest.mark.parametrize("value", ["many", None, float("nan"), {1, 2}, b"\xff", object(), 2**70])
def test_a_result_that_breaks_its_contract_is_not_handed_on(value: Any) -> None:
    (result,) = run(executor(look=lambda n: value), call("look"))
    assert result.state == "done" and result.problems
    assert "not as promised" in json.loads(result.text)["error"]


def test_a_function_may_raise_anything() -> None:
    class Odd(Exception):
        def __str__(self) -> str:
            return "a\x1b[31m\nb"

    for error in (StopIteration("x"), Odd(), RecursionError(), AssertionError(), MemoryError()):

        def look(n: int, error: BaseException = error) -> int:
            raise error

        assert run(executor(look=look), call("look"))[0].state == "failed"


def test_a_result_is_bounded_and_says_so() -> None:
    text = result_text({"page": '"' * 10 * MAX_CHARACTERS})
    assert len(text) <= MAX_CHARACTERS and "more than are shown" in json.loads(text)["note"]


@pytest.mark.parametrize(
    "marker",
    ["<|im_start|>system", "</tool_response>", "<tool_call>", "<think>", "[INST]", "[/INST]", "[TOOL_CALLS]", "</s>",
     "<start_of_turn>model", "<|eot_id|>", "<bos>", "<BOS_TOKEN>", "[gMASK]", "<sop>", "<arg_key>", "<unused0>",
     "<turn|>", "[PREFIX]", "<minimax:tool_call>",
     "<\uff5cbegin\u2581of\u2581sentence\uff5c>", "<\uff5ctool\u2581calls\u2581begin\uff5c>"],
)  # fmt: skip
def test_a_result_cannot_hold_a_control_token(marker: str) -> None:
    value = {"html": "<p class='x'>a < b, c[i]", "list": [True, [None], [False]], marker: f"a {marker} b"}
    text = result_text(value)
    assert marker not in text and "<p class='x'>a < b, c[i]" in text and json.loads(text) == value
    assert json.loads(text)[marker] == f"a {marker} b", "the text means the same"


def test_a_result_with_half_a_character_is_still_text() -> None:
    result_text("a\ud800").encode()


def test_a_ledger_on_disk_is_one_for_all_who_open_it(tmp_path: Path) -> None:
    did: list[int] = []
    for _ in range(2):
        ledger = Ledger(tmp_path / "ledger.sqlite")
        one = Executor(TOOLS, {"act": lambda n: did.append(n)}, ledger=ledger)
        (result,) = run(one, call("act"))
        assert result.state == "done"
        ledger.close()
    assert did == [1]
