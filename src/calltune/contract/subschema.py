"""The part of a schema that speaks about one place of a value. In: a canonical schema and a path. Out: the schema of
that place as far as it can be told without the value: properties, items and local references are followed, and
branches that are the only ones to mention it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .problem import decode_pointer

_MOST_STEPS = 64


def subschema(schema: Any, path: Sequence[str]) -> dict[str, Any] | None:
    """The schema at `path`, an index as text; None where none or more than one speaks about it.

    >>> subschema({"type": "object", "properties": {"a": {"type": "string"}}}, ["a"])
    {'type': 'string'}
    """
    here = _resolved(schema, schema)
    for part in path:
        found = _step(schema, here, part, _MOST_STEPS)
        if len(found) != 1:
            return None
        here = _resolved(schema, found[0])
    return here if isinstance(here, dict) else None


def _resolved(root: Any, schema: Any) -> Any:
    for _ in range(_MOST_STEPS):
        reference = schema.get("$ref") if isinstance(schema, dict) else None
        if not isinstance(reference, str) or not reference.startswith("#"):
            return schema
        target: Any = root
        for part in decode_pointer(reference[1:]):
            target = target.get(part) if isinstance(target, dict) else None
        schema = target
    return None


def _step(root: Any, schema: Any, part: str, left: int) -> list[Any]:
    schema = _resolved(root, schema)
    if not isinstance(schema, dict) or left <= 0:
        return []
    if part in schema.get("properties", ()):
        return [schema["properties"][part]]
    if part.isdecimal() and ("items" in schema or "prefixItems" in schema):
        first = schema.get("prefixItems", ())
        return [first[int(part)]] if int(part) < len(first) else [schema.get("items")]
    found = [
        one
        for keyword in ("allOf", "anyOf", "oneOf")
        for branch in schema.get(keyword, ())
        for one in _step(root, branch, part, left - 1)
    ]
    if not found and isinstance(schema.get("additionalProperties"), dict):
        return [schema["additionalProperties"]]
    return found
