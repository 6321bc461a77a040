"""Operations of an OpenAPI document: what each is called and where its arguments go. In: a `Document`. Out: every
operation with the name of its tool, whichever are chosen later, so that a choice renames nothing. The contract is made
from these records, and the guard sends requests by them. No schema is read here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import parse_qsl

from calltune.errors import ContractError

from .json_text import quote
from .names import legal_name, legal_names
from .not_carried import NotCarried
from .openapi_document import METHODS, Document, Where, items, left_behind

Place = Literal["path", "query", "header", "cookie", "field", "body"]
"""Where an argument goes; "field" is a property of the body, "body" is all of it."""
MAX_OPERATIONS = 20_000
_NO_OPERATIONS = ("$ref", "summary", "description", "parameters", "servers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument of a tool, as the service wants it."""

    name: str
    """What the tool calls it."""
    key: str
    """What the service calls it; "" for a whole body."""
    place: Place
    style: str = ""
    """How a list or an object is written there: "form", "simple", "label", "matrix", "spaceDelimited", "pipeDelimited",
    "deepObject", "json"; "" where it is JSON anyway."""
    explode: bool = False


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method of one path."""

    name: str
    """Of the tool: the `operationId` where it is a tool's name, made from it or from method and path where not."""
    method: str
    path: str
    """With `{key}` for each path argument."""
    arguments: tuple[Argument, ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    """What the path itself says after `?`, in every call."""
    media_type: str = ""
    """Of the body; "" where there is none."""
    body_required: bool = False


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An operation as it stands in the document, not read any further."""

    name: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    where: Where
    body: Mapping[str, Any]
    """The operation object."""
    shared: tuple[Any, Where]
    """The parameters of its path item, and where they stand."""
    tags: tuple[str, ...]
    deprecated: bool
    elsewhere: bool
    """Whether it is at other servers than most."""


def entries(document: Document) -> tuple[list[Entry], list[NotCarried]]:
    """Every operation in the order of the document, and what holds none that can be called. ContractError where there
    are more than anybody has."""
    found: list[Entry] = []
    at_server: list[str] = []
    notes: list[NotCarried] = []
    for path, raw in items(document.data.get("paths")):
        if path.startswith("x-"):
            continue
        item, at = document.resolved(raw, ("paths", path))
        if item is None:
            notes.append(
                left_behind(("paths", path), "path", "it is no path item, or its $ref leads nowhere in this document")
            )
            continue
        address, _, query = path.partition("#")[0].partition("?")  # after # documents tell operations apart
        for method, body in items(item):
            where = (*at, method)
            if method in METHODS and isinstance(body, Mapping):
                if re.fullmatch(r"/(?!/)[^\\\x00-\x20]*", address) and not re.search("[{}]", query):
                    at_server.append(_servers(body, item, document.data))
                    found.append(
                        replace(
                            _entry(method, path, where, body, (item.get("parameters"), at)),
                            path=address,
                            query=tuple(parse_qsl(query, keep_blank_values=True)),
                        )
                    )
                else:
                    why = f"the path {quote(path)} must begin with one slash, without backslash, space or ?{{...}}"
                    notes.append(left_behind(where, "path", why))
            elif method not in (*METHODS, *_NO_OPERATIONS) and not method.startswith("x-"):
                notes.append(left_behind(where, "method", f"{quote(method)} is not one that tools are made from"))
    for name, _ in items(document.data.get("webhooks")):
        notes.append(left_behind(("webhooks", name), "webhook", "the service calls it, not the model"))
    if len(found) > MAX_OPERATIONS:
        raise ContractError(f"the document has {len(found):,} operations; {MAX_OPERATIONS:,} are read at most.")
    usual = Counter(at_server).most_common(1)[0][0] if at_server else ""
    found = [replace(entry, elsewhere=said != usual) for entry, said in zip(found, at_server, strict=True)]
    return _named(found, notes), notes


def _servers(*holders: Mapping[str, Any]) -> str:
    """The servers that the innermost of operation, path item and document names."""
    return next((repr(holder["servers"]) for holder in holders if holder.get("servers")), "")


def _entry(method: str, path: str, where: Where, body: Mapping[str, Any], shared: tuple[Any, Where]) -> Entry:
    tags = body.get("tags")
    identity = body.get("operationId")
    made = re.sub(r"\W+", "_", f"{method} {path}", flags=re.ASCII).strip("_")
    return Entry(
        name=identity if isinstance(identity, str) and re.search("[A-Za-z0-9]", identity) else made,
        method=method,
        path=path,
        query=(),
        where=where,
        body=body,
        shared=(shared[0], (*shared[1], "parameters")),
        tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        deprecated=body.get("deprecated") is True,
        elsewhere=False,
    )


def _named(found: list[Entry], notes: list[NotCarried]) -> list[Entry]:
    """The entries with names that tools can have, each once."""
    names = legal_names([entry.name for entry in found])
    for entry, name in zip(found, names, strict=True):
        if name != (wanted := legal_name(entry.name)):
            why = f"the name {wanted} is taken; this operation is called {name}"
            notes.append(left_behind(entry.where, "name", why, name))
    return [replace(entry, name=name) for entry, name in zip(found, names, strict=True)]
