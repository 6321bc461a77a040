"""A canonical schema taken apart, the same way for every language it is written in. In: one schema object and the
types that its surroundings leave open. Out: the values it lists, or the demands of each type, and the demands on the
value as a whole. Nothing is dropped here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..keywords import ANNOTATIONS, TYPES
from ..not_carried import NotCarried
from ..problem import pointer
from ..validate import build_validator

BY_TYPE = {
    "string": ("minLength", "maxLength", "pattern", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": (
        "prefixItems", "items", "minItems", "maxItems", "uniqueItems", "contains", "minContains", "maxContains",
        "unevaluatedItems",
    ),
    "object": (
        "properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties",
        "maxProperties", "dependentRequired", "dependentSchemas", "unevaluatedProperties",
    ),
}  # fmt: skip
"""What speaks about values of one type and says nothing about others."""
WHOLE = ("$ref", "allOf", "anyOf", "oneOf", "not", "if")
"""What speaks about a value of any type."""
Where = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One schema object, taken apart."""

    literals: tuple[Any, ...] | None
    """The only values, where the schema lists them; then nothing else is demanded."""
    types: tuple[str, ...] | None
    """The types that are allowed; None where any is and no demand speaks about one."""
    demands: Mapping[str, Mapping[str, Any]]
    """The keywords of each type; integers are numbers here."""
    whole: Mapping[str, Any]
    """The keywords on the value as a whole."""

    def of(self, kind: str) -> Mapping[str, Any]:
        """The keywords that speak about values of a type."""
        return self.demands.get("number" if kind == "integer" else kind, {})


def take_apart(node: Mapping[str, Any], types: tuple[str, ...] | None = None) -> Shape:
    """The shape of a schema object. `types`: what the value can be, where a surrounding schema says so already."""
    said = node.get("type")
    own = (said,) if isinstance(said, str) else tuple(said) if said else None
    if own is None:
        own = types
    if own is not None and "number" in own:
        own = tuple(kind for kind in own if kind != "integer")
    demands = {
        kind: {word: node[word] for word in words if word in node and not _idle(word, node[word])}
        for kind, words in BY_TYPE.items()
        if own is None or kind in own or (kind == "number" and "integer" in own)
    }
    demands = {kind: words for kind, words in demands.items() if words}
    if own is None and demands:
        own = tuple(kind for kind in TYPES if kind != "integer")
    whole = {word: node[word] for word in WHOLE if word in node}
    if "if" in whole and not {"then", "else"} & node.keys():
        del whole["if"]
    values = literals(node)
    if values is not None:
        return Shape(literals=values, types=own, demands={}, whole={})
    if "enum" in node or "const" in node:  # they stand beside a reference
        whole["enum"] = _listed(node)
    return Shape(literals=None, types=own, demands=demands, whole=whole)


def literals(node: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The values that an `enum` or `const` leaves after every other demand of the schema, each once."""
    if "enum" not in node and "const" not in node:
        return None
    rest = {word: value for word, value in node.items() if word not in ANNOTATIONS and word != "enum"}
    if '"$ref"' in json.dumps(rest):
        return None
    validator = build_validator(rest)
    return tuple(value for value in _listed(node) if validator.is_valid(value))


def _listed(node: Mapping[str, Any]) -> list[Any]:
    values: dict[str, Any] = {}
    for value in node.get("enum", [node.get("const")]):
        values.setdefault(same(value), value)
    return list(values.values())


def same(value: Any) -> str:
    """Equal for values that JSON Schema takes to be equal: 1 and 1.0 are, 1 and true are not."""
    return json.dumps(_whole_numbers(value), sort_keys=True, ensure_ascii=False)


def _whole_numbers(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole_numbers(item) for item in value]
    if isinstance(value, dict):
        return {key: _whole_numbers(item) for key, item in value.items()}
    return value


def _idle(word: str, value: Any) -> bool:
    """Whether a keyword demands nothing."""
    if word in ("minLength", "minItems", "minProperties"):
        return bool(value == 0)
    if word in ("uniqueItems", "required", "dependentRequired", "dependentSchemas", "patternProperties"):
        return not value
    return False


_OTHER_WORDS = (
    "patternProperties", "additionalProperties", "unevaluatedProperties", "dependentSchemas", "$ref", "if", "allOf",
    "anyOf", "oneOf",
)  # fmt: skip


def looked_at(node: Mapping[str, Any]) -> tuple[list[str], list[tuple[str, int, list[str]]]] | None:
    """The names that `unevaluatedProperties: false` lets pass: those that are declared at all times, and for each
    branch of a choice (its keyword and index) those that are if it fits. None where it is not as simple as that."""
    simple = node.get("unevaluatedProperties") is False and not {
        "patternProperties",
        "dependentSchemas",
        "$ref",
        "if",
    } & (node.keys())
    branches = [
        (word, index, branch) for word in ("allOf", "anyOf", "oneOf") for index, branch in enumerate(node.get(word, ()))
    ]
    plain = all(isinstance(branch, bool) or not set(_OTHER_WORDS) & branch.keys() for _, _, branch in branches)
    if not simple or not plain or "additionalProperties" in node:
        return None
    own, parts = list(node.get("properties", ())), []
    for word, index, branch in branches:
        names = list(branch.get("properties", ())) if isinstance(branch, Mapping) else []
        if word == "allOf":
            own += names
        elif names:
            parts.append((word, index, names))
    return list(dict.fromkeys(own)), parts


UNSURE = "A part of it is not carried over, so that it might refuse what is right; it is not checked."


class Notes:
    """What one tool's schemas say and a language cannot; each thing once."""

    def __init__(self, tool: str, part: str) -> None:
        self.tool = tool
        self.part = part
        self.found: dict[tuple[str, str], NotCarried] = {}

    def add(self, where: Where, what: str, why: str) -> None:
        """Note a keyword at a place of the schema."""
        at = pointer(self.part, *where)
        self.found.setdefault((at, what), NotCarried(tool=self.tool, where=at, what=what, why=why))

    def unsure(self, before: int, part: Any) -> bool:
        """Whether something of a part, written since there were `before` notes, was left out. Then it accepts too
        much, and its negation would accept too little."""
        kept = '"$ref"' in json.dumps(part) and any("/$defs/" in at for at, _ in self.found)
        return len(self.found) > before or kept
