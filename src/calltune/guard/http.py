"""Operations of an HTTP interface as functions that the guard can run. In: an OpenAPI 3 document. Out: one async
function an operation, under the name that its tool has in the contract of that document.

Only the server that the program names is spoken to: redirects are not followed, path arguments are escaped whole, and
an address that leads elsewhere is refused. 425 and 429 say that nothing happened (`TransientError`); after 302 and 303
to a write, 408, 5xx and a connection that broke, nobody knows (`MayHaveHappenedError`); other errors are for the model
to read. Answers are bounded; a good one that is too large, or not the JSON that it says it is, says all the same that
the call has run, so it comes back as text, for the guard to judge by the contract. Not here: the contract
(`calltune.contract.openapi`), how a request is written (`request`), and authentication beyond fixed headers and query
parameters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from calltune.contract.openapi import operations
from calltune.contract.openapi_arguments import TOKEN
from calltune.contract.operations import Operation
from calltune.contract.sources import read_source
from calltune.errors import ConfigError, MissingExtraError
from calltune.guard.execute import MAX_RESULT_BYTES, MayHaveHappenedError, ToolError, TransientError, short
from calltune.guard.request import request_of

if TYPE_CHECKING:
    import httpx

MAY_PASS = frozenset({425, 429})
REFUSED = frozenset({501, 505})
"""Of 5xx, those that say that nothing happened."""


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
    _check_address(base_url)
    for name, text in (headers or {}).items():  # the text may be secret
        if not re.fullmatch(TOKEN, name) or not (text.isascii() and text.isprintable()) or text != text.strip():
            raise ConfigError(
                f"the header {name!r} is none: its name or its text has characters that HTTP does not take.",
                hint="A key that is read from a file often ends in a line break: .strip() takes it away.",
            )
    fixed = {name.lower(): name for name in headers or {}}
    fixed_query = [(quote(name, safe=""), quote(text, safe="")) for name, text in (query or {}).items()]

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
                own_names = {one.partition("=")[0].strip() for one in request["headers"][name].split(";")}
                others = [one for one in given["cookie"].split("; ") if one.partition("=")[0] not in own_names]
                request["headers"][name] = "; ".join([request["headers"][name], *others])
            own_query = [pair for pair in request.pop("query") if pair[0] not in dict(fixed_query)]
            if pairs := [*own_query, *fixed_query]:
                request["url"] += "?" + "&".join(f"{key}={text}" for key, text in pairs)
            if _origin(str(httpx.URL(request["url"]))) != _origin(base_url):
                raise ToolError(f"{operation.name} leads to another server.")
            try:
                if client is not None:
                    return await _answer(client, request)
                async with httpx.AsyncClient(timeout=None) as own:  # the guard has a time-out of its own
                    return await _answer(own, request)
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
                raise TransientError("the service could not be reached.") from error
            except httpx.RequestError as error:
                raise MayHaveHappenedError("the connection to the service broke.") from error

        run.__name__ = operation.name
        return run

    data = document if isinstance(document, Mapping) else read_source(document)
    return {name: function_of(operation) for name, operation in operations(data).items()}


def _check_address(base_url: str) -> None:
    """ConfigError where a path cannot be written after it."""
    try:
        parts = urlsplit(base_url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or re.search(r"[?#\s]", base_url):
        raise ConfigError(f"{base_url!r} is no HTTP address.", hint="Write something like https://api.example.org/v1")


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or ""), parts.port or {"http": 80, "https": 443}.get(parts.scheme)


async def _answer(client: httpx.AsyncClient, request: dict[str, Any]) -> Any:
    async with client.stream(**request, follow_redirects=False) as response:
        data = b""
        async for chunk in response.aiter_bytes():
            data += chunk
            if len(data) > MAX_RESULT_BYTES:
                break
    text = data.decode("utf-8-sig", "replace")
    if response.is_success:
        return _value(text, response.headers.get("content-type", "")) if data else None
    said = f"the service answered {response.status_code}: {short(text)}".removesuffix(": ")
    if _is_unclear(request["method"], response.status_code):
        raise MayHaveHappenedError(said)
    raise (TransientError if response.status_code in MAY_PASS else ToolError)(said)


def _is_unclear(method: str, status: int) -> bool:
    """Whether nobody knows if it happened. Many services answer a POST with a redirect to what they made."""
    made = status in (302, 303) and method not in ("GET", "HEAD")
    return made or status == 408 or (status >= 500 and status not in REFUSED)


def _value(text: str, kind: str) -> Any:
    """The JSON of an answer, or its text where it is none."""
    if "json" not in kind.lower():
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
