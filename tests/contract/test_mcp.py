"""An MCP server is a source like any other, whatever it does. The servers here speak the protocol by hand, so that they
can break it; the SDK's own server is in `serve/test_mcp.py`."""

from __future__ import annotations

import asyncio
import gc
import io
import os
import shlex
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, ClassVar

import pytest
from rich.console import Console

from calltune import Guard, Toolset
from calltune.contract.command import ToolsConfig, tools
from calltune.contract.mcp import load_mcp
from calltune.contract.mcp_server import Said, read_server
from calltune.errors import CalltuneError, ContractError, MissingExtraError

pytest.importorskip("mcp")

SERVER = """
import json, os, sys, time

def answer(message, result):
    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}), flush=True)

def fail(message, code, said):
    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": {"code": code, "message": said}}), flush=True)

def started(message):
    answer(message, {"protocolVersion": message["params"]["protocolVersion"], "capabilities": CAPABILITIES,
                     "serverInfo": {"name": "by hand", "version": "1"}})

def text(said, **more):
    return {"content": [{"type": "text", "text": said}], **more}

CAPABILITIES = {"tools": {}}
TOOLS = [{"name": "now", "inputSchema": {"type": "object"}}]
on = {
    "initialize": started,
    "tools/list": lambda message: answer(message, {"tools": TOOLS}),
    "tools/call": lambda message: answer(message, text("noon")),
}
# -- what this one does otherwise
{body}
# -- until the client goes
for line in sys.stdin:
    message = json.loads(line)
    if "id" in message:
        on[message["method"]](message)
"""
Serving = Callable[..., str]


@pytest.fixture
def serving(tmp_path: Path) -> Serving:
    """Writes a server with some lines of its own; gives back what is typed to reach it."""

    def write(body: str = "") -> str:
        path = tmp_path / "a server.py"
        path.write_text(SERVER.replace("{body}", body), encoding="utf-8")
        return f"mcp:{shlex.quote(sys.executable)} {shlex.quote(str(path))}"

    return write


def refused(source: str, *, start_s: float = 20) -> str:
    with pytest.raises(CalltuneError) as caught:
        load_mcp(source.removeprefix("mcp:"), start_s=start_s)
    return str(caught.value)


# -- what is read


def test_tools_annotations_and_promises_become_the_contract(serving: Serving) -> None:
    toolset = Toolset.load(
        serving("""
CAPABILITIES = {"tools": {}, "prompts": {}, "resources": {}}
TOOLS = [
    {"name": "price", "description": "What it costs.", "annotations": {"readOnlyHint": True},
     "inputSchema": {"type": "object", "properties": {"item": {"type": "string"}}, "required": ["item"]},
     "outputSchema": {"type": "object", "properties": {"price": {"type": "number"}}, "required": ["price"]}},
    {"name": "put", "title": "Put", "annotations": {"idempotentHint": True}, "inputSchema": {"type": "object"}},
    {"name": "slow", "inputSchema": {"type": "object"}, "execution": {"taskSupport": "required"}},
]
on["prompts/list"] = lambda message: answer(message, {"prompts": [{"name": "greet"}]})
on["resources/list"] = lambda message: answer(message, {"resources": []})""")
    )
    assert [(one.name, one.effect, one.idempotent) for one in toolset] == [
        ("price", "read", True),
        ("put", "write", True),
        ("slow", "write", False),
    ]
    assert toolset.check("price", {"itm": "lamp"}), "the arguments are closed"
    assert not toolset.check_result("price", {"price": 1, "currency": "EUR"}), "a server may give more than it promised"
    assert toolset.check_result("price", {"price": "1"})
    assert [(one.tool, one.what) for one in toolset.not_carried] == [
        ("", "prompts"),
        ("slow", "task"),
    ], "this server says that it offers resources and has none"


def test_the_command_says_what_it_left_behind(serving: Serving, tmp_path: Path) -> None:
    refusing = 'on["prompts/list"] = lambda message: fail(message, -32603, "later")'
    source = serving(f'CAPABILITIES = {{"tools": {{}}, "prompts": {{}}}}\n{refusing}')
    console = Console(record=True, width=200, file=io.StringIO())
    report = tools(ToolsConfig(source=source, out=tmp_path / "tools.json"), console=console)
    report.show(console)
    assert "prompts (/capabilities/prompts). A contract has tools only" in console.export_text()
    assert report.to_json()["not_carried"][0]["what"] == "prompts"
    assert Toolset.load(tmp_path / "tools.json") == report.toolset


def test_all_pages_are_read(serving: Serving) -> None:
    toolset = Toolset.load(
        serving("""
def pages(message):
    number = int((message.get("params") or {}).get("cursor") or 0)
    tools = [{"name": f"t{number}_{n}", "inputSchema": {"type": "object"}} for n in range(10)]
    answer(message, {"tools": tools, **({"nextCursor": str(number + 1)} if number < 4 else {})})
on["tools/list"] = pages""")
    )
    assert len(toolset) == 50 and toolset.names[-1] == "t4_9"


def test_the_same_tools_through_a_session_of_ones_own(serving: Serving) -> None:
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    from calltune.guard.adapters.mcp import toolset_of

    source = serving()
    server = read_server(source.removeprefix("mcp:"))

    async def main() -> Toolset:
        parameters = StdioServerParameters(command=server.command[0], args=list(server.command[1:]))
        async with stdio_client(parameters) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            return await toolset_of(session)

    assert asyncio.run(main()) == Toolset.load(source)


def test_a_name_that_a_contract_cannot_hold_is_made_one_and_the_server_hears_its_own(serving: Serving) -> None:
    names = ["repos/get", "repos_get", "x" * 80, "a b"]
    toolset = Toolset.load(
        serving(f"""TOOLS = [{{"name": name, "inputSchema": {{"type": "object"}}}} for name in {names}]
on["tools/call"] = lambda message: answer(message, text(message["params"]["name"]))""")
    )
    assert toolset.names == ("repos_get_2", "repos_get", "x" * 64, "a_b")
    assert [toolset.functions[name]() for name in toolset.names] == names
    assert [(one.tool, one.what, one.where) for one in toolset.not_carried] == [
        ("repos_get_2", "name", "/tools/0/name"),
        ("x" * 64, "name", "/tools/2/name"),
        ("a_b", "name", "/tools/3/name"),
    ]


def test_a_format_or_a_pattern_that_is_not_checked_costs_only_itself(serving: Serving) -> None:
    properties = {
        "link": {"type": "string", "format": "url"},
        "mail": {"type": "string", "format": "email", "pattern": r"^(?!\.)a"},
        "size": {"type": "integer", "format": "int32"},
        "format": {"type": "array", "items": {"type": "string", "pattern": "("}},
    }
    schema = {"type": "object", "properties": properties}
    toolset = Toolset.load(serving(f'TOOLS = [{{"name": "send", "inputSchema": {schema}, "outputSchema": {schema}}}]'))
    assert not toolset.check("send", {"link": "x", "mail": "a@b.example", "format": ["("]})
    assert [one.pointer for one in toolset.check("send", {"mail": "x", "size": 2**31})] == ["/mail", "/size"]
    assert [one.where for one in toolset.not_carried] == [
        f"/tools/0/{part}/properties/{where}"
        for part in ("inputSchema", "outputSchema")
        for where in ("link/format", "mail/pattern", "format/items/pattern")
    ]


# -- what is typed


def test_words_are_split_as_a_shell_does_and_nothing_is_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TOKEN", "s3cret")
    server = read_server(""" TOKEN=$A_TOKEN NAME='a b' run "with spaces" $HOME *.py ; rm a\\ file """)
    assert server.command == ("run", "with spaces", "$HOME", "*.py", ";", "rm", "a file")
    assert server.variables == {"TOKEN": "s3cret", "NAME": "a b"}
    assert "s3cret" not in repr(server)


def test_headers_follow_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TOKEN", "s3cret")
    server = read_server("https://host/mcp 'Authorization: Bearer ${A_TOKEN}' X-Team:ops")
    assert server.url == "https://host/mcp" and not server.command
    assert server.variables == {"Authorization": "Bearer s3cret", "X-Team": "ops"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "names no MCP server"),
        ("'unclosed", "cannot be split into words"),
        ("A=1", "names no MCP server"),
        ("TOKEN=$NO_SUCH_VARIABLE run", "export NO_SUCH_VARIABLE="),
        ("https://host/mcp Authorization", "is no header"),
        ("no-such-program-anywhere --flag", "cannot be started"),
        ("/", "cannot be started"),
    ],
)
def test_what_names_no_server_is_an_error_that_says_what_to_type(text: str, said: str) -> None:
    assert said in refused(text)


def test_without_the_sdk_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, serving: Serving) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    with pytest.raises(MissingExtraError, match=r"calltune\[mcp\]"):
        Toolset.load(serving())


# -- servers that misbehave


def test_a_server_that_hangs_is_given_up_and_ended(serving: Serving, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    said = refused(
        serving(f"""
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open({str(mark)!r}, "w").write(str(os.getpid()))
print("waiting for a licence", file=sys.stderr, flush=True)
while True: time.sleep(1)"""),
        start_s=1.5,
    )
    assert "gave no answer within 1.5 s; before that it said:\n  - waiting for a licence" in said
    assert "Type its command" in said
    assert not is_alive(int(mark.read_text()))


def test_ctrl_c_while_a_server_starts_ends_it(serving: Serving, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    source = serving(f'open({str(mark)!r}, "w").write(str(os.getpid()))\ntime.sleep(3600)')
    program = f"from calltune import Toolset\nToolset.load({source!r})"
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # tests in the background ignore it
    )
    until = time.monotonic() + 30
    while not (mark.exists() and mark.read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert b"KeyboardInterrupt" in errors and not is_alive(int(mark.read_text()))


def test_a_server_that_hangs_while_it_lists_is_given_up(serving: Serving, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    body = f'open({str(mark)!r}, "w").write(str(os.getpid()))\non["tools/list"] = lambda message: sys.stdin.read()'
    assert "gave no answer within 1.5 s" in refused(serving(body), start_s=1.5)
    assert not is_alive(int(mark.read_text()))


def test_a_server_that_exits_at_once_is_quoted(serving: Serving) -> None:
    said = refused(serving('sys.exit("no DATABASE_URL \\x1b[31m")'))
    assert "ended before it had answered; before that it said:\n  - no DATABASE_URL" in said and "\x1b" not in said


def test_a_server_that_dies_while_it_lists_is_quoted(serving: Serving) -> None:
    assert "boom" in refused(serving('def die(message): raise RuntimeError("boom")\non["tools/list"] = die'))


def test_endless_standard_error_is_bounded(serving: Serving) -> None:
    said = refused(serving('for n in range(20_000): print("x" * 1000, n, file=sys.stderr)\nsys.exit(1)'))
    assert said.count("\n  - ") == 12 and len(said) < 8_000


def test_rubbish_on_standard_output_does_no_harm(serving: Serving) -> None:
    assert len(Toolset.load(serving('print("Hello!")\nprint("{}")\nprint("[1, 2]")'))) == 1


def test_rubbish_on_standard_output_is_named_where_nothing_else_comes(serving: Serving) -> None:
    said = refused(serving('print("Listening on port 80", flush=True)\nsys.stdin.read()'), start_s=1.5)
    assert "on standard output, where only the protocol may be: Listening on port 80" in said


def test_a_broken_schema_costs_what_it_describes_and_not_the_other_tools(serving: Serving) -> None:
    tools = Toolset.load(
        serving("""TOOLS = [
    {"name": "a", "inputSchema": {"type": "object", "properties": {"x": {"type": "strnig"}}}},
    {"name": "b", "inputSchema": {"type": "object"}, "outputSchema": {"type": "object", "$ref": "https://host/x.json"}},
    {"name": "c", "inputSchema": {"type": "object"}},
]""")
    )
    assert tools.names == ("b", "c") and tools["b"].returns is None
    tool, result = tools.not_carried
    assert (tool.tool, tool.where, tool.what) == ("a", "/tools/0", "tool")
    assert tool.why.startswith("It is left out: inputSchema.properties.x") and "strnig" in tool.why
    assert (result.tool, result.where, result.what) == ("b", "/tools/1/outputSchema", "result")
    assert "https://host/x.json" in result.why


def test_all_faults_are_told_at_once_where_no_tool_can_be_read(serving: Serving) -> None:
    said = refused(
        serving("""TOOLS = [
    {"name": "a", "inputSchema": {"type": "object", "properties": {"x": {"type": "strnig"}}}},
    {"name": "b", "inputSchema": {"type": "object", "properties": {"x": {"$ref": "https://host/x.json"}}}},
]""")
    )
    for part in ("$[0].inputSchema.properties.x", "$[1].inputSchema.properties.x"):
        assert part in said


def test_two_tools_of_one_name_are_refused(serving: Serving) -> None:
    assert "already taken" in refused(serving('TOOLS = [{"name": "a", "inputSchema": {"type": "object"}}] * 2'))


def test_a_list_that_is_none_is_a_contract_error(serving: Serving) -> None:
    said = refused(serving('TOOLS = [{"name": "a", "inputSchema": []}, {"name": 3, "inputSchema": {}}]'))
    assert "$.tools[0].inputSchema" in said and "$.tools[1].name" in said


@pytest.mark.parametrize("cursor", ['"same"', "str(time.time_ns())"])
def test_pages_without_end_end(serving: Serving, cursor: str) -> None:
    body = f'on["tools/list"] = lambda message: answer(message, {{"tools": [], "nextCursor": {cursor}}})'
    assert "has no end" in refused(serving(body))


def test_too_many_tools_are_refused(serving: Serving) -> None:
    said = refused(serving('TOOLS = [{"name": f"t{n}", "inputSchema": {"type": "object"}} for n in range(10_001)]'))
    assert "more than 10,000 tools" in said


def test_schemas_that_are_too_large_are_refused(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calltune.contract.mcp.MAX_BYTES", 1 << 20)
    body = 'TOOLS = [{"name": "t", "description": "x" * (1 << 20), "inputSchema": {"type": "object"}}]'
    assert "larger than 1 MiB" in refused(serving(body))


def test_a_schema_that_is_too_deep_is_refused(serving: Serving) -> None:
    body = """
deep = {"type": "string"}
for _ in range(900): deep = {"type": "object", "properties": {"a": deep}}
TOOLS = [{"name": "deep", "inputSchema": deep}]"""
    assert "deep" in refused(serving(body))


def test_an_error_of_the_server_is_told(serving: Serving) -> None:
    assert 'answered with an error: "no licence"' in refused(
        serving('on["tools/list"] = lambda message: fail(message, -32000, "no licence")')
    )


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").exists() and " Z " not in Path(f"/proc/{pid}/stat").read_text()


# -- what is called


def call(toolset: Toolset, name: str, arguments: dict[str, Any]) -> tuple[str, str]:
    return asyncio.run(Guard(toolset).call(name, arguments, run="r"))


def test_the_functions_of_the_toolset_call_the_server(serving: Serving) -> None:
    toolset = Toolset.load(
        serving("""
TOOLS = [{"name": "add", "annotations": {"readOnlyHint": True}, "inputSchema": {"type": "object",
          "properties": {name: {"type": "integer"} for name in ("self", "name")}}}]
def add(message):
    sent = message["params"]["arguments"]
    answer(message, text(str(sum(sent.values()))) if sent else text("nothing to add", isError=True))
on["tools/call"] = add""")
    )
    assert call(toolset, "add", {"self": 1, "name": 2}) == ('"3"', "done")
    assert call(toolset, "add", {}) == ('{"error": "nothing to add"}', "failed")
    assert call(toolset, "add", {"self": "1", "other": 2})[1] == "rejected"


def test_a_result_that_breaks_its_promise_is_said_to_have_run(serving: Serving) -> None:
    toolset = Toolset.load(
        serving("""
TOOLS = [{"name": "now", "inputSchema": {"type": "object"},
          "outputSchema": {"type": "object", "properties": {"hour": {"type": "integer"}}, "required": ["hour"]}}]
on["tools/call"] = lambda message: answer(message, text("noon", structuredContent={"hour": "noon"}))""")
    )
    said, state = call(toolset, "now", {})
    assert state == "done" and "ran, but its result is not as promised" in said


def test_a_write_whose_server_dies_may_have_happened_and_is_not_repeated(serving: Serving, tmp_path: Path) -> None:
    log = tmp_path / "log"
    toolset = Toolset.load(
        serving(f"""
def pay(message):
    open({str(log)!r}, "a").write("paid\\n")
    os._exit(1)
on["tools/call"] = pay""")
    )
    guard = Guard(toolset)
    told = [asyncio.run(guard.call("now", {}, run="r", step=step)) for step in range(2)]
    assert [state for _, state in told] == ["unknown", "unknown"]
    assert log.read_text() == "paid\n"


def test_a_read_whose_server_died_is_tried_again_on_a_new_one(serving: Serving, tmp_path: Path) -> None:
    log = tmp_path / "log"
    toolset = Toolset.load(
        serving(f"""
TOOLS[0]["annotations"] = {{"readOnlyHint": True}}
def once(message):
    if not os.path.exists({str(log)!r}):
        open({str(log)!r}, "w").close()
        os._exit(1)
    answer(message, text("noon"))
on["tools/call"] = once""")
    )
    assert call(toolset, "now", {}) == ('"noon"', "done")


@pytest.mark.parametrize(("code", "state"), [(-32602, "failed"), (-32603, "unknown")])
def test_an_error_of_the_protocol_says_whether_anything_happened(serving: Serving, code: int, state: str) -> None:
    toolset = Toolset.load(serving(f'on["tools/call"] = lambda message: fail(message, {code}, "no such thing")'))
    said, became = call(toolset, "now", {})
    assert became == state and "no such thing" in said


def test_the_server_ends_with_the_functions(serving: Serving, tmp_path: Path) -> None:
    mark = tmp_path / "pids"
    toolset = Toolset.load(serving(f'open({str(mark)!r}, "a").write(f"{{os.getpid()}}\\n")'))
    assert not any(map(is_alive, map(int, mark.read_text().split()))), "a contract that is only read needs no server"
    call(toolset, "now", {})
    first, second = map(int, mark.read_text().split())
    assert first != second and is_alive(second)
    del toolset
    gc.collect()  # a guard holds itself
    until = time.monotonic() + 10
    while is_alive(second) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_alive(second)


def test_the_server_ends_with_the_program(serving: Serving, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    source = serving(f'open({str(mark)!r}, "w").write(str(os.getpid()))')
    program = f"from calltune import Toolset\nprint(Toolset.load({source!r}).functions['now']())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("noon\n", "")
    assert not is_alive(int(mark.read_text()))


def test_a_chat_runs_the_tools_of_a_server(serving: Serving) -> None:
    from calltune.generate import ScriptedEngine
    from calltune.guard.chat import ChatConfig, chat

    source = serving('TOOLS[0]["annotations"] = {"readOnlyHint": True}')
    engine = ScriptedEngine(['<tool_call>{"name": "now", "arguments": {}}</tool_call>', "It is noon."])
    said = iter(["What time is it?", "/quit"])
    console = Console(file=io.StringIO())
    report = chat(ChatConfig(tools=source), console=console, read=lambda prompt: next(said), engine=engine)
    assert report.executed == 1 and report.messages[2]["content"] == '"noon"'


# -- over HTTP


class Page(BaseHTTPRequestHandler):
    """Not an MCP server, whatever the address."""

    led: ClassVar[list[str | None]] = []
    """Keys that came where a redirect leads."""

    def _answer(self) -> None:
        endless = self.path == "/endless"
        if self.path == "/led":
            self.led.append(self.headers.get("x-api-key"))
        if self.path == "/away":
            self.send_response(307)
            self.send_header("location", f"http://localhost:{self.server.server_address[1]}/led")
            self.send_header("content-length", "0")
            self.end_headers()
            return
        self.send_response(200 if endless else 404)
        self.send_header("content-type", "application/json" if endless else "text/plain")
        self.send_header("content-length", str(1 << 40) if endless else "9")
        self.end_headers()
        with suppress(OSError):
            while endless:
                self.wfile.write(b" " * (1 << 20))
            self.wfile.write(b"not found")

    do_GET = do_POST = do_DELETE = _answer

    def log_message(self, *arguments: Any) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_an_address_that_is_no_mcp_server_is_an_error(address: str) -> None:
    said = refused(f"mcp:{address}/mcp")
    assert f"{address}/mcp" in said and "Authorization: Bearer" in said


def test_a_redirect_does_not_take_the_headers_to_another_host(address: str) -> None:
    Page.led.clear()
    refused(f'mcp:{address}/away "X-Api-Key: secret"')
    assert Page.led == []


def test_an_answer_without_end_is_not_read_to_the_end(address: str) -> None:
    assert "answers with more than 64 MiB" in refused(f"mcp:{address}/endless")


def test_an_address_where_nobody_listens_is_an_error() -> None:
    with pytest.raises(ContractError, match=r"cannot be spoken to|answered with an error|ended before"):
        Toolset.load("mcp:http://127.0.0.1:9/mcp")


def test_what_a_server_says_is_kept_short() -> None:
    said = Said()
    for number in range(1000):
        said.add(f"{number} " + "x" * 100_000 + "\x1b[2J\n")
    assert len(said.lines) == 12 and all(len(line) <= 300 and line.isprintable() for line in said.lines)
