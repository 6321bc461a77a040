"""One call as an HTTP request. In: an operation of an OpenAPI document and checked arguments. Out: method, address,
the pairs of the query, headers and body. An argument cannot leave its place: what stands in an address is escaped,
headers and cookies are plain ASCII. Nothing is sent here.

Lists and objects are written in the document's style. An object in a form or under `deepObject` is `a[b]=1`, a list
under `deepObject` `a[0]=1`; null is left out of path, query, header, cookie and form, where it has no spelling."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from calltune.contract.openapi_arguments import TOKEN
from calltune.contract.openapi_body import FORM, MULTIPART, is_json
from calltune.contract.operations import Argument, Operation
from calltune.guard.execute import ToolError

_BETWEEN = {"form": ",", "simple": ",", "spaceDelimited": " ", "pipeDelimited": "|", "label": ".", "matrix": ","}


def request_of(operation: Operation, base_url: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What httpx's `client.request(**...)` takes for one call, but for "query": its pairs, escaped, which belong after
    the address."""
    known = {argument.name: argument for argument in operation.arguments}
    for name in arguments:
        if name not in known:
            raise ToolError(f"{operation.name} has no argument {name}.")
    given = [(argument, arguments[argument.name]) for argument in operation.arguments if argument.name in arguments]
    query = [(_escaped(key), _escaped(text)) for key, text in operation.query]
    headers: dict[str, str] = {}
    cookies: list[str] = []
    for argument, value in given:
        if argument.place == "query":
            query += _pairs(argument, value, _escaped)
        elif argument.place == "header" and value is not None:
            headers[argument.key] = _header(argument.name, _joined(argument, value, _no_comma(argument)))
        elif argument.place == "cookie":
            cookies += [_cookie(argument.name, key, text) for key, text in _pairs(argument, value)]
    request: dict[str, Any] = {
        "method": operation.method,
        "url": base_url.rstrip("/") + _path(operation, given),
        "query": query,
        "headers": headers,
    }
    if cookies:
        headers["cookie"] = "; ".join(cookies)
    return {**request, **_body(operation, given, headers)}


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


Given = list[tuple[Argument, Any]]


def _path(operation: Operation, given: Given) -> str:
    values = {argument.key: (argument, value) for argument, value in given if argument.place == "path"}

    def written(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise ToolError(f"{operation.name} lacks a path argument.")
        argument, value = values[match[1]]
        text = _in_path(argument, value)
        if value is None or text in ("", ".", ".."):
            raise ToolError(f"{argument.name} cannot be {_plain(value)!r}.")
        return text

    path = re.sub(r"\{([^{}]*)\}", written, operation.path)  # in one pass: a value with braces is not looked into
    if any(part in (".", "..") for part in path.split("/")):
        raise ToolError(f"{operation.name} cannot lead out of its path.")
    return path


def _in_path(argument: Argument, value: Any) -> str:
    """A value as it stands in a path: escaped whole, with the marks of its style around it."""
    mark = {"label": ".", "matrix": ";"}.get(argument.style, "")
    between = mark if argument.explode and mark else _BETWEEN.get(argument.style, ",")
    name = quote(argument.key, safe="")
    if argument.style == "json":
        return quote(json.dumps(value), safe="")
    if isinstance(value, Mapping):
        sign = "=" if argument.explode else between
        parts = [f"{_escaped(key)}{sign}{_escaped(item)}" for key, item in value.items()]
    elif isinstance(value, list):
        parts = [_escaped(item) for item in value]
        if argument.style == "matrix" and argument.explode:
            parts = [f"{name}={part}" for part in parts]
    else:
        parts = [_escaped(value)]
    text = between.join(parts)
    if argument.style != "matrix" or not text:
        return mark + text if text else ""
    return mark + (text if argument.explode and isinstance(value, Mapping | list) else f"{name}={text}")


def _escaped(value: Any) -> str:
    return quote(_plain(value), safe="")


def _pairs(argument: Argument, value: Any, written: Callable[[Any], str] = _plain) -> list[tuple[str, str]]:
    """Names and texts of one argument in a query, a cookie or a form; `written` says how each is written there."""
    key, style = written(argument.key), argument.style
    if value is None:
        return []
    if style == "deepObject" or (argument.place == "field" and style == "form" and isinstance(value, Mapping)):
        return [(written(name), written(item)) for name, item in _deep(argument.key, value)]
    if style == "json":
        return [(key, written(json.dumps(value)))]
    if not isinstance(value, Mapping | list):
        return [(key, written(value))]
    if not argument.explode:
        return [(key, _joined(argument, value, written))] if value else []
    if isinstance(value, Mapping):
        return [(written(name), written(item)) for name, item in value.items() if item is not None]
    return [(key, written(item)) for item in value]


def _deep(key: str, value: Any) -> list[tuple[str, str]]:
    if not isinstance(value, Mapping | list):
        return [] if value is None else [(key, _plain(value))]
    inner = value.items() if isinstance(value, Mapping) else enumerate(value)
    return [pair for name, item in inner for pair in _deep(f"{key}[{name}]", item)]


def _joined(argument: Argument, value: Any, written: Callable[[Any], str]) -> str:
    """A list or an object as one text. A comma between its parts stands as it is, so that one within a part, which is
    escaped, can be told from it."""
    if argument.style == "json":
        return json.dumps(value)
    between = _BETWEEN.get(argument.style, ",")
    between = between if between == "," else written(between)
    if isinstance(value, list):
        return between.join(written(item) for item in value)
    if isinstance(value, Mapping):
        sign = "=" if argument.explode else between
        return between.join(f"{written(name)}{sign}{written(item)}" for name, item in value.items())
    return _plain(value)


def _no_comma(argument: Argument) -> Callable[[Any], str]:
    """Parts of a list in a header, which has no spelling for a comma in one of them."""

    def written(part: Any) -> str:
        if "," in (text := _plain(part)):
            raise ToolError(f"a part of {argument.name} cannot have a comma.")
        return text

    return written


def _body(operation: Operation, given: Given, headers: dict[str, str]) -> dict[str, Any]:
    """The body as httpx takes it; `headers` get its media type where httpx does not know it."""
    whole = [value for argument, value in given if argument.place == "body"]
    fields = [(argument, value) for argument, value in given if argument.place == "field"]
    if not operation.media_type or not (whole or fields or operation.body_required):
        return {}
    if is_json(operation.media_type):
        headers["content-type"] = operation.media_type
        data = whole[0] if whole else {argument.key: value for argument, value in fields}
        return {"content": json.dumps(data, ensure_ascii=False, allow_nan=False).encode()}
    if operation.media_type == FORM:
        headers["content-type"] = FORM
        pairs = [pair for argument, value in fields for pair in _pairs(argument, value, _escaped)]
        return {"content": "&".join(f"{key}={text}" for key, text in pairs).encode()}
    if operation.media_type == MULTIPART:
        parts = [(argument.key, item) for argument, value in fields for item in _listed(value) if item is not None]
        return {"files": [(key, _part(item)) for key, item in parts]}
    headers["content-type"] = f"{operation.media_type}; charset=utf-8"
    return {"content": _plain(whole[0] if whole else "").encode()}


def _part(value: Any) -> tuple[None, bytes] | tuple[None, bytes, str]:
    """One part of a multipart body: an object is JSON and says so, as OpenAPI has it."""
    data = _plain(value).encode()
    return (None, data, "application/json") if isinstance(value, Mapping | list) else (None, data)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _header(name: str, text: str) -> str:
    if not text.isprintable() or not text.isascii():
        raise ToolError(f"{name} may only have printable ASCII characters.")
    return text


def _cookie(name: str, key: str, value: str) -> str:
    """One cookie; with an object, its keys are the model's too."""
    text = _header(name, value)
    if re.search(r'[;,"\\\s]', text):
        raise ToolError(f"{name} may not have spaces, quotes, commas, semicolons or backslashes.")
    if not re.fullmatch(TOKEN, key):
        raise ToolError(f"{name} has a key that is no name of a cookie.")
    return f"{key}={text}"
