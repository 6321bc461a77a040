"""One call as an HTTP request. In: an operation of an OpenAPI document and checked arguments. Out: method, address,
query, headers and body, as httpx takes them. An argument cannot leave its place: path arguments are escaped whole,
headers and cookies are plain ASCII. Nothing is sent here.

Lists and objects are written in the document's style. An object in a form or under `deepObject` is `a[b]=1`, a list
under `deepObject` `a[0]=1`; null is left out of path, query, header, cookie and form, where it has no spelling."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from calltune.contract.openapi_body import FORM, MULTIPART, is_json
from calltune.contract.operations import Argument, Operation
from calltune.guard.execute import ToolError

_BETWEEN = {"form": ",", "simple": ",", "spaceDelimited": " ", "pipeDelimited": "|", "label": ".", "matrix": ","}


def request_of(operation: Operation, base_url: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What `client.request(**...)` takes for one call."""
    known = {argument.name: argument for argument in operation.arguments}
    for name in arguments:
        if name not in known:
            raise ToolError(f"{operation.name} has no argument {name}.")
    given = [(argument, arguments[argument.name]) for argument in operation.arguments if argument.name in arguments]
    query = list(operation.query)
    headers: dict[str, str] = {}
    cookies: dict[str, str] = {}
    for argument, value in given:
        if argument.place == "query":
            query += _pairs(argument, value)
        elif argument.place == "header" and value is not None:
            headers[argument.key] = _header(argument.name, _joined(argument, value))
        elif argument.place == "cookie":
            cookies |= {key: _cookie(argument.name, text) for key, text in _pairs(argument, value)}
    request: dict[str, Any] = {
        "method": operation.method,
        "url": base_url.rstrip("/") + _path(operation, given),
        "params": query,
        "headers": headers,
    }
    if cookies:
        headers["cookie"] = "; ".join(f"{key}={text}" for key, text in cookies.items())
    return {**request, **_body(operation, given, headers)}


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


def _pairs(argument: Argument, value: Any) -> list[tuple[str, str]]:
    """Names and texts of one argument in a query, a cookie or a form."""
    key, style = argument.key, argument.style
    if value is None:
        return []
    if style == "deepObject" or (argument.place == "field" and style == "form" and isinstance(value, Mapping)):
        return list(_deep(key, value))
    if style == "json":
        return [(key, json.dumps(value))]
    if not isinstance(value, Mapping | list):
        return [(key, _plain(value))]
    if not argument.explode:
        return [(key, _joined(argument, value))] if value else []
    if isinstance(value, Mapping):
        return [(str(name), _plain(item)) for name, item in value.items() if item is not None]
    return [(key, _plain(item)) for item in value]


def _deep(key: str, value: Any) -> list[tuple[str, str]]:
    if not isinstance(value, Mapping | list):
        return [] if value is None else [(key, _plain(value))]
    inner = value.items() if isinstance(value, Mapping) else enumerate(value)
    return [pair for name, item in inner for pair in _deep(f"{key}[{name}]", item)]


def _joined(argument: Argument, value: Any) -> str:
    """A list or an object as one text."""
    if argument.style == "json":
        return json.dumps(value)
    between = _BETWEEN.get(argument.style, ",")
    if isinstance(value, list):
        return between.join(_plain(item) for item in value)
    if isinstance(value, Mapping):
        sign = "=" if argument.explode else between
        return between.join(f"{name}{sign}{_plain(item)}" for name, item in value.items())
    return _plain(value)


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
        pairs = [pair for argument, value in fields for pair in _pairs(argument, value)]
        form: dict[str, list[str]] = {}
        for key, text in pairs:
            form.setdefault(key, []).append(text)
        return {"data": form}
    if operation.media_type == MULTIPART:
        parts = [(argument.key, item) for argument, value in fields for item in _listed(value) if item is not None]
        return {"files": [(key, (None, _plain(item).encode())) for key, item in parts]}
    headers["content-type"] = f"{operation.media_type}; charset=utf-8"
    return {"content": _plain(whole[0] if whole else "").encode()}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _header(name: str, text: str) -> str:
    if not text.isprintable() or not text.isascii():
        raise ToolError(f"{name} may only have printable ASCII characters.")
    return text


def _cookie(name: str, value: str) -> str:
    text = _header(name, value)
    if re.search(r'[;,"\\\s]', text):
        raise ToolError(f"{name} may not have spaces, quotes, commas, semicolons or backslashes.")
    return text
