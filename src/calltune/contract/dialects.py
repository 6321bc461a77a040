"""Older dialects into the words of JSON Schema 2020-12. In: a schema with leftovers of drafts 4 to 7, 2019-09 and
OpenAPI 3.0. Out: a new schema of the same shape in today's words, and the faults of every schema object in it.
References stay; nothing is closed."""

from __future__ import annotations

from typing import Any

from .json_text import quote, type_name
from .keywords import ANNOTATIONS, TYPES, keyword_faults, subschemas

Where = tuple[str | int, ...]
_DRAFTS = ("draft-03", "draft-04", "draft-06", "draft-07", "2019-09", "2020-12")
_OPENAPI_FORMATS = frozenset({"int64", "float", "double", "password", "binary"})
"""Formats of the OpenAPI registry that name a storage or a display; every value of the type satisfies them."""


def modernise(node: Any, where: Where, faults: list[tuple[Where, str]]) -> Any:
    """The schema in today's words; what is wrong with it is added to `faults`."""
    if isinstance(node, bool):
        return node
    if not isinstance(node, dict):
        faults.append((where, f"expected a schema (an object), got {quote(node)} ({type_name(node)})"))
        return True
    dialect = node.get("$schema")
    if dialect is not None and not any(draft in str(dialect) for draft in _DRAFTS):
        faults.append(
            (
                (*where, "$schema"),
                f"unknown dialect {quote(dialect)}: calltune reads JSON Schema 2020-12 and older drafts",
            )
        )
    new, broken = modern_words(node)
    faults += [((*where, *below), fault) for below, fault in broken]
    result = new.copy()
    for keyword, key, child in subschemas({key: value for key, value in result.items()}):
        below = (keyword,) if key is None else (keyword, key)
        converted = modernise(child, (*where, *_written(node, below)), faults)
        if key is None:
            result[keyword] = converted
        else:
            if result[keyword] is new[keyword]:
                result[keyword] = new[keyword].copy()
            result[keyword][key] = converted
    return nullable(result, node)


def modern_words(node: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[Where, str]]]:
    """One schema object in today's words, without the keywords that have a fault, and those faults with their places as
    they are written. Its subschemas stay as they are; `nullable` is left to the function of that name."""
    new = _words(node)
    faults = list(keyword_faults(new))
    broken = {below[0] for below, _ in faults}
    kept = {key: value for key, value in new.items() if key not in broken}
    return kept, [(_written(node, below), fault) for below, fault in faults]


def _written(node: dict[str, Any], below: Where) -> Where:
    """The place as it is written in the file, where a keyword was renamed."""
    old = {
        "$defs": "definitions",
        "prefixItems": "items",
        "items": "additionalItems",
        "dependentSchemas": "dependencies",
    }
    old["dependentRequired"] = "dependencies"
    first = below[0]
    if first in old and first not in node and old[str(first)] in node:
        return (old[str(first)], *below[1:])
    if first == "items" and isinstance(node.get("items"), list):
        return ("additionalItems", *below[1:])
    return below


def _words(node: dict[str, Any]) -> dict[str, Any]:
    new = {
        key: value for key, value in node.items() if key not in ("nullable", "discriminator", "$schema", "$vocabulary")
    }
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        flag = new.get(exclusive)
        if isinstance(flag, bool):
            del new[exclusive]
            if flag and bound in new:
                new[exclusive] = new.pop(bound)
    if isinstance(new.get("items"), list):
        if new["items"]:
            new["prefixItems"] = new["items"]
        rest = new.pop("additionalItems", None)
        del new["items"]
        if rest is not None:
            new["items"] = rest
    else:
        new.pop("additionalItems", None)
    if isinstance(new.get("definitions"), dict):
        newer = new.get("$defs")
        new["$defs"] = {**new.pop("definitions"), **(newer if isinstance(newer, dict) else {})}
    if isinstance(dependencies := new.get("dependencies"), dict):
        del new["dependencies"]
        names = {key: value for key, value in dependencies.items() if isinstance(value, list)}
        schemas = {key: value for key, value in dependencies.items() if not isinstance(value, list)}
        for keyword, found in (("dependentRequired", names), ("dependentSchemas", schemas)):
            if found and isinstance(new.get(keyword, {}), dict):
                new[keyword] = {**found, **new.get(keyword, {})}
    return _openapi_formats(new)


def _openapi_formats(new: dict[str, Any]) -> dict[str, Any]:
    name = new.get("format")
    if isinstance(name, str) and name in _OPENAPI_FORMATS:
        del new["format"]
    elif name == "int32" and new.get("type") in ("integer", "number"):
        del new["format"]
        if not {"minimum", "exclusiveMinimum"} & new.keys():
            new["minimum"] = -(2**31)
        if not {"maximum", "exclusiveMaximum"} & new.keys():
            new["maximum"] = 2**31 - 1
    elif name == "byte":
        del new["format"]
        new.setdefault("contentEncoding", "base64")
    return new


def nullable(new: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """OpenAPI 3.0's `nullable: true`, and a default of null that means "none"."""
    if node.get("nullable") is True:
        if new.keys() & {"$ref", "allOf", "anyOf", "oneOf", "const", "not"}:
            notes = {key: value for key, value in new.items() if key in ANNOTATIONS}
            inner = {key: value for key, value in new.items() if key not in ANNOTATIONS and key != "$defs"}
            kept = {"$defs": new["$defs"]} if "$defs" in new else {}
            return {**notes, "anyOf": [inner, {"type": "null"}], **kept}
        kinds = new.get("type")
        if isinstance(kinds, str) and kinds != "null":
            new["type"] = [kinds, "null"]
        elif isinstance(kinds, list) and "null" not in kinds:
            new["type"] = [*kinds, "null"]
        if isinstance(new.get("enum"), list) and None not in new["enum"]:
            new["enum"] = [*new["enum"], None]
    if "default" in new and new["default"] is None and _refuses_null(new):
        del new["default"]
    return new


def _refuses_null(new: dict[str, Any]) -> bool:
    kinds = new.get("type", list(TYPES))
    return ("null" not in kinds if isinstance(kinds, list) else kinds != "null") or None not in new.get("enum", [None])
