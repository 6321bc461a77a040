"""A guarded toolset as an MCP server, with the SDK's client on the other side; and the command that serves it."""

from __future__ import annotations

import asyncio
import http.client
import json
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from calltune import Guard, Tool, Toolset
from calltune.contract import tool
from calltune.errors import ConfigError
from calltune.guard import Audit, Ledger, Outcome, ToolError, approve
from calltune.guard.audit import read_log
from calltune.serve.mcp import GuardedTools, promises_object, server_of, tool_of
from calltune.serve.mcp_command import listen

mcp = pytest.importorskip("mcp")
ROOT = Path(__file__).parents[2]
WEATHER = str(ROOT / "examples" / "weather" / "tools.py")


@tool(effect="read")
def price(item: str, count: int = 1) -> dict[str, Any]:
    """What it costs."""
    if item == "moon":
        raise ToolError("it is not for sale")
    return {"price": 9.5 * count}


def order(item: str, count: int = 1) -> str:
    """Order an item."""
    ORDERS.append(item)
    if item == "lamp":
        raise RuntimeError("the line broke")
    return f"{count} {item}"


ORDERS: list[str] = []
SHOP = Toolset.from_functions(price, order)
POLICY = {
    "calltune_policy": 1,
    "rules": [
        {"tool": "*", "effect": "allow"},
        {"tool": "order", "effect": "approve", "priority": 1, "why": "orders cost money"},
    ],
}
Calls = list[tuple[str, Any]]


def answers(
    guard: Guard,
    calls: Calls,
    *,
    metas: list[Mapping[str, Any]] | None = None,
    asked: Any = None,
    mode: str = "legacy",
    **options: Any,
) -> list[Any]:
    """What the SDK's client is told, through the SDK's server, both in this process. `asked`: the client's user."""
    from mcp import Client

    async def work() -> list[Any]:
        async with Client(server_of(guard, **options), mode=mode, elicitation_callback=asked) as client:
            given = metas or [{}] * len(calls)
            return [
                (await client.session.call_tool(name, arguments, meta=dict(meta) or None)).model_dump(by_alias=True)
                for (name, arguments), meta in zip(calls, given, strict=True)
            ]

    return asyncio.run(asyncio.wait_for(work(), 60))


def said(answer: Mapping[str, Any]) -> str:
    return str(answer["content"][0]["text"])


@pytest.fixture(autouse=True)
def no_orders() -> None:
    ORDERS.clear()


# -- what is listed


def test_the_canonical_schemas_are_listed_and_read_back_as_the_same_toolset() -> None:
    listed = [tool_of(one) for one in SHOP]
    assert (
        listed[0]["inputSchema"] == SHOP["price"].parameters
        and listed[0]["inputSchema"]["additionalProperties"] is False
    )
    assert listed[0]["annotations"] == {"readOnlyHint": True, "idempotentHint": False}
    assert "outputSchema" in listed[0] and "outputSchema" not in listed[1], "MCP wants an object"
    back = Toolset.from_openai(listed)
    assert [(one.name, one.parameters, one.effect, one.idempotent) for one in back] == [
        (one.name, one.parameters, one.effect, one.idempotent) for one in SHOP
    ]


@pytest.mark.parametrize(
    ("returns", "promised"),
    [
        (None, False),
        ({"type": "object"}, True),
        ({"type": "array", "items": {"type": "object"}}, False),
        ({"type": ["object", "null"]}, False),
        ({"anyOf": [{"type": "object"}, {"type": "string"}]}, False),
    ],
)
def test_only_an_object_is_promised(returns: Any, promised: bool) -> None:
    assert promises_object(Tool(name="a", returns=returns)) is promised


def test_a_toolset_without_functions_is_not_served() -> None:
    with pytest.raises(ConfigError, match="2 of 2 tools have nothing that runs them: price, order"):
        GuardedTools(Guard(Toolset(SHOP.tools)))


# -- what is called


@pytest.mark.parametrize("mode", ["legacy", "auto"], ids=["by the handshake", "without one, since 2026-07-28"])
def test_a_good_call_runs_and_a_bad_one_is_told_why(mode: str) -> None:
    good, wrong, unknown, failed = answers(
        Guard(SHOP, missing="reject"),
        [
            ("price", {"item": "bread", "count": 2}),
            ("order", {"item": "bread", "count": "two", "size": 3}),
            ("prise", {"item": "bread"}),
            ("price", {"item": "moon"}),
        ],
        mode=mode,
    )
    assert good["structuredContent"] == json.loads(said(good)) == {"price": 19.0} and not good["isError"]
    assert wrong["isError"] and ORDERS == []
    expected = Guard(SHOP, missing="reject").check_call("order", {"item": "bread", "count": "two", "size": 3})
    assert said(wrong) == expected.message_for_model() and "count: expected integer" in said(wrong)
    assert unknown["isError"] and "price" in said(unknown)
    assert failed["isError"] and said(failed) == "it is not for sale"


def test_the_text_of_an_exception_stays_here() -> None:
    (answer,) = answers(Guard(SHOP), [("order", {"item": "lamp"})])
    assert answer["isError"] and "the line broke" not in str(answer)
    assert "not known whether it happened" in said(answer)


def test_a_result_that_breaks_its_promise_is_an_error() -> None:
    toolset = Toolset(
        [Tool(name="price", returns={"type": "object", "properties": {"price": {"type": "number"}}}), SHOP["order"]],
        functions={"price": lambda: {"price": "much"}, "order": order},
    )
    (answer,) = answers(Guard(toolset), [("price", {})])
    assert answer["isError"] and "ran, but its result is not as promised" in said(answer)
    assert not answer.get("structuredContent")


def test_what_needs_a_yes_is_refused_where_nobody_can_say_it() -> None:
    (answer,) = answers(Guard(SHOP, policy=POLICY), [("order", {"item": "bread"})])
    assert answer["isError"] and "orders cost money; nobody can be asked here" in said(answer) and ORDERS == []


def test_an_approver_says_yes_or_no() -> None:
    asked: list[str] = []

    def decide(outcome: Outcome) -> Any:
        asked.append(outcome.question)
        return approve(outcome.proposed, by="a test") if outcome.proposed[0].arguments["item"] == "bread" else None

    calls: Calls = [("order", {"item": "bread"}), ("order", {"item": "moon"})]
    yes, no = answers(Guard(SHOP, policy=POLICY), calls, approve=decide)
    assert not yes["isError"] and ORDERS == ["bread"]
    assert no["isError"] and said(no) == "order was not run: the user does not want it."
    assert "orders cost money" in asked[0]


@pytest.mark.parametrize(
    ("action", "content", "runs"),
    [
        ("accept", {"run": True}, True),
        ("accept", {"run": False}, False),
        ("accept", {}, False),
        ("decline", None, False),
        (None, None, False),
    ],
)
def test_the_user_of_the_client_says_yes_or_no(action: Any, content: Any, runs: bool) -> None:
    questions: list[str] = []

    async def asked(context: Any, params: Any) -> Any:
        questions.append(params.message)
        if action is None:
            raise RuntimeError("a client that breaks")
        return mcp.types.ElicitResult(action=action, content=content)

    calls: Calls = [("order", {"item": "bread"}), ("price", {"item": "bread"})]
    order, price = answers(Guard(SHOP, policy=POLICY), calls, asked=asked, approve="client")
    assert questions == ['May I run order(item: "bread")? (orders cost money)']
    assert order["isError"] is not runs and len(ORDERS) == runs and not price["isError"]


def test_a_client_that_cannot_ask_is_told_so() -> None:
    (answer,) = answers(Guard(SHOP, policy=POLICY), [("order", {"item": "bread"})], approve="client")
    assert answer["isError"] and "nobody can be asked here" in said(answer) and ORDERS == []


def test_a_write_that_may_have_happened_is_not_repeated_by_the_next_process(tmp_path: Path) -> None:
    for _ in range(2):
        ledger = Ledger(tmp_path / "calls.sqlite")
        (answer,) = answers(Guard(SHOP, ledger=ledger), [("order", {"item": "lamp"})])
        ledger.close()
        assert answer["isError"]
    assert ORDERS == ["lamp"] and "was begun before" in said(answer)


def test_the_same_order_twice_is_two_orders_unless_it_has_the_same_key(tmp_path: Path) -> None:
    calls: Calls = [("order", {"item": "bread"})] * 4
    key = {"calltune/once": "order 17"}
    told = answers(Guard(SHOP, ledger=Ledger(tmp_path / "calls.sqlite")), calls, metas=[{}, {}, key, key])
    assert len(ORDERS) == 3 and not any(one["isError"] for one in told)
    assert said(told[2]) == said(told[3])


@pytest.mark.parametrize("key", ["", 3, "x" * 257, ["a"]])
def test_a_key_that_is_none_runs_nothing(key: Any) -> None:
    (answer,) = answers(Guard(SHOP), [("order", {"item": "bread"})], metas=[{"calltune/once": key}])
    assert answer["isError"] and ORDERS == []


def test_calls_are_on_record(tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    answers(Guard(SHOP, audit=Audit(log)), [("price", {"item": "bread"}), ("price", {})])
    events = [json.loads(line)["event"] for line in log.read_text().splitlines()]
    assert events == ["decision", "result", "decision"] and not any(line.fault for line in read_log(log))


def test_writes_run_one_at_a_time_and_reads_side_by_side() -> None:
    running: dict[str, int] = {"read": 0, "write": 0}
    most = dict(running)

    def watched(effect: str) -> Callable[[], Awaitable[str]]:
        async def run() -> str:
            running[effect] += 1
            most[effect] = max(most[effect], running[effect])
            await asyncio.sleep(0.05)
            running[effect] -= 1
            return effect

        return run

    toolset = Toolset(
        [Tool(name="read", effect="read"), Tool(name="write")],
        functions={"read": watched("read"), "write": watched("write")},
    )

    async def work() -> None:
        tools = GuardedTools(Guard(toolset))
        await asyncio.gather(*(tools.call(name, {}) for name in ("read", "write") * 20))

    asyncio.run(work())
    assert most["write"] == 1 and 2 <= most["read"] <= 8


# -- the command


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "calltune", "mcp", *arguments]


LOUD = '''
import os, subprocess, sys
print("loading the model")
os.system("echo from a child")

def shout(text: str) -> str:
    """Say it."""
    print("shouting")
    os.system("echo from another child")
    os.write(1, b"raw\\n")
    return text.upper() + sys.stdin.read()
'''


def test_nothing_but_the_protocol_is_on_standard_output(tmp_path: Path) -> None:
    (tmp_path / "loud.py").write_text(LOUD)
    messages = [
        {"id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": {"name": "shout", "arguments": {"text": "hi"}}},
        {"id": 3, "method": "tools/call", "params": {"name": "shout", "arguments": {}}},
    ]  # fmt: skip
    process = subprocess.Popen(
        command("--tools", str(tmp_path / "loud.py"), "--json"),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin and process.stdout
    lines = []
    for message in messages:
        process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        process.stdin.flush()
        if "id" in message:
            lines.append(json.loads(process.stdout.readline()))
    rest, errors = process.communicate(timeout=60)
    assert [line["id"] for line in lines] == [1, 2, 3] and rest == ""
    assert lines[1]["result"]["content"][0]["text"] == '"HI"', "a function that reads standard input finds its end"
    assert lines[2]["result"]["isError"]
    for line in ("loading the model", "from a child", "shouting", "from another child", "raw"):
        assert line in errors
    assert '{"tools": 1, "done": 1, "refused": 1}' in errors and process.returncode == 0


def test_what_is_served_reads_back_as_what_it_was_made_from(tmp_path: Path) -> None:
    source = f"mcp:{shlex.join(command('--tools', WEATHER))}"
    back, weather = Toolset.load(source), Toolset.load(WEATHER)
    assert back == weather and back.fingerprint == weather.fingerprint
    assert back.functions["set_alert"](city="Oslo", event="frost") == {"city": "Oslo", "event": "frost", "active": True}


def test_a_wrong_option_is_told_on_standard_error() -> None:
    done = subprocess.run(command("--tools", "nowhere.py"), capture_output=True, text=True, timeout=60, input="")
    assert done.returncode == 2 and done.stdout == "" and "there is no file 'nowhere.py'" in done.stderr


def test_over_http_on_this_machine(tmp_path: Path) -> None:
    process = subprocess.Popen(
        command("--tools", WEATHER, "--http", "0", "--audit", str(tmp_path / "log")), stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr
        line = process.stderr.readline()
        assert "serving 3 tools" in line and "http://127.0.0.1:" in line
        address = line.split(" at ")[1].split()[0]
        toolset = Toolset.load(f"mcp:{address}")
        assert toolset == Toolset.load(WEATHER)
        assert toolset.functions["get_air_quality"](city="Oslo")["city"] == "Oslo"
        assert post(address, host="evil.example") in (403, 421), "a name that leads here must not be enough"
        assert post(address, origin="http://evil.example") == 403
        del toolset
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        process.communicate()


def post(address: str, *, host: str = "", origin: str = "") -> int:
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    headers |= {"host": host} if host else {}
    headers |= {"origin": origin} if origin else {}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"})
    with closing(http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)) as connection:
        connection.request("POST", "/mcp", body, headers)
        return connection.getresponse().status


@pytest.mark.parametrize("address", ["", "abc", "host:", "host:99999", "localhost:-1"])
def test_an_address_that_is_none_says_what_to_type(address: str) -> None:
    with pytest.raises(ConfigError, match="--http"):
        listen(address)


def test_a_port_that_is_taken_is_an_error() -> None:
    with listen("0") as first, pytest.raises(ConfigError, match="cannot be listened on"):
        listen(str(first.getsockname()[1]))


def test_ctrl_c_ends_a_server_that_waits(tmp_path: Path) -> None:
    process = subprocess.Popen(
        command("--tools", WEATHER),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # tests in the background ignore it
    )
    assert process.stderr and "serving 3 tools" in process.stderr.readline()
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=60)
    finally:
        process.kill()
        rest, errors = process.communicate()
    assert (rest, process.returncode) == ("", 0) and "stopped." in errors and "Traceback" not in errors
