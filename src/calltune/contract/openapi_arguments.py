"""The arguments of one operation: path, query, header, cookie and body parameters as one object. In: an entry of a
document. Out: the `Operation` with the place of each argument, the schema of the arguments, and what of it could not be
carried over.

A body that is a plain object lies among the arguments; any other is the argument `body`. Where two places have an
argument of the same name, the first of path, query, header, cookie and body keeps it, and another is called
`query_id`, `body_id`. What the program gives (keys, tokens, what the HTTP client sets) is no argument."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from .json_text import quote
from .not_carried import NotCarried
from .openapi_body import is_json, read_body
from .openapi_document import Document, Where, items
from .openapi_reading import STYLES, Given, Reading, UncallableError, annotated
from .openapi_schema import Schemas, TooLargeError
from .operations import Argument, Entry, Operation, Place

_PLACES: tuple[Place, ...] = ("path", "query", "header", "cookie", "field", "body")
_BY_CLIENT = frozenset(
    {
        "accept", "accept-encoding", "connection", "content-length", "content-type", "cookie", "expect", "host",
        "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
    }
)  # fmt: skip
TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
"""What HTTP takes for the name of a header or a cookie."""
_SECRET_HEADER = re.compile(r"(?:proxy-)?authorization|(?:.*[-_])?(?:api|access|auth)[-_]?(?:key|token)", re.IGNORECASE)
_SECRET_ELSEWHERE = re.compile(r"(?:api|access)[-_]?(?:key|token)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Read:
    """An operation and the schema of its arguments."""

    operation: Operation
    parameters: dict[str, Any]
    """As a document of its own; open where the document is."""
    said: str
    """What the document says about its body as a whole."""


def read_arguments(document: Document, schemas: Schemas, entry: Entry) -> tuple[Read | None, list[NotCarried]]:
    """The operation with its arguments; None, with the reason among the notes, where it cannot be called."""
    reading = Reading(document, schemas, entry)
    try:
        _read_parameters(reading)
        if "requestBody" in entry.body:
            read_body(reading)
        return _read(reading), reading.notes
    except UncallableError as error:
        reading.note(entry.where, "operation", f"it is left out: {error}")
    except (TooLargeError, RecursionError) as error:
        if schemas.without_subtypes is not schemas:
            return read_arguments(document, schemas.without_subtypes, entry)
        why = str(error) if isinstance(error, TooLargeError) else "its schemas are nested too deep"
        reading.note(entry.where, "operation", f"it is left out: {why}")
    return None, reading.notes


def _read(reading: Reading) -> Read:
    """The operation, once all that it takes is known."""
    entry = reading.entry
    _name(reading)
    given = sorted(reading.given, key=lambda one: not one.required)
    names = {one.key: one.name for one in given if one.place == "field"}
    parameters = {
        "type": "object",
        "properties": {one.name: one.schema for one in given},
        "required": [one.name for one in given if one.required],
        **{keyword: _renamed(value, names) for keyword, value in reading.rest.items()},
    }
    operation = Operation(
        name=entry.name,
        method=entry.method.upper(),
        path=entry.path,
        query=entry.query,
        arguments=tuple(
            Argument(name=one.name, key=one.key, place=one.place, style=one.style, explode=one.explode) for one in given
        ),
        media_type=reading.media_type,
        body_required=reading.body_required,
    )
    return Read(operation=operation, parameters=reading.schemas.whole(parameters), said=reading.said)


# -- parameters ----------------------------------------------------------------------------------------------------


def secret_parameters(document: Document) -> frozenset[tuple[str, str]]:
    """Place and name, in lower case, of what the document's security schemes call for."""
    components = document.data.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, Mapping) else None
    found = set()
    for _, raw in items(schemes):
        scheme, _ = document.resolved(raw, ())
        if scheme is not None and scheme.get("type") == "apiKey":
            found.add((str(scheme.get("in")), str(scheme.get("name")).lower()))
    return frozenset(found)


def _read_parameters(reading: Reading) -> None:
    found: dict[tuple[str, str], tuple[Mapping[str, Any], Where]] = {}
    shared, above = reading.entry.shared
    own = reading.entry.body.get("parameters")
    for listed, at in ((shared, above), (own, (*reading.entry.where, "parameters"))):
        for index, raw in enumerate(listed if isinstance(listed, list) else ()):
            parameter, where = reading.document.resolved(raw, (*at, index))
            if parameter is None or not isinstance(parameter.get("name"), str) or not parameter["name"]:
                reading.note((*at, index), "parameter", "it has no name, or its $ref leads nowhere in this document")
                continue
            found[str(parameter.get("in")), parameter["name"]] = parameter, where
    secrets = secret_parameters(reading.document)
    for (place, key), (parameter, where) in found.items():
        _read_parameter(reading, place, key, parameter, where, secrets)
    given = {one.key for one in reading.given if one.place == "path"}
    for key in dict.fromkeys(re.findall(r"\{([^{}]*)\}", reading.entry.path)):
        if key not in given:
            reading.note(reading.entry.where, "path parameter", f"{quote(key)} is not described; any text is allowed")
            reading.given.append(Given(key=key, place="path", schema={"type": "string"}, required=True, style="simple"))


def _read_parameter(
    reading: Reading,
    place: str,
    key: str,
    parameter: Mapping[str, Any],
    where: Where,
    secrets: frozenset[tuple[str, str]],
) -> None:
    required = place == "path" or parameter.get("required") is True
    if place not in ("path", "query", "header", "cookie"):
        if required:
            raise UncallableError(f"the required parameter {quote(key)} stands in {quote(place)}")
        reading.note(where, "parameter", f"there is no place {quote(place)}")
        return
    pattern = _SECRET_HEADER if place == "header" else _SECRET_ELSEWHERE
    if place != "path" and ((place, key.lower()) in secrets or pattern.fullmatch(key)):
        reading.note(where, "security parameter", f"{key} is no argument of the model: the program gives it")
        return
    if place == "header" and key.lower() in _BY_CLIENT:
        reading.note(where, "header", f"{key} is no argument: the HTTP client sets it")
        return
    if place in ("header", "cookie") and not re.fullmatch(TOKEN, key):
        if required:
            raise UncallableError(f"its {place} {quote(key)} has no name that HTTP knows")
        reading.note(where, place, f"{quote(key)} is no name that HTTP knows")
        return
    if place == "path" and "{" + key + "}" not in reading.entry.path:
        reading.note(where, "path parameter", f"{quote(key)} does not stand in the path")
        return
    style = parameter.get("style", STYLES[place][0])
    explode = parameter.get("explode", style == "form") is True
    if style not in STYLES[place]:
        reading.note((*where, "style"), "style", f"{quote(style)} is none of a {place} parameter")
        style = STYLES[place][0]
    if parameter.get("allowReserved") is True:
        reading.note((*where, "allowReserved"), "allowReserved", "reserved characters are escaped, as in any value")
    schema = reading.schemas.convert(parameter["schema"], (*where, "schema")) if "schema" in parameter else {}
    contents = list(items(parameter.get("content")))
    if contents and "schema" not in parameter:
        media_type, media = contents[0]
        style = "json" if is_json(media_type) else style
        if isinstance(media, Mapping) and "schema" in media:
            schema = reading.schemas.convert(media["schema"], (*where, "content", media_type, "schema"))
    if reading.schemas.is_hidden(parameter.get("schema")):
        return
    schema = annotated(reading.document, schema, parameter)
    where_to = cast(Place, place)
    reading.given.append(Given(key=key, place=where_to, schema=schema, required=required, style=style, explode=explode))


# -- names ---------------------------------------------------------------------------------------------------------


def _name(reading: Reading) -> None:
    """Each argument gets a name of its own."""
    wanted = {one.key or "body" for one in reading.given}
    taken: set[str] = set()
    for one in sorted(reading.given, key=lambda one: _PLACES.index(one.place)):
        name = key = one.key or "body"
        word = "body" if one.place == "field" else one.place
        number = 1
        while name in taken or (name != key and name in wanted):
            name = f"{word}_{key}" if number == 1 else f"{word}_{key}_{number}"
            number += 1
        if name != key:
            reading.note(reading.entry.where, "argument name", f"{quote(key)} is taken; the {word}'s is called {name}")
        taken.add(name)
        one.name = name


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """`dependentRequired`, or branches that only say what is required, with the arguments' names."""
    if isinstance(value, list):
        return [{"required": [names.get(name, name) for name in branch["required"]]} for branch in value]
    return {names.get(name, name): [names.get(one, one) for one in needed] for name, needed in value.items()}
