"""Arguments in the order in which their schema declares them. In: a value and its schema. Out: the same value, the
members of every object in order, undeclared ones last.

A log has them in any order. One order for all rows is easier to learn, and at run time a grammar can then say what
comes next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calltune.contract.problem import decode_pointer


def in_declared_order(value: Any, schema: Any, root: Any = None, depth: int = 64) -> Any:
    """The value, its objects in the order of `properties`, as far as the schema names them without alternatives.

    >>> in_declared_order({"unit": "c", "city": "Oslo"}, {"properties": {"city": {}, "unit": {}}})
    {'city': 'Oslo', 'unit': 'c'}
    """
    if not isinstance(schema, Mapping) or depth == 0:
        return value
    root = schema if root is None else root
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#"):
        return in_declared_order(value, _target(root, reference), root, depth - 1)
    if isinstance(value, Mapping):
        properties = schema.get("properties")
        if not isinstance(properties, Mapping):
            return value
        order = [key for key in properties if key in value] + [key for key in value if key not in properties]
        return {key: in_declared_order(value[key], properties.get(key), root, depth - 1) for key in order}
    if isinstance(value, list):
        first, rest = schema.get("prefixItems") or (), schema.get("items")
        schemas = [first[place] if place < len(first) else rest for place in range(len(value))]
        return [in_declared_order(item, inner, root, depth - 1) for item, inner in zip(value, schemas, strict=True)]
    return value


def _target(root: Any, reference: str) -> Any:
    for part in decode_pointer(reference.removeprefix("#")):
        root = root.get(part) if isinstance(root, Mapping) else None
    return root
