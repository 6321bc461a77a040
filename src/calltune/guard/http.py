"""Operations of an HTTP interface as functions that the guard can run. In: an OpenAPI 3 document. Out: one async
function an operation, under the name that its tool has in the contract of that document.

Only the server that the program names is spoken to: redirects are not followed, path arguments are escaped whole, and
an address that leads elsewhere is refused. Answers are bounded. 425 and 429 say that nothing happened
(`TransientError`); after 408, 5xx and a connection that broke, nobody knows (`MayHaveHappenedError`); other errors are
for the model to read. Not here: the contract (`calltune.contract.openapi`), how a request is written (`request`), and
authentication beyond fixed headers and query parameters.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from calltune.contract.openapi import operations
from calltune.contract.operations import Operation
from calltune.contract.sources import read_source
from calltune.errors import ConfigError, MissingExtraError
from calltune.guard.execute import MAX_RESULT_BYTES, MayHaveHappenedError, ToolError, TransientError, short
from calltune.guard.request import request_of

if TYPE_CHECKING:
    import httpx

MAY_PASS = frozenset({425, 429})
MAY_HAVE_HAPPENED = frozenset({408, 500, 502, 503, 504})


def http_functions(
    document: Mapping[str, Any] | str | Path,
    *,
    base_url: str,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    client: httpx.AsyncClient | None = None,
) -> dict[str, Callable[..., Awaitable[Any]]]:
    """Functions for `Guard(tools, functions=...)`, from a document as data or from where it is. `base_url` says which
    server: what the document names is not trusted. `headers` and `query` go with every call, such as keys. `client`:
    one of your own, for time-outs, proxies and tests; by default one a call."""
    try:
        import httpx
    except ImportError:
        raise MissingExtraError("httpx", "http") from None
    if urlsplit(base_url).scheme not in ("http", "https") or not urlsplit(base_url).netloc:
        raise ConfigError(f"{base_url!r} is no HTTP address.", hint="Write something like https://api.example.org/v1")

    fixed = {name.lower(): name for name in headers or {}}

    def function_of(operation: Operation) -> Callable[..., Awaitable[Any]]:
        async def run(**arguments: Any) -> Any:
            request = request_of(operation, base_url, arguments)
            given = request["headers"]
            kept = {name: value for name, value in given.items() if name.lower() not in fixed}
            request["headers"] = {
                **kept,
                **(headers or {}),
            }  # a model's argument does not replace what the program gives
            if "cookie" in fixed and "cookie" in given:
                name = fixed["cookie"]
                request["headers"][name] = f"{request['headers'][name]}; {given['cookie']}"
            own_query = [(name, value) for name, value in request["params"] if name not in (query or {})]
            request["params"] = [*own_query, *(query or {}).items()]
            if _origin(str(httpx.URL(request["url"]))) != _origin(base_url):
                raise ToolError(f"{operation.name} leads to another server.")
            try:
                if client is not None:
                    return await _answer(client, request)
                async with httpx.AsyncClient(timeout=None) as own:  # the guard has a time-out of its own
                    return await _answer(own, request)
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
                raise TransientError("the service could not be reached.") from error
            except httpx.TransportError as error:
                raise MayHaveHappenedError("the connection to the service broke.") from error

        run.__name__ = operation.name
        return run

    data = document if isinstance(document, Mapping) else read_source(document)
    return {name: function_of(operation) for name, operation in operations(data).items()}


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or ""), parts.port or {"http": 80, "https": 443}.get(parts.scheme)


async def _answer(client: httpx.AsyncClient, request: dict[str, Any]) -> Any:
    async with client.stream(**request, follow_redirects=False) as response:
        data = b""
        async for chunk in response.aiter_bytes():
            data += chunk
            if len(data) > MAX_RESULT_BYTES:
                raise ToolError(f"the service's answer is larger than {MAX_RESULT_BYTES:,} bytes.")
    kind = response.headers.get("content-type", "")
    text = data.decode("utf-8", "replace")
    if response.is_success:
        if not data:
            return None
        try:
            return json.loads(text) if "json" in kind else text
        except (ValueError, RecursionError):
            raise ToolError("the service's answer is not the JSON that it says it is.") from None
    said = f"the service answered {response.status_code}: {short(text)}".removesuffix(": ")
    if response.status_code in MAY_HAVE_HAPPENED:
        raise MayHaveHappenedError(said)
    raise (TransientError if response.status_code in MAY_PASS else ToolError)(said)
