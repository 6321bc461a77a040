"""When are the arguments of two calls the same? In: JSON values, and the schema of the tool. Out: a hashable key,
equal for equal values.

Objects are equal in any order of their keys; numbers by value (1 == 1.0, but true is not 1); arrays in order; strings
exactly. An optional argument given at its documented default counts as left out. Not done: units, case, white space,
synonyms.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any


def arguments_key(arguments: Any, schema: Mapping[str, Any] | None = None) -> Hashable:
    """The arguments as a hashable value.

    >>> arguments_key({"a": 1, "b": True}) == arguments_key({"b": True, "a": 1.0})
    True
    """
    return value_key(without_defaults(arguments, schema or {}))


def value_key(value: Any) -> Hashable:
    """Any JSON value as a hashable value; the tags keep true apart from 1 and {} apart from []."""
    if isinstance(value, Mapping):
        return ("object", frozenset((key, value_key(item)) for key, item in value.items()))
    if isinstance(value, list | tuple):
        return ("array", tuple(value_key(item) for item in value))
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, int | float):
        # NaN is not equal to itself, and an expected NaN (there is none in JSON) should still be found again.
        return ("number", "nan" if value != value else value)
    return (type(value).__name__, value)


def without_defaults(value: Any, schema: Mapping[str, Any]) -> Any:
    """Optional properties at their default are taken out, in nested objects and array items too."""
    if isinstance(value, list | tuple):
        items = schema.get("items")
        return [without_defaults(item, items) for item in value] if isinstance(items, Mapping) else value
    properties = schema.get("properties")
    if not isinstance(value, Mapping) or not isinstance(properties, Mapping):
        return value
    required = set(schema.get("required") or ())
    kept = {}
    for name, item in value.items():
        inner = properties.get(name)
        inner = inner if isinstance(inner, Mapping) else {}
        if "default" in inner and name not in required and value_key(item) == value_key(inner["default"]):
            continue
        kept[name] = without_defaults(item, inner)
    return kept
