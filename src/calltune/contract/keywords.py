"""The words of JSON Schema 2020-12: what each keyword must look like, where subschemas stand, and which fix to
propose when a schema is spelled for another dialect. In: one schema object. Out: faults as sentences. Nothing is
changed here."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import jsonschema_rs

from .json_text import quote, type_name

TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")
FORMATS = (
    "date", "date-time", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6", "uri",
    "uri-reference", "iri", "iri-reference", "uri-template", "uuid", "json-pointer", "relative-json-pointer", "regex",
)  # fmt: skip
"""The formats that jsonschema-rs asserts; any other would be a promise that nobody keeps."""
ANNOTATIONS = (
    "title",
    "description",
    "default",
    "examples",
    "example",
    "deprecated",
    "readOnly",
    "writeOnly",
    "$comment",
)

# Where subschemas stand. `site`: they speak of another place in the value; `in_place`: of the same value; the third
# group is
# not a demand on the value itself (a condition, a negation, a count), so narrowing it could widen what is accepted.
SITE_ONE = ("items", "additionalProperties", "unevaluatedItems", "unevaluatedProperties")
SITE_LIST = ("prefixItems",)
SITE_MAP = ("properties", "patternProperties")
IN_PLACE_ONE = ("then", "else")
IN_PLACE_LIST = ("allOf", "anyOf", "oneOf")
IN_PLACE_MAP = ("dependentSchemas",)
CONDITION_ONE = ("if", "not")
COUNTED_ONE = ("contains", "propertyNames", "contentSchema")
DEFINITIONS = ("$defs",)

_ONE = (*SITE_ONE, *IN_PLACE_ONE, *CONDITION_ONE, *COUNTED_ONE)
_LIST = (*SITE_LIST, *IN_PLACE_LIST)
_MAP = (*SITE_MAP, *IN_PLACE_MAP, *DEFINITIONS)
_COUNTS = (
    "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains",
)  # fmt: skip
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_TEXTS = (
    "title",
    "description",
    "$comment",
    "format",
    "pattern",
    "contentEncoding",
    "contentMediaType",
    "$anchor",
    "$id",
)
_FLAGS = ("uniqueItems", "deprecated", "readOnly", "writeOnly")
_OTHERS = (
    "type",
    "enum",
    "const",
    "required",
    "dependentRequired",
    "default",
    "examples",
    "$ref",
    "$schema",
    "$vocabulary",
)
KNOWN = (*_ONE, *_LIST, *_MAP, *_COUNTS, *_NUMBERS, "multipleOf", *_TEXTS, *_FLAGS, *_OTHERS)
_NOT_TYPOS = frozenset(
    {"example", "item", "order", "optional", "definitions", "dependencies", "additionalItems", "nullable", "id"}
)

_SPELLINGS = {
    "dict": "object", "map": "object", "hash": "object", "record": "object", "struct": "object", "json": "object",
    "mapping": "object", "model": "object",
    "float": "number", "double": "number", "decimal": "number", "real": "number", "num": "number", "float32": "number",
    "float64": "number", "numeric": "number",
    "int": "integer", "long": "integer", "short": "integer", "int32": "integer", "int64": "integer", "uint": "integer",
    "bigint": "integer",
    "str": "string", "text": "string", "char": "string", "varchar": "string", "enum": "string", "bytes": "string",
    "list": "array", "tuple": "array", "set": "array", "sequence": "array", "vector": "array", "iterable": "array",
    "bool": "boolean", "none": "null", "nil": "null", "nonetype": "null", "undefined": "null", "void": "null",
}  # fmt: skip
_FORMAT_TYPES = {
    "date": "date",
    "datetime": "date-time",
    "time": "time",
    "uuid": "uuid",
    "email": "email",
    "uri": "uri",
    "url": "uri",
}
_ANYTHING = frozenset({"any", "mixed", "unknown", "*", "all", "variant"})


def place(where: tuple[str | int, ...]) -> str:
    """A path for people: `place(("$", "tools", 2, "parameters"))` is `$.tools[2].parameters`."""
    text = ""
    for part in where:
        if isinstance(part, int):
            text += f"[{part}]"
        elif re.fullmatch(r"[\w$-]+", part):
            text += f".{part}" if text else part
        else:
            text += f"[{quote(part)}]"
    return text


def near(word: str, known: tuple[str, ...] | list[str], cutoff: float = 0.6) -> str | None:
    """The known word that was probably meant."""
    if not isinstance(word, str) or len(word) > 128:
        return None
    folded = {name.lower(): name for name in reversed(known)}
    found = difflib.get_close_matches(word.lower(), list(folded), n=1, cutoff=cutoff)
    return folded[found[0]] if found else None


def subschemas(node: dict[str, Any]) -> Iterator[tuple[str, str | int | None, Any]]:
    """Every subschema of one schema object: keyword, key or index in it (None where it is the value itself),
    subschema."""
    for keyword, value in node.items():
        if keyword in _ONE:
            yield keyword, None, value
        elif keyword in _LIST and isinstance(value, list):
            for index, item in enumerate(value):
                yield keyword, index, item
        elif keyword in _MAP and isinstance(value, dict):
            for key, item in value.items():
                yield keyword, key, item


def meaning_of(spelling: str) -> str | None:
    """JSON Schema's name for a type of another language: "number" for "float"; "" where it means any value; None where
    nobody knows."""
    word = spelling.strip().lower()
    if word in _ANYTHING:
        return ""
    return word if word in TYPES else "string" if word in _FORMAT_TYPES else _SPELLINGS.get(word)


def with_subschemas(node: dict[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    """A copy of one schema object in which every subschema is what `change` makes of it."""
    new = dict(node)
    for keyword, key, inner in subschemas(node):
        if key is None:
            new[keyword] = change(inner)
        else:
            if new[keyword] is node[keyword]:
                new[keyword] = node[keyword].copy()
            new[keyword][key] = change(inner)
    return new


def type_fault(spelling: Any) -> str:
    """What is wrong with a type that is none of JSON Schema's seven, with the fix."""
    if not isinstance(spelling, str):
        return f"a type is one of {_words(TYPES)}, got {quote(spelling)}"
    word = spelling.strip().lower()
    if word in _ANYTHING:
        return f"unknown type {quote(spelling)}: leave `type` out where any value is allowed"
    if word in _FORMAT_TYPES:
        return f'unknown type {quote(spelling)}: write "type": "string", "format": "{_FORMAT_TYPES[word]}"'
    inner = re.fullmatch(r"(?:list|array|sequence|set|iterable)\s*[\[<(]\s*([\w-]+)\s*[\])>]|([\w-]+)\s*\[\s*\]", word)
    if inner:
        item = inner[1] or inner[2]
        fixed = item if item in TYPES else _SPELLINGS.get(item)
        items = f', "items": {{"type": "{fixed}"}}' if fixed else ', "items": ...'
        return f'unknown type {quote(spelling)}: write "type": "array"{items}'
    head = re.split(r"[\[<({ ,|]", word, maxsplit=1)[0]
    if head == "optional":
        return f"unknown type {quote(spelling)}: give the type itself and leave the name out of `required`"
    fixed = word if word in TYPES else _SPELLINGS.get(word) or _SPELLINGS.get(head) or near(word, TYPES)
    if fixed:
        return f'unknown type {quote(spelling)}: write "{fixed}"'
    return f"unknown type {quote(spelling)}: it is one of {_words(TYPES)}"


@lru_cache(maxsize=4096)
def pattern_fault(pattern: str) -> str | None:
    """Why the linear-time engine cannot run this regular expression, or None."""
    schema = {"type": "string", "pattern": pattern}
    try:
        jsonschema_rs.Draft202012Validator(schema, pattern_options=jsonschema_rs.RegexOptions(), offline=True)
    except ValueError:
        try:
            jsonschema_rs.Draft202012Validator(schema, pattern_options=jsonschema_rs.FancyRegexOptions(), offline=True)
        except ValueError:
            return f"{quote(pattern)} is not a regular expression"
        return (
            f"the regular expression {quote(pattern)} needs look-around, a back-reference or too much memory; patterns "
            "run on an engine whose time grows only with the text. Write it without"
        )
    return None


def keyword_faults(node: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every fault in the keywords of one schema object (not in its subschemas): where below the node, and the
    sentence."""
    for keyword, value in node.items():
        fault = _fault(keyword, value)
        if fault:
            yield (keyword,), fault
    if isinstance(types := node.get("type"), list):
        for index, item in enumerate(types):
            if item not in TYPES:
                yield ("type", index), type_fault(item)
        if not types:
            yield ("type",), "a list of types must not be empty"
        elif len(set(map(str, types))) != len(types):
            yield ("type",), "a type is listed twice"
    if isinstance(patterns := node.get("patternProperties"), dict):
        for pattern in patterns:
            if fault := pattern_fault(pattern):
                yield ("patternProperties", pattern), fault
    for low, high in (
        ("minimum", "maximum"),
        *((f"min{what}", f"max{what}") for what in ("Length", "Items", "Properties")),
    ):
        if _is_number(node.get(low)) and _is_number(node.get(high)) and node[low] > node[high]:
            yield (low,), f"{low} {node[low]} is above {high} {node[high]}: no value can satisfy both"


def _fault(keyword: str, value: Any) -> str | None:
    if keyword == "type":
        return None if isinstance(value, list) or value in TYPES else type_fault(value)
    if keyword in _ONE:
        return None if isinstance(value, dict | bool) else f"expected a schema (an object), got {_got(value)}"
    if keyword in _LIST:
        return (
            None if isinstance(value, list) and value else f"expected a list of schemas, not empty, got {_got(value)}"
        )
    if keyword in _MAP:
        return None if isinstance(value, dict) else f"expected an object of name: schema, got {_got(value)}"
    if keyword in _COUNTS:
        whole = _is_number(value) and value == int(value) and value >= 0
        return None if whole else f"expected a whole number from 0, got {_got(value)}"
    if keyword in _NUMBERS:
        return None if _is_number(value) else f"expected a number, got {_got(value)}"
    if keyword == "multipleOf":
        return None if _is_number(value) and value > 0 else f"expected a number above 0, got {_got(value)}"
    if keyword in _FLAGS:
        return None if isinstance(value, bool) else f"expected true or false, got {_got(value)}"
    if keyword in _TEXTS:
        return _text_fault(keyword, value)
    return _other_fault(keyword, value)


def _text_fault(keyword: str, value: Any) -> str | None:
    if not isinstance(value, str):
        return f"expected text, got {_got(value)}"
    if keyword == "pattern":
        return pattern_fault(value)
    if keyword == "format" and value not in FORMATS:
        meant = near(value, FORMATS)
        return f"unknown format {quote(value)}: " + (
            f'did you mean "{meant}"?' if meant else "nothing checks it. Leave it out, or use `pattern` or `enum`"
        )
    return None


def _other_fault(keyword: str, value: Any) -> str | None:
    if keyword == "required":
        if isinstance(value, bool):
            return '`required` is a list of names on the object: write "required": ["name", ...] beside `properties`'
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            return f"expected a list of names, got {_got(value)}"
        if len(set(value)) != len(value):
            return "a name is listed twice"
    elif keyword == "enum":
        if not isinstance(value, list) or not value:
            return f"expected a list of values, not empty, got {_got(value)}"
    elif keyword == "examples":
        return None if isinstance(value, list) else f"expected a list of values, got {_got(value)}"
    elif keyword == "$ref":
        return None if isinstance(value, str) else f"expected text, got {_got(value)}"
    elif keyword in ("$dynamicRef", "$recursiveRef"):
        return f"{keyword} is not supported in a tool's schema: write $ref"
    elif keyword == "dependentRequired":
        fine = isinstance(value, dict) and all(
            isinstance(names, list) and all(isinstance(name, str) for name in names) for names in value.values()
        )
        return None if fine else f"expected an object of name: list of names, got {_got(value)}"
    elif keyword not in KNOWN and keyword not in _NOT_TYPOS and not keyword.startswith(("x-", "$")):
        meant = near(keyword, KNOWN, cutoff=0.84)
        if meant:
            return f"unknown keyword {quote(keyword)}: did you mean {quote(meant)}?"
    return None


def _is_number(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _got(value: Any) -> str:
    return f"{quote(value)} ({type_name(value)})"


def _words(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)
