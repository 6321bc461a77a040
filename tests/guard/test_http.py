"""Operations of an OpenAPI document, run over HTTP against a server of our own."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from calltune.contract import Tool, Toolset
from calltune.errors import ConfigError
from calltune.guard import Guard, Limits, ToolError
from calltune.guard.http import Operation, http_functions, operations, request_of

pytest.importorskip("httpx")

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {
        "/users/{id}/orders": {
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "get": {
                "operationId": "list_orders",
                "parameters": [{"name": "state", "in": "query"}, {"name": "X-Trace", "in": "header"}],
            },
            "post": {"operationId": "add_order", "requestBody": {}},
        },
        "/health": {"get": {}},
    },
    "components": {"parameters": {"Id": {"name": "id", "in": "path", "required": True}}},
}


class Echo(BaseHTTPRequestHandler):
    """Answers with what it got; `state` chooses the status."""

    hits: ClassVar[list[str]] = []

    def answer(self) -> None:
        split = urlsplit(self.path)
        query = parse_qs(split.query)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.hits.append(f"{self.command} {self.path}")
        status = int(query.get("state", ["200"])[0])
        data = {
            "path": split.path,
            "query": query,
            "trace": self.headers.get("x-trace"),
            "key": self.headers.get("authorization"),
            "body": json.loads(body) if body else None,
        }
        said = json.dumps(data).encode() if status == 200 else b"no such user"
        self.send_response(status)
        if status == 302:
            self.send_header("location", "/secret")
        self.send_header("content-type", "application/json" if status == 200 else "text/plain")
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_POST = answer  # the name that http.server wants

    def log_message(self, *args: Any) -> None: ...


@pytest.fixture
def server() -> Iterator[str]:
    Echo.hits = []
    running = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}/v1"
    running.shutdown()
    running.server_close()


def tools(*names: str) -> Toolset:
    schema = {"type": "object", "additionalProperties": True}
    return Toolset(
        [Tool(name=name, parameters=schema, effect="read" if name != "add_order" else "write") for name in names]
    )


def call(server: str, name: str, arguments: dict[str, Any]) -> tuple[Any, bool]:
    functions = http_functions(DOCUMENT, base_url=server, headers={"authorization": "Bearer k"})
    guard = Guard(tools(name), functions=functions, limits=Limits(wait_s=0.001))
    text, fine = asyncio.run(guard.call(name, arguments, run="r"))
    return json.loads(text), fine


def test_arguments_go_where_the_document_says(server: str) -> None:
    got, fine = call(server, "list_orders", {"id": "a/../b c", "state": ["200", "x"], "X-Trace": "t1"})
    assert fine and got["path"] == "/v1/users/a%2F..%2Fb%20c/orders"
    assert got["query"] == {"state": ["200", "x"]} and got["trace"] == "t1" and got["key"] == "Bearer k"
    got, fine = call(server, "add_order", {"id": 7, "item": {"name": "lamp"}, "count": 2})
    assert fine and got["path"] == "/v1/users/7/orders" and got["body"] == {"item": {"name": "lamp"}, "count": 2}
    assert call(server, "get_health", {})[1]


def test_an_error_is_told_and_one_that_may_pass_is_tried_again(server: str) -> None:
    got, fine = call(server, "list_orders", {"id": 1, "state": "404"})
    assert not fine and got["error"] == "the service answered 404: no such user" and len(Echo.hits) == 1
    got, fine = call(server, "list_orders", {"id": 1, "state": "503"})
    assert not fine and len(Echo.hits) == 4


def test_a_redirect_is_not_followed(server: str) -> None:
    got, fine = call(server, "list_orders", {"id": 1, "state": "302"})
    assert not fine and "302" in got["error"] and not any("secret" in hit for hit in Echo.hits)


def test_a_service_that_is_not_there_is_not_an_exception_text() -> None:
    got, fine = call("http://127.0.0.1:9", "get_health", {})
    assert not fine and got == {"error": "the service could not be reached."}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [({"id": ".."}, "cannot be"), ({}, "lacks a path"), ({"id": 1, "X-Trace": "a\r\nb"}, "ASCII")],
)
def test_an_argument_cannot_leave_its_place(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ToolError, match=said):
        request_of(operations(DOCUMENT)["list_orders"], "http://x", arguments)


def test_a_document_with_two_operations_of_one_name_is_an_error() -> None:
    twice = {"paths": {"/a": {"get": {"operationId": "x"}}, "/b": {"get": {"operationId": "x"}}}}
    with pytest.raises(ConfigError, match="two operations"):
        operations(twice)
    with pytest.raises(ConfigError, match="HTTP address"):
        http_functions(DOCUMENT, base_url="file:///etc")


@pytest.mark.parametrize("document", [{}, {"paths": None}, {"paths": {"/a": 5}}, {"paths": {"/a": {"get": 5}}}])
def test_an_odd_document_has_no_operations(document: dict[str, Any]) -> None:
    assert operations(document) == {}


def test_a_reference_that_leads_away_or_in_a_circle_is_left_out() -> None:
    for reference in ("http://evil.example/x", "#/components/parameters/Loop", "#/nowhere"):
        document = {
            "paths": {"/a": {"get": {"operationId": "x", "parameters": [{"$ref": reference}]}}},
            "components": {"parameters": {"Loop": {"$ref": "#/components/parameters/Loop"}}},
        }
        assert operations(document)["x"] == Operation(name="x", method="GET", path="/a", places={})
