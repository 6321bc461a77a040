"""The canonical form of a tool's schema. In: a JSON Schema as people write it (any draft, OpenAPI leftovers,
`$ref`s). Out: the same demands in JSON Schema 2020-12, references written out, objects closed, keywords in one order,
properties in theirs; or every fault with its place. The canonical form never accepts a value that the schema as
written refuses.

Not done: `$dynamicRef`, references that leave the document, schemas over 100,000 values, 1 MiB or 64 levels, or with
alternatives that name one another in too many ways: these are faults. Inside `not`, `if`, `contains` and a `oneOf`
whose branches overlap, objects stay as open as they are written, because closing them there would accept more."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from .dialects import modernise
from .json_text import MAX_BYTES, MAX_DEPTH, MAX_VALUES, clip_repr, quote
from .keywords import CONDITION_ONE, IN_PLACE_LIST, IN_PLACE_MAP, IN_PLACE_ONE, near, place, subschemas
from .references import References
from .rewriting import Rewriting, ordered
from .validate import build_validator, one_sentence

Where = tuple[str | int, ...]
_MAX_FAULTS = 100


def canonical(schema: Any, where: Where = ("$",), *, arguments: bool = False) -> tuple[dict[str, Any], list[str]]:
    """The canonical form and the faults, each beginning with its place. With `arguments`, the schema must be of an
    object."""
    result, faults = examined(schema, where, arguments=arguments)
    return result, _sentences(faults)


def examined(
    schema: Any, where: Where = ("$",), *, arguments: bool = False
) -> tuple[dict[str, Any], list[tuple[Where, str]]]:
    """The same with the faults apart from their places; those of defaults are places in the canonical form."""
    faults: list[tuple[Where, str]] = []
    if fault := _over_budget(schema):
        return {}, [(where, fault)]
    if arguments and (fault := _not_arguments(schema)):
        return {}, [(where, fault)]
    modern = modernise(schema, where, faults)
    if faults or not isinstance(modern, dict):
        return {}, faults
    references = References(modern, where)
    faults += references.faults or references.endless()
    if faults:
        return {}, faults
    rewriting = Rewriting(references)
    result = rewriting.document()
    for _ in range(
        MAX_DEPTH
    ):  # writing out can uncover that a part is a definition, or that branches exclude each other
        if rewriting.settled:
            break
        before = result
        rewriting = Rewriting(References(result, where))
        result = rewriting.document()
        if result == before:
            break
    if arguments:
        result = _as_arguments(result, where, faults)
    faults += _contradictions(result, where)
    if not faults:
        faults += _unusable(result, where)
    return result, faults


def _sentences(faults: list[tuple[Where, str]]) -> list[str]:
    lines = list(dict.fromkeys(f"{place(where)}: {sentence}" for where, sentence in faults))
    more = len(lines) - _MAX_FAULTS
    return lines if more <= 0 else [*lines[:_MAX_FAULTS], f"and {more} more"]


def _over_budget(schema: Any) -> str | None:
    """Size, depth and JSON-ness before anything walks the schema by recursion."""
    values, stack = 0, [(schema, 1)]
    while stack:
        value, depth = stack.pop()
        values += 1
        if depth > MAX_DEPTH:
            return f"nested more than {MAX_DEPTH} levels deep"
        if values > MAX_VALUES:
            return f"more than {MAX_VALUES:,} values"
        if isinstance(value, dict):
            for key, item in value.items():
                if not isinstance(key, str):
                    return f"the key {clip_repr(key)} is not text"
                stack.append((item, depth + 1))
        elif isinstance(value, list):
            stack += [(item, depth + 1) for item in value]
        elif isinstance(value, float) and not math.isfinite(value):
            return f"{value} is not a JSON number"
        elif value is not None and not isinstance(value, str | bool | int | float):
            return f"{clip_repr(value)} is not JSON data"
    try:
        size = len(json.dumps(schema, ensure_ascii=False).encode("utf-8"))
    except ValueError:
        return "the text holds a lone surrogate or a number beyond reason, which is not JSON"
    return f"{size:,} bytes where {MAX_BYTES:,} are allowed" if size > MAX_BYTES else None


def _not_arguments(schema: Any) -> str | None:
    if not isinstance(schema, dict):
        return f"expected a schema of an object, got {quote(schema)}"
    if schema and all(isinstance(value, dict) for value in schema.values()) and not schema.keys() & _STRUCTURE:
        names = ", ".join(quote(name) for name in list(schema)[:4])
        around = '{"type": "object", "properties": {...}}'
        return f"these look like the arguments themselves ({names}): write {around} around them"
    return None


_STRUCTURE = frozenset(
    {
        "properties",
        "$defs",
        "definitions",
        "patternProperties",
        "if",
        "then",
        "else",
        "not",
        "additionalProperties",
        "$ref",
    }
)


def _as_arguments(schema: dict[str, Any], where: Where, faults: list[tuple[Where, str]]) -> dict[str, Any]:
    """Arguments are one object: say so, and close it even where it declares no argument at all."""
    kind = schema.get("type", "object")
    if kind != "object":
        faults.append(
            ((*where, "type"), f'the arguments of a tool are an object: write "type": "object", not {quote(kind)}')
        )
        return schema
    if "properties" in schema and not schema["properties"] and not schema.keys() & _RESTS:
        schema = {**schema, "additionalProperties": False}
    return ordered({"type": "object", **schema})


_RESTS = frozenset(
    {"additionalProperties", "unevaluatedProperties", "patternProperties", "$ref", "allOf", "anyOf", "oneOf", "if"}
)


def _contradictions(schema: dict[str, Any], where: Where) -> Iterator[tuple[Where, str]]:
    """Demands that nothing can satisfy: a required name that a closed object does not know."""
    for node, at in _nodes(schema, where):
        if node.get("additionalProperties") is False and "patternProperties" not in node:
            declared = list(node.get("properties", ()))
            for name in node.get("required", ()):
                if name not in declared:
                    meant = near(name, declared)
                    hint = f"; did you mean {quote(meant)}?" if meant else ""
                    yield (*at, "required"), f"{quote(name)} is required but not among the properties{hint}"


def _unusable(schema: dict[str, Any], where: Where) -> Iterator[tuple[Where, str]]:
    """What the validator itself refuses, and defaults that break their own schema."""
    if _ways(schema) > _MOST_WAYS:
        yield where, f"its alternatives name one another in more than {_MOST_WAYS:,} ways"
        return
    try:
        build_validator(schema)
    except Exception as error:  # the validator raises its own types for schemas and for references
        yield where, f"the schema cannot be used: {str(error).splitlines()[0]}"
        return
    defs = schema.get("$defs")
    for node, at in _nodes(schema, where):
        if "default" not in node:
            continue
        alone = {key: value for key, value in node.items() if key != "default"}
        if node is not schema and (defs or "$ref" in str(alone)):
            alone = beside(alone, schema)
        validator = build_validator(alone)
        if not validator.is_valid(node["default"]):
            sentence = one_sentence(validator, alone, node["default"], "the default")
            yield (*at, "default"), f"the default {quote(node['default'])} breaks its own schema: {sentence}"


def _ways(schema: dict[str, Any]) -> int:
    """The most schemas that the validator looks through, one for each way that leads to them, to find out which
    properties an object declares: alternatives that name the same ones twice, 40 levels deep, would take it years."""
    definitions = schema.get("$defs", {})
    known: dict[str, int] = {}

    def below(node: Any) -> int:
        if not isinstance(node, dict):
            return 1
        count = 1
        if isinstance(reference := node.get("$ref"), str):
            name = reference.removeprefix("#/$defs/")
            if name not in known:
                known[name] = 1  # where it leads back to itself
                known[name] = below(definitions.get(name))
            count += known[name]
        return count + sum(below(child) for keyword, _, child in subschemas(node) if keyword in _IN_PLACE)

    asking = [node for node, _ in _nodes(schema, ()) if node.keys() & {"unevaluatedProperties", "unevaluatedItems"}]
    return max(map(below, asking), default=0)


_IN_PLACE = frozenset({*IN_PLACE_LIST, *IN_PLACE_MAP, *IN_PLACE_ONE, *CONDITION_ONE})
_MOST_WAYS = 100_000
"""A few seconds."""


def beside(node: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    """One subschema that can stand alone: the definitions come along, and `#` still names the whole."""
    text = json.dumps({**node, "$defs": {**root.get("$defs", {}), "": {k: v for k, v in root.items() if k != "$defs"}}})
    moved: dict[str, Any] = json.loads(text.replace('"$ref": "#"', '"$ref": "#/$defs/"'))
    return moved


def _nodes(schema: Any, where: Where) -> Iterator[tuple[dict[str, Any], Where]]:
    if isinstance(schema, dict):
        yield schema, where
        for keyword, key, child in subschemas(schema):
            yield from _nodes(child, (*where, keyword) if key is None else (*where, keyword, key))
