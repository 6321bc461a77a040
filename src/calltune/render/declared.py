"""Arguments in the order in which their schema declares them. In: a value and its schema. Out: the same value, the
members of every object in order, undeclared ones last.

A log has them in any order. One order for all rows is easier to learn, and at run time a grammar can then say what
comes next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def in_declared_order(value: Any, schema: Any) -> Any:
    """The value, its objects in the order of `properties`, as far as the schema names them without alternatives.

    >>> in_declared_order({"unit": "c", "city": "Oslo"}, {"properties": {"city": {}, "unit": {}}})
    {'city': 'Oslo', 'unit': 'c'}
    """
    if not isinstance(schema, Mapping):
        return value
    if isinstance(value, Mapping):
        properties = schema.get("properties")
        if not isinstance(properties, Mapping):
            return value
        order = [key for key in properties if key in value] + [key for key in value if key not in properties]
        return {key: in_declared_order(value[key], properties.get(key)) for key in order}
    if isinstance(value, list) and "items" in schema:
        return [in_declared_order(item, schema["items"]) for item in value]
    return value
