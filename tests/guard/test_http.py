"""Operations of an OpenAPI document, run over HTTP against a server of our own."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from calltune.contract import Tool, Toolset
from calltune.contract.openapi import operations
from calltune.contract.operations import Operation
from calltune.errors import ConfigError
from calltune.guard import Guard, Limits, ToolError
from calltune.guard.http import http_functions
from calltune.guard.request import request_of

pytest.importorskip("httpx")

BODY = {"type": "object", "properties": {"item": {"type": "object"}, "count": {"type": "integer"}}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {
        "/users/{id}/orders": {
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "get": {
                "operationId": "list_orders",
                "parameters": [
                    {"name": "state", "in": "query"},
                    {"name": "X-Trace", "in": "header"},
                    {"name": "sid", "in": "cookie"},
                ],
            },
            "post": {
                "operationId": "add_order",
                "requestBody": {"content": {"application/json": {"schema": BODY}}},
            },
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


def call(server: str, name: str, arguments: dict[str, Any]) -> tuple[Any, str]:
    functions = http_functions(DOCUMENT, base_url=server, headers={"authorization": "Bearer k"})
    guard = Guard(tools(name), functions=functions, limits=Limits(wait_s=0.001))
    text, state = asyncio.run(guard.call(name, arguments, run="r"))
    return json.loads(text), state


def test_arguments_go_where_the_document_says(server: str) -> None:
    got, state = call(server, "list_orders", {"id": "a/../b c", "state": ["200", "x"], "X-Trace": "t1"})
    assert state == "done" and got["path"] == "/v1/users/a%2F..%2Fb%20c/orders"
    assert got["query"] == {"state": ["200", "x"]} and got["trace"] == "t1" and got["key"] == "Bearer k"
    got, state = call(server, "add_order", {"id": 7, "item": {"name": "lamp"}, "count": 2})
    assert (
        state == "done"
        and got["path"] == "/v1/users/7/orders"
        and got["body"] == {"item": {"name": "lamp"}, "count": 2}
    )
    assert call(server, "get_health", {})[1]


def test_an_error_is_told_and_one_that_may_pass_is_tried_again(server: str) -> None:
    got, state = call(server, "list_orders", {"id": 1, "state": "404"})
    assert state == "failed" and got["error"] == "the service answered 404: no such user" and len(Echo.hits) == 1
    got, state = call(server, "list_orders", {"id": 1, "state": "503"})
    assert state == "failed" and len(Echo.hits) == 4


def test_a_redirect_is_not_followed(server: str) -> None:
    got, state = call(server, "list_orders", {"id": 1, "state": "302"})
    assert state == "failed" and "302" in got["error"] and not any("secret" in hit for hit in Echo.hits)


def test_a_service_that_is_not_there_is_not_an_exception_text() -> None:
    got, state = call("http://127.0.0.1:9", "get_health", {})
    assert state == "failed" and got == {"error": "the service could not be reached."}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"id": ".."}, "cannot be"),
        ({"id": ""}, "cannot be"),
        ({"id": None}, "cannot be"),
        ({}, "lacks a path"),
        ({"id": 1, "X-Trace": "a\r\nb"}, "ASCII"),
        ({"id": 1, "sid": "a; admin=1"}, "semicolons"),
        ({"id": 1, "sid": "a\r\nb"}, "ASCII"),
    ],
)
def test_an_argument_cannot_leave_its_place(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ToolError, match=said):
        request_of(operations(DOCUMENT)["list_orders"], "http://x", arguments)


def test_an_argument_cannot_replace_a_fixed_header() -> None:
    import httpx

    sent: list[httpx.Request] = []
    client = httpx.AsyncClient(
        transport=httpx.MockTransport(lambda request: sent.append(request) or httpx.Response(204))
    )
    fixed = {"x-trace": "ours"}
    functions = http_functions(DOCUMENT, base_url="https://api.example.org", headers=fixed, client=client)
    asyncio.run(functions["list_orders"](**{"id": 1, "X-Trace": "the model's"}))
    assert sent[0].headers.get_list("x-trace") == ["ours"]


@pytest.mark.parametrize(
    "path", [".evil.example/y", "@evil.example/x", "//evil.example", "/\\evil", "x", "/a b", "/a\r\nb", "/a?{b}"]
)
def test_a_document_cannot_lead_to_another_server(path: str) -> None:
    assert operations({"openapi": "3.0.0", "paths": {path: {"get": {"operationId": "e"}}}}) == {}


def test_a_path_that_leads_up_is_not_asked_for() -> None:
    found = operations({"openapi": "3.0.0", "paths": {"/a/../{b}": {"get": {"operationId": "e"}}}})
    with pytest.raises(ToolError, match="lead out"):
        request_of(found["e"], "http://x/v1", {"b": "c"})


def test_what_a_path_says_after_its_end_goes_with_every_call() -> None:
    found = operations({"openapi": "3.0.0", "paths": {"/a?beta=true#x": {"get": {"operationId": "e"}}}})["e"]
    request = request_of(found, "http://x", {})
    assert request["url"] == "http://x/a" and request["query"] == [("beta", "true")]


def test_a_write_whose_answer_did_not_come_is_not_sent_again() -> None:
    import httpx

    sent: list[str] = []

    def answer(request: Any) -> Any:
        sent.append(request.url.path)
        if len(sent) > 1:
            raise httpx.ConnectError("nobody there")
        raise httpx.ReadTimeout("too slow")

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    functions = http_functions(DOCUMENT, base_url="https://api.example.org", client=client)
    guard = Guard(tools("add_order"), functions=functions)
    states = [
        asyncio.run(guard.call("add_order", {"id": n}, run="r", step=step))[1] for n, step in ((1, 0), (1, 1), (2, 2))
    ]
    assert states == ["unknown", "unknown", "failed"] and sent == ["/users/1/orders", "/users/2/orders"]


@pytest.mark.parametrize(
    ("status", "content", "state", "said"),
    [
        (201, b"<html>", "done", "not as promised"),
        (201, b'{"id": NaN}', "done", "not as promised"),
        (201, b'\xef\xbb\xbf{"id": 7}', "done", '{"id": 7}'),
        (200, b'"' + b"x" * (9 << 20) + b'"', "done", "not as promised"),
        (303, b"", "unknown", "not known"),
        (524, b"", "unknown", "not known"),
        (501, b"", "failed", "501"),
        (400, b"x" * (9 << 20), "failed", "400"),
    ],
)
def test_a_write_that_was_answered_well_is_never_said_to_have_failed(
    status: int, content: bytes, state: str, said: str
) -> None:
    import httpx

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, content=content, headers={"content-type": "Application/JSON"})

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    functions = http_functions(DOCUMENT, base_url="https://api.example.org", client=client)
    returns = {"type": "object", "properties": {"id": {"type": "integer"}}}
    promised = Tool(name="add_order", parameters={"type": "object", "additionalProperties": True}, returns=returns)
    text, found = asyncio.run(Guard(Toolset([promised]), functions=functions).call("add_order", {"id": 1}, run="r"))
    assert found == state and said in text


@pytest.mark.parametrize(
    "address",
    ["file:///etc", "https://", "https://h:x", "https://[::1", "https://h/v1?a=b", "https://h/v1#x", "https://h/a b"],
)
def test_an_address_that_is_none_is_an_error(address: str) -> None:
    with pytest.raises(ConfigError, match="HTTP address"):
        http_functions(DOCUMENT, base_url=address)


@pytest.mark.parametrize("headers", [{"X-Api-Key": "secret\n"}, {"X-Api-Key": "sécret"}, {"X Key": "secret"}])
def test_a_header_that_cannot_be_sent_is_an_error_that_does_not_show_it(headers: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="characters that HTTP does not take") as caught:
        http_functions(DOCUMENT, base_url="https://h", headers=headers)
    assert "cret" not in str(caught.value)


@pytest.mark.parametrize("document", [{}, {"paths": None}, {"paths": {"/a": 5}}, {"paths": {"/a": {"get": 5}}}])
def test_an_odd_document_has_no_operations(document: dict[str, Any]) -> None:
    assert operations({"openapi": "3.1.0", **document}) == {}


def test_a_reference_that_leads_away_or_in_a_circle_is_left_out() -> None:
    for reference in ("http://evil.example/x", "#/components/parameters/Loop", "#/nowhere"):
        document = {
            "openapi": "3.1.0",
            "paths": {"/a": {"get": {"operationId": "x", "parameters": [{"$ref": reference}]}}},
            "components": {"parameters": {"Loop": {"$ref": "#/components/parameters/Loop"}}},
        }
        assert operations(document)["x"] == Operation(name="x", method="GET", path="/a")


SHOP = Path(__file__).parents[2] / "examples" / "shop" / "openapi.yaml"


class Shop(BaseHTTPRequestHandler):
    """The shop of the example document, as far as a test needs it."""

    hits: ClassVar[list[tuple[str, str, Any]]] = []

    def answer(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or "null")
        self.hits.append((self.command, self.path, body))
        order = {"id": 7, "status": "paid", "items": [{"product": 17}], "payment": {"method": "invoice"}, "extra": 1}
        answers: dict[str, tuple[int, Any]] = {
            "GET": (200, [order] if "?" in self.path or self.path == "/v1/orders" else order),
            "POST": (201, {**order, "status": "lost"}),
            "PATCH": (409, {"message": "It has been shipped."}),
            "DELETE": (204, None),
        }
        status, said = answers[self.command] if self.headers.get("x-api-key") == "k" else (401, {"message": "Who?"})
        data = b"" if said is None else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = do_DELETE = answer

    def log_message(self, *args: Any) -> None: ...


@pytest.fixture
def shop() -> Iterator[Guard]:
    Shop.hits = []
    running = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    base_url = f"http://127.0.0.1:{running.server_port}/v1"
    yield Guard(Toolset.load(SHOP), functions=http_functions(SHOP, base_url=base_url, headers={"X-Api-Key": "k"}))
    running.shutdown()
    running.server_close()


def test_a_document_is_contract_and_functions_at_once(shop: Guard) -> None:
    def run(name: str, **arguments: Any) -> tuple[Any, str]:
        text, state = asyncio.run(shop.call(name, arguments, run="r", step=len(Shop.hits)))
        return json.loads(text), state

    assert run("orders_list", status=["open", "paid"], since="2026-05-31")[1] == "done"
    assert run("orders_get", id=7)[0]["extra"] == 1
    said, state = run("orders_move", id=7, body_id=8, note=None)
    assert state == "failed" and said == {"error": 'the service answered 409: {"message": "It has been shipped."}'}
    said, state = run("orders_create", items=[{"product": 17, "count": 2}], payment={"method": "card", "token": "t"})
    assert state == "done" and "not as promised" in said["error"] and "status" in said["error"]
    assert run("orders_cancel", id=7) == (None, "done")
    assert Shop.hits == [
        ("GET", "/v1/orders?status=open,paid&since=2026-05-31", None),
        ("GET", "/v1/orders/7", None),
        ("PATCH", "/v1/orders/7", {"id": 8, "note": None}),
        ("POST", "/v1/orders", {"items": [{"product": 17, "count": 2}], "payment": {"method": "card", "token": "t"}}),
        ("DELETE", "/v1/orders/7", None),
    ]


def test_a_call_that_breaks_the_document_is_not_sent(shop: Guard) -> None:
    for name, arguments in (
        ("orders_get", {"id": 0}),
        ("orders_create", {"items": [], "payment": {"method": "card", "token": "t"}}),
        ("orders_create", {"items": [{"product": 1}], "payment": {"method": "cash"}}),
        ("orders_move", {"id": 7, "status": "paid"}),
    ):
        assert asyncio.run(shop.call(name, arguments, run="r"))[1] == "rejected"
    assert not Shop.hits


def test_cookies_and_query_keys_of_the_program_go_with_the_models_own() -> None:
    import httpx

    sent: list[httpx.Request] = []
    client = httpx.AsyncClient(
        transport=httpx.MockTransport(lambda request: sent.append(request) or httpx.Response(204))
    )
    functions = http_functions(
        DOCUMENT, base_url="https://api.example.org", headers={"Cookie": "a=b"}, query={"key": "k"}, client=client
    )
    asyncio.run(functions["list_orders"](id=1, sid="s", state="x"))
    assert sent[0].headers["cookie"] == "a=b; sid=s" and sent[0].url.query == b"state=x&key=k"


def test_a_cookie_of_the_program_is_not_replaced_by_one_of_the_same_name() -> None:
    import httpx

    sent: list[httpx.Request] = []
    client = httpx.AsyncClient(
        transport=httpx.MockTransport(lambda request: sent.append(request) or httpx.Response(204))
    )
    functions = http_functions(DOCUMENT, base_url="https://h", headers={"cookie": "sid=ours; a=b"}, client=client)
    asyncio.run(functions["list_orders"](id=1, sid="theirs"))
    assert sent[0].headers["cookie"] == "sid=ours; a=b"
