"""A schema as far as a grammar can enforce it. In: a canonical schema and what the back end refuses. Out: a schema that
accepts at least as much, which the back end does enforce, and every keyword that was left to validation.

Widened only, never narrowed: whatever follows the schema follows its projection. First goes what no grammar counts or
compares; then, where the back end still refuses, the smallest part that it refuses is widened until it does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from calltune.errors import MissingExtraError

from .keywords import ANNOTATIONS, subschemas
from .problem import pointer
from .toolset import Toolset

Fits = Callable[[Mapping[str, Any]], bool]
"""Whether the back end takes a schema."""

NOT_IN_A_GRAMMAR = frozenset(
    {
        "uniqueItems", "contains", "minContains", "maxContains", "not", "if", "then", "else", "dependentRequired",
        "dependentSchemas", "propertyNames", "unevaluatedProperties", "unevaluatedItems", "contentEncoding",
        "contentMediaType", "contentSchema",
    }
)  # fmt: skip
"""What would need memory of what was written; every back end refuses or ignores these."""
HUGE_NUMBERS = "numbers of more than 64 bits"
TWICE = "undeclared keys that come twice"
NO_SUCH_DAY = "days and seconds that there are not"
"""No keywords, but demands of the contract all the same, which no back end enforces."""
FORMATS = frozenset({"date", "date-time", "time", "uuid", "ipv4"})
"""Formats that back ends read as the contract does; of others they refuse good values or let bad ones through."""
INT64 = 2**63 - 1024
"""The largest integer of 64 bits that is a double too, which is how back ends carry bounds."""
_SILENT = frozenset({*ANNOTATIONS, "$schema", "$id", "$anchor", "contentEncoding", "contentMediaType", "contentSchema"})
"""Not demands."""
_FIRST_TO_GO = (
    "oneOf", "format", "pattern", "patternProperties", "minProperties", "maxProperties", "multipleOf", "minLength",
    "maxLength", "minItems", "maxItems", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "allOf", "anyOf",
    "$ref", "prefixItems", "items", "enum", "const", "required", "properties", "additionalProperties", "type",
)  # fmt: skip
"""What is tried in turn where a part is refused; `oneOf` becomes `anyOf`, which accepts more."""


@dataclass(frozen=True, slots=True, order=True)
class Unenforced:
    """One keyword that is left to validation."""

    tool: str
    pointer: str
    """JSON Pointer into the tool's parameters."""
    keyword: str


def project(tool: str, schema: Mapping[str, Any], fits: Fits) -> tuple[dict[str, Any], tuple[Unenforced, ...]]:
    """The projection of a tool's parameters, and what is left to validation."""
    left: set[Unenforced] = set()
    note = partial(_note, left, tool)
    projected = _plain(schema, (), note)
    if not fits(projected):
        definitions: dict[str, Any] = projected.pop("$defs", {})
        alone = {name: inner for name, inner in definitions.items() if isinstance(inner, dict)}
        anything: dict[str, Any] = {name: {} for name in definitions}
        for name, inner in alone.items():  # first, so that one of them does not make everything unfit
            definitions[name] = _widened(inner, ("$defs", name), lambda part: fits({**part, "$defs": anything}), note)
        projected = _widened(projected, (), lambda part: fits({**part, "$defs": definitions}), note)
        projected = {**projected, "$defs": definitions} if definitions else projected
    return projected, tuple(sorted(left))


Note = Callable[[tuple[str | int, ...], str], None]


def _note(left: set[Unenforced], tool: str, where: tuple[str | int, ...], keyword: str) -> None:
    left.add(Unenforced(tool, pointer(*where), keyword))


def _plain(node: Any, where: tuple[str | int, ...], note: Note) -> Any:
    """Without annotations and without what no grammar can enforce."""
    if not isinstance(node, Mapping):
        return node
    kept: dict[str, Any] = {}
    for keyword, value in node.items():
        if keyword in NOT_IN_A_GRAMMAR and keyword not in _SILENT:
            if not (keyword == "uniqueItems" and value is False):
                note(where, keyword)
        elif keyword == "format" and value not in FORMATS:
            note(where, keyword)
        elif keyword not in _SILENT and keyword not in NOT_IN_A_GRAMMAR:
            kept[keyword] = value
    kinds = kept.get("type", "any")
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    alone = not kept.keys() & {"enum", "const", "anyOf", "oneOf", "allOf", "$ref"}
    if "any" in kinds and not alone:
        kinds = set()
    if kinds & {"number", "any"} and alone and not kept.keys() >= {"minimum", "maximum"}:
        note(where, HUGE_NUMBERS)  # with bounds, no back end takes an exponent any more
    if kinds & {"object", "any"} and kept.get("additionalProperties", True) is not False:
        note(where, TWICE)
    if "object" in kinds:
        kept.setdefault("additionalProperties", True)  # some back ends take an object to be closed
    if kept.get("format") in ("date", "date-time", "time"):
        note(where, NO_SUCH_DAY)
    if "integer" in kinds and "number" not in kinds and alone:
        _bound(kept)
    return _with_children(kept, where, partial(_plain, note=note))


def _bound(node: dict[str, Any]) -> None:
    """Integers get the bounds that JSON programs have anyway."""
    for side, bound, other in (("minimum", -INT64, "exclusiveMinimum"), ("maximum", INT64, "exclusiveMaximum")):
        if side not in node and other not in node:
            node[side] = bound


def _with_children(node: dict[str, Any], where: tuple[str | int, ...], change: Callable[..., Any]) -> dict[str, Any]:
    """The node with every subschema changed by `change(subschema, place)`."""
    result = dict(node)
    for keyword, key, child in list(subschemas(node)):
        place = (*where, keyword) if key is None else (*where, keyword, key)
        changed = change(child, place)
        if key is None:
            result[keyword] = changed
        elif isinstance(key, int):
            result[keyword] = [*result[keyword][:key], changed, *result[keyword][key + 1 :]]
        else:
            result[keyword] = {**result[keyword], key: changed}
    return result


def _widened(node: Any, where: tuple[str | int, ...], fits: Fits, note: Note) -> Any:
    """A node that the back end takes: its parts widened first, then what stands in it."""
    if not isinstance(node, dict) or fits(node):
        return node
    node = _with_children(node, where, lambda child, place: _widened(child, place, fits, note))
    for keyword in _going(node):
        if fits(node):
            return node
        note(where, keyword)
        rest = {key: value for key, value in node.items() if key != keyword}
        node = {**rest, "anyOf": node["oneOf"]} if keyword == "oneOf" and "anyOf" not in node else rest
    return node


def _going(node: Mapping[str, Any]) -> Iterator[str]:
    yield from (keyword for keyword in _FIRST_TO_GO if keyword in node)
    if "oneOf" in node and "anyOf" not in node:
        yield "anyOf"


def enforced_by_llguidance(schema: Mapping[str, Any]) -> bool:
    """Whether llguidance takes a schema without leaving anything out. MissingExtraError where it is not installed."""
    try:
        from llguidance import LLMatcher
    except ImportError:
        raise MissingExtraError("llguidance", "grammar") from None
    return not LLMatcher.validate_grammar(LLMatcher.grammar_from_json_schema(dict(schema)))


def unenforced(toolset: Toolset, fits: Fits = enforced_by_llguidance) -> tuple[Unenforced, ...]:
    """What of a contract no grammar of a back end enforces."""
    return tuple(one for tool in toolset for one in project(tool.name, tool.parameters, fits)[1])


def by_keyword(left: tuple[Unenforced, ...]) -> dict[str, int]:
    """How often each keyword is left to validation, most frequent first."""
    counts: dict[str, int] = {}
    for one in left:
        counts[one.keyword] = counts.get(one.keyword, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def schema_text(schema: Mapping[str, Any]) -> str:
    """The schema as one line of JSON."""
    return json.dumps(schema, ensure_ascii=False)
