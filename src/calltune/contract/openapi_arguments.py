"""The arguments of one operation: path, query, header, cookie and body parameters as one object. In: an entry of a
document. Out: the `Operation` with the place of each argument, the schema of the arguments, and what of it could not be
carried over.

A body that is a plain object lies among the arguments; any other is the argument `body`. Where two places have an
argument of the same name, the first of path, query, header, cookie and body keeps it, and another is called
`query_id`, `body_id`. What the program gives (keys, tokens, what the HTTP client sets) is no argument."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from .json_text import quote
from .not_carried import NotCarried
from .openapi_document import Document, Where, items, left_behind
from .openapi_schema import Schemas, TooLargeError
from .operations import Argument, Entry, Operation, Place

_PLACES: tuple[Place, ...] = ("path", "query", "header", "cookie", "field", "body")
_STYLES = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form",),
}
"""The default comes first."""
_BY_CLIENT = frozenset(
    {
        "accept", "accept-encoding", "connection", "content-length", "content-type", "cookie", "expect", "host",
        "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
    }
)  # fmt: skip
_SECRET_HEADER = re.compile(r"(?:proxy-)?authorization|(?:.*[-_])?(?:api|access|auth)[-_]?(?:key|token)", re.IGNORECASE)
_SECRET_ELSEWHERE = re.compile(r"(?:api|access)[-_]?(?:key|token)", re.IGNORECASE)
_OF_A_PLAIN_OBJECT = frozenset(
    {
        "type", "properties", "required", "title", "description", "examples", "deprecated", "additionalProperties",
        "dependentRequired", "anyOf", "oneOf", "allOf",
    }
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Read:
    """An operation and the schema of its arguments."""

    operation: Operation
    parameters: dict[str, Any]
    """As a document of its own; open where the document is."""
    said: str
    """What the document says about its body as a whole."""


@dataclass(kw_only=True)
class _Given:
    """An argument before it has its name."""

    key: str
    place: Place
    schema: Any
    required: bool
    style: str = ""
    explode: bool = False
    name: str = ""


@dataclass
class _Reading:
    document: Document
    schemas: Schemas
    entry: Entry
    notes: list[NotCarried] = field(default_factory=list)
    given: list[_Given] = field(default_factory=list)
    media_type: str = ""
    body_required: bool = False
    said: str = ""
    rest: dict[str, Any] = field(default_factory=dict)
    """Demands on the body as a whole, about names alone."""

    def note(self, where: Where, what: str, why: str) -> None:
        self.notes.append(left_behind(where, what, why, self.entry.name))


class UncallableError(Exception):
    """Nothing that a model can write would call this operation."""


def read_arguments(document: Document, schemas: Schemas, entry: Entry) -> tuple[Read | None, list[NotCarried]]:
    """The operation with its arguments; None, with the reason among the notes, where it cannot be called."""
    reading = _Reading(document, schemas, entry)
    try:
        _read_parameters(reading)
        if "requestBody" in entry.body:
            _read_body(reading)
        return _read(reading), reading.notes
    except (UncallableError, TooLargeError) as error:
        reading.note(entry.where, "operation", f"it is left out: {error}")
    except RecursionError:
        reading.note(entry.where, "operation", "it is left out: its schemas are nested too deep")
    return None, reading.notes


def _read(reading: _Reading) -> Read:
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


def _read_parameters(reading: _Reading) -> None:
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
            reading.given.append(
                _Given(key=key, place="path", schema={"type": "string"}, required=True, style="simple")
            )


def _read_parameter(
    reading: _Reading,
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
    if place == "path" and "{" + key + "}" not in reading.entry.path:
        reading.note(where, "path parameter", f"{quote(key)} does not stand in the path")
        return
    style = parameter.get("style", _STYLES[place][0])
    explode = parameter.get("explode", style == "form") is True
    if style not in _STYLES[place]:
        reading.note((*where, "style"), "style", f"{quote(style)} is none of a {place} parameter")
        style = _STYLES[place][0]
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
    schema = _annotated(schema, parameter)
    where_to = cast(Place, place)
    reading.given.append(
        _Given(key=key, place=where_to, schema=schema, required=required, style=style, explode=explode)
    )


def _annotated(schema: Any, holder: Mapping[str, Any]) -> Any:
    """The schema with what its parameter, body or media type says about it."""
    if not isinstance(schema, dict):
        schema = {} if schema else {"not": {}}
    schema = dict(schema)
    if isinstance(holder.get("description"), str) and holder["description"].strip():
        schema["description"] = holder["description"]
    if holder.get("deprecated") is True:
        schema["deprecated"] = True
    examples = _examples(holder)
    if examples:
        schema["examples"] = examples
    return schema


def _examples(holder: Mapping[str, Any]) -> list[Any]:
    found = [holder["example"]] if "example" in holder else []
    return found + [
        one["value"] for _, one in items(holder.get("examples")) if isinstance(one, Mapping) and "value" in one
    ]


# -- the body ------------------------------------------------------------------------------------------------------


def _read_body(reading: _Reading) -> None:
    where = (*reading.entry.where, "requestBody")
    body, where = reading.document.resolved(reading.entry.body["requestBody"], where)
    if body is None:
        reading.note(where, "body", "its $ref leads nowhere in this document; it is left out")
        return
    required = body.get("required") is True
    media_types = [media_type for media_type, _ in items(body.get("content"))]
    media_type = next((one for fits in _BODIES for one in media_types if fits(_essence(one))), None)
    if media_type is None:
        what = ", ".join(media_types[:4]) or "not described"
        if required:
            raise UncallableError(f"its body is {what}, and no model writes that")
        reading.note((*where, "content"), "body", f"it is {what}, and no model writes that")
        return
    media = body["content"][media_type]
    media = media if isinstance(media, Mapping) else {}
    place = (*where, "content", media_type, "schema")
    schema = reading.schemas.convert(media.get("schema", {}), place)
    reading.media_type = "application/json" if _essence(media_type) == "*/*" else _essence(media_type)
    reading.body_required = required
    fields = None
    if not _essence(media_type).startswith("text/") or is_json(media_type):
        fields = _plain_object(reading.schemas.one_sided(reading.schemas.spelled_out(schema)))
    if fields is not None:
        _read_fields(reading, fields, media, body, place)
    elif not is_json(media_type) and _essence(media_type) in (FORM, MULTIPART):
        reading.media_type = ""
        if required:
            raise UncallableError("its form has no known fields")
        reading.note(place, "body", "it is a form without known fields; it is left out")
    else:
        schema = _annotated(_annotated(schema, media), {"description": body.get("description")})
        reading.given.append(_Given(key="", place="body", schema=schema, required=required))


def _read_fields(
    reading: _Reading, schema: dict[str, Any], media: Mapping[str, Any], body: Mapping[str, Any], where: Where
) -> None:
    """The properties of the body, among the arguments."""
    required = schema.get("required", [])
    if required and not reading.body_required:
        reading.note(where, "optional body", f"it needs {', '.join(map(quote, required[:4]))} and is taken as required")
    examples = [one for one in (*_examples(media), *schema.get("examples", ())) if isinstance(one, Mapping)]
    as_json = is_json(reading.media_type)
    said = [schema.get("description"), body.get("description")]
    reading.said = "\n\n".join(text for text in dict.fromkeys(said) if isinstance(text, str) and text.strip())
    for key, one in schema["properties"].items():
        style, explode = ("", False) if as_json else _encoding(media.get("encoding"), key)
        if reading.media_type == MULTIPART and _is_file(reading.schemas.spelled_out(one)):
            if key in required:
                raise UncallableError(f"the file {quote(key)} has to be sent, and no model writes one")
            reading.note((*where, "properties", key), "file", f"{quote(key)} is a file, and no model writes one")
            continue
        found = [example[key] for example in examples if key in example][:1]
        if found and isinstance(one, dict) and "examples" not in one:
            one = {**one, "examples": found}
        reading.given.append(
            _Given(key=key, place="field", schema=one, required=key in required, style=style, explode=explode)
        )
    reading.rest = {word: schema[word] for word in ("dependentRequired", "anyOf", "oneOf", "allOf") if word in schema}


def _plain_object(schema: Any) -> dict[str, Any] | None:
    """A schema of an object of which everything is said by its properties; None of any other."""
    if not isinstance(schema, dict) or "properties" not in schema or not schema.keys() <= _OF_A_PLAIN_OBJECT:
        return None
    if schema.get("type", "object") not in ("object", ["object"]):
        return None
    if schema.get("additionalProperties", False) is not False:
        return None
    branches = [branch for word in ("anyOf", "oneOf", "allOf") for branch in schema.get(word, ())]
    alone = all(isinstance(branch, dict) and branch.keys() == {"required"} for branch in branches)
    return schema if alone else None


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """`dependentRequired`, or branches that only say what is required, with the arguments' names."""
    if isinstance(value, list):
        return [{"required": [names.get(name, name) for name in branch["required"]]} for branch in value]
    return {names.get(name, name): [names.get(one, one) for one in needed] for name, needed in value.items()}


def _encoding(encoding: Any, key: str) -> tuple[str, bool]:
    """Style and explode of a field of a form."""
    said = encoding.get(key) if isinstance(encoding, Mapping) else None
    said = said if isinstance(said, Mapping) else {}
    style = said["style"] if said.get("style") in _STYLES["query"] else "form"
    return style, said.get("explode", style == "form") is True


def _is_file(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return False
    if schema.get("type") == "array":
        return _is_file(schema.get("items"))
    return schema.get("contentMediaType") is not None and "contentEncoding" not in schema


FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"


def _essence(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Whether a body of this media type is JSON."""
    essence = _essence(media_type)
    return essence in ("application/json", "text/json", "*/*") or essence.endswith("+json")


_BODIES = (
    lambda essence: essence == "application/json",
    is_json,
    lambda essence: essence == FORM,
    lambda essence: essence == MULTIPART,
    lambda essence: essence == "text/plain",
)
"""What is taken of several media types, the best first."""


# -- names ---------------------------------------------------------------------------------------------------------


def _name(reading: _Reading) -> None:
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
