"""The body of an operation, as arguments. In: an operation that is being read. Out: its arguments, one for each
property of a body that is a plain object, one named `body` for any other. JSON is taken before a form, a form before
text; a file is left behind, and what needs one cannot be called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .json_text import quote
from .openapi_document import Where, items
from .openapi_reading import STYLES, Given, Reading, UncallableError, annotated, examples_of

_OF_A_PLAIN_OBJECT = frozenset(
    {
        "type", "properties", "required", "title", "description", "examples", "deprecated", "additionalProperties",
        "dependentRequired", "anyOf", "oneOf", "allOf",
    }
)  # fmt: skip


def read_body(reading: Reading) -> None:
    """Adds what the body takes. UncallableError where no model can write what it needs."""
    where = (*reading.entry.where, "requestBody")
    body, where = reading.document.resolved(reading.entry.body["requestBody"], where)
    if body is None:
        reading.note(where, "body", "its $ref leads nowhere in this document; it is left out")
        return
    required = body.get("required") is True
    content = dict(items(body.get("content")))
    media_type = next((one for fits in _BODIES for one in content if fits(_essence(one))), None)
    if media_type is None:
        what = ", ".join(list(content)[:4]) or "not described"
        if required:
            raise UncallableError(f"its body is {what}, and no model writes that")
        reading.note((*where, "content"), "body", f"it is {what}, and no model writes that")
        return
    media = content[media_type] if isinstance(content[media_type], Mapping) else {}
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
        document = reading.document
        schema = annotated(document, annotated(document, schema, media), {"description": body.get("description")})
        reading.given.append(Given(key="", place="body", schema=schema, required=required))


def _read_fields(
    reading: Reading, schema: dict[str, Any], media: Mapping[str, Any], body: Mapping[str, Any], where: Where
) -> None:
    """The properties of the body, among the arguments."""
    required = schema.get("required", [])
    if required and not reading.body_required:
        reading.note(where, "optional body", f"it needs {', '.join(map(quote, required[:4]))} and is taken as required")
    shown = [*examples_of(reading.document, media), *schema.get("examples", ())]
    examples = [one for one in shown if isinstance(one, Mapping)]
    as_json = is_json(reading.media_type)
    said = [text for text in (schema.get("description"), body.get("description")) if isinstance(text, str)]
    reading.said = "\n\n".join(text for text in dict.fromkeys(said) if text.strip())
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
            Given(key=key, place="field", schema=one, required=key in required, style=style, explode=explode)
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


def _encoding(encoding: Any, key: str) -> tuple[str, bool]:
    """Style and explode of a field of a form."""
    said = encoding.get(key) if isinstance(encoding, Mapping) else None
    said = said if isinstance(said, Mapping) else {}
    style = said["style"] if said.get("style") in STYLES["query"] else "form"
    return style, said.get("explode", style == "form") is True


def _is_file(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return False
    if schema.get("type") == "array":
        return _is_file(schema.get("items"))
    held = schema.get("contentMediaType")
    return (
        isinstance(held, str) and not is_json(held) and not held.startswith("text/") and "contentEncoding" not in schema
    )


FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"


_TOKEN = r"[a-z0-9!#$&^_.+-]+"


def _essence(media_type: str) -> str:
    """The media type without its parameters; "" where it is none, for it goes into a header."""
    essence = media_type.partition(";")[0].strip().lower()
    return essence if re.fullmatch(rf"{_TOKEN}/{_TOKEN}|\*/\*", essence) else ""


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
