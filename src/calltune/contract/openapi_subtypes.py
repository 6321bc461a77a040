"""Schemas that others extend. In: an OpenAPI document. Out: for each schema with a `discriminator` that others name in
their `allOf`, those others.

Such a schema says two things: in the `allOf` of one that extends it, what all of them have in common; anywhere else,
that it is one of them."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any

from .openapi_document import Document, Where, items

MOST_OF_A_FAMILY = 16
"""In one family; each stands whole in every prompt that shows the schema."""
_MOST_PARENTS = 64
"""In one document; where hundreds of schemas extend one another, every argument would bring most of the document."""


def extended(document: Document) -> dict[Where, dict[Where, Any]]:
    """The places of schemas that others extend, each with its family: itself and those that extend it, also by way of
    another, as they are written. {} where too many are extended."""
    schemas, where = document.target("#/components/schemas") or ({}, ())
    direct: dict[Where, dict[Where, Any]] = {}
    parents: dict[Where, Any] = {}
    for name, node in items(schemas):
        for part in _list(node, "allOf"):
            found = document.target(part["$ref"]) if isinstance(part, Mapping) and "$ref" in part else None
            if found is not None:
                direct.setdefault(found[1], {})[*where, name] = node
                if _property_name(found[0]) is not None:
                    parents[found[1]] = found[0]
    if len(parents) > _MOST_PARENTS:
        return {}
    return {parent: _family(parent, node, direct) for parent, node in parents.items()}


def common_of(node: Mapping[str, Any], document: Document, subtypes: Container[Where]) -> dict[str, Any]:
    """What a schema says of all that extend it, and not which of them it may be."""
    gone = {"discriminator"}
    for keyword in ("oneOf", "anyOf"):
        named = (
            document.target(one["$ref"]) for one in _list(node, keyword) if isinstance(one, Mapping) and "$ref" in one
        )
        if any(found is not None and found[1] in subtypes for found in named):
            gone.add(keyword)
    return {key: value for key, value in node.items() if key not in gone}


def values_of(family: Mapping[Where, Any], mapping: Mapping[Where, list[str]]) -> dict[Where, list[str]]:
    """What the discriminator of each is, where a mapping says it, or the schema itself in the way of Microsoft."""
    own = {where: node.get("x-ms-discriminator-value") for where, node in family.items() if isinstance(node, Mapping)}
    return {**{where: [value] for where, value in own.items() if isinstance(value, str)}, **mapping}


def _property_name(node: Any) -> str | None:
    said = node.get("discriminator") if isinstance(node, Mapping) else None
    name = said.get("propertyName") if isinstance(said, Mapping) else None
    return name if isinstance(name, str) else None


def _list(node: Any, keyword: str) -> Sequence[Any]:
    listed = node.get(keyword) if isinstance(node, Mapping) else None
    return listed if isinstance(listed, list) else ()


def _family(where: Where, node: Any, direct: Mapping[Where, Mapping[Where, Any]]) -> dict[Where, Any]:
    found: dict[Where, Any] = {}
    waiting = [(where, node)]
    while waiting:
        where, node = waiting.pop(0)
        if where not in found:
            found[where] = node
            waiting += direct.get(where, {}).items()
    return found
