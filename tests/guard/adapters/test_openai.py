"""OpenAI's own client against a server that speaks its protocol."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from calltune.contract import Tool, Toolset
from calltune.guard import Guard
from calltune.guard.adapters.openai import OpenAIChat, message_of

openai = pytest.importorskip("openai")

TOOLS = Toolset(
    [
        Tool(
            name="weather",
            description="Weather.",
            parameters={"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
            returns={"type": "string"},
            effect="read",
        )
    ]
)
HELLO = [{"role": "user", "content": "How is Rome?"}]


def choice(content: str | None, *arguments: str, finish: str = "stop") -> dict[str, Any]:
    calls = [
        {"id": f"c{number}", "type": "function", "function": {"name": "weather", "arguments": text}}
        for number, text in enumerate(arguments)
    ]
    message = {"role": "assistant", "content": content} | ({"tool_calls": calls} if calls else {})
    return {"index": 0, "finish_reason": finish, "message": message}


@pytest.fixture
def server() -> Iterator[tuple[Any, list[dict[str, Any]], list[dict[str, Any]]]]:
    script: list[dict[str, Any]] = []
    asked: list[dict[str, Any]] = []

    class Server(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name that http.server wants
            asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            usage = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
            data = {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "usage": usage}
            said = json.dumps(data | {"choices": [script.pop(0)]}).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *args: Any) -> None: ...

    running = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    with openai.OpenAI(base_url=f"http://127.0.0.1:{running.server_port}/v1", api_key="none") as client:
        yield client, script, asked
    running.shutdown()
    running.server_close()


def test_the_loop_over_a_server(server: Any) -> None:
    client, script, asked = server
    script += [choice(None, '{"town": "Rome"}'), choice(None, '{"city": "Rome"}'), choice("Sunny.")]
    guard = Guard(TOOLS, functions={"weather": lambda city: f"sun in {city}"})
    run = guard.run(HELLO, OpenAIChat(client, "m", tool_choice="auto"))
    assert run.reply == "Sunny." and run.tokens == 21 and [result.value for result in run.results] == ["sun in Rome"]
    assert "returns" not in asked[0]["tools"][0]["function"] and asked[0]["tool_choice"] == "auto"
    sent = asked[2]["messages"]
    assert [message["role"] for message in sent] == ["user", "assistant", "tool", "assistant", "tool"]
    assert sent[1]["tool_calls"][0]["function"]["arguments"] == '{"town": "Rome"}'
    assert "unknown argument town" in sent[2]["content"] and sent[4]["content"] == '"sun in Rome"'


def test_a_call_that_was_cut_off_never_runs(server: Any) -> None:
    client, script, _ = server
    script += [choice(None, '{"city": "Rome"}', finish="length"), choice("Sorry.")]
    run = Guard(TOOLS, functions={"weather": lambda city: pytest.fail("it ran")}).run(HELLO, OpenAIChat(client, "m"))
    assert run.reply == "Sorry." and run.results == []


def test_the_message_of_a_response_can_be_checked_alone(server: Any) -> None:
    client, script, _ = server
    script.append(choice("Look:", '{"city": "Rome", "city": "Oslo"}'))
    response = client.chat.completions.create(model="m", messages=HELLO)
    outcome = Guard(TOOLS).check(message_of(response.choices[0].message.model_dump()))
    assert outcome.decision == "rejected" and outcome.problems[0].kind == "duplicate_key"


@pytest.mark.parametrize(
    ("written", "decision"), [("", "ask"), ("{}", "ask"), ("{'city': 'Rome'}", "calls"), ("{", "rejected")]
)
def test_arguments_are_read_as_the_text_they_are(written: str, decision: str) -> None:
    message = message_of(choice(None, written)["message"])
    assert Guard(TOOLS).check(message).decision == decision
