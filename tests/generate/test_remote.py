"""OpenAI's own client against a server that speaks its protocol."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from calltune.contract import Tool, Toolset
from calltune.errors import ModelError
from calltune.generate import RemoteEngine, Request, load_engine
from calltune.generate.wire import message_of
from calltune.guard import Guard

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
    run = guard.run(HELLO, RemoteEngine(client, "m", tool_choice="auto"))
    assert run.reply == "Sunny." and run.tokens == 21 and [result.value for result in run.results] == ["sun in Rome"]
    assert "returns" not in asked[0]["tools"][0]["function"] and asked[0]["tool_choice"] == "auto"
    sent = asked[2]["messages"]
    assert [message["role"] for message in sent] == ["user", "assistant", "tool", "assistant", "tool"]
    assert sent[1]["tool_calls"][0]["function"]["arguments"] == '{"town": "Rome"}'
    assert "unknown argument town" in sent[2]["content"] and sent[4]["content"] == '"sun in Rome"'


def test_a_call_that_was_cut_off_never_runs(server: Any) -> None:
    client, script, _ = server
    script += [choice(None, '{"city": "Rome"}', finish="length"), choice("Sorry.")]
    run = Guard(TOOLS, functions={"weather": lambda city: pytest.fail("it ran")}).run(HELLO, RemoteEngine(client, "m"))
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


# -- the engine by itself


class Script:
    """A server that answers what it is told to: (status, body) or lines of a stream."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.asked: list[dict[str, Any]] = []
        self.models = ["m"]
        self.wait_s = 0.0


@pytest.fixture
def scripted() -> Iterator[tuple[str, Script]]:
    script = Script()

    class Server(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name that http.server wants
            script.asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            time.sleep(script.wait_s)
            answer = script.answers.pop(0) if len(script.answers) > 1 else script.answers[0]
            if isinstance(answer, list):
                text = "".join(f"data: {json.dumps(event)}\n\n" for event in answer) + "data: [DONE]\n\n"
                self.send(200, text.encode(), "text/event-stream")
            else:
                self.send(answer[0], json.dumps(answer[1]).encode(), "application/json")

        def do_GET(self) -> None:
            data = [{"id": name, "object": "model", "created": 0, "owned_by": "me"} for name in script.models]
            self.send(200, json.dumps({"object": "list", "data": data}).encode(), "application/json")

        def send(self, status: int, said: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            with suppress(ConnectionError):
                self.wfile.write(said)

        def log_message(self, *args: Any) -> None: ...

    running = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}/v1", script
    running.shutdown()
    running.server_close()


REQUEST = Request(tuple(HELLO), tuple(TOOLS.to_openai()))


def answer(content: str | None, *arguments: str, **more: Any) -> tuple[int, dict[str, Any]]:
    usage = {
        "prompt_tokens": 5,
        "completion_tokens": 7,
        "total_tokens": 12,
        "prompt_tokens_details": {"cached_tokens": 4},
    }
    data = {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "usage": usage}
    return 200, data | {"choices": [choice(content, *arguments, **more)]}


def delta(finish: str | None = None, **delta: Any) -> dict[str, Any]:
    return {
        "id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }  # fmt: skip


def test_several_requests_at_once_come_back_in_order(scripted: Any) -> None:
    url, script = scripted
    script.answers = [answer("same")]
    script.wait_s = 0.3
    engine = RemoteEngine.connect(url)
    assert engine.name == "m", "the only model of the server"
    done: list[tuple[int, int]] = []
    start = time.perf_counter()
    completions = engine.complete([REQUEST] * 6, progress=lambda *counts: done.append(counts))
    assert time.perf_counter() - start < 1.2 and [c.text for c in completions] == ["same"] * 6
    assert done[-1] == (6, 6) and completions[0].cached_tokens == 4 and completions[0].completion_tokens == 7


def test_a_busy_server_is_asked_again(scripted: Any) -> None:
    url, script = scripted
    script.answers = [(503, {"error": {"message": "busy"}}), (429, {"error": {"message": "slow"}}), answer("Here.")]
    assert RemoteEngine.connect(url, "m").complete([REQUEST])[0].text == "Here." and len(script.asked) == 3


@pytest.mark.parametrize(
    ("status", "said", "told", "hint"),
    [
        (400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser', "400", "Start vLLM with"),
        (400, "model llama2 does not support tools", "400", "template knows tools"),
        (400, "Unsupported parameter: use 'max_completion_tokens' instead", "400", "max_completion_tokens=512"),
        (401, "bad key", "wants a key", "CALLTUNE_API_KEY"),
        (404, "no such model", "no such model", "end in /v1"),
        (500, "oh dear", "500", ""),
    ],
)
def test_what_a_server_lacks_is_said_with_what_to_do(
    scripted: Any, status: int, said: str, told: str, hint: str
) -> None:
    url, script = scripted
    script.answers = [(status, {"error": {"message": said}})]
    with pytest.raises(ModelError) as caught:
        RemoteEngine.connect(url, "m", retries=0).complete([REQUEST])
    assert told in str(caught.value) and hint in str(caught.value.hint or "")


def test_a_prompt_that_is_too_long_is_one_completion_and_not_the_end(scripted: Any) -> None:
    url, script = scripted
    script.answers = [
        (400, {"error": {"message": "This model's maximum context length is 8 tokens."}}),
        answer("Here."),
    ]
    first, second = RemoteEngine.connect(url, "m", side_by_side=1).complete([REQUEST] * 2)
    assert "too long" in str(first.error) and first.finish_reason == "length" and second.text == "Here."


def test_a_server_that_is_not_there_or_says_nothing_in_time(scripted: Any) -> None:
    with pytest.raises(ModelError, match="cannot be reached"):
        RemoteEngine.connect("http://127.0.0.1:9/v1", "m", retries=0).complete([REQUEST])
    url, script = scripted
    script.answers, script.wait_s = [answer("late")], 1.0
    with pytest.raises(ModelError, match=r"within 0\.2 s") as caught:
        RemoteEngine.connect(url, "m", retries=0, timeout_s=0.2).complete([REQUEST])
    assert "timeout_s" in str(caught.value.hint)


def test_a_server_of_several_models_wants_a_name(scripted: Any) -> None:
    url, script = scripted
    script.models = ["a", "b"]
    with pytest.raises(ModelError, match="has 2 models: a, b"):
        RemoteEngine.connect(url)
    script.answers = [answer("Hi.")]
    engine = load_engine(f"{url}#b")
    assert engine.complete([REQUEST])[0].text == "Hi." and script.asked[0]["model"] == "b"


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ({}, {}),
        ({"tool_choice": "required"}, {"tool_choice": "required"}),
        ({"tool_choice": "weather"}, {"tool_choice": {"type": "function", "function": {"name": "weather"}}}),
        ({"parallel": False}, {"parallel_tool_calls": False}),
    ],
)
def test_what_is_asked_for_is_sent(scripted: Any, asked: dict[str, Any], sent: dict[str, Any]) -> None:
    url, script = scripted
    script.answers = [answer("Hi.")]
    RemoteEngine.connect(url, "m", strict=True, seed=None).complete([replace(REQUEST, **asked)], temperature=0.5)
    got = script.asked[0]
    assert {key: got[key] for key in ("tool_choice", "parallel_tool_calls") if key in got} == sent
    assert got["tools"][0]["function"]["strict"] and got["temperature"] == 0.5 and "seed" not in got


def test_a_stream_gives_text_as_it_comes_and_calls_at_the_end(scripted: Any) -> None:
    url, script = scripted
    call = {"index": 0, "id": "c0", "type": "function", "function": {"name": "weather", "arguments": '{"ci'}}
    more = {"index": 0, "function": {"arguments": 'ty": "Rome"}'}}
    usage = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
    script.answers = [
        [
            delta(role="assistant", content="Let "),
            delta(content="me see."),
            delta(tool_calls=[call]),
            delta(tool_calls=[more]),
            delta("tool_calls"),
            {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [], "usage": usage},
        ]
    ]
    engine = RemoteEngine.connect(url, "m")
    chunks = list(engine.stream(REQUEST))
    assert [chunk.text for chunk in chunks] == ["Let ", "me see.", ""]
    completion = chunks[-1].completion
    assert completion is not None and completion.completion_tokens == 7 and completion.first_token_s > 0
    outcome = Guard(TOOLS).check(completion, parsed=engine.parse(completion))
    assert outcome.decision == "calls" and outcome.calls[0].arguments == {"city": "Rome"}
    script.answers = [[delta(content="Half a")]]
    (*_, last) = engine.stream(REQUEST)
    assert last.completion is not None and last.completion.finish_reason == "length", "the stream broke off"


NASTY: list[Any] = [
    "<html>", [], None, 5, {"choices": None}, {"choices": []}, {"choices": [None]}, {"choices": "x"},
    {"choices": [{"message": None}]}, {"choices": [{"message": []}]}, {"error": {"message": "upstream overloaded"}},
    {"choices": [{"message": {"content": "", "tool_calls": {}}}]},
    {"choices": [{"message": {"content": "", "tool_calls": [5]}}]},
    {"choices": [{"message": {"content": "", "tool_calls": [{"function": "t"}]}}]},
]  # fmt: skip


@pytest.mark.parametrize("body", NASTY, ids=[json.dumps(body)[:40] for body in NASTY])
def test_an_answer_that_is_none_is_an_error_and_not_an_empty_turn(scripted: Any, body: Any) -> None:
    url, script = scripted
    script.answers = [(200, body)]
    engine = RemoteEngine.connect(url, "m", retries=0)
    with pytest.raises(ModelError):
        engine.complete([REQUEST])
    with pytest.raises(ModelError):
        list(engine.stream(REQUEST))


def test_odd_but_meant_well(scripted: Any) -> None:
    url, script = scripted
    parts = [{"type": "text", "text": "Here "}, {"type": "text", "text": "it is."}]
    message = {"role": "assistant", "content": parts, "tool_calls": None}
    usage = {"prompt_tokens": "12", "completion_tokens": None, "prompt_tokens_details": "x"}
    script.answers = [(200, {"choices": [{"message": message, "finish_reason": None}], "usage": usage})]
    (completion,) = RemoteEngine.connect(url, "m").complete([REQUEST])
    assert completion.text == "Here it is." and completion.prompt_tokens == 0
    assert completion.finish_reason == "length", "nobody says that it is whole"


@pytest.mark.parametrize(
    "numbers", [[(0, "a"), (0, "b")], [(None, "a"), (None, "b")], [(None, None), (None, None)], [(0, None), (1, None)]]
)
def test_calls_of_a_stream_are_told_apart(scripted: Any, numbers: list[tuple[Any, Any]]) -> None:
    url, script = scripted
    pieces = [
        [
            {"index": n, "id": given, "function": {"name": name, "arguments": "{"}},
            {"index": n, "function": {"arguments": "}"}},
        ]
        for (n, given), name in zip(numbers, ("weather", "other"), strict=True)
    ]
    script.answers = [[*(delta(tool_calls=[piece]) for two in pieces for piece in two), delta("tool_calls")]]
    (*_, last) = RemoteEngine.connect(url, "m").stream(REQUEST)
    assert last.completion is not None and last.completion.message is not None
    calls = last.completion.message.calls
    assert [(call.name, call.arguments) for call in calls] == [("weather", "{}"), ("other", "{}")]


def test_a_stream_whose_prompt_is_too_long_says_so(scripted: Any) -> None:
    url, script = scripted
    script.answers = [(400, {"error": {"message": "maximum context length is 10"}})]
    (chunk,) = RemoteEngine.connect(url, "m").stream(REQUEST)
    assert chunk.completion is not None and "too long" in str(chunk.completion.error)


def test_no_key_and_no_password_is_in_an_error(scripted: Any) -> None:
    url, script = scripted
    script.answers = [(500, {"error": {"message": "oops Bearer sk-SECRETSECRET"}})]
    with pytest.raises(ModelError) as caught:
        engine = RemoteEngine.connect(url.replace("//", "//user:hunter2@"), "m", retries=0, api_key="sk-SECRETSECRET")
        engine.complete([REQUEST])
    assert "SECRET" not in str(caught.value) and "hunter2" not in str(caught.value)
