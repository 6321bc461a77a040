"""Operations of an HTTP interface as functions that the guard can run. In: an OpenAPI 3 document, as data. Out: one
async function an operation, by its `operationId`; arguments go where the document says: path, query, header or JSON
body.

Only the server that the program names is spoken to: redirects are not followed, path arguments are escaped whole, and
an address that leads elsewhere is refused. Answers are bounded. 425 and 429 say that nothing happened
(`TransientError`); after 408, 5xx and a connection that broke, nobody knows (`MayHaveHappenedError`); other errors are
for the model to read. Not here: making the contract from the document, and authentication beyond fixed headers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from calltune.contract.problem import decode_pointer
from calltune.errors import ConfigError, MissingExtraError
from calltune.guard.execute import MAX_RESULT_BYTES, MayHaveHappenedError, ToolError, TransientError, short
from calltune.guard.outcome import shorten

if TYPE_CHECKING:
    import httpx

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
MAY_PASS = frozenset({425, 429})
MAY_HAVE_HAPPENED = frozenset({408, 500, 502, 503, 504})


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method of one path."""

    name: str
    """Its `operationId`; where it has none, made from method and path: `get_users_id`."""
    method: str
    path: str
    """With `{name}` for each path argument."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Argument -> "path", "query", "header" or "cookie". The others are the JSON body."""


def operations(document: Mapping[str, Any]) -> dict[str, Operation]:
    """The operations of an OpenAPI document, by name. ConfigError where two have the same name."""
    found: dict[str, Operation] = {}
    for path, item in _items(document.get("paths")):
        shared = item.get("parameters") if isinstance(item, Mapping) else None
        for method, operation in _items(item):
            if method not in METHODS or not isinstance(operation, Mapping):
                continue
            if not re.fullmatch(r"/(?!/)[^\\?#]*", path):
                raise ConfigError(f"the path {shorten(path)} does not begin with one slash.", hint="Mend the document.")
            name = operation.get("operationId") or re.sub(r"\W+", "_", f"{method} {path}").strip("_")
            if name in found:
                raise ConfigError(f"two operations of the document are called {name!r}.", hint="Rename one.")
            parameters = [*(shared or ()), *(operation.get("parameters") or ())]
            places: dict[str, str] = {}
            for parameter in parameters:
                one = _resolved(document, parameter)
                if isinstance(one, Mapping) and "name" in one and places.get(str(one["name"])) != "path":
                    places[str(one["name"])] = str(one.get("in"))  # of one name in two places, the path's counts
            found[str(name)] = Operation(name=str(name), method=method.upper(), path=str(path), places=places)
    return found


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from value.items()


def _resolved(document: Mapping[str, Any], value: Any) -> Any:
    """A local reference followed; others are left out."""
    for _ in range(16):
        reference = value.get("$ref") if isinstance(value, Mapping) else None
        if reference is None:
            return value
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return None
        value = document
        for part in decode_pointer(reference[1:]):
            value = value.get(part) if isinstance(value, Mapping) else None
    return None


def http_functions(
    document: Mapping[str, Any],
    *,
    base_url: str,
    headers: Mapping[str, str] | None = None,
    client: httpx.AsyncClient | None = None,
) -> dict[str, Callable[..., Awaitable[Any]]]:
    """Functions for `Guard(tools, functions=...)`. `base_url` says which server: what the document names is not
    trusted. `client`: one of your own, for time-outs, proxies and tests; by default one a call."""
    try:
        import httpx
    except ImportError:
        raise MissingExtraError("httpx", "http") from None
    if urlsplit(base_url).scheme not in ("http", "https") or not urlsplit(base_url).netloc:
        raise ConfigError(f"{base_url!r} is no HTTP address.", hint="Write something like https://api.example.org/v1")

    def function_of(operation: Operation) -> Callable[..., Awaitable[Any]]:
        async def run(**arguments: Any) -> Any:
            request = request_of(operation, base_url, arguments)
            fixed = {name.lower() for name in headers or {}}  # a model's argument does not replace them
            own_headers = {name: value for name, value in request["headers"].items() if name.lower() not in fixed}
            request["headers"] = {**own_headers, **(headers or {})}
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

    return {name: function_of(operation) for name, operation in operations(document).items()}


def request_of(operation: Operation, base_url: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Method, address, query, headers and JSON body of one call."""
    rest = dict(arguments)
    given = {place: {} for place in ("path", "query", "header", "cookie")}  # type: dict[str, dict[str, Any]]
    for name, place in operation.places.items():
        if name in rest and place in given:
            given[place][name] = rest.pop(name)
    path = operation.path
    for name, value in given["path"].items():
        text = quote(_plain(value), safe="")
        if text in ("", ".", "..") or value is None:
            raise ToolError(f"{name} cannot be {_plain(value)!r}.")
        path = path.replace("{" + name + "}", text)
    if "{" in path:
        raise ToolError(f"{operation.name} lacks a path argument.")
    query = [
        (name, _plain(item))
        for name, value in given["query"].items()
        for item in (value if isinstance(value, list) else [value])
    ]
    request: dict[str, Any] = {
        "method": operation.method,
        "url": base_url.rstrip("/") + path,
        "params": query,
        "headers": {name: _header(name, value) for name, value in given["header"].items()},
    }
    if given["cookie"]:
        request["cookies"] = {name: _cookie(name, value) for name, value in given["cookie"].items()}
    if rest:
        request["json"] = rest
    return request


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _header(name: str, value: Any) -> str:
    text = _plain(value)
    if not text.isprintable() or not text.isascii():
        raise ToolError(f"{name} may only have printable ASCII characters.")
    return text


def _cookie(name: str, value: Any) -> str:
    text = _header(name, value)
    if re.search(r'[;,"\\\s]', text):
        raise ToolError(f"{name} may not have spaces, quotes, commas, semicolons or backslashes.")
    return text


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
