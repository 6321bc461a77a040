"""Documents from an address that the user typed, against a server of our own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from calltune.contract import Toolset
from calltune.contract.download import download
from calltune.errors import ContractError

SHOP = Path(__file__).parents[2] / "examples" / "shop" / "openapi.yaml"


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        where = {"/moved": "/openapi.yaml", "/round": "/round", "/file": "file:///etc/passwd", "/ftp": "ftp://x/y"}
        if self.path in where:
            self.send_response(302)
            self.send_header("location", where[self.path])
            self.send_header("content-length", "0")
            self.end_headers()
            return
        body = {"/openapi.yaml": SHOP.read_bytes(), "/bytes": b"\xff\xfe", "/large": b"x" * 5000}.get(self.path)
        self.send_response(200 if body is not None else 404)
        self.send_header("content-length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *args: Any) -> None: ...


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()


def test_a_document_is_read_from_its_address(server: str) -> None:
    assert Toolset.load(f"{server}/openapi.yaml") == Toolset.load(SHOP) == Toolset.load(f"{server}/moved")


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/nothing", "404"),
        ("/round", "answers 302"),
        ("/file", "not allowed"),
        ("/ftp", "not https"),
        ("/bytes", "UTF-8"),
        ("/large", "answers more than"),
    ],
)
def test_what_cannot_be_read_says_why(server: str, path: str, part: str) -> None:
    with pytest.raises(ContractError, match=part):
        download(server + path, max_bytes=4096)


def test_nobody_there_and_passwords_in_addresses_are_errors() -> None:
    with pytest.raises(ContractError, match="could not be read"):
        download("http://127.0.0.1:9/x", max_bytes=10)
    with pytest.raises(ContractError, match="could not be read"):
        download("http://[::1", max_bytes=10)
    with pytest.raises(ContractError, match="password"):
        download("http://me:secret@127.0.0.1:9/x", max_bytes=10)
