"""Objects that declare their properties accept no others. In: a schema object in canonical words. Out: the same one,
closed, in the way that is right beside allOf, anyOf and if/then; and two subschemas of the same value merged into one
where that changes nothing. What says `additionalProperties` or `unevaluatedProperties` itself is left as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .keywords import ANNOTATIONS, IN_PLACE_LIST, IN_PLACE_MAP, IN_PLACE_ONE, TYPES

# Keywords that only mean something together: two schemas that both use a group cannot simply be laid over each other.
_GROUPS = (
    frozenset({"properties", "patternProperties", "additionalProperties", "unevaluatedProperties"}),
    frozenset({"prefixItems", "items", "unevaluatedItems"}),
    frozenset({"if", "then", "else"}),
    frozenset({"contains", "minContains", "maxContains"}),
)
_EVALUATED = ("unevaluatedProperties", "unevaluatedItems")


def conjoin(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any] | None:
    """One schema that accepts exactly what both accept, or None where that needs allOf. Annotations of `one` win."""
    if any(key in schema for schema in (one, other) for key in _EVALUATED):
        return None
    merged = dict(one)
    for key, value in other.items():
        if key in ANNOTATIONS or key.startswith("x-"):
            merged.setdefault(key, value)
        elif key == "type":
            types = _both_types(one.get("type"), value)
            if types is None:
                return None
            merged["type"] = types
        elif key == "required":
            merged["required"] = list(dict.fromkeys([*one.get("required", ()), *value]))
        elif key == "properties" and "properties" in one:
            if any(name in one["properties"] and one["properties"][name] != schema for name, schema in value.items()):
                return None
            merged["properties"] = {**one["properties"], **value}
        elif key in one and one[key] != value:
            return None
        else:
            merged[key] = value
    plain = {"properties"}
    for group in _GROUPS:
        left, right = group & one.keys(), group & other.keys()
        if left and right and (left | right) - plain:
            return None
    return merged


def _both_types(one: Any, other: Any) -> Any:
    if one is None or one == other:
        return other
    left, right = ([kind] if isinstance(kind, str) else kind for kind in (one, other))
    both = [kind for kind in left if kind in right]
    whole = "integer" in left + right and "number" in left + right
    if not both or (whole and "integer" not in both):
        return None
    return both[0] if len(both) == 1 else both


def close(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with undeclared properties forbidden, where it declares any and does not speak about the rest
    itself."""
    if "additionalProperties" in schema or "unevaluatedProperties" in schema or not may_be_object(schema):
        return schema
    own = set(schema.get("properties", ()))
    branches = list(_branches(schema))
    others = {name for branch in branches for name in _declared(branch)}
    if not own and not others:
        return schema
    open_reference = "$ref" in schema or any(_has(branch, "$ref") for branch in branches)
    evaluates = any(
        _has(branch, key)
        for branch in branches
        for key in ("additionalProperties", "unevaluatedProperties", "patternProperties")
    )
    if open_reference or evaluates or not others <= own:
        return {**schema, "unevaluatedProperties": False}
    return {**schema, "additionalProperties": False}


def may_be_object(schema: dict[str, Any]) -> bool:
    """Whether an object can satisfy the schema's own `type`."""
    kind = schema.get("type")
    return kind is None or kind == "object" or (isinstance(kind, list) and "object" in kind)


def _branches(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The subschemas that speak about the same value and whose properties count as declared."""
    for keyword in IN_PLACE_LIST:
        yield from (branch for branch in schema.get(keyword, ()) if isinstance(branch, dict))
    for keyword in IN_PLACE_MAP:
        yield from (branch for branch in schema.get(keyword, {}).values() if isinstance(branch, dict))
    for keyword in (*IN_PLACE_ONE, "if"):
        if isinstance(schema.get(keyword), dict):
            yield schema[keyword]


def _declared(schema: dict[str, Any]) -> Iterator[str]:
    yield from schema.get("properties", ())
    if "$ref" in schema:
        yield ""  # a kept reference declares properties that are not looked up here
    for branch in _branches(schema):
        yield from _declared(branch)


def _has(schema: dict[str, Any], keyword: str) -> bool:
    return keyword in schema or any(_has(branch, keyword) for branch in _branches(schema))


def fold_union(branches: list[Any]) -> dict[str, Any] | None:
    """`anyOf` of bare types, or of one schema and null, as one schema with a list of types; None where it is more
    than that."""
    if not all(isinstance(branch, dict) and "type" in branch for branch in branches):
        return None
    bare = [branch for branch in branches if branch.keys() == {"type"}]
    rest = [branch for branch in branches if branch.keys() != {"type"}]
    if len(rest) > 1:
        return None
    first = rest[0] if rest else {}
    kinds = list(dict.fromkeys(kind for branch in branches for kind in _listed(branch["type"])))
    if "integer" in kinds and "number" in kinds and not rest:
        kinds.remove("integer")
    if rest:
        if any(branch["type"] != "null" for branch in bare) or not first.keys() <= _TYPED:
            return None
        if "enum" in first and None not in first["enum"] and bare:
            first = {**first, "enum": [*first["enum"], None]}
    return {**first, "type": kinds[0] if len(kinds) == 1 else [kind for kind in kinds if kind in TYPES]}


def _listed(kind: Any) -> list[Any]:
    return [kind] if isinstance(kind, str) else list(kind)


_TYPED = frozenset(ANNOTATIONS) | {
    "type", "enum", "minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "items", "prefixItems",
    "minItems", "maxItems", "uniqueItems", "contains", "minContains", "maxContains", "properties",
    "patternProperties", "additionalProperties", "required", "minProperties", "maxProperties",
    "dependentRequired", "propertyNames",
}  # fmt: skip
"""Keywords that say nothing about null (but for enum), so that null can join the type list beside them."""


def disjoint(branches: list[dict[str, Any]]) -> bool:
    """Whether no value can satisfy two of the branches, as far as types and required constants tell."""
    return all(_apart(one, other) for index, one in enumerate(branches) for other in branches[:index])


def _apart(one: dict[str, Any], other: dict[str, Any]) -> bool:
    kinds = [_listed(schema["type"]) if "type" in schema else list(TYPES) for schema in (one, other)]
    left, right = ({"integer" if kind == "number" else kind for kind in each} for each in kinds)
    if not left & right:
        return True
    if left & right != {"object"}:
        return False
    for name in set(one.get("required", ())) & set(other.get("required", ())):
        values = [_constants(schema.get("properties", {}).get(name)) for schema in (one, other)]
        if all(values) and not set(values[0]) & set(values[1]):
            return True
    return False


def _constants(schema: Any) -> list[str]:
    if not isinstance(schema, dict):
        return []
    if "const" in schema:
        return [repr(schema["const"])] if isinstance(schema["const"], str) else []
    options = schema.get("enum", [])
    return [repr(option) for option in options] if all(isinstance(option, str) for option in options) else []


def opened(schema: Any) -> Any:
    """The schema, in anybody's words, with every object open that does not say itself whether it is: for the results of
    others, who may give more than they promised.

    >>> opened({"properties": {"price": {"type": "number"}}})
    {'properties': {'price': {'type': 'number'}}, 'additionalProperties': True}
    """
    if isinstance(schema, list):
        return [opened(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: value if key in _DATA else opened(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict):
        result["properties"] = {name: opened(inner) for name, inner in schema["properties"].items()}
        if not any(word in schema for word in ("additionalProperties", "unevaluatedProperties")):
            result["additionalProperties"] = True
    return result


_DATA = frozenset({"enum", "const", "default", "examples", "example", "properties"})
"""Where data or names stand, not schemas."""
