"""Two steps on schemas that are not closed yet. In: schemas in today's words. Out: two that speak of one value as one;
and one without the properties that only the other side has: `readOnly` in arguments, `writeOnly` in results."""

from __future__ import annotations

from typing import Any

from .closing import conjoin
from .keywords import IN_PLACE_LIST, subschemas

_MOST_PROPERTIES = 2_000
"""Of one object; `allOf` that makes more stays `allOf`, or a chain of them would be written out at every link."""


def merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any] | None:
    """Both schemas as one, where nothing is lost; a property that both describe must follow both. For schemas that are
    not closed yet."""
    if len(one.get("properties", ())) + len(other.get("properties", ())) > _MOST_PROPERTIES:
        return None
    shared = [name for name in one.get("properties", ()) if name in other.get("properties", ())]
    if shared:
        both = {name: _both(one["properties"][name], other["properties"][name]) for name in shared}
        one = {**one, "properties": {**one["properties"], **both}}
        other = {**other, "properties": {**other["properties"], **both}}
    return conjoin(one, other)


def _both(one: Any, other: Any) -> Any:
    if not isinstance(one, dict) or not isinstance(other, dict):
        return other if one is True else one if other is True else False
    if one == other:
        return one
    together = None if "$ref" in one and "$ref" in other else merged(one, other)
    return {"allOf": [one, other]} if together is None else together


def _hidden_names(node: Any, hidden: str) -> frozenset[str]:
    """Properties that one side never has, in a schema and in those that speak of the same value."""
    if not isinstance(node, dict):
        return frozenset()
    own = {
        name for name, schema in node.get("properties", {}).items() if isinstance(schema, dict) and schema.get(hidden)
    }
    for keyword in IN_PLACE_LIST:
        for branch in node.get(keyword, ()):
            own |= _hidden_names(branch, hidden)
    return frozenset(own)


def without_hidden(node: Any, hidden: str, gone: frozenset[str] = frozenset()) -> Any:
    """The schema without the properties that say `hidden` (or are in `gone`), and without demanding them. A name that
    is required and not described may be anything."""
    if not isinstance(node, dict):
        return node
    gone |= _hidden_names(node, hidden)
    result = dict(node)
    for keyword, key, child in subschemas(node):
        inner = without_hidden(child, hidden, gone if keyword in IN_PLACE_LIST else frozenset())
        if key is None:
            result[keyword] = inner
        else:
            if result[keyword] is node[keyword]:
                result[keyword] = node[keyword].copy()
            result[keyword][key] = inner
    if "properties" in result:
        result["properties"] = {name: schema for name, schema in result["properties"].items() if name not in gone}
    if "required" in result:
        required = [name for name in result["required"] if name not in gone]
        if "properties" in result:
            result["properties"] |= {name: {} for name in required if name not in result["properties"]}
        result["required"] = required
        if not required:
            del result["required"]
    return result
